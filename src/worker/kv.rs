//! Workers KV as a [`Store`]: single texts through the `worker` crate, bodies as native streams that never enter wasm.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, JSON, Map, Object, Reflect, Uint8Array};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::ReadableStream;
use worker::kv::{KvError, KvStore};

use super::platform::{self, settled};
use crate::cache::codec::{self, Place};
use crate::store::{Store, StoreError, Stored};
use crate::time::UnixMillis;

/// What reads may be late by in the edge cache, in seconds: the least the platform takes.
const CACHE_TTL: u32 = 30;

#[wasm_bindgen]
extern "C" {
    /// The KV binding itself, for the calls that must pass values as they are: buffers, and metadata and maps, which
    /// `worker` would take apart and put together again.
    type RawKv;
    #[wasm_bindgen(method, catch)]
    async fn get(this: &RawKv, keys: &Array, options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn getWithMetadata(this: &RawKv, key: &str, options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn put(this: &RawKv, key: &str, value: &JsValue, options: &JsValue) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn list(this: &RawKv, options: &JsValue) -> Result<JsValue, JsValue>;
}

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
    kv: KvStore,
    raw: JsValue,
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
        let set = Reflect::set(&holder, &"kv".into(), binding).unwrap_or(false);
        let kv = if set { KvStore::from_this(&holder, "kv").ok() } else { None };
        let kv = kv.ok_or("it cannot be read")?;
        Ok(Self { kv, raw: binding.clone(), ops: Rc::default(), total: Rc::default() })
    }

    /// The same namespace, counting from zero.
    #[must_use]
    pub fn counting(&self) -> Self {
        Self { ops: Rc::default(), ..self.clone() }
    }

    /// The same namespace, counted nowhere: an operator who looks is no visitor.
    #[must_use]
    pub fn uncounted(&self) -> Self {
        Self { total: Rc::default(), ..self.clone() }
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
        let asked = [("prefix", prefix.into()), ("limit", (limit as f64).into()), ("cursor", cursor.into())];
        let page = self.raw().list(&options(&asked)?).await.map_err(thrown)?;
        let keys: Array = property(&page, "keys").dyn_into().unwrap_or_default();
        let keys = keys.iter().filter_map(|key| {
            Some((property(&key, "name").as_string()?, printed(&property(&key, "metadata"))))
        });
        let done = property(&page, "list_complete").is_truthy();
        Ok(Listed { keys: keys.collect(), cursor: property(&page, "cursor").as_string().filter(|_| !done) })
    }

    fn raw(&self) -> &RawKv {
        self.raw.unchecked_ref()
    }

    async fn put(&self, key: &str, value: &JsValue, asked: &[(&str, JsValue)]) -> Result<(), StoreError> {
        self.count(|ops| ops.puts = ops.puts.saturating_add(1));
        self.total.writes.set(self.total.writes.get().saturating_add(1));
        self.raw().put(key, value, &options(asked)?).await.map_err(thrown)?;
        Ok(())
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

fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

fn options(asked: &[(&str, JsValue)]) -> Result<JsValue, StoreError> {
    let options = Object::new();
    for (name, value) in asked {
        Reflect::set(&options, &(*name).into(), value).map_err(thrown)?;
    }
    Ok(options.into())
}

/// Metadata as the platform returns it becomes text, for our codec to read; `None` where there is none.
fn printed(metadata: &JsValue) -> Option<String> {
    JSON::stringify(metadata).ok()?.as_string().filter(|_| !metadata.is_null())
}

impl Store for Kv {
    type Body = Body;
    type Signal = JsValue;

    async fn entry(&self, key: &str) -> Result<Option<Stored<Body>>, StoreError> {
        self.count(|ops| ops.gets = ops.gets.saturating_add(1));
        self.count_reads(1);
        let asked = [("type", "stream".into()), ("cacheTtl", CACHE_TTL.into())];
        let found = self.raw().getWithMetadata(key, &options(&asked)?).await.map_err(thrown)?;
        let Ok(stream) = property(&found, "value").dyn_into::<ReadableStream>() else { return Ok(None) };
        let stream: Body = stream.into();
        let metadata = printed(&property(&found, "metadata"));
        let framed = metadata.as_deref().is_none_or(|text| codec::read_brief(text).is_some());
        if !framed {
            return Ok(Some(Stored { header: metadata, body: stream }));
        }
        #[allow(clippy::cast_precision_loss)] // a megabyte
        let frame = settled(platform::unframe(&stream, codec::FRAME_LIMIT as f64)).await.map_err(thrown)?;
        if frame.is_null() {
            return Ok(Some(Stored { header: None, body: JsValue::NULL }));
        }
        let frame: Array = frame.unchecked_into();
        Ok(Some(Stored { header: frame.get(0).as_string(), body: frame.get(1) }))
    }

    async fn text(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.count(|ops| ops.gets = ops.gets.saturating_add(1));
        self.count_reads(1);
        self.kv.get(key).cache_ttl(CACHE_TTL.into()).text().await.map_err(failed)
    }

    async fn texts(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError> {
        let asked = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        self.count(|ops| {
            ops.bulk_gets = ops.bulk_gets.saturating_add(1);
            ops.keys = ops.keys.saturating_add(asked);
        });
        self.count_reads(asked);
        let keys: Array = keys.iter().map(JsValue::from).collect();
        let asked = [("type", "text".into()), ("cacheTtl", CACHE_TTL.into())];
        let found = self.raw().get(&keys, &options(&asked)?).await.map_err(thrown)?;
        let found: &Map = found.unchecked_ref();
        Ok(keys.iter().map(|key| found.get(&key).as_string()).collect())
    }

    async fn put_text(&self, key: &str, value: &str, ttl: Option<u32>) -> Result<(), StoreError> {
        let ttl = ttl.map_or(JsValue::UNDEFINED, JsValue::from);
        self.put(key, &value.into(), &[("expirationTtl", ttl)]).await
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
        let metadata = JSON::parse(metadata).map_err(thrown)?;
        self.put(key, &value, &[("expirationTtl", ttl.into()), ("metadata", metadata)]).await
    }

    async fn hold(&self, body: Body) -> Result<Body, StoreError> {
        settled(platform::hold(&body)).await.map_err(thrown)
    }

    fn discard(&self, body: Body) {
        // What cannot be cancelled has ended.
        let _ = platform::discard(&body);
    }

    fn now(&self) -> UnixMillis {
        platform::now()
    }

    async fn sleep(&self, ms: u64) {
        #[allow(clippy::cast_precision_loss)] // seconds
        let _ = settled(platform::sleep(ms as f64)).await;
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
        #[allow(clippy::cast_precision_loss)] // seconds
        let _ = settled(platform::wait(signal, ms as f64)).await;
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
