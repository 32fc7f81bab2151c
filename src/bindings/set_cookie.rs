//! `Set-Cookie` lines as objects, and back.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::error::throw;
use crate::error::Error;
use crate::http::set_cookie::{Priority, SameSite, SetCookie, split};
use crate::time::{Seconds, UnixMillis};

const SECURE: u8 = 1;
const HTTP_ONLY: u8 = 2;
const PARTITIONED: u8 = 4;

/// The line that sets a cookie (CK-5). `expires` is in milliseconds since the epoch, `max_age` in seconds; `flags`: 1 is
/// secure, 2 HTTP only, 4 partitioned.
#[wasm_bindgen(js_name = printSetCookie)]
#[allow(clippy::too_many_arguments)] // one object would be read property by property
pub fn print_set_cookie(
    name: &str,
    value: &str,
    path: Option<String>,
    domain: Option<String>,
    expires: Option<f64>,
    max_age: Option<f64>,
    same_site: Option<String>,
    priority: Option<String>,
    flags: u8,
) -> Result<String, JsValue> {
    let build = || -> Result<String, Error> {
        let mut cookie = SetCookie::builder(name, value)
            .path(path.as_deref().unwrap_or_default())
            .domain(domain.as_deref().unwrap_or_default());
        if let Some(ms) = expires {
            cookie = cookie.expires(moment(ms));
        }
        if let Some(seconds) = max_age {
            cookie = cookie.max_age(Seconds(seconds));
        }
        if let Some(text) = &same_site {
            cookie = cookie.same_site(text.parse()?);
        }
        if let Some(text) = &priority {
            cookie = cookie.priority(text.parse()?);
        }
        if flags & SECURE != 0 {
            cookie = cookie.secure();
        }
        if flags & HTTP_ONLY != 0 {
            cookie = cookie.http_only();
        }
        if flags & PARTITIONED != 0 {
            cookie = cookie.partitioned();
        }
        Ok(cookie.build()?.to_string())
    };
    build().map_err(|error| throw(&error))
}

/// The cookie of a line, with what is present alone; `undefined` for a line that sets none (CK-8).
#[wasm_bindgen(js_name = parseSetCookie)]
#[must_use]
pub fn parse_set_cookie(line: &str) -> JsValue {
    let Some(cookie) = SetCookie::parse(line) else {
        return JsValue::UNDEFINED;
    };
    let object = Object::new();
    let set = |name: &str, value: JsValue| {
        // A fresh object takes a property.
        let _ = Reflect::set(&object, &name.into(), &value);
    };
    let set_text = |name, text: Option<&str>| text.into_iter().for_each(|text| set(name, text.into()));
    let set_number = |name, number: Option<f64>| number.into_iter().for_each(|n| set(name, n.into()));
    let set_flag =
        |name, flag: bool| flag.then_some(JsValue::TRUE).into_iter().for_each(|yes| set(name, yes));
    set_text("name", Some(cookie.name()));
    set_text("value", Some(cookie.value()));
    set_text("domain", cookie.domain());
    set_number("expires", cookie.expires().map(|at| at.0 as f64));
    set_flag("httpOnly", cookie.http_only());
    set_number("maxAge", cookie.max_age().map(|seconds| seconds as f64));
    set_text("path", cookie.path());
    set_text("sameSite", cookie.same_site().map(SameSite::as_str));
    set_flag("secure", cookie.secure());
    set_text("priority", cookie.priority().map(Priority::as_str));
    set_flag("partitioned", cookie.partitioned());
    object.into()
}

/// The lines of a folded `Set-Cookie` (CK-13).
#[wasm_bindgen(js_name = splitCookiesString)]
#[must_use]
pub fn split_cookies_string(text: &str) -> Vec<String> {
    split(text).map(str::to_owned).collect()
}

/// A date of JavaScript. An invalid one is a moment that no cookie can have.
fn moment(ms: f64) -> UnixMillis {
    if ms.is_nan() { UnixMillis::FAR_FUTURE } else { UnixMillis(ms.floor() as i64) }
}
