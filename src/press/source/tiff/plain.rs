//! An uncompressed TIFF, read where its pixels are (`pread`): any window, so that any turn needs neither a decoder nor
//! a tile file.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use super::super::super::PressError;
use super::super::Shape;
use super::super::turned::Stored;
use super::codec::Compression;
use super::ifd::Tiff;
use super::layout::Layout;
use super::rows::{interleave, swap};

/// See the head of the file.
pub struct Plain {
    file: Arc<File>,
    layout: Layout,
    /// Samples of one plane of a part of a row.
    part: Vec<u8>,
    /// A part of a row as stored.
    raw: Vec<u8>,
}

impl Plain {
    /// Whether a page can be read so: samples of whole bytes, as they are.
    pub fn fits(layout: &Layout) -> bool {
        layout.compression == Compression::None && layout.bits >= 8
    }

    /// Opens a page that fits.
    pub fn new(tiff: &Tiff, layout: Layout) -> Self {
        Plain {
            file: tiff.file.clone(),
            layout,
            part: Vec::new(),
            raw: Vec::new(),
        }
    }

    /// Reads pixels `x` to `x + width` of row `y` into `raw`.
    fn raw(&mut self, x: u32, y: u32, width: u32) -> Result<(), PressError> {
        let layout = &self.layout;
        let bytes = layout.bits as usize / 8;
        let pixel = layout.samples * bytes;
        self.raw.resize(width as usize * pixel, 0);
        let (down, row) = (y / layout.piece_height, y % layout.piece_height);
        let end = x + width;
        let stored = if layout.planar { bytes } else { pixel };
        for plane in 0..layout.planes() {
            let mut at = x;
            while at < end {
                let across = at / layout.piece_width;
                let left = across * layout.piece_width;
                let next = end.min(left.saturating_add(layout.piece_width));
                let (place, _) = layout.piece(plane, across, down);
                let place = place + u64::from(row) * layout.piece_row() as u64 + u64::from(at - left) * stored as u64;
                let into = &mut self.raw[(at - x) as usize * pixel..(next - x) as usize * pixel];
                if layout.planar {
                    self.part.resize((next - at) as usize * bytes, 0);
                    self.file.read_exact_at(&mut self.part, place)?;
                    interleave(&self.part, into, plane, pixel, bytes);
                } else {
                    self.file.read_exact_at(into, place)?;
                }
                at = next;
            }
        }
        if layout.bits == 16 && layout.little != cfg!(target_endian = "little") {
            swap(&mut self.raw);
        }
        Ok(())
    }
}

impl Stored for Plain {
    fn shape(&self) -> Shape {
        Shape {
            width: self.layout.width,
            height: self.layout.height,
            channels: self.layout.convert.channels(),
            depth: self.layout.convert.depth(),
        }
    }

    fn unit(&self) -> (u32, u32) {
        (1, 1)
    }

    fn read(&mut self, x: u32, y: u32, width: u32, height: u32, into: &mut [u8]) -> Result<(), PressError> {
        let line = width as usize * self.shape().pixel();
        for (y, line) in (y..y + height).zip(into.chunks_exact_mut(line)) {
            self.raw(x, y, width)?;
            self.layout.convert.row(&self.raw, line)?;
        }
        Ok(())
    }
}
