//! Reading a cookie as browsers do (RFC 6265bis §5.6), and taking folded fields apart.

use std::borrow::Cow;

use super::{Priority, SameSite, SetCookie};
use crate::http::date::HttpDate;
use crate::http::percent::decode_component;
use crate::http::text::trim_ows;

/// Longest value of an attribute, in bytes (RFC 6265bis §5.6).
pub(super) const MAX_ATTRIBUTE: usize = 1024;
/// 2^53 - 1: the last whole number that JavaScript counts to.
pub(super) const MAX_SECONDS: i64 = 9_007_199_254_740_991;

impl<'a> SetCookie<'a> {
    /// Reads one line. `None` for one without a name, or with a control character other than a tab.
    ///
    /// The value is decoded once; one that does not decode is kept as it is (T34). Attributes are not decoded: `%3B`
    /// would become a `;`. One that cannot be read is left out, and of a repeated one the last counts.
    ///
    /// Deviation: Next decodes twice, takes an attribute for the cookie if the value does not decode, lets a later pair
    /// of the same name replace the value, and drops an empty value and `Max-Age=0` (CK-9 to CK-12).
    ///
    /// # Examples
    ///
    /// ```
    /// use freshtag::http::set_cookie::SetCookie;
    ///
    /// let cookie = SetCookie::parse("a=100%25; path=/; MAX-AGE=0; Secure=no").unwrap();
    /// assert_eq!(cookie.value(), "100%");
    /// assert_eq!((cookie.path(), cookie.max_age(), cookie.secure()), (Some("/"), Some(0), true));
    /// ```
    #[must_use]
    pub fn parse(line: &'a str) -> Option<Self> {
        if line.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
            return None;
        }
        let mut parts = line.split(';');
        // CK-2: a pair without `=` is a name.
        let (name, value) = halves(parts.next()?, "true");
        if name.is_empty() {
            return None;
        }
        let mut cookie = Self::plain(name, decode_component(value).unwrap_or(Cow::Borrowed(value)));
        for part in parts {
            let (name, value) = halves(part, "");
            if value.len() <= MAX_ATTRIBUTE {
                cookie.read(name, value);
            }
        }
        Some(cookie)
    }

    fn read(&mut self, name: &str, value: &'a str) {
        let Some((_, attribute)) = ATTRIBUTES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
        else {
            return;
        };
        match attribute {
            Attribute::Domain => self.domain = Some(value).filter(|value| !value.is_empty()),
            Attribute::Expires => self.expires = HttpDate::parse_cookie_date(value).or(self.expires),
            Attribute::HttpOnly => self.http_only = true,
            Attribute::MaxAge => self.max_age = seconds(value).or(self.max_age),
            Attribute::Partitioned => self.partitioned = true,
            Attribute::Path => self.path = Some(value).filter(|value| !value.is_empty()),
            Attribute::Priority => self.priority = Priority::known(value),
            Attribute::SameSite => self.same_site = SameSite::known(value),
            Attribute::Secure => self.secure = true,
        }
    }
}

enum Attribute {
    Domain,
    Expires,
    HttpOnly,
    MaxAge,
    Partitioned,
    Path,
    Priority,
    SameSite,
    Secure,
}

const ATTRIBUTES: [(&str, Attribute); 9] = [
    ("domain", Attribute::Domain),
    ("expires", Attribute::Expires),
    ("httponly", Attribute::HttpOnly),
    ("max-age", Attribute::MaxAge),
    ("partitioned", Attribute::Partitioned),
    ("path", Attribute::Path),
    ("priority", Attribute::Priority),
    ("samesite", Attribute::SameSite),
    ("secure", Attribute::Secure),
];

/// The lines of a `Set-Cookie` field whose lines were joined with commas.
///
/// A comma separates if a `=` follows it before any `;` or `,`; the one in `Expires` does not (CK-13). Spaces and tabs
/// behind a separating comma go with it. Linear in the length of the text.
///
/// # Examples
///
/// ```
/// use freshtag::http::set_cookie::split;
///
/// let lines: Vec<&str> = split("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT, b=2,c").collect();
/// assert_eq!(lines, ["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=2,c"]);
/// ```
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text).filter(|text| !text.is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let mut commas = text.match_indices(',').filter_map(|(at, _)| text.split_at_checked(at));
        let cut = commas.find(|(_, behind)| begins_a_cookie(behind));
        let (line, behind) = cut.unwrap_or((text, ""));
        rest = behind.strip_prefix(',').map(|next| next.trim_start_matches([' ', '\t']));
        Some(line)
    })
}

/// Whether behind the comma at its front a `=` comes first.
fn begins_a_cookie(text: &str) -> bool {
    text.bytes().skip(1).find(|byte| b"=;,".contains(byte)) == Some(b'=')
}

/// What stands before and behind the first `=`; `missing` stands behind where there is none.
fn halves<'a>(part: &'a str, missing: &'a str) -> (&'a str, &'a str) {
    let (name, value) = part.split_once('=').unwrap_or((part, missing));
    (trim_ows(name), trim_ows(value))
}

/// `-?[0-9]+`, as large as JavaScript counts.
fn seconds(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Digits that do not parse are too many.
    let seconds = digits.parse().unwrap_or(MAX_SECONDS).min(MAX_SECONDS);
    Some(if digits.len() < text.len() { seconds.saturating_neg() } else { seconds })
}
