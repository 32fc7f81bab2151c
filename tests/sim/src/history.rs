//! What happened in a run, as an observer with the true time knows it.

use std::collections::HashMap;
use std::rc::Rc;

/// A tag of the run: those of data come first, then one a page.
pub type TagNo = usize;

/// One change of what a tag names, and its revalidation.
#[derive(Clone, Debug)]
pub struct Change {
    /// The tag.
    pub tag: TagNo,
    /// The order of the change: what was read before is old.
    pub order: u64,
    /// What the isolate's clock said then.
    pub told: i64,
    /// When it was revalidated, in true ms.
    pub at: i64,
    /// How long it may still be served stale, in ms; none for an immediate expiry.
    pub grace: Option<i64>,
    /// When the call was acknowledged.
    pub acked: Option<i64>,
    /// Likewise, in the order of things.
    pub acked_order: Option<u64>,
    /// The isolate, by number.
    pub isolate: u64,
    /// The visitor who did it.
    pub visitor: usize,
}

/// One read of what a tag names.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// The tag.
    pub tag: TagNo,
    /// The order of the read.
    pub order: u64,
    /// The isolate whose clock dated it, by number.
    pub isolate: u64,
}

/// One render, as the renderer knows it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The full text of the key it was made for.
    pub key: Rc<str>,
    /// The isolate, by number.
    pub isolate: u64,
    /// True time of its start.
    pub began: i64,
    /// When its head was complete.
    pub ended: Option<i64>,
    /// What the isolate's clock said at its start.
    pub started: i64,
    /// For each tag, the oldest read of its data.
    pub reads: Vec<Read>,
    /// The language it is in.
    pub language: Option<&'static str>,
    /// It is for one visitor alone: a draft, or something with a cookie.
    pub secret: bool,
    /// A part of it was stale when it was read.
    pub stale: bool,
    /// A part of it was read while its tags were unknown.
    pub doubtful: bool,
    /// Its body.
    pub body: Rc<[u8]>,
    /// The names of its tags.
    pub tags: Vec<Rc<str>>,
    /// A shorter life than this it may not be given, in ms.
    pub expire: i64,
    /// How much longer it may stand in for a failing origin, in ms.
    pub grace: i64,
    /// The version of its page, where the origin compares them.
    pub version: u64,
    /// HTTP status.
    pub status: u16,
    /// For whom it was made.
    pub visitor: Option<usize>,
    /// Whether it was a refresh behind a reply.
    pub behind: bool,
}

/// Everything that happened.
#[derive(Default)]
pub struct History {
    /// Renders, by number.
    pub made: Vec<Made>,
    /// Changes.
    pub changes: Vec<Change>,
    /// Entries that an isolate judged expired by a tag: isolate, render.
    pub expired: HashMap<(u64, usize), i64>,
    /// When a render of a key last failed in an isolate.
    pub failed: HashMap<(u64, Rc<str>), i64>,
    /// The answers, while they are kept: in the calm.
    pub told: Vec<Told>,
    /// Requests that have begun and not ended, with the moment by which they must.
    pub open: HashMap<u32, i64>,
    /// The first violation.
    pub violation: Option<String>,
    /// What was counted.
    pub counts: Counts,
}

/// One answer.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// When it was asked for.
    pub at: i64,
    /// Where.
    pub isolate: u64,
    /// For which page.
    pub page: usize,
    /// The render that it was of.
    pub number: usize,
}

/// Figures for the report.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Polls of tasks.
    pub events: u64,
    /// Requests.
    pub requests: u64,
    /// Answers that were checked.
    pub answers: u64,
    /// Of those, from the store and fresh.
    pub hits: u64,
    /// Of those, stale.
    pub stale: u64,
    /// Renders.
    pub renders: u64,
    /// Revalidations that were acknowledged.
    pub acked: u64,
    /// Revalidations that were reported as failed.
    pub refused: u64,
    /// Reads of the store, in keys.
    pub reads: u64,
    /// Puts.
    pub puts: u64,
    /// Isolates that ended.
    pub kills: u64,
}

impl Counts {
    /// Adds another run's.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.requests += other.requests;
        self.answers += other.answers;
        self.hits += other.hits;
        self.stale += other.stale;
        self.renders += other.renders;
        self.acked += other.acked;
        self.refused += other.refused;
        self.reads += other.reads;
        self.puts += other.puts;
        self.kills += other.kills;
    }
}

impl History {
    /// Notes that something is wrong; the first counts.
    pub fn blame(&mut self, what: impl FnOnce() -> String) {
        if self.violation.is_none() {
            self.violation = Some(what());
        }
    }
}
