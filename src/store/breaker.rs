//! When to stop asking a store that does not answer. Pure: the time is an argument.

use crate::time::UnixMillis;

/// Failures that open it.
const ENOUGH: u32 = 5;
/// Within which they must come, in ms from the first.
const WINDOW_MS: i64 = 10_000;
/// While it is open, one read in this time goes through, in ms.
const PROBE_MS: i64 = 5_000;

/// Whether reads go to the store: not after five failures within ten seconds, if at least half of the reads failed;
/// then one each five seconds, until the store answers.
///
/// # Examples
///
/// ```
/// use freshtag::store::Breaker;
/// use freshtag::time::UnixMillis;
///
/// let mut breaker = Breaker::default();
/// for ms in 0..5 {
///     breaker.failed(UnixMillis(ms));
/// }
/// assert!(!breaker.admits(UnixMillis(1_000)));
/// assert!(breaker.admits(UnixMillis(5_004)));
/// breaker.answered();
/// assert!(breaker.admits(UnixMillis(5_005)));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Breaker {
    /// When the first of the failures was that count.
    since: Option<UnixMillis>,
    failures: u32,
    /// Answers since then.
    answers: u32,
    /// While it is open: when the next read goes through.
    probe_at: Option<UnixMillis>,
}

impl Breaker {
    /// Whether a read that begins now may go to the store.
    pub fn admits(&mut self, now: UnixMillis) -> bool {
        match self.probe_at {
            Some(at) if now < at => return false,
            Some(_) => self.probe_at = Some(now.plus_ms(PROBE_MS)),
            None => {}
        }
        true
    }

    /// The store answered a read.
    pub fn answered(&mut self) {
        if self.probe_at.is_some() {
            *self = Self::default();
        } else {
            self.answers = self.answers.saturating_add(1);
        }
    }

    /// The store did not answer a read, or too late.
    pub fn failed(&mut self, now: UnixMillis) {
        if self.since.is_none_or(|since| now.since(since) >= WINDOW_MS) {
            *self = Self { since: Some(now), failures: 0, answers: 0, ..*self };
        }
        self.failures = self.failures.saturating_add(1);
        // A few failures among many answers are no reason to render everything.
        if self.probe_at.is_none() && self.failures >= ENOUGH && self.failures >= self.answers {
            self.probe_at = Some(now.plus_ms(PROBE_MS));
        }
    }
}
