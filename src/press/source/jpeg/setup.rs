//! What the decoding of a sequential picture needs, put together of its segments and checked once.

use super::broken;
use super::frame::{Frame, MCU_BLOCKS};
use super::segments::Segments;
use super::tables::Huffman;
use crate::press::PressError;

/// How a picture's components become channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// One component.
    Grey,
    /// Three that are what they are.
    Rgb,
    /// T.871, clause 7.
    YCbCr,
    /// Four that are what they are; with `true` 255 is no ink, as Adobe writes it.
    Cmyk(bool),
    /// The same with the first three as YCbCr.
    Ycck(bool),
}

/// A block of an MCU.
#[derive(Debug, Clone)]
pub struct Part {
    pub component: usize,
    /// The component's blocks of an MCU.
    pub h: usize,
    pub v: usize,
    /// Which of them.
    pub x: usize,
    pub y: usize,
    pub quant: [u16; 64],
    pub dc: std::sync::Arc<Huffman>,
    pub ac: std::sync::Arc<Huffman>,
}

/// See the head of the file.
#[derive(Debug, Clone)]
pub struct Setup {
    pub frame: Frame,
    /// The blocks of an MCU in the order in which they come.
    pub parts: Vec<Part>,
    /// MCUs between restart markers; 0 for none.
    pub restart: usize,
    /// Where the entropy-coded data begin.
    pub data: u64,
}

impl Colour {
    /// As libjpeg decides it: a JFIF picture is YCbCr, else the Adobe segment says, else the components' names.
    pub fn of(found: &Segments, frame: &Frame) -> Colour {
        let names: Vec<u8> = frame.components.iter().map(|c| c.id).collect();
        match (frame.components.len(), found.adobe) {
            (1, _) => Colour::Grey,
            (3, _) if found.jfif => Colour::YCbCr,
            (3, Some(0)) => Colour::Rgb,
            (3, None) if names == *b"RGB" => Colour::Rgb,
            (3, _) => Colour::YCbCr,
            (_, None) => Colour::Cmyk(false),
            (_, Some(0)) => Colour::Cmyk(true),
            (_, Some(_)) => Colour::Ycck(true),
        }
    }

    /// Channels of a pixel.
    pub const fn channels(self) -> usize {
        match self {
            Colour::Grey => 1,
            Colour::Rgb | Colour::YCbCr => 3,
            Colour::Cmyk(_) | Colour::Ycck(_) => 4,
        }
    }
}

impl Setup {
    /// Puts it together. None when the first scan does not hold all components: such a picture is put together of
    /// several scans.
    pub fn new(found: &Segments) -> Result<Option<Setup>, PressError> {
        let none = || broken("it holds no picture");
        let frame = found.frame.clone().ok_or_else(none)?;
        let scan = found.scan.as_ref().ok_or_else(none)?;
        if scan.components.len() != frame.components.len() {
            return Ok(None);
        }
        if frame.mcu_blocks() > MCU_BLOCKS {
            return Err(broken("its sampling makes no sense"));
        }
        let mut parts = Vec::new();
        for (index, dc, ac) in &scan.components {
            let component = &frame.components[*index];
            let quant = found.tables.quant[component.quant].ok_or_else(|| broken("a quantisation table is missing"))?;
            let table = |tables: &[Option<Huffman>; 4], which: usize| {
                let table = tables[which]
                    .clone()
                    .ok_or_else(|| broken("a Huffman table is missing"))?;
                Ok::<_, PressError>(std::sync::Arc::new(table))
            };
            let (dc, ac) = (table(&found.tables.dc, *dc)?, table(&found.tables.ac, *ac)?);
            for y in 0..component.v {
                for x in 0..component.h {
                    parts.push(Part {
                        component: *index,
                        h: component.h,
                        v: component.v,
                        x,
                        y,
                        quant,
                        dc: dc.clone(),
                        ac: ac.clone(),
                    });
                }
            }
        }
        Ok(Some(Setup {
            frame,
            parts,
            restart: found.tables.restart,
            data: found.data,
        }))
    }
}
