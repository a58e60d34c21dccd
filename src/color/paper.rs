//! Makes `assets/profiles/virtual-pro-1000-lustre.icc`: an imagined ink-jet printer on an imagined lustre paper.
//!
//! The printer is a Yule-Nielsen-modified Neugebauer model (J. A. S. Viggiano, TAGA 1985) with n = 2 over the eight
//! corners of the RGB cube, which are invented but such as twelve-ink printers reach: cyans, greens and dark blues
//! beyond sRGB, everything bright within it. Only + - * / and square roots are used, which IEEE 754 rounds the same
//! everywhere, so that the bytes can be compared.

use super::matrix::{Mat3, apply, invert};
use super::pcs::lab_to_xyz;
use super::write::{Writer, description, mft2, text, xyz};

/// Points on each axis of the tables to Lab and from it.
const TO_LAB: usize = 17;
const FROM_LAB: usize = 25;

/// The paper's white, Lab: a slightly bluish lustre.
const PAPER: [f64; 3] = [95.0, -0.3, -1.5];
/// Darkest black, L* relative to the paper.
const BLACK: f64 = 4.2;
/// Lab relative to the paper of device RGB 000, 001, 010, ... 111.
const CORNERS: [[f64; 3]; 8] = [
    [BLACK, 0.0, 0.0],
    [25.0, 30.0, -62.0],
    [55.0, -74.0, 36.0],
    [59.0, -42.0, -47.0],
    [50.0, 73.0, 52.0],
    [50.0, 77.0, -12.0],
    [93.0, -7.0, 98.0],
    [100.0, 0.0, 0.0],
];

/// Root of the inks' light, for the mixing in Yule and Nielsen's space.
struct Printer {
    roots: [[f64; 3]; 8],
}

/// A cube root of 0.005 to 2 by Newton's method: `f64::cbrt` may differ from system to system in its last bit.
fn cube_root(x: f64) -> f64 {
    let mut y = (x + 2.0) / 3.0;
    for _ in 0..12 {
        y -= (y - x / (y * y)) / 3.0;
    }
    y
}

fn xyz_to_lab(xyz: [f64; 3]) -> [f64; 3] {
    let white = lab_to_xyz([100.0, 0.0, 0.0]);
    let f = [0, 1, 2].map(|i| {
        let t = xyz[i] / white[i];
        if t > 216.0 / 24389.0 {
            cube_root(t)
        } else {
            t * (841.0 / 108.0) + 16.0 / 116.0
        }
    });
    [116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])]
}

impl Printer {
    fn new() -> Printer {
        Printer {
            roots: CORNERS.map(|lab| lab_to_xyz(lab).map(f64::sqrt)),
        }
    }

    /// Lab of bare areas (1 is no ink) in red, green and blue.
    fn lab(&self, bare: [f64; 3]) -> [f64; 3] {
        let mut sum = [0.0; 3];
        for (corner, root) in self.roots.iter().enumerate() {
            let mut weight = 1.0;
            for (bit, v) in [4, 2, 1].into_iter().zip(bare) {
                weight *= if corner & bit == 0 { 1.0 - v } else { v };
            }
            for (s, r) in sum.iter_mut().zip(root) {
                *s += weight * r;
            }
        }
        xyz_to_lab(sum.map(|v| v * v))
    }

    /// Bare areas of a Lab by Newton's method, if it comes to rest in the cube.
    fn solve(&self, wanted: [f64; 3], start: [f64; 3]) -> Option<[f64; 3]> {
        const H: f64 = 1e-5;
        let mut at = start;
        for _ in 0..12 {
            let here = self.lab(at);
            let miss = [0, 1, 2].map(|i| wanted[i] - here[i]);
            if miss.iter().all(|v| v.abs() < 1e-7) {
                break;
            }
            let mut jacobian: Mat3 = [[0.0; 3]; 3];
            for c in 0..3 {
                let mut moved = at;
                moved[c] += H;
                let there = self.lab(moved);
                for r in 0..3 {
                    jacobian[r][c] = (there[r] - here[r]) / H;
                }
            }
            let step = apply(&invert(&jacobian)?, miss);
            at = [0, 1, 2].map(|i| (at[i] + step[i]).clamp(-0.2, 1.2));
        }
        let here = self.lab(at);
        let found = (0..3).all(|i| (wanted[i] - here[i]).abs() < 1e-5);
        let inside = at.iter().all(|v| (-1e-6..=1.0 + 1e-6).contains(v));
        (found && inside).then(|| at.map(|v| v.clamp(0.0, 1.0)))
    }

    /// How far the gamut goes from a colour inside it toward another: the part of the way, and the last areas.
    fn reach(&self, from: ([f64; 3], [f64; 3]), to: [f64; 3]) -> (f64, [f64; 3]) {
        let on_way = |t: f64| [0, 1, 2].map(|i| from.0[i] + (to[i] - from.0[i]) * t);
        if let Some(bare) = self.solve(to, from.1) {
            return (1.0, bare);
        }
        let (mut low, mut high, mut bare) = (0.0, 1.0, from.1);
        for _ in 0..18 {
            let middle = (low + high) / 2.0;
            match self.solve(on_way(middle), bare) {
                Some(found) => (low, bare) = (middle, found),
                None => high = middle,
            }
        }
        (low, bare)
    }

    /// A grey of this lightness, reached from the middle.
    fn grey(&self, lightness: f64) -> ([f64; 3], [f64; 3]) {
        let lab = [lightness, 0.0, 0.0];
        let middle = self.solve([50.0, 0.0, 0.0], [0.5; 3]).unwrap();
        (lab, self.reach(([50.0, 0.0, 0.0], middle), lab).1)
    }
}

/// Device value of a bare area: area = value ^ 1.5.
fn device(bare: f64) -> f64 {
    if bare < 1e-9 {
        return 0.0;
    }
    // The root of small numbers by that of larger ones, which Newton's method is sure of.
    let root = if bare < 0.01 {
        cube_root(bare * 1000.0) / 10.0
    } else {
        cube_root(bare)
    };
    root * root
}

fn word(v: f64) -> u16 {
    (v * 65535.0).round() as u16
}

/// Lab of version 2 in 16 bits.
fn lab_words(lab: [f64; 3]) -> [u16; 3] {
    let [l, a, b] = [lab[0] * 652.8, (lab[1] + 128.0) * 256.0, (lab[2] + 128.0) * 256.0];
    [l, a, b].map(|v| v.round().clamp(0.0, 65535.0) as u16)
}

fn identity(channels: usize) -> Vec<Vec<u16>> {
    vec![vec![0, 65535]; channels]
}

fn to_lab(printer: &Printer) -> Vec<u8> {
    let axis = || {
        (0..TO_LAB)
            .map(|i| i as f64 / (TO_LAB - 1) as f64)
            .map(|d| d * d.sqrt())
    };
    let mut values = Vec::new();
    for r in axis() {
        for g in axis() {
            for b in axis() {
                values.extend(lab_words(printer.lab([r, g, b])));
            }
        }
    }
    mft2(17, &identity(3), &values, &identity(3))
}

/// A table from Lab whose points are filled by `map`. The first input table puts L* = 100 (0xFF00) onto the last
/// point, so that white is paper and nothing else.
fn from_lab(mut map: impl FnMut([f64; 3]) -> [f64; 3]) -> Vec<u8> {
    let mut values = Vec::new();
    for i in 0..FROM_LAB {
        let l = i as f64 * 100.0 / (FROM_LAB - 1) as f64;
        let axis = || (0..FROM_LAB).map(|i| i as f64 * 65535.0 / 256.0 / (FROM_LAB - 1) as f64 - 128.0);
        for a in axis() {
            for b in axis() {
                // The middle point is half a step of 16 bits off zero.
                let near = |v: f64| if v.abs() < 0.01 { 0.0 } else { v };
                values.extend(map([l, near(a), near(b)]).map(|bare| word(device(bare))));
            }
        }
    }
    let lightness: Vec<u16> = (0..258).map(|i| word(f64::from(i.min(256)) / 256.0)).collect();
    let plain: Vec<u16> = (0..258).map(|i| word(f64::from(i) / 257.0)).collect();
    mft2(25, &[lightness, plain.clone(), plain], &values, &identity(3))
}

/// What is out of reach is moved toward middle grey.
fn relative(printer: &Printer) -> Vec<u8> {
    let middle = printer.grey(50.0);
    let (black, white) = (printer.grey(BLACK), printer.grey(100.0));
    from_lab(|lab| match lab {
        [l, 0.0, 0.0] if l <= BLACK => black.1,
        [100.0, 0.0, 0.0] => white.1,
        _ => printer.reach(middle, lab).1,
    })
}

/// Lightness 0 to 100 is laid over black to paper. Colours are drawn toward a grey that lies between their own
/// lightness and the middle, softly from three quarters of what is there on; greys stay.
fn perceptual(printer: &Printer) -> Vec<u8> {
    const BEND: f64 = 0.75;
    const MIDDLE: f64 = 55.0;
    let mut grey = (f64::NAN, ([0.0; 3], [0.0; 3]));
    from_lab(|[l, a, b]| {
        let l = BLACK + (100.0 - BLACK) * l / 100.0;
        let anchor = MIDDLE + (l - MIDDLE) * 0.5;
        if grey.0 != anchor {
            grey = (anchor, printer.grey(anchor));
        }
        let wanted = [l, a, b];
        let way = [l - anchor, a, b];
        let length = way.iter().map(|v| v * v).sum::<f64>().sqrt();
        if length < 1e-9 {
            return grey.1.1;
        }
        let far = [0, 1, 2].map(|i| grey.1.0[i] + way[i] * 180.0 / length);
        let there = printer.reach(grey.1, far).0 * 180.0 / length;
        let hard = there.min(1.0);
        let soft = match (1.0 / there - BEND) / (1.0 - BEND) {
            over if over > 0.0 => there * (BEND + (1.0 - BEND) * over / (1.0 + over)),
            _ => hard,
        };
        let chroma = a * a + b * b;
        let part = hard + (soft - hard) * chroma / (chroma + 400.0);
        let target = [0, 1, 2].map(|i| grey.1.0[i] + (wanted[i] - grey.1.0[i]) * part);
        printer.reach(grey.1, target).1
    })
}

/// The file.
pub(super) fn make() -> Vec<u8> {
    let printer = Printer::new();
    let mut file = Writer::new(*b"prtr", *b"RGB ", *b"Lab ");
    file.tag(b"desc", description("Platen virtual PRO-1000 on lustre"));
    file.tag(
        b"cprt",
        text("Made by Platen from an invented printer. No copyright is claimed."),
    );
    file.tag(b"wtpt", xyz(lab_to_xyz(PAPER)));
    let (to, perceptual) = (to_lab(&printer), perceptual(&printer));
    for tag in [b"A2B0", b"A2B1", b"A2B2"] {
        file.tag(tag, to.clone());
    }
    file.tag(b"B2A0", perceptual.clone());
    file.tag(b"B2A1", relative(&printer));
    file.tag(b"B2A2", perceptual);
    file.finish()
}
