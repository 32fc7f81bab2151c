//! Requests that no route answers: the origin's, through the same flow.

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::wasm_bindgen;

use super::engine::{Engine, Rule};
use super::promise::promise;
use super::render::{JsRender, What, run};
use super::reply::{Asked, reply};
use super::visit::Visit;
use crate::cache::admit::VARIANT_HEADERS;
use crate::cache::key::Kind;
use crate::draft::token::COOKIE;
use crate::flow::{Ask, Demand, Policy};
use crate::http::cookie::values_of;
use crate::http::upstream::upstream_lines;
use crate::reply::parse_lines;
use crate::route::path_tags::origin_soft_tags;

#[wasm_bindgen]
impl Engine {
    /// Answers a request from the store or the origin. `fetch(how, header lines)` asks the origin, whose address comes
    /// from configuration alone (T16). `[status, header lines, body, log line]`.
    #[allow(clippy::too_many_arguments)] // what a request is; one object would be read property by property
    pub fn origin(
        &self,
        visit: &Visit,
        method: String,
        authority: &str,
        pathname: String,
        search: &str,
        request_headers: &str,
        fetch: Function,
    ) -> Promise {
        let visit = visit.clone();
        let headers = parse_lines(request_headers);
        let value = |name: &str| headers.iter().find(|(n, _)| **n == *name).map(|(_, v)| &**v);
        let demand = visit.inner.demand() != Demand::No;
        // A cookie that is not ours may still be the origin's, whose drafts must not be shared (DM-7), unless we know its id.
        let mut cookies = headers.iter().filter(|(n, _)| **n == *"cookie");
        if !demand
            && visit.shared.preview.is_none()
            && cookies.any(|(_, line)| !values_of(line, COOKIE).is_empty())
        {
            visit.inner.set_bypass(true);
        }
        let get = method == "GET" || demand;
        // A part is answered by the origin: it neither fills an entry nor comes from one.
        let direct = !(get || method == "HEAD") || (value("range").is_some() && !demand);
        let rule = self.shared.rules.iter().find(|rule| rule.paths.matches(&pathname));
        let ask = Ask {
            key: self.shared.keys.proxy(authority, &pathname, search, &variant(&headers)),
            soft: Vec::new(),
            implicit: origin_soft_tags(&pathname),
            default: self.shared.profiles.default_lifetime(),
            policy: Policy::Proxy {
                life: rule.and_then(|rule| rule.life),
                tags: rule.map_or_else(Vec::new, |rule: &Rule| rule.tags.clone()),
            },
            get: get && !direct,
            authorization: value("authorization").is_some() && !demand,
            persisted: false,
            forgiving: false,
            fresh: direct,
            prerender: false,
            // IS-3: a prefetch is not worth a refresh.
            quiet: value("purpose").is_some_and(|purpose| purpose.eq_ignore_ascii_case("prefetch")),
        };
        let bare: Vec<_> = headers.iter().filter(|(n, _)| VARIANT_HEADERS.contains(&&**n)).cloned().collect();
        let what = What::Origin {
            live: upstream_lines(&headers, !direct).into(),
            bare: upstream_lines(&bare, true).into(),
        };
        let if_none_match = value("if-none-match").filter(|_| !demand).map(str::to_owned);
        promise(async move {
            let flow = visit.need_flow()?;
            let floors = visit.inner.floors();
            let render = JsRender { function: fetch, what };
            let outcome = run(flow.clone(), Rc::new(ask), Rc::clone(&visit.inner), render).await?;
            let asked = Asked {
                shared: &visit.shared,
                kv: &flow.index.store,
                kind: Kind::Proxy,
                path: &pathname,
                method: &method,
                if_none_match: if_none_match.as_deref(),
                floors: &floors,
            };
            Ok(reply(&asked, outcome).into())
        })
    }
}

/// What distinguishes the HTML of a page from its RSC forms, whatever the origin's Vary says (T3).
fn variant(headers: &[(Box<str>, Box<str>)]) -> String {
    VARIANT_HEADERS
        .iter()
        .flat_map(|name| headers.iter().filter(move |(n, _)| **n == **name))
        .map(|(name, value)| format!("{name}:{}:{value};", value.len()))
        .collect()
}
