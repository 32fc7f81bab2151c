//! Which header fields never cross from one side to the other. Names are case-insensitive throughout.

use crate::http::text::{is_token, members};

/// Header fields as names in lower case and values, in order.
pub type Fields = [(Box<str>, Box<str>)];

/// The first value of a field.
#[must_use]
pub fn first<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
}

/// The values of every line of a field.
pub fn values<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
}

/// Fields by which parts of Next talk to each other, and which therefore no client may send (T9, WK-5).
///
/// `x-prerender-revalidate` and the revalidated-tags pair are honoured with a valid token: read them first.
const INTERNAL_REQUEST: [&str; 4] =
    ["x-action-forwarded", "x-next-cache-tags", "x-next-revalidate-tag-token", "x-next-revalidated-tags"];
const INTERNAL_REQUEST_PREFIXES: [&str; 10] = [
    "next-resume",
    "x-invoke-",
    "x-isr",
    "x-matched-path",
    "x-middleware-",
    "x-next-resume",
    "x-nextjs-",
    "x-now-",
    "x-prerender-revalidate",
    "x-vinext-",
];

/// Fields of an origin's response that are meant for us, or that we say ourselves. Next's client reads other `x-nextjs-`
/// fields: those pass.
const INTERNAL_RESPONSE: [&str; 5] = [
    "cache-tag",
    "x-next-cache-tags",
    "x-next-revalidate-tag-token",
    "x-next-revalidated-tags",
    "x-nextjs-cache",
];
const INTERNAL_RESPONSE_PREFIXES: [&str; 8] = [
    "next-resume",
    "x-invoke-",
    "x-isr",
    "x-matched-path",
    "x-middleware-",
    "x-next-resume",
    "x-now-",
    "x-vinext-",
];

/// By which a proxy says what it was asked for. From an untrusted peer they are lies (T8).
const FORWARDING: [&str; 7] = [
    "forwarded",
    "x-forwarded",
    "x-host",
    "x-http-host-override",
    "x-original-host",
    "x-original-url",
    "x-rewrite-url",
];

/// Fields about one connection (RFC 9110 §7.6.1, RFC 9111 §3.1).
const HOP_BY_HOP: [&str; 11] = [
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authentication-info",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether a request field is internal: to be removed before anything looks at the request (T9, WK-5).
///
/// # Examples
///
/// ```
/// use freshtag::http::headers::is_internal_request_header;
///
/// assert!(is_internal_request_header("X-Middleware-Subrequest"));
/// assert!(!is_internal_request_header("next-action"));
/// ```
#[must_use]
pub fn is_internal_request_header(name: &str) -> bool {
    is_any_of(name, &INTERNAL_REQUEST) || begins_with_any_of(name, &INTERNAL_REQUEST_PREFIXES)
}

/// Whether a field of an origin's response is internal: to be removed before a visitor sees it.
///
/// # Examples
///
/// ```
/// use freshtag::http::headers::is_internal_response_header;
///
/// assert!(is_internal_response_header("Cache-Tag"));
/// assert!(!is_internal_response_header("x-nextjs-stale-time"));
/// ```
#[must_use]
pub fn is_internal_response_header(name: &str) -> bool {
    is_any_of(name, &INTERNAL_RESPONSE) || begins_with_any_of(name, &INTERNAL_RESPONSE_PREFIXES)
}

/// The fields of an origin's response that go on, to the store and to a visitor: not those that are internal (T9), nor
/// those of one connection, by their names or by what `Connection` lists (RFC 9111 §3.1, T15).
///
/// # Examples
///
/// ```
/// use freshtag::http::headers::passed_on;
///
/// let field = |name: &str, value: &str| (name.into(), value.into());
/// let told = [field("connection", "x-a"), field("x-a", "1"), field("cache-tag", "2"), field("x-b", "3")];
/// assert_eq!(passed_on(&told), [field("x-b", "3")]);
/// ```
#[must_use]
pub fn passed_on(response: &Fields) -> Vec<(Box<str>, Box<str>)> {
    let listed = connection_listed(values(response, "connection"));
    let ends = |name: &str| {
        is_internal_response_header(name) || hop_by_hop(name) || listed.iter().any(|own| own == name)
    };
    response.iter().filter(|(name, _)| !ends(name)).cloned().collect()
}

/// Whether a request field tells what a proxy in front was asked for: to be removed unless that proxy is trusted (T8).
///
/// # Examples
///
/// ```
/// use freshtag::http::headers::is_forwarding_header;
///
/// assert!(is_forwarding_header("X-Forwarded-Host"));
/// ```
#[must_use]
pub fn is_forwarding_header(name: &str) -> bool {
    is_any_of(name, &FORWARDING) || begins_with(name, "x-forwarded-")
}

/// Whether a field ends at the next hop, by its name alone (T15).
///
/// # Examples
///
/// ```
/// use freshtag::http::headers::hop_by_hop;
///
/// assert!(hop_by_hop("Transfer-Encoding"));
/// ```
#[must_use]
pub fn hop_by_hop(name: &str) -> bool {
    is_any_of(name, &HOP_BY_HOP)
}

/// The fields that `Connection` lines declare to end at the next hop, lower-case (T15). Decide about storing before
/// these are removed: a response could list its own `Set-Cookie`.
///
/// # Examples
///
/// ```
/// use freshtag::http::headers::connection_listed;
///
/// assert_eq!(connection_listed(["close, X-Token"]), ["close", "x-token"]);
/// ```
#[must_use]
pub fn connection_listed<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    values.into_iter().flat_map(members).filter(|name| is_token(name)).map(str::to_ascii_lowercase).collect()
}

fn is_any_of(name: &str, names: &[&str]) -> bool {
    names.iter().any(|other| name.eq_ignore_ascii_case(other))
}

fn begins_with_any_of(name: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| begins_with(name, prefix))
}

fn begins_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix))
}
