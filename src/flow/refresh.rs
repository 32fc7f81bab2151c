//! Renewing a stale entry behind the reply.

use std::rc::Rc;

use futures_util::FutureExt as _;

use super::{Ask, Flow, Mode, Render, Rendered, Visit, WriteOutcome, conditional, confirm};
use crate::cache::admit::Prior;
use crate::cache::decide::{TagVerdict, Why};
use crate::cache::entry::{Age, Entry};
use crate::store::Store;
use crate::time::UnixMillis;

impl<S: Store> Flow<S> {
    /// Refreshes a stale entry behind the reply: one at a time per key and isolate, and none where this isolate wrote
    /// a good one that the store does not return yet.
    pub(super) async fn refresh_behind<R: Render<Body = S::Body>>(
        &self,
        ask: &Rc<Ask>,
        visit: &Rc<Visit>,
        render: &R,
        stale: &Rc<Entry>,
        why: &Why,
    ) {
        if ask.quiet {
            return;
        }
        let store = &self.index.store;
        let now = store.now();
        if let Some((written, _)) = self.index.memory.recently_written(ask.key.name(), now)
            && written.created > stale.created
        {
            let tags = self.index.verdict(&written, ask.under(), &visit.floors(), &self.reading(ask)).await;
            let fresh = written.age(written.lifetime, self.index.lead_ms, now) == Age::Fresh;
            if tags == TagVerdict::Valid && fresh {
                return;
            }
        }
        if !self.index.memory.begin_refresh(ask.key.name(), now) {
            return;
        }
        // Doubt is not cured by rendering more often than failures are retried.
        let doubt = *why == Why::TagsUnknown;
        // Whoever asked, the refresh is a bare GET.
        let ask = Rc::new(ask.bare(stale));
        let is_timed = *why == Why::TimeStale;
        let (this, render, stale) = (self.clone(), render.clone(), Rc::clone(stale));
        let visit = Rc::new(visit.bare());
        let defer = Rc::clone(&visit.defer);
        defer(
            async move {
                let good = this.refresh(&ask, &visit, &render, &stale, is_timed).await;
                let now = this.index.store.now();
                let retry = (!good || doubt).then(|| retry_at(&stale, now));
                this.index.memory.end_refresh(ask.key.name(), retry);
            }
            .boxed_local(),
        );
    }

    async fn refresh<R: Render<Body = S::Body>>(
        &self,
        ask: &Rc<Ask>,
        visit: &Rc<Visit>,
        render: &R,
        stale: &Rc<Entry>,
        is_timed: bool,
    ) -> bool {
        let scope = self.scope(ask, true).await;
        let switched = visit.switched();
        let fields = ask.fields().to_vec();
        // What a tag has made stale is asked for as if it were not known.
        let asking = if is_timed { conditional(render, stale, fields.clone()) } else { None };
        let is_conditional = asking.is_some();
        let plain = || render.with(&fields).filter(|_| !fields.is_empty());
        let asking = asking.or_else(plain);
        let asks = asking.as_ref().unwrap_or(render);
        let rendered = asks.render(Mode::Refresh, Rc::clone(visit), Rc::clone(&scope)).await;
        if rendered.as_ref().map_or(true, |rendered| rendered.status >= 500) {
            self.hold_back(ask, stale, self.index.store.now());
        }
        let Ok(mut rendered) = rendered else { return false };
        let mut is_confirmed = false;
        if is_conditional && rendered.status == 304 {
            // The visitor has the stored body by now: it is read again.
            let found = self.index.again(&ask.key, stale).await;
            is_confirmed = found.is_some_and(|found| {
                let is_confirmed = confirm(render, &found, &mut rendered);
                if !is_confirmed {
                    self.index.store.discard(found.body);
                }
                is_confirmed
            });
            if !is_confirmed {
                let asking = plain();
                let asks = asking.as_ref().unwrap_or(render);
                let Ok(whole) = asks.render(Mode::Refresh, Rc::clone(visit), Rc::clone(&scope)).await else {
                    return false;
                };
                rendered = whole;
            }
        }
        let (status, headers) = (rendered.status, rendered.headers);
        let prior = Prior::Entry(Rc::clone(stale));
        // T29: a handler may switch draft mode on where nobody visits, too.
        if visit.drafted(switched) || self.admit(ask, &status, &headers, &scope, None, &prior).is_err() {
            render.discard(rendered.live);
            return false;
        }
        let (_, bytes) = render.collect(rendered.live, self.config.most_bytes, false);
        let Some(bytes) = bytes.await else { return false };
        // What a 304 confirms is the whole of it.
        if is_confirmed && bytes.len != stale.body_len {
            return false;
        }
        let head = Rendered { status, headers, live: () };
        let floors = visit.floors();
        let outcome = self.write(ask, &head, bytes, &scope, &prior, &floors, &mut None).await;
        matches!(outcome, WriteOutcome::Stored)
    }
}

/// min(max(revalidate, 3), 30) seconds from now.
pub(super) fn retry_at(good: &Entry, now: UnixMillis) -> UnixMillis {
    now.plus_ms(good.lifetime.revalidate.as_millis().clamp(3_000, 30_000))
}
