//! A route whose response may be stored.

use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::engine::Engine;
use super::promise::promise;
use super::render::{JsRender, What, run};
use super::reply::{Asked, reply};
use super::visit::Visit;
use crate::cache::key::Kind;
use crate::cache::scope::RouteLife;
use crate::flow::{Ask, Policy};
use crate::reply::Conditions;
use crate::route::path_tags::route_soft_tags;

#[wasm_bindgen]
impl Engine {
    /// Answers a GET or HEAD of route `index`: `[status, header lines, body, log line]`, and for what anybody would get
    /// from the same place, until when in ms that stays so while [`Self::epoch`] does. Rejects with what `render` threw.
    #[allow(clippy::too_many_arguments)] // what a request is; one object would be read property by property
    pub fn route(
        &self,
        visit: &Visit,
        index: usize,
        method: String,
        authority: &str,
        pathname: String,
        if_none_match: Option<String>,
        prerender: bool,
        render: Function,
    ) -> JsValue {
        let (visit, route) = (visit.clone(), self.shared.routes.get(index));
        let soft = route.map(|route| route_soft_tags(route.stem(), &pathname)).unwrap_or_default();
        let ask = Ask {
            key: self.shared.keys.route(authority, &pathname),
            // They are on the entry itself.
            soft: Vec::new(),
            implicit: soft.clone(),
            default: self.shared.profiles.default_lifetime(),
            policy: Policy::Route(route.map_or(RouteLife::Unsaid, |route| route.life)),
            get: true,
            authorization: false,
            persisted: false,
            forgiving: false,
            fresh: prerender,
            prerender,
            quiet: false,
        };
        promise(async move {
            let flow = visit.need_flow()?;
            visit.inner.enter_route(soft);
            let floors = visit.inner.floors();
            let render = JsRender::new(render, What::Route(visit.clone()), &flow);
            let outcome = run(flow.clone(), Rc::new(ask), Rc::clone(&visit.inner), render).await?;
            let asked = Asked {
                shared: &visit.shared,
                kv: &flow.index.store,
                kind: Kind::Route,
                path: &pathname,
                method: &method,
                conditions: Conditions { if_none_match: if_none_match.as_deref(), ..Conditions::default() },
                floors: &floors,
            };
            Ok(reply(&asked, outcome).into())
        })
    }
}
