//! An isolate: a memory of its own, and the requests that live and end with it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use freshtag::cache::seen::Floors;
use freshtag::flow::{Config, Flow, Visit};
use freshtag::store::memory::{DEFAULT_BYTES, Memory};
use freshtag::store::{Defer, Index, Store as _, Task};
use freshtag::time::Seconds;

use crate::clock::{End, NOBODY, Owner, Said};
use crate::place::{Body, Place};
use crate::site::Site;
use crate::stale::REPEAT_MS;
use crate::world::World;

/// The platform ends what goes on behind a reply after this, in ms.
const BEHIND_MS: i64 = 30_000;

/// One isolate.
#[derive(Clone)]
pub struct Isolate(Rc<Inner>);

struct Inner {
    world: Rc<World>,
    site: Rc<Site>,
    number: u64,
    colo: usize,
    flow: Flow<Place>,
    requests: RefCell<Vec<Owner>>,
    is_dead: Cell<bool>,
    /// When a revalidation began or ended last, in true ms.
    wrote: Cell<Option<i64>>,
}

impl Isolate {
    /// One that has just started.
    #[must_use]
    pub fn start(world: &Rc<World>, site: &Rc<Site>, colo: usize) -> Self {
        let store = Place::new(world, colo);
        let me = format!("{:016x}", store.random());
        let index = Index {
            store,
            memory: Rc::<Memory<Body, Said<()>>>::new(Memory::new(me, DEFAULT_BYTES)),
            keys: Rc::clone(&site.keys),
            lead_ms: world.plan.lead,
        };
        let config = Rc::new(Config { expire_time: Seconds::YEAR, ..Config::default() });
        Self(Rc::new(Inner {
            world: Rc::clone(world),
            site: Rc::clone(site),
            number: world.number(),
            colo,
            flow: Flow { index, config },
            requests: RefCell::default(),
            is_dead: Cell::new(false),
            wrote: Cell::new(None),
        }))
    }

    /// The run.
    #[must_use]
    pub fn world(&self) -> &Rc<World> {
        &self.0.world
    }

    /// The site.
    #[must_use]
    pub fn site(&self) -> &Rc<Site> {
        &self.0.site
    }

    /// Its number in the history.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.0.number
    }

    /// Where it is.
    #[must_use]
    pub fn colo(&self) -> usize {
        self.0.colo
    }

    /// What its clock says, in ms.
    #[must_use]
    pub fn told(&self) -> i64 {
        self.0.world.told(self.0.colo)
    }

    /// The flow that answers its requests.
    #[must_use]
    pub fn flow(&self) -> &Flow<Place> {
        &self.0.flow
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.0.is_dead.get()
    }

    /// A revalidation begins or ends.
    pub(crate) fn writes(&self) {
        self.0.wrote.set(Some(self.0.world.now()));
    }

    /// Whether puts of a revalidation may be under way, or yet to be repeated.
    pub(crate) fn wrote_lately(&self) -> bool {
        self.0.wrote.get().is_some_and(|at| self.0.world.now() - at < REPEAT_MS)
    }

    /// A request begins. Its work ends half a minute after its end.
    #[must_use]
    pub fn request(&self) -> Request {
        Request { isolate: self.clone(), owner: self.owner() }
    }

    fn owner(&self) -> Owner {
        let owner = self.0.world.number() as Owner;
        self.0.requests.borrow_mut().push(owner);
        owner
    }

    /// It ends, at whatever await its requests are.
    pub fn kill(&self) {
        self.0.is_dead.set(true);
        let how = if self.0.world.chance(0.5) { End::Drop } else { End::Forget };
        for owner in self.0.requests.take() {
            self.0.world.clock.end(owner, how);
            self.0.world.history.borrow_mut().open.remove(&owner);
        }
        self.0.world.history.borrow_mut().counts.kills += 1;
    }
}

/// One request of an isolate.
#[derive(Clone)]
pub struct Request {
    /// Where it is served.
    pub isolate: Isolate,
    /// Whose the tasks behind it are.
    pub owner: Owner,
}

impl Request {
    /// The visit, of a visitor with these floors.
    #[must_use]
    pub fn visit(&self, floors: Floors) -> Rc<Visit> {
        let (isolate, owner) = (self.isolate.clone(), self.owner);
        let defer: Defer = Rc::new(move |task: Task| {
            if !isolate.is_dead() {
                isolate.world().clock.spawn(owner, task);
            }
        });
        Rc::new(Visit::new(floors, defer))
    }

    /// Runs what answers it, which may end before what goes on behind: on its own, or because the client leaves after
    /// so many ms.
    pub fn run(&self, leaves: Option<i64>, answering: Task) {
        let (clock, main) = (&self.isolate.world().clock, self.isolate.owner());
        clock.spawn(main, answering);
        if let Some(ms) = leaves {
            let (this, clock) = (self.clone(), clock.clone());
            clock.clone().spawn(
                NOBODY,
                Box::pin(async move {
                    clock.sleep(ms).await;
                    clock.end(main, End::Forget);
                    this.isolate.world().history.borrow_mut().open.remove(&this.owner);
                    this.over();
                }),
            );
        }
    }

    /// It has been answered, or its client has left: what goes on behind it has half a minute. Where puts may take longer
    /// than the lead, and are then repeated, it has as long as it takes.
    pub fn over(&self) {
        let isolate = self.isolate.clone();
        let world = Rc::clone(isolate.world());
        if world.plan.slow > 0.0 {
            return;
        }
        let (owner, clock) = (self.owner, world.clock.clone());
        world.clock.spawn(
            NOBODY,
            Box::pin(async move {
                clock.sleep(BEHIND_MS).await;
                clock.end(owner, End::Forget);
                isolate.0.requests.borrow_mut().retain(|known| *known != owner);
            }),
        );
    }
}
