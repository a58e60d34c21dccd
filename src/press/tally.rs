//! What a print covers of its sheets: counted while bands are painted, from the values as they are sent.
//!
//! Every eighth row is looked at: of a page at 600 dpi that is a sample every third of a millimetre. Sums of integers, so
//! that the result does not depend on who painted what first.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::Coverage;

/// One row of so many is looked at.
const STRIDE: u32 = 8;
/// The lightness of the three values together, in thousandths (ITU-R BT.709's luma, which encoded values follow well
/// enough for an amount of ink).
const LUMA: [u64; 3] = [213, 715, 72];

/// See the head of the file.
#[derive(Debug, Default)]
pub struct Tally {
    /// Pixels looked at.
    dots: AtomicU64,
    /// Of them, those that are not bare paper.
    inked: AtomicU64,
    /// Sums of 255 less the value.
    dark: [AtomicU64; 3],
}

impl Tally {
    /// Whether a row of the sheet is looked at.
    pub fn wants(row: u32) -> bool {
        row.is_multiple_of(STRIDE)
    }

    /// Counts a painted row of pixels of `pixel_bytes` bytes in samples of `sample_bytes`; `paper` is a bare one.
    pub fn count(&self, row: &[u8], paper: &[u8], pixel_bytes: usize, sample_bytes: usize) {
        let bare = paper.get(..pixel_bytes).unwrap_or_default();
        let channels = pixel_bytes / sample_bytes.max(1);
        let (mut dark, mut inked, mut dots) = ([0u64; 3], 0u64, 0u64);
        for pixel in row.chunks_exact(pixel_bytes.max(1)) {
            dots += 1;
            if pixel == bare {
                continue;
            }
            inked += 1;
            // Of 16 bits the upper ones come first.
            let value = |channel: usize| u64::from(255 - pixel[channel * sample_bytes]);
            match channels {
                3 => (0..3).for_each(|c| dark[c] += value(c)),
                _ => dark.iter_mut().for_each(|sum| *sum += value(0)),
            }
        }
        self.dots.fetch_add(dots, Ordering::Relaxed);
        self.inked.fetch_add(inked, Ordering::Relaxed);
        for (sum, more) in self.dark.iter().zip(dark) {
            sum.fetch_add(more, Ordering::Relaxed);
        }
    }

    /// What was covered on average; `None` before any row was painted.
    pub fn coverage(&self) -> Option<Coverage> {
        let dots = self.dots.load(Ordering::Relaxed);
        let full = u64::from(Coverage::FULL);
        let part = |sum: u64, of: u64| u32::try_from(u128::from(sum) * u128::from(full) / u128::from(of)).ok();
        let all = dots.checked_mul(255).filter(|all| *all > 0)?;
        let [red, green, blue] = [0, 1, 2].map(|c| self.dark[c].load(Ordering::Relaxed));
        let light = red / 1000 * LUMA[0] + green / 1000 * LUMA[1] + blue / 1000 * LUMA[2];
        Some(Coverage {
            red: part(red, all)?,
            green: part(green, all)?,
            blue: part(blue, all)?,
            light: part(light, all)?,
            inked: part(self.inked.load(Ordering::Relaxed), dots)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_black_row_is_half_covered() {
        let tally = Tally::default();
        assert_eq!(tally.coverage(), None);
        let row: Vec<u8> = [[0u8; 3], [255; 3]].concat().repeat(100_000);
        tally.count(&row, &[255; 3], 3, 1);
        let half = Coverage::FULL / 2;
        let made = tally.coverage().unwrap();
        assert_eq!((made.red, made.green, made.blue, made.inked), (half, half, half, half));
        assert!(made.light.abs_diff(half) <= 1, "{made:?}");
    }

    #[test]
    fn colours_and_grey_of_8_and_16_bits() {
        let red = Tally::default();
        red.count(&[255, 0, 0].repeat(5_000), &[255; 3], 3, 1);
        let made = red.coverage().unwrap();
        assert_eq!((made.red, made.green, made.blue), (0, Coverage::FULL, Coverage::FULL));
        assert!(made.light.abs_diff(Coverage::FULL * 787 / 1000) < 40, "{made:?}");
        let gray = Tally::default();
        gray.count(&[0x33, 0x80].repeat(5_000), &[255; 2], 2, 2);
        let made = gray.coverage().unwrap();
        let expected = Coverage::FULL / 5 * 4;
        assert!(made.red == made.blue && made.red.abs_diff(expected) < 8, "{made:?}");
        assert!((0..16).filter(|row| Tally::wants(*row)).eq([0, 8]));
    }
}
