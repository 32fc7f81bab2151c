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
        bits(found(self.bytes, byte)).wrapping_shr(self.skip)
    }

    /// A bit for each byte that is one of two.
    #[inline(always)]
    pub(super) fn bits_of_either(self, one: u8, other: u8) -> u32 {
        bits(either(found(self.bytes, one), found(self.bytes, other))).wrapping_shr(self.skip)
    }

    /// A bit for each place where this has one byte and a block that is aligned like it has another.
    #[inline(always)]
    pub(super) fn bits_of_both(self, one: u8, aligned: Block<'_>, other: u8) -> u32 {
        bits(both(found(self.bytes, one), found(aligned.bytes, other))).wrapping_shr(self.skip)
    }
}

#[cfg(not(target_feature = "simd128"))]
use self::portable::{bits, both, either, found};
#[cfg(target_feature = "simd128")]
use self::simd::{bits, both, either, found};

#[cfg(target_feature = "simd128")]
mod simd {
    use std::arch::wasm32::{i8x16_bitmask, u8x16_eq, u8x16_splat, u64x2, v128};
    pub(super) use std::arch::wasm32::{v128_and as both, v128_or as either};

    #[inline(always)]
    pub(super) fn found(bytes: &[u8; super::WIDTH], byte: u8) -> v128 {
        let whole = u128::from_le_bytes(*bytes);
        u8x16_eq(u64x2(whole as u64, (whole >> 64) as u64), u8x16_splat(byte))
    }

    #[inline(always)]
    pub(super) fn bits(found: v128) -> u32 {
        u32::from(i8x16_bitmask(found))
    }
}

#[cfg(not(target_feature = "simd128"))]
mod portable {
    pub(super) fn found(bytes: &[u8; super::WIDTH], byte: u8) -> u32 {
        bytes.iter().rev().fold(0, |bits, its| bits << 1 | u32::from(*its == byte))
    }

    pub(super) fn bits(found: u32) -> u32 {
        found
    }

    pub(super) fn both(one: u32, other: u32) -> u32 {
        one & other
    }

    pub(super) fn either(one: u32, other: u32) -> u32 {
        one | other
    }
}
