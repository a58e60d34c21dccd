//! A colour conversion as a row of stages, computed in f64.

use super::clut::Clut;
use super::curve::Curve;
use super::matrix::{Mat3, apply, multiply};
use super::pcs::{decode_lab, decode_xyz, encode_lab, encode_xyz, lab_to_xyz, xyz_to_lab};

/// One step. Colours are three numbers; with one channel only the first counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stage {
    /// A curve for each channel (1 or 3 of them).
    Curves(Vec<Curve>),
    /// matrix · v + offset
    Matrix(Mat3, [f64; 3]),
    /// A colour table.
    Clut(Clut),
    /// Lab to XYZ, both encoded.
    LabToXyz,
    /// XYZ to Lab, both encoded.
    XyzToLab,
    /// One channel to three: factor · v + offset.
    Spread([f64; 3], [f64; 3]),
}

/// Stages in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Pipeline {
    /// The stages.
    pub(super) stages: Vec<Stage>,
}

impl Pipeline {
    /// Sends a colour through.
    pub(super) fn eval(&self, mut v: [f64; 3]) -> [f64; 3] {
        for stage in &self.stages {
            v = match stage {
                Stage::Curves(curves) => {
                    for (x, curve) in v.iter_mut().zip(curves) {
                        *x = curve.eval(*x);
                    }
                    v
                }
                Stage::Matrix(m, offset) => {
                    let w = apply(m, v);
                    [w[0] + offset[0], w[1] + offset[1], w[2] + offset[2]]
                }
                Stage::Clut(clut) => clut.eval(v),
                Stage::LabToXyz => encode_xyz(lab_to_xyz(decode_lab(v))),
                Stage::XyzToLab => encode_lab(xyz_to_lab(decode_xyz(v))),
                Stage::Spread(factor, offset) => [0, 1, 2].map(|c| v[0] * factor[c] + offset[c]),
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
