//! The page header of PWG raster (PWG 5102.4, 4.3): 1,796 bytes, numbers big-endian.

use crate::model::RasterType;

use super::Sheet;

/// Bytes of the header.
const SIZE: usize = 1_796;

/// Color space enums (PWG 5102.4, table 9) and colours.
const fn color_space(kind: RasterType) -> u32 {
    match kind {
        RasterType::Rgb8 | RasterType::Rgb16 => 1,
        RasterType::Sgray8 | RasterType::Sgray16 => 18,
        RasterType::Srgb8 | RasterType::Srgb16 => 19,
        RasterType::AdobeRgb8 | RasterType::AdobeRgb16 => 20,
    }
}

/// The header of a page.
pub fn header(sheet: &Sheet) -> Vec<u8> {
    let mut bytes = vec![0u8; SIZE];
    let mut text = |at: usize, text: &str| {
        // 64 bytes, the last of them a NUL.
        let mut end = text.len().min(63);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        bytes[at..at + end].copy_from_slice(&text.as_bytes()[..end]);
    };
    text(0, "PwgRaster");
    text(128, &sheet.media_type);
    text(1_668, sheet.intent.keyword());
    text(1_732, &sheet.media.name);
    let mut number = |at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
    let (left, top, right, bottom) = sheet.image_box;
    let channels = sheet.channels() as u32;
    let bits = 8 * sheet.sample_bytes() as u32;
    let (width, height) = sheet.size;
    let points = |length: crate::model::Length| length.as_points().round() as u32;
    number(276, sheet.output.resolution.x);
    number(280, sheet.output.resolution.y);
    number(340, 1); // NumCopies
    number(352, points(sheet.media.x));
    number(356, points(sheet.media.y));
    number(372, width);
    number(376, height);
    number(384, bits); // BitsPerColor
    number(388, bits * channels);
    number(392, width.saturating_mul(channels * bits / 8));
    number(400, color_space(sheet.output.raster_type));
    number(420, channels);
    number(452, sheet.pages);
    number(456, 1); // CrossFeedTransform
    number(460, 1); // FeedTransform
    number(464, left);
    number(468, top);
    number(472, right);
    number(476, bottom);
    number(480, 0x00ff_ffff); // AlternatePrimary: white
    number(484, u32::try_from(sheet.quality).unwrap_or(0));
    bytes
}
