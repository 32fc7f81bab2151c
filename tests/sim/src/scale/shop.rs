//! The site that is modelled: a million pages of Zipf's popularity, with 25 tags each.

use super::KEYS;
use crate::dice::{Dice, mix};

/// Tags that are revalidated: products, authors, prices.
pub const TAGS: u64 = 50_000;
/// The first of them: those before are of layouts.
pub const FIRST: u64 = 16;
/// Of a page's tags, those that are.
const OWN: u64 = 20;

/// How often which page is asked for.
pub struct Shop {
    up_to: Vec<f64>,
}

impl Shop {
    /// Zipf's law with exponent 1.
    #[must_use]
    pub fn open() -> Self {
        let mut sum = 0.0;
        let up_to = (1..=KEYS).map(|rank| {
            sum += 1.0 / rank as f64;
            sum
        });
        Self { up_to: up_to.collect() }
    }

    /// The page that somebody asks for.
    pub fn visit(&self, dice: &mut Dice) -> u64 {
        let last = self.up_to.last().copied().unwrap_or(0.0);
        let drawn = dice.part() * last;
        (self.up_to.partition_point(|sum| *sum < drawn) as u64).min(KEYS - 1)
    }
}

/// The tags of a page: four of its layouts, its path, and twenty that say what it shows.
#[must_use]
pub fn tags(key: u64) -> [u64; 25] {
    std::array::from_fn(|at| match at as u64 {
        at @ 0..4 => at,
        4 => FIRST + TAGS + key,
        at => FIRST + mix(key * OWN + at) % TAGS,
    })
}
