//! A picture held in memory, read in any turn.

use super::super::PressError;
use super::super::layout::Turn;
use super::Source;

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

    fn copy<T: Copy>(&self, samples: &[T], y: u32, into: &mut [u16], widen: impl Fn(T) -> u16) {
        let n = self.pixels.channels;
        let (width, height) = (self.pixels.width, self.pixels.height);
        let (turned, _) = self.turn.size(width, height);
        let at = |x: u32| {
            let (x, y) = self.turn.stored(x, y, width, height);
            (y as usize * width as usize + x as usize) * n
        };
        if turned == 0 {
            return;
        }
        if self.turn == Turn::NONE {
            let row = &samples[at(0)..][..width as usize * n];
            for (out, sample) in into.iter_mut().zip(row) {
                *out = widen(*sample);
            }
            return;
        }
        for (x, out) in (0..turned).zip(into.chunks_exact_mut(n)) {
            for (o, sample) in out.iter_mut().zip(&samples[at(x)..][..n]) {
                *o = widen(*sample);
            }
        }
    }
}

impl Source for Held {
    fn row(&mut self, y: u32, into: &mut [u16]) -> Result<(), PressError> {
        match &self.pixels.samples {
            Samples::Eight(samples) => self.copy(samples, y, into, |s| u16::from(s) * 257),
            Samples::Sixteen(samples) => self.copy(samples, y, into, |s| s),
        }
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        Ok(())
    }
}
