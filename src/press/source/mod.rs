//! Sources: documents as rows of pixels, upright and in order.

mod exif;
mod held;
mod jpeg;
mod png;
mod tiff;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use crate::color::{ColorSpace, Profile};
use crate::model::{DocumentFormat, Resolution};

use super::layout::Turn;
use super::{PressError, PressLimits};

pub use held::Held;

/// Largest embedded profile that is looked at.
const PROFILE_BYTES: usize = 16 << 20;

/// What the head of a document says.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Pixels, upright.
    pub width: u32,
    /// Pixels, upright.
    pub height: u32,
    /// Colour channels after decoding: 1 or 3.
    pub channels: usize,
    /// The turn that shows it upright.
    pub turn: Turn,
    /// Its own resolution, upright.
    pub resolution: Option<Resolution>,
    /// The embedded profile, as it came.
    pub icc: Option<Vec<u8>>,
}

/// Rows of a picture that was turned as its page wants it.
///
/// Rows are asked for in order, each once, between two calls of `rewind`; that is all that a decoder which holds only
/// a few rows needs to serve the same interface.
pub trait Source: Send {
    /// Writes row `y` as interleaved 16-bit samples, full range.
    fn row(&mut self, y: u32, into: &mut [u16]) -> Result<(), PressError>;
    /// The next row asked for will be the first again.
    fn rewind(&mut self) -> Result<(), PressError>;
}

/// Reads the head of a document.
pub fn head(path: &Path, format: DocumentFormat, limits: PressLimits) -> Result<Head, PressError> {
    match format {
        DocumentFormat::Jpeg => jpeg::head(path, limits),
        DocumentFormat::Png => png::head(path, limits),
        DocumentFormat::Tiff => tiff::head(path, limits),
        DocumentFormat::PwgRaster | DocumentFormat::Urf | DocumentFormat::Pdf => Err(not_yet(format)),
    }
}

/// Opens a document whose head was read, turned by `turn` from how it is stored.
pub fn open(
    path: &Path,
    format: DocumentFormat,
    turn: Turn,
    limits: PressLimits,
) -> Result<Box<dyn Source>, PressError> {
    let picture = match format {
        DocumentFormat::Jpeg => jpeg::decode(path, limits)?,
        DocumentFormat::Png => png::decode(path, limits)?,
        DocumentFormat::Tiff => tiff::decode(path, limits)?,
        DocumentFormat::PwgRaster | DocumentFormat::Urf | DocumentFormat::Pdf => return Err(not_yet(format)),
    };
    Ok(Box::new(Held::new(picture, turn)))
}

fn not_yet(format: DocumentFormat) -> PressError {
    PressError::Unsupported(format!("{format} can't be printed yet: send JPEG, PNG or TIFF"))
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
fn check(width: u64, height: u64, samples: u64, bytes: u64, limits: PressLimits) -> Result<(u32, u32), PressError> {
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
    channels: usize,
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
        turn,
        resolution,
        icc,
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
