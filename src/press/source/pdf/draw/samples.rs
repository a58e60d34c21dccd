//! Samples of decoded pictures, in memory or in a scratch file.

use std::fmt;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;

use super::super::super::super::layout::Turn;
use super::super::super::super::resample::{Across, Pad, Ring, SourceRow, Taps};
use super::super::super::super::{PressError, PressLimits};

/// Most bytes of all pictures of a page that are held in memory.
const HELD: usize = 24 << 20;

/// What pictures take of memory and disk.
#[derive(Debug, Default)]
pub struct Room {
    held: usize,
    filed: u64,
}

/// Samples of a picture, row by row.
pub struct Samples {
    pub width: u32,
    pub height: u32,
    /// 1 or 3.
    pub channels: usize,
    store: Store,
}

enum Store {
    Held(Vec<u8>),
    Filed(File),
}

impl fmt::Debug for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Samples({} × {} × {})", self.width, self.height, self.channels)
    }
}

impl Samples {
    /// Keeps samples, turned as `turn` says.
    pub fn keep(
        data: Vec<u8>,
        (width, height): (u32, u32),
        channels: usize,
        turn: Turn,
        room: &mut Room,
        limits: &PressLimits,
    ) -> Result<Samples, PressError> {
        let (w, h) = turn.size(width, height);
        let bytes = data.len();
        let hold = room.held.saturating_add(bytes) <= HELD;
        if hold && turn == Turn::NONE {
            room.held += bytes;
            return Ok(Samples {
                width,
                height,
                channels,
                store: Store::Held(data),
            });
        }
        let mut row = Vec::with_capacity(w as usize * channels);
        let turned = |y: u32, row: &mut Vec<u8>| {
            row.clear();
            for x in 0..w {
                let (x, y) = turn.stored(x, y, width, height);
                let at = (y as usize * width as usize + x as usize) * channels;
                row.extend_from_slice(data.get(at..at + channels).unwrap_or(&[0; 3][..channels.min(3)]));
            }
        };
        let store = if hold {
            room.held += bytes;
            let mut all = Vec::with_capacity(bytes);
            for y in 0..h {
                turned(y, &mut row);
                all.extend_from_slice(&row);
            }
            Store::Held(all)
        } else {
            // Eight bytes for each pixel that a picture may have: two large ones, or many small ones.
            room.filed = room.filed.saturating_add(bytes as u64);
            if room.filed > limits.pixels.saturating_mul(8) {
                return Err(PressError::Unsupported(
                    "the PDF page has more pictures than can be printed: export it with smaller ones".into(),
                ));
            }
            std::fs::create_dir_all(&limits.scratch)?;
            let mut file = BufWriter::with_capacity(256 << 10, tempfile::tempfile_in(&limits.scratch)?);
            for y in 0..h {
                turned(y, &mut row);
                file.write_all(&row)?;
            }
            Store::Filed(file.into_inner().map_err(|e| e.into_error())?)
        };
        Ok(Samples {
            width: w,
            height: h,
            channels,
            store,
        })
    }

    /// Reads a window, row by row.
    pub fn read(&self, x: Range<u32>, y: Range<u32>, into: &mut Vec<u8>) -> Result<(), PressError> {
        into.clear();
        let bytes = x.len() * self.channels;
        for y in y {
            let at = (y as usize * self.width as usize + x.start as usize) * self.channels;
            match &self.store {
                Store::Held(data) => into.extend_from_slice(data.get(at..at + bytes).unwrap_or_default()),
                Store::Filed(file) => {
                    let begun = into.len();
                    into.resize(begun + bytes, 0);
                    file.read_exact_at(into.get_mut(begun..).unwrap_or_default(), at as u64)?;
                }
            }
        }
        Ok(())
    }
}

/// Samples shrunk by the kernel.
pub fn shrunk(data: &[u8], (width, height): (u32, u32), channels: usize, (w, h): (u32, u32)) -> Vec<u8> {
    let across = Across::new(width, channels, Taps::new(width, 0.0, width.into(), w, 0..w));
    let down = Taps::new(height, 0.0, height.into(), h, 0..h);
    let mut ring = Ring::new(down.count(), false);
    let (mut pad, mut row) = (Pad::default(), vec![0; across.samples()]);
    let mut out = Vec::with_capacity(w as usize * h as usize * channels);
    let bytes = width as usize * channels;
    for i in 0..h as usize {
        for y in down.rows(i) {
            if let Some(slot) = ring.slot(y) {
                let line = data
                    .get(y as usize * bytes..(y as usize + 1) * bytes)
                    .unwrap_or_default();
                across.row(SourceRow::Eight(line), &mut pad, slot);
            }
        }
        ring.down(down.rows(i), down.weights(i), &mut row);
        out.extend(row.iter().map(|v| eight(*v)));
    }
    out
}

/// The nearest of 8 bits.
pub fn eight(v: u16) -> u8 {
    ((u32::from(v) + 128) / 257) as u8
}
