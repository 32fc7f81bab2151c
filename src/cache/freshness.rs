//! What an origin's response says of its own lifetime, age and tags.

use super::entry::Entry;
use super::lifetime::Lifetime;
use super::tag::{self, RawTag, Tag};
use crate::http::cache_control::CacheControl;
use crate::http::date::HttpDate;
use crate::http::etag::if_none_match;
use crate::http::headers::{Fields, first, values};
use crate::time::{Seconds, UnixMillis};

/// The lifetime that `CDN-Cache-Control` (RFC 9213), `Cache-Control` or `Expires` (RFC 9111 §4.2.1) gives, less the age
/// the response already had when it was asked for; `None` without explicit freshness. The second value is
/// stale-if-error (RFC 5861).
#[must_use]
pub fn origin_lifetime(headers: &Fields, asked: UnixMillis) -> (Option<Lifetime>, Option<Seconds>) {
    let (control, is_targeted) = governing(headers);
    if control.no_store || control.private {
        return (None, None);
    }
    let told = control.s_maxage.or(control.max_age).map(|told| told.0);
    // What is targeted at us alone leaves no other field a say (RFC 9213 §2.2).
    let Some(fresh) = told.or_else(|| expires(headers, asked).filter(|_| !is_targeted)) else {
        return (None, None);
    };
    let left = fresh - initial_age(headers, asked).unwrap_or(f64::INFINITY);
    // RFC 9111 §5.2.2.2: what must be revalidated may not be served stale.
    let strict = control.must_revalidate || control.proxy_revalidate;
    let grace = if strict { 0.0 } else { control.stale_while_revalidate.map_or(0.0, |s| s.0) };
    let lifetime =
        Lifetime { stale: Seconds::INFINITE, revalidate: Seconds(left), expire: Seconds(left + grace) };
    (Some(lifetime), control.stale_if_error.filter(|_| !strict))
}

/// Whether configuration may give a response of this status a lifetime: those that caches may guess one for (RFC 9110
/// §15.1), less the errors that a request can provoke. Of the others the origin must say it.
#[must_use]
pub fn may_be_given_life(status: u16) -> bool {
    matches!(status, 200 | 203 | 204 | 300 | 301 | 308 | 404 | 410)
}

/// The directives that count for a shared cache, and whether they are those of a field for such caches alone.
#[must_use]
pub fn governing(headers: &Fields) -> (CacheControl, bool) {
    let joined = values(headers, "cdn-cache-control").collect::<Vec<_>>().join(", ");
    match CacheControl::targeted(&joined) {
        Some(control) => (control, true),
        None => (CacheControl::parse(values(headers, "cache-control")), false),
    }
}

/// Seconds from `Date` to `Expires`, of which one that is no date has passed (RFC 9111 §5.3).
fn expires(headers: &Fields, asked: UnixMillis) -> Option<f64> {
    let text = first(headers, "expires")?;
    let date = date(headers).unwrap_or_else(|| seconds(asked));
    Some(HttpDate::parse(text).map_or(0.0, |expires| seconds(expires.at()) - date))
}

/// The age in seconds that a response had when it was asked for (RFC 9111 §4.2.3). `None` where `Age` is no number, or
/// several: how old it is nobody can say.
fn initial_age(headers: &Fields, asked: UnixMillis) -> Option<f64> {
    let mut ages = values(headers, "age");
    let told = match (ages.next(), ages.next()) {
        (None, _) => 0.0,
        (Some(age), None) if !age.is_empty() && age.bytes().all(|byte| byte.is_ascii_digit()) => {
            // Digits that do not fit are too many, not wrong.
            f64::from(age.parse().unwrap_or(u32::MAX))
        }
        _ => return None,
    };
    let apparent = date(headers).map_or(0.0, |date| seconds(asked) - date);
    Some(told.max(apparent))
}

/// The age of a stored response in whole seconds, for the `Age` header.
#[must_use]
pub fn current_age(entry: &Entry, now: UnixMillis) -> u32 {
    let resident = now.since(entry.created).max(0).checked_div(1_000).unwrap_or(0);
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    // `as` saturates
    {
        (initial_age(&entry.headers, entry.created).unwrap_or(0.0) + resident as f64) as u32
    }
}

fn date(headers: &Fields) -> Option<f64> {
    first(headers, "date").and_then(HttpDate::parse).map(|date| seconds(date.at()))
}

/// Whole seconds, as dates have them.
fn seconds(at: UnixMillis) -> f64 {
    #[allow(clippy::cast_precision_loss)] // far below 2^53
    {
        at.0.div_euclid(1_000) as f64
    }
}

/// By what the origin can be asked whether a response is still the one that is stored (RFC 9111 §4.3.1).
#[must_use]
pub fn validators(headers: &Fields) -> Vec<(Box<str>, Box<str>)> {
    [("etag", "if-none-match"), ("last-modified", "if-modified-since")]
        .into_iter()
        .filter_map(|(of, ask)| Some((ask.into(), first(headers, of)?.into())))
        .collect()
}

/// Whether a 304 is about the stored response (RFC 9111 §4.3.4). One that names another entity tag is not, if it may have
/// come of the date; where we asked by the tag alone, it is what the origin has recognised.
#[must_use]
pub fn is_about(told: &Fields, stored: &Fields) -> bool {
    let tags = first(told, "etag").zip(first(stored, "etag"));
    tags.is_none_or(|(told, own)| if_none_match(told, own)) || first(stored, "last-modified").is_none()
}

/// The headers of a stored response that a 304 has confirmed (RFC 9111 §3.2, §4.3.4). What describes the stored bytes
/// stays, and its age was counted anew.
#[must_use]
pub fn confirmed(stored: &Fields, told: &Fields) -> Vec<(Box<str>, Box<str>)> {
    let of_bytes = |name: &str| {
        matches!(name, "content-encoding" | "content-length" | "content-md5" | "content-range" | "etag")
    };
    let kept = |name: &str| name != "age" && (of_bytes(name) || first(told, name).is_none());
    let mut headers: Vec<_> = stored.iter().filter(|(name, _)| kept(name)).cloned().collect();
    headers.extend(told.iter().filter(|(name, _)| !of_bytes(name)).cloned());
    headers
}

/// The tags of `Cache-Tag` and `x-next-cache-tags`, within the limits of all tags (TG-1, TG-2).
#[must_use]
pub fn origin_tags(headers: &Fields) -> Vec<Tag> {
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
