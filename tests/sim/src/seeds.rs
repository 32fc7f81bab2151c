//! Many seeds at once: each on its own, on as many threads as there are.

use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use freshtag::sabotage::Bug;

use crate::history::Counts;
use crate::plan::{Plan, Weather};
use crate::run::run;

/// What is to be run.
#[derive(Clone, Copy, Debug)]
pub struct Order {
    /// The first seed.
    pub from: u64,
    /// How many at most.
    pub seeds: u64,
    /// For how long at most.
    pub time: Option<Duration>,
    /// A planted bug.
    pub bug: Option<Bug>,
    /// Only seeds of this weather.
    pub weather: Option<Weather>,
    /// Whether to go on after a seed that fails.
    pub all: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Seeds that were run.
    pub seeds: u64,
    /// What was counted in them.
    pub counts: Counts,
    /// Seeds that failed, in order, with what was wrong.
    pub failed: Vec<(u64, String)>,
}

/// Runs seeds; `tell` hears of what is done so far, a few times a second.
pub fn seeds(order: &Order, tell: impl Fn(&Report)) -> Report {
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let report = Mutex::new(Report::default());
    let began = Instant::now();
    let locked = || report.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let work = || {
        while !stop.load(Ordering::Relaxed) && order.time.is_none_or(|time| began.elapsed() < time) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= order.seeds {
                return;
            }
            let seed = order.from + number;
            if !order.weather.is_none_or(|weather| Plan::of(seed).weather == weather) {
                continue;
            }
            let verdict = run(seed, order.bug);
            let mut report = locked();
            report.seeds += 1;
            report.counts.add(&verdict.counts);
            if let Some(what) = verdict.violation {
                report.failed.push((seed, what));
                stop.store(!order.all, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        let jobs = thread::available_parallelism().map_or(1, NonZero::get);
        let running: Vec<_> = (0..jobs).map(|_| scope.spawn(work)).collect();
        while running.iter().any(|job| !job.is_finished()) {
            thread::sleep(Duration::from_millis(20));
            tell(&locked());
        }
    });
    let mut report = locked().clone();
    report.failed.sort_unstable();
    report
}
