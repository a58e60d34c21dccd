//! TIFF 6.0, uncompressed, big-endian: its head says where everything will lie, and the rows follow as they come.

use super::super::PressError;
use super::Sheet;

/// Rows of a strip.
const STRIP: u32 = 64;
/// Type codes (TIFF 6.0, section 2).
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const UNDEFINED: u16 = 7;

/// Everything before the rows.
///
/// # Errors
/// When the file would be longer than the 4 GiB that its offsets can count.
pub fn head(sheet: &Sheet) -> Result<Vec<u8>, PressError> {
    let too_long =
        || PressError::Output("TIFF: the page is longer than 4 GiB: choose a lower resolution or PNG".into());
    let (width, height) = sheet.size;
    let channels = sheet.channels() as u32;
    let row = u64::from(width) * (sheet.channels() * sheet.sample_bytes()) as u64;
    let icc = sheet.profile.as_bytes();
    let strips = height.div_ceil(STRIP);
    // Tag, type, count, and the value as bytes.
    let short = |v: u32| (SHORT, 1u32, (v as u16).to_be_bytes().to_vec());
    let shorts = |v: u32, n: u32| {
        let bytes = (v as u16).to_be_bytes();
        (SHORT, n, bytes.repeat(n as usize))
    };
    let long = |v: u32| (LONG, 1u32, v.to_be_bytes().to_vec());
    let dots = |v: u32| {
        let mut bytes = v.to_be_bytes().to_vec();
        bytes.extend(1u32.to_be_bytes());
        (RATIONAL, 1u32, bytes)
    };
    let counts = || -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(strips as usize * 4);
        for strip in 0..strips {
            let rows = STRIP.min(height - strip * STRIP);
            bytes.extend(u32::try_from(u64::from(rows) * row).ok()?.to_be_bytes());
        }
        Some(bytes)
    };
    let mut tags = vec![
        (256u16, long(width)),
        (257, long(height)),
        (258, shorts(8 * sheet.sample_bytes() as u32, channels)),
        (259, short(1)),                                 // no compression
        (262, short(if channels == 1 { 1 } else { 2 })), // black is zero, or RGB
        (273, (LONG, strips, vec![0; strips as usize * 4])),
        (277, short(channels)),
        (278, long(STRIP)),
        (279, (LONG, strips, counts().ok_or_else(too_long)?)),
        (282, dots(sheet.output.resolution.x)),
        (283, dots(sheet.output.resolution.y)),
        (284, short(1)), // interleaved
        (296, short(2)), // inches
        (34_675, (UNDEFINED, icc.len() as u32, icc.to_vec())),
    ];
    // Values of more than four bytes lie behind the directory, each from an even place.
    let directory = 8 + 2 + 12 * tags.len() + 4;
    let outside = |bytes: &[u8]| {
        if bytes.len() > 4 {
            bytes.len().next_multiple_of(2)
        } else {
            0
        }
    };
    let data = directory + tags.iter().map(|(_, (.., bytes))| outside(bytes)).sum::<usize>();
    let end = data as u64 + row * u64::from(height);
    if u32::try_from(end).is_err() {
        return Err(too_long());
    }
    let mut at = data as u64;
    let mut offsets = Vec::with_capacity(strips as usize * 4);
    for strip in 0..strips {
        offsets.extend((at as u32).to_be_bytes());
        at += u64::from(STRIP.min(height - strip * STRIP)) * row;
    }
    if let Some((_, (.., bytes))) = tags.iter_mut().find(|(tag, _)| *tag == 273) {
        *bytes = offsets;
    }
    let mut out = b"MM\0*".to_vec();
    out.extend(8u32.to_be_bytes());
    out.extend((tags.len() as u16).to_be_bytes());
    let mut behind = Vec::new();
    for (tag, (kind, count, bytes)) in &tags {
        out.extend(tag.to_be_bytes());
        out.extend(kind.to_be_bytes());
        out.extend(count.to_be_bytes());
        if bytes.len() > 4 {
            out.extend(((directory + behind.len()) as u32).to_be_bytes());
            behind.extend_from_slice(bytes);
            behind.resize(behind.len().next_multiple_of(2), 0);
        } else {
            let mut value = [0; 4];
            value[..bytes.len()].copy_from_slice(bytes);
            out.extend(value);
        }
    }
    out.extend(0u32.to_be_bytes());
    out.append(&mut behind);
    Ok(out)
}
