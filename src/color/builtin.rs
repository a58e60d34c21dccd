//! The profiles that are always there.

use std::sync::OnceLock;

use super::ColorSpace;
use super::matrix::{Mat3, apply, colorant_matrix, diagonal, invert, multiply};
use super::pcs::D50;
use super::profile::Profile;
use super::write::{Writer, curve, description, text, unit16, xyz};

const COPYRIGHT: &str = "No copyright is claimed on these numbers.";
/// CIE D65 as IEC 61966-2-1 gives it (x 0.3127, y 0.3290), XYZ.
const D65: [f64; 3] = [0.3127 / 0.3290, 1.0, (1.0 - 0.3127 - 0.3290) / 0.3290];
/// Gamma of Adobe RGB (1998), in 1/256: 2 + 51/256 (section 4.3.4.2 of its specification).
const ADOBE_GAMMA: u16 = 563;
/// Samples of the sRGB curve. The rounding to 16 bits is below 0.03 of an 8-bit step.
const CURVE_SAMPLES: u16 = 1024;

static PAPER: &[u8] = include_bytes!("../../assets/profiles/virtual-pro-1000-lustre.icc");

impl Profile {
    /// sRGB (IEC 61966-2-1), an ICC version 2 display profile.
    pub fn srgb() -> Profile {
        static CELL: OnceLock<Profile> = OnceLock::new();
        let primaries = [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]];
        kept(&CELL, ColorSpace::Rgb, || {
            rgb("sRGB IEC61966-2.1", primaries, srgb_curve())
        })
    }

    /// Adobe RGB (1998), an ICC version 2 display profile.
    pub fn adobe_rgb() -> Profile {
        static CELL: OnceLock<Profile> = OnceLock::new();
        let primaries = [[0.64, 0.33], [0.21, 0.71], [0.15, 0.06]];
        kept(&CELL, ColorSpace::Rgb, || {
            rgb("Compatible with Adobe RGB (1998)", primaries, curve(&[ADOBE_GAMMA]))
        })
    }

    /// sRGB's tone curve on grey, an ICC version 2 display profile.
    pub fn gray() -> Profile {
        static CELL: OnceLock<Profile> = OnceLock::new();
        kept(&CELL, ColorSpace::Gray, || {
            let mut file = Writer::new(*b"mntr", *b"GRAY", *b"XYZ ");
            file.tag(b"desc", description("Grey with the sRGB tone curve"));
            file.tag(b"cprt", text(COPYRIGHT));
            file.tag(b"wtpt", xyz(D65));
            file.tag(b"kTRC", srgb_curve());
            file.finish()
        })
    }

    /// The synthetic paper profile that virtual printers print with: "Platen virtual PRO-1000 on lustre".
    pub fn virtual_paper() -> Profile {
        static CELL: OnceLock<Profile> = OnceLock::new();
        kept(&CELL, ColorSpace::Rgb, || PAPER.to_vec())
    }
}

/// Makes a profile once. Our own bytes can always be read, as the tests show; there must be no panic all the same.
fn kept(cell: &OnceLock<Profile>, space: ColorSpace, bytes: impl FnOnce() -> Vec<u8>) -> Profile {
    cell.get_or_init(|| Profile::parse(&bytes()).unwrap_or_else(|_| Profile::blank(space)))
        .clone()
}

fn srgb_curve() -> Vec<u8> {
    let samples: Vec<u16> = (0..CURVE_SAMPLES)
        .map(|i| {
            let v = f64::from(i) / f64::from(CURVE_SAMPLES - 1);
            unit16(if v <= 0.04045 {
                v / 12.92
            } else {
                ((v + 0.055) / 1.055).powf(2.4)
            })
        })
        .collect();
    curve(&samples)
}

/// A matrix profile of primaries (CIE x, y) under D65, adapted to D50 by Bradford.
fn rgb(name: &str, primaries: [[f64; 2]; 3], tone: Vec<u8>) -> Vec<u8> {
    let mut file = Writer::new(*b"mntr", *b"RGB ", *b"XYZ ");
    file.tag(b"desc", description(name));
    file.tag(b"cprt", text(COPYRIGHT));
    file.tag(b"wtpt", xyz(D65));
    let m = adapted(primaries);
    for (i, (colorant, trc)) in [(b"rXYZ", b"rTRC"), (b"gXYZ", b"gTRC"), (b"bXYZ", b"bTRC")]
        .into_iter()
        .enumerate()
    {
        file.tag(colorant, xyz([m[0][i], m[1][i], m[2][i]]));
        file.tag(trc, tone.clone());
    }
    file.finish()
}

fn adapted(primaries: [[f64; 2]; 3]) -> Mat3 {
    /// ICC.1:2022, annex E.3.
    const BRADFORD: Mat3 = [
        [0.8951, 0.2664, -0.1614],
        [-0.7502, 1.7135, 0.0367],
        [0.0389, -0.0685, 1.0296],
    ];
    const IDENTITY: Mat3 = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let columns = primaries.map(|[x, y]| [x / y, 1.0, (1.0 - x - y) / y]);
    let m = [0, 1, 2].map(|i| [columns[0][i], columns[1][i], columns[2][i]]);
    let strength = apply(&invert(&m).unwrap_or(IDENTITY), D65);
    let (from, to) = (apply(&BRADFORD, D65), apply(&BRADFORD, D50));
    let cones = diagonal([0, 1, 2].map(|i| to[i] / from[i]));
    let adapt = multiply(&invert(&BRADFORD).unwrap_or(IDENTITY), &multiply(&cones, &BRADFORD));
    let m = multiply(&adapt, &multiply(&m, &diagonal(strength)));
    colorant_matrix([0, 1, 2].map(|j| [m[0][j], m[1][j], m[2][j]]))
}
