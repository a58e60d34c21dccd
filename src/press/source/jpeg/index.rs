//! Where the bands of a picture begin in its compressed data, found by going over them once.

use super::entropy::{Mark, Scan};
use crate::press::PressError;

/// Marks, row of MCUs by row of MCUs, every `width` MCUs.
pub struct Index {
    marks: Vec<Mark>,
    mcus: (usize, usize),
    width: usize,
}

impl Index {
    /// Bytes that an index takes.
    pub fn bytes((across, down): (usize, usize), width: usize) -> u64 {
        (across.div_ceil(width.max(1)) * down * size_of::<Mark>()) as u64
    }

    /// Goes over a scan from its beginning.
    pub fn build(scan: &mut Scan, mcus: (usize, usize), width: usize) -> Result<Index, PressError> {
        let (across, down) = mcus;
        scan.rewind()?;
        let mut marks = Vec::with_capacity(across.div_ceil(width) * down);
        for _ in 0..down {
            for first in (0..across).step_by(width) {
                marks.push(scan.mark()?);
                scan.pass(width.min(across - first))?;
            }
        }
        Ok(Index { marks, mcus, width })
    }

    /// Brings a scan to MCU `x`, where a band begins, of a row of MCUs.
    pub fn go(&self, scan: &mut Scan, x: usize, row: usize) -> Result<(), PressError> {
        let at = row * self.mcus.0.div_ceil(self.width) + x / self.width;
        let mark = self.marks.get(at).copied().unwrap_or_default();
        // The next mark's first bits may still be of this part, and a word is read beyond.
        let wanted = match self.marks.get(at + 1) {
            Some(next) => next.place.byte().saturating_sub(mark.place.byte()).saturating_add(16) as usize,
            None => usize::MAX,
        };
        scan.go(mark, row * self.mcus.0 + x, wanted)
    }
}
