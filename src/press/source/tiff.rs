//! TIFF 6.0: RGB and grey, 8 and 16 bits.

use std::path::Path;

use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::super::layout::Turn;
use super::held::{Pixels, Samples};
use super::{Depth, Head, PROFILE_BYTES, PressError, PressLimits, check, damaged, reader, sane, upright};

const NAME: &str = "TIFF";
/// Most directories that are looked through for further pages.
const DIRECTORIES: usize = 64;

type Open = Decoder<std::io::BufReader<std::fs::File>>;

fn wrong(error: TiffError) -> PressError {
    match error {
        TiffError::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => PressError::Io(e),
        TiffError::IoError(_) => damaged(NAME, "it ends early: the upload or the file is incomplete"),
        TiffError::UnsupportedError(e) => PressError::Unsupported(format!(
            "this kind of TIFF can't be printed yet ({e}): export it as 8- or 16-bit RGB"
        )),
        other => damaged(NAME, other),
    }
}

/// Bytes a sample, and channels without alpha.
fn kind(color: ColorType) -> Result<(u64, usize), PressError> {
    match color {
        ColorType::Gray(8) => Ok((1, 1)),
        ColorType::Gray(16) => Ok((2, 1)),
        ColorType::RGB(8) => Ok((1, 3)),
        ColorType::RGB(16) => Ok((2, 3)),
        other => Err(PressError::Unsupported(format!(
            "a TIFF of this kind ({other:?}) can't be printed yet: export it as RGB or grey, 8 or 16 bits, without \
             transparency"
        ))),
    }
}

fn open(path: &Path, limits: &PressLimits) -> Result<(Open, Head), PressError> {
    let mut bounds = Limits::default();
    bounds.decoding_buffer_size = usize::try_from(limits.memory).unwrap_or(usize::MAX);
    bounds.intermediate_buffer_size = bounds.decoding_buffer_size;
    bounds.ifd_value_size = PROFILE_BYTES;
    let mut file = Decoder::new(reader(path)?).map_err(wrong)?.with_limits(bounds);
    let (width, height) = file.dimensions().map_err(wrong)?;
    let (bytes, channels) = kind(file.colortype().map_err(wrong)?)?;
    let size = check(u64::from(width), u64::from(height), channels as u64, bytes, limits)?;
    let number = |file: &mut Open, tag: Tag| file.find_tag_unsigned::<u16>(tag).ok().flatten();
    let turn = Turn::of_tag(number(&mut file, Tag::Orientation).unwrap_or(1));
    let per_inch = match number(&mut file, Tag::ResolutionUnit) {
        None | Some(2) => 1.0,
        Some(3) => 2.54,
        Some(_) => 0.0,
    };
    let mut dots = |tag: Tag| match file.find_tag(tag) {
        Ok(Some(Value::Rational(n, d))) if d != 0 => f64::from(n) / f64::from(d) * per_inch,
        _ => 0.0,
    };
    let resolution = sane(dots(Tag::XResolution), dots(Tag::YResolution));
    let icc = match file.find_tag(Tag::IccProfile) {
        Ok(None) => None,
        Ok(Some(value)) => Some(value.into_u8_vec().map_err(wrong)?),
        Err(error) => return Err(wrong(error)),
    };
    one_page(&mut file)?;
    let depth = if bytes == 2 { Depth::Sixteen } else { Depth::Eight };
    Ok((file, upright(size, (channels, depth), turn, resolution, icc)))
}

/// Refuses what has further pages: printing only the first would lose the others in silence. Reduced pictures
/// (NewSubfileType, bit 0) are none.
fn one_page(file: &mut Open) -> Result<(), PressError> {
    for _ in 0..DIRECTORIES {
        if !file.more_images() {
            return file.seek_to_image(0).map_err(wrong);
        }
        file.next_image().map_err(wrong)?;
        let reduced = file.find_tag_unsigned::<u32>(Tag::NewSubfileType).ok().flatten();
        if reduced.unwrap_or(0) & 1 == 0 {
            break;
        }
    }
    Err(PressError::Unsupported(
        "a TIFF of several pages can't be printed yet: export each page as a file".into(),
    ))
}

/// Reads the head.
pub fn head(path: &Path, limits: &PressLimits) -> Result<Head, PressError> {
    open(path, limits).map(|(_, head)| head)
}

/// Decodes the whole picture.
pub fn decode(path: &Path, limits: &PressLimits) -> Result<Pixels, PressError> {
    let (mut file, head) = open(path, limits)?;
    let samples = match file.read_image().map_err(wrong)? {
        DecodingResult::U8(samples) => Samples::Eight(samples),
        DecodingResult::U16(samples) => Samples::Sixteen(samples),
        _ => return Err(damaged(NAME, "its samples are of an unexpected kind")),
    };
    let (width, height) = head.turn.size(head.width, head.height);
    let count = match &samples {
        Samples::Eight(s) => s.len(),
        Samples::Sixteen(s) => s.len(),
    };
    if count != width as usize * height as usize * head.channels {
        return Err(damaged(NAME, "it holds fewer pixels than it says"));
    }
    Ok(Pixels {
        width,
        height,
        channels: head.channels,
        samples,
    })
}
