//! The promise: baked links against LittleCMS in doubles, 200,000 colours for each kind of profile and intent.

use super::against_lcms::{lab, reference, romm};
use super::*;
use crate::color::delta_e_2000;

const SAMPLES: usize = 200_000;

/// Half noise, half what a picture has: slow changes, edges now and then, and little noise on them.
fn samples(channels: usize) -> Vec<u16> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 48) as u16
    };
    let mut out: Vec<u16> = (0..SAMPLES / 2 * channels).map(|_| random()).collect();
    let mut here = vec![0_i32; channels];
    for i in 0..SAMPLES / 2 {
        let edge = i % 61 == 0;
        // Most of a picture lies near the greys.
        let common = i32::from(random());
        for v in &mut here {
            let noise = i32::from(random()) - 32768;
            *v = if edge { common + noise / 3 } else { *v + noise / 100 };
            out.push((*v).clamp(0, 65535) as u16);
        }
    }
    out
}

/// Mean, 99th percentile and largest.
fn figures(mut errors: Vec<f64>) -> [f64; 3] {
    errors.sort_by(f64::total_cmp);
    let mean = errors.iter().sum::<f64>() / errors.len() as f64;
    [mean, errors[errors.len() * 99 / 100], errors[errors.len() - 1]]
}

/// Holds one kind of source, printed on the virtual paper (or shown on sRGB), to the promise under every intent.
fn keep(source: &Profile, destination: &Profile) {
    let src = samples(source.channels());
    let unit: Vec<f64> = src.iter().map(|v| f64::from(*v) / 65535.0).collect();
    for intent in INTENTS {
        let link = bake(source, destination, intent);
        let mut wide = vec![0; src.len() / source.channels() * destination.channels()];
        link.apply16(&src, &mut wide);
        let wide: Vec<f64> = wide.iter().map(|v| f64::from(*v) / 65535.0).collect();
        let bytes: Vec<f64> = convert(&link, &src).iter().map(|v| f64::from(*v) / 255.0).collect();
        let exact = reference(source, destination, intent, &unit);
        let wanted = lab(destination, &exact);
        let errors = |got: &[f64]| {
            let got = lab(destination, got);
            figures(wanted.iter().zip(got).map(|(a, b)| delta_e_2000(*a, b)).collect())
        };
        let (baked, last) = (errors(&wide), errors(&bytes));
        println!(
            "{} -> {} {intent:?}: baked mean {:.4} p99 {:.3} max {:.3}; 8 bit mean {:.4} p99 {:.3} max {:.3}",
            source.description(),
            destination.description(),
            baked[0],
            baked[1],
            baked[2],
            last[0],
            last[1],
            last[2],
        );
        assert!(
            baked[0] <= 0.06 && baked[1] <= 0.35 && baked[2] <= 1.5,
            "{intent:?} {baked:?}"
        );
        // What rounding alone makes of LittleCMS' own values. Among dark and grey colours it is the larger part.
        let rounded: Vec<f64> = exact.iter().map(|v| (v * 255.0).round() / 255.0).collect();
        let floor = errors(&rounded);
        println!("    floor of 8 bit: mean {:.4} p99 {:.3}", floor[0], floor[1]);
        let limits = [0.13_f64.max(floor[0] + 0.025), 0.40_f64.max(floor[1] + 0.05)];
        assert!(
            last[0] <= limits[0] && last[1] <= limits[1],
            "{intent:?} {last:?} {floor:?}"
        );
    }
}

#[test]
fn matrix_sources_keep_the_promise() {
    keep(&Profile::adobe_rgb(), &Profile::virtual_paper());
}

#[test]
fn wide_matrix_sources_keep_the_promise() {
    keep(&romm(), &Profile::virtual_paper());
}

#[test]
fn table_sources_keep_the_promise() {
    keep(&super::modular::device(), &Profile::virtual_paper());
}

#[test]
fn cmyk_sources_of_version_2_keep_the_promise() {
    keep(&super::made::cmyk_v2(), &Profile::virtual_paper());
}

#[test]
fn cmyk_sources_of_version_4_keep_the_promise() {
    keep(&super::made::cmyk_v4(), &Profile::virtual_paper());
}

#[test]
fn grey_sources_keep_the_promise() {
    keep(&Profile::gray(), &Profile::virtual_paper());
}
