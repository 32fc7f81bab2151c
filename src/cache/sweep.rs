//! Which entries a sweep takes away.
//!
//! Never a mark: without one, what was revalidated would come back to life. An entry that is gone is only a miss.

use super::codec::{decode_any, read_brief};
use super::freshness::may_stand_in;
use crate::time::UnixMillis;

/// Why an entry may go, if it may. `own` is what the names of entries of this format begin with.
///
/// # Examples
///
/// ```
/// use freshtag::cache::sweep::verdict;
/// use freshtag::time::UnixMillis;
///
/// let why = |name| verdict(name, "{}", "f1-blog/e/", UnixMillis(0));
/// assert_eq!(why("f2-blog/e/route/a~1"), Some("foreign"));
/// assert_eq!(why("f1-blog/e/route/a~1"), Some("unreadable"));
/// ```
#[must_use]
pub fn verdict(name: &str, metadata: &str, own: &str, now: UnixMillis) -> Option<&'static str> {
    if !name.starts_with(own) {
        return Some("foreign");
    }
    let Some(entry) = decode_any(metadata) else {
        // Whether a framed entry may stand in for a failing origin, its frame alone knows: the store ends it.
        return read_brief(metadata).is_none().then_some("unreadable");
    };
    let over =
        now > entry.created.plus(entry.lifetime.expire) && !may_stand_in(&entry, now.since(entry.created));
    over.then_some("expired")
}
