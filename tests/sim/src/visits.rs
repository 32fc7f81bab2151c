//! What visitors ask for, in many ways.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use freshtag::cache::decide::{Reading, TagVerdict};
use freshtag::cache::seen::Floors;
use freshtag::flow::{Ask, Demand, Outcome, Policy, Proxied, Visit};
use freshtag::reply::{self, Conditions, Style};
use freshtag::secret::Secret;
use freshtag::store::Under;
use freshtag::time::{Seconds, UnixMillis};

use crate::checks::{self, Asked};
use crate::isolate::{Isolate, Request};
use crate::origin::{Source, What};
use crate::place::Body;
use crate::world::World;

/// A visitor with what the browser keeps.
#[derive(Default)]
pub struct Visitor {
    /// The cookie of what was revalidated, with the orders of the changes in it.
    pub(crate) cookie: Option<(String, Vec<u64>)>,
    /// Entity tags with the render that came with each.
    etags: HashMap<(usize, Option<&'static str>), (String, usize)>,
}

/// All visitors.
pub type Visitors = Rc<RefCell<Vec<Visitor>>>;

/// In which way a page is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Way {
    /// GET
    Get,
    /// HEAD
    Head,
    /// A prefetch.
    Quiet,
    /// An operator fills the cache.
    Prerender,
    /// Somebody who may asks for a new one.
    Demand,
    /// Likewise, if there is one.
    DemandIfStored,
    /// In draft mode.
    Draft,
    /// With `Authorization`.
    Authorized,
}

/// One request for a page.
pub struct Get {
    /// The request.
    pub request: Request,
    /// The visitor, by number.
    pub visitor: usize,
    /// The page, by number.
    pub page: usize,
    /// How.
    pub way: Way,
    /// In which language.
    pub language: Option<&'static str>,
}

impl Get {
    /// Asks, checks the answer, and says how long ago the oldest data in it was read: the number of its render.
    pub async fn ask(self, visitors: &Visitors) {
        let world = Rc::clone(self.request.isolate.world());
        let opened = open(&world, &self.request);
        let (floors, knows) = floors(&self.request.isolate, visitors, self.visitor);
        let visit = self.request.visit(floors);
        self.under(&visit, knows, visitors).await;
        close(&world, &self.request, opened);
    }

    /// The same within a request that has begun.
    pub(crate) async fn under(&self, visit: &Rc<Visit>, knows: Vec<u64>, visitors: &Visitors) {
        let isolate = &self.request.isolate;
        let (world, site) = (Rc::clone(isolate.world()), Rc::clone(isolate.site()));
        let page = &site.pages[self.page];
        if page.origin.is_none() {
            visit.enter_route(page.soft.clone());
        }
        match self.way {
            Way::Demand => visit.set_demand(Demand::Yes),
            Way::DemandIfStored => visit.set_demand(Demand::IfStored),
            Way::Draft => visit.set_bypass(true),
            _ => {}
        }
        let order = world.clock.tick();
        let source = Source {
            request: self.request.clone(),
            what: What::Page(self.page),
            visitor: self.visitor,
            language: self.language,
            more: Vec::new(),
        };
        let at = world.now();
        let ask = self.question(&page.ask);
        let outcome = isolate.flow().run(&Rc::new(ask), visit, &source).await;
        let asked = Asked {
            isolate,
            page,
            number: self.page,
            visitor: self.visitor,
            knows,
            // Who asks without a visitor asks in no language.
            language: self
                .language
                .filter(|_| !matches!(self.way, Way::Demand | Way::DemandIfStored | Way::Prerender)),
            at,
            order,
        };
        if let Ok(outcome) = &outcome {
            checks::answered(&world, &asked, outcome);
            self.conditional(outcome, visitors);
        }
    }

    fn question(&self, ask: &Ask) -> Ask {
        let demand = matches!(self.way, Way::Demand | Way::DemandIfStored);
        let prerender = self.way == Way::Prerender;
        let policy = match (&ask.policy, self.language) {
            (Policy::Proxy(_), Some(language)) if !demand && !prerender => {
                let fields = vec![("accept-language".into(), language.into())];
                Policy::Proxy(Proxied { fields, ..Proxied::default() })
            }
            (policy, _) => policy.clone(),
        };
        Ask {
            policy,
            get: self.way != Way::Head,
            authorization: self.way == Way::Authorized,
            fresh: prerender,
            prerender,
            quiet: self.way == Way::Quiet,
            ..ask.clone()
        }
    }

    /// Replies as the edge does, to a visitor who has an older answer: a 304 must mean that it is still this one.
    fn conditional(&self, outcome: &Outcome<crate::render::Live, Body>, visitors: &Visitors) {
        let Outcome::Stored { entry, body, state, doubtful, .. } = outcome else { return };
        let isolate = &self.request.isolate;
        let world = isolate.world();
        let site = isolate.site();
        if body.broken || body.bytes.len() as u64 != entry.body_len {
            return;
        }
        let key = site.pages[self.page].ask.key.full();
        let Some(number) = checks::is_of(world, entry, &body.bytes, key) else { return };
        let mut visitors = visitors.borrow_mut();
        let known = visitors[self.visitor].etags.get(&(self.page, self.language)).cloned();
        let conditions =
            Conditions { if_none_match: known.as_ref().map(|(etag, _)| &**etag), ..Conditions::default() };
        let style = Style { now: UnixMillis(isolate.told()), static_stale: Seconds(300.0) };
        let head = reply::stored(entry, *state, *doubtful, &conditions, &style);
        let mut history = world.history.borrow_mut();
        let same = known.is_some_and(|(_, known)| {
            let (known, now) = (&history.made[known], &history.made[number]);
            known.body == now.body || (known.version, known.language) == (now.version, now.language)
        });
        if head.status == 304 && !same {
            history.blame(|| format!("S2: 304 for render {number}, which the visitor does not have"));
        }
        if *doubtful && head.get("cache-control").is_none_or(|said| !said.contains("no-store")) {
            history.blame(|| format!("S3: render {number}, whose tags are unknown, may be kept on its way"));
        }
        if let Some(etag) = head.get("etag") {
            visitors[self.visitor].etags.insert((self.page, self.language), (etag.to_owned(), number));
        }
    }
}

pub(crate) const SECRET: &str = "a secret of the run";

/// Looks at what is stored for a page, and at what its tags say, without doing anything about it.
pub async fn look(request: Request, page: usize) {
    let isolate = &request.isolate;
    let (world, site) = (isolate.world(), isolate.site());
    let index = &isolate.flow().index;
    let key = &site.pages[page].ask.key;
    let now = UnixMillis(isolate.told());
    let reading = Reading { now, lead_ms: index.lead_ms, persisted: false, lifetime: None };
    let snapshot = index.read(key, Under::default(), &Floors::default(), &reading).await;
    if let Some(found) = snapshot.found
        && !found.body.broken
        && found.body.bytes.len() as u64 == found.entry.body_len
        && let Some(number) = checks::is_of(world, &found.entry, &found.body.bytes, key.full())
    {
        let is_expired = matches!(snapshot.tags, TagVerdict::Expired(_));
        checks::judged(world, isolate, number, is_expired, snapshot.tags == TagVerdict::Valid);
    }
    request.over();
}

/// What a visitor's cookie says at an isolate.
pub(crate) fn floors(isolate: &Isolate, visitors: &Visitors, visitor: usize) -> (Floors, Vec<u64>) {
    let visitors = visitors.borrow();
    let Some((cookie, knows)) = &visitors[visitor].cookie else { return Default::default() };
    let now = UnixMillis(isolate.told());
    match Floors::verify(cookie, &Secret::new(SECRET), "", now) {
        Some(floors) => (floors, knows.clone()),
        None => Default::default(),
    }
}

/// A request must end: after what it may read, and what it and those it follows may render. L2.
pub(crate) fn open(world: &World, request: &Request) -> i64 {
    let plan = &world.plan;
    let render = if plan.faults.hangs > 0.0 { 60_000 } else { plan.render };
    let deadline = world.now() + 60_000 + 4 * (2 * render + 25_000);
    let mut history = world.history.borrow_mut();
    history.counts.requests += 1;
    history.open.insert(request.owner, deadline);
    deadline
}

pub(crate) fn close(world: &World, request: &Request, deadline: i64) {
    let mut history = world.history.borrow_mut();
    history.open.remove(&request.owner);
    if world.now() > deadline {
        history.blame(|| format!("L2: a request ended {} ms late", world.now() - deadline));
    }
    drop(history);
    request.over();
}
