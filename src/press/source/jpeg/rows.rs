//! The source of a sequential picture: rows in any turn, a band of MCUs at a time.

use std::fs::File;
use std::sync::Arc;

use super::super::{Depth, RowMut, Shape, Source, strange_row};
use super::entropy::Scan;
use super::index::Index;
use super::lines::Lines;
use super::planes::{self, Planes};
use super::setup::Setup;
use crate::press::layout::Turn;
use crate::press::{PressError, PressLimits};

/// Bytes that a strip of a picture on its side may take, if one MCU's width is less.
const STRIP: u64 = 4 << 20;

/// See the head of the file.
pub struct Rows {
    setup: Arc<Setup>,
    turn: Turn,
    scan: Scan,
    /// Where bands begin; none for a picture that is read from the top down.
    index: Option<Index>,
    planes: Planes,
    lines: Lines,
}

impl Rows {
    /// Opens a picture. One that is wanted turned is gone over once, for its index.
    pub fn open(setup: Setup, file: File, turn: Turn, limits: &PressLimits) -> Result<Rows, PressError> {
        let setup = Arc::new(setup);
        let frame = &setup.frame;
        let sideways = turn.transpose;
        let lines = Lines::new(frame, setup.colour, sideways);
        let slots = if lines.mixes() { 2 } else { 1 };
        let bytes = |mcus: usize| planes::bytes(frame, sideways, mcus).saturating_mul(slots as u64);
        let width = if sideways { strip(frame.mcus, bytes(1)) } else { 1 };
        let index_bytes = if sideways {
            Index::bytes(frame.mcus, width)
        } else {
            Index::bytes(frame.mcus, frame.mcus.0)
        };
        if bytes(width).saturating_add(index_bytes) > limits.memory {
            return Err(PressError::TooLarge {
                width: frame.width as u64,
                height: frame.height as u64,
                most: format!("what can be turned within {} MB of memory", limits.memory / 1_000_000),
            });
        }
        let mut scan = Scan::new(Arc::clone(&setup), file)?;
        let index = if turn.transpose {
            Some(Index::build(&mut scan, frame.mcus, width)?)
        } else if turn.flip_y {
            Some(Index::build(&mut scan, frame.mcus, frame.mcus.0)?)
        } else {
            None
        };
        Ok(Rows {
            planes: Planes::new(frame, sideways, width, slots),
            lines,
            index,
            scan,
            turn,
            setup,
        })
    }

    /// Decodes a band.
    fn band(&mut self, band: usize) -> Result<(), PressError> {
        if self.planes.holds(band) {
            return Ok(());
        }
        self.planes.set(band, false);
        let (across, down) = self.setup.frame.mcus;
        match &self.index {
            None => {
                let first = band * across;
                if self.scan.mcu() > first {
                    self.scan.rewind()?;
                }
                while self.scan.mcu() < first {
                    self.scan.pass(across)?;
                }
                self.scan.draw(across, &mut self.planes)?;
            }
            Some(index) if self.turn.transpose => {
                for row in 0..down {
                    let (_, count) = index.part(row, band);
                    index.go(&mut self.scan, row, band)?;
                    self.scan.draw(count, &mut self.planes)?;
                }
            }
            Some(index) => {
                index.go(&mut self.scan, band, 0)?;
                self.scan.draw(across, &mut self.planes)?;
            }
        }
        self.planes.set(band, true);
        Ok(())
    }
}

/// How many MCUs wide strips are: about [`STRIP`], and wider where the index would be larger than they.
fn strip((across, down): (usize, usize), bytes: u64) -> usize {
    let wide = STRIP / bytes.max(1);
    let level = ((across * down * 16) as u64 / bytes.max(1)).isqrt();
    usize::try_from(wide.max(level))
        .unwrap_or(usize::MAX)
        .clamp(1, across.max(1))
}

impl Source for Rows {
    fn shape(&self) -> Shape {
        let frame = &self.setup.frame;
        // Sides are 16 bits in the file.
        let (width, height) = self.turn.size(frame.width as u32, frame.height as u32);
        Shape {
            width,
            height,
            channels: self.setup.colour.channels(),
            depth: Depth::Eight,
        }
    }

    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError> {
        let shape = self.shape();
        let RowMut::Eight(into) = into else {
            return Err(strange_row());
        };
        if y >= shape.height || into.len() != shape.width as usize * shape.channels {
            return Err(strange_row());
        }
        let (from_end, backwards) = if self.turn.transpose {
            (self.turn.flip_x, self.turn.flip_y)
        } else {
            (self.turn.flip_y, self.turn.flip_x)
        };
        let line = if from_end { shape.height - 1 - y } else { y } as usize;
        // The one that is further along the file comes last when it is read from the top down.
        for component in 0..self.lines.components() {
            let (near, far) = self.lines.needs(component, line, &self.planes);
            let (a, b) = (near.min(far), near.max(far));
            let (a, b) = (self.planes.band_of(component, a), self.planes.band_of(component, b));
            self.band(a)?;
            self.band(b)?;
        }
        self.lines.make(&self.planes, line, backwards, into);
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        Ok(())
    }
}
