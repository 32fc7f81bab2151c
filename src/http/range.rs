//! `Range` of a request (RFC 9110 §14.2), answered from a whole body.

/// What a request wants of a body of `len` bytes.
///
/// Anything but one range of bytes is no wish: the whole body is a right answer to it (§14.2).
///
/// # Examples
///
/// ```
/// use freshtag::http::range::{Wanted, wanted};
///
/// assert_eq!(wanted("bytes=0-1", 10), Wanted::Part { start: 0, end: 2 });
/// assert_eq!(wanted("bytes=-3", 10), Wanted::Part { start: 7, end: 10 });
/// assert_eq!(wanted("bytes=10-", 10), Wanted::Nothing);
/// assert_eq!(wanted("bytes=0-1, 4-5", 10), Wanted::Whole);
/// ```
#[must_use]
pub fn wanted(range: &str, len: u64) -> Wanted {
    let Some((unit, spec)) = range.split_once('=') else { return Wanted::Whole };
    let Some((first, last)) = spec.split_once('-') else { return Wanted::Whole };
    if !unit.eq_ignore_ascii_case("bytes") {
        return Wanted::Whole;
    }
    let (start, end) = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => (first, last.saturating_add(1).min(len)),
        (Some(first), None) if last.is_empty() => (first, len),
        (None, Some(suffix)) if first.is_empty() => (len.saturating_sub(suffix), len),
        _ => return Wanted::Whole,
    };
    if start < end { Wanted::Part { start, end } } else { Wanted::Nothing }
}

/// Digits and nothing else; too many are a very large number.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// What is wanted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// The bytes from `start` up to, but not with, `end`.
    Part {
        /// The first byte.
        start: u64,
        /// The byte behind the last one.
        end: u64,
    },
    /// Bytes that it does not have: 416.
    Nothing,
}
