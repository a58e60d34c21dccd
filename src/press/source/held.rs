//! A picture held in memory, read in any turn.

use super::super::PressError;
use super::super::layout::Turn;
use super::{Depth, RowMut, Shape, Source, strange_row};

/// Samples of a picture as stored.
pub enum Samples {
    /// 8 bits each.
    Eight(Vec<u8>),
    /// 16 bits each.
    Sixteen(Vec<u16>),
}

/// A decoded picture as stored: interleaved, without gaps.
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    /// 1 or 3.
    pub channels: usize,
    pub samples: Samples,
}

/// See the head of the file.
pub struct Held {
    pixels: Pixels,
    turn: Turn,
}

impl Held {
    pub fn new(pixels: Pixels, turn: Turn) -> Self {
        Held { pixels, turn }
    }

    fn copy<T: Copy>(&self, samples: &[T], y: u32, into: &mut [T]) {
        let n = self.pixels.channels;
        let (width, height) = (self.pixels.width, self.pixels.height);
        let at = |x: u32| {
            let (x, y) = self.turn.stored(x, y, width, height);
            (y as usize * width as usize + x as usize) * n
        };
        if self.turn == Turn::NONE {
            into.copy_from_slice(&samples[at(0)..][..width as usize * n]);
            return;
        }
        for (x, out) in (0u32..).zip(into.chunks_exact_mut(n)) {
            out.copy_from_slice(&samples[at(x)..][..n]);
        }
    }
}

impl Source for Held {
    fn shape(&self) -> Shape {
        let (width, height) = self.turn.size(self.pixels.width, self.pixels.height);
        Shape {
            width,
            height,
            channels: self.pixels.channels,
            depth: match self.pixels.samples {
                Samples::Eight(_) => Depth::Eight,
                Samples::Sixteen(_) => Depth::Sixteen,
            },
        }
    }

    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError> {
        let Shape {
            width,
            height,
            channels,
            ..
        } = self.shape();
        let fits = |samples: usize| y < height && samples == width as usize * channels;
        match (&self.pixels.samples, into) {
            (Samples::Eight(samples), RowMut::Eight(row)) if fits(row.len()) => self.copy(samples, y, row),
            (Samples::Sixteen(samples), RowMut::Sixteen(row)) if fits(row.len()) => self.copy(samples, y, row),
            _ => return Err(strange_row()),
        }
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        Ok(())
    }
}
