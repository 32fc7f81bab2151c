//! Whether a request may run an action: the check against forged requests of other sites (SA-7 to SA-9).

use std::borrow::Cow;

use super::allowed::AllowedOrigins;
use crate::http::origin::Origin;

/// Checks where an action request comes from.
///
/// A browser says it in `Origin`, which a page cannot change. It has to be the host that was asked, byte for byte, or
/// one of `allowed`. A value that is no origin is refused, never taken for a missing one (T20, T21). Without one, only
/// `Sec-Fetch-Site` can say that another site asks (T22); else it was no page, or a very old browser.
///
/// # Errors
///
/// Why it is refused, and the entry of `allowedOrigins` with which it would not be, where there is one.
///
/// # Examples
///
/// ```
/// use freshtag::action::allowed::AllowedOrigins;
/// use freshtag::action::origin::{Grounds, Refusal, Request, Trust, check};
///
/// let allowed = AllowedOrigins::new(["proxy.test"]);
/// let from = |origin| Request { origin: Some(origin), host: Some("a.test"), ..Request::default() };
/// let ask = |origin| check(&from(origin), &allowed, Trust::Host).map(|action| action.grounds());
/// assert_eq!(ask("https://a.test"), Ok(Grounds::SameOrigin));
/// assert_eq!(ask("https://proxy.test"), Ok(Grounds::AllowedOrigin));
/// assert_eq!(ask("https://evil.test"), Err(Refusal::CrossOrigin("evil.test".into())));
/// ```
pub fn check<'a>(
    request: &Request<'a>,
    allowed: &AllowedOrigins,
    trust: Trust,
) -> Result<AllowedAction, Refusal<'a>> {
    let action = |grounds| Ok(AllowedAction { grounds });
    let Some(text) = request.origin else {
        let elsewhere = trust != Trust::Next && request.sec_fetch_site.is_some_and(is_elsewhere);
        return if elsewhere { Err(Refusal::CrossSite) } else { action(Grounds::NoOrigin) };
    };
    let Some(origin) = Origin::parse(text) else {
        return Err(Refusal::MalformedOrigin);
    };
    let host = request.asked_host(trust);
    // A host may be called `null`, but a page without an origin is not its page. Next compares the words.
    let comparable = origin != Origin::Null || trust == Trust::Next;
    if comparable && host == Some(origin.host()) {
        return action(Grounds::SameOrigin);
    }
    if allowed.allows(origin.host()) {
        return action(Grounds::AllowedOrigin);
    }
    Err(match (origin, host) {
        (Origin::Null, _) => Refusal::NullOrigin,
        (Origin::Host(entry), Some(_)) => Refusal::CrossOrigin(entry),
        (Origin::Host(entry), None) => Refusal::NoHost(entry),
    })
}

/// The header fields that count. One that is not there is `None`; an empty one is not the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// `Origin`
    pub origin: Option<&'a str>,
    /// `Host`, as it came: neither its case nor its port is changed (SA-9).
    pub host: Option<&'a str>,
    /// `X-Forwarded-Host`
    pub forwarded_host: Option<&'a str>,
    /// `Sec-Fetch-Site`
    pub sec_fetch_site: Option<&'a str>,
}

impl<'a> Request<'a> {
    fn asked_host(&self, trust: Trust) -> Option<&'a str> {
        let forwarded = self.forwarded_host.filter(|_| trust != Trust::Host);
        let first =
            forwarded.and_then(|list| list.split(',').next()).map(|host| host.trim_matches([' ', '\t']));
        first.filter(|host| !host.is_empty()).or(self.host).filter(|host| !host.is_empty())
    }
}

/// Whose word counts about the host that was asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Trust {
    /// `Host` alone: anybody can send `X-Forwarded-Host` (T23).
    Host,
    /// The first host of `X-Forwarded-Host` where there is one: a proxy in front sets it.
    Proxy,
    /// As in Next: like a proxy, and `Sec-Fetch-Site` is not looked at.
    Next,
}

/// The proof that a request was checked: nothing but [`check`] makes one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "it is the permission to run the action"]
pub struct AllowedAction {
    grounds: Grounds,
}

impl AllowedAction {
    /// Why it may run.
    #[must_use]
    pub fn grounds(self) -> Grounds {
        self.grounds
    }
}

/// Why an action may run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Grounds {
    /// The page is of the host that was asked.
    SameOrigin,
    /// An entry of `allowedOrigins` matches.
    AllowedOrigin,
    /// The request does not say where it comes from (SA-8).
    NoOrigin,
}

impl Grounds {
    /// A word that stays.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SameOrigin => "same-origin",
            Self::AllowedOrigin => "allowed-origin",
            Self::NoOrigin => "no-origin",
        }
    }
}

/// Why an action may not run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal<'a> {
    /// Another host than the one that was asked.
    CrossOrigin(Cow<'a, str>),
    /// A page without an origin, such as one in a sandboxed frame.
    NullOrigin,
    /// What is in `Origin` is none.
    MalformedOrigin,
    /// There is no `Origin`, and the browser says that it is another site.
    CrossSite,
    /// It is not known which host was asked.
    NoHost(Cow<'a, str>),
}

impl Refusal<'_> {
    /// A word that stays.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::CrossOrigin(_) => "cross-origin",
            Self::NullOrigin => "null-origin",
            Self::MalformedOrigin => "malformed-origin",
            Self::CrossSite => "cross-site",
            Self::NoHost(_) => "no-host",
        }
    }

    /// The entry of `allowedOrigins` with which the request would be allowed.
    #[must_use]
    pub fn entry(&self) -> Option<&str> {
        match self {
            Self::CrossOrigin(host) | Self::NoHost(host) => Some(host),
            Self::NullOrigin => Some("null"),
            Self::MalformedOrigin | Self::CrossSite => None,
        }
    }
}

fn is_elsewhere(site: &str) -> bool {
    ["cross-site", "same-site"].iter().any(|word| site.eq_ignore_ascii_case(word))
}
