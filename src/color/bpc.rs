//! Black point compensation: where black lies in a profile, and the scaling that moves one onto another.
//!
//! The rules are those of Adobe's paper "Adobe Systems' Implementation of Black Point Compensation" (2006) as
//! LittleCMS applies them, with its limits, because prints are compared against it.

use super::ColorSpace;
use super::error::ProfileError;
use super::matrix::{Mat3, diagonal, invert};
use super::pcs::{D50, XYZ_RANGE, decode_lab, encode_lab, lab_to_xyz, xyz_to_lab};
use super::pipeline::{Pipeline, Stage, four, three};
use super::profile::Profile;
use crate::model::Rendering;

/// Black of the perceptual reference medium of version 4 (ICC.1:2022, 6.3.3), XYZ.
const PERCEPTUAL_BLACK: [f64; 3] = [0.00336, 0.003_473_1, 0.00287];
/// Factors and offsets that XYZ is scaled by.
pub(super) type Scaling = ([f64; 3], [f64; 3]);
/// No colour, and also "nothing is known about its black".
const ZERO: [f64; 3] = [0.0; 3];

/// The scaling of XYZ that leaves white and moves the source's black to the destination's: factors and offsets.
pub(super) fn compensation(
    source: &Profile,
    destination: &Profile,
    intent: Rendering,
) -> Result<Option<Scaling>, ProfileError> {
    let from = source_black(source, intent)?.unwrap_or(ZERO);
    let to = destination_black(destination, intent)?.unwrap_or(ZERO);
    if from == to {
        return Ok(None);
    }
    let factor = [0, 1, 2].map(|i| (to[i] - D50[i]) / (from[i] - D50[i]));
    let offset = [0, 1, 2].map(|i| -D50[i] * (to[i] - from[i]) / (from[i] - D50[i]));
    Ok(Some((factor, offset)))
}

/// What version 4 lays down for the perceptual and saturation intents, if it does.
fn laid_down(profile: &Profile, intent: Rendering) -> Option<Result<Option<[f64; 3]>, ProfileError>> {
    if profile.major() < 4 || intent == Rendering::Relative {
        return None;
    }
    Some(if profile.is_matrix() {
        darkest_colorant(profile, Rendering::Relative)
    } else {
        Ok(Some(PERCEPTUAL_BLACK))
    })
}

/// Black of a source, XYZ; `None` when it cannot be found.
fn source_black(profile: &Profile, intent: Rendering) -> Result<Option<[f64; 3]>, ProfileError> {
    match laid_down(profile, intent) {
        Some(black) => black,
        None if intent == Rendering::Relative && profile.is_output() && profile.color_space() == ColorSpace::Cmyk => {
            inked_black(profile)
        }
        None => darkest_colorant(profile, intent),
    }
}

/// Black of a press: four full inks are more than its paper takes, so it is asked what it prints for black under the
/// perceptual intent. XYZ, neutral, L* at most 50.
fn inked_black(profile: &Profile) -> Result<Option<[f64; 3]>, ProfileError> {
    if !profile.has_table(Rendering::Perceptual, false) || !profile.has_table(Rendering::Perceptual, true) {
        return Ok(None);
    }
    // Black is matched to that of the reference medium where version 4 has it.
    let black = if profile.major() < 4 {
        ZERO
    } else {
        xyz_to_lab(PERCEPTUAL_BLACK)
    };
    let lab = decode_lab(three(
        round_trip(profile, Rendering::Perceptual)?.eval(four(encode_lab(black))),
    ));
    let l = if lab[0].is_nan() { 0.0 } else { lab[0].min(50.0) };
    Ok(Some(lab_to_xyz([l, 0.0, 0.0])))
}

/// The colour of device value 0, or of all inks in full, as XYZ with L* held to 0..50.
fn darkest_colorant(profile: &Profile, intent: Rendering) -> Result<Option<[f64; 3]>, ProfileError> {
    if !profile.has_table(intent, false) && !profile.is_matrix() {
        return Ok(None);
    }
    let mut pipeline = profile.to_pcs(intent)?;
    connect(&mut pipeline, profile.is_lab(), true);
    let black = if profile.color_space() == ColorSpace::Cmyk {
        1.0
    } else {
        0.0
    };
    let lab = decode_lab(three(pipeline.eval([black; 4])));
    let l = match lab[0] {
        // A negative: its 0 is white.
        l if l > 95.0 => 0.0,
        l => l.clamp(0.0, 50.0),
    };
    // The range of Lab in 16 bits; a damaged table may lie far outside.
    let hold = |v: f64| v.clamp(-128.0, 127.996);
    Ok(Some(lab_to_xyz([l, hold(lab[1]), hold(lab[2])])))
}

/// Black of a destination, XYZ: for tables from the shape of the round trip of a neutral ramp.
fn destination_black(profile: &Profile, intent: Rendering) -> Result<Option<[f64; 3]>, ProfileError> {
    if let Some(black) = laid_down(profile, intent) {
        return black;
    }
    if !profile.has_table(intent, true) {
        return source_black(profile, intent);
    }
    let relative = intent == Rendering::Relative;
    let initial = if relative {
        match source_black(profile, intent)? {
            Some(black) => xyz_to_lab(black),
            None => return Ok(None),
        }
    } else {
        ZERO
    };
    let (ramp, back) = ramp_and_back(profile, intent, initial)?;
    let (low, high) = (back[0], back[255]);
    if low >= high || low.is_nan() || high.is_nan() {
        return Ok(None);
    }
    if relative {
        let straight = |i: usize| ramp[i] <= low + 0.2 * (high - low) || (ramp[i] - back[i]).abs() < 4.0;
        if (0..256).all(straight) {
            return Ok(Some(lab_to_xyz(initial)));
        }
    }
    let range = if relative { 0.1..0.5 } else { 0.03..0.25 };
    let shadows: Vec<(f64, f64)> = ramp
        .iter()
        .zip(back)
        .map(|(x, y)| (*x, (y - low) / (high - low)))
        .filter(|(_, y)| range.contains(y))
        .collect();
    if shadows.len() < 3 {
        return Ok(None);
    }
    Ok(Some(lab_to_xyz([parabola_root(&shadows), initial[1], initial[2]])))
}

/// Encoded Lab to the device under an intent, and back to what is printed.
pub(super) fn round_trip(profile: &Profile, intent: Rendering) -> Result<Pipeline, ProfileError> {
    let mut pipeline = Pipeline::default();
    connect(&mut pipeline, true, profile.is_lab());
    pipeline.extend(profile.to_device(intent)?);
    pipeline.extend(profile.to_pcs(Rendering::Relative)?);
    connect(&mut pipeline, profile.is_lab(), true);
    Ok(pipeline)
}

/// L* 0 to 100 in 256 steps, and what comes back of it, made never to fall.
fn ramp_and_back(
    profile: &Profile,
    intent: Rendering,
    initial: [f64; 3],
) -> Result<([f64; 256], [f64; 256]), ProfileError> {
    let pipeline = round_trip(profile, intent)?;
    let (a, b) = (initial[1].clamp(-50.0, 50.0), initial[2].clamp(-50.0, 50.0));
    let ramp: [f64; 256] = std::array::from_fn(|i| i as f64 * 100.0 / 255.0);
    let mut back = ramp.map(|l| decode_lab(three(pipeline.eval(four(encode_lab([l, a, b])))))[0]);
    // From 254 down to 1, as LittleCMS does it: the lowest step stays as it is.
    for i in (1..255).rev() {
        back[i] = back[i].min(back[i + 1]);
    }
    Ok((ramp, back))
}

/// Where the least-squares parabola through the points crosses zero on its rising side, held to 0..50.
fn parabola_root(points: &[(f64, f64)]) -> f64 {
    if points.len() < 4 {
        return 0.0;
    }
    let mut power = [0.0; 5];
    let mut right = [0.0; 3];
    for (x, y) in points {
        let x_to = [1.0, *x, x * x, x * x * x, x * x * x * x];
        for (sum, v) in power.iter_mut().zip(x_to) {
            *sum += v;
        }
        for (sum, v) in right.iter_mut().zip(x_to) {
            *sum += v * y;
        }
    }
    let normal: Mat3 = [0, 1, 2].map(|i| [power[i], power[i + 1], power[i + 2]]);
    let Some(inverse) = invert(&normal) else {
        return 0.0;
    };
    let [c, b, a] = super::matrix::apply(&inverse, right);
    let root = if a.abs() < 1e-10 {
        if b.abs() < 1e-10 { 0.0 } else { -c / b }
    } else {
        let inside = b * b - 4.0 * a * c;
        if inside <= 0.0 {
            0.0
        } else {
            (inside.sqrt() - b) / (2.0 * a)
        }
    };
    if root.is_nan() { 0.0 } else { root.clamp(0.0, 50.0) }
}

/// Goes from one connection space to the other, if they differ.
pub(super) fn connect(pipeline: &mut Pipeline, from_lab: bool, to_lab: bool) {
    match (from_lab, to_lab) {
        (true, false) => pipeline.stages.push(Stage::LabToXyz),
        (false, true) => pipeline.stages.push(Stage::XyzToLab),
        _ => {}
    }
}

/// As `connect`, with a scaling of XYZ on the way. Scalings that nobody could see are left out, by the limit of
/// LittleCMS: the difference to doing nothing adds up to less than 0.002.
pub(super) fn connect_scaled(pipeline: &mut Pipeline, from_lab: bool, to_lab: bool, scaling: Option<Scaling>) {
    let scaling = scaling.map(|(factor, offset)| (factor, offset.map(|v| v / XYZ_RANGE)));
    let visible = |(factor, offset): &Scaling| {
        let moved: f64 = factor.iter().map(|v| (v - 1.0).abs()).sum();
        moved + offset.iter().map(|v| v.abs()).sum::<f64>() >= 0.002
    };
    let Some((factor, offset)) = scaling.filter(visible) else {
        return connect(pipeline, from_lab, to_lab);
    };
    connect(pipeline, from_lab, false);
    pipeline.stages.push(Stage::Matrix(diagonal(factor), offset));
    connect(pipeline, false, to_lab);
}
