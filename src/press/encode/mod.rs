//! Encoders: rows of a sheet to the bytes of a raster stream.
//!
//! In two halves. The first, [`BandForm`], is done by the painter of a band, so that packing is spread over workers; the
//! second, [`Encoder`], takes bands in order and writes the stream.

mod jpeg;
mod packbits;
mod png;
mod pwg;
mod tiff;
mod urf;

use std::sync::Arc;

use smol_str::SmolStr;

use crate::color::Profile;
use crate::model::{MediaSize, OutputSpec, RasterFormat, RenderingIntent};

use super::PressError;

pub use packbits::{Lines, PackedBand};

/// What the encoders need to know of a page.
pub struct Sheet {
    /// The medium, for the header.
    pub media: MediaSize,
    /// `media-type`
    pub media_type: SmolStr,
    /// `print-quality`
    pub quality: i32,
    /// Format, pixel type, resolution.
    pub output: OutputSpec,
    /// Pages of the stream in all.
    pub pages: u32,
    /// For the header.
    pub intent: RenderingIntent,
    /// What the samples mean.
    pub profile: Arc<Profile>,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Where ink lies: left, top, right, bottom in pixels.
    pub image_box: (u32, u32, u32, u32),
}

impl Sheet {
    fn channels(&self) -> usize {
        self.output.raster_type.channels()
    }

    fn sample_bytes(&self) -> usize {
        self.output.raster_type.sample_bytes()
    }
}

/// How painters hand over their bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandForm {
    /// Packed lines.
    Packed,
    /// Rows as they are.
    Rows,
}

/// A painted band.
#[derive(Debug)]
pub enum BandOut {
    /// For [`BandForm::Packed`].
    Packed(PackedBand),
    /// For [`BandForm::Rows`].
    Rows(Vec<u8>),
}

impl BandForm {
    /// For a stream format.
    pub fn of(format: RasterFormat) -> Self {
        match format {
            RasterFormat::Pwg | RasterFormat::Urf => BandForm::Packed,
            RasterFormat::Png | RasterFormat::Jpeg | RasterFormat::Tiff => BandForm::Rows,
        }
    }

    /// An empty band for `rows` rows.
    pub fn begin(self, pixel_bytes: usize, rows: usize) -> BandOut {
        match self {
            BandForm::Packed => BandOut::Packed(PackedBand::new(pixel_bytes, 0)),
            BandForm::Rows => BandOut::Rows(Vec::with_capacity(rows)),
        }
    }
}

impl BandOut {
    /// Appends a row.
    pub fn row(&mut self, row: &[u8]) {
        match self {
            BandOut::Packed(band) => band.row(row),
            BandOut::Rows(rows) => rows.extend_from_slice(row),
        }
    }
}

/// Writes a document of one or more pages.
pub enum Encoder {
    /// PWG raster or Apple raster: the same lines under different headers.
    Lines {
        /// What stands before the first page.
        file: Vec<u8>,
        /// Joins the bands.
        lines: Lines,
    },
    /// PNG.
    Png(Option<Box<png::Png>>),
    /// JPEG.
    Jpeg(Option<Box<jpeg::Jpeg>>),
    /// TIFF.
    Tiff(tiff::Tiff),
}

impl Encoder {
    /// An encoder for a document that begins with this sheet.
    ///
    /// # Errors
    /// When the format can't hold it.
    pub fn new(sheet: &Sheet) -> Result<Self, PressError> {
        let one_page = |name: &str| {
            if sheet.pages == 1 {
                Ok(())
            } else {
                Err(PressError::Output(format!("{name}: a file holds one page")))
            }
        };
        Ok(match sheet.output.format {
            RasterFormat::Pwg => Encoder::Lines {
                file: b"RaS2".to_vec(),
                lines: Lines::default(),
            },
            RasterFormat::Urf => Encoder::Lines {
                file: urf::file_header(sheet.pages),
                lines: Lines::default(),
            },
            // Several pages are several files, one behind the other.
            RasterFormat::Png => Encoder::Png(None),
            RasterFormat::Jpeg => {
                one_page("JPEG")?;
                Encoder::Jpeg(None)
            }
            RasterFormat::Tiff => Encoder::Tiff(tiff::Tiff::default()),
        })
    }

    /// A page begins.
    ///
    /// # Errors
    /// When the format can't hold it.
    pub fn begin_page(&mut self, sheet: &Sheet, out: &mut Vec<u8>) -> Result<(), PressError> {
        match self {
            Encoder::Lines { file, .. } => {
                out.append(file);
                out.extend(match sheet.output.format {
                    RasterFormat::Urf => urf::page_header(sheet)?,
                    _ => pwg::header(sheet),
                });
            }
            Encoder::Png(png) => *png = Some(Box::new(png::Png::new(sheet)?)),
            Encoder::Jpeg(jpeg) => *jpeg = Some(Box::new(jpeg::Jpeg::new(sheet)?)),
            Encoder::Tiff(tiff) => out.extend(tiff.begin_page(sheet)?),
        }
        Ok(())
    }

    /// The next band of the page.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn band(&mut self, band: &BandOut, out: &mut Vec<u8>) -> Result<(), PressError> {
        match (self, band) {
            (Encoder::Lines { lines, .. }, BandOut::Packed(band)) => lines.band(band, out),
            (Encoder::Png(Some(png)), BandOut::Rows(rows)) => png.rows(rows, out)?,
            (Encoder::Jpeg(Some(jpeg)), BandOut::Rows(rows)) => jpeg.rows(rows),
            (Encoder::Tiff(_), BandOut::Rows(rows)) => out.extend_from_slice(rows),
            _ => return Err(PressError::Output("a band of another form (please report this)".into())),
        }
        Ok(())
    }

    /// The page is complete.
    ///
    /// # Errors
    /// When it can't be written.
    pub fn end_page(&mut self, out: &mut Vec<u8>) -> Result<(), PressError> {
        match self {
            Encoder::Lines { lines, .. } => lines.end(out),
            Encoder::Png(png) => {
                if let Some(png) = png.take() {
                    png.end(out)?;
                }
            }
            Encoder::Jpeg(jpeg) => {
                if let Some(jpeg) = jpeg.take() {
                    jpeg.end(out)?;
                }
            }
            Encoder::Tiff(_) => {}
        }
        Ok(())
    }
}
