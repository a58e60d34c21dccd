//! A photograph-like picture made here: soft tones, fine detail, grain, and a chart of patches of known colour.
//!
//! It has a dark frame, so that its edges are found on white paper, and a gamma-2.2 profile with the primaries of
//! SMPTE RP 431-2 ("P3") at D65, made by LittleCMS: a print that ignores the profile misses every saturated patch.

use std::fs;
use std::path::{Path, PathBuf};

use lcms2::{CIExyY, CIExyYTRIPLE, Profile, ToneCurve};

pub const WIDTH: usize = 1_500;
pub const HEIGHT: usize = 1_000;
/// Thickness of the frame.
const FRAME: usize = 12;
/// The chart: columns, rows, and its corner and field in pixels.
const CHART: (usize, usize, usize, usize, usize) = (8, 3, 110, 520, 140);

/// The patches, row by row.
pub const PATCHES: [[u8; 3]; 24] = [
    [230, 30, 30],
    [30, 200, 40],
    [30, 40, 210],
    [20, 190, 200],
    [200, 40, 180],
    [235, 220, 30],
    [245, 245, 245],
    [20, 20, 20],
    [194, 150, 130],
    [98, 122, 157],
    [87, 108, 67],
    [133, 128, 177],
    [103, 189, 170],
    [214, 126, 44],
    [80, 91, 166],
    [193, 90, 99],
    [94, 60, 108],
    [157, 188, 64],
    [224, 163, 46],
    [60, 60, 60],
    [118, 118, 118],
    [160, 160, 160],
    [200, 200, 200],
    [64, 130, 60],
];

/// Centre of a patch, as parts of the picture's width and height.
pub fn patch_centre(index: usize) -> (f64, f64) {
    let (columns, _, left, top, field) = CHART;
    let x = left + (index % columns) * (field + 20) + field / 2;
    let y = top + (index / columns) * (field + 10) + field / 2;
    (x as f64 / WIDTH as f64, y as f64 / HEIGHT as f64)
}

/// Noise that is the same everywhere.
fn hash(x: usize, y: usize, seed: u32) -> f64 {
    let mut h =
        (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    f64::from(h ^ (h >> 15)) / f64::from(u32::MAX)
}

/// Smooth noise over cells of `size` pixels.
fn cloud(x: usize, y: usize, size: usize, seed: u32) -> f64 {
    let (cx, cy) = (x / size, y / size);
    let smooth = |t: f64| t * t * (3.0 - 2.0 * t);
    let (u, v) = (
        smooth((x % size) as f64 / size as f64),
        smooth((y % size) as f64 / size as f64),
    );
    let top = hash(cx, cy, seed) * (1.0 - u) + hash(cx + 1, cy, seed) * u;
    let bottom = hash(cx, cy + 1, seed) * (1.0 - u) + hash(cx + 1, cy + 1, seed) * u;
    top * (1.0 - v) + bottom * v
}

/// The pixels, RGB.
pub fn pixels() -> Vec<u8> {
    let (columns, rows, left, top, field) = CHART;
    let mut all = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let frame = x < FRAME || y < FRAME || x >= WIDTH - FRAME || y >= HEIGHT - FRAME;
            let in_chart = |v: usize, from: usize, step: usize, count: usize| {
                let at = v.checked_sub(from)?;
                (at / step < count && at % step < field).then_some(at / step)
            };
            let patch = in_chart(x, left, field + 20, columns).zip(in_chart(y, top, field + 10, rows));
            let pixel = match patch {
                _ if frame => [16, 16, 16],
                Some((column, row)) => PATCHES[row * columns + column],
                None => {
                    let sky = 1.0 - y as f64 / HEIGHT as f64;
                    let soft = cloud(x, y, 240, 1) * 0.5 + cloud(x, y, 61, 2) * 0.3 + cloud(x, y, 9, 3) * 0.2;
                    // Twigs against the sky, and grain over all.
                    let twig = ((x as f64 * 0.11 + (y as f64 * 0.037).sin() * 9.0).sin() > 0.985) as u8;
                    let grain = (hash(x, y, 4) - 0.5) * 0.06;
                    [0.35 + 0.3 * sky, 0.4 + 0.25 * sky, 0.3 + 0.55 * sky].map(|base| {
                        let tone = base * (0.55 + 0.6 * soft) + grain - 0.3 * f64::from(twig);
                        (tone * 255.0).round().clamp(20.0, 240.0) as u8
                    })
                }
            };
            all.extend_from_slice(&pixel);
        }
    }
    all
}

/// The embedded profile.
pub fn profile() -> Vec<u8> {
    let point = |x: f64, y: f64| CIExyY { x, y, Y: 1.0 };
    let primaries = CIExyYTRIPLE {
        Red: point(0.680, 0.320),
        Green: point(0.265, 0.690),
        Blue: point(0.150, 0.060),
    };
    let gamma = ToneCurve::new(2.2);
    let profile = Profile::new_rgb(&point(0.3127, 0.3290), &primaries, &[&gamma, &gamma, &gamma]).unwrap();
    profile.icc().unwrap()
}

/// Writes the photograph as a JPEG with its profile.
pub fn jpeg(folder: &Path) -> PathBuf {
    let path = folder.join("photo.jpg");
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 98);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_1_1);
    encoder.add_icc_profile(&profile()).unwrap();
    encoder
        .encode(&pixels(), WIDTH as u16, HEIGHT as u16, jpeg_encoder::ColorType::Rgb)
        .unwrap();
    fs::write(&path, bytes).unwrap();
    path
}
