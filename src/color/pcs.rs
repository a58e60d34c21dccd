//! The profile connection space: CIE XYZ and Lab under D50, and how they are scaled between stages.
//!
//! Between stages everything is 0 to 1 as in a 16-bit encoding: XYZ divided by 1 + 32767/32768, Lab in the
//! version 4 encoding (L* / 100, (a* + 128) / 255). Version 2 tables of 16 bits put white at 0xFF00 instead.

/// The white of the connection space (ICC.1:2022, 7.2.16), relative to Y = 1.
pub(super) const D50: [f64; 3] = [0.9642, 1.0, 0.8249];

/// The largest XYZ that u1Fixed15 holds.
pub(super) const XYZ_RANGE: f64 = 1.0 + 32767.0 / 32768.0;

/// From Lab of version 4 to that of a version 2 `mft2` table (0xFF00 / 0xFFFF); its inverse goes back.
pub(super) const LAB_V4_TO_V2: f64 = 65280.0 / 65535.0;

/// CIE 15, the cube root with its straight part near black.
fn f(t: f64) -> f64 {
    const LIMIT: f64 = (24.0 / 116.0) * (24.0 / 116.0) * (24.0 / 116.0);
    if t <= LIMIT {
        (841.0 / 108.0) * t + 16.0 / 116.0
    } else {
        t.cbrt()
    }
}

fn f_inverse(t: f64) -> f64 {
    const LIMIT: f64 = 24.0 / 116.0;
    if t <= LIMIT {
        (108.0 / 841.0) * (t - 16.0 / 116.0)
    } else {
        t * t * t
    }
}

/// XYZ (Y = 1 is white) to Lab, D50.
pub(super) fn xyz_to_lab(xyz: [f64; 3]) -> [f64; 3] {
    let [fx, fy, fz] = [f(xyz[0] / D50[0]), f(xyz[1] / D50[1]), f(xyz[2] / D50[2])];
    [116.0 * fy - 16.0, 500.0 * (fx - fy), 200.0 * (fy - fz)]
}

/// Lab, D50, to XYZ (Y = 1 is white).
pub(super) fn lab_to_xyz(lab: [f64; 3]) -> [f64; 3] {
    let y = (lab[0] + 16.0) / 116.0;
    let x = y + 0.002 * lab[1];
    let z = y - 0.005 * lab[2];
    [f_inverse(x) * D50[0], f_inverse(y) * D50[1], f_inverse(z) * D50[2]]
}

/// L* of a luminance, 0 to 100.
pub(super) fn lightness(y: f64) -> f64 {
    116.0 * f(y) - 16.0
}

/// Lab to 0..1.
pub(super) fn encode_lab(lab: [f64; 3]) -> [f64; 3] {
    [lab[0] / 100.0, (lab[1] + 128.0) / 255.0, (lab[2] + 128.0) / 255.0]
}

/// Lab out of 0..1.
pub(super) fn decode_lab(v: [f64; 3]) -> [f64; 3] {
    [v[0] * 100.0, v[1] * 255.0 - 128.0, v[2] * 255.0 - 128.0]
}

/// XYZ to 0..1.
pub(super) fn encode_xyz(xyz: [f64; 3]) -> [f64; 3] {
    xyz.map(|v| v / XYZ_RANGE)
}

/// XYZ out of 0..1.
pub(super) fn decode_xyz(v: [f64; 3]) -> [f64; 3] {
    v.map(|v| v * XYZ_RANGE)
}
