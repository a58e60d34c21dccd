//! The decoder against others, against itself turned, and against broken files.

mod broken;
mod parts;
mod turned;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use tempfile::TempDir;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::super::{RowMut, Source};
use crate::press::layout::Turn;
use crate::press::{PressError, PressLimits};

/// What the tests write.
#[derive(Debug, Clone, Copy)]
struct Kind {
    colour: ColorType,
    sampling: SamplingFactor,
    quality: u8,
    restart: u16,
    progressive: bool,
}

const PLAIN: Kind = Kind {
    colour: ColorType::Rgb,
    sampling: SamplingFactor::F_1_1,
    quality: 90,
    restart: 0,
    progressive: false,
};

const SAMPLINGS: [SamplingFactor; 8] = [
    SamplingFactor::F_1_1,
    SamplingFactor::F_2_1,
    SamplingFactor::F_1_2,
    SamplingFactor::F_2_2,
    SamplingFactor::F_4_1,
    SamplingFactor::F_4_2,
    SamplingFactor::F_1_4,
    SamplingFactor::F_2_4,
];

fn turns() -> impl Iterator<Item = Turn> {
    (0..8).map(|i| Turn {
        transpose: i & 1 != 0,
        flip_x: i & 2 != 0,
        flip_y: i & 4 != 0,
    })
}

fn limits(memory: u64) -> PressLimits {
    PressLimits {
        pixels: 1 << 20,
        side: 5_000,
        memory,
        scratch: std::env::temp_dir(),
    }
}

/// Soft slopes with a little noise and one hard edge.
fn pixels(width: u16, height: u16, channels: usize) -> Vec<u8> {
    let mut seed = 7u32;
    let mut out = Vec::new();
    for y in 0..u32::from(height) {
        for x in 0..u32::from(width) {
            for c in 0..channels as u32 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let edge = if x > 20 && y > 9 { 60 } else { 0 };
                let slope = x * (2 + c) + y * (4 - c) + edge + (seed >> 28);
                out.push((slope % 510).min(510 - slope % 510) as u8);
            }
        }
    }
    out
}

fn encode(kind: Kind, width: u16, height: u16) -> Vec<u8> {
    let channels = match kind.colour {
        ColorType::Luma => 1,
        ColorType::Rgb => 3,
        _ => 4,
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, kind.quality);
    encoder.set_sampling_factor(kind.sampling);
    encoder.set_progressive(kind.progressive);
    if kind.restart > 0 {
        encoder.set_restart_interval(kind.restart);
    }
    encoder
        .encode(&pixels(width, height, channels), width, height, kind.colour)
        .unwrap();
    bytes
}

/// A file in a folder of its own.
fn file(bytes: &[u8]) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jpg");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn read(source: &mut dyn Source) -> Result<Vec<u8>, PressError> {
    let shape = source.shape();
    let mut all = Vec::new();
    let mut row = vec![0; shape.width as usize * shape.channels];
    for y in 0..shape.height {
        source.row(y, RowMut::Eight(&mut row))?;
        all.extend_from_slice(&row);
    }
    Ok(all)
}

fn decode(bytes: &[u8], turn: Turn) -> Result<Vec<u8>, PressError> {
    let (_folder, path) = file(bytes);
    super::head(&path, &limits(8 << 20))?;
    read(&mut *super::open(&path, turn, &limits(8 << 20))?)
}

fn zune(bytes: &[u8], space: ColorSpace) -> Vec<u8> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(space);
    JpegDecoder::new_with_options(std::io::Cursor::new(bytes), options)
        .decode()
        .unwrap()
}

/// The largest and the mean difference.
fn apart(a: &[u8], b: &[u8]) -> (u8, f64) {
    assert_eq!(a.len(), b.len());
    let each = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    let sum: f64 = each.clone().map(f64::from).sum();
    (each.max().unwrap_or(0), sum / a.len() as f64)
}

const SIZES: [(u16, u16); 9] = [
    (1, 1),
    (2, 3),
    (7, 8),
    (9, 8),
    (17, 16),
    (16, 33),
    (31, 15),
    (70, 69),
    (65, 41),
];

#[test]
fn zune_gives_the_same_pixels() {
    for (width, height) in SIZES {
        for restart in [0, 1, 3] {
            let grey = encode(
                Kind {
                    colour: ColorType::Luma,
                    restart,
                    ..PLAIN
                },
                width,
                height,
            );
            let (most, _) = apart(&decode(&grey, Turn::NONE).unwrap(), &zune(&grey, ColorSpace::Luma));
            assert!(most <= 1, "grey {width} × {height}: {most}");
            let full = encode(Kind { restart, ..PLAIN }, width, height);
            let (most, _) = apart(&decode(&full, Turn::NONE).unwrap(), &zune(&full, ColorSpace::RGB));
            // Its transform has other roundings, and colour doubles them.
            assert!(most <= 3, "{width} × {height}, restart {restart}: {most}");
            let kind = Kind {
                restart,
                progressive: true,
                ..PLAIN
            };
            let scans = encode(kind, width, height);
            let (most, _) = apart(&decode(&scans, Turn::NONE).unwrap(), &zune(&scans, ColorSpace::RGB));
            assert!(most <= 3, "progressive {width} × {height}, restart {restart}: {most}");
        }
    }
}

#[test]
fn what_was_encoded_comes_back_whatever_the_sampling() {
    for (width, height) in SIZES {
        let was = pixels(width, height, 3);
        for sampling in SAMPLINGS {
            for (restart, progressive) in [(0, false), (2, false), (0, true)] {
                let kind = Kind {
                    sampling,
                    quality: 98,
                    restart,
                    progressive,
                    ..PLAIN
                };
                let (_, mean) = apart(&decode(&encode(kind, width, height), Turn::NONE).unwrap(), &was);
                // Colour that is left out of a picture this small shows; a wrong place would show far more.
                let most = if sampling == SamplingFactor::F_1_1 { 3.0 } else { 12.0 };
                assert!(mean < most, "{kind:?} {width} × {height}: {mean}");
            }
        }
    }
}

#[test]
fn ink_comes_back_with_0_as_none() {
    for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        for progressive in [false, true] {
            let kind = Kind {
                colour,
                quality: 100,
                progressive,
                ..PLAIN
            };
            let bytes = encode(kind, 45, 33);
            let (most, mean) = apart(&decode(&bytes, Turn::NONE).unwrap(), &pixels(45, 33, 4));
            assert!(most <= 5 && mean < 1.0, "{kind:?}: {most}, {mean}");
        }
    }
}
