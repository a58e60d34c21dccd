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

/// Powers that pictures are told to have: from light itself to dark screens.
const GAMMAS: std::ops::RangeInclusive<f64> = 0.95..=3.5;
/// How far off the coordinates and the gamma of sRGB may be told to mean sRGB: programs round them.
const NEAR: f64 = 0.01;
const SRGB: Primaries = Primaries {
    white: [0.3127, 0.3290],
    red: [0.64, 0.33],
    green: [0.30, 0.60],
    blue: [0.15, 0.06],
};

/// CIE x and y of a device's white and colours, as some pictures tell them in place of a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Primaries {
    /// Of all in full.
    pub white: [f64; 2],
    /// Of red.
    pub red: [f64; 2],
    /// Of green.
    pub green: [f64; 2],
    /// Of blue.
    pub blue: [f64; 2],
}

impl Default for Primaries {
    /// Those of sRGB.
    fn default() -> Primaries {
        SRGB
    }
}

impl Primaries {
    fn colours(&self) -> [[f64; 2]; 3] {
        [self.red, self.green, self.blue]
    }

    /// Whether light could be so: a white that lies between colours which span a triangle, red to green to blue.
    fn is_sane(&self) -> bool {
        let within = |[x, y]: [f64; 2]| (0.0..=1.0).contains(&x) && y > 0.0 && x + y <= 1.0 + 1e-6;
        let side =
            |[ax, ay]: [f64; 2], [bx, by]: [f64; 2], [cx, cy]: [f64; 2]| (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
        let [r, g, b] = self.colours();
        let white = self.white;
        [white, r, g, b].into_iter().all(within)
            && white.into_iter().all(|v| (0.2..0.5).contains(&v))
            && side(r, g, b) > 0.02
            && [side(r, g, white), side(g, b, white), side(b, r, white)]
                .into_iter()
                .all(|part| part > 0.001)
    }

    fn is_srgb(&self) -> bool {
        let told = [self.white, self.red, self.green, self.blue];
        let meant = [SRGB.white, SRGB.red, SRGB.green, SRGB.blue];
        let far = |(a, b): (&f64, &f64)| (a - b).abs() > NEAR;
        !told.as_flattened().iter().zip(meant.as_flattened()).any(far)
    }
}

static PAPER: &[u8] = include_bytes!("../../assets/profiles/virtual-pro-1000-lustre.icc");

impl Profile {
    /// sRGB (IEC 61966-2-1), an ICC version 2 display profile.
    pub fn srgb() -> Profile {
        static CELL: OnceLock<Profile> = OnceLock::new();
        kept(&CELL, ColorSpace::Rgb, || rgb("sRGB IEC61966-2.1", &SRGB, srgb_curve()))
    }

    /// Adobe RGB (1998), an ICC version 2 display profile.
    pub fn adobe_rgb() -> Profile {
        static CELL: OnceLock<Profile> = OnceLock::new();
        let primaries = Primaries {
            green: [0.21, 0.71],
            ..SRGB
        };
        kept(&CELL, ColorSpace::Rgb, || {
            rgb("Compatible with Adobe RGB (1998)", &primaries, curve(&[ADOBE_GAMMA]))
        })
    }

    /// sRGB's tone curve on grey, an ICC version 2 display profile.
    pub fn gray() -> Profile {
        static CELL: OnceLock<Profile> = OnceLock::new();
        kept(&CELL, ColorSpace::Gray, || {
            grey("Grey with the sRGB tone curve", srgb_curve())
        })
    }

    /// Grey whose light is its value to the power of `gamma`. At 2.2 what is meant is the curve of sRGB. `None` when it
    /// is no gamma of pictures.
    pub fn of_gamma(gamma: f64) -> Option<Profile> {
        match GAMMAS.contains(&gamma) {
            true if (gamma - 2.2).abs() < NEAR => Some(Profile::gray()),
            true => Profile::parse(&grey("Grey by gamma", power(gamma))).ok(),
            false => None,
        }
    }

    /// Red, green and blue of these primaries, by a power of `gamma`. What is nearly sRGB is sRGB, whose curve is told
    /// as 2.2. `None` when they make no sense.
    pub fn of_primaries(primaries: &Primaries, gamma: f64) -> Option<Profile> {
        if !GAMMAS.contains(&gamma) || !primaries.is_sane() {
            return None;
        }
        if primaries.is_srgb() && (gamma - 2.2).abs() < NEAR {
            return Some(Profile::srgb());
        }
        Profile::parse(&rgb("Primaries and gamma of the picture", primaries, power(gamma))).ok()
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

/// Light as a power of the value: 8 bits of whole numbers, 8 of parts.
fn power(gamma: f64) -> Vec<u8> {
    curve(&[(gamma * 256.0).round() as u16])
}

fn grey(name: &str, tone: Vec<u8>) -> Vec<u8> {
    let mut file = Writer::new(*b"mntr", *b"GRAY", *b"XYZ ");
    file.tag(b"desc", description(name));
    file.tag(b"cprt", text(COPYRIGHT));
    file.tag(b"wtpt", xyz(D65));
    file.tag(b"kTRC", tone);
    file.finish()
}

/// A matrix profile of primaries, adapted to D50 by Bradford.
fn rgb(name: &str, primaries: &Primaries, tone: Vec<u8>) -> Vec<u8> {
    let mut file = Writer::new(*b"mntr", *b"RGB ", *b"XYZ ");
    file.tag(b"desc", description(name));
    file.tag(b"cprt", text(COPYRIGHT));
    file.tag(b"wtpt", xyz(light(primaries.white)));
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

/// XYZ of CIE x and y, Y = 1.
fn light([x, y]: [f64; 2]) -> [f64; 3] {
    [x / y, 1.0, (1.0 - x - y) / y]
}

fn adapted(primaries: &Primaries) -> Mat3 {
    /// ICC.1:2022, annex E.3.
    const BRADFORD: Mat3 = [
        [0.8951, 0.2664, -0.1614],
        [-0.7502, 1.7135, 0.0367],
        [0.0389, -0.0685, 1.0296],
    ];
    const IDENTITY: Mat3 = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let (columns, white) = (primaries.colours().map(light), light(primaries.white));
    let m = [0, 1, 2].map(|i| [columns[0][i], columns[1][i], columns[2][i]]);
    let strength = apply(&invert(&m).unwrap_or(IDENTITY), white);
    let (from, to) = (apply(&BRADFORD, white), apply(&BRADFORD, D50));
    let cones = diagonal([0, 1, 2].map(|i| to[i] / from[i]));
    let adapt = multiply(&invert(&BRADFORD).unwrap_or(IDENTITY), &multiply(&cones, &BRADFORD));
    let m = multiply(&adapt, &multiply(&m, &diagonal(strength)));
    colorant_matrix([0, 1, 2].map(|j| [m[0][j], m[1][j], m[2][j]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADOBE: Primaries = Primaries {
        green: [0.21, 0.71],
        ..SRGB
    };

    #[test]
    fn primaries_and_gamma_make_the_profile_that_they_name() {
        let told = Profile::of_primaries(&ADOBE, 2.199_218_75).unwrap();
        let adobe = Profile::adobe_rgb();
        let words = |p: &Profile, tag| p.tag(tag).unwrap().to_vec();
        for tag in [*b"rXYZ", *b"gXYZ", *b"bXYZ", *b"rTRC", *b"wtpt"] {
            assert_eq!(words(&told, tag), words(&adobe, tag));
        }
        let rounded = Primaries {
            white: [0.31, 0.33],
            ..SRGB
        };
        let srgb = Profile::of_primaries(&rounded, 1.0 / 0.45455).unwrap();
        assert_eq!(srgb.as_bytes(), Profile::srgb().as_bytes());
        assert_eq!(Profile::of_gamma(2.2).unwrap().as_bytes(), Profile::gray().as_bytes());
        assert_ne!(Profile::of_gamma(1.8).unwrap().as_bytes(), Profile::gray().as_bytes());
        // ROMM: blue lies nearly on the line of no light.
        let romm = Primaries {
            white: [0.3457, 0.3585],
            red: [0.7347, 0.2653],
            green: [0.1596, 0.8404],
            blue: [0.0366, 0.0001],
        };
        let romm = Profile::of_primaries(&romm, 1.8).unwrap();
        assert_ne!(words(&romm, *b"wtpt"), words(&adobe, *b"wtpt"));
    }

    #[test]
    fn what_can_not_be_is_refused() {
        for (primaries, gamma) in [
            (ADOBE, 0.0),
            (ADOBE, f64::NAN),
            (ADOBE, 100.0),
            (
                Primaries {
                    white: [0.0; 2],
                    ..ADOBE
                },
                2.2,
            ),
            (
                Primaries {
                    white: [f64::INFINITY; 2],
                    ..ADOBE
                },
                2.2,
            ),
            (
                Primaries {
                    red: ADOBE.blue,
                    blue: ADOBE.red,
                    ..ADOBE
                },
                2.2,
            ),
            (
                Primaries {
                    red: [0.31, 0.31],
                    green: [0.32, 0.32],
                    blue: [0.33, 0.33],
                    ..ADOBE
                },
                2.2,
            ),
            (
                Primaries {
                    blue: [0.15, 0.0],
                    ..ADOBE
                },
                2.2,
            ),
            (
                Primaries {
                    green: [42_949.0, 42_949.0],
                    ..ADOBE
                },
                2.2,
            ),
        ] {
            assert!(
                Profile::of_primaries(&primaries, gamma).is_none(),
                "{primaries:?} {gamma}"
            );
        }
        assert!(Profile::of_gamma(0.3).is_none());
    }
}
