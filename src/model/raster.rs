//! Rasters as printers name them: colour type, format, resolution.

use serde::{Deserialize, Serialize};

use super::Resolution;

/// Pixel types, by their `pwg-raster-document-type-supported` keyword (PWG 5102.4, table 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RasterType {
    /// `sgray_8`: sRGB-toned grey.
    Sgray8,
    /// `srgb_8`
    Srgb8,
    /// `adobe-rgb_8`
    AdobeRgb8,
    /// `rgb_8`: device RGB, which the printer does not manage again.
    Rgb8,
    /// `sgray_16`
    Sgray16,
    /// `srgb_16`
    Srgb16,
    /// `adobe-rgb_16`
    AdobeRgb16,
    /// `rgb_16`: device RGB.
    Rgb16,
}

impl RasterType {
    /// All of them, best for colour pictures first.
    pub const ALL: [RasterType; 8] = [
        Self::Rgb16,
        Self::Rgb8,
        Self::AdobeRgb16,
        Self::AdobeRgb8,
        Self::Srgb16,
        Self::Srgb8,
        Self::Sgray16,
        Self::Sgray8,
    ];

    /// The PWG keyword.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Sgray8 => "sgray_8",
            Self::Srgb8 => "srgb_8",
            Self::AdobeRgb8 => "adobe-rgb_8",
            Self::Rgb8 => "rgb_8",
            Self::Sgray16 => "sgray_16",
            Self::Srgb16 => "srgb_16",
            Self::AdobeRgb16 => "adobe-rgb_16",
            Self::Rgb16 => "rgb_16",
        }
    }

    /// The type with this PWG keyword.
    pub fn from_keyword(keyword: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.keyword() == keyword)
    }

    /// Whether printers convert such pixels to their inks by a profile of their own: all types but those of the device.
    /// Pixels that were brought to a paper's profile before are then converted twice, unless the profile was made so.
    pub const fn is_managed(self) -> bool {
        !matches!(self, Self::Rgb8 | Self::Rgb16)
    }

    /// Channels of a pixel: 1 or 3.
    pub const fn channels(self) -> usize {
        match self {
            Self::Sgray8 | Self::Sgray16 => 1,
            _ => 3,
        }
    }

    /// Bytes of a channel: 1 or 2.
    pub const fn sample_bytes(self) -> usize {
        match self {
            Self::Sgray8 | Self::Srgb8 | Self::AdobeRgb8 | Self::Rgb8 => 1,
            _ => 2,
        }
    }
}

/// What the press writes a page as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RasterFormat {
    /// `image/pwg-raster`
    Pwg,
    /// `image/urf`
    Urf,
    /// `image/png`, with the output profile inside: for virtual printers and proofs.
    Png,
    /// `image/jpeg`, with the output profile inside: for proofs.
    Jpeg,
    /// `image/tiff`, with the output profile inside: for other programs.
    Tiff,
}

impl RasterFormat {
    /// Its MIME media type.
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Pwg => "image/pwg-raster",
            Self::Urf => "image/urf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Tiff => "image/tiff",
        }
    }
}

/// IPP `print-color-mode` as this house decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColorMode {
    /// `color`
    Color,
    /// `monochrome`
    Monochrome,
}

impl ColorMode {
    /// The IPP keyword.
    pub const fn keyword(self) -> &'static str {
        match self {
            ColorMode::Color => "color",
            ColorMode::Monochrome => "monochrome",
        }
    }

    /// The mode of a keyword.
    pub fn from_keyword(keyword: &str) -> Option<Self> {
        [ColorMode::Color, ColorMode::Monochrome]
            .into_iter()
            .find(|mode| mode.keyword() == keyword)
    }
}

/// The ICC rendering intents (ICC.1:2022, table 23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rendering {
    /// Perceptual: the gamut is moved as a whole.
    Perceptual,
    /// Media-relative colorimetric.
    Relative,
    /// Saturation.
    Saturation,
    /// ICC-absolute colorimetric: paper white of the source is imitated.
    Absolute,
}

/// What the printer is to be sent for one page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OutputSpec {
    /// Stream format.
    pub format: RasterFormat,
    /// Pixel type.
    pub raster_type: RasterType,
    /// Dots per inch.
    pub resolution: Resolution,
}
