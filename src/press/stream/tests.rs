use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::color::Profile;
use crate::model::{
    DocumentFormat, Length, MediaSize, OutputSpec, RasterFormat, RasterType, RenderingIntent, Resolution,
};
use crate::press::{Area, Ink, PressLimits, Sharpening, Strength, Surface, Turn, Window};

mod proofs;
mod refusals;

const SHEET: (u32, u32) = (60, 45);
/// Several bands of the usual height, and a rest.
const TALL: (u32, u32) = (60, 330);

/// A picture with detail in it, as PNG of 8 or 16 bits.
fn picture(folder: &Path, (width, height): (u32, u32), sixteen: bool) -> Input {
    let path = folder.join(format!("{width}x{height}-{sixteen}.png"));
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let noise: Vec<u8> = (0..width * height * 3)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 23) as u8)
        .collect();
    let noise = if sixteen {
        encoder.set_depth(png::BitDepth::Sixteen);
        noise.iter().flat_map(|v| [*v, v ^ 0x5a]).collect()
    } else {
        noise
    };
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&noise).unwrap();
    writer.finish().unwrap();
    Input {
        path,
        format: DocumentFormat::Png,
        page: 0,
    }
}

fn job(inputs: Vec<Input>, pages: Vec<Page>, format: RasterFormat, scratch: &Path) -> PressJob {
    PressJob {
        inputs,
        content: Content::Pages(pages.into()),
        sheet: MediaSize::from_sides(Length::mm(60.0), Length::mm(45.0)),
        media_type: "photographic".into(),
        quality: 5,
        output: OutputSpec {
            format,
            raster_type: RasterType::Srgb8,
            resolution: Resolution::square(25),
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
        limits: PressLimits {
            pixels: 1 << 24,
            side: 10_000,
            memory: 64 << 20,
            scratch: scratch.to_owned(),
        },
    }
}

fn make(job: PressJob) -> Vec<u8> {
    let mut stream = PressStream::open(job).unwrap();
    let mut all = Vec::new();
    while let Some(piece) = stream.next_piece().unwrap() {
        all.extend(piece);
    }
    all
}

/// The pixels of a page, by way of TIFF: its rows are what lies at the end.
fn pixels(job: PressJob) -> Vec<[u8; 3]> {
    let bytes = make(job);
    let count = (SHEET.0 * SHEET.1 * 3) as usize;
    let (pixels, _) = bytes[bytes.len() - count..].as_chunks::<3>();
    pixels.to_vec()
}

fn whole(area: Area, size: (u32, u32)) -> Placed {
    Placed {
        picture: 0,
        area,
        turn: Turn::NONE,
        window: Window {
            x: 0.0,
            y: 0.0,
            width: f64::from(size.0),
            height: f64::from(size.1),
        },
    }
}

const fn area(x: i32, y: i32, width: u32, height: u32) -> Area {
    Area { x, y, width, height }
}

fn page(elements: Vec<Element>) -> Page {
    Page { sheet: SHEET, elements }
}

fn turns() -> impl Strategy<Value = Turn> {
    (any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(transpose, flip_x, flip_y)| Turn {
        transpose,
        flip_x,
        flip_y,
    })
}

fn placed(height: u32) -> impl Strategy<Value = Placed> {
    let areas = (-30i32..60, -30i32..height as i32, 1u32..90, 1u32..height + height);
    // From a part of the picture to beyond its edges.
    let windows = (-0.9f64..0.9, -0.9f64..0.9, 0.05f64..1.5, 0.05f64..1.5);
    (0usize..2, areas, turns(), windows).prop_map(|(picture, (x, y, width, height), turn, window)| {
        let size = [(23u32, 17u32), (12, 40)][picture];
        let (w, h) = turn.size(size.0, size.1);
        Placed {
            picture,
            area: Area { x, y, width, height },
            turn,
            window: Window {
                x: window.0 * f64::from(w),
                y: window.1 * f64::from(h),
                width: window.2 * f64::from(w),
                height: window.3 * f64::from(h),
            },
        }
    })
}

const FORMATS: [RasterFormat; 5] = [
    RasterFormat::Pwg,
    RasterFormat::Urf,
    RasterFormat::Png,
    RasterFormat::Tiff,
    RasterFormat::Jpeg,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn bands_and_workers_change_no_byte(
        placements in prop::collection::vec(placed(TALL.1), 1..4), format in prop::sample::select(&FORMATS),
        band in 1u32..400, workers in 1usize..5, sharp in any::<bool>(), dither in any::<bool>(), copies in 1u32..3,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let inputs = vec![
            picture(folder.path(), (23, 17), false),
            picture(folder.path(), (12, 40), true),
        ];
        let mut elements: Vec<Element> = placements.into_iter().map(Element::Picture).collect();
        elements.push(Element::Mask {
            area: area(50, 100, 4, 30),
            coverage: (0..120).map(|i| i as u8 * 2).collect(),
            ink: Ink::Srgb([10, 200, 30]),
        });
        let tall = |elements| Page { sheet: TALL, elements };
        let (upper, lower) = (tall(elements.clone()), tall(elements.into_iter().rev().collect()));
        let many = matches!(format, RasterFormat::Pwg | RasterFormat::Urf);
        let pages = if many { vec![upper, lower] } else { vec![upper] };
        let mut one = job(inputs, pages, format, folder.path());
        one.repeat = if many { copies } else { 1 };
        one.dither = dither;
        one.profile = Arc::new(Profile::adobe_rgb());
        if sharp {
            one.sharpening = Some(Sharpening::new(Strength::High, Surface::Matte, 300));
        }
        let usual = make(one.clone());
        for (band, workers) in [(band, workers), (1, 1), (7, 4), (64, 3), (330, 2), (65_536, 1)] {
            let mut other = one.clone();
            (other.band_rows, other.workers) = (Some(band), workers);
            prop_assert!(usual == make(other), "{format:?}: bands of {band}, {workers} workers");
        }
    }

    #[test]
    fn the_format_changes_no_pixel(placements in prop::collection::vec(placed(SHEET.1), 1..3)) {
        let folder = tempfile::tempdir().unwrap();
        let inputs = vec![
            picture(folder.path(), (23, 17), false),
            picture(folder.path(), (12, 40), true),
        ];
        let elements: Vec<Element> = placements.into_iter().map(Element::Picture).collect();
        let as_format = |format| make(job(inputs.clone(), vec![page(elements.clone())], format, folder.path()));
        let wanted = pixels(job(inputs.clone(), vec![page(elements.clone())], RasterFormat::Tiff, folder.path()));
        let (width, height) = (SHEET.0 as usize, SHEET.1 as usize);
        for (format, head) in [(RasterFormat::Pwg, 4 + 1_796), (RasterFormat::Urf, 12 + 32)] {
            let bytes = as_format(format);
            let (got, rest) = crate::press::tests::unpack(&bytes[head..], width, height, 3);
            prop_assert!(rest.is_empty() && got == wanted.as_flattened(), "{format:?}");
        }
        let mut reader = png::Decoder::new(std::io::Cursor::new(as_format(RasterFormat::Png))).read_info().unwrap();
        let mut got = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut got).unwrap();
        prop_assert!(got == wanted.as_flattened(), "PNG");
    }

    #[test]
    fn a_constant_picture_stays_constant_wherever_it_lies(placed in placed(SHEET.1), tone in any::<u8>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("even.png");
        let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), 23, 17);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&vec![tone; 23 * 17 * 3]).unwrap();
        writer.finish().unwrap();
        let input = Input { path, format: DocumentFormat::Png, page: 0 };
        let placed = Placed { picture: 0, ..placed };
        let a = placed.area;
        let job = job(vec![input], vec![page(vec![Element::Picture(placed)])], RasterFormat::Tiff, folder.path());
        for (i, pixel) in pixels(job).into_iter().enumerate() {
            let (x, y) = (i as i64 % i64::from(SHEET.0), i as i64 / i64::from(SHEET.0));
            let inside = (i64::from(a.x)..i64::from(a.x) + i64::from(a.width)).contains(&x)
                && (i64::from(a.y)..i64::from(a.y) + i64::from(a.height)).contains(&y);
            prop_assert_eq!(pixel, if inside { [tone; 3] } else { [255; 3] }, "at {}, {}", x, y);
        }
    }
}

#[test]
fn a_picture_that_hangs_over_is_the_same_where_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let input = picture(folder.path(), (23, 17), false);
    let at = |x, y| {
        let placed = whole(area(x, y, 40, 30), (23, 17));
        pixels(job(
            vec![input.clone()],
            vec![page(vec![Element::Picture(placed)])],
            RasterFormat::Tiff,
            folder.path(),
        ))
    };
    let (inside, over) = (at(0, 0), at(-7, -5));
    for y in 0..25 {
        for x in 0..33 {
            assert_eq!(over[y * 60 + x], inside[(y + 5) * 60 + x + 7], "{x}, {y}");
        }
    }
}

#[test]
fn what_comes_later_lies_on_top_and_masks_blend() {
    let folder = tempfile::tempdir().unwrap();
    let coverage: Arc<[u8]> = Arc::from([0, 128, 255, 255]);
    let elements = vec![
        Element::Fill {
            area: area(10, 10, 20, 20),
            ink: Ink::Srgb([10, 20, 30]),
        },
        Element::Fill {
            area: area(12, 12, 2, 2),
            ink: Ink::Paper,
        },
        Element::Mask {
            area: area(20, 20, 4, 1),
            coverage,
            ink: Ink::Srgb([200, 200, 200]),
        },
    ];
    let got = pixels(job(vec![], vec![page(elements)], RasterFormat::Tiff, folder.path()));
    let at = |x: usize, y: usize| got[y * 60 + x];
    assert_eq!(at(9, 10), [255; 3]);
    assert_eq!(at(10, 10), [10, 20, 30]);
    assert_eq!(at(12, 13), [255; 3]);
    assert_eq!(at(20, 20), [10, 20, 30]);
    assert_eq!(at(21, 20), [105, 110, 115]);
    assert_eq!(at(22, 20), [200; 3]);
}

#[test]
fn a_mask_of_another_size_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let elements = vec![Element::Mask {
        area: area(0, 0, 4, 2),
        coverage: Arc::from([0; 4]),
        ink: Ink::Paper,
    }];
    let result = PressStream::open(job(vec![], vec![page(elements)], RasterFormat::Pwg, folder.path()));
    assert!(matches!(result, Err(PressError::Output(_))));
}
