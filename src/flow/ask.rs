//! What is asked of the flow, and the settings it works under.

use crate::cache::entry::Entry;
use crate::cache::key::StoreKey;
use crate::cache::lifetime::{Life, Lifetime};
use crate::cache::scope::RouteLife;
use crate::cache::tag::Tag;
use crate::cache::variant::Selection;
use crate::http::headers::values;
use crate::store::Under;
use crate::time::Seconds;

/// One question: a route, a cached function, or a page of the origin.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Where the answer is kept.
    pub key: StoreKey,
    /// Tags of the route under which it is read, beside those it carries.
    pub soft: Vec<Tag>,
    /// Tags it gets when it is kept, beside those it collects. Those of a call count for that call alone (IC-7).
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
    Proxy(Proxied),
}

/// A page of the origin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Proxied {
    /// The configured lifetime.
    pub life: Option<Life>,
    /// Configured tags.
    pub tags: Vec<Tag>,
    /// Configured request fields on which it varies without saying so.
    pub vary: Vec<String>,
    /// The header fields that the origin is asked with, names in lower case: what chooses one of several responses.
    pub fields: Vec<(Box<str>, Box<str>)>,
    /// Of a variant: the key of its URL, where the entry is that led to it.
    pub base: Option<StoreKey>,
    /// Of a form of a React page: the key of its URL, under which all that is stored of it is counted (T10).
    pub url: Option<StoreKey>,
}

impl Ask {
    /// The question for the variant that fits this request, where `entry`, which stands for the URL, does not
    /// (RFC 9111 §4.1).
    pub(super) fn variant(&self, entry: &Entry) -> Option<Self> {
        let Policy::Proxy(page) = &self.policy else { return None };
        if page.base.is_some() {
            return None;
        }
        let told = Selection::of(page.vary.iter().map(String::as_str), &page.fields);
        let own = match (&entry.selection, told) {
            (Some(chosen), told) if told.as_ref().is_none_or(|told| chosen.covers(told)) => {
                Some(chosen.again(&page.fields)).filter(|own| own != chosen)
            }
            // It was made before configuration said that more fields count.
            (_, told) => told,
        }?;
        let policy = Policy::Proxy(Proxied { base: Some(self.key.clone()), ..page.clone() });
        Some(Self { key: self.key.variant(own.as_str()), policy, ..self.clone() })
    }

    /// Where a response with these headers goes, and what chose it. The first response of a URL that varies stands for
    /// the URL, and so does one that varies on other fields than that one.
    pub(super) fn place(&self, headers: &[(Box<str>, Box<str>)]) -> (&StoreKey, Option<Selection>) {
        let Policy::Proxy(page) = &self.policy else { return (&self.key, None) };
        let vary = values(headers, "vary").chain(page.vary.iter().map(String::as_str));
        let own = Selection::of(vary, &page.fields);
        match (&page.base, &own) {
            (Some(base), Some(own)) if base.variant(own.as_str()) == self.key => {}
            (Some(base), _) => return (base, own),
            (None, _) => {}
        }
        (&self.key, own)
    }

    /// The same question without a visitor, for the refresh of an entry: it has the fields alone that chose the entry.
    pub(super) fn bare(&self, entry: &Entry) -> Self {
        let mut bare = Self { get: true, authorization: false, ..self.clone() };
        if let Policy::Proxy(page) = &mut bare.policy {
            page.fields = entry.selection.as_ref().map_or_else(Vec::new, |own| own.fields(&page.fields));
        }
        bare
    }

    /// Of a variant: the key of its URL.
    pub(super) fn base(&self) -> Option<&StoreKey> {
        if let Policy::Proxy(page) = &self.policy { page.base.as_ref() } else { None }
    }

    /// The key of the URL, whichever form or variant of it this is.
    pub(super) fn url(&self) -> &StoreKey {
        let url = if let Policy::Proxy(page) = &self.policy { page.url.as_ref() } else { None };
        url.or(self.base()).unwrap_or(&self.key)
    }

    /// The tags under which it is read.
    pub(super) fn under(&self) -> Under<'_> {
        let own = match self.policy {
            Policy::Data { .. } | Policy::Fetch(_) => &*self.implicit,
            Policy::Route(_) | Policy::Proxy(_) => &[],
        };
        Under { soft: &self.soft, own }
    }

    /// The configured fields on which the answer varies.
    pub(super) fn vary(&self) -> &[String] {
        if let Policy::Proxy(page) = &self.policy { &page.vary } else { &[] }
    }

    /// The fields that the origin is asked with.
    pub(super) fn fields(&self) -> &[(Box<str>, Box<str>)] {
        if let Policy::Proxy(page) = &self.policy { &page.fields } else { &[] }
    }
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
