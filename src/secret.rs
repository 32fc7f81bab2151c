//! Secrets: they do not print, and they compare in constant time.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// A secret text, from configuration.
///
/// # Examples
///
/// ```
/// use freshtag::secret::Secret;
///
/// let secret = Secret::new("correct horse");
/// assert!(secret.matches("correct horse"));
/// assert!(!secret.matches("correct hors"));
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// ```
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Compares in time that depends on neither text, by way of a MAC of equal length.
    #[must_use]
    pub fn matches(&self, candidate: &str) -> bool {
        let (ours, theirs) =
            (self.mac("compare", self.0.as_bytes()), self.mac("compare", candidate.as_bytes()));
        bool::from(ours.ct_eq(&theirs))
    }

    /// HMAC-SHA-256 of `message` under a key derived for `purpose`, so that a value made for one purpose
    /// proves nothing for another.
    #[must_use]
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let derived = keyed(self.0.as_bytes(), purpose.as_bytes());
        keyed(&derived, message)
    }

    /// Whether `tag` is [`Self::mac`] of `message`, in constant time.
    #[must_use]
    pub fn verifies(&self, purpose: &str, message: &[u8], tag: &[u8]) -> bool {
        bool::from(self.mac(purpose, message).as_slice().ct_eq(tag))
    }
}

fn keyed(key: &[u8], message: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length: the error cannot occur, and an all-zero tag would verify nothing useful.
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            mac.update(message);
            mac.finalize().into_bytes().into()
        }
        Err(_) => [0; 32],
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
