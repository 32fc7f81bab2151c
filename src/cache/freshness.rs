//! What an origin's response says of its own lifetime and tags.

use super::entry::Entry;
use super::lifetime::Lifetime;
use super::tag::{self, RawTag, Tag};
use crate::http::cache_control::CacheControl;
use crate::time::Seconds;

/// The lifetime that `CDN-Cache-Control` (RFC 9213) or else `Cache-Control` (RFC 9111 §4.2.1) gives, less the age
/// the response already has; `None` without explicit freshness. The second value is stale-if-error (RFC 5861).
#[must_use]
pub fn origin_lifetime(headers: &[(Box<str>, Box<str>)]) -> (Option<Lifetime>, Option<Seconds>) {
    let values = |name: &'static str| headers.iter().filter(move |(n, _)| **n == *name).map(|(_, v)| &**v);
    let joined = values("cdn-cache-control").collect::<Vec<_>>().join(", ");
    let targeted = if joined.is_empty() { None } else { CacheControl::targeted(&joined) };
    let control = targeted.unwrap_or_else(|| CacheControl::parse(values("cache-control")));
    if control.no_store || control.private {
        return (None, None);
    }
    let Some(fresh) = control.s_maxage.or(control.max_age) else { return (None, None) };
    let age = values("age").next().and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let left = fresh.0 - f64::from(age);
    // RFC 9111 §5.2.2.2: what must be revalidated may not be served stale.
    let strict = control.must_revalidate || control.proxy_revalidate;
    let grace = if strict { 0.0 } else { control.stale_while_revalidate.map_or(0.0, |s| s.0) };
    let lifetime =
        Lifetime { stale: Seconds::INFINITE, revalidate: Seconds(left), expire: Seconds(left + grace) };
    (Some(lifetime), control.stale_if_error.filter(|_| !strict))
}

/// The tags of `Cache-Tag` and `x-next-cache-tags`, within the limits of all tags (TG-1, TG-2).
#[must_use]
pub fn origin_tags(headers: &[(Box<str>, Box<str>)]) -> Vec<Tag> {
    let lists = headers.iter().filter(|(name, _)| matches!(&**name, "cache-tag" | "x-next-cache-tags"));
    let texts = lists.flat_map(|(_, list)| list.split(',')).map(|text| text.trim_matches([' ', '\t']));
    let raw = texts
        .filter(|text| !text.is_empty())
        .map(|text| RawTag::Text(text.to_owned(), text.encode_utf16().count()));
    tag::validate(raw).valid
}

/// Whether an entry that time expired may still stand in for a failing origin, at an age of `age_ms`.
#[must_use]
pub fn may_stand_in(entry: &Entry, age_ms: i64) -> bool {
    let window = entry.stale_if_error.map_or(0, Seconds::as_millis);
    age_ms <= entry.lifetime.expire.as_millis().saturating_add(window) && window > 0
}
