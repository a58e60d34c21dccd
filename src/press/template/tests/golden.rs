//! Every built-in template at 60 dots per inch, painted by a painter of a few lines, against a coarse drawing of it in
//! `golden.txt`. `PLATEN_BLESS=1` writes the drawings anew; `PLATEN_LOOK=folder` leaves pictures there to be looked at.

use std::fmt::Write as _;

use super::*;
use crate::press::{Area, Element, Ink, Page, Placed};

/// The drawings.
const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/press/template/tests/golden.txt");
/// Letters across a drawing's longer side.
const LETTERS: u32 = 40;

/// Paper as grey as it takes to tell it from white.
const PAPER: [u8; 3] = [250; 3];

struct Paint {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 3]>,
}

impl Paint {
    fn of(page: &Page, heads: &[Subject]) -> Paint {
        let (width, height) = page.sheet;
        let mut paint = Paint {
            width,
            height,
            pixels: vec![PAPER; width as usize * height as usize],
        };
        for element in &page.elements {
            match element {
                Element::Picture(placed) => {
                    let head = heads[placed.picture].picture;
                    paint.each(placed.area, |x, y, _| shown(placed, (head.width, head.height), x, y));
                }
                Element::Fill { area, ink } => paint.each(*area, |_, _, _| colour(*ink)),
                Element::Mask { area, coverage, ink } => paint.each(*area, |x, y, under| {
                    let part = u32::from(coverage[(y * area.width + x) as usize]);
                    let mix = |a: u8, b: u8| ((u32::from(a) * (255 - part) + u32::from(b) * part) / 255) as u8;
                    std::array::from_fn(|i| mix(under[i], colour(*ink)[i]))
                }),
            }
        }
        paint
    }

    fn each(&mut self, area: Area, paint: impl Fn(u32, u32, [u8; 3]) -> [u8; 3]) {
        for y in 0..area.height {
            for x in 0..area.width {
                let (px, py) = (i64::from(area.x) + i64::from(x), i64::from(area.y) + i64::from(y));
                if (0..i64::from(self.width)).contains(&px) && (0..i64::from(self.height)).contains(&py) {
                    let pixel = &mut self.pixels[(py * i64::from(self.width) + px) as usize];
                    *pixel = paint(x, y, *pixel);
                }
            }
        }
    }

    /// Letters of the mean darkness of small areas.
    fn drawing(&self) -> String {
        let cell = self.width.max(self.height).div_ceil(LETTERS);
        let mut drawing = String::new();
        for top in (0..self.height).step_by(2 * cell as usize) {
            let mut line = String::new();
            for left in (0..self.width).step_by(cell as usize) {
                let (mut sum, mut count) = (0u64, 0u64);
                for y in top..(top + 2 * cell).min(self.height) {
                    for x in left..(left + cell).min(self.width) {
                        let dark: u64 = self.pixels[(y * self.width + x) as usize]
                            .iter()
                            .map(|c| 255 - u64::from(*c))
                            .sum();
                        sum += dark;
                        count += 3;
                    }
                }
                line.push(char::from(b" .:-=+*#%@"[(sum / count.max(1) * 10 / 256) as usize]));
            }
            drawing.push_str(line.trim_end());
            drawing.push('\n');
        }
        drawing
    }

    fn save(&self, path: &std::path::Path) {
        let mut encoder = png::Encoder::new(std::fs::File::create(path).unwrap(), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(self.pixels.as_flattened()).unwrap();
    }
}

fn colour(ink: Ink) -> [u8; 3] {
    match ink {
        Ink::Paper => PAPER,
        Ink::Srgb(value) | Ink::Device(value) => value,
    }
}

/// The pixel of a made-up picture: red grows to the right, green down, and a dark sun stands at the upper left.
fn shown(placed: &Placed, stored: (u32, u32), x: u32, y: u32) -> [u8; 3] {
    let (width, height) = placed.turn.size(stored.0, stored.1);
    let along = |from: f64, length: f64, at: u32, of: u32, side: u32| {
        let v = from + length * (f64::from(at) + 0.5) / f64::from(of);
        let side = f64::from(side);
        let v = if v < 0.0 {
            -v
        } else if v > side {
            2.0 * side - v
        } else {
            v
        };
        v.clamp(0.0, side - 1.0) as u32
    };
    let (w, a) = (placed.window, placed.area);
    let tx = along(w.x, w.width, x, a.width, width);
    let ty = along(w.y, w.height, y, a.height, height);
    let (sx, sy) = placed.turn.stored(tx, ty, stored.0, stored.1);
    let (u, v) = (f64::from(sx) / f64::from(stored.0), f64::from(sy) / f64::from(stored.1));
    let (dx, dy) = (
        f64::from(sx) - f64::from(stored.0) * 0.3,
        f64::from(sy) - f64::from(stored.1) * 0.3,
    );
    let short = f64::from(stored.0.min(stored.1)) * 0.12;
    if dx * dx + dy * dy < short * short {
        return [40, 20, 60];
    }
    [(60.0 + u * 180.0) as u8, (60.0 + v * 180.0) as u8, 150]
}

#[test]
fn built_in_templates_look_as_they_did() {
    let mut drawings = String::new();
    for (template, _) in TemplateLibrary::built_in().iter() {
        let heads = subjects(5);
        let made = template
            .compose(&Values::new(), paper(template, 60), heads.clone(), words())
            .unwrap();
        let page = Paint::of(&made.page(0).unwrap(), &heads);
        if let Ok(folder) = std::env::var("PLATEN_LOOK") {
            page.save(&std::path::Path::new(&folder).join(format!("{}.png", template.name)));
        }
        write!(
            drawings,
            "== {} ({} page{})\n{}",
            template.name,
            made.pages(),
            if made.pages() == 1 { "" } else { "s" },
            page.drawing()
        )
        .unwrap();
    }
    if std::env::var("PLATEN_BLESS").is_ok() {
        std::fs::write(GOLDEN, &drawings).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    for (was, is) in golden.split("== ").zip(drawings.split("== ")) {
        assert!(was == is, "was:\n{was}\nis:\n{is}");
    }
    assert_eq!(golden.len(), drawings.len());
}
