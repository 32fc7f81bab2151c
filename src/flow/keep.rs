//! Keeping what was rendered.

use std::rc::Rc;

use super::{Ask, Flow, Landing, Policy, Rendered, Scope};
use crate::cache::admit::{Admit, Prior, Reason, Response, admit};
use crate::cache::codec;
use crate::cache::entry::Entry;
use crate::cache::freshness::{may_be_given_life, origin_lifetime, origin_tags};
use crate::cache::key::{Kind, StoreKey};
use crate::cache::lifetime::Lifetime;
use crate::cache::seen::Floors;
use crate::cache::variant::Selection;
use crate::http::headers::passed_on;
#[cfg(feature = "sabotage")]
use crate::sabotage::{self, Bug};
use crate::store::{Store, StoreError};
use crate::time::Seconds;

/// Retries of a put that was refused, a second apart.
const RETRIES: u32 = 2;

/// A body, complete.
pub struct Bytes<B> {
    /// The handle.
    pub body: B,
    /// Bytes.
    pub len: u64,
    /// Entity tag of the bytes, quoted.
    pub etag: Option<Box<str>>,
}

/// What became of a write.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WriteOutcome {
    /// It is in the store.
    Stored,
    /// It may not be kept.
    Skipped(Reason),
    /// The store did not take it.
    Failed(StoreError),
}

/// The lifetimes that `admit` gave.
pub(super) struct Keep {
    pub(super) lifetime: Lifetime,
    stale_if_error: Option<Seconds>,
}

impl<S: Store> Flow<S> {
    pub(super) fn admit(
        &self,
        ask: &Ask,
        status: &u16,
        headers: &[(Box<str>, Box<str>)],
        scope: &Scope,
        body_len: Option<u64>,
        prior: &Prior,
    ) -> Result<Keep, Reason> {
        let scope = scope.borrow();
        let (lifetime, stale_if_error) = match &ask.policy {
            Policy::Route(own) => (scope.route_lifetime(*own, self.config.expire_time), None),
            Policy::Data { .. } => (Some(scope.lifetime()), None),
            Policy::Fetch(lifetime) => (Some(*lifetime), None),
            Policy::Proxy(page) => {
                let (own, grace) = origin_lifetime(headers, scope.started);
                // Configuration speaks in the place of the origin, but not for a response that forbids keeping it.
                let life = page.life.filter(|_| may_be_given_life(*status));
                (life.map(|life| Lifetime::or(life, Lifetime::INFINITE)).or(own), grace)
            }
        };
        let response = Response {
            kind: ask.kind(),
            get: ask.get,
            authorization: ask.authorization,
            status: *status,
            headers,
            vary: ask.vary(),
            lifetime,
            stale_if_error,
            dynamic: scope.dynamic_reason(),
            body_len,
            most_bytes: self.config.most_bytes,
            prior,
        };
        match admit(&response) {
            Admit::Keep { lifetime, stale_if_error } => Ok(Keep { lifetime, stale_if_error }),
            Admit::Skip(reason) => Err(reason),
        }
    }

    /// Writes a complete result, if at its end it may still be kept. This isolate reads it from here on.
    #[allow(clippy::too_many_arguments)] // each is one fact of the render that has just ended
    pub(super) async fn write(
        &self,
        ask: &Ask,
        head: &Rendered<()>,
        bytes: Bytes<S::Body>,
        scope: &Scope,
        prior: &Prior,
        floors: &Floors,
        landing: &mut Option<Landing<S>>,
    ) -> WriteOutcome {
        let (key, selection) = ask.place(&head.headers);
        // Nobody looked at what stands for the URL of a variant.
        let prior = if *key == ask.key { prior } else { &Prior::Unknown };
        let keep = match self.admit(ask, &head.status, &head.headers, scope, Some(bytes.len), prior) {
            Ok(keep) => keep,
            Err(reason) => return WriteOutcome::Skipped(reason),
        };
        let now = self.index.store.now();
        let url = ask.url();
        // What takes the place of what was read adds nothing.
        let one_more = match prior {
            Prior::Entry(_) => None,
            _ if key != url && Some(key) != ask.base() => Some(key.name()),
            // Nobody knows what it puts aside: the answers of an origin that tells now this, now that would go on doing so.
            Prior::Unknown if ask.base().is_some() => Some(""),
            Prior::Unknown => selection.as_ref().map(Selection::as_str),
            Prior::Nothing => None,
        };
        if one_more.is_some_and(|one| !self.index.memory.may_vary(url.name(), one, now)) {
            return WriteOutcome::Skipped(Reason::Vary("more variants than are kept".into()));
        }
        let entry = Entry { selection, ..self.entry(ask, key, head, &bytes, scope, &keep) };
        #[cfg(feature = "sabotage")]
        let entry = if sabotage::is(Bug::StampAtPut) {
            let tags = entry.tags.into_iter().map(|(tag, _)| (tag, now)).collect();
            Entry { created: now, oldest: now, tags, ..entry }
        } else {
            entry
        };
        let entry = Rc::new(entry);
        // The store has not caught up with what this isolate wrote for the same visitor a moment ago.
        let lead = if floors.is_carried() { self.index.lead_ms } else { 0 };
        let enough = floors.latest().is_some_and(|latest| {
            let known = self.index.memory.recently_written(key.name(), now);
            known.is_some_and(|(written, _)| written.created > latest.plus_ms(lead))
        });
        // Memory gets a body that can be read often; the store takes the bytes as they are.
        let Ok(held) = self.index.store.hold(bytes.body.clone()).await else {
            return WriteOutcome::Skipped(Reason::Truncated);
        };
        if enough || !self.index.memory.writing(key.name(), &entry, &held, now) {
            return WriteOutcome::Skipped(Reason::Older);
        }
        if let Some(mut landing) = landing.take() {
            landing.unstorable = false;
        }
        let outcome = self.put(key.name(), &entry, &bytes.body).await;
        self.index.memory.written(key.name(), &entry);
        if outcome.is_err() {
            self.index.memory.unwritten(key.name(), &entry);
        }
        outcome.map_or_else(WriteOutcome::Failed, |()| WriteOutcome::Stored)
    }

    /// One put with its retries, unless a newer entry takes its place meanwhile.
    pub(crate) async fn put(&self, name: &str, entry: &Entry, body: &S::Body) -> Result<(), StoreError> {
        let store = &self.index.store;
        let (header, brief) = (codec::encode(entry), codec::brief(entry));
        let mut tries = 0_u32;
        loop {
            let ttl = entry.keep_for(store.now());
            match store.put_entry(name, &header, &brief, body, ttl).await {
                Ok(()) => return Ok(()),
                Err(error) if tries >= RETRIES => return Err(error),
                Err(_) => tries = tries.saturating_add(1),
            }
            let jitter = store.random().checked_rem(300).unwrap_or(0);
            store.sleep(jitter.saturating_add(1_000)).await;
            // What was made later has been written meanwhile (T43).
            let known = self.index.memory.recently_written(name, store.now());
            if known.is_some_and(|(known, _)| known.created > entry.created) {
                return Ok(());
            }
        }
    }

    fn entry(
        &self,
        ask: &Ask,
        key: &StoreKey,
        head: &Rendered<()>,
        bytes: &Bytes<S::Body>,
        scope: &Scope,
        keep: &Keep,
    ) -> Entry {
        let mut scope = scope.borrow_mut();
        if let Policy::Proxy(page) = &ask.policy {
            for tag in origin_tags(&head.headers).into_iter().chain(page.tags.iter().cloned()) {
                scope.tag(tag);
            }
        }
        let own_etag =
            head.headers.iter().find(|(name, _)| **name == *"etag").map(|(_, value)| value.clone());
        let headers = match ask.kind() {
            // What an upstream set for one caller is no other caller's.
            Kind::Fetch => head.headers.iter().filter(|(name, _)| **name != *"set-cookie").cloned().collect(),
            _ => passed_on(&head.headers),
        };
        // Who calls brings tags of his own: those of the call that stores are noted, and bind nobody (IC-7).
        let own = ask.under().own;
        let (implicit, told) =
            if own.is_empty() { (&*ask.implicit, Vec::new()) } else { (&[][..], scope.others(own)) };
        Entry {
            key: key.full().into(),
            kind: ask.kind(),
            status: head.status,
            headers,
            tags: scope.tags_with(implicit),
            told,
            created: scope.started,
            oldest: scope.oldest,
            by: self.index.memory.me.clone(),
            seen: scope.seen.clone(),
            lifetime: keep.lifetime,
            selection: None,
            stale_if_error: keep.stale_if_error,
            etag: own_etag.or_else(|| bytes.etag.clone()),
            body_len: bytes.len,
        }
    }
}

impl Ask {
    /// What kind of entry answers this.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.policy {
            Policy::Route(_) => Kind::Route,
            Policy::Data { .. } => Kind::Data,
            Policy::Fetch(_) => Kind::Fetch,
            Policy::Proxy(_) => Kind::Proxy,
        }
    }
}
