//! Draft mode and its tokens.

use js_sys::Array;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::admin::{answer, told};
use super::engine::{Engine, Shared};
use super::error::throw;
use super::store::millis;
use super::visit::Visit;
use crate::draft::gate::{Gate, no_randomness};
use crate::draft::path::LocalPath;
use crate::draft::token::{self, Purpose};
use crate::error::Error;
use crate::flow::Demand;
use crate::reply::parse_lines;
use crate::route::draft::{Link, check, is_prefetch};
use crate::secret::Secret;
use crate::time::Seconds;
use crate::worker::platform;

impl Shared {
    pub(super) fn gate(&self) -> Gate<'_> {
        Gate { secrets: &self.secrets, preview: self.preview.as_deref() }
    }
}

#[wasm_bindgen]
impl Engine {
    /// Answers a link that switches draft mode: `[307, path, cookie value]`, the value empty where it ends, or
    /// `[status, json]` of a refusal.
    #[wasm_bindgen(js_name = draftLink)]
    #[must_use]
    pub fn draft_link(&self, method: &str, pathname: &str, search: &str, request_headers: &str) -> Array {
        let prefetch = parse_lines(request_headers).iter().any(|(name, value)| is_prefetch(name, value));
        let link = Link { method, pathname, search, prefetch };
        let switch = match check(&link, self.shared.draft_secret.as_ref()) {
            Ok(switch) => switch,
            Err(refusal) => return answer(refusal.status, &told(&refusal.error)),
        };
        let value = if switch.on { issue(&self.shared) } else { Ok(String::new()) };
        match value {
            Ok(value) => Array::of3(&307.into(), &switch.path.as_str().into(), &value.into()),
            Err(error) => answer(500, &told(&error)),
        }
    }
}

#[wasm_bindgen]
impl Visit {
    /// Whether this request is in draft mode now.
    #[wasm_bindgen(js_name = isDraft)]
    #[must_use]
    pub fn is_draft(&self) -> bool {
        self.inner.bypasses()
    }

    /// Whether this request is or was in draft mode: then its answer is for nobody else.
    #[wasm_bindgen(js_name = wasDraft)]
    #[must_use]
    pub fn was_draft(&self) -> bool {
        self.inner.drafted(0)
    }

    /// Enables draft mode for the rest of this request, or ends it (DM-4).
    #[wasm_bindgen(js_name = setDraft)]
    pub fn set_draft(&self, on: bool) {
        self.inner.set_bypass(on);
    }

    /// A value for the cookie that enables draft mode.
    #[wasm_bindgen(js_name = draftToken)]
    pub fn draft_token(&self) -> Result<String, JsValue> {
        issue(&self.shared).map_err(|error| throw(&error))
    }

    /// Makes this request one that makes its page anew, if `token` proves that it may (IS-10).
    pub fn demand(&self, token: &str, pathname: &str, if_stored: bool) -> bool {
        let may = self.shared.gate().opens(Purpose::Revalidate, token, pathname, platform::now());
        if may {
            self.inner.set_demand(if if_stored { Demand::IfStored } else { Demand::Yes });
        }
        may
    }
}

fn issue(shared: &Shared) -> Result<String, Error> {
    shared.gate().issue(platform::random_id(), platform::now())
}

/// A token, for on-demand revalidation or draft mode. `life` is seconds.
#[wasm_bindgen(js_name = createBypassToken)]
pub fn create_bypass_token(
    secret: &str,
    path: Option<String>,
    life: Option<f64>,
    revalidate: bool,
) -> Result<String, JsValue> {
    let made = || {
        let scope = path.map(|path| LocalPath::parse(&path)).transpose()?;
        let id = platform::random_id().ok_or_else(no_randomness)?;
        let life = life.map_or(token::LIFE, Seconds);
        token::create(purpose(revalidate), id, scope.as_ref(), platform::now(), life, &Secret::new(secret))
    };
    made().map_err(|error| throw(&error))
}

/// What a token says: `[id, issued, expires, path]`, times in ms; `undefined` where it does not count.
#[wasm_bindgen(js_name = verifyBypassToken)]
#[must_use]
pub fn verify_bypass_token(
    token: &str,
    secrets: Vec<String>,
    pathname: Option<String>,
    revalidate: bool,
) -> Option<Array> {
    let secrets: Vec<_> = secrets.iter().map(|secret| Secret::new(secret)).collect();
    let found = token::verify(token, purpose(revalidate), pathname.as_deref(), &secrets, platform::now())?;
    let scope = found.scope().map_or(JsValue::UNDEFINED, JsValue::from);
    Some(Array::of4(&found.id().into(), &millis(found.issued()), &millis(found.expires()), &scope))
}

fn purpose(revalidate: bool) -> Purpose {
    if revalidate { Purpose::Revalidate } else { Purpose::Draft }
}
