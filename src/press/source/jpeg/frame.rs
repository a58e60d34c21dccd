//! The frame header and what follows from it (ITU-T T.81, A.1, A.2 and B.2.2): components, blocks, MCUs.

use super::broken;
use crate::press::PressError;

/// Most blocks of an MCU (T.81, B.2.3).
pub const MCU_BLOCKS: usize = 10;

/// How the coefficients are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// Each block once, baseline or extended.
    Sequential,
    /// In several scans (annex G).
    Progressive,
}

/// One component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub id: u8,
    /// Blocks of an MCU across and down: the sampling factors.
    pub h: usize,
    pub v: usize,
    /// Its quantisation table.
    pub quant: usize,
    /// Samples across and down, without padding.
    pub width: usize,
    pub height: usize,
}

/// A picture's geometry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub process: Process,
    pub width: usize,
    pub height: usize,
    pub components: Vec<Component>,
    /// The largest sampling factors.
    pub h: usize,
    pub v: usize,
    /// MCUs across and down.
    pub mcus: (usize, usize),
}

fn unsupported(what: &str) -> PressError {
    PressError::Unsupported(format!(
        "{what} can't be printed: export it as an ordinary (baseline) 8-bit JPEG"
    ))
}

impl Frame {
    /// Reads a frame header.
    pub fn read(marker: u8, segment: &[u8]) -> Result<Frame, PressError> {
        let process = match marker {
            0xc0 | 0xc1 => Process::Sequential,
            0xc2 => Process::Progressive,
            0xc3 => return Err(unsupported("a lossless JPEG")),
            0xc5..=0xc7 | 0xcd..=0xcf => return Err(unsupported("a hierarchical JPEG")),
            _ => return Err(unsupported("a JPEG with arithmetic coding")),
        };
        let [precision, h1, h0, w1, w0, count, specs @ ..] = segment else {
            return Err(broken("its frame header is cut"));
        };
        let (width, height) = (u16::from_be_bytes([*w1, *w0]), u16::from_be_bytes([*h1, *h0]));
        let (specs, _) = specs.as_chunks::<3>();
        let specs = specs
            .get(..usize::from(*count))
            .ok_or_else(|| broken("its frame header is cut"))?;
        if *precision != 8 || !matches!(count, 1 | 3 | 4) {
            return Err(unsupported(&format!(
                "a JPEG of {count} components of {precision} bits"
            )));
        }
        if height == 0 {
            return Err(unsupported("a JPEG that says its height only at its end"));
        }
        if width == 0 {
            return Err(PressError::Unsupported("the picture has no pixels".into()));
        }
        let (width, height) = (usize::from(width), usize::from(height));
        let mut components: Vec<Component> = Vec::with_capacity(specs.len());
        for [id, factors, quant] in specs {
            let (h, v) = (usize::from(factors >> 4), usize::from(factors & 15));
            if !(1..=4).contains(&h) || !(1..=4).contains(&v) || *quant > 3 || components.iter().any(|c| c.id == *id) {
                return Err(broken("its frame header makes no sense"));
            }
            // A scan of one component goes block by block, whatever its factors are (A.2.2).
            let (h, v) = if specs.len() == 1 { (1, 1) } else { (h, v) };
            components.push(Component {
                id: *id,
                h,
                v,
                quant: usize::from(*quant),
                width: 0,
                height: 0,
            });
        }
        let most = |factor: fn(&Component) -> usize| components.iter().map(factor).max().unwrap_or(1);
        let (h, v) = (most(|c| c.h), most(|c| c.v));
        for component in &mut components {
            component.width = (width * component.h).div_ceil(h);
            component.height = (height * component.v).div_ceil(v);
        }
        Ok(Frame {
            process,
            width,
            height,
            h,
            v,
            mcus: (width.div_ceil(8 * h), height.div_ceil(8 * v)),
            components,
        })
    }

    /// Blocks of an MCU of all components.
    pub fn mcu_blocks(&self) -> usize {
        self.components.iter().map(|c| c.h * c.v).sum()
    }
}
