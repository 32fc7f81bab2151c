//! Sixteen bytes at a time: where a byte occurs in a text, as bits.

/// How many bytes a block has.
pub(super) const WIDTH: usize = 16;

/// Sixteen bytes of a text; behind its end there are zeros.
#[derive(Clone, Copy)]
pub(super) struct Block([u8; WIDTH]);

impl Block {
    /// The block that begins at `at`.
    #[inline]
    pub(super) fn at(text: &[u8], at: usize) -> Self {
        let rest = text.get(at..).unwrap_or_default();
        match rest.first_chunk() {
            Some(whole) => Self(*whole),
            None => {
                let mut padded = [0; WIDTH];
                for (to, from) in padded.iter_mut().zip(rest) {
                    *to = *from;
                }
                Self(padded)
            }
        }
    }

    /// A bit for each byte that is `byte`, the lowest for the first.
    #[cfg(target_feature = "simd128")]
    #[inline]
    pub(super) fn bits_of(self, byte: u8) -> u32 {
        use std::arch::wasm32::{i8x16_bitmask, u8x16_eq, u8x16_splat, u64x2};
        let (low, high) = (u128::from_le_bytes(self.0) as u64, (u128::from_le_bytes(self.0) >> 64) as u64);
        u32::from(i8x16_bitmask(u8x16_eq(u64x2(low, high), u8x16_splat(byte))))
    }

    /// A bit for each byte that is `byte`, the lowest for the first.
    #[cfg(not(target_feature = "simd128"))]
    pub(super) fn bits_of(self, byte: u8) -> u32 {
        self.0.iter().rev().fold(0, |bits, its| bits << 1 | u32::from(*its == byte))
    }
}
