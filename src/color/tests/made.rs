//! A press with four inks, made up for the tests, and its profiles.

use super::modular::{grid, modular, para};
use super::*;
use crate::color::pcs::{D50, decode_lab, encode_lab, lab_to_xyz, xyz_to_lab};
use crate::color::write::{Writer, curve, description, fixed, mft2, text, unit16, xyz};

/// Roots of the light that full cyan, magenta, yellow and black let through, in X, Y and Z: the inks lie over each
/// other and mix as Yule and Nielsen have it, n = 2.
const INKS: [[f64; 3]; 4] = [
    [0.36, 0.46, 0.86],
    [0.57, 0.40, 0.44],
    [0.87, 0.90, 0.26],
    [0.13, 0.13, 0.135],
];

/// Lab of a print, relative to the paper.
fn print(inks: [f64; 4]) -> [f64; 3] {
    let mut root = [1.0; 3];
    for (ink, through) in inks.into_iter().zip(INKS) {
        // Dots grow.
        let area = ink.powf(0.8);
        root = [0, 1, 2].map(|i| root[i] * (1.0 - area * (1.0 - through[i])));
    }
    // Something always comes back from the surface.
    xyz_to_lab([0, 1, 2].map(|i| D50[i] * (0.006 + 0.994 * root[i] * root[i])))
}

/// Inks for a colour, roughly: black takes over in the shadows, the others make up the rest.
fn separate(lab: [f64; 3]) -> [f64; 4] {
    let light = lab_to_xyz(lab);
    let root = [0, 1, 2].map(|i| ((light[i] / D50[i] - 0.006) / 0.994).clamp(0.0, 1.0).sqrt());
    let most = root[0].max(root[1]).max(root[2]);
    let black = ((0.7 - most) / 0.7).clamp(0.0, 1.0).powf(1.5) * 0.95;
    let rest = [0, 1, 2].map(|i| root[i] / (1.0 - black * (1.0 - INKS[3][i])));
    let area = [0, 1, 2].map(|i| ((1.0 - rest[i]) / (1.0 - INKS[i][i])).clamp(0.0, 1.0));
    [area[0], area[1], area[2], black].map(|a| a.powf(1.25))
}

fn file(pcs: &[u8; 4], version: u32) -> Writer {
    let mut file = Writer::new(*b"prtr", *b"CMYK", *pcs);
    file.version(version);
    let name = if version >= 0x0400_0000 {
        b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\x02\0\0\0\x1c\0K".to_vec()
    } else {
        description("K")
    };
    file.tag(b"desc", name);
    file.tag(b"cprt", text("none"));
    file.tag(b"wtpt", xyz([0.86, 0.89, 0.72]));
    file
}

/// Version 2: `mft2` with bent input curves, Lab.
pub(super) fn cmyk_v2() -> Profile {
    let lab2 = |v: [f64; 3]| encode_lab(v).map(|v| v * 65280.0 / 65535.0);
    let bent = |power: f64| -> Vec<u16> { (0..256).map(|i| unit16((f64::from(i) / 255.0).powf(power))).collect() };
    let words = |bytes: Vec<u8>, head: usize| -> Vec<u16> {
        bytes[head..]
            .as_chunks::<2>()
            .0
            .iter()
            .map(|b| u16::from_be_bytes(*b))
            .collect()
    };
    let forward = grid([9; 4], true, |v: [f64; 4]| lab2(print(v.map(|v| v.powf(1.0 / 0.9)))));
    let to_pcs = mft2(9, &vec![bent(0.9); 4], &words(forward, 20), &vec![bent(1.0); 3]);
    let back = |power: f64| {
        let colour = |v: [f64; 3]| {
            let lab = decode_lab(v.map(|v| v * 65535.0 / 65280.0));
            separate([lab[0].min(100.0), lab[1], lab[2]]).map(|v| v.powf(power))
        };
        mft2(
            17,
            &vec![bent(1.0); 3],
            &words(grid([17; 3], true, colour), 20),
            &vec![bent(1.0); 4],
        )
    };
    let mut file = file(b"Lab ", 0x0240_0000);
    for tag in [b"A2B0", b"A2B1", b"A2B2"] {
        file.tag(tag, to_pcs.clone());
    }
    for (tag, power) in [(b"B2A0", 1.1), (b"B2A1", 1.0), (b"B2A2", 0.95)] {
        file.tag(tag, back(power));
    }
    Profile::parse(&file.finish()).unwrap()
}

/// Version 4: `mAB ` and `mBA ` with all five elements, Lab.
pub(super) fn cmyk_v4() -> Profile {
    let many = |n: usize, c: Vec<u8>| vec![c; n];
    let still = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
    let forward = grid([9; 4], true, |v: [f64; 4]| encode_lab(print(v)).map(|v| v.powf(0.95)));
    let curves = [
        many(4, para(0, &[1.0])),
        many(3, para(0, &[1.0 / 0.95])),
        many(3, curve(&[])),
    ];
    let to_pcs = modular(b"mAB ", [4, 3], curves, &still, &forward);
    let back = grid([17, 15, 15], true, |v: [f64; 3]| separate(decode_lab(v)));
    let curves = [many(4, curve(&[])), many(3, para(0, &[1.0])), many(3, curve(&[]))];
    let from_pcs = modular(b"mBA ", [3, 4], curves, &still, &back);
    let mut file = file(b"Lab ", 0x0420_0000);
    for (to, from) in [(b"A2B0", b"B2A0"), (b"A2B1", b"B2A1"), (b"A2B2", b"B2A2")] {
        file.tag(to, to_pcs.clone());
        file.tag(from, from_pcs.clone());
    }
    Profile::parse(&file.finish()).unwrap()
}

/// A small `mft1` to XYZ, for CMYK that is no printer.
pub(super) fn cmyk_narrow() -> Profile {
    let mut out = b"mft1\0\0\0\0\x04\x03\x07\0".to_vec();
    out.extend((0..9).flat_map(|i| fixed(if i % 4 == 0 { 1.0 } else { 0.0 })));
    out.extend((0..4).flat_map(|_| 0..=255_u8));
    out.extend(&grid([7; 4], false, |v: [f64; 4]| lab_to_xyz(print(v)).map(|v| v / 2.0))[20..]);
    out.extend((0..3).flat_map(|_| 0..=255_u8));
    let mut file = Writer::new(*b"scnr", *b"CMYK", *b"XYZ ");
    file.tag(b"desc", description("narrow"));
    file.tag(b"A2B0", out);
    Profile::parse(&file.finish()).unwrap()
}
