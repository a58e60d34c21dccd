//! Headers of Apple raster ("UNIRAST"). Apple has published none: the layout is what CUPS reads and writes.

use crate::model::RasterType;

use super::super::PressError;
use super::Sheet;

/// Colour space codes.
const fn color_space(kind: RasterType) -> u8 {
    match kind {
        RasterType::Sgray8 | RasterType::Sgray16 => 0,
        RasterType::Srgb8 | RasterType::Srgb16 => 1,
        RasterType::AdobeRgb8 | RasterType::AdobeRgb16 => 3,
        RasterType::Rgb8 | RasterType::Rgb16 => 5,
    }
}

/// Before the first page: the name and the number of pages.
pub fn file_header(pages: u32) -> Vec<u8> {
    let mut bytes = b"UNIRAST\0".to_vec();
    bytes.extend(pages.to_be_bytes());
    bytes
}

/// Before each page: 32 bytes.
pub fn page_header(sheet: &Sheet) -> Result<Vec<u8>, PressError> {
    let dots = sheet.output.resolution;
    if dots.x != dots.y {
        return Err(PressError::Output(format!(
            "Apple raster at {dots}: its dots are square"
        )));
    }
    let mut bytes = vec![0u8; 32];
    bytes[0] = 8 * (sheet.channels() * sheet.sample_bytes()) as u8;
    bytes[1] = color_space(sheet.output.raster_type);
    bytes[2] = 1; // one-sided
    bytes[3] = u8::try_from(sheet.quality).unwrap_or(4);
    bytes[12..16].copy_from_slice(&sheet.size.0.to_be_bytes());
    bytes[16..20].copy_from_slice(&sheet.size.1.to_be_bytes());
    bytes[20..24].copy_from_slice(&dots.x.to_be_bytes());
    Ok(bytes)
}
