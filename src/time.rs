//! Moments and durations, with units in the type. There is no clock here: `now` is always an argument.

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch.
///
/// # Examples
///
/// ```
/// use freshtag::time::{Seconds, UnixMillis};
///
/// let created = UnixMillis(1_000);
/// assert_eq!(created.plus(Seconds(1.5)), UnixMillis(2_500));
/// assert_eq!(UnixMillis(5_000).since(created), 4_000);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

impl UnixMillis {
    /// Later than every moment that can occur.
    pub const FAR_FUTURE: Self = Self(i64::MAX);

    /// This moment moved by a duration. Saturates; an infinite duration gives [`Self::FAR_FUTURE`].
    #[must_use]
    pub fn plus(self, duration: Seconds) -> Self {
        if duration.is_infinite() {
            return Self::FAR_FUTURE;
        }
        self.plus_ms(duration.as_millis())
    }

    /// This moment moved by `ms` milliseconds, which may be negative. Saturates.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this moment; negative if `earlier` is in fact later.
    #[must_use]
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A number of seconds as Next's API takes it: fractions and negative numbers are legal (CL-6).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub f64);

impl Seconds {
    /// What Next writes for `Infinity`, because JSON cannot hold it (CL-2).
    pub const INFINITE: Self = Self(4_294_967_294.0);
    /// 365 days.
    pub const YEAR: Self = Self(31_536_000.0);

    /// True from [`Self::INFINITE`] upward (CL-2).
    #[must_use]
    pub fn is_infinite(self) -> bool {
        self.0 >= Self::INFINITE.0
    }

    /// Whole milliseconds, rounded down, saturating.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        #[allow(clippy::cast_possible_truncation)] // `as` saturates and maps NaN to 0
        {
            (self.0 * 1000.0).floor() as i64
        }
    }

    /// The smaller of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}
