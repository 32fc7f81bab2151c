//! User code and origins as renderers of the flow.

use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::collector::Collector;
use super::life::get;
use super::visit::Visit;
use crate::flow::{self, Bytes, Mode, Render, Rendered, Scope};
use crate::reply::parse_lines;
use crate::worker::kv::Body;
use crate::worker::platform;

/// A route handler.
#[derive(Clone)]
pub(super) struct RouteRender {
    pub(super) function: Function,
    /// What the handler's calls work on; a render gets its own view of it.
    pub(super) visit: Rc<Visit>,
}

impl Render for RouteRender {
    /// A `Response`, or the visitor's branch of its body.
    type Live = JsValue;
    type Body = Body;
    type Error = JsValue;

    async fn render(&self, how: Mode, visit: Rc<flow::Visit>, scope: Scope) -> Result<Rendered<JsValue>, JsValue> {
        let collector = Collector::new(scope, Rc::clone(&self.visit.shared.profiles));
        let visit = self.visit.share(visit);
        let called = self.function.call3(&JsValue::UNDEFINED, &mode(how).into(), &visit.into(), &collector.into())?;
        let response = settled(called).await?;
        let head = platform::head(&response);
        Ok(Rendered { status: status(&head), headers: lines(&head), live: response })
    }

    fn collect(&self, live: JsValue, most: u64, visitor: bool) -> (JsValue, Collecting) {
        collect_response(live, most, visitor)
    }
}

/// A page of the origin.
#[derive(Clone)]
pub(super) struct OriginRender {
    pub(super) function: Function,
    /// Header lines for a visitor's request, and for one without a visitor.
    pub(super) live_headers: Rc<str>,
    pub(super) bare_headers: Rc<str>,
}

impl Render for OriginRender {
    type Live = JsValue;
    type Body = Body;
    type Error = JsValue;

    async fn render(&self, how: Mode, _: Rc<flow::Visit>, _: Scope) -> Result<Rendered<JsValue>, JsValue> {
        let headers = if how == Mode::Live { &self.live_headers } else { &self.bare_headers };
        let called = self.function.call2(&JsValue::UNDEFINED, &mode(how).into(), &(&**headers).into())?;
        let response = settled(called).await?;
        let head = platform::head(&response);
        Ok(Rendered { status: status(&head), headers: lines(&head), live: response })
    }

    fn collect(&self, live: JsValue, most: u64, visitor: bool) -> (JsValue, Collecting) {
        collect_response(live, most, visitor)
    }
}

/// A cached function.
#[derive(Clone)]
pub(super) struct DataRender {
    pub(super) function: Function,
    pub(super) visit: Rc<Visit>,
}

impl Render for DataRender {
    /// `{ value, bytes }`.
    type Live = JsValue;
    type Body = Body;
    type Error = JsValue;

    async fn render(&self, _: Mode, visit: Rc<flow::Visit>, scope: Scope) -> Result<Rendered<JsValue>, JsValue> {
        let collector = Collector::new(scope, Rc::clone(&self.visit.shared.profiles));
        let visit = self.visit.share(visit);
        let called = self.function.call2(&JsValue::UNDEFINED, &visit.into(), &collector.into())?;
        let result = settled(called).await?;
        Ok(Rendered { status: 200, headers: Vec::new(), live: result })
    }

    fn collect(&self, live: JsValue, most: u64, _: bool) -> (JsValue, Collecting) {
        let bytes = get(&live, "bytes").dyn_into::<Uint8Array>().ok();
        let sealed = bytes.map(|bytes| Bytes { len: u64::from(bytes.length()), body: bytes.into(), etag: None });
        (live, futures_util::future::ready(sealed.filter(|b| b.len <= most)).boxed_local())
    }
}

type Collecting = LocalBoxFuture<'static, Option<Bytes<Body>>>;

fn collect_response(response: JsValue, most: u64, visitor: bool) -> (JsValue, Collecting) {
    let nothing = || futures_util::future::ready(None).boxed_local();
    #[allow(clippy::cast_precision_loss)] // megabytes
    let most = most as f64;
    if visitor {
        return match platform::collect(&response, most) {
            Ok(pair) => (pair.get(0), seal(pair.get(1).unchecked_into())),
            // A body that was read before: the Response says so to whoever sends it.
            Err(_) => (response, nothing()),
        };
    }
    match platform::bytes(&response, most) {
        Ok(bytes) => (JsValue::NULL, seal(bytes)),
        Err(_) => (JsValue::NULL, nothing()),
    }
}

fn seal(bytes: Promise) -> Collecting {
    async move {
        let bytes: Uint8Array = JsFuture::from(bytes).await.ok()?.dyn_into().ok()?;
        let etag = JsFuture::from(platform::etag(&bytes)).await.ok()?.as_string()?;
        Some(Bytes { len: u64::from(bytes.length()), body: bytes.into(), etag: Some(etag.into()) })
    }
    .boxed_local()
}

/// What a function returned, or what its promise came to.
pub(super) async fn settled(value: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&value)).await
}

fn mode(how: Mode) -> &'static str {
    match how {
        Mode::Live => "live",
        Mode::Refresh => "refresh",
        Mode::Prerender => "prerender",
    }
}

fn status(head: &Array) -> u16 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // `as` saturates
    head.get(0).as_f64().map_or(500, |status| status as u16)
}

fn lines(head: &Array) -> Vec<(Box<str>, Box<str>)> {
    // What the platform frames anew does not belong to the stored bytes.
    let framing = |name: &str| matches!(name, "content-length" | "content-encoding" | "transfer-encoding");
    let mut lines = parse_lines(&head.get(1).as_string().unwrap_or_default());
    lines.retain(|(name, _)| !framing(name));
    lines
}
