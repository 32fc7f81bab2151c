//! What is kept of a response or a result, without its body.

use super::key::Kind;
use super::lifetime::Lifetime;
use super::tag::Tag;
use super::variant::Selection;
use crate::time::{Seconds, UnixMillis};

/// The header of an entry. Its body is bytes elsewhere, never looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The full text of the key it was stored under.
    pub key: Box<str>,
    /// What it answers.
    pub kind: Kind,
    /// HTTP status; 200 for data.
    pub status: u16,
    /// Response headers, as names and values, in order.
    pub headers: Vec<(Box<str>, Box<str>)>,
    /// Its tags, each with the earliest moment whose data the entry can contain for it (`as_of`).
    pub tags: Vec<(Tag, UnixMillis)>,
    /// The tags that the call gave which stored it. No reader is bound by them: each brings its own (IC-7).
    pub told: Vec<Tag>,
    /// When the render *started*.
    pub created: UnixMillis,
    /// The earliest moment whose data it can contain at all: what a soft tag is compared with.
    pub oldest: UnixMillis,
    /// The isolate that rendered it.
    pub by: Box<str>,
    /// The watermark that isolate knew when the render started.
    pub seen: Option<Box<str>>,
    /// How long it may be used.
    pub lifetime: Lifetime,
    /// What of the request chose it, where its URL has variants.
    pub selection: Option<Selection>,
    /// How much longer it may stand in for a failing origin.
    pub stale_if_error: Option<Seconds>,
    /// Entity tag, computed once, when it was written.
    pub etag: Option<Box<str>>,
    /// Bytes of the body.
    pub body_len: u64,
}

impl Entry {
    /// Where time alone puts the entry.
    ///
    /// The comparisons are Next's: an age *equal* to a limit is still inside it (IS-1, UC-19, UC-20).
    /// An entry from the future, beyond `lead_ms`, counts as stale: two clocks disagree.
    #[must_use]
    pub fn age(&self, lifetime: Lifetime, lead_ms: i64, now: UnixMillis) -> Age {
        if now > self.created.plus(lifetime.expire) {
            Age::Expired
        } else if now > self.created.plus(lifetime.revalidate) {
            Age::Stale
        } else if self.created > now.plus_ms(lead_ms) {
            Age::FromFuture
        } else {
            Age::Fresh
        }
    }

    /// Seconds for which the store should keep it, counted from `now`: what is left of `expire`, and after it
    /// the stale-if-error window or a day, whichever is longer; between a minute and a year.
    #[must_use]
    pub fn keep_for(&self, now: UnixMillis) -> u32 {
        const DAY: f64 = 86_400.0;
        let grace = self.stale_if_error.map_or(DAY, |s| s.0.max(DAY));
        let left = if self.lifetime.expire.is_infinite() {
            Seconds::YEAR.0
        } else {
            #[allow(clippy::cast_precision_loss)] // milliseconds since 1970 are exact in an f64
            let ms = self.created.plus(self.lifetime.expire).since(now) as f64;
            (ms / 1000.0).max(0.0)
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
        {
            (left + grace).clamp(60.0, Seconds::YEAR.0) as u32
        }
    }
}

/// Where time alone puts an entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Age {
    /// Within `revalidate`.
    Fresh,
    /// Past `revalidate`, within `expire`.
    Stale,
    /// Created later than now.
    FromFuture,
    /// Past `expire`.
    Expired,
}
