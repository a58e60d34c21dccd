//! Properties that hold for every layout. A case that is refused shows nothing, so that each property says how many of
//! its cases must not be.

use std::cell::Cell;

use proptest::test_runner::{TestCaseResult, TestRunner};

use super::*;

/// Cases of a property.
const CASES: u32 = 300;

/// Runs a property; it says whether a case was looked at. At least `share` per cent must be.
fn holds<S: Strategy>(share: u32, strategy: S, property: impl Fn(S::Value, &Cell<bool>) -> TestCaseResult) {
    let config = ProptestConfig {
        source_file: Some(file!()),
        ..ProptestConfig::with_cases(CASES)
    };
    let looked_at = Cell::new(0);
    let result = TestRunner::new(config).run(&strategy, |value| {
        let looked = Cell::new(false);
        property(value, &looked)?;
        looked_at.set(looked_at.get() + u32::from(looked.get()));
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
    let (looked_at, wanted) = (looked_at.get(), CASES * share / 100);
    assert!(
        looked_at >= wanted,
        "{looked_at} of {CASES} cases were not refused; {wanted} should be"
    );
}

/// How pages are held. A chart does not turn with a picture.
fn way(number: usize, blocks: &[String]) -> &'static str {
    let ways = ["as-fed", "portrait", "landscape", "auto"];
    let charts = blocks.iter().any(|block| block.contains("'chart'"));
    ways[number % if charts { 3 } else { 4 }]
}

/// Whether two areas share a pixel.
pub fn meet(a: Area, b: Area) -> bool {
    let (ax, ay) = (
        i64::from(a.x) + i64::from(a.width),
        i64::from(a.y) + i64::from(a.height),
    );
    let (bx, by) = (
        i64::from(b.x) + i64::from(b.width),
        i64::from(b.y) + i64::from(b.height),
    );
    i64::from(a.x) < bx && i64::from(b.x) < ax && i64::from(a.y) < by && i64::from(b.y) < ay
}

fn area(element: &Element) -> Area {
    match element {
        Element::Picture(placed) => placed.area,
        Element::Fill { area, .. } | Element::Mask { area, .. } => *area,
    }
}

/// Any block, as TOML.
fn block() -> impl Strategy<Value = String> {
    let edge = || prop::option::of(-50i32..250);
    let frame = (edge(), edge(), edge(), edge(), 0usize..3).prop_map(|(left, top, width, height, of)| {
        let side = |name: &str, v: Option<i32>| v.map_or(String::new(), |v| format!(", {name}={v}"));
        let size = |name: &str, v: Option<i32>| side(name, v.map(|v| v.abs() + 1));
        format!(
            "frame={{of='{}'{}{}{}{}}}\n",
            ["room", "sheet", "bleed"][of],
            side("left", left),
            side("top", top),
            size("width", width),
            size("height", height)
        )
    });
    let look =
        (0usize..3, 0usize..5, prop::option::of(1u32..400), 0usize..5, -30i32..30).prop_map(|(f, t, a, n, o)| {
            format!(
                "look={{fit='{}', turn='{}', anchor='{}', offset=[{o},{}]{}}}\n",
                ["fit", "fill", "actual"][f],
                ["none", "left", "right", "half", "auto"][t],
                ["top-left", "top", "center", "right", "bottom-right"][n],
                -o,
                a.map_or(String::new(), |a| format!(", aspect={}", f64::from(a) / 100.0)),
            )
        });
    let dress = (0usize..6).prop_map(|kind| {
        [
            "",
            "border={width=3, weight=2, colour='black'}\n",
            "caption=[{text='{filename} {page} {size}', size=9}]\n",
            "wrap={width=4}\n",
            "wrap={width=3, edge='picture'}\n",
            "wrap={width=2, edge='colour'}\n",
        ][kind]
    });
    let extra = prop_oneof![
        Just("kind='picture'\nmarks={}\n".to_owned()),
        Just("kind='picture'\nmarks={registration=true}\n".to_owned()),
        (1u32..7, 1u32..7, 0u32..9, 0usize..2).prop_map(|(r, c, g, p)| format!(
            "kind='grid'\nrows={r}\ncolumns={c}\ngutter={g}\npictures='{}'\n",
            ["next", "same"][p]
        )),
    ];
    let shows = (frame.clone(), look, dress, extra).prop_map(|(f, l, d, e)| {
        // A grid has no wrap.
        let d = if e.contains("grid") && d.contains("wrap") {
            ""
        } else {
            d
        };
        format!("{e}{f}{l}{d}")
    });
    let chart = (frame.clone(), 11u32..300, 0u32..3, any::<bool>()).prop_map(|(f, patches, gap, labels)| {
        format!("kind='chart'\n{f}patches={patches}\ncube=2\ngreys=3\npatch=[6, 7]\ngap={gap}\nlabels={labels}\n")
    });
    let words = (frame.clone(), 1u32..90, 0usize..5).prop_map(|(f, size, turn)| {
        let turn = ["none", "left", "right", "half", "auto"][turn];
        format!("kind='text'\n{f}text='Étude, Åse {{page}}'\nsize={size}\nshrink-to=1\nturn='{turn}'\n")
    });
    let wedge = frame.prop_map(|f| format!("kind='wedge'\n{f}steps=7\nramps=['grey','red']\nlabels=true\n"));
    prop_oneof![5 => shows, 1 => words, 1 => wedge, 1 => chart].prop_map(|b| format!("[[block]]\n{b}"))
}

fn papers() -> impl Strategy<Value = Paper> {
    (
        30u32..200,
        30u32..200,
        2000i32..50_000,
        2000i32..50_000,
        prop::array::uniform4(0i32..1_500),
    )
        .prop_map(|(dx, dy, x, y, m)| Paper {
            sheet: MediaSize::from_sides(Length::hundredths(x), Length::hundredths(y)),
            margins: Margins {
                top: Length::hundredths(m[0]),
                bottom: Length::hundredths(m[1]),
                left: Length::hundredths(m[2]),
                right: Length::hundredths(m[3]),
            },
            dots: Resolution { x: dx, y: dy },
        })
}

fn subjects(most: usize) -> impl Strategy<Value = Vec<Subject>> {
    let one = (1u32..9_000, 1u32..9_000, prop::option::of((1u32..3_000, 1u32..3_000))).prop_map(|(w, h, r)| {
        let mut subject = picture(w, h);
        subject.picture.resolution = r.map(|(x, y)| Resolution { x, y });
        subject
    });
    prop::collection::vec(one, 1..most)
}

/// That everything of a page lies within these edges, from the sheet's own inwards: left, top, right, bottom.
fn lies_within(page: &Page, edges: [i64; 4], sizes: &[(u32, u32)], wrapped: bool) -> TestCaseResult {
    let [left, top, right, bottom] = edges;
    for element in &page.elements {
        let a = area(element);
        let (far, low) = (
            i64::from(a.x) + i64::from(a.width),
            i64::from(a.y) + i64::from(a.height),
        );
        prop_assert!(a.width > 0 && a.height > 0);
        prop_assert!(i64::from(a.x) >= left && i64::from(a.y) >= top, "{:?}", element);
        prop_assert!(far + right <= i64::from(page.sheet.0), "{:?}", element);
        prop_assert!(low + bottom <= i64::from(page.sheet.1), "{:?}", element);
        match element {
            Element::Picture(placed) => {
                let (w, h) = placed.turn.size(sizes[placed.picture].0, sizes[placed.picture].1);
                let win = placed.window;
                // A wrap goes on mirrored, by the picture's own size at most.
                let beyond = |side: u32| if wrapped { f64::from(side) } else { 0.0 } + 1e-6;
                prop_assert!(win.width > 0.0 && win.height > 0.0);
                prop_assert!(
                    win.x >= -beyond(w) && win.x + win.width <= f64::from(w) + beyond(w),
                    "{:?}",
                    placed
                );
                prop_assert!(
                    win.y >= -beyond(h) && win.y + win.height <= f64::from(h) + beyond(h),
                    "{:?}",
                    placed
                );
            }
            Element::Mask { area, coverage, .. } => {
                prop_assert_eq!(coverage.len(), area.width as usize * area.height as usize);
            }
            Element::Fill { .. } => {}
        }
    }
    Ok(())
}

#[test]
fn nothing_is_painted_outside_the_margins_or_the_overspray() {
    let blocks = prop::collection::vec(block(), 1..4);
    let over = prop::option::of(0u32..20);
    let strategy = (blocks, papers(), subjects(12), 0usize..4, 0u32..20, over);
    holds(35, strategy, |(blocks, paper, subjects, way, margin, over), looked| {
        let way = self::way(way, &blocks);
        let over_text = over.map_or(String::new(), |mm| format!("borderless=true\noverspray={mm}\n"));
        let text = format!("orientation='{way}'\nmargin={margin}\n{over_text}{}", blocks.concat());
        let sizes: Vec<_> = subjects.iter().map(|s| (s.picture.width, s.picture.height)).collect();
        let Ok(made) = Composition::new(layout(&text), paper.clone(), subjects, Fields::default()) else {
            return Ok(());
        };
        let Resolution { x: dx, y: dy } = paper.dots;
        let edge = |length: Length, dots| match over {
            Some(mm) => -((f64::from(mm) * f64::from(dots) / 25.4).round() as i64),
            None => i64::from(length.to_pixels(dots).0),
        };
        let m = paper.margins;
        let edges = [edge(m.left, dx), edge(m.top, dy), edge(m.right, dx), edge(m.bottom, dy)];
        for page in (0..made.pages()).filter_map(|i| made.page(i).ok()) {
            looked.set(true);
            prop_assert_eq!(
                page.sheet,
                (paper.sheet.x.to_pixels(dx).0, paper.sheet.y.to_pixels(dy).0)
            );
            lies_within(&page, edges, &sizes, text.contains("wrap="))?;
        }
        Ok(())
    });
}

#[test]
fn a_contact_sheet_shows_every_picture_once_and_no_two_meet() {
    let strategy = (1u32..9, 1u32..9, 0u32..5, 1usize..90, 40u32..160);
    holds(100, strategy, |(rows, columns, gutter, many, dpi), looked| {
        let text = format!(
            "margin=8\n[[block]]\nkind='grid'\nrows={rows}\ncolumns={columns}\ngutter={gutter}\nlook.fit='fill'"
        );
        let subjects: Vec<_> = (0..many).map(|i| picture(300 + i as u32, 200)).collect();
        let made = Composition::new(layout(&text), a4(5.0, dpi), subjects, Fields::default()).unwrap();
        prop_assert_eq!(made.pages(), many.div_ceil((rows * columns) as usize));
        let mut seen = Vec::new();
        for page in made.all().unwrap() {
            let cells = placed(&page);
            for (i, a) in cells.iter().enumerate() {
                seen.push(a.picture);
                prop_assert!(cells.iter().skip(i + 1).all(|b| !meet(a.area, b.area)));
            }
        }
        looked.set(true);
        prop_assert_eq!(seen, (0..many).collect::<Vec<_>>());
        Ok(())
    });
}

#[test]
fn a_pictures_shape_is_kept() {
    holds(
        90,
        (papers(), subjects(2), 0usize..3, 0usize..5),
        |(paper, subjects, fit, turn), looked| {
            let text = format!(
                "[[block]]\nkind='picture'\nlook={{fit='{}', turn='{}'}}",
                ["fit", "fill", "actual"][fit],
                ["none", "left", "right", "half", "auto"][turn]
            );
            let own = subjects[0].picture.resolution.unwrap_or(Resolution::square(300));
            let made = Composition::new(layout(&text), paper.clone(), subjects, Fields::default());
            let Ok(Ok(page)) = made.map(|m| m.page(0)) else {
                return Ok(());
            };
            looked.set(true);
            let p = placed(&page)[0];
            let unit = if p.turn.transpose {
                (own.y, own.x)
            } else {
                (own.x, own.y)
            };
            // Inches on paper of an inch of the picture, across and down; a pixel may be lost or won at each side.
            let across = |pixels: f64| pixels / f64::from(paper.dots.x) / (p.window.width / f64::from(unit.0));
            let down = |pixels: f64| pixels / f64::from(paper.dots.y) / (p.window.height / f64::from(unit.1));
            let (w, h) = (f64::from(p.area.width), f64::from(p.area.height));
            prop_assert!(
                across(w - 2.0) <= down(h + 2.0) && down(h - 2.0) <= across(w + 2.0),
                "{:?}",
                p
            );
            Ok(())
        },
    );
}

#[test]
fn a_preview_is_the_same_composition() {
    let blocks = prop::collection::vec(block(), 1..4);
    holds(
        30,
        (blocks, subjects(12), 0usize..4, 200u32..900),
        |(blocks, subjects, way, side), looked| {
            let text = format!(
                "orientation='{}'\nmargin=7\n{}",
                self::way(way, &blocks),
                blocks.concat()
            );
            let made = Composition::new(layout(&text), a4(5.0, 600), subjects, Fields::default());
            let Ok(made) = made else { return Ok(()) };
            let small = made.preview(side).unwrap();
            let (Ok(large), Ok(small)) = (made.page(0), small.page(0)) else {
                return Ok(());
            };
            looked.set(true);
            prop_assert!(small.sheet.0.max(small.sheet.1) <= side + 1);
            // Letters may fall between the pixels of a preview; pictures and areas never do.
            let solid = |page: &Page| -> Vec<Element> {
                page.elements
                    .iter()
                    .filter(|e| !matches!(e, Element::Mask { .. }))
                    .cloned()
                    .collect()
            };
            let (large_ones, small_ones) = (solid(&large), solid(&small));
            prop_assert_eq!(large_ones.len(), small_ones.len());
            let scale = f64::from(side * 2540 / 29_700) / 600.0;
            for (l, s) in large_ones.iter().zip(&small_ones) {
                let (l, s) = (area(l), area(s));
                let far = |l: i32, s: i32| (f64::from(l) * scale - f64::from(s)).abs();
                let ends = |a: Area| (a.x + a.width as i32, a.y + a.height as i32);
                // Half a pixel is each edge's own rounding, another half that of the margins where they cut, a third that
                // of the length where the anchor is at the other end. A mark thinner
                // than a pixel is one all the same, so that its far end may be one off.
                let thin = |length: u32| if length == 1 { 1.0 } else { 0.0 };
                prop_assert!(
                    far(l.x, s.x) <= 1.51 + thin(s.width) && far(l.y, s.y) <= 1.51 + thin(s.height),
                    "{:?} {:?}",
                    l,
                    s
                );
                prop_assert!(far(ends(l).0, ends(s).0) <= 1.51 + thin(s.width), "{:?} {:?}", l, s);
                prop_assert!(far(ends(l).1, ends(s).1) <= 1.51 + thin(s.height), "{:?} {:?}", l, s);
            }
            Ok(())
        },
    );
}

#[test]
fn a_page_seen_upright_is_the_page_as_it_is_fed() {
    let blocks = prop::collection::vec(block(), 1..4);
    holds(
        30,
        (blocks, subjects(12), 0usize..4),
        |(blocks, subjects, way), looked| {
            let text = format!(
                "orientation='{}'\nmargin=7\n{}",
                self::way(way, &blocks),
                blocks.concat()
            );
            let made = Composition::new(layout(&text), a4(5.0, 100), subjects, Fields::default());
            let Ok(made) = made else { return Ok(()) };
            let upright = made.upright().unwrap();
            let (Ok(fed), Ok(seen)) = (made.page(0), upright.page(0)) else {
                return Ok(());
            };
            looked.set(true);
            if fed.sheet == seen.sheet {
                prop_assert_eq!(fed, seen);
                return Ok(());
            }
            prop_assert_eq!(fed.sheet, (seen.sheet.1, seen.sheet.0));
            prop_assert_eq!(fed.elements.len(), seen.elements.len());
            for (f, s) in fed.elements.iter().zip(&seen.elements) {
                let turned = super::super::turned::turn_area(area(s), Turn::LEFT, seen.sheet);
                prop_assert_eq!(area(f), turned);
            }
            Ok(())
        },
    );
}
