//! Options that would do nothing are refused: who gives one expects it to show on the paper.

use super::target::Pixels;
use super::{Intent, Options, RenderError, ToneName};

/// Checks the options of a page. What clap can tell from their names alone is in their declarations.
///
/// # Errors
/// [`RenderError::Wish`].
pub fn page(options: &Options) -> Result<(), RenderError> {
    if let Some(folder) = options.scratch.as_ref().filter(|folder| !folder.is_dir()) {
        let why = format!("--scratch {}: there is no such folder", folder.display());
        return Err(RenderError::Wish(why));
    }
    let pixels = options.pixels.unwrap_or_default();
    let why = if matches!(pixels, Pixels::Gray8 | Pixels::Gray16)
        && options.tone.is_some_and(|tone| !matches!(tone, ToneName::Neutral))
    {
        "--tone: a grey output shows no tint: choose an RGB type with --pixels, or --tone neutral"
    } else if options.no_bpc && matches!(options.intent, Intent::Absolute) {
        "--no-bpc: the absolute intent keeps black as it is anyway: leave --no-bpc out"
    } else if options.no_dither && pixels.is_deep() {
        "--no-dither: 16 bits are never dithered: leave --no-dither out"
    } else {
        return Ok(());
    };
    Err(RenderError::Wish(why.to_owned()))
}

/// Checks the options of a proof.
///
/// # Errors
/// [`RenderError::Wish`].
pub fn proof(options: &Options) -> Result<(), RenderError> {
    let why = if options.pixels.is_some() {
        "--pixels: a proof is for a display and always sRGB: leave --pixels out"
    } else if options.no_dither {
        "--no-dither: a proof is never dithered: leave --no-dither out"
    } else if options.chart.is_some() {
        "--chart: a proof's patches are not there to be measured: use `platen render`"
    } else {
        return Ok(());
    };
    Err(RenderError::Wish(why.to_owned()))
}
