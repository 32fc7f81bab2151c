//! A decision and what was stored or rendered become status and headers.

use std::fmt::Write;

use crate::cache::admit::Reason;
use crate::cache::entry::Entry;
use crate::cache::key::Kind;
use crate::cache::lifetime::{self, Lifetime, NO_CACHE};
use crate::http::etag::if_none_match;
use crate::http::headers::is_internal_response_header;
use crate::time::{Seconds, UnixMillis};

/// What `x-nextjs-cache` says (IS-9).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CacheState {
    /// Fresh, from the store.
    Hit,
    /// Nothing usable was stored, or a tag had expired it.
    Miss,
    /// Time had expired it: made anew while the visitor waited.
    Revalidated,
    /// From the store, while a new one is made.
    Stale,
}

impl CacheState {
    /// As it stands in the header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hit => "HIT",
            Self::Miss => "MISS",
            Self::Revalidated => "REVALIDATED",
            Self::Stale => "STALE",
        }
    }
}

/// The reply for a stored entry. `if_none_match` is the request's header.
///
/// `doubtful` means that its tags could not be read: no shared cache may keep such an answer.
#[must_use]
pub fn stored(
    entry: &Entry,
    state: CacheState,
    doubtful: bool,
    if_none_match: Option<&str>,
    how: &Style,
) -> Head {
    let unchanged = entry.status == 200
        && matches!((if_none_match, &entry.etag), (Some(asked), Some(etag)) if self::if_none_match(asked, etag));
    let mut head = Head::new(if unchanged { 304 } else { entry.status });
    let mut own_cache_control = false;
    for (name, value) in &entry.headers {
        let cache_control = name.eq_ignore_ascii_case("cache-control");
        if (unchanged && !kept_in_304(name)) || (cache_control && doubtful) {
            continue;
        }
        own_cache_control |= cache_control;
        head.push(name, value);
    }
    if let Some(etag) = &entry.etag
        && !entry.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("etag"))
    {
        head.push("etag", etag);
    }
    if doubtful {
        head.push("cache-control", NO_CACHE);
    } else if !own_cache_control && entry.kind == Kind::Route {
        head.push("cache-control", &cache_control(&entry.lifetime));
    }
    if entry.kind == Kind::Proxy {
        let age = how.now.since(entry.created).max(0).checked_div(1_000).unwrap_or(0);
        head.push("age", &age.to_string());
    } else {
        head.push(
            "x-nextjs-stale-time",
            &lifetime::stale_time_header(entry.lifetime.stale, how.static_stale),
        );
    }
    head.push("x-nextjs-cache", state.as_str());
    head
}

/// The reply for something just rendered; `kept` is the lifetime that `admit` gave it, or why it may not be kept.
#[must_use]
pub fn rendered(
    status: u16,
    headers: &[(Box<str>, Box<str>)],
    kind: Kind,
    kept: Result<&Lifetime, &Reason>,
    state: CacheState,
    if_none_match: Option<&str>,
    how: &Style,
) -> Head {
    // The origin was asked for the whole page, so that it can be kept: whether the visitor has it is for us to say.
    let etag = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("etag"));
    let unchanged = status == 200
        && matches!((if_none_match, etag), (Some(asked), Some((_, etag))) if self::if_none_match(asked, etag));
    let mut head = Head::new(if unchanged { 304 } else { status });
    let draft = kept == Err(&Reason::Bypass);
    let mut own_cache_control = false;
    for (name, value) in headers {
        // T9: what an origin tells us is not for visitors.
        if (kind == Kind::Proxy && is_internal_response_header(name)) || (unchanged && !kept_in_304(name)) {
            continue;
        }
        // T29: whatever it says, a draft is nobody else's.
        if draft && SHARING.iter().any(|sharing| name.eq_ignore_ascii_case(sharing)) {
            continue;
        }
        own_cache_control |= name.eq_ignore_ascii_case("cache-control");
        head.push(name, value);
    }
    if draft {
        head.push("cache-control", NO_CACHE);
    } else if kind == Kind::Route && !own_cache_control {
        head.push("cache-control", &kept.map_or_else(|_| NO_CACHE.to_owned(), cache_control));
    }
    if let Ok(lifetime) = kept {
        if kind == Kind::Route {
            head.push("x-nextjs-stale-time", &lifetime::stale_time_header(lifetime.stale, how.static_stale));
        }
        head.push("x-nextjs-cache", state.as_str());
    }
    head
}

/// The reply where a page was to be made anew only if there was one (IS-11).
#[must_use]
pub fn absent() -> Head {
    let mut head = Head::new(404);
    head.push("cache-control", NO_CACHE);
    head.push("x-nextjs-cache", CacheState::Revalidated.as_str());
    head
}

fn cache_control(lifetime: &Lifetime) -> String {
    let finite = |s: Seconds| (!s.is_infinite()).then_some(s);
    lifetime::cache_control(finite(lifetime.revalidate), finite(lifetime.expire))
}

/// By which a response lets a cache on its way keep it.
const SHARING: [&str; 5] =
    ["cache-control", "cdn-cache-control", "cloudflare-cdn-cache-control", "expires", "surrogate-control"];

/// RFC 9110 §15.4.5.
fn kept_in_304(name: &str) -> bool {
    ["cache-control", "content-location", "date", "etag", "expires", "vary"]
        .iter()
        .any(|kept| name.eq_ignore_ascii_case(kept))
}

/// What a reply needs to know beside the entry.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The time of the request.
    pub now: UnixMillis,
    /// What stands for an infinite client stale time (CL-17).
    pub static_stale: Seconds,
}

/// Status and header lines. The lines are one text because that crosses into JavaScript once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Head {
    /// HTTP status.
    pub status: u16,
    /// `name: value` lines, each ended by a line feed.
    pub lines: String,
}

impl Head {
    /// A head without headers.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, lines: String::new() }
    }

    /// Adds a header. One whose value holds a line break is left out: it could pose as another header.
    pub fn push(&mut self, name: &str, value: &str) {
        if !value.contains(['\n', '\r', '\0']) {
            // A String cannot fail to be written to.
            let _ = writeln!(self.lines, "{name}: {value}");
        }
    }

    /// The first value of a header.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.lines
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }
}

/// Splits header lines as [`Head`] writes them; names become lower case.
#[must_use]
pub fn parse_lines(lines: &str) -> Vec<(Box<str>, Box<str>)> {
    lines
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase().into(), value.into()))
        .collect()
}
