//! Who renders: user code or an origin.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Bytes, Visit};
use crate::cache::scope::Collected;

/// What a render collects into; shared with the code that runs.
pub type Scope = Rc<RefCell<Collected>>;

/// Who runs user code or asks an origin.
#[allow(async_fn_in_trait)] // one thread: no caller needs a Send bound
pub trait Render: Clone + 'static {
    /// What a visitor gets at once: a response whose body may still be coming, or a value.
    type Live;
    /// A handle to bytes; the store's.
    type Body;
    /// What user code failed with.
    type Error;

    /// Renders. Whatever it reads of the cache, and whether it looked at its request, ends up in `scope`.
    async fn render(
        &self,
        how: Mode,
        visit: Rc<Visit>,
        scope: Scope,
    ) -> Result<Rendered<Self::Live>, Self::Error>;

    /// Begins to collect the bytes of `live` beside the visitor; yields `None` where the body failed before its end
    /// or exceeded `most` bytes. Without a `visitor` the returned live value is not used.
    fn collect(&self, live: Self::Live, most: u64, visitor: bool) -> (Self::Live, Collecting<Self::Body>);

    /// The same, asking with these header fields as well. `None` where nobody can be asked like that.
    fn with(&self, _: &[(Box<str>, Box<str>)]) -> Option<Self> {
        None
    }

    /// A live value of a stored body, which is given up with it; `None` where there is no such thing.
    fn live(&self, _: Self::Body) -> Option<Self::Live> {
        None
    }

    /// Gives up a result that nobody gets.
    fn discard(&self, _: Self::Live) {}
}

/// The bytes of a body, once they are complete.
pub type Collecting<B> = futures_util::future::LocalBoxFuture<'static, Option<Bytes<B>>>;

/// For whom a render is done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mode {
    /// A visitor waits.
    Live,
    /// Nobody waits; a bare GET.
    Refresh,
    /// An operator fills the cache; a bare GET.
    Prerender,
}

/// The head of a render's result.
pub struct Rendered<L> {
    /// HTTP status; 200 for data.
    pub status: u16,
    /// Headers, names in lower case.
    pub headers: Vec<(Box<str>, Box<str>)>,
    /// The rest.
    pub live: L,
}
