//! Bytes as hexadecimal digits.

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
        push(&mut out, *byte, b'a');
    }
    out
}

/// Appends the two digits of a byte; `ten` is the digit after 9.
pub(crate) fn push(out: &mut String, byte: u8, ten: u8) {
    for nibble in [byte >> 4, byte & 0x0f] {
        let digit = if nibble < 10 { nibble | b'0' } else { nibble.wrapping_sub(10).wrapping_add(ten) };
        out.push(char::from(digit));
    }
}
