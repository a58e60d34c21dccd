//! Files that lie, are cut off, or blow up.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::time::Instant;

use proptest::prelude::*;

use super::tiff_writer::{Spec, Writer, write};
use super::*;

const TIFF: DocumentFormat = DocumentFormat::Tiff;

/// Reads a page as the press does, whatever comes of it.
fn read(input: &Input, turn: Turn, limits: &PressLimits) -> Result<(), PressError> {
    let head = head(input, limits)?;
    let mut source = open(input, head.turn.then(turn), limits)?;
    all(source.as_mut()).map(drop)
}

/// A small file of each kind.
fn sound(kind: usize) -> (DocumentFormat, Vec<u8>) {
    let tiff = |compression: u16, planar: bool, tile: Option<(u32, u32)>, bits: u32| {
        let mut spec = Spec::new(40, 30, 3, bits);
        (spec.compression, spec.planar, spec.tile, spec.rows_per_strip) = (compression, planar, tile, 11);
        spec.predictor = matches!(compression, 5 | 8);
        let samples: Vec<u16> = (0..spec.size())
            .map(|i| noise(3, i / 4) & ((1u32 << bits) - 1) as u16)
            .collect();
        let mut writer = Writer::new(kind.is_multiple_of(2), kind == 3);
        writer.page(&spec, &samples);
        writer.page(&spec, &samples);
        (TIFF, writer.bytes)
    };
    match kind {
        0 => tiff(1, false, None, 16),
        1 => tiff(5, false, Some((16, 16)), 8),
        2 => tiff(8, true, None, 16),
        3 => tiff(32_773, false, Some((32, 16)), 8),
        4 => tiff(1, true, Some((16, 16)), 8),
        5 => {
            let mut bytes = Vec::new();
            let mut encoder = ::png::Encoder::new(&mut bytes, 40, 30);
            encoder.set_color(::png::ColorType::Rgba);
            let data: Vec<u8> = (0..40 * 30 * 4).map(|i| noise(1, i / 9) as u8).collect();
            encoder.write_header().unwrap().write_image_data(&data).unwrap();
            (DocumentFormat::Png, bytes)
        }
        kind => {
            let urf = kind == 7;
            let mut page = vec![0u8; if urf { 32 } else { 1_796 }];
            let numbers: &[(usize, u32)] = if urf {
                &[(0, 0x1801_0000), (12, 20), (16, 9), (20, 300)]
            } else {
                &[
                    (276, 300),
                    (280, 300),
                    (372, 20),
                    (376, 9),
                    (384, 8),
                    (388, 24),
                    (392, 60),
                    (400, 19),
                    (420, 3),
                ]
            };
            for (at, value) in numbers {
                page[*at..*at + 4].copy_from_slice(&value.to_be_bytes());
            }
            for line in 0..9u8 {
                page.extend([0, 9, line, 2, 3, 255, 1, 2, 3, 4, 5, 6, 6, line, 8, 9, 128]);
            }
            let start = if urf {
                b"UNIRAST\0\0\0\0\x02".to_vec()
            } else {
                b"RaS2".to_vec()
            };
            let format = if urf {
                DocumentFormat::Urf
            } else {
                DocumentFormat::PwgRaster
            };
            (format, [start, page.clone(), page].concat())
        }
    }
}

const KINDS: usize = 8;

#[test]
fn files_that_are_cut_off_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    for kind in 0..KINDS {
        let (format, bytes) = sound(kind);
        let whole = input(&folder, format, &bytes);
        for turn in turns() {
            read(&whole, turn, &limits(&folder)).unwrap();
        }
        // All of a directory's chain is read, so that a TIFF of two pages is never whole before its end.
        for length in (0..bytes.len()).step_by(bytes.len() / 97 + 1) {
            let cut = input(&folder, format, &bytes[..length]);
            let error = read(&cut, Turn::LEFT, &limits(&folder)).unwrap_err();
            assert!(
                matches!(error, PressError::Damaged { .. } | PressError::Unsupported(_)),
                "{kind}, {length} of {}: {error}",
                bytes.len()
            );
        }
    }
}

#[test]
fn directories_in_a_circle_end() {
    let folder = tempfile::tempdir().unwrap();
    let spec = Spec::new(2, 2, 1, 8);
    let mut writer = Writer::new(true, false);
    writer.page(&spec, &[1; 4]);
    let first: [u8; 4] = writer.bytes[4..8].try_into().unwrap();
    writer.page(&spec, &[2; 4]);
    let end = writer.bytes.len() - 4;
    writer.bytes[end..].copy_from_slice(&first);
    let error = head(&input(&folder, TIFF, &writer.bytes), &limits(&folder)).unwrap_err();
    assert!(error.to_string().contains("lead back"), "{error}");
}

#[test]
fn a_thousand_pages_are_taken_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let spec = Spec::new(1, 1, 1, 8);
    let mut writer = Writer::new(true, false);
    for _ in 0..1_000 {
        writer.page(&spec, &[1]);
    }
    assert_eq!(
        head(&input(&folder, TIFF, &writer.bytes), &limits(&folder))
            .unwrap()
            .pages,
        1_000
    );
    writer.page(&spec, &[1]);
    let error = head(&input(&folder, TIFF, &writer.bytes), &limits(&folder)).unwrap_err();
    assert!(error.to_string().contains("1000 pages"), "{error}");
}

/// The same file with a tag's value changed (little-endian, 32 bits, inline).
fn with_tag(mut bytes: Vec<u8>, tag: u16, count: Option<u32>, value: u32) -> Vec<u8> {
    let directory = u32::from_le_bytes(bytes[4..8].try_into().unwrap()) as usize;
    let entries = usize::from(u16::from_le_bytes(bytes[directory..directory + 2].try_into().unwrap()));
    let entry = (0..entries)
        .map(|i| directory + 2 + i * 12)
        .find(|at| bytes[*at..*at + 2] == tag.to_le_bytes())
        .unwrap();
    if let Some(count) = count {
        bytes[entry + 4..entry + 8].copy_from_slice(&count.to_le_bytes());
    }
    bytes[entry + 8..entry + 12].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn numbers_beyond_all_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for compression in [1, 5, 8, 32_773] {
        let mut spec = Spec::new(40, 30, 3, 8);
        spec.compression = compression;
        let sound = write(&spec, &vec![5; spec.size()], true, false);
        for (tag, count, value) in [
            (256, None, 65_535),
            (256, None, 0),
            (257, None, u32::MAX),
            (273, None, u32::MAX),
            (273, None, u32::MAX - 100),
            (279, None, u32::MAX),
            (279, None, 1),
            (273, Some(u32::MAX), 8),
            (258, Some(u32::MAX), u32::MAX),
            (278, None, 0),
            (282, None, u32::MAX),
        ] {
            // A count that is too high does no harm where the rows tell what is needed.
            if (compression, tag, value) == (1, 279, u32::MAX) {
                continue;
            }
            let input = input(&folder, TIFF, &with_tag(sound.clone(), tag, count, value));
            let error = read(&input, Turn::LEFT, &limits(&folder));
            assert!(
                error.is_err(),
                "compression {compression}, tag {tag}: {count:?}, {value}"
            );
        }
    }
}

#[test]
fn a_wrong_checksum_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let mut spec = Spec::new(40, 30, 3, 8);
    spec.compression = 8;
    let sound = write(&spec, &vec![5; spec.size()], true, false);
    let input = input(&folder, TIFF, &sound);
    read(&input, Turn::NONE, &limits(&folder)).unwrap();
    // Header of 8 bytes, then the strip; the checksum is the last four bytes of its zlib stream (RFC 1950).
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, &vec![5; spec.size()]).unwrap();
    let end = 8 + encoder.finish().unwrap().len();
    let mut broken = sound;
    broken[end - 1] ^= 1;
    std::fs::write(&input.path, broken).unwrap();
    let error = read(&input, Turn::NONE, &limits(&folder)).unwrap_err();
    assert!(error.to_string().contains("deflate stream is broken"), "{error}");
}

#[test]
fn a_bomb_is_read_in_little_memory_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    // One strip of 40 million pixels of 16 bits from a few hundred kilobytes: 240 MB unpacked.
    let mut spec = Spec::new(20_000, 1, 3, 16);
    spec.compression = 8;
    let row = vec![0x1234_u16; spec.size()];
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let bytes: Vec<u8> = row.iter().flat_map(|s| s.to_le_bytes()).collect();
    for _ in 0..2_000 {
        std::io::Write::write_all(&mut encoder, &bytes).unwrap();
    }
    let packed = encoder.finish().unwrap();
    let mut bytes = write(&spec, &row, true, false);
    let at = bytes.len() as u32;
    bytes.extend(&packed);
    for (tag, value) in [(257, 2_000), (278, 2_000), (273, at), (279, packed.len() as u32)] {
        bytes = with_tag(bytes, tag, None, value);
    }
    let input = input(&folder, TIFF, &bytes);
    let small = PressLimits {
        memory: 1 << 20,
        ..limits(&folder)
    };
    let mut source = open(&input, Turn::NONE, &small).unwrap();
    assert_eq!(row, self::row(source.as_mut(), 1_999).unwrap());
    // A picture that is too large is refused before anything is unpacked.
    let few = PressLimits {
        pixels: 30_000_000,
        ..limits(&folder)
    };
    assert!(matches!(head(&input, &few), Err(PressError::TooLarge { .. })));
    // What can't be turned in this memory is refused too.
    let tiny = PressLimits {
        memory: 200_000,
        ..limits(&folder)
    };
    assert!(matches!(
        open(&input, Turn::LEFT, &tiny),
        Err(PressError::TooLarge { .. })
    ));
}

#[test]
fn sides_of_65535_pixels_are_turned_in_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let limits = PressLimits {
        memory: 8 << 20,
        ..limits(&folder)
    };
    for (width, height) in [(65_535, 40), (40, 65_535)] {
        for compression in [1, 8] {
            let mut spec = Spec::new(width, height, 3, 8);
            spec.compression = compression;
            let samples: Vec<u16> = (0..spec.size()).map(|i| noise(6, i / 3) & 255).collect();
            let input = input(&folder, TIFF, &write(&spec, &samples, true, false));
            let mut source = open(&input, Turn::LEFT, &limits).unwrap();
            let mut held = Held::new(pixels(width, height, 3, Depth::Eight, &samples), Turn::LEFT);
            for y in (0..width).step_by(width as usize / 39) {
                assert!(
                    row(source.as_mut(), y).unwrap() == row(&mut held, y).unwrap(),
                    "row {y}"
                );
            }
        }
    }
}

#[test]
fn a_sparse_file_of_gigabytes_is_turned_by_its_windows() {
    let folder = tempfile::tempdir().unwrap();
    // 20,000 × 20,000 pixels of 6 bytes that lie beyond the first 4 GB of a BigTIFF's reach of zeros.
    let mut spec = Spec::new(20_000, 1, 3, 16);
    spec.height = 1;
    let mut writer = Writer::new(true, false);
    writer.page(&spec, &vec![0; spec.size()]);
    let mut bytes = writer.bytes;
    let at = bytes.len() as u32;
    for (tag, value) in [(257, 20_000), (278, 20_000), (273, at), (279, 2_400_000_000)] {
        bytes = with_tag(bytes, tag, None, value);
    }
    let input = input(&folder, TIFF, &bytes);
    let file = File::options().write(true).open(&input.path).unwrap();
    file.set_len(u64::from(at) + 2_400_000_000).unwrap();
    // One pixel in column 12,345 and row 7.
    file.write_all_at(&[1, 0, 2, 0, 3, 0], u64::from(at) + (7 * 20_000 + 12_345) * 6)
        .unwrap();
    let begin = Instant::now();
    let mut source = open(&input, Turn::RIGHT, &limits(&folder)).unwrap();
    let row = row(source.as_mut(), 12_345).unwrap();
    let x = 20_000 - 1 - 7;
    assert_eq!(row[x * 3..x * 3 + 3], [1, 2, 3]);
    assert_eq!(row.iter().filter(|s| **s != 0).count(), 3);
    assert!(begin.elapsed().as_secs() < 20);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn broken_files_never_panic(
        kind in 0..KINDS, tag in 1u16..=8, page in 0u32..3,
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..10),
        from_end in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (format, mut bytes) = sound(kind);
        for (place, byte) in hits {
            // Directories lie at the end, headers at the start.
            let most = bytes.len().min(700);
            let place = if from_end { bytes.len() - 1 - place.index(most) } else { place.index(bytes.len()) };
            bytes[place] = byte;
        }
        let mut input = input(&folder, format, &bytes);
        input.page = page;
        let few = PressLimits { pixels: 2_000_000, memory: 2 << 20, ..limits(&folder) };
        let _ = read(&input, Turn::of_tag(tag), &few);
    }
}
