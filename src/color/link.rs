//! A conversion from device to device, baked and applied.

use super::curve::clamp01;
use super::error::ProfileError;
use super::grid::Grid;
use super::pipeline::{Pipeline, Stage};
use super::profile::Profile;
use super::shaper::Shaper;
use super::transform::link;
use crate::model::RenderingIntent;

/// A baked link from one device to another. Baking costs some tens of milliseconds, applying some nanoseconds a pixel.
pub struct DeviceLink {
    inputs: usize,
    outputs: usize,
    kernel: Kernel,
    /// What was baked, to measure the tables against.
    #[cfg(test)]
    pipeline: Pipeline,
}

enum Kernel {
    /// The same profile on both sides.
    Identity,
    /// Grey in: every value was computed beforehand.
    Table(Vec<[u8; 3]>),
    /// Curves, a matrix, curves.
    Shaper(Shaper),
    /// Anything else with three channels in.
    Grid(Grid),
}

impl std::fmt::Debug for DeviceLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kernel = match self.kernel {
            Kernel::Identity => "identity",
            Kernel::Table(_) => "table",
            Kernel::Shaper(_) => "curves and matrix",
            Kernel::Grid(_) => "grid",
        };
        f.debug_struct("DeviceLink")
            .field("inputs", &self.inputs)
            .field("outputs", &self.outputs)
            .field("kernel", &kernel)
            .finish_non_exhaustive()
    }
}

impl DeviceLink {
    /// Bakes. Source and destination: grey or RGB (1 or 3 channels). Where both are the same profile, bytes and all,
    /// nothing is converted. Black point compensation is also applied without being asked for where version 4 of the
    /// standard implies it (perceptual and saturation onto a version 4 destination), and never to absolute.
    ///
    /// # Errors
    /// When a profile lacks what the intent needs, or is for CMYK.
    pub fn bake(source: &Profile, destination: &Profile, intent: RenderingIntent) -> Result<DeviceLink, ProfileError> {
        let pipeline = link(source, destination, intent)?;
        let (inputs, outputs) = (source.channels(), destination.channels());
        let kernel = if source.as_bytes() == destination.as_bytes() {
            Kernel::Identity
        } else if inputs == 1 {
            Kernel::Table(grey_table(&pipeline))
        } else if let Some(shaper) = Shaper::bake(&pipeline) {
            Kernel::Shaper(shaper)
        } else {
            Kernel::Grid(Grid::bake(&pipeline))
        };
        Ok(DeviceLink {
            inputs,
            outputs,
            kernel,
            #[cfg(test)]
            pipeline,
        })
    }

    /// Channels in: 1 or 3.
    pub fn input_channels(&self) -> usize {
        self.inputs
    }

    /// Channels out: 1 or 3.
    pub fn output_channels(&self) -> usize {
        self.outputs
    }

    /// Converts interleaved pixels: `src` full-range u16 (a byte `v` comes as `v * 257`), `dst` bytes, rounded.
    /// Both should hold the same number of pixels; of unequal ones the shorter counts, and the rest of `dst` stays.
    pub fn apply(&self, src: &[u16], dst: &mut [u8]) {
        match (&self.kernel, self.outputs) {
            (Kernel::Identity, channels) => {
                let whole = (src.len().min(dst.len()) / channels) * channels;
                for (to, from) in dst.iter_mut().zip(src).take(whole) {
                    *to = narrow(*from);
                }
            }
            (Kernel::Table(table), 1) => each::<1>(src, dst, |v| [look(table, v)[0]]),
            (Kernel::Table(table), _) => each::<3>(src, dst, |v| look(table, v)),
            (Kernel::Shaper(shaper), outputs) => shaper.apply(outputs, src, dst),
            (Kernel::Grid(grid), outputs) => grid.apply(outputs, src, dst),
        }
    }

    /// What was baked, computed in f64: device values 0..1, held to that.
    #[cfg(test)]
    pub(super) fn exact(&self, v: [f64; 3]) -> [f64; 3] {
        if matches!(self.kernel, Kernel::Identity) {
            return v;
        }
        self.pipeline.eval(v).map(clamp01)
    }
}

/// 16 bits to 8, rounded.
fn narrow(v: u16) -> u8 {
    ((u32::from(v) * 255 + 32767) / 65535) as u8
}

fn look(table: &[[u8; 3]], v: u16) -> [u8; 3] {
    table.get(usize::from(v)).copied().unwrap_or_default()
}

fn each<const OUT: usize>(src: &[u16], dst: &mut [u8], convert: impl Fn(u16) -> [u8; OUT]) {
    let (pixels, _) = dst.as_chunks_mut::<OUT>();
    for (to, from) in pixels.iter_mut().zip(src) {
        *to = convert(*from);
    }
}

/// 0..1 to a byte, rounded.
pub(super) fn to_byte(v: f64) -> u8 {
    (clamp01(v) * 255.0 + 0.5) as u8
}

/// All 65536 greys.
fn grey_table(pipeline: &Pipeline) -> Vec<[u8; 3]> {
    (0..=u16::MAX)
        .map(|v| pipeline.eval([f64::from(v) / 65535.0, 0.0, 0.0]).map(to_byte))
        .collect()
}

/// The curves that a pipeline of three channels begins with, if a matrix follows them.
pub(super) fn leading_curves(pipeline: &Pipeline) -> Option<&[super::curve::Curve]> {
    match pipeline.stages.as_slice() {
        [Stage::Curves(curves), Stage::Matrix(..), ..] if curves.len() == 3 => Some(curves),
        _ => None,
    }
}
