//! Making a cookie: everything is checked before there is one.

use std::borrow::Cow;

use super::parse::{MAX_ATTRIBUTE, MAX_SECONDS};
use super::{Priority, SameSite, SetCookie, invalid};
use crate::error::Error;
use crate::http::date::HttpDate;
use crate::http::text::is_token;
use crate::time::{Seconds, UnixMillis};

/// A cookie in the making, see [`SetCookie::builder`]. Of two calls of one method the last counts.
#[derive(Clone, Debug)]
#[must_use = "a builder makes no cookie until you call `build`"]
pub struct SetCookieBuilder<'a> {
    /// All but what is still to be converted.
    cookie: SetCookie<'a>,
    expires: Option<UnixMillis>,
    max_age: Option<Seconds>,
}

impl<'a> SetCookie<'a> {
    /// Begins a cookie. `value` is plain text; it is encoded when it is printed.
    ///
    /// # Examples
    ///
    /// ```
    /// use freshtag::http::set_cookie::SetCookie;
    ///
    /// let cookie = SetCookie::builder("id", "a=1").build()?;
    /// assert_eq!(cookie.to_string(), "id=a%3D1");
    /// # Ok::<(), freshtag::error::Error>(())
    /// ```
    pub fn builder(name: &'a str, value: &'a str) -> SetCookieBuilder<'a> {
        let cookie = Self::plain(name, Cow::Borrowed(value));
        SetCookieBuilder { cookie, expires: None, max_age: None }
    }
}

impl<'a> SetCookieBuilder<'a> {
    /// `Path`. Empty: none.
    pub fn path(mut self, path: &'a str) -> Self {
        self.cookie.path = Some(path).filter(|path| !path.is_empty());
        self
    }

    /// `Domain`. Empty: none.
    pub fn domain(mut self, domain: &'a str) -> Self {
        self.cookie.domain = Some(domain).filter(|domain| !domain.is_empty());
        self
    }

    /// `Expires`, printed in whole seconds, rounded down.
    pub fn expires(self, at: UnixMillis) -> Self {
        Self { expires: Some(at), ..self }
    }

    /// `Max-Age`. Zero and less delete the cookie.
    pub fn max_age(self, age: Seconds) -> Self {
        Self { max_age: Some(age), ..self }
    }

    /// `SameSite`.
    pub fn same_site(mut self, same_site: SameSite) -> Self {
        self.cookie.same_site = Some(same_site);
        self
    }

    /// `Priority`.
    pub fn priority(mut self, priority: Priority) -> Self {
        self.cookie.priority = Some(priority);
        self
    }

    /// `Secure`.
    pub fn secure(mut self) -> Self {
        self.cookie.secure = true;
        self
    }

    /// `HttpOnly`.
    pub fn http_only(mut self) -> Self {
        self.cookie.http_only = true;
        self
    }

    /// `Partitioned`.
    pub fn partitioned(mut self) -> Self {
        self.cookie.partitioned = true;
        self
    }

    /// The cookie.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidCookie`](crate::error::ErrorCode::InvalidCookie); its message begins with the attribute as
    /// Next calls it.
    ///
    /// - The name is no token (RFC 9110 §5.6.2).
    /// - The name begins with `__Secure-` or `__Host-` in any case, and the attributes are missing that this promises: a
    ///   browser would ignore the line (RFC 6265bis §4.1.3).
    /// - The path or domain has anything but printable ASCII, has a `;`, or is longer than 1,024 bytes, which a browser
    ///   ignores. Or the path begins or ends with a space, which would be lost; or the domain has a space or comma.
    /// - The moment is before the year 1601 or after 9999, which not every browser can read.
    /// - The age is no whole number between ±(2^53 - 1).
    ///
    /// # Examples
    ///
    /// ```
    /// use freshtag::http::set_cookie::SetCookie;
    ///
    /// let session = SetCookie::builder("__Host-session", "1").path("/");
    /// assert!(session.clone().build().is_err());
    /// assert!(session.secure().build().is_ok());
    /// ```
    pub fn build(self) -> Result<SetCookie<'a>, Error> {
        let cookie = self.cookie;
        let (expires, max_age) = (self.expires.map(HttpDate::new), self.max_age.map(whole));
        let (path, domain) = (cookie.path.unwrap_or_default(), cookie.domain.unwrap_or_default());
        let is_host = begins_with(cookie.name, "__Host-");
        let is_secure = is_host || begins_with(cookie.name, "__Secure-");
        let faults = [
            (!is_token(cookie.name), "name: use letters, digits and !#$%&'*+-.^_`|~ alone (RFC 9110, token)"),
            (
                !is_attribute(path) || path.starts_with(' ') || path.ends_with(' '),
                "path: use ASCII without control characters, ';' and spaces at the ends; percent-encode the rest",
            ),
            (
                !is_attribute(domain) || domain.contains([' ', ',']),
                "domain: use a host name such as 'example.com', in ASCII",
            ),
            (expires == Some(None), "expires: use a date of the years 1601 to 9999"),
            (max_age == Some(None), "maxAge: use a whole number of seconds, such as 3600"),
            (is_secure && !cookie.secure, "secure: __Secure- and __Host- cookies need secure: true"),
            (is_host && path != "/", "path: __Host- cookies need path: '/'"),
            (is_host && !domain.is_empty(), "domain: leave it out, __Host- cookies have none"),
        ];
        if let Some((_, message)) = faults.into_iter().find(|(is_there, _)| *is_there) {
            return Err(invalid(message));
        }
        Ok(SetCookie { expires: expires.flatten(), max_age: max_age.flatten(), ..cookie })
    }
}

fn begins_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_attribute(text: &str) -> bool {
    text.len() <= MAX_ATTRIBUTE && text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b';')
}

/// A number that `i64` and JavaScript both hold.
fn whole(age: Seconds) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    // both sides of it are checked here
    (age.0.fract() == 0.0 && age.0.abs() <= MAX_SECONDS as f64).then_some(age.0 as i64)
}
