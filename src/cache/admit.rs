//! Whether a response or result may be kept, and for how long. The only place that says so: the reply's
//! `Cache-Control` follows from the same answer.

use std::rc::Rc;

use super::entry::Entry;
use super::freshness::governing;
use super::key::Kind;
use super::lifetime::Lifetime;
use crate::http::cache_control::CacheControl;
use crate::http::headers::{first, values};
use crate::http::vary::Vary;
use crate::time::Seconds;

/// Decides whether a response may be kept.
///
/// No request header, query or file extension can turn storing on (T1, T12): it takes a lifetime that the route,
/// its cached inputs or the origin's response gave.
pub fn admit(response: &Response<'_>) -> Admit {
    match refusal(response) {
        Some(reason) => Admit::Skip(reason),
        None => match response.lifetime {
            Some(lifetime) if lifetime.revalidate.0 > 0.0 && lifetime.expire.0 > 0.0 => {
                Admit::Keep { lifetime, stale_if_error: response.stale_if_error }
            }
            _ => Admit::Skip(Reason::NoLifetime),
        },
    }
}

fn refusal(response: &Response<'_>) -> Option<Reason> {
    let own = response.cache_control();
    if !response.get {
        return Some(Reason::Method);
    }
    if let Some(what) = response.dynamic {
        return Some(Reason::Dynamic(what.into()));
    }
    if response.body_len.is_some_and(|len| len > response.most_bytes) {
        return Some(Reason::TooLarge);
    }
    // FE-15: the reader decides and not the upstream, and its whole request is in the key.
    if response.kind == Kind::Fetch {
        return (response.status != 200).then_some(Reason::Status(response.status));
    }
    // T14: 206 and 304 are parts; 1xx are not final.
    if matches!(response.status, 0..=199 | 206 | 304) {
        return Some(Reason::Status(response.status));
    }
    // A route's 5xx has no lifetime of its own; an origin may give one, but never over a good entry.
    if response.status >= 500 && (response.kind != Kind::Proxy || response.prior.is_good()) {
        return Some(Reason::Status(response.status));
    }
    // RFC 9111 §5.2.2.3
    if own.must_understand && !is_understood(response.status) {
        return Some(Reason::Status(response.status));
    }
    if response.has("set-cookie") {
        return Some(Reason::SetCookie); // T11, WK-8
    }
    if own.no_store || own.private || (own.no_cache && response.kind == Kind::Proxy) {
        return Some(Reason::Private);
    }
    // RFC 9111 §3.5.
    if response.authorization && !(own.public || own.s_maxage.is_some() || own.must_revalidate) {
        return Some(Reason::Authorization);
    }
    if let Some(field) = uncovered(&response.vary(), response.kind) {
        return Some(Reason::Vary(field));
    }
    // T2: nothing empty takes the place of something.
    let empty = response.status == 204 || response.body_len == Some(0);
    if empty && response.prior.is_good() && !response.prior.is_empty() {
        return Some(Reason::EmptyOverGood);
    }
    None
}

/// The first field of Vary that neither the key nor a variant covers. An origin's response may have variants, but none
/// for each visitor (T5).
fn uncovered(vary: &Vary, kind: Kind) -> Option<Box<str>> {
    let is_covered = |field: &str| match kind {
        Kind::Proxy => !matches!(field, "authorization" | "cookie"),
        _ => field == "accept-encoding",
    };
    match vary {
        Vary::Any => Some("*".into()),
        Vary::Fields(fields) => {
            fields.iter().find(|field| !is_covered(field)).map(|field| field.as_str().into())
        }
    }
}

/// Whether a status has a meaning (RFC 9110 §15, RFC 6585, RFC 7725) that is followed here.
fn is_understood(status: u16) -> bool {
    matches!(status, 200..=208 | 300..=308 | 400..=417 | 421..=431 | 451 | 500..=511)
}

/// What [`admit`] looks at.
#[derive(Clone, Copy, Debug)]
pub struct Response<'a> {
    /// What it answers.
    pub kind: Kind,
    /// Whether the request was a GET.
    pub get: bool,
    /// Whether the request carried `Authorization`.
    pub authorization: bool,
    /// Its status.
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: &'a [(Box<str>, Box<str>)],
    /// What it varies on without saying so.
    pub vary: &'a [String],
    /// The lifetime that the route, its inputs or the origin gave.
    pub lifetime: Option<Lifetime>,
    /// The origin's stale-if-error window.
    pub stale_if_error: Option<Seconds>,
    /// Why the render may not be kept, where it looked at its request.
    pub dynamic: Option<&'a str>,
    /// Bytes of the body, once they are known.
    pub body_len: Option<u64>,
    /// The most bytes that are kept.
    pub most_bytes: u64,
    /// What it would replace.
    pub prior: &'a Prior,
}

/// What stands where a response would go.
#[derive(Clone, Debug, PartialEq)]
pub enum Prior {
    /// Nothing.
    Nothing,
    /// Nobody looked, or the store did not say: it may be something good.
    Unknown,
    /// This.
    Entry(Rc<Entry>),
}

impl Prior {
    fn is_good(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Unknown => true,
            Self::Entry(entry) => (200..300).contains(&entry.status),
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Entry(entry) if entry.body_len == 0)
    }
}

impl Response<'_> {
    fn has(&self, name: &str) -> bool {
        first(self.headers, name).is_some()
    }

    fn cache_control(&self) -> CacheControl {
        match self.kind {
            Kind::Proxy => governing(self.headers).0,
            _ => CacheControl::parse(values(self.headers, "cache-control")),
        }
    }

    fn vary(&self) -> Vary {
        Vary::parse(values(self.headers, "vary").chain(self.vary.iter().map(String::as_str)))
    }
}

/// The answer of [`admit`].
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub enum Admit {
    /// Keep it this long.
    Keep {
        /// How long it may be used.
        lifetime: Lifetime,
        /// How much longer it may stand in for a failing origin.
        stale_if_error: Option<Seconds>,
    },
    /// Do not keep it.
    Skip(Reason),
}

/// Why something is not kept.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The request had `Authorization` and the response does not allow sharing it.
    Authorization,
    /// The render looked at its request.
    Dynamic(Box<str>),
    /// It is empty, and what is stored is not.
    EmptyOverGood,
    /// Not a GET.
    Method,
    /// Nobody gave a lifetime.
    NoLifetime,
    /// What is stored is newer.
    Older,
    /// `private`, `no-store`, or an origin's `no-cache`.
    Private,
    /// It sets a cookie.
    SetCookie,
    /// A status that is never kept, or not over a good entry.
    Status(u16),
    /// The body is larger than what is kept.
    TooLarge,
    /// The body failed before its end.
    Truncated,
    /// It varies on something the key does not cover.
    Vary(Box<str>),
    /// The request may not write (draft mode).
    Bypass,
}

impl Reason {
    /// The reason for logs and debug headers: one token.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Bypass => "bypass",
            Self::Dynamic(_) => "dynamic",
            Self::EmptyOverGood => "empty-over-good",
            Self::Method => "method",
            Self::NoLifetime => "no-lifetime",
            Self::Older => "older",
            Self::Private => "private",
            Self::SetCookie => "set-cookie",
            Self::Status(_) => "status",
            Self::TooLarge => "too-large",
            Self::Truncated => "truncated",
            Self::Vary(_) => "vary",
        }
    }
}
