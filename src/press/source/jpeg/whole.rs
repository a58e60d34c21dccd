//! Pictures in several scans, decoded whole.

use std::path::Path;

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::super::held::{Pixels, Samples};
use super::super::reader;
use super::frame::Frame;
use super::setup::Colour;
use super::{SCANS, broken};
use crate::press::{PressError, PressLimits};

/// Refuses what takes more memory than there is: coefficients of 16 bits, and the samples.
pub fn fits(frame: &Frame, colour: Colour, limits: &PressLimits) -> Result<(), PressError> {
    let blocks = (frame.mcus.0 * frame.mcus.1) as u64 * frame.mcu_blocks() as u64;
    let samples = (frame.width * frame.height * colour.channels()) as u64;
    let needed = blocks * 128 + samples;
    if needed <= limits.memory {
        return Ok(());
    }
    Err(PressError::Unsupported(format!(
        "the picture is a progressive JPEG that takes {} MB of memory, and {} MB may be used: export it as a baseline \
         JPEG, which takes next to nothing",
        needed.div_ceil(1_000_000),
        limits.memory / 1_000_000
    )))
}

/// Decodes the whole picture.
pub fn decode(path: &Path, frame: &Frame, colour: Colour, limits: &PressLimits) -> Result<Pixels, PressError> {
    let space = match colour {
        Colour::Grey => ColorSpace::Luma,
        Colour::Rgb | Colour::YCbCr => ColorSpace::RGB,
        Colour::Cmyk(_) | Colour::Ycck(_) => {
            return Err(PressError::Unsupported(
                "a progressive CMYK JPEG can't be printed: export it as a baseline JPEG".into(),
            ));
        }
    };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(limits.side as usize)
        .set_max_height(limits.side as usize)
        .jpeg_set_max_scans(SCANS)
        .jpeg_set_out_colorspace(space);
    let mut decoder = JpegDecoder::new_with_options(reader(path)?, options);
    let samples = decoder.decode().map_err(|e| broken(format!("{e:?}")))?;
    if samples.len() != frame.width * frame.height * colour.channels() {
        return Err(broken("it holds fewer pixels than it says"));
    }
    Ok(Pixels {
        width: frame.width as u32,
        height: frame.height as u32,
        channels: colour.channels(),
        samples: Samples::Eight(samples),
    })
}
