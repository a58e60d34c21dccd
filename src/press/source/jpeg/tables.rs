//! Quantisation and Huffman tables (ITU-T T.81, B.2.4 and annex C).

use super::broken;
use crate::press::PressError;

/// Bits that the short table looks at.
pub const SHORT: u32 = 10;

/// Most Huffman tables of a file: eight for each of a hundred scans, and some.
const MOST: usize = 1_000;

/// Zig-zag order (T.81, figure A.6) as places in a block of eight rows of eight. What a broken run reaches beyond 63
/// lands in the last place; the block is refused then.
pub const ZIGZAG: [u8; 128] = {
    let mut order = [63u8; 128];
    let (mut x, mut y, mut k) = (0u8, 0u8, 0);
    while k < 64 {
        order[k] = y * 8 + x;
        // Even diagonals go up and to the right, odd ones down and to the left.
        if (x + y).is_multiple_of(2) {
            if x == 7 {
                y += 1;
            } else if y == 0 {
                x += 1;
            } else {
                x += 1;
                y -= 1;
            }
        } else if y == 7 {
            x += 1;
        } else if x == 0 {
            y += 1;
        } else {
            x -= 1;
            y += 1;
        }
        k += 1;
    }
    order
};

/// A Huffman table made for looking up.
#[derive(Debug, Clone)]
pub struct Huffman {
    short: Box<[Entry; 1 << SHORT]>,
    /// For each length: the first code that is too large, left-aligned in 16 bits, and what to add for its symbol.
    ends: [(u32, i32); 17],
    symbols: Box<[u8; 256]>,
}

/// What a code means, packed so that the numbers that shift bits lie where a shift takes them from. 0 is no code, or one
/// that is longer than [`SHORT`] bits.
///
/// From the lowest bit: bits of code and value together (6, from 0), bits of the code (5, from 8), places that an AC
/// coefficient moves on in the block (5, from 16; 0 for the end of the block and for a run of sixteen zeros), the
/// symbol's run (4, from 21), and 64 less the bits of the value (6, from 26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry(u32);

impl Entry {
    pub const NONE: Entry = Entry(0);

    fn new(length: u32, symbol: u8) -> Entry {
        let size = u32::from(symbol & 15);
        let run = u32::from(symbol >> 4);
        let moves = if size == 0 { 0 } else { run + 1 };
        Entry((length + size) | length << 8 | moves << 16 | run << 21 | ((64 - size) & 63) << 26)
    }

    /// Bits of code and value.
    #[inline(always)]
    pub fn all(self) -> u32 {
        self.0 & 63
    }

    /// Bits of the code.
    #[inline(always)]
    pub fn code(self) -> u32 {
        self.0 >> 8 & 31
    }

    /// Places that it moves on, where it has a value.
    #[inline(always)]
    pub fn moves(self) -> usize {
        (self.0 >> 16 & 31) as usize
    }

    /// The symbol's upper half.
    #[inline(always)]
    pub fn run(self) -> u32 {
        self.0 >> 21 & 15
    }

    /// The symbol's lower half: bits of the value.
    #[inline(always)]
    pub fn size(self) -> u32 {
        (64 - (self.0 >> 26)) & 63
    }

    /// The value behind the code at the top of `top`; the entry must have one. A value whose first bit is 0 is negative
    /// and has all its bits turned over (T.81, F.2.2.1, EXTEND).
    #[inline(always)]
    pub fn value(self, top: u64) -> i16 {
        let bits = top << (self.0 >> 8 & 63);
        let negative = !((bits as i64) >> 63) as u64;
        let size = (bits ^ negative) >> (self.0 >> 26 & 63);
        ((size ^ negative) as i16).wrapping_sub(negative as i16)
    }
}

impl Huffman {
    /// Builds a table of its 16 counts and its symbols (T.81, C.2).
    pub fn new(counts: &[u8; 16], given: &[u8]) -> Result<Huffman, PressError> {
        let wrong = || broken("a Huffman table makes no sense");
        let mut symbols = Box::new([0u8; 256]);
        symbols.get_mut(..given.len()).ok_or_else(wrong)?.copy_from_slice(given);
        let mut short = Box::new([Entry::NONE; 1 << SHORT]);
        let mut ends = [(0u32, 0i32); 17];
        let (mut code, mut next) = (0u32, 0usize);
        for (length, count) in (1u32..).zip(counts) {
            let first = code;
            for _ in 0..*count {
                let symbol = *given.get(next).ok_or_else(wrong)?;
                if code >= 1 << length {
                    return Err(wrong());
                }
                if length <= SHORT {
                    let from = (code << (SHORT - length)) as usize;
                    let span = 1usize << (SHORT - length);
                    short[from..from + span].fill(Entry::new(length, symbol));
                }
                code += 1;
                next += 1;
            }
            ends[length as usize] = (
                code << (16 - length),
                next as i32 - usize::from(*count) as i32 - first as i32,
            );
            code <<= 1;
        }
        Ok(Huffman { short, ends, symbols })
    }

    /// The entry for the code that the topmost bits begin with.
    #[inline(always)]
    pub fn entry(&self, bits: u64) -> Entry {
        self.short[(bits >> (64 - SHORT)) as usize]
    }

    /// The entry for a code that is longer than the short table is deep.
    #[cold]
    #[inline(never)]
    pub fn long(&self, bits: u64) -> Entry {
        let top = (bits >> 48) as u32;
        for length in SHORT + 1..=16 {
            let (end, offset) = self.ends[length as usize];
            if top < end {
                let place = (top >> (16 - length)) as i32 + offset;
                let symbol = self.symbols[place.clamp(0, 255) as usize];
                return Entry::new(length, symbol);
            }
        }
        Entry::NONE
    }
}

/// All tables, as they stand at a place in the file.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// In block order, not zig-zag.
    pub quant: [Option<[u16; 64]>; 4],
    pub dc: [Option<Huffman>; 4],
    pub ac: [Option<Huffman>; 4],
    /// MCUs between restart markers; 0 for none.
    pub restart: usize,
    /// A conditioning table was seen.
    pub arithmetic: bool,
    /// Huffman tables seen.
    seen: usize,
}

impl Tables {
    /// Reads a DHT segment.
    pub fn huffman(&mut self, mut segment: &[u8]) -> Result<(), PressError> {
        let wrong = || broken("a Huffman table is cut");
        while let Some((kind, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(wrong)?;
            let total: usize = counts.iter().map(|n| usize::from(*n)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or_else(wrong)?;
            self.seen += 1;
            if self.seen > MOST {
                return Err(broken(format!("it has more than {MOST} Huffman tables")));
            }
            let table = Some(Huffman::new(counts, symbols)?);
            match (kind >> 4, usize::from(kind & 15)) {
                (0, place @ 0..=3) => self.dc[place] = table,
                (1, place @ 0..=3) => self.ac[place] = table,
                _ => return Err(broken("a Huffman table has no place")),
            }
            segment = rest;
        }
        Ok(())
    }

    /// Reads a DQT segment.
    pub fn quantisation(&mut self, mut segment: &[u8]) -> Result<(), PressError> {
        let wrong = || broken("a quantisation table is cut");
        while let Some((kind, mut rest)) = segment.split_first() {
            let place = self
                .quant
                .get_mut(usize::from(kind & 15))
                .ok_or_else(|| broken("a quantisation table has no place"))?;
            let mut table = [0u16; 64];
            for k in ZIGZAG.iter().take(64) {
                let value = if kind >> 4 == 0 {
                    let (byte, after) = rest.split_first().ok_or_else(wrong)?;
                    rest = after;
                    u16::from(*byte)
                } else {
                    let (two, after) = rest.split_first_chunk::<2>().ok_or_else(wrong)?;
                    rest = after;
                    u16::from_be_bytes(*two)
                };
                table[usize::from(*k)] = value;
            }
            *place = Some(table);
            segment = rest;
        }
        Ok(())
    }
}
