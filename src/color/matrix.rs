//! Three by three matrices, and profiles that are made of a matrix or a single curve.

use super::curve::Curve;
use super::pcs::{D50, XYZ_RANGE};
use super::pipeline::{Pipeline, Stage};

/// Row by row.
pub(super) type Mat3 = [[f64; 3]; 3];

/// m · v
pub(super) fn apply(m: &Mat3, v: [f64; 3]) -> [f64; 3] {
    [0, 1, 2].map(|i| m[i][0] * v[0] + m[i][1] * v[1] + m[i][2] * v[2])
}

/// a · b
pub(super) fn multiply(a: &Mat3, b: &Mat3) -> Mat3 {
    [0, 1, 2].map(|i| [0, 1, 2].map(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j]))
}

/// Numbers down the diagonal.
pub(super) fn diagonal(d: [f64; 3]) -> Mat3 {
    [[d[0], 0.0, 0.0], [0.0, d[1], 0.0], [0.0, 0.0, d[2]]]
}

/// The inverse, if there is a stable one.
pub(super) fn invert(m: &Mat3) -> Option<Mat3> {
    let minor = |a: usize, b: usize, c: usize, d: usize| m[a][b] * m[c][d] - m[a][d] * m[c][b];
    let (c0, c1, c2) = (minor(1, 1, 2, 2), -minor(1, 0, 2, 2), minor(1, 0, 2, 1));
    let det = m[0][0] * c0 + m[0][1] * c1 + m[0][2] * c2;
    // The limit of LittleCMS. Primaries that lie on one line end below it.
    if det.is_nan() || det.abs() < 1e-4 {
        return None;
    }
    Some([
        [c0 / det, -minor(0, 1, 2, 2) / det, minor(0, 1, 1, 2) / det],
        [c1 / det, minor(0, 0, 2, 2) / det, -minor(0, 0, 1, 2) / det],
        [c2 / det, -minor(0, 0, 2, 1) / det, minor(0, 0, 1, 1) / det],
    ])
}

/// Colorants as columns, with the rounding of their 16 bits taken out: where they add up to D50 but for that, they
/// are made to do so exactly. Otherwise a grey could land a hair beside the next rounding step in one channel only.
pub(super) fn colorant_matrix(columns: [[f64; 3]; 3]) -> Mat3 {
    const ROUNDING: f64 = 2e-4;
    let mut m = [0, 1, 2].map(|i| [columns[0][i], columns[1][i], columns[2][i]]);
    for (row, white) in m.iter_mut().zip(D50) {
        let sum = row[0] + row[1] + row[2];
        if sum > 0.0 && (sum - white).abs() < ROUNDING {
            *row = row.map(|v| v * white / sum);
        }
    }
    m
}

/// RGB to encoded XYZ, or Lab where that is the profile's connection space.
pub(super) fn rgb_to_pcs(curves: Vec<Curve>, m: &Mat3, lab: bool) -> Pipeline {
    let encoded = m.map(|row| row.map(|v| v / XYZ_RANGE));
    let mut stages = vec![Stage::Curves(curves), Stage::Matrix(encoded, [0.0; 3])];
    if lab {
        stages.push(Stage::XyzToLab);
    }
    Pipeline { stages }
}

/// Encoded XYZ or Lab to RGB; `None` when the matrix has no inverse.
pub(super) fn pcs_to_rgb(curves: &[Curve], m: &Mat3, lab: bool) -> Option<Pipeline> {
    let inverse = invert(m)?.map(|row| row.map(|v| v * XYZ_RANGE));
    let mut stages = Vec::new();
    if lab {
        stages.push(Stage::LabToXyz);
    }
    stages.push(Stage::Matrix(inverse, [0.0; 3]));
    stages.push(Stage::Curves(curves.iter().map(Curve::inverse).collect()));
    Some(Pipeline { stages })
}

/// Grey to encoded XYZ (the curve is luminance) or Lab (the curve is lightness).
pub(super) fn grey_to_pcs(curve: Curve, lab: bool) -> Pipeline {
    let spread = if lab {
        Stage::Spread([1.0, 0.0, 0.0], [0.0, 128.0 / 255.0, 128.0 / 255.0])
    } else {
        Stage::Spread(D50.map(|v| v / XYZ_RANGE), [0.0; 3])
    };
    Pipeline {
        stages: vec![Stage::Curves(vec![curve]), spread],
    }
}

/// Encoded XYZ or Lab to grey, by luminance or lightness alone.
pub(super) fn pcs_to_grey(curve: &Curve, lab: bool) -> Pipeline {
    let row = if lab { [1.0, 0.0, 0.0] } else { [0.0, XYZ_RANGE, 0.0] };
    Pipeline {
        stages: vec![
            Stage::Matrix([row, [0.0; 3], [0.0; 3]], [0.0; 3]),
            Stage::Curves(vec![curve.inverse()]),
        ],
    }
}
