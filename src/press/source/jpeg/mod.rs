//! JPEG (ITU-T T.81, T.871, T.872).
//!
//! ```text
//!   segments ─► setup ─► scan (bits → blocks) ─► idct ─► planes (a band or two) ─► lines (upsampling, colour) ─► rows
//!                          ▲
//!                        index (where bands begin, for pictures that are wanted turned)
//! ```
//!
//! A sequential picture, which nearly all are, is decoded as its rows are asked for and never held: from the top down
//! by MCU rows; from the bottom up or on its side by an index, made in one pass over the compressed data, a band of
//! MCUs at a time. A picture in several scans can't be decoded so: its coefficients are put together in a file in
//! [`PressLimits::scratch`] (in memory where they are few), and its rows are made of those.

mod bits;
mod colour;
mod entropy;
mod frame;
mod idct;
mod index;
mod lines;
mod planes;
mod rows;
mod scans;
mod segments;
mod setup;
mod store;
mod tables;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::Path;

use super::super::layout::Turn;
use super::{Depth, Head, PressError, PressLimits, Source, check, damaged, reader, standard, upright};
use frame::{Frame, Process};
use rows::{Data, Layout, Rows};
use scans::Coefficients;
use segments::{Reader, Segments};
use setup::{Colour, Setup};

const NAME: &str = "JPEG";
/// Most scans of a picture; each costs a pass over all of it.
const SCANS: usize = 100;

fn broken(why: impl std::fmt::Display) -> PressError {
    damaged(NAME, why)
}

/// Reads up to the first scan's data.
fn start(path: &Path) -> Result<(Reader, Segments), PressError> {
    let mut reader = Reader::new(reader(path)?);
    let mut found = Segments::default();
    if !reader.next_scan(&mut found)? || found.frame.is_none() {
        return Err(broken("it holds no picture"));
    }
    if found.tables.arithmetic {
        return Err(PressError::Unsupported(
            "a JPEG with arithmetic coding can't be printed: export it as an ordinary (baseline) 8-bit JPEG".into(),
        ));
    }
    Ok((reader, found))
}

/// What decodes the picture as it is read; `None` where it comes in several scans.
fn streamed(found: &Segments) -> Result<Option<Setup>, PressError> {
    match &found.frame {
        Some(frame) if frame.process == Process::Sequential => Setup::new(found),
        _ => Ok(None),
    }
}

fn sized(found: &Segments, limits: &PressLimits) -> Result<(Frame, Colour, (u32, u32)), PressError> {
    let frame = found.frame.clone().ok_or_else(|| broken("it holds no picture"))?;
    let colour = Colour::of(found, &frame);
    // What a picture takes of memory depends on how it is decoded, and is looked at there.
    let size = check(frame.width as u64, frame.height as u64, 0, 0, limits)?;
    Ok((frame, colour, size))
}

/// Reads the head, and goes over the file to its end.
pub fn head(path: &Path, limits: &PressLimits) -> Result<Head, PressError> {
    let (reader, mut found) = start(path)?;
    let (_, colour, size) = sized(&found, limits)?;
    streamed(&found)?;
    reader.rest(&mut found)?;
    let exif = found.exif.unwrap_or_default();
    let resolution = exif.resolution.or(found.density);
    let channels = colour.channels();
    let said = || (exif.srgb && channels != 4).then(|| standard(channels));
    Ok(upright(
        size,
        (channels, Depth::Eight),
        Turn::of_tag(exif.orientation),
        resolution,
        found.profile()?.or_else(said),
    ))
}

/// Opens the picture, turned.
pub fn open(path: &Path, turn: Turn, limits: &PressLimits) -> Result<Box<dyn Source>, PressError> {
    let (reader, found) = start(path)?;
    let (frame, colour, _) = sized(&found, limits)?;
    let file = File::open(path)?;
    Ok(Box::new(match streamed(&found)? {
        Some(setup) => Rows::open(Layout::new(&frame, colour, turn, limits)?, |layout| {
            Data::sequential(setup, file, layout)
        })?,
        None => Rows::open(Layout::new(&frame, colour, turn, limits)?, |_| {
            Ok(Data::Stored(Coefficients::read(reader, found, file, limits)?))
        })?,
    }))
}
