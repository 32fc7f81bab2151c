//! Rust futures as JavaScript promises.

use std::future::Future;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

/// Starts a future. It is boxed first, so that the module holds the machinery once and not per exported function.
pub(super) fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    start(future.boxed_local())
}

fn start(future: LocalBoxFuture<'static, Result<JsValue, JsValue>>) -> Promise {
    future_to_promise(future)
}
