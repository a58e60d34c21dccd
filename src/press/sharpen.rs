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

    const STRENGTHS: [Strength; 3] = [Strength::Low, Strength::Standard, Strength::High];
    const SURFACES: [Surface; 2] = [Surface::Glossy, Surface::Matte];

    fn sharp(s: Sharpening, channels: usize, row: &[u16]) -> Vec<u16> {
        let mut out = vec![0; row.len()];
        s.row(channels, [row; 5], &mut Vec::new(), &mut out);
        out
    }

    /// An edge of three channels that differ by 1,000.
    fn edge() -> Vec<u16> {
        let side = |x| if x < 10 { 20_000 } else { 40_000 };
        (0..20)
            .flat_map(|x| [side(x), side(x) + 1_000, side(x) + 2_000])
            .collect()
    }

    #[test]
    fn an_even_tone_stays_as_it_is() {
        for (strength, surface) in STRENGTHS.into_iter().flat_map(|s| SURFACES.map(|p| (s, p))) {
            for dpi in [72, 150, 300, 600, 4_800] {
                let s = Sharpening::new(strength, surface, dpi);
                for (tone, channels) in [0u16, 1, 30_000, 65_535]
                    .into_iter()
                    .flat_map(|t| [1, 3, 4].map(|c| (t, c)))
                {
                    let row = vec![tone; 10 * channels];
                    assert_eq!(sharp(s, channels, &row), row, "{strength:?} {surface:?} {dpi}");
                }
            }
        }
    }

    #[test]
    fn an_edge_gets_steeper_and_keeps_its_hue() {
        let row = edge();
        for (strength, surface) in STRENGTHS.into_iter().flat_map(|s| SURFACES.map(|p| (s, p))) {
            let out = sharp(Sharpening::new(strength, surface, 300), 3, &row);
            assert!(out[9 * 3] < 20_000 && out[10 * 3] > 40_000, "{out:?}");
            for pixel in out.chunks_exact(3) {
                assert_eq!(pixel[1] - pixel[0], 1_000);
                assert_eq!(pixel[2] - pixel[1], 1_000);
            }
            // A blur of five dots reaches two of them.
            assert_eq!((&out[..8 * 3], &out[12 * 3..]), (&row[..8 * 3], &row[12 * 3..]));
        }
    }

    #[test]
    fn each_strength_is_more_than_the_one_before_and_matte_more_than_glossy() {
        let row = edge();
        let over = |strength, surface, dpi| {
            let out = sharp(Sharpening::new(strength, surface, dpi), 3, &row);
            i32::from(out[10 * 3]) - 40_000
        };
        for dpi in [150, 300, 600] {
            for surface in SURFACES {
                let [low, standard, high] = STRENGTHS.map(|s| over(s, surface, dpi));
                assert!(0 < low && low < standard && standard < high, "{low} {standard} {high}");
            }
            for strength in STRENGTHS {
                let [glossy, matte] = SURFACES.map(|p| over(strength, p, dpi));
                assert!(glossy < matte, "{strength:?}: {glossy} {matte}");
            }
        }
        // Finer dots: five of them span less of a blur.
        assert!(over(Strength::Standard, Surface::Glossy, 600) > over(Strength::Standard, Surface::Glossy, 300));
        // CMYK has no lightness in its numbers.
        let ink: Vec<u16> = (0..80).map(|i| i * 800).collect();
        assert_eq!(
            sharp(Sharpening::new(Strength::High, Surface::Matte, 600), 4, &ink),
            ink
        );
    }
}
