//! The one request flow: read, decide, render where needed, admit, write behind the reply.
//!
//! Generic over the store and the renderer, so that the same code runs natively in tests and in a Worker.

mod ask;
mod condition;
mod keep;
mod race;
mod refresh;
mod render;
mod visit;

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::FutureExt as _;

pub use ask::{Ask, Config, Policy, Proxied};
use condition::{conditional, confirm};
pub use keep::{Bytes, WriteOutcome};
use race::SOFT_MS;
use refresh::retry_at;
pub use render::{Collecting, Mode, Render, Rendered, Scope};
pub use visit::{Demand, Visit};

use crate::cache::admit::{Prior, Reason};
use crate::cache::decide::{Decision, Reading, TagVerdict, Why};
use crate::cache::entry::Entry;
use crate::cache::freshness::may_stand_in;
use crate::cache::key::Kind;
use crate::cache::lifetime::Lifetime;
use crate::cache::scope::Collected;
use crate::reply::CacheState;
use crate::sabotage::{self, Bug};
use crate::store::memory::Role;
use crate::store::{Found, Index, Snapshot, Store, before};
use crate::time::UnixMillis;

/// How long a request waits for another one's render before it does its own, in ms.
const FOLLOW_MS: u64 = 5_000;

/// What became of a request.
pub enum Outcome<L, B> {
    /// Nothing is stored, and nothing was to be made (IS-11).
    Absent,
    /// Answered from the store, or from a render that another request did.
    Stored {
        /// The header.
        entry: Rc<Entry>,
        /// The body.
        body: B,
        /// What to tell.
        state: CacheState,
        /// Its tags could not be read.
        doubtful: bool,
        /// Why it is not simply a hit.
        why: Option<Why>,
        /// Of a page that anybody would get from the same place: until when time alone leaves it as it is.
        good_until: Option<UnixMillis>,
    },
    /// Rendered for this request.
    Rendered {
        /// The result.
        rendered: Rendered<L>,
        /// The lifetime it is kept for, as far as its head tells.
        kept: Result<Lifetime, Reason>,
        /// What to tell.
        state: CacheState,
        /// Why it was rendered.
        why: Why,
        /// What the render collected.
        scope: Scope,
    },
}

/// The flow for one request.
pub struct Flow<S: Store> {
    /// The store with its tag index.
    pub index: Index<S>,
    /// What the application set.
    pub config: Rc<Config>,
}

impl<S: Store> Clone for Flow<S> {
    fn clone(&self) -> Self {
        Self { index: self.index.clone(), config: Rc::clone(&self.config) }
    }
}

impl<S: Store> Flow<S> {
    /// Answers one question: from the store where that is right, else by rendering.
    ///
    /// # Errors
    ///
    /// What the renderer failed with, where no stored entry may stand in.
    pub async fn run<R: Render<Body = S::Body>>(
        &self,
        ask: &Rc<Ask>,
        visit: &Rc<Visit>,
        render: &R,
    ) -> Result<Outcome<R::Live, S::Body>, R::Error> {
        let demand = visit.demand();
        // The parts of a page that is made anew are made anew too; only of the page itself it matters what was there.
        let part = demand != Demand::No && matches!(ask.kind(), Kind::Data | Kind::Fetch);
        if ask.fresh || part || visit.bypasses() {
            let old = Old { found: None, tags: TagVerdict::Valid, unknown: true };
            return self.render(ask, visit, render, Why::Bypass, old).await;
        }
        let mut reading = self.read(ask, visit);
        let late = self.index.store.sleep(SOFT_MS).boxed_local();
        let (ask, snapshot) = match before(&mut reading, late).await {
            Some(read) => read,
            None if demand == Demand::No => return self.race(ask, visit, render, reading).await,
            // What is made anew depends on what was there.
            None => reading.await,
        };
        let ask = &ask;
        let Snapshot { found, tags, decision, error, same_until, .. } = snapshot;
        let unknown = error.is_some();
        if demand != Demand::No {
            // What stands for the URL is stored, where it led on to a variant.
            if demand == Demand::IfStored && found.is_none() && !unknown && ask.base().is_none() {
                return Ok(Outcome::Absent);
            }
            return self.render(ask, visit, render, Why::OnDemand, Old { found, tags, unknown }).await;
        }
        match (decision, found) {
            (Decision::Serve, Some(found)) => {
                let is_plain = matches!(ask.policy, Policy::Route(_)) && visit.is_anybodys();
                let same = same_until.filter(|_| is_plain);
                let good_until = same.and_then(|same| self.index.good_until(&found.entry, same));
                let Found { entry, body } = found;
                let (state, doubtful, why) = (CacheState::Hit, false, None);
                Ok(Outcome::Stored { entry, body, state, doubtful, why, good_until })
            }
            (Decision::ServeThenRefresh(why), Some(found)) => {
                self.refresh_behind(ask, visit, render, &found.entry, &why).await;
                Ok(served(found, CacheState::Stale, &tags, Some(why)))
            }
            // Its last render failed a moment ago: the good entry answers without asking again.
            (Decision::Render(why @ Why::TimeExpired), Some(found)) if self.rests(ask, &found.entry) => {
                Ok(served(found, CacheState::Stale, &tags, Some(why)))
            }
            (Decision::Render(why), found) => {
                let why = if unknown && found.is_none() { Why::Unread } else { why };
                self.render_once(ask, visit, render, why, Old { found, tags, unknown }).await
            }
            (_, None) => {
                let old = Old { found: None, tags, unknown };
                self.render_once(ask, visit, render, Why::Absent, old).await
            }
        }
    }

    fn reading(&self, ask: &Ask) -> Reading {
        let lifetime = match ask.policy {
            Policy::Data { own, .. } => own,
            Policy::Fetch(own) => Some(own),
            _ => None,
        };
        Reading {
            now: self.index.store.now(),
            lead_ms: self.index.lead_ms,
            persisted: ask.persisted,
            lifetime,
        }
    }

    /// A cold miss: one render per key and isolate. A follower shares bytes only, and judges them as if it had read
    /// them from the store: anything but "serve", and it renders itself.
    async fn render_once<R: Render<Body = S::Body>>(
        &self,
        ask: &Rc<Ask>,
        visit: &Rc<Visit>,
        render: &R,
        why: Why,
        old: Old<S::Body>,
    ) -> Result<Outcome<R::Live, S::Body>, R::Error> {
        let store = &self.index.store;
        let floors = visit.floors();
        // A visitor who revalidated something must not get what was begun before.
        // A HEAD brings nothing that others could use.
        let alike = floors.is_empty() || sabotage::is(Bug::SharedResult);
        let role = if alike && ask.get {
            self.index.memory.join(ask.key.name(), store.now(), || store.signal())
        } else {
            Role::Alone
        };
        match role {
            Role::Alone => self.render(ask, visit, render, why, old).await,
            Role::Leader(signal) => {
                let landing =
                    Landing { flow: self.clone(), key: ask.key.name().into(), signal, unstorable: true };
                self.render_landing(ask, visit, render, why, old, Some(landing)).await
            }
            Role::Follower(signal) => {
                let patience = if sabotage::is(Bug::SharedPromise) { u64::MAX >> 2 } else { FOLLOW_MS };
                store.wait(&signal, patience).await;
                let held = self.index.memory.held(ask.key.name(), store.now());
                if let Some(held) = held.filter(|held| ask.variant(&held.entry).is_none()) {
                    let reading = self.reading(ask);
                    let tags = self.index.verdict(&held.entry, ask.under(), &floors, &reading).await;
                    let decision = crate::cache::decide::decide(Some(&held.entry), &tags, &reading);
                    if decision == Decision::Serve || sabotage::is(Bug::SharedResult) {
                        if let Some(old) = old.found {
                            store.discard(old.body);
                        }
                        let found = Found { entry: held.entry, body: held.body };
                        return Ok(served(found, state_of(&why), &tags, Some(why)));
                    }
                }
                self.render(ask, visit, render, why, old).await
            }
        }
    }

    async fn render<R: Render<Body = S::Body>>(
        &self,
        ask: &Rc<Ask>,
        visit: &Rc<Visit>,
        render: &R,
        why: Why,
        old: Old<S::Body>,
    ) -> Result<Outcome<R::Live, S::Body>, R::Error> {
        self.render_landing(ask, visit, render, why, old, None).await
    }

    async fn render_landing<R: Render<Body = S::Body>>(
        &self,
        ask: &Rc<Ask>,
        visit: &Rc<Visit>,
        render: &R,
        why: Why,
        old: Old<S::Body>,
        landing: Option<Landing<S>>,
    ) -> Result<Outcome<R::Live, S::Body>, R::Error> {
        let scope = self.scope(ask, why != Why::Unread).await;
        let mode = if ask.prerender || why == Why::OnDemand { Mode::Prerender } else { Mode::Live };
        let switched = visit.switched();
        // What time alone has made unusable may still be what the origin has.
        let known =
            old.found.as_ref().filter(|_| ask.get && mode == Mode::Live && old.tags == TagVerdict::Valid);
        let asking = known.and_then(|found| conditional(render, &found.entry, Vec::new()));
        let asks = asking.as_ref().unwrap_or(render);
        let mut result = asks.render(mode, Rc::clone(visit), Rc::clone(&scope)).await;
        let mut is_confirmed = false;
        if let (Some(_), Some(found), Ok(answer)) = (&asking, known, &mut result)
            && answer.status == 304
        {
            is_confirmed = confirm(render, found, answer);
            if !is_confirmed {
                // Nobody asked on condition but us.
                result = render.render(mode, Rc::clone(visit), Rc::clone(&scope)).await;
            }
        }
        let failed = result.as_ref().map_or(true, |rendered| rendered.status >= 500);
        if failed && let Some(found) = &old.found {
            let now = self.index.store.now();
            self.hold_back(ask, &found.entry, now);
            if self.stands_in(ask, &found.entry, &why, now) {
                let found = Found { entry: Rc::clone(&found.entry), body: found.body.clone() };
                if let Ok(rendered) = result {
                    render.discard(rendered.live);
                }
                return Ok(served(found, CacheState::Stale, &old.tags, Some(why)));
            }
        }
        // What a 304 confirms is the whole of it.
        let whole = known.map(|found| found.entry.body_len).filter(|_| is_confirmed);
        let old = match old.found {
            Some(found) => {
                if !is_confirmed {
                    self.index.store.discard(found.body);
                }
                Prior::Entry(found.entry)
            }
            None if old.unknown => Prior::Unknown,
            None => Prior::Nothing,
        };
        let rendered = result?;
        let state = state_of(&why);
        let kept = if visit.drafted(switched) {
            Err(Reason::Bypass)
        } else {
            self.admit(ask, &rendered.status, &rendered.headers, &scope, None, &old)
        };
        let Ok(keep) = kept else {
            let kept = kept.map(|keep| keep.lifetime);
            return Ok(Outcome::Rendered { rendered, kept, state, why, scope });
        };
        let Rendered { status, headers, live } = rendered;
        let (live, bytes) = render.collect(live, self.config.most_bytes, true);
        let head = Rendered { status, headers: headers.clone(), live: () };
        let (this, ask, behind, floors) = (self.clone(), Rc::clone(ask), Rc::clone(&scope), visit.floors());
        (visit.defer)(
            async move {
                let mut landing = landing;
                if let Some(bytes) = bytes.await
                    && whole.is_none_or(|len| len == bytes.len)
                {
                    this.write(&ask, &head, bytes, &behind, &old, &floors, &mut landing).await;
                }
            }
            .boxed_local(),
        );
        let rendered = Rendered { status, headers, live };
        Ok(Outcome::Rendered { rendered, kept: Ok(keep.lifetime), state, why, scope })
    }

    /// What a render that starts now collects into. It has seen the watermark that is known now, and `asks` for it where
    /// the store answers.
    async fn scope(&self, ask: &Ask, asks: bool) -> Scope {
        if ask.get && asks {
            // One that cannot be read is none: nothing then counts as seen.
            let _ = self.index.watermark().await;
        }
        let started = self.index.store.now();
        let collected = Collected::new(ask.default, started, self.index.memory.watermark_id());
        Rc::new(RefCell::new(collected))
    }

    /// Whether an entry stands in for an origin that failed so lately that it is not asked.
    fn rests(&self, ask: &Ask, entry: &Entry) -> bool {
        let now = self.index.store.now();
        self.index.memory.is_failing(ask.key.name(), now) && may_stand_in(entry, now.since(entry.created))
    }

    /// Keeps the last good entry and holds back the next render of its key. That a HEAD or a part failed says nothing of
    /// the page.
    fn hold_back(&self, ask: &Ask, good: &Entry, now: UnixMillis) {
        if ask.get {
            self.index.memory.failed(ask.key.name(), retry_at(good, now));
        }
    }
}

/// What a render would replace.
struct Old<B> {
    found: Option<Found<B>>,
    /// What its tags say.
    tags: TagVerdict,
    /// Without an entry: whether there may be one all the same.
    unknown: bool,
}

/// Ends the wait of followers, also when the leader's work is dropped half-way.
pub(crate) struct Landing<S: Store> {
    flow: Flow<S>,
    key: Box<str>,
    signal: S::Signal,
    pub(crate) unstorable: bool,
}

impl<S: Store> Drop for Landing<S> {
    fn drop(&mut self) {
        let store = &self.flow.index.store;
        self.flow.index.memory.land(&self.key, self.unstorable, store.now());
        store.fire(&self.signal);
    }
}

fn served<L, B>(found: Found<B>, state: CacheState, tags: &TagVerdict, why: Option<Why>) -> Outcome<L, B> {
    let doubtful = *tags == TagVerdict::Unknown;
    Outcome::Stored { entry: found.entry, body: found.body, state, doubtful, why, good_until: None }
}

/// Whether the entry could have been served, if not to this reader.
fn is_stale(why: &Why) -> bool {
    matches!(why, Why::TimeStale | Why::TagStale(_) | Why::TagsUnknown | Why::FromFuture)
}

fn state_of(why: &Why) -> CacheState {
    if matches!(why, Why::TimeExpired | Why::OnDemand) { CacheState::Revalidated } else { CacheState::Miss }
}
