//! JPEG (ITU-T T.81, T.871).

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::super::layout::Turn;
use super::exif::{self, Exif};
use super::held::{Pixels, Samples};
use super::{Depth, Head, PROFILE_BYTES, PressError, PressLimits, check, damaged, reader, sane, upright};
use crate::model::Resolution;

const NAME: &str = "JPEG";
/// Most scans of a progressive picture; each costs a pass over all of it.
const SCANS: usize = 100;

/// What the segments say.
#[derive(Debug, Default)]
struct Segments {
    size: Option<(u16, u16)>,
    components: u8,
    precision: u8,
    exif: Option<Exif>,
    density: Option<Resolution>,
    icc: Vec<(u8, u8, Vec<u8>)>,
    icc_bytes: usize,
    scans: usize,
}

/// Walks all segments to the end-of-image marker. A file without one was cut off.
fn walk(mut file: BufReader<std::fs::File>) -> Result<Segments, PressError> {
    let mut found = Segments::default();
    let cut = |e: std::io::Error| {
        if e.kind() == std::io::ErrorKind::UnexpectedEof {
            damaged(NAME, "it ends early: the upload or the file is incomplete")
        } else {
            PressError::Io(e)
        }
    };
    let mut two = [0u8; 2];
    file.read_exact(&mut two).map_err(cut)?;
    loop {
        let marker = marker(&mut file).map_err(cut)?;
        match marker {
            // Markers without a length: TEM, RST, and SOI of something pasted in.
            0x01 | 0xd0..=0xd8 => continue,
            0xd9 => return Ok(found),
            _ => {}
        }
        file.read_exact(&mut two).map_err(cut)?;
        let length = usize::from(u16::from_be_bytes(two))
            .checked_sub(2)
            .ok_or_else(|| damaged(NAME, "a segment has no length"))?;
        match marker {
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let mut segment = vec![0; length];
                file.read_exact(&mut segment).map_err(cut)?;
                frame(&segment, &mut found);
            }
            0xe0..=0xe2 => {
                let mut segment = vec![0; length];
                file.read_exact(&mut segment).map_err(cut)?;
                application(marker, &segment, &mut found)?;
            }
            0xda => {
                found.scans += 1;
                if found.scans > SCANS {
                    return Err(damaged(NAME, format!("it has more than {SCANS} scans")));
                }
                skip(&mut file, length)?;
            }
            _ => skip(&mut file, length)?,
        }
    }
}

fn skip(file: &mut BufReader<std::fs::File>, bytes: usize) -> Result<(), PressError> {
    // Seeking past the end shows at the next read.
    file.seek_relative(bytes as i64)?;
    Ok(())
}

/// The next marker, over whatever entropy-coded data lies before it.
fn marker(file: &mut BufReader<std::fs::File>) -> std::io::Result<u8> {
    let mut byte = [0u8; 1];
    loop {
        let buffer = file.fill_buf()?;
        if buffer.is_empty() {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some(place) = buffer.iter().position(|b| *b == 0xff) else {
            let all = buffer.len();
            file.consume(all);
            continue;
        };
        file.consume(place + 1);
        byte[0] = 0xff;
        // Any number of fill bytes may stand before a marker.
        while byte[0] == 0xff {
            file.read_exact(&mut byte)?;
        }
        if byte[0] != 0 {
            return Ok(byte[0]);
        }
    }
}

fn frame(segment: &[u8], found: &mut Segments) {
    if let [precision, h1, h0, w1, w0, components, ..] = segment
        && found.size.is_none()
    {
        found.precision = *precision;
        found.size = Some((u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0])));
        found.components = *components;
    }
}

fn application(marker: u8, segment: &[u8], found: &mut Segments) -> Result<(), PressError> {
    if let Some(rest) = segment.strip_prefix(b"JFIF\0")
        && marker == 0xe0
        && let [_, _, unit, x1, x0, y1, y0, ..] = rest
    {
        let per_inch = match unit {
            1 => 1.0,
            2 => 2.54,
            _ => 0.0,
        };
        let side = |a: u8, b: u8| f64::from(u16::from_be_bytes([a, b])) * per_inch;
        found.density = sane(side(*x1, *x0), side(*y1, *y0));
    } else if let Some(rest) = segment.strip_prefix(b"Exif\0\0")
        && marker == 0xe1
    {
        found.exif.get_or_insert(exif::read(rest));
    } else if let Some([number, of, data @ ..]) = segment.strip_prefix(b"ICC_PROFILE\0")
        && marker == 0xe2
    {
        found.icc_bytes += data.len();
        if found.icc_bytes > PROFILE_BYTES {
            return Err(damaged(NAME, "its colour profile is larger than 16 MiB"));
        }
        found.icc.push((*number, *of, data.to_vec()));
    }
    Ok(())
}

/// Puts the profile's pieces together (ICC.1, annex B.4).
fn profile(mut pieces: Vec<(u8, u8, Vec<u8>)>) -> Result<Option<Vec<u8>>, PressError> {
    pieces.sort_by_key(|(number, ..)| *number);
    let Some((_, of, _)) = pieces.first() else {
        return Ok(None);
    };
    let whole = pieces.len() == usize::from(*of) && pieces.iter().zip(1u8..).all(|((n, ..), i)| *n == i);
    if !whole {
        return Err(damaged(NAME, "pieces of its colour profile are missing"));
    }
    Ok(Some(pieces.into_iter().flat_map(|(_, _, data)| data).collect()))
}

/// Reads the head.
pub fn head(path: &Path, limits: &PressLimits) -> Result<Head, PressError> {
    let found = walk(reader(path)?)?;
    let (Some((width, height)), true) = (found.size, found.scans > 0) else {
        return Err(damaged(NAME, "it holds no picture"));
    };
    let channels = match (found.components, found.precision) {
        (1, 8) => 1,
        (3, 8) => 3,
        (4, 8) => {
            return Err(PressError::Unsupported(
                "CMYK JPEG can't be printed yet: export the picture as RGB".into(),
            ));
        }
        (n, bits) => {
            return Err(PressError::Unsupported(format!(
                "a JPEG of {n} components of {bits} bits can't be printed: export it as 8-bit RGB or grey"
            )));
        }
    };
    let size = check(u64::from(width), u64::from(height), channels as u64, 1, limits)?;
    let exif = found.exif.unwrap_or_default();
    let resolution = exif.resolution.or(found.density);
    Ok(upright(
        size,
        (channels, Depth::Eight),
        Turn::of_tag(exif.orientation),
        resolution,
        profile(found.icc)?,
    ))
}

/// Decodes the whole picture.
pub fn decode(path: &Path, limits: &PressLimits) -> Result<Pixels, PressError> {
    let head = head(path, limits)?;
    let (space, channels) = match head.channels {
        1 => (ColorSpace::Luma, 1),
        _ => (ColorSpace::RGB, 3),
    };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(limits.side as usize)
        .set_max_height(limits.side as usize)
        .jpeg_set_max_scans(SCANS)
        .jpeg_set_out_colorspace(space);
    let mut file = reader(path)?;
    file.seek(SeekFrom::Start(0))?;
    let mut decoder = JpegDecoder::new_with_options(file, options);
    let samples = decoder.decode().map_err(|e| damaged(NAME, format!("{e:?}")))?;
    let (width, height) = head.turn.size(head.width, head.height);
    if samples.len() != width as usize * height as usize * channels {
        return Err(damaged(NAME, "it holds fewer pixels than it says"));
    }
    Ok(Pixels {
        width,
        height,
        channels,
        samples: Samples::Eight(samples),
    })
}
