//! Soft proof: what a print will look like, shown on a screen, and which colours it can't have.

use super::axis::shapes;
use super::bpc::{connect_scaled, round_trip};
use super::curve::clamp01;
use super::delta_e::delta_e_2000;
use super::error::ProfileError;
use super::link::DeviceLink;
use super::pcs::decode_lab;
use super::pipeline::{Color, Pipeline, three};
use super::profile::Profile;
use super::transform::{link, scaling, to_lab};
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

/// A baked proof: from a picture's colours by way of a printer to a display.
#[derive(Debug)]
pub struct ProofLink {
    /// To red, green, blue, and the printer's error in parts of [`MOST`].
    link: DeviceLink,
    /// Error of 16 bits above which the warning is shown.
    threshold: Option<u16>,
    warning: [u8; 3],
}

impl ProofLink {
    /// Bakes: source to printer as a print with `intent` would do it, then what the printer's tables say of the paper
    /// to the display (3 channels). The gamut warning measures the relative intent (with black point compensation if
    /// it is asked for): a colour is in the gamut if the printer's own tables bring it back.
    ///
    /// # Errors
    /// When a profile lacks what is needed, or the display is not red, green and blue.
    pub fn bake(
        source: &Profile,
        printer: &Profile,
        display: &Profile,
        intent: RenderingIntent,
        options: ProofOptions,
    ) -> Result<ProofLink, ProfileError> {
        if display.channels() != 3 {
            return Err(ProfileError::Missing {
                profile: display.description().to_owned(),
                direction: "to red, green and blue",
            });
        }
        let forward = if source.as_bytes() == printer.as_bytes() {
            Pipeline::default()
        } else {
            link(source, printer, intent)?
        };
        let back = on_screen(printer, display, options)?;
        let error = options
            .gamut_warning
            .map(|_| Gamut::new(source, printer, intent))
            .transpose()?;
        let convert = |v: Color| {
            let [r, g, b, _] = back.eval(forward.eval(v).map(clamp01));
            [r, g, b, error.as_ref().map_or(0.0, |e| e.miss(v) / MOST)]
        };
        let shapes = shapes(&source.to_pcs(intent.intent)?);
        Ok(ProofLink {
            link: DeviceLink::bake_function(source.channels(), 4, &shapes, convert),
            threshold: options.gamut_warning.map(|t| {
                let t = if t.is_nan() { 0.0 } else { t.clamp(0.0, MOST - 1.0) };
                (t / MOST * 65535.0) as u16
            }),
            warning: options.warning,
        })
    }

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

    /// CIEDE2000 between a colour and its print.
    fn miss(&self, v: Color) -> f64 {
        let wanted = self.wanted.eval(v);
        let [wanted, printed] = [wanted, self.printed.eval(wanted)].map(|v| decode_lab(three(v)));
        delta_e_2000(wanted, printed)
    }
}
