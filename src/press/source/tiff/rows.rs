//! Rows of a TIFF in the order in which they are stored: one stream for each piece that a row crosses, so that a strip
//! as high as the picture is never held.

use super::super::super::{PressError, PressLimits};
use super::super::{RowMut, Shape, Source, hand, strange_row, working};
use super::codec::{STREAM_BYTES, Unpack};
use super::ifd::Tiff;
use super::layout::Layout;

/// See the head of the file.
pub struct Rows {
    layout: Layout,
    /// Planes one after the other, each from left to right.
    streams: Vec<Unpack>,
    /// The row of pieces that is open, and the next of its rows.
    open: Option<(u32, u32)>,
    /// A row of one piece.
    piece: Vec<u8>,
    /// A row as stored, samples of a pixel side by side.
    raw: Vec<u8>,
    /// The row that was given last, and its number.
    line: Vec<u8>,
    last: Option<u32>,
}

impl Rows {
    /// Opens a page.
    pub fn new(tiff: &Tiff, layout: Layout, limits: &PressLimits) -> Result<Self, PressError> {
        let count = layout.across as usize * layout.planes();
        let raw = (layout.width as usize * layout.samples * layout.bits as usize).div_ceil(8);
        let mut rows = Rows {
            streams: Vec::new(),
            open: None,
            piece: vec![0; layout.piece_row()],
            raw: vec![0; raw],
            line: Vec::new(),
            last: None,
            layout,
        };
        let line = rows.shape().row_bytes();
        working(
            count as u64 * STREAM_BYTES + (raw + rows.piece.len() + line) as u64,
            (rows.layout.width, rows.layout.height),
            limits,
        )?;
        rows.line = vec![0; line];
        rows.streams = (0..count)
            .map(|_| Unpack::new(tiff.file.clone(), rows.layout.compression))
            .collect();
        Ok(rows)
    }

    /// Reads stored row `y` into `raw`.
    fn read(&mut self, y: u32) -> Result<(), PressError> {
        let layout = &self.layout;
        let (down, wanted) = (y / layout.piece_height, y % layout.piece_height);
        let across = layout.across as usize;
        let next = match self.open {
            Some((open, next)) if open == down && next <= wanted => next,
            // Rows come in growing order.
            Some((open, _)) if open >= down => return Err(strange_row()),
            _ => {
                for (i, stream) in self.streams.iter_mut().enumerate() {
                    stream.begin(layout.piece(i / across, (i % across) as u32, down));
                }
                0
            }
        };
        let row = layout.piece_row();
        let between = row as u64 * u64::from(wanted - next);
        for (i, stream) in self.streams.iter_mut().enumerate() {
            stream.skip(between, &mut self.piece)?;
            let (plane, across) = (i / across, i % across);
            if self.piece.len() == self.raw.len() {
                stream.fill(&mut self.raw)?;
                undo(&mut self.raw, layout);
            } else {
                stream.fill(&mut self.piece)?;
                undo(&mut self.piece, layout);
                place(&self.piece, &mut self.raw, layout, plane, across);
            }
            if wanted + 1 == layout.stored_rows(down) {
                stream.end()?;
            }
        }
        self.open = Some((down, wanted + 1));
        Ok(())
    }
}

/// Brings samples of 16 bits into the machine's order and makes levels of differences.
fn undo(row: &mut [u8], layout: &Layout) {
    let samples = if layout.planar { 1 } else { layout.samples };
    match (layout.bits, layout.predictor) {
        (16, predictor) => {
            match (layout.little, cfg!(target_endian = "little")) {
                (true, true) | (false, false) => {}
                _ => swap(row),
            }
            if predictor {
                match samples {
                    1 => sum16::<1>(row),
                    3 => sum16::<3>(row),
                    4 => sum16::<4>(row),
                    n => sum16_of(row, n),
                }
            }
        }
        (8, true) => match samples {
            1 => sum8::<1>(row),
            3 => sum8::<3>(row),
            4 => sum8::<4>(row),
            n => {
                for i in n..row.len() {
                    row[i] = row[i].wrapping_add(row[i - n]);
                }
            }
        },
        _ => {}
    }
}

/// The other byte order.
pub fn swap(row: &mut [u8]) {
    for pair in row.as_chunks_mut::<2>().0 {
        pair.swap(0, 1);
    }
}

fn sum8<const N: usize>(row: &mut [u8]) {
    let mut sum = [0u8; N];
    for pixel in row.as_chunks_mut::<N>().0 {
        for (sample, sum) in pixel.iter_mut().zip(&mut sum) {
            *sum = sum.wrapping_add(*sample);
            *sample = *sum;
        }
    }
}

fn sum16<const N: usize>(row: &mut [u8]) {
    let mut sum = [0u16; N];
    for pixel in row.as_chunks_mut::<2>().0.chunks_exact_mut(N) {
        for (sample, sum) in pixel.iter_mut().zip(&mut sum) {
            *sum = sum.wrapping_add(u16::from_ne_bytes(*sample));
            *sample = sum.to_ne_bytes();
        }
    }
}

fn sum16_of(row: &mut [u8], n: usize) {
    let samples = row.as_chunks_mut::<2>().0;
    for i in n..samples.len() {
        let sum = u16::from_ne_bytes(samples[i]).wrapping_add(u16::from_ne_bytes(samples[i - n]));
        samples[i] = sum.to_ne_bytes();
    }
}

/// Lays a piece's row where it belongs in the row of the picture; what hangs over is cut.
fn place(piece: &[u8], raw: &mut [u8], layout: &Layout, plane: usize, across: usize) {
    let left = across * layout.piece_width as usize;
    if layout.planar {
        let bytes = layout.bits as usize / 8;
        let pixel = layout.samples * bytes;
        interleave(piece, &mut raw[left * pixel..], plane, pixel, bytes);
    } else {
        let bits = layout.samples * layout.bits as usize;
        let start = left * bits / 8;
        let n = piece.len().min(raw.len() - start);
        raw[start..start + n].copy_from_slice(&piece[..n]);
    }
}

/// Lays the samples of one plane at their place in each pixel.
pub fn interleave(plane: &[u8], into: &mut [u8], number: usize, pixel: usize, bytes: usize) {
    let at = number * bytes;
    if bytes == 1 {
        for (out, sample) in into.chunks_exact_mut(pixel).zip(plane) {
            out[at] = *sample;
        }
    } else {
        for (out, sample) in into.chunks_exact_mut(pixel).zip(plane.as_chunks::<2>().0) {
            out[at..at + 2].copy_from_slice(sample);
        }
    }
}

impl Source for Rows {
    fn shape(&self) -> Shape {
        Shape {
            width: self.layout.width,
            height: self.layout.height,
            channels: self.layout.convert.channels(),
            depth: self.layout.convert.depth(),
        }
    }

    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError> {
        if y >= self.layout.height {
            return Err(strange_row());
        }
        if self.last != Some(y) {
            self.last = None;
            self.read(y)?;
            self.layout.convert.row(&self.raw, &mut self.line)?;
            self.last = Some(y);
        }
        hand(self.shape().depth, &self.line, into)
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        self.open = None;
        self.last = None;
        Ok(())
    }
}
