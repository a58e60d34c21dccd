//! Kernels take pixels in blocks, so that what can be done for several pixels at once is: each step of a kernel is a
//! loop over the block, compiled for each level of instructions ([`crate::simd`]).

use fearless_simd::{Simd, dispatch};

use super::finish::Finish;
use super::lanes::Node;
use crate::simd::level;

/// Pixels of a block.
pub(super) const BLOCK: usize = 16;

/// A conversion of pixels of `IN` channels, in integers: it gives the same nodes at every level.
pub(super) trait Convert<const IN: usize> {
    /// Converts a block.
    fn block(&self, from: &[[u16; IN]; BLOCK], to: &mut [Node; BLOCK]);
}

/// Converts pixels to `OUT` channels; the shorter slice counts.
pub(super) fn run<const IN: usize, const OUT: usize, F: Finish>(
    convert: &impl Convert<IN>,
    src: &[u16],
    dst: &mut [F::Sample],
    finish: &mut F,
) {
    let (from, _) = src.as_chunks::<IN>();
    let (to, _) = dst.as_chunks_mut::<OUT>();
    dispatch!(level(), simd => all(simd, convert, from, to, finish));
}

#[inline(always)]
fn all<S: Simd, const IN: usize, const OUT: usize, F: Finish>(
    _: S,
    convert: &impl Convert<IN>,
    from: &[[u16; IN]],
    to: &mut [[F::Sample; OUT]],
    finish: &mut F,
) {
    let count = from.len().min(to.len());
    let (blocks, rest) = from[..count].as_chunks::<BLOCK>();
    let (outs, tail) = to[..count].as_chunks_mut::<BLOCK>();
    let mut nodes = [Node::default(); BLOCK];
    // Drawn pages repeat colours, white above all: what the block before made of one colour is taken over.
    let mut one: Option<[u16; IN]> = None;
    let mut made = [[F::Sample::default(); OUT]; BLOCK];
    for (to, from) in outs.iter_mut().zip(blocks) {
        let first = from[0];
        let uniform = from[1..].iter().all(|pixel| *pixel == first);
        if uniform && one == Some(first) {
            if finish.is_settled(nodes[0]) {
                finish.pass();
                *to = made;
            } else {
                finish.block(&nodes, to);
            }
            continue;
        }
        convert.block(from, &mut nodes);
        finish.block(&nodes, to);
        one = uniform.then_some(first);
        if one.is_some() {
            made = *to;
        }
    }
    if !rest.is_empty() {
        let mut from = [[0; IN]; BLOCK];
        from[..rest.len()].copy_from_slice(rest);
        let mut to = [[F::Sample::default(); OUT]; BLOCK];
        convert.block(&from, &mut nodes);
        finish.block(&nodes, &mut to);
        tail.copy_from_slice(&to[..rest.len()]);
    }
}

/// Pixels as they are, of as many channels as come out.
pub(super) struct Same;

impl<const IN: usize> Convert<IN> for Same {
    #[inline(always)]
    fn block(&self, from: &[[u16; IN]; BLOCK], to: &mut [Node; BLOCK]) {
        for (to, from) in to.iter_mut().zip(from) {
            let mut colour = [0; 4];
            colour[..IN].copy_from_slice(from);
            *to = Node::new(colour);
        }
    }
}

/// One channel, by a table of all its values.
pub(super) struct Lookup<'a>(pub(super) &'a [Node; 65_536]);

impl Convert<1> for Lookup<'_> {
    #[inline(always)]
    fn block(&self, from: &[[u16; 1]; BLOCK], to: &mut [Node; BLOCK]) {
        for (to, [from]) in to.iter_mut().zip(from) {
            *to = self.0[usize::from(*from)];
        }
    }
}
