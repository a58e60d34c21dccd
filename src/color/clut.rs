//! Colour tables on a grid, and how they are read between their points.

use super::curve::clamp01;
use super::pipeline::Color;

/// A table with 1, 3 or 4 inputs and 1, 3 or 4 outputs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Clut {
    /// Points on each axis, at least 2; as many count as there are inputs.
    grid: [usize; 4],
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

    /// Puts a table together; `None` unless channels are 1, 3 or 4, each axis has two points, and all values are
    /// there.
    pub(super) fn new(grid: &[usize], outputs: usize, values: Vec<u16>) -> Option<Clut> {
        let axes = match *grid {
            [a] => [a, 2, 2, 2],
            [a, b, c] => [a, b, c, 2],
            [a, b, c, d] => [a, b, c, d],
            _ => return None,
        };
        let fits = matches!(outputs, 1 | 3 | 4)
            && grid.iter().all(|g| *g >= 2)
            && Clut::size(grid, outputs) == Some(values.len());
        fits.then_some(Clut {
            grid: axes,
            inputs: grid.len(),
            outputs,
            values,
            trilinear: false,
        })
    }

    /// Points on each axis, as many as there are inputs.
    pub(super) fn points(&self) -> &[usize] {
        self.grid.get(..self.inputs).unwrap_or_default()
    }

    /// Reads it trilinearly from now on. LittleCMS does so with tables that are indexed by Lab: there the neutral
    /// axis is parallel to an axis of the cube, and no diagonal of it.
    pub(super) fn use_trilinear(&mut self) {
        self.trilinear = true;
    }

    fn node(&self, cell: usize) -> Color {
        let at = cell * self.outputs;
        let mut out = [0.0; 4];
        for (o, v) in out
            .iter_mut()
            .zip(self.values.get(at..at + self.outputs).unwrap_or_default())
        {
            *o = f64::from(*v);
        }
        out
    }

    /// The value at a point; coordinates outside 0..1 are held at the border. Of four inputs the last three are
    /// read by tetrahedra and the first by a straight line between two of them, as LittleCMS does.
    pub(super) fn eval(&self, v: Color) -> Color {
        let split = |x: f64, points: usize| {
            let at = clamp01(x) * (points - 1) as f64;
            let cell = (at as usize).min(points - 2);
            (cell, at - cell as f64)
        };
        let sum = match self.inputs {
            1 => {
                let (i, f) = split(v[0], self.grid[0]);
                mix(self.node(i), self.node(i + 1), f)
            }
            3 => self.cube(0, [0, 1, 2].map(|c| split(v[c], self.grid[c])), [1, 2]),
            _ => {
                let (i, f) = split(v[0], self.grid[0]);
                let layer = self.grid[1] * self.grid[2] * self.grid[3];
                let at = [1, 2, 3].map(|c| split(v[c], self.grid[c]));
                let [low, high] = [i, i + 1].map(|i| self.cube(i * layer, at, [2, 3]));
                mix(low, high, f)
            }
        };
        sum.map(|v| v / 65535.0)
    }

    /// Three axes from `first` on: cell and part on each; `inner` names the grid's last two of them.
    fn cube(&self, first: usize, [(i, x), (j, y), (k, z)]: [(usize, f64); 3], inner: [usize; 2]) -> Color {
        let [b, c] = inner.map(|axis| self.grid[axis]);
        let step = [b * c, c, 1];
        let base = first + i * step[0] + j * step[1] + k;
        if self.trilinear {
            self.trilinear(base, step, [x, y, z])
        } else {
            self.tetrahedron(base, step, [x, y, z])
        }
    }

    fn trilinear(&self, base: usize, step: [usize; 3], f: [f64; 3]) -> Color {
        let edge = |at: usize| mix(self.node(at), self.node(at + step[0]), f[0]);
        let side = |at: usize| mix(edge(at), edge(at + step[1]), f[1]);
        mix(side(base), side(base + step[2]), f[2])
    }

    /// Walks from the low corner to the high one, along the largest fraction first.
    fn tetrahedron(&self, base: usize, step: [usize; 3], f: [f64; 3]) -> Color {
        let mut order = [0, 1, 2];
        order.sort_by(|a, b| f[*b].total_cmp(&f[*a]));
        let mut at = base;
        let mut here = self.node(at);
        let mut sum = here;
        for axis in order {
            at += step[axis];
            let next = self.node(at);
            for c in 0..4 {
                sum[c] += (next[c] - here[c]) * f[axis];
            }
            here = next;
        }
        sum
    }
}

fn mix(a: Color, b: Color, part: f64) -> Color {
    [0, 1, 2, 3].map(|c| a[c] + (b[c] - a[c]) * part)
}
