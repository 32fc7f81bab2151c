//! Percent-encoding as JavaScript does it (RFC 3986 §2.1).

use std::borrow::Cow;

use crate::hex::push;

/// `encodeURIComponent`: everything but ASCII letters, digits and `-_.!~*'()`.
pub(crate) fn encode_component(text: &str) -> String {
    encode(text, |byte| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte))
}

/// Encodes each byte of the UTF-8 that need not stay.
pub(crate) fn encode(text: &str, stays: fn(u8) -> bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii() && stays(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            push(&mut encoded, byte, b'A');
        }
    }
    encoded
}

/// `decodeURIComponent`; `None` where that throws: a `%` without two hexadecimal digits, or bytes that are no UTF-8.
pub(crate) fn decode_component(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' { hex(bytes.next()?)? << 4 | hex(bytes.next()?)? } else { byte });
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

/// The value of a hexadecimal digit.
pub(crate) fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}
