//! What becomes of a colour of 16 bits: a rounded byte, a dithered byte, or 16 bits.

use super::lanes::{Lanes, Node, bytes};

/// The last step of every kernel. It is asked pixel by pixel from the left to the right.
pub(super) trait Finish {
    /// What comes out, for each channel.
    type Sample: Copy;
    /// The samples of the next pixel.
    fn next(&mut self, colour: Node) -> [Self::Sample; 4];
    /// The same samples for that many pixels of this colour, if they all get the same; they count as asked for then.
    fn same(&mut self, colour: Node, count: usize) -> Option<[Self::Sample; 4]>;
}

/// To the nearest byte.
pub(super) struct Rounded;

impl Finish for Rounded {
    type Sample = u8;

    #[inline(always)]
    fn next(&mut self, colour: Node) -> [u8; 4] {
        bytes(colour, Lanes::all(128))
    }

    fn same(&mut self, colour: Node, _count: usize) -> Option<[u8; 4]> {
        Some(self.next(colour))
    }
}

/// As it is.
pub(super) struct Wide;

impl Finish for Wide {
    type Sample = u16;

    #[inline(always)]
    fn next(&mut self, colour: Node) -> [u16; 4] {
        colour.channels()
    }

    fn same(&mut self, colour: Node, _count: usize) -> Option<[u16; 4]> {
        Some(self.next(colour))
    }
}

/// To one of the two nearest bytes, as the place on the sheet says. The thresholds are those of the R2 sequence (M.
/// Roberts, "The Unreasonable Effectiveness of Quasirandom Sequences", 2018): every small area has nearly all of them,
/// evenly. Each channel has its own, so that they don't rise together.
pub(super) struct Dithered {
    phase: Lanes,
}

/// 1/p and 1/p² of 2^32, p the real root of x³ = x + 1 (1.324717957...).
const ALONG: u32 = 3_242_174_889;
const DOWN: u32 = 2_447_445_414;
/// Where each channel begins: thirds for three channels, and a fourth between them.
const CHANNEL: [u32; 4] = [0, 0x5555_5555, 0xaaaa_aaaa, 0x2aaa_aaaa];

impl Dithered {
    /// Begins at a pixel of the sheet.
    pub(super) fn at(x: u32, y: u32) -> Dithered {
        let start = x.wrapping_mul(ALONG).wrapping_add(y.wrapping_mul(DOWN));
        Dithered {
            phase: Lanes::new(CHANNEL.map(|c| start.wrapping_add(c).cast_signed())),
        }
    }
}

impl Finish for Dithered {
    type Sample = u8;

    #[inline(always)]
    fn next(&mut self, colour: Node) -> [u8; 4] {
        let threshold = self.phase.upper();
        self.phase = self.phase.add(Lanes::all(ALONG.cast_signed()));
        // 0 to 65535 becomes 0 to 256: times 257, then the upper half.
        bytes(colour, threshold.add(threshold.raised()).upper())
    }

    fn same(&mut self, colour: Node, count: usize) -> Option<[u8; 4]> {
        // Whole bytes stay what they are under every threshold.
        let whole = colour.channels().iter().all(|v| v % 257 == 0);
        whole.then(|| {
            let samples = self.next(colour);
            let rest = ALONG.wrapping_mul((count as u32).wrapping_sub(1));
            self.phase = self.phase.add(Lanes::all(rest.cast_signed()));
            samples
        })
    }
}
