//! A store that is late: whoever comes first answers, it or the renderer.

use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

use super::{Ask, Flow, Old, Outcome, Render, Visit, is_stale, served};
use crate::cache::decide::{Decision, TagVerdict, Why};
use crate::cache::entry::Entry;
use crate::cache::freshness::may_stand_in;
use crate::reply::CacheState;
use crate::store::{Snapshot, Store, before};
use crate::time::UnixMillis;

/// How long a read is waited for alone, in ms.
pub(super) const SOFT_MS: u64 = 250;

/// A read that is under way. It ends with the question that was read for at last, which is one for a variant where what
/// stands for the URL leads on to one.
pub(super) type Reading<B> = LocalBoxFuture<'static, (Rc<Ask>, Snapshot<B>)>;

impl<S: Store> Flow<S> {
    /// Begins to read what is asked for.
    pub(super) fn read(&self, ask: &Rc<Ask>, visit: &Visit) -> Reading<S::Body> {
        let (this, mut ask, floors) = (self.clone(), Rc::clone(ask), visit.floors());
        async move {
            let reading = this.reading(&ask);
            loop {
                let snapshot = this.index.read(&ask.key, ask.under(), &floors, &reading).await;
                let Some(found) = &snapshot.found else { return (ask, snapshot) };
                let Some(variant) = ask.variant(&found.entry) else { return (ask, snapshot) };
                this.index.store.discard(found.body.clone());
                ask = Rc::new(variant);
            }
        }
        .boxed_local()
    }

    /// Renders while a late read goes on. A usable entry that comes first is the answer, and the render goes on behind it
    /// to replace that. A render that fails first waits for the entry that may stand in for it.
    pub(super) async fn race<R: Render<Body = S::Body>>(
        &self,
        ask: &Rc<Ask>,
        visit: &Rc<Visit>,
        render: &R,
        mut reading: Reading<S::Body>,
    ) -> Result<Outcome<R::Live, S::Body>, R::Error> {
        let (this, asked, of, by) = (self.clone(), Rc::clone(ask), Rc::clone(visit), render.clone());
        let mut rendering = async move {
            let old = Old { found: None, tags: TagVerdict::Valid, unknown: true };
            this.render_once(&asked, &of, &by, Why::Unread, old).await
        }
        .boxed_local();
        let mut rendered = None;
        let first = async { rendered = Some((&mut rendering).await) }.boxed_local();
        let mut read = before(&mut reading, first).await;
        let (mut still_renders, mut still_reads) = (None, None);
        let usable =
            |read: &Snapshot<_>| read.found.is_some() && !matches!(read.decision, Decision::Render(_));
        match (&rendered, &read) {
            (None, Some((_, snapshot))) if usable(snapshot) => still_renders = Some(rendering),
            (None, _) => rendered = Some(rendering.await),
            _ => {}
        }
        let failed = match &rendered {
            Some(Ok(Outcome::Rendered { rendered, .. })) => rendered.status >= 500,
            Some(Ok(_)) => false,
            Some(Err(_)) | None => true,
        };
        if read.is_none() {
            // How it ends says whether the store answers at all.
            if failed { read = Some(reading.await) } else { still_reads = Some(reading) }
        }
        let answer = if failed { read.take().and_then(|(ask, read)| self.answer(&ask, read)) } else { None };
        let (result, mut lost) = match answer {
            Some(answer) => (Some(Ok(answer)), rendered),
            None => (rendered, None),
        };
        let (by, store) = (render.clone(), self.index.store.clone());
        let behind = async move {
            if let Some(rendering) = still_renders {
                lost = Some(rendering.await);
            }
            if let Some(Ok(Outcome::Rendered { rendered, .. })) = lost {
                by.discard(rendered.live);
            }
            if let Some(reading) = still_reads {
                read = Some(reading.await);
            }
            if let Some(found) = read.and_then(|(_, read)| read.found) {
                store.discard(found.body);
            }
        };
        (visit.defer)(behind.boxed_local());
        result.unwrap_or(Ok(Outcome::Absent))
    }

    /// What a read answers where there is no render, or a failed one.
    fn answer<L>(&self, ask: &Ask, snapshot: Snapshot<S::Body>) -> Option<Outcome<L, S::Body>> {
        let Snapshot { found, tags, decision, .. } = snapshot;
        let found = found?;
        let now = self.index.store.now();
        let (state, why) = match decision {
            Decision::Serve => (CacheState::Hit, None),
            Decision::ServeThenRefresh(why) => (CacheState::Stale, Some(why)),
            Decision::Render(why) => {
                self.hold_back(ask, &found.entry, now);
                if !self.stands_in(ask, &found.entry, &why, now) {
                    self.index.store.discard(found.body);
                    return None;
                }
                (CacheState::Stale, Some(why))
            }
        };
        Some(served(found, state, &tags, why))
    }

    /// Whether an entry answers where a render failed.
    pub(super) fn stands_in(&self, ask: &Ask, entry: &Entry, why: &Why, now: UnixMillis) -> bool {
        let in_time = *why == Why::TimeExpired && may_stand_in(entry, now.since(entry.created));
        in_time || (ask.forgiving && is_stale(why))
    }
}
