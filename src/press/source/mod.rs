//! Sources: documents as rows of pixels, upright and in order.
//!
//! A source reads its document from disk each time it is opened and gives rows in the turn that its page wants. How it
//! comes by them is its own business: a baseline JPEG is decoded as its rows are asked for, by an index when it lies
//! on its side; an uncompressed TIFF is read where the rows are; whatever can be read in one direction only and is
//! wanted in another goes through a tile file in [`PressLimits::scratch`]. No source holds a whole picture unless it
//! is small.

mod exif;
mod held;
mod jpeg;
mod pdf;
mod png;
mod tiff;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use crate::color::{ColorSpace, Profile};
use crate::model::{DocumentFormat, Resolution};

use super::layout::Turn;
use super::{PressError, PressLimits};

pub use held::Held;

/// Largest embedded profile that is looked at.
const PROFILE_BYTES: usize = 16 << 20;

/// One page of a document on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The document.
    pub path: PathBuf,
    /// Its format.
    pub format: DocumentFormat,
    /// The page, from 0.
    pub page: u32,
}

/// Bits of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// 8, full range.
    Eight,
    /// 16, full range.
    Sixteen,
}

/// What the head of a document says.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// Colour channels after decoding: 1 (grey), 3 (RGB) or 4 (CMYK, 0 is paper).
    pub channels: usize,
    /// Bits of a sample after decoding.
    pub depth: Depth,
    /// The turn that shows it upright.
    pub turn: Turn,
    /// Its own resolution, upright.
    pub resolution: Option<Resolution>,
    /// The embedded profile, as it came.
    pub icc: Option<Vec<u8>>,
    /// Pages of the document.
    pub pages: u32,
}

/// What a source's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Pixels of a row, turned.
    pub width: u32,
    /// Rows, turned.
    pub height: u32,
    /// As [`Head::channels`].
    pub channels: usize,
    /// As [`Head::depth`].
    pub depth: Depth,
}

/// A row to be filled: interleaved samples, exactly one row of the source's [`Shape`] and of its depth.
#[derive(Debug)]
pub enum RowMut<'a> {
    /// For [`Depth::Eight`].
    Eight(&'a mut [u8]),
    /// For [`Depth::Sixteen`].
    Sixteen(&'a mut [u16]),
}

/// Rows of a picture that was turned as its page wants it.
///
/// Rows are asked for in growing order between two calls of `rewind`; some may be left out, which a source uses to
/// skip what it need not decode.
pub trait Source: Send {
    /// What its rows are.
    fn shape(&self) -> Shape;
    /// Writes row `y`.
    ///
    /// # Errors
    /// [`PressError`]; also when `into` is not a row of this source.
    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError>;
    /// The next row asked for may be the first again.
    fn rewind(&mut self) -> Result<(), PressError>;
}

/// What the page would like of a source, for sources that have no pixels of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// Width and height in pixels of the whole turned picture as it will lie on the sheet, whatever part of it is
    /// shown. A drawn page is painted at this size, so that nobody scales it afterwards; pictures made of pixels take
    /// no notice. [`Source::shape`] tells what came of it.
    pub size: Option<(u32, u32)>,
}

/// Reads the head of a page.
pub fn head(input: &Input, limits: &PressLimits) -> Result<Head, PressError> {
    let path = &input.path;
    match input.format {
        DocumentFormat::Jpeg => jpeg::head(path, limits),
        DocumentFormat::Png => png::head(path, limits),
        DocumentFormat::Tiff => tiff::head(path, limits),
        DocumentFormat::Pdf => pdf::head(path, input.page, limits),
        DocumentFormat::PwgRaster | DocumentFormat::Urf => Err(not_yet(input.format)),
    }
}

/// Opens a page whose head was read, turned by `turn` from how it is stored.
pub fn open(input: &Input, turn: Turn, wish: Wish, limits: &PressLimits) -> Result<Box<dyn Source>, PressError> {
    let path = &input.path;
    let picture = match input.format {
        DocumentFormat::Jpeg => jpeg::decode(path, limits)?,
        DocumentFormat::Png => png::decode(path, limits)?,
        DocumentFormat::Tiff => tiff::decode(path, limits)?,
        DocumentFormat::Pdf => return pdf::open(path, input.page, turn, wish, limits),
        DocumentFormat::PwgRaster | DocumentFormat::Urf => return Err(not_yet(input.format)),
    };
    Ok(Box::new(Held::new(picture, turn)))
}

/// What a source says when it is handed a row that is not its own: a fault of ours.
fn strange_row() -> PressError {
    PressError::Output("a row of another shape was asked for (please report this)".into())
}

fn not_yet(format: DocumentFormat) -> PressError {
    PressError::Unsupported(format!("{format} can't be printed yet: send JPEG, PNG, TIFF or PDF"))
}

/// The embedded profile, if it is sound and fits the picture's channels.
pub fn embedded(bytes: &[u8], channels: usize) -> Result<Profile, PressError> {
    let profile = Profile::parse(bytes).map_err(PressError::Profile)?;
    let fits = match profile.color_space() {
        ColorSpace::Gray => channels == 1,
        ColorSpace::Rgb => channels == 3,
        ColorSpace::Cmyk => false,
    };
    if fits {
        Ok(profile)
    } else {
        Err(PressError::Unsupported(format!(
            "the colour profile inside the picture (\"{}\") is for another kind of pixels than it has: export it again \
             with a profile that fits",
            profile.description()
        )))
    }
}

fn reader(path: &Path) -> Result<BufReader<File>, PressError> {
    Ok(BufReader::with_capacity(256 << 10, File::open(path)?))
}

fn damaged(format: &'static str, why: impl std::fmt::Display) -> PressError {
    let why: String = why.to_string().chars().filter(|c| !c.is_control()).take(200).collect();
    PressError::Damaged { format, why }
}

/// Refuses what is larger than the limits, `bytes` a sample.
fn check(width: u64, height: u64, samples: u64, bytes: u64, limits: &PressLimits) -> Result<(u32, u32), PressError> {
    let refuse = |most: String| Err(PressError::TooLarge { width, height, most });
    if width == 0 || height == 0 {
        return Err(PressError::Unsupported("the picture has no pixels".into()));
    }
    let side = u64::from(limits.side);
    if width > side || height > side {
        return refuse(format!("{side} a side"));
    }
    let pixels = width.saturating_mul(height);
    if pixels > limits.pixels {
        return refuse(format!("{} million in all", limits.pixels / 1_000_000));
    }
    if pixels.saturating_mul(samples).saturating_mul(bytes) > limits.memory {
        return refuse(format!(
            "what takes {} MB of memory at {} bytes a pixel",
            limits.memory / 1_000_000,
            samples.saturating_mul(bytes)
        ));
    }
    let fits = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok((fits(width), fits(height)))
}

/// The head of a picture stored as `width` × `height`.
fn upright(
    (width, height): (u32, u32),
    (channels, depth): (usize, Depth),
    turn: Turn,
    resolution: Option<Resolution>,
    icc: Option<Vec<u8>>,
) -> Head {
    let (width, height) = turn.size(width, height);
    let resolution = resolution.map(|r| {
        if turn.transpose {
            Resolution { x: r.y, y: r.x }
        } else {
            r
        }
    });
    Head {
        width,
        height,
        channels,
        depth,
        turn,
        resolution,
        icc,
        pages: 1,
    }
}

/// A resolution, unless it is none that a picture has.
fn sane(x: f64, y: f64) -> Option<Resolution> {
    let fits = |n: f64| (10.0..=10_000.0).contains(&n);
    (fits(x) && fits(y)).then(|| Resolution {
        x: x.round() as u32,
        y: y.round() as u32,
    })
}
