use std::io::Write;

use ::png::{BitDepth, ColorType, Info};
use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::*;

const PNG: DocumentFormat = DocumentFormat::Png;

fn encode(info: Info<'_>, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut writer = ::png::Encoder::with_info(&mut bytes, info)
        .unwrap()
        .write_header()
        .unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    bytes
}

fn info(width: u32, height: u32, color_type: ColorType, bit_depth: BitDepth) -> Info<'static> {
    let mut info = Info::with_size(width, height);
    (info.color_type, info.bit_depth) = (color_type, bit_depth);
    info
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    out.extend((data.len() as u32).to_be_bytes());
    let start = out.len();
    out.extend_from_slice(name);
    out.extend_from_slice(data);
    let mut crc = flate2::Crc::new();
    crc.update(&out[start..]);
    out.extend(crc.sum().to_be_bytes());
}

/// Grey of 8 bits in seven passes (Adam7).
fn interlaced(width: u32, height: u32, samples: &[u8]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = width.to_be_bytes().to_vec();
    head.extend(height.to_be_bytes());
    head.extend([8, 0, 0, 0, 1]);
    chunk(&mut out, b"IHDR", &head);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    for (x0, y0, dx, dy) in [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ] {
        for y in (y0..height).step_by(dy) {
            let line: Vec<u8> = (x0..width)
                .step_by(dx)
                .map(|x| samples[(y * width + x) as usize])
                .collect();
            if !line.is_empty() {
                zlib.write_all(&[0]).unwrap();
                zlib.write_all(&line).unwrap();
            }
        }
    }
    chunk(&mut out, b"IDAT", &zlib.finish().unwrap());
    chunk(&mut out, b"IEND", &[]);
    out
}

#[test]
fn every_kind_of_sample_is_read_in_every_turn() {
    let folder = tempfile::tempdir().unwrap();
    let (w, h) = (37, 23);
    let data: Vec<u8> = (0..w as usize * h as usize * 8).map(|i| noise(4, i) as u8).collect();
    let over = |s: u16, a: u16, full: u32| {
        let (s, a) = (f64::from(s), f64::from(a));
        ((s * a + f64::from(full) * (f64::from(full) - a)) / f64::from(full)).round() as u16
    };
    for (color, n, alpha) in [
        (ColorType::Grayscale, 1, false),
        (ColorType::GrayscaleAlpha, 1, true),
        (ColorType::Rgb, 3, false),
        (ColorType::Rgba, 3, true),
    ] {
        for (bits, depth) in [(BitDepth::Eight, Depth::Eight), (BitDepth::Sixteen, Depth::Sixteen)] {
            let stored = n + usize::from(alpha);
            let size = (w * h) as usize * stored;
            let data = &data[..size * depth.bytes()];
            let numbers: Vec<u16> = match depth {
                Depth::Eight => data.iter().map(|b| u16::from(*b)).collect(),
                Depth::Sixteen => data.chunks(2).map(|b| u16::from_be_bytes([b[0], b[1]])).collect(),
            };
            let full = if depth == Depth::Eight { 255 } else { 65_535 };
            let want: Vec<u16> = numbers
                .chunks(stored)
                .flat_map(|pixel| {
                    let a = if alpha { pixel[n] } else { full as u16 };
                    pixel[..n].iter().map(move |s| over(*s, a, full))
                })
                .collect();
            let input = input(&folder, PNG, &encode(info(w, h, color, bits), data));
            for limits in [
                limits(&folder),
                PressLimits {
                    memory: 9_000,
                    ..limits(&folder)
                },
            ] {
                gives(&input, || pixels(w, h, n, depth, &want), &limits);
            }
        }
    }
}

#[test]
fn few_bits_palettes_and_single_clear_colours_are_spread() {
    let folder = tempfile::tempdir().unwrap();
    // 10, 01, 11, 00, 01
    let data = [0b1001_1100, 0b0100_0000];
    let grey = info(5, 1, ColorType::Grayscale, BitDepth::Two);
    let read = |bytes: &[u8]| {
        let input = input(&folder, PNG, bytes);
        all(open(&input, Turn::NONE, &limits(&folder)).unwrap().as_mut()).unwrap()
    };
    assert_eq!(read(&encode(grey.clone(), &data)), [170, 85, 255, 0, 85]);
    let mut clear = grey;
    clear.trns = Some(vec![0, 1].into());
    assert_eq!(read(&encode(clear, &data)), [170, 255, 255, 0, 255]);
    let mut palette = info(5, 1, ColorType::Indexed, BitDepth::Two);
    palette.palette = Some(vec![0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9].into());
    palette.trns = Some(vec![255, 0].into());
    assert_eq!(
        read(&encode(palette, &data)),
        [4, 5, 6, 255, 255, 255, 7, 8, 9, 0, 0, 0, 255, 255, 255]
    );
}

#[test]
fn an_interlaced_picture_is_held_if_it_fits_and_refused_if_not() {
    let folder = tempfile::tempdir().unwrap();
    let (w, h) = (45, 31);
    let samples: Vec<u8> = (0..(w * h) as usize).map(|i| noise(8, i) as u8).collect();
    let wide: Vec<u16> = samples.iter().map(|s| u16::from(*s)).collect();
    let input = input(&folder, PNG, &interlaced(w, h, &samples));
    gives(&input, || pixels(w, h, 1, Depth::Eight, &wide), &limits(&folder));
    let error = head(
        &input,
        &PressLimits {
            memory: 5_000,
            ..limits(&folder)
        },
    )
    .unwrap_err();
    assert!(matches!(error, PressError::TooLarge { .. }), "{error}");
}

#[test]
fn colours_told_by_code_points_are_srgb_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let points = |primaries: u8, icc: bool| {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut bytes, b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
        chunk(&mut bytes, b"cICP", &[primaries, 13, 0, 1]);
        if icc {
            let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
            zlib.write_all(Profile::adobe_rgb().as_bytes()).unwrap();
            let mut data = b"x\0\0".to_vec();
            data.extend(zlib.finish().unwrap());
            chunk(&mut bytes, b"iCCP", &data);
        }
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(&[0, 1, 2, 3]).unwrap();
        chunk(&mut bytes, b"IDAT", &zlib.finish().unwrap());
        chunk(&mut bytes, b"IEND", &[]);
        head(&input(&folder, PNG, &bytes), &limits(&folder)).map(|h| h.icc.unwrap().to_vec())
    };
    let [srgb, adobe] = [Profile::srgb(), Profile::adobe_rgb()].map(|p| p.as_bytes().to_vec());
    assert_eq!(points(1, false).unwrap(), srgb);
    // sRGB by its code points, whatever the profile says.
    assert_eq!(points(1, true).unwrap(), srgb);
    assert_eq!(points(12, true).unwrap(), adobe);
    assert!(points(12, false).unwrap_err().to_string().contains("primaries 12"));
}

#[test]
fn gamma_and_primaries_are_as_good_as_a_profile() {
    let folder = tempfile::tempdir().unwrap();
    // White, red, green, blue, each x and y.
    const ADOBE: [u32; 8] = [31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000];
    const SRGB: [u32; 8] = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
    let told = |color: u8, gamma: Option<u32>, primaries: Option<[u32; 8]>, srgb: bool| {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut bytes, b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, color, 0, 0, 0]);
        if let Some(gamma) = gamma {
            chunk(&mut bytes, b"gAMA", &gamma.to_be_bytes());
        }
        if let Some(primaries) = primaries {
            chunk(&mut bytes, b"cHRM", primaries.map(u32::to_be_bytes).as_flattened());
        }
        if srgb {
            chunk(&mut bytes, b"sRGB", &[0]);
        }
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(&[0, 1, 2, 3][..if color == 0 { 2 } else { 4 }]).unwrap();
        chunk(&mut bytes, b"IDAT", &zlib.finish().unwrap());
        chunk(&mut bytes, b"IEND", &[]);
        let icc = head(&input(&folder, PNG, &bytes), &limits(&folder)).unwrap().icc?;
        Some(Profile::parse(&icc).unwrap())
    };
    let name = |profile: Option<Profile>| profile.map(|p| p.description().to_owned());
    let adobe = told(2, Some(45_455), Some(ADOBE), false).unwrap();
    // As Adobe RGB makes them, but for the rounding of its gamma.
    let link = |from: &Profile| {
        let link = crate::color::DeviceLink::bake(from, &Profile::srgb(), crate::model::RenderingIntent::RELATIVE_BPC);
        let mut out = [0; 3];
        link.unwrap().apply(&[20_000, 30_000, 40_000], &mut out);
        out
    };
    let (got, wanted) = (link(&adobe), link(&Profile::adobe_rgb()));
    assert!(
        got.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= 1),
        "{got:?} {wanted:?}"
    );
    let srgb = Some("sRGB IEC61966-2.1".to_owned());
    assert_eq!(name(told(2, Some(45_455), Some(SRGB), false)), srgb);
    assert_eq!(name(told(2, Some(45_455), None, false)), srgb);
    assert_eq!(name(told(2, Some(100_000), Some(ADOBE), true)), srgb);
    assert_eq!(
        name(told(0, Some(45_455), Some(ADOBE), false)),
        Some("Grey with the sRGB tone curve".into())
    );
    let linear = told(2, Some(100_000), None, false).unwrap();
    assert_ne!(link(&linear), link(&Profile::srgb()));
    assert!(told(0, Some(55_556), None, false).is_some());
    // What makes no sense is as if it were not there.
    for (gamma, primaries) in [
        (None, None),
        (None, Some(ADOBE)),
        (Some(1), Some(ADOBE)),
        (Some(0), None),
        (Some(45_455), Some([0; 8])),
        (Some(45_455), Some([31_270; 8])),
        (Some(45_455), Some([u32::MAX; 8])),
    ] {
        assert_eq!(name(told(2, gamma, primaries, false)), None, "{gamma:?} {primaries:?}");
    }
}

#[test]
fn a_profile_that_cannot_be_unpacked_refuses_the_picture() {
    let folder = tempfile::tempdir().unwrap();
    let packed = |profile: &[u8]| {
        let mut zlib = ZlibEncoder::new(b"x\0\0".to_vec(), Compression::fast());
        zlib.write_all(profile).unwrap();
        zlib.finish().unwrap()
    };
    let read = |icc: &[u8], spoil: bool| {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut bytes, b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
        chunk(&mut bytes, b"pHYs", &[0, 0, 46, 35, 0, 0, 46, 35, 1]);
        chunk(&mut bytes, b"iCCP", icc);
        if spoil {
            *bytes.last_mut().unwrap() ^= 1;
        }
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
        zlib.write_all(&[0, 1, 2, 3]).unwrap();
        chunk(&mut bytes, b"IDAT", &zlib.finish().unwrap());
        chunk(&mut bytes, b"IEND", &[]);
        head(&input(&folder, PNG, &bytes), &limits(&folder)).map(|h| h.icc.is_some())
    };
    let sound = packed(Profile::adobe_rgb().as_bytes());
    assert!(read(&sound, false).unwrap());
    let mut corrupt = sound.clone();
    corrupt[40..60].fill(0x55);
    let bomb = packed(&vec![0; 80 << 20]);
    for (name, icc, spoil) in [
        ("zlib", corrupt, false),
        ("checksum", sound.clone(), true),
        ("cut", sound[..sound.len() / 2].to_vec(), false),
        ("no name", b"x".to_vec(), false),
        ("bomb", bomb, false),
    ] {
        let error = read(&icc, spoil).expect_err(name).to_string();
        assert!(error.contains("colour profile"), "{name}: {error}");
    }
}

#[test]
fn the_end_is_looked_at_with_the_last_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = encode(info(4, 4, ColorType::Grayscale, BitDepth::Eight), &[9; 16]);
    bytes.truncate(bytes.len() - 12);
    let input = input(&folder, PNG, &bytes);
    let mut source = open(&input, Turn::NONE, &limits(&folder)).unwrap();
    for y in 0..3 {
        row(source.as_mut(), y).unwrap();
    }
    assert!(row(source.as_mut(), 3).is_err());
    assert!(open(&input, Turn::LEFT, &limits(&folder)).is_err());
}

#[test]
fn a_chunk_that_makes_no_sense_is_the_pictures_fault_and_not_the_disks() {
    let folder = tempfile::tempdir().unwrap();
    let mut indexed = info(2, 2, ColorType::Indexed, BitDepth::Eight);
    indexed.palette = Some(vec![0, 0, 0, 255, 255, 255].into());
    let sound = encode(indexed, &[0, 1, 1, 0]);
    // A background of the palette, before there is one.
    let mut broken = sound[..33].to_vec();
    chunk(&mut broken, b"bKGD", &[1]);
    broken.extend(&sound[33..]);
    // A palette of two colours and a third.
    let mut odd = sound[..33].to_vec();
    chunk(&mut odd, b"PLTE", &[0, 0, 0, 255, 255, 255, 7]);
    odd.extend(&sound[33 + 12 + 6..]);
    for (bytes, good) in [(sound, true), (broken, false), (odd, false)] {
        let read = head(&input(&folder, PNG, &bytes), &limits(&folder));
        match read {
            Ok(_) => assert!(good),
            Err(error) => assert!(!good && error.to_string().contains("PNG"), "{error}"),
        }
    }
}
