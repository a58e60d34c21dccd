//! Colour tables on a grid, and how they are read between their points.

use super::curve::clamp01;

/// A table with 1 or 3 inputs and 1 or 3 outputs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clut {
    /// Points on each axis, at least 2; only the first is used with one input.
    grid: [usize; 3],
    inputs: usize,
    outputs: usize,
    /// Values, the last input runs fastest; 65535 is 1.
    values: Vec<u16>,
    /// Trilinear instead of tetrahedral.
    trilinear: bool,
}

impl Clut {
    /// How many values a grid needs, if that is a sensible number.
    pub(super) fn size(grid: &[usize], outputs: usize) -> Option<usize> {
        grid.iter().try_fold(outputs, |n, g| n.checked_mul(*g))
    }

    /// Puts a table together; `None` unless channels are 1 or 3, each axis has two points, and all values are there.
    pub(super) fn new(grid: &[usize], outputs: usize, values: Vec<u16>) -> Option<Clut> {
        let axes = match *grid {
            [a] => [a, 2, 2],
            [a, b, c] => [a, b, c],
            _ => return None,
        };
        let fits =
            matches!(outputs, 1 | 3) && grid.iter().all(|g| *g >= 2) && Clut::size(grid, outputs) == Some(values.len());
        fits.then_some(Clut {
            grid: axes,
            inputs: grid.len(),
            outputs,
            values,
            trilinear: false,
        })
    }

    /// Reads it trilinearly from now on. LittleCMS does so with tables that are indexed by Lab: there the neutral
    /// axis is parallel to an axis of the cube, and no diagonal of it.
    pub(super) fn use_trilinear(&mut self) {
        self.trilinear = true;
    }

    fn node(&self, cell: usize) -> [f64; 3] {
        let at = cell * self.outputs;
        let mut out = [0.0; 3];
        for (o, v) in out
            .iter_mut()
            .zip(self.values.get(at..at + self.outputs).unwrap_or_default())
        {
            *o = f64::from(*v);
        }
        out
    }

    /// The value at a point; coordinates outside 0..1 are held at the border.
    pub(super) fn eval(&self, x: [f64; 3]) -> [f64; 3] {
        let split = |x: f64, points: usize| {
            let at = clamp01(x) * (points - 1) as f64;
            let cell = (at as usize).min(points - 2);
            (cell, at - cell as f64)
        };
        let (i, fx) = split(x[0], self.grid[0]);
        let sum = if self.inputs == 1 {
            mix(self.node(i), self.node(i + 1), fx)
        } else {
            let (j, fy) = split(x[1], self.grid[1]);
            let (k, fz) = split(x[2], self.grid[2]);
            let step = [self.grid[1] * self.grid[2], self.grid[2], 1];
            let base = i * step[0] + j * step[1] + k;
            if self.trilinear {
                self.cube(base, step, [fx, fy, fz])
            } else {
                self.tetrahedron(base, step, [fx, fy, fz])
            }
        };
        sum.map(|v| v / 65535.0)
    }

    fn cube(&self, base: usize, step: [usize; 3], f: [f64; 3]) -> [f64; 3] {
        let edge = |at: usize| mix(self.node(at), self.node(at + step[0]), f[0]);
        let side = |at: usize| mix(edge(at), edge(at + step[1]), f[1]);
        mix(side(base), side(base + step[2]), f[2])
    }

    /// Walks from the low corner to the high one, along the largest fraction first.
    fn tetrahedron(&self, base: usize, step: [usize; 3], f: [f64; 3]) -> [f64; 3] {
        let mut order = [0, 1, 2];
        order.sort_by(|a, b| f[*b].total_cmp(&f[*a]));
        let mut at = base;
        let mut here = self.node(at);
        let mut sum = here;
        for axis in order {
            at += step[axis];
            let next = self.node(at);
            for c in 0..3 {
                sum[c] += (next[c] - here[c]) * f[axis];
            }
            here = next;
        }
        sum
    }
}

fn mix(a: [f64; 3], b: [f64; 3], part: f64) -> [f64; 3] {
    [0, 1, 2].map(|c| a[c] + (b[c] - a[c]) * part)
}
