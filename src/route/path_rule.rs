//! Path patterns of configuration: `/blog/*`.

use crate::error::{Error, ErrorCode};
use crate::json::quote;

/// A path with at most one `*`, which stands for anything.
///
/// # Examples
///
/// ```
/// use freshtag::route::path_rule::PathRule;
///
/// let rule = PathRule::parse("/blog/*")?;
/// assert!(rule.matches("/blog/a/b"));
/// assert!(!rule.matches("/blog"));
/// # Ok::<(), freshtag::error::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PathRule {
    before: String,
    after: Option<String>,
}

impl PathRule {
    /// Reads a pattern.
    ///
    /// # Errors
    ///
    /// `INVALID_PATH` without a leading `/`, or with two `*`.
    pub fn parse(pattern: &str) -> Result<Self, Error> {
        let bad =
            |why: &str| Err(Error::new(ErrorCode::InvalidPath, format!("match {}: {why}", quote(pattern))));
        if !pattern.starts_with('/') {
            return bad("it must begin with \"/\"");
        }
        match pattern.split_once('*') {
            Some((_, after)) if after.contains('*') => bad("use at most one *"),
            Some((before, after)) => Ok(Self { before: before.to_owned(), after: Some(after.to_owned()) }),
            None => Ok(Self { before: pattern.to_owned(), after: None }),
        }
    }

    /// Whether a raw path is meant.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        match &self.after {
            None => path == self.before,
            Some(after) => path.strip_prefix(&self.before).is_some_and(|rest| rest.ends_with(after.as_str())),
        }
    }
}
