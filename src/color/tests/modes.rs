//! 16 bits, dither, monochrome, the cache.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::against_lcms::lab;
use super::*;
use crate::color::finish::byte;
use crate::color::lanes::{Node, Sum, WHOLE, scalar, weights};
use crate::color::{LinkCache, LinkKey, ProfileError, Tint, Tone};

fn wide(link: &DeviceLink, src: &[u16]) -> Vec<u16> {
    let mut out = vec![0; src.len() / link.input_channels() * link.output_channels()];
    link.apply16(src, &mut out);
    out
}

/// Every kind of kernel.
fn links() -> Vec<DeviceLink> {
    let (srgb, paper) = (Profile::srgb(), Profile::virtual_paper());
    vec![
        bake(&paper, &paper, INTENTS[3]),
        bake(&srgb, &Profile::adobe_rgb(), INTENTS[3]),
        bake(&srgb, &Profile::gray(), INTENTS[3]),
        bake(&Profile::gray(), &paper, INTENTS[3]),
        bake(&srgb, &paper, INTENTS[3]),
        bake(&super::made::cmyk_v2(), &paper, INTENTS[3]),
        bake(&srgb, &super::made::cmyk_v4(), INTENTS[3]),
        DeviceLink::bake_mono(&srgb, &paper, INTENTS[3], Tone::SELENIUM).unwrap(),
    ]
}

proptest! {
    /// The vector registers give what four plain numbers give.
    #[test]
    fn sums_agree_with_plain_numbers(nodes: [[i16; 4]; 4], mut parts in prop::array::uniform3(0..=WHOLE)) {
        parts.sort_unstable();
        let [low, middle, high] = parts;
        let near = weights(WHOLE - high, high - middle);
        let far = weights(middle - low, low);
        let [a, b, c, d] = nodes.map(Node);
        prop_assert_eq!(
            Sum::pair(a, b, near).add(Sum::pair(c, d, far)).settle(),
            scalar::Sum::pair(a, b, near).add(scalar::Sum::pair(c, d, far)).settle()
        );
    }

    #[test]
    fn bytes_are_divided_by_257(words: [u16; 4], noise in 0..=256_u32) {
        let node = Node::new(words);
        for (i, word) in words.into_iter().enumerate() {
            prop_assert_eq!(node.channel(i), word);
            prop_assert_eq!(byte(word, noise), ((u32::from(word) + noise) / 257) as u8);
        }
    }
}

/// Rounded bytes are the 16 bits, rounded; of the curves' own tables up to the noise of their steps.
#[test]
fn bytes_are_the_16_bits_rounded() {
    for link in links() {
        let src = colours(link.input_channels());
        for (byte, word) in convert(&link, &src).into_iter().zip(wide(&link, &src)) {
            let off = (f64::from(byte) - f64::from(word) / 257.0).abs();
            assert!(off <= 0.55, "{link:?}: {byte} for {word}");
        }
    }
}

/// Neighbours of one colour are converted together; each gets what it gets alone.
#[test]
fn runs_of_a_colour_are_no_different() {
    for link in links() {
        let (ins, outs) = (link.input_channels(), link.output_channels());
        let paper = if ins == 4 { 0 } else { u16::MAX };
        let mut row = Vec::new();
        for (level, count) in [
            (paper, 70),
            (300, 53),
            (paper, 1),
            (u16::MAX - paper, 7),
            (21_845, 90),
            (paper, 4),
        ] {
            row.extend(std::iter::repeat_n(level, count * ins));
        }
        let (words, rounded) = (wide(&link, &row), convert(&link, &row));
        let mut dithered = vec![0; rounded.len()];
        link.apply_dithered(&row, &mut dithered, 10, 3);
        for (x, pixel) in row.chunks(ins).enumerate() {
            let here = x * outs..(x + 1) * outs;
            let mut alone = vec![0; outs];
            link.apply_dithered(pixel, &mut alone, 10 + x as u32, 3);
            assert_eq!(dithered[here.clone()], alone, "{link:?}: pixel {x}");
            assert_eq!(words[here.clone()], wide(&link, pixel), "{link:?}: pixel {x}");
            assert_eq!(rounded[here], convert(&link, pixel), "{link:?}: pixel {x}");
        }
    }
}

/// The mean over an area is that of the 16 bits; whole bytes stay; each pixel is one of its two neighbours; and the
/// place alone decides.
#[test]
fn dither_keeps_the_mean() {
    const SIDE: u32 = 64;
    for link in links() {
        let ins = link.input_channels();
        for level in [0, 3, 300, 5000, 21_845, 33_000, 60_001, 65_534, 65_535] {
            let pixel: Vec<u16> = (0..ins)
                .map(|c| if c == 0 { level } else { level / 4 * 3 + level / 4 })
                .collect();
            let exact = wide(&link, &pixel);
            let row = pixel.repeat(SIDE as usize);
            let mut sums = vec![0_u32; exact.len()];
            for y in 0..SIDE {
                let mut out = vec![0; exact.len() * SIDE as usize];
                link.apply_dithered(&row, &mut out, 1000, 77 + y);
                for (i, v) in out.iter().enumerate() {
                    let word = exact[i % exact.len()];
                    assert!(u16::from(*v) == word / 257 || u16::from(*v) == word.div_ceil(257));
                    sums[i % exact.len()] += u32::from(*v);
                }
                // In two pieces it is the same.
                let mut pieces = vec![0; out.len()];
                let half = SIDE as usize / 2;
                link.apply_dithered(&row[..half * ins], &mut pieces[..half * exact.len()], 1000, 77 + y);
                let at = 1000 + SIDE / 2;
                link.apply_dithered(&row[half * ins..], &mut pieces[half * exact.len()..], at, 77 + y);
                assert_eq!(out, pieces);
            }
            for (sum, word) in sums.iter().zip(&exact) {
                let mean = f64::from(*sum) / f64::from(SIDE * SIDE);
                assert!(
                    (mean - f64::from(*word) / 257.0).abs() < 0.02,
                    "{link:?} {word}: {mean}"
                );
            }
        }
    }
}

/// Greys never fall and are as neutral as the exact conversion makes them.
#[test]
fn grey_ramps_rise_and_stay_neutral() {
    let paper = Profile::virtual_paper();
    for source in [Profile::srgb(), Profile::adobe_rgb(), super::against_lcms::romm()] {
        let link = bake(&source, &paper, INTENTS[3]);
        let ramp: Vec<u16> = (0..=2048_u32).flat_map(|i| [(i * 65535 / 2048) as u16; 3]).collect();
        let got = wide(&link, &ramp);
        let unit: Vec<f64> = got.iter().map(|v| f64::from(*v) / 65535.0).collect();
        let colours = lab(&paper, &unit);
        for (i, pair) in colours.windows(2).enumerate() {
            assert!(pair[1][0] >= pair[0][0] - 1e-3, "{source:?} {i}: {pair:?}");
        }
        for (at, colour) in ramp.chunks_exact(3).zip(&colours) {
            let v = f64::from(at[0]) / 65535.0;
            let exact = lab(&paper, &link.exact([v; 4])[..3])[0];
            let off = (colour[1] - exact[1]).hypot(colour[2] - exact[2]);
            assert!(off < 0.25, "{source:?} {v}: {colour:?}, exactly {exact:?}");
        }
    }
}

/// A monochrome print has the lightness of the picture and no colour but its tone's.
#[test]
fn monochrome_has_the_tone_and_nothing_else() {
    let paper = Profile::virtual_paper();
    for tone in [Tone::NEUTRAL, Tone::WARM, Tone::COOL, Tone::SEPIA, Tone::SELENIUM] {
        for source in [Profile::srgb(), Profile::gray(), super::made::cmyk_v4()] {
            let link = DeviceLink::bake_mono(&source, &paper, INTENTS[3], tone).unwrap();
            let src = colours(source.channels());
            let src = &src[..src.len().min(6000)];
            let unit: Vec<f64> = wide(&link, src).iter().map(|v| f64::from(*v) / 65535.0).collect();
            for [l, a, b] in lab(&paper, &unit) {
                // Between the points of the paper's own tables greys are up to one off; dark sepia is beyond its gamut.
                let wanted = tone.tint(l);
                let off = (a - wanted[0]).hypot(b - wanted[1]);
                assert!(
                    off < 1.5 || l < 25.0,
                    "{tone:?} {source:?}: {l} {a} {b}, wanted {wanted:?}"
                );
            }
            let ins = source.channels();
            let [black, white] = if ins == 4 { [65535, 0] } else { [0, 65535] };
            assert_eq!(convert(&link, &vec![white; ins]), [255; 3], "{tone:?}");
            // A toned black is a little less than all ink.
            assert!(convert(&link, &vec![black; ins])[0] < 32, "{tone:?} {source:?}");
        }
    }
    let split = Tone::split(Tint { a: -20, b: -60 }, Tint { a: 20, b: 90 }, 50);
    assert!(split.tint(30.0)[1] < -3.0 && split.tint(70.0)[1] > 3.0);
    assert_eq!((split.tint(0.0), split.tint(100.0)), ([0.0; 2], [0.0; 2]));
    // Lightness decides alone: two colours of the same L* print the same.
    let grey = DeviceLink::bake_mono(&Profile::srgb(), &Profile::gray(), INTENTS[2], Tone::SEPIA).unwrap();
    for v in [0, 9000, 30_000, 65_535] {
        let got = wide(&grey, &[v; 3])[0];
        assert!(got.abs_diff(v) < 40, "{v} became {got}");
    }
}

#[test]
fn the_cache_bakes_once_and_forgets_the_oldest() {
    let cache = LinkCache::new(2);
    let key = |n: u8| LinkKey {
        source: [n; 32],
        destination: [0; 32],
        intent: INTENTS[3],
        tone: None,
    };
    let baked = AtomicUsize::new(0);
    let get = |n| {
        let bake = || {
            baked.fetch_add(1, Ordering::Relaxed);
            DeviceLink::bake(&Profile::srgb(), &Profile::adobe_rgb(), INTENTS[3])
        };
        cache.get(key(n), bake).unwrap()
    };
    std::thread::scope(|s| {
        for _ in 0..4 {
            s.spawn(|| get(1));
        }
    });
    assert_eq!(baked.load(Ordering::Relaxed), 1);
    assert!(Arc::ptr_eq(&get(1), &get(1)));
    get(2);
    get(1);
    get(3);
    assert_eq!((baked.load(Ordering::Relaxed), cache.len()), (3, 2));
    // 2 went, 1 had been asked for since.
    get(1);
    assert_eq!(baked.load(Ordering::Relaxed), 3);
    get(2);
    assert_eq!(baked.load(Ordering::Relaxed), 4);
    let failed = cache.get(key(9), || Err(ProfileError::NotIcc));
    assert_eq!(failed.unwrap_err(), ProfileError::NotIcc);
    assert!(!cache.is_empty() && cache.len() <= 2);
}
