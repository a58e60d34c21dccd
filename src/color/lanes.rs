//! Sums of weighted nodes: the four channels of a pixel side by side.
//!
//! The kernels are written once, on [`Sum`], which is a vector register of SSE2 on x86-64 and four numbers elsewhere:
//! on aarch64 the compiler makes NEON of these, while of the same lines it makes poor SSE2.
//! Both give the same bits: the tests hold one against the other, and one machine's pages against another's.

#[cfg(any(test, not(target_arch = "x86_64")))]
pub(super) mod scalar;
#[cfg(target_arch = "x86_64")]
mod sse2;

#[cfg(not(target_arch = "x86_64"))]
pub(super) use scalar::Sum;
#[cfg(target_arch = "x86_64")]
pub(super) use sse2::Sum;

/// Bits of a weight: weights of nodes add up to 1 << WEIGHT_BITS.
pub(super) const WEIGHT_BITS: u32 = 14;
/// The weight of a whole.
pub(super) const WHOLE: u32 = 1 << WEIGHT_BITS;

/// Four channels of 16 bits, each less 32768.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(align(8))]
pub(super) struct Node(pub(super) [i16; 4]);

/// Turns a number of full range into one less 32768, and back.
const TURN: u16 = 0x8000;

impl Node {
    /// From channels of full range.
    #[inline(always)]
    pub(super) fn new(channels: [u16; 4]) -> Node {
        let [a, b, c, d] = channels;
        let turned = |v: u16| (v ^ TURN).cast_signed();
        Node([turned(a), turned(b), turned(c), turned(d)])
    }

    /// A channel, of full range.
    #[inline(always)]
    pub(super) fn channel(self, index: usize) -> u16 {
        self.0[index].cast_unsigned() ^ TURN
    }
}

/// Two weights of at most [`WHOLE`], packed as [`Sum::pair`] takes them.
#[inline(always)]
pub(super) fn weights(first: u32, second: u32) -> u32 {
    first | second << 16
}

/// A point on the way from one node to another; `part` is 0 to [`WHOLE`] - 1.
#[inline(always)]
pub(super) fn mix(a: Node, b: Node, part: u32) -> Node {
    Sum::pair(a, b, weights(WHOLE.wrapping_sub(part), part)).settle()
}
