//! The liveness checks L1 to L3: the faults stop, visitors go on, and all must come right.

use std::collections::HashMap;
use std::rc::Rc;

use crate::clock::NOBODY;
use crate::history::Made;
use crate::isolate::Isolate;
use crate::run::Isolates;
use crate::site::{LANGUAGES, Site};
use crate::visits::{Get, Visitors, Way};
use crate::world::World;

/// Rounds in which every isolate is asked for every page, until all must have come right.
const SETTLE: i64 = 6;
/// Rounds after that.
const ROUNDS: i64 = 3;
/// Isolates that are visited, at most.
const MOST: usize = 5;
/// What goes on behind the last reply.
const TAIL_MS: i64 = 120_000;

/// Runs the calm after the chaos.
pub fn run(world: &Rc<World>, isolates: &Isolates, visitors: &Visitors) {
    let stop = || world.history.borrow().violation.is_some();
    // What was begun in the chaos ends, and what was written in it is seen.
    world.calm.set(true);
    world.kv.borrow_mut().calm = true;
    world.clock.run(world.now() + 2 * TAIL_MS, stop);
    let from = isolates.borrow().len().min(MOST);
    isolates.borrow_mut().drain(from..).for_each(|isolate| isolate.kill());
    let every = (world.plan.delta() / SETTLE).max(31_000);
    world
        .clock
        .spawn(NOBODY, Box::pin(visits(Rc::clone(world), Rc::clone(isolates), Rc::clone(visitors), every)));
    world.clock.run(world.now() + every * SETTLE, stop);
    let settled = world.now();
    let renders = world.history.borrow().made.len();
    world.clock.run(world.now() + every * ROUNDS, stop);
    let ended = world.now();
    world.clock.run(world.now() + TAIL_MS, stop);
    if stop() {
        return;
    }
    let site = isolates.borrow()[0].site().clone();
    ends(world);
    fresh(world, &site, isolates, settled, every);
    few(world, &site, isolates, renders, ended - settled);
}

async fn visits(world: Rc<World>, isolates: Isolates, visitors: Visitors, every: i64) {
    for _ in 0..SETTLE + ROUNDS {
        let all: Vec<Isolate> = isolates.borrow().clone();
        for isolate in &all {
            for (page, known) in isolate.site().pages.iter().enumerate() {
                let languages = if matches!(known.origin, Some((true, _))) { LANGUAGES.len() } else { 1 };
                for language in LANGUAGES.into_iter().take(languages) {
                    let request = isolate.request();
                    let get = Get {
                        request: request.clone(),
                        visitor: 0,
                        page,
                        way: Way::Get,
                        language: Some(language),
                    };
                    let visitors = Rc::clone(&visitors);
                    request.run(None, Box::pin(async move { get.ask(&visitors).await }));
                }
            }
        }
        world.clock.sleep(every).await;
    }
}

/// L2: every request has ended.
fn ends(world: &World) {
    let mut history = world.history.borrow_mut();
    let open = history.open.values().filter(|deadline| **deadline < world.now()).count();
    if open > 0 {
        history.blame(|| format!("L2: {open} requests have not ended"));
    }
}

/// L1: every hot key is as fresh as it should be, everywhere.
fn fresh(world: &World, site: &Site, isolates: &Isolates, settled: i64, every: i64) {
    let mut history = world.history.borrow_mut();
    // The last answer of each isolate for each page.
    let mut last: HashMap<(u64, usize, Option<&'static str>), (i64, i64)> = HashMap::new();
    for answer in history.told.iter().filter(|answer| answer.at >= settled) {
        let made = &history.made[answer.number];
        last.insert((answer.isolate, answer.page, made.language), (answer.at, made.began));
    }
    for isolate in isolates.borrow().iter() {
        for (no, page) in site.pages.iter().enumerate() {
            let bound =
                page.revalidate + 30_000 + world.plan.delta() + 2 * every + 8 * world.plan.render + 30_000;
            let found = last.iter().filter(|((of, page, _), _)| *of == isolate.number() && *page == no);
            let ages: Vec<i64> = found.map(|(_, (at, began))| at - began).collect();
            if ages.is_empty() {
                history.blame(|| format!("L1: isolate {} has no answer for page {no}", isolate.number()));
            } else if let Some(age) = ages.into_iter().find(|age| *age > bound) {
                history.blame(|| {
                    format!(
                        "L1: isolate {} answers for page {no} with what is {age} ms old, of {bound}",
                        isolate.number()
                    )
                });
            }
        }
    }
}

/// L3: no more renders of a key in its lifetime than there are isolates.
fn few(world: &World, site: &Site, isolates: &Isolates, first: usize, ms: i64) {
    let live = isolates.borrow().len() as i64;
    let mut history = world.history.borrow_mut();
    // A grace that passes in the calm makes anew what was stale.
    let graces = history.changes.iter().filter(|change| change.grace.is_some()).count() as i64;
    for (no, page) in site.pages.iter().enumerate() {
        let languages = if matches!(page.origin, Some((true, _))) { LANGUAGES.len() as i64 } else { 1 };
        let inner = page.functions.iter().map(|no| (site.functions[*no].revalidate * 1_000.0) as i64);
        let window = inner.chain([page.revalidate]).min().unwrap_or(page.revalidate);
        // That nothing has changed is no render.
        let is_it = |made: &&Made| *made.key == *page.ask.key.full() && made.status != 304;
        let renders = history.made.iter().skip(first).filter(is_it).count() as i64;
        let most = live * languages * (ms / window + 2 + graces);
        if renders > most {
            history.blame(|| format!("L3: page {no} was rendered {renders} times in {ms} ms, of {most}"));
        }
    }
}
