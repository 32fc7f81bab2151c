//! Bytes as hexadecimal digits.

use std::fmt::Write;

/// Two lower-case digits a byte.
///
/// # Examples
///
/// ```
/// assert_eq!(freshtag::hex::hex(&[0x0a, 0xff]), "0aff");
/// ```
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}
