//! Turns by quarters, and windows on what is turned.

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
