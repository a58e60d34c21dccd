//! PNG of every type.

use png::{BitDepth, ColorType, Compression, Encoder, PixelDimensions, SrgbRenderingIntent, Unit};

use super::{Files, deflate, exif, profiles, samples};

fn made(size: (u32, u32), color: ColorType, depth: BitDepth, set: impl FnOnce(&mut png::Info<'_>)) -> Vec<u8> {
    let mut info = png::Info::with_size(size.0, size.1);
    info.color_type = color;
    info.bit_depth = depth;
    if color == ColorType::Indexed {
        let colours = 1usize << (depth as u8).min(4);
        info.palette = Some(samples(colours * 3).into());
    }
    set(&mut info);
    let row = info.raw_row_length() - 1;
    let mut bytes = Vec::new();
    let mut encoder = Encoder::with_info(&mut bytes, info).expect("a sound head");
    encoder.set_compression(Compression::High);
    let mut writer = encoder.write_header().expect("memory can be written");
    let mut data = samples(row * size.1 as usize);
    if color == ColorType::Indexed && depth == BitDepth::Eight {
        data.iter_mut().for_each(|v| *v &= 15);
    }
    writer.write_image_data(&data).expect("memory can be written");
    writer.finish().expect("memory can be written");
    bytes
}

/// The same file with the bit for interlacing set and its passes packed.
fn interlaced(size: (usize, usize), color: u8, channels: usize, depth: usize) -> Vec<u8> {
    let mut data = Vec::new();
    for (x, y, dx, dy) in [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ] {
        let columns = size.0.saturating_sub(x).div_ceil(dx);
        let rows = size.1.saturating_sub(y).div_ceil(dy);
        if columns == 0 {
            continue;
        }
        for row in 0..rows {
            data.push((row % 5) as u8);
            data.extend(samples((columns * channels * depth).div_ceil(8)));
        }
    }
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::new();
    head.extend((size.0 as u32).to_be_bytes());
    head.extend((size.1 as u32).to_be_bytes());
    head.extend([depth as u8, color, 0, 0, 1]);
    chunk(&mut bytes, b"IHDR", &head);
    if color == 3 {
        chunk(&mut bytes, b"PLTE", &samples(3 << depth));
    }
    chunk(&mut bytes, b"IDAT", &deflate(&data));
    chunk(&mut bytes, b"IEND", &[]);
    bytes
}

fn chunk(bytes: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) {
    bytes.extend((data.len() as u32).to_be_bytes());
    bytes.extend(name);
    bytes.extend(data);
    let mut crc = flate2::Crc::new();
    crc.update(name);
    crc.update(data);
    bytes.extend(crc.sum().to_be_bytes());
}

pub fn all() -> Files {
    let mut files = Files::new();
    use BitDepth::{Eight, Four, One, Sixteen, Two};
    for (name, color, depths) in [
        ("grey", ColorType::Grayscale, &[One, Two, Four, Eight, Sixteen][..]),
        ("rgb", ColorType::Rgb, &[Eight, Sixteen]),
        ("palette", ColorType::Indexed, &[One, Two, Four, Eight]),
        ("grey-alpha", ColorType::GrayscaleAlpha, &[Eight, Sixteen]),
        ("rgba", ColorType::Rgba, &[Eight, Sixteen]),
    ] {
        for depth in depths {
            files.push((format!("{name}-{}", *depth as u8), made((13, 9), color, *depth, |_| {})));
        }
    }
    for (name, color, channels, depth) in [
        ("grey", 0, 1, 1),
        ("grey", 0, 1, 16),
        ("rgb", 2, 3, 8),
        ("palette", 3, 1, 2),
        ("grey-alpha", 4, 2, 8),
        ("rgba", 6, 4, 16),
    ] {
        files.push((
            format!("interlaced-{name}-{depth}"),
            interlaced((11, 9), color, channels, depth),
        ));
    }
    files.push((
        "icc".into(),
        made((5, 4), ColorType::Rgb, Eight, |info| {
            info.icc_profile = Some(profiles::srgb_like(2).into());
            info.pixel_dims = Some(PixelDimensions {
                xppu: 11_811,
                yppu: 11_811,
                unit: Unit::Meter,
            });
        }),
    ));
    files.push((
        "exif".into(),
        made((6, 4), ColorType::Rgb, Eight, |info| {
            info.exif_metadata = Some(exif(5, false).into());
            info.srgb = Some(SrgbRenderingIntent::Perceptual);
        }),
    ));
    files.push((
        "transparent".into(),
        made((6, 4), ColorType::Indexed, Two, |info| {
            info.trns = Some(vec![0, 128, 255].into());
        }),
    ));
    files.push((
        "transparent-rgb".into(),
        made((6, 4), ColorType::Rgb, Sixteen, |info| {
            info.trns = Some(vec![0, 1, 0, 2, 0, 3].into());
        }),
    ));
    files
}
