//! Clock, entropy and streams of the JavaScript platform.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::time::UnixMillis;

#[wasm_bindgen(module = "/src/worker/platform.js")]
extern "C" {
    /// `[status, header lines]` of a response.
    pub(crate) fn head(response: &JsValue) -> Array;
    /// `[visitor's stream or null, promise of bytes or null]`.
    #[wasm_bindgen(catch)]
    pub(crate) fn collect(response: &JsValue, most: f64) -> Result<Array, JsValue>;
    /// Promise of bytes or null.
    #[wasm_bindgen(catch)]
    pub(crate) fn bytes(response: &JsValue, most: f64) -> Result<Promise, JsValue>;
    /// Header and body in one buffer.
    pub(crate) fn frame(header: Uint8Array, body: &Uint8Array) -> Uint8Array;
    /// Promise of `[header, rest]` or null.
    pub(crate) fn unframe(stream: &JsValue, limit: f64) -> Promise;
    /// Promise of a Blob.
    pub(crate) fn hold(body: &JsValue) -> Promise;
    /// Cancels a stream.
    pub(crate) fn discard(body: &JsValue);
    /// Promise of a quoted entity tag.
    pub(crate) fn etag(bytes: &Uint8Array) -> Promise;
    /// Promise that resolves after this time.
    pub(crate) fn sleep(ms: f64) -> Promise;
    /// A new signal.
    pub(crate) fn signal() -> Signal;
    /// Promise that resolves when the signal fires or the time is over.
    pub(crate) fn wait(signal: &Signal, ms: f64) -> Promise;

    /// Something that happens once.
    #[derive(Clone)]
    pub type Signal;
    /// Makes it happen.
    #[wasm_bindgen(method)]
    pub(crate) fn fire(this: &Signal);
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
