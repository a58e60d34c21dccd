mod drawn;
mod hostile;
mod peers;
mod pictures;
mod write;

use std::path::PathBuf;

use tempfile::TempDir;

use super::super::{Input, head, open};
use super::*;
use crate::model::{DocumentFormat, Resolution};
use crate::press::source::RowMut;
use write::{Writer, one};

struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        Place {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn limits(&self) -> PressLimits {
        PressLimits {
            pixels: 4_000_000,
            side: 5_000,
            memory: 64_000_000,
            scratch: self.folder.path().join("scratch"),
        }
    }

    fn save(&self, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join("a.pdf");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn input(&self, bytes: &[u8], page: u32) -> Input {
        Input {
            path: self.save(bytes),
            format: DocumentFormat::Pdf,
            page,
        }
    }

    fn head(&self, bytes: &[u8]) -> Result<Head, PressError> {
        head(&self.input(bytes, 0), &self.limits())
    }

    fn paint(&self, bytes: &[u8], page: u32, turn: Turn, size: (u32, u32)) -> Result<Vec<[u8; 3]>, PressError> {
        let wish = Wish { size: Some(size) };
        let mut source = open(&self.input(bytes, page), turn, wish, &self.limits())?;
        assert_eq!((source.shape().width, source.shape().height), size);
        pixels(&mut *source)
    }

    /// Files in the scratch folder.
    fn left(&self) -> usize {
        std::fs::read_dir(self.limits().scratch).map_or(0, |entries| entries.count())
    }
}

fn pixels(source: &mut dyn Source) -> Result<Vec<[u8; 3]>, PressError> {
    let shape = source.shape();
    let mut all = Vec::new();
    let mut row = vec![0; shape.width as usize * 3];
    for y in 0..shape.height {
        source.row(y, RowMut::Eight(&mut row))?;
        all.extend_from_slice(row.as_chunks::<3>().0);
    }
    Ok(all)
}

const R: [u8; 3] = [255, 0, 0];
const W: [u8; 3] = [255; 3];

/// Pixels as letters.
fn letters(pixels: &[[u8; 3]], width: usize) -> Vec<String> {
    let letter = |p: &[u8; 3]| match *p {
        R => 'R',
        W => '.',
        _ => '?',
    };
    pixels
        .chunks(width)
        .map(|row| row.iter().map(letter).collect())
        .collect()
}

/// 4 × 6 points with a red square of 1 point at the lower left, and one above it.
const SQUARES: &str = "1 0 0 rg 0 0 1 1 re f 0 2 1 1 re f";
const SMALL: &str = "/MediaBox[0 0 4 6]";

#[test]
fn a_drawn_page_is_painted_at_the_size_wanted() {
    let place = Place::new();
    let pdf = one(SMALL, SQUARES);
    let told = place.head(&pdf).unwrap();
    assert_eq!((told.width, told.height, told.pages), (17, 25, 1));
    assert_eq!(told.resolution, Some(Resolution::square(300)));
    let small = place.paint(&pdf, 0, Turn::NONE, (4, 6)).unwrap();
    assert_eq!(letters(&small, 4), ["....", "....", "....", "R...", "....", "R..."]);
    let wide = place.paint(&pdf, 0, Turn::NONE, (8, 6)).unwrap();
    assert_eq!(letters(&wide, 8)[5], "RR......");
}

#[test]
fn turns_come_out_of_the_painter_in_turned_order() {
    let place = Place::new();
    let pdf = one(SMALL, SQUARES);
    let left = place.paint(&pdf, 0, Turn::LEFT, (6, 4)).unwrap();
    assert_eq!(letters(&left, 6), ["......", "......", "......", "...R.R"]);
    let right = place.paint(&pdf, 0, Turn::RIGHT, (6, 4)).unwrap();
    assert_eq!(letters(&right, 6), ["R.R...", "......", "......", "......"]);
    let half = place.paint(&pdf, 0, Turn::HALF, (4, 6)).unwrap();
    assert_eq!(letters(&half, 4), ["...R", "....", "...R", "....", "....", "...."]);
}

#[test]
fn boxes_units_and_the_pages_own_turn_are_kept() {
    let place = Place::new();
    let turned = one("/MediaBox[0 0 4 6]/Rotate 90", SQUARES);
    let told = place.head(&turned).unwrap();
    assert_eq!((told.width, told.height), (25, 17));
    let painted = place.paint(&turned, 0, Turn::NONE, (6, 4)).unwrap();
    assert_eq!(letters(&painted, 6), ["R.R...", "......", "......", "......"]);
    let cropped = one("/MediaBox[0 0 4 6]/CropBox[0 2 2 6]", SQUARES);
    let painted = place.paint(&cropped, 0, Turn::NONE, (2, 4)).unwrap();
    assert_eq!(letters(&painted, 2), ["..", "..", "..", "R."]);
    let large = one("/MediaBox[0 0 72 144]/UserUnit 2", "");
    let told = place.head(&large).unwrap();
    assert_eq!((told.width, told.height), (600, 1_200));
}

#[test]
fn each_page_is_its_own() {
    let place = Place::new();
    let mut pdf = Writer::new();
    pdf.page(SMALL, "");
    pdf.page(SMALL, SQUARES);
    let pdf = pdf.finish();
    assert_eq!(place.head(&pdf).unwrap().pages, 2);
    let ink = |page| {
        let painted = place.paint(&pdf, page, Turn::NONE, (4, 6)).unwrap();
        painted.iter().filter(|p| **p != W).count()
    };
    assert_eq!((ink(0), ink(1)), (0, 2));
    let error = place.paint(&pdf, 2, Turn::NONE, (4, 6)).unwrap_err();
    assert_eq!(error.to_string(), "the PDF has no page 3, only 2");
}

/// Shapes of all kinds: curves, text, a clip, transparency, a soft mask, gradients, a pattern.
fn everything() -> Vec<u8> {
    let mut pdf = Writer::new();
    let cell = pdf.stream(
        "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<<>>",
        b"0 0.5 0 rg 1 1 5 5 re f",
    );
    let function = "/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 0 1]/N 1>>";
    let form = pdf.stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 200 300]/Group<</S/Transparency/CS/DeviceGray>>",
        b"0.5 g 20 20 60 60 re f 1 g 90 30 m 150 60 120 100 80 140 c f",
    );
    let resources = format!(
        "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Times-Italic>>>>/Pattern<</P {cell} 0 R>>\
         /Shading<</S<</ShadingType 3/ColorSpace/DeviceRGB/Coords[100 150 0 100 150 90]{function}>>>>\
         /ExtGState<</A<</ca 0.5/CA 0.3/BM/Multiply>>/M<</SMask<</S/Luminosity/G {form} 0 R>>>>>>>>"
    );
    let content = "/S sh 0 0 1 rg 10 10 m 60 200 150 50 190 290 c f q /A gs 1 0 0 rg 20 100 100 100 re f \
        0 G 7 w 30 30 m 180 250 l S Q BT /F 31.3 Tf 15 150 Td (Fine art) Tj ET \
        q 40 60 100 33 re W n 0 1 0 rg 0 0 200 300 re f Q q /M gs 1 0 1 rg 0 0 200 300 re f Q \
        /Pattern cs /P scn 120 200 60 77 re f";
    pdf.page(&format!("/MediaBox[0 0 200 300]{resources}"), content);
    pdf.finish()
}

#[test]
fn rows_may_be_skipped_and_asked_for_again() {
    let place = Place::new();
    let input = place.input(&everything(), 0);
    let wish = Wish { size: Some((617, 411)) };
    let mut source = open(&input, Turn::LEFT, wish, &place.limits()).unwrap();
    let whole = pixels(&mut *source).unwrap();
    source.rewind().unwrap();
    let mut row = vec![0; 617 * 3];
    for y in [3, 200, 410] {
        source.row(y, RowMut::Eight(&mut row)).unwrap();
        assert_eq!(row, whole[y as usize * 617..][..617].as_flattened());
    }
    assert!(source.row(411, RowMut::Eight(&mut row)).is_err());
    assert!(source.row(0, RowMut::Eight(&mut row[3..])).is_err());
}

#[test]
fn standard_fonts_need_not_be_embedded() {
    let place = Place::new();
    let names = [
        "Helvetica",
        "Helvetica-Bold",
        "Helvetica-Oblique",
        "Helvetica-BoldOblique",
        "Times-Roman",
        "Times-Bold",
        "Times-Italic",
        "Times-BoldItalic",
        "Courier",
        "Courier-Bold",
        "Courier-Oblique",
        "Courier-BoldOblique",
        "Symbol",
        "ZapfDingbats",
    ];
    let mut seen = Vec::new();
    for name in names {
        let fonts =
            format!("/MediaBox[0 0 80 20]/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/{name}>>>>>>");
        let painted = place
            .paint(
                &one(&fonts, "BT /F 14 Tf 4 4 Td (abc4) Tj ET"),
                0,
                Turn::NONE,
                (160, 40),
            )
            .unwrap();
        assert!(
            painted.iter().filter(|p| p[0] < 128).count() > 60,
            "{name} leaves the page empty"
        );
        assert!(!seen.contains(&painted), "{name} looks like another font");
        seen.push(painted);
    }
}
