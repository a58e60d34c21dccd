//! Rectangles in millimetres, the ground that a page is laid out on, and the way to pixels.

use crate::model::{Margins, Resolution};

use super::super::page::Area;
use super::LayoutError;
use super::compose::Paper;
use super::describe::{Edges, Extent, Frame, Layout};
use super::limits;

/// A rectangle in millimetres from the upright sheet's left and top.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
}

impl Rect {
    pub fn new(x: f64, y: f64, width: f64, height: f64) -> Rect {
        Rect {
            x0: x,
            y0: y,
            x1: x + width,
            y1: y + height,
        }
    }

    pub fn width(&self) -> f64 {
        self.x1 - self.x0
    }

    pub fn height(&self) -> f64 {
        self.y1 - self.y0
    }

    pub fn is_empty(&self) -> bool {
        !(self.width() > 0.0 && self.height() > 0.0)
    }

    /// Smaller by these, or larger where they are negative.
    pub fn inset(&self, by: Edges) -> Rect {
        Rect {
            x0: self.x0 + by.left,
            y0: self.y0 + by.top,
            x1: self.x1 - by.right,
            y1: self.y1 - by.bottom,
        }
    }

    pub fn grown(&self, by: f64) -> Rect {
        self.inset(Edges::all(-by))
    }

    pub fn and(&self, other: &Rect) -> Rect {
        Rect {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }
}

impl Edges {
    /// The same at each.
    pub const fn all(v: f64) -> Edges {
        Edges {
            top: v,
            right: v,
            bottom: v,
            left: v,
        }
    }

    pub(super) fn each(&self) -> [f64; 4] {
        [self.top, self.right, self.bottom, self.left]
    }
}

/// The upright sheet: where there is room, where may be painted, and how many pixels that is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground {
    pub sheet: Rect,
    pub room: Rect,
    /// Nothing is painted outside.
    pub bounds: Rect,
    /// Beyond the sheet.
    overspray: f64,
    /// Pixels a millimetre.
    pub density: (f64, f64),
    /// The upright sheet in pixels.
    pub size: (u32, u32),
    /// `bounds` in pixels: left, top, right, bottom.
    pixels: [i32; 4],
}

impl Ground {
    /// The ground of a layout on paper; `across` when the page is composed a quarter turn from how it is fed.
    pub fn new(layout: &Layout, paper: &Paper, across: bool) -> Result<Ground, LayoutError> {
        let Resolution { x, y } = paper.dots;
        if let Some(wrong) = [x, y].into_iter().find(|d| !(1..=limits::DOTS).contains(d)) {
            return Err(LayoutError::Resolution(wrong));
        }
        // The page is turned left at the end: its right edge becomes the fed sheet's top.
        let fed = &paper.margins;
        let (sides, dots, margins) = if across {
            let upright = Margins {
                top: fed.left,
                right: fed.top,
                bottom: fed.right,
                left: fed.bottom,
            };
            ((paper.sheet.y, paper.sheet.x), (y, x), upright)
        } else {
            ((paper.sheet.x, paper.sheet.y), (x, y), *fed)
        };
        let no_room = || LayoutError::NoRoom {
            place: "the sheet".to_owned(),
        };
        let sheet = Rect::new(0.0, 0.0, sides.0.as_mm(), sides.1.as_mm());
        if sheet.is_empty() || sheet.width() > limits::MM || sheet.height() > limits::MM {
            return Err(no_room());
        }
        let size = (sides.0.to_pixels(dots.0).0, sides.1.to_pixels(dots.1).0);
        let density = (f64::from(dots.0) / 25.4, f64::from(dots.1) / 25.4);
        let overspray = if layout.borderless { layout.overspray } else { 0.0 };
        let paper_edges = if layout.borderless {
            Edges::all(-overspray)
        } else {
            Edges {
                top: margins.top.as_mm().max(0.0),
                right: margins.right.as_mm().max(0.0),
                bottom: margins.bottom.as_mm().max(0.0),
                left: margins.left.as_mm().max(0.0),
            }
        };
        let bounds = sheet.inset(paper_edges);
        let wider = Edges {
            top: layout.margin.top.max(paper_edges.top),
            right: layout.margin.right.max(paper_edges.right),
            bottom: layout.margin.bottom.max(paper_edges.bottom),
            left: layout.margin.left.max(paper_edges.left),
        };
        let room = sheet.inset(wider);
        let pixels = if layout.borderless {
            let (over_x, over_y) = (
                (overspray * density.0).round() as i32,
                (overspray * density.1).round() as i32,
            );
            let (wide, high) = (size.0 as i32, size.1 as i32);
            [
                -over_x,
                -over_y,
                wide.saturating_add(over_x),
                high.saturating_add(over_y),
            ]
        } else {
            let dot = |length: crate::model::Length, dpi: u32| i64::from(length.to_pixels(dpi).0);
            [
                dot(margins.left, dots.0),
                dot(margins.top, dots.1),
                i64::from(size.0) - dot(margins.right, dots.0),
                i64::from(size.1) - dot(margins.bottom, dots.1),
            ]
            .map(|v| v.clamp(-1, 1 << 30) as i32)
        };
        if room.is_empty() || bounds.is_empty() || pixels[0] >= pixels[2] || pixels[1] >= pixels[3] {
            return Err(no_room());
        }
        Ok(Ground {
            sheet,
            room,
            bounds,
            overspray,
            density,
            size,
            pixels,
        })
    }

    /// A frame's rectangle.
    pub fn frame(&self, frame: &Frame, place: &str) -> Result<Rect, LayoutError> {
        let of = match frame.of {
            Extent::Room => self.room,
            Extent::Sheet => self.sheet,
            Extent::Bleed => self.sheet.grown(self.overspray),
        };
        let (x0, x1) = span((of.x0, of.x1), frame.left, frame.width, frame.right);
        let (y0, y1) = span((of.y0, of.y1), frame.top, frame.height, frame.bottom);
        let rect = Rect { x0, y0, x1, y1 };
        if rect.is_empty() {
            return Err(LayoutError::NoRoom {
                place: place.to_owned(),
            });
        }
        Ok(rect)
    }

    /// Pixels of a rectangle, edge by edge, cut to what may be painted; one pixel at least where any of it may be.
    /// `None` where none may.
    pub fn area(&self, rect: &Rect) -> Option<Area> {
        let seen = rect.and(&self.bounds);
        if seen.is_empty() {
            return None;
        }
        let [left, top, right, bottom] = self.pixels;
        let (x0, x1) = edges(
            (seen.x0, seen.x1),
            (self.bounds.x0, self.bounds.x1),
            self.density.0,
            (left, right),
        );
        let (y0, y1) = edges(
            (seen.y0, seen.y1),
            (self.bounds.y0, self.bounds.y1),
            self.density.1,
            (top, bottom),
        );
        Some(Area {
            x: x0,
            y: y0,
            width: x1.abs_diff(x0),
            height: y1.abs_diff(y0),
        })
    }

    /// What may be painted, as an area.
    pub fn whole(&self) -> Area {
        let [left, top, right, bottom] = self.pixels;
        Area {
            x: left,
            y: top,
            width: right.abs_diff(left),
            height: bottom.abs_diff(top),
        }
    }
}

/// One axis of a frame.
fn span(of: (f64, f64), near: Option<f64>, size: Option<f64>, far: Option<f64>) -> (f64, f64) {
    match (near, size, far) {
        (Some(n), Some(s), _) => (of.0 + n, of.0 + n + s),
        (None, Some(s), Some(f)) => (of.1 - f - s, of.1 - f),
        (None, Some(s), None) => {
            let middle = f64::midpoint(of.0, of.1);
            (middle - s / 2.0, middle + s / 2.0)
        }
        (n, None, f) => (of.0 + n.unwrap_or(0.0), of.1 - f.unwrap_or(0.0)),
    }
}

/// One axis of an area. An edge that is the bounds' own is its pixel exactly; others round to the nearest.
fn edges(seen: (f64, f64), bounds: (f64, f64), density: f64, pixels: (i32, i32)) -> (i32, i32) {
    /// Millimetres that are nothing.
    const HAIR: f64 = 1e-6;
    let pixel = |v: f64| (v * density).round() as i32;
    let low = if seen.0 - bounds.0 < HAIR {
        pixels.0
    } else {
        pixel(seen.0)
    };
    let high = if bounds.1 - seen.1 < HAIR {
        pixels.1
    } else {
        pixel(seen.1)
    };
    let low = low.clamp(pixels.0, pixels.1.saturating_sub(1));
    let high = high.clamp(pixels.0, pixels.1);
    (low, high.max(low.saturating_add(1)))
}
