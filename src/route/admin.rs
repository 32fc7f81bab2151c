//! Who may use `/_freshtag/…`, and what its requests say.

use super::path_tags::revalidate_path_tags;
use crate::cache::profile::{Profiles, RawLife, RawSeconds, validate};
use crate::cache::tag::{self, RawTag, Tag};
use crate::error::{Error, ErrorCode};
use crate::json::Json;
use crate::secret::Secret;
use crate::time::Seconds;

/// Where all of it lives.
pub const PREFIX: &str = "/_freshtag/";

/// Decides whether a request may go on.
///
/// Open only in development and on a loopback name; everywhere else behind the secret, and absent where none is set.
/// A POST says what it is, and does not come from another site.
///
/// # Errors
///
/// The refusal: status, code and message.
pub fn check(request: &Request<'_>, dev: bool, secret: Option<&Secret>) -> Result<Action, Refusal> {
    let trusted = dev && is_loopback(request.host);
    // The page holds no data: it asks for the secret itself.
    if matches!(request.pathname, "/_freshtag" | PREFIX) && (trusted || secret.is_some()) {
        return match request.method {
            "GET" | "HEAD" => Ok(Action::Page),
            _ => Err(Refusal::method("GET", request.pathname)),
        };
    }
    if !trusted {
        let Some(secret) = secret else { return Err(Refusal::not_found()) };
        let token = request.authorization.and_then(bearer);
        if !token.is_some_and(|token| secret.matches(token)) {
            return Err(Refusal::new(
                401,
                ErrorCode::Unauthorized,
                "send Authorization: Bearer <FRESHTAG_SECRET>",
            ));
        }
    }
    let action = Action::find(request.pathname).ok_or_else(Refusal::not_found)?;
    if request.method != action.method() {
        return Err(Refusal::method(action.method(), request.pathname));
    }
    if request.method == "POST" {
        foreign(request)?;
        let json = request.content_type.is_some_and(|value| {
            let essence = value.split(';').next().unwrap_or_default().trim_matches([' ', '\t']);
            essence.eq_ignore_ascii_case("application/json")
        });
        if !json {
            return Err(Refusal::new(415, ErrorCode::InvalidRequest, "send content-type: application/json"));
        }
    }
    Ok(action)
}

fn foreign(request: &Request<'_>) -> Result<(), Refusal> {
    let refuse =
        |what: &str| Err(Refusal::new(403, ErrorCode::Forbidden, &format!("{what} is of another site")));
    if let Some(origin) = request.origin {
        let own = origin.split_once("://").is_some_and(|(scheme, host)| {
            matches!(scheme, "http" | "https")
                && request.host.is_some_and(|own| own.eq_ignore_ascii_case(host))
        });
        if !own {
            return refuse("Origin");
        }
    }
    match request.sec_fetch_site {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => refuse("Sec-Fetch-Site"),
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_matches([' ', '\t']))
}

/// Whether a `Host` names this machine: a page of another site cannot make a browser send such a name.
fn is_loopback(host: Option<&str>) -> bool {
    let Some(host) = host else { return false };
    let name = match host.strip_prefix('[') {
        Some(rest) => {
            let port = rest.strip_prefix("::1]");
            return port.is_some_and(|port| port.is_empty() || port.starts_with(':'));
        }
        None => host.split(':').next().unwrap_or_default(),
    };
    let v4 = name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback());
    v4 || name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

/// What [`check`] looks at.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its raw path.
    pub pathname: &'a str,
    /// `Host`.
    pub host: Option<&'a str>,
    /// `Authorization`.
    pub authorization: Option<&'a str>,
    /// `Content-Type`.
    pub content_type: Option<&'a str>,
    /// `Origin`.
    pub origin: Option<&'a str>,
    /// `Sec-Fetch-Site`.
    pub sec_fetch_site: Option<&'a str>,
}

/// What may be asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// `GET entries`
    Entries,
    /// `GET entries/<key>`
    Entry,
    /// `GET /_freshtag`: the page for a person
    Page,
    /// `POST prerender`
    Prerender,
    /// `POST revalidate`
    Revalidate,
    /// `GET stats`
    Stats,
    /// `POST sweep`
    Sweep,
    /// `GET tags/<tag>`
    Tag(Tag),
    /// `GET tags?tag=…&tag=…`
    Tags,
}

impl Action {
    fn find(pathname: &str) -> Option<Self> {
        match pathname.strip_prefix(PREFIX)? {
            "entries" => Some(Self::Entries),
            "prerender" => Some(Self::Prerender),
            "revalidate" => Some(Self::Revalidate),
            "stats" => Some(Self::Stats),
            "sweep" => Some(Self::Sweep),
            "tags" => Some(Self::Tags),
            other => match other.strip_prefix("tags/") {
                Some(tag) => Some(Self::Tag(Tag::new(&decoded(tag)))),
                None => other.starts_with("entries/").then_some(Self::Entry),
            },
        }
    }

    fn method(&self) -> &'static str {
        match self {
            Self::Prerender | Self::Revalidate | Self::Sweep => "POST",
            _ => "GET",
        }
    }
}

/// A percent-encoded path segment as text.
fn decoded(segment: &str) -> String {
    let form = format!("v={}", segment.replace('+', "%2B").replace('&', "%26"));
    let bytes = form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value.into_owned());
    bytes.unwrap_or_default()
}

/// Why a request may not go on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// What to say.
    pub error: Error,
}

impl Refusal {
    pub(super) fn new(status: u16, code: ErrorCode, message: &str) -> Self {
        Self { status, error: Error::new(code, message) }
    }

    fn method(method: &str, pathname: &str) -> Self {
        Self::new(405, ErrorCode::InvalidRequest, &format!("use {method} for {pathname}"))
    }

    pub(super) fn not_found() -> Self {
        Self::new(404, ErrorCode::NotFound, "there is nothing here")
    }
}

/// Reads the body of `POST revalidate`: `{ "tag", "profile" }` or `{ "path", "type" }`.
///
/// # Errors
///
/// The message names the field and the fix; nothing has changed then.
pub fn parse_revalidate(body: &str, profiles: &Profiles) -> Result<Revalidate, Error> {
    let request = |message: &str| Err(Error::new(ErrorCode::InvalidRequest, message));
    let Some(fields @ Json::Object(_)) = Json::parse(body) else {
        return request(
            "the body must be a JSON object such as {\"tag\":\"posts\"} or {\"path\":\"/posts/1\"}",
        );
    };
    match (fields.get("tag"), fields.get("path")) {
        (Some(_), Some(_)) => request("send either tag or path, not both"),
        (None, None) => request("tag or path is missing"),
        (Some(tag), None) => {
            let tag = parse_tag(tag)?;
            Ok(Revalidate { tags: vec![tag], expire: parse_profile(fields.get("profile"), profiles)? })
        }
        (None, Some(path)) => {
            let bad = |message: &str| Err(Error::new(ErrorCode::InvalidPath, message));
            let Some(path) = path.as_text() else { return bad("path must be a string such as \"/posts/1\"") };
            if !path.starts_with('/') {
                return bad("path must begin with \"/\"");
            }
            let kind = match fields.get("type") {
                None | Some(Json::Null) => None,
                Some(Json::Text(kind)) if kind == "page" || kind == "layout" => Some(kind.as_str()),
                Some(_) => return request("type must be \"page\" or \"layout\""),
            };
            let found = revalidate_path_tags(path, kind);
            match found.warning {
                Some(warning) if found.tags.is_empty() => bad(&format!("path: {warning}")),
                _ => Ok(Revalidate { tags: found.tags, expire: None }),
            }
        }
    }
}

fn parse_tag(value: &Json) -> Result<Tag, Error> {
    let bad = |message: String| Err(Error::new(ErrorCode::InvalidTag, message));
    let Some(text) = value.as_text() else {
        return bad(format!("tag must be a string, not {}", value.print()));
    };
    if text.is_empty() {
        return bad("tag must not be empty".to_owned());
    }
    let validated = tag::validate([RawTag::Text(text.to_owned(), text.encode_utf16().count())]);
    match (validated.valid.into_iter().next(), validated.rejected.first()) {
        (Some(tag), _) => Ok(tag),
        (None, rejected) => bad(format!("tag: {}", rejected.map_or("unusable", |r| r.reason.message()))),
    }
}

/// After how many seconds entries expire; `None` is now.
fn parse_profile(value: Option<&Json>, profiles: &Profiles) -> Result<Option<Seconds>, Error> {
    let named = |error: Error| Error::new(error.code(), format!("profile: {}", error.message()));
    let life = match value {
        None | Some(Json::Null) => return Ok(None),
        Some(Json::Text(name)) => profiles.resolve_name(name).map_err(named)?,
        Some(fields @ Json::Object(_)) => {
            let seconds = |name: &str| match fields.get(name) {
                None => RawSeconds::Undefined,
                Some(Json::Bool(false)) => RawSeconds::False,
                Some(value) => value
                    .as_number()
                    .map_or_else(|| RawSeconds::NotANumber(value.print()), RawSeconds::Number),
            };
            let raw = RawLife {
                stale: seconds("stale"),
                revalidate: seconds("revalidate"),
                expire: seconds("expire"),
            };
            validate(&raw).map_err(named)?
        }
        Some(other) => {
            let message =
                format!("profile must be a name or {{ \"expire\": seconds }}, not {}", other.print());
            return Err(Error::new(ErrorCode::InvalidLife, message));
        }
    };
    Ok(life.expire.or(Some(Seconds::INFINITE)).filter(|expire| expire.0 > 0.0))
}

/// What to revalidate.
#[derive(Clone, Debug, PartialEq)]
pub struct Revalidate {
    /// The tags.
    pub tags: Vec<Tag>,
    /// `None`: they expire now. Else they are stale now and expire after so many seconds.
    pub expire: Option<Seconds>,
}
