//! Bypass tokens: short texts that let whoever carries them pass the cache by.

use std::borrow::Cow;

use super::path::LocalPath;
use crate::error::{Error, ErrorCode};
use crate::hex::hex;
use crate::http::percent::{decode_component, encode};
use crate::secret::Secret;
use crate::time::{Seconds, UnixMillis};

/// The cookie that holds one in draft mode (DM-2).
pub const COOKIE: &str = "__prerender_bypass";
/// How long a token counts where nobody says it, in seconds.
pub const LIFE: Seconds = Seconds(86_400.0);
/// The most bytes of a token: a cookie must stay small.
pub const MOST_BYTES: usize = 512;

const VERSION: &str = "1";

/// Makes a token. `id` is 16 random bytes; with a `scope` it counts for that path and what is below it alone.
///
/// The text is one that neither a cookie nor `encodeURIComponent` changes:
/// `version.id.issued.expires.scope.signature`, all of it under the signature.
///
/// # Errors
///
/// `CONFIG` names `expiresIn` where no time lies in it, `INVALID_PATH` names `path` where it is too long, or more than a pathname.
///
/// # Examples
///
/// ```
/// use freshtag::draft::token::{LIFE, Purpose, create, verify};
/// use freshtag::{secret::Secret, time::UnixMillis};
///
/// let (secret, now) = (Secret::new("correct horse"), UnixMillis(1_000));
/// let token = create(Purpose::Draft, [7; 16], None, now, LIFE, &secret).unwrap();
/// let check = |purpose, now| verify(&token, purpose, None, &[secret.clone()], now);
/// assert_eq!(check(Purpose::Draft, now).unwrap().expires(), now.plus(LIFE));
/// assert!(check(Purpose::Draft, now.plus(LIFE)).is_none());
/// assert!(check(Purpose::Revalidate, now).is_none());
/// ```
pub fn create(
    purpose: Purpose,
    id: [u8; 16],
    scope: Option<&LocalPath>,
    now: UnixMillis,
    life: Seconds,
    secret: &Secret,
) -> Result<String, Error> {
    let expires = now.plus(life);
    if expires <= now || life.is_infinite() {
        return Err(Error::new(ErrorCode::Config, "expiresIn must be a number of seconds above 0"));
    }
    let mut token = VERSION.to_owned();
    let scope = scope.map_or("", |path| path.as_str().trim_end_matches('/'));
    if scope.contains(['?', '#']) {
        return Err(Error::new(ErrorCode::InvalidPath, "path must be a pathname, without ? and #"));
    }
    for part in [&*hex(&id), &now.0.to_string(), &expires.0.to_string(), &escape(scope)] {
        token.push('.');
        token.push_str(part);
    }
    let signature = secret.signature(purpose.as_str(), token.as_bytes());
    token.push('.');
    token.push_str(&signature);
    if token.len() > MOST_BYTES {
        return Err(Error::new(ErrorCode::InvalidPath, "path is too long for a token, use a shorter one"));
    }
    Ok(token)
}

/// Checks a token: one of the `secrets` signed it for this purpose, it has not expired, and its scope covers
/// `pathname`. Without a pathname the scope is left to the caller. In constant time as to the signature (T27).
#[must_use]
pub fn verify(
    token: &str,
    purpose: Purpose,
    pathname: Option<&str>,
    secrets: &[Secret],
    now: UnixMillis,
) -> Option<VerifiedBypass> {
    if token.len() > MOST_BYTES {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    if !secrets.iter().any(|secret| secret.verifies(purpose.as_str(), signed.as_bytes(), signature)) {
        return None;
    }
    let mut parts = signed.split('.');
    let mut part = || parts.next();
    if part()? != VERSION {
        return None;
    }
    let bypass = VerifiedBypass {
        id: part()?.into(),
        issued: UnixMillis(part()?.parse().ok()?),
        expires: UnixMillis(part()?.parse().ok()?),
        scope: unescape(part()?).filter(|scope| scope.is_empty() || scope.starts_with('/'))?,
    };
    (now < bypass.expires && pathname.is_none_or(|path| bypass.covers(path))).then_some(bypass)
}

/// Proof that a token was checked: only [`verify`] makes one.
#[must_use]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifiedBypass {
    id: Box<str>,
    issued: UnixMillis,
    expires: UnixMillis,
    scope: String,
}

impl VerifiedBypass {
    /// What tells it from others: 32 hexadecimal digits.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it was made.
    #[must_use]
    pub fn issued(&self) -> UnixMillis {
        self.issued
    }

    /// From when on it does not count any more.
    #[must_use]
    pub fn expires(&self) -> UnixMillis {
        self.expires
    }

    /// The path that it counts for, with those below; `None` is all of the site.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        (!self.scope.is_empty()).then_some(&*self.scope)
    }

    /// Whether it counts for a raw pathname: on the bytes that the router sees, nothing decoded.
    #[must_use]
    pub fn covers(&self, pathname: &str) -> bool {
        let below = pathname.strip_prefix(&*self.scope);
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What a token is for. One made for one purpose proves nothing for the other (T28).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// Draft mode.
    Draft,
    /// On-demand revalidation (IS-10).
    Revalidate,
}

impl Purpose {
    /// As JavaScript names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Revalidate => "revalidate",
        }
    }
}

/// A `%` and a `/` would be escaped once more on the way into a cookie, and not be unescaped on the way back.
fn escape(path: &str) -> String {
    encode(path, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).replace('%', "~")
}

fn unescape(text: &str) -> Option<String> {
    decode_component(&text.replace('~', "%")).map(Cow::into_owned)
}
