//! What one isolate remembers between requests: bytes and times, keyed and bounded, never a verdict.

mod marks;
mod renders;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use marks::Remembered;
use renders::Flight;
pub(crate) use renders::Role;

use super::breaker::Breaker;
use super::lru::Lru;
use crate::cache::entry::Entry;
use crate::cache::mark::Watermark;
use crate::time::UnixMillis;

/// For how long a read of marks or of the watermark counts, in ms.
pub const MEMO_MS: i64 = 5_000;
/// For how long a body read from the store is served without asking again, in ms: its own edge cache does the same.
const HOLD_MS: i64 = 30_000;
/// For how long the store may go on returning an older copy of what this isolate wrote, in ms.
pub const CATCH_UP_MS: i64 = 60_000;
/// Variants of one URL that an isolate writes within an hour (T10).
const MOST_VARIANTS: usize = 64;
const HOUR_MS: i64 = 3_600_000;
/// Tags remembered at most.
const MOST_MARKS: usize = 10_000;
/// Keys remembered at most (times only).
const MOST_KEYS: usize = 10_000;
/// A body larger than this, in bytes, is not held.
pub const LARGEST_BODY: u64 = 256 * 1_024;
/// All held bodies together, in bytes.
pub const DEFAULT_BYTES: usize = 16 * 1_024 * 1_024;

/// The memory of one isolate for one store and namespace. `B` is a body handle, `G` a signal.
pub struct Memory<B, G> {
    /// Random name of this isolate.
    pub me: Box<str>,
    epoch: Cell<u32>,
    inner: RefCell<Inner<B, G>>,
}

struct Inner<B, G> {
    watermark: WatermarkSlot,
    marks: Lru<Remembered>,
    /// Raised when an own mark had to be forgotten early: stands for every tag.
    floor: Option<UnixMillis>,
    bodies: Lru<Held<B>>,
    /// Written, but not yet known to have arrived: kept whatever its size.
    pending: Vec<(Box<str>, Held<B>)>,
    keys: Lru<KeyTimes>,
    flights: Vec<(Box<str>, Flight<G>)>,
    breaker: Breaker,
}

/// What this isolate knows of the watermark and its own puts of it. Puts are ordered by a counter, as the clock
/// stands still between I/O.
#[derive(Default)]
pub(crate) struct WatermarkSlot {
    pub(crate) known: Option<Watermark>,
    pub(crate) read_at: Option<UnixMillis>,
    pub(crate) counter: u64,
    /// When the last put began.
    pub(crate) began: Option<UnixMillis>,
    /// The put that is under way: its number and when it began.
    pub(crate) in_flight: Option<(u64, UnixMillis)>,
    /// The number of the latest put that committed.
    pub(crate) committed: u64,
}

/// An entry with its body, in memory.
pub(crate) struct Held<B> {
    pub(crate) entry: Rc<Entry>,
    pub(crate) body: B,
    pub(crate) until: UnixMillis,
}

impl<B: Clone> Clone for Held<B> {
    fn clone(&self) -> Self {
        Self { entry: Rc::clone(&self.entry), body: self.body.clone(), until: self.until }
    }
}

#[derive(Default)]
struct KeyTimes {
    read_at: Option<UnixMillis>,
    retry_at: Option<UnixMillis>,
    /// Until when the last failure of a render counts.
    failing: Option<UnixMillis>,
    refreshing: Option<UnixMillis>,
    written: Option<(Rc<Entry>, UnixMillis)>,
    unstorable: Option<UnixMillis>,
    variants: Option<(UnixMillis, Vec<u32>)>,
}

/// Figures for the admin pages.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// Bodies held.
    pub bodies: usize,
    /// Their bytes.
    pub bytes: usize,
    /// Tags remembered.
    pub tags: usize,
    /// Keys remembered.
    pub keys: usize,
}

impl<B: Clone, G: Clone> Memory<B, G> {
    /// `me` names the isolate and must be random; `bytes` caps held bodies.
    pub fn new(me: impl Into<Box<str>>, bytes: usize) -> Self {
        Self {
            me: me.into(),
            epoch: Cell::new(0),
            inner: RefCell::new(Inner {
                watermark: WatermarkSlot::default(),
                marks: Lru::new(MOST_MARKS),
                floor: None,
                bodies: Lru::new(bytes),
                pending: Vec::new(),
                keys: Lru::new(MOST_KEYS),
                flights: Vec::new(),
                breaker: Breaker::default(),
            }),
        }
    }

    /// How much is remembered.
    pub fn usage(&self) -> Usage {
        let inner = self.inner.borrow();
        Usage {
            bodies: inner.bodies.len(),
            bytes: inner.bodies.weight(),
            tags: inner.marks.len(),
            keys: inner.keys.len(),
        }
    }

    /// What is known of the store's health.
    pub(crate) fn with_breaker<R>(&self, f: impl FnOnce(&mut Breaker) -> R) -> R {
        f(&mut self.inner.borrow_mut().breaker)
    }

    /// Another number whenever something has become known, or was forgotten, that could make a hit from memory another
    /// answer. What concerns renders and the store's health alone leaves it as it is, as such a hit asks neither: a page
    /// that is rendered for each of its visitors would move it all the time.
    pub fn epoch(&self) -> u32 {
        self.epoch.get()
    }

    fn moved(&self) {
        self.epoch.set(self.epoch.get().wrapping_add(1));
    }

    // ---- watermark

    pub(crate) fn with_watermark<R>(&self, f: impl FnOnce(&mut WatermarkSlot) -> R) -> R {
        f(&mut self.inner.borrow_mut().watermark)
    }

    /// The watermark, if it was read recently enough. The inner `None` means there is none.
    pub(crate) fn young_watermark(&self, now: UnixMillis) -> Option<Option<Watermark>> {
        self.with_watermark(|slot| {
            slot.read_at.filter(|at| now.since(*at) < MEMO_MS).map(|_| slot.known.clone())
        })
    }

    /// Takes in a read of the watermark; its time never goes back. Another one with an earlier time may be older than the
    /// one that is known, or newer and by a clock that is behind: then nothing was made under the last one for sure.
    pub(crate) fn saw_watermark(&self, read: Option<Watermark>, now: UnixMillis) -> Option<Watermark> {
        self.with_watermark(|slot| {
            if let Some(mut read) = read {
                if let Some(known) = slot.known.as_ref().filter(|known| known.t > read.t) {
                    read.t = known.t;
                    if read.id != known.id {
                        read.id = "".into();
                    }
                }
                if slot.known.as_ref() != Some(&read) {
                    self.moved();
                }
                slot.known = Some(read);
            }
            slot.read_at = Some(now);
            slot.known.clone()
        })
    }

    /// The id of the watermark known now, if it is the last one for sure: what a render that starts now has seen.
    pub(crate) fn watermark_id(&self) -> Option<Box<str>> {
        self.with_watermark(|slot| slot.known.as_ref().map(|w| w.id.clone()).filter(|id| !id.is_empty()))
    }

    // ---- entries

    /// An entry in memory that may still be used without asking the store.
    pub(crate) fn held(&self, key: &str, now: UnixMillis) -> Option<Held<B>> {
        let mut inner = self.inner.borrow_mut();
        // A request can end in the middle of its write.
        inner.pending.retain(|(_, held)| held.until > now);
        if let Some((_, held)) = inner.pending.iter().find(|(name, _)| &**name == key) {
            return Some(held.clone());
        }
        let held = inner.bodies.get(key)?;
        if held.until > now {
            return Some(held.clone());
        }
        inner.bodies.remove(key);
        None
    }

    /// Notes a read of a key; true from the second read within a minute on, when its body is worth holding.
    pub(crate) fn read_again(&self, key: &str, now: UnixMillis) -> bool {
        self.with_key(key, |times| times.read_at.replace(now).is_some_and(|at| now.since(at) < CATCH_UP_MS))
    }

    /// What is larger than this is not held.
    pub(crate) fn largest_body(&self) -> u64 {
        LARGEST_BODY.min(self.inner.borrow().bodies.most() as u64)
    }

    /// Holds a body that was read from the store.
    pub(crate) fn hold(&self, key: &str, entry: Rc<Entry>, body: B, now: UnixMillis) {
        self.keep(key, Held { entry, body, until: now.plus_ms(HOLD_MS) });
    }

    fn keep(&self, key: &str, held: Held<B>) {
        if held.entry.body_len > LARGEST_BODY {
            return;
        }
        let mut inner = self.inner.borrow_mut();
        if inner.bodies.peek(key).is_some_and(|known| known.entry.created > held.entry.created) {
            return;
        }
        // The header's own text is part of what it costs.
        let headers: usize = held.entry.headers.iter().map(|(n, v)| n.len().saturating_add(v.len())).sum();
        let bytes = usize::try_from(held.entry.body_len).unwrap_or(usize::MAX);
        let weight = bytes.saturating_add(headers).saturating_add(key.len()).saturating_add(512);
        inner.bodies.put(key, held, weight);
        self.moved();
    }

    // ---- own writes

    /// Notes a write that begins: from now on this isolate reads it. False if it already knows a newer one.
    pub(crate) fn writing(&self, key: &str, entry: &Rc<Entry>, body: &B, now: UnixMillis) -> bool {
        let newer = self.with_key(key, |times| {
            let newer = times.written.as_ref().is_some_and(|(known, _)| known.created > entry.created);
            if !newer {
                times.written = Some((Rc::clone(entry), now));
                (times.retry_at, times.failing) = (None, None);
            }
            newer
        });
        if newer {
            return false;
        }
        let held = Held { entry: Rc::clone(entry), body: body.clone(), until: now.plus_ms(CATCH_UP_MS) };
        self.keep(key, held.clone());
        let mut inner = self.inner.borrow_mut();
        inner.pending.retain(|(name, _)| &**name != key);
        inner.pending.push((key.into(), held));
        self.moved();
        true
    }

    /// Whether one more variant of a URL may be written, or this one again (T10). One without a name is always one more.
    pub(crate) fn may_vary(&self, base: &str, variant: &str, now: UnixMillis) -> bool {
        // FNV-1a: two variants that it takes for one are two all the same where they are stored.
        let step = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        let id = variant.bytes().fold(0x811c_9dc5, step);
        self.with_key(base, |times| {
            let (since, known) = times.variants.get_or_insert_with(|| (now, Vec::new()));
            if now.since(*since) > HOUR_MS {
                (*since, *known) = (now, Vec::new());
            }
            let is_known = !variant.is_empty() && known.contains(&id);
            if !is_known && known.len() < MOST_VARIANTS {
                known.push(id);
                return true;
            }
            is_known
        })
    }

    /// The write has ended, well or not.
    pub(crate) fn written(&self, key: &str, entry: &Entry) {
        self.moved();
        self.inner
            .borrow_mut()
            .pending
            .retain(|(name, held)| &**name != key || held.entry.created != entry.created);
    }

    /// The header of what this isolate wrote to a key within the last minute.
    pub(crate) fn recently_written(&self, key: &str, now: UnixMillis) -> Option<(Rc<Entry>, UnixMillis)> {
        self.with_key(key, |times| {
            times.written.as_ref().filter(|(_, at)| now.since(*at) < CATCH_UP_MS).cloned()
        })
    }

    /// The write did not reach the store: the key may be written again.
    pub(crate) fn unwritten(&self, key: &str, entry: &Entry) {
        self.with_key(key, |times| {
            // A newer write may have begun meanwhile.
            times.written.take_if(|(known, _)| known.created == entry.created);
        });
    }

    fn with_key<R>(&self, key: &str, f: impl FnOnce(&mut KeyTimes) -> R) -> R {
        let mut inner = self.inner.borrow_mut();
        if inner.keys.peek(key).is_none() {
            inner.keys.put(key, KeyTimes::default(), 1);
        }
        match inner.keys.get(key) {
            Some(times) => f(times),
            None => f(&mut KeyTimes::default()),
        }
    }
}
