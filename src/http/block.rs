//! Sixteen bytes at a time: where a byte occurs in a text, as bits.
//!
//! Inlined by force: built for size, each of these would become a call.

/// How many bytes a block has.
pub(super) const WIDTH: usize = 16;

/// Sixteen bytes of a text, the first `skip` of them left out.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    bytes: &'a [u8; WIDTH],
    skip: u32,
}

/// The blocks of a text, and a block of what remains behind them, for which `room` may be needed.
#[inline(always)]
pub(super) fn blocks<'a>(text: &'a [u8], room: &'a mut [u8; WIDTH]) -> (&'a [[u8; WIDTH]], Block<'a>) {
    let (whole, rest) = text.as_chunks();
    let skip = WIDTH.wrapping_sub(rest.len()) as u32;
    // The last sixteen bytes hold the rest. Copying it would take longer than all that is done with it.
    let bytes = text.last_chunk().unwrap_or_else(|| {
        for (to, from) in room.iter_mut().rev().zip(rest.iter().rev()) {
            *to = *from;
        }
        room
    });
    (whole, Block { bytes, skip })
}

impl<'a> Block<'a> {
    #[inline(always)]
    pub(super) fn new(bytes: &'a [u8; WIDTH]) -> Self {
        Self { bytes, skip: 0 }
    }

    /// A bit for each byte that is `byte`, the lowest for the first.
    #[inline(always)]
    pub(super) fn bits_of(self, byte: u8) -> u32 {
        self.bits_of_either(byte, byte)
    }

    /// A bit for each byte that is one of two.
    #[cfg(target_feature = "simd128")]
    #[inline(always)]
    pub(super) fn bits_of_either(self, one: u8, other: u8) -> u32 {
        use std::arch::wasm32::{i8x16_bitmask, u8x16_eq, u8x16_splat, u64x2, v128_or};
        let whole = u128::from_le_bytes(*self.bytes);
        let bytes = u64x2(whole as u64, (whole >> 64) as u64);
        let found = v128_or(u8x16_eq(bytes, u8x16_splat(one)), u8x16_eq(bytes, u8x16_splat(other)));
        u32::from(i8x16_bitmask(found)).wrapping_shr(self.skip)
    }

    /// A bit for each byte that is one of two.
    #[cfg(not(target_feature = "simd128"))]
    pub(super) fn bits_of_either(self, one: u8, other: u8) -> u32 {
        let bit = |byte: &u8| u32::from(*byte == one || *byte == other);
        self.bytes.iter().rev().fold(0, |bits, byte| bits << 1 | bit(byte)).wrapping_shr(self.skip)
    }
}
