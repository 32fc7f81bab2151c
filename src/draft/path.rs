//! Paths of this site, where a visitor says where to go.

use std::borrow::Cow;

use crate::error::{Error, ErrorCode};
use crate::http::percent::{encode, hex};

/// A path that stays on its host, whoever resolves it: it begins with exactly one `/` and holds neither a `\` nor a
/// control character, however often it is percent-decoded (T16). A query may follow.
///
/// # Examples
///
/// ```
/// use freshtag::draft::path::LocalPath;
///
/// assert_eq!(LocalPath::parse("/posts/é?q=1").unwrap().as_str(), "/posts/%C3%A9?q=1");
/// for elsewhere in ["https://evil.test", "//evil.test", "/%2Fevil.test", "/%255Cevil.test", "/\tevil.test"] {
///     assert!(LocalPath::parse(elsewhere).is_err());
/// }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LocalPath(String);

impl LocalPath {
    /// Reads a path; what is not ASCII is percent-encoded, as in a URL.
    ///
    /// # Errors
    ///
    /// `INVALID_PATH`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut bytes = Cow::Borrowed(text.as_bytes());
        loop {
            if !is_local(&bytes) {
                let message = "path must begin with one \"/\" and hold no \"\\\" and no control characters, encoded neither";
                return Err(Error::new(ErrorCode::InvalidPath, message));
            }
            match decoded(&bytes) {
                // Each round is shorter than the last.
                Some(next) => bytes = Cow::Owned(next),
                None => break,
            }
        }
        Ok(Self(encode(text, |byte| !matches!(byte, b' ' | b'"' | b'<' | b'>'))))
    }

    /// The path as it may stand in a header or a URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_local(bytes: &[u8]) -> bool {
    bytes.first() == Some(&b'/')
        && bytes.get(1) != Some(&b'/')
        && !bytes.iter().any(|byte| *byte == b'\\' || byte.is_ascii_control())
}

/// One round of percent-decoding; `None` where there is nothing to decode.
fn decoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((byte, behind)) = rest.split_first() {
        let escaped = match (byte, behind) {
            (b'%', [high, low, left @ ..]) => hex(*high).zip(hex(*low)).map(|pair| (pair, left)),
            _ => None,
        };
        rest = match escaped {
            Some(((high, low), left)) => {
                out.push(high << 4 | low);
                left
            }
            None => {
                out.push(*byte);
                behind
            }
        };
    }
    (out.len() < bytes.len()).then_some(out)
}
