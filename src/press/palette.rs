//! From the colours of pictures, marks and bare paper to the output's numbers: those of a print, or of a display that
//! shows how the print would look.
//!
//! A toned print is toned throughout: pictures, and marks whose colour is told in sRGB. What is told in the printer's
//! own numbers stays as it is in every print, because it is there to be measured.

use std::sync::Arc;

use crate::color::{ColorSpace, DeviceLink, LinkKey, Profile, ProofLink, SoftProof};
use crate::crypto::Sha256;
use crate::model::{RasterType, RenderingIntent};

use super::page::Ink;
use super::{PressError, PressJob};

/// How colours of marks, told in sRGB, are brought to the printer, whatever the pictures' intent.
const MARKS: RenderingIntent = RenderingIntent::RELATIVE_BPC;

/// From a source's colours to the output's.
#[derive(Debug, Clone)]
pub enum Conversion {
    /// For a print.
    Print(Arc<DeviceLink>),
    /// As a print would look, on a display.
    Proof(Arc<ProofLink>),
}

impl Conversion {
    /// For pictures whose numbers are in this profile.
    ///
    /// # Errors
    /// [`PressError::Link`].
    pub fn new(job: &PressJob, from: &Profile) -> Result<Conversion, PressError> {
        match &job.proof {
            None => Ok(Conversion::Print(link(job, from, job.intent)?)),
            Some(proof) => {
                let (printer, options) = (&proof.printer, proof.options);
                let soft = SoftProof::new(from, printer, &job.profile, job.intent, job.tone, options);
                Ok(Conversion::Proof(Arc::new(soft.map_err(PressError::Link)?.bake())))
            }
        }
    }

    /// Converts a row to bytes. `place` is where its first pixel lies on the sheet, for dither; `None` rounds.
    pub fn row(&self, src: &[u16], dst: &mut [u8], place: Option<(u32, u32)>) {
        match (self, place) {
            (Conversion::Print(link), Some((x, y))) => link.apply_dithered(src, dst, x, y),
            (Conversion::Print(link), None) => link.apply(src, dst),
            (Conversion::Proof(link), _) => {
                link.apply(src, dst);
            }
        }
    }

    /// The same in 16 bits. A proof has 8, twice over.
    pub fn row16(&self, src: &[u16], dst: &mut [u16]) {
        match self {
            Conversion::Print(link) => link.apply16(src, dst),
            Conversion::Proof(link) => {
                let mut bytes = vec![0; dst.len()];
                link.apply(src, &mut bytes);
                for (to, from) in dst.iter_mut().zip(bytes) {
                    *to = u16::from(from) * 257;
                }
            }
        }
    }
}

/// The link of a print, kept for the next page that wants it.
fn link(job: &PressJob, from: &Profile, intent: RenderingIntent) -> Result<Arc<DeviceLink>, PressError> {
    let key = LinkKey {
        source: Sha256::of(from.as_bytes()).0,
        destination: Sha256::of(job.profile.as_bytes()).0,
        intent,
        tone: job.tone,
    };
    let bake = || match job.tone {
        Some(tone) => DeviceLink::bake_mono(from, &job.profile, intent, tone),
        None => DeviceLink::bake(from, &job.profile, intent),
    };
    job.links.get(key, bake).map_err(PressError::Link)
}

/// What marks are converted by.
enum Marks {
    Print(Arc<DeviceLink>),
    Proof {
        srgb: Box<SoftProof>,
        device: Box<SoftProof>,
    },
}

/// Colours of marks, text and bare paper in the output's own numbers.
pub struct Palette {
    marks: Marks,
    /// Channels of the printer.
    device: usize,
    channels: usize,
    sample_bytes: usize,
}

impl Palette {
    /// For a job.
    ///
    /// # Errors
    /// When the job's profiles are not for its pixels, or lack what the intent needs.
    pub fn new(job: &PressJob) -> Result<Palette, PressError> {
        let raster = job.output.raster_type;
        let (marks, device) = match &job.proof {
            None => {
                profile_fits(&job.profile, raster, job.intent)?;
                (Marks::Print(link(job, &Profile::srgb(), MARKS)?), raster.channels())
            }
            Some(proof) => {
                let (printer, display, options) = (&proof.printer, &job.profile, proof.options);
                profile_prints(printer, job.intent)?;
                let srgb = SoftProof::new(&Profile::srgb(), printer, display, MARKS, job.tone, options);
                let device = SoftProof::of_device(printer, display, options);
                let marks = Marks::Proof {
                    srgb: Box::new(srgb.map_err(PressError::Link)?),
                    device: Box::new(device.map_err(PressError::Link)?),
                };
                if raster.channels() != display.channels() {
                    return Err(PressError::Output(format!(
                        "{}: a proof is in red, green and blue",
                        raster.keyword()
                    )));
                }
                (marks, printer.channels())
            }
        };
        Ok(Palette {
            marks,
            device,
            channels: raster.channels(),
            sample_bytes: raster.sample_bytes(),
        })
    }

    /// Bytes of a pixel of the output, and of one of its samples.
    pub fn bytes(&self) -> (usize, usize) {
        (self.channels * self.sample_bytes, self.sample_bytes)
    }

    /// One pixel of the output.
    pub fn pixel(&self, ink: Ink) -> Vec<u8> {
        let wide = |values: [u8; 3]| values.map(|v| u16::from(v) * 257);
        let mut out = vec![u8::MAX; self.channels];
        match (&self.marks, ink) {
            (Marks::Print(_), Ink::Paper) => {}
            (Marks::Print(link), Ink::Srgb(rgb)) => link.apply(&wide(rgb), &mut out),
            (Marks::Print(_), Ink::Device(values)) => out.copy_from_slice(&self.device(values)),
            // Bare paper is where the printer lays down nothing.
            (Marks::Proof { device, .. }, Ink::Paper) => {
                out.copy_from_slice(&device.color(&vec![u16::MAX; self.device]));
            }
            (Marks::Proof { srgb, .. }, Ink::Srgb(rgb)) => out.copy_from_slice(&srgb.color(&wide(rgb))),
            (Marks::Proof { device, .. }, Ink::Device(values)) => {
                let values: Vec<u16> = self.device(values).into_iter().map(|v| u16::from(v) * 257).collect();
                out.copy_from_slice(&device.color(&values));
            }
        }
        out.into_iter()
            .flat_map(|v| std::iter::repeat_n(v, self.sample_bytes))
            .collect()
    }

    /// A printer of one channel takes the green of three, which is the three of a grey patch.
    fn device(&self, values: [u8; 3]) -> Vec<u8> {
        if self.device == 1 {
            vec![values[1]]
        } else {
            values.to_vec()
        }
    }
}

/// Whether pages of these pixels can be brought to a printer's colours by this profile.
///
/// # Errors
/// [`PressError::Printer`] in words, which go on from "the printer's profile …".
pub fn profile_fits(profile: &Profile, raster: RasterType, intent: RenderingIntent) -> Result<(), PressError> {
    profile_prints(profile, intent)?;
    if profile.channels() == raster.channels() {
        return Ok(());
    }
    let kind = |channels: usize| if channels == 1 { "grey" } else { "red, green and blue" };
    Err(PressError::Printer(format!(
        "is for {}, and pixels of {} are {}: choose others, or another profile",
        kind(profile.channels()),
        raster.keyword(),
        kind(raster.channels())
    )))
}

/// Whether a profile is one of a printer that we print on.
///
/// # Errors
/// As [`profile_fits`].
pub fn profile_prints(profile: &Profile, intent: RenderingIntent) -> Result<(), PressError> {
    if profile.color_space() == ColorSpace::Cmyk {
        return Err(PressError::Printer(
            "is for CMYK, and pages are sent in RGB or grey: take the profile that was made for the printer's RGB"
                .into(),
        ));
    }
    let reached = profile.check_destination(intent);
    reached.map_err(|e| PressError::Printer(format!("can't be printed by ({e}): choose another, or another intent")))
}
