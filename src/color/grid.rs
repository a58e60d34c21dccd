//! A baked cube of colours, read by tetrahedra in integers.

use super::curve::{Curve, clamp01};
use super::link::{leading_curves, to_byte};
use super::pcs::lightness;
use super::pipeline::Pipeline;

/// Points on each axis. 48 cells hold the largest error on paper below one CIEDE2000 where 32 do not, and they are a
/// multiple of the 24 that many printer tables have.
const POINTS: usize = 49;
/// Length of the node table: a power of two, so that an index can be masked and needs no check. The rest stays empty.
const NODES: usize = 1 << 17;
/// Bits of the position within a cell.
const PART_BITS: u32 = 8;
/// A whole cell.
const WHOLE: u32 = 1 << PART_BITS;
/// A byte in a node, in steps of 1/32.
const NODE_BITS: u32 = 5;
/// Bits of a channel in a node and in a weighted sum: three of them fill 63 bits.
const LANE: u32 = 8 + NODE_BITS + PART_BITS;
/// Steps from node to node in each direction.
const STEP: [u32; 3] = [(POINTS * POINTS) as u32, POINTS as u32, 1];
const _: () = assert!(POINTS * POINTS * POINTS <= NODES && 3 * LANE <= 64);

/// Nodes, and for each channel where its values lie on the axis.
#[derive(Debug)]
pub(super) struct Grid {
    /// 16-bit value to cell (upper half) and part of it (lower half, 0 to [`WHOLE`]): one table if all channels are
    /// the same.
    axes: Vec<Vec<u32>>,
    /// Three lanes, channel 0 lowest.
    nodes: Vec<u64>,
}

impl Grid {
    /// Computes the nodes of a pipeline of three channels.
    pub(super) fn bake(pipeline: &Pipeline) -> Grid {
        let shapes = shapes(pipeline);
        let places: Vec<Vec<f64>> = shapes
            .iter()
            .map(|s| (0..POINTS).map(|i| s.place(i)).collect())
            .collect();
        let axis = |c: usize| places.get(c).or(places.first()).map_or(&[][..], Vec::as_slice);
        let mut nodes = Vec::with_capacity(NODES);
        for r in axis(0) {
            for g in axis(1) {
                for b in axis(2) {
                    let [x, y, z] = pipeline.eval([*r, *g, *b]).map(node);
                    nodes.push(x | y << LANE | z << (2 * LANE));
                }
            }
        }
        nodes.resize(NODES, 0);
        Grid {
            axes: shapes.iter().map(Shape::table).collect(),
            nodes,
        }
    }

    /// Converts pixels of three channels.
    pub(super) fn apply(&self, outputs: usize, src: &[u16], dst: &mut [u8]) {
        if outputs == 1 {
            self.run::<1>(src, dst);
        } else {
            self.run::<3>(src, dst);
        }
    }

    fn run<const OUT: usize>(&self, src: &[u16], dst: &mut [u8]) {
        let axis = |i: usize| {
            let table = self.axes.get(i).or(self.axes.first());
            table.and_then(|t| <&[u32; 65536]>::try_from(t.as_slice()).ok())
        };
        let (Some(red), Some(green), Some(blue)) = (axis(0), axis(1), axis(2)) else {
            return;
        };
        let Ok(nodes) = <&[u64; NODES]>::try_from(self.nodes.as_slice()) else {
            return;
        };
        let (pixels, _) = src.as_chunks::<3>();
        let (out, _) = dst.as_chunks_mut::<OUT>();
        for (to, [r, g, b]) in out.iter_mut().zip(pixels) {
            let bytes = lookup(
                nodes,
                [red[usize::from(*r)], green[usize::from(*g)], blue[usize::from(*b)]],
            );
            to.copy_from_slice(&bytes[..OUT]);
        }
    }
}

/// Cell and part of a position 0..1.
fn split(position: f64) -> u32 {
    let cells = (POINTS - 1) as u32;
    let at = (position * f64::from(cells * WHOLE)).round() as u32;
    let cell = (at / WHOLE).min(cells - 1);
    cell << 16 | (at - cell * WHOLE)
}

/// Reads the cube. Nothing can overflow: a lane's sum stays below 255.5 * 2^13, which is less than 2^21.
#[inline(always)]
fn lookup(nodes: &[u64; NODES], [x, y, z]: [u32; 3]) -> [u8; 3] {
    let base = (x >> 16)
        .wrapping_mul(STEP[0])
        .wrapping_add((y >> 16).wrapping_mul(STEP[1]))
        .wrapping_add(z >> 16);
    // The part above, the way below: sorting the three numbers sorts both, and needs no branch.
    let (x, y, z) = (x << 16 | STEP[0], y << 16 | STEP[1], z << 16 | STEP[2]);
    let (high, low) = (x.max(y).max(z), x.min(y).min(z));
    let middle = x ^ y ^ z ^ high ^ low;
    let at1 = base.wrapping_add(high & 0xffff);
    let at2 = at1.wrapping_add(middle & 0xffff);
    let at3 = base.wrapping_add(STEP[0] + STEP[1] + STEP[2]);
    let (f1, f2, f3) = (high >> 16, middle >> 16, low >> 16);
    let weights = [WHOLE.wrapping_sub(f1), f1.wrapping_sub(f2), f2.wrapping_sub(f3), f3];
    const SHIFT: u32 = PART_BITS + NODE_BITS;
    const HALF: u64 = 1 << (SHIFT - 1);
    let mut sum = HALF | HALF << LANE | HALF << (2 * LANE);
    for (at, weight) in [base, at1, at2, at3].into_iter().zip(weights) {
        let node = nodes[at as usize & (NODES - 1)];
        sum = sum.wrapping_add(node.wrapping_mul(u64::from(weight)));
    }
    [
        (sum >> SHIFT) as u8,
        (sum >> (SHIFT + LANE)) as u8,
        (sum >> (SHIFT + 2 * LANE)) as u8,
    ]
}

/// A device value in 1/32 of a byte, that rounds to the byte that the value itself rounds to.
fn node(v: f64) -> u64 {
    let byte = u64::from(to_byte(v)) << NODE_BITS;
    let half = 1 << (NODE_BITS - 1);
    let fine = (clamp01(v) * f64::from(255 << NODE_BITS)).round() as u64;
    fine.clamp(byte.saturating_sub(half), byte + half - 1)
}

/// How the values of a channel are spread over its axis: evenly in lightness where the source has a curve and a
/// matrix (linear light has nearly all its visible steps in the first cells), as they are where it has tables.
enum Shape {
    Plain,
    Lightness { curve: Curve, low: f64, high: f64 },
}

fn shapes(pipeline: &Pipeline) -> Vec<Shape> {
    match leading_curves(pipeline) {
        Some(curves) if curves.iter().all(|c| *c == curves[0]) => vec![Shape::of(&curves[0])],
        Some(curves) => curves.iter().map(Shape::of).collect(),
        None => vec![Shape::Plain],
    }
}

impl Shape {
    fn of(curve: &Curve) -> Shape {
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

    /// Position of a value, both 0..1.
    fn position(&self, x: f64) -> f64 {
        match self {
            Shape::Plain => x,
            Shape::Lightness { curve, low, high } => clamp01((lightness(clamp01(curve.eval(x))) - low) / (high - low)),
        }
    }

    /// Cells and parts of all 16-bit values.
    fn table(&self) -> Vec<u32> {
        (0..=u16::MAX)
            .map(|v| split(self.position(f64::from(v) / 65535.0)))
            .collect()
    }

    /// The value that lies on a point of the axis.
    fn place(&self, point: usize) -> f64 {
        let wanted = point as f64 / (POINTS - 1) as f64;
        if matches!(self, Shape::Plain) || point == 0 || point == POINTS - 1 {
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
