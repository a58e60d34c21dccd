//! One picture on one sheet, as IPP's `print-scaling` and `orientation-requested` want it.

use super::{Turn, Window};
use crate::model::{Margins, MediaSize, Orientation, PrintScaling, Resolution};

/// Resolution taken for a picture at actual size that does not say its own, in dots per inch.
pub(super) const UNTOLD_DPI: f64 = 300.0;

/// Where the picture lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// The whole sheet, in pixels of the output.
    pub sheet: (u32, u32),
    /// The picture on it: left, top, width, height. Never outside the margins.
    pub target: (u32, u32, u32, u32),
    /// How the picture is turned beyond its tag.
    pub turn: Turn,
    /// The part of the turned picture that is shown.
    pub window: Window,
}

/// What there is to be placed: an upright picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picture {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Its own resolution, where it says one.
    pub resolution: Option<Resolution>,
}

/// Places a picture. `None` when the sheet has no room between its margins.
///
/// Fit shows all of it as large as the margins allow; fill covers all between the margins and cuts what hangs over;
/// none keeps its actual size and cuts what hangs over. Always centred between the margins.
pub fn place(
    picture: Picture,
    sheet: &MediaSize,
    margins: &Margins,
    dpi: Resolution,
    scaling: PrintScaling,
    orientation: Orientation,
) -> Option<Placement> {
    let (sheet_w, sheet_h) = (sheet.x.to_pixels(dpi.x).0, sheet.y.to_pixels(dpi.y).0);
    let left = margins.left.to_pixels(dpi.x).0;
    let top = margins.top.to_pixels(dpi.y).0;
    let room_w = sheet_w.checked_sub(left.checked_add(margins.right.to_pixels(dpi.x).0)?)?;
    let room_h = sheet_h.checked_sub(top.checked_add(margins.bottom.to_pixels(dpi.y).0)?)?;
    if room_w == 0 || room_h == 0 || picture.width == 0 || picture.height == 0 {
        return None;
    }
    // Inches of the room, for shapes: dots need not be square.
    let (room_in_w, room_in_h) = (
        f64::from(room_w) / f64::from(dpi.x),
        f64::from(room_h) / f64::from(dpi.y),
    );
    let own = picture.resolution;
    let (own_x, own_y) = own.map_or((UNTOLD_DPI, UNTOLD_DPI), |r| (f64::from(r.x), f64::from(r.y)));
    // A picture's shape is that of its pixels, unless it says that they are not square.
    let (shape_x, shape_y) = match own {
        Some(r) if r.x != r.y => (own_x, own_y),
        _ if scaling == PrintScaling::None => (own_x, own_y),
        _ => (1.0, 1.0),
    };
    let upright = (f64::from(picture.width) / shape_x, f64::from(picture.height) / shape_y);
    let turn = match orientation {
        Orientation::Portrait => Turn::NONE,
        Orientation::Landscape => Turn::LEFT,
        Orientation::ReverseLandscape => Turn::RIGHT,
        Orientation::ReversePortrait => Turn::HALF,
        Orientation::Auto => {
            let across = |w: f64, h: f64| w > h;
            if upright.0 != upright.1 && across(upright.0, upright.1) != across(room_in_w, room_in_h) {
                Turn::LEFT
            } else {
                Turn::NONE
            }
        }
    };
    let (width, height) = turn.size(picture.width, picture.height);
    let (shape_w, shape_h) = if turn.transpose {
        (upright.1, upright.0)
    } else {
        upright
    };
    let scale = match scaling {
        PrintScaling::Fit => (room_in_w / shape_w).min(room_in_h / shape_h),
        PrintScaling::Fill => (room_in_w / shape_w).max(room_in_h / shape_h),
        PrintScaling::None => 1.0,
    };
    // Wanted size in output pixels; what hangs over the room is cut from the window.
    let wanted_w = shape_w * scale * f64::from(dpi.x);
    let wanted_h = shape_h * scale * f64::from(dpi.y);
    let span = |wanted: f64, room: u32, source: u32| {
        let source = f64::from(source);
        let shown = (wanted.round().max(1.0) as u32).min(room);
        // A part of a pixel over is rounding, not a cut.
        let part = if wanted > f64::from(room) + 0.5 {
            f64::from(room) / wanted
        } else {
            1.0
        };
        (shown, source * (1.0 - part) / 2.0, source * part)
    };
    let (shown_w, x, w) = span(wanted_w, room_w, width);
    let (shown_h, y, h) = span(wanted_h, room_h, height);
    Some(Placement {
        sheet: (sheet_w, sheet_h),
        target: (
            left + (room_w - shown_w) / 2,
            top + (room_h - shown_h) / 2,
            shown_w,
            shown_h,
        ),
        turn,
        window: Window {
            x,
            y,
            width: w,
            height: h,
        },
    })
}

#[cfg(test)]
mod tests;
