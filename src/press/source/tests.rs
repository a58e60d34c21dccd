//! What the sources have in common: pictures made of numbers, read back in any turn.

mod hostile;
mod png_files;
mod rasters;
mod tiff_files;
mod tiff_writer;
mod turns;

use std::path::PathBuf;

use tempfile::TempDir;

use super::held::Held;
use super::*;
use crate::press::source::held::{Pixels, Samples};

/// Opens without a wish: these sources have pixels of their own.
fn open(input: &Input, turn: Turn, limits: &PressLimits) -> Result<Box<dyn Source>, PressError> {
    super::open(input, turn, Wish::default(), limits)
}

/// All eight.
fn turns() -> [Turn; 8] {
    [1, 2, 3, 4, 5, 6, 7, 8].map(Turn::of_tag)
}

fn limits(folder: &TempDir) -> PressLimits {
    PressLimits {
        pixels: 1_000_000_000,
        side: 65_535,
        memory: 32 << 20,
        scratch: folder.path().join("scratch"),
    }
}

/// Limits under which no picture of the tests is small.
fn tight(folder: &TempDir) -> PressLimits {
    PressLimits {
        memory: 1 << 20,
        ..limits(folder)
    }
}

/// A number that looks like any other.
fn noise(seed: u32, i: usize) -> u16 {
    let x = (i as u32).wrapping_mul(0x9e37_79b1) ^ seed.wrapping_mul(0x85eb_ca6b);
    let x = (x ^ (x >> 15)).wrapping_mul(0x2c1b_3c6d);
    ((x ^ (x >> 12)) >> 7) as u16
}

/// A picture of noise.
fn picture(width: u32, height: u32, channels: usize, depth: Depth, seed: u32) -> Pixels {
    let size = width as usize * height as usize * channels;
    Pixels {
        width,
        height,
        channels,
        samples: match depth {
            Depth::Eight => Samples::Eight((0..size).map(|i| noise(seed, i) as u8).collect()),
            Depth::Sixteen => Samples::Sixteen((0..size).map(|i| noise(seed, i)).collect()),
        },
    }
}

/// One row, its samples as numbers.
fn row(source: &mut dyn Source, y: u32) -> Result<Vec<u16>, PressError> {
    let shape = source.shape();
    let size = shape.width as usize * shape.channels;
    if shape.depth == Depth::Eight {
        let mut bytes = vec![0; size];
        source.row(y, RowMut::Eight(&mut bytes))?;
        Ok(bytes.into_iter().map(u16::from).collect())
    } else {
        let mut row = vec![0; size];
        source.row(y, RowMut::Sixteen(&mut row))?;
        Ok(row)
    }
}

/// All rows.
fn all(source: &mut dyn Source) -> Result<Vec<u16>, PressError> {
    let mut samples = Vec::new();
    for y in 0..source.shape().height {
        samples.extend(row(source, y)?);
    }
    Ok(samples)
}

/// Writes a file and names it as a page.
fn input(folder: &TempDir, format: DocumentFormat, bytes: &[u8]) -> Input {
    let path: PathBuf = folder.path().join("document");
    std::fs::write(&path, bytes).unwrap();
    Input { path, format, page: 0 }
}

/// A picture from numbers.
fn pixels(width: u32, height: u32, channels: usize, depth: Depth, samples: &[u16]) -> Pixels {
    let samples = match depth {
        Depth::Eight => Samples::Eight(samples.iter().map(|s| *s as u8).collect()),
        Depth::Sixteen => Samples::Sixteen(samples.to_vec()),
    };
    Pixels {
        width,
        height,
        channels,
        samples,
    }
}

/// A source of a page gives in every turn what the picture held in memory gives.
fn gives(input: &Input, want: impl Fn() -> Pixels, limits: &PressLimits) {
    for turn in turns() {
        let mut held = Held::new(want(), turn);
        let mut source = open(input, turn, limits).unwrap();
        assert_eq!(source.shape(), held.shape(), "{turn:?}");
        let height = held.shape().height;
        for y in 0..height {
            assert!(
                row(source.as_mut(), y).unwrap() == row(&mut held, y).unwrap(),
                "{turn:?}, row {y}"
            );
        }
        source.rewind().unwrap();
        for y in (height / 3..height).step_by(7) {
            assert!(
                row(source.as_mut(), y).unwrap() == row(&mut held, y).unwrap(),
                "{turn:?}, row {y} after others"
            );
        }
    }
}
