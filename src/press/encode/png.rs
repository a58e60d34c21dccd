//! PNG with the profile of its colours and the size of its dots: what a virtual printer lays down.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use png::{BitDepth, ColorType, Compression, Info, PixelDimensions, StreamWriter, Unit};

use super::super::PressError;
use super::Sheet;

/// Where the library writes, and from where pieces are taken.
#[derive(Debug, Clone, Default)]
struct Outlet(Arc<Mutex<Vec<u8>>>);

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Outlet {
    fn drain(&self, out: &mut Vec<u8>) {
        out.append(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// One PNG file.
pub struct Png {
    writer: StreamWriter<'static, Outlet>,
    outlet: Outlet,
}

fn wrong(error: impl std::fmt::Display) -> PressError {
    PressError::Output(format!("PNG: {error}"))
}

impl Png {
    pub fn new(sheet: &Sheet) -> Result<Self, PressError> {
        let (width, height) = sheet.size;
        let per_metre = |dpi: u32| (f64::from(dpi) / 0.0254).round() as u32;
        let mut info = Info::with_size(width, height);
        info.bit_depth = match sheet.sample_bytes() {
            1 => BitDepth::Eight,
            _ => BitDepth::Sixteen,
        };
        info.color_type = match sheet.channels() {
            1 => ColorType::Grayscale,
            _ => ColorType::Rgb,
        };
        info.pixel_dims = Some(PixelDimensions {
            xppu: per_metre(sheet.output.resolution.x),
            yppu: per_metre(sheet.output.resolution.y),
            unit: Unit::Meter,
        });
        info.icc_profile = Some(Cow::Owned(sheet.profile.as_bytes().to_vec()));
        let outlet = Outlet::default();
        let mut encoder = png::Encoder::with_info(outlet.clone(), info).map_err(wrong)?;
        encoder.set_compression(Compression::Fast);
        let writer = encoder.write_header().map_err(wrong)?;
        Ok(Png {
            writer: writer.into_stream_writer().map_err(wrong)?,
            outlet,
        })
    }

    pub fn rows(&mut self, rows: &[u8], out: &mut Vec<u8>) -> Result<(), PressError> {
        self.writer.write_all(rows).map_err(wrong)?;
        self.outlet.drain(out);
        Ok(())
    }

    pub fn end(self, out: &mut Vec<u8>) -> Result<(), PressError> {
        self.writer.finish().map_err(wrong)?;
        self.outlet.drain(out);
        Ok(())
    }
}
