//! A page in pixels told in millimetres. Pure.

use crate::api::studio::{PictureView, SheetView};
use crate::model::Resolution;
use crate::press::{Element, Page, Placed, Turn};

/// Where a picture of a page comes from.
#[derive(Debug, Clone, Copy)]
pub struct Origin {
    /// Which document, from 0.
    pub document: usize,
    /// Which of its pages, from 0.
    pub page: u32,
    /// Width and height, upright.
    pub size: (u32, u32),
    /// Whether its size is in pixels: what is drawn has none.
    pub has_pixels: bool,
}

/// What lies on a sheet.
pub fn sheet(number: usize, page: &Page, dots: Resolution, origins: &[Origin]) -> SheetView {
    let pictures = page.elements.iter().filter_map(|element| match element {
        Element::Picture(placed) => Some(picture(placed, dots, origins.get(placed.picture)?)),
        Element::Fill { .. } | Element::Mask { .. } => None,
    });
    SheetView {
        number,
        pictures: pictures.collect(),
    }
}

fn picture(placed: &Placed, dots: Resolution, origin: &Origin) -> PictureView {
    let mm = |pixels: f64, dpi: u32| (pixels * 2_540.0 / f64::from(dpi)).round() / 100.0;
    let (area, window) = (placed.area, placed.window);
    let (width, height) = placed.turn.size(origin.size.0, origin.size.1);
    let share = |part: f64, whole: u32| (part / f64::from(whole.max(1)) * 10_000.0).round() / 10_000.0;
    let across = window.width * f64::from(dots.x) / f64::from(area.width.max(1));
    let down = window.height * f64::from(dots.y) / f64::from(area.height.max(1));
    PictureView {
        document: origin.document + 1,
        page: origin.page + 1,
        x: mm(f64::from(area.x), dots.x),
        y: mm(f64::from(area.y), dots.y),
        width: mm(f64::from(area.width), dots.x),
        height: mm(f64::from(area.height), dots.y),
        turned: degrees(placed.turn),
        crop: [
            share(window.x, width),
            share(window.y, height),
            share(window.width, width),
            share(window.height, height),
        ],
        ppi: origin.has_pixels.then(|| across.min(down).round()),
    }
}

/// Clockwise. Layouts never mirror.
fn degrees(turn: Turn) -> u16 {
    match turn {
        Turn::RIGHT => 90,
        Turn::HALF => 180,
        Turn::LEFT => 270,
        _ => 0,
    }
}
