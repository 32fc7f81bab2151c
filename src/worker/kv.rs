//! Workers KV as a [`Store`]: bodies are native streams that never enter wasm.

use std::cell::Cell;
use std::rc::Rc;

use futures_util::FutureExt as _;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::ReadableStream;
use worker::kv::{KvError, KvStore};

use super::platform;
use super::wait::{alarm, hear};
use crate::cache::codec::{self, Place};
use crate::store::{Store, StoreError, Stored, before};
use crate::time::UnixMillis;

/// What reads may be late by in the edge cache, in seconds: the least the platform takes.
const CACHE_TTL: u32 = 30;

#[wasm_bindgen(module = "/src/worker/platform.js")]
extern "C" {
    /// Promise of `[stream, metadata as JSON or null]`, or null. `watch` may have begun to read it.
    #[wasm_bindgen(catch)]
    fn entry(kv: &JsValue, key: &str, cache_ttl: u32, watch: &JsValue) -> Result<Promise, JsValue>;
    /// Promise of a list of texts or nulls.
    #[wasm_bindgen(catch)]
    fn texts(kv: &JsValue, keys: &Array, cache_ttl: u32) -> Result<Promise, JsValue>;
    /// Promise of nothing. `metadata` is JSON.
    #[wasm_bindgen(catch)]
    fn put(
        kv: &JsValue,
        key: &str,
        value: &JsValue,
        ttl: Option<u32>,
        metadata: Option<&str>,
    ) -> Result<Promise, JsValue>;
    /// Promise of `[cursor or null, name, metadata as JSON or null, name, …]`.
    #[wasm_bindgen(catch)]
    fn list(kv: &JsValue, prefix: &str, cursor: Option<String>, limit: f64) -> Result<Promise, JsValue>;
}

/// How long a read is waited for, in ms.
const READ_MS: u32 = 1_000;
/// Likewise a listing, which is no visitor's.
const LIST_MS: u32 = 5_000;
/// Likewise the put of an entry: all its tries end within the 30 s that the platform leaves them.
const PUT_ENTRY_MS: u32 = 8_000;
/// Likewise the put of a text, which may still undo a later one, and is then written again.
const PUT_TEXT_MS: u32 = 30_000;

/// What one request asked of the store.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ops {
    /// Single reads.
    pub gets: u32,
    /// Bulk reads.
    pub bulk_gets: u32,
    /// Keys in bulk reads.
    pub keys: u32,
    /// Writes.
    pub puts: u32,
    /// Listings.
    pub lists: u32,
}

/// A namespace, with operations counted for one request.
#[derive(Clone)]
pub struct Kv {
    kv: Rc<KvStore>,
    binding: Rc<JsValue>,
    /// The timer of the request.
    watch: Rc<JsValue>,
    ops: Rc<Cell<Ops>>,
    total: Rc<Total>,
}

/// What all requests of the isolate asked of the store, as it is paid for.
#[derive(Debug, Default)]
pub struct Total {
    /// Keys read.
    pub reads: Cell<u32>,
    /// Keys written.
    pub writes: Cell<u32>,
}

/// A body: a stream to be read once, a Blob, or bytes.
pub type Body = JsValue;

/// A page of a listing.
pub struct Listed {
    /// Names, each with its metadata as JSON.
    pub keys: Vec<(String, Option<String>)>,
    /// Where to go on; `None` at the end.
    pub cursor: Option<String>,
}

impl Kv {
    /// Takes any object with KV's methods; `list` is asked for by the admin paths only.
    ///
    /// # Errors
    ///
    /// Where the value is no object, or one of `get`, `getWithMetadata` and `put` is no function.
    pub fn new(binding: &JsValue) -> Result<Self, String> {
        if !binding.is_object() {
            return Err("it is not an object".to_owned());
        }
        for method in ["get", "getWithMetadata", "put"] {
            let found = Reflect::get(binding, &method.into()).unwrap_or_default();
            if !found.is_function() {
                return Err(format!("it has no method {method}()"));
            }
        }
        let holder = Object::new();
        let audible = platform::audible(binding).unwrap_or_default();
        let set = Reflect::set(&holder, &"kv".into(), &audible).unwrap_or(false);
        let kv = if set { KvStore::from_this(&holder, "kv").ok() } else { None };
        let kv = kv.ok_or("it cannot be read")?;
        let watch = Rc::new(JsValue::UNDEFINED);
        Ok(Self {
            kv: Rc::new(kv),
            binding: Rc::new(binding.clone()),
            watch,
            ops: Rc::default(),
            total: Rc::default(),
        })
    }

    /// The same namespace for another request: counting from zero, and late by the timer of its own.
    #[must_use]
    pub fn of(&self, watch: &JsValue) -> Self {
        Self { ops: Rc::default(), watch: Rc::new(watch.clone()), ..self.clone() }
    }

    /// The same namespace, counted nowhere: an operator who looks is no visitor.
    #[must_use]
    pub fn uncounted(&self) -> Self {
        Self { total: Rc::default(), ..self.clone() }
    }

    /// The timer of the request.
    #[must_use]
    pub fn watch(&self) -> &Rc<JsValue> {
        &self.watch
    }

    /// What all requests of the isolate asked so far.
    #[must_use]
    pub fn total(&self) -> &Rc<Total> {
        &self.total
    }

    /// What was asked so far.
    #[must_use]
    pub fn ops(&self) -> Ops {
        self.ops.get()
    }

    /// Lists names with their metadata, `limit` at most.
    ///
    /// # Errors
    ///
    /// What the store answered.
    pub async fn list(&self, prefix: &str, cursor: Option<String>, limit: u64) -> Result<Listed, StoreError> {
        self.count(|ops| ops.lists = ops.lists.saturating_add(1));
        #[allow(clippy::cast_precision_loss)] // a thousand
        let page = self.answer(list(&self.binding, prefix, cursor, limit as f64), LIST_MS).await?;
        let page: Array = page.unchecked_into();
        let (cursor, mut rest, mut keys) = (page.shift().as_string(), page.iter(), Vec::new());
        while let Some(name) = rest.next().and_then(|name| name.as_string()) {
            keys.push((name, rest.next().and_then(|metadata| metadata.as_string())));
        }
        Ok(Listed { keys, cursor })
    }

    async fn put(
        &self,
        key: &str,
        value: &JsValue,
        ttl: Option<u32>,
        metadata: Option<&str>,
        ms: u32,
    ) -> Result<(), StoreError> {
        self.count(|ops| ops.puts = ops.puts.saturating_add(1));
        self.total.writes.set(self.total.writes.get().saturating_add(1));
        self.answer(put(&self.binding, key, value, ttl, metadata), ms).await.map(drop)
    }

    /// What a call of the store comes to, within `ms`.
    async fn answer(&self, called: Result<Promise, JsValue>, ms: u32) -> Result<JsValue, StoreError> {
        hear(called, &self.watch, ms).await.map_err(thrown)
    }

    /// A read that the glue made for itself.
    pub fn looked(&self) {
        self.count_reads(1);
    }

    fn count_reads(&self, keys: u32) {
        self.total.reads.set(self.total.reads.get().saturating_add(keys));
    }

    fn count(&self, change: impl FnOnce(&mut Ops)) {
        let mut ops = self.ops.get();
        change(&mut ops);
        self.ops.set(ops);
    }
}

impl Store for Kv {
    type Body = Body;
    type Signal = JsValue;

    async fn entry(&self, key: &str) -> Result<Option<Stored<Body>>, StoreError> {
        self.count(|ops| ops.gets = ops.gets.saturating_add(1));
        self.count_reads(1);
        let began = platform::now();
        let Ok(found) = self
            .answer(entry(&self.binding, key, CACHE_TTL, &self.watch), READ_MS)
            .await?
            .dyn_into::<Array>()
        else {
            return Ok(None);
        };
        let (stream, metadata) = (found.get(0).unchecked_into::<ReadableStream>(), found.get(1).as_string());
        let framed = metadata.as_deref().is_none_or(|text| codec::read_brief(text).is_some());
        if !framed {
            return Ok(Some(Stored { header: metadata, body: stream.into() }));
        }
        #[allow(clippy::cast_precision_loss)] // a megabyte
        let frame = platform::unframe(&stream, codec::FRAME_LIMIT as f64);
        let taken = u32::try_from(platform::now().since(began)).unwrap_or(READ_MS);
        let left = READ_MS.saturating_sub(taken).max(1);
        let frame = self.answer(frame, left).await?;
        if frame.is_null() {
            return Ok(Some(Stored { header: None, body: JsValue::NULL }));
        }
        let frame: Array = frame.unchecked_into();
        Ok(Some(Stored { header: frame.get(0).as_string(), body: frame.get(1) }))
    }

    async fn text(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.count(|ops| ops.gets = ops.gets.saturating_add(1));
        self.count_reads(1);
        let mut read = self.kv.get(key).cache_ttl(CACHE_TTL.into()).text().boxed_local();
        let late = || StoreError::Failed(["no answer within ", &READ_MS.to_string(), " ms"].concat());
        let text = before(&mut read, self.sleep(READ_MS.into()).boxed_local()).await;
        text.ok_or_else(late)?.map_err(failed)
    }

    async fn texts(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        let asked = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        self.count(|ops| {
            ops.bulk_gets = ops.bulk_gets.saturating_add(1);
            ops.keys = ops.keys.saturating_add(asked);
        });
        self.count_reads(asked);
        let keys: Array = keys.iter().map(JsValue::from).collect();
        let found: Array =
            self.answer(texts(&self.binding, &keys, CACHE_TTL), READ_MS).await?.unchecked_into();
        Ok(found.iter().map(|text| text.as_string()).collect())
    }

    async fn put_text(&self, key: &str, value: &str, ttl: Option<u32>) -> Result<(), StoreError> {
        self.put(key, &value.into(), ttl, None, PUT_TEXT_MS).await
    }

    async fn put_entry(
        &self,
        key: &str,
        header: &str,
        brief: &str,
        body: &Body,
        ttl: u32,
    ) -> Result<(), StoreError> {
        let body: &Uint8Array = body.unchecked_ref();
        let (value, metadata) = match codec::place(header) {
            Place::Metadata => (body.clone(), header),
            Place::Frame => (
                platform::frame(Uint8Array::from(codec::frame(header).as_slice()), body).map_err(thrown)?,
                brief,
            ),
        };
        self.put(key, &value, Some(ttl), Some(metadata), PUT_ENTRY_MS).await
    }

    async fn hold(&self, body: Body) -> Result<Body, StoreError> {
        self.answer(platform::hold(&body), READ_MS).await
    }

    fn discard(&self, body: Body) {
        // What cannot be cancelled has ended.
        let _ = platform::discard(&body);
    }

    fn now(&self) -> UnixMillis {
        platform::now()
    }

    async fn sleep(&self, ms: u64) {
        // It ends with an error, as whatever was waited for did not come.
        let _ = alarm(&self.watch, u32::try_from(ms).unwrap_or(u32::MAX)).await;
    }

    fn random(&self) -> u64 {
        // Jitter and watermark ids: where entropy fails, time will do.
        platform::random().unwrap_or_else(|| platform::now().0.unsigned_abs())
    }

    fn signal(&self) -> JsValue {
        platform::signal().unwrap_or_default()
    }

    fn fire(&self, signal: &JsValue) {
        // Followers have their own timer.
        let _ = platform::fire(signal);
    }

    async fn wait(&self, signal: &JsValue, ms: u64) {
        // With a timer of this request: the other one may be cut short.
        let ms = u32::try_from(ms).unwrap_or(u32::MAX);
        let _ = hear(platform::happened(signal), &self.watch, ms).await;
    }
}

fn failed(error: KvError) -> StoreError {
    match error {
        KvError::JavaScript(value) => thrown(value),
        // The others are of calls that are not made here, and to print them takes a kilobyte.
        _ => StoreError::Failed("the call cannot be made".to_owned()),
    }
}

/// KV says 429 in its message only, and uses it for the daily limit too, which no retry helps.
fn thrown(value: JsValue) -> StoreError {
    let text = value
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| value.as_string().unwrap_or_default(), |error| String::from(error.message()));
    if text.contains("429") && !text.contains("limit exceeded for the day") {
        StoreError::RateLimited
    } else {
        StoreError::Failed(text)
    }
}
