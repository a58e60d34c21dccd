use proptest::prelude::*;

use super::*;

/// A picture through both passes, interleaved.
fn scale(source: SourceRow<'_>, channels: usize, size: (u32, u32), target: (u32, u32)) -> Vec<u16> {
    let across = Across::new(
        size.0,
        channels,
        Taps::new(size.0, 0.0, f64::from(size.0), target.0, 0..target.0),
    );
    let down = Taps::new(size.1, 0.0, f64::from(size.1), target.1, 0..target.1);
    let sixteen = matches!(source, SourceRow::Sixteen(_));
    let mut ring = Ring::new(down.count(), sixteen);
    let mut pad = Pad::default();
    let samples = size.0 as usize * channels;
    let mut out = vec![0; target.0 as usize * target.1 as usize * channels];
    for (i, row) in out.chunks_exact_mut(target.0 as usize * channels).enumerate() {
        for y in down.rows(i) {
            if let Some(slot) = ring.slot(y) {
                let at = y as usize * samples;
                let from = match source {
                    SourceRow::Eight(all) => SourceRow::Eight(&all[at..at + samples]),
                    SourceRow::Sixteen(all) => SourceRow::Sixteen(&all[at..at + samples]),
                };
                across.row(from, &mut pad, slot);
            }
        }
        ring.down(down.rows(i), down.weights(i), row);
    }
    out
}

/// The same in f64, by the definition: the kernel over a mirrored picture, nothing held to the range in between.
fn oracle(source: &[f64], channels: usize, size: (u32, u32), target: (u32, u32)) -> Vec<f64> {
    let axis = |n: u32, m: u32| -> Vec<Vec<(usize, f64)>> {
        let step = f64::from(n) / f64::from(m);
        let stretch = step.max(1.0);
        (0..m)
            .map(|i| {
                let centre = (f64::from(i) + 0.5) * step;
                let reach = (3.0 * stretch).ceil() as i64 + 1;
                let mut taps: Vec<(usize, f64)> = (centre as i64 - reach..=centre as i64 + reach)
                    .map(|p| {
                        let x = (p as f64 + 0.5 - centre) / stretch;
                        let pi = std::f64::consts::PI * x;
                        let weight = match x {
                            0.0 => 1.0,
                            x if x.abs() >= 3.0 => 0.0,
                            _ => 3.0 * pi.sin() * (pi / 3.0).sin() / (pi * pi),
                        };
                        let mut q = p;
                        while q < 0 || q >= i64::from(n) {
                            q = if q < 0 { -1 - q } else { 2 * i64::from(n) - 1 - q };
                        }
                        (q as usize, weight)
                    })
                    .collect();
                let sum: f64 = taps.iter().map(|t| t.1).sum();
                taps.iter_mut().for_each(|t| t.1 /= sum);
                taps
            })
            .collect()
    };
    let (xs, ys) = (axis(size.0, target.0), axis(size.1, target.1));
    let mut out = Vec::new();
    for y in &ys {
        for x in &xs {
            for c in 0..channels {
                let at = |i: usize, j: usize| source[(j * size.0 as usize + i) * channels + c];
                let sum: f64 = y
                    .iter()
                    .map(|(j, v)| v * x.iter().map(|(i, w)| w * at(*i, *j)).sum::<f64>())
                    .sum();
                out.push(sum.clamp(0.0, 1.0));
            }
        }
    }
    out
}

fn sizes() -> impl Strategy<Value = ((u32, u32), (u32, u32))> {
    ((1u32..40, 1u32..40), (1u32..60, 1u32..60))
}

/// Pictures of noise, edges and full black and white: what overshoots most.
fn pixels(seed: u64, count: usize) -> Vec<u16> {
    let mut state = seed | 1;
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            match state % 5 {
                0 => 0,
                1 => 65_535,
                _ => (state >> 20) as u16,
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn eight_bits_are_within_a_level_of_the_definition(
        ((w, h), target) in sizes(), channels in prop::sample::select(vec![1usize, 3, 4]), seed in any::<u64>()
    ) {
        let source: Vec<u8> = pixels(seed, (w * h) as usize * channels).iter().map(|v| (v >> 8) as u8).collect();
        let exact: Vec<f64> = source.iter().map(|v| f64::from(*v) / 255.0).collect();
        let got = scale(SourceRow::Eight(&source), channels, (w, h), target);
        for (g, e) in got.iter().zip(oracle(&exact, channels, (w, h), target)) {
            let off = (f64::from(*g) / 65_535.0 - e).abs() * 255.0;
            prop_assert!(off < 0.25, "off by {off} of an 8-bit level");
        }
    }

    #[test]
    fn sixteen_bits_are_within_a_level_of_the_definition(
        ((w, h), target) in sizes(), channels in prop::sample::select(vec![1usize, 3, 4]), seed in any::<u64>()
    ) {
        // Softer, for what lies between the passes is held to a quarter of overshoot.
        let source: Vec<u16> = pixels(seed, (w * h) as usize * channels).iter().map(|v| 16_000 + v / 2).collect();
        let exact: Vec<f64> = source.iter().map(|v| f64::from(*v) / 65_535.0).collect();
        let got = scale(SourceRow::Sixteen(&source), channels, (w, h), target);
        for (g, e) in got.iter().zip(oracle(&exact, channels, (w, h), target)) {
            let off = (f64::from(*g) - e * 65_535.0).abs();
            prop_assert!(off < 24.0, "off by {off} of a 16-bit level");
        }
    }

    #[test]
    fn an_even_tone_stays_exactly_even(((w, h), target) in sizes(), tone in any::<u16>(), eight in any::<bool>()) {
        let count = (w * h * 3) as usize;
        let (got, wanted) = if eight {
            let tone = (tone >> 8) as u8;
            (scale(SourceRow::Eight(&vec![tone; count]), 3, (w, h), target), u16::from(tone) * 257)
        } else {
            (scale(SourceRow::Sixteen(&vec![tone; count]), 3, (w, h), target), tone)
        };
        prop_assert!(got.iter().all(|g| *g == wanted), "{wanted}: {got:?}");
    }

    #[test]
    fn weights_never_add_up_to_more_than_the_kernels_bear(n in 1u32..3_000, m in 1u32..3_000, start in -1.0f64..1.0) {
        let taps = Taps::new(n, start * f64::from(n), f64::from(n), m, 0..m);
        for i in 0..m as usize {
            let sum: i32 = taps.weights(i).iter().map(|w| i32::from(*w)).sum();
            let absolute: i32 = taps.weights(i).iter().map(|w| i32::from(*w).abs()).sum();
            prop_assert_eq!(sum, 1 << 14);
            prop_assert!(f64::from(absolute) <= 1.6 * 16_384.0, "{}", absolute);
            prop_assert!(taps.rows(i).end <= n);
        }
    }
}

#[test]
fn the_same_size_is_the_same_picture() {
    let source = pixels(7, 30 * 20 * 3);
    assert_eq!(scale(SourceRow::Sixteen(&source), 3, (30, 20), (30, 20)), source);
    let eight: Vec<u8> = source.iter().map(|v| (v >> 8) as u8).collect();
    let wide: Vec<u16> = eight.iter().map(|v| u16::from(*v) * 257).collect();
    assert_eq!(scale(SourceRow::Eight(&eight), 3, (30, 20), (30, 20)), wide);
}
