//! Lanczos3 in integers, row by row: across each source row once, then down over some of these rows.
//!
//! Between the two passes a sample has fraction bits and may lie below black or above white, where the kernel overshoots;
//! only the end is held to the range. From 8-bit sources it is an i16 in 1/64 of a level, from 16-bit sources an i32 in
//! whole levels. What comes out is u16, full range, of either.

mod kernels;
mod taps;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use taps::Taps;

/// A row between the passes.
#[derive(Debug, Clone)]
pub enum Middle {
    /// Of an 8-bit source, in 1/64.
    Eight(Vec<i16>),
    /// Of a 16-bit source.
    Sixteen(Vec<i32>),
}

/// A row of a source.
#[derive(Debug, Clone, Copy)]
pub enum SourceRow<'a> {
    /// 8 bits a sample.
    Eight(&'a [u8]),
    /// 16 bits a sample.
    Sixteen(&'a [u16]),
}

/// The pass across.
#[derive(Debug)]
pub struct Across {
    taps: Taps,
    channels: usize,
    identity: bool,
}

impl Across {
    /// For rows of `source` pixels of `channels` (1, 3 or 4) samples.
    pub fn new(source: u32, channels: usize, taps: Taps) -> Self {
        let identity = taps.is_identity(source as usize);
        Across {
            taps,
            channels,
            identity,
        }
    }

    /// Samples of a row that went across.
    pub fn samples(&self) -> usize {
        self.taps.firsts().len() * self.channels
    }

    /// One row; `pad` is a buffer that is used again from row to row.
    pub fn row(&self, source: SourceRow<'_>, pad: &mut Pad, target: &mut Middle) {
        match (source, target) {
            (SourceRow::Eight(source), Middle::Eight(target)) => {
                target.resize(self.samples(), 0);
                if self.identity {
                    kernels::widen_eight(source, target);
                } else {
                    kernels::across_eight(&self.taps, self.channels, source, &mut pad.0, target);
                }
            }
            (SourceRow::Sixteen(source), Middle::Sixteen(target)) => {
                target.resize(self.samples(), 0);
                if self.identity {
                    for (to, from) in target.iter_mut().zip(source) {
                        *to = i32::from(*from);
                    }
                } else {
                    kernels::across_sixteen(&self.taps, self.channels, source, target);
                }
            }
            // The caller makes both of the source's depth.
            _ => debug_assert!(false, "a row of another depth"),
        }
    }
}

/// See [`Across::row`].
#[derive(Debug, Default)]
pub struct Pad(Vec<[i16; 4]>);

/// The pass down: a ring of rows that went across.
#[derive(Debug)]
pub struct Ring {
    rows: Vec<Middle>,
    held: Vec<Option<u32>>,
}

impl Ring {
    /// For kernels of `count` rows, of a source of this depth.
    pub fn new(count: usize, sixteen: bool) -> Self {
        let row = || {
            if sixteen {
                Middle::Sixteen(Vec::new())
            } else {
                Middle::Eight(Vec::new())
            }
        };
        Ring {
            rows: (0..count).map(|_| row()).collect(),
            held: vec![None; count],
        }
    }

    /// Where source row `y` goes, unless it is there already.
    pub fn slot(&mut self, y: u32) -> Option<&mut Middle> {
        let place = y as usize % self.rows.len();
        if self.held[place] == Some(y) {
            return None;
        }
        self.held[place] = Some(y);
        Some(&mut self.rows[place])
    }

    /// The output row of these source rows, all of which are in.
    pub fn down(&self, rows: Range<u32>, weights: &[i16], target: &mut [u16]) {
        let place = |y: u32| y as usize % self.rows.len();
        let mut eight: Vec<&[i16]> = Vec::with_capacity(weights.len());
        let mut sixteen: Vec<&[i32]> = Vec::with_capacity(weights.len());
        let mut used = Vec::with_capacity(weights.len());
        for (y, weight) in rows.zip(weights) {
            if *weight == 0 {
                continue;
            }
            match &self.rows[place(y)] {
                Middle::Eight(row) => eight.push(row),
                Middle::Sixteen(row) => sixteen.push(row),
            }
            used.push(*weight);
        }
        if sixteen.is_empty() {
            kernels::down_eight(&eight, &used, target);
        } else {
            kernels::down_sixteen(&sixteen, &used, target);
        }
    }
}
