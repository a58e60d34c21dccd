//! Drawn pages: the same bytes in bands of any height, and near to what the library's own painter makes of them.

use std::time::{Duration, Instant};

use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

use super::*;

/// What `everything` leaves out: pictures level, turned, askew, large, with opacity of their own and as stencils; letters
/// drawn by the document; a mesh; a shading by a function; dashes; cells over each other.
fn gallery() -> Vec<u8> {
    let mut pdf = Writer::new();
    let smooth = |w: usize, h: usize, channels: usize| -> Vec<u8> {
        let value = |i: usize| {
            let (x, y, c) = (i / channels % w, i / channels / w, i % channels);
            ((x * 255 / w + (y * 255 / h) * (c + 1)) % 256 / 2 + 60) as u8
        };
        (0..w * h * channels).map(value).collect()
    };
    let rgb = "/Type/XObject/Subtype/Image/BitsPerComponent 8/ColorSpace/DeviceRGB";
    let grey = "/Type/XObject/Subtype/Image/BitsPerComponent 8/ColorSpace/DeviceGray";
    let coarse = pdf.stream(&format!("{rgb}/Width 8/Height 6"), &smooth(8, 6, 3));
    let fine = pdf.stream(&format!("{rgb}/Width 70/Height 50"), &smooth(70, 50, 3));
    let soft = pdf.stream(&format!("{grey}/Width 16/Height 9"), &smooth(16, 9, 1));
    let seen = pdf.stream(
        &format!("{grey}/Width 70/Height 50/SMask {soft} 0 R"),
        &smooth(70, 50, 1),
    );
    let bits: Vec<u8> = (0..32u32).map(|i| (i * 37 % 251) as u8).collect();
    let stencil = pdf.stream("/Type/XObject/Subtype/Image/ImageMask true/Width 16/Height 16", &bits);
    let cell = "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 12 12]/XStep 7.3/YStep 7.7/Resources<<>>";
    let cell = pdf.stream(cell, b"0 0.6 0.3 rg 1 1 9 4 re f 0.8 0 0 RG 2 8 m 11 11 l S");
    let large = "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 150 150]/XStep 150/YStep 150/Resources<<>>";
    let large = pdf.stream(large, b"0.2 0.2 0.9 rg 10 10 m 140 20 l 70 140 l f");
    let vertices = [[0, 10, 10, 255, 0, 0], [0, 90, 20, 0, 255, 0], [0, 40, 60, 0, 0, 255]];
    let mesh = "/ShadingType 4/ColorSpace/DeviceRGB/BitsPerCoordinate 8/BitsPerComponent 8/BitsPerFlag 8\
        /Decode[0 255 0 255 0 1 0 1 0 1]";
    let mesh = pdf.stream(mesh, vertices.as_flattened());
    let function = "/FunctionType 4/Domain[0 1 0 1]/Range[0 1 0 1 0 1]";
    let function = pdf.stream(function, b"{ 2 copy add 2 div }");
    let letter = pdf.stream(
        "",
        b"8 0 0 0 8 8 d1 q 8 0 0 8 0 0 cm BI /W 8 /H 8 /IM true /BPC 1 ID \x81\x42\x24\x18\x18\x24\x42\x81 EI Q",
    );
    let font = format!(
        "<</Type/Font/Subtype/Type3/FontBBox[0 0 8 8]/FontMatrix[0.125 0 0 0.125 0 0]/CharProcs<</a {letter} 0 R>>\
         /Encoding<</Differences[97/a]>>/FirstChar 97/LastChar 97/Widths[8]/Resources<<>>>>"
    );
    let resources = format!(
        "/Resources<</XObject<</C {coarse} 0 R/F {fine} 0 R/S {seen} 0 R/K {stencil} 0 R>>\
         /Pattern<</P {cell} 0 R/L {large} 0 R>>/Font<</T {font}>>/Shading<</M {mesh} 0 R\
         /N<</ShadingType 1/ColorSpace/DeviceRGB/Matrix[45 5 -5 40 150 120]/Function {function} 0 R>>>>>>"
    );
    let content = "/M sh /N sh q 60 0 0 45 10.3 70.7 cm /F Do Q q 0 50 -40 0 130 10 cm /F Do Q q 40 20 -15 35 150 60 cm \
        /F Do Q q 40 0 0 30 10 130 cm /C Do Q q 25 10 -12 30 80 130 cm /C Do Q q 60 0 0 45 10 180 cm /S Do Q \
        q 12 0 0 9 100 190 cm /F Do Q /Pattern cs /P scn q 40 0 0 40 130 180 cm /K Do Q \
        1 0 0 rg q 30 0 0 -30 80 250 cm /K Do Q /P scn 120 230 70 60 re f /L scn 5 230 60 65 re f \
        0 g BT /T 14 Tf 75 100 Td (aaa) Tj ET [7 3 1] 2 d 0.7 w 10 125 m 100 120 150 180 190 110 c S";
    pdf.page(&format!("/MediaBox[0 0 200 300]{resources}"), content);
    pdf.finish()
}

#[test]
fn pages_are_near_to_those_of_the_librarys_own_painter() {
    let place = Place::new();
    // The library leaves a picture's pixels as they are where ours smooths them.
    for (name, pdf, mean, apart) in [
        ("everything", everything(), 1.0, 0.01),
        ("gallery", gallery(), 3.0, 0.02),
    ] {
        let ours = place.paint(&pdf, 0, Turn::NONE, (400, 600)).unwrap();
        let read = load(&place.save(&pdf), &place.limits()).unwrap();
        let look = RenderSettings {
            hinting: false,
            glyph_caching: false,
            ..RenderSettings::default()
        };
        let size = PixmapSettings {
            x_scale: 2.0,
            y_scale: 2.0,
            bg_color: WHITE,
        };
        let theirs = hayro::render(&read.pages()[0], &RenderCache::new(), &settings(), &look, &size);
        let theirs = theirs.data_as_u8_slice().as_chunks::<4>().0;
        assert_eq!(theirs.len(), ours.len());
        let differences: Vec<u8> = ours
            .iter()
            .zip(theirs)
            .map(|(a, b)| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0))
            .collect();
        let sum: f64 = differences.iter().map(|d| f64::from(*d)).sum();
        let far = differences.iter().filter(|d| **d > 64).count();
        let (sum, far) = (sum / ours.len() as f64, far as f64 / ours.len() as f64);
        println!("{name}: {sum:.2} levels, {:.2} % far apart", far * 100.0);
        assert!(
            sum <= mean && far <= apart,
            "{name}: {sum:.2} levels, {far:.4} far apart"
        );
    }
}

/// How `everything` is painted, in bands of so many rows.
fn plan(rows: u32) -> bands::Plan {
    bands::Plan {
        number: 0,
        turn: Turn::LEFT,
        size: (617, 411),
        rows,
        list: 1 << 20,
        patience: Duration::from_secs(60),
    }
}

#[test]
fn bands_of_any_height_give_the_same_bytes_with_and_without_a_list() {
    let place = Place::new();
    let path = place.save(&everything());
    let painted = |rows, list| {
        let pdf = load(&path, &place.limits()).unwrap();
        let plan = bands::Plan { list, ..plan(rows) };
        pixels(&mut bands::start(pdf, plan, &place.limits()).unwrap()).unwrap()
    };
    let whole = painted(411, 1 << 20);
    for rows in [16, 48, 64, 112, 208] {
        for list in [1 << 20, 0] {
            let other = painted(rows, list);
            let pairs = whole.iter().flatten().zip(other.as_flattened());
            let worst = pairs.clone().map(|(a, b)| a.abs_diff(*b)).max();
            let first = pairs
                .clone()
                .position(|(a, b)| a != b)
                .map(|at| (at / 3 % 617, at / 3 / 617));
            let count = pairs.filter(|(a, b)| a != b).count();
            assert_eq!(
                whole, other,
                "{rows} rows, list {list}: {count} bytes, by {worst:?}, first at {first:?}"
            );
        }
    }
}

#[test]
fn nobody_waits_for_ever_and_the_painter_stops_at_once() {
    let place = Place::new();
    // Enough for minutes: letters over each other, of which each is a step.
    let letters = format!("1 0 0 1 5 20 Tm ({}) Tj ", "W".repeat(100)).repeat(20_000);
    let font = "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Italic>>>>>>";
    let pdf = one(
        &format!("/MediaBox[0 0 200 300]{font}"),
        &format!("0.5 g BT /F 20 Tf 10 Tz {letters} ET"),
    );
    let path = place.save(&pdf);
    for list in [usize::MAX, 0] {
        let pdf = load(&path, &place.limits()).unwrap();
        let plan = bands::Plan {
            patience: Duration::from_millis(300),
            list,
            ..plan(411)
        };
        let mut source = bands::start(pdf, plan, &place.limits()).unwrap();
        let error = source.row(0, RowMut::Eight(&mut vec![0; 617 * 3])).unwrap_err();
        assert!(error.to_string().contains("takes too long"), "{error}");
        let begun = Instant::now();
        while !source.has_ended() {
            assert!(begun.elapsed() < Duration::from_secs(5), "the painter goes on and on");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
