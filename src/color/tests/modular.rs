//! Table profiles made here, read by LittleCMS and by us: `mAB `, `mBA `, `mft1`, XYZ as connection space.

use super::against_lcms::measure;
use super::*;
use crate::color::pcs::{D50, XYZ_RANGE, encode_lab, xyz_to_lab};
use crate::color::write::{Writer, curve, description, fixed, mft2, text, unit16, xyz};

/// An imagined device: light by gamma 1.9, primaries near those of sRGB, black of 0.4 %.
const COLORANTS: [[f64; 3]; 3] = [[0.43, 0.38, 0.1542], [0.22, 0.70, 0.08], [0.015, 0.095, 0.7149]];
const GAMMA: f64 = 1.9;

fn device_xyz(rgb: [f64; 3]) -> [f64; 3] {
    let light = rgb.map(|v| v.powf(GAMMA));
    [0, 1, 2].map(|i| {
        let sum: f64 = (0..3).map(|c| COLORANTS[i][c] * light[c]).sum();
        0.004 * D50[i] + 0.996 * sum
    })
}

/// A smooth stand-in for the way back: roots of the encoded connection space.
fn rough_inverse(pcs: [f64; 3]) -> [f64; 3] {
    [
        pcs[0] * 0.9 + 0.1 * pcs[1],
        pcs[0] * 0.8 + 0.15 * (1.0 - pcs[1]),
        pcs[0] * 0.7 + 0.25 * pcs[2],
    ]
}

pub(super) fn para(kind: u16, p: &[f64]) -> Vec<u8> {
    let mut out = b"para\0\0\0\0".to_vec();
    out.extend(kind.to_be_bytes());
    out.extend([0, 0]);
    out.extend(p.iter().flat_map(|v| fixed(*v)));
    out
}

/// Lays out `mAB ` or `mBA ` from its parts, each empty or whole.
pub(super) fn modular(
    kind: &[u8; 4],
    channels: [u8; 2],
    curves: [Vec<Vec<u8>>; 3],
    matrix: &[f64],
    grid: &[u8],
) -> Vec<u8> {
    let [a, m, b] = curves;
    let mut out = kind.to_vec();
    out.extend([0, 0, 0, 0, channels[0], channels[1], 0, 0]);
    out.resize(32, 0);
    let mut add = |slot: usize, parts: Vec<Vec<u8>>| {
        if parts.iter().all(Vec::is_empty) {
            return;
        }
        let at = u32::try_from(out.len()).unwrap();
        out[slot..slot + 4].copy_from_slice(&at.to_be_bytes());
        for part in parts {
            out.extend(part);
            out.resize(out.len().next_multiple_of(4), 0);
        }
    };
    add(12, b);
    add(16, vec![matrix.iter().flat_map(|v| fixed(*v)).collect()]);
    add(20, m);
    add(24, vec![grid.to_vec()]);
    add(28, a);
    out
}

pub(super) fn grid<const I: usize, const O: usize>(
    points: [u8; I],
    wide: bool,
    colour: impl Fn([f64; I]) -> [f64; O],
) -> Vec<u8> {
    let mut out = points.to_vec();
    out.resize(16, 0);
    out.extend([if wide { 2 } else { 1 }, 0, 0, 0]);
    for node in 0..points.iter().map(|n| usize::from(*n)).product() {
        let (mut rest, mut at) = (node, [0.0; I]);
        for (v, n) in at.iter_mut().zip(points).rev() {
            *v = (rest % usize::from(n)) as f64 / f64::from(n - 1);
            rest /= usize::from(n);
        }
        for v in colour(at).map(unit16) {
            if wide {
                out.extend(v.to_be_bytes());
            } else {
                out.push((v / 257) as u8);
            }
        }
    }
    out
}

fn profile(pcs: &[u8; 4], version: u32, tags: &[(&[u8; 4], Vec<u8>)]) -> Profile {
    let mut file = Writer::new(*b"prtr", *b"RGB ", *pcs);
    file.version(version);
    let name = if version >= 0x0400_0000 {
        b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\x02\0\0\0\x1c\0M".to_vec()
    } else {
        description("M")
    };
    file.tag(b"desc", name);
    file.tag(b"cprt", text("none"));
    file.tag(b"wtpt", xyz([0.9, 0.93, 0.75]));
    for (tag, content) in tags {
        file.tag(tag, content.clone());
    }
    Profile::parse(&file.finish()).unwrap()
}

/// Both directions under every intent: `exact` in 8-bit steps of the f64 pipeline, `worst` in CIEDE2000 of the baked
/// bytes.
fn agree(profile: &Profile, what: &str, exact: f64, worst: f64) {
    for intent in INTENTS {
        for (source, destination) in [(profile, &Profile::srgb()), (&Profile::adobe_rgb(), profile)] {
            let d = measure(source, destination, intent);
            println!("{what} {intent:?}: {d:?}");
            assert!(d.exact < exact, "{what} {intent:?}: {d:?}");
            assert!(d.mean < 0.3 && d.worst < worst, "{what} {intent:?}: {d:?}");
        }
    }
}

/// The imagined device as a version 2 profile of tables with bent curves.
pub(super) fn device() -> Profile {
    let bent: Vec<u16> = (0..256).map(|i| unit16((f64::from(i) / 255.0).powf(1.2))).collect();
    let plain: Vec<u16> = (0..256).map(|i| unit16(f64::from(i) / 255.0)).collect();
    let lab2 = |v: [f64; 3]| lab_of(v.map(|v| v.powf(1.0 / 1.2))).map(|v| v * 65280.0 / 65535.0);
    let bytes = grid([17; 3], true, lab2);
    let values: Vec<u16> = bytes[20..]
        .as_chunks::<2>()
        .0
        .iter()
        .map(|b| u16::from_be_bytes(*b))
        .collect();
    let table = mft2(17, &vec![bent; 3], &values, &vec![plain; 3]);
    let tags = [(b"A2B0", table.clone()), (b"A2B1", table.clone()), (b"A2B2", table)];
    profile(b"Lab ", 0x0240_0000, &tags)
}

const SHIFT: [f64; 12] = [0.98, 0.01, 0.0, 0.02, 0.97, 0.0, 0.0, 0.01, 0.98, 0.005, 0.004, -0.003];

fn lab_of(rgb: [f64; 3]) -> [f64; 3] {
    encode_lab(xyz_to_lab(device_xyz(rgb)))
}

/// All five elements, uneven grids, both value sizes, and every kind of curve.
#[test]
fn modular_tables_of_version_4_agree() {
    let bent: Vec<u16> = (0..200).map(|i| unit16((f64::from(i) / 199.0).powf(1.1))).collect();
    let three = |c: Vec<u8>| vec![c.clone(), c.clone(), c];
    let mixed = vec![curve(&bent), para(0, &[1.05]), curve(&[])];
    let straight = para(3, &[2.4, 0.947_867, 0.052_133, 0.077_399, 0.04045]);
    let to_pcs = |wide| {
        let curves = [mixed.clone(), three(para(0, &[1.02])), three(curve(&[]))];
        modular(b"mAB ", [3, 3], curves, &SHIFT, &grid([9, 11, 13], wide, lab_of))
    };
    let from_pcs = |wide| {
        let curves = [mixed.clone(), three(para(1, &[1.1, 0.95, 0.05])), three(curve(&[]))];
        modular(b"mBA ", [3, 3], curves, &SHIFT, &grid([13, 9, 11], wide, rough_inverse))
    };
    let tags = [
        (b"A2B0", to_pcs(false)),
        (b"A2B1", to_pcs(true)),
        (b"B2A0", from_pcs(false)),
        (b"B2A1", from_pcs(true)),
    ];
    agree(&profile(b"Lab ", 0x0420_0000, &tags), "all elements", 0.15, 1.0);
    // Only curves, a matrix and curves, to XYZ.
    let m: Vec<f64> = COLORANTS
        .iter()
        .flatten()
        .map(|v| v / XYZ_RANGE)
        .chain([0.001, 0.001, 0.001])
        .collect();
    let back = [2.0, -0.5, -0.3, -0.6, 2.3, 0.05, 0.05, -0.15, 2.2, 0.0, 0.0, 0.0];
    let none: Vec<Vec<u8>> = Vec::new();
    let tags = [
        (
            b"A2B0",
            modular(
                b"mAB ",
                [3, 3],
                [none.clone(), three(straight), three(curve(&[]))],
                &m,
                &[],
            ),
        ),
        (
            b"B2A0",
            modular(
                b"mBA ",
                [3, 3],
                [none, three(para(0, &[0.5])), three(curve(&[]))],
                &back,
                &[],
            ),
        ),
    ];
    agree(&profile(b"XYZ ", 0x0420_0000, &tags), "matrix in a table", 0.1, 2.0);
}

/// Version 2 tables of 8 and 16 bits; with XYZ, the matrix in front is used too.
#[test]
fn tables_of_version_2_agree() {
    let small = |colour: &dyn Fn([f64; 3]) -> [f64; 3], points: u8| {
        let mut out = b"mft1\0\0\0\0".to_vec();
        out.extend([3, 3, points, 0]);
        out.extend((0..9).flat_map(|i| fixed(if i % 4 == 0 { 1.0 } else { 0.0 })));
        let plain = || (0..3).flat_map(|_| 0..=255_u8);
        out.extend(plain());
        out.extend(&grid([points; 3], false, colour)[20..]);
        out.extend(plain());
        out
    };
    let tags = [(b"A2B0", small(&lab_of, 17)), (b"B2A0", small(&rough_inverse, 17))];
    agree(&profile(b"Lab ", 0x0240_0000, &tags), "mft1", 0.15, 1.0);

    let bent: Vec<u16> = (0..64).map(|i| unit16((f64::from(i) / 63.0).powf(0.8))).collect();
    let wide = |colour: &dyn Fn([f64; 3]) -> [f64; 3]| {
        let bytes = grid([17; 3], true, colour);
        let values: Vec<u16> = bytes[20..]
            .as_chunks::<2>()
            .0
            .iter()
            .map(|b| u16::from_be_bytes(*b))
            .collect();
        let curves = vec![bent.clone(), bent.clone(), bent.clone()];
        mft2(17, &curves, &values, &curves)
    };
    let mut from_xyz = wide(&|v| v.map(|v| (v * 1.2).min(1.0)));
    for (i, v) in SHIFT[..9].iter().enumerate() {
        from_xyz[12 + 4 * i..16 + 4 * i].copy_from_slice(&fixed(*v));
    }
    let to_xyz = wide(&|v| device_xyz(v).map(|v| v / XYZ_RANGE));
    // LittleCMS rounds to 16 bits before and after each table, which these steep curves make half a step of; and a
    // step is up to three CIEDE2000 in this device's shadows.
    agree(
        &profile(b"XYZ ", 0x0240_0000, &[(b"A2B0", to_xyz), (b"B2A0", from_xyz)]),
        "mft2 to XYZ",
        0.6,
        3.0,
    );
}
