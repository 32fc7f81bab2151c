//! One isolate's way to the store: the port that the real protocol runs on.

use std::rc::Rc;

use freshtag::cache::codec::{self, Place as HeaderPlace};
use freshtag::store::{Store, StoreError, Stored};
use freshtag::time::UnixMillis;

use crate::checks;
use crate::clock::{NOBODY, Said};
use crate::kv::Value;
use crate::world::World;

/// A read is waited for so long, in ms.
const READ_MS: i64 = 1_000;
/// Likewise the put of an entry.
const PUT_ENTRY_MS: i64 = 8_000;
/// Likewise the put of a text.
const PUT_TEXT_MS: i64 = 30_000;

/// A body, or what has come of it.
#[derive(Clone, Debug)]
pub struct Body {
    /// The bytes.
    pub bytes: Rc<[u8]>,
    /// Whether it breaks off before its end.
    pub broken: bool,
}

impl From<Rc<[u8]>> for Body {
    fn from(bytes: Rc<[u8]>) -> Self {
        Self { bytes, broken: false }
    }
}

/// An isolate's view of the store.
#[derive(Clone)]
pub struct Place {
    /// The run.
    pub world: Rc<World>,
    /// The data centre.
    pub colo: usize,
}

impl Place {
    /// A view from a data centre.
    #[must_use]
    pub fn new(world: &Rc<World>, colo: usize) -> Self {
        Self { world: Rc::clone(world), colo }
    }

    /// Goes to the store and back, or fails as reads do.
    async fn read(&self, keys: usize) -> Result<(), StoreError> {
        let world = &self.world;
        world.history.borrow_mut().counts.reads += keys as u64;
        if world.strikes(|f| f.get_hangs) {
            let ms = READ_MS.min(world.lasts(30_000));
            world.clock.sleep(ms).await;
            if ms == READ_MS {
                return failed("no answer");
            }
        }
        // In the calm no read is so late that a render is raced with it.
        let most = if world.calm.get() { world.plan.read.min(30) } else { world.plan.read };
        world.clock.sleep(1 + world.lasts(most)).await;
        if world.strikes(|f| f.get) { failed("500") } else { Ok(()) }
    }

    fn see(&self, key: &str) -> Option<Value> {
        self.world.kv.borrow_mut().see(key, self.colo, self.world.now(), &self.world.plan)
    }

    fn see_text(&self, key: &str) -> Option<String> {
        let mut text = String::from_utf8_lossy(&self.see(key)?.bytes).into_owned();
        if self.world.strikes(|f| f.corrupt) {
            text.truncate(self.world.below(text.len() as u64) as usize);
        }
        Some(text)
    }

    /// A put: it goes its way whether or not anybody waits for it.
    async fn put(&self, key: &str, value: Value, most: i64, ms: i64) -> Result<(), StoreError> {
        let world = Rc::clone(&self.world);
        world.history.borrow_mut().counts.puts += 1;
        let (before, after, hangs) =
            (world.strikes(|f| f.before), world.strikes(|f| f.after), world.strikes(|f| f.put_hangs));
        let slow = ms == PUT_TEXT_MS && !world.calm.get() && world.chance(world.plan.slow);
        let takes = if slow { 2_000 + world.below(9_000).cast_signed() } else { 1 + world.lasts(most) };
        let way = world.below(takes.unsigned_abs()).cast_signed();
        let answer: Said<Result<(), StoreError>> = Said::default();
        let (said, key, colo) = (answer.clone(), key.to_owned(), self.colo);
        let network = Rc::clone(&world);
        world.clock.spawn(
            NOBODY,
            Box::pin(async move {
                let clock = &network.clock;
                clock.sleep(way).await;
                // A put that fails before it is taken is not one that others are refused for: the protocol takes three
                // refusals of the watermark for three writes of others.
                let refused = !before && network.kv.borrow_mut().refuses(&key, clock.now());
                let result = if refused {
                    Err(StoreError::RateLimited)
                } else {
                    clock.sleep(takes - way).await;
                    if before {
                        failed("500 before the commit")
                    } else {
                        network.kv.borrow_mut().commit(&key, colo, value, clock.now());
                        if after { failed("500 after the commit") } else { Ok(()) }
                    }
                };
                clock.sleep(1 + network.lasts(20)).await;
                if !hangs {
                    said.say(clock, result);
                }
            }),
        );
        answer.hear(&world.clock, ms).await.unwrap_or_else(|| failed("no answer"))
    }

    /// What may come back in the place of an entry.
    fn spoil(&self, key: &str, value: Value) -> Value {
        let world = &self.world;
        let mut bytes = value.bytes.to_vec();
        let mut metadata = value.metadata.as_deref().map(str::to_owned).unwrap_or_default();
        match world.below(5) {
            // The value of another key.
            0 => {
                let prefix = key.split('/').take(2).collect::<Vec<_>>().join("/");
                let other = world.kv.borrow().other(key, &prefix, world.below(1 << 20));
                return other.unwrap_or(value);
            }
            // An entry of another format, whose body is something else.
            1 => {
                metadata = older(&metadata);
                bytes.fill(b'o');
            }
            2 => metadata.truncate(world.below(metadata.len() as u64) as usize),
            3 => bytes.truncate(world.below(bytes.len() as u64) as usize),
            _ => metadata.clear(),
        }
        Value { bytes: bytes.into(), metadata: (!metadata.is_empty()).then(|| metadata.into()) }
    }

    fn flip(&self, value: Value) -> Value {
        let mut metadata = value.metadata.as_deref().unwrap_or_default().as_bytes().to_vec();
        let at = self.world.below(metadata.len() as u64) as usize;
        if let Some(byte) = metadata.get_mut(at) {
            *byte ^= 1 << self.world.below(7);
        }
        let metadata = String::from_utf8(metadata).ok().map(|text| text.as_str().into());
        Value { metadata, ..value }
    }
}

/// A header as a module of the format before wrote it, whole by its own lights.
fn older(header: &str) -> String {
    let older = header.replacen(r#"{"v":1,"#, r#"{"v":0,"#, 1);
    let Some((summed, _)) = older.rsplit_once(",\"x\":") else { return older };
    let step = |sum: u32, byte: u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    let sum = u64::from(summed.bytes().fold(0x811c_9dc5, step)) + 10_000_000_000;
    format!("{summed},\"x\":{sum}}}")
}

fn failed<T>(text: &str) -> Result<T, StoreError> {
    Err(StoreError::Failed(text.to_owned()))
}

impl Store for Place {
    type Body = Body;
    type Signal = Said<()>;

    async fn entry(&self, key: &str) -> Result<Option<Stored<Body>>, StoreError> {
        self.read(1).await?;
        let Some(mut value) = self.see(key) else { return Ok(None) };
        if self.world.strikes(|f| f.corrupt) {
            value = self.spoil(key, value);
        }
        if self.world.strikes(|f| f.flips) {
            value = self.flip(value);
        }
        let body = |bytes| Body { bytes, broken: self.world.strikes(|f| f.breaks) };
        let is_framed = value.metadata.as_deref().is_none_or(|text| codec::read_brief(text).is_some());
        if !is_framed {
            let header = value.metadata.as_deref().map(str::to_owned);
            return Ok(Some(Stored { header, body: body(value.bytes) }));
        }
        let split = || {
            let (length, rest) = value.bytes.split_first_chunk::<4>()?;
            let (header, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
            Some((String::from_utf8(header.to_vec()).ok()?, rest.into()))
        };
        Ok(Some(match split() {
            Some((header, rest)) => Stored { header: Some(header), body: body(rest) },
            None => Stored { header: None, body: body(value.bytes) },
        }))
    }

    async fn text(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read(1).await?;
        Ok(self.see_text(key))
    }

    async fn texts(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        assert!(keys.len() <= 100, "at most 100 keys in a bulk get");
        self.read(keys.len()).await?;
        // The edge reports a key that the answer misses; it must not pass for an absent one.
        if self.world.strikes(|f| f.partial) {
            return failed("the answer misses keys");
        }
        Ok(keys.iter().map(|key| self.see_text(key)).collect())
    }

    async fn put_text(&self, key: &str, text: &str, ttl: Option<u32>) -> Result<(), StoreError> {
        assert!(key.len() <= 512 && ttl.is_none_or(|ttl| ttl >= 60), "{key}");
        let value = Value { bytes: text.as_bytes().into(), metadata: None };
        self.put(key, value, self.world.plan.commit, PUT_TEXT_MS).await
    }

    async fn put_entry(
        &self,
        key: &str,
        header: &str,
        brief: &str,
        body: &Body,
        ttl: u32,
    ) -> Result<(), StoreError> {
        let (bytes, metadata) = match codec::place(header) {
            HeaderPlace::Metadata => (Rc::clone(&body.bytes), header),
            HeaderPlace::Frame => ([&codec::frame(header), &*body.bytes].concat().into(), brief),
        };
        assert!(key.len() <= 512 && ttl >= 60 && metadata.len() <= 1_024, "{key}");
        checks::kept(&self.world, header, body);
        let value = Value { bytes, metadata: Some(metadata.into()) };
        self.put(key, value, self.world.plan.entry_commit, PUT_ENTRY_MS).await
    }

    async fn hold(&self, body: Body) -> Result<Body, StoreError> {
        self.world.clock.sleep(self.world.lasts(5)).await;
        if body.broken { failed("the body broke off") } else { Ok(body) }
    }

    fn discard(&self, _: Body) {}

    fn now(&self) -> UnixMillis {
        UnixMillis(self.world.told(self.colo))
    }

    async fn sleep(&self, ms: u64) {
        self.world.clock.sleep(ms.cast_signed()).await;
    }

    fn random(&self) -> u64 {
        self.world.dice.borrow_mut().bits()
    }

    fn signal(&self) -> Said<()> {
        Said::default()
    }

    fn fire(&self, signal: &Said<()>) {
        signal.say(&self.world.clock, ());
    }

    async fn wait(&self, signal: &Said<()>, ms: u64) {
        signal.hear(&self.world.clock, ms.cast_signed()).await;
    }
}
