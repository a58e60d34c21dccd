//! Huffman decoding of sequential blocks (ITU-T T.81, F.2.2), and of a scan of them.

use std::fs::File;
use std::sync::Arc;

use super::bits::{Bits, Feed, Place};
use super::broken;
use super::idct::Block;
use super::planes::Planes;
use super::setup::Setup;
use super::tables::{Entry, Huffman, ZIGZAG};
use crate::press::PressError;

/// The bits below the code at the top of `top`, as the signed number that they stand for (T.81, F.2.2.1, EXTEND).
#[inline(always)]
pub fn signed(top: u64, code: u32, size: u32) -> i32 {
    let bits = top << (code & 63);
    // All ones where the topmost bit is 0: the number is negative.
    let negative = !((bits as i64) >> 63) as i32;
    let value = ((bits >> 1) >> ((63 - size) & 63)) as i32;
    value.wrapping_add(negative & (-1i32).wrapping_shl(size).wrapping_add(1))
}

/// Decodes a block's coefficients, not yet dequantised, into `block`. Without `KEEP` they are only gone over.
///
/// Gives the place in zig-zag order after the last one that is not zero, or more than 64 where the data are broken.
#[inline(always)]
pub fn block<const KEEP: bool>(
    window: &[u8],
    bits: &mut Bits,
    dc: &Huffman,
    ac: &Huffman,
    before: &mut i16,
    block: &mut Block,
) -> usize {
    const BROKEN: usize = 65;
    bits.refill(window);
    let mut entry = dc.entry(bits.top());
    if entry == Entry::NONE {
        entry = dc.long(bits.top());
        if entry == Entry::NONE {
            return BROKEN;
        }
    }
    let value = signed(bits.top(), entry.code(), entry.size());
    *before = before.wrapping_add(value as i16);
    bits.skip(entry.all());
    if KEEP {
        block[0] = *before;
    }
    let mut k = 1;
    loop {
        bits.refill(window);
        let top = bits.top();
        let mut entry = ac.entry(top);
        if entry.moves() == 0 {
            if entry == Entry::NONE {
                entry = ac.long(top);
                if entry == Entry::NONE {
                    return BROKEN;
                }
            }
            if entry.size() == 0 {
                bits.skip(entry.all());
                // Sixteen zeros (ZRL), or the end of the block.
                if entry.run() != 15 {
                    return k;
                }
                k = k.wrapping_add(16);
                if k >= 64 {
                    return k;
                }
                continue;
            }
        }
        k = k.wrapping_add(entry.moves());
        if KEEP {
            block[usize::from(ZIGZAG[k.wrapping_sub(1) & 127]) & 63] = entry.value(top);
        }
        bits.skip(entry.all());
        if k >= 64 {
            return k;
        }
    }
}

/// A place between two MCUs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mark {
    pub place: Place,
    /// The last DC values of the components.
    before: [i16; 4],
}

/// A scan of a sequential picture, all components interleaved.
pub struct Scan {
    setup: Arc<Setup>,
    feed: Feed,
    bits: Bits,
    before: [i16; 4],
    /// The next MCU.
    mcu: usize,
    /// A restart marker lies before it.
    due: bool,
}

impl Scan {
    pub fn new(setup: Arc<Setup>, file: File) -> Result<Scan, PressError> {
        let mut scan = Scan {
            feed: Feed::new(file),
            setup,
            bits: Bits::default(),
            before: [0; 4],
            mcu: 0,
            due: false,
        };
        scan.rewind()?;
        Ok(scan)
    }

    /// Back to the first MCU.
    pub fn rewind(&mut self) -> Result<(), PressError> {
        self.bits = self.feed.seek(self.setup.data, usize::MAX)?;
        (self.before, self.mcu, self.due) = ([0; 4], 0, false);
        Ok(())
    }

    /// The next MCU's number.
    pub fn mcu(&self) -> usize {
        self.mcu
    }

    /// The place before the next MCU.
    pub fn mark(&mut self) -> Result<Mark, PressError> {
        self.settle()?;
        let place = self.feed.place(&self.bits).ok_or_else(early)?;
        Ok(Mark {
            place,
            before: self.before,
        })
    }

    /// Goes to a marked place, which lies before `mcu`; about `wanted` bytes will be used there.
    pub fn go(&mut self, mark: Mark, mcu: usize, wanted: usize) -> Result<(), PressError> {
        self.bits = self.feed.go(mark.place, wanted)?;
        (self.before, self.mcu, self.due) = (mark.before, mcu, false);
        Ok(())
    }

    /// Goes over the restart marker that is due (T.81, F.2.2.5).
    fn settle(&mut self) -> Result<(), PressError> {
        if !self.due {
            return Ok(());
        }
        if self.bits.spent() {
            return Err(early());
        }
        let number = (self.mcu / self.setup.restart).wrapping_sub(1) as u8;
        if !self.feed.restart(&mut self.bits, number)? {
            return Err(broken("a restart marker is missing"));
        }
        (self.before, self.due) = ([0; 4], false);
        Ok(())
    }

    /// Goes over `count` MCUs.
    pub fn pass(&mut self, count: usize) -> Result<(), PressError> {
        self.each(count, |setup, window, bits, before, _| {
            let mut unused = [0; 64];
            let mut sound = true;
            for part in &setup.parts {
                let last = block::<false>(
                    window,
                    bits,
                    &part.dc,
                    &part.ac,
                    &mut before[part.component],
                    &mut unused,
                );
                sound &= last <= 64;
            }
            sound
        })
    }

    /// Decodes `count` MCUs of one row of them into `planes`, which hold them.
    pub fn draw(&mut self, count: usize, planes: &mut Planes) -> Result<(), PressError> {
        let across = self.setup.frame.mcus.0;
        let (first, y) = (self.mcu % across, self.mcu / across);
        self.each(count, |setup, window, bits, before, done| {
            let x = first + done;
            let mut sound = true;
            for part in &setup.parts {
                let mut coefficients: Block = [0; 64];
                let last = block::<true>(
                    window,
                    bits,
                    &part.dc,
                    &part.ac,
                    &mut before[part.component],
                    &mut coefficients,
                );
                sound &= last <= 64;
                let place = (x * part.h + part.x, y * part.v + part.y);
                planes.put(part.component, place, &coefficients, &part.quant, last);
            }
            sound
        })
    }

    #[inline(always)]
    fn each(
        &mut self,
        count: usize,
        mut one: impl FnMut(&Setup, &[u8], &mut Bits, &mut [i16; 4], usize) -> bool,
    ) -> Result<(), PressError> {
        let setup = Arc::clone(&self.setup);
        for done in 0..count {
            self.settle()?;
            self.feed.ready(&mut self.bits)?;
            let mut bits = self.bits;
            let sound = one(&setup, self.feed.window(), &mut bits, &mut self.before, done);
            self.bits = bits;
            if !sound {
                return Err(broken("its compressed data make no sense"));
            }
            self.mcu += 1;
            self.due = setup.restart != 0 && self.mcu.is_multiple_of(setup.restart);
        }
        if self.bits.spent() {
            return Err(early());
        }
        Ok(())
    }
}

/// The compressed data are used up before the picture is whole.
pub fn early() -> PressError {
    broken("its compressed data end early")
}
