//! Lanes in the vector registers that every x86-64 has.

use safe_arch::{
    add_i32_m128i, get_i32_from_m128i_s, get_i64_from_m128i_s, m128i, mul_i16_horizontal_add_m128i,
    pack_i16_to_u8_m128i, pack_i32_to_i16_m128i, set_i32_m128i, set_i64_m128i_s, set_splat_i32_m128i,
    shl_imm_u32_m128i, shr_imm_i32_m128i, shr_imm_u32_m128i, sub_i32_m128i, unpack_low_i16_m128i, zeroed_m128i,
};

use super::Node;

/// Four numbers.
#[derive(Debug, Clone, Copy)]
pub(in crate::color) struct Lanes(m128i);

impl Lanes {
    /// The same number four times.
    #[inline(always)]
    pub(in crate::color) fn all(v: i32) -> Lanes {
        Lanes(set_splat_i32_m128i(v))
    }

    /// Four numbers.
    #[inline(always)]
    pub(in crate::color) fn new([a, b, c, d]: [i32; 4]) -> Lanes {
        Lanes(set_i32_m128i(d, c, b, a))
    }

    /// Channels of full range.
    #[inline(always)]
    pub(in crate::color) fn of(node: Node) -> Lanes {
        let turned = (node.0 ^ Node::TURN).cast_signed();
        Lanes(unpack_low_i16_m128i(set_i64_m128i_s(turned), zeroed_m128i()))
    }

    /// a · low half + b · high half, channels and halves as i16.
    #[inline(always)]
    pub(in crate::color) fn pair(a: Node, b: Node, weights: u32) -> Lanes {
        let (a, b) = (set_i64_m128i_s(a.0.cast_signed()), set_i64_m128i_s(b.0.cast_signed()));
        let weights = set_splat_i32_m128i(weights.cast_signed());
        Lanes(mul_i16_horizontal_add_m128i(unpack_low_i16_m128i(a, b), weights))
    }

    /// Sum, lane by lane.
    #[inline(always)]
    pub(in crate::color) fn add(self, other: Lanes) -> Lanes {
        Lanes(add_i32_m128i(self.0, other.0))
    }

    /// Difference, lane by lane.
    #[inline(always)]
    pub(in crate::color) fn sub(self, other: Lanes) -> Lanes {
        Lanes(sub_i32_m128i(self.0, other.0))
    }

    /// Halved `N` times, rounded down.
    #[inline(always)]
    pub(in crate::color) fn halved<const N: i32>(self) -> Lanes {
        Lanes(shr_imm_i32_m128i::<N>(self.0))
    }

    /// Upper halves as numbers of their own.
    #[inline(always)]
    pub(in crate::color) fn upper(self) -> Lanes {
        Lanes(shr_imm_u32_m128i::<16>(self.0))
    }

    /// Doubled eight times.
    #[inline(always)]
    pub(in crate::color) fn raised(self) -> Lanes {
        Lanes(shl_imm_u32_m128i::<8>(self.0))
    }

    /// Channels less 32768, each held to an i16.
    #[inline(always)]
    pub(in crate::color) fn node(self) -> Node {
        Node(get_i64_from_m128i_s(pack_i32_to_i16_m128i(self.0, self.0)).cast_unsigned())
    }

    /// Each held to a byte.
    #[inline(always)]
    pub(in crate::color) fn bytes(self) -> [u8; 4] {
        let words = pack_i32_to_i16_m128i(self.0, self.0);
        get_i32_from_m128i_s(pack_i16_to_u8_m128i(words, words)).to_le_bytes()
    }
}
