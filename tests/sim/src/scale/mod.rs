//! What the tag index costs at the size of a network, next to two others: a model that counts.
//!
//! The verdicts are the real ones (`mark::judge`, `decide`). Texts, futures and bodies are left out: keys and tags are
//! numbers, and what a data centre sees is computed and not stored.

mod plot;
mod report;
mod shop;
mod way;

use std::collections::HashMap;

use freshtag::cache::decide::{Decision, Reading, TagVerdict, decide};
use freshtag::cache::entry::Entry;
use freshtag::cache::key::Kind;
use freshtag::cache::lifetime::Lifetime;
use freshtag::cache::tag::Tag;
use freshtag::time::{Seconds, UnixMillis};

pub use report::{REQUESTS, write};
use shop::{Shop, TAGS};
pub use way::Way;
use way::{Isolate, State};

use crate::dice::{Dice, mix};

/// Data centres, and isolates in each.
const COLOS: u64 = 300;
/// Isolates in each data centre.
const ISOLATES: u64 = 20;
/// Pages.
const KEYS: u64 = 1_000_000;
/// Requests a second, worldwide.
const RATE: f64 = 5_000.0;
/// What a render takes, in ms.
const RENDER_MS: i64 = 300;
/// What a put takes to commit, in ms.
const COMMIT_MS: i64 = 300;
/// What a commit takes to be seen by a read that goes to the central store, in ms, at most.
const SPREAD_MS: i64 = 10_000;
/// How long a page is fresh, in ms.
const FRESH_MS: i64 = 3_600_000;
/// The lead of a mark, in ms.
const LEAD_MS: i64 = 1_000;

/// What was counted for one protocol at one rate of revalidations.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// Requests.
    pub requests: u64,
    /// Answered from a store without waiting.
    pub hits: u64,
    /// Of those, answered after reading tags.
    pub looked: u64,
    /// Of those, answered with data that was revalidated before, by how many ms.
    pub late: Vec<i64>,
    /// Renders.
    pub renders: u64,
    /// Different pages asked for.
    pub keys: u64,
    /// Keys read.
    pub reads: u64,
    /// Keys written.
    pub writes: u64,
}

impl Counted {
    fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.hits += other.hits;
        self.looked += other.looked;
        self.late.extend(other.late);
        self.renders += other.renders;
        self.keys += other.keys;
        self.reads += other.reads;
        self.writes += other.writes;
    }
}

/// One version of an entry.
#[derive(Clone, Copy, Debug)]
struct Version {
    /// When its data was read.
    began: i64,
    /// What it is dated.
    dated: i64,
    /// When it is in the store.
    stored: i64,
}

/// Runs one protocol: where revalidations are rare, several times, as long after the last one as is usual.
#[must_use]
pub fn run(way: Way, revalidations: f64, requests: u64, seed: u64) -> Counted {
    let parts = if revalidations < 0.05 { RARE } else { 1 };
    let mut all = Counted::default();
    for part in 0..parts {
        // The moment between two events that come by chance: an exponential law, part by part.
        let quantile = (part as f64 + 0.5) / parts as f64;
        let since = (-(1.0 - quantile).ln() / revalidations * 1_000.0) as i64;
        all.add(run_once(way, revalidations, requests, seed + part, since.max(1_000)));
    }
    all
}

/// Runs where revalidations are rare.
const RARE: u64 = 8;

fn run_once(way: Way, revalidations: f64, requests: u64, seed: u64, since: i64) -> Counted {
    let mut dice = Dice::new(seed);
    let shop = Shop::open();
    let mut world =
        World { way, versions: HashMap::new(), local: HashMap::new(), state: State::default(), shop };
    let mut isolates: Vec<Isolate> = (0..COLOS * ISOLATES).map(|_| Isolate::default()).collect();
    let mut counted = Counted::default();
    let mut seen = vec![false; KEYS as usize];
    let wait = |dice: &mut Dice, rate: f64| (-(1.0 - dice.part()).ln() / rate * 1_000.0) as i64;
    let (mut now, mut fraction) = (0_i64, 0.0);
    world.revalidate(&mut dice, -since, &mut Counted::default());
    let mut next = wait(&mut dice, revalidations);
    while counted.requests < requests {
        fraction += -(1.0 - dice.part()).ln() / RATE * 1_000.0;
        now += fraction as i64;
        fraction -= fraction.floor();
        while next <= now {
            world.revalidate(&mut dice, next, &mut counted);
            next += wait(&mut dice, revalidations).max(1);
        }
        let key = world.shop.visit(&mut dice);
        let at = dice.below(COLOS * ISOLATES) as usize;
        counted.requests += 1;
        counted.keys += u64::from(!std::mem::replace(&mut seen[key as usize], true));
        world.ask(&mut isolates[at], at as u64 / ISOLATES, key, now, &mut counted);
    }
    counted
}

struct World {
    way: Way,
    versions: HashMap<u64, Vec<Version>>,
    /// What a data centre wrote itself, and sees at once.
    local: HashMap<(u64, u64), Version>,
    state: State,
    shop: Shop,
}

impl World {
    /// A tag is expired now: its mark is written, and whatever the protocol writes beside it.
    fn revalidate(&mut self, dice: &mut Dice, at: i64, counted: &mut Counted) {
        let tag = shop::FIRST + dice.below(TAGS);
        counted.writes += self.state.revalidate(self.way, tag, at, at + COMMIT_MS, LEAD_MS);
    }

    /// One request at an isolate.
    fn ask(&mut self, isolate: &mut Isolate, colo: u64, key: u64, now: i64, counted: &mut Counted) {
        let held = isolate.held(self.way, key, now);
        let version = match held {
            Some(version) => {
                // Its tags are judged as those of any other.
                self.state.watermark(self.way, isolate, colo, now, counted);
                Some(version)
            }
            None => {
                counted.reads += 1;
                self.state.watermark(self.way, isolate, colo, now, counted);
                self.see(colo, key, now)
            }
        };
        let Some(version) = version else { return self.render(isolate, colo, key, now, counted) };
        let (verdict, looked) =
            self.state.verdict(self.way, isolate, colo, &shop::tags(key), version.dated, now, counted);
        match decided(version.dated, verdict, now) {
            Decision::Render(_) => self.render(isolate, colo, key, now, counted),
            decision => {
                counted.hits += 1;
                counted.looked += u64::from(looked);
                if let Some(changed) = self.state.changed(&shop::tags(key), version.began)
                    && changed + COMMIT_MS < now
                {
                    counted.late.push(now - changed - COMMIT_MS);
                }
                if held.is_none() {
                    isolate.read(self.way, key, version, now);
                }
                if decision != Decision::Serve && isolate.refreshes(key, now) {
                    self.render(isolate, colo, key, now, counted);
                }
            }
        }
    }

    /// A render, which ends in a put.
    fn render(&mut self, isolate: &mut Isolate, colo: u64, key: u64, now: i64, counted: &mut Counted) {
        counted.renders += 1;
        counted.writes += 1;
        let ended = now + RENDER_MS;
        let dated = if self.way.dates_at_put() { ended } else { now };
        let version = Version { began: now, dated, stored: ended + COMMIT_MS };
        isolate.wrote(self.way, key, version);
        let versions = self.versions.entry(key).or_default();
        versions.push(version);
        if versions.len() > 64 {
            versions.drain(..32);
        }
        self.local.insert((colo, key), version);
    }

    /// What a data centre sees of a page. Its copy is taken to be warm, and renewed at a phase of its own.
    fn see(&self, colo: u64, key: u64, now: i64) -> Option<Version> {
        let fetched = fetched(colo, key, now, self.way.ttl());
        // Every page was rendered at some time within the last hour before the beginning.
        let old = -((mix(key) % FRESH_MS as u64) as i64);
        let first = Version { began: old, dated: old, stored: old };
        let versions = self.versions.get(&key).map_or(&[][..], |list| list);
        let seen = versions.iter().rev().find(|version| version.stored <= fetched).copied().unwrap_or(first);
        let own = self.local.get(&(colo, key)).copied().filter(|version| version.stored <= now);
        Some(own.filter(|own| own.began > seen.began).unwrap_or(seen))
    }
}

/// The moment whose state of the central store a data centre shows of a key.
fn fetched(colo: u64, key: u64, now: i64, ttl: i64) -> i64 {
    let hash = mix(mix(key) ^ colo);
    let phase = (hash % ttl as u64) as i64;
    let spread = ((hash >> 32) % SPREAD_MS as u64) as i64;
    (now - phase).div_euclid(ttl) * ttl + phase - spread
}

/// The real decision, on an entry of this date.
fn decided(dated: i64, verdict: TagVerdict, now: i64) -> Decision {
    let life =
        Lifetime { stale: Seconds(300.0), revalidate: Seconds(3_600.0), expire: Seconds(31_536_000.0) };
    let entry = Entry {
        key: "".into(),
        kind: Kind::Route,
        status: 200,
        headers: Vec::new(),
        tags: Vec::new(),
        told: Vec::new(),
        created: UnixMillis(dated),
        oldest: UnixMillis(dated),
        by: "".into(),
        seen: None,
        lifetime: life,
        selection: None,
        stale_if_error: None,
        etag: None,
        body_len: 1,
    };
    let reading = Reading { now: UnixMillis(now), lead_ms: LEAD_MS, persisted: false, lifetime: None };
    decide(Some(&entry), &verdict, &reading)
}

fn a_tag() -> Tag {
    Tag::new("t")
}
