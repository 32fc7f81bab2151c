//! Writing that tags were revalidated: a constant number of writes however many entries carry them.

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

use super::{Defer, Index, Store, StoreError, all, before};
use crate::cache::mark::{HardMark, SoftMark, TagMarks, Watermark, fold_soft};
use crate::cache::tag::Tag;
use crate::error::{Error, ErrorCode};
use crate::hex::hex;
use crate::sabotage::{self, Bug};
use crate::time::{Seconds, UnixMillis};

/// Marks live longer than any entry: 400 days, in seconds.
const MARK_TTL: u32 = 34_560_000;
/// A watermark is written this far ahead of the clock, in ms; a put that took longer is repeated.
const AHEAD_MS: i64 = 2_000;
/// The store takes one write a second and key, in ms.
const WRITE_GAP_MS: i64 = 1_000;
/// After this much trouble the caller is told, in ms.
const GIVE_UP_MS: i64 = 5_000;
/// Refusals for writing too often that are waited out, for a mark.
const MOST_REFUSALS: u32 = 8;
/// So many refusals in a row on the watermark mean that others wrote it after our marks.
const ENOUGH_REFUSALS: u32 = 3;
/// Repetitions of a put that was slow.
const MOST_REPEATS: u32 = 12;
/// The least that a put is waited for, in ms, however long those before it took.
const LEAST_MS: i64 = 1_000;
/// How long one put may be under way before another request stops counting on it, in ms.
const STUCK_MS: i64 = 10_000;
/// Between two looks at a put of another request, in ms: its promise cannot be awaited here.
const LOOK_MS: u64 = 20;

/// What a revalidation does to entries with the tag.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum How {
    /// They expire now.
    Expire,
    /// They are stale now and expire after this time (RV-3).
    StaleThenExpire(Seconds),
}

impl<S: Store> Index<S> {
    /// Makes `tags` invalid as of `at`, everywhere; resolves when that is written. This isolate knows at once.
    ///
    /// # Errors
    ///
    /// `REVALIDATE_FAILED` with the tags that could not be written, after five seconds of trouble.
    pub async fn revalidate(
        &self,
        tags: &[Tag],
        how: How,
        at: UnixMillis,
        defer: &Defer,
    ) -> Result<(), Error> {
        if tags.is_empty() {
            return Ok(());
        }
        for tag in tags {
            // With the lead from the first moment on: what another clock has dated later may be older all the same.
            self.memory.saw_marks(tag, self.marks_at(how, at, at.plus_ms(self.lead()), Some(at)), true, at);
        }
        if let How::StaleThenExpire(_) = how {
            // Soft marks are a small list in one key: what others wrote must not be lost. If it cannot be read,
            // the marks in memory are all there is to add to, and the put goes on.
            if let Ok(known) = self.read_soft_marks(tags).await {
                for (tag, soft) in tags.iter().zip(known) {
                    self.memory.saw_marks(tag, TagMarks { hard: None, soft }, true, self.store.now());
                }
            }
        }
        let puts = tags.iter().map(|tag| self.put_mark(tag, how, at, defer).boxed_local()).collect();
        let results = all(puts).await;
        let failed: Vec<(&Tag, StoreError)> = tags
            .iter()
            .zip(results)
            .filter_map(|(tag, result)| result.err().map(|error| (tag, error)))
            .collect();
        // The marks that did commit are announced even where others did not.
        let announced = if failed.len() < tags.len() { self.announce(defer).await } else { Ok(()) };
        let lost = |tags: Vec<&str>, error: &StoreError| {
            let list = tags.join(", ");
            let message = format!("could not write the revalidation of {list}: {error}; call it again");
            Err(Error::new(ErrorCode::RevalidateFailed, message))
        };
        match (failed.first(), announced) {
            (Some((_, error)), Ok(())) => lost(failed.iter().map(|(tag, _)| tag.as_str()).collect(), error),
            (_, Err(error)) => lost(tags.iter().map(Tag::as_str).collect(), &error),
            (None, Ok(())) => Ok(()),
        }
    }

    /// `stamp` is the time as written, `at` the moment of the call, from which the grace counts.
    fn marks_at(&self, how: How, at: UnixMillis, stamp: UnixMillis, exact: Option<UnixMillis>) -> TagMarks {
        let by = self.memory.me.clone();
        match how {
            How::Expire => TagMarks { hard: Some(HardMark { t: stamp, by, exact }), soft: Vec::new() },
            How::StaleThenExpire(grace) => {
                TagMarks { hard: None, soft: vec![SoftMark { s: stamp, x: at.plus(grace), by, exact }] }
            }
        }
    }

    /// Writes the mark of one tag, with a lead. A put that took longer than the lead may have undone a later one,
    /// so it is repeated, behind the reply, until one is in time.
    async fn put_mark(&self, tag: &Tag, how: How, at: UnixMillis, defer: &Defer) -> Result<(), StoreError> {
        let written = self.try_mark(tag, how, at, Some(at)).await;
        if written.slow && !sabotage::is(Bug::NoRemark) {
            let (this, tag, late) = (self.clone(), tag.clone(), written.late);
            defer(async move { this.repeat_mark(&tag, how, at, late).await }.boxed_local());
        }
        written.result
    }

    /// Writes the mark again after a slow put: after `late`, where that is still under way. Whether it failed says nothing:
    /// it may have arrived all the same.
    async fn repeat_mark(&self, tag: &Tag, how: How, at: UnixMillis, mut late: Option<Putting>) {
        for _ in 0..MOST_REPEATS {
            self.rest(late).await;
            let written = self.try_mark(tag, how, at, None).await;
            if written.is_in_time() {
                break;
            }
            late = written.late;
        }
        // The caller has its answer: the first mark and its watermark are written.
        self.repeat_watermark(None).await;
    }

    /// Waits for the end of a put, and for the next that the store takes.
    async fn rest(&self, late: Option<Putting>) {
        if let Some(late) = late {
            let _ = late.await;
        }
        self.store.sleep(WRITE_GAP_MS.unsigned_abs()).await;
    }

    /// How far ahead of the clock a mark is written, in ms.
    fn lead(&self) -> i64 {
        if sabotage::is(Bug::NoLead) { 0 } else { self.lead_ms }
    }

    fn slow_ms(&self) -> i64 {
        self.lead_ms.max(WRITE_GAP_MS)
    }

    /// One mark put with its retries. The first time it is written with the `exact` time of the mark.
    async fn try_mark(&self, tag: &Tag, how: How, at: UnixMillis, mut exact: Option<UnixMillis>) -> Written {
        let key = match how {
            How::Expire => self.keys.hard_mark(tag),
            How::StaleThenExpire(_) => self.keys.soft_marks(tag),
        };
        let started = self.store.now();
        let (mut slow, mut refusals) = (false, 0_u32);
        loop {
            let began = self.store.now();
            // `exact` on the first attempt only: a later one may overwrite somebody else's mark.
            let marks = self.marks_at(how, at, began.plus_ms(self.lead()), exact.take());
            self.memory.saw_marks(tag, marks.clone(), true, began);
            let text = match (&marks.hard, how) {
                (Some(mark), How::Expire) => mark.text(),
                _ => {
                    let mut known = self.memory.marks(tag, began).0.soft;
                    known.extend(marks.soft);
                    SoftMark::list_text(&fold_soft(known, began))
                }
            };
            self.memory.put_mark(tag, None);
            let (result, late) = self.put(&key, text, Some(MARK_TTL), started).await;
            let ended = self.store.now();
            if late.is_none() {
                self.memory.put_mark(tag, Some(ended));
            }
            let was_slow = late.is_some() || ended.since(began) > self.slow_ms();
            match result {
                Ok(()) => {
                    #[cfg(feature = "sabotage")]
                    // an await that is never reached weighs something all the same
                    if sabotage::is(Bug::OneMark) {
                        self.wipe(tag, how).await;
                    }
                    // What is written in time stands for all that was slow before.
                    return Written { result, slow: was_slow, late };
                }
                Err(StoreError::RateLimited) if sabotage::is(Bug::Swallowed429) => {
                    return Written { result: Ok(()), slow, late };
                }
                Err(StoreError::RateLimited) if refusals < MOST_REFUSALS => {
                    refusals = refusals.saturating_add(1);
                }
                Err(_) => {
                    slow |= was_slow;
                    // A clock may show a little less than the timer that has ended.
                    if late.is_some() || ended.since(started) >= GIVE_UP_MS {
                        return Written { result, slow, late };
                    }
                }
            }
            self.store.sleep(self.pause()).await;
        }
    }

    /// What a mark would do to the other one if both had one key.
    #[cfg(feature = "sabotage")]
    async fn wipe(&self, tag: &Tag, how: How) {
        let none = HardMark { t: UnixMillis(0), by: self.memory.me.clone(), exact: None };
        let (key, text) = match how {
            How::Expire => (self.keys.soft_marks(tag), SoftMark::list_text(&[])),
            How::StaleThenExpire(_) => (self.keys.hard_mark(tag), none.text()),
        };
        let _ = self.store.put_text(&key, &text, Some(MARK_TTL)).await;
    }

    /// A put of a call that `started` then. One that is not waited for any longer is handed back, as it may still arrive.
    async fn put(
        &self,
        key: &str,
        text: String,
        ttl: Option<u32>,
        started: UnixMillis,
    ) -> (Result<(), StoreError>, Option<Putting>) {
        let (store, key) = (self.store.clone(), key.to_owned());
        let mut putting = async move { store.put_text(&key, &text, ttl).await }.boxed_local();
        let left = GIVE_UP_MS.saturating_sub(self.store.now().since(started)).max(LEAST_MS);
        match before(&mut putting, self.store.sleep(left.unsigned_abs()).boxed_local()).await {
            Some(result) => (result, None),
            None => (Err(StoreError::Failed("no answer".to_owned())), Some(putting)),
        }
    }

    /// Writes the watermark after a mark. A put that took longer than it was ahead may have undone a later one, so it is
    /// repeated, behind the reply, until one is in time.
    async fn announce(&self, defer: &Defer) -> Result<(), StoreError> {
        let written = self.try_watermark().await;
        if written.slow && !sabotage::is(Bug::NoRewrite) {
            let (this, late) = (self.clone(), written.late);
            defer(async move { this.repeat_watermark(late).await }.boxed_local());
        }
        written.result
    }

    /// As [`Self::repeat_mark`].
    async fn repeat_watermark(&self, mut late: Option<Putting>) {
        for _ in 0..MOST_REPEATS {
            self.rest(late).await;
            let written = self.try_watermark().await;
            if written.is_in_time() || sabotage::is(Bug::NoRewrite) {
                return;
            }
            late = written.late;
        }
    }

    /// One watermark put with its retries, or the certainty that one that began after now has committed.
    ///
    /// Calls of one isolate share a put, but never a promise: each looks with its own timer, for it may outlive the
    /// request that does the put.
    async fn try_watermark(&self) -> Written {
        let after = self.memory.with_watermark(next);
        let key = self.keys.watermark();
        let first = self.store.now();
        let (mut slow, mut refusals, mut since) = (false, 0_u32, after);
        loop {
            let now = self.store.now();
            match self.memory.with_watermark(|slot| slot.turn(after, now)) {
                Turn::Done => return Written { result: Ok(()), slow, late: None },
                Turn::Look => {
                    self.store.sleep(LOOK_MS).await;
                    continue;
                }
                Turn::Wait(ms) => {
                    self.store.sleep(ms).await;
                    continue;
                }
                Turn::Put => {}
            }
            let (number, mark) = self.begin_watermark(now);
            let (mut result, late) = self.put(&key, mark.text(), None, first).await;
            let ended = self.store.now();
            let was_slow = late.is_some() || ended.since(now) > AHEAD_MS;
            refusals = match &result {
                Err(StoreError::RateLimited) => refusals.saturating_add(1),
                _ => 0,
            };
            if refusals <= 1 {
                since = number;
            }
            let as_good = result.is_ok() || refusals >= ENOUGH_REFUSALS;
            self.memory.with_watermark(|slot| {
                slot.in_flight = slot.in_flight.filter(|(other, _)| *other != number);
                if as_good {
                    // What refused the last one may be older than marks that were written after the first.
                    slot.committed = slot.committed.max(since);
                }
            });
            match &result {
                Ok(()) => {
                    self.memory.saw_watermark(Some(mark), ended);
                    return Written { result, slow: was_slow, late };
                }
                Err(_) if as_good => {
                    result = Ok(());
                    return Written { result, slow, late };
                }
                Err(StoreError::RateLimited) => {}
                Err(_) => {
                    slow |= was_slow;
                    if late.is_some() || ended.since(first) >= GIVE_UP_MS {
                        return Written { result, slow, late };
                    }
                }
            }
            self.store.sleep(self.pause()).await;
        }
    }

    fn begin_watermark(&self, now: UnixMillis) -> (u64, Watermark) {
        let id = hex(&self.store.random().to_be_bytes()).into();
        self.memory.with_watermark(|slot| {
            let number = next(slot);
            slot.in_flight = Some((number, now));
            slot.began = Some(now);
            let second = now.0.saturating_add(999).div_euclid(1_000).saturating_mul(1_000);
            // Never behind a mark it announces, however long the lead.
            let lead = self.lead_ms.saturating_add(WRITE_GAP_MS);
            let ahead = UnixMillis(second).plus_ms(lead.max(AHEAD_MS));
            let ahead = if sabotage::is(Bug::NoInflate) { now } else { ahead };
            (number, Watermark { t: slot.known.as_ref().map_or(ahead, |known| known.t.max(ahead)), id })
        })
    }

    /// A second with jitter, in ms.
    fn pause(&self) -> u64 {
        let jitter = self.store.random().checked_rem(300).unwrap_or(0);
        WRITE_GAP_MS.unsigned_abs().saturating_add(jitter)
    }
}

fn next(slot: &mut super::memory::WatermarkSlot) -> u64 {
    slot.counter = slot.counter.saturating_add(1);
    slot.counter
}

/// What came of writing a key, with its retries.
struct Written {
    result: Result<(), StoreError>,
    /// Whether a put was so slow that it may have undone a later one of somebody else's, with none in time after it.
    slow: bool,
    /// A put that is not waited for any longer: it may still arrive.
    late: Option<Putting>,
}

impl Written {
    fn is_in_time(&self) -> bool {
        self.result.is_ok() && !self.slow
    }
}

/// A put under way.
type Putting = LocalBoxFuture<'static, Result<(), StoreError>>;

enum Turn {
    Done,
    Look,
    Put,
    Wait(u64),
}

impl super::memory::WatermarkSlot {
    fn turn(&self, after: u64, now: UnixMillis) -> Turn {
        if self.committed > after {
            return Turn::Done;
        }
        // A clock that has stepped back says nothing of how long ago that was.
        if self.in_flight.is_some_and(|(_, began)| (0..STUCK_MS).contains(&now.since(began))) {
            return Turn::Look;
        }
        match self.began.map(|began| WRITE_GAP_MS.saturating_sub(now.since(began))) {
            Some(left) if (1..=WRITE_GAP_MS).contains(&left) => Turn::Wait(left.unsigned_abs()),
            _ => Turn::Put,
        }
    }
}
