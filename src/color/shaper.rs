//! Curves, a matrix, curves: what two matrix profiles come to. Applied in f32, without a grid and its error.

use super::curve::Curve;
use super::link::to_byte;
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
        if first.len() != 3 {
            return None;
        }
        let distinct = if first.iter().all(|c| *c == first[0]) { 1 } else { 3 };
        let light = first[..distinct].iter().map(light_table).collect();
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
        Some(Shaper { light, rows, bytes })
    }

    /// Converts pixels of three channels.
    pub(super) fn apply(&self, outputs: usize, src: &[u16], dst: &mut [u8]) {
        if outputs == 1 {
            self.run::<1>(src, dst);
        } else {
            self.run::<3>(src, dst);
        }
    }

    fn run<const OUT: usize>(&self, src: &[u16], dst: &mut [u8]) {
        // Tables of known length: an index of 16 or 14 bits needs no check.
        let light = |i: usize| {
            let table = self.light.get(i).or(self.light.first());
            table.and_then(|t| <&[f32; 65536]>::try_from(t.as_slice()).ok())
        };
        let (Some(red), Some(green), Some(blue)) = (light(0), light(1), light(2)) else {
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
        for (to, [r, g, b]) in out.iter_mut().zip(pixels) {
            let g = green[usize::from(*g)];
            let (r, b) = (red[usize::from(*r)] - g, blue[usize::from(*b)] - g);
            for c in 0..OUT {
                let row = &self.rows[c];
                to[c] = bytes[c][step(row.offset + row.grey * g + row.red * r + row.blue * b)];
            }
        }
    }
}

/// Light, held to 0..1, to an index. What is no number gets some index.
#[inline(always)]
fn step(light: f32) -> usize {
    let bits = (light.clamp(0.0, 1.0) + KNEE).to_bits();
    (bits.wrapping_sub(KNEE.to_bits()) >> DROP) as usize & (STEPS - 1)
}

fn light_table(curve: &Curve) -> Vec<f32> {
    (0..=u16::MAX)
        .map(|v| curve.eval(f64::from(v) / 65535.0) as f32)
        .collect()
}

/// Bytes by the light in the middle of each step; black and white by themselves.
fn byte_table(curve: &Curve) -> Vec<u8> {
    (0_u32..STEPS as u32)
        .map(|i| {
            let middle = f32::from_bits(KNEE.to_bits() + (i << DROP) + (1 << (DROP - 1))) - KNEE;
            let light = match i as usize {
                0 => 0.0,
                i if i >= step(1.0) => 1.0,
                _ => f64::from(middle).min(1.0),
            };
            to_byte(curve.eval(light))
        })
        .collect()
}
