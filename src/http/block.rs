//! Sixteen bytes at a time: where a byte occurs in a text, as bits.
//!
//! Inlined by force: built for size, each of these would become a call.

/// How many bytes a block has.
pub(super) const WIDTH: usize = 16;

/// Sixteen bytes of a text.
#[derive(Clone, Copy)]
pub(super) struct Block<'a>(&'a [u8; WIDTH]);

/// The blocks of a text, and what remains, padded with zeros.
#[inline(always)]
pub(super) fn blocks(text: &[u8]) -> (&[[u8; WIDTH]], [u8; WIDTH]) {
    let (whole, rest) = text.as_chunks();
    let mut padded = [0; WIDTH];
    for (to, from) in padded.iter_mut().zip(rest) {
        *to = *from;
    }
    (whole, padded)
}

impl<'a> Block<'a> {
    #[inline(always)]
    pub(super) fn new(bytes: &'a [u8; WIDTH]) -> Self {
        Self(bytes)
    }

    /// A bit for each byte that is `byte`, the lowest for the first.
    #[cfg(target_feature = "simd128")]
    #[inline(always)]
    pub(super) fn bits_of(self, byte: u8) -> u32 {
        use std::arch::wasm32::{i8x16_bitmask, u8x16_eq, u8x16_splat, u64x2};
        let whole = u128::from_le_bytes(*self.0);
        let bytes = u64x2(whole as u64, (whole >> 64) as u64);
        u32::from(i8x16_bitmask(u8x16_eq(bytes, u8x16_splat(byte))))
    }

    /// A bit for each byte that is `byte`, the lowest for the first.
    #[cfg(not(target_feature = "simd128"))]
    pub(super) fn bits_of(self, byte: u8) -> u32 {
        self.0.iter().rev().fold(0, |bits, its| bits << 1 | u32::from(*its == byte))
    }
}
