//! Lanes without vector registers; also the measure for those with them.

use super::Node;

/// Four numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::color) struct Lanes([i32; 4]);

impl Lanes {
    /// The same number four times.
    #[inline(always)]
    pub(in crate::color) fn all(v: i32) -> Lanes {
        Lanes([v; 4])
    }

    /// Four numbers.
    #[inline(always)]
    pub(in crate::color) fn new(v: [i32; 4]) -> Lanes {
        Lanes(v)
    }

    /// Channels of full range.
    #[inline(always)]
    pub(in crate::color) fn of(node: Node) -> Lanes {
        Lanes(node.channels().map(i32::from))
    }

    /// a · low half + b · high half, channels and halves as i16.
    #[inline(always)]
    pub(in crate::color) fn pair(a: Node, b: Node, weights: u32) -> Lanes {
        let [p, q] = [weights as i16, (weights >> 16) as i16].map(i32::from);
        let signed = |n: Node, c: u32| i32::from((n.0 >> (16 * c)) as i16);
        Lanes([0, 1, 2, 3].map(|c| (signed(a, c).wrapping_mul(p)).wrapping_add(signed(b, c).wrapping_mul(q))))
    }

    /// Sum, lane by lane.
    #[inline(always)]
    pub(in crate::color) fn add(self, other: Lanes) -> Lanes {
        Lanes([0, 1, 2, 3].map(|c| self.0[c].wrapping_add(other.0[c])))
    }

    /// Difference, lane by lane.
    #[inline(always)]
    pub(in crate::color) fn sub(self, other: Lanes) -> Lanes {
        Lanes([0, 1, 2, 3].map(|c| self.0[c].wrapping_sub(other.0[c])))
    }

    /// Halved `N` times, rounded down.
    #[inline(always)]
    pub(in crate::color) fn halved<const N: i32>(self) -> Lanes {
        Lanes(self.0.map(|v| v >> N))
    }

    /// Upper halves as numbers of their own.
    #[inline(always)]
    pub(in crate::color) fn upper(self) -> Lanes {
        Lanes(self.0.map(|v| (v.cast_unsigned() >> 16).cast_signed()))
    }

    /// Doubled eight times.
    #[inline(always)]
    pub(in crate::color) fn raised(self) -> Lanes {
        Lanes(self.0.map(|v| v << 8))
    }

    /// Channels less 32768, each held to an i16.
    #[inline(always)]
    pub(in crate::color) fn node(self) -> Node {
        let held = self.0.map(|v| v.clamp(-0x8000, 0x7fff) as u16);
        Node::new(held.map(|v| v ^ 0x8000))
    }

    /// Each held to a byte.
    #[inline(always)]
    pub(in crate::color) fn bytes(self) -> [u8; 4] {
        self.0.map(|v| v.clamp(0, 255) as u8)
    }
}
