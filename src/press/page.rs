//! A page as it is painted: elements in order, the lowest first, in pixels of the output. Plain data.
//!
//! Layouts and templates make pages of their elements; the stream paints them band by band. Whatever no element covers
//! is paper.

use std::sync::Arc;

use super::layout::{Placement, Turn, Window};

/// A part of the sheet. It may hang over the sheet's edges, where it is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    /// From the sheet's left.
    pub x: i32,
    /// From its top.
    pub y: i32,
    /// Across.
    pub width: u32,
    /// Down.
    pub height: u32,
}

/// A colour of borders, marks and text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Bare paper: the output's white, whatever the intent. In a proof, what the display shows of the paper.
    Paper,
    /// An sRGB colour, converted to the output as a picture without a profile would be; toned if the print is.
    Srgb([u8; 3]),
    /// A value of the printer itself, neither converted nor toned: for target prints and wedges, whose patches are
    /// measured to make a profile. Red, green and blue of a device; one of one channel takes the green. In a proof, what
    /// the display shows of it.
    Device([u8; 3]),
}

/// A picture on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// Which of the page's inputs, from 0.
    pub picture: usize,
    /// Where `window` lies on the sheet.
    pub area: Area,
    /// How the picture is turned beyond its tag.
    pub turn: Turn,
    /// The part of the turned picture that is shown, in its pixels. Where it reaches beyond the picture, the picture is
    /// mirrored at its edge (gallery wrap); by its own width or height at most.
    pub window: Window,
}

/// One thing on a page.
#[derive(Debug, Clone, PartialEq)]
pub enum Element {
    /// A picture.
    Picture(Placed),
    /// An area of one colour.
    Fill {
        /// Where.
        area: Area,
        /// What.
        ink: Ink,
    },
    /// A colour through a mask: text and other fine marks.
    Mask {
        /// Where.
        area: Area,
        /// Row by row, `width` × `height` of the area: 0 leaves what is there, 255 covers it.
        coverage: Arc<[u8]>,
        /// What.
        ink: Ink,
    },
}

/// A page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// The whole sheet: width and height.
    pub sheet: (u32, u32),
    /// What lies on it, the lowest first.
    pub elements: Vec<Element>,
}

impl Page {
    /// A page of one picture.
    pub fn of(placement: &Placement, picture: usize) -> Page {
        let (x, y, width, height) = placement.target;
        Page {
            sheet: placement.sheet,
            elements: vec![Element::Picture(Placed {
                picture,
                area: Area {
                    x: x as i32,
                    y: y as i32,
                    width,
                    height,
                },
                turn: placement.turn,
                window: placement.window,
            })],
        }
    }
}
