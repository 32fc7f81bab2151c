//! What visitors change: data, which they say by its tags.

use std::rc::Rc;

use freshtag::secret::Secret;
use freshtag::store::How;
use freshtag::time::{Seconds, UnixMillis};

use crate::checks;
use crate::history::{Change, TagNo};
use crate::isolate::Request;
use crate::visits::{Get, SECRET, Visitors, Way, close, floors, open};

/// One request that changes data and says so.
pub struct Act {
    /// The request.
    pub request: Request,
    /// The visitor, by number.
    pub visitor: usize,
    /// What changes.
    pub tags: Vec<TagNo>,
    /// How its tags are revalidated; after how many ms what is stale expires.
    pub grace: Option<i64>,
    /// Whether the call is awaited, and not left to the end of the request.
    pub awaited: bool,
    /// The page that answers it, if any.
    pub page: Option<usize>,
}

impl Act {
    /// Changes, revalidates, and notes what was acknowledged.
    pub async fn act(self, visitors: &Visitors) {
        let isolate = &self.request.isolate;
        let (world, site) = (Rc::clone(isolate.world()), Rc::clone(isolate.site()));
        let opened = open(&world, &self.request);
        let (floors, mut knows) = floors(isolate, visitors, self.visitor);
        let visit = self.request.visit(floors);
        let how = self.grace.map_or(How::Expire, |ms| How::StaleThenExpire(Seconds(ms as f64 / 1_000.0)));
        // The change is there before the call.
        let order = world.clock.tick();
        for tag in &self.tags {
            world.changed.borrow_mut()[*tag] = order;
        }
        if world.chance(0.3) {
            world.clock.sleep(world.lasts(50)).await;
        }
        let first = world.history.borrow().changes.len();
        for tag in &self.tags {
            world.history.borrow_mut().changes.push(Change {
                tag: *tag,
                order,
                told: isolate.told(),
                at: world.now(),
                grace: self.grace,
                acked: None,
                acked_order: None,
                isolate: isolate.number(),
                visitor: self.visitor,
            });
        }
        knows.push(order);
        let tags = self.tags.iter().map(|tag| site.tag(*tag).clone()).collect();
        let id = visit.record(tags, how, UnixMillis(isolate.told()));
        if !self.awaited && world.chance(0.5) {
            world.clock.sleep(world.lasts(200)).await;
        }
        let told = isolate.told();
        for change in world
            .history
            .borrow_mut()
            .changes
            .iter_mut()
            .filter(|change| change.order == order && !self.awaited)
        {
            change.told = told;
        }
        let index = &isolate.flow().index;
        isolate.writes();
        let result = if self.awaited { visit.commit(index, id).await } else { visit.settle(index).await };
        let acked = result.is_ok();
        isolate.writes();
        {
            let mut history = world.history.borrow_mut();
            let count = if acked { &mut history.counts.acked } else { &mut history.counts.refused };
            *count += 1;
            let acked_order = world.clock.tick();
            for change in
                history.changes.iter_mut().skip(first).filter(|change| change.order == order && acked)
            {
                (change.acked, change.acked_order) = (Some(world.now()), Some(acked_order));
            }
        }
        if acked {
            for (n, tag) in self.tags.iter().enumerate() {
                let change = world.history.borrow().changes[first + n].clone();
                checks::acknowledged(&world, isolate, site.tag(*tag), &change, told);
            }
        }
        if let Some(page) = self.page {
            let get = Get {
                request: self.request.clone(),
                visitor: self.visitor,
                page,
                way: Way::Get,
                language: None,
            };
            get.under(&visit, knows.clone(), visitors).await;
        }
        if let (true, Some(own)) = (acked, visit.own_floors()) {
            let cookie = own.sign(&Secret::new(SECRET), "", UnixMillis(isolate.told()));
            visitors.borrow_mut()[self.visitor].cookie = Some((cookie, knows));
        }
        close(&world, &self.request, opened);
    }
}
