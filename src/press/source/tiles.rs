//! The tile file: a picture that comes in one direction only, written to disk once so that it can be read in another.
//!
//! Tiles lie row by row, each as wide as `side` or what is left of the picture, samples as they are. The file has no
//! name, so that it vanishes with its reader, even if the power goes. It is never kept in memory: its folder must lie
//! on a disk.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::super::{PressError, PressLimits};
use super::turned::{Stored, room};
use super::{Depth, RowMut, Shape, Source, working};

/// Largest side of a tile, in pixels.
const SIDE: u32 = 256;
/// Smallest.
const LEAST: u32 = 16;
/// Room on the disk that is left to others: the daemon's database lives there too.
const RESERVE: u64 = 64 << 20;

/// See the head of the file.
#[derive(Debug)]
pub struct Tiles {
    file: File,
    shape: Shape,
    side: u32,
    tile: Vec<u8>,
}

fn failed(what: &str, error: &io::Error) -> PressError {
    PressError::Io(io::Error::new(error.kind(), format!("{what}: {error}")))
}

/// A file without a name, if there is room for it.
fn scratch(folder: &Path, bytes: u64) -> Result<File, PressError> {
    std::fs::create_dir_all(folder).map_err(|e| failed("the folder for working files can't be made", &e))?;
    let room = rustix::fs::statvfs(folder)
        .map_err(|e| failed("the disk for working files can't be asked for its room", &e.into()))?;
    let free = room.f_bavail.saturating_mul(room.f_frsize);
    if free < bytes.saturating_add(RESERVE) {
        return Err(PressError::Io(io::Error::new(
            io::ErrorKind::StorageFull,
            format!(
                "a turned picture needs {} MB of working room and the disk has {} MB free",
                bytes.saturating_add(RESERVE) / 1_000_000,
                free / 1_000_000
            ),
        )));
    }
    tempfile::tempfile_in(folder).map_err(|e| failed("a working file can't be made", &e))
}

impl Tiles {
    /// Reads all rows of a source and writes them.
    pub fn write(source: &mut dyn Source, limits: &PressLimits) -> Result<Self, PressError> {
        let shape = source.shape();
        let line = shape.width.max(shape.height) as usize * shape.pixel();
        // A row of tiles is held while it is written, a row or column of them while it is read.
        let mut side = SIDE;
        while side > LEAST && side as usize * line > room(limits) {
            side /= 2;
        }
        let row = shape.row_bytes();
        working((side as usize * line) as u64, (shape.width, shape.height), limits)?;
        let file = scratch(&limits.scratch, row as u64 * u64::from(shape.height))?;
        let mut band = vec![0; row * side.min(shape.height) as usize];
        let mut bytes = vec![0; row];
        let mut wide = vec![0; if shape.depth == Depth::Sixteen { row / 2 } else { 0 }];
        let mut at = 0;
        for top in (0..shape.height).step_by(side as usize) {
            let rows = side.min(shape.height - top);
            let band = &mut band[..row * rows as usize];
            for y in 0..rows {
                take(source, top + y, &mut wide, &mut bytes)?;
                // Each tile is as wide as `side`, or what is left.
                let tiles = band.chunks_mut(side as usize * rows as usize * shape.pixel());
                for (tile, part) in tiles.zip(bytes.chunks(side as usize * shape.pixel())) {
                    tile[y as usize * part.len()..][..part.len()].copy_from_slice(part);
                }
            }
            file.write_all_at(band, at)
                .map_err(|e| failed("a working file can't be written", &e))?;
            at += band.len() as u64;
        }
        Ok(Tiles {
            file,
            shape,
            side,
            tile: Vec::new(),
        })
    }
}

/// A row of a source as bytes.
fn take(source: &mut dyn Source, y: u32, wide: &mut [u16], bytes: &mut [u8]) -> Result<(), PressError> {
    if wide.is_empty() {
        return source.row(y, RowMut::Eight(bytes));
    }
    source.row(y, RowMut::Sixteen(wide))?;
    for (pair, sample) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(wide) {
        *pair = sample.to_ne_bytes();
    }
    Ok(())
}

impl Stored for Tiles {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn unit(&self) -> (u32, u32) {
        (self.side, self.side)
    }

    fn read(&mut self, x: u32, y: u32, width: u32, height: u32, into: &mut [u8]) -> Result<(), PressError> {
        let (side, pixel) = (self.side, self.shape.pixel());
        let line = width as usize * pixel;
        for top in (y / side * side..y + height).step_by(side as usize) {
            let rows = side.min(self.shape.height - top);
            for left in (x / side * side..x + width).step_by(side as usize) {
                let columns = side.min(self.shape.width - left);
                self.tile.resize(columns as usize * rows as usize * pixel, 0);
                let place =
                    u64::from(top) * self.shape.row_bytes() as u64 + u64::from(left) * u64::from(rows) * pixel as u64;
                self.file
                    .read_exact_at(&mut self.tile, place)
                    .map_err(|e| failed("a working file can't be read", &e))?;
                let (x0, x1) = (x.max(left), (x + width).min(left + columns));
                for row in y.max(top)..(y + height).min(top + rows) {
                    let from = ((row - top) as usize * columns as usize + (x0 - left) as usize) * pixel;
                    let to = (row - y) as usize * line + (x0 - x) as usize * pixel;
                    let bytes = (x1 - x0) as usize * pixel;
                    into[to..to + bytes].copy_from_slice(&self.tile[from..from + bytes]);
                }
            }
        }
        Ok(())
    }
}
