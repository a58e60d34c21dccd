//! Properties that hold for every layout.

use super::*;

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
    let dress = (0usize..4).prop_map(|kind| {
        [
            "",
            "border={width=3, weight=2, colour='black'}\n",
            "caption=[{text='{filename} {page}', size=9}]\n",
            "",
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
    let shows = (frame.clone(), look, dress, extra).prop_map(|(f, l, d, e)| format!("{e}{f}{l}{d}"));
    let words = (frame.clone(), 1u32..90, 0usize..5).prop_map(|(f, size, turn)| {
        let turn = ["none", "left", "right", "half", "auto"][turn];
        format!("kind='text'\n{f}text='Étude, Åse {{page}}'\nsize={size}\nshrink-to=1\nturn='{turn}'\n")
    });
    let wedge = frame.prop_map(|f| format!("kind='wedge'\n{f}steps=7\nramps=['grey','red']\nlabels=true\n"));
    prop_oneof![4 => shows, 1 => words, 1 => wedge].prop_map(|b| format!("[[block]]\n{b}"))
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn nothing_is_painted_outside_the_margins(
        blocks in prop::collection::vec(block(), 1..4), paper in papers(), subjects in subjects(12),
        way in 0usize..4, margin in 0u32..20,
    ) {
        let way = ["as-fed", "portrait", "landscape", "auto"][way];
        let text = format!("orientation='{way}'\nmargin={margin}\n{}", blocks.concat());
        let sizes: Vec<_> = subjects.iter().map(|s| (s.picture.width, s.picture.height)).collect();
        let made = Composition::new(layout(&text), paper.clone(), subjects, Fields::default());
        let Ok(made) = made else { return Ok(()) };
        for page in (0..made.pages()).filter_map(|i| made.page(i).ok()) {
            let Resolution { x: dx, y: dy } = paper.dots;
            prop_assert_eq!(page.sheet, (paper.sheet.x.to_pixels(dx).0, paper.sheet.y.to_pixels(dy).0));
            let edge = |length: Length, dots| i64::from(length.to_pixels(dots).0);
            for element in &page.elements {
                let a = area(element);
                prop_assert!(a.width > 0 && a.height > 0);
                prop_assert!(i64::from(a.x) >= edge(paper.margins.left, dx), "{:?}", element);
                prop_assert!(i64::from(a.y) >= edge(paper.margins.top, dy), "{:?}", element);
                let (right, low) = (i64::from(a.x) + i64::from(a.width), i64::from(a.y) + i64::from(a.height));
                prop_assert!(right + edge(paper.margins.right, dx) <= i64::from(page.sheet.0), "{:?}", element);
                prop_assert!(low + edge(paper.margins.bottom, dy) <= i64::from(page.sheet.1), "{:?}", element);
                match element {
                    Element::Picture(placed) => {
                        let (w, h) = placed.turn.size(sizes[placed.picture].0, sizes[placed.picture].1);
                        let win = placed.window;
                        prop_assert!(win.width > 0.0 && win.height > 0.0);
                        prop_assert!(win.x >= -1e-6 && win.x + win.width <= f64::from(w) + 1e-6, "{:?}", placed);
                        prop_assert!(win.y >= -1e-6 && win.y + win.height <= f64::from(h) + 1e-6, "{:?}", placed);
                    }
                    Element::Mask { area, coverage, .. } => {
                        prop_assert_eq!(coverage.len(), area.width as usize * area.height as usize);
                    }
                    Element::Fill { .. } => {}
                }
            }
        }
    }

    #[test]
    fn a_contact_sheet_shows_every_picture_once_and_no_two_meet(
        rows in 1u32..9, columns in 1u32..9, gutter in 0u32..5, many in 1usize..90, dpi in 40u32..160,
    ) {
        let text = format!("margin=8\n[[block]]\nkind='grid'\nrows={rows}\ncolumns={columns}\ngutter={gutter}\nlook.fit='fill'");
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
        prop_assert_eq!(seen, (0..many).collect::<Vec<_>>());
    }

    #[test]
    fn a_pictures_shape_is_kept(paper in papers(), subjects in subjects(2), fit in 0usize..3, turn in 0usize..5) {
        let text = format!(
            "[[block]]\nkind='picture'\nlook={{fit='{}', turn='{}'}}",
            ["fit", "fill", "actual"][fit],
            ["none", "left", "right", "half", "auto"][turn]
        );
        let own = subjects[0].picture.resolution.unwrap_or(Resolution::square(300));
        let made = Composition::new(layout(&text), paper.clone(), subjects, Fields::default());
        let Ok(Ok(page)) = made.map(|m| m.page(0)) else { return Ok(()) };
        let p = placed(&page)[0];
        let unit = if p.turn.transpose { (own.y, own.x) } else { (own.x, own.y) };
        // Inches on paper of an inch of the picture, across and down; a pixel may be lost or won at each side.
        let across = |pixels: f64| pixels / f64::from(paper.dots.x) / (p.window.width / f64::from(unit.0));
        let down = |pixels: f64| pixels / f64::from(paper.dots.y) / (p.window.height / f64::from(unit.1));
        let (w, h) = (f64::from(p.area.width), f64::from(p.area.height));
        prop_assert!(across(w - 2.0) <= down(h + 2.0) && down(h - 2.0) <= across(w + 2.0), "{:?}", p);
    }

    #[test]
    fn a_preview_is_the_same_composition(
        blocks in prop::collection::vec(block(), 1..4), subjects in subjects(12), way in 0usize..4, side in 200u32..900,
    ) {
        let way = ["as-fed", "portrait", "landscape", "auto"][way];
        let text = format!("orientation='{way}'\nmargin=7\n{}", blocks.concat());
        let made = Composition::new(layout(&text), a4(5.0, 600), subjects, Fields::default());
        let Ok(made) = made else { return Ok(()) };
        let small = made.preview(side).unwrap();
        let (Ok(large), Ok(small)) = (made.page(0), small.page(0)) else { return Ok(()) };
        prop_assert!(small.sheet.0.max(small.sheet.1) <= side + 1);
        // Letters may fall between the pixels of a preview; pictures and areas never do.
        let solid = |page: &Page| -> Vec<Element> {
            page.elements.iter().filter(|e| !matches!(e, Element::Mask { .. })).cloned().collect()
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
            prop_assert!(far(l.x, s.x) <= 1.51 + thin(s.width) && far(l.y, s.y) <= 1.51 + thin(s.height), "{:?} {:?}", l, s);
            prop_assert!(far(ends(l).0, ends(s).0) <= 1.51 + thin(s.width), "{:?} {:?}", l, s);
            prop_assert!(far(ends(l).1, ends(s).1) <= 1.51 + thin(s.height), "{:?} {:?}", l, s);
        }
    }
}
