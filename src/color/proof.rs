//! Soft proof: what a print will look like, shown on a screen, and which colours it can't have.

use super::axis::{Shape, shapes};
use super::bpc::{connect_scaled, round_trip};
use super::curve::clamp01;
use super::delta_e::delta_e_2000;
use super::error::ProfileError;
use super::link::{DeviceLink, to_byte};
use super::pcs::decode_lab;
use super::pipeline::{Color, Pipeline, Stage, three};
use super::profile::Profile;
use super::tone::Tone;
use super::transform::{lightness_of, link, scaling, to_lab, toned};
use crate::model::{Rendering, RenderingIntent};

/// How a proof is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProofOptions {
    /// Paper white as it is beside the screen's white (absolute colorimetry), instead of as the screen's white. Black
    /// ink is then shown as it is too.
    pub paper_white: bool,
    /// Black ink as light as it is on paper, instead of as the screen's black.
    pub black_ink: bool,
    /// Colours that the printer misses by more than this CIEDE2000 are shown in `warning`; 2 to 3 is usual. Held to 0
    /// to 15. `None` shows no warning, and bakes faster.
    pub gamut_warning: Option<f64>,
    /// Colour of the warning, on the display.
    pub warning: [u8; 3],
}

impl Default for ProofOptions {
    /// White and black of the screen, no warning; magenta if one is asked for.
    fn default() -> ProofOptions {
        ProofOptions {
            paper_white: false,
            black_ink: false,
            gamut_warning: None,
            warning: [255, 0, 255],
        }
    }
}

/// CIEDE2000 that the fourth channel of a proof's grid can hold.
const MOST: f64 = 16.0;
/// Pixels that are taken at a time.
const CHUNK: usize = 256;

/// A proof, colour by colour: from a picture's colours by way of a printer to a display. For single colours as it is,
/// for pictures baked.
pub struct SoftProof {
    inputs: usize,
    shapes: Vec<Shape>,
    /// Of a toned print: to the lightness that everything after it begins with.
    to_lightness: Option<Pipeline>,
    to_printer: Pipeline,
    to_display: Pipeline,
    gamut: Option<Gamut>,
    /// CIEDE2000 above which the warning is shown.
    threshold: f64,
    warning: [u8; 3],
}

impl SoftProof {
    /// Source to printer as a print with `intent` would do it, in a tone if there is one; then what the printer's
    /// tables say of the paper to the display (3 channels). A picture in the printer's own colours is not converted,
    /// and never warned of. The gamut warning measures the relative intent (with black point compensation if it is
    /// asked for): a colour is in the gamut if the printer's own tables bring it back.
    ///
    /// # Errors
    /// When a profile lacks what is needed, or the display is not red, green and blue.
    pub fn new(
        source: &Profile,
        printer: &Profile,
        display: &Profile,
        intent: RenderingIntent,
        tone: Option<Tone>,
        options: ProofOptions,
    ) -> Result<SoftProof, ProfileError> {
        if display.channels() != 3 {
            return Err(ProfileError::Missing {
                profile: display.description().to_owned(),
                direction: "to red, green and blue",
            });
        }
        let own = tone.is_none() && source.as_bytes() == printer.as_bytes();
        let (to_lightness, to_printer) = match tone {
            Some(tone) => (
                Some(lightness_of(source, printer, intent)?),
                toned(printer, intent.intent, tone)?,
            ),
            None if own => (None, Pipeline::default()),
            None => (None, link(source, printer, intent)?),
        };
        let threshold = options.gamut_warning.filter(|_| !own);
        let gamut = threshold.map(|_| match tone {
            Some(tone) => Gamut::of_tone(tone, printer),
            None => Gamut::new(source, printer, intent),
        });
        Ok(SoftProof {
            inputs: source.channels(),
            shapes: shapes(&source.to_pcs(intent.intent)?),
            to_lightness,
            to_printer,
            to_display: on_screen(printer, display, options)?,
            gamut: gamut.transpose()?,
            threshold: threshold.map_or(MOST, |t| if t.is_nan() { 0.0 } else { t.clamp(0.0, MOST - 1.0) }),
            warning: options.warning,
        })
    }

    /// How the printer's device values look.
    ///
    /// # Errors
    /// As [`SoftProof::new`].
    pub fn of_device(printer: &Profile, display: &Profile, options: ProofOptions) -> Result<SoftProof, ProfileError> {
        SoftProof::new(printer, printer, display, RenderingIntent::RELATIVE_BPC, None, options)
    }

    /// One colour, of as many channels as the source has, at full range of 16 bits. It is what the display is sent.
    pub fn color(&self, values: &[u16]) -> [u8; 3] {
        let mut v = [0.0; 4];
        for (to, from) in v.iter_mut().zip(values) {
            *to = f64::from(*from) / 65535.0;
        }
        if let Some(to_lightness) = &self.to_lightness {
            v = to_lightness.eval(v).map(clamp01);
        }
        let [r, g, b, miss] = self.shown(v);
        if miss * MOST > self.threshold {
            self.warning
        } else {
            [r, g, b].map(to_byte)
        }
    }

    /// Bakes it for pictures. That costs some tens of milliseconds; with a gamut warning some hundred.
    pub fn bake(&self) -> ProofLink {
        let shown = |v| self.shown(v);
        ProofLink {
            link: match &self.to_lightness {
                Some(to_lightness) => DeviceLink::bake_lightness(self.inputs, 4, to_lightness, shown),
                None => DeviceLink::bake_function(self.inputs, 4, &self.shapes, shown),
            },
            threshold: self.gamut.as_ref().map(|_| (self.threshold / MOST * 65535.0) as u16),
            warning: self.warning,
        }
    }

    /// Red, green, blue, and the printer's error in parts of [`MOST`]; of a source's colour or, toned, its lightness.
    fn shown(&self, v: Color) -> Color {
        let [r, g, b, _] = self.to_display.eval(self.to_printer.eval(v).map(clamp01));
        [r, g, b, self.gamut.as_ref().map_or(0.0, |gamut| gamut.miss(v) / MOST)]
    }
}

/// A baked [`SoftProof`].
#[derive(Debug)]
pub struct ProofLink {
    /// To red, green, blue, and the printer's error in parts of [`MOST`].
    link: DeviceLink,
    /// Error of 16 bits above which the warning is shown.
    threshold: Option<u16>,
    warning: [u8; 3],
}

impl ProofLink {
    /// Channels in: 1, 3 or 4.
    pub fn input_channels(&self) -> usize {
        self.link.input_channels()
    }

    /// Converts interleaved pixels (as [`DeviceLink::apply`] takes them) to red, green and blue of the display, rounded.
    /// Says how many pixels the warning was laid over. Of slices of unequal length the shorter counts.
    pub fn apply(&self, src: &[u16], dst: &mut [u8]) -> usize {
        let mut wide = [0; 4 * CHUNK];
        let mut warned = 0;
        let inputs = self.link.input_channels();
        for (from, to) in src.chunks(CHUNK * inputs).zip(dst.chunks_mut(CHUNK * 3)) {
            self.link.apply16(from, &mut wide);
            let (pixels, _) = to.as_chunks_mut::<3>();
            for (to, from) in pixels.iter_mut().zip(wide.as_chunks::<4>().0).take(from.len() / inputs) {
                let [r, g, b, error] = *from;
                *to = if self.threshold.is_some_and(|t| error > t) {
                    warned += 1;
                    self.warning
                } else {
                    [r, g, b].map(|v| ((u32::from(v) + 128) / 257) as u8)
                };
            }
        }
        warned
    }
}

/// From the printer's device values to those of the display.
fn on_screen(printer: &Profile, display: &Profile, options: ProofOptions) -> Result<Pipeline, ProfileError> {
    let shown = RenderingIntent {
        intent: if options.paper_white {
            Rendering::Absolute
        } else {
            Rendering::Relative
        },
        black_point_compensation: !options.black_ink,
    };
    let mut pipeline = printer.to_pcs(Rendering::Relative)?;
    let scaling = scaling(printer, display, shown)?;
    connect_scaled(&mut pipeline, printer.is_lab(), display.is_lab(), scaling);
    pipeline.extend(display.to_device(Rendering::Relative)?);
    pipeline.simplify();
    Ok(pipeline)
}

/// What a printer makes of wanted colours.
struct Gamut {
    wanted: Pipeline,
    printed: Pipeline,
}

impl Gamut {
    fn new(source: &Profile, printer: &Profile, intent: RenderingIntent) -> Result<Gamut, ProfileError> {
        let relative = RenderingIntent {
            intent: Rendering::Relative,
            ..intent
        };
        Ok(Gamut {
            wanted: to_lab(source, printer, relative)?,
            printed: round_trip(printer, Rendering::Relative)?,
        })
    }

    /// Of a toned print: begins with lightness.
    fn of_tone(tone: Tone, printer: &Profile) -> Result<Gamut, ProfileError> {
        Ok(Gamut {
            wanted: Pipeline {
                stages: vec![Stage::Tone(tone)],
            },
            printed: round_trip(printer, Rendering::Relative)?,
        })
    }

    /// CIEDE2000 between a colour and its print.
    fn miss(&self, v: Color) -> f64 {
        let wanted = self.wanted.eval(v);
        let [wanted, printed] = [wanted, self.printed.eval(wanted)].map(|v| decode_lab(three(v)));
        delta_e_2000(wanted, printed)
    }
}
