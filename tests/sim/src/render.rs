//! The port of the flow to who renders.

use std::rc::Rc;

use freshtag::flow::{Bytes, Collecting, Mode, Render, Rendered, Scope, Visit};
use freshtag::http::headers::first;
use futures_util::FutureExt as _;

use crate::origin::{Source, What};
use crate::place::Body;
use crate::site::LANGUAGES;
use crate::world::World;

/// A response whose body is still coming.
pub struct Live {
    /// The body.
    pub body: Rc<[u8]>,
    /// How long it takes, in ms.
    pub(crate) ms: i64,
    /// Whether it breaks off.
    pub cut: bool,
    pub(crate) world: Rc<World>,
}

/// The number of the render that a body is of.
#[must_use]
pub fn number_of(body: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(body.get(..body.len().min(24))?).ok()?;
    text.strip_prefix("render ")?.split(';').next()?.parse().ok()
}

impl Render for Source {
    type Live = Live;
    type Body = Body;
    type Error = String;

    async fn render(&self, how: Mode, visit: Rc<Visit>, scope: Scope) -> Result<Rendered<Live>, String> {
        // Without a visitor the origin hears of nothing but what the flow asks with.
        let told = first(&self.more, "accept-language");
        let told = told.and_then(|told| LANGUAGES.into_iter().find(|language| *language == told));
        let language = if how == Mode::Live { self.language } else { told };
        let number = self.begin(how, &visit, &scope, language);
        match self.what {
            What::Page(no) => self.render_page(no, number, &visit, &scope, language).await,
            What::Function(no) => self.render_function(no, number, &scope).await,
        }
    }

    fn collect(&self, live: Live, most: u64, _: bool) -> (Live, Collecting<Body>) {
        let (body, ms, cut, world) = (Rc::clone(&live.body), live.ms, live.cut, Rc::clone(&live.world));
        let collecting = async move {
            world.clock.sleep(ms).await;
            let (len, etag) =
                (body.len() as u64, number_of(&body).map(|number| format!("\"r{number}\"").into()));
            (!cut && len <= most).then(|| Bytes { body: body.into(), len, etag })
        };
        (live, collecting.boxed_local())
    }

    fn with(&self, fields: &[(Box<str>, Box<str>)]) -> Option<Self> {
        self.page()?.origin?;
        let more = self.more.iter().chain(fields).cloned().collect();
        Some(Self { more, ..self.clone() })
    }

    fn live(&self, body: Body) -> Option<Live> {
        Some(Live { body: body.bytes, ms: 0, cut: body.broken, world: Rc::clone(self.world()) })
    }
}
