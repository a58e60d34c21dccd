//! JPEG of every kind.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::{Files, exif, profiles, samples};

const SAMPLINGS: [(&str, SamplingFactor); 6] = [
    ("444", SamplingFactor::F_1_1),
    ("422", SamplingFactor::F_2_1),
    ("440", SamplingFactor::F_1_2),
    ("420", SamplingFactor::F_2_2),
    ("411", SamplingFactor::F_4_1),
    ("410", SamplingFactor::F_4_2),
];

fn made(size: (u16, u16), color: ColorType, set: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let channels = match color {
        ColorType::Luma => 1,
        ColorType::Cmyk | ColorType::CmykAsYcck => 4,
        _ => 3,
    };
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 60);
    set(&mut encoder);
    let data = samples(usize::from(size.0) * usize::from(size.1) * channels);
    encoder.encode(&data, size.0, size.1, color).expect("a sound picture");
    bytes
}

pub fn all() -> Files {
    let mut files = Files::new();
    for (name, sampling) in SAMPLINGS {
        for (kind, progressive) in [("base", false), ("prog", true)] {
            let bytes = made((37, 21), ColorType::Rgb, |e| {
                e.set_sampling_factor(sampling);
                e.set_progressive(progressive);
                e.set_optimized_huffman_tables(true);
            });
            files.push((format!("{kind}-{name}"), bytes));
        }
    }
    for (name, color) in [
        ("grey", ColorType::Luma),
        ("cmyk", ColorType::Cmyk),
        ("ycck", ColorType::CmykAsYcck),
    ] {
        for (kind, progressive) in [("base", false), ("prog", true)] {
            let bytes = made((19, 23), color, |e| {
                e.set_progressive(progressive);
                e.set_optimized_huffman_tables(true);
            });
            files.push((format!("{kind}-{name}"), bytes));
        }
    }
    let bytes = made((40, 40), ColorType::Rgb, |e| e.set_restart_interval(2));
    files.push(("restart".into(), bytes));
    let bytes = made((40, 24), ColorType::Rgb, |e| {
        e.set_restart_interval(3);
        e.set_sampling_factor(SamplingFactor::F_2_2);
        e.set_progressive(true);
        e.set_progressive_scans(20);
    });
    files.push(("restart-prog".into(), bytes));
    let bytes = made((17, 9), ColorType::Rgb, |e| {
        e.set_optimized_huffman_tables(true);
        e.add_icc_profile(&profiles::srgb_like(4)).expect("a small profile");
        let block = [b"Exif\0\0".as_slice(), &exif(6, true)].concat();
        e.add_app_segment(1, block).expect("a small segment");
    });
    files.push(("icc-exif".into(), bytes));
    let bytes = made((16, 16), ColorType::Cmyk, |e| {
        e.set_optimized_huffman_tables(true);
        e.add_icc_profile(&profiles::cmyk()).expect("a small profile");
    });
    files.push(("icc-cmyk".into(), bytes));
    let bytes = made((1, 1), ColorType::Luma, |e| e.set_optimized_huffman_tables(true));
    files.push(("one".into(), bytes));
    files
}
