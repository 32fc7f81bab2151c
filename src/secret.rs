//! Secrets: they do not print, and they compare in constant time.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::hex::hex;

/// A secret, from configuration. Its text is not kept, only what keys for one purpose each are derived from.
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
pub struct Secret([u8; 32]);

impl Secret {
    /// Takes a secret in: HKDF-Extract without a salt (RFC 5869 §2.2).
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(keyed(&[], &[text.as_bytes()]))
    }

    /// Compares in time that depends on neither text.
    #[must_use]
    pub fn matches(&self, candidate: &str) -> bool {
        bool::from(self.0.ct_eq(&Self::new(candidate).0))
    }

    /// HMAC-SHA-256 of `message` under a key derived for `purpose`, so that a value made for one purpose
    /// proves nothing for another.
    #[must_use]
    pub fn mac(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        // HKDF-Expand of a single block (RFC 5869 §2.3).
        let derived = keyed(&self.0, &[purpose.as_bytes(), &[1]]);
        keyed(&derived, &[message])
    }

    /// [`Self::mac`] in hexadecimal digits.
    #[must_use]
    pub fn signature(&self, purpose: &str, message: &[u8]) -> String {
        hex(&self.mac(purpose, message))
    }

    /// Whether `signature` is [`Self::signature`] of `message`, digit by digit, in constant time.
    #[must_use]
    pub fn verifies(&self, purpose: &str, message: &[u8], signature: &str) -> bool {
        bool::from(self.signature(purpose, message).as_bytes().ct_eq(signature.as_bytes()))
    }
}

fn keyed(key: &[u8], message: &[&[u8]]) -> [u8; 32] {
    // HMAC takes a key of any length: the error cannot occur, and an all-zero tag would verify nothing useful.
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mut mac) => {
            for part in message {
                mac.update(part);
            }
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
