//! The loops of the resampler. Integers throughout: the same bytes at every level of instructions.
//!
//! Nothing here can overflow. The absolute weights of a kernel add up to at most 1.6 × 2^14, as its tests check; an
//! 8-bit sample through the pass across stays below 255 × 64 × 1.6 < 2^15, and through the pass down below
//! 2^15 × 1.6 × 2^14 < 2^31. A 16-bit sample between the passes is held to [`LOW`]`..=`[`HIGH`], so that
//! 81,919 × 1.6 × 2^14 < 2^31. The operations wrap all the same, which costs nothing and cannot panic.

use fearless_simd::{Simd, dispatch};

use super::taps::{BITS, Taps};
use crate::simd::level;

/// Fraction bits of an 8-bit source's sample between the passes.
const MIDDLE_BITS: u32 = 6;
/// Bounds of a 16-bit source's sample between the passes: a quarter of the range of overshoot.
const LOW: i32 = -16_384;
const HIGH: i32 = 65_535 + 16_384;

#[inline(always)]
fn fma(sum: i32, sample: i32, weight: i16) -> i32 {
    sum.wrapping_add(sample.wrapping_mul(i32::from(weight)))
}

/// Without scaling.
pub fn widen_eight(source: &[u8], target: &mut [i16]) {
    for (to, from) in target.iter_mut().zip(source) {
        *to = i16::from(*from) << MIDDLE_BITS;
    }
}

/// Across, 8 bits.
pub fn across_eight(taps: &Taps, channels: usize, source: &[u8], pad: &mut Vec<[i16; 4]>, target: &mut [i16]) {
    dispatch!(level(), simd => match channels {
        1 => across_grey(simd, taps, source, target),
        3 => {
            pad.clear();
            let (pixels, _) = source.as_chunks::<3>();
            pad.extend(pixels.iter().map(|p| [i16::from(p[0]), i16::from(p[1]), i16::from(p[2]), 0]));
            across_pixels::<_, 3>(simd, taps, pad, target);
        }
        _ => {
            pad.clear();
            let (pixels, _) = source.as_chunks::<4>();
            pad.extend(pixels.iter().map(|p| p.map(i16::from)));
            across_pixels::<_, 4>(simd, taps, pad, target);
        }
    });
}

#[inline(always)]
fn settle_middle(sum: i32) -> i16 {
    const SHIFT: u32 = BITS - MIDDLE_BITS;
    (sum.wrapping_add(1 << (SHIFT - 1)) >> SHIFT) as i16
}

#[inline(always)]
fn across_grey<S: Simd>(_: S, taps: &Taps, source: &[u8], target: &mut [i16]) {
    let kernels = taps.all_weights().chunks_exact(taps.count());
    for ((to, weights), first) in target.iter_mut().zip(kernels).zip(taps.firsts()) {
        let under = source.get(*first as usize..).unwrap_or_default();
        let sum = under
            .iter()
            .zip(weights)
            .fold(0, |sum, (s, w)| fma(sum, i32::from(*s), *w));
        *to = settle_middle(sum);
    }
}

#[inline(always)]
fn across_pixels<S: Simd, const N: usize>(_: S, taps: &Taps, source: &[[i16; 4]], target: &mut [i16]) {
    let (pixels, _) = target.as_chunks_mut::<N>();
    let all = taps.all_weights();
    if taps.count() == 6 {
        // What enlarging always has: of known length, so that it is unrolled.
        let (kernels, _) = all.as_chunks::<6>();
        for ((to, weights), first) in pixels.iter_mut().zip(kernels).zip(taps.firsts()) {
            let Some(under) = source.get(*first as usize..).and_then(|s| s.first_chunk::<6>()) else {
                return;
            };
            let mut sums = [0i32; 4];
            for (pixel, weight) in under.iter().zip(weights) {
                for c in 0..4 {
                    sums[c] = fma(sums[c], i32::from(pixel[c]), *weight);
                }
            }
            for c in 0..N {
                to[c] = settle_middle(sums[c]);
            }
        }
        return;
    }
    for ((to, weights), first) in pixels.iter_mut().zip(all.chunks_exact(taps.count())).zip(taps.firsts()) {
        let under = source.get(*first as usize..).unwrap_or_default();
        let mut sums = [0i32; 4];
        for (pixel, weight) in under.iter().zip(weights) {
            for c in 0..4 {
                sums[c] = fma(sums[c], i32::from(pixel[c]), *weight);
            }
        }
        for c in 0..N {
            to[c] = settle_middle(sums[c]);
        }
    }
}

/// Across, 16 bits.
pub fn across_sixteen(taps: &Taps, channels: usize, source: &[u16], target: &mut [i32]) {
    dispatch!(level(), simd => match channels {
        1 => across_wide::<_, 1>(simd, taps, source, target),
        3 => across_wide::<_, 3>(simd, taps, source, target),
        _ => across_wide::<_, 4>(simd, taps, source, target),
    });
}

#[inline(always)]
fn across_wide<S: Simd, const N: usize>(_: S, taps: &Taps, source: &[u16], target: &mut [i32]) {
    let (from, _) = source.as_chunks::<N>();
    let (pixels, _) = target.as_chunks_mut::<N>();
    let kernels = taps.all_weights().chunks_exact(taps.count());
    for ((to, weights), first) in pixels.iter_mut().zip(kernels).zip(taps.firsts()) {
        let under = from.get(*first as usize..).unwrap_or_default();
        let mut sums = [0i32; N];
        for (pixel, weight) in under.iter().zip(weights) {
            for c in 0..N {
                sums[c] = fma(sums[c], i32::from(pixel[c]), *weight);
            }
        }
        for c in 0..N {
            to[c] = (sums[c].wrapping_add(1 << (BITS - 1)) >> BITS).clamp(LOW, HIGH);
        }
    }
}

/// Samples that are added up at once in the pass down; the sums stay in the first cache.
const BLOCK: usize = 256;

/// From 1/2^20 of an 8-bit level to 16 bits, full range.
#[inline(always)]
fn settle_eight(sum: i32) -> u16 {
    // Ten fraction bits, so that 255 × 2^10 × 257 fits.
    let level = (sum.wrapping_add(1 << 9) >> 10).clamp(0, 255 << 10);
    (level.wrapping_mul(257).wrapping_add(1 << 9) >> 10) as u16
}

#[inline(always)]
fn settle_sixteen(sum: i32) -> u16 {
    (sum.wrapping_add(1 << (BITS - 1)) >> BITS).clamp(0, 65_535) as u16
}

/// Down, of 8-bit sources.
pub fn down_eight(rows: &[&[i16]], weights: &[i16], target: &mut [u16]) {
    dispatch!(level(), simd => match (rows, weights) {
        ([a, b, c, d, e, f], [p, q, r, s, t, u]) => {
            six(simd, [a, b, c, d, e, f], [*p, *q, *r, *s, *t, *u], target, settle_eight);
        }
        _ => down(simd, rows, weights, target, settle_eight),
    });
}

/// Down, of 16-bit sources.
pub fn down_sixteen(rows: &[&[i32]], weights: &[i16], target: &mut [u16]) {
    dispatch!(level(), simd => match (rows, weights) {
        ([a, b, c, d, e, f], [p, q, r, s, t, u]) => {
            six(simd, [a, b, c, d, e, f], [*p, *q, *r, *s, *t, *u], target, settle_sixteen);
        }
        _ => down(simd, rows, weights, target, settle_sixteen),
    });
}

/// Six rows at once: what enlarging nearly always has.
#[inline(always)]
fn six<S: Simd, T: Copy + Into<i32>>(
    _: S,
    rows: [&[T]; 6],
    w: [i16; 6],
    target: &mut [u16],
    settle: impl Fn(i32) -> u16,
) {
    let n = rows.iter().fold(target.len(), |n, row| n.min(row.len()));
    let [a, b, c, d, e, f] = rows.map(|row| &row[..n]);
    for (i, to) in target[..n].iter_mut().enumerate() {
        let mut sum = fma(0, a[i].into(), w[0]);
        sum = fma(sum, b[i].into(), w[1]);
        sum = fma(sum, c[i].into(), w[2]);
        sum = fma(sum, d[i].into(), w[3]);
        sum = fma(sum, e[i].into(), w[4]);
        sum = fma(sum, f[i].into(), w[5]);
        *to = settle(sum);
    }
}

#[inline(always)]
fn down<S: Simd, T: Copy + Into<i32>>(
    _: S,
    rows: &[&[T]],
    weights: &[i16],
    target: &mut [u16],
    settle: impl Fn(i32) -> u16,
) {
    let mut from = 0;
    for block in target.chunks_mut(BLOCK) {
        let mut sums = [0i32; BLOCK];
        for (row, weight) in rows.iter().zip(weights) {
            for (sum, sample) in sums.iter_mut().zip(row.get(from..).unwrap_or_default()) {
                *sum = fma(*sum, (*sample).into(), *weight);
            }
        }
        for (to, sum) in block.iter_mut().zip(sums) {
            *to = settle(sum);
        }
        from += BLOCK;
    }
}
