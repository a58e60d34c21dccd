//! Headers of Apple raster ("UNIRAST"). Apple has published none: the layout is what CUPS reads and writes.

use super::super::{PressError, sane};
use super::{Format, Page, Space};

/// Bytes before the first page.
pub const FILE_SIZE: usize = 12;
/// Bytes before each page.
pub const SIZE: usize = 32;

/// Reads what stands before the first page; gives the number of pages, 0 when it is not said.
pub fn file(bytes: &[u8; FILE_SIZE]) -> Result<u32, PressError> {
    let Some([a, b, c, d]) = bytes.strip_prefix(b"UNIRAST\0") else {
        return Err(Format::Urf.wrong("it does not begin as one does"));
    };
    Ok(u32::from_be_bytes([*a, *b, *c, *d]))
}

/// Reads a page's header.
pub fn page(bytes: &[u8; SIZE], pages: u32) -> Result<Page, PressError> {
    let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    // 0 and 4 are grey with sRGB's tones and the device's own, 1 is sRGB, 5 the device's RGB.
    let space = match bytes[1] {
        0 | 4 => Space::Gray,
        1 | 5 => Space::Rgb,
        3 => Space::AdobeRgb,
        6 => Space::Cmyk,
        n => return Err(Format::Urf.unsupported(format_args!("color space {n}"))),
    };
    let channels = space.channels() as u32;
    let bits = u32::from(bytes[0]) / channels;
    if !matches!(bits, 8 | 16) || bits * channels != u32::from(bytes[0]) {
        return Err(Format::Urf.wrong("the bits of a pixel do not fit its colours"));
    }
    let dots = f64::from(number(20));
    Ok(Page {
        width: number(12).into(),
        height: number(16).into(),
        bits,
        space,
        resolution: sane(dots, dots),
        pages,
    })
}
