//! What becomes of a colour of 16 bits: a rounded byte, a dithered byte, or 16 bits.

use super::blocks::BLOCK;
use super::lanes::Node;

/// The last step of every kernel. It is asked block by block from the left to the right.
pub(super) trait Finish {
    /// What comes out, for each channel.
    type Sample: Copy + Default;
    /// The samples of the next pixels.
    fn block<const OUT: usize>(&mut self, colours: &[Node; BLOCK], to: &mut [[Self::Sample; OUT]; BLOCK]);
    /// Whether this colour becomes the same everywhere.
    fn is_settled(&self, colour: Node) -> bool;
    /// The next block was asked for elsewhere: it is the one before, of one settled colour.
    fn pass(&mut self);
}

/// A byte after noise was added: 128 rounds to nearest, 0 rounds down, 256 up. 65535 is 255 times 257, so that the
/// division is by 257, and what is a whole byte stays so with every noise. For 0 to 65791 this is exactly the division.
#[inline(always)]
pub(super) fn byte(value: u16, noise: u32) -> u8 {
    let sum = u32::from(value).wrapping_add(noise);
    (sum.wrapping_sub(sum >> 8) >> 8) as u8
}

/// To the nearest byte.
pub(super) struct Rounded;

impl Finish for Rounded {
    type Sample = u8;

    fn is_settled(&self, _: Node) -> bool {
        true
    }

    fn pass(&mut self) {}

    #[inline(always)]
    fn block<const OUT: usize>(&mut self, colours: &[Node; BLOCK], to: &mut [[u8; OUT]; BLOCK]) {
        for (to, colour) in to.iter_mut().zip(colours) {
            for (c, to) in to.iter_mut().enumerate() {
                *to = byte(colour.channel(c), 128);
            }
        }
    }
}

/// As it is.
pub(super) struct Wide;

impl Finish for Wide {
    type Sample = u16;

    fn is_settled(&self, _: Node) -> bool {
        true
    }

    fn pass(&mut self) {}

    #[inline(always)]
    fn block<const OUT: usize>(&mut self, colours: &[Node; BLOCK], to: &mut [[u16; OUT]; BLOCK]) {
        for (to, from) in to.iter_mut().zip(colours) {
            for (c, to) in to.iter_mut().enumerate() {
                *to = from.channel(c);
            }
        }
    }
}

/// To one of the two nearest bytes, as the place on the sheet says. The thresholds are those of the R2 sequence (M.
/// Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018): every small area has nearly all of them,
/// evenly. Each channel has its own, so that they don't rise together.
pub(super) struct Dithered {
    phase: u32,
}

/// 1/p and 1/p² of 2^32, p the real root of x³ = x + 1 (1.324717957...).
const ALONG: u32 = 3_242_174_889;
const DOWN: u32 = 2_447_445_414;
/// Where each channel begins: thirds for three channels, and a fourth between them.
const CHANNEL: [u32; 4] = [0, 0x5555_5555, 0xaaaa_aaaa, 0x2aaa_aaaa];

impl Dithered {
    /// Begins at a pixel of the sheet.
    pub(super) fn at(x: u32, y: u32) -> Dithered {
        Dithered {
            phase: x.wrapping_mul(ALONG).wrapping_add(y.wrapping_mul(DOWN)),
        }
    }
}

impl Finish for Dithered {
    type Sample = u8;

    /// Whole bytes stay what they are under every threshold.
    fn is_settled(&self, colour: Node) -> bool {
        (0..4).all(|c| colour.channel(c).is_multiple_of(257))
    }

    fn pass(&mut self) {
        self.phase = self.phase.wrapping_add((BLOCK as u32).wrapping_mul(ALONG));
    }

    #[inline(always)]
    fn block<const OUT: usize>(&mut self, colours: &[Node; BLOCK], to: &mut [[u8; OUT]; BLOCK]) {
        for c in 0..OUT {
            let mut bytes = [0; BLOCK];
            for (i, out) in bytes.iter_mut().enumerate() {
                let place = (i as u32).wrapping_mul(ALONG).wrapping_add(CHANNEL[c]);
                let threshold = self.phase.wrapping_add(place) >> 16;
                // 0 to 65535 becomes 0 to 256: times 257, then the upper half.
                let noise = threshold.wrapping_add(threshold << 8) >> 16;
                *out = byte(colours[i].channel(c), noise);
            }
            for (to, byte) in to.iter_mut().zip(bytes) {
                to[c] = byte;
            }
        }
        self.pass();
    }
}
