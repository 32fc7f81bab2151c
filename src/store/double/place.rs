//! The store as one place sees it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::Poll;

use super::{Op, Version, World};
use crate::cache::codec::{self, Place as HeaderPlace};
use crate::store::{Store, StoreError, Stored};
use crate::time::UnixMillis;

/// One place's view of the store.
#[derive(Clone)]
pub struct Place {
    pub(super) world: World,
    pub(super) number: usize,
    pub(super) skew: i64,
    pub(super) ops: Rc<RefCell<Ops>>,
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
