//! The scope of a render, for `cacheLife`, `cacheTag` and everything that looks at the request.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::core::rejected;
use super::error::throw;
use super::life::{life, raw_tags};
use crate::cache::profile::Profiles;
use crate::cache::tag;
use crate::flow::Scope;
use crate::time::Seconds;

/// Collects what one render says of its own caching.
#[wasm_bindgen]
pub struct Collector {
    pub(super) scope: Scope,
    profiles: Rc<Profiles>,
}

impl Collector {
    pub(super) fn new(scope: Scope, profiles: Rc<Profiles>) -> Self {
        Self { scope, profiles }
    }
}

#[wasm_bindgen]
impl Collector {
    /// `cacheLife(profile)`.
    pub fn life(&self, profile: &JsValue) -> Result<(), JsValue> {
        let life = life(profile, &self.profiles).map_err(|error| throw(&error))?;
        self.scope.borrow_mut().life(life);
        Ok(())
    }

    /// `cacheTag(...tags)`; returns those that were rejected.
    pub fn tags(&self, list: &Array) -> Array {
        let validated = tag::validate(raw_tags(list));
        for tag in validated.valid {
            self.scope.borrow_mut().tag(tag);
        }
        rejected(&validated.rejected)
    }

    /// Lowers `revalidate` by that of an input, and tells what all inputs together have made of it.
    #[must_use]
    pub fn lower(&self, seconds: Option<f64>) -> f64 {
        let mut scope = self.scope.borrow_mut();
        let oldest = scope.oldest;
        scope.absorb_call(&[], &[], oldest, oldest, seconds.map(Seconds));
        scope.nested_revalidate().0
    }

    /// The render looked at its request.
    pub fn dynamic(&self, reason: &str) {
        self.scope.borrow_mut().dynamic(reason);
    }

    /// The first reason why it may not be kept.
    #[wasm_bindgen(js_name = isDynamic)]
    #[must_use]
    pub fn is_dynamic(&self) -> Option<String> {
        self.scope.borrow().dynamic_reason().map(str::to_owned)
    }
}
