//! All chance of a run comes from here: one seed, one sequence.

use oorandom::Rand64;

/// A generator whose numbers are the same on every machine.
pub struct Dice(Rand64);

impl Dice {
    /// Seeds that differ by one give unrelated sequences.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Rand64::new(u128::from(mix(seed)) << 64 | u128::from(seed)))
    }

    /// 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0.rand_u64()
    }

    /// Less than `n`; 0 where `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.bits() % n }
    }

    /// From `low` up to and with `high`.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low).max(0).unsigned_abs() + 1).cast_signed()
    }

    /// True with this probability.
    pub fn chance(&mut self, p: f64) -> bool {
        p > 0.0 && self.0.rand_float() < p
    }

    /// From 0 to 1.
    pub fn part(&mut self) -> f64 {
        self.0.rand_float()
    }

    /// An index into a list of this length.
    pub fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// One of a list.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.index(list.len())]
    }
}

/// A finaliser of SplitMix64: unrelated bits for related numbers.
#[must_use]
pub fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}
