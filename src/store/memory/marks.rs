//! What is known of tags: their marks, and the puts of one's own.

use super::{MEMO_MS, Memory};
use crate::cache::mark::TagMarks;
use crate::cache::tag::Tag;
use crate::sabotage::{self, Bug};
use crate::time::UnixMillis;

/// For how long an isolate's own mark is certain to be remembered, in ms.
const OWN_MS: i64 = 600_000;

#[derive(Default)]
pub(super) struct Remembered {
    marks: TagMarks,
    read_at: Option<UnixMillis>,
    own_at: Option<UnixMillis>,
    /// Puts of own marks that are under way, and when one ended last.
    flying: u32,
    landed: Option<UnixMillis>,
}

impl<B: Clone, G: Clone> Memory<B, G> {
    /// What is known of a tag, and whether it was read recently enough to stand for the store.
    pub(crate) fn marks(&self, tag: &Tag, now: UnixMillis) -> (TagMarks, bool) {
        let mut inner = self.inner.borrow_mut();
        match inner.marks.get(tag.as_str()) {
            Some(known) => {
                let is_young = |at| now.since(at) < MEMO_MS || sabotage::is(Bug::CachedVerdict);
                let young = known.read_at.is_some_and(is_young);
                (known.marks.clone(), young)
            }
            None => (TagMarks::default(), false),
        }
    }

    /// When the marks of a tag were read last.
    pub(crate) fn marks_read(&self, tag: &Tag) -> Option<UnixMillis> {
        self.inner.borrow().marks.peek(tag.as_str())?.read_at
    }

    /// Whether this isolate itself revalidated a tag at this time.
    pub(crate) fn marked(&self, tag: &Tag, at: UnixMillis) -> bool {
        let inner = self.inner.borrow();
        let Some(known) = inner.marks.peek(tag.as_str()) else { return false };
        let hard = known.marks.hard.iter().map(|mark| (&mark.by, mark.exact));
        let soft = known.marks.soft.iter().map(|mark| (&mark.by, mark.exact));
        hard.chain(soft).any(|(by, exact)| *by == self.me && exact == Some(at))
    }

    /// A put of a mark of this isolate begins, or has ended then. One whose request ends is under way for ever.
    pub(crate) fn put_mark(&self, tag: &Tag, ended: Option<UnixMillis>) {
        if let Some(known) = self.inner.borrow_mut().marks.get(tag.as_str()) {
            known.flying = match ended {
                None => known.flying.saturating_add(1),
                Some(_) => known.flying.saturating_sub(1),
            };
            known.landed = known.landed.max(ended);
            self.moved();
        }
    }

    /// What this isolate read of a tag after this moment is newer than all that its own marks have undone.
    pub(crate) fn landed(&self, tag: &Tag) -> UnixMillis {
        let inner = self.inner.borrow();
        let known = inner.marks.peek(tag.as_str()).filter(|known| known.flying == 0);
        known.and_then(|known| known.landed).unwrap_or(UnixMillis(i64::MAX))
    }

    /// What stands for tags whose own marks had to be forgotten.
    pub(crate) fn floor(&self) -> Option<UnixMillis> {
        self.inner.borrow().floor
    }

    /// Takes in marks: `own` ones that this isolate writes, or ones just read.
    pub(crate) fn saw_marks(&self, tag: &Tag, marks: TagMarks, own: bool, now: UnixMillis) {
        let mut inner = self.inner.borrow_mut();
        let mut known = inner.marks.remove(tag.as_str()).unwrap_or_default();
        let before = known.marks.clone();
        known.marks.merge(marks, now);
        if known.marks != before {
            self.moved();
        }
        if own {
            known.own_at = Some(now);
        } else {
            known.read_at = Some(now);
        }
        for gone in inner.marks.put(tag.as_str(), known, 1) {
            if gone.own_at.is_some_and(|at| now.since(at) < OWN_MS) {
                inner.floor = inner.floor.max(gone.marks.latest());
                self.moved();
            }
        }
    }
}
