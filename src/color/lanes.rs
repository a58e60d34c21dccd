//! Four whole numbers at a time: the channels of one pixel.
//!
//! The kernels are written once, on [`Lanes`], which is a vector register where every machine of the kind has one
//! and four numbers elsewhere. Both give the same bits; the tests hold them against each other.

#[cfg(any(test, not(target_arch = "x86_64")))]
pub(super) mod scalar;
#[cfg(target_arch = "x86_64")]
pub(super) mod sse2;

#[cfg(not(target_arch = "x86_64"))]
pub(super) use scalar::Lanes;
#[cfg(target_arch = "x86_64")]
pub(super) use sse2::Lanes;

/// Bits of a weight: weights of nodes add up to 1 << WEIGHT_BITS.
pub(super) const WEIGHT_BITS: u32 = 14;
/// The weight of a whole.
pub(super) const WHOLE: u32 = 1 << WEIGHT_BITS;

/// Four channels of 16 bits, the first one lowest, each less 32768 as an i16 (which is to turn its top bit over).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Node(pub(super) u64);

impl Node {
    const TURN: u64 = 0x8000_8000_8000_8000;

    /// From channels of full range.
    #[inline(always)]
    pub(super) fn new([a, b, c, d]: [u16; 4]) -> Node {
        Node((u64::from(a) | u64::from(b) << 16 | u64::from(c) << 32 | u64::from(d) << 48) ^ Node::TURN)
    }

    /// Back to channels of full range.
    #[inline(always)]
    pub(super) fn channels(self) -> [u16; 4] {
        let v = self.0 ^ Node::TURN;
        [v as u16, (v >> 16) as u16, (v >> 32) as u16, (v >> 48) as u16]
    }
}

/// Two weights of at most [`WHOLE`], packed as [`Lanes::pair`] takes them.
#[inline(always)]
pub(super) fn weights(first: u32, second: u32) -> u32 {
    first | second << 16
}

/// A point on the way from one node to another; `part` is 0 to [`WHOLE`] - 1.
#[inline(always)]
pub(super) fn mix(a: Node, b: Node, part: u32) -> Node {
    settle(Lanes::pair(a, b, weights(WHOLE.wrapping_sub(part), part)))
}

/// A sum of nodes whose weights add up to a whole, rounded.
#[inline(always)]
pub(super) fn settle(sum: Lanes) -> Node {
    const HALF: i32 = 1 << (WEIGHT_BITS - 1);
    sum.add(Lanes::all(HALF)).halved::<{ WEIGHT_BITS as i32 }>().node()
}

/// Bytes of a node after `noise` (0 to 256 a channel) was added: 128 rounds to nearest, 0 rounds down. 65535 is 255
/// times 257, so that the division is by 257, and what is a whole byte stays so with every noise.
#[inline(always)]
pub(super) fn bytes(node: Node, noise: Lanes) -> [u8; 4] {
    let sum = Lanes::of(node).add(noise);
    // For 0 to 65791 this is exactly the division.
    sum.sub(sum.halved::<8>()).halved::<8>().bytes()
}
