//! The protocols that are compared, as far as reads, writes and times go.

use std::collections::HashMap;

use freshtag::cache::decide::TagVerdict;
use freshtag::cache::mark::{HardMark, Reader, TagMarks, TagState, judge};
use freshtag::time::UnixMillis;

use super::{Counted, LEAD_MS, Version, a_tag, fetched};

/// A protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// Ours: a watermark, and marks where it says "look".
    Freshtag,
    /// The entry, then one bulk read of its tags, on every hit.
    Bulk,
    /// The entry, then a read for each tag that was not read within 5 s.
    EachTag,
}

/// For how long a read of a mark or the watermark counts, in ms.
const MEMO_MS: i64 = 5_000;
/// For how long a body is served from memory, in ms: read twice, or written.
const HOLD_MS: i64 = 30_000;
const WROTE_MS: i64 = 60_000;
/// The key of the watermark.
const WATERMARK: u64 = u64::MAX;

impl Way {
    /// What a data centre's copy is old at most, in ms: `cacheTtl`, or KV's default.
    #[must_use]
    pub fn ttl(self) -> i64 {
        if self == Self::Freshtag { 30_000 } else { 60_000 }
    }

    /// Whether an entry is dated when it is put, and not when its render began.
    #[must_use]
    pub fn dates_at_put(self) -> bool {
        self != Self::Freshtag
    }
}

/// What one isolate remembers.
#[derive(Default)]
pub struct Isolate {
    watermark_at: Option<i64>,
    watermark: Option<i64>,
    marks: HashMap<u64, (i64, Option<i64>)>,
    bodies: HashMap<u64, (i64, Version)>,
    reads: HashMap<u64, i64>,
    refreshing: HashMap<u64, i64>,
}

impl Isolate {
    /// A page in memory.
    pub fn held(&self, way: Way, key: u64, now: i64) -> Option<Version> {
        let (until, version) = self.bodies.get(&key).filter(|_| way == Way::Freshtag)?;
        (*until > now).then_some(*version)
    }

    /// A page was read from the store.
    pub fn read(&mut self, way: Way, key: u64, version: Version, now: i64) {
        if way != Way::Freshtag {
            return;
        }
        if self.reads.insert(key, now).is_some_and(|at| now - at < WROTE_MS) {
            self.bodies.insert(key, (now + HOLD_MS, version));
        }
        if self.reads.len() > 2_000 {
            self.reads.retain(|_, at| now - *at < WROTE_MS);
            self.bodies.retain(|_, (until, _)| *until > now);
        }
    }

    /// A page was rendered here.
    pub fn wrote(&mut self, way: Way, key: u64, version: Version) {
        if way == Way::Freshtag {
            self.bodies.insert(key, (version.began + WROTE_MS, version));
        }
    }

    /// Whether this isolate refreshes a page that is stale: one at a time.
    pub fn refreshes(&mut self, key: u64, now: i64) -> bool {
        let is_free = self.refreshing.get(&key).is_none_or(|at| now - at > 1_000);
        if is_free {
            self.refreshing.insert(key, now);
        }
        is_free
    }
}

/// Marks and watermark in the store, and the truth about the tags.
#[derive(Default)]
pub struct State {
    /// For each tag: when a mark was stored, and its time.
    marks: HashMap<u64, Vec<(i64, i64)>>,
    watermarks: Vec<(i64, i64)>,
    truth: HashMap<u64, Vec<i64>>,
}

impl State {
    /// A tag is expired: how many keys are written.
    pub fn revalidate(&mut self, way: Way, tag: u64, at: i64, stored: i64, lead: i64) -> u64 {
        self.truth.entry(tag).or_default().push(at);
        let lead = if way == Way::Freshtag { lead } else { 0 };
        self.marks.entry(tag).or_default().push((stored, at + lead));
        if way != Way::Freshtag {
            return 1;
        }
        // One write a second goes through; whoever is refused three times was covered by others.
        let last = self.watermarks.last().map_or(i64::MIN / 2, |(stored, _)| *stored);
        let second = (at + 999).div_euclid(1_000) * 1_000;
        let watermark = (stored + COMMIT_AFTER_MS, second + 2_000);
        if watermark.0 - last < 1_000 {
            // It waits its turn.
            self.watermarks.push((last + 1_000, watermark.1.max(last + 2_000)));
            return 2;
        }
        self.watermarks.push(watermark);
        2
    }

    /// The first revalidation of any of these tags after a moment.
    pub fn changed(&self, tags: &[u64; 25], began: i64) -> Option<i64> {
        let of = |tag: &u64| {
            let times = self.truth.get(tag)?;
            times.get(times.partition_point(|at| *at <= began)).copied()
        };
        tags.iter().filter_map(of).min()
    }

    /// Reads the watermark, unless memory holds a young one.
    pub fn watermark(&self, way: Way, isolate: &mut Isolate, colo: u64, now: i64, counted: &mut Counted) {
        if way != Way::Freshtag || isolate.watermark_at.is_some_and(|at| now - at < MEMO_MS) {
            return;
        }
        counted.reads += 1;
        let seen = fetched(colo, WATERMARK, now, way.ttl());
        let known = self.watermarks.partition_point(|(stored, _)| *stored <= seen);
        let time = known.checked_sub(1).map(|at| self.watermarks[at].1);
        isolate.watermark_at = Some(now);
        isolate.watermark = isolate.watermark.max(time);
    }

    /// What the tags of an entry say, and whether any was read for it.
    #[allow(clippy::too_many_arguments)] // the facts of one read
    pub fn verdict(
        &self,
        way: Way,
        isolate: &mut Isolate,
        colo: u64,
        tags: &[u64; 25],
        dated: i64,
        now: i64,
        counted: &mut Counted,
    ) -> (TagVerdict, bool) {
        // Nothing was revalidated since its data was read.
        if way == Way::Freshtag && isolate.watermark.is_none_or(|time| dated > time) {
            return (TagVerdict::Valid, false);
        }
        let (mut looked, mut verdict) = (false, TagVerdict::Valid);
        for tag in tags {
            let known = isolate.marks.get(tag).copied();
            let is_young = way != Way::Bulk && known.is_some_and(|(at, _)| now - at < MEMO_MS);
            let time = if is_young {
                known.and_then(|(_, time)| time)
            } else {
                looked = true;
                // Ours are two keys a tag.
                counted.reads += if way == Way::Freshtag { 2 } else { 1 };
                let time = self.see(colo, *tag, now, way).max(known.and_then(|(_, time)| time));
                if way != Way::Bulk {
                    isolate.marks.insert(*tag, (now, time));
                }
                time
            };
            match time.map(|time| state(way, time, dated, now)) {
                Some(TagState::Expired) => verdict = TagVerdict::Expired(a_tag()),
                Some(TagState::Stale) if verdict == TagVerdict::Valid => verdict = TagVerdict::Stale(a_tag()),
                _ => {}
            }
        }
        if isolate.marks.len() > 4_000 {
            isolate.marks.retain(|_, (at, time)| now - *at < MEMO_MS || time.is_some());
        }
        (verdict, looked)
    }

    fn see(&self, colo: u64, tag: u64, now: i64, way: Way) -> Option<i64> {
        let marks = self.marks.get(&tag)?;
        let seen = fetched(colo, tag, now, way.ttl());
        let known = marks.partition_point(|(stored, _)| *stored <= seen);
        known.checked_sub(1).map(|at| marks[at].1)
    }
}

/// The watermark is put when the marks have committed.
const COMMIT_AFTER_MS: i64 = 300;

/// What one mark says: by the real rule for us, by "revalidated after it was stored" for the others.
fn state(way: Way, time: i64, dated: i64, now: i64) -> TagState {
    if way != Way::Freshtag {
        return if time >= dated { TagState::Expired } else { TagState::Valid };
    }
    let hard = HardMark { t: UnixMillis(time), by: "".into(), exact: None };
    let marks = TagMarks { hard: Some(hard), soft: Vec::new() };
    judge(&marks, UnixMillis(dated), &Reader { me: "m", own: None, lead_ms: LEAD_MS, now: UnixMillis(now) })
}
