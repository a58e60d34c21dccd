//! Curves, a matrix, curves: what two matrix profiles come to. Applied in f32, without a grid and its error.

use super::blocks::{self, BLOCK, Convert};
use super::curve::Curve;
use super::finish::Finish;
use super::lanes::Node;
use super::link::{to_byte, to_word};
use super::pipeline::{Pipeline, Stage};

/// Added to light before its bits are taken as an index, so that below it steps are equal and above it they grow with
/// the light: fine where curves are steep. Its own bits are the first index.
const KNEE: f32 = 1.0 / 16384.0;
/// Bits of a step's mantissa that are dropped: 1024 steps an octave, 0.06 of an 8-bit step at gamma 2.2.
const DROP: u32 = 13;
/// Length of the tables to bytes. 14 octaves fit, from the knee to 1.
const STEPS: usize = 16384;

/// Tables and matrix.
#[derive(Debug)]
pub(super) struct Shaper {
    /// Light of each 16-bit value; one table if all channels are the same.
    light: Vec<Vec<f32>>,
    rows: [Row; 3],
    bytes: [Vec<u8>; 3],
    /// Words at both ends of each step, low one below; one table if all channels are the same.
    words: Vec<Vec<u32>>,
}

/// out = offset + grey · g + red · (r - g) + blue · (b - g). With r = g = b nothing is left to rounding: if the
/// rows' sums are equal, so are the channels.
#[derive(Debug, Clone, Copy, Default)]
struct Row {
    offset: f32,
    grey: f32,
    red: f32,
    blue: f32,
}

impl Shaper {
    /// Bakes a pipeline of three channels that is only curves, a matrix and curves.
    pub(super) fn bake(pipeline: &Pipeline) -> Option<Shaper> {
        let [Stage::Curves(first), Stage::Matrix(m, offset), Stage::Curves(last)] = pipeline.stages.as_slice() else {
            return None;
        };
        if first.len() != 3 || last.len() > 3 {
            return None;
        }
        let distinct = |curves: &[Curve]| {
            if curves.iter().all(|c| *c == curves[0]) {
                1
            } else {
                curves.len()
            }
        };
        let light = first[..distinct(first)].iter().map(light_table).collect();
        let mut rows = [Row::default(); 3];
        for (row, (m, offset)) in rows.iter_mut().zip(m.iter().zip(offset)) {
            let sum = m[0] + m[1] + m[2];
            // Sums that differ from 1 by the rounding of f64 alone are meant to be 1.
            let sum = if (sum - 1.0).abs() < 1e-9 { 1.0 } else { sum };
            *row = Row {
                offset: *offset as f32,
                grey: sum as f32,
                red: m[0] as f32,
                blue: m[2] as f32,
            };
        }
        let mut bytes = [const { Vec::new() }; 3];
        for (table, curve) in bytes.iter_mut().zip(last) {
            *table = byte_table(curve);
        }
        let words = last[..distinct(last)].iter().map(word_table).collect();
        Some(Shaper {
            light,
            rows,
            bytes,
            words,
        })
    }

    /// Light of each channel. Tables of known length: an index of 16 bits needs no check.
    fn light(&self) -> Option<[&[f32; 65536]; 3]> {
        let light = |i: usize| {
            let table = self.light.get(i).or(self.light.first());
            table.and_then(|t| <&[f32; 65536]>::try_from(t.as_slice()).ok())
        };
        Some([light(0)?, light(1)?, light(2)?])
    }

    /// Converts pixels of three channels to rounded bytes.
    pub(super) fn apply<const OUT: usize>(&self, src: &[u16], dst: &mut [u8]) {
        let Some(light) = self.light() else {
            return;
        };
        let mut bytes = [&[0_u8; STEPS]; OUT];
        for (table, from) in bytes.iter_mut().zip(&self.bytes) {
            let Ok(from) = from.as_slice().try_into() else {
                return;
            };
            *table = from;
        }
        let (pixels, _) = src.as_chunks::<3>();
        let (out, _) = dst.as_chunks_mut::<OUT>();
        for (to, pixel) in out.iter_mut().zip(pixels) {
            let [r, g, b] = linear(&light, *pixel);
            for c in 0..OUT {
                to[c] =
                    bytes[c][(self.rows[c].light(r, g, b).wrapping_sub(KNEE.to_bits()) >> DROP) as usize & (STEPS - 1)];
            }
        }
    }

    /// Converts pixels of three channels by way of 16 bits.
    pub(super) fn run<const OUT: usize, F: Finish>(&self, src: &[u16], dst: &mut [F::Sample], finish: &mut F) {
        let words = |i: usize| {
            let table = self.words.get(i).or(self.words.first())?;
            table.as_slice().try_into().ok()
        };
        let (Some(light), Some(first), Some(second), Some(third)) = (self.light(), words(0), words(1), words(2)) else {
            return;
        };
        let by_words: ByWords<'_, OUT> = ByWords {
            light,
            rows: &self.rows,
            words: [first, second, third],
        };
        blocks::run::<3, OUT, F>(&by_words, src, dst, finish);
    }
}

/// Tables of known length: an index needs no check.
struct ByWords<'a, const OUT: usize> {
    light: [&'a [f32; 65_536]; 3],
    rows: &'a [Row; 3],
    words: [&'a [u32; STEPS]; 3],
}

impl<const OUT: usize> Convert<3> for ByWords<'_, OUT> {
    #[inline(always)]
    fn block(&self, from: &[[u16; 3]; BLOCK], to: &mut [Node; BLOCK]) {
        let mut light = [[0.0; 3]; BLOCK];
        for (light, pixel) in light.iter_mut().zip(from) {
            *light = linear(&self.light, *pixel);
        }
        let mut colours = [[0; 4]; BLOCK];
        for c in 0..OUT.min(3) {
            for (colour, [r, g, b]) in colours.iter_mut().zip(light) {
                let bits = self.rows[c].light(r, g, b).wrapping_sub(KNEE.to_bits());
                let ends = self.words[c][(bits >> DROP) as usize & (STEPS - 1)];
                let (low, way) = (ends & 0xffff, (ends >> 16).wrapping_sub(ends & 0xffff));
                // Falling curves have a negative way, which the arithmetic shift keeps.
                let part = (bits & ((1 << DROP) - 1)).cast_signed();
                let moved = way.cast_signed().wrapping_mul(part).wrapping_add(1 << (DROP - 1)) >> DROP;
                colour[c] = low.wrapping_add_signed(moved) as u16;
            }
        }
        for (to, colour) in to.iter_mut().zip(colours) {
            *to = Node::new(colour);
        }
    }
}

#[inline(always)]
fn linear(light: &[&[f32; 65536]; 3], [r, g, b]: [u16; 3]) -> [f32; 3] {
    let g = light[1][usize::from(g)];
    [light[0][usize::from(r)] - g, g, light[2][usize::from(b)] - g]
}

impl Row {
    /// The bits of the light, held to 0..1, and the knee. What is no number gets some bits.
    #[inline(always)]
    fn light(&self, r: f32, g: f32, b: f32) -> u32 {
        let light = self.offset + self.grey * g + self.red * r + self.blue * b;
        (light.clamp(0.0, 1.0) + KNEE).to_bits()
    }
}

fn light_table(curve: &Curve) -> Vec<f32> {
    (0..=u16::MAX)
        .map(|v| curve.eval(f64::from(v) / 65535.0) as f32)
        .collect()
}

/// The light at which a step begins.
fn light_at(bits: u32) -> f64 {
    f64::from((f32::from_bits(KNEE.to_bits() + bits) - KNEE).min(1.0))
}

/// The step of white.
fn last_step() -> u32 {
    ((1.0 + KNEE).to_bits() - KNEE.to_bits()) >> DROP
}

/// Bytes by the light in the middle of each step; black and white by themselves.
fn byte_table(curve: &Curve) -> Vec<u8> {
    (0_u32..STEPS as u32)
        .map(|i| {
            let light = match i {
                0 => 0.0,
                i if i >= last_step() => 1.0,
                i => light_at((i << DROP) + (1 << (DROP - 1))),
            };
            to_byte(curve.eval(light))
        })
        .collect()
}

fn word_table(curve: &Curve) -> Vec<u32> {
    (0_u32..STEPS as u32)
        .map(|i| {
            let [low, high] = [i, i + 1].map(|i| {
                let light = if i >= last_step() { 1.0 } else { light_at(i << DROP) };
                u32::from(to_word(curve.eval(light)))
            });
            low | high << 16
        })
        .collect()
}
