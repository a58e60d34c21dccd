//! Rows of a picture in any turn, from whatever can be read at any place: a window of whole rows or whole columns at a
//! time, transposed block by block.

use super::super::layout::Turn;
use super::super::{PressError, PressLimits};
use super::held::{Held, Pixels, Samples};
use super::tiles::Tiles;
use super::{Depth, RowMut, Shape, Source, hand, strange_row, working};

/// A window aims at so many bytes: enough columns that reading them from disk is not all seeking.
const WINDOW: u64 = 8 << 20;
/// What is read ahead of rows that are not transposed, and of a piece on its way to a window.
const PIECE: usize = 256 << 10;
/// Rows of a piece on its way to a window, where its source does not care.
const PIECE_ROWS: u32 = 64;
/// Pictures up to this size are held in memory and not written to a tile file.
const HELD: u64 = 32 << 20;

/// Bytes that a window aims at under these limits.
pub fn room(limits: &PressLimits) -> usize {
    WINDOW.min(limits.memory / 4) as usize
}

/// A picture that can be read at any place.
pub trait Stored: Send {
    /// As stored.
    fn shape(&self) -> Shape;
    /// Columns and rows of the blocks that it reads best.
    fn unit(&self) -> (u32, u32);
    /// Reads a part that lies within it, row by row: samples of 16 bits in the machine's order.
    fn read(&mut self, x: u32, y: u32, width: u32, height: u32, into: &mut [u8]) -> Result<(), PressError>;
}

/// A stored picture, turned.
pub struct Turned<S> {
    stored: S,
    turn: Turn,
    shape: Shape,
    /// Stored columns (transposed) or stored rows of a window, a whole number of the source's units.
    step: u32,
    /// Rows of a piece, likewise.
    piece_rows: u32,
    /// The window: stored lines `first` to `first + count`, each whole and one after the other.
    window: Vec<u8>,
    first: u32,
    count: u32,
    piece: Vec<u8>,
}

impl<S: Stored> Turned<S> {
    /// Turns a stored picture. Nothing is read yet.
    pub fn new(stored: S, turn: Turn, limits: &PressLimits) -> Result<Self, PressError> {
        let from = stored.shape();
        let (width, height) = turn.size(from.width, from.height);
        let shape = Shape { width, height, ..from };
        let (columns, rows) = stored.unit();
        // As many whole units as fit, and one at least.
        let fit = |room: usize, line: usize, unit: u32, most: u32| {
            let lines = u32::try_from(room / line.max(1)).unwrap_or(u32::MAX).min(most);
            (lines / unit * unit).max(unit)
        };
        let (step, piece_rows) = if turn.transpose {
            let step = fit(room(limits), shape.row_bytes(), columns, from.width);
            let piece = step as usize * from.pixel();
            (step, fit(PIECE, piece, rows, PIECE_ROWS.max(rows)))
        } else {
            (fit(PIECE.min(room(limits)), shape.row_bytes(), rows, from.height), 1)
        };
        let piece = if turn.transpose {
            piece_rows as usize * step as usize * from.pixel()
        } else {
            0
        };
        working(
            u64::from(step) * shape.row_bytes() as u64 + piece as u64,
            (from.width, from.height),
            limits,
        )?;
        Ok(Turned {
            stored,
            turn,
            shape,
            step,
            piece_rows,
            window: Vec::new(),
            first: 0,
            count: 0,
            piece: Vec::new(),
        })
    }

    /// Reads the window that holds a stored line: a column if the picture is transposed, a row otherwise.
    fn load(&mut self, line: u32) -> Result<(), PressError> {
        let from = self.stored.shape();
        let lines = if self.turn.transpose { from.width } else { from.height };
        let first = line / self.step * self.step;
        let count = self.step.min(lines - first);
        self.count = 0;
        self.window.resize(count as usize * self.shape.row_bytes(), 0);
        if self.turn.transpose {
            let pixel = from.pixel();
            for y in (0..from.height).step_by(self.piece_rows as usize) {
                let rows = self.piece_rows.min(from.height - y);
                self.piece.resize(rows as usize * count as usize * pixel, 0);
                self.stored.read(first, y, count, rows, &mut self.piece)?;
                let columns = Columns {
                    count: count as usize,
                    height: from.height as usize,
                    at: y as usize,
                    flip: self.turn.flip_y,
                };
                match pixel {
                    1 => columns.put::<1>(&self.piece, &mut self.window),
                    2 => columns.put::<2>(&self.piece, &mut self.window),
                    3 => columns.put::<3>(&self.piece, &mut self.window),
                    4 => columns.put::<4>(&self.piece, &mut self.window),
                    6 => columns.put::<6>(&self.piece, &mut self.window),
                    _ => columns.put::<8>(&self.piece, &mut self.window),
                }
            }
        } else {
            self.stored.read(0, first, from.width, count, &mut self.window)?;
            if self.turn.flip_x {
                for row in self.window.chunks_exact_mut(self.shape.row_bytes()) {
                    reverse(row, from.pixel());
                }
            }
        }
        (self.first, self.count) = (first, count);
        Ok(())
    }
}

/// Pixels the other way round.
fn reverse(row: &mut [u8], pixel: usize) {
    fn by<const N: usize>(row: &mut [u8]) {
        row.as_chunks_mut::<N>().0.reverse();
    }
    match pixel {
        1 => by::<1>(row),
        2 => by::<2>(row),
        3 => by::<3>(row),
        4 => by::<4>(row),
        6 => by::<6>(row),
        _ => by::<8>(row),
    }
}

/// A piece of columns on its way into a window where they lie as rows.
struct Columns {
    count: usize,
    /// Pixels of a column.
    height: usize,
    /// The piece's first row.
    at: usize,
    /// Columns are counted from their end.
    flip: bool,
}

impl Columns {
    fn put<const N: usize>(&self, piece: &[u8], window: &mut [u8]) {
        /// Side of a block whose two faces lie in the first cache.
        const BLOCK: usize = 16;
        let piece = piece.as_chunks::<N>().0;
        let window = window.as_chunks_mut::<N>().0;
        let rows = piece.len() / self.count.max(1);
        for x0 in (0..self.count).step_by(BLOCK) {
            for y0 in (0..rows).step_by(BLOCK) {
                let y1 = rows.min(y0 + BLOCK);
                for x in x0..self.count.min(x0 + BLOCK) {
                    let column = &mut window[x * self.height..][..self.height];
                    let part = if self.flip {
                        &mut column[self.height - self.at - y1..self.height - self.at - y0]
                    } else {
                        &mut column[self.at + y0..self.at + y1]
                    };
                    let pixels = piece[x + y0 * self.count..].iter().step_by(self.count);
                    if self.flip {
                        part.iter_mut().rev().zip(pixels).for_each(|(out, pixel)| *out = *pixel);
                    } else {
                        part.iter_mut().zip(pixels).for_each(|(out, pixel)| *out = *pixel);
                    }
                }
            }
        }
    }
}

impl<S: Stored> Source for Turned<S> {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError> {
        if y >= self.shape.height {
            return Err(strange_row());
        }
        let from = self.stored.shape();
        let (x, stored) = self.turn.stored(0, y, from.width, from.height);
        let line = if self.turn.transpose { x } else { stored };
        if line.checked_sub(self.first).is_none_or(|i| i >= self.count) {
            self.load(line)?;
        }
        let bytes = self.shape.row_bytes();
        let row = &self.window[(line - self.first) as usize * bytes..][..bytes];
        hand(self.shape.depth, row, into)
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        Ok(())
    }
}

/// Turns a source that gives its rows as they are stored. It is read once, now: into memory if the picture is small,
/// into a tile file otherwise. Without a turn it is given back as it is.
///
/// # Errors
/// Whatever the source says, and what is wrong with the disk.
pub fn turned(mut source: Box<dyn Source>, turn: Turn, limits: &PressLimits) -> Result<Box<dyn Source>, PressError> {
    if turn == Turn::NONE {
        return Ok(source);
    }
    let shape = source.shape();
    let bytes = shape.row_bytes() as u64 * u64::from(shape.height);
    if bytes <= HELD.min(limits.memory / 4) {
        return Ok(Box::new(Held::new(hold(source.as_mut())?, turn)));
    }
    Ok(Box::new(Turned::new(
        Tiles::write(source.as_mut(), limits)?,
        turn,
        limits,
    )?))
}

/// Reads a whole picture into memory.
pub fn hold(source: &mut dyn Source) -> Result<Pixels, PressError> {
    let shape = source.shape();
    let row = shape.width as usize * shape.channels;
    let size = row * shape.height as usize;
    let samples = match shape.depth {
        Depth::Eight => {
            let mut samples = vec![0; size];
            for (y, row) in (0..).zip(samples.chunks_exact_mut(row)) {
                source.row(y, RowMut::Eight(row))?;
            }
            Samples::Eight(samples)
        }
        Depth::Sixteen => {
            let mut samples = vec![0; size];
            for (y, row) in (0..).zip(samples.chunks_exact_mut(row)) {
                source.row(y, RowMut::Sixteen(row))?;
            }
            Samples::Sixteen(samples)
        }
    };
    Ok(Pixels {
        width: shape.width,
        height: shape.height,
        channels: shape.channels,
        samples,
    })
}
