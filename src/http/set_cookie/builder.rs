//! Making a cookie: every attribute is checked before anything is written.

use super::{Priority, SameSite, SetCookie, invalid};
use crate::error::Error;
use crate::http::date::HttpDate;
use crate::http::set_cookie::parse::{MAX_ATTRIBUTE, MAX_SECONDS};
use crate::http::text::is_token;
use crate::time::{Seconds, UnixMillis};

/// A cookie in the making; see [`SetCookie`]. Each method adds an attribute, the last call of one counts.
#[derive(Clone, Debug)]
#[must_use = "a builder makes no cookie until you call `build`"]
pub struct SetCookieBuilder {
    cookie: SetCookie,
}

impl SetCookie {
    /// Begins a cookie. `value` is plain text; it is encoded when it is printed.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::InvalidCookie`](crate::error::ErrorCode::InvalidCookie) for a name that is no token (RFC 9110
    /// §5.6.2).
    ///
    /// # Examples
    ///
    /// ```
    /// use freshtag::http::set_cookie::SetCookie;
    ///
    /// assert_eq!(SetCookie::builder("id", "a=1")?.build()?.to_string(), "id=a%3D1");
    /// assert!(SetCookie::builder("id=1; Secure", "").is_err());
    /// # Ok::<(), freshtag::error::Error>(())
    /// ```
    pub fn builder(name: &str, value: &str) -> Result<SetCookieBuilder, Error> {
        if !is_token(name) {
            return Err(invalid(
                "name: use one or more letters, digits and !#$%&'*+-.^_`|~, and nothing else (RFC 9110 token)",
            ));
        }
        Ok(SetCookieBuilder { cookie: Self::plain(name, value.to_owned()) })
    }
}

impl SetCookieBuilder {
    /// `Path`. Empty: none.
    ///
    /// # Errors
    ///
    /// For anything but printable ASCII, `;`, a space at an end, which would be lost, and more than 1,024 bytes, which
    /// a browser ignores.
    pub fn path(mut self, path: &str) -> Result<Self, Error> {
        let hint = "path: use ASCII without control characters, ';' and spaces at the ends, at most 1,024 bytes; percent-encode the rest";
        self.cookie.path = attribute(path, "", hint)?;
        Ok(self)
    }

    /// `Domain`. Empty: none.
    ///
    /// # Errors
    ///
    /// For anything but printable ASCII, `;`, `,`, spaces, and more than 1,024 bytes, which a browser ignores.
    pub fn domain(mut self, domain: &str) -> Result<Self, Error> {
        let hint = "domain: use a host name such as 'example.com', in ASCII (punycode)";
        self.cookie.domain = attribute(domain, " ,", hint)?;
        Ok(self)
    }

    /// `Expires`, printed in whole seconds, rounded down.
    ///
    /// # Errors
    ///
    /// For a moment before the year 1601 or after 9999, which not every browser could read.
    pub fn expires(mut self, at: UnixMillis) -> Result<Self, Error> {
        let date =
            HttpDate::new(at).ok_or_else(|| invalid("expires: use a date of the years 1601 to 9999"))?;
        self.cookie.expires = Some(date);
        Ok(self)
    }

    /// `Max-Age`. Zero and less delete the cookie.
    ///
    /// # Errors
    ///
    /// For anything but a whole number between ±(2^53 - 1).
    pub fn max_age(mut self, age: Seconds) -> Result<Self, Error> {
        if age.0.fract() != 0.0 || age.0.abs() > MAX_SECONDS as f64 {
            return Err(invalid("maxAge: use a whole number of seconds, such as 3600"));
        }
        #[allow(clippy::cast_possible_truncation)] // whole, and in range
        {
            self.cookie.max_age = Some(age.0 as i64);
        }
        Ok(self)
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
    /// For a name that begins with `__Secure-` or `__Host-` in any case without the attributes that it promises: a
    /// browser would ignore the line (RFC 6265bis §4.1.3).
    ///
    /// # Examples
    ///
    /// ```
    /// use freshtag::http::set_cookie::SetCookie;
    ///
    /// let session = SetCookie::builder("__Host-session", "1")?.path("/")?;
    /// assert!(session.clone().build().is_err());
    /// assert!(session.secure().build().is_ok());
    /// # Ok::<(), freshtag::error::Error>(())
    /// ```
    pub fn build(self) -> Result<SetCookie, Error> {
        let cookie = self.cookie;
        let is_host = begins_with(&cookie.name, "__Host-");
        if !cookie.secure && (is_host || begins_with(&cookie.name, "__Secure-")) {
            return Err(invalid("secure: a name that begins with __Host- or __Secure- needs secure: true"));
        }
        if is_host && cookie.path() != Some("/") {
            return Err(invalid("path: a name that begins with __Host- needs path: '/'"));
        }
        if is_host && cookie.domain.is_some() {
            return Err(invalid("domain: a name that begins with __Host- goes without; leave it out"));
        }
        Ok(cookie)
    }
}

fn begins_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// A text that comes back as it is, or none for an empty one.
fn attribute(text: &str, forbidden: &str, hint: &str) -> Result<Option<String>, Error> {
    let is_fine =
        |byte: u8| matches!(byte, b' '..=b'~') && byte != b';' && !forbidden.as_bytes().contains(&byte);
    if text.len() > MAX_ATTRIBUTE
        || text.starts_with(' ')
        || text.ends_with(' ')
        || !text.bytes().all(is_fine)
    {
        return Err(invalid(hint));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
