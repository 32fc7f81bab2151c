//! User code and origins as renderers of the flow.

use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use js_sys::{Array, Function, Promise, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};

use super::life::get;
use super::visit::Visit;
use crate::flow::{self, Ask, Bytes, Collecting, Flow, Mode, Outcome, Render, Rendered, Scope};
use crate::http::headers::Fields;
use crate::http::upstream::{Asking, upstream_lines};
use crate::reply::parse_lines;
use crate::worker::kv::{Body, Kv};
use crate::worker::platform::{self, settled, settled_for};

/// A function of the glue. One type for all three, so that the module holds the flow once.
#[derive(Clone)]
pub(super) struct JsRender {
    function: Function,
    what: What,
    /// The timer of the request.
    watch: Rc<JsValue>,
}

impl JsRender {
    /// The function, as it renders for a request with this flow.
    pub(super) fn new(function: Function, what: What, flow: &Flow<Kv>) -> Self {
        Self { function, what, watch: Rc::clone(flow.index.store.watch()) }
    }
}

/// What the function is.
#[derive(Clone)]
pub(super) enum What {
    /// A route handler; its calls work on this request.
    Route(Visit),
    /// A cached function, likewise.
    Data(Visit),
    /// A fetch of the origin: header lines for a visitor's request, and for one without a visitor.
    Origin {
        /// For a visitor's request.
        live: Rc<str>,
        /// Without a visitor.
        bare: Rc<str>,
        /// The query, as far as it counts.
        search: Rc<str>,
    },
}

/// Runs the flow: the one place where it is compiled for JavaScript.
pub(super) fn run(
    flow: Flow<Kv>,
    ask: Rc<Ask>,
    visit: Rc<flow::Visit>,
    render: JsRender,
) -> LocalBoxFuture<'static, Result<Outcome<JsValue, Body>, JsValue>> {
    async move { flow.run(&ask, &visit, &render).await }.boxed_local()
}

impl Render for JsRender {
    /// A `Response`, the visitor's branch of its body, or `{ value, bytes }`.
    type Live = JsValue;
    type Body = Body;
    type Error = JsValue;

    async fn render(
        &self,
        how: Mode,
        visit: Rc<flow::Visit>,
        scope: Scope,
    ) -> Result<Rendered<JsValue>, JsValue> {
        let (call, this) = (&self.function, &JsValue::UNDEFINED);
        let called = match &self.what {
            What::Route(of) => {
                let (visit, collector) = of.hand_over(visit, scope);
                call.call3(this, &mode(how).into(), &visit, &collector)
            }
            What::Data(of) => {
                let (visit, collector) = of.hand_over(visit, scope);
                call.call2(this, &visit, &collector)
            }
            What::Origin { live, bare, search } => {
                let headers = if how == Mode::Live { live } else { bare };
                call.call3(this, &mode(how).into(), &(&**headers).into(), &(&**search).into())
            }
        };
        let result = settled_for(Ok(Promise::resolve(&called?)), &self.watch).await?;
        if let What::Data(_) = self.what {
            return Ok(Rendered { status: 200, headers: Vec::new(), live: result });
        }
        let head = platform::head(&result)?;
        Ok(Rendered { status: status(&head), headers: lines(&head), live: result })
    }

    fn collect(&self, live: JsValue, most: u64, visitor: bool) -> (JsValue, Collecting<Body>) {
        if let What::Data(_) = self.what {
            let bytes = get(&live, "bytes").dyn_into::<Uint8Array>().ok();
            let sealed =
                bytes.map(|bytes| Bytes { len: u64::from(bytes.length()), body: bytes.into(), etag: None });
            return (live, futures_util::future::ready(sealed.filter(|b| b.len <= most)).boxed_local());
        }
        collect_response(live, most, visitor)
    }

    fn with(&self, fields: &Fields) -> Option<Self> {
        let What::Origin { live, bare, search } = &self.what else { return None };
        let more = upstream_lines(fields, Asking::AsIs);
        let both = |lines: &str| [lines, &more].concat().into();
        let what = What::Origin { live: both(live), bare: both(bare), search: Rc::clone(search) };
        Some(Self { what, ..self.clone() })
    }

    fn live(&self, body: Body) -> Option<JsValue> {
        platform::answer(&body).ok()
    }

    fn discard(&self, live: JsValue) {
        // What cannot be cancelled has ended.
        let _ = platform::discard(&live);
    }
}

fn collect_response(response: JsValue, most: u64, visitor: bool) -> (JsValue, Collecting<Body>) {
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

fn seal(bytes: Promise) -> Collecting<Body> {
    async move {
        let bytes: Uint8Array = settled(Ok(bytes)).await.ok()?.dyn_into().ok()?;
        let etag = settled(platform::etag(&bytes)).await.ok()?.as_string()?;
        Some(Bytes { len: u64::from(bytes.length()), body: bytes.into(), etag: Some(etag.into()) })
    }
    .boxed_local()
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
    let framing = |name: &str, value: &str| match name {
        "content-length" | "transfer-encoding" => true,
        // Any other coding the platform leaves as it is.
        "content-encoding" => matches!(value, "gzip" | "br"),
        _ => false,
    };
    let mut lines = parse_lines(&head.get(1).as_string().unwrap_or_default());
    lines.retain(|(name, value)| !framing(name, value));
    lines
}
