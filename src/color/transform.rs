//! Joins two profiles under an intent.

use super::ColorSpace;
use super::bpc::{compensation, connect_scaled};
use super::error::ProfileError;
use super::pipeline::Pipeline;
use super::profile::Profile;
use crate::model::{Rendering, RenderingIntent};

/// The whole way from device to device, in f64, values 0..1 (not held to that at the end).
pub(super) fn link(source: &Profile, destination: &Profile, intent: RenderingIntent) -> Result<Pipeline, ProfileError> {
    for profile in [source, destination] {
        if profile.color_space() == ColorSpace::Cmyk {
            return Err(ProfileError::Cmyk(profile.description().to_owned()));
        }
    }
    let scaling = match intent.intent {
        Rendering::Absolute => {
            let (from, to) = (source.media_white(), destination.media_white());
            // A white without light cannot be divided by; nothing is done then.
            let possible = to.iter().all(|v| *v > 0.0);
            possible.then(|| ([0, 1, 2].map(|i| from[i] / to[i]), [0.0; 3]))
        }
        // Version 4 lays down the black of its perceptual and saturation tables, so it is always matched there.
        Rendering::Perceptual | Rendering::Saturation
            if intent.black_point_compensation || destination.major() >= 4 =>
        {
            compensation(source, destination, intent.intent)?
        }
        Rendering::Relative if intent.black_point_compensation => compensation(source, destination, intent.intent)?,
        _ => None,
    };
    let mut pipeline = source.to_pcs(intent.intent)?;
    connect_scaled(&mut pipeline, source.is_lab(), destination.is_lab(), scaling);
    pipeline.extend(destination.to_device(intent.intent)?);
    pipeline.simplify();
    Ok(pipeline)
}
