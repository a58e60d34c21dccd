//! The inverse cosine transform (ITU-T T.81, A.3.3), in integers.
//!
//! The method is that of Loeffler, Ligtenberg and Moschytz (ICASSP 1989), as a sum of products for each output, with the
//! constants and the two roundings that libjpeg's accurate transform has, so that both give the same samples. Each pass
//! works on eight columns at once: what is written as a loop over them becomes vector instructions.

/// A block's coefficients or values, eight rows of eight.
pub type Block = [i16; 64];

/// Bits below the point of the constants.
const POINT: u32 = 13;
/// Further bits that the first pass keeps.
const KEPT: u32 = 2;

/// One dimension, for eight columns at once: coefficient `k` of column `c` is `input[k * 8 + c]`, and so the output,
/// shifted right by `SHIFT` and rounded. With `HALF`, coefficients 4 to 7 are known to be zero.
#[inline(always)]
fn pass<const HALF: bool, const SHIFT: u32>(input: &Block, bias: i32) -> [[i32; 8]; 8] {
    let mut out = [[0i32; 8]; 8];
    let half = (1 << (SHIFT - 1)) + (bias << SHIFT);
    for c in 0..8 {
        let at = |k: usize| i32::from(input[k * 8 + c]);
        // One product of two 16-bit numbers each; the sums stay far below 2^31.
        let mul = |k: usize, by: i16| at(k).wrapping_mul(i32::from(by));
        let (even, odd): ([i32; 4], [i32; 4]);
        if HALF {
            let base = (at(0) << POINT).wrapping_add(half);
            let (t2, t3) = (mul(2, 4_433), mul(2, 10_703));
            even = [
                base.wrapping_add(t3),
                base.wrapping_add(t2),
                base.wrapping_sub(t2),
                base.wrapping_sub(t3),
            ];
            odd = [
                mul(1, 11_363).wrapping_add(mul(3, 9_633)),
                mul(1, 9_633).wrapping_add(mul(3, -2_259)),
                mul(1, 6_437).wrapping_add(mul(3, -11_362)),
                mul(1, 2_260).wrapping_add(mul(3, -6_436)),
            ];
        } else {
            let sum = (at(0).wrapping_add(at(4)) << POINT).wrapping_add(half);
            let difference = (at(0).wrapping_sub(at(4)) << POINT).wrapping_add(half);
            let t2 = mul(2, 4_433).wrapping_add(mul(6, -10_704));
            let t3 = mul(2, 10_703).wrapping_add(mul(6, 4_433));
            even = [
                sum.wrapping_add(t3),
                difference.wrapping_add(t2),
                difference.wrapping_sub(t2),
                sum.wrapping_sub(t3),
            ];
            let four = |a: i16, b: i16, c: i16, d: i16| {
                mul(1, a)
                    .wrapping_add(mul(3, b))
                    .wrapping_add(mul(5, c).wrapping_add(mul(7, d)))
            };
            odd = [
                four(11_363, 9_633, 6_437, 2_260),
                four(9_633, -2_259, -11_362, -6_436),
                four(6_437, -11_362, 2_261, 9_633),
                four(2_260, -6_436, 9_633, -11_363),
            ];
        }
        for k in 0..4 {
            out[k][c] = even[k].wrapping_add(odd[k]) >> SHIFT;
            out[7 - k][c] = even[k].wrapping_sub(odd[k]) >> SHIFT;
        }
    }
    out
}

#[inline(always)]
fn narrow(rows: &[[i32; 8]; 8]) -> Block {
    let mut out = [0; 64];
    for k in 0..8 {
        for c in 0..8 {
            out[k * 8 + c] = rows[k][c].clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
        }
    }
    out
}

/// Takes one value of the first half and one of the second in turn: an instruction of its own for vectors.
#[inline(always)]
fn shuffled<T: Copy + Default>(block: [T; 64]) -> [T; 64] {
    let mut out = [T::default(); 64];
    let (first, second) = block.split_at(32);
    for (pair, (a, b)) in out.as_chunks_mut::<2>().0.iter_mut().zip(first.iter().zip(second)) {
        *pair = [*a, *b];
    }
    out
}

/// Rows become columns. One shuffle turns the six bits of a place by one, three exchange row and column.
#[inline(always)]
fn transposed<T: Copy + Default>(block: [T; 64]) -> [T; 64] {
    shuffled(shuffled(shuffled(block)))
}

#[inline(always)]
fn both<const HALF: bool>(values: &Block) -> [u8; 64] {
    let first = pass::<HALF, { POINT - KEPT }>(values, 0);
    let columns = transposed(narrow(&first));
    // The sample's bias of 128 (A.3.1) comes with the rounding.
    let second = pass::<HALF, { POINT + KEPT + 3 }>(&columns, 128);
    let mut out = [0; 64];
    for k in 0..8 {
        for c in 0..8 {
            out[k * 8 + c] = second[k][c].clamp(0, 255) as u8;
        }
    }
    out
}

/// The samples of a block, **column by column**. `last` is the place in zig-zag order after the last coefficient that
/// is not zero.
#[inline(always)]
pub fn columns(coefficients: &Block, quant: &[u16; 64], last: usize) -> [u8; 64] {
    if last <= 1 {
        let value = i32::from(coefficients[0].wrapping_mul(quant[0] as i16));
        let sample = (value.wrapping_mul(4).wrapping_add(16) >> 5).wrapping_add(128);
        return [sample.clamp(0, 255) as u8; 64];
    }
    let mut values = [0; 64];
    for k in 0..64 {
        values[k] = coefficients[k].wrapping_mul(quant[k] as i16);
    }
    // The first ten places lie within the upper left quarter.
    if last <= 10 {
        both::<true>(&values)
    } else {
        both::<false>(&values)
    }
}

/// The same, row by row.
#[inline(always)]
pub fn rows(coefficients: &Block, quant: &[u16; 64], last: usize) -> [u8; 64] {
    transposed(columns(coefficients, quant, last))
}
