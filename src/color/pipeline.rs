//! A colour conversion as a row of stages, computed in f64.

use super::clut::Clut;
use super::curve::{Curve, clamp01};
use super::matrix::{Mat3, apply, multiply};
use super::pcs::{decode_lab, decode_xyz, encode_lab, encode_xyz, lab_to_xyz, xyz_to_lab};
use super::tone::Tone;

/// A colour between two stages: the first one, three or four numbers count, the rest is whatever was there.
pub(super) type Color = [f64; 4];

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stage {
    /// A curve for each channel (1, 3 or 4 of them).
    Curves(Vec<Curve>),
    /// matrix · v + offset, of three channels.
    Matrix(Mat3, [f64; 3]),
    /// A colour table.
    Clut(Clut),
    /// Lab to XYZ, both encoded.
    LabToXyz,
    /// XYZ to Lab, both encoded.
    XyzToLab,
    /// One channel to three: factor · v + offset.
    Spread([f64; 3], [f64; 3]),
    /// Encoded lightness to encoded Lab.
    Tone(Tone),
}

/// The first three numbers.
pub(super) fn three(v: Color) -> [f64; 3] {
    [v[0], v[1], v[2]]
}

/// Three numbers and nothing.
pub(super) fn four(v: [f64; 3]) -> Color {
    [v[0], v[1], v[2], 0.0]
}

/// Stages in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Pipeline {
    /// The stages.
    pub(super) stages: Vec<Stage>,
}

impl Pipeline {
    /// Sends a colour through.
    pub(super) fn eval(&self, mut v: Color) -> Color {
        for stage in &self.stages {
            v = match stage {
                Stage::Curves(curves) => {
                    for (x, curve) in v.iter_mut().zip(curves) {
                        *x = curve.eval(*x);
                    }
                    v
                }
                Stage::Matrix(m, offset) => {
                    let w = apply(m, three(v));
                    [w[0] + offset[0], w[1] + offset[1], w[2] + offset[2], 0.0]
                }
                Stage::Clut(clut) => clut.eval(v),
                Stage::LabToXyz => four(encode_xyz(lab_to_xyz(decode_lab(three(v))))),
                Stage::XyzToLab => four(encode_lab(xyz_to_lab(decode_xyz(three(v))))),
                Stage::Spread(factor, offset) => four([0, 1, 2].map(|c| v[0] * factor[c] + offset[c])),
                Stage::Tone(tone) => {
                    let l = clamp01(v[0]) * 100.0;
                    let [a, b] = tone.tint(l);
                    four(encode_lab([l, a, b]))
                }
            };
        }
        v
    }

    /// Appends the stages of another.
    pub(super) fn extend(&mut self, other: Pipeline) {
        self.stages.extend(other.stages);
    }

    /// Drops round trips through Lab and joins neighbouring matrices, so that what is only curves and a matrix in
    /// the end can be seen to be that.
    pub(super) fn simplify(&mut self) {
        let mut out: Vec<Stage> = Vec::with_capacity(self.stages.len());
        for stage in self.stages.drain(..) {
            match (out.last_mut(), stage) {
                (Some(Stage::XyzToLab), Stage::LabToXyz) => {
                    out.pop();
                }
                (Some(Stage::Matrix(m, offset)), Stage::Matrix(n, then)) => {
                    let moved = apply(&n, *offset);
                    *m = multiply(&n, m);
                    *offset = [0, 1, 2].map(|i| moved[i] + then[i]);
                }
                (_, stage) => out.push(stage),
            }
        }
        self.stages = out;
    }
}
