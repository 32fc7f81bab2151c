//! Which keys are being rendered, and when the next render may begin.

use super::{MEMO_MS, Memory};
use crate::time::UnixMillis;

/// What a request does about a render that is needed.
pub(crate) enum Role<G> {
    /// Renders without anybody waiting for it.
    Alone,
    /// Renders, and others wait.
    Leader(G),
    /// Waits.
    Follower(G),
}

pub(super) struct Flight<G> {
    signal: G,
    began: UnixMillis,
}

impl<B: Clone, G: Clone> Memory<B, G> {
    /// Claims the refresh of a key. One runs at a time, for 30 s at most: the platform cuts it then.
    pub(crate) fn begin_refresh(&self, key: &str, now: UnixMillis) -> bool {
        self.with_key(key, |times| {
            let busy = times.refreshing.is_some_and(|at| now.since(at) < 30_000);
            let backing_off = times.retry_at.is_some_and(|at| at > now);
            if busy || backing_off {
                return false;
            }
            times.refreshing = Some(now);
            true
        })
    }

    /// Ends a refresh; `retry_at` holds the next one back after a failure.
    pub(crate) fn end_refresh(&self, key: &str, retry_at: Option<UnixMillis>) {
        self.with_key(key, |times| {
            times.refreshing = None;
            times.retry_at = times.retry_at.max(retry_at);
        });
    }

    /// A render failed: holds back the next one.
    pub(crate) fn failed(&self, key: &str, retry_at: UnixMillis) {
        self.end_refresh(key, Some(retry_at));
        self.with_key(key, |times| times.failing = Some(retry_at));
    }

    /// Whether a failed render holds back the next one.
    pub(crate) fn is_failing(&self, key: &str, now: UnixMillis) -> bool {
        self.with_key(key, |times| times.failing.is_some_and(|at| at > now))
    }

    /// Joins the render of a key that another request of this isolate does, or becomes the one that does it.
    pub(crate) fn join(&self, key: &str, now: UnixMillis, make: impl FnOnce() -> G) -> Role<G> {
        // What turned out to be dynamic a moment ago is not worth waiting for.
        if self.with_key(key, |times| times.unstorable.is_some_and(|at| now.since(at) < MEMO_MS)) {
            return Role::Alone;
        }
        let mut inner = self.inner.borrow_mut();
        inner.flights.retain(|(_, flight)| now.since(flight.began) < 30_000);
        if let Some((_, flight)) = inner.flights.iter().find(|(name, _)| &**name == key) {
            return Role::Follower(flight.signal.clone());
        }
        let signal = make();
        inner.flights.push((key.into(), Flight { signal: signal.clone(), began: now }));
        Role::Leader(signal)
    }

    /// The leader's render has ended; `unstorable` if nobody else can use its result.
    pub(crate) fn land(&self, key: &str, unstorable: bool, now: UnixMillis) {
        self.inner.borrow_mut().flights.retain(|(name, _)| &**name != key);
        self.with_key(key, |times| times.unstorable = unstorable.then_some(now));
    }
}
