//! The port to a key-value store, and the tag index on it.
//!
//! What such a store promises is little, and nothing here needs more: reads may be a minute old, an absent key is
//! remembered as absent, two puts of a key within a second may be refused, and the last put to *arrive* wins.

mod breaker;
pub mod double;
mod horizon;
mod index;
mod lru;
pub mod memory;
mod revalidate;
mod together;

use std::fmt;

pub use breaker::Breaker;
pub use index::{Found, Index, Snapshot, Under};
pub use revalidate::How;
pub(crate) use together::{all, before};

use crate::time::UnixMillis;

/// A work item that goes on after the reply.
pub type Task = futures_util::future::LocalBoxFuture<'static, ()>;

/// Hands a task to whoever keeps the request alive for it.
pub type Defer = std::rc::Rc<dyn Fn(Task)>;

/// A key-value store with the clock its timing rules are measured on. Layer 4 implements it over Workers KV;
/// [`double::Place`] for tests.
///
/// Everything ends: a read within a second, a put within half a minute, with an error where the store is silent.
#[allow(async_fn_in_trait)] // one thread: no caller needs a Send bound
pub trait Store: Clone + 'static {
    /// A handle to a body: a stream or bytes that stay outside of this module's memory.
    type Body: Clone + 'static;
    /// Something that happens once and can be waited for by any request of the isolate.
    type Signal: Clone + 'static;

    /// Reads an entry: its header text and its body.
    async fn entry(&self, key: &str) -> Result<Option<Stored<Self::Body>>, StoreError>;
    /// Reads a small text.
    async fn text(&self, key: &str) -> Result<Option<String>, StoreError>;
    /// Reads at most 100 small texts in one operation, in the order asked.
    async fn texts(&self, keys: &[String]) -> Result<Vec<Option<String>>, StoreError>;
    /// Writes a small text. `ttl` in seconds.
    async fn put_text(&self, key: &str, value: &str, ttl: Option<u32>) -> Result<(), StoreError>;
    /// Writes an entry. The header goes into metadata where it fits, else in front of the body with `brief`
    /// as metadata. `ttl` in seconds.
    async fn put_entry(
        &self,
        key: &str,
        header: &str,
        brief: &str,
        body: &Self::Body,
        ttl: u32,
    ) -> Result<(), StoreError>;

    /// Turns a body that can be read once into one that can be read often.
    async fn hold(&self, body: Self::Body) -> Result<Self::Body, StoreError>;
    /// Gives up a body that nobody will read.
    fn discard(&self, body: Self::Body);

    /// The time.
    fn now(&self) -> UnixMillis;
    /// Waits, in ms.
    async fn sleep(&self, ms: u64);
    /// Random bits.
    fn random(&self) -> u64;

    /// A new signal.
    fn signal(&self) -> Self::Signal;
    /// Fires it.
    fn fire(&self, signal: &Self::Signal);
    /// Waits for it, at most `ms`. Another request's work is awaited here and nowhere else.
    async fn wait(&self, signal: &Self::Signal, ms: u64);
}

/// What a read of an entry brings.
#[derive(Clone, Debug)]
pub struct Stored<B> {
    /// The header's text; `None` where there is nothing of ours in front of the body.
    pub header: Option<String>,
    /// The body.
    pub body: B,
}

/// Why the store did not do as asked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum StoreError {
    /// The key was written less than a second ago.
    RateLimited,
    /// Anything else, with its text.
    Failed(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RateLimited => f.write_str("the key was written less than a second ago (429)"),
            Self::Failed(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for StoreError {}
