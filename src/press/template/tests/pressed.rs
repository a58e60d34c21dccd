//! Some templates through the whole press, pictures and all, at 24 dots per inch: the mean colours of 19 mm squares
//! against `pressed.txt`. `PLATEN_BLESS=1` writes them anew.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::color::{LinkCache, Profile};
use crate::model::{DocumentFormat, OutputSpec, RasterFormat, RasterType, RenderingIntent};
use crate::press::{Content, Input, PressJob, PressLimits, PressStream};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/press/template/tests/pressed.txt");
const DPI: u32 = 24;
/// Pixels of a square.
const SQUARE: usize = 18;

/// A picture whose red grows to the right, whose green grows down, and whose upper left quarter is dark.
fn picture(folder: &Path, (width, height): (u32, u32)) -> (Input, Subject) {
    let path = folder.join(format!("{width}x{height}.png"));
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut rows = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let dark = x < width / 2 && y < height / 2;
            let along = |v: u32, of: u32| u8::try_from(60 + v * 180 / of).unwrap();
            rows.extend(if dark {
                [30, 20, 60]
            } else {
                [along(x, width), along(y, height), 150]
            });
        }
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&rows).unwrap();
    writer.finish().unwrap();
    let input = Input {
        path,
        format: DocumentFormat::Png,
        page: 0,
    };
    let mut subject = Subject::new(Picture {
        width,
        height,
        resolution: None,
    });
    subject.fields.set("filename", "Island");
    (input, subject)
}

/// The first page's pixels, and how many are in a row.
fn pressed(template: &Template, folder: &Path) -> (Vec<[u8; 3]>, usize) {
    let pictures = [(300, 200), (200, 300), (240, 240)];
    let (inputs, heads): (Vec<Input>, Vec<Subject>) = pictures.into_iter().map(|size| picture(folder, size)).unzip();
    let paper = paper(template, DPI);
    let sheet = paper.sheet.clone();
    let made = template.compose(&Values::new(), paper, heads, words()).unwrap();
    let page = made.page(0).unwrap();
    let (width, height) = page.sheet;
    let job = PressJob {
        inputs,
        content: Content::Pages([page].into()),
        sheet,
        media_type: "photographic".into(),
        quality: 5,
        output: OutputSpec {
            format: RasterFormat::Tiff,
            raster_type: RasterType::Srgb8,
            resolution: Resolution::square(DPI),
        },
        profile: Arc::new(Profile::srgb()),
        intent: RenderingIntent::RELATIVE_BPC,
        proof: None,
        tone: None,
        dither: false,
        links: Arc::new(LinkCache::new(2)),
        sharpening: None,
        repeat: 1,
        workers: 1,
        band_rows: Some(7),
        limits: PressLimits {
            pixels: 1 << 20,
            side: 2_000,
            memory: 32 << 20,
            scratch: folder.to_owned(),
        },
    };
    let mut stream = PressStream::open(job).unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next_piece().unwrap() {
        bytes.extend(piece);
    }
    // A TIFF of ours ends with its rows.
    let (pixels, _) = bytes[bytes.len() - (width * height * 3) as usize..].as_chunks::<3>();
    (pixels.to_vec(), width as usize)
}

/// Mean colours of squares, four bits a channel.
fn squares(pixels: &[[u8; 3]], width: usize) -> String {
    let rows: Vec<&[[u8; 3]]> = pixels.chunks(width).collect();
    let mut text = String::new();
    for band in rows.chunks(SQUARE) {
        for left in (0..width).step_by(SQUARE) {
            let right = (left + SQUARE).min(width);
            let mut sums = [0u32; 3];
            for pixel in band.iter().flat_map(|row| &row[left..right]) {
                sums = std::array::from_fn(|i| sums[i] + u32::from(pixel[i]));
            }
            let count = (band.len() * (right - left)) as u32;
            let [r, g, b] = sums.map(|sum| sum / count / 16);
            write!(text, "{r:x}{g:x}{b:x} ").unwrap();
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    text
}

#[test]
fn templates_are_printed_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let library = TemplateLibrary::built_in();
    let mut printed = String::new();
    for name in [
        "full-bleed",
        "gallery-wrap",
        "greeting-card",
        "passe-partout",
        "picture-package",
        "step-wedge",
        "triptych",
    ] {
        let (pixels, width) = pressed(&library.get(name).unwrap(), folder.path());
        write!(printed, "== {name}\n{}", squares(&pixels, width)).unwrap();
    }
    if std::env::var("PLATEN_BLESS").is_ok() {
        std::fs::write(GOLDEN, &printed).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    for (was, is) in golden.split("== ").zip(printed.split("== ")) {
        assert!(was == is, "was:\n{was}\nis:\n{is}");
    }
    assert_eq!(golden.len(), printed.len());
}
