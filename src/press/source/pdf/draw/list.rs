//! What a page paints, in order, in pixels of the whole turned page.

use std::fmt;
use std::sync::Arc;

use hayro::hayro_interpret::{BlendMode, FillRule};
use hayro::kurbo::{Affine, BezPath};

use super::super::super::super::PressError;
use super::outline::{Bounds, Lines, Upright};

/// A shape with an area.
#[derive(Debug, Clone)]
pub struct Shape {
    pub outline: Outline,
    pub rule: FillRule,
    /// Whole pixels that it may touch.
    pub bounds: Bounds,
}

#[derive(Debug, Clone)]
pub enum Outline {
    Lines(Arc<Lines>),
    Upright(Upright),
    /// A glyph's own outline, shared by all places where it stands, and its place. It becomes lines when it is painted.
    Glyph(Arc<BezPath>, Affine),
}

/// What a shape is painted with.
#[derive(Debug, Clone)]
pub enum Paint {
    /// Red, green, blue, opacity; not premultiplied.
    Solid([u8; 4]),
    Texture(Arc<dyn Texture>),
}

/// Colours that differ from pixel to pixel.
pub trait Texture: fmt::Debug + Send + Sync {
    /// Appends the pixels of `area`, row by row, as premultiplied RGBA, and says whether all are opaque.
    ///
    /// A pixel's colour depends on its place on the page alone.
    fn paint(&self, area: Bounds, into: &mut Vec<u8>) -> Result<bool, PressError>;
}

/// A picture of how much of what is painted comes through.
#[derive(Debug)]
pub struct Mask {
    pub kind: Kind,
    /// What lies under the mask's own marks.
    pub background: [u8; 4],
    /// Applied to each value in the end.
    pub transfer: Option<Box<[u8; 256]>>,
    pub list: List,
}

/// What a mask's value is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Luminosity,
    Alpha,
}

/// How something is laid over what is there.
#[derive(Debug, Clone, Default)]
pub struct Laid {
    pub blend: BlendMode,
    pub mask: Option<Arc<Mask>>,
}

/// A step of painting.
#[derive(Debug, Clone)]
pub enum Op {
    Fill(Shape, Paint, Laid),
    /// As a picture is painted: each pixel that the shape touches is covered whole.
    Cover(Shape, Paint),
    Clip(Shape),
    /// Ends the last clip.
    Unclip,
    /// What follows is painted apart, then laid over as one, with this opacity. Nothing of it lies outside the bounds.
    Group(f32, Laid, Bounds),
    /// Ends the last group.
    Ungroup,
    /// Nothing: a group that changed nothing was here.
    Pass,
}

/// Steps in order. Clips and groups are closed in it.
#[derive(Debug, Clone, Default)]
pub struct List {
    pub ops: Vec<Op>,
    /// About so many bytes.
    pub bytes: usize,
    /// Whole pixels that it may touch.
    pub bounds: Bounds,
}

impl Op {
    /// About so many bytes, with what it alone holds.
    pub fn bytes(&self) -> usize {
        let shape = |shape: &Shape| match &shape.outline {
            Outline::Lines(lines) => lines.bytes() + 80,
            Outline::Upright(_) | Outline::Glyph(..) => 0,
        };
        let more = match self {
            Op::Fill(s, ..) | Op::Cover(s, _) | Op::Clip(s) => shape(s),
            Op::Unclip | Op::Group(..) | Op::Ungroup | Op::Pass => 0,
        };
        size_of::<Op>() + more
    }
}
