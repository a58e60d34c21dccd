//! Sums in the vector registers that every x86-64 has.

use safe_arch::{
    add_i32_m128i, get_i64_from_m128i_s, m128i, mul_i16_horizontal_add_m128i, pack_i32_to_i16_m128i, set_i64_m128i_s,
    set_splat_i32_m128i, shr_imm_i32_m128i, unpack_low_i16_m128i,
};

use super::{Node, WEIGHT_BITS};

/// Four channels, times [`super::WHOLE`].
#[derive(Debug, Clone, Copy)]
pub(in crate::color) struct Sum(m128i);

/// One load: the compiler sees that the four lie side by side.
#[inline(always)]
fn load(Node([a, b, c, d]): Node) -> m128i {
    let part = |v: i16| u64::from(v.cast_unsigned());
    set_i64_m128i_s((part(a) | part(b) << 16 | part(c) << 32 | part(d) << 48).cast_signed())
}

impl Sum {
    /// a · low half + b · high half of the weights.
    #[inline(always)]
    pub(in crate::color) fn pair(a: Node, b: Node, weights: u32) -> Sum {
        let both = unpack_low_i16_m128i(load(a), load(b));
        Sum(mul_i16_horizontal_add_m128i(
            both,
            set_splat_i32_m128i(weights.cast_signed()),
        ))
    }

    /// Both.
    #[inline(always)]
    pub(in crate::color) fn add(self, other: Sum) -> Sum {
        Sum(add_i32_m128i(self.0, other.0))
    }

    /// Rounded; weights that added up to a whole, so that it fits.
    #[inline(always)]
    pub(in crate::color) fn settle(self) -> Node {
        let half = set_splat_i32_m128i(1 << (WEIGHT_BITS - 1));
        let rounded = shr_imm_i32_m128i::<{ WEIGHT_BITS as i32 }>(add_i32_m128i(self.0, half));
        let word = get_i64_from_m128i_s(pack_i32_to_i16_m128i(rounded, rounded));
        Node([
            word as i16,
            (word >> 16) as i16,
            (word >> 32) as i16,
            (word >> 48) as i16,
        ])
    }
}
