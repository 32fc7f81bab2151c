//! What to do with a stored entry. Pure: no clock, no store, no JavaScript.

use super::entry::{Age, Entry};
use super::lifetime::Lifetime;
use super::tag::Tag;
use crate::time::UnixMillis;

/// Decides how `entry` may be used.
///
/// An expired entry is never served. A stale one is, while a refresh runs behind it, unless the result of the
/// reader will itself be kept (UC-19, UN-5): then it is made anew first.
/// Tags that could not be read count as stale: the visitor gets a page, and the doubt is resolved behind it.
pub fn decide(entry: Option<&Entry>, tags: &TagVerdict, reader: &Reading) -> Decision {
    let Some(entry) = entry else { return Decision::Render(Why::Absent) };
    let age = entry.age(reader.lifetime.unwrap_or(entry.lifetime), reader.lead_ms, reader.now);
    let why = match (tags, age) {
        (TagVerdict::Expired(tag), _) => return Decision::Render(Why::TagExpired(tag.clone())),
        (_, Age::Expired) => return Decision::Render(Why::TimeExpired),
        (TagVerdict::Unknown, _) => Why::TagsUnknown,
        (TagVerdict::Stale(tag), _) => Why::TagStale(tag.clone()),
        (TagVerdict::Valid, Age::Stale) => Why::TimeStale,
        (TagVerdict::Valid, Age::FromFuture) => Why::FromFuture,
        (TagVerdict::Valid, Age::Fresh) => return Decision::Serve,
    };
    if reader.persisted { Decision::Render(why) } else { Decision::ServeThenRefresh(why) }
}

/// What the marks of all tags of an entry say together.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TagVerdict {
    /// No tag is against it.
    Valid,
    /// This tag made it stale.
    Stale(Tag),
    /// This tag expired it.
    Expired(Tag),
    /// The marks could not be read.
    Unknown,
}

/// Who reads, and how.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The time of the question.
    pub now: UnixMillis,
    /// How far clocks may differ, in ms.
    pub lead_ms: i64,
    /// Whether what the reader makes of it will be kept.
    pub persisted: bool,
    /// A lifetime of the reader's own, which wins over the stored one (IC-7).
    pub lifetime: Option<Lifetime>,
}

/// What the flow must do next.
#[must_use = "a decision does nothing until the flow acts on it"]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Decision {
    /// Nothing usable is stored: render first, then reply.
    Render(Why),
    /// Reply from the store.
    Serve,
    /// Reply from the store, then render again behind it.
    ServeThenRefresh(Why),
}

/// Why an entry is not simply served.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Why {
    /// There is none.
    Absent,
    /// The store did not say whether there is one.
    Unread,
    /// The request may not see stored answers.
    Bypass,
    /// Somebody who may asked for a new one (IS-10).
    OnDemand,
    /// Older than `expire`.
    TimeExpired,
    /// A tag expired it.
    TagExpired(Tag),
    /// Older than `revalidate`.
    TimeStale,
    /// A tag made it stale.
    TagStale(Tag),
    /// The marks could not be read.
    TagsUnknown,
    /// Created later than now.
    FromFuture,
}
