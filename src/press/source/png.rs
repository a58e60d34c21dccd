//! PNG (W3C PNG, third edition).

use std::path::Path;

use png::{BitDepth, ColorType, DecodingError, Limits, Reader, Transformations, Unit};

use super::super::layout::Turn;
use super::held::{Pixels, Samples};
use super::{Depth, Head, PROFILE_BYTES, PressError, PressLimits, check, damaged, exif, reader, sane, upright};

const NAME: &str = "PNG";

fn wrong(error: DecodingError) -> PressError {
    match error {
        DecodingError::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => PressError::Io(e),
        DecodingError::IoError(_) => damaged(NAME, "it ends early: the upload or the file is incomplete"),
        other => damaged(NAME, other),
    }
}

type File = std::io::BufReader<std::fs::File>;

/// Opens, checks the size before anything is set aside for it, and reads up to the pixels.
fn open(path: &Path, limits: &PressLimits) -> Result<(Reader<File>, Head, BitDepth, ColorType), PressError> {
    let bytes = usize::try_from(limits.memory).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(reader(path)?, Limits { bytes });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.set_ignore_text_chunk(true);
    let header = decoder.read_header_info().map_err(wrong)?;
    let wide = if header.bit_depth == BitDepth::Sixteen { 2 } else { 1 };
    check(u64::from(header.width), u64::from(header.height), 4, wide, limits)?;
    let reader = decoder.read_info().map_err(wrong)?;
    let (color, depth) = reader.output_color_type();
    let info = reader.info();
    let channels = match color {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => 1,
        _ => 3,
    };
    let exif = info.exif_metadata.as_deref().map(exif::read).unwrap_or_default();
    let resolution = info.pixel_dims.filter(|d| d.unit == Unit::Meter).and_then(|d| {
        let dpi = |per_metre: u32| f64::from(per_metre) * 0.0254;
        sane(dpi(d.xppu), dpi(d.yppu))
    });
    let icc = info.icc_profile.as_deref().map(<[u8]>::to_vec);
    if icc.as_ref().is_some_and(|p| p.len() > PROFILE_BYTES) {
        return Err(damaged(NAME, "its colour profile is larger than 16 MiB"));
    }
    let turn = Turn::of_tag(exif.orientation);
    let bits = if wide == 2 { Depth::Sixteen } else { Depth::Eight };
    let head = upright((info.width, info.height), (channels, bits), turn, resolution, icc);
    Ok((reader, head, depth, color))
}

/// Reads the head.
pub fn head(path: &Path, limits: &PressLimits) -> Result<Head, PressError> {
    open(path, limits).map(|(_, head, ..)| head)
}

/// Decodes the whole picture; what is transparent shows paper white.
pub fn decode(path: &Path, limits: &PressLimits) -> Result<Pixels, PressError> {
    let (mut reader, head, depth, color) = open(path, limits)?;
    let size = reader
        .output_buffer_size()
        .filter(|n| *n as u64 <= limits.memory)
        .ok_or_else(|| damaged(NAME, "its size makes no sense"))?;
    let mut bytes = vec![0; size];
    reader.next_frame(&mut bytes).map_err(wrong)?;
    reader.finish().map_err(wrong)?;
    let alpha = matches!(color, ColorType::GrayscaleAlpha | ColorType::Rgba);
    let n = head.channels;
    let samples = if depth == BitDepth::Sixteen {
        let mut wide: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|b| u16::from_be_bytes([b[0], b[1]]))
            .collect();
        if alpha {
            flatten(&mut wide, n, |sample, alpha| {
                let over = u32::from(sample) * u32::from(alpha) + 65_535 * (65_535 - u32::from(alpha));
                (over / 65_535 + u32::from(over % 65_535 > 32_767)) as u16
            });
        }
        Samples::Sixteen(wide)
    } else {
        if alpha {
            flatten(&mut bytes, n, |sample, alpha| {
                ((u32::from(sample) * u32::from(alpha) + 255 * (255 - u32::from(alpha)) + 127) / 255) as u8
            });
        }
        Samples::Eight(bytes)
    };
    let (width, height) = head.turn.size(head.width, head.height);
    Ok(Pixels {
        width,
        height,
        channels: n,
        samples,
    })
}

/// Lays pixels of `n` samples and an alpha over white, in place.
fn flatten<T: Copy + Default>(samples: &mut Vec<T>, n: usize, over: impl Fn(T, T) -> T) {
    let pixels = samples.len() / (n + 1);
    for i in 0..pixels {
        let alpha = samples[i * (n + 1) + n];
        for k in 0..n {
            samples[i * n + k] = over(samples[i * (n + 1) + k], alpha);
        }
    }
    samples.truncate(pixels * n);
}
