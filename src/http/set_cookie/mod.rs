//! The `Set-Cookie` response field (RFC 6265 §4.1, §5.2, with the limits of its revision).

mod builder;
mod parse;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

pub use self::builder::SetCookieBuilder;
pub use self::parse::split;
use super::date::HttpDate;
use super::percent::encode_component;
use crate::error::{Error, ErrorCode};
use crate::time::UnixMillis;

/// A cookie that a response sets. One that exists can be printed, and what it prints is read back as the same cookie.
///
/// Printed with the value as `encodeURIComponent` writes it and the attributes in Next's order (CK-5).
///
/// # Examples
///
/// ```
/// use freshtag::http::set_cookie::{SameSite, SetCookie};
/// use freshtag::time::Seconds;
///
/// let cookie = SetCookie::builder("theme", "dark; blue")
///     .path("/")
///     .max_age(Seconds(3600.0))
///     .same_site(SameSite::Lax)
///     .http_only()
///     .build()?;
/// let line = cookie.to_string();
/// assert_eq!(line, "theme=dark%3B%20blue; Path=/; Max-Age=3600; HttpOnly; SameSite=lax");
/// assert_eq!(SetCookie::parse(&line), Some(cookie));
/// # Ok::<(), freshtag::error::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SetCookie<'a> {
    name: &'a str,
    value: Cow<'a, str>,
    path: Option<&'a str>,
    domain: Option<&'a str>,
    expires: Option<HttpDate>,
    max_age: Option<i64>,
    same_site: Option<SameSite>,
    priority: Option<Priority>,
    secure: bool,
    http_only: bool,
    partitioned: bool,
}

impl<'a> SetCookie<'a> {
    /// A cookie without attributes.
    fn plain(name: &'a str, value: Cow<'a, str>) -> Self {
        Self {
            name,
            value,
            path: None,
            domain: None,
            expires: None,
            max_age: None,
            same_site: None,
            priority: None,
            secure: false,
            http_only: false,
            partitioned: false,
        }
    }

    /// The name, never empty.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The value as plain text, decoded.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// `Path`, never empty.
    #[must_use]
    pub fn path(&self) -> Option<&'a str> {
        self.path
    }

    /// `Domain`, never empty, with its leading dot if it has one.
    #[must_use]
    pub fn domain(&self) -> Option<&'a str> {
        self.domain
    }

    /// `Expires`, a whole second.
    #[must_use]
    pub fn expires(&self) -> Option<UnixMillis> {
        self.expires.map(HttpDate::at)
    }

    /// `Max-Age` in seconds, between ±(2^53 - 1).
    #[must_use]
    pub fn max_age(&self) -> Option<i64> {
        self.max_age
    }

    /// `SameSite`.
    #[must_use]
    pub fn same_site(&self) -> Option<SameSite> {
        self.same_site
    }

    /// `Priority`.
    #[must_use]
    pub fn priority(&self) -> Option<Priority> {
        self.priority
    }

    /// `Secure`.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.secure
    }

    /// `HttpOnly`.
    #[must_use]
    pub fn http_only(&self) -> bool {
        self.http_only
    }

    /// `Partitioned`.
    #[must_use]
    pub fn partitioned(&self) -> bool {
        self.partitioned
    }
}

impl fmt::Display for SetCookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (expires, max_age) =
            (self.expires.map(|date| date.to_string()), self.max_age.map(|n| n.to_string()));
        let parts = [
            ("", Some(self.name)),
            ("=", Some(&*encode_component(&self.value))),
            ("; Path=", self.path),
            ("; Expires=", expires.as_deref()),
            ("; Max-Age=", max_age.as_deref()),
            ("; Domain=", self.domain),
            ("; Secure", self.secure.then_some("")),
            ("; HttpOnly", self.http_only.then_some("")),
            ("; SameSite=", self.same_site.map(SameSite::as_str)),
            ("; Partitioned", self.partitioned.then_some("")),
            ("; Priority=", self.priority.map(Priority::as_str)),
        ];
        for (label, text) in parts {
            if let Some(text) = text {
                f.write_str(label)?;
                f.write_str(text)?;
            }
        }
        Ok(())
    }
}

/// Which requests from other sites carry a cookie.
///
/// # Examples
///
/// ```
/// use freshtag::http::set_cookie::SameSite;
///
/// assert_eq!("Lax".parse(), Ok(SameSite::Lax));
/// assert!("true".parse::<SameSite>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum SameSite {
    /// That of a visitor who follows a link.
    Lax,
    /// All; browsers take this of secure cookies alone.
    None,
    /// None at all.
    Strict,
}

impl SameSite {
    /// The lower-case text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lax => "lax",
            Self::None => "none",
            Self::Strict => "strict",
        }
    }

    /// The one of this text in any case.
    fn known(text: &str) -> Option<Self> {
        [Self::Lax, Self::None, Self::Strict]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(text))
    }
}

impl FromStr for SameSite {
    type Err = Error;

    /// Reads it in any case.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidCookie`] for any other text.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::known(text).ok_or_else(|| invalid("sameSite: use 'strict', 'lax' or 'none'"))
    }
}

/// Which cookies a browser drops last when it has too many.
///
/// # Examples
///
/// ```
/// use freshtag::http::set_cookie::Priority;
///
/// assert_eq!("HIGH".parse(), Ok(Priority::High));
/// assert!("urgent".parse::<Priority>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Priority {
    /// Dropped last.
    High,
    /// Dropped first.
    Low,
    /// What a cookie has that does not say.
    Medium,
}

impl Priority {
    /// The lower-case text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
            Self::Medium => "medium",
        }
    }

    /// The one of this text in any case.
    fn known(text: &str) -> Option<Self> {
        [Self::High, Self::Low, Self::Medium]
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(text))
    }
}

impl FromStr for Priority {
    type Err = Error;

    /// Reads it in any case.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidCookie`] for any other text.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::known(text).ok_or_else(|| invalid("priority: use 'low', 'medium' or 'high'"))
    }
}

/// `message` begins with the attribute as Next calls it.
fn invalid(message: &str) -> Error {
    Error::new(ErrorCode::InvalidCookie, message)
}
