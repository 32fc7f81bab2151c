//! A route whose response may be stored.

use std::rc::Rc;

use js_sys::{Array, Function};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::engine::Engine;
use super::error::fail;
use super::render::RouteRender;
use super::reply::{Asked, reply};
use super::visit::Visit;
use crate::cache::key::Kind;
use crate::error::ErrorCode;
use crate::flow::{Ask, Policy};
use crate::route::path_tags::route_soft_tags;

#[wasm_bindgen]
impl Engine {
    /// Answers a GET or HEAD of route `index`: `[status, header lines, body, log line]`. Rejects with what `render`
    /// threw.
    #[allow(clippy::too_many_arguments)] // what a request is; one object would be read property by property
    pub async fn route(
        &self,
        visit: &Visit,
        index: usize,
        method: String,
        authority: String,
        pathname: String,
        if_none_match: Option<String>,
        prerender: bool,
        render: Function,
    ) -> Result<Array, JsValue> {
        let route = self.shared.routes.get(index).ok_or_else(|| fail(ErrorCode::NotFound, "no such route"))?;
        let flow = visit.need_flow()?;
        let soft = route_soft_tags(route.stem(), &pathname);
        visit.inner.enter_route(soft.clone());
        let ask = Rc::new(Ask {
            key: self.shared.keys.route(&authority, &pathname),
            // They are on the entry itself.
            soft: Vec::new(),
            implicit: soft,
            default: self.shared.profiles.default_lifetime(),
            policy: Policy::Route(route.life),
            get: true,
            authorization: false,
            persisted: false,
            fresh: prerender,
            prerender,
            quiet: false,
        });
        let render = RouteRender { function: render, visit: Rc::new(visit.share(Rc::clone(&visit.inner))) };
        let floors = visit.inner.floors();
        let outcome = flow.run(&ask, &visit.inner, &render).await?;
        let asked = Asked {
            shared: &self.shared,
            kv: &flow.index.store,
            kind: Kind::Route,
            path: &pathname,
            method: &method,
            if_none_match: if_none_match.as_deref(),
            floors: &floors,
        };
        Ok(reply(&asked, outcome))
    }
}
