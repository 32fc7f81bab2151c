//! Cached functions.

use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};

use super::collector::Collector;
use super::engine::Engine;
use super::error::fail;
use super::life::{get, raw_tags, seconds_or_false, text};
use super::render::DataRender;
use super::visit::Visit;
use crate::cache::lifetime::Lifetime;
use crate::cache::tag::{self, Tag};
use crate::error::ErrorCode;
use crate::flow::{Ask, Outcome, Policy};
use crate::time::Seconds;

#[wasm_bindgen]
impl Engine {
    /// Answers a call of a cached function: `['value', value]` where it ran here, else `['stored', body]`.
    /// `outer`, the scope around the call, takes in its tags, lifetime and age. Rejects with what the function threw.
    pub async fn data(
        &self,
        visit: &Visit,
        outer: &Collector,
        spec: JsValue,
        render: Function,
    ) -> Result<Array, JsValue> {
        let flow = visit.need_flow()?;
        let spec = Spec::read(&spec)?;
        // What goes into something that will be kept must not be stale (UC-19, UN-5).
        let outer = Rc::clone(&outer.scope);
        let persisted = outer.borrow().dynamic_reason().is_none();
        let build = if spec.shared { "" } else { &*self.shared.build };
        let default = match spec.unstable {
            // UN-1: without a limit of its own an unstable_cache entry never expires.
            Some(limit) => Lifetime { revalidate: limit.unwrap_or(Seconds::INFINITE), ..Lifetime::INFINITE },
            None => self.shared.profiles.default_lifetime(),
        };
        let kind = if spec.unstable.is_some() { "unstable" } else { "cached" };
        let ask = Rc::new(Ask {
            key: self.shared.keys.data(build, &format!("{kind}:{}", spec.id), &spec.args),
            soft: visit.inner.soft(),
            implicit: spec.tags.clone(),
            default,
            policy: Policy::Data { own: spec.unstable.flatten().map(|_| default) },
            get: true,
            authorization: false,
            persisted,
            fresh: false,
            prerender: false,
            quiet: false,
        });
        let inner = Rc::new(visit.share(Rc::clone(&visit.inner)));
        let render = DataRender { function: render, visit: inner };
        let outcome = flow.run(&ask, &visit.inner, &render).await?;
        let (what, value) = match outcome {
            Outcome::Stored { entry, body, .. } => {
                match spec.unstable {
                    Some(limit) => outer.borrow_mut().absorb_unstable(&entry.tags, entry.oldest, limit),
                    None => outer.borrow_mut().absorb(&entry),
                }
                ("stored", body)
            }
            Outcome::Rendered { rendered, scope, .. } => {
                let scope = scope.borrow();
                match spec.unstable {
                    Some(limit) => {
                        outer.borrow_mut().absorb_unstable(&scope.tags_with(&spec.tags), scope.oldest, limit);
                    }
                    None => outer.borrow_mut().absorb_scope(&scope),
                }
                ("value", get(&rendered.live, "value"))
            }
        };
        Ok(Array::of2(&what.into(), &value))
    }
}

struct Spec {
    id: String,
    args: String,
    shared: bool,
    /// An `unstable_cache`, with its limit.
    unstable: Option<Option<Seconds>>,
    tags: Vec<Tag>,
}

impl Spec {
    fn read(spec: &JsValue) -> Result<Self, JsValue> {
        let id = text(spec, "id")
            .ok_or_else(|| fail(ErrorCode::Config, "cached(fn, { id }): id must be a string that names the function"))?;
        let limit = seconds_or_false(&get(spec, "revalidate"));
        let unstable = (text(spec, "kind").as_deref() == Some("unstable")).then_some(limit);
        let tags = get(spec, "tags").dyn_into::<Array>().unwrap_or_default();
        Ok(Self {
            id,
            args: text(spec, "args").unwrap_or_default(),
            shared: get(spec, "shared").is_truthy(),
            unstable,
            tags: tag::validate(raw_tags(&tags)).valid,
        })
    }
}
