//! What belongs to one request: whom it may believe, what it has revalidated, and who keeps it alive.

use std::cell::{Cell, RefCell};

use futures_util::FutureExt as _;

use crate::cache::seen::Floors;
use crate::cache::tag::Tag;
use crate::error::Error;
use crate::store::{Defer, How, Index, Store, all};
use crate::time::UnixMillis;

/// Between two looks at a write that another call of this request does, in ms.
const LOOK_MS: u64 = 10;

/// One request, or one background render.
pub struct Visit {
    /// Keeps work going after the reply.
    pub defer: Defer,
    /// What this visitor must not see any more.
    floors: RefCell<Floors>,
    /// What this request itself revalidated: goes into the visitor's cookie.
    own: RefCell<Floors>,
    /// The soft tags of the route that is being rendered.
    soft: RefCell<Vec<Tag>>,
    records: RefCell<Vec<Record>>,
    /// How often draft mode was switched: it is on where this is odd.
    switched: Cell<u32>,
    demand: Cell<Demand>,
}

/// Whether somebody who may has asked for a page to be made anew (IS-10).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Demand {
    /// Nobody has.
    #[default]
    No,
    /// Stored answers are passed by, and what is made is kept.
    Yes,
    /// Likewise, but only where something is stored (IS-11).
    IfStored,
}

struct Record {
    tags: Vec<Tag>,
    how: How,
    at: UnixMillis,
    state: State,
}

#[derive(Clone)]
enum State {
    Recorded,
    Writing,
    Done(Result<(), Error>),
}

impl Visit {
    /// `floors` come from the visitor's cookie.
    #[must_use]
    pub fn new(floors: Floors, defer: Defer) -> Self {
        Self {
            defer,
            floors: RefCell::new(floors.carry()),
            own: RefCell::default(),
            soft: RefCell::default(),
            records: RefCell::default(),
            switched: Cell::new(0),
            demand: Cell::default(),
        }
    }

    /// The same request without its visitor: for a refresh behind the reply. It is still of the same route.
    #[must_use]
    pub fn bare(&self) -> Self {
        let bare = Self::new(Floors::default(), self.defer.clone());
        bare.enter_route(self.soft());
        bare
    }

    /// What this request must not see.
    #[must_use]
    pub fn floors(&self) -> Floors {
        self.floors.borrow().clone()
    }

    /// Whether it may see what anybody may.
    #[must_use]
    pub fn is_anybodys(&self) -> bool {
        self.floors.borrow().is_empty()
    }

    /// What this request revalidated, for the visitor's cookie; with what the cookie already said.
    #[must_use]
    pub fn own_floors(&self) -> Option<Floors> {
        let own = self.own.borrow();
        if own.is_empty() {
            return None;
        }
        let mut all = self.floors.borrow().clone();
        all.merge(&own);
        Some(all)
    }

    /// The soft tags under which cached functions are read.
    #[must_use]
    pub fn soft(&self) -> Vec<Tag> {
        self.soft.borrow().clone()
    }

    /// Sets the soft tags of the route that is about to be rendered.
    pub fn enter_route(&self, soft: Vec<Tag>) {
        *self.soft.borrow_mut() = soft;
    }

    /// Whether the cache is passed by, in reads and writes: draft mode (DM-9).
    #[must_use]
    pub fn bypasses(&self) -> bool {
        self.switched.get() & 1 == 1
    }

    /// Passes the cache by from now on, or no longer (DM-4). It counts where it changes nothing, too: the answer sets
    /// the cookie.
    pub fn set_bypass(&self, on: bool) {
        let times = if on == self.bypasses() { 2 } else { 1 };
        self.switched.set(self.switched.get().wrapping_add(times));
    }

    /// Whether a part of what was made since [`Self::switched`] said `before` may be a draft (T29): one that began in
    /// draft mode, or saw it switched.
    #[must_use]
    pub fn drafted(&self, before: u32) -> bool {
        before & 1 == 1 || before != self.switched.get()
    }

    /// How often draft mode was switched so far.
    #[must_use]
    pub fn switched(&self) -> u32 {
        self.switched.get()
    }

    /// Whether this request is to make its page anew.
    #[must_use]
    pub fn demand(&self) -> Demand {
        self.demand.get()
    }

    /// Makes this request one that makes its page anew, out of draft mode (DM-13).
    pub fn set_demand(&self, demand: Demand) {
        if self.bypasses() {
            self.set_bypass(false);
        }
        self.demand.set(demand);
    }

    /// Notes a revalidation. From here on this request reads as if it had happened, whatever the profile says
    /// (RV-14). The same call again only moves its time (RV-10).
    pub fn record(&self, tags: Vec<Tag>, how: How, at: UnixMillis) -> usize {
        for tag in &tags {
            self.floors.borrow_mut().raise(tag, at);
            self.own.borrow_mut().raise(tag, at);
        }
        let mut records = self.records.borrow_mut();
        let same = |r: &Record| r.tags == tags && r.how == how && matches!(r.state, State::Recorded);
        if let Some(known) = records.iter().position(same) {
            if let Some(record) = records.get_mut(known) {
                record.at = at;
            }
            return known;
        }
        records.push(Record { tags, how, at, state: State::Recorded });
        records.len().saturating_sub(1)
    }

    /// Whether something was revalidated that is not written yet.
    #[must_use]
    pub fn has_unwritten(&self) -> bool {
        self.records.borrow().iter().any(|r| !matches!(r.state, State::Done(_)))
    }

    /// Writes one recorded revalidation now. A second call answers as the first one did, once that has ended.
    ///
    /// # Errors
    ///
    /// `REVALIDATE_FAILED`.
    pub async fn commit<S: Store>(&self, index: &Index<S>, id: usize) -> Result<(), Error> {
        let (tags, how, at) = loop {
            {
                let mut records = self.records.borrow_mut();
                let Some(record) = records.get_mut(id) else { return Ok(()) };
                match &record.state {
                    State::Done(result) => return result.clone(),
                    State::Writing => {}
                    State::Recorded => {
                        record.state = State::Writing;
                        break (record.tags.clone(), record.how, record.at);
                    }
                }
            }
            index.store.sleep(LOOK_MS).await;
        };
        let result = index.revalidate(&tags, how, at, &self.defer).await;
        if let Some(record) = self.records.borrow_mut().get_mut(id) {
            record.state = State::Done(result.clone());
        }
        result
    }

    /// Writes every recorded revalidation that was not awaited, with the time of this call: the data that the handler
    /// wrote just before it returned is then surely covered. Reports the first failure of any.
    ///
    /// # Errors
    ///
    /// `REVALIDATE_FAILED`.
    pub async fn settle<S: Store>(&self, index: &Index<S>) -> Result<(), Error> {
        let now = index.store.now();
        let mut waiting = Vec::new();
        for (id, record) in self.records.borrow_mut().iter_mut().enumerate() {
            // What somebody began to write and did not wait for is waited for here.
            if matches!(record.state, State::Writing) {
                waiting.push(id);
            }
            if matches!(record.state, State::Recorded) {
                record.at = now;
                for tag in &record.tags {
                    self.floors.borrow_mut().raise(tag, now);
                    self.own.borrow_mut().raise(tag, now);
                }
                waiting.push(id);
            }
        }
        let writing = waiting.into_iter().map(|id| self.commit(index, id).boxed_local()).collect();
        let results = all(writing).await;
        results.into_iter().collect()
    }
}
