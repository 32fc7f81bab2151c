//! Clock, entropy and streams of the JavaScript platform.

use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;

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
    pub(crate) fn unframe(stream: &JsValue, limit: f64) -> Result<Promise, JsValue>;
    /// Promise of a Blob.
    #[wasm_bindgen(catch)]
    pub(crate) fn hold(body: &JsValue) -> Result<Promise, JsValue>;
    /// A Response of a body.
    #[wasm_bindgen(catch)]
    pub(crate) fn answer(body: &JsValue) -> Result<JsValue, JsValue>;
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
    /// Promise that resolves after this time.
    #[wasm_bindgen(catch)]
    fn sleep(ms: f64) -> Result<Promise, JsValue>;
    /// Ends a sleep that nobody waits for.
    #[wasm_bindgen(catch)]
    fn wake(sleep: &JsValue) -> Result<(), JsValue>;
    /// The same promise, or one that rejects after this time.
    #[wasm_bindgen(catch, js_name = within)]
    fn within_ms(promise: &Promise, ms: f64) -> Result<Promise, JsValue>;
    /// The same promise, for a module that may trap when it hears of it.
    #[wasm_bindgen(catch)]
    fn heard(promise: &Promise) -> Result<Promise, JsValue>;
    /// A namespace for the `worker` crate, whose reads are heard of likewise.
    #[wasm_bindgen(catch)]
    pub(crate) fn audible(kv: &JsValue) -> Result<JsValue, JsValue>;
    /// The module runs on its own, called by nobody who would notice that it trapped.
    #[wasm_bindgen(catch)]
    pub(crate) fn enter() -> Result<(), JsValue>;
    /// It has come to an end.
    #[wasm_bindgen(catch)]
    pub(crate) fn leave() -> Result<(), JsValue>;
    /// Whom to tell that the module trapped.
    #[wasm_bindgen(catch, js_name = onTrap)]
    pub(crate) fn on_trap(told: &Function) -> Result<(), JsValue>;
    /// A new signal: `{ happened, fire }`.
    #[wasm_bindgen(catch)]
    pub(crate) fn signal() -> Result<JsValue, JsValue>;
    /// Makes it happen.
    #[wasm_bindgen(catch)]
    pub(crate) fn fire(signal: &JsValue) -> Result<(), JsValue>;
    /// Promise that resolves when the signal fires or the time is over.
    #[wasm_bindgen(catch)]
    pub(crate) fn wait(signal: &JsValue, ms: f64) -> Result<Promise, JsValue>;
}

/// What a promise comes to, where making it did not throw.
pub(crate) async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(heard(&promise?)?).await
}

/// The same promise, or one that rejects after `ms`.
pub(crate) fn within(promise: &Promise, ms: i64) -> Result<Promise, JsValue> {
    #[allow(clippy::cast_precision_loss)] // seconds
    within_ms(promise, ms as f64)
}

/// Waits, in ms. Its timer ends with the future.
pub(crate) async fn sleep_for(ms: u64) {
    #[allow(clippy::cast_precision_loss)] // seconds
    let Ok(sleep) = sleep(ms as f64) else { return };
    let sleep = Sleep(sleep);
    let _ = settled(Ok(sleep.0.clone())).await;
}

struct Sleep(Promise);

impl Drop for Sleep {
    fn drop(&mut self) {
        // A timer that goes off for nobody does no harm.
        let _ = wake(&self.0);
    }
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
