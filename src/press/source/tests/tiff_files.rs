use std::io::Cursor;

use ::tiff::decoder::{Decoder, DecodingResult};

use super::tiff_writer::{Spec, Writer, write};
use super::*;

const TIFF: DocumentFormat = DocumentFormat::Tiff;

fn depth(bits: u32) -> Depth {
    if bits == 16 { Depth::Sixteen } else { Depth::Eight }
}

/// Noise with runs in it, within the bits.
fn samples(spec: &Spec) -> Vec<u16> {
    let mask = ((1u32 << spec.bits) - 1) as u16;
    (0..spec.size())
        .map(|i| if i / 50 % 3 == 0 { 3 } else { noise(9, i) } & mask)
        .collect()
}

/// What the `tiff` crate makes of a file.
fn other_reader(bytes: &[u8]) -> Result<Vec<u16>, ::tiff::TiffError> {
    match Decoder::new(Cursor::new(bytes)).unwrap().read_image()? {
        DecodingResult::U8(samples) => Ok(samples.into_iter().map(u16::from).collect()),
        DecodingResult::U16(samples) => Ok(samples),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_layout_and_compression_gives_the_same_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let mut n = 0;
    for (channels, bits) in [(1, 8), (1, 16), (3, 8), (3, 16), (4, 8), (4, 16)] {
        for compression in [1, 5, 8, 32_946, 32_773] {
            for predictor in [false, true] {
                for planar in [false, true] {
                    for cut in [
                        (None, 1),
                        (None, 7),
                        (None, 60),
                        (Some((16, 32)), 0),
                        (Some((128, 64)), 0),
                    ] {
                        if predictor && !matches!(compression, 5 | 8 | 32_946) {
                            continue;
                        }
                        n += 1;
                        let mut spec = Spec::new(53, 60, channels, bits);
                        (spec.compression, spec.predictor, spec.planar) = (compression, predictor, planar);
                        (spec.tile, spec.rows_per_strip) = cut;
                        let samples = samples(&spec);
                        // Each file in one of the four kinds of header.
                        let bytes = write(&spec, &samples, n % 2 == 0, n % 5 == 0);
                        let input = input(&folder, TIFF, &bytes);
                        let found = head(&input, &limits(&folder)).unwrap();
                        assert_eq!((found.width, found.height, found.channels), (53, 60, channels));
                        assert_eq!(found.resolution, Some(Resolution { x: 240, y: 360 }));
                        assert_eq!(found.pages, 1);
                        let mut source = open(&input, Turn::NONE, &limits(&folder)).unwrap();
                        assert!(all(source.as_mut()).unwrap() == samples, "{spec:?}");
                        // It gives planes one by one.
                        if !planar {
                            match other_reader(&bytes) {
                                Ok(found) => assert!(found == samples, "the other reader: {spec:?}"),
                                // It misses the end code of a few LZW tiles that libtiff reads.
                                Err(e) => assert!(e.to_string().contains("no lzw end code"), "{e}: {spec:?}"),
                            }
                        }
                        if n % 4 == 0 {
                            gives(
                                &input,
                                || pixels(53, 60, channels, depth(bits), &samples),
                                &limits(&folder),
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn turned_pictures_that_are_not_small_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for compression in [1, 5, 8] {
        for planar in [false, true] {
            let mut spec = Spec::new(430, 310, 3, 16);
            (spec.compression, spec.planar, spec.rows_per_strip) = (compression, planar, 100);
            let samples = samples(&spec);
            let input = input(&folder, TIFF, &write(&spec, &samples, false, false));
            gives(
                &input,
                || pixels(430, 310, 3, Depth::Sixteen, &samples),
                &tight(&folder),
            );
        }
    }
}

#[test]
fn few_bits_and_palettes_become_eight() {
    let folder = tempfile::tempdir().unwrap();
    for bits in [1, 2, 4, 8] {
        for compression in [1, 8, 32_773] {
            let mut spec = Spec::new(29, 11, 1, bits);
            (spec.compression, spec.rows_per_strip) = (compression, 4);
            let stored = samples(&spec);
            let full = (1u16 << bits) - 1;
            for photometric in [0, 1] {
                spec.photometric = photometric;
                let want: Vec<u16> = stored
                    .iter()
                    .map(|s| if photometric == 0 { full - s } else { *s } * (255 / full))
                    .collect();
                let input = input(&folder, TIFF, &write(&spec, &stored, true, false));
                gives(&input, || pixels(29, 11, 1, Depth::Eight, &want), &limits(&folder));
            }
            spec.photometric = 3;
            let colours = 3 << bits;
            spec.shorts = vec![(320, (0..colours).map(|i| noise(5, i)).collect())];
            let map = &spec.shorts[0].1;
            let want: Vec<u16> = stored
                .iter()
                .flat_map(|s| [0, 1, 2].map(|k| map[(k << bits) + usize::from(*s)] >> 8))
                .collect();
            let input = input(&folder, TIFF, &write(&spec, &stored, true, false));
            gives(&input, || pixels(29, 11, 3, Depth::Eight, &want), &limits(&folder));
        }
    }
}

#[test]
fn white_is_zero_at_sixteen_bits_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = Spec::new(3, 1, 1, 16);
    spec.photometric = 0;
    let input = input(&folder, TIFF, &write(&spec, &[0, 1_000, 65_535], true, false));
    gives(
        &input,
        || pixels(3, 1, 1, Depth::Sixteen, &[65_535, 64_535, 0]),
        &limits(&folder),
    );
}

#[test]
fn what_is_transparent_shows_the_paper() {
    let folder = tempfile::tempdir().unwrap();
    // RGB and alpha; three pixels: covered, half, clear.
    let stored = [200, 100, 0, 255, 200, 100, 0, 51, 0, 0, 0, 0];
    let associated = [200, 100, 0, 255, 40, 20, 0, 51, 0, 0, 0, 0];
    let want = [200, 100, 0, 244, 224, 204, 255, 255, 255];
    for (extra, stored) in [(2, stored), (1, associated)] {
        for planar in [false, true] {
            let mut spec = Spec::new(3, 1, 4, 8);
            (spec.photometric, spec.planar) = (2, planar);
            spec.shorts = vec![(338, vec![extra])];
            let input = input(&folder, TIFF, &write(&spec, &stored, true, false));
            gives(&input, || pixels(3, 1, 3, Depth::Eight, &want), &limits(&folder));
        }
    }
    // What an extra sample of no told meaning holds is not looked at.
    let mut spec = Spec::new(3, 1, 4, 8);
    spec.photometric = 2;
    spec.shorts = vec![(338, vec![0])];
    let input = input(&folder, TIFF, &write(&spec, &stored, true, false));
    let want = [200, 100, 0, 200, 100, 0, 0, 0, 0];
    gives(&input, || pixels(3, 1, 3, Depth::Eight, &want), &limits(&folder));
}

#[test]
fn no_ink_is_the_paper_under_transparent_cmyk() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = Spec::new(2, 1, 5, 16);
    spec.photometric = 5;
    spec.shorts = vec![(338, vec![2])];
    let stored = [65_535, 0, 10, 20, 65_535, 65_535, 500, 10, 20, 0];
    let input = input(&folder, TIFF, &write(&spec, &stored, true, false));
    let want = [65_535, 0, 10, 20, 0, 0, 0, 0];
    gives(&input, || pixels(2, 1, 4, Depth::Sixteen, &want), &limits(&folder));
}

#[test]
fn pages_are_counted_and_picked_and_reduced_ones_are_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::new(true, false);
    let mut small = Spec::new(1, 1, 1, 8);
    for (i, size) in [(0u16, 4), (1, 2), (2, 5)] {
        let mut spec = Spec::new(size, 3, 1, 8);
        spec.shorts = vec![(274, vec![6])];
        writer.page(&spec, &vec![i * 10; spec.size()]);
        small.shorts = vec![(254, vec![1])];
        writer.page(&small, &[99]);
    }
    let mut input = input(&folder, TIFF, &writer.bytes);
    for (page, size) in [(0, 4), (1, 2), (2, 5)] {
        input.page = page;
        let head = head(&input, &limits(&folder)).unwrap();
        assert_eq!((head.width, head.height, head.pages), (3, size, 3));
        let mut source = open(&input, head.turn, &limits(&folder)).unwrap();
        assert_eq!(row(source.as_mut(), 0).unwrap(), [page as u16 * 10; 3]);
    }
    input.page = 3;
    let error = head(&input, &limits(&folder)).unwrap_err().to_string();
    assert!(error.contains("page 4") && error.contains("has 3"), "{error}");
}

#[test]
fn the_profile_comes_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = Spec::new(2, 2, 3, 8);
    spec.bytes = vec![(34_675, Profile::adobe_rgb().as_bytes().to_vec())];
    let input = input(&folder, TIFF, &write(&spec, &[7; 12], true, true));
    let head = head(&input, &limits(&folder)).unwrap();
    assert_eq!(head.icc.as_deref(), Some(Profile::adobe_rgb().as_bytes()));
}

#[test]
fn what_is_not_read_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let change = |change: &dyn Fn(&mut Spec)| {
        let mut spec = Spec::new(4, 4, 3, 8);
        change(&mut spec);
        let samples = vec![1; spec.size()];
        let input = input(&folder, TIFF, &write(&spec, &samples, true, false));
        head(&input, &limits(&folder)).unwrap_err().to_string()
    };
    for (word, error) in [
        ("YCbCr", change(&|s| s.photometric = 6)),
        ("Lab", change(&|s| s.photometric = 8)),
        ("JPEG", change(&|s| s.compression = 7)),
        ("fax", change(&|s| s.compression = 4)),
        ("Zstandard", change(&|s| s.compression = 50_000)),
        ("floating", change(&|s| s.shorts = vec![(339, vec![3; 3])])),
        (
            "inks",
            change(&|s| {
                (s.samples, s.photometric) = (4, 5);
                s.shorts = vec![(332, vec![2])];
            }),
        ),
        ("fewer samples", change(&|s| s.photometric = 5)),
        (
            "palette is incomplete",
            change(&|s| (s.samples, s.photometric) = (1, 3)),
        ),
        ("samples a pixel", change(&|s| s.samples = 17)),
    ] {
        assert!(error.contains(word), "{word}: {error}");
    }
}
