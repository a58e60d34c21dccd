//! Pictures in several scans: progressive ones (ITU-T T.81, annex G), and sequential ones whose components come one
//! after the other. All scans are decoded into a [`Store`] of coefficients; rows are made of that.

use std::fs::File;

use super::bits::{Bits, Feed};
use super::broken;
use super::entropy::{self, early};
use super::frame::{Frame, MCU_BLOCKS, Process};
use super::idct::Block;
use super::planes::Planes;
use super::segments::{Reader, ScanHead, Segments};
use super::store::Store;
use super::tables::{Entry, Huffman, Tables, ZIGZAG};
use crate::press::{PressError, PressLimits};

/// Most scans of one component. Fourteen bits of DC and a few bands of AC are far fewer in practice, and each scan costs
/// a pass over all blocks, however few bytes it has.
const VISITS: usize = 32;

/// All coefficients of a picture, and what they are to be multiplied by.
pub struct Coefficients {
    store: Store,
    quant: Vec<[u16; 64]>,
    frame: Frame,
    row: Vec<Block>,
}

/// What passes from block to block of a scan.
#[derive(Default)]
struct State {
    bits: Bits,
    before: [i16; 4],
    /// Blocks that the running end-of-band still covers (G.1.2.2).
    run: u32,
}

/// A component's part in a scan.
struct Part<'a> {
    component: usize,
    dc: Option<&'a Huffman>,
    ac: Option<&'a Huffman>,
}

/// What a scan does to a block.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Whole,
    DcFirst { shift: u32 },
    DcMore { shift: u32 },
    AcFirst { first: usize, last: usize, shift: u32 },
    AcMore { first: usize, last: usize, shift: u32 },
}

impl Kind {
    fn of(scan: &ScanHead, process: Process) -> Option<Kind> {
        if process == Process::Sequential {
            return Some(Kind::Whole);
        }
        let ((first, last), (before, shift)) = (scan.band, scan.bits);
        // G.1.1.1: DC alone, or AC of one component; each scan but the first adds one bit.
        if shift > 13 || (before != 0 && before != shift + 1) {
            return None;
        }
        match (first, before) {
            (0, _) if last != 0 => None,
            (0, 0) => Some(Kind::DcFirst { shift }),
            (0, _) => Some(Kind::DcMore { shift }),
            _ if last < first || last > 63 || scan.components.len() != 1 => None,
            (_, 0) => Some(Kind::AcFirst { first, last, shift }),
            _ => Some(Kind::AcMore { first, last, shift }),
        }
    }
}

impl Coefficients {
    /// Decodes all scans. `found` is what `reader` found up to the first one.
    pub fn read(
        mut reader: Reader,
        mut found: Segments,
        file: File,
        limits: &PressLimits,
    ) -> Result<Coefficients, PressError> {
        let frame = found.frame.clone().ok_or_else(|| broken("it holds no picture"))?;
        let mut store = Store::new(&frame, limits)?;
        let mut feed = Feed::new(file);
        // A component's table is the one that stands at its first scan (B.2.2).
        let mut quant: Vec<Option<[u16; 64]>> = vec![None; frame.components.len()];
        let mut visits = vec![0; frame.components.len()];
        while let Some(scan) = found.scan.take() {
            for (index, ..) in &scan.components {
                let table = found.tables.quant[frame.components[*index].quant];
                quant[*index] = quant[*index].or(table);
                if quant[*index].is_none() {
                    return Err(broken("a quantisation table is missing"));
                }
                visits[*index] += 1;
                if visits[*index] > VISITS {
                    return Err(broken(format!("a component has more than {VISITS} scans")));
                }
            }
            let bits = feed.seek(found.data, usize::MAX)?;
            let end = decode(&frame, &found.tables, &scan, &mut feed, bits, &mut store)?;
            reader.seek(end)?;
            reader.next_scan(&mut found)?;
        }
        let quant: Option<Vec<[u16; 64]>> = quant.into_iter().collect();
        Ok(Coefficients {
            quant: quant.ok_or_else(|| broken("one of its components is missing"))?,
            row: vec![[0; 64]; frame.mcus.0 * frame.h],
            store,
            frame,
        })
    }

    /// Draws MCUs `from` to `to` of MCU row `y`.
    pub fn draw(&mut self, (from, to): (usize, usize), y: usize, planes: &mut Planes) -> Result<(), PressError> {
        for (index, component) in self.frame.components.iter().enumerate() {
            let x = from * component.h;
            let blocks = &mut self.row[..(to - from) * component.h];
            for down in y * component.v..(y + 1) * component.v {
                self.store.load(index, (x, down), blocks)?;
                for (across, block) in (x..).zip(blocks.iter()) {
                    let last = if block[1..].iter().all(|v| *v == 0) { 1 } else { 64 };
                    planes.put(index, (across, down), block, &self.quant[index], last);
                }
            }
        }
        Ok(())
    }
}

/// Decodes a scan. Gives a place in the file at or before its end.
fn decode(
    frame: &Frame,
    tables: &Tables,
    scan: &ScanHead,
    feed: &mut Feed,
    bits: Bits,
    store: &mut Store,
) -> Result<u64, PressError> {
    let kind = Kind::of(scan, frame.process).ok_or_else(|| broken("a scan's header makes no sense"))?;
    let mut parts = Vec::new();
    for (component, dc, ac) in &scan.components {
        parts.push(Part {
            component: *component,
            dc: tables.dc[*dc].as_ref(),
            ac: tables.ac[*ac].as_ref(),
        });
    }
    // One component alone goes block by block, without the padding to whole MCUs (A.2.2).
    let (across, down, alone) = match &parts[..] {
        [one] => {
            let component = &frame.components[one.component];
            (component.width.div_ceil(8), component.height.div_ceil(8), true)
        }
        _ => (frame.mcus.0, frame.mcus.1, false),
    };
    let factors = |part: &Part<'_>| {
        let component = &frame.components[part.component];
        if alone { (1, 1) } else { (component.h, component.v) }
    };
    if parts.iter().map(|p| factors(p).0 * factors(p).1).sum::<usize>() > MCU_BLOCKS {
        return Err(broken("its sampling makes no sense"));
    }
    let mut state = State {
        bits,
        ..State::default()
    };
    let mut rows: Vec<Vec<Block>> = Vec::new();
    for part in &parts {
        let (h, v) = factors(part);
        rows.extend((0..v).map(|_| vec![[0; 64]; across * h]));
    }
    let mut mcu = 0usize;
    for y in 0..down {
        // A row within a running end-of-band is as it was.
        if let Kind::AcFirst { .. } = kind
            && tables.restart == 0
            && state.run as usize >= across
        {
            state.run = state.run.saturating_sub(across as u32);
            continue;
        }
        let mut room = rows.iter_mut();
        for part in &parts {
            let v = factors(part).1;
            for (row, blocks) in (y * v..(y + 1) * v).zip(room.by_ref()) {
                store.load(part.component, (0, row), blocks)?;
            }
        }
        for x in 0..across {
            if tables.restart != 0 && mcu != 0 && mcu.is_multiple_of(tables.restart) {
                if state.bits.spent() {
                    return Err(early());
                }
                let number = (mcu / tables.restart).wrapping_sub(1) as u8;
                if !feed.restart(&mut state.bits, number)? {
                    return Err(broken("a restart marker is missing"));
                }
                (state.before, state.run) = ([0; 4], 0);
            }
            feed.ready(&mut state.bits)?;
            let mut first = 0;
            for part in &parts {
                let (h, v) = factors(part);
                for blocks in &mut rows[first..first + v] {
                    for block in &mut blocks[x * h..(x + 1) * h] {
                        one(kind, feed.window(), &mut state, part, block)
                            .ok_or_else(|| broken("its compressed data make no sense"))?;
                    }
                }
                first += v;
            }
            mcu += 1;
        }
        if state.bits.spent() {
            return Err(early());
        }
        let mut room = rows.iter();
        for part in &parts {
            let v = factors(part).1;
            for (row, blocks) in (y * v..(y + 1) * v).zip(room.by_ref()) {
                store.save(part.component, (0, row), blocks)?;
            }
        }
    }
    Ok(feed.offset(&state.bits))
}

/// The next code's run and size.
#[inline(always)]
fn symbol(window: &[u8], bits: &mut Bits, table: &Huffman) -> Option<(u32, u32)> {
    bits.refill(window);
    let mut entry = table.entry(bits.top());
    if entry == Entry::NONE {
        entry = table.long(bits.top());
        if entry == Entry::NONE {
            return None;
        }
    }
    bits.skip(entry.code());
    Some((entry.run(), entry.size()))
}

/// The number that follows a code.
#[inline(always)]
fn number(window: &[u8], bits: &mut Bits, size: u32) -> i16 {
    bits.refill(window);
    let value = entropy::signed(bits.top(), 0, size);
    bits.skip(size);
    value as i16
}

/// Decodes what a scan says of one block. None where the data are broken.
fn one(kind: Kind, window: &[u8], state: &mut State, part: &Part<'_>, block: &mut Block) -> Option<()> {
    let bits = &mut state.bits;
    match kind {
        Kind::Whole => {
            *block = [0; 64];
            let before = state.before.get_mut(part.component)?;
            let last = entropy::block::<true>(window, bits, part.dc?, part.ac?, before, block);
            (last <= 64).then_some(())
        }
        Kind::DcFirst { shift } => {
            let (run, size) = symbol(window, bits, part.dc?)?;
            if run != 0 {
                return None;
            }
            let before = state.before.get_mut(part.component)?;
            *before = before.wrapping_add(number(window, bits, size));
            block[0] = before.wrapping_shl(shift);
            Some(())
        }
        Kind::DcMore { shift } => {
            block[0] |= (bits.take(window, 1) as i16).wrapping_shl(shift);
            Some(())
        }
        Kind::AcFirst { first, last, shift } => {
            if state.run > 0 {
                state.run -= 1;
                return Some(());
            }
            let mut k = first;
            while k <= last {
                let (run, size) = symbol(window, bits, part.ac?)?;
                if size == 0 && run < 15 {
                    state.run = (1 << run) - 1 + bits.take(window, run);
                    break;
                }
                k += run as usize;
                if size != 0 {
                    if k > last {
                        return None;
                    }
                    block[usize::from(ZIGZAG[k])] = number(window, bits, size).wrapping_shl(shift);
                }
                k += 1;
            }
            Some(())
        }
        Kind::AcMore { first, last, shift } => more(window, state, part.ac?, block, (first, last), shift),
    }
}

/// One more bit of a block's AC coefficients (G.1.2.3): new ones appear, and each that is there already gets a bit.
fn more(
    window: &[u8],
    state: &mut State,
    table: &Huffman,
    block: &mut Block,
    (first, last): (usize, usize),
    shift: u32,
) -> Option<()> {
    let bits = &mut state.bits;
    let bit = 1i16 << shift;
    let correct = |bits: &mut Bits, value: &mut i16| {
        if bits.take(window, 1) != 0 && *value & bit == 0 {
            *value = value.wrapping_add(if *value < 0 { bit.wrapping_neg() } else { bit });
        }
    };
    let mut k = first;
    while state.run == 0 && k <= last {
        let (mut run, size) = symbol(window, bits, table)?;
        let new = match (size, run) {
            (0, 15) => 0,
            (0, _) => {
                state.run = (1 << run) + bits.take(window, run);
                break;
            }
            (1, _) if bits.take(window, 1) != 0 => bit,
            (1, _) => bit.wrapping_neg(),
            _ => return None,
        };
        loop {
            if k > last {
                // A run that ends behind the band.
                return (new == 0).then_some(());
            }
            let value = &mut block[usize::from(ZIGZAG[k])];
            k += 1;
            if *value != 0 {
                correct(bits, value);
            } else if run == 0 {
                *value = new;
                break;
            } else {
                run -= 1;
            }
        }
    }
    if state.run > 0 {
        for place in &ZIGZAG[k..=last] {
            let value = &mut block[usize::from(*place)];
            if *value != 0 {
                correct(bits, value);
            }
        }
        state.run -= 1;
    }
    Some(())
}
