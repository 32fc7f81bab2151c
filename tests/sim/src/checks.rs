//! The safety checks S1 to S8, made on what an observer with the true time knows; `stale` has S3 and S5.

use std::rc::Rc;

use freshtag::cache::codec;
use freshtag::cache::decide::Why;
use freshtag::cache::entry::Entry;
use freshtag::cache::key::Kind;
use freshtag::cache::mark::{HardMark, SoftMark, Watermark};
use freshtag::cache::tag::Tag;
use freshtag::flow::Outcome;
use freshtag::http::headers::first;
use freshtag::reply::CacheState;
use freshtag::sabotage::{self, Bug};

use crate::history::{Change, Made, Told};
use crate::isolate::Isolate;
use crate::place::Body;
use crate::plan::Weather;
use crate::render::{Live, number_of};
use crate::site::Page;
use crate::stale;
use crate::world::World;

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
            stale::data(world, asked, &made, number, is_fresh, *doubtful);
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
                stale::data(world, asked, &made, number, true, false);
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

/// S6: a revalidation that is acknowledged is in the store: its isolate has written a mark at least as strict since, and
/// the watermark after it.
pub fn acknowledged(world: &World, isolate: &Isolate, tag: &Tag, change: &Change, told: i64) {
    let (index, kv) = (&isolate.flow().index, world.kv.borrow());
    let me = &index.memory.me;
    // A clock that steps back between the call and the write dates it earlier.
    let told = if world.plan.clocks_agree() { told } else { i64::MIN };
    let is_mark = |text: &str| match change.grace {
        None => HardMark::read(text).is_some_and(|mark| mark.by == *me && mark.t.0 >= told),
        // A stricter one may stand for it; of those that have expired, any.
        Some(grace) => SoftMark::read_list(text).is_some_and(|list| {
            let expires = told.saturating_add(grace).max(isolate.told());
            list.iter().any(|mark| mark.s.0 >= told && (mark.x.0 <= expires || told == i64::MIN))
        }),
    };
    // Who was refused three times takes the watermarks of others for its own: the last of them may be under way still
    // where a put takes longer than that.
    let is_quick = world.plan.weather == Weather::Fair && world.plan.commit <= 1_000;
    let is_watermark = |text: &str| Watermark::read(text).is_some_and(|mark| !is_quick || mark.t.0 >= told);
    let written = |key: &str, is_it: &dyn Fn(&str) -> bool, from: i64| {
        kv.history(key).any(|(at, value)| at >= from && std::str::from_utf8(&value.bytes).is_ok_and(is_it))
    };
    let keys = &index.keys;
    let key = if change.grace.is_none() { keys.hard_mark(tag) } else { keys.soft_marks(tag) };
    let is_known = written(&key, &is_mark, change.at)
        && written(&keys.watermark(), &is_watermark, if is_quick { change.at } else { 0 });
    drop(kv);
    if !is_known {
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
    if made.stale {
        history.blame(|| format!("S3: render {number}, a part of which was stale, is kept"));
    }
    if made.status >= 500 {
        history.blame(|| format!("S8: render {number}, a failure, is kept"));
    }
}

fn blame(world: &World, what: impl FnOnce() -> String) {
    world.history.borrow_mut().blame(what);
}
