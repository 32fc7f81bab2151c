//! What a render collects while it runs: lifetimes, tags with the age of their data, and whether it looked at
//! the visitor.

use super::entry::Entry;
use super::lifetime::{Life, Lifetime};
use super::tag::{MAX_ITEMS, Tag};
use crate::sabotage::{self, Bug};
use crate::time::{Seconds, UnixMillis};

/// An input whose `expire` is below this cannot be part of something kept (CL-16), in seconds.
pub const MIN_EXPIRE: Seconds = Seconds(300.0);

/// Collects for one render of a route or of a cached function.
///
/// # Examples
///
/// ```
/// use freshtag::cache::lifetime::{Life, Lifetime};
/// use freshtag::cache::scope::Collected;
/// use freshtag::time::{Seconds, UnixMillis};
///
/// let mut scope = Collected::new(Lifetime::INFINITE, UnixMillis(1_000), None);
/// scope.life(Life { revalidate: Some(Seconds(60.0)), ..Life::default() });
/// scope.life(Life { revalidate: Some(Seconds(900.0)), ..Life::default() });
/// assert_eq!(scope.lifetime().revalidate, Seconds(60.0)); // CL-11: the minimum, not the last
/// ```
#[derive(Clone, Debug)]
pub struct Collected {
    /// When the render started: no data of its own is older.
    pub started: UnixMillis,
    /// The watermark known then.
    pub seen: Option<Box<str>>,
    /// The earliest moment whose data it contains.
    pub oldest: UnixMillis,
    default: Lifetime,
    explicit: Life,
    nested: Life,
    tags: Vec<(Tag, UnixMillis)>,
    dynamic: Option<Box<str>>,
}

impl Collected {
    /// `default` is the lifetime where nobody says anything (CL-11).
    #[must_use]
    pub fn new(default: Lifetime, started: UnixMillis, seen: Option<Box<str>>) -> Self {
        Self {
            started,
            seen,
            oldest: started,
            default,
            explicit: Life::default(),
            nested: Life::default(),
            tags: Vec::new(),
            dynamic: None,
        }
    }

    /// A `cacheLife` call: lowers what was said before, per field (CL-11).
    pub fn life(&mut self, life: Life) {
        self.explicit = self.explicit.min(life);
    }

    /// A `cacheTag` call: data of this render's own. At most 128 tags are kept in all (TG-2).
    pub fn tag(&mut self, tag: Tag) {
        self.tag_as_of(tag, self.started);
    }

    fn tag_as_of(&mut self, tag: Tag, as_of: UnixMillis) {
        if !sabotage::is(Bug::NoSoftAge) {
            self.oldest = self.oldest.min(as_of);
        }
        match self.tags.iter_mut().find(|(known, _)| *known == tag) {
            Some((_, known)) => *known = (*known).min(as_of),
            None => self.tags.push((tag, as_of)),
        }
    }

    /// Takes in a nested cached input: its tags (CL-14), its lifetime (CL-12), and the age of its data. As it was
    /// read under the soft tags of the route, its age counts for every one of them: they are compared with `oldest`.
    pub fn absorb(&mut self, inner: &Entry) {
        self.absorb_parts(&inner.tags, inner.oldest, inner.lifetime.into());
    }

    /// Takes in an input of `unstable_cache` or `fetch`, which began at `created`: as [`Self::absorb`], with the tags that
    /// the call gave, and of its lifetime `revalidate` alone counts (UN-8).
    pub fn absorb_call(
        &mut self,
        tags: &[(Tag, UnixMillis)],
        own: &[Tag],
        created: UnixMillis,
        oldest: UnixMillis,
        revalidate: Option<Seconds>,
    ) {
        for tag in own {
            self.tag_as_of(tag.clone(), created.min(self.started));
        }
        self.absorb_parts(tags, oldest, Life { revalidate, ..Life::default() });
    }

    /// As [`Self::absorb`], for an input whose render has just ended and may never become an entry.
    pub fn absorb_scope(&mut self, inner: &Self) {
        self.absorb_parts(&inner.tags, inner.oldest, inner.lifetime().into());
    }

    fn absorb_parts(&mut self, tags: &[(Tag, UnixMillis)], oldest: UnixMillis, life: Life) {
        for (tag, as_of) in tags {
            self.tag_as_of(tag.clone(), (*as_of).min(self.started));
        }
        if !sabotage::is(Bug::NoSoftAge) {
            self.oldest = self.oldest.min(oldest);
        }
        self.nested = self.nested.min(life);
    }

    /// The render looked at its request, or may not be kept for another reason.
    pub fn dynamic(&mut self, reason: &str) {
        self.dynamic.get_or_insert_with(|| reason.into());
    }

    /// The first reason why it may not be kept.
    #[must_use]
    pub fn dynamic_reason(&self) -> Option<&str> {
        self.dynamic.as_deref()
    }

    /// The lifetime of a cached function: explicit fields win, else the smallest nested or default one (CL-12).
    #[must_use]
    pub fn lifetime(&self) -> Lifetime {
        Lifetime::or(self.explicit, self.default.lower(self.nested))
    }

    /// The lifetime of a route: what it was told, lowered by everything in it (CL-20); `None` where nobody
    /// gave one, or where an input lives too short to be part of something kept (CL-16).
    #[must_use]
    pub fn route_lifetime(&self, own: RouteLife, expire_time: Seconds) -> Option<Lifetime> {
        let told = match own {
            RouteLife::Unsaid => Life::default(),
            RouteLife::Forever => Life { revalidate: Some(Seconds::INFINITE), ..Life::default() },
            RouteLife::Every(seconds) => Life { revalidate: Some(seconds), ..Life::default() },
        };
        let all = told.min(self.explicit).min(self.nested);
        let revalidate = all.revalidate?;
        let short = |limit: Option<Seconds>, least: Seconds| limit.is_some_and(|s| s < least);
        if revalidate.0 <= 0.0 || short(self.nested.expire, MIN_EXPIRE) {
            return None;
        }
        // CL-20: a finite revalidate without an expire takes `expireTime`.
        let expire = match all.expire {
            Some(expire) if !expire.is_infinite() => expire,
            _ if revalidate.is_infinite() => Seconds::INFINITE,
            _ => expire_time,
        };
        Some(Lifetime { stale: all.stale.unwrap_or(Seconds::INFINITE), revalidate, expire })
    }

    /// The smallest `revalidate` of the inputs so far; infinite where none has one.
    #[must_use]
    pub fn nested_revalidate(&self) -> Seconds {
        self.nested.revalidate.unwrap_or(Seconds::INFINITE)
    }

    /// Its own and nested tags, each with the age of its data.
    #[must_use]
    pub fn tags(&self) -> &[(Tag, UnixMillis)] {
        &self.tags
    }

    /// Those of `tags` that it does not have.
    #[must_use]
    pub fn others(&self, tags: &[Tag]) -> Vec<Tag> {
        tags.iter().filter(|tag| !self.tags.iter().any(|(own, _)| own == *tag)).cloned().collect()
    }

    /// Its tags, at most 128 beside the `implicit` ones, which come first (TG-12). A route's implicit tags count as
    /// old as the oldest data in it.
    #[must_use]
    pub fn tags_with(&self, implicit: &[Tag]) -> Vec<(Tag, UnixMillis)> {
        let implicit_first = implicit.iter().map(|tag| (tag.clone(), self.oldest));
        let own = self.tags.iter().filter(|(tag, _)| !implicit.contains(tag)).take(MAX_ITEMS).cloned();
        implicit_first.chain(own).collect()
    }
}

/// What a route module says of its own lifetime (`export const revalidate`, `dynamic`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RouteLife {
    /// Nothing: what its cached inputs give, if any.
    Unsaid,
    /// `revalidate = false`, or `dynamic = 'force-static'` alone.
    Forever,
    /// `revalidate = n`, in seconds.
    Every(Seconds),
}
