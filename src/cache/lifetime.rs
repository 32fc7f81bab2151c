//! How long something lives: `stale`, `revalidate`, `expire` (rules CL-11 to CL-13, CL-16, CL-17, CL-20, CL-21).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::json::print_number;
use crate::time::Seconds;

/// The `Cache-Control` of what no cache may keep (NOCACHE-5).
pub const NO_CACHE: &str = "private, no-cache, no-store, max-age=0, must-revalidate";

/// An entry that expires sooner than this is left out of a static prerender (CL-16).
const MIN_PRERENDERABLE_EXPIRE: Seconds = Seconds(300.0);
/// An entry that is stale sooner than this is left out of every prerender (CL-16).
const MIN_PREFETCHABLE_STALE: Seconds = Seconds(30.0);
/// An entry that is stale sooner than this is left out of an app shell (CL-16).
const MIN_SHELL_STALE: Seconds = Seconds(300.0);

/// Writes `Cache-Control` as Next does (CL-21): for shared caches only, without `max-age` and `public`.
///
/// `revalidate` is `None` where Next says `false`: one year, and no `stale-while-revalidate`. `expire` is `None`
/// where nothing limits the life. `cacheLife`'s `stale` has no say here (CL-22). Numbers print as JavaScript prints
/// them.
///
/// # Examples
///
/// ```
/// use freshtag::cache::lifetime::{NO_CACHE, cache_control};
/// use freshtag::time::Seconds;
///
/// assert_eq!(cache_control(Some(Seconds(900.0)), Some(Seconds(3600.0))), "s-maxage=900, stale-while-revalidate=2700");
/// assert_eq!(cache_control(Some(Seconds(0.0)), None), NO_CACHE);
/// ```
#[must_use]
pub fn cache_control(revalidate: Option<Seconds>, expire: Option<Seconds>) -> String {
    match (revalidate, expire) {
        (Some(Seconds(0.0)), _) => NO_CACHE.to_owned(),
        (Some(revalidate), Some(expire)) if revalidate < expire => {
            let window = expire.0 - revalidate.0;
            format!("s-maxage={}, stale-while-revalidate={}", JsNumber(revalidate.0), JsNumber(window))
        }
        (Some(revalidate), _) => format!("s-maxage={}", JsNumber(revalidate.0)),
        (None, _) => format!("s-maxage={}", JsNumber(Seconds::YEAR.0)),
    }
}

/// The value of `x-nextjs-stale-time` (CL-17): `stale` as it is, or `static_stale` (`staleTimes.static`) where
/// `stale` is infinite. There is no floor here; the 30 s floor is the client's (CL-18).
///
/// # Examples
///
/// ```
/// use freshtag::cache::lifetime::stale_time_header;
/// use freshtag::time::Seconds;
///
/// assert_eq!(stale_time_header(Seconds(10.0), Seconds(300.0)), "10");
/// assert_eq!(stale_time_header(Seconds::INFINITE, Seconds(300.0)), "300");
/// ```
#[must_use]
pub fn stale_time_header(stale: Seconds, static_stale: Seconds) -> String {
    let told = if stale.is_infinite() { static_stale } else { stale };
    JsNumber(told.0).to_string()
}

/// What somebody wrote about a lifetime. `None` means that nothing was said about the field.
///
/// # Examples
///
/// Several `cacheLife` calls combine field by field to the smallest value (CL-11):
///
/// ```
/// use freshtag::cache::lifetime::Life;
/// use freshtag::time::Seconds;
///
/// let hours = Life { stale: Some(Seconds(300.0)), revalidate: Some(Seconds(3600.0)), expire: None };
/// let own = Life { stale: Some(Seconds(1000.0)), ..Life::default() };
/// assert_eq!(hours.min(own), hours);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Life {
    /// How long a client may use its copy without asking.
    pub stale: Option<Seconds>,
    /// After how long the server makes a new one in the background.
    pub revalidate: Option<Seconds>,
    /// After how long the old one may not be served any more.
    pub expire: Option<Seconds>,
}

impl Life {
    /// The smaller of two per field; a field that one side leaves open is the other's (CL-11).
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self {
            stale: smaller(self.stale, other.stale),
            revalidate: smaller(self.revalidate, other.revalidate),
            expire: smaller(self.expire, other.expire),
        }
    }
}

/// A complete lifetime, counted from the moment the computation started.
///
/// # Examples
///
/// ```
/// use freshtag::cache::lifetime::{Life, Lifetime, Prerender};
/// use freshtag::time::Seconds;
///
/// let nested = Life { expire: Some(Seconds(60.0)), ..Life::default() };
/// let lifetime = Lifetime::INFINITE.lower(nested);
/// assert_eq!(lifetime.expire, Seconds(60.0));
/// assert!(!lifetime.fits(Prerender::Static));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lifetime {
    /// How long a client may use its copy without asking.
    pub stale: Seconds,
    /// After how long the server makes a new one in the background.
    pub revalidate: Seconds,
    /// After how long the old one may not be served any more.
    pub expire: Seconds,
}

impl Lifetime {
    /// No limit at all: where a minimum over a route's inputs starts (CL-20).
    pub const INFINITE: Self =
        Self { stale: Seconds::INFINITE, revalidate: Seconds::INFINITE, expire: Seconds::INFINITE };

    /// The final lifetime of a cached function: per field what it says itself, else what its inputs imply (CL-12).
    ///
    /// `explicit` wins whether it is longer or shorter, but only for the fields it names (CL-13).
    #[must_use]
    pub fn or(explicit: Life, implicit: Self) -> Self {
        Self {
            stale: explicit.stale.unwrap_or(implicit.stale),
            revalidate: explicit.revalidate.unwrap_or(implicit.revalidate),
            expire: explicit.expire.unwrap_or(implicit.expire),
        }
    }

    /// This lifetime, lowered per field by a nested input's (CL-12).
    #[must_use]
    pub fn lower(self, by: Life) -> Self {
        Self::or(Life::from(self).min(by), self)
    }

    /// Whether an entry with this lifetime is part of such a prerender; if not, it leaves a dynamic hole (CL-16).
    #[must_use]
    pub fn fits(self, prerender: Prerender) -> bool {
        let is_static = self.revalidate.0 != 0.0 && self.expire >= MIN_PRERENDERABLE_EXPIRE;
        match prerender {
            Prerender::Runtime => self.stale >= MIN_PREFETCHABLE_STALE,
            Prerender::Shell => is_static && self.stale >= MIN_SHELL_STALE,
            Prerender::Static => is_static && self.stale >= MIN_PREFETCHABLE_STALE,
        }
    }

    /// The `Cache-Control` of a route with this lifetime (CL-20, then CL-21).
    ///
    /// `expire_time` is the `expireTime` option, for a route that revalidates and never expires.
    #[must_use]
    pub fn cache_control(self, expire_time: Option<Seconds>) -> String {
        let finite = |seconds: Seconds| (!seconds.is_infinite()).then_some(seconds);
        let revalidate = finite(self.revalidate);
        let expire = finite(self.expire).or_else(|| revalidate.filter(|r| r.0 > 0.0).and(expire_time));
        cache_control(revalidate, expire)
    }
}

impl From<Lifetime> for Life {
    fn from(lifetime: Lifetime) -> Self {
        Self {
            stale: Some(lifetime.stale),
            revalidate: Some(lifetime.revalidate),
            expire: Some(lifetime.expire),
        }
    }
}

/// What is being rendered ahead of its request (CL-16).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Prerender {
    /// For one visitor, shortly before the visit.
    Runtime,
    /// The shell that every visitor of the route shares.
    Shell,
    /// Once, for everybody.
    Static,
}

/// Prints a number as JavaScript's `String(n)` does, within what seconds can be.
pub(crate) struct JsNumber(pub(crate) f64);

impl fmt::Display for JsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            f64::INFINITY => f.write_str("Infinity"),
            f64::NEG_INFINITY => f.write_str("-Infinity"),
            number if number.is_nan() => f.write_str("NaN"),
            number => f.write_str(&print_number(number)),
        }
    }
}

fn smaller(a: Option<Seconds>, b: Option<Seconds>) -> Option<Seconds> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
