//! Encoders: rows of a sheet to the bytes of a raster stream.

mod packbits;
mod png;
mod pwg;
mod urf;

use crate::model::RasterFormat;

use super::PressError;
use super::stream::Sheet;

pub use packbits::Lines;

/// Writes one document of one page, `repeat` times where the format can.
pub enum Encoder {
    /// PWG raster or Apple raster: the same lines under different headers.
    Lines {
        /// What stands before each page.
        page: Vec<u8>,
        /// The packer of lines.
        lines: Lines,
        /// What stands before the first page.
        file: Vec<u8>,
    },
    /// PNG.
    Png(Box<png::Png>),
}

impl Encoder {
    /// An encoder for this sheet.
    pub fn new(sheet: &Sheet) -> Result<Self, PressError> {
        let lines = Lines::new(sheet.channels);
        match sheet.output.format {
            RasterFormat::Pwg => Ok(Encoder::Lines {
                file: b"RaS2".to_vec(),
                page: pwg::header(sheet),
                lines,
            }),
            RasterFormat::Urf => Ok(Encoder::Lines {
                file: urf::file_header(sheet.repeat),
                page: urf::page_header(sheet)?,
                lines,
            }),
            RasterFormat::Png => Ok(Encoder::Png(Box::new(png::Png::new(sheet)?))),
        }
    }

    /// A page begins.
    pub fn begin_page(&mut self, out: &mut Vec<u8>) {
        if let Encoder::Lines { file, page, .. } = self {
            out.append(file);
            out.extend_from_slice(page);
        }
    }

    /// The next row of the page.
    pub fn row(&mut self, row: &[u8], out: &mut Vec<u8>) -> Result<(), PressError> {
        match self {
            Encoder::Lines { lines, .. } => {
                lines.row(row, out);
                Ok(())
            }
            Encoder::Png(png) => png.row(row, out),
        }
    }

    /// The page is complete.
    pub fn end_page(&mut self, out: &mut Vec<u8>) -> Result<(), PressError> {
        match self {
            Encoder::Lines { lines, .. } => {
                lines.end(out);
                Ok(())
            }
            Encoder::Png(png) => png.end(out),
        }
    }
}
