use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;
use tempfile::TempDir;

use super::encode::{Lines, PackedBand};
use super::*;
use crate::model::{Length, Orientation, PrintScaling, RasterFormat, RasterType, Resolution};

fn limits() -> PressLimits {
    PressLimits {
        pixels: 1_000_000,
        side: 5_000,
        memory: 8_000_000,
        scratch: std::env::temp_dir(),
    }
}

/// A sheet of 4 × 6 pixels at 100 dpi.
fn job(path: PathBuf, format: DocumentFormat, output: RasterFormat) -> PressJob {
    PressJob {
        inputs: vec![Input { path, format, page: 0 }],
        content: Content::Documents {
            margins: Margins::BORDERLESS,
            scaling: PrintScaling::None,
            orientation: Orientation::Portrait,
        },
        sheet: MediaSize {
            name: "custom_tiny_1.02x1.52mm".into(),
            x: Length::mm(1.016),
            y: Length::mm(1.524),
        },
        media_type: "photographic".into(),
        quality: 5,
        output: OutputSpec {
            format: output,
            raster_type: RasterType::Srgb8,
            resolution: Resolution::square(100),
        },
        profile: Arc::new(Profile::srgb()),
        intent: RenderingIntent::RELATIVE_BPC,
        proof: None,
        tone: None,
        dither: false,
        links: Arc::new(crate::color::LinkCache::new(4)),
        sharpening: None,
        repeat: 1,
        workers: 1,
        band_rows: None,
        limits: limits(),
    }
}

/// Changes how the job's documents lie on the sheet.
fn place(job: &mut PressJob, change: impl FnOnce(&mut Margins, &mut PrintScaling, &mut Orientation)) {
    if let Content::Documents {
        margins,
        scaling,
        orientation,
    } = &mut job.content
    {
        change(margins, scaling, orientation);
    }
}

fn make(job: PressJob) -> Result<Vec<u8>, PressError> {
    let mut stream = PressStream::open(job)?;
    let mut all = Vec::new();
    while let Some(piece) = stream.next_piece()? {
        all.extend(piece);
    }
    Ok(all)
}

/// The pixels of a page of lines as PWG raster and Apple raster pack them, read by the book.
pub(super) fn unpack(mut bytes: &[u8], width: usize, height: usize, channels: usize) -> (Vec<u8>, &[u8]) {
    let mut out = Vec::new();
    let mut lines = 0;
    while lines < height {
        let repeat = usize::from(bytes[0]) + 1;
        bytes = &bytes[1..];
        let mut line = Vec::new();
        while line.len() < width * channels {
            let count = usize::from(bytes[0]);
            assert_ne!(count, 128);
            if count < 128 {
                line.extend(bytes[1..=channels].repeat(count + 1));
                bytes = &bytes[1 + channels..];
            } else {
                let n = (257 - count) * channels;
                line.extend(&bytes[1..=n]);
                bytes = &bytes[1 + n..];
            }
        }
        assert_eq!(line.len(), width * channels);
        out.extend(line.repeat(repeat));
        lines += repeat;
    }
    assert_eq!(lines, height);
    (out, bytes)
}

fn pwg_pixels(bytes: &[u8]) -> Vec<u8> {
    assert!(bytes.starts_with(b"RaS2"));
    let (pixels, rest) = unpack(&bytes[4 + 1_796..], 4, 6, 3);
    assert!(rest.is_empty());
    pixels
}

const R: [u8; 3] = [255, 0, 0];
const G: [u8; 3] = [0, 255, 0];
const W: [u8; 3] = [255; 3];

/// The sheet as letters.
fn letters(pixels: &[u8]) -> Vec<String> {
    let (pixels, _) = pixels.as_chunks::<3>();
    let letter = |p: &[u8; 3]| match *p {
        R => 'R',
        G => 'G',
        W => '.',
        _ => '?',
    };
    pixels.chunks(4).map(|row| row.iter().map(letter).collect()).collect()
}

/// Two pixels, red and green, side by side, at 100 dpi.
fn png(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("a.png");
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), 2, 1);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: 3_937,
        yppu: 3_937,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[R, G].concat()).unwrap();
    writer.finish().unwrap();
    path
}

fn tiff(folder: &TempDir, orientation: u16) -> PathBuf {
    use tiff::encoder::{Rational, TiffEncoder, colortype};
    use tiff::tags::{ResolutionUnit, Tag};
    let path = folder.path().join(format!("{orientation}.tif"));
    let mut encoder = TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
    let mut image = encoder.new_image::<colortype::RGB16>(2, 1).unwrap();
    image.resolution(ResolutionUnit::Inch, Rational { n: 100, d: 1 });
    image.encoder().write_tag(Tag::Orientation, orientation).unwrap();
    let wide: Vec<u16> = [R, G].concat().iter().map(|s| u16::from(*s) * 257).collect();
    image.write_data(&wide).unwrap();
    path
}

#[test]
fn a_picture_at_actual_size_lies_in_the_middle() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = make(job(png(&folder), DocumentFormat::Png, RasterFormat::Pwg)).unwrap();
    let want = ["....", "....", ".RG.", "....", "....", "...."];
    assert_eq!(letters(&pwg_pixels(&bytes)), want);
}

#[test]
fn sixteen_bit_tiff_obeys_its_orientation_tag() {
    let folder = tempfile::tempdir().unwrap();
    for (tag, want) in [
        (1, ["....", "....", ".RG.", "....", "....", "...."]),
        (2, ["....", "....", ".GR.", "....", "....", "...."]),
        (6, ["....", "....", ".R..", ".G..", "....", "...."]),
        (8, ["....", "....", ".G..", ".R..", "....", "...."]),
    ] {
        let bytes = make(job(tiff(&folder, tag), DocumentFormat::Tiff, RasterFormat::Pwg)).unwrap();
        assert_eq!(letters(&pwg_pixels(&bytes)), want, "{tag}");
    }
    let facts = inspect(&tiff(&folder, 6), DocumentFormat::Tiff, &limits()).unwrap();
    assert_eq!((facts.width, facts.height), (1, 2));
    assert_eq!(facts.resolution, Some(Resolution::square(100)));
}

#[test]
fn orientation_requested_turns_the_other_way_round() {
    let folder = tempfile::tempdir().unwrap();
    for (orientation, want) in [
        (Orientation::Landscape, ["....", "....", ".G..", ".R..", "....", "...."]),
        (
            Orientation::ReverseLandscape,
            ["....", "....", ".R..", ".G..", "....", "...."],
        ),
        (
            Orientation::ReversePortrait,
            ["....", "....", ".GR.", "....", "....", "...."],
        ),
    ] {
        let mut job = job(png(&folder), DocumentFormat::Png, RasterFormat::Pwg);
        place(&mut job, |_, _, o| *o = orientation);
        assert_eq!(letters(&pwg_pixels(&make(job).unwrap())), want);
    }
}

#[test]
fn apple_raster_has_its_own_headers_and_the_same_lines() {
    let folder = tempfile::tempdir().unwrap();
    let mut job = job(png(&folder), DocumentFormat::Png, RasterFormat::Urf);
    job.repeat = 2;
    let bytes = make(job).unwrap();
    assert_eq!(&bytes[..12], b"UNIRAST\0\0\0\0\x02");
    let page = &bytes[12..];
    // 24 bits, sRGB, one-sided, high quality; 4 × 6 pixels at 100 dpi.
    assert_eq!(page[..4], [24, 1, 1, 5]);
    assert_eq!(page[12..24], [0, 0, 0, 4, 0, 0, 0, 6, 0, 0, 0, 100]);
    let (pixels, rest) = unpack(&page[32..], 4, 6, 3);
    assert_eq!(letters(&pixels)[2], ".RG.");
    let (again, rest) = unpack(&rest[32..], 4, 6, 3);
    assert_eq!(again, pixels);
    assert!(rest.is_empty());
}

#[test]
fn a_png_sheet_carries_its_profile_and_the_size_of_its_dots() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = make(job(png(&folder), DocumentFormat::Png, RasterFormat::Png)).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    assert_eq!(letters(&pixels)[2], ".RG.");
    assert_eq!(reader.info().icc_profile.as_deref(), Some(Profile::srgb().as_bytes()));
    assert_eq!(reader.info().pixel_dims.unwrap().xppu, 3_937);
}

#[test]
fn what_is_transparent_shows_the_paper() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alpha.png");
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), 2, 1);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[255, 0, 0, 255, 0, 255, 0, 0]).unwrap();
    writer.finish().unwrap();
    let mut job = job(path, DocumentFormat::Png, RasterFormat::Pwg);
    place(&mut job, |_, s, _| *s = PrintScaling::Fit);
    let pixels = pwg_pixels(&make(job).unwrap());
    let (pixels, _) = pixels.as_chunks::<3>();
    // Red, over to white, on rows 2 and 3.
    assert_eq!((pixels[8], pixels[11]), (R, W));
}

#[test]
fn grey_pictures_become_grey_and_neutral() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grey.jpg");
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 100)
        .encode(&[128; 64], 8, 8, jpeg_encoder::ColorType::Luma)
        .unwrap();
    std::fs::write(&path, bytes).unwrap();
    let mut job = job(path, DocumentFormat::Jpeg, RasterFormat::Pwg);
    place(&mut job, |_, s, _| *s = PrintScaling::Fill);
    let pixels = pwg_pixels(&make(job).unwrap());
    assert!(
        pixels.iter().all(|s| s.abs_diff(128) <= 1 && *s == pixels[0]),
        "{pixels:?}"
    );
}

#[test]
fn limits_hold_before_anything_is_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = png(&folder);
    for limits in [
        PressLimits { pixels: 1, ..limits() },
        PressLimits { side: 1, ..limits() },
        PressLimits { memory: 5, ..limits() },
    ] {
        let error = inspect(&path, DocumentFormat::Png, &limits).unwrap_err();
        assert!(matches!(error, PressError::TooLarge { .. }), "{error}");
    }
}

#[test]
fn margins_wider_than_the_sheet_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut job = job(png(&folder), DocumentFormat::Png, RasterFormat::Pwg);
    place(&mut job, |m, _, _| m.left = Length::mm(2.0));
    assert!(matches!(make(job), Err(PressError::NoRoom)));
}

/// A sound file of each kind.
fn sound(folder: &TempDir) -> Vec<(DocumentFormat, Vec<u8>)> {
    let mut jpeg = Vec::new();
    let noise: Vec<u8> = (0..48 * 48 * 3u32)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let mut encoder = jpeg_encoder::Encoder::new(&mut jpeg, 90);
    encoder.set_progressive(true);
    encoder.add_icc_profile(Profile::adobe_rgb().as_bytes()).unwrap();
    encoder.encode(&noise, 48, 48, jpeg_encoder::ColorType::Rgb).unwrap();
    vec![
        (DocumentFormat::Jpeg, jpeg),
        (DocumentFormat::Png, std::fs::read(png(folder)).unwrap()),
        (DocumentFormat::Tiff, std::fs::read(tiff(folder, 1)).unwrap()),
    ]
}

#[test]
fn every_file_that_is_cut_off_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut");
    for (format, bytes) in sound(&folder) {
        std::fs::write(&path, &bytes).unwrap();
        make(job(path.clone(), format, RasterFormat::Pwg)).unwrap();
        // A TIFF's end may be what nobody reads; its directory and its pixels are not.
        let most = bytes.len()
            - if format == DocumentFormat::Tiff {
                bytes.len() / 3
            } else {
                1
            };
        for length in (0..most).step_by(bytes.len() / 60 + 1) {
            std::fs::write(&path, &bytes[..length]).unwrap();
            let result = make(job(path.clone(), format, RasterFormat::Pwg));
            assert!(result.is_err(), "{format} of {length} of {} bytes", bytes.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn broken_files_never_panic(kind in 0usize..3, hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let folder = tempfile::tempdir().unwrap();
        let (format, mut bytes) = sound(&folder).swap_remove(kind);
        for (place, byte) in hits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let path = folder.path().join("broken");
        std::fs::write(&path, bytes).unwrap();
        let _ = make(job(path, format, RasterFormat::Pwg));
    }

    #[test]
    fn lines_unpack_to_what_was_packed(
        width in 1usize..400, channels in prop_oneof![Just(1usize), Just(2), Just(3), Just(6)],
        rows in prop::collection::vec((any::<u8>(), 1usize..600), 1..5), tones in 1u8..4,
    ) {
        let mut packed = Vec::new();
        let mut lines = Lines::default();
        let mut plain = Vec::new();
        for (seed, repeat) in rows {
            let row: Vec<u8> = (0..width * channels)
                .map(|i| ((i / channels) as u32).wrapping_mul(2_654_435_761).to_be_bytes()[0].wrapping_add(seed) % (tones * 60))
                .collect();
            // Every set of equal lines is a band of its own; those that are equal to the last join it.
            let mut band = PackedBand::new(channels, 0);
            for _ in 0..repeat {
                band.row(&row);
                plain.extend_from_slice(&row);
            }
            lines.band(&band, &mut packed);
        }
        lines.end(&mut packed);
        let height = plain.len() / (width * channels);
        let (pixels, rest) = unpack(&packed, width, height, channels);
        prop_assert!(rest.is_empty());
        prop_assert_eq!(pixels, plain);
    }
}
