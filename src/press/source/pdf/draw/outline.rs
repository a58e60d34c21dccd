//! Outlines as straight lines between points of a fine grid.
//!
//! A curve is cut into lines once, where it lies on the whole page, and the points are moved to the nearest 1/256 of a
//! pixel. Moving such points up by whole rows is exact in the painter's 32-bit floats, so that a band's pixels do not
//! depend on where the band begins: that is why neither curves nor transforms are left to the painter.

use hayro::kurbo::{Affine, BezPath, PathEl, Point, Rect, flatten};

/// Steps of the grid in a pixel. With 16 bits of whole pixels that fills the 24 bits of a 32-bit float.
const GRID: f64 = 256.0;
/// How far a line may lie from its curve, in pixels.
const TOLERANCE: f64 = 0.15;
/// Lines are cut at multiples of so many rows: both ends of a cut one are within 16 bits of pixels from every band that
/// it touches.
const CUT: f64 = 8_192.0;
/// Most cuts of a line, so that numbers beyond sense end.
const CUTS: usize = 64;
/// A curve that reaches further than so many pixels from the page's corner is drawn as a line: the longest sheet has
/// 100,000 at 1200 dpi, and cutting a curve takes the more lines the larger it is.
pub const FARTHEST: f64 = 1e6;

/// The part of the page's plane in which outlines keep their shape. Beyond its left and right edge, and above and below,
/// they are moved to the edge, which changes nothing inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    x: (f64, f64),
    y: (f64, f64),
}

impl Frame {
    /// The frame of `width` × `height` pixels.
    pub fn new(width: u32, height: u32) -> Frame {
        Frame {
            x: (-1.0, f64::from(width) + 1.0),
            y: (-16.0, f64::from(height) + 16.0),
        }
    }

    fn clamp(&self, p: Point) -> Point {
        Point::new(p.x.clamp(self.x.0, self.x.1), p.y.clamp(self.y.0, self.y.1))
    }
}

/// A path whose curves that reach further than `most` are lines.
pub fn tamed(path: impl Iterator<Item = PathEl>, most: f64) -> impl Iterator<Item = PathEl> {
    // Also what is no number is far.
    let near = move |p: &Point| p.x.abs() <= most && p.y.abs() <= most;
    let (mut first, mut last) = (Point::ZERO, Point::ZERO);
    path.map(move |element| {
        let (tame, end) = match element {
            PathEl::MoveTo(p) => {
                first = p;
                (true, p)
            }
            PathEl::LineTo(p) => (true, p),
            PathEl::QuadTo(a, p) => ([last, a, p].iter().all(near), p),
            PathEl::CurveTo(a, b, p) => ([last, a, b, p].iter().all(near), p),
            PathEl::ClosePath => (true, first),
        };
        last = end;
        if tame { element } else { PathEl::LineTo(end) }
    })
}

/// Closed lines, each from its first point over all others to its last; in steps of the grid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lines {
    points: Vec<[i32; 2]>,
    /// Where each closed line ends in `points`.
    ends: Vec<u32>,
}

impl Lines {
    /// Flattens `path` as `transform` places it. What has no finite place is left out.
    pub fn new(path: &BezPath, transform: Affine, frame: &Frame) -> Lines {
        let mut lines = Lines::default();
        lines.set(path.iter().map(|element| transform * element), frame);
        lines
    }

    /// As [`Lines::new`], in place.
    pub fn set(&mut self, path: impl Iterator<Item = PathEl>, frame: &Frame) {
        self.points.clear();
        self.ends.clear();
        let mut finite = true;
        let path = path.inspect(|element| finite &= element.is_finite());
        let path = tamed(path, FARTHEST);
        let (mut first, mut last) = (Point::ZERO, Point::ZERO);
        let mut cuts = Vec::new();
        flatten(path, TOLERANCE, |element| match element {
            PathEl::MoveTo(p) => {
                self.line(last, first, frame, &mut cuts);
                self.end();
                self.point(frame.clamp(p));
                (first, last) = (p, p);
            }
            PathEl::LineTo(p) => {
                self.line(last, p, frame, &mut cuts);
                last = p;
            }
            PathEl::ClosePath => {
                self.line(last, first, frame, &mut cuts);
                last = first;
            }
            // Flattened paths have none.
            PathEl::QuadTo(..) | PathEl::CurveTo(..) => {}
        });
        self.line(last, first, frame, &mut cuts);
        self.end();
        if !finite {
            self.points.clear();
            self.ends.clear();
        }
    }

    /// The bytes that it holds.
    pub fn bytes(&self) -> usize {
        self.points.capacity() * 8 + self.ends.capacity() * 4
    }

    /// Rows and columns that it may touch, in whole pixels; `None` when there is nothing.
    pub fn bounds(&self) -> Option<Bounds> {
        let mut points = self.points.iter();
        let first = *points.next()?;
        let (least, most) = points.fold((first, first), |(least, most), p| {
            (
                [least[0].min(p[0]), least[1].min(p[1])],
                [most[0].max(p[0]), most[1].max(p[1])],
            )
        });
        Some(Bounds::of_grid(least, most))
    }

    fn end(&mut self) {
        let begun = self.ends.last().copied().unwrap_or(0) as usize;
        if self.points.len() > begun + 1 && self.points.get(begun) == self.points.last() {
            // Lines are closed in any case.
            self.points.pop();
        }
        if self.points.len() > begun + 2 {
            self.ends.push(self.points.len() as u32);
        } else {
            // A point or a line has no area.
            self.points.truncate(begun);
        }
    }

    fn point(&mut self, p: Point) {
        let snapped = [(p.x * GRID).round() as i32, (p.y * GRID).round() as i32];
        let begun = self.ends.last().copied().unwrap_or(0) as usize;
        if self.points.len() == begun || self.points.last() != Some(&snapped) {
            self.points.push(snapped);
        }
    }

    /// Adds the line from `from`, which is there, to `to`.
    fn line(&mut self, from: Point, to: Point, frame: &Frame, cuts: &mut Vec<f64>) {
        let inside = |p: Point| frame.clamp(p) == p;
        let short = (from.y - to.y).abs() < CUT;
        if !(short && inside(from) && inside(to)) {
            cuts.clear();
            let mut cut = |at: f64, from: f64, to: f64| {
                let t = (at - from) / (to - from);
                if t > 0.0 && t < 1.0 {
                    cuts.push(t);
                }
            };
            for x in [frame.x.0, frame.x.1] {
                cut(x, from.x, to.x);
            }
            let (mut y, end) = (frame.y.0, frame.y.1);
            for _ in 0..CUTS {
                cut(y, from.y, to.y);
                y += CUT;
                if y >= end {
                    break;
                }
            }
            cut(end, from.y, to.y);
            cuts.sort_by(f64::total_cmp);
            for t in cuts.iter() {
                self.point(frame.clamp(from.lerp(to, *t)));
            }
        }
        self.point(frame.clamp(to));
    }

    /// Writes what touches rows `top..bottom` into `path`, moved up by `top`.
    pub fn emit(&self, (top, bottom): (i32, i32), path: &mut BezPath) {
        path.truncate(0);
        let (from, to) = (top * GRID as i32, bottom * GRID as i32);
        let side = |p: &[i32; 2]| i32::from(p[1] > to) - i32::from(p[1] < from);
        let place = |p: &[i32; 2]| Point::new(f64::from(p[0]) / GRID, f64::from(p[1] - from) / GRID);
        let mut begun = 0;
        for end in &self.ends {
            let points = self.points.get(begun..*end as usize).unwrap_or_default();
            begun = *end as usize;
            let Some((first, rest)) = points.split_first() else {
                continue;
            };
            path.push(PathEl::MoveTo(place(first)));
            // Of a run of points that all lie above or all below, the first and the last decide.
            let (mut before, mut held) = (side(first), None);
            for p in rest {
                let now = side(p);
                if now == before && now != 0 {
                    held = Some(p);
                    continue;
                }
                if let Some(held) = held.take() {
                    path.push(PathEl::LineTo(place(held)));
                }
                path.push(PathEl::LineTo(place(p)));
                before = now;
            }
            if let Some(held) = held {
                path.push(PathEl::LineTo(place(held)));
            }
            path.push(PathEl::ClosePath);
        }
    }
}

/// Whole pixels: columns and rows, the ends not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bounds {
    pub x: (i32, i32),
    pub y: (i32, i32),
}

impl Bounds {
    fn of_grid(least: [i32; 2], most: [i32; 2]) -> Bounds {
        let grid = GRID as i32;
        let up = |v: i32| (v + grid - 1).div_euclid(grid);
        Bounds {
            x: (least[0].div_euclid(grid), up(most[0])),
            y: (least[1].div_euclid(grid), up(most[1])),
        }
    }

    /// What both have.
    pub fn and(self, other: Bounds) -> Bounds {
        Bounds {
            x: (self.x.0.max(other.x.0), self.x.1.min(other.x.1)),
            y: (self.y.0.max(other.y.0), self.y.1.min(other.y.1)),
        }
    }

    /// The least that has both.
    pub fn with(self, other: Bounds) -> Bounds {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Bounds {
            x: (self.x.0.min(other.x.0), self.x.1.max(other.x.1)),
            y: (self.y.0.min(other.y.0), self.y.1.max(other.y.1)),
        }
    }

    /// Nothing.
    pub const NONE: Bounds = Bounds { x: (0, 0), y: (0, 0) };

    /// Whether there is no pixel in it.
    pub fn is_empty(&self) -> bool {
        self.x.0 >= self.x.1 || self.y.0 >= self.y.1
    }

    /// Columns and rows.
    pub fn size(&self) -> (usize, usize) {
        let side = |(a, b): (i32, i32)| usize::try_from(b - a).unwrap_or(0);
        (side(self.x), side(self.y))
    }
}

/// A rectangle whose sides are those of the page, on the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Upright([i32; 4]);

impl Upright {
    /// `rect` as `transform` places it, if its sides then are upright and level.
    pub fn new(rect: Rect, transform: Affine, frame: &Frame) -> Option<Upright> {
        let [a, b, c, d, ..] = transform.as_coeffs();
        if !((b == 0.0 && c == 0.0) || (a == 0.0 && d == 0.0)) {
            return None;
        }
        let placed = transform.transform_rect_bbox(rect);
        if !placed.is_finite() {
            return None;
        }
        let least = frame.clamp(Point::new(placed.x0, placed.y0));
        let most = frame.clamp(Point::new(placed.x1, placed.y1));
        let snap = |v: f64| (v * GRID).round() as i32;
        Some(Upright([snap(least.x), snap(least.y), snap(most.x), snap(most.y)]))
    }

    /// Whole pixels that it may touch.
    pub fn bounds(&self) -> Bounds {
        let [x0, y0, x1, y1] = self.0;
        Bounds::of_grid([x0, y0], [x1, y1])
    }

    /// Its part near rows `top..bottom`, moved up by `top`.
    pub fn part(&self, (top, bottom): (i32, i32)) -> Rect {
        let [x0, y0, x1, y1] = self.0;
        let grid = GRID as i32;
        let y = |y: i32| f64::from(y.clamp((top - 8) * grid, (bottom + 8) * grid) - top * grid) / GRID;
        Rect::new(f64::from(x0) / GRID, y(y0), f64::from(x1) / GRID, y(y1))
    }
}

#[cfg(test)]
mod tests {
    use hayro::kurbo::Shape;
    use proptest::prelude::*;

    use super::*;

    fn area(path: &BezPath) -> f64 {
        path.area().abs()
    }

    /// The area of `path` inside `rect`, by counting a fine raster.
    fn inside(path: &BezPath, rect: Rect) -> f64 {
        let mut hits = 0;
        for i in 0..64 {
            for j in 0..64 {
                let p = Point::new(
                    rect.x0 + (f64::from(i) + 0.5) / 64.0 * rect.width(),
                    rect.y0 + (f64::from(j) + 0.5) / 64.0 * rect.height(),
                );
                hits += i32::from(path.winding(p) != 0);
            }
        }
        f64::from(hits) / 4096.0
    }

    #[test]
    fn what_lies_far_outside_keeps_its_shape_inside() {
        let frame = Frame::new(100, 100);
        let star =
            BezPath::from_svg("M -1e6 50 L 50 -3e5 L 2e6 70 L 40 9e5 Z M 20 20 L 80 20 L 80 80 L 20 80 Z").unwrap();
        let lines = Lines::new(&star, Affine::IDENTITY, &frame);
        let mut path = BezPath::new();
        lines.emit((0, 100), &mut path);
        let page = Rect::new(0.0, 0.0, 100.0, 100.0);
        assert!((inside(&star, page) - inside(&path, page)).abs() < 0.01);
        assert!(path.bounding_box().x0 >= -1.0 && path.bounding_box().x1 <= 101.0);
    }

    #[test]
    fn no_numbers_and_no_area_leave_nothing() {
        let frame = Frame::new(10, 10);
        for svg in ["M 1 1 L 5 5", "M 1 1 Z", "M 1 1 L 5 5 Z"] {
            let lines = Lines::new(&BezPath::from_svg(svg).unwrap(), Affine::IDENTITY, &frame);
            assert_eq!(lines, Lines::default(), "{svg}");
        }
        let mut bad = BezPath::from_svg("M 1 1 L 5 5 L 1 5 Z").unwrap();
        bad.line_to((f64::NAN, 1.0));
        assert_eq!(Lines::new(&bad, Affine::IDENTITY, &frame).bounds(), None);
    }

    proptest! {
        /// The parts of a band are those of the page: each band's area adds up to the whole's.
        #[test]
        fn bands_cut_nothing_off(points in prop::collection::vec((-50.0f64..150.0, -50.0f64..150.0), 3..12), rows in 1i32..40) {
            let frame = Frame::new(100, 100);
            let mut shape = BezPath::new();
            shape.move_to(points[0]);
            for p in &points[1..] {
                shape.line_to(*p);
            }
            shape.close_path();
            let lines = Lines::new(&shape, Affine::IDENTITY, &frame);
            let mut path = BezPath::new();
            let (mut whole, mut top) = (BezPath::new(), 0);
            lines.emit((0, 100), &mut whole);
            while top < 100 {
                lines.emit((top, top + rows), &mut path);
                for y in top..(top + rows).min(100) {
                    for x in 0..100 {
                        let p = Point::new(f64::from(x) + 0.37, f64::from(y) + 0.41);
                        let here = Point::new(p.x, p.y - f64::from(top));
                        prop_assert_eq!(whole.winding(p), path.winding(here), "{:?}", p);
                    }
                }
                top += rows;
            }
            prop_assert!(area(&whole) >= 0.0);
        }
    }
}
