//! Tests of the colour engine. LittleCMS is the reference.

mod accuracy;
mod against_lcms;
mod attacks;
mod made;
mod modes;
mod modular;
mod paper;
mod parts;
mod proofs;

use super::{DeviceLink, Profile};
use crate::model::{Rendering, RenderingIntent};

/// Every intent, with and without black point compensation where that is a choice.
const INTENTS: [RenderingIntent; 7] = [
    asked(Rendering::Perceptual, false),
    asked(Rendering::Perceptual, true),
    asked(Rendering::Relative, false),
    asked(Rendering::Relative, true),
    asked(Rendering::Saturation, false),
    asked(Rendering::Saturation, true),
    asked(Rendering::Absolute, false),
];

const fn asked(intent: Rendering, black_point_compensation: bool) -> RenderingIntent {
    RenderingIntent {
        intent,
        black_point_compensation,
    }
}

/// Colours to try, `channels` numbers of 16 bits each: a grid, greys, and a pseudo-random cloud.
fn colours(channels: usize) -> Vec<u16> {
    if channels == 1 {
        return (0..=255).map(|v| v * 257).chain((0..4096).map(|v| v * 16)).collect();
    }
    let points: u32 = if channels == 4 { 9 } else { 17 };
    let mut out = Vec::new();
    for node in 0..points.pow(channels as u32) {
        out.extend((0..channels as u32).map(|c| (node / points.pow(c) % points * 65535 / (points - 1)) as u16));
    }
    out.extend((0..=255_u16).flat_map(|v| vec![v * 257; channels]));
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..channels * 20_000 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        out.push((state >> 48) as u16);
    }
    out
}

fn bake(source: &Profile, destination: &Profile, intent: RenderingIntent) -> DeviceLink {
    DeviceLink::bake(source, destination, intent).unwrap()
}

fn convert(link: &DeviceLink, src: &[u16]) -> Vec<u8> {
    let mut out = vec![0; src.len() / link.input_channels() * link.output_channels()];
    link.apply(src, &mut out);
    out
}
