//! Clock, entropy and streams of the JavaScript platform.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::ReadableStream;

use super::wait::hear;
use crate::time::UnixMillis;

// Each import may throw: wasm-bindgen then routes all of them through one module entry.
#[wasm_bindgen(module = "/src/worker/platform.js")]
extern "C" {
    /// `[status, header lines]` of a response.
    #[wasm_bindgen(catch)]
    pub(crate) fn head(response: &JsValue) -> Result<Array, JsValue>;
    /// `[visitor's stream or null, promise of bytes or null]`.
    #[wasm_bindgen(catch)]
    pub(crate) fn collect(response: &JsValue, most: f64) -> Result<Array, JsValue>;
    /// Promise of bytes or null.
    #[wasm_bindgen(catch)]
    pub(crate) fn bytes(response: &JsValue, most: f64) -> Result<Promise, JsValue>;
    /// Header and body in one buffer.
    #[wasm_bindgen(catch)]
    pub(crate) fn frame(header: Uint8Array, body: &Uint8Array) -> Result<Uint8Array, JsValue>;
    /// Promise of `[header, rest]` or null.
    #[wasm_bindgen(catch)]
    pub(crate) fn unframe(stream: &ReadableStream, limit: f64) -> Result<Promise, JsValue>;
    /// Promise of a Blob.
    #[wasm_bindgen(catch)]
    pub(crate) fn hold(body: &JsValue) -> Result<Promise, JsValue>;
    /// A Response of a body.
    #[wasm_bindgen(catch)]
    pub(crate) fn answer(body: &JsValue) -> Result<JsValue, JsValue>;
    /// A body that fails where it is not so many bytes long.
    #[wasm_bindgen(catch, js_name = whole)]
    fn whole_of(body: &JsValue, length: f64) -> Result<JsValue, JsValue>;
    /// The bytes of a body from `start` up to `end`.
    #[wasm_bindgen(catch)]
    pub(crate) fn slice(body: &JsValue, start: f64, end: f64) -> Result<JsValue, JsValue>;
    /// The path and query of a reference, seen from an address, if it is of the same host; else nothing.
    #[wasm_bindgen(catch)]
    pub(crate) fn local(reference: &str, address: &str) -> Result<Array, JsValue>;
    /// Cancels a stream.
    #[wasm_bindgen(catch)]
    pub(crate) fn discard(body: &JsValue) -> Result<(), JsValue>;
    /// Promise of a quoted entity tag.
    #[wasm_bindgen(catch)]
    pub(crate) fn etag(bytes: &Uint8Array) -> Result<Promise, JsValue>;
    /// Tells of the end of a promise as wait `id`, or of an error after `ms`, if that is not 0.
    #[wasm_bindgen(catch)]
    pub(super) fn listen(id: u32, promise: &Promise, watch: &JsValue, ms: u32) -> Result<(), JsValue>;
    /// Tells of an error after `ms` as wait `id`.
    #[wasm_bindgen(catch)]
    pub(super) fn alarm(id: u32, watch: &JsValue, ms: u32) -> Result<(), JsValue>;
    /// Nobody waits for `id` any more.
    #[wasm_bindgen(catch)]
    pub(super) fn hush(id: u32, watch: &JsValue) -> Result<(), JsValue>;
    /// A namespace for the `worker` crate, whose reads tell of a trap likewise.
    #[wasm_bindgen(catch)]
    pub(super) fn audible(kv: &JsValue) -> Result<JsValue, JsValue>;
    /// Promise of what task `id` comes to.
    #[wasm_bindgen(catch)]
    pub(super) fn pending(id: u32) -> Result<JsValue, JsValue>;
    /// Settles that.
    #[wasm_bindgen(catch)]
    pub(super) fn finish(id: u32, ok: bool, value: &JsValue) -> Result<(), JsValue>;
    /// Who hears of what was waited for, and of a trap.
    #[wasm_bindgen(catch)]
    pub(crate) fn connect(glue: &JsValue) -> Result<(), JsValue>;
    /// A new signal: `{ happened, fire }`.
    #[wasm_bindgen(catch)]
    pub(crate) fn signal() -> Result<JsValue, JsValue>;
    /// Makes it happen.
    #[wasm_bindgen(catch)]
    pub(crate) fn fire(signal: &JsValue) -> Result<(), JsValue>;
    /// Promise that resolves when it happens.
    #[wasm_bindgen(catch)]
    pub(crate) fn happened(signal: &JsValue) -> Result<Promise, JsValue>;
}

/// A stored body, which fails where it is not as long as its entry says.
pub(crate) fn whole(body: &JsValue, length: u64) -> JsValue {
    #[allow(clippy::cast_precision_loss)] // megabytes
    whole_of(body, length as f64).unwrap_or_default()
}

/// What a promise comes to, where making it did not throw.
pub(crate) async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    settled_for(promise, &JsValue::UNDEFINED).await
}

/// Likewise, for the request with this timer.
pub(crate) async fn settled_for(
    promise: Result<Promise, JsValue>,
    watch: &JsValue,
) -> Result<JsValue, JsValue> {
    hear(promise, watch, 0).await
}

/// The time. A Worker's clock stands still between I/O.
#[must_use]
pub fn now() -> UnixMillis {
    #[allow(clippy::cast_possible_truncation)] // whole milliseconds, far below 2^53
    UnixMillis(js_sys::Date::now() as i64)
}

/// Random bits from the platform's generator; `None` where it refuses (at a module's top level).
#[must_use]
pub fn random() -> Option<u64> {
    #[cfg(target_arch = "wasm32")]
    {
        getrandom::u64().ok()
    }
    #[cfg(not(target_arch = "wasm32"))]
    {
        None
    }
}

/// 16 random bytes, likewise.
#[must_use]
pub fn random_id() -> Option<[u8; 16]> {
    let both = (u128::from(random()?) << 64) | u128::from(random()?);
    Some(both.to_be_bytes())
}
