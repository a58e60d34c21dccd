//! Pages that are one picture.

use super::write::{deflate, picture};
use super::*;
use crate::press::source::Depth;

/// 30 × 20 pixels of noise, grey or RGB.
fn noise(channels: usize) -> Vec<u8> {
    (0..30 * 20 * channels as u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 21) as u8)
        .collect()
}

fn jpeg() -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut out, 95);
    encoder.encode(&noise(3), 30, 20, jpeg_encoder::ColorType::Rgb).unwrap();
    out
}

const PAGE: &str = "/MediaBox[0 0 7.2 4.8]";
const WHOLE: &str = "7.2 0 0 4.8 0 0";
const DCT: &str = "/Width 30/Height 20/BitsPerComponent 8/Filter/DCTDecode";

/// All rows as wide samples.
fn samples(source: &mut dyn Source) -> Vec<u16> {
    let shape = source.shape();
    let mut all = Vec::new();
    let count = shape.width as usize * shape.channels;
    for y in 0..shape.height {
        match shape.depth {
            Depth::Eight => {
                let mut row = vec![0; count];
                source.row(y, RowMut::Eight(&mut row)).unwrap();
                all.extend(row.iter().map(|s| u16::from(*s)));
            }
            Depth::Sixteen => {
                let mut row = vec![0; count];
                source.row(y, RowMut::Sixteen(&mut row)).unwrap();
                all.extend(row);
            }
        }
    }
    all
}

#[test]
fn a_jpeg_keeps_its_pixels_profile_and_resolution() {
    let place = Place::new();
    let adobe = Profile::adobe_rgb();
    let pdf = picture(PAGE, DCT, &jpeg(), Some((3, adobe.as_bytes())), WHOLE);
    let told = place.head(&pdf).unwrap();
    assert_eq!(
        (told.width, told.height, told.channels, told.depth),
        (30, 20, 3, Depth::Eight)
    );
    assert_eq!(told.resolution, Some(Resolution::square(300)));
    assert_eq!(told.icc.as_deref(), Some(adobe.as_bytes()));
    assert_eq!(told.turn, Turn::NONE);
    let plain = Input {
        path: place.folder.path().join("a.jpg"),
        format: DocumentFormat::Jpeg,
        page: 0,
    };
    std::fs::write(&plain.path, jpeg()).unwrap();
    for turn in [Turn::NONE, Turn::LEFT, Turn::HALF] {
        let mut direct = open(&plain, turn, Wish::default(), &place.limits()).unwrap();
        let mut through = open(
            &place.input(&pdf, 0),
            turn,
            Wish { size: Some((60, 40)) },
            &place.limits(),
        )
        .unwrap();
        assert_eq!(direct.shape(), through.shape());
        assert_eq!(samples(&mut *direct), samples(&mut *through));
    }
    assert_eq!(place.left(), 0, "scratch files stay behind");
}

#[test]
fn a_picture_that_its_page_turns_is_told_upright() {
    let place = Place::new();
    // A quarter turn counter-clockwise by the matrix, then one clockwise by the page.
    let by_matrix = picture(
        "/MediaBox[0 0 4.8 7.2]",
        DCT,
        &jpeg(),
        Some((3, Profile::srgb().as_bytes())),
        "0 7.2 -4.8 0 4.8 0",
    );
    let told = place.head(&by_matrix).unwrap();
    assert_eq!((told.width, told.height, told.turn), (20, 30, Turn::LEFT));
    let by_both = picture(
        "/MediaBox[0 0 4.8 7.2]/Rotate 90",
        DCT,
        &jpeg(),
        Some((3, Profile::srgb().as_bytes())),
        "0 7.2 -4.8 0 4.8 0",
    );
    let told = place.head(&by_both).unwrap();
    assert_eq!((told.width, told.height, told.turn), (30, 20, Turn::NONE));
}

#[test]
fn flate_samples_keep_every_bit() {
    let place = Place::new();
    for (channels, space, wide) in [
        (3, "/DeviceRGB", false),
        (1, "/DeviceGray", false),
        (3, "/DeviceRGB", true),
    ] {
        let bits = if wide { 16 } else { 8 };
        let plain: Vec<u16> = noise(channels)
            .iter()
            .map(|s| if wide { u16::from(*s) * 199 + 7 } else { u16::from(*s) })
            .collect();
        let bytes: Vec<u8> = plain
            .iter()
            .flat_map(|s| if wide { s.to_be_bytes().to_vec() } else { vec![*s as u8] })
            .collect();
        let row = 30 * channels * bits / 8;
        let pixel = channels * bits / 8;
        // PNG's filters in turn, made with bytes to the left of and above the row as zero.
        let mut png = Vec::new();
        for (y, line) in bytes.chunks(row).enumerate() {
            let how = y % 5;
            png.push(how as u8);
            for (x, byte) in line.iter().enumerate() {
                let at = |dx: usize, dy: usize| {
                    if x < dx * pixel || y < dy {
                        0
                    } else {
                        bytes[(y - dy) * row + x - dx * pixel]
                    }
                };
                let (a, b, c) = (i32::from(at(1, 0)), i32::from(at(0, 1)), i32::from(at(1, 1)));
                let p = a + b - c;
                let paeth = *[a, b, c].iter().min_by_key(|v| (p - **v).abs()).unwrap();
                let guess = [0, a, b, (a + b) / 2, paeth][how];
                png.push(byte.wrapping_sub(guess as u8));
            }
        }
        let parms = format!("/DecodeParms<</Predictor 15/Colors {channels}/BitsPerComponent {bits}/Columns 30>>");
        let dict = format!("/Width 30/Height 20/BitsPerComponent {bits}/ColorSpace{space}");
        let cases = [
            (dict.clone(), bytes.clone()),
            (format!("{dict}/Filter/FlateDecode"), deflate(&bytes)),
            (format!("{dict}/Filter/FlateDecode{parms}"), deflate(&png)),
        ];
        for (dict, data) in cases {
            let pdf = picture(PAGE, &dict, &data, None, WHOLE);
            let told = place.head(&pdf).unwrap();
            assert_eq!((told.width, told.height, told.channels), (30, 20, channels), "{dict}");
            assert_eq!(told.depth, if wide { Depth::Sixteen } else { Depth::Eight });
            assert_eq!(told.icc, None);
            let mut source = open(&place.input(&pdf, 0), Turn::NONE, Wish::default(), &place.limits()).unwrap();
            assert_eq!(samples(&mut *source), plain, "{dict}");
        }
    }
}

#[test]
fn anything_beside_the_picture_leaves_it_to_the_painter() {
    let place = Place::new();
    let srgb = Profile::srgb();
    let drawn = |page: &str, dict: &str, matrix: &str| {
        let pdf = picture(page, dict, &jpeg(), Some((3, srgb.as_bytes())), matrix);
        place.head(&pdf).unwrap().resolution == Some(Resolution::square(300)) && {
            let told = place.head(&pdf).unwrap();
            (told.width, told.height) != (30, 20) && (told.width, told.height) != (20, 30)
        }
    };
    assert!(drawn("/MediaBox[0 0 72 48]", DCT, "36 0 0 24 0 0"), "half of the page");
    assert!(drawn("/MediaBox[0 0 72 48]", DCT, "70 9 -9 47 1 0"), "askew");
    assert!(
        drawn(
            "/MediaBox[0 0 72 48]",
            &format!("{DCT}/Decode[1 0 1 0 1 0]"),
            "72 0 0 48 0 0"
        ),
        "a negative"
    );
    assert!(
        drawn("/MediaBox[0 0 72 48]", DCT, "72 0 0 48 0 0 cm /I Do 1 0 0 1 0 0"),
        "twice"
    );
    assert!(
        !drawn("/MediaBox[0 0 72 48]", DCT, "0 0 72 48 re W n 72 0 0 48 0 0"),
        "a frame hides nothing"
    );
}
