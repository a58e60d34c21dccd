//! Compositions drawn, and what must hold of their pages.

use platen::model::{Length, Margins, MediaSize, Resolution};
use platen::press::layout::{Composition, Fields, LayoutError, Paper, Picture, Subject, limits};
use platen::press::{Element, Page};

/// What a page's masks, elements and words may take.
pub const MOST: usize = limits::MASKS * 2 + (32 << 20);

/// Paper of one of some kinds.
pub fn paper(choice: u64) -> Paper {
    let names = [
        "iso_a4_210x297mm",
        "na_c_17x22in",
        "iso_a6_105x148mm",
        "na_index-4x6_4x6in",
    ];
    let margin = [0.0, 3.0, 12.7][choice as usize / 4 % 3];
    let margin = Length::mm(margin);
    Paper {
        sheet: MediaSize::from_name(names[choice as usize % 4]).expect("a sheet's name"),
        margins: Margins {
            top: margin,
            bottom: margin,
            left: margin,
            right: margin,
        },
        dots: Resolution::square([30, 60, 120][choice as usize / 16 % 3]),
    }
}

/// Pictures of all shapes.
pub fn subjects(choice: u64) -> Vec<Subject> {
    let sizes = [(6_000, 4_000), (1, 20_000), (640, 640), (3, 2), (20_000, 1)];
    (0..choice as usize % 7)
        .map(|i| {
            let (width, height) = sizes[(i + choice as usize / 7) % sizes.len()];
            let mut subject = Subject::new(Picture {
                width,
                height,
                resolution: (choice & 64 != 0).then(|| Resolution::square(300)),
            });
            if choice & 128 != 0 {
                subject.focus = Some((0.1, 0.9));
            }
            subject
        })
        .collect()
}

/// Words for the fields that a house knows.
pub fn fields() -> Fields {
    ["title", "artist", "date", "edition", "filename", "paper", "year"]
        .into_iter()
        .fold(Fields::default(), |fields, name| fields.with(name, "Düne IV, Ávila"))
}

/// Words for people.
pub fn words(text: &str) {
    assert!(text.len() > 3, "no words for people: {text:?}");
}

/// Draws the first and the last page. `paper` and `borderless` are what it was composed on.
///
/// # Errors
/// [`LayoutError`].
pub fn draw(composition: &Composition, paper: &Paper, borderless: bool) -> Result<(), LayoutError> {
    let pages = composition.pages();
    assert!(pages > 0 && pages <= limits::PAGES, "{pages} pages");
    for index in [0, pages - 1] {
        check(&composition.page(index)?, paper, borderless);
        if pages == 1 {
            break;
        }
    }
    let beyond = composition.page(pages).expect_err("a page beyond the last");
    words(&beyond.to_string());
    composition.chart()?;
    Ok(())
}

/// Every element lies on the paper between its margins, or beyond its edges by no more than the overspray, and every
/// mask is as large as its area.
fn check(page: &Page, paper: &Paper, borderless: bool) {
    assert!(page.elements.len() <= limits::ELEMENTS);
    let (width, height) = (i64::from(page.sheet.0), i64::from(page.sheet.1));
    // Edges are rounded to pixels.
    let pixels = |mm: f64| (mm / 25.4 * f64::from(paper.dots.x)).floor() as i64;
    let edge = if borderless {
        -pixels(limits::OVERSPRAY) - 1
    } else {
        (pixels(paper.margins.top.as_mm()) - 1).max(0)
    };
    for element in &page.elements {
        let area = match element {
            Element::Picture(placed) => {
                let window = placed.window;
                let sides = [window.x, window.y, window.width, window.height];
                assert!(sides.iter().all(|v| v.is_finite()), "{window:?}");
                assert!(window.width > 0.0 && window.height > 0.0, "{window:?}");
                placed.area
            }
            Element::Fill { area, .. } => *area,
            Element::Mask { area, coverage, .. } => {
                assert_eq!(coverage.len() as u64, u64::from(area.width) * u64::from(area.height));
                *area
            }
        };
        let (left, top) = (i64::from(area.x), i64::from(area.y));
        let (right, bottom) = (left + i64::from(area.width), top + i64::from(area.height));
        let inside = left >= edge && top >= edge && right <= width - edge && bottom <= height - edge;
        assert!(
            inside && area.width > 0 && area.height > 0,
            "{area:?} on {width} × {height} within {edge}"
        );
    }
}
