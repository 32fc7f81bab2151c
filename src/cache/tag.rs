//! Tags: what invalidation names (rules TG-1 to TG-7).

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::http::percent::encode;

/// Longest tag a caller may pass, in UTF-16 code units, counted before encoding (TG-1, TG-5).
pub const MAX_LENGTH: usize = 256;
/// Most tags a caller may pass at once.
///
/// Deviation: Next keeps one more, by a comparison made after the push (TG-2).
pub const MAX_ITEMS: usize = 128;

/// Percent-encodes every character but TAB and printable ASCII, as UTF-8 (TG-4).
///
/// Everything else stays as it is, `%` too, so that doing it twice changes nothing.
///
/// # Examples
///
/// ```
/// use freshtag::cache::tag::encode_header_safe;
///
/// assert_eq!(encode_header_safe("menu, café\n"), "menu, caf%C3%A9%0A");
/// ```
#[must_use]
pub fn encode_header_safe(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_header_safe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(encode(text, is_header_safe))
}

/// Sorts a caller's tags into usable and not (TG-1 to TG-7). Nothing is thrown, order and repetitions stay (TG-3), and
/// an empty text is a tag.
///
/// # Examples
///
/// ```
/// use freshtag::cache::tag::{RawTag, RejectReason, validate};
///
/// let list = [RawTag::Text("posts".to_owned(), 5), RawTag::NotAString("null".to_owned())];
/// let validated = validate(list);
/// assert_eq!(validated.valid[0].as_str(), "posts");
/// assert_eq!(validated.rejected[0].reason, RejectReason::NotAString);
/// ```
#[must_use]
pub fn validate(list: impl IntoIterator<Item = RawTag>) -> Validated {
    let mut validated = Validated::default();
    for raw in list {
        let (tag, reason) = match raw {
            RawTag::NotAString(printed) => (printed, RejectReason::NotAString),
            RawTag::Text(text, utf16_len) if utf16_len > MAX_LENGTH => (text, RejectReason::TooLong),
            RawTag::Text(text, _) if validated.valid.len() >= MAX_ITEMS => (text, RejectReason::TooMany),
            RawTag::Text(text, _) => {
                validated.valid.push(Tag::from(text));
                continue;
            }
        };
        validated.rejected.push(Rejected { tag, reason });
    }
    validated
}

/// A tag in its canonical, header-safe form (TG-4). Case and spaces count (TG-6).
///
/// In JSON it is a plain string.
///
/// # Examples
///
/// ```
/// use freshtag::cache::tag::Tag;
///
/// assert_eq!(Tag::new("café").as_str(), "caf%C3%A9");
/// assert_eq!(Tag::new("café"), Tag::new("caf%C3%A9"));
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(from = "String")]
pub struct Tag(Box<str>);

impl Tag {
    /// Encodes `text`. There is no limit on length here: derived tags have none (RV-2).
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(encode_header_safe(text).into())
    }

    /// The encoded form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Tag {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Any JavaScript value where a tag is expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RawTag {
    /// A string and its `length` in UTF-16 code units.
    Text(String, usize),
    /// Anything else, as it prints.
    NotAString(String),
}

/// The outcome of [`validate`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Validated {
    /// Usable tags, in the caller's order.
    pub valid: Vec<Tag>,
    /// What was left out and why, to be warned about once.
    pub rejected: Vec<Rejected>,
}

/// A tag that was left out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rejected {
    /// As the caller wrote it, or as it prints.
    pub tag: String,
    /// Why.
    pub reason: RejectReason,
}

/// Why a tag was left out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RejectReason {
    /// Not a string.
    NotAString,
    /// More than [`MAX_LENGTH`] UTF-16 code units.
    TooLong,
    /// [`MAX_ITEMS`] tags came before it.
    TooMany,
}

impl RejectReason {
    /// The reason in Next's words.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::NotAString => "invalid type, must be a string",
            Self::TooLong => "exceeded max length of 256",
            Self::TooMany => "exceeded max tag count of 128",
        }
    }
}

fn is_header_safe(byte: u8) -> bool {
    matches!(byte, b'\t' | 0x20..=0x7e)
}
