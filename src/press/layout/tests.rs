//! Layouts as a whole. Parts have their tests beside them.

use proptest::prelude::*;

use super::super::page::{Area, Element, Ink, Page, Placed};
use super::*;
use crate::model::{Length, Margins, MediaSize, Resolution};

mod properties;
mod said;

pub(crate) fn layout(text: &str) -> Layout {
    read(toml::from_str(text).unwrap()).unwrap()
}

fn wrong(text: &str) -> String {
    read(toml::from_str(text).unwrap()).unwrap_err().to_string()
}

/// A4 with even margins.
fn a4(mm: f64, dpi: u32) -> Paper {
    let margin = Length::mm(mm);
    Paper {
        sheet: MediaSize::from_name("iso_a4_210x297mm").unwrap(),
        margins: Margins {
            top: margin,
            bottom: margin,
            left: margin,
            right: margin,
        },
        dots: Resolution::square(dpi),
    }
}

fn picture(width: u32, height: u32) -> Subject {
    Subject::new(Picture {
        width,
        height,
        resolution: None,
    })
}

fn page(text: &str, paper: Paper, subjects: Vec<Subject>) -> Page {
    Composition::new(layout(text), paper, subjects, Fields::default())
        .unwrap()
        .page(0)
        .unwrap()
}

fn placed(page: &Page) -> Vec<Placed> {
    let pictures = page.elements.iter().filter_map(|e| match e {
        Element::Picture(placed) => Some(*placed),
        _ => None,
    });
    pictures.collect()
}

fn sides(area: Area) -> (i32, i32, u32, u32) {
    (area.x, area.y, area.width, area.height)
}

#[test]
fn one_picture_lies_as_place_puts_it() {
    for (width, height) in [(3000, 2000), (2000, 3000), (999, 1000)] {
        let subject = picture(width, height);
        let paper = a4(10.0, 300);
        let by_place = place(
            subject.picture,
            &paper.sheet,
            &paper.margins,
            paper.dots,
            crate::model::PrintScaling::Fit,
            crate::model::Orientation::Portrait,
        )
        .unwrap();
        let here = placed(&page("[[block]]\nkind = 'picture'", paper, vec![subject]))[0];
        let (x, y, w, h) = by_place.target;
        let near = |a: i32, b: u32| (i64::from(a) - i64::from(b)).abs() <= 1;
        assert!(near(here.area.x, x) && near(here.area.y, y), "{here:?} {by_place:?}");
        assert!(here.area.width.abs_diff(w) <= 1 && here.area.height.abs_diff(h) <= 1);
        assert_eq!(here.window, by_place.window);
    }
}

#[test]
fn a_mat_is_heavier_at_the_bottom() {
    let text = "[[block]]\nkind='picture'\nframe.of='sheet'\nborder={width=20, weight=10, colour='#808080'}";
    let page = page(text, a4(0.0, 254), vec![picture(1000, 1000)]);
    let Element::Fill { area, ink } = page.elements[0] else {
        panic!("{page:?}")
    };
    assert_eq!(ink, Ink::Srgb([128; 3]));
    let inner = placed(&page)[0].area;
    assert_eq!((inner.x - area.x, inner.y - area.y), (200, 200));
    assert_eq!(area.y + area.height as i32 - inner.y - inner.height as i32, 300);
    assert_eq!((inner.width, inner.height), (1700, 1700));
}

#[test]
fn a_gallery_wrap_mirrors_beyond_the_picture() {
    let text = "[[block]]\nkind='picture'\nframe={width=100, height=100}\nwrap.width=30";
    let page = page(text, a4(0.0, 254), vec![picture(1000, 1000)]);
    let wrapped = placed(&page)[0];
    assert_eq!(sides(wrapped.area), (250, 685, 1600, 1600));
    // The face is 100 mm for 1000 pixels; 30 mm more on each side.
    assert_eq!((wrapped.window.x, wrapped.window.width), (-300.0, 1600.0));
}

#[test]
fn a_wrap_reaches_by_the_pictures_own_width_at_most() {
    let text = "[[block]]\nkind='picture'\nframe={width=20, height=20}\nwrap.width=80";
    let wrapped = placed(&page(text, a4(0.0, 254), vec![picture(500, 1000)]))[0];
    assert_eq!((wrapped.window.x, wrapped.window.width), (-500.0, 1500.0));
    assert_eq!(wrapped.area.width, 300);
}

#[test]
fn a_wrap_that_the_margins_would_cut_is_refused() {
    let text = "[[block]]\nkind='picture'\nframe={width=150, height=150}\nlook.fit='fill'\nwrap.width=30";
    let made = Composition::new(layout(text), a4(5.0, 100), vec![picture(1, 1)], Fields::default()).unwrap();
    let told = made.page(0).unwrap_err().to_string();
    assert!(told.contains("210.0 × 210.0 mm and has 200.0 × 287.0 mm"), "{told}");
}

#[test]
fn a_crop_keeps_its_focus_near_the_middle() {
    let text = "[[block]]\nkind='picture'\nframe={width=100, height=100}\nlook={fit='fill', focus=[0.9, 0.5]}";
    let window = placed(&page(text, a4(0.0, 254), vec![picture(3000, 1000)]))[0].window;
    assert_eq!((window.x, window.width), (2000.0, 1000.0));
    let mut subject = picture(3000, 1000);
    subject.focus = Some((0.4, 0.5));
    let window = placed(&page(text, a4(0.0, 254), vec![subject.clone()]))[0].window;
    assert_eq!((window.x, window.width), (700.0, 1000.0));
    // The same point, turned.
    let turned = text.replace("fit=", "turn='left', fit=");
    let window = placed(&page(&turned, a4(0.0, 254), vec![subject]))[0].window;
    assert_eq!((window.y, window.height), (3000.0 - 700.0 - 1000.0, 1000.0));
}

#[test]
fn a_given_crop_is_all_that_is_shown() {
    let mut subject = picture(1000, 1000);
    subject.crop = Some(Window {
        x: 100.0,
        y: 200.0,
        width: 300.0,
        height: 150.0,
    });
    let text = "[[block]]\nkind='picture'\nframe={width=100, height=100}\nlook.turn='none'";
    let here = placed(&page(text, a4(0.0, 254), vec![subject.clone()]))[0];
    let w = here.window;
    assert!((w.x - 100.0).abs() < 1e-6 && (w.y - 200.0).abs() < 1e-6 && (w.width - 300.0).abs() < 1e-6);
    assert_eq!((here.area.width, here.area.height), (1000, 500));
    // One beside the picture is brought back to it.
    subject.crop = Some(Window {
        x: 5e9,
        y: f64::NAN,
        width: -3.0,
        height: 1.0,
    });
    let w = placed(&page(text, a4(0.0, 254), vec![subject]))[0].window;
    assert!(w.x >= 0.0 && w.x + w.width <= 1000.0 + 1e-6 && w.width > 0.0);
}

#[test]
fn a_landscape_page_is_turned_as_a_whole() {
    let text = "orientation='landscape'\n[[block]]\nkind='picture'\nframe={left=0, top=0, width=100, height=50}\nlook={fit='fill'}\n[[block]]\nkind='text'\nframe={left=0, bottom=0, width=60, height=10}\ntext='Hey'\nanchor='left'";
    let mut paper = a4(0.0, 254);
    paper.margins.left = Length::mm(10.0);
    paper.margins.bottom = Length::mm(20.0);
    let page = page(text, paper, vec![picture(400, 400)]);
    assert_eq!(page.sheet, (2100, 2970));
    let here = placed(&page)[0];
    assert_eq!(here.turn, Turn::LEFT);
    // Upright, the picture is at the left and top: on the fed sheet at the bottom and left.
    assert_eq!(sides(here.area), (100, 2970 - 200 - 1000, 500, 1000));
    assert_eq!((here.window.x, here.window.width), (100.0, 200.0));
    let Some(Element::Mask { area, .. }) = page.elements.last() else {
        panic!("{page:?}")
    };
    // The words read upwards, at the sheet's right.
    assert!(area.height > area.width && area.x > 1900 && area.y > 2500, "{area:?}");
}

#[test]
fn split_panes_are_one_picture() {
    let text = "[[block]]\nkind='grid'\nframe={width=190, height=60}\nrows=1\ncolumns=3\ngutter=[5,0]\npictures='split'\nlook.fit='fill'";
    let panes = placed(&page(text, a4(0.0, 254), vec![picture(1900, 600)]));
    let seen: Vec<_> = panes
        .iter()
        .map(|p| (p.window.x.round(), p.window.width.round()))
        .collect();
    assert_eq!(seen, [(0.0, 600.0), (650.0, 600.0), (1300.0, 600.0)]);
}

#[test]
fn cells_of_a_fixed_size_shrink_only_when_they_may() {
    let text = "[[block]]\nkind='grid'\nrows=2\ncolumns=2\ncell={width=100, height=150}";
    let four = || (0..4).map(|_| picture(200, 300)).collect::<Vec<_>>();
    let made = Composition::new(layout(text), a4(5.0, 100), four(), Fields::default()).unwrap();
    let error = made.page(0).unwrap_err().to_string();
    assert!(
        error.contains("200.0 × 300.0 mm") && error.contains("shrink"),
        "{error}"
    );
    let shrunk = text.replace("150}", "150, shrink=true}");
    assert_eq!(placed(&page(&shrunk, a4(5.0, 100), four())).len(), 4);
}

#[test]
fn marks_lie_outside_their_cells() {
    let text = "[[block]]\nkind='grid'\nframe={width=100, height=100}\nrows=2\ncolumns=2\ngutter=5\nlook.fit='fill'\nmarks={registration=true}";
    let page = page(text, a4(0.0, 254), (0..4).map(|_| picture(10, 10)).collect());
    let cells = placed(&page);
    let marks = page.elements.iter().filter_map(|e| match e {
        Element::Fill { area, .. } | Element::Mask { area, .. } => Some(*area),
        Element::Picture(_) => None,
    });
    let marks: Vec<Area> = marks.collect();
    // Four edges across and four down, two marks each; four crosses of two lines and a ring.
    assert_eq!(marks.len(), 16 + 12);
    assert!(
        marks
            .iter()
            .all(|m| cells.iter().all(|c| !properties::meet(*m, c.area)))
    );
}

#[test]
fn a_borderless_page_reaches_beyond_the_sheet() {
    let text = "borderless=true\noverspray=3\n[[block]]\nkind='picture'\nframe.of='bleed'\nlook.fit='fill'";
    let here = placed(&page(text, a4(5.0, 254), vec![picture(2160, 3030)]))[0];
    assert_eq!(sides(here.area), (-30, -30, 2160, 3030));
    assert_eq!((here.window.width, here.window.height), (2160.0, 3030.0));
}

#[test]
fn a_chart_is_always_the_same_and_numbered_over_its_pages() {
    let text = "[[block]]\nkind='chart'\npatches=864\ncube=9\ngreys=33\npatch=12\nlabels=true";
    let made = Composition::new(layout(text), a4(10.0, 60), vec![], Fields::default()).unwrap();
    let listed = made.chart().unwrap();
    assert_eq!(listed.len(), 864);
    assert_eq!(made.pages(), listed.last().unwrap().page + 1);
    let labels: std::collections::BTreeSet<_> = listed.iter().map(|p| p.label.clone()).collect();
    assert_eq!(labels.len(), 864);
    let (mut drawn, mut values) = (Vec::new(), Vec::new());
    for page in made.all().unwrap() {
        drawn.extend(page.elements.into_iter().filter_map(|e| match e {
            Element::Fill {
                ink: Ink::Device(value),
                ..
            } => Some(value),
            _ => None,
        }));
    }
    values.extend(listed.iter().map(|p| p.value));
    assert_eq!(drawn, values);
    for wanted in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [128, 128, 128], [0, 159, 255]] {
        assert!(values.contains(&wanted), "{wanted:?}");
    }
    // Written down once: a chart that was printed must stay what it is.
    assert_eq!(values[..3], [[64, 96, 64], [64, 255, 64], [128, 96, 64]]);
}

#[test]
fn a_wedge_goes_from_paper_to_full_colour() {
    let text = "[[block]]\nkind='wedge'\nsteps=5\nramps=['grey','cyan']";
    let page = page(text, a4(10.0, 60), vec![]);
    let inks: Vec<Ink> = page
        .elements
        .iter()
        .map(|e| match e {
            Element::Fill { ink, .. } => *ink,
            _ => Ink::Paper,
        })
        .collect();
    let grey = [255, 191, 127, 64, 0].map(|v| Ink::Srgb([v; 3]));
    assert_eq!(inks[..5], grey);
    assert_eq!(inks[9], Ink::Srgb([0, 255, 255]));
}

#[test]
fn captions_say_each_pictures_own_words() {
    let text = "[[block]]\nkind='grid'\nrows=1\ncolumns=2\ncaption=[{text='{filename}'}]";
    let mut subjects = vec![picture(30, 20), picture(30, 20)];
    subjects[0].fields = Fields::default().with("filename", "iii.tif");
    subjects[1].fields = Fields::default().with("filename", "A much longer name.tif");
    let page = page(text, a4(10.0, 150), subjects);
    let wide: Vec<u32> = page
        .elements
        .iter()
        .filter_map(|e| match e {
            Element::Mask { area, .. } => Some(area.width),
            _ => None,
        })
        .collect();
    assert!(wide.len() == 2 && wide[1] > wide[0] * 3, "{wide:?}");
}

#[test]
fn a_page_of_too_many_letters_is_refused() {
    let caption = format!("caption=[{{text='{}'}}]", "x".repeat(390));
    let text = format!("[[block]]\nkind='grid'\nrows=30\ncolumns=20\npictures='same'\n{caption}");
    let made = Composition::new(layout(&text), a4(5.0, 100), vec![picture(1, 1)], Fields::default()).unwrap();
    let told = made.page(0).unwrap_err().to_string();
    assert!(told.contains("letters on one page: at most 200000"), "{told}");
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    let cases = [
        ("", "1 to 64 blocks"),
        ("[[block]]\nkind='pictur'", "block 1, kind: \"pictur\" is no block"),
        (
            "[[block]]\nkind='picture'\nfoo=1",
            "block 1 (picture): unknown field `foo`",
        ),
        ("[[block]]\nkind='picture'\nlook.fit='stretch'", "fit"),
        (
            "[[block]]\nkind='grid'\nrows=0\ncolumns=1",
            "block 1 (grid), rows: 0 is not between 1 and 60",
        ),
        (
            "[[block]]\nkind='picture'\nframe={left=1,width=2,right=3}",
            "leave one of them out",
        ),
        (
            "[[block]]\nkind='text'\ntext='{titel'",
            "block 1 (text), text: a { wants",
        ),
        ("margin=nan\n[[block]]\nkind='picture'", "margin: NaN is not between"),
        ("margin='x'\n[[block]]\nkind='picture'", "a number"),
        ("[[block]]\nkind='fill'\ncolour='red'", "a colour is"),
        ("[[block]]\nkind='chart'\npatch=5\npatches=10\ncube=3", "27 already"),
    ];
    for (text, words) in cases {
        let told = wrong(text);
        assert!(
            told.contains(words) || words == "a number" && told.contains("one number"),
            "{text}: {told}"
        );
    }
    let one = layout("[[block]]\nkind='picture'");
    let refused = |paper, subjects| Composition::new(one.clone(), paper, subjects, Fields::default()).map(|_| ());
    assert_eq!(refused(a4(0.0, 300), vec![]), Err(LayoutError::NoPicture));
    assert_eq!(
        refused(a4(0.0, 0), vec![picture(1, 1)]),
        Err(LayoutError::Resolution(0))
    );
    assert_eq!(refused(a4(0.0, 300), vec![picture(0, 1)]), Err(LayoutError::Empty(1)));
    assert!(matches!(
        refused(a4(110.0, 300), vec![picture(1, 1)]),
        Err(LayoutError::NoRoom { .. })
    ));
}
