//! Rust futures as JavaScript promises.

use std::future::Future;

use futures_util::FutureExt as _;
use js_sys::Promise;
use wasm_bindgen::JsValue;

use crate::worker::platform::settled;
use crate::worker::wait::start;

/// Starts a future: its value where it need not wait, else a promise. It is boxed first, so that the module holds the
/// machinery once and not per exported function.
pub(super) fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> JsValue {
    start(future.boxed_local())
}

/// Starts a future that nobody waits for, once what runs now has ended.
pub(super) fn later(future: impl Future<Output = ()> + 'static) -> JsValue {
    promise(async move {
        settled(Ok(Promise::resolve(&JsValue::UNDEFINED))).await?;
        future.await;
        Ok(JsValue::UNDEFINED)
    })
}
