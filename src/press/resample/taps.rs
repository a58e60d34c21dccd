//! Lanczos3 as integers: for each output pixel of one axis its first source pixel and its weights. Pure.

use std::ops::Range;

/// Lobes of the kernel on each side.
const LOBES: f64 = 3.0;
/// Fraction bits of a weight; a whole is 16,384, which an i16 holds.
pub const BITS: u32 = 14;

/// Taps of one axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taps {
    first: Vec<u32>,
    weights: Vec<i16>,
    /// Weights of each output pixel.
    count: usize,
}

impl Taps {
    /// Taps that bring `window` pixels from `start` on, of a line of `source` pixels, to `target` pixels; only those of
    /// the output pixels in `range` are kept, and counted from its start. Where the kernel or the window reaches beyond
    /// the line, the line is mirrored at its end.
    pub fn new(source: u32, start: f64, window: f64, target: u32, range: Range<u32>) -> Taps {
        let step = window / f64::from(target.max(1));
        // When it gets smaller the kernel gets wider, or detail would alias.
        let stretch = step.max(1.0);
        let reach = LOBES * stretch;
        let source = source.max(1);
        let count = ((2.0 * reach).ceil() as usize).min(source as usize).max(1);
        let mut taps = Taps {
            first: Vec::with_capacity(range.len()),
            weights: Vec::with_capacity(range.len() * count),
            count,
        };
        let mut exact = vec![0.0; count];
        for i in range {
            let centre = start + (f64::from(i) + 0.5) * step;
            // Pixels whose middle lies inside the kernel.
            let from = (centre - reach - 0.5).floor() as i64 + 1;
            let places = from..from + (2.0 * reach).ceil() as i64;
            let lowest = places.clone().map(|p| mirrored(p, source)).min().unwrap_or(0);
            let first = lowest.min(u64::from(source) - count as u64);
            exact.fill(0.0);
            for p in places {
                let at = (mirrored(p, source) - first) as usize;
                if let Some(e) = exact.get_mut(at) {
                    *e += lanczos((p as f64 + 0.5 - centre) / stretch);
                }
            }
            taps.first.push(first as u32);
            taps.push_whole(&exact);
        }
        taps
    }

    /// Adds a kernel in integers whose sum is exactly one, so that white stays white.
    fn push_whole(&mut self, exact: &[f64]) {
        let one = i32::from(1i16 << BITS);
        let sum: f64 = exact.iter().sum();
        let from = self.weights.len();
        self.weights
            .extend(exact.iter().map(|e| (e / sum * f64::from(one)).round() as i16));
        let new = &mut self.weights[from..];
        let missing = one - new.iter().map(|w| i32::from(*w)).sum::<i32>();
        if let Some(largest) = new.iter_mut().max_by_key(|w| **w) {
            *largest = largest.saturating_add(missing as i16);
        }
    }

    /// First source pixel of each output pixel.
    pub fn firsts(&self) -> &[u32] {
        &self.first
    }

    /// Weights of all output pixels, [`Taps::count`] each.
    pub fn all_weights(&self) -> &[i16] {
        &self.weights
    }

    /// The source pixels under an output pixel's kernel.
    pub fn rows(&self, index: usize) -> Range<u32> {
        let first = self.first[index];
        first..first + self.count as u32
    }

    /// An output pixel's weights.
    pub fn weights(&self, index: usize) -> &[i16] {
        &self.weights[index * self.count..][..self.count]
    }

    /// Source pixels under a kernel.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether it changes nothing on a line of this length.
    pub fn is_identity(&self, source: usize) -> bool {
        self.first.len() == source
            && (0..source).all(|i| {
                self.weights(i)
                    .iter()
                    .zip(self.rows(i))
                    .all(|(weight, row)| *weight == i16::from(row as usize == i) << BITS)
            })
    }
}

/// A place on the line, mirrored at its ends until it lies on it.
fn mirrored(place: i64, length: u32) -> u64 {
    let period = 2 * i64::from(length);
    let at = place.rem_euclid(period);
    at.min(period - 1 - at) as u64
}

fn lanczos(x: f64) -> f64 {
    if x.abs() < 1e-9 {
        1.0
    } else if x.abs() >= LOBES {
        0.0
    } else {
        let p = std::f64::consts::PI * x;
        LOBES * p.sin() * (p / LOBES).sin() / (p * p)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_mirror() {
        let at: Vec<u64> = (-3..7).map(|p| mirrored(p, 4)).collect();
        assert_eq!(at, [2, 1, 0, 0, 1, 2, 3, 3, 2, 1]);
    }

    #[test]
    fn a_part_of_the_output_has_the_taps_of_the_whole() {
        let whole = Taps::new(100, 3.0, 90.0, 250, 0..250);
        let part = Taps::new(100, 3.0, 90.0, 250, 40..60);
        for i in 0..20 {
            assert_eq!(part.rows(i), whole.rows(i + 40));
            assert_eq!(part.weights(i), whole.weights(i + 40));
        }
    }

    #[test]
    fn a_window_beyond_the_line_shows_it_mirrored() {
        // One source pixel an output pixel: output -2, -1, 0, 1 are source 1, 0, 0, 1.
        let taps = Taps::new(8, -2.0, 12.0, 12, 0..12);
        let shown: Vec<u32> = (0..12)
            .map(|i| {
                let whole = taps.weights(i).iter().position(|w| *w == 1 << BITS).unwrap();
                taps.rows(i).start + whole as u32
            })
            .collect();
        assert_eq!(shown, [1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 7, 6]);
    }
}
