//! A decision and what was stored or rendered become status and headers.

use crate::cache::admit::Reason;
use crate::cache::entry::Entry;
use crate::cache::freshness::current_age;
use crate::cache::key::Kind;
use crate::cache::lifetime::{self, Lifetime, NO_CACHE};
use crate::http::date::HttpDate;
use crate::http::etag::if_none_match;
use crate::http::headers::{first, passed_on};
use crate::http::range::{Wanted, wanted};
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

/// The reply for a stored entry.
///
/// `doubtful` means that its tags could not be read: no shared cache may keep such an answer.
#[must_use]
pub fn stored(
    entry: &Entry,
    state: CacheState,
    doubtful: bool,
    conditions: &Conditions<'_>,
    how: &Style,
) -> Head {
    let is_page = entry.kind == Kind::Proxy;
    let modified = first(&entry.headers, "last-modified");
    let unchanged = entry.status == 200 && conditions.has_it(entry.etag.as_deref(), modified);
    let wanted = if unchanged || entry.status != 200 {
        Wanted::Whole
    } else {
        conditions.wants(entry.etag.as_deref(), modified, entry.body_len)
    };
    let mut head = Head::new(match wanted {
        _ if unchanged => 304,
        Wanted::Whole => entry.status,
        Wanted::Part { .. } => 206,
        Wanted::Nothing => 416,
    });
    let mut own_cache_control = false;
    for (name, value) in &entry.headers {
        let cache_control = name.eq_ignore_ascii_case("cache-control");
        // Its age is counted on.
        let counted = is_page && name.eq_ignore_ascii_case("age");
        if (unchanged && !kept_in_304(name)) || (doubtful && shares(name)) || counted {
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
    match wanted {
        Wanted::Whole => {}
        Wanted::Part { start, end } => {
            head.push("content-range", &content_range(start, end.saturating_sub(1), entry.body_len));
            head.part = Some((start, end));
        }
        Wanted::Nothing => {
            let mut all = String::from("bytes */");
            all.push_str(&entry.body_len.to_string());
            head.push("content-range", &all);
            head.part = Some((0, 0));
        }
    }
    if is_page {
        head.push("age", &current_age(entry, how.now).to_string());
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
    conditions: &Conditions<'_>,
    how: &Style,
) -> Head {
    // The origin was asked for the whole page, so that it can be kept: whether the visitor has it is for us to say.
    let unchanged =
        status == 200 && conditions.has_it(first(headers, "etag"), first(headers, "last-modified"));
    let passed;
    let headers = if kind == Kind::Proxy {
        passed = passed_on(headers);
        &*passed
    } else {
        headers
    };
    let mut head = Head::new(if unchanged { 304 } else { status });
    let draft = kept == Err(&Reason::Bypass);
    let mut own_cache_control = false;
    for (name, value) in headers {
        if unchanged && !kept_in_304(name) {
            continue;
        }
        // T29: whatever it says, a draft is nobody else's.
        if draft && shares(name) {
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

fn content_range(first: u64, last: u64, len: u64) -> String {
    let mut range = String::from("bytes ");
    range.push_str(&first.to_string());
    range.push('-');
    range.push_str(&last.to_string());
    range.push('/');
    range.push_str(&len.to_string());
    range
}

/// What a request makes its answer depend on: the values of these fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct Conditions<'a> {
    /// `If-None-Match`
    pub if_none_match: Option<&'a str>,
    /// `If-Modified-Since`
    pub if_modified_since: Option<&'a str>,
    /// `Range`
    pub range: Option<&'a str>,
    /// `If-Range`
    pub if_range: Option<&'a str>,
}

impl Conditions<'_> {
    /// Whether the answer depends on nothing of the request but its address.
    #[must_use]
    pub fn are_none(&self) -> bool {
        [self.if_none_match, self.if_modified_since, self.range, self.if_range].iter().all(Option::is_none)
    }

    /// Whether the visitor has what would be sent (RFC 9110 §13.2.2): entity tags speak before dates.
    fn has_it(&self, etag: Option<&str>, modified: Option<&str>) -> bool {
        if let Some(asked) = self.if_none_match {
            return etag.is_some_and(|etag| if_none_match(asked, etag));
        }
        let date = |text: Option<&str>| text.and_then(HttpDate::parse);
        date(modified).zip(date(self.if_modified_since)).is_some_and(|(modified, since)| modified <= since)
    }

    /// What of a body is wanted. `If-Range` compares strongly: a weak tag, or another date, wants all of it
    /// (RFC 9110 §13.1.5).
    fn wants(&self, etag: Option<&str>, modified: Option<&str>, len: u64) -> Wanted {
        let Some(range) = self.range else { return Wanted::Whole };
        let is_same = |own: &str| {
            let is_strong = own.starts_with('"');
            if is_strong { etag == Some(own) } else { modified == Some(own) }
        };
        if self.if_range.is_none_or(is_same) { wanted(range, len) } else { Wanted::Whole }
    }
}

fn shares(name: &str) -> bool {
    SHARING.iter().any(|sharing| name.eq_ignore_ascii_case(sharing))
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
    /// The bytes of the body that are sent, from one up to another, where it is not all of them.
    pub part: Option<(u64, u64)>,
}

impl Head {
    /// A head without headers.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, lines: String::new(), part: None }
    }

    /// Adds a header. One whose value holds a line break is left out: it could pose as another header.
    pub fn push(&mut self, name: &str, value: &str) {
        if !value.contains(['\n', '\r', '\0']) {
            for part in [name, ": ", value, "\n"] {
                self.lines.push_str(part);
            }
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
