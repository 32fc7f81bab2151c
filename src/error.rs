//! One error type with a stable code: what a JavaScript caller reads as `err.code`.

use std::fmt;

/// What went wrong, as a code that never changes its meaning.
///
/// # Examples
///
/// ```
/// use freshtag::error::ErrorCode;
/// assert_eq!(ErrorCode::RevalidateFailed.as_str(), "REVALIDATE_FAILED");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// An option or binding is missing or wrong.
    Config,
    /// A cookie cannot be written; the message begins with the attribute.
    InvalidCookie,
    /// A `cacheLife` profile is unknown, or one of its fields is.
    InvalidLife,
    /// A route pattern or path is not usable.
    InvalidPath,
    /// A JSON body or one of its fields is not usable.
    InvalidRequest,
    /// A tag is not a string, empty where one is needed, or too long.
    InvalidTag,
    /// The caller may not do this.
    Forbidden,
    /// Nothing is there.
    NotFound,
    /// Invalidation could not be written; the message lists the tags.
    RevalidateFailed,
    /// The key-value store did not answer as it must.
    Store,
    /// A bearer token is missing or wrong.
    Unauthorized,
    /// A profile name that is configured nowhere.
    UnknownProfile,
}

impl ErrorCode {
    /// The code as JavaScript sees it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Config => "CONFIG",
            Self::InvalidCookie => "INVALID_COOKIE",
            Self::InvalidLife => "INVALID_CACHE_LIFE",
            Self::InvalidPath => "INVALID_PATH",
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::InvalidTag => "INVALID_TAG",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::RevalidateFailed => "REVALIDATE_FAILED",
            Self::Store => "STORE",
            Self::Unauthorized => "UNAUTHORIZED",
            Self::UnknownProfile => "UNKNOWN_PROFILE",
        }
    }
}

/// A failure a caller can act on: the message names the field and the fix.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Error {
    code: ErrorCode,
    message: String,
}

impl Error {
    /// Makes an error. `message` names the field and what to do.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The text for a person.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
