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
mod raster;
#[cfg(test)]
mod tests;
mod tiff;
mod tiles;
mod turned;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::color::{ColorSpace, Profile};
use crate::model::{DocumentFormat, Resolution};

use super::layout::Turn;
use super::{PressError, PressLimits};

#[cfg(feature = "fuzzing")]
pub use exif::{Exif, read as read_exif};
pub use turned::turned;

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

impl Depth {
    /// Bytes of a sample.
    pub const fn bytes(self) -> usize {
        match self {
            Depth::Eight => 1,
            Depth::Sixteen => 2,
        }
    }
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
    /// The embedded profile, as it came, or that of what the picture says otherwise of its colours.
    pub icc: Option<Arc<[u8]>>,
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

impl Shape {
    /// Bytes of a pixel.
    pub const fn pixel(&self) -> usize {
        self.channels * self.depth.bytes()
    }

    /// Bytes of a row.
    pub const fn row_bytes(&self) -> usize {
        self.width as usize * self.pixel()
    }
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
    if input.page > 0 && matches!(input.format, DocumentFormat::Jpeg | DocumentFormat::Png) {
        return Err(no_page(input.page, 1));
    }
    match input.format {
        DocumentFormat::Jpeg => jpeg::head(&input.path, limits),
        DocumentFormat::Png => png::head(&input.path, limits),
        DocumentFormat::Tiff => tiff::head(input, limits),
        DocumentFormat::PwgRaster | DocumentFormat::Urf => raster::head(input, limits),
        DocumentFormat::Pdf => pdf::head(&input.path, input.page, limits),
    }
}

/// Opens a page whose head was read, turned by `turn` from how it is stored.
pub fn open(input: &Input, turn: Turn, wish: Wish, limits: &PressLimits) -> Result<Box<dyn Source>, PressError> {
    match input.format {
        DocumentFormat::Jpeg => jpeg::open(&input.path, turn, limits),
        DocumentFormat::Png => png::open(&input.path, turn, limits),
        DocumentFormat::Tiff => tiff::open(input, turn, limits),
        DocumentFormat::PwgRaster | DocumentFormat::Urf => raster::open(input, turn, limits),
        DocumentFormat::Pdf => pdf::open(&input.path, input.page, turn, wish, limits),
    }
}

/// What is said of a page that the document does not have. Pages count from 0 here and from 1 for people.
fn no_page(page: u32, pages: u32) -> PressError {
    PressError::Unsupported(format!(
        "page {} was asked for, and the document has {pages}: choose another",
        u64::from(page) + 1
    ))
}

/// Fills a row with bytes of so many bits a sample: 16 bits in the machine's order.
fn hand(depth: Depth, bytes: &[u8], into: RowMut<'_>) -> Result<(), PressError> {
    match (depth, into) {
        (Depth::Eight, RowMut::Eight(row)) if row.len() == bytes.len() => row.copy_from_slice(bytes),
        (Depth::Sixteen, RowMut::Sixteen(row)) if row.len() * 2 == bytes.len() => {
            for (sample, pair) in row.iter_mut().zip(bytes.as_chunks::<2>().0) {
                *sample = u16::from_ne_bytes(*pair);
            }
        }
        _ => return Err(strange_row()),
    }
    Ok(())
}

/// What a source says when it is handed a row that is not its own: a fault of ours.
fn strange_row() -> PressError {
    PressError::Output("a row of another shape was asked for (please report this)".into())
}

/// The profile that a picture's numbers are in: its own; without one sRGB, or grey with the tone curve of sRGB.
///
/// # Errors
/// When its own is unsound, or when it is CMYK without one: there is no CMYK that could be meant.
pub fn profile(head: &Head) -> Result<Profile, PressError> {
    match (&head.icc, head.channels) {
        (Some(bytes), channels) => embedded(bytes, channels),
        (None, 1) => Ok(Profile::gray()),
        (None, 3) => Ok(Profile::srgb()),
        (None, _) => Err(PressError::Unsupported(
            "the picture is CMYK and has no colour profile, so nobody knows its colours: embed its profile, or export \
             it as RGB"
                .into(),
        )),
    }
}

/// sRGB, or grey with its curve: for pictures that say so otherwise than by a profile.
fn standard(channels: usize) -> Vec<u8> {
    let profile = if channels == 1 {
        Profile::gray()
    } else {
        Profile::srgb()
    };
    profile.as_bytes().to_vec()
}

/// The embedded profile, if it is sound and fits the picture's channels.
pub fn embedded(bytes: &[u8], channels: usize) -> Result<Profile, PressError> {
    let profile = Profile::parse(bytes).map_err(PressError::Profile)?;
    let fits = match profile.color_space() {
        ColorSpace::Gray => channels == 1,
        ColorSpace::Rgb => channels == 3,
        ColorSpace::Cmyk => channels == 4,
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

/// Refuses what is larger than the limits and is to be held as a whole, `bytes` a sample.
fn check(width: u64, height: u64, samples: u64, bytes: u64, limits: &PressLimits) -> Result<(u32, u32), PressError> {
    let (width, height) = size(width, height, limits)?;
    let pixels = u64::from(width) * u64::from(height);
    working(
        pixels.saturating_mul(samples).saturating_mul(bytes),
        (width, height),
        limits,
    )?;
    Ok((width, height))
}

/// Refuses what has more pixels than the limits allow.
fn size(width: u64, height: u64, limits: &PressLimits) -> Result<(u32, u32), PressError> {
    let refuse = |most: String| Err(PressError::TooLarge { width, height, most });
    if width == 0 || height == 0 {
        return Err(PressError::Unsupported("the picture has no pixels".into()));
    }
    let side = u64::from(limits.side);
    if width > side || height > side {
        return refuse(format!("at most {side} a side are taken: make it smaller"));
    }
    if width.saturating_mul(height) > limits.pixels {
        return refuse(format!(
            "at most {} million in all are taken: make it smaller",
            limits.pixels / 1_000_000
        ));
    }
    let fits = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok((fits(width), fits(height)))
}

/// Refuses what can't be read within the bound on memory.
fn working(bytes: u64, (width, height): (u32, u32), limits: &PressLimits) -> Result<(), PressError> {
    if bytes <= limits.memory {
        return Ok(());
    }
    Err(PressError::TooLarge {
        width: width.into(),
        height: height.into(),
        most: format!(
            "as it is stored, reading it takes {} MB of memory, and {} are allowed: save it without interlacing, or make \
             it smaller",
            bytes.div_ceil(1_000_000),
            limits.memory / 1_000_000
        ),
    })
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
        icc: icc.map(Into::into),
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
