//! Entropy-coded bytes: a window over the file, and the bits in it.
//!
//! A byte of 0xff in the data is followed by a stuffed zero (ITU-T T.81, F.1.2.3); followed by anything else it begins a
//! marker, and the data end before it. Past that end the bits are zeros that are counted: who uses them is refused.

use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::FileExt;

use crate::press::PressError;

/// Bytes of the window.
const WINDOW: usize = 64 << 10;
/// Bytes that lie ready before an MCU is decoded, unless the file ends: ten blocks of 64 coefficients of 31 bits, each
/// byte stuffed, and one word.
pub const AHEAD: usize = 6 << 10;

/// A window over the file.
pub struct Feed {
    file: File,
    window: Box<[u8]>,
    /// Bytes of it that are filled.
    filled: usize,
    /// The file's place of the window's first byte.
    at: u64,
    /// The file ends where the window does.
    whole: bool,
    /// Nothing behind the window is wanted.
    ended: bool,
}

/// Bits taken from a window: they lie at the top.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bits {
    /// What comes next, from the topmost bit. Below `have` bits there may be more of the same data.
    top: u64,
    /// How many are there.
    have: u32,
    /// How many of these are no data: the data have ended.
    over: u32,
    /// The window's next byte.
    pub next: usize,
}

/// A place between two bits of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place(u64);

/// Whether one of eight bytes is 0xff.
#[inline(always)]
pub fn has_ff(word: u64) -> bool {
    // A byte of the complement is zero; the usual test for that.
    (!word).wrapping_sub(0x0101_0101_0101_0101) & word & 0x8080_8080_8080_8080 != 0
}

impl Bits {
    /// Makes at least 32 bits ready.
    #[inline(always)]
    pub fn refill(&mut self, window: &[u8]) {
        if self.have < 32 {
            if let Some(eight) = window.get(self.next..).and_then(|w| w.first_chunk::<8>()) {
                let word = u64::from_be_bytes(*eight);
                if !has_ff(word) {
                    self.top |= word >> self.have;
                    let bytes = (63 - self.have) >> 3;
                    self.next += bytes as usize;
                    self.have += bytes * 8;
                    return;
                }
            }
            *self = self.slowly(window);
        }
    }

    /// The same, byte by byte.
    #[cold]
    #[inline(never)]
    fn slowly(mut self, window: &[u8]) -> Bits {
        // Bits below `have` may be there already; they are set anew.
        self.top &= !(u64::MAX >> self.have);
        while self.have <= 56 {
            let (byte, bytes) = match window.get(self.next..) {
                Some([0xff, 0, ..]) => (0xff, 2),
                Some([0xff, ..]) | Some([]) | None => (0, 0),
                Some([byte, ..]) => (*byte, 1),
            };
            if bytes == 0 {
                self.over = (self.over + 8).min(1 << 20);
            }
            self.top |= u64::from(byte) << (56 - self.have);
            self.have += 8;
            self.next += bytes;
        }
        self
    }

    /// The bits that come next, at the top: 32 or more after a refill.
    #[inline(always)]
    pub fn top(&self) -> u64 {
        self.top
    }

    /// Goes on by `count` bits, at most 32 after a refill.
    #[inline(always)]
    pub fn skip(&mut self, count: u32) {
        self.top <<= count & 63;
        self.have = self.have.wrapping_sub(count);
    }

    /// The next `count` bits, at most 16, as a number.
    #[inline(always)]
    pub fn take(&mut self, window: &[u8], count: u32) -> u32 {
        self.refill(window);
        let value = ((self.top >> 1) >> (63 - count)) as u32;
        self.skip(count);
        value
    }

    /// Whether more bits were used than there were.
    #[inline(always)]
    pub fn spent(&self) -> bool {
        self.over > self.have
    }

    /// Drops what is left of the data before a marker.
    pub fn drop_all(&mut self) {
        (self.top, self.have, self.over) = (0, 0, 0);
    }
}

impl Feed {
    pub fn new(file: File) -> Self {
        Feed {
            file,
            window: vec![0; WINDOW].into_boxed_slice(),
            filled: 0,
            at: 0,
            whole: false,
            ended: false,
        }
    }

    /// The bytes at hand.
    #[inline(always)]
    pub fn window(&self) -> &[u8] {
        &self.window[..self.filled]
    }

    /// Sees to it that [`AHEAD`] bytes lie ready, unless the file ends.
    #[inline(always)]
    pub fn ready(&mut self, bits: &mut Bits) -> Result<(), PressError> {
        if self.filled - bits.next < AHEAD && !self.ended {
            self.shift(bits)?;
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn shift(&mut self, bits: &mut Bits) -> Result<(), PressError> {
        self.window.copy_within(bits.next..self.filled, 0);
        self.filled -= bits.next;
        self.at += bits.next as u64;
        bits.next = 0;
        self.fill(WINDOW)
    }

    /// Reads until `wanted` bytes are in the window.
    fn fill(&mut self, wanted: usize) -> Result<(), PressError> {
        while self.filled < wanted.min(WINDOW) {
            let place = self.at + self.filled as u64;
            match self
                .file
                .read_at(&mut self.window[self.filled..wanted.min(WINDOW)], place)
            {
                Ok(0) => {
                    (self.whole, self.ended) = (true, true);
                    return Ok(());
                }
                Ok(bytes) => self.filled += bytes,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(PressError::Io(error)),
            }
        }
        Ok(())
    }

    /// Goes to a byte of the file, where at most `wanted` bytes will be used.
    pub fn seek(&mut self, byte: u64, wanted: usize) -> Result<Bits, PressError> {
        let end = self.at + self.filled as u64;
        let need = wanted.min(WINDOW);
        let here = byte >= self.at && (byte.saturating_add(need as u64) <= end || self.whole && byte <= end);
        if !here {
            (self.at, self.filled, self.whole) = (byte, 0, false);
            self.fill(need)?;
        }
        self.ended = self.whole || wanted <= WINDOW;
        Ok(Bits {
            next: (byte - self.at) as usize,
            ..Bits::default()
        })
    }

    /// The file's place of the window's next byte: all bits taken come before it.
    pub fn offset(&self, bits: &Bits) -> u64 {
        self.at + bits.next as u64
    }

    /// Where `bits` stand in the file. None when more bits were used than there are.
    pub fn place(&self, bits: &Bits) -> Option<Place> {
        let real = bits.have.checked_sub(bits.over)?;
        let odd = real % 8;
        let value = (bits.top >> 56) >> (8 - odd);
        let whole = bits.top.checked_shl(odd).unwrap_or(0);
        let bytes = (real / 8) as usize;
        let stuffed = whole.to_be_bytes().iter().take(bytes).filter(|b| **b == 0xff).count();
        let byte = (self.at + bits.next as u64).checked_sub((bytes + stuffed) as u64)?;
        // 48 bits are 256 TiB.
        Some(Place(byte << 16 | u64::from(odd) << 8 | value))
    }

    /// Goes to such a place, where at most `wanted` bytes will be used.
    pub fn go(&mut self, place: Place, wanted: usize) -> Result<Bits, PressError> {
        let odd = (place.0 >> 8) as u32 & 7;
        let mut bits = self.seek(place.byte(), wanted)?;
        bits.have = odd;
        bits.top = (place.0 & 0xff).checked_shl(64 - odd).unwrap_or(0);
        Ok(bits)
    }

    /// Goes over a restart marker of this number (0 to 7). False when another thing stands there.
    pub fn restart(&mut self, bits: &mut Bits, number: u8) -> Result<bool, PressError> {
        bits.drop_all();
        self.ready(bits)?;
        let rest = self.window.get(bits.next..self.filled).unwrap_or_default();
        // Bytes that the last interval did not need do no harm.
        let Some(place) = rest
            .windows(2)
            .position(|two| two[0] == 0xff && two[1] != 0 && two[1] != 0xff)
        else {
            return Ok(false);
        };
        bits.next += place + 2;
        Ok(rest[place + 1] == 0xd0 | (number & 7))
    }
}

impl Place {
    /// The byte of the file at or before which nothing more is needed.
    pub fn byte(self) -> u64 {
        self.0 >> 16
    }
}
