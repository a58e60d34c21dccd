//! A baked grid of colours over three or four axes, read in integers.

use super::axis::{Shape, Table, position};
use super::blocks::{self, BLOCK, Convert};
use super::curve::clamp01;
use super::finish::{Finish, Wide};
use super::lanes::{Node, Sum, WEIGHT_BITS, WHOLE, mix, weights};
use super::pipeline::Color;

/// Points on each of three axes. A multiple of the 16 cells that many tables have.
const POINTS_3: u32 = 33;
/// Points where that many are too few: for sources that go far beyond the printer's gamut.
const FINE_3: u32 = 49;
/// Mean and 99th percentile of the error, CIEDE2000, above which they are.
const MEAN: f64 = 0.05;
const HIGH: f64 = 0.29;
/// Colours that the error is taken from.
const PROBES: u32 = 1500;
/// Points on each of four axes: the 16 cells that most tables for CMYK have, or twice their 8. More points that fit
/// those cells badly were measured to be worse.
const POINTS_4: u32 = 17;
/// Lengths of the node tables: powers of two, so that an index can be masked and needs no check. The rest stays empty;
/// it holds the steps beyond the border, which have no weight.
const NODES_3: usize = room(POINTS_3, 3);
const FINE_NODES_3: usize = room(FINE_3, 3);
const NODES_4: usize = room(POINTS_4, 4);

const fn room(points: u32, axes: u32) -> usize {
    ((points as usize + 1).pow(axes)).next_power_of_two()
}

/// Nodes, and for each channel where its values lie on the axis.
#[derive(Debug)]
pub(super) struct Grid {
    inputs: usize,
    /// One table if all channels are the same.
    axes: Vec<Vec<u32>>,
    /// The last channel runs fastest.
    nodes: Vec<Node>,
}

impl Grid {
    /// Computes the nodes of a conversion of three or four channels. `distance` says how far two results look apart,
    /// in CIEDE2000; where a few colours show that the grid of three is too coarse, a finer one is made.
    pub(super) fn bake(
        inputs: usize,
        shapes: &[Shape],
        convert: impl Fn(Color) -> Color,
        distance: Option<&dyn Fn(Color, Color) -> f64>,
    ) -> Grid {
        if inputs == 4 {
            return Grid::bake_with((POINTS_4, NODES_4), inputs, shapes, &convert);
        }
        let grid = Grid::bake_with((POINTS_3, NODES_3), inputs, shapes, &convert);
        if distance.is_some_and(|distance| grid.too_coarse(&convert, distance)) {
            return Grid::bake_with((FINE_3, FINE_NODES_3), inputs, shapes, &convert);
        }
        grid
    }

    fn too_coarse(&self, convert: impl Fn(Color) -> Color, distance: &dyn Fn(Color, Color) -> f64) -> bool {
        // Places that are spread evenly: parts of the powers of the root of x^5 = x + 1.
        const STEP: [f64; 4] = [
            0.856_674_883_854_502_9,
            0.733_891_856_627_126_1,
            0.628_706_721_085_046_5,
            0.538_597_2,
        ];
        let mut errors: Vec<f64> = (0..PROBES)
            .map(|i| {
                let at = STEP.map(|s| ((f64::from(i) * s).fract() * 65535.0) as u16);
                let mut here = [0; 4];
                self.run::<4, Wide>(&at[..self.inputs], &mut here, &mut Wide);
                let exact = convert(at.map(|v| f64::from(v) / 65535.0)).map(clamp01);
                distance(here.map(|v| f64::from(v) / 65535.0), exact)
            })
            .collect();
        errors.sort_by(f64::total_cmp);
        let mean = errors.iter().sum::<f64>() / f64::from(PROBES);
        let high = errors.get(PROBES as usize * 99 / 100).copied().unwrap_or(0.0);
        mean > MEAN || high > HIGH
    }

    /// With so many points on each axis, and a table of that length.
    fn bake_with(
        (points, room): (u32, usize),
        inputs: usize,
        shapes: &[Shape],
        convert: impl Fn(Color) -> Color,
    ) -> Grid {
        let places: Vec<Vec<f64>> = shapes.iter().map(|s| s.places(points)).collect();
        let axis = |c: usize| places.get(c).or(places.first()).map_or(&[][..], Vec::as_slice);
        let mut nodes = Vec::new();
        let mut cube = |first: Option<f64>| {
            let at = usize::from(first.is_some());
            for x in axis(at) {
                for y in axis(at + 1) {
                    for z in axis(at + 2) {
                        let v = match first {
                            Some(w) => [w, *x, *y, *z],
                            None => [*x, *y, *z, 0.0],
                        };
                        nodes.push(node(convert(v)));
                    }
                }
            }
        };
        if inputs == 4 {
            axis(0).iter().for_each(|w| cube(Some(*w)));
        } else {
            cube(None);
        }
        nodes.resize(room, Node::default());
        Grid {
            inputs,
            axes: shapes.iter().map(|s| s.table(points)).collect(),
            nodes,
        }
    }

    /// Converts pixels to `OUT` channels.
    pub(super) fn run<const OUT: usize, F: Finish>(&self, src: &[u16], dst: &mut [F::Sample], finish: &mut F) {
        if self.inputs == 4 {
            if let Some(four) = self.cells::<POINTS_4, NODES_4>() {
                blocks::run::<4, OUT, F>(&four, src, dst, finish);
            }
        } else if self.nodes.len() == FINE_NODES_3 {
            if let Some(three) = self.cells::<FINE_3, FINE_NODES_3>() {
                blocks::run::<3, OUT, F>(&three, src, dst, finish);
            }
        } else if let Some(three) = self.cells::<POINTS_3, NODES_3>() {
            blocks::run::<3, OUT, F>(&three, src, dst, finish);
        }
    }

    /// The tables, of lengths that are known, so that no index needs a check.
    fn cells<const P: u32, const N: usize>(&self) -> Option<Cells<'_, P, N>> {
        let axis = |channel: usize| {
            let table = self.axes.get(channel).or(self.axes.first())?;
            table.as_slice().try_into().ok()
        };
        Some(Cells {
            axes: [axis(0)?, axis(1)?, axis(2)?, axis(3)?],
            nodes: self.nodes.as_slice().try_into().ok()?,
        })
    }
}

/// A number for each pixel of a block.
type Numbers = [u32; BLOCK];

/// A grid of `P` points on each axis.
struct Cells<'a, const P: u32, const N: usize> {
    axes: [&'a Table; 4],
    nodes: &'a [Node; N],
}

impl<const P: u32, const N: usize> Cells<'_, P, N> {
    /// Where the values of a channel lie on its axis.
    #[inline(always)]
    fn positions<const IN: usize>(&self, from: &[[u16; IN]; BLOCK], channel: usize) -> Numbers {
        let mut out = [0; BLOCK];
        for (to, pixel) in out.iter_mut().zip(from) {
            *to = position(self.axes[channel], pixel[channel]);
        }
        out
    }

    /// The colour of a pixel, in the cube that begins at `from`.
    #[inline(always)]
    fn read(&self, corners: &Corners, i: usize, from: u32) -> Node {
        let node = |at: u32| self.nodes[from.wrapping_add(at) as usize & (N - 1)];
        let [base, first, second] = &corners.at;
        let near = Sum::pair(node(base[i]), node(first[i]), corners.weights[0][i]);
        let last = base[i].wrapping_add(P * P + P + 1);
        let far = Sum::pair(node(second[i]), node(last), corners.weights[1][i]);
        near.add(far).settle()
    }
}

impl<const P: u32, const N: usize> Convert<3> for Cells<'_, P, N> {
    #[inline(always)]
    fn block(&self, from: &[[u16; 3]; BLOCK], to: &mut [Node; BLOCK]) {
        // One by one: a closure over channels would not be compiled for the level.
        let (x, y, z) = (
            self.positions(from, 0),
            self.positions(from, 1),
            self.positions(from, 2),
        );
        let corners = Corners::new::<P>(&x, &y, &z);
        for (i, to) in to.iter_mut().enumerate() {
            *to = self.read(&corners, i, 0);
        }
    }
}

/// By tetrahedra in the last three axes, by a line in the first.
impl<const P: u32, const N: usize> Convert<4> for Cells<'_, P, N> {
    #[inline(always)]
    fn block(&self, from: &[[u16; 4]; BLOCK], to: &mut [Node; BLOCK]) {
        let first = self.positions(from, 0);
        let (x, y, z) = (
            self.positions(from, 1),
            self.positions(from, 2),
            self.positions(from, 3),
        );
        let corners = Corners::new::<P>(&x, &y, &z);
        for (i, to) in to.iter_mut().enumerate() {
            let low = (first[i] >> WEIGHT_BITS).wrapping_mul(P * P * P);
            let a = self.read(&corners, i, low);
            let b = self.read(&corners, i, low.wrapping_add(P * P * P));
            *to = mix(a, b, first[i] & (WHOLE - 1));
        }
    }
}

/// The tetrahedra that colours lie in: their corners but the last, which is where the cell ends, and what they weigh.
struct Corners {
    at: [Numbers; 3],
    weights: [Numbers; 2],
}

impl Corners {
    #[inline(always)]
    fn new<const P: u32>(x: &Numbers, y: &Numbers, z: &Numbers) -> Corners {
        let (mut at, mut weigh) = ([[0; BLOCK]; 3], [[0; BLOCK]; 2]);
        for i in 0..BLOCK {
            let (x, y, z) = (x[i], y[i], z[i]);
            let base = (x >> WEIGHT_BITS)
                .wrapping_mul(P * P)
                .wrapping_add((y >> WEIGHT_BITS).wrapping_mul(P))
                .wrapping_add(z >> WEIGHT_BITS);
            // The part above, the way below: sorting the three numbers sorts both, and needs no branch.
            let part = |v: u32| v << 16 & ((WHOLE - 1) << 16);
            let (x, y, z) = (part(x) | (P * P), part(y) | P, part(z) | 1);
            let (high, low) = (x.max(y).max(z), x.min(y).min(z));
            let middle = x ^ y ^ z ^ high ^ low;
            let first = base.wrapping_add(high & 0xffff);
            let (f1, f2, f3) = (high >> 16, middle >> 16, low >> 16);
            at[0][i] = base;
            at[1][i] = first;
            at[2][i] = first.wrapping_add(middle & 0xffff);
            weigh[0][i] = weights(WHOLE.wrapping_sub(f1), f1.wrapping_sub(f2));
            weigh[1][i] = weights(f2.wrapping_sub(f3), f3);
        }
        Corners { at, weights: weigh }
    }
}

/// Device values 0..1 as a node.
pub(super) fn node(v: Color) -> Node {
    Node::new(v.map(|v| (clamp01(v) * 65535.0).round() as u16))
}
