//! Rust futures as JavaScript promises.

use std::future::{Future, poll_fn};

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::future_to_promise;

use crate::worker::platform;

/// Starts a future. It is boxed first, so that the module holds the machinery once and not per exported function.
pub(super) fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    start(future.boxed_local())
}

fn start(mut future: LocalBoxFuture<'static, Result<JsValue, JsValue>>) -> Promise {
    future_to_promise(poll_fn(move |cx| {
        // Neither fails; what matters is that the second is not reached after a trap.
        let _ = platform::enter();
        let polled = future.as_mut().poll(cx);
        let _ = platform::leave();
        polled
    }))
}
