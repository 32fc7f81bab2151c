//! A store for tests with the weaknesses of the real one, on a clock that only moves when everybody waits.
//!
//! Visibility, order of arrival, refusals and faults are set by the test; operations are counted.

mod place;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

pub use place::{Ops, Place};

use super::{Defer, StoreError, Task};
use crate::time::UnixMillis;

/// Where time starts: late in 2026.
pub const START: i64 = 1_795_000_000_000;
/// A read that takes this long in ms has failed.
const READ_MS: i64 = 1_000;

/// The central store, the clock, and the tasks that run on it.
#[derive(Clone, Default)]
pub struct World(Rc<Inner>);

#[derive(Default)]
struct Inner {
    elapsed: Cell<i64>,
    /// Grows whenever something happens, so that the clock waits until nothing does.
    activity: Cell<u64>,
    timers: RefCell<BTreeSet<i64>>,
    tasks: RefCell<Vec<Task>>,
    keys: RefCell<BTreeMap<String, Vec<Version>>>,
    arrivals: RefCell<BTreeMap<String, i64>>,
    lags: RefCell<Vec<(usize, String, i64)>>,
    slow: RefCell<Vec<(String, i64, bool)>>,
    late: RefCell<Vec<(String, i64)>>,
    faults: RefCell<Vec<Fault>>,
    counter: Cell<u64>,
}

#[derive(Clone)]
struct Version {
    commit: i64,
    place: usize,
    value: Rc<[u8]>,
    metadata: Option<String>,
    ttl: Option<u32>,
}

/// Name, metadata, value, and ttl in seconds.
pub type Dumped = (String, Option<String>, Rc<[u8]>, Option<u32>);

struct Fault {
    op: Op,
    key: String,
    left: u32,
    error: StoreError,
}

/// An operation that can be made to fail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Op {
    /// Reading entries and single texts.
    Get,
    /// Reading many texts.
    Bulk,
    /// Writing.
    Put,
}

impl World {
    /// The view of one place; each isolate there has its own [`Place`] value, and shares what it sees.
    #[must_use]
    pub fn place(&self, number: usize) -> Place {
        Place { world: self.clone(), number, skew: 0, ops: Rc::default() }
    }

    /// True time, in ms.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        UnixMillis(START).plus_ms(self.0.elapsed.get())
    }

    /// Runs a future, and everything deferred meanwhile, until the future is done. The clock jumps whenever
    /// nothing else can happen; `None` if then nothing is waiting for it either.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        loop {
            let before = self.0.activity.get();
            if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                return Some(value);
            }
            self.poll_tasks();
            if self.0.activity.get() == before && !self.jump(i64::MAX) {
                return None;
            }
        }
    }

    /// Runs everything deferred to its end.
    pub fn settle(&self) {
        while !self.0.tasks.borrow().is_empty() {
            let before = self.0.activity.get();
            self.poll_tasks();
            if self.0.activity.get() == before && !self.jump(i64::MAX) {
                return;
            }
        }
    }

    /// Lets `ms` pass, with everything deferred going on.
    pub fn pass(&self, ms: i64) {
        let end = self.0.elapsed.get().saturating_add(ms);
        loop {
            let before = self.0.activity.get();
            self.poll_tasks();
            if self.0.activity.get() == before && !self.jump(end) {
                break;
            }
        }
        self.0.elapsed.set(end);
    }

    /// What a place sees of keys that begin with `prefix` is `ms` old from now on.
    pub fn lag(&self, place: usize, prefix: &str, ms: i64) {
        let mut lags = self.0.lags.borrow_mut();
        lags.retain(|(p, k, _)| !(*p == place && k == prefix));
        lags.push((place, prefix.to_owned(), ms));
    }

    /// The next put to a key that contains `part` takes `ms` to commit.
    pub fn slow_put(&self, part: &str, ms: i64) {
        self.0.slow.borrow_mut().push((part.to_owned(), ms, false));
    }

    /// The next put to a key that contains `part` takes `ms` to commit, and is answered with an error all the same.
    pub fn lost_put(&self, part: &str, ms: i64) {
        self.0.slow.borrow_mut().push((part.to_owned(), ms, true));
    }

    /// Reads of keys that contain `part` take `ms` from now on; those of a second and more fail then.
    pub fn slow_reads(&self, part: &str, ms: i64) {
        let mut late = self.0.late.borrow_mut();
        late.retain(|(known, _)| known != part);
        late.push((part.to_owned(), ms));
    }

    /// The next `times` operations of a kind on keys that contain `part` fail.
    pub fn fail(&self, op: Op, part: &str, times: u32, error: StoreError) {
        self.0.faults.borrow_mut().push(Fault { op, key: part.to_owned(), left: times, error });
    }

    /// Writes bytes behind everybody's back: corruption, or an entry of another program.
    pub fn tamper(&self, key: &str, value: &[u8], metadata: Option<&str>) {
        let version = Version {
            commit: self.0.elapsed.get(),
            place: usize::MAX,
            value: value.into(),
            metadata: metadata.map(str::to_owned),
            ttl: None,
        };
        self.0.keys.borrow_mut().entry(key.to_owned()).or_default().push(version);
    }

    /// Everything that is stored, as a place without lag sees it.
    #[must_use]
    pub fn dump(&self) -> Vec<Dumped> {
        let keys = self.0.keys.borrow();
        keys.iter()
            .filter_map(|(key, versions)| {
                let last = versions.iter().max_by_key(|v| v.commit)?;
                Some((key.clone(), last.metadata.clone(), Rc::clone(&last.value), last.ttl))
            })
            .collect()
    }

    /// Defers tasks to this world.
    #[must_use]
    pub fn defer(&self) -> Defer {
        let world = self.clone();
        Rc::new(move |task| {
            world.touch();
            world.0.tasks.borrow_mut().push(task);
        })
    }

    fn touch(&self) {
        self.0.activity.set(self.0.activity.get().wrapping_add(1));
    }

    fn poll_tasks(&self) {
        let mut tasks = std::mem::take(&mut *self.0.tasks.borrow_mut());
        tasks.retain_mut(|task| {
            let pending = task.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending();
            if !pending {
                self.touch();
            }
            pending
        });
        let mut queue = self.0.tasks.borrow_mut();
        tasks.append(&mut queue);
        *queue = tasks;
    }

    /// Moves the clock to the next timer that is not after `end`.
    fn jump(&self, end: i64) -> bool {
        let mut timers = self.0.timers.borrow_mut();
        match timers.first().copied() {
            Some(next) if next <= end => {
                timers.remove(&next);
                self.0.elapsed.set(next.max(self.0.elapsed.get()));
                true
            }
            _ => false,
        }
    }

    async fn sleep_ms(&self, ms: i64) {
        let until = self.0.elapsed.get().saturating_add(ms);
        self.0.timers.borrow_mut().insert(until);
        std::future::poll_fn(|_| {
            if self.0.elapsed.get() >= until {
                self.touch();
                return Poll::Ready(());
            }
            self.0.timers.borrow_mut().insert(until);
            Poll::Pending
        })
        .await;
    }

    /// Waits as long as a read of these keys takes.
    async fn read(&self, op: Op, keys: &[String], usual: i64) -> Result<(), StoreError> {
        let takes = |key: &String| {
            let late = self.0.late.borrow();
            late.iter().find(|(part, _)| key.contains(part.as_str())).map(|(_, ms)| *ms)
        };
        let ms = keys.iter().filter_map(takes).max().unwrap_or(usual);
        self.sleep_ms(ms.min(READ_MS)).await;
        if ms >= READ_MS {
            return Err(StoreError::Failed("no answer".into()));
        }
        keys.iter().find_map(|key| self.fault(op, key)).map_or(Ok(()), Err)
    }

    fn fault(&self, op: Op, key: &str) -> Option<StoreError> {
        let mut faults = self.0.faults.borrow_mut();
        let fault = faults.iter_mut().find(|f| f.left > 0 && f.op == op && key.contains(&f.key))?;
        fault.left = fault.left.saturating_sub(1);
        Some(fault.error.clone())
    }
}
