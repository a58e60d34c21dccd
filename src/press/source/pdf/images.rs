//! Pictures inside a page: their real size, before anybody decodes them.

use std::io::Read;

use flate2::read::ZlibDecoder;
use hayro::hayro_syntax::Filter;
use hayro::hayro_syntax::object::Stream;

use super::super::super::{PressError, PressLimits};
use super::bombs::find;

/// Bytes that the library holds for a pixel while it decodes: packed samples, samples, RGB, RGBA and a scaled copy.
const BYTES: u64 = 14;
/// How far into a picture its own head is looked for.
const HEAD: usize = 1 << 20;

/// Refuses a picture that is larger than the limits, by its dictionary or by its own head.
pub fn check(stream: &Stream<'_>, said: (u32, u32), limits: &PressLimits) -> Result<(), PressError> {
    fits(said, limits)?;
    let filters = stream.filters();
    let Some((last, before)) = filters.split_last() else {
        return Ok(());
    };
    let raw = stream.raw_data();
    let raw = raw.get(..raw.len().min(HEAD)).unwrap_or_default();
    let unpacked = match before {
        [] => raw.to_vec(),
        [Filter::FlateDecode] => {
            let mut head = Vec::new();
            // What is broken is read as far as it goes.
            let _ = ZlibDecoder::new(raw).take(HEAD as u64).read_to_end(&mut head);
            head
        }
        [Filter::Ascii85Decode] => ascii85(raw),
        [Filter::AsciiHexDecode] => hex(raw),
        _ if matches!(last, Filter::DctDecode | Filter::JpxDecode | Filter::Jbig2Decode) => {
            return Err(PressError::Unsupported(
                "a picture in the PDF is packed several times: export it again".into(),
            ));
        }
        _ => return Ok(()),
    };
    let own = match last {
        Filter::DctDecode => jpeg(&unpacked),
        Filter::JpxDecode => jpeg_2000(&unpacked),
        Filter::Jbig2Decode => jbig2(&unpacked),
        _ => None,
    };
    own.map_or(Ok(()), |size| fits(size, limits))
}

fn fits((width, height): (u32, u32), limits: &PressLimits) -> Result<(), PressError> {
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels <= limits.pixels && pixels.saturating_mul(BYTES) <= limits.memory {
        return Ok(());
    }
    Err(PressError::TooLarge {
        width: u64::from(width),
        height: u64::from(height),
        most: format!(
            "at most {} million inside a PDF page are taken: make it smaller",
            limits.pixels.min(limits.memory / BYTES) / 1_000_000
        ),
    })
}

/// From the frame header (ITU-T T.81, B.2.2).
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(find(bytes, &[0xff, 0xd8])? + 2..)?;
    loop {
        let at = rest.iter().position(|b| *b == 0xff)?;
        rest = rest.get(at + 1..)?;
        let (marker, after) = rest.split_first()?;
        match marker {
            0xff => continue,
            0 | 1 | 0xd0..=0xd8 => rest = after,
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let side = |at: usize| Some(u32::from(u16::from_be_bytes(after.get(at..at + 2)?.try_into().ok()?)));
                return Some((side(5)?, side(3)?));
            }
            _ => {
                let length = u16::from_be_bytes(after.get(..2)?.try_into().ok()?);
                rest = after.get(usize::from(length).max(2)..)?;
            }
        }
    }
}

/// From the SIZ segment (ITU-T T.800, A.5.1).
fn jpeg_2000(bytes: &[u8]) -> Option<(u32, u32)> {
    let at = find(bytes, &[0xff, 0x4f, 0xff, 0x51])? + 8;
    let side = |i: usize| Some(u32::from_be_bytes(bytes.get(at + i..at + i + 4)?.try_into().ok()?));
    // The grid from its origin is never smaller than the picture.
    Some((side(0)?, side(4)?))
}

/// From the first page information segment (ITU-T T.88, 7.2 and 7.4.8), where PDF's embedded streams have it.
fn jbig2(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes;
    loop {
        let kind = rest.get(4)? & 63;
        let wide_page = rest.get(4)? & 64 != 0;
        let count = rest.get(5)? >> 5;
        if count > 4 {
            return None;
        }
        let number = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?);
        let each = if number <= 256 {
            1
        } else if number <= 65_536 {
            2
        } else {
            4
        };
        let length_at = 6 + usize::from(count) * each + if wide_page { 4 } else { 1 };
        let length = u32::from_be_bytes(rest.get(length_at..length_at + 4)?.try_into().ok()?);
        let data = rest.get(length_at + 4..)?;
        if kind == 48 {
            let side = |i: usize| Some(u32::from_be_bytes(data.get(i..i + 4)?.try_into().ok()?));
            let height = side(4)?;
            // An unknown height is told later; the dictionary's then holds.
            return Some((side(0)?, if height == u32::MAX { 1 } else { height }));
        }
        rest = data.get(usize::try_from(length).ok()?..)?;
    }
}

/// ISO 32000-2, 7.4.3.
pub fn ascii85(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let (mut group, mut digits) = (0u32, 0);
    for byte in bytes {
        match byte {
            b'!'..=b'u' => {
                group = group.wrapping_mul(85).wrapping_add(u32::from(byte - b'!'));
                digits += 1;
                if digits == 5 {
                    out.extend(group.to_be_bytes());
                    (group, digits) = (0, 0);
                }
            }
            b'z' if digits == 0 => out.extend([0; 4]),
            b'~' => break,
            _ => {}
        }
    }
    out
}

/// ISO 32000-2, 7.4.2.
pub fn hex(bytes: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = bytes
        .iter()
        .take_while(|b| **b != b'>')
        .filter_map(|b| (*b as char).to_digit(16).map(|d| d as u8))
        .collect();
    digits.as_chunks::<2>().0.iter().map(|[a, b]| a << 4 | b).collect()
}
