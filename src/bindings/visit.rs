//! One request, as JavaScript holds it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::collector::Collector;
use super::engine::Shared;
use super::error::{fail, throw};
use super::life::{life, object, show};
use super::promise::later;
use crate::cache::scope::Collected;
use crate::cache::seen::{self, Floors};
use crate::cache::tag::{self, RawTag, Tag, Validated};
use crate::error::ErrorCode;
use crate::flow::{self, Scope};
use crate::route::path_tags::revalidate_path_tags;
use crate::store::{Defer, How};
use crate::time::Seconds;
use crate::worker::kv::Kv;
use crate::worker::platform;

/// One request: what it may believe, what it revalidates, and who keeps it alive.
#[wasm_bindgen]
#[derive(Clone)]
pub struct Visit {
    pub(super) inner: Rc<flow::Visit>,
    pub(super) kv: Option<Kv>,
    pub(super) shared: Rc<Shared>,
}

impl Visit {
    pub(super) fn new(shared: &Rc<Shared>, kv: Option<Kv>, floors: Floors, defer: &JsValue) -> Self {
        let inner = flow::Visit::new(floors, deferring(defer));
        Self { inner: Rc::new(inner), kv, shared: Rc::clone(shared) }
    }

    /// The request and the scope of a render, for the function that renders.
    pub(super) fn hand_over(&self, inner: Rc<flow::Visit>, scope: Scope) -> (JsValue, JsValue) {
        let collector = Collector::new(scope, Rc::clone(&self.shared.profiles));
        (Self { inner, ..self.clone() }.into(), collector.into())
    }
}

/// Hands background work to `waitUntil`; without one it simply runs.
fn deferring(defer: &JsValue) -> Defer {
    let defer = defer.dyn_ref::<Function>().cloned();
    Rc::new(move |task| {
        let promise = later(task);
        if let Some(defer) = &defer {
            // A refusing waitUntil leaves the promise running as long as the platform lets it.
            let _ = defer.call1(&JsValue::UNDEFINED, &promise);
        }
    })
}

#[wasm_bindgen]
impl Visit {
    /// `revalidateTag(tag, profile)`: checks both now, and hides older data from this request from here on.
    #[wasm_bindgen(js_name = recordTag)]
    pub fn record_tag(&self, value: &JsValue, profile: &JsValue) -> Result<usize, JsValue> {
        let tag = checked_tag(value)?;
        let how = self.how(profile)?;
        Ok(self.inner.record(vec![tag], how, platform::now()))
    }

    /// `revalidatePath(path, type)`: `{ id, warning }`.
    #[wasm_bindgen(js_name = recordPath)]
    pub fn record_path(&self, path: &JsValue, kind: &JsValue) -> Result<JsValue, JsValue> {
        let path = path.as_string().ok_or_else(|| {
            fail(
                ErrorCode::InvalidPath,
                format!("revalidatePath(path): path must be a string, not {}", show(path)),
            )
        })?;
        let found = revalidate_path_tags(&path, kind.as_string().as_deref());
        let id = self.inner.record(found.tags, How::Expire, platform::now());
        let warning = found.warning.map_or(JsValue::UNDEFINED, JsValue::from);
        Ok(object([("id", id.into()), ("warning", warning)]))
    }

    /// A scope for code that runs outside of any render that could be kept: a POST, an action.
    #[must_use]
    pub fn detached(&self) -> Collector {
        let default = self.shared.profiles.default_lifetime();
        let mut collected = Collected::new(default, platform::now(), None);
        collected.dynamic("outside of a render");
        Collector::new(Rc::new(RefCell::new(collected)), Rc::clone(&self.shared.profiles))
    }

    /// The `Set-Cookie` value that lets this visitor read what it wrote; nothing without a secret.
    #[wasm_bindgen(js_name = seenCookie)]
    #[must_use]
    pub fn seen_cookie(&self) -> Option<String> {
        let (secret, floors) = (self.shared.secrets.first()?, self.inner.own_floors()?);
        let value = floors.sign(secret, &self.shared.namespace, platform::now());
        Some(seen::set_cookie(&value, true))
    }
}

impl Visit {
    /// What a profile means for a revalidation (RV-2, RV-3). Unlike Next, an unknown name fails here (RV-4).
    fn how(&self, profile: &JsValue) -> Result<How, JsValue> {
        if profile.is_falsy() {
            return Ok(How::Expire);
        }
        how(profile, &self.shared).map_err(|error| throw(&error))
    }
}

/// A profile name or `{ expire }` as what it does to entries.
pub(super) fn how(profile: &JsValue, shared: &Shared) -> Result<How, crate::error::Error> {
    let life = life(profile, &shared.profiles)?;
    Ok(match life.expire {
        // `expire: 0` is an immediate expiry (RV-11).
        Some(expire) if expire.0 <= 0.0 => How::Expire,
        expire => How::StaleThenExpire(expire.unwrap_or(Seconds::INFINITE)),
    })
}

/// A tag that may be revalidated: a string. Unlike in Next, its length counts, as a longer one cannot be on an entry.
pub(super) fn checked_tag(value: &JsValue) -> Result<Tag, JsValue> {
    let raw = super::life::raw_tag(value);
    if let RawTag::NotAString(shown) = &raw {
        return Err(fail(ErrorCode::InvalidTag, format!("tag must be a string, not {shown}")));
    }
    let Validated { mut valid, rejected } = tag::validate([raw]);
    match (valid.pop(), rejected.first()) {
        (Some(tag), _) => Ok(tag),
        (None, Some(rejected)) => {
            Err(fail(ErrorCode::InvalidTag, format!("tag {}", rejected.reason.message())))
        }
        (None, None) => Err(fail(ErrorCode::InvalidTag, "tag is missing")),
    }
}

/// The floors of the visitor's cookie, if it has a genuine one.
pub(super) fn floors(shared: &Shared, cookie: &str) -> Floors {
    let genuine = || {
        // More than one is as good as none (T32).
        let [value] = *crate::http::cookie::values_of(cookie, seen::COOKIE) else { return None };
        let now = platform::now();
        shared.secrets.iter().find_map(|secret| Floors::verify(value, secret, &shared.namespace, now))
    };
    genuine().unwrap_or_default()
}
