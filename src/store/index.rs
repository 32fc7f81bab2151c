//! Reading an entry together with what its tags say.

use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::join;

use super::memory::Memory;
use super::{Store, StoreError, Stored, all};
use crate::cache::codec;
use crate::cache::decide::{Decision, Reading, TagVerdict, decide};
use crate::cache::entry::Entry;
use crate::cache::key::{KeySpace, StoreKey};
use crate::cache::mark::{self, HardMark, SoftMark, TagMarks, TagState, Watermark};
use crate::cache::seen::Floors;
use crate::cache::tag::Tag;
use crate::sabotage::{self, Bug};
use crate::time::UnixMillis;

/// Keys in one bulk read, at most.
const BULK: usize = 100;

/// The tag index: a store, what this isolate remembers of it, and the names in it.
pub struct Index<S: Store> {
    /// The store, with the operations counted for one request.
    pub store: S,
    /// What the isolate remembers.
    pub memory: Rc<Memory<S::Body, S::Signal>>,
    /// The names.
    pub keys: Rc<KeySpace>,
    /// The lead of marks, in ms: how far clocks may differ.
    pub lead_ms: i64,
}

impl<S: Store> Clone for Index<S> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            memory: Rc::clone(&self.memory),
            keys: Rc::clone(&self.keys),
            lead_ms: self.lead_ms,
        }
    }
}

/// An entry with its body.
pub struct Found<B> {
    /// The header.
    pub entry: Rc<Entry>,
    /// The body.
    pub body: B,
}

/// Tags under which somebody reads, beside those of the entry.
#[derive(Clone, Copy, Debug, Default)]
pub struct Under<'a> {
    /// Those of the route, under which its inputs were read too: all of the data counts for them.
    pub soft: &'a [Tag],
    /// Those of the call, which its inputs know nothing of (IC-7).
    pub own: &'a [Tag],
}

/// What a read brings: perhaps an entry, and what to do.
pub struct Snapshot<B> {
    /// The entry, usable or not.
    pub found: Option<Found<B>>,
    /// What its tags say.
    pub tags: TagVerdict,
    /// What to do with it.
    pub decision: Decision,
    /// Whether it came from this isolate's memory.
    pub from_memory: bool,
    /// Until when the next read has it from the same place: memory, or the store where memory never holds it.
    pub same_until: Option<UnixMillis>,
    /// The store's answer, where it was an error.
    pub error: Option<StoreError>,
}

impl<S: Store> Index<S> {
    /// Reads `key` and judges it for a reader with these `floors`, `under` tags that the entry does not carry itself.
    ///
    /// One round trip where no tag was revalidated lately; none from memory.
    pub async fn read(
        &self,
        key: &StoreKey,
        under: Under<'_>,
        floors: &Floors,
        reading: &Reading,
    ) -> Snapshot<S::Body> {
        let held = self.memory.held(key.name(), reading.now);
        if let Some(held) = &held {
            // One that cannot be read makes every tag worth a look.
            let _ = self.watermark().await;
            let tags = self.verdict(&held.entry, under, floors, reading).await;
            let decision = decide(Some(&held.entry), &tags, reading);
            if decision == Decision::Serve {
                let found = Found { entry: Rc::clone(&held.entry), body: held.body.clone() };
                let same_until = Some(held.until);
                return Snapshot {
                    found: Some(found),
                    tags,
                    decision,
                    from_memory: true,
                    same_until,
                    error: None,
                };
            }
        }
        let (read, _) = join(self.read_entry(key), self.watermark()).await;
        let (stored, error) = match read {
            Ok(stored) => (stored.and_then(|stored| self.open(key, stored)), None),
            Err(error) => (None, Some(error)),
        };
        // What this isolate wrote and the store does not return yet, perhaps in this moment, is newer than what it
        // returns.
        let held = self.memory.held(key.name(), self.store.now()).or(held);
        let (found, from_memory) = match (stored, held) {
            (Some(found), Some(held)) if held.entry.created > found.entry.created => {
                self.store.discard(found.body);
                (Some(Found { entry: held.entry, body: held.body }), true)
            }
            (None, Some(held)) => (Some(Found { entry: held.entry, body: held.body }), true),
            (found, _) => (found, false),
        };
        let Some(mut found) = found else {
            let decision = decide(None, &TagVerdict::Valid, reading);
            let tags = TagVerdict::Valid;
            return Snapshot { found: None, tags, decision, from_memory: false, same_until: None, error };
        };
        let tags = self.verdict(&found.entry, under, floors, reading).await;
        let decision = decide(Some(&found.entry), &tags, reading);
        let mut same_until = None;
        if !from_memory && decision == Decision::Serve {
            if found.entry.body_len > self.memory.largest_body() {
                same_until = Some(UnixMillis(i64::MAX));
            }
            found = match self.hold_if_hot(key, found, reading.now).await {
                Ok(found) => found,
                Err(error) => {
                    let decision = decide(None, &tags, reading);
                    let error = Some(error);
                    return Snapshot { found: None, tags, decision, from_memory, same_until: None, error };
                }
            };
        }
        Snapshot { found: Some(found), tags, decision, from_memory, same_until, error }
    }

    /// Reads an entry once more, to use its body; `None` where it is not that one any more.
    pub async fn again(&self, key: &StoreKey, entry: &Entry) -> Option<Found<S::Body>> {
        let stored = self.store.entry(key.name()).await.ok()??;
        let found = self.open(key, stored)?;
        if found.entry.created == entry.created {
            return Some(found);
        }
        self.store.discard(found.body);
        None
    }

    /// Keeps a small body that is read again and again in memory. `Err` where it broke off, or is late: then nobody can
    /// have what is left of it.
    async fn hold_if_hot(
        &self,
        key: &StoreKey,
        found: Found<S::Body>,
        now: UnixMillis,
    ) -> Result<Found<S::Body>, StoreError> {
        let again = self.memory.read_again(key.name(), now);
        if !again || found.entry.body_len > self.memory.largest_body() {
            return Ok(found);
        }
        let body = self.store.hold(found.body).await?;
        self.memory.hold(key.name(), Rc::clone(&found.entry), body.clone(), now);
        Ok(Found { entry: found.entry, body })
    }

    fn open(&self, key: &StoreKey, stored: Stored<S::Body>) -> Option<Found<S::Body>> {
        match stored.header.and_then(|header| codec::decode(&header, key.full())) {
            Some(entry) => Some(Found { entry: Rc::new(entry), body: stored.body }),
            None => {
                self.store.discard(stored.body);
                None
            }
        }
    }

    /// The watermark, read unless memory holds a young one. `Err` where it could not be read.
    pub async fn watermark(&self) -> Result<Option<Watermark>, StoreError> {
        if let Some(known) = self.memory.young_watermark(self.store.now()) {
            return Ok(known);
        }
        self.admitted()?;
        let read = self.store.text(&self.keys.watermark()).await;
        self.heard(read.is_ok());
        let text = read?;
        let read = match text {
            Some(text) => Some(Watermark::read(&text).ok_or_else(unreadable)?),
            None => None,
        };
        Ok(self.memory.saw_watermark(read, self.store.now()))
    }

    /// What the tags of an entry say. Expects [`Self::watermark`] to have been asked for just before.
    pub async fn verdict(
        &self,
        entry: &Entry,
        under: Under<'_>,
        floors: &Floors,
        reading: &Reading,
    ) -> TagVerdict {
        let now = reading.now;
        let all = || {
            let own = entry.tags.iter().map(|(tag, as_of)| (tag, *as_of));
            let soft = under.soft.iter().map(|tag| (tag, entry.oldest));
            own.chain(soft).chain(under.own.iter().map(|tag| (tag, entry.created)))
        };
        // The visitor's own revalidations, and marks this isolate had to forget.
        let forgotten = self.memory.floor();
        for (tag, as_of) in all() {
            let floor = self.floor(entry, tag, as_of, floors).max(forgotten);
            if floor.is_some_and(|floor| floor >= as_of) {
                return TagVerdict::Expired(tag.clone());
            }
        }
        let watermark = self.memory.young_watermark(now);
        let mut state = TagVerdict::Valid;
        let mut ask: Vec<(&Tag, UnixMillis)> = Vec::new();
        for (tag, as_of) in all() {
            let (marks, young) = self.memory.marks(tag, now);
            match self.judge(entry, tag, &marks, as_of, reading) {
                TagState::Expired => return TagVerdict::Expired(tag.clone()),
                TagState::Stale => state = TagVerdict::Stale(tag.clone()),
                TagState::Valid => {}
            }
            if !young && !clean(entry, as_of, watermark.as_ref()) && !ask.iter().any(|(t, _)| *t == tag) {
                ask.push((tag, as_of));
            }
        }
        if ask.is_empty() {
            return state;
        }
        let tags: Vec<&Tag> = ask.iter().map(|(tag, _)| *tag).collect();
        if self.read_marks(&tags).await.is_err() {
            return TagVerdict::Unknown;
        }
        let now = self.store.now();
        let reading = Reading { now, ..*reading };
        for (tag, as_of) in all() {
            match self.judge(entry, tag, &self.memory.marks(tag, now).0, as_of, &reading) {
                TagState::Expired => return TagVerdict::Expired(tag.clone()),
                TagState::Stale => state = TagVerdict::Stale(tag.clone()),
                TagState::Valid => {}
            }
        }
        state
    }

    /// The time up to which this visitor may not see data of a tag, as the clock that read the data may have told it. What
    /// this isolate itself wrote and rendered compares without the lead.
    fn floor(&self, entry: &Entry, tag: &Tag, as_of: UnixMillis, floors: &Floors) -> Option<UnixMillis> {
        let floor = floors.of(tag)?;
        let is_own = *entry.by == *self.memory.me && as_of >= entry.created;
        if is_own && (!floors.is_carried() || self.memory.marked(tag, floor)) {
            return Some(floor);
        }
        Some(floor.plus_ms(self.lead_ms))
    }

    fn judge(
        &self,
        entry: &Entry,
        tag: &Tag,
        marks: &TagMarks,
        as_of: UnixMillis,
        reading: &Reading,
    ) -> TagState {
        // What becomes part of something kept is compared with the lead, as every other isolate will compare the whole:
        // else the whole would be expired by an input that is not, and made anew of it for ever.
        let own = !reading.persisted && *entry.by == *self.memory.me && as_of >= entry.created;
        let own = own.then(|| self.memory.landed(tag));
        let reader = mark::Reader { me: &self.memory.me, own, lead_ms: self.lead_ms, now: reading.now };
        mark::judge(marks, as_of, &reader)
    }

    /// Brings the marks of these tags into memory: two keys a tag, 100 keys a read, all reads at once.
    async fn read_marks(&self, tags: &[&Tag]) -> Result<(), StoreError> {
        let keys: Vec<String> =
            tags.iter().flat_map(|tag| [self.keys.hard_mark(tag), self.keys.soft_marks(tag)]).collect();
        self.admitted()?;
        let read = self.read_texts(&keys).await;
        self.heard(read.is_ok());
        let texts = read?;
        let now = self.store.now();
        let mut texts = texts.into_iter();
        let mut parsed = Vec::with_capacity(tags.len());
        for tag in tags {
            let (hard, soft) = (texts.next().flatten(), texts.next().flatten());
            let hard = hard.map(|text| HardMark::read(&text).ok_or_else(unreadable)).transpose()?;
            let soft = soft.map_or(Ok(Vec::new()), |text| read_soft(&text))?;
            parsed.push((*tag, TagMarks { hard, soft }));
        }
        for (tag, marks) in parsed {
            self.memory.saw_marks(tag, marks, false, now);
        }
        Ok(())
    }

    /// The soft marks of these tags as the store has them.
    pub(super) async fn read_soft_marks(&self, tags: &[Tag]) -> Result<Vec<Vec<SoftMark>>, StoreError> {
        let keys: Vec<String> = tags.iter().map(|tag| self.keys.soft_marks(tag)).collect();
        let texts = self.read_texts(&keys).await?;
        texts.into_iter().map(|text| text.map_or(Ok(Vec::new()), |text| read_soft(&text))).collect()
    }

    /// Many texts, 100 an operation, all operations at once.
    async fn read_texts(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        let chunks = keys.chunks(BULK).map(|chunk| self.store.texts(chunk).boxed_local()).collect();
        let mut texts = Vec::with_capacity(keys.len());
        for chunk in all(chunks).await {
            texts.extend(chunk?);
        }
        Ok(texts)
    }

    /// Whether a read goes to the store.
    ///
    /// # Errors
    ///
    /// Where the store has not answered for a while.
    fn admitted(&self) -> Result<(), StoreError> {
        let now = self.store.now();
        if self.memory.with_breaker(|breaker| breaker.admits(now)) {
            return Ok(());
        }
        Err(StoreError::Failed("it has not answered for a while".to_owned()))
    }

    /// Notes how a read ended.
    fn heard(&self, answered: bool) {
        let now = self.store.now();
        self.memory.with_breaker(|breaker| if answered { breaker.answered() } else { breaker.failed(now) });
    }

    async fn read_entry(&self, key: &StoreKey) -> Result<Option<Stored<S::Body>>, StoreError> {
        self.admitted()?;
        let read = self.store.entry(key.name()).await;
        self.heard(read.is_ok());
        read
    }

    /// The marks of one tag, for the admin pages.
    pub async fn marks_of(&self, tag: &Tag) -> Result<TagMarks, StoreError> {
        self.read_marks(&[tag]).await?;
        Ok(self.memory.marks(tag, self.store.now()).0)
    }
}

/// Whether a tag needs no look at its marks: nothing was revalidated since its data was read, or the render itself
/// read it under this very watermark. Older, nested data has no such excuse, as marks can become visible after
/// the watermark that announces them. Without any watermark nothing was ever revalidated; with an unreadable one,
/// one must look.
pub(super) fn clean(entry: &Entry, as_of: UnixMillis, watermark: Option<&Option<Watermark>>) -> bool {
    match watermark {
        None => false,
        Some(None) => true,
        Some(Some(w)) => {
            as_of > w.t
                || (entry.seen.as_ref() == Some(&w.id)
                    && (as_of >= entry.created || sabotage::is(Bug::SeenAll)))
        }
    }
}

fn read_soft(text: &str) -> Result<Vec<SoftMark>, StoreError> {
    SoftMark::read_list(text).ok_or_else(unreadable)
}

fn unreadable() -> StoreError {
    StoreError::Failed("a stored mark cannot be read".to_owned())
}
