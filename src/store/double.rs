//! A store for tests with the weaknesses of the real one, on a clock that only moves when everybody waits.
//!
//! Visibility, order of arrival, refusals and faults are set by the test; operations are counted.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use super::{Defer, Store, StoreError, Stored, Task};
use crate::cache::codec::{self, Place as HeaderPlace};
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

/// What was asked of the store.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ops {
    /// Single reads.
    pub gets: u32,
    /// Bulk reads.
    pub bulk_gets: u32,
    /// Keys in bulk reads.
    pub keys: u32,
    /// Writes.
    pub puts: u32,
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

/// One place's view of the store.
#[derive(Clone)]
pub struct Place {
    world: World,
    number: usize,
    skew: i64,
    ops: Rc<RefCell<Ops>>,
}

impl Place {
    /// The same place with a clock that is off by `ms`.
    #[must_use]
    pub fn skewed(mut self, ms: i64) -> Self {
        self.skew = ms;
        self
    }

    /// The same place with operations counted from zero.
    #[must_use]
    pub fn counting(&self) -> Self {
        Self { ops: Rc::default(), ..self.clone() }
    }

    /// What was asked so far.
    #[must_use]
    pub fn ops(&self) -> Ops {
        *self.ops.borrow()
    }

    fn visible(&self, key: &str) -> Option<Version> {
        let lags = self.world.0.lags.borrow();
        let lag =
            lags.iter().find(|(p, k, _)| *p == self.number && key.starts_with(k.as_str())).map_or(0, |l| l.2);
        let seen = self.world.0.elapsed.get().saturating_sub(lag);
        let keys = self.world.0.keys.borrow();
        // The last put to arrive wins; a place sees its own at once.
        let mine = |v: &&Version| {
            v.commit <= seen || (v.place == self.number && v.commit <= self.world.0.elapsed.get())
        };
        keys.get(key)?.iter().filter(mine).max_by_key(|v| v.commit).cloned()
    }

    async fn put(
        &self,
        key: &str,
        value: Rc<[u8]>,
        metadata: Option<String>,
        ttl: Option<u32>,
    ) -> Result<(), StoreError> {
        count(&self.ops, |ops| &mut ops.puts, 1);
        let slow = {
            let mut slow = self.world.0.slow.borrow_mut();
            slow.iter().position(|(part, ..)| key.contains(part.as_str())).map(|at| slow.remove(at))
        };
        self.world.sleep_ms(5).await;
        if let Some(error) = self.world.fault(Op::Put, key) {
            return Err(error);
        }
        let now = self.world.0.elapsed.get();
        let last = self.world.0.arrivals.borrow_mut().insert(key.to_owned(), now);
        if let Some(last) = last.filter(|last| now.saturating_sub(*last) < 1_000) {
            self.world.0.arrivals.borrow_mut().insert(key.to_owned(), last);
            return Err(StoreError::RateLimited);
        }
        let (world, place, key) = (self.world.clone(), self.number, key.to_owned());
        let commit = move || {
            let version = Version { commit: world.0.elapsed.get(), place, value, metadata, ttl };
            world.0.keys.borrow_mut().entry(key).or_default().push(version);
        };
        let Some((_, ms, lost)) = slow else {
            self.world.sleep_ms(10).await;
            commit();
            return Ok(());
        };
        // A slow one goes its way whether or not anybody still waits for it.
        let (world, ended) = (self.world.clone(), Rc::new(Cell::new(false)));
        let said = Rc::clone(&ended);
        self.world.defer()(Box::pin(async move {
            world.sleep_ms(ms).await;
            commit();
            said.set(true);
        }));
        std::future::poll_fn(|_| if ended.get() { Poll::Ready(()) } else { Poll::Pending }).await;
        if lost { Err(StoreError::Failed("the answer is lost".into())) } else { Ok(()) }
    }
}

fn count(ops: &RefCell<Ops>, field: impl Fn(&mut Ops) -> &mut u32, by: u32) {
    let mut ops = ops.borrow_mut();
    let field = field(&mut ops);
    *field = field.saturating_add(by);
}

impl Store for Place {
    type Body = Rc<[u8]>;
    type Signal = Rc<Cell<bool>>;

    async fn entry(&self, key: &str) -> Result<Option<Stored<Self::Body>>, StoreError> {
        count(&self.ops, |ops| &mut ops.gets, 1);
        self.world.read(Op::Get, &[key.to_owned()], 5).await?;
        let Some(version) = self.visible(key) else { return Ok(None) };
        let framed = version.metadata.as_deref().is_none_or(|m| m.contains(r#""f":1"#));
        if !framed {
            return Ok(Some(Stored { header: version.metadata, body: version.value }));
        }
        let split = || {
            let (length, rest) = version.value.split_first_chunk::<4>()?;
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (header, body) = rest.split_at_checked(length)?;
            Some(Stored { header: Some(String::from_utf8(header.to_vec()).ok()?), body: body.into() })
        };
        Ok(Some(split().unwrap_or(Stored { header: None, body: Rc::clone(&version.value) })))
    }

    async fn text(&self, key: &str) -> Result<Option<String>, StoreError> {
        count(&self.ops, |ops| &mut ops.gets, 1);
        self.world.read(Op::Get, &[key.to_owned()], 5).await?;
        Ok(self.visible(key).map(|v| String::from_utf8_lossy(&v.value).into_owned()))
    }

    async fn texts(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        count(&self.ops, |ops| &mut ops.bulk_gets, 1);
        count(&self.ops, |ops| &mut ops.keys, u32::try_from(keys.len()).unwrap_or(u32::MAX));
        if keys.len() > 100 {
            return Err(StoreError::Failed("at most 100 keys in a bulk get".into()));
        }
        self.world.read(Op::Bulk, keys, 8).await?;
        let text = |key: &String| self.visible(key).map(|v| String::from_utf8_lossy(&v.value).into_owned());
        Ok(keys.iter().map(text).collect())
    }

    async fn put_text(&self, key: &str, value: &str, ttl: Option<u32>) -> Result<(), StoreError> {
        self.put(key, value.as_bytes().into(), None, ttl).await
    }

    async fn put_entry(
        &self,
        key: &str,
        header: &str,
        brief: &str,
        body: &Self::Body,
        ttl: u32,
    ) -> Result<(), StoreError> {
        let (value, metadata) = match codec::place(header) {
            HeaderPlace::Metadata => (Rc::clone(body), header),
            HeaderPlace::Frame => ([&codec::frame(header), &**body].concat().into(), brief),
        };
        self.put(key, value, Some(metadata.to_owned()), Some(ttl)).await
    }

    async fn hold(&self, body: Self::Body) -> Result<Self::Body, StoreError> {
        Ok(body)
    }

    fn discard(&self, _: Self::Body) {}

    fn now(&self) -> UnixMillis {
        self.world.now().plus_ms(self.skew)
    }

    async fn sleep(&self, ms: u64) {
        self.world.sleep_ms(i64::try_from(ms).unwrap_or(i64::MAX)).await;
    }

    fn random(&self) -> u64 {
        let next = self.world.0.counter.get().wrapping_add(1);
        self.world.0.counter.set(next);
        next.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn signal(&self) -> Self::Signal {
        Rc::default()
    }

    fn fire(&self, signal: &Self::Signal) {
        signal.set(true);
        self.world.touch();
    }

    async fn wait(&self, signal: &Self::Signal, ms: u64) {
        let until = self.world.0.elapsed.get().saturating_add(i64::try_from(ms).unwrap_or(i64::MAX));
        std::future::poll_fn(|_| {
            if signal.get() || self.world.0.elapsed.get() >= until {
                self.world.touch();
                return Poll::Ready(());
            }
            self.world.0.timers.borrow_mut().insert(until);
            Poll::Pending
        })
        .await;
    }
}
