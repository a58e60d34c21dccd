//! A conversion from device to device, baked and applied.

use super::axis::{Shape, shapes};
use super::blocks::{self, BLOCK, Lookup, Same};
use super::bpc::connect;
use super::curve::clamp01;
use super::delta_e::delta_e_2000;
use super::error::ProfileError;
use super::finish::{Dithered, Finish, Rounded, Wide};
use super::grid::{Grid, node};
use super::lanes::Node;
use super::pcs::decode_lab;
use super::pipeline::{Color, Pipeline, three};
use super::profile::Profile;
use super::shaper::Shaper;
use super::tone::Tone;
use super::transform::{lightness_of, link, toned};
use crate::model::{Rendering, RenderingIntent};

/// A baked link from one device to another. Baking costs some tens of milliseconds, applying some nanoseconds a pixel.
///
/// Pixels come interleaved, channels at full range of 16 bits (a byte `v` comes as `v * 257`): grey and RGB with 0 for
/// black, CMYK with 0 for no ink. What comes out has the same sense.
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
    /// One channel in: every value was computed beforehand.
    Table(Vec<Node>),
    /// Curves, a matrix, curves.
    Shaper(Shaper),
    /// Anything else with three or four channels in.
    Grid(Grid),
    /// To lightness, and on by a table.
    Mono(Box<Kernel>, Vec<Node>),
}

impl std::fmt::Debug for DeviceLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kernel = match self.kernel {
            Kernel::Identity => "identity",
            Kernel::Table(_) => "table",
            Kernel::Shaper(_) => "curves and matrix",
            Kernel::Grid(_) => "grid",
            Kernel::Mono(..) => "lightness and table",
        };
        f.debug_struct("DeviceLink")
            .field("inputs", &self.inputs)
            .field("outputs", &self.outputs)
            .field("kernel", &kernel)
            .finish_non_exhaustive()
    }
}

impl DeviceLink {
    /// Bakes. Source and destination: grey, RGB or CMYK (1, 3 or 4 channels). Where both are the same profile, bytes
    /// and all, nothing is converted. Black point compensation is also applied without being asked for where version 4
    /// of the standard implies it (perceptual and saturation onto a version 4 destination), and never to absolute.
    ///
    /// # Errors
    /// When a profile lacks what the intent needs.
    pub fn bake(source: &Profile, destination: &Profile, intent: RenderingIntent) -> Result<DeviceLink, ProfileError> {
        let pipeline = link(source, destination, intent)?;
        let (inputs, outputs) = (source.channels(), destination.channels());
        let kernel = if source.as_bytes() == destination.as_bytes() {
            Kernel::Identity
        } else {
            Kernel::bake(&pipeline, inputs, look(destination).as_deref())
        };
        Ok(DeviceLink {
            inputs,
            outputs,
            kernel,
            #[cfg(test)]
            pipeline,
        })
    }

    /// Bakes a monochrome print: of the source only the lightness is taken (L* under the intent, with black point
    /// compensation if that is asked for), and printed on the destination's neutral axis or, with a [`Tone`], beside
    /// it. Absolute is as relative: a monochrome picture has the white of the paper it is on.
    ///
    /// # Errors
    /// When a profile lacks what the intent needs.
    pub fn bake_mono(
        source: &Profile,
        destination: &Profile,
        intent: RenderingIntent,
        tone: Tone,
    ) -> Result<DeviceLink, ProfileError> {
        let to_lightness = lightness_of(source, destination, intent)?;
        let on = toned(destination, intent.intent, tone)?;
        let link = DeviceLink::bake_lightness(source.channels(), destination.channels(), &to_lightness, |v| on.eval(v));
        #[cfg(test)]
        let link = {
            let mut pipeline = to_lightness;
            pipeline.extend(on);
            DeviceLink { pipeline, ..link }
        };
        Ok(link)
    }

    /// Bakes whatever begins with lightness alone: the way to it, and any function from there on.
    pub(super) fn bake_lightness(
        inputs: usize,
        outputs: usize,
        to_lightness: &Pipeline,
        on: impl Fn(Color) -> Color,
    ) -> DeviceLink {
        let kernel = if inputs == 1 {
            Kernel::Table(table(|v| on(to_lightness.eval(v).map(clamp01))))
        } else {
            let apart = |a: Color, b: Color| (a[0] - b[0]).abs() * 100.0;
            let first = Kernel::bake(to_lightness, inputs, Some(&apart));
            Kernel::Mono(Box::new(first), table(on))
        };
        DeviceLink {
            inputs,
            outputs,
            kernel,
            #[cfg(test)]
            pipeline: Pipeline::default(),
        }
    }

    /// The way that [`DeviceLink::bake`] takes, at some colours and without its tables: what the fuzz targets can afford
    /// for every profile.
    ///
    /// # Errors
    /// As there.
    #[cfg(feature = "fuzzing")]
    pub fn samples(
        source: &Profile,
        destination: &Profile,
        intent: RenderingIntent,
    ) -> Result<Vec<Color>, ProfileError> {
        let pipeline = link(source, destination, intent)?;
        let corners = (0..16u8).map(|bits| [0, 1, 2, 3].map(|c| f64::from(bits >> c & 1)));
        let others = [[0.5; 4], [0.1, 0.9, 0.4, 0.01], [1.0 / 3.0, 0.75, 0.999, 0.2]];
        Ok(corners.chain(others).map(|v| pipeline.eval(v)).collect())
    }

    /// Bakes any function into a grid (or a table, of one channel); the shapes are those of the source.
    pub(super) fn bake_function(
        inputs: usize,
        outputs: usize,
        shapes: &[Shape],
        convert: impl Fn(Color) -> Color,
    ) -> DeviceLink {
        let kernel = if inputs == 1 {
            Kernel::Table(table(convert))
        } else {
            Kernel::Grid(Grid::bake(inputs, shapes, convert, None))
        };
        DeviceLink {
            inputs,
            outputs,
            kernel,
            #[cfg(test)]
            pipeline: Pipeline::default(),
        }
    }

    /// Channels in: 1, 3 or 4.
    pub fn input_channels(&self) -> usize {
        self.inputs
    }

    /// Channels out: 1, 3 or 4.
    pub fn output_channels(&self) -> usize {
        self.outputs
    }

    /// Converts to bytes, rounded. Both slices should hold the same number of pixels; of unequal ones the shorter
    /// counts, and the rest of `dst` stays.
    pub fn apply(&self, src: &[u16], dst: &mut [u8]) {
        match (&self.kernel, self.outputs) {
            // Its tables to bytes are a little faster than those to 16 bits.
            (Kernel::Shaper(shaper), 1) => shaper.apply::<1>(src, dst),
            (Kernel::Shaper(shaper), 3) => shaper.apply::<3>(src, dst),
            _ => self.run(src, dst, Rounded),
        }
    }

    /// As [`DeviceLink::apply`], to 16 bits of full range.
    pub fn apply16(&self, src: &[u16], dst: &mut [u16]) {
        self.run(src, dst, Wide);
    }

    /// As [`DeviceLink::apply`], dithered instead of rounded: (`x`, `y`) is the place of the first pixel on the sheet,
    /// the others follow to its right. The noise depends on the place alone, so that bands can be converted in any
    /// order. Over an area the mean is that of the 16 bits; what is a whole byte (0 and 255 above all) stays as it is.
    pub fn apply_dithered(&self, src: &[u16], dst: &mut [u8], x: u32, y: u32) {
        self.run(src, dst, Dithered::at(x, y));
    }

    fn run<F: Finish>(&self, src: &[u16], dst: &mut [F::Sample], mut finish: F) {
        match self.outputs {
            1 => self.kernel.run::<1, F>(self.inputs, src, dst, &mut finish),
            3 => self.kernel.run::<3, F>(self.inputs, src, dst, &mut finish),
            _ => self.kernel.run::<4, F>(self.inputs, src, dst, &mut finish),
        }
    }

    /// What was baked, computed in f64: device values 0..1, held to that.
    #[cfg(test)]
    pub(super) fn exact(&self, v: Color) -> Color {
        if matches!(self.kernel, Kernel::Identity) {
            return v;
        }
        self.pipeline.eval(v).map(clamp01)
    }
}

/// How far two colours of a device look apart, if its profile says how they look.
fn look(device: &Profile) -> Option<Box<dyn Fn(Color, Color) -> f64>> {
    let mut seen = device.to_pcs(Rendering::Relative).ok()?;
    connect(&mut seen, device.is_lab(), true);
    Some(Box::new(move |a, b| {
        let [a, b] = [a, b].map(|v| decode_lab(three(seen.eval(v))));
        delta_e_2000(a, b)
    }))
}

/// Pixels that a monochrome link takes at a time: whole blocks, so that dither goes on from one to the next.
const CHUNK: usize = 16 * BLOCK;

impl Kernel {
    fn bake(pipeline: &Pipeline, inputs: usize, distance: Option<&dyn Fn(Color, Color) -> f64>) -> Kernel {
        if inputs == 1 {
            Kernel::Table(table(|v| pipeline.eval(v)))
        } else if let Some(shaper) = Shaper::bake(pipeline) {
            Kernel::Shaper(shaper)
        } else {
            Kernel::Grid(Grid::bake(inputs, &shapes(pipeline), |v| pipeline.eval(v), distance))
        }
    }

    fn run<const OUT: usize, F: Finish>(&self, inputs: usize, src: &[u16], dst: &mut [F::Sample], finish: &mut F) {
        match self {
            Kernel::Identity => blocks::run::<OUT, OUT, F>(&Same, src, dst, finish),
            Kernel::Table(table) => pick::<OUT, F>(table, src, dst, finish),
            Kernel::Shaper(shaper) => shaper.run::<OUT, F>(src, dst, finish),
            Kernel::Grid(grid) => grid.run::<OUT, F>(src, dst, finish),
            Kernel::Mono(first, table) => {
                let mut lightness = [0; CHUNK];
                for (from, to) in src.chunks(CHUNK * inputs).zip(dst.chunks_mut(CHUNK * OUT)) {
                    let lightness = &mut lightness[..from.len() / inputs];
                    first.run::<1, Wide>(inputs, from, lightness, &mut Wide);
                    pick::<OUT, F>(table, lightness, to, finish);
                }
            }
        }
    }
}

fn pick<const OUT: usize, F: Finish>(table: &[Node], src: &[u16], dst: &mut [F::Sample], finish: &mut F) {
    if let Ok(table) = table.try_into() {
        blocks::run::<1, OUT, F>(&Lookup(table), src, dst, finish);
    }
}

/// 0..1 to a byte, rounded.
pub(super) fn to_byte(v: f64) -> u8 {
    (clamp01(v) * 255.0 + 0.5) as u8
}

/// 0..1 to 16 bits, rounded.
pub(super) fn to_word(v: f64) -> u16 {
    (clamp01(v) * 65535.0 + 0.5) as u16
}

/// All 65536 values of one channel.
fn table(convert: impl Fn(Color) -> Color) -> Vec<Node> {
    (0..=u16::MAX)
        .map(|v| node(convert([f64::from(v) / 65535.0, 0.0, 0.0, 0.0])))
        .collect()
}
