//! TIFF 6.0 and BigTIFF: RGB, grey, palette and CMYK of up to 16 bits, in strips and tiles, packed or not, of one or
//! several pages.
//!
//! ```text
//!   file ── ifd ──► layout ──┬─ plain ──► any turn, where the pixels are
//!                            └─ codec ──► rows ──► as stored, or turned through a tile file
//! ```

mod codec;
mod convert;
mod ifd;
mod layout;
mod plain;
mod rows;

use std::path::Path;

use super::super::layout::Turn;
use super::turned::Turned;
use super::working;
use super::{Head, Input, PROFILE_BYTES, PressError, PressLimits, Source, damaged, no_page, sane, turned, upright};

use ifd::{Ifd, Tiff, tag};
use layout::Layout;
use plain::Plain;
use rows::Rows;

const NAME: &str = "TIFF";

fn wrong(why: impl std::fmt::Display) -> PressError {
    damaged(NAME, why)
}

fn early() -> PressError {
    wrong("it ends early: the upload or the file is incomplete")
}

/// Finds a page; tells how many there are.
fn page(path: &Path, page: u32, limits: &PressLimits) -> Result<(Tiff, Ifd, Layout, u32), PressError> {
    let tiff = Tiff::open(path)?;
    let pages = tiff.pages()?;
    let count = pages.len() as u32;
    if count == 0 {
        return Err(wrong("it holds no picture"));
    }
    let at = pages.get(page as usize).ok_or_else(|| no_page(page, count))?;
    let ifd = tiff.directory(*at)?;
    let layout = Layout::read(&tiff, &ifd, limits)?;
    Ok((tiff, ifd, layout, count))
}

/// Reads the head of a page.
pub fn head(input: &Input, limits: &PressLimits) -> Result<Head, PressError> {
    let (tiff, ifd, layout, pages) = page(&input.path, input.page, limits)?;
    let turn = Turn::of_tag(tiff.number(&ifd, tag::ORIENTATION)?.map_or(1, |n| n.min(9) as u16));
    let per_inch = match tiff.number(&ifd, tag::RESOLUTION_UNIT)? {
        None | Some(2) => 1.0,
        Some(3) => 2.54,
        Some(_) => 0.0,
    };
    let resolution = sane(
        tiff.ratio(&ifd, tag::X_RESOLUTION)? * per_inch,
        tiff.ratio(&ifd, tag::Y_RESOLUTION)? * per_inch,
    );
    let icc = tiff.bytes(&ifd, tag::ICC, PROFILE_BYTES)?;
    let kind = (layout.convert.channels(), layout.convert.depth());
    let size = (layout.width, layout.height);
    let row = u64::from(size.0) * kind.0 as u64 * kind.1.bytes() as u64;
    working(row, size, limits)?;
    let mut head = upright(size, kind, turn, resolution, icc);
    head.pages = pages;
    Ok(head)
}

/// Opens a page.
pub fn open(input: &Input, turn: Turn, limits: &PressLimits) -> Result<Box<dyn Source>, PressError> {
    let (tiff, _, layout, _) = page(&input.path, input.page, limits)?;
    if Plain::fits(&layout) {
        Ok(Box::new(Turned::new(Plain::new(&tiff, layout), turn, limits)?))
    } else {
        turned(Box::new(Rows::new(&tiff, layout, limits)?), turn, limits)
    }
}
