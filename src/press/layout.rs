//! Where the picture lies on the sheet. Pure.

use crate::model::{Margins, MediaSize, Orientation, PrintScaling, Resolution};

/// Resolution taken for a picture at actual size that does not say its own, in dots per inch.
const UNTOLD_DPI: f64 = 300.0;

/// A turn by quarters, with or without a mirror, as the mapping from turned to stored coordinates: swap x and y, then
/// count from the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turn {
    /// Swap x and y first.
    pub transpose: bool,
    /// Then count stored columns from the right.
    pub flip_x: bool,
    /// And stored rows from the bottom.
    pub flip_y: bool,
}

impl Turn {
    const fn new(transpose: bool, flip_x: bool, flip_y: bool) -> Self {
        Turn {
            transpose,
            flip_x,
            flip_y,
        }
    }

    /// As stored.
    pub const NONE: Turn = Turn::new(false, false, false);
    /// By 90° counter-clockwise.
    pub const LEFT: Turn = Turn::new(true, true, false);
    /// By 90° clockwise.
    pub const RIGHT: Turn = Turn::new(true, false, true);
    /// By 180°.
    pub const HALF: Turn = Turn::new(false, true, true);

    /// The turn that shows a picture with this orientation tag upright (TIFF 6.0 and EXIF 2.3, tag 274). An unknown
    /// value counts as 1.
    pub const fn of_tag(value: u16) -> Turn {
        match value {
            2 => Turn::new(false, true, false),
            3 => Turn::HALF,
            4 => Turn::new(false, false, true),
            5 => Turn::new(true, false, false),
            6 => Turn::RIGHT,
            7 => Turn::new(true, true, true),
            8 => Turn::LEFT,
            _ => Turn::NONE,
        }
    }

    /// First this, then the other.
    pub const fn then(self, other: Turn) -> Turn {
        let (x, y) = if self.transpose {
            (other.flip_y, other.flip_x)
        } else {
            (other.flip_x, other.flip_y)
        };
        Turn {
            transpose: self.transpose ^ other.transpose,
            flip_x: self.flip_x ^ x,
            flip_y: self.flip_y ^ y,
        }
    }

    /// Width and height after the turn.
    pub const fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.transpose {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// The stored pixel at a place of the turned picture; `width` and `height` are the stored ones.
    pub const fn stored(self, x: u32, y: u32, width: u32, height: u32) -> (u32, u32) {
        let (x, y) = if self.transpose { (y, x) } else { (x, y) };
        (
            if self.flip_x { width - 1 - x } else { x },
            if self.flip_y { height - 1 - y } else { y },
        )
    }
}

/// A part of the turned picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Window {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Across.
    pub width: f64,
    /// Down.
    pub height: f64,
}

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
