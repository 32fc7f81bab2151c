//! `GET /_freshtag/draft/enable?secret=…&path=…` and `…/disable?path=…`: draft mode by a link.

use super::admin::{PREFIX, Refusal};
use crate::draft::path::LocalPath;
use crate::error::ErrorCode;
use crate::secret::Secret;

/// Decides what a link does. `secret` is the one for links alone; without it `enable` does not exist.
///
/// # Errors
///
/// The refusal, which repeats nothing of what was sent (T28).
pub fn check(link: &Link<'_>, secret: Option<&Secret>) -> Result<Switch, Refusal> {
    let on = match link.pathname.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix("draft/")) {
        Some("enable") => Some(secret.ok_or_else(Refusal::not_found)?),
        Some("disable") => None,
        _ => return Err(Refusal::not_found()),
    };
    let invalid = |status, message| Refusal::new(status, ErrorCode::InvalidRequest, message);
    if link.method != "GET" {
        return Err(invalid(405, "use GET for this link"));
    }
    // DM-12: nobody has followed it.
    if link.prefetch {
        return Err(invalid(503, "this link changes something, so it is not prefetched"));
    }
    let (mut given, mut path) = (None, None);
    for (name, value) in form_urlencoded::parse(link.search.trim_start_matches('?').as_bytes()) {
        match &*name {
            "secret" => given = Some(value),
            "path" => path = Some(value),
            _ => {}
        }
    }
    if let Some(secret) = on
        && !given.is_some_and(|given| secret.matches(&given))
    {
        let message = "secret is missing or is not FRESHTAG_DRAFT_SECRET";
        return Err(Refusal::new(401, ErrorCode::Unauthorized, message));
    }
    let path =
        LocalPath::parse(path.as_deref().unwrap_or("/")).map_err(|error| Refusal { status: 400, error })?;
    Ok(Switch { on: on.is_some(), path })
}

/// A request for a link.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its raw path.
    pub pathname: &'a str,
    /// Its query, with the `?`.
    pub search: &'a str,
    /// Whether a browser or router loads it ahead of time.
    pub prefetch: bool,
}

/// What a link does.
#[must_use]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Switch {
    /// Whether it enables draft mode or ends it.
    pub on: bool,
    /// Where it leads.
    pub path: LocalPath,
}

/// Whether a header says that a request is only loaded ahead of time: names in lower case.
#[must_use]
pub fn is_prefetch(name: &str, value: &str) -> bool {
    match name {
        "next-router-prefetch" => true,
        "purpose" | "sec-purpose" => {
            value.as_bytes().windows(8).any(|word| word.eq_ignore_ascii_case(b"prefetch"))
        }
        _ => false,
    }
}
