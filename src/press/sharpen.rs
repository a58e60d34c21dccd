//! Output sharpening: what a print needs because ink spreads, at the size at which it is printed.
//!
//! A blurred lightness (5 × 5 binomial) is taken from the lightness, and what is left is added to all three channels,
//! so that no hue moves. Integers, on 16-bit samples in the picture's own colours, before the colour link.

use fearless_simd::{Simd, dispatch};

use crate::simd::level;

/// How much, and for which surface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sharpening {
    /// Added part of the detail, in 1/256.
    amount: i32,
}

/// Three strengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Strength {
    /// For pictures that were sharpened already.
    Low,
    /// For most.
    Standard,
    /// For soft pictures.
    High,
}

/// The paper's surface: ink spreads more on matte paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Surface {
    /// Coated, glossy to satin.
    Glossy,
    /// Matte and fine-art papers.
    Matte,
}

impl Sharpening {
    /// For a strength on a surface at a resolution in dots per inch. The finer the dots, the less of a blur five dots
    /// span, and the more of it is added.
    pub fn new(strength: Strength, surface: Surface, dpi: u32) -> Sharpening {
        let base = match strength {
            Strength::Low => 64,
            Strength::Standard => 112,
            Strength::High => 176,
        };
        let surface = match surface {
            Surface::Glossy => 256,
            Surface::Matte => 384,
        };
        let fineness = (dpi.clamp(150, 720) * 256 / 300) as i32;
        Sharpening {
            amount: base * surface / 256 * fineness / 256,
        }
    }

    /// The middle one of five rows of `channels` (1, 3 or 4) samples. CMYK stays as it is: its lightness is not in
    /// its numbers.
    pub fn row(&self, channels: usize, rows: [&[u16]; 5], pad: &mut Vec<i32>, out: &mut [u16]) {
        match channels {
            1 => dispatch!(level(), simd => row::<_, 1>(simd, self.amount, rows, pad, out)),
            3 => dispatch!(level(), simd => row::<_, 3>(simd, self.amount, rows, pad, out)),
            _ => out.copy_from_slice(rows[2]),
        }
    }
}

#[inline(always)]
fn light<const N: usize>(pixel: &[u16; N]) -> i32 {
    if N == 3 {
        (i32::from(pixel[0]) + 2 * i32::from(pixel[1]) + i32::from(pixel[2])) >> 2
    } else {
        i32::from(pixel[0])
    }
}

#[inline(always)]
fn row<S: Simd, const N: usize>(_: S, amount: i32, rows: [&[u16]; 5], pad: &mut Vec<i32>, out: &mut [u16]) {
    let [a, b, c, d, e] = rows.map(|r| r.as_chunks::<N>().0);
    let (out, _) = out.as_chunks_mut::<N>();
    let n = [a.len(), b.len(), c.len(), d.len(), e.len()]
        .into_iter()
        .fold(out.len(), usize::min);
    // Two on each side, so that the ends have neighbours: themselves.
    pad.clear();
    pad.resize(n + 4, 0);
    for (i, sum) in pad[2..n + 2].iter_mut().enumerate() {
        let near = light(&b[i]).wrapping_add(light(&d[i])).wrapping_mul(4);
        let far = light(&a[i]).wrapping_add(light(&e[i]));
        *sum = near.wrapping_add(far).wrapping_add(light(&c[i]).wrapping_mul(6)) >> 4;
    }
    if n == 0 {
        return;
    }
    let (first, last) = (pad[2], pad[n + 1]);
    pad[..2].fill(first);
    pad[n + 2..].fill(last);
    for i in 0..n {
        let w = &pad[i..i + 5];
        let near = w[1].wrapping_add(w[3]).wrapping_mul(4);
        let blurred = w[0]
            .wrapping_add(w[4])
            .wrapping_add(near)
            .wrapping_add(w[2].wrapping_mul(6))
            >> 4;
        // At most 2^16 × 2^11 / 2^8.
        let detail = light(&c[i]).wrapping_sub(blurred).wrapping_mul(amount) >> 8;
        for k in 0..N {
            out[i][k] = i32::from(c[i][k]).wrapping_add(detail).clamp(0, 65_535) as u16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sharp(rows: [Vec<u16>; 5]) -> Vec<u16> {
        let mut out = vec![0; rows[2].len()];
        let s = Sharpening::new(Strength::High, Surface::Matte, 600);
        s.row(
            3,
            [&rows[0], &rows[1], &rows[2], &rows[3], &rows[4]],
            &mut Vec::new(),
            &mut out,
        );
        out
    }

    #[test]
    fn an_even_tone_stays_as_it_is() {
        for tone in [0u16, 1, 30_000, 65_535] {
            let row = vec![tone; 30];
            let out = sharp(std::array::from_fn(|_| row.clone()));
            assert_eq!(out, row);
        }
    }

    #[test]
    fn an_edge_gets_steeper_and_keeps_its_hue() {
        let row: Vec<u16> = (0..20)
            .flat_map(|x| {
                if x < 10 {
                    [20_000, 21_000, 22_000]
                } else {
                    [40_000, 41_000, 42_000]
                }
            })
            .collect();
        let out = sharp(std::array::from_fn(|_| row.clone()));
        assert!(out[9 * 3] < 20_000 && out[10 * 3] > 40_000, "{out:?}");
        for pixel in out.chunks_exact(3) {
            assert_eq!(pixel[1] - pixel[0], 1_000);
            assert_eq!(pixel[2] - pixel[1], 1_000);
        }
        assert_eq!(out[..9], row[..9]);
    }
}
