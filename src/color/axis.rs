//! How the values of a channel are spread over an axis of a baked grid.

use super::clut::Clut;
use super::curve::{Curve, clamp01};
use super::lanes::{WEIGHT_BITS, WHOLE};
use super::pcs::lightness;
use super::pipeline::{Pipeline, Stage};

/// Length of a table: 4097 entries, and a power of two, so that an index can be masked and needs no check.
pub(super) const ENTRIES: usize = 8192;
/// Steps of the table over the whole range of values.
const STEPS: u32 = 4096;
/// Bits of an entry for the way to the next one.
const WAY_BITS: u32 = 12;
/// Most points on an axis, so that a position fits in the rest.
pub(super) const MOST_POINTS: u32 = 64;
const _: () = assert!((MOST_POINTS - 1) * WHOLE < 1 << (32 - WAY_BITS));

/// Positions of 4097 values, each with the way to the next.
pub(super) type Table = [u32; ENTRIES];

/// Position of a value: cells in the upper bits, parts of [`WHOLE`] in the lower [`WEIGHT_BITS`].
#[inline(always)]
pub(super) fn position(table: &Table, value: u16) -> u32 {
    // 0 to 65536, so that white lies on an entry.
    let v = u32::from(value).wrapping_add(u32::from(value >> 15));
    let entry = table[(v >> 4) as usize & (ENTRIES - 1)];
    let way = (entry & ((1 << WAY_BITS) - 1)).wrapping_mul(v & 15) >> 4;
    (entry >> WAY_BITS).wrapping_add(way)
}

/// Evenly in lightness where the source has a curve and a matrix (linear light has nearly all its visible steps in
/// the first cells), as its own table is entered where it has one, else as they are.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shape {
    /// As they are.
    Plain,
    /// By a curve that rises from 0 to 1.
    Curve(Curve),
    /// By the lightness of a curve's light.
    Lightness {
        /// To light.
        curve: Curve,
        /// L* of 0.
        low: f64,
        /// L* of 1.
        high: f64,
    },
}

/// Shapes for the channels of a source: one if all are the same.
pub(super) fn shapes(source: &Pipeline) -> Vec<Shape> {
    let shapes: Vec<Shape> = match source.stages.as_slice() {
        [Stage::Curves(curves), Stage::Matrix(..), ..] => curves.iter().map(Shape::light).collect(),
        [Stage::Curves(curves), Stage::Clut(clut), ..] => curves
            .iter()
            .zip(clut.points())
            .map(|(c, _)| Shape::entry(c, clut))
            .collect(),
        _ => vec![Shape::Plain],
    };
    match shapes.split_first() {
        Some((first, rest)) if rest.iter().all(|s| s == first) => vec![first.clone()],
        None => vec![Shape::Plain],
        _ => shapes,
    }
}

impl Shape {
    fn light(curve: &Curve) -> Shape {
        let l = |x: f64| lightness(clamp01(curve.eval(x)));
        let (low, high) = (l(0.0), l(1.0));
        let rising = (1..=256).all(|i| l(f64::from(i) / 256.0) >= l(f64::from(i - 1) / 256.0));
        if rising && high - low > 1.0 {
            Shape::Lightness {
                curve: curve.clone(),
                low,
                high,
            }
        } else {
            Shape::Plain
        }
    }

    /// A curve that leaves no part of the axis nearly without points, neither of the device nor of the table.
    fn entry(curve: &Curve, _: &Clut) -> Shape {
        const CHECKS: u32 = 64;
        let at = |i: u32| clamp01(curve.eval(f64::from(i) / f64::from(CHECKS)));
        let even = 1.0 / f64::from(CHECKS);
        let gentle = (1..=CHECKS).all(|i| (0.2..5.0).contains(&((at(i) - at(i - 1)) / even)));
        if gentle && at(0) < 1e-3 && at(CHECKS) > 0.999 {
            Shape::Curve(curve.clone())
        } else {
            Shape::Plain
        }
    }

    /// Position of a value, both 0..1.
    fn position(&self, x: f64) -> f64 {
        match self {
            Shape::Plain => x,
            Shape::Curve(curve) => clamp01(curve.eval(x)),
            Shape::Lightness { curve, low, high } => clamp01((lightness(clamp01(curve.eval(x))) - low) / (high - low)),
        }
    }

    /// The table for an axis of so many points, 2 to [`MOST_POINTS`].
    pub(super) fn table(&self, points: u32) -> Vec<u32> {
        let most = points.saturating_sub(1) << WEIGHT_BITS;
        let at = |i: u32| match i {
            0 => 0,
            i if i >= STEPS => most,
            i => ((self.position(f64::from(i) / f64::from(STEPS)) * f64::from(most)).round() as u32).min(most),
        };
        let mut out: Vec<u32> = (0..=STEPS)
            .map(|i| {
                let here = at(i);
                let way = at(i + 1).saturating_sub(here).min((1 << WAY_BITS) - 1);
                here << WAY_BITS | way
            })
            .collect();
        out.resize(ENTRIES, 0);
        out
    }

    /// The values that lie on the points of the axis.
    pub(super) fn places(&self, points: u32) -> Vec<f64> {
        let last = points.saturating_sub(1).max(1);
        (0..points)
            .map(|i| self.place(f64::from(i) / f64::from(last)))
            .collect()
    }

    fn place(&self, wanted: f64) -> f64 {
        if matches!(self, Shape::Plain) || wanted == 0.0 || wanted == 1.0 {
            return wanted;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..48 {
            let middle = (low + high) / 2.0;
            if self.position(middle) < wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        (low + high) / 2.0
    }
}
