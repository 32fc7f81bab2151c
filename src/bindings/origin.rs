//! Requests that no route answers: the origin's, through the same flow.

use std::rc::Rc;

use futures_util::FutureExt as _;
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::engine::{Engine, Rule, Shared};
use super::promise::promise;
use super::render::{JsRender, What, run};
use super::reply::{Asked, reply};
use super::visit::Visit;
use crate::cache::key::{Kind, StoreKey};
use crate::cache::tag::Tag;
use crate::cache::variant::VARIANT_HEADERS;
use crate::draft::token::COOKIE;
use crate::flow::{Ask, Demand, Flow, Outcome, Policy, Proxied};
use crate::http::cache_control::CacheControl;
use crate::http::cookie::values_of;
use crate::http::headers::{Fields, first, values};
use crate::http::upstream::{Asking, upstream_lines};
use crate::reply::{Conditions, parse_lines};
use crate::route::path_tags::{origin_soft_tags, revalidate_path_tags};
use crate::route::query_rule::listed;
use crate::store::{How, Store as _};
use crate::worker::kv::Kv;
use crate::worker::platform;

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
    ) -> JsValue {
        let visit = visit.clone();
        let headers = parse_lines(request_headers);
        let value = |name: &str| first(&headers, name);
        let demand = visit.inner.demand() != Demand::No;
        // A cookie that is not ours may still be the origin's, whose drafts must not be shared (DM-7), unless we know its id.
        let mut cookies = headers.iter().filter(|(n, _)| **n == *"cookie");
        if !demand
            && visit.shared.preview.is_none()
            && cookies.any(|(_, line)| !values_of(line, COOKIE).is_empty())
        {
            visit.inner.set_bypass(true);
        }
        // A socket is the origin's alone.
        let upgrades = value("upgrade").is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
        let get = (method == "GET" && !upgrades) || demand;
        let head = method == "HEAD";
        // What the visitor forbids to keep is not kept, though it may be answered by what is (RFC 9111 §5.2.1.5). The
        // other directives of requests would let anybody pass the cache by.
        let no_store = CacheControl::parse(values(&headers, "cache-control")).no_store;
        // Nor is what the origin may take for another method (T14).
        let forbidden = (no_store || OVERRIDES.iter().any(|name| value(name).is_some())) && !demand;
        // A part that no entry has is the origin's to answer, and fills none.
        let range = value("range").filter(|_| method == "GET" && !demand);
        let direct = !(get || head);
        let asking = match range {
            _ if direct => Asking::AsIs,
            Some(_) => Asking::Part,
            None => Asking::Whole,
        };
        let live = upstream_lines(&headers, asking);
        // What the origin is asked with, and no more, says which answer it is.
        let fields = parse_lines(&live);
        let key = PageKey { shared: &self.shared, authority, variant: variant(&fields) };
        let rule = self.shared.rules.iter().find(|rule| rule.paths.matches(&pathname));
        let (name, search) = key.of(&pathname, search, direct);
        let url =
            (!key.variant.is_empty()).then(|| self.shared.keys.proxy(authority, &pathname, &search, ""));
        let bare: Vec<_> = fields.iter().filter(|(n, _)| VARIANT_HEADERS.contains(&&**n)).cloned().collect();
        let ask = Ask {
            key: name,
            soft: Vec::new(),
            implicit: origin_soft_tags(&pathname),
            default: self.shared.profiles.default_lifetime(),
            policy: Policy::Proxy(Proxied {
                life: rule.and_then(|rule| rule.life),
                tags: rule.map_or_else(Vec::new, |rule: &Rule| rule.tags.clone()),
                vary: rule.map_or_else(Vec::new, |rule| rule.vary.clone()),
                fields: if demand { bare.clone() } else { fields },
                base: None,
                url,
            }),
            get: get && range.is_none() && !forbidden,
            authorization: value("authorization").is_some() && !demand,
            persisted: false,
            forgiving: false,
            fresh: direct,
            prerender: false,
            // IS-3: a prefetch is not worth a refresh.
            quiet: value("purpose").is_some_and(|purpose| purpose.eq_ignore_ascii_case("prefetch")),
        };
        let what = What::Origin {
            live: live.into(),
            bare: upstream_lines(&bare, Asking::Whole).into(),
            search: search.as_str().into(),
        };
        let is_unsafe = direct && !matches!(&*method, "GET" | "OPTIONS" | "TRACE");
        let address = is_unsafe.then(|| ["https://", authority, &pathname, &search].concat());
        let (shared, authority) = (Rc::clone(&self.shared), authority.to_owned());
        promise(async move {
            let flow = visit.need_flow()?;
            let floors = visit.inner.floors();
            let render = JsRender::new(fetch, what, &flow);
            let outcome = run(flow.clone(), Rc::new(ask), Rc::clone(&visit.inner), render).await?;
            if let (Some(address), Outcome::Rendered { rendered, .. }) = (&address, &outcome)
                && rendered.status < 400
            {
                let key = PageKey { shared: &shared, authority: &authority, variant: String::new() };
                key.invalidate(&flow, &visit, address, &rendered.headers).await;
            }
            // Whoever asks for a page to be made anew gets all of it.
            let value = |name: &'static str| first(&headers, name).filter(|_| !demand);
            let conditions = Conditions {
                if_none_match: value("if-none-match"),
                if_modified_since: value("if-modified-since"),
                range: value("range").filter(|_| method == "GET"),
                if_range: value("if-range"),
            };
            let asked = Asked {
                shared: &visit.shared,
                kv: &flow.index.store,
                kind: Kind::Proxy,
                path: &pathname,
                method: &method,
                conditions,
                floors: &floors,
            };
            Ok(reply(&asked, outcome).into())
        })
    }
}

/// By which a request can be of another method than it says.
const OVERRIDES: [&str; 3] = ["x-http-method", "x-http-method-override", "x-method-override"];

/// Makes the keys of one host's pages.
struct PageKey<'a> {
    shared: &'a Shared,
    authority: &'a str,
    variant: String,
}

impl PageKey<'_> {
    /// The key of a page, and its query as far as that counts; for the origin alone, `all` of it does.
    fn of(&self, pathname: &str, search: &str, all: bool) -> (StoreKey, String) {
        let rule = self.shared.rules.iter().find(|rule| rule.paths.matches(pathname));
        let names = rule.and_then(|rule| rule.query.as_ref()).filter(|_| !all);
        let search = names.map_or_else(|| search.to_owned(), |names| listed(search, names));
        (self.shared.keys.proxy(self.authority, pathname, &search, &self.variant), search)
    }

    /// Expires what is stored for a URL that was written to, and for those that the answer names (RFC 9111 §4.4). A read
    /// says whether there is anything: most of what is written to is never stored, and marks cost more.
    async fn invalidate(&self, flow: &Flow<Kv>, visit: &Visit, address: &str, answer: &Fields) {
        let named = ["location", "content-location"].into_iter().flat_map(|name| values(answer, name));
        let mut tags: Vec<Tag> = Vec::new();
        for reference in [address].into_iter().chain(named) {
            // What is no address is of no page.
            let Ok(place) = platform::local(reference, address) else { continue };
            let (Some(pathname), Some(search)) = (place.get(0).as_string(), place.get(1).as_string()) else {
                continue;
            };
            let path_tags = revalidate_path_tags(&pathname, None).tags;
            if !path_tags.iter().all(|tag| tags.contains(tag))
                && self.is_stored(flow, &pathname, &search).await
            {
                tags.extend(path_tags);
            }
        }
        if tags.is_empty() {
            return;
        }
        let (index, defer) = (flow.index.clone(), Rc::clone(&visit.inner.defer));
        (visit.inner.defer)(
            async move {
                let now = index.store.now();
                // The origin has answered: that a mark was not written can only be logged.
                let _ = index.revalidate(&tags, How::Expire, now, &defer).await;
            }
            .boxed_local(),
        );
    }

    /// Whether something may be stored; what cannot be read may be.
    async fn is_stored(&self, flow: &Flow<Kv>, pathname: &str, search: &str) -> bool {
        let (key, _) = self.of(pathname, search, false);
        let store = &flow.index.store;
        match store.entry(key.name()).await {
            Ok(None) => flow.index.memory.recently_written(key.name(), store.now()).is_some(),
            Ok(Some(stored)) => {
                store.discard(stored.body);
                true
            }
            Err(_) => true,
        }
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
