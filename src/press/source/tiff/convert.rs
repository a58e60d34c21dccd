//! From a TIFF's samples to rows of ours: grey where 0 is black, RGB, or CMYK where 0 is paper. What is transparent
//! shows the paper.

use super::super::super::PressError;
use super::super::Depth;
use super::wrong;

/// What samples mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Grey, 0 is white.
    WhiteIsZero,
    /// Grey, 0 is black.
    BlackIsZero,
    /// Red, green, blue.
    Rgb,
    /// Cyan, magenta, yellow, black; 0 is no ink.
    Cmyk,
    /// Numbers of these colours.
    Palette(Vec<[u8; 3]>),
}

impl Kind {
    /// Samples of a pixel that it needs.
    pub fn samples(&self) -> usize {
        match self {
            Kind::WhiteIsZero | Kind::BlackIsZero | Kind::Palette(_) => 1,
            Kind::Rgb => 3,
            Kind::Cmyk => 4,
        }
    }

    /// Channels that come of it.
    pub fn channels(&self) -> usize {
        match self {
            Kind::Palette(_) => 3,
            other => other.samples(),
        }
    }
}

/// Converts rows.
#[derive(Debug)]
pub struct Convert {
    kind: Kind,
    bits: u32,
    samples: usize,
    /// The sample that covers, and whether the colours were multiplied by it.
    alpha: Option<(usize, bool)>,
}

impl Convert {
    pub fn new(kind: Kind, bits: u32, samples: usize, alpha: Option<(usize, bool)>) -> Self {
        let alpha = alpha.filter(|(at, _)| (kind.samples()..samples).contains(at));
        Convert {
            kind,
            bits,
            samples,
            alpha,
        }
    }

    /// Channels of a converted row.
    pub fn channels(&self) -> usize {
        self.kind.channels()
    }

    /// Depth of a converted row.
    pub fn depth(&self) -> Depth {
        if self.bits == 16 { Depth::Sixteen } else { Depth::Eight }
    }

    /// Converts pixels: `from` as stored, samples of 16 bits in the machine's order; `into` likewise.
    pub fn row(&self, from: &[u8], into: &mut [u8]) -> Result<(), PressError> {
        match (self.bits, &self.kind) {
            (_, Kind::Palette(colors)) => {
                let colour = |index: u8| colors.get(usize::from(index)).copied();
                let pixels = into.as_chunks_mut::<3>().0.iter_mut();
                for (pixel, index) in pixels.zip(Indices::new(from, self.bits).step_by(self.samples)) {
                    *pixel = colour(index).ok_or_else(|| wrong("a pixel lies outside its palette"))?;
                }
            }
            (1 | 2 | 4, _) => {
                // All bits set is full: 1, 3 and 15 divide 255.
                let scale = (255 / ((1u32 << self.bits) - 1)) as u8;
                let flip = if self.kind == Kind::WhiteIsZero { 255 } else { 0 };
                for (pixel, level) in into.iter_mut().zip(Indices::new(from, self.bits)) {
                    *pixel = (level * scale) ^ flip;
                }
            }
            (8, _) => self.whole::<1>(from, into),
            _ => self.whole::<2>(from, into),
        }
        Ok(())
    }

    /// Samples of `B` whole bytes.
    fn whole<const B: usize>(&self, from: &[u8], into: &mut [u8]) {
        let n = self.kind.samples();
        if self.samples == n && self.kind != Kind::WhiteIsZero {
            into.copy_from_slice(from);
            return;
        }
        let full: u32 = if B == 1 { 255 } else { 65_535 };
        let flip = self.kind == Kind::WhiteIsZero;
        // What paper is in these samples.
        let paper = if matches!(self.kind, Kind::WhiteIsZero | Kind::Cmyk) {
            0
        } else {
            full
        };
        let pixels = into.chunks_exact_mut(n * B).zip(from.chunks_exact(self.samples * B));
        for (out, pixel) in pixels {
            let alpha = self.alpha.map(|(at, associated)| (get::<B>(pixel, at), associated));
            for k in 0..n {
                let value = get::<B>(pixel, k);
                let value = match alpha {
                    None => value,
                    // At most full² + full²: fits 33 bits, so in 64.
                    Some((alpha, false)) => {
                        let sum = u64::from(value) * u64::from(alpha) + u64::from(paper) * u64::from(full - alpha);
                        ((sum + u64::from(full / 2)) / u64::from(full)) as u32
                    }
                    Some((alpha, true)) => {
                        let rest = u64::from(paper) * u64::from(full - alpha);
                        let rest = (rest + u64::from(full / 2)) / u64::from(full);
                        (value + rest as u32).min(full)
                    }
                };
                put::<B>(out, k, if flip { full - value } else { value });
            }
        }
    }
}

fn get<const B: usize>(pixel: &[u8], sample: usize) -> u32 {
    if B == 1 {
        u32::from(pixel[sample])
    } else {
        u32::from(u16::from_ne_bytes([pixel[sample * 2], pixel[sample * 2 + 1]]))
    }
}

fn put<const B: usize>(pixel: &mut [u8], sample: usize, value: u32) {
    if B == 1 {
        pixel[sample] = value as u8;
    } else {
        pixel[sample * 2..][..2].copy_from_slice(&(value as u16).to_ne_bytes());
    }
}

/// Samples of 1, 2, 4 or 8 bits, the first in the highest bits.
struct Indices<'a> {
    bytes: &'a [u8],
    bits: u32,
    at: usize,
}

impl<'a> Indices<'a> {
    fn new(bytes: &'a [u8], bits: u32) -> Self {
        Indices { bytes, bits, at: 0 }
    }
}

impl Iterator for Indices<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let each = 8 / self.bits as usize;
        let byte = *self.bytes.get(self.at / each)?;
        let shift = 8 - self.bits * (self.at % each) as u32 - self.bits;
        self.at += 1;
        Some(((u32::from(byte) >> shift) & ((1 << self.bits) - 1)) as u8)
    }
}
