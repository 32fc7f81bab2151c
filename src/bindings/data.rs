//! Cached functions and fetches.

use std::rc::Rc;

use js_sys::{Array, Function};
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
use crate::reply::{CacheState, Head};
use crate::time::Seconds;
use crate::worker::platform;

#[wasm_bindgen]
impl Engine {
    /// Answers a call of a cached function: `['value', value]` where it ran here, else `['stored', body]`. For a
    /// `fetch` the value is the visitor's branch of the body, or the whole Response where it is not kept, and what
    /// was stored comes with status and header lines.
    /// `outer`, the scope around the call, takes in its tags, lifetime and age. Rejects with what the function threw.
    pub fn data(&self, visit: &Visit, outer: &Collector, spec: &JsValue, render: Function) -> JsValue {
        let (visit, outer, spec) = (visit.clone(), Rc::clone(&outer.scope), Spec::read(spec));
        promise(async move {
            let (flow, spec) = (visit.need_flow()?, spec?);
            // What goes into something that will be kept must not be stale (UC-19, UN-5).
            let persisted = outer.borrow().dynamic_reason().is_none();
            let ask = spec.ask(&visit, persisted);
            let what = match spec.kind {
                Kind::Fetch(_) => What::Origin { live: "".into(), bare: "".into(), search: "".into() },
                _ => What::Data(visit.clone()),
            };
            let render = JsRender::new(render, what, &flow);
            let outcome = run(flow, Rc::new(ask), Rc::clone(&visit.inner), render).await?;
            let mut outer = outer.borrow_mut();
            let reply = match outcome {
                // Of a page alone.
                Outcome::Absent => Array::of1(&"value".into()),
                Outcome::Stored { entry, body, state, .. } => {
                    // UN-6: what holds a stale value would count as fresh all its life.
                    if persisted && state == CacheState::Stale {
                        outer.dynamic("a stale input that could not be renewed");
                    }
                    let reply = Array::of2(&"stored".into(), &platform::whole(&body, entry.body_len));
                    if matches!(spec.kind, Kind::Cached) {
                        outer.absorb(&entry);
                    } else {
                        outer.absorb_call(
                            &entry.tags,
                            &spec.tags,
                            entry.created,
                            entry.oldest,
                            spec.kind.limit(),
                        );
                    }
                    if matches!(spec.kind, Kind::Fetch(_)) {
                        let mut head = Head::new(entry.status);
                        for (name, value) in &entry.headers {
                            head.push(name, value);
                        }
                        reply.push(&head.status.into());
                        reply.push(&head.lines.into());
                    }
                    reply
                }
                Outcome::Rendered { rendered, scope, .. } => {
                    let scope = scope.borrow();
                    let limit = spec.kind.limit();
                    let value = match spec.kind {
                        Kind::Fetch(_) => rendered.live,
                        _ => get(&rendered.live, "value"),
                    };
                    match spec.kind {
                        Kind::Cached => outer.absorb_scope(&scope),
                        _ => outer.absorb_call(scope.tags(), &spec.tags, scope.started, scope.oldest, limit),
                    }
                    Array::of2(&"value".into(), &value)
                }
            };
            Ok(reply.into())
        })
    }
}

#[derive(Clone, Copy)]
enum Kind {
    /// `cached()`
    Cached,
    /// A `fetch` that is kept this long.
    Fetch(Seconds),
    /// `unstable_cache()`, with its limit.
    Unstable(Option<Seconds>),
}

impl Kind {
    /// What it lowers the lifetime of its surroundings to (UN-8).
    fn limit(self) -> Option<Seconds> {
        if let Self::Unstable(limit) = self { limit } else { None }
    }
}

struct Spec {
    id: String,
    args: String,
    shared: bool,
    kind: Kind,
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
        let kind = match text(spec, "kind").as_deref() {
            Some("fetch") => Kind::Fetch(limit.unwrap_or(Seconds::INFINITE)),
            Some("unstable") => Kind::Unstable(limit),
            _ => Kind::Cached,
        };
        let tags = get(spec, "tags").dyn_into::<Array>().unwrap_or_default();
        Ok(Self {
            id,
            args: text(spec, "args").unwrap_or_default(),
            shared: get(spec, "shared").is_truthy(),
            kind,
            tags: tag::validate(raw_tags(&tags)).valid,
            fresh: get(spec, "fresh").is_truthy(),
        })
    }

    fn ask(&self, visit: &Visit, persisted: bool) -> Ask {
        let shared = &visit.shared;
        let build = if self.shared { "" } else { &*shared.build };
        let lasting = |revalidate| Lifetime { revalidate, ..Lifetime::INFINITE };
        let data = |kind: &str| shared.keys.data(build, &format!("{kind}:{}", self.id), &self.args);
        let (key, default, policy) = match self.kind {
            Kind::Cached => (data("cached"), shared.profiles.default_lifetime(), Policy::Data { own: None }),
            Kind::Fetch(seconds) => {
                let own = lasting(seconds);
                (shared.keys.fetch(&self.id, &self.args), own, Policy::Fetch(own))
            }
            Kind::Unstable(limit) => {
                // UN-1: without a limit of its own an unstable_cache entry never expires.
                let own = lasting(limit.unwrap_or(Seconds::INFINITE));
                (data("unstable"), own, Policy::Data { own: limit.map(|_| own) })
            }
        };
        Ask {
            key,
            soft: visit.inner.soft(),
            implicit: self.tags.clone(),
            default,
            policy,
            get: true,
            authorization: false,
            persisted,
            forgiving: !matches!(self.kind, Kind::Cached),
            fresh: self.fresh,
            prerender: false,
            quiet: false,
        }
    }
}
