//! Cached functions.

use std::rc::Rc;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::collector::Collector;
use super::engine::Engine;
use super::error::fail;
use super::life::{get, raw_tags, seconds_or_false, text};
use super::promise::promise;
use super::render::{JsRender, What, run};
use super::visit::Visit;
use crate::cache::lifetime::Lifetime;
use crate::cache::tag::{self, Tag};
use crate::error::ErrorCode;
use crate::flow::{Ask, Outcome, Policy};
use crate::reply::CacheState;
use crate::time::Seconds;

#[wasm_bindgen]
impl Engine {
    /// Answers a call of a cached function: `['value', value]` where it ran here, else `['stored', body]`.
    /// `outer`, the scope around the call, takes in its tags, lifetime and age. Rejects with what the function threw.
    pub fn data(&self, visit: &Visit, outer: &Collector, spec: &JsValue, render: Function) -> Promise {
        let (visit, outer, spec) = (visit.clone(), Rc::clone(&outer.scope), Spec::read(spec));
        promise(async move {
            let (flow, spec) = (visit.need_flow()?, spec?);
            // What goes into something that will be kept must not be stale (UC-19, UN-5).
            let persisted = outer.borrow().dynamic_reason().is_none();
            let ask = spec.ask(&visit, persisted);
            let render = JsRender { function: render, what: What::Data(visit.clone()) };
            let outcome = run(flow, Rc::new(ask), Rc::clone(&visit.inner), render).await?;
            let mut outer = outer.borrow_mut();
            let (what, value) = match outcome {
                // Of a page alone.
                Outcome::Absent => ("value", JsValue::UNDEFINED),
                Outcome::Stored { entry, body, state, .. } => {
                    // UN-6: what holds a stale value would count as fresh all its life.
                    if persisted && state == CacheState::Stale {
                        outer.dynamic("a stale input that could not be renewed");
                    }
                    match spec.unstable {
                        Some(limit) => outer.absorb_unstable(&entry.tags, entry.oldest, limit),
                        None => outer.absorb(&entry),
                    }
                    ("stored", body)
                }
                Outcome::Rendered { rendered, scope, .. } => {
                    let scope = scope.borrow();
                    match spec.unstable {
                        Some(limit) => {
                            outer.absorb_unstable(&scope.tags_with(&spec.tags), scope.oldest, limit)
                        }
                        None => outer.absorb_scope(&scope),
                    }
                    ("value", get(&rendered.live, "value"))
                }
            };
            Ok(Array::of2(&what.into(), &value).into())
        })
    }
}

struct Spec {
    id: String,
    args: String,
    shared: bool,
    /// An `unstable_cache`, with its limit.
    unstable: Option<Option<Seconds>>,
    tags: Vec<Tag>,
    /// Stored results are passed by (UN-4), though the new one is kept.
    fresh: bool,
}

impl Spec {
    fn read(spec: &JsValue) -> Result<Self, JsValue> {
        let id = text(spec, "id").ok_or_else(|| {
            fail(ErrorCode::Config, "cached(fn, { id }): id must be a string that names the function")
        })?;
        let limit = seconds_or_false(&get(spec, "revalidate"));
        let unstable = (text(spec, "kind").as_deref() == Some("unstable")).then_some(limit);
        let tags = get(spec, "tags").dyn_into::<Array>().unwrap_or_default();
        Ok(Self {
            id,
            args: text(spec, "args").unwrap_or_default(),
            shared: get(spec, "shared").is_truthy(),
            unstable,
            tags: tag::validate(raw_tags(&tags)).valid,
            fresh: get(spec, "fresh").is_truthy(),
        })
    }

    fn ask(&self, visit: &Visit, persisted: bool) -> Ask {
        let shared = &visit.shared;
        let build = if self.shared { "" } else { &*shared.build };
        let default = match self.unstable {
            // UN-1: without a limit of its own an unstable_cache entry never expires.
            Some(limit) => Lifetime { revalidate: limit.unwrap_or(Seconds::INFINITE), ..Lifetime::INFINITE },
            None => shared.profiles.default_lifetime(),
        };
        let kind = if self.unstable.is_some() { "unstable" } else { "cached" };
        Ask {
            key: shared.keys.data(build, &format!("{kind}:{}", self.id), &self.args),
            soft: visit.inner.soft(),
            implicit: self.tags.clone(),
            default,
            policy: Policy::Data { own: self.unstable.flatten().map(|_| default) },
            get: true,
            authorization: false,
            persisted,
            forgiving: self.unstable.is_some(),
            fresh: self.fresh,
            prerender: false,
            quiet: false,
        }
    }
}
