//! The safety checks S1 to S8, made on what an observer with the true time knows.

use std::rc::Rc;

use freshtag::cache::codec;
use freshtag::cache::decide::Why;
use freshtag::cache::entry::Entry;
use freshtag::cache::key::Kind;
use freshtag::flow::Outcome;
use freshtag::http::headers::first;
use freshtag::reply::CacheState;
use freshtag::sabotage::{self, Bug};

use crate::history::{Change, Made, Told};
use crate::isolate::Isolate;
use crate::origin::{Live, number_of};
use crate::place::Body;
use crate::plan::Weather;
use crate::site::Page;
use crate::world::World;

/// For how long an isolate believes what it has read of marks, in ms.
const MEMO_MS: i64 = 5_000;
/// What a request may take between its beginning and its reads, in ms.
const SLACK_MS: i64 = 2_500;
/// Until slow marks have been repeated, in ms.
const REPEAT_MS: i64 = 120_000;
/// For so long a visitor's cookie is sure to count, in ms.
const SEEN_MS: i64 = 110_000;

/// A request for a page, as it began.
pub struct Asked<'a> {
    /// Where.
    pub isolate: &'a Isolate,
    /// What for.
    pub page: &'a Page,
    /// The same by number.
    pub number: usize,
    /// By whom.
    pub visitor: usize,
    /// Whether the visitor had the cookie that a change of his set.
    pub knows: Vec<u64>,
    /// In which language.
    pub language: Option<&'static str>,
    /// When, in true ms.
    pub at: i64,
    /// When, in the order of things.
    pub order: u64,
}

/// Checks the answer to a request.
pub fn answered(world: &World, asked: &Asked<'_>, outcome: &Outcome<Live, Body>) {
    world.history.borrow_mut().counts.answers += 1;
    match outcome {
        Outcome::Absent => {}
        Outcome::Stored { entry, body, state, doubtful, why, .. } => {
            // The edge ends a response whose body is not as long as its header says.
            if body.broken || body.bytes.len() as u64 != entry.body_len {
                return;
            }
            let Some(number) = is_of(world, entry, &body.bytes, asked.page.ask.key.full()) else { return };
            let mut history = world.history.borrow_mut();
            history.counts.hits += u64::from(*state == CacheState::Hit);
            history.counts.stale += u64::from(*state == CacheState::Stale);
            let made = history.made[number].clone();
            drop(history);
            told(world, asked, number);
            language(world, asked, &made, number);
            if made.secret {
                blame(world, || format!("S8: render {number} for one visitor is served from the store"));
            }
            let is_fresh = *state != CacheState::Stale;
            data(world, asked, &made, number, is_fresh, *doubtful);
            expiry(world, asked, &made, number, why.as_ref());
        }
        Outcome::Rendered { rendered, .. } => {
            let by_header = first(&rendered.headers, "x-render").and_then(|number| number.parse().ok());
            let Some(number) = by_header.or_else(|| number_of(&rendered.live.body)) else { return };
            let made = world.history.borrow().made[number].clone();
            language(world, asked, &made, number);
            if made.secret && made.visitor.is_some_and(|visitor| visitor != asked.visitor) {
                blame(world, || format!("S8: render {number} goes to visitor {} too", asked.visitor));
            }
            if rendered.status < 500 {
                told(world, asked, number);
                data(world, asked, &made, number, true, false);
            }
        }
    }
}

/// In the calm, answers are kept for the checks of liveness.
fn told(world: &World, asked: &Asked<'_>, number: usize) {
    if world.calm.get() {
        let told = Told { at: asked.at, isolate: asked.isolate.number(), page: asked.number, number };
        world.history.borrow_mut().told.push(told);
    }
}

/// S1 and S2: of which render this is. Its body, headers, tags and time are of that one, and that one of this key.
pub fn is_of(world: &World, entry: &Entry, body: &Rc<[u8]>, key: &str) -> Option<usize> {
    let in_body = number_of(body);
    let in_header = first(&entry.headers, "x-render").and_then(|number| number.parse().ok());
    let number: usize = match entry.kind {
        Kind::Data => in_body,
        _ => in_header,
    }
    .unwrap_or(usize::MAX);
    let mut history = world.history.borrow_mut();
    let made = history.made.get(number).cloned();
    let of_body = in_body.and_then(|number| history.made.get(number)).cloned();
    let (Some(made), Some(of_body)) = (made, of_body) else {
        history.blame(|| format!("S1: a body that nobody rendered is served for {key}"));
        return None;
    };
    if *made.key != *key || *of_body.key != *key {
        history.blame(|| format!("S1: render {number} of {} is served for {key}", made.key));
    }
    if of_body.body != *body {
        history.blame(|| format!("S2: the body of render {number} is not as it was made"));
    }
    // A 304 confirms the body of another render, if it is of the same version.
    if Some(number) != in_body && (of_body.version != made.version || of_body.language != made.language) {
        history.blame(|| format!("S2: headers of render {number}, body of {in_body:?}"));
    }
    // A wrong time would be found here without a revalidation: it is left to S3 to find.
    let is_planted = sabotage::planted() == Some(Bug::StampAtPut);
    if entry.created.0 != made.started && !is_planted {
        history.blame(|| format!("S2: render {number} began at {}, not {}", made.started, entry.created.0));
    }
    Some(number)
}

/// S1: a page that comes in languages comes in the one asked for.
fn language(world: &World, asked: &Asked<'_>, made: &Made, number: usize) {
    let varies = matches!(asked.page.origin, Some((true, _)));
    if varies && made.status == 200 && made.language != asked.language {
        blame(world, || format!("S1: {:?} gets render {number} in {:?}", asked.language, made.language));
    }
}

/// S3 to S5: nothing is made of what was read before a revalidation that should be known.
fn data(world: &World, asked: &Asked<'_>, made: &Made, number: usize, is_fresh: bool, doubtful: bool) {
    if !world.plan.clocks_agree() {
        return;
    }
    let oldest = made.reads.iter().map(|(_, order)| *order).min();
    let path = oldest.map(|order| (asked.page.path, order));
    let doubtful = doubtful || made.doubtful;
    let mut history = world.history.borrow_mut();
    let mut found = None;
    for (tag, order) in made.reads.iter().copied().chain(path) {
        for change in history.changes.iter().filter(|change| change.tag == tag && change.order > order) {
            let Some((acked, acked_order)) = change.acked.zip(change.acked_order) else { continue };
            let mut wrong = |rule: &str| {
                found.get_or_insert_with(|| {
                    format!(
                        "{rule}: at {} isolate {} answers with render {number} of isolate {} at {}, which read tag {tag} before {change:?}; fresh: {is_fresh}, parts stale: {}, doubtful: {doubtful}",
                        asked.at,
                        asked.isolate.number(),
                        made.isolate,
                        made.began,
                        made.stale
                    )
                });
            };
            // What has a grace may be served stale; what is stale in a page that is not kept, too.
            let counts = change.grace.is_none() || (is_fresh && !made.stale);
            let is_own = change.isolate == asked.isolate.number() && asked.order > acked_order;
            // What another clock has dated within the lead is stale, and not yet expired, until the lead has passed.
            let is_near = made.isolate != change.isolate && asked.at < acked + 2 * world.plan.lead + SLACK_MS;
            if is_own && counts && (is_fresh || !is_near) {
                wrong("S5");
            }
            if change.visitor == asked.visitor
                && asked.knows.contains(&change.order)
                && asked.at < change.at + SEEN_MS
                && !is_hidden(&history.changes, change, asked.isolate.number())
            {
                wrong("S5 visitor");
            }
            let delta = world.plan.delta() + MEMO_MS + SLACK_MS + repeat(world.plan.weather);
            let known = asked.at > acked + delta;
            if known && !doubtful && (counts || expired(&history.changes, change, asked.at, delta)) {
                wrong("S3");
            }
        }
    }
    if let Some(found) = found {
        history.blame(|| found);
    }
}

/// Whether the visitor's cookie holds another change of the tag in the place of this one: it keeps the latest time a tag, by
/// whatever clock, and whoever wrote that mark takes it for its own. It takes two changes by one visitor in two places, within
/// the difference of their clocks.
fn is_hidden(changes: &[Change], change: &Change, isolate: u64) -> bool {
    let mut others = changes.iter().filter(|other| other.order != change.order);
    others.any(|other| {
        (other.isolate, other.tag) == (isolate, change.tag)
            && other.told >= change.told
            && other.order < change.order
    })
}

/// The protocol promises Δ where puts commit within the lead. Where they do not, they are written again, and in the
/// meantime a later mark may be undone: that is waited for.
fn repeat(weather: Weather) -> i64 {
    if weather == Weather::Slow { REPEAT_MS } else { 0 }
}

/// Whether a grace has passed, on any clock. Two revalidations of a tag with a grace share one key, and whoever writes last
/// may not have read what the other wrote: then the end of the other's grace is lost, and its data stays stale, which is
/// never fresh.
fn expired(changes: &[Change], change: &Change, at: i64, delta: i64) -> bool {
    let is_rival =
        |other: &&Change| other.tag == change.tag && other.grace.is_some() && other.order != change.order;
    if changes.iter().any(|other| is_rival(&other)) {
        return false;
    }
    change.grace.is_some_and(|grace| at > change.at.saturating_add(grace).saturating_add(delta))
}

/// S4: what this isolate has found expired stays so. Across isolates S3 says the same of all that was read before the
/// revalidation. What was read after it, within the lead, may be found expired in one place and valid in another: a mark
/// with an earlier time may arrive later, and then it says less than it did.
pub fn judged(world: &World, isolate: &Isolate, number: usize, is_expired: bool, is_valid: bool) {
    if !world.plan.clocks_agree() {
        return;
    }
    let mut history = world.history.borrow_mut();
    let known = history.expired.get(&(isolate.number(), number)).copied();
    if let (Some(since), true) = (known, is_valid) {
        history.blame(|| format!("S4: render {number}, expired at {since}, is valid again"));
    }
    if is_expired {
        history.expired.entry((isolate.number(), number)).or_insert(world.now());
    }
}

/// S7: past its expiry nothing is served, except for a failing origin.
fn expiry(world: &World, asked: &Asked<'_>, made: &Made, number: usize, why: Option<&Why>) {
    if !world.plan.clocks_agree() {
        return;
    }
    let skews = world.skews.borrow();
    let apart = skews.iter().max().unwrap_or(&0) - skews.iter().min().unwrap_or(&0) + 2 * world.plan.grain;
    let age = asked.at - made.began - apart;
    if age <= made.expire {
        return;
    }
    let failed = world.history.borrow().failed.get(&(asked.isolate.number(), Rc::clone(&made.key))).copied();
    // It rests for half a minute after a failure.
    let lately = failed.is_some_and(|at| at >= asked.at - 31_000 - apart);
    if age > made.expire + made.grace || why != Some(&Why::TimeExpired) || !lately {
        blame(world, || {
            format!(
                "S7: render {number} is served at an age of {age} ms, which expires at {} and {}; {why:?}, failed at {failed:?}, now {}",
                made.expire, made.grace, asked.at
            )
        });
    }
}

/// S6: a revalidation that is acknowledged is in the store.
pub fn acknowledged(
    world: &World,
    isolate: &Isolate,
    tag: &freshtag::cache::tag::Tag,
    change: &Change,
    told: i64,
) {
    use freshtag::cache::mark::{HardMark, SoftMark};
    let keys = &isolate.site().keys;
    let key = if change.grace.is_none() { keys.hard_mark(tag) } else { keys.soft_marks(tag) };
    let kv = world.kv.borrow();
    let covers = kv.history(&key).any(|(_, value)| {
        let Ok(text) = std::str::from_utf8(&value.bytes) else { return false };
        match change.grace {
            None => HardMark::read(text).is_some_and(|mark| mark.t.0 >= told),
            Some(_) => SoftMark::read_list(text).is_some_and(|list| list.iter().any(|mark| mark.s.0 >= told)),
        }
    });
    let announced = kv.history(&keys.watermark()).next().is_some();
    drop(kv);
    if !covers || !announced {
        blame(world, || format!("S6: {tag} is acknowledged and not in the store: {change:?}"));
    }
}

/// S2 and S8 at the store: what is kept is whole, of one render, and nobody's own.
pub fn kept(world: &World, header: &str, body: &Body) {
    let Some(entry) = codec::decode_any(header) else {
        blame(world, || "S2: a header is kept that cannot be read".to_owned());
        return;
    };
    let by_header = first(&entry.headers, "x-render").and_then(|number| number.parse::<usize>().ok());
    let mut history = world.history.borrow_mut();
    let Some(number) = by_header.or_else(|| number_of(&body.bytes)) else { return };
    let Some(made) = history.made.get(number).cloned() else { return };
    if made.secret {
        history.blame(|| format!("S8: render {number}, which is for one visitor, is kept: {made:?}"));
    }
    let whole =
        number_of(&body.bytes).and_then(|number| history.made.get(number)).map(|made| made.body.clone());
    if whole.as_ref() != Some(&body.bytes) || body.broken {
        history.blame(|| format!("S2: a part of render {number} is kept"));
    }
    if made.status >= 500 {
        history.blame(|| format!("S8: render {number}, a failure, is kept"));
    }
}

fn blame(world: &World, what: impl FnOnce() -> String) {
    world.history.borrow_mut().blame(what);
}
