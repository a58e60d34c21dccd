//! Sums without vector registers; also the measure for those with them.

// Loops over indices are what the compiler makes vectors of.
#![allow(clippy::needless_range_loop)]

use super::{Node, WEIGHT_BITS};

/// Four channels, times [`super::WHOLE`].
#[derive(Debug, Clone, Copy)]
pub(in crate::color) struct Sum([i32; 4]);

impl Sum {
    /// a · low half + b · high half of the weights.
    #[inline(always)]
    pub(in crate::color) fn pair(a: Node, b: Node, weights: u32) -> Sum {
        let (p, q) = (i32::from(weights as i16), i32::from((weights >> 16) as i16));
        let mut sum = [0; 4];
        for c in 0..4 {
            sum[c] = (i32::from(a.0[c]).wrapping_mul(p)).wrapping_add(i32::from(b.0[c]).wrapping_mul(q));
        }
        Sum(sum)
    }

    /// Both.
    #[inline(always)]
    pub(in crate::color) fn add(self, other: Sum) -> Sum {
        let mut sum = [0; 4];
        for c in 0..4 {
            sum[c] = self.0[c].wrapping_add(other.0[c]);
        }
        Sum(sum)
    }

    /// Rounded; weights that added up to a whole, so that it fits.
    #[inline(always)]
    pub(in crate::color) fn settle(self) -> Node {
        const HALF: i32 = 1 << (WEIGHT_BITS - 1);
        let mut node = [0; 4];
        for c in 0..4 {
            node[c] = (self.0[c].wrapping_add(HALF) >> WEIGHT_BITS) as i16;
        }
        Node(node)
    }
}
