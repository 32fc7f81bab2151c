//! The admin paths.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::wasm_bindgen;

use super::engine::Engine;
use super::promise::promise;
use super::visit::Visit;
use crate::error::{Error, ErrorCode};
use crate::json::Printer;
use crate::reply::parse_lines;
use crate::route::admin::{Action, Refusal, Request, check};
use crate::worker::admin;

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
    ) -> Promise {
        let (visit, action) = (visit.clone(), self.action(method, pathname, request_headers));
        promise(async move {
            let action = match action {
                Ok(action) => action,
                Err(refusal) => return Ok(answer(refusal.status, &told(&refusal.error)).into()),
            };
            let flow = visit.need_flow()?;
            let result = match action {
                Action::Revalidate => {
                    admin::revalidate(&flow, &visit.inner, &body, &visit.shared.profiles).await
                }
                Action::Entries => admin::entries(&flow, &search).await,
                Action::Tag(tag) => admin::tag(&flow, &tag).await,
                Action::Stats => Ok(admin::stats(&flow)),
                Action::Prerender => {
                    Err(Error::new(ErrorCode::NotFound, "prerender runs the application's own handlers"))
                }
            };
            Ok(match result {
                Ok(value) => answer(200, &value),
                Err(error) => answer(status(error.code()), &told(&error)),
            }
            .into())
        })
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
