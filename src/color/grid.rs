//! A baked grid of colours over three or four axes, read in integers.

use super::axis::{Shape, Table, position};
use super::curve::clamp01;
use super::finish::{Finish, Wide};
use super::lanes::{Lanes, Node, WEIGHT_BITS, WHOLE, mix, settle, weights};
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
                self.run::<4, Wide>(&at[..self.inputs], &mut here, Wide);
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
    pub(super) fn run<const OUT: usize, F: Finish>(&self, src: &[u16], dst: &mut [F::Sample], finish: F) {
        if self.inputs == 4 {
            self.four::<POINTS_4, NODES_4, OUT, F>(src, dst, finish);
        } else if self.nodes.len() == FINE_NODES_3 {
            self.three::<FINE_3, FINE_NODES_3, OUT, F>(src, dst, finish);
        } else {
            self.three::<POINTS_3, NODES_3, OUT, F>(src, dst, finish);
        }
    }

    /// The table of an axis. Its length is known, so that no index needs a check.
    fn axis(&self, channel: usize) -> Option<&Table> {
        let table = self.axes.get(channel).or(self.axes.first());
        table.and_then(|t| t.as_slice().try_into().ok())
    }

    fn three<const P: u32, const N: usize, const OUT: usize, F: Finish>(
        &self,
        src: &[u16],
        dst: &mut [F::Sample],
        mut finish: F,
    ) {
        let (Some(red), Some(green), Some(blue)) = (self.axis(0), self.axis(1), self.axis(2)) else {
            return;
        };
        let Ok(nodes) = <&[Node; N]>::try_from(self.nodes.as_slice()) else {
            return;
        };
        let (pixels, _) = src.as_chunks::<3>();
        let (out, _) = dst.as_chunks_mut::<OUT>();
        // Drawn pages repeat colours, white above all; in others asking costs next to nothing.
        let mut rest = pixels;
        let mut out = out.iter_mut();
        while let Some((pixel, after)) = rest.split_first() {
            let [r, g, b] = *pixel;
            let corner = Corner::new::<P>(position(red, r), position(green, g), position(blue, b));
            let node = corner.read(nodes, 0);
            if after.first() != Some(pixel) {
                let Some(to) = out.next() else {
                    return;
                };
                copy(to, finish.next(node));
                rest = after;
                continue;
            }
            let run = 1 + after.iter().take_while(|p| *p == pixel).count();
            rest = rest.get(run..).unwrap_or_default();
            match finish.same(node, run) {
                Some(samples) => out.by_ref().take(run).for_each(|to| copy(to, samples)),
                None => out.by_ref().take(run).for_each(|to| copy(to, finish.next(node))),
            }
        }
    }

    /// By tetrahedra in the last three axes, by a line in the first.
    fn four<const P: u32, const N: usize, const OUT: usize, F: Finish>(
        &self,
        src: &[u16],
        dst: &mut [F::Sample],
        mut finish: F,
    ) {
        let (Some(c), Some(m), Some(y), Some(k)) = (self.axis(0), self.axis(1), self.axis(2), self.axis(3)) else {
            return;
        };
        let Ok(nodes) = <&[Node; N]>::try_from(self.nodes.as_slice()) else {
            return;
        };
        let (pixels, _) = src.as_chunks::<4>();
        let (out, _) = dst.as_chunks_mut::<OUT>();
        for (to, v) in out.iter_mut().zip(pixels) {
            let corner = Corner::new::<P>(position(m, v[1]), position(y, v[2]), position(k, v[3]));
            let first = position(c, v[0]);
            let low = (first >> WEIGHT_BITS).wrapping_mul(P * P * P);
            let a = corner.read(nodes, low);
            let b = corner.read(nodes, low.wrapping_add(P * P * P));
            copy(to, finish.next(mix(a, b, first & (WHOLE - 1))));
        }
    }
}

#[inline(always)]
fn copy<const OUT: usize, S: Copy>(to: &mut [S; OUT], from: [S; 4]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = from;
    }
}

/// The tetrahedron that a colour lies in: its corners, and what they weigh.
struct Corner {
    base: u32,
    at: [u32; 2],
    last: u32,
    weights: [u32; 2],
}

impl Corner {
    #[inline(always)]
    fn new<const P: u32>(x: u32, y: u32, z: u32) -> Corner {
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
        let second = first.wrapping_add(middle & 0xffff);
        let (f1, f2, f3) = (high >> 16, middle >> 16, low >> 16);
        Corner {
            base,
            at: [first, second],
            last: base.wrapping_add(P * P + P + 1),
            weights: [
                weights(WHOLE.wrapping_sub(f1), f1.wrapping_sub(f2)),
                weights(f2.wrapping_sub(f3), f3),
            ],
        }
    }

    #[inline(always)]
    fn read<const N: usize>(&self, nodes: &[Node; N], from: u32) -> Node {
        let node = |at: u32| nodes[from.wrapping_add(at) as usize & (N - 1)];
        let near = Lanes::pair(node(self.base), node(self.at[0]), self.weights[0]);
        let far = Lanes::pair(node(self.at[1]), node(self.last), self.weights[1]);
        settle(near.add(far))
    }
}

/// Device values 0..1 as a node.
pub(super) fn node(v: Color) -> Node {
    Node::new(v.map(|v| (clamp01(v) * 65535.0).round() as u16))
}
