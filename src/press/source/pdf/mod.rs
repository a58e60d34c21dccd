//! PDF (ISO 32000-2).
//!
//! ```text
//!   file ── bombs ──► library ── survey ──► one picture? ──► its bytes in a scratch file ──► the source of its kind
//!   (unpacked sizes)            (counts)   └─ no: painted in bands of rows, at the size that the sheet wants
//! ```
//!
//! A page that is one picture keeps its own pixels, depth and profile, as if the picture had been sent. Any other page
//! is interpreted by `hayro` and painted in sRGB over white, antialiased, on a thread of its own ([`draw`]).
//!
//! Nothing in a file is ever run or followed: scripts, launch actions and links are not looked at, and `hayro` has no
//! code for them. What a file makes the library count, hold or repeat is measured first ([`bombs`], [`survey`],
//! [`images`]); should it panic all the same, that ends here as a damaged file.

mod bands;
mod bombs;
mod draw;
mod geometry;
mod images;
mod samples;
mod scratch;
mod single;
mod structure;
mod survey;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::page::Page;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use super::super::layout::Turn;
use super::super::{PressError, PressLimits};
use super::{Depth, Head, Source, Wish, damaged};
use crate::color::Profile;

const NAME: &str = "PDF";
/// Most pages of a document.
const PAGES: usize = 1_000;

/// Reads the head of page `number`, from 0.
///
/// A drawn page has no pixels of its own: its size is told at 300 dots per inch, or coarser where the limits want it,
/// with that resolution.
pub fn head(path: &Path, number: u32, limits: &PressLimits) -> Result<Head, PressError> {
    let pdf = load(path, limits)?;
    let (page, pages) = page(&pdf, number)?;
    bombs::content(page, limits.memory / 4)?;
    let found = survey::survey(page, limits)?;
    let points = points(page);
    if let Some(lone) = found.lone
        && let Some(single) = single::read(page, lone, points, limits)?
    {
        return Ok(single.head(pages));
    }
    if let Some(error) = found.too_heavy {
        return Err(error);
    }
    let fits = |w: u32, h: u32| w <= limits.side && h <= limits.side && u64::from(w) * u64::from(h) <= limits.pixels;
    let (width, height, resolution) = geometry::nominal(points, fits).ok_or_else(|| {
        PressError::Unsupported("the PDF page is larger than can be printed: make the page smaller".into())
    })?;
    Ok(Head {
        width,
        height,
        channels: 3,
        depth: Depth::Eight,
        turn: Turn::NONE,
        resolution: Some(resolution),
        icc: Some(Profile::srgb().as_bytes().into()),
        pages,
    })
}

/// Opens page `number`, turned by `turn` from how its head says that it is stored.
pub fn open(
    path: &Path,
    number: u32,
    turn: Turn,
    wish: Wish,
    limits: &PressLimits,
) -> Result<Box<dyn Source>, PressError> {
    let pdf = load(path, limits)?;
    let (page, _) = page(&pdf, number)?;
    bombs::content(page, limits.memory / 4)?;
    let found = survey::survey(page, limits)?;
    let points = points(page);
    if let Some(lone) = found.lone
        && let Some(single) = single::read(page, lone, points, limits)?
    {
        let taken = single.take(page, limits)?;
        drop(pdf);
        return taken.open(turn, limits);
    }
    if let Some(error) = found.too_heavy {
        return Err(error);
    }
    let size = match wish.size {
        Some(size) => size,
        None => {
            let fits = |w: u32, h: u32| w <= limits.side && h <= limits.side;
            let told = geometry::nominal(points, fits).map(|(w, h, _)| turn.size(w, h));
            told.ok_or(PressError::NoRoom)?
        }
    };
    bands::open(pdf, number, turn, size, &found, limits)
}

/// Width and height of the upright page in points of 1/72 inch.
fn points(page: &Page<'_>) -> (f64, f64) {
    let (width, height) = page.render_dimensions();
    // ISO 32000-2, table 31: the size of a unit in points, where a page is larger than 200 inches.
    let unit = page.raw().get::<f64>(b"UserUnit").filter(|u| *u > 0.0 && u.is_finite());
    let unit = unit.unwrap_or(1.0);
    (f64::from(width) * unit, f64::from(height) * unit)
}

fn page(pdf: &Pdf, number: u32) -> Result<(&Page<'_>, u32), PressError> {
    let pages = pdf.pages();
    if pages.len() > PAGES {
        return Err(PressError::Unsupported(format!(
            "the PDF has {} pages, and at most {PAGES} are taken: send it in parts",
            pages.len()
        )));
    }
    let page = pages.get(number as usize).ok_or_else(|| {
        PressError::Unsupported(match pages.len() {
            0 => "the PDF has no page that can be read: export it again".into(),
            n => format!("the PDF has no page {}, only {n}", u64::from(number) + 1),
        })
    })?;
    Ok((page, pages.len() as u32))
}

fn load(path: &Path, limits: &PressLimits) -> Result<Pdf, PressError> {
    // A quarter for the file, a quarter for what one of its streams unpacks to, the rest for painting.
    let most = limits.memory / 4;
    if std::fs::metadata(path)?.len() > most {
        return Err(PressError::Unsupported(format!(
            "the PDF is larger than {} MB: send its pictures as they are, or export it with smaller ones",
            most / 1_000_000
        )));
    }
    let bytes = std::fs::read(path)?;
    let encrypted = structure::encrypted(&bytes);
    bombs::check(&bytes, encrypted, most)?;
    let loaded = catch_unwind(AssertUnwindSafe(|| Pdf::new(bytes))).map_err(|_| unreadable())?;
    let pdf = loaded.map_err(|error| match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            PressError::Unsupported("the PDF is locked with a password: save it without one and send it again".into())
        }
        LoadPdfError::Decryption(_) => PressError::Unsupported(
            "the PDF is encrypted in a way that can't be read: save it without encryption and send it again".into(),
        ),
        LoadPdfError::Invalid => damaged(NAME, "its structure can't be read"),
    })?;
    catch_unwind(AssertUnwindSafe(|| bombs::layers(&pdf, encrypted, most))).map_err(|_| unreadable())??;
    Ok(pdf)
}

/// The library's own fonts and character maps; nothing of the machine's.
fn settings() -> InterpreterSettings {
    InterpreterSettings::default()
}

/// A panic of the library.
fn unreadable() -> PressError {
    damaged(NAME, "something in the page can't be understood")
}
