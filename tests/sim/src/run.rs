//! One seed, from its plan to its verdict: chaos, then calm.

use std::cell::RefCell;
use std::rc::Rc;

use freshtag::sabotage::{self, Bug};

use crate::act::Act;
use crate::clock::NOBODY;
use crate::dice::Dice;
use crate::history::{Counts, TagNo};
use crate::isolate::Isolate;
use crate::live;
use crate::plan::{Plan, Weather};
use crate::site::{LANGUAGES, Site};
use crate::visits::{Get, Visitor, Visitors, Way, look};
use crate::world::World;

/// What a seed came to.
pub struct Verdict {
    /// What is wrong, if anything.
    pub violation: Option<String>,
    /// What was counted.
    pub counts: Counts,
    /// What was drawn.
    pub plan: Plan,
}

/// All isolates of a run.
pub type Isolates = Rc<RefCell<Vec<Isolate>>>;

/// Runs a seed, with a bug planted or none.
#[must_use]
pub fn run(seed: u64, bug: Option<Bug>) -> Verdict {
    sabotage::plant(bug);
    let mut dice = Dice::new(seed);
    let plan = Plan::draw(&mut dice);
    let site = Rc::new(Site::draw(&plan, &mut dice));
    let world = World::new(plan, dice, site.tags.len());
    let isolates: Isolates = Rc::default();
    for colo in 0..world.plan.colos {
        for _ in 0..world.plan.isolates {
            isolates.borrow_mut().push(Isolate::start(&world, &site, colo));
        }
    }
    let visitors: Visitors =
        Rc::new(RefCell::new((0..world.plan.visitors).map(|_| Visitor::default()).collect()));
    world.clock.spawn(NOBODY, Box::pin(chaos(Rc::clone(&world), Rc::clone(&isolates), Rc::clone(&visitors))));
    let stop = || world.history.borrow().violation.is_some();
    world.clock.run(world.plan.chaos, stop);
    if !stop() {
        live::run(&world, &isolates, &visitors);
    }
    let mut history = world.history.borrow_mut();
    let counts = Counts { events: world.clock.polls(), ..history.counts };
    let violation = history.violation.take();
    drop(history);
    // Tasks know the world: they would keep each other.
    for isolate in isolates.borrow().iter() {
        isolate.kill();
    }
    world.clock.clear();
    sabotage::plant(None);
    Verdict { violation, counts, plan: world.plan.clone() }
}

async fn chaos(world: Rc<World>, isolates: Isolates, visitors: Visitors) {
    let plan = &world.plan;
    for _ in 0..plan.visits {
        // Sometimes many come at once.
        let gap = if world.chance(0.3) { 0 } else { world.lasts(plan.gap * 3) };
        world.clock.sleep(gap).await;
        if world.calm.get() {
            return;
        }
        if world.strikes(|f| f.kill) {
            kill_one(&world, &isolates);
        }
        if plan.weather == Weather::Step && world.chance(0.02) {
            let colo = world.below(plan.colos as u64) as usize;
            world.skews.borrow_mut()[colo] += if world.chance(0.5) { 60_000 } else { -60_000 };
        }
        request(&world, &isolates, &visitors);
    }
}

/// Ends an isolate a moment later, and starts another in its place.
fn kill_one(world: &Rc<World>, isolates: &Isolates) {
    let at = world.below(isolates.borrow().len() as u64) as usize;
    let (world, isolates, ms) = (Rc::clone(world), Rc::clone(isolates), world.lasts(3_000));
    let clock = world.clock.clone();
    clock.spawn(
        NOBODY,
        Box::pin(async move {
            world.clock.sleep(ms).await;
            // There are fewer in the calm.
            let Some(old) = isolates.borrow().get(at).cloned() else { return };
            if world.plan.weather == Weather::Slow && old.wrote_lately() {
                return;
            }
            old.kill();
            let new = Isolate::start(&world, old.site(), old.colo());
            isolates.borrow_mut()[at] = new;
        }),
    );
}

/// One request of one visitor at one isolate.
fn request(world: &Rc<World>, isolates: &Isolates, visitors: &Visitors) {
    let plan = &world.plan;
    let isolate = {
        let isolates = isolates.borrow();
        isolates[world.below(isolates.len() as u64) as usize].clone()
    };
    let visitor = world.below(plan.visitors as u64) as usize;
    let request = isolate.request();
    let leaves = world.strikes(|f| f.leave).then(|| world.lasts(3_000));
    let page = world.below(isolate.site().pages.len() as u64) as usize;
    let visitors = Rc::clone(visitors);
    if world.chance(plan.writes) {
        let tags = some_tags(world, isolate.site());
        if world.chance(if plan.weather == Weather::Slow { 0.5 } else { 0.1 }) {
            echo(world, isolates, &visitors, tags.clone());
        }
        if world.chance(0.2) {
            // Somebody's render begins in the moment of the change.
            let other = isolate.request();
            let visitor = world.below(plan.visitors as u64) as usize;
            let get = Get { request: other.clone(), visitor, page, way: Way::Get, language: None };
            let visitors = Rc::clone(&visitors);
            other.run(None, Box::pin(async move { get.ask(&visitors).await }));
        }
        let act = Act {
            request: request.clone(),
            visitor,
            tags,
            grace: world.chance(0.4).then(|| world.dice.borrow_mut().pick(&[5_000, 60_000, 31_536_000_000])),
            awaited: world.chance(0.5),
            page: world.chance(0.3).then_some(page),
        };
        let leaves = leaves.filter(|_| plan.weather != Weather::Slow);
        return request.run(leaves, Box::pin(async move { act.act(&visitors).await }));
    }
    if world.chance(0.1) {
        return request.clone().run(leaves, Box::pin(look(request, page)));
    }
    let language = world.chance(0.8).then(|| world.dice.borrow_mut().pick(&LANGUAGES));
    let get =
        Get { request: request.clone(), visitor, page, way: way(world, isolate.site(), page), language };
    request.run(leaves, Box::pin(async move { get.ask(&visitors).await }));
}

/// A little later somebody renders what another then changes again: two marks of one tag are on their way at once.
fn echo(world: &Rc<World>, isolates: &Isolates, visitors: &Visitors, tags: Vec<TagNo>) {
    let (this, isolates, visitors) = (Rc::clone(world), Rc::clone(isolates), Rc::clone(visitors));
    let later = async move {
        let any = || isolates.borrow()[this.below(isolates.borrow().len() as u64) as usize].clone();
        this.clock.sleep(1_200 + this.lasts(2_000)).await;
        for page in 0..any().site().pages.len() {
            let request = any().request();
            let get = Get { request: request.clone(), visitor: 0, page, way: Way::Get, language: None };
            let visitors = Rc::clone(&visitors);
            request.run(None, Box::pin(async move { get.ask(&visitors).await }));
        }
        this.clock.sleep(1_000 + this.lasts(6_000)).await;
        let request = any().request();
        let act = Act { request: request.clone(), visitor: 0, tags, grace: None, awaited: true, page: None };
        request.run(None, Box::pin(async move { act.act(&visitors).await }));
    };
    world.clock.spawn(NOBODY, Box::pin(later));
}

fn way(world: &World, site: &Site, page: usize) -> Way {
    let is_route = site.pages[page].origin.is_none();
    match world.below(100) {
        0..=3 if !is_route => Way::Head,
        4..=6 => Way::Quiet,
        7..=8 if is_route => Way::Prerender,
        9..=10 => Way::Demand,
        11 => Way::DemandIfStored,
        12..=14 => Way::Draft,
        15..=16 if !is_route => Way::Authorized,
        _ => Way::Get,
    }
}

fn some_tags(world: &World, site: &Site) -> Vec<TagNo> {
    let mut tags = Vec::new();
    if world.chance(0.75) {
        tags.push(world.below(site.data_tags as u64) as usize);
    }
    if tags.is_empty() || world.chance(0.2) {
        tags.push(world.below(site.tags.len() as u64) as usize);
    }
    tags.dedup();
    tags
}
