//! JPEG with the profile of its colours: for proofs that travel. The library wants the whole picture, so it is held.

use jpeg_encoder::{ColorType, Encoder, PixelDensity, SamplingFactor};

use super::super::PressError;
use super::Sheet;

/// High enough that a proof shows the print's faults and not its own.
const QUALITY: u8 = 92;
/// Most bytes of a picture that is held: a proof, not a print.
const MOST: u64 = 512 << 20;

/// One JPEG file.
pub struct Jpeg {
    size: (u16, u16),
    color: ColorType,
    dpi: u32,
    profile: Vec<u8>,
    pixels: Vec<u8>,
}

fn wrong(error: impl std::fmt::Display) -> PressError {
    PressError::Output(format!("JPEG: {error}"))
}

impl Jpeg {
    pub fn new(sheet: &Sheet) -> Result<Self, PressError> {
        let (width, height) = sheet.size;
        let bytes = u64::from(width) * u64::from(height) * sheet.channels() as u64;
        let size = match (u16::try_from(width), u16::try_from(height)) {
            (Ok(w), Ok(h)) if bytes <= MOST => (w, h),
            _ => {
                return Err(wrong(
                    "the page is too large for it: choose a lower resolution, TIFF or PNG",
                ));
            }
        };
        if sheet.sample_bytes() != 1 {
            return Err(wrong("it has 8 bits a channel: choose TIFF or PNG for 16"));
        }
        Ok(Jpeg {
            size,
            color: match sheet.channels() {
                1 => ColorType::Luma,
                _ => ColorType::Rgb,
            },
            dpi: sheet.output.resolution.x,
            profile: sheet.profile.as_bytes().to_vec(),
            pixels: Vec::with_capacity(bytes as usize),
        })
    }

    pub fn rows(&mut self, rows: &[u8]) {
        self.pixels.extend_from_slice(rows);
    }

    pub fn end(self, out: &mut Vec<u8>) -> Result<(), PressError> {
        let mut encoder = Encoder::new(&mut *out, QUALITY);
        encoder.set_sampling_factor(SamplingFactor::F_1_1);
        if let Ok(dpi) = u16::try_from(self.dpi) {
            encoder.set_density(PixelDensity::dpi(dpi));
        }
        encoder.add_icc_profile(&self.profile).map_err(wrong)?;
        let (width, height) = self.size;
        encoder.encode(&self.pixels, width, height, self.color).map_err(wrong)
    }
}
