//! The source: rows in any turn, a band of MCUs at a time.

use std::fs::File;
use std::sync::Arc;

use super::super::{Depth, RowMut, Shape, Source, strange_row};
use super::entropy::Scan;
use super::frame::Frame;
use super::index::Index;
use super::lines::Lines;
use super::planes::{self, Planes};
use super::scans::Coefficients;
use super::setup::{Colour, Setup};
use crate::press::layout::Turn;
use crate::press::{PressError, PressLimits};

/// Bytes that a strip of a picture on its side may take, if one MCU's width is less.
const STRIP: u64 = 4 << 20;

/// How a picture is read: its geometry, and how it is cut into bands.
pub struct Layout {
    frame: Frame,
    colour: Colour,
    turn: Turn,
    /// MCUs from one band to the next.
    step: usize,
    planes: Planes,
    lines: Lines,
}

/// Where the bands come from.
pub enum Data {
    /// Compressed data, from the top down.
    Down(Scan),
    /// Compressed data, wherever the index says.
    Anywhere(Scan, Index),
    /// Coefficients.
    Stored(Coefficients),
}

/// See the head of the file.
pub struct Rows {
    layout: Layout,
    data: Data,
}

impl Layout {
    /// Cuts a picture into bands. Refuses one whose bands or whose index do not fit the memory.
    pub fn new(frame: &Frame, colour: Colour, turn: Turn, limits: &PressLimits) -> Result<Layout, PressError> {
        let sideways = turn.transpose;
        let lines = Lines::new(frame, colour, sideways);
        let slots = if lines.mixes() { 2 } else { 1 };
        let bytes = |mcus: usize| planes::bytes(frame, sideways, mcus).saturating_mul(slots as u64);
        let (width, step) = if sideways {
            let width = strip(frame.mcus, bytes(1), STRIP.min(limits.memory / 8));
            (width, width)
        } else {
            (1, frame.mcus.0)
        };
        if bytes(width).saturating_add(Index::bytes(frame.mcus, step)) > limits.memory {
            return Err(PressError::TooLarge {
                width: frame.width as u64,
                height: frame.height as u64,
                most: format!(
                    "it can't be turned within {} MB of memory: make it smaller",
                    limits.memory / 1_000_000
                ),
            });
        }
        Ok(Layout {
            planes: Planes::new(frame, sideways, width, slots),
            lines,
            step,
            turn,
            colour,
            frame: frame.clone(),
        })
    }
}

impl Data {
    /// Compressed data of a sequential picture. One that is wanted turned is gone over once, for its index.
    pub fn sequential(setup: Setup, file: File, layout: &Layout) -> Result<Data, PressError> {
        let mut scan = Scan::new(Arc::new(setup), file)?;
        if layout.turn.transpose || layout.turn.flip_y {
            let index = Index::build(&mut scan, layout.frame.mcus, layout.step)?;
            Ok(Data::Anywhere(scan, index))
        } else {
            Ok(Data::Down(scan))
        }
    }
}

impl Rows {
    /// Opens a picture.
    pub fn open(layout: Layout, data: impl FnOnce(&Layout) -> Result<Data, PressError>) -> Result<Rows, PressError> {
        let data = data(&layout)?;
        Ok(Rows { layout, data })
    }

    /// Decodes a band.
    fn band(&mut self, band: usize) -> Result<(), PressError> {
        let Layout {
            frame,
            turn,
            step,
            planes,
            ..
        } = &mut self.layout;
        if planes.holds(band) {
            return Ok(());
        }
        planes.begin(band);
        let (across, down) = frame.mcus;
        // A strip goes through all rows of MCUs, a row of them is a band by itself.
        let (rows, from) = if turn.transpose {
            (0..down, band * *step)
        } else {
            (band..band + 1, 0)
        };
        let to = across.min(from + *step);
        match &mut self.data {
            Data::Down(scan) => {
                let first = band * across;
                if scan.mcu() > first {
                    scan.rewind()?;
                }
                while scan.mcu() < first {
                    scan.pass(across)?;
                }
                scan.draw(across, planes)?;
            }
            Data::Anywhere(scan, index) => {
                for row in rows {
                    index.go(scan, from, row)?;
                    scan.draw(to - from, planes)?;
                }
            }
            Data::Stored(coefficients) => {
                for row in rows {
                    coefficients.draw((from, to), row, planes)?;
                }
            }
        }
        planes.end(band);
        Ok(())
    }
}

/// How many MCUs wide strips are: about `most` bytes, and wider where the index would be larger than they.
fn strip((across, down): (usize, usize), bytes: u64, most: u64) -> usize {
    let wide = most / bytes.max(1);
    let level = ((across * down * 16) as u64 / bytes.max(1)).isqrt();
    usize::try_from(wide.max(level))
        .unwrap_or(usize::MAX)
        .clamp(1, across.max(1))
}

impl Source for Rows {
    fn shape(&self) -> Shape {
        let Layout {
            frame, colour, turn, ..
        } = &self.layout;
        // Sides are 16 bits in the file.
        let (width, height) = turn.size(frame.width as u32, frame.height as u32);
        Shape {
            width,
            height,
            channels: colour.channels(),
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
        let turn = self.layout.turn;
        let (from_end, backwards) = if turn.transpose {
            (turn.flip_x, turn.flip_y)
        } else {
            (turn.flip_y, turn.flip_x)
        };
        let line = if from_end { shape.height - 1 - y } else { y } as usize;
        // The one that is further along the file comes last when it is read from the top down.
        for component in 0..self.layout.lines.components() {
            let Layout { planes, lines, .. } = &self.layout;
            let (near, far) = lines.needs(component, line, planes);
            let (a, b) = (near.min(far), near.max(far));
            let (a, b) = (planes.band_of(component, a), planes.band_of(component, b));
            self.band(a)?;
            self.band(b)?;
        }
        let Layout { planes, lines, .. } = &mut self.layout;
        lines.make(planes, line, backwards, into);
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        Ok(())
    }
}
