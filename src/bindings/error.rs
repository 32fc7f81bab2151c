//! The only place that makes a JavaScript error: a real `Error` with a stable `code`.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use crate::error::{Error, ErrorCode};

/// The error as JavaScript sees it.
pub(super) fn throw(error: &Error) -> JsValue {
    let thrown = js_sys::Error::new(error.message());
    thrown.set_name("FreshtagError");
    // A fresh Error object takes a property.
    let _ = Reflect::set(&thrown, &"code".into(), &error.code().as_str().into());
    thrown.into()
}

/// An error of this code.
pub(super) fn fail(code: ErrorCode, message: impl Into<String>) -> JsValue {
    throw(&Error::new(code, message))
}
