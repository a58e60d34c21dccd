//! Joins two profiles under an intent.

use super::bpc::{Scaling, compensation, connect, connect_scaled};
use super::error::ProfileError;
use super::pipeline::{Pipeline, Stage};
use super::profile::Profile;
use super::tone::Tone;
use crate::model::{Rendering, RenderingIntent};

/// What is done to XYZ between two profiles.
pub(super) fn scaling(
    source: &Profile,
    destination: &Profile,
    intent: RenderingIntent,
) -> Result<Option<Scaling>, ProfileError> {
    Ok(match intent.intent {
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
    })
}

/// The whole way from device to device, in f64, values 0..1 (not held to that at the end).
pub(super) fn link(source: &Profile, destination: &Profile, intent: RenderingIntent) -> Result<Pipeline, ProfileError> {
    let scaling = scaling(source, destination, intent)?;
    let mut pipeline = source.to_pcs(intent.intent)?;
    connect_scaled(&mut pipeline, source.is_lab(), destination.is_lab(), scaling);
    pipeline.extend(destination.to_device(intent.intent)?);
    pipeline.simplify();
    Ok(pipeline)
}

/// From the source's device to encoded Lab, scaled toward a destination as the intent asks.
pub(super) fn to_lab(
    source: &Profile,
    destination: &Profile,
    intent: RenderingIntent,
) -> Result<Pipeline, ProfileError> {
    let scaling = scaling(source, destination, intent)?;
    let mut pipeline = source.to_pcs(intent.intent)?;
    connect_scaled(&mut pipeline, source.is_lab(), true, scaling);
    pipeline.simplify();
    Ok(pipeline)
}

/// From the source's device to lightness alone, 0..1.
pub(super) fn lightness_of(
    source: &Profile,
    destination: &Profile,
    intent: RenderingIntent,
) -> Result<Pipeline, ProfileError> {
    let intent = match intent.intent {
        Rendering::Absolute => RenderingIntent {
            intent: Rendering::Relative,
            black_point_compensation: false,
        },
        _ => intent,
    };
    to_lab(source, destination, intent)
}

/// From lightness to a device, with a tint.
pub(super) fn toned(destination: &Profile, intent: Rendering, tone: Tone) -> Result<Pipeline, ProfileError> {
    let mut pipeline = Pipeline {
        stages: vec![Stage::Tone(tone)],
    };
    connect(&mut pipeline, true, destination.is_lab());
    pipeline.extend(destination.to_device(intent)?);
    Ok(pipeline)
}

impl Profile {
    /// Whether colours can be brought to this profile's device under an intent: there may be no table for it, as in
    /// the profiles of cameras and scanners.
    ///
    /// # Errors
    /// What is missing.
    pub fn check_destination(&self, intent: RenderingIntent) -> Result<(), ProfileError> {
        link(&Profile::srgb(), self, intent).map(drop)
    }
}
