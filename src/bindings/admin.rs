//! The admin paths.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::engine::Engine;
use super::promise::promise;
use super::visit::Visit;
use crate::cache::sweep::verdict;
use crate::error::{Error, ErrorCode};
use crate::json::Printer;
use crate::reply::parse_lines;
use crate::route::admin::{Action, Refusal, Request, check};
use crate::worker::{admin, platform};

#[wasm_bindgen]
impl Engine {
    /// Whether a request may use an admin path: `undefined`, or `[status, json]` of the refusal.
    #[wasm_bindgen(js_name = adminCheck)]
    #[must_use]
    pub fn admin_check(&self, method: &str, pathname: &str, request_headers: &str) -> Option<Array> {
        self.action(method, pathname, request_headers)
            .err()
            .map(|refusal| answer(refusal.status, &told(&refusal.error)))
    }

    /// Answers an admin request that [`Self::admin_check`] let pass: `[status, json]`.
    pub fn admin(
        &self,
        visit: &Visit,
        method: &str,
        pathname: &str,
        search: String,
        request_headers: &str,
        body: String,
    ) -> JsValue {
        let (visit, action) = (visit.clone(), self.action(method, pathname, request_headers));
        promise(async move {
            let action = match action {
                Ok(action) => action,
                Err(refusal) => return Ok(answer(refusal.status, &told(&refusal.error)).into()),
            };
            let mut flow = visit.need_flow()?;
            let total = Rc::clone(flow.index.store.total());
            flow.index.store = flow.index.store.uncounted();
            let result = match action {
                Action::Revalidate => {
                    admin::revalidate(&flow, &visit.inner, &body, &visit.shared.profiles).await
                }
                Action::Entries => admin::entries(&flow, &search).await,
                Action::Tag(tag) => admin::tag(&flow, &tag).await,
                Action::Stats => Ok(admin::stats(&flow, &total)),
                // The glue answers these: they take the application's handlers, or bodies and names alone.
                Action::Entry | Action::Page | Action::Prerender | Action::Sweep | Action::Tags => {
                    Err(Error::new(ErrorCode::NotFound, "there is nothing here"))
                }
            };
            Ok(match result {
                Ok(value) => answer(200, &value),
                Err(error) => answer(status(error.code()), &told(&error)),
            }
            .into())
        })
    }

    /// What the names of entries begin with: ours, or those of another format of this namespace.
    #[wasm_bindgen(js_name = entriesPrefix)]
    #[must_use]
    pub fn entries_prefix(&self, format: Option<char>) -> String {
        let keys = &self.shared.keys;
        format.map_or_else(|| keys.entries_prefix(None), |format| keys.entries_prefix_of(format))
    }

    /// What the header of an entry says, as JSON.
    #[wasm_bindgen(js_name = showEntry)]
    #[must_use]
    pub fn show_entry(&self, name: &str, header: &str) -> String {
        admin::entry(name, header, &self.entries_prefix(None))
    }

    /// Why a sweep may take an entry away, if it may.
    #[wasm_bindgen(js_name = maySweep)]
    #[must_use]
    pub fn may_sweep(&self, name: &str, metadata: &str) -> Option<String> {
        verdict(name, metadata, &self.entries_prefix(None), platform::now()).map(str::to_owned)
    }

    fn action(&self, method: &str, pathname: &str, lines: &str) -> Result<Action, Refusal> {
        let headers = parse_lines(lines);
        let value = |name: &str| headers.iter().find(|(n, _)| **n == *name).map(|(_, v)| &**v);
        let request = Request {
            method,
            pathname,
            host: value("host"),
            authorization: value("authorization"),
            content_type: value("content-type"),
            origin: value("origin"),
            sec_fetch_site: value("sec-fetch-site"),
        };
        check(&request, self.shared.dev, self.shared.secrets.first())
    }
}

pub(super) fn told(error: &Error) -> String {
    let mut told = Printer::default();
    told.text("code", error.code().as_str());
    told.text("message", error.message());
    told.end()
}

pub(super) fn answer(status: u16, json: &str) -> Array {
    Array::of2(&status.into(), &json.into())
}

fn status(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::RevalidateFailed | ErrorCode::Store => 503,
        ErrorCode::NotFound => 404,
        _ => 400,
    }
}
