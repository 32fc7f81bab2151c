//! What is asked of the flow, and the settings it works under.

use crate::cache::key::StoreKey;
use crate::cache::lifetime::{Life, Lifetime};
use crate::cache::scope::RouteLife;
use crate::cache::tag::Tag;
use crate::time::Seconds;

/// One question: a route, a cached function, or a page of the origin.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Where the answer is kept.
    pub key: StoreKey,
    /// Tags under which it is read, beside those it carries.
    pub soft: Vec<Tag>,
    /// Tags it gets when it is kept, beside those it collects.
    pub implicit: Vec<Tag>,
    /// The lifetime where nobody says anything.
    pub default: Lifetime,
    /// How its lifetime comes about.
    pub policy: Policy,
    /// Whether the request is a GET.
    pub get: bool,
    /// Whether the request carries `Authorization`.
    pub authorization: bool,
    /// Whether what the asker makes of it will itself be kept: a stale answer is then made anew first.
    pub persisted: bool,
    /// Whether a stale answer is better than the error of making a new one (UN-6).
    pub forgiving: bool,
    /// Whether stored answers are passed by, and the new one is kept.
    pub fresh: bool,
    /// Whether an operator asks, to fill the cache.
    pub prerender: bool,
    /// Whether a stale answer is served without a refresh (a prefetch, IS-3).
    pub quiet: bool,
}

/// How a lifetime comes about, by what is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Policy {
    /// A route handler: what its module says, lowered by its inputs (CL-20).
    Route(RouteLife),
    /// A cached function: `cacheLife` and its inputs (CL-12). `own` is a limit of this reader, which wins over the
    /// stored one.
    Data {
        /// The reader's own lifetime.
        own: Option<Lifetime>,
    },
    /// A `fetch` of an upstream: what its reader says, whatever was stored (IC-7).
    Fetch(Lifetime),
    /// A page of the origin: what its response says, or what configuration says in its place.
    Proxy {
        /// The configured lifetime.
        life: Option<Life>,
        /// Configured tags.
        tags: Vec<Tag>,
    },
}

/// Settings of the application that the flow needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// `expireTime`: the expiry of a route that has a finite `revalidate` alone (CL-20).
    pub expire_time: Seconds,
    /// `staleTimes.static`: stands for an infinite client stale time (CL-17).
    pub static_stale: Seconds,
    /// The most bytes of a body that are kept.
    pub most_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self { expire_time: Seconds::YEAR, static_stale: Seconds(300.0), most_bytes: 10 * 1_024 * 1_024 }
    }
}
