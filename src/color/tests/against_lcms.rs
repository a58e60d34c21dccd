//! Every conversion against LittleCMS, unoptimized and in floating point.

use lcms2::{CIExyY, CIExyYTRIPLE, Flags, Intent, PixelFormat, Pod, Profile as Reference, ToneCurve, Transform};

use super::*;
use crate::color::{ColorSpace, delta_e_2000};

/// How far a link is from LittleCMS.
#[derive(Debug)]
pub(super) struct Distance {
    /// Largest difference of a device value of the f64 pipeline, in 8-bit steps.
    pub(super) exact: f64,
    /// Largest difference of a baked byte to LittleCMS' unrounded value, in 8-bit steps.
    pub(super) byte: f64,
    /// CIEDE2000 on paper between the same: mean.
    pub(super) mean: f64,
    /// And the largest.
    pub(super) worst: f64,
}

pub(super) fn open(profile: &Profile) -> Reference {
    Reference::new_icc(profile.as_bytes()).unwrap()
}

fn transform<const I: usize, const O: usize>(
    from: &Reference,
    to: (&Reference, PixelFormat),
    intent: RenderingIntent,
    src: &[f64],
) -> Vec<f64>
where
    [f64; I]: Pod,
    [f64; O]: Pod,
{
    let flags = Flags::NO_OPTIMIZE
        | if intent.black_point_compensation {
            Flags::BLACKPOINT_COMPENSATION
        } else {
            Flags::default()
        };
    let name = match intent.intent {
        Rendering::Perceptual => Intent::Perceptual,
        Rendering::Relative => Intent::RelativeColorimetric,
        Rendering::Saturation => Intent::Saturation,
        Rendering::Absolute => Intent::AbsoluteColorimetric,
    };
    let format = format_of(I);
    let transform = Transform::new_flags(from, format, to.0, to.1, name, flags | Flags::NO_CACHE).unwrap();
    // LittleCMS counts ink in percent.
    let percent: Vec<f64> = src.iter().map(|v| v * 100.0).collect();
    let (pixels, _) = if I == 4 { &percent } else { src }.as_chunks::<I>();
    let mut out = vec![[0.0; O]; pixels.len()];
    transform.transform_pixels(pixels, &mut out);
    out.into_flattened()
}

pub(super) fn format_of(channels: usize) -> PixelFormat {
    match channels {
        1 => PixelFormat::GRAY_DBL,
        3 => PixelFormat::RGB_DBL,
        _ => PixelFormat::CMYK_DBL,
    }
}

/// Runs LittleCMS on device values 0..1.
pub(super) fn reference(source: &Profile, destination: &Profile, intent: RenderingIntent, src: &[f64]) -> Vec<f64> {
    let (from, to) = (open(source), open(destination));
    let to = (&to, format_of(destination.channels()));
    let mut out = match (source.channels(), destination.channels()) {
        (1, 1) => transform::<1, 1>(&from, to, intent, src),
        (1, 3) => transform::<1, 3>(&from, to, intent, src),
        (1, _) => transform::<1, 4>(&from, to, intent, src),
        (3, 1) => transform::<3, 1>(&from, to, intent, src),
        (3, 3) => transform::<3, 3>(&from, to, intent, src),
        (3, _) => transform::<3, 4>(&from, to, intent, src),
        (_, 1) => transform::<4, 1>(&from, to, intent, src),
        (_, 3) => transform::<4, 3>(&from, to, intent, src),
        _ => transform::<4, 4>(&from, to, intent, src),
    };
    if destination.channels() == 4 {
        out.iter_mut().for_each(|v| *v /= 100.0);
    }
    out.iter().map(|v| v.clamp(0.0, 1.0)).collect()
}

/// Lab of device values by LittleCMS.
pub(super) fn lab(profile: &Profile, device: &[f64]) -> Vec<[f64; 3]> {
    let d50 = CIExyY {
        x: 0.3457,
        y: 0.3585,
        Y: 1.0,
    };
    let lab = Reference::new_lab4_context(lcms2::GlobalContext::new(), &d50).unwrap();
    let (from, to) = (open(profile), (&lab, PixelFormat::Lab_DBL));
    let intent = asked(Rendering::Relative, false);
    let out = match profile.color_space() {
        ColorSpace::Gray => transform::<1, 3>(&from, to, intent, device),
        ColorSpace::Cmyk => transform::<4, 3>(&from, to, intent, device),
        _ => transform::<3, 3>(&from, to, intent, device),
    };
    out.as_chunks::<3>().0.to_vec()
}

/// Measures a link over `colours`.
pub(super) fn measure(source: &Profile, destination: &Profile, intent: RenderingIntent) -> Distance {
    let link = bake(source, destination, intent);
    let src = colours(source.channels());
    let unit: Vec<f64> = src.iter().map(|v| f64::from(*v) / 65535.0).collect();
    let wanted = reference(source, destination, intent, &unit);
    let got: Vec<f64> = convert(&link, &src).iter().map(|v| f64::from(*v) / 255.0).collect();
    let (ins, outs) = (source.channels(), destination.channels());
    let exact = unit
        .chunks_exact(ins)
        .zip(wanted.chunks_exact(outs))
        .flat_map(|(v, w)| {
            let mut rgb = [0.0; 4];
            rgb[..ins].copy_from_slice(v);
            let ours = link.exact(rgb);
            w.iter().zip(ours).map(|(w, o)| (w - o).abs()).collect::<Vec<_>>()
        });
    let exact = exact.fold(0.0, f64::max) * 255.0;
    let byte = got.iter().zip(&wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) * 255.0;
    let (there, here) = (lab(destination, &wanted), lab(destination, &got));
    let errors: Vec<f64> = there.iter().zip(here).map(|(a, b)| delta_e_2000(*a, b)).collect();
    Distance {
        exact,
        byte,
        mean: errors.iter().sum::<f64>() / errors.len() as f64,
        worst: errors.iter().copied().fold(0.0, f64::max),
    }
}

/// A matrix profile of version 4 by LittleCMS.
fn made(white: [f64; 2], primaries: [[f64; 2]; 3], curve: &ToneCurve) -> Profile {
    let point = |[x, y]: [f64; 2]| CIExyY { x, y, Y: 1.0 };
    let [red, green, blue] = primaries.map(point);
    let triple = CIExyYTRIPLE {
        Red: red,
        Green: green,
        Blue: blue,
    };
    let made = Reference::new_rgb(&point(white), &triple, &[curve, curve, curve]).unwrap();
    Profile::parse(&made.icc().unwrap()).unwrap()
}

const D50_XY: [f64; 2] = [0.3457, 0.3585];
const D65_XY: [f64; 2] = [0.3127, 0.3290];

/// The primaries of ROMM RGB (ISO 22028-2).
pub(super) fn romm() -> Profile {
    made(
        D50_XY,
        [[0.7347, 0.2653], [0.1596, 0.8404], [0.0366, 0.0001]],
        &ToneCurve::new(1.8),
    )
}

fn linear() -> Profile {
    made(D65_XY, [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]], &ToneCurve::new(1.0))
}

/// The curve of sRGB as a parametric one.
fn srgb_v4() -> Profile {
    let curve = ToneCurve::new_parametric(4, &[2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045]).unwrap();
    made(D65_XY, [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]], &curve)
}

fn grey(gamma: f64) -> Profile {
    let white = CIExyY {
        x: D50_XY[0],
        y: D50_XY[1],
        Y: 1.0,
    };
    let made = Reference::new_gray(&white, &ToneCurve::new(gamma)).unwrap();
    Profile::parse(&made.icc().unwrap()).unwrap()
}

/// Holds every intent to a limit: `byte` in 8-bit steps, `worst` in CIEDE2000.
fn compare(pairs: &[(Profile, Profile)], byte: f64, worst: f64) {
    for (source, destination) in pairs {
        for intent in INTENTS {
            let d = measure(source, destination, intent);
            let names = format!("{} -> {} {intent:?}", source.description(), destination.description());
            println!("{:.4} {:.3} {:.3} {:.3} {names}", d.exact, d.byte, d.mean, d.worst);
            // Where a gamma without a straight part begins, the rounding of 1/65536 in a colorant is half a step.
            assert!(d.exact <= 0.6 && d.byte <= byte, "{names}: {d:?}");
            assert!(d.mean <= 0.3 && d.worst <= worst, "{names}: {d:?}");
        }
    }
}

#[test]
fn matrices_agree() {
    let (srgb, adobe) = (Profile::srgb(), Profile::adobe_rgb());
    let pairs = [
        (srgb.clone(), adobe.clone()),
        (adobe.clone(), srgb.clone()),
        (romm(), srgb.clone()),
        (linear(), adobe.clone()),
        (srgb, srgb_v4()),
    ];
    // The half step of rounding to a byte is up to one CIEDE2000 here.
    compare(&pairs, 0.7, 1.05);
    // A byte of these is a larger step than what is measured: the byte must be the nearest, that is all.
    compare(&[(srgb_v4(), romm()), (adobe, linear())], 0.7, 5.0);
}

#[test]
fn greys_agree() {
    let (srgb, gray) = (Profile::srgb(), Profile::gray());
    let pairs = [
        (gray.clone(), srgb.clone()),
        (srgb, gray.clone()),
        (grey(2.2), Profile::adobe_rgb()),
        (gray.clone(), grey(1.8)),
        (romm(), grey(2.2)),
        (gray, Profile::virtual_paper()),
        (grey(2.2), Profile::virtual_paper()),
    ];
    compare(&pairs, 0.6, 0.6);
}

/// A grid of tables to a paper: single bytes may be some steps off where the paper's own table bends, and are a
/// colour that nobody can tell apart.
#[test]
fn pictures_on_paper_agree() {
    let paper = Profile::virtual_paper();
    let sources = [Profile::srgb(), Profile::adobe_rgb(), srgb_v4(), linear(), romm()];
    compare(&sources.map(|s| (s, paper.clone())), 9.0, 1.5);
}

#[test]
fn paper_on_the_screen_agrees() {
    let paper = Profile::virtual_paper();
    compare(
        &[(paper.clone(), Profile::srgb()), (paper.clone(), Profile::gray())],
        12.0,
        1.5,
    );
    compare(&[(paper, romm())], 2.0, 3.0);
}

/// Four channels in and out, every type of table.
#[test]
fn cmyk_agrees() {
    let (v2, v4, narrow) = (
        super::made::cmyk_v2(),
        super::made::cmyk_v4(),
        super::made::cmyk_narrow(),
    );
    let paper = Profile::virtual_paper();
    let pairs = [
        (v2.clone(), paper.clone()),
        (v4.clone(), paper.clone()),
        (v2.clone(), Profile::gray()),
        (Profile::adobe_rgb(), v2.clone()),
        (Profile::srgb(), v4.clone()),
        (Profile::gray(), v2.clone()),
        (v2, v4),
    ];
    compare(&pairs, 12.0, 1.5);
    // Light in 8 bits bends too much for a grid; what is computed of it agrees all the same.
    for intent in INTENTS {
        let d = measure(&narrow, &paper, intent);
        assert!(d.exact <= 0.8 && d.mean < 0.5, "{intent:?} {d:?}");
    }
}
