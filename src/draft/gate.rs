//! What an application takes as proof that a request may pass its cache by.

use super::token::{COOKIE, LIFE, Purpose, create, verify};
use crate::error::{Error, ErrorCode};
use crate::http::cookie::values_of;
use crate::secret::Secret;
use crate::time::UnixMillis;

/// The proofs of one application: tokens under its secrets or, as Next has it, one text for all.
#[derive(Clone, Copy, Debug)]
pub struct Gate<'a> {
    /// The current secret, then the previous one.
    pub secrets: &'a [Secret],
    /// Next's `previewModeId`, in the place of tokens.
    pub preview: Option<&'a str>,
}

impl Gate<'_> {
    /// Whether `value` proves that a request for `pathname` may do this. In constant time (T27).
    #[must_use]
    pub fn opens(&self, purpose: Purpose, value: &str, pathname: &str, now: UnixMillis) -> bool {
        match self.preview {
            // DM-5, IS-10: the same for both.
            Some(id) => Secret::new(id).matches(value),
            None => verify(value, purpose, Some(pathname), self.secrets, now).is_some(),
        }
    }

    /// Whether a request is in draft mode by its `Cookie` header. Two cookies of that name are as good as none (T32).
    #[must_use]
    pub fn is_draft(&self, cookie: &str, pathname: &str, now: UnixMillis) -> bool {
        match *values_of(cookie, COOKIE) {
            [value] => self.opens(Purpose::Draft, value, pathname, now),
            _ => false,
        }
    }

    /// The value of the cookie that enables draft mode everywhere. `id` is random.
    ///
    /// # Errors
    ///
    /// `CONFIG` without a secret or without randomness: a guess must never be a proof.
    pub fn issue(&self, id: Option<[u8; 16]>, now: UnixMillis) -> Result<String, Error> {
        if let Some(id) = self.preview {
            return Ok(id.to_owned());
        }
        let secret = self.secrets.first().ok_or_else(|| {
            let message =
                "draft mode needs FRESHTAG_SECRET. Set it with `wrangler secret put FRESHTAG_SECRET`.";
            Error::new(ErrorCode::Config, message)
        })?;
        create(Purpose::Draft, id.ok_or_else(no_randomness)?, None, now, LIFE, secret)
    }
}

/// The platform gave no random bytes.
#[must_use]
pub fn no_randomness() -> Error {
    Error::new(ErrorCode::Config, "there is no randomness here: make tokens while a request is handled")
}
