//! What is rendered to: paper, pixels, profile, from what was typed.

use std::path::Path;
use std::sync::Arc;

use crate::color::{MAX_PROFILE_BYTES, Profile};
use crate::model::{
    Length, Margins, MediaSize, OutputSpec, PAPER_NAMES, RasterFormat, RasterType, Rendering, RenderingIntent,
    Resolution,
};
use crate::press::{profile_fits, profile_prints};

use super::RenderError;

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// PWG raster
    #[value(alias = "ras")]
    Pwg,
    /// Apple raster
    Urf,
    /// PNG
    Png,
    /// JPEG
    #[value(alias = "jpg")]
    Jpeg,
    /// TIFF
    #[value(alias = "tif")]
    Tiff,
}

/// Pixel types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Pixels {
    /// Device RGB
    #[default]
    Rgb8,
    /// Device RGB, 16 bits a channel
    Rgb16,
    /// sRGB
    Srgb8,
    /// sRGB, 16 bits a channel
    Srgb16,
    /// Adobe RGB
    Adobe8,
    /// Adobe RGB, 16 bits a channel
    Adobe16,
    /// Grey
    Gray8,
    /// Grey, 16 bits
    Gray16,
}

impl Pixels {
    fn raster_type(self) -> RasterType {
        match self {
            Pixels::Rgb8 => RasterType::Rgb8,
            Pixels::Rgb16 => RasterType::Rgb16,
            Pixels::Srgb8 => RasterType::Srgb8,
            Pixels::Srgb16 => RasterType::Srgb16,
            Pixels::Adobe8 => RasterType::AdobeRgb8,
            Pixels::Adobe16 => RasterType::AdobeRgb16,
            Pixels::Gray8 => RasterType::Sgray8,
            Pixels::Gray16 => RasterType::Sgray16,
        }
    }

    /// Whether it has 16 bits a channel.
    pub fn is_deep(self) -> bool {
        self.raster_type().sample_bytes() == 2
    }

    /// The profile of the type itself. Device RGB without a profile is taken for sRGB.
    fn standard(self) -> Profile {
        match self {
            Pixels::Adobe8 | Pixels::Adobe16 => Profile::adobe_rgb(),
            Pixels::Gray8 | Pixels::Gray16 => Profile::gray(),
            _ => Profile::srgb(),
        }
    }
}

/// Format and profile.
pub struct Target {
    /// Format, pixel type, resolution.
    pub output: OutputSpec,
    /// Of the pixels.
    pub profile: Arc<Profile>,
}

impl Target {
    /// From what was typed.
    pub fn new(
        path: &Path,
        format: Option<OutputFormat>,
        pixels: Pixels,
        dpi: u32,
        profile: Option<&Path>,
    ) -> Result<Target, RenderError> {
        let format = match format {
            Some(OutputFormat::Pwg) => RasterFormat::Pwg,
            Some(OutputFormat::Urf) => RasterFormat::Urf,
            Some(OutputFormat::Png) => RasterFormat::Png,
            Some(OutputFormat::Jpeg) => RasterFormat::Jpeg,
            Some(OutputFormat::Tiff) => RasterFormat::Tiff,
            None => by_name(path)?,
        };
        let profile = match profile {
            None => pixels.standard(),
            Some(path) => read_profile(path)?,
        };
        Ok(Target {
            output: OutputSpec {
                format,
                raster_type: pixels.raster_type(),
                resolution: Resolution::square(dpi),
            },
            profile: Arc::new(profile),
        })
    }
}

fn by_name(path: &Path) -> Result<RasterFormat, RenderError> {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    match ending.as_deref() {
        Some("pwg" | "ras") => Ok(RasterFormat::Pwg),
        Some("urf") => Ok(RasterFormat::Urf),
        Some("png") => Ok(RasterFormat::Png),
        Some("jpg" | "jpeg") => Ok(RasterFormat::Jpeg),
        Some("tif" | "tiff") => Ok(RasterFormat::Tiff),
        _ => Err(RenderError::Wish(format!(
            "{}: what to write does not show in the name: end it in .pwg, .urf, .png, .jpg or .tif, or say --format",
            path.display()
        ))),
    }
}

/// Reads a profile.
pub fn read_profile(path: &Path) -> Result<Profile, RenderError> {
    let file_error = |e| RenderError::File(path.to_owned(), e);
    let length = std::fs::metadata(path).map_err(file_error)?.len();
    if length > MAX_PROFILE_BYTES as u64 {
        return Err(RenderError::Wish(format!(
            "{}: too large for a colour profile ({length} bytes)",
            path.display()
        )));
    }
    let bytes = std::fs::read(path).map_err(file_error)?;
    Profile::parse(&bytes).map_err(|e| RenderError::Wish(format!("{}: {e}", path.display())))
}

/// Refuses a printer's profile that pages of these pixels (of any, in a proof) can't be brought to, by its file's name.
pub fn check_profile(
    path: &Path,
    profile: &Profile,
    pixels: Option<RasterType>,
    intent: RenderingIntent,
) -> Result<(), RenderError> {
    let fits = match pixels {
        Some(pixels) => profile_fits(profile, pixels, intent),
        None => profile_prints(profile, intent),
    };
    fits.map_err(|e| RenderError::Wish(format!("{}: {e}", path.display())))
}

/// The longest side of a sheet in millimetres: a roll's.
const LONGEST_MM: f64 = 20_000.0;

/// The paper that is taken when nobody says one.
pub const PAPER: &str = "a4";

/// The short names of papers, for `--help`.
pub fn paper_help() -> String {
    let names: Vec<&str> = PAPER_NAMES
        .iter()
        .flat_map(|paper| paper.short.iter().copied())
        .collect();
    format!(
        "Paper: a short name, sides (297x420mm, 17x22in, 30x40cm) or a PWG name (iso_a4_210x297mm)\n\nA4 when left out, or \
         the first size that the template is made for. The short names: {}. Where they are numbers they are inches, but \
         10x15, 13x18, 20x30, 30x40 and 40x60 are centimetres.",
        names.join(", ")
    )
}

/// A sheet by its name.
pub fn paper(name: &str) -> Result<MediaSize, RenderError> {
    let typed = name.trim().to_lowercase();
    let named = MediaSize::called(&typed).or_else(|| by_sides(&typed));
    if let Some(size) = named.or_else(|| on_its_side(&typed)) {
        return Ok(size);
    }
    if has_sides(&typed) {
        return Err(RenderError::Wish(format!(
            "--paper {name}: each side is from 1 mm to {} m",
            LONGEST_MM / 1000.0
        )));
    }
    MediaSize::from_name(&typed).map_err(|_| {
        let short: Vec<&str> = PAPER_NAMES
            .iter()
            .filter_map(|paper| paper.short.first().copied())
            .collect();
        RenderError::Wish(format!(
            "\"{name}\" is no paper that is known here: give its sides as in 297x420mm or 17x22in, a PWG name such as \
             iso_a3_297x420mm, or one of {}",
            short.join(", ")
        ))
    })
}

/// Whether a paper is named by two sides, whatever they are.
fn has_sides(text: &str) -> bool {
    let bare = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    bare.split_once('x')
        .is_some_and(|(x, y)| x.trim().parse::<f64>().is_ok() && y.trim().parse::<f64>().is_ok())
        && bare.len() < text.len()
}

/// `297x420mm`, `17x22in`
fn by_sides(text: &str) -> Option<MediaSize> {
    let (sides, unit) = [("mm", 1.0), ("cm", 10.0), ("in", 25.4)]
        .into_iter()
        .find_map(|(unit, mm)| text.strip_suffix(unit).map(|sides| (sides, mm)))?;
    let (x, y) = sides.split_once('x')?;
    let side = |text: &str| {
        let mm = text.trim().parse::<f64>().ok()? * unit;
        (1.0..=LONGEST_MM).contains(&mm).then(|| Length::mm(mm))
    };
    Some(MediaSize::from_sides(side(x)?, side(y)?))
}

/// `22x17`: a short name's numbers the other way round.
fn on_its_side(text: &str) -> Option<MediaSize> {
    let (x, y) = text.split_once('x')?;
    let upright = MediaSize::called(&format!("{y}x{x}"))?;
    Some(MediaSize::from_sides(upright.y, upright.x))
}

/// The same margin on all sides.
pub fn margins(mm: f64) -> Result<Margins, RenderError> {
    if !(0.0..=LONGEST_MM).contains(&mm) {
        return Err(RenderError::Wish("--margin: millimetres, 0 or more".into()));
    }
    Ok(Margins::same(Length::mm(mm)))
}

/// An intent; black point compensation has no meaning for absolute.
pub fn intent(intent: Rendering, compensate: bool) -> RenderingIntent {
    RenderingIntent {
        intent,
        black_point_compensation: compensate && intent != Rendering::Absolute,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn papers_by_all_their_names() {
        for (name, x, y) in [
            ("a4", 21_000, 29_700),
            ("A3+", 33_020, 48_260),
            ("A3", 29_700, 42_000),
            ("iso_a4_210x297mm", 21_000, 29_700),
            ("17x22in", 43_180, 55_880),
            ("na_c_17x22in", 43_180, 55_880),
            ("100x150mm", 10_000, 15_000),
            ("10x15cm", 10_000, 15_000),
            ("10x15", 10_000, 15_000),
            ("4x6", 10_160, 15_240),
            ("13x19", 33_020, 48_260),
            ("22x17", 55_880, 43_180),
            ("15x10", 15_000, 10_000),
            ("Letter", 21_590, 27_940),
            ("tabloid", 27_940, 43_180),
            ("b5", 17_600, 25_000),
        ] {
            let size = paper(name).unwrap();
            assert_eq!((size.x.as_hundredths(), size.y.as_hundredths()), (x, y), "{name}");
        }
        for name in ["", "papyrus", "0x5mm", "-3x4in", "1e9x4mm", "NaNxNaNmm"] {
            assert!(paper(name).is_err(), "{name}");
        }
    }
}
