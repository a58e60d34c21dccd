//! A finished page, turned as a whole.

use std::sync::Arc;

use super::super::page::{Area, Element, Page, Placed};
use super::{Turn, Window};

/// Turns a page that was composed upright by 90° counter-clockwise: the way a landscape lies on a sheet that is fed
/// portrait. `size` is each picture's, upright.
pub(super) fn turn_left(page: Page, size: impl Fn(usize) -> (u32, u32)) -> Page {
    let sheet = page.sheet;
    let elements = page.elements.into_iter().map(|element| match element {
        Element::Picture(placed) => {
            let (width, height) = size(placed.picture);
            Element::Picture(Placed {
                picture: placed.picture,
                area: turn_area(placed.area, Turn::LEFT, sheet),
                turn: placed.turn.then(Turn::LEFT),
                window: window_left(placed.window, placed.turn.size(width, height).0),
            })
        }
        Element::Fill { area, ink } => Element::Fill {
            area: turn_area(area, Turn::LEFT, sheet),
            ink,
        },
        Element::Mask { area, coverage, ink } => {
            let (area, rows) = turn_rows(area, &coverage, Turn::LEFT, sheet);
            Element::Mask {
                area,
                coverage: Arc::from(rows),
                ink,
            }
        }
    });
    Page {
        elements: elements.collect(),
        sheet: Turn::LEFT.size(sheet.0, sheet.1),
    }
}

/// The window of a picture that is `width` wide (turned as it is), after a turn left.
fn window_left(window: Window, width: u32) -> Window {
    let y = f64::from(width) - window.x - window.width;
    Window {
        x: window.y,
        // What the subtraction leaves of nothing.
        y: if y.abs() < 1e-9 { 0.0 } else { y },
        width: window.height,
        height: window.width,
    }
}

/// Where a turn of a sheet of this size brings an area.
pub(super) fn turn_area(area: Area, turn: Turn, sheet: (u32, u32)) -> Area {
    let far = |side: u32, from: i32, length: u32| {
        let from = i64::from(side) - i64::from(from) - i64::from(length);
        from.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
    };
    let x = if turn.flip_x {
        far(sheet.0, area.x, area.width)
    } else {
        area.x
    };
    let y = if turn.flip_y {
        far(sheet.1, area.y, area.height)
    } else {
        area.y
    };
    if turn.transpose {
        Area {
            x: y,
            y: x,
            width: area.height,
            height: area.width,
        }
    } else {
        Area { x, y, ..area }
    }
}

/// The same of a mask.
pub(super) fn turn_rows(area: Area, rows: &[u8], turn: Turn, sheet: (u32, u32)) -> (Area, Vec<u8>) {
    let to = turn_area(area, turn, sheet);
    let mut turned = Vec::with_capacity(rows.len());
    for y in 0..to.height {
        for x in 0..to.width {
            let (x, y) = turn.stored(x, y, area.width, area.height);
            let at = y as usize * area.width as usize + x as usize;
            turned.push(rows.get(at).copied().unwrap_or(0));
        }
    }
    (to, turned)
}
