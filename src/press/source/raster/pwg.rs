//! The page header of PWG raster (PWG 5102.4, 4.3): 1,796 bytes, numbers big-endian. Read strictly: what does not fit
//! together is refused.

use super::super::{PressError, sane};
use super::{Format, Page, Space};

/// Bytes of the header.
pub const SIZE: usize = 1_796;

/// Reads a header.
pub fn page(bytes: &[u8; SIZE]) -> Result<Page, PressError> {
    let wrong = |why: &str| Err(Format::Pwg.wrong(why));
    // The name is mandatory; MuPDF leaves it out, and all readers take its pages.
    if !bytes.starts_with(b"PwgRaster\0") && bytes[..64] != [0; 64] {
        return wrong("a page does not begin with its name");
    }
    let number = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let (width, height) = (number(372), number(376));
    let (bits, pixel, line) = (number(384), number(388), number(392));
    // ColorOrder: 0 is chunky, and there is no other.
    if number(396) != 0 {
        return wrong("its samples are not side by side");
    }
    // Table 9 of the color spaces; 3 is ink, 18 grey.
    let space = match number(400) {
        3 => Space::Black,
        18 => Space::Gray,
        1 | 19 => Space::Rgb,
        20 => Space::AdobeRgb,
        6 => Space::Cmyk,
        n => return Err(Format::Pwg.unsupported(format_args!("color space {n}"))),
    };
    let channels = space.channels() as u32;
    if !matches!((bits, channels), (8 | 16, _) | (1, 1)) {
        return Err(Format::Pwg.unsupported(format_args!("{bits} bits a sample")));
    }
    let page = Page {
        width: width.into(),
        height: height.into(),
        bits,
        space,
        resolution: sane(f64::from(number(276)), f64::from(number(280))),
        // With several copies it is not said whether each of them counts.
        pages: if number(340) <= 1 { number(452) } else { 0 },
    };
    if pixel != bits * channels || line as usize != page.line() || number(420) != channels {
        return wrong("the sizes in a page's header contradict each other");
    }
    Ok(page)
}
