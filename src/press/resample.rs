//! Lanczos3 in integers, row by row: across each source row once, then down over a ring of such rows.

/// Lobes of the kernel on each side.
const LOBES: f64 = 3.0;
/// Fraction bits of a tap. A 16-bit sample times all taps of a pixel stays inside 31 bits.
const BITS: u32 = 14;

/// Taps of one axis: for each output pixel its first source pixel and its weights.
#[derive(Debug)]
pub struct Taps {
    first: Vec<u32>,
    weights: Vec<i32>,
    /// Weights of each output pixel; shorter kernels are filled up with zeros.
    count: usize,
}

impl Taps {
    /// Taps that bring `window` pixels from `start` on, of a line of `source` pixels, to `target` pixels.
    pub fn new(source: u32, start: f64, window: f64, target: u32) -> Taps {
        let step = window / f64::from(target.max(1));
        // When it gets smaller the kernel gets wider, or detail would alias.
        let stretch = step.max(1.0);
        let reach = LOBES * stretch;
        let count = ((2.0 * reach).ceil() as usize + 1).min(source as usize).max(1);
        let last_first = source.saturating_sub(count as u32);
        let mut taps = Taps {
            first: Vec::with_capacity(target as usize),
            weights: Vec::with_capacity(target as usize * count),
            count,
        };
        let mut exact = vec![0.0; count];
        for i in 0..target {
            let centre = start + (f64::from(i) + 0.5) * step;
            let first = ((centre - reach).floor().max(0.0) as u32).min(last_first);
            for (k, e) in exact.iter_mut().enumerate() {
                let at = f64::from(first) + k as f64 + 0.5;
                *e = lanczos((at - centre) / stretch);
            }
            taps.first.push(first);
            taps.push_whole(&exact);
        }
        taps
    }

    /// Adds a kernel in integers whose sum is exactly one, so that white stays white.
    fn push_whole(&mut self, exact: &[f64]) {
        let one = 1i32 << BITS;
        let sum: f64 = exact.iter().sum();
        let from = self.weights.len();
        self.weights
            .extend(exact.iter().map(|e| (e / sum * f64::from(one)).round() as i32));
        let new = &mut self.weights[from..];
        let missing = one - new.iter().sum::<i32>();
        if let Some(largest) = new.iter_mut().max_by_key(|w| **w) {
            *largest += missing;
        }
    }

    /// First source pixel of an output pixel.
    pub fn first(&self, index: u32) -> u32 {
        self.first[index as usize]
    }

    /// One past the last source pixel of an output pixel.
    pub fn end(&self, index: u32) -> u32 {
        self.first(index) + self.count as u32
    }

    /// Source pixels under a kernel.
    pub fn count(&self) -> usize {
        self.count
    }

    fn weights(&self, index: u32) -> &[i32] {
        let from = index as usize * self.count;
        &self.weights[from..from + self.count]
    }

    /// Whether it changes nothing.
    fn is_identity(&self, source_len: usize) -> bool {
        self.first.len() == source_len
            && (0..self.first.len() as u32).all(|i| {
                let own = (i - self.first(i)) as usize;
                self.weights(i)
                    .iter()
                    .enumerate()
                    .all(|(k, w)| *w == i32::from(k == own) << BITS)
            })
    }
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

fn settle(sum: i32) -> u16 {
    (sum.wrapping_add(1 << (BITS - 1)) >> BITS).clamp(0, 65_535) as u16
}

/// The pass across.
#[derive(Debug)]
pub struct Across {
    taps: Taps,
    identity: bool,
}

impl Across {
    /// For rows of `source` pixels.
    pub fn new(source: u32, taps: Taps) -> Self {
        let identity = taps.is_identity(source as usize);
        Across { taps, identity }
    }

    /// One row of `N` interleaved channels.
    pub fn row<const N: usize>(&self, source: &[u16], target: &mut [u16]) {
        if self.identity {
            target.copy_from_slice(source);
            return;
        }
        let kernels = self.taps.weights.chunks_exact(self.taps.count);
        for ((out, weights), first) in target.chunks_exact_mut(N).zip(kernels).zip(&self.taps.first) {
            let mut sums = [0i32; N];
            for (pixel, weight) in source[*first as usize * N..].chunks_exact(N).zip(weights) {
                for (sum, sample) in sums.iter_mut().zip(pixel) {
                    *sum = sum.wrapping_add(i32::from(*sample).wrapping_mul(*weight));
                }
            }
            for (o, sum) in out.iter_mut().zip(sums) {
                *o = settle(sum);
            }
        }
    }
}

/// The pass down: a ring of rows that went across.
#[derive(Debug)]
pub struct Down {
    pub taps: Taps,
    rows: Vec<Vec<u16>>,
    sums: Vec<i32>,
}

impl Down {
    /// For rows of `samples` samples.
    pub fn new(taps: Taps, samples: usize) -> Self {
        Down {
            rows: vec![vec![0; samples]; taps.count()],
            sums: vec![0; samples],
            taps,
        }
    }

    /// Where source row `y` goes; it takes the place of one that no later output row needs.
    pub fn slot(&mut self, y: u32) -> &mut [u16] {
        let place = y as usize % self.rows.len();
        &mut self.rows[place]
    }

    /// Output row `index`, once all its source rows are in.
    pub fn row(&mut self, index: u32, target: &mut [u16]) {
        let first = self.taps.first(index) as usize;
        let ring = self.rows.len();
        self.sums.fill(0);
        for (k, weight) in self.taps.weights(index).iter().enumerate() {
            if *weight == 0 {
                continue;
            }
            let row = &self.rows[(first + k) % ring];
            for (sum, sample) in self.sums.iter_mut().zip(row) {
                *sum = sum.wrapping_add(i32::from(*sample).wrapping_mul(*weight));
            }
        }
        for (out, sum) in target.iter_mut().zip(&self.sums) {
            *out = settle(*sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn across(source: &[u16], start: f64, window: f64, target: u32) -> Vec<u16> {
        let n = source.len() as u32;
        let mut out = vec![0; target as usize];
        Across::new(n, Taps::new(n, start, window, target)).row::<1>(source, &mut out);
        out
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let source: Vec<u16> = (0..50).map(|i| i * 1_300).collect();
        assert_eq!(across(&source, 0.0, 50.0, 50), source);
    }

    #[test]
    fn an_even_tone_stays_exactly_even_at_any_size() {
        for (n, m) in [(1u32, 9u32), (2, 7), (50, 49), (50, 3), (7, 1000), (1000, 7)] {
            for tone in [0u16, 1, 32_767, 65_535] {
                let out = across(&vec![tone; n as usize], 0.0, f64::from(n), m);
                assert!(out.iter().all(|s| *s == tone), "{n} to {m}: {out:?}");
            }
        }
    }

    #[test]
    fn a_ramp_stays_a_ramp_between_its_ends() {
        let source: Vec<u16> = (0..100).map(|i| i * 600).collect();
        let out = across(&source, 0.0, 100.0, 250);
        for (i, sample) in out.iter().enumerate().skip(15).take(220) {
            let exact = ((i as f64 + 0.5) * 0.4 - 0.5) * 600.0;
            assert!((f64::from(*sample) - exact).abs() < 12.0, "{i}: {sample} {exact}");
        }
    }

    #[test]
    fn down_is_across_turned() {
        let source: Vec<u16> = (0..40u32).map(|i| (i * i * 37 % 65_536) as u16).collect();
        let wide = across(&source, 3.0, 30.0, 17);
        let mut down = Down::new(Taps::new(40, 3.0, 30.0, 17), 1);
        let mut next = 0;
        let tall: Vec<u16> = (0..17)
            .map(|i| {
                while next < down.taps.end(i) {
                    down.slot(next)[0] = source[next as usize];
                    next += 1;
                }
                let mut out = [0];
                down.row(i, &mut out);
                out[0]
            })
            .collect();
        assert_eq!(wide, tall);
    }
}
