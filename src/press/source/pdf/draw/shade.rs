//! Shadings (ISO 32000-2, 8.7.4.5), pixel by pixel: a colour depends on its place on the page alone.

use std::fmt;

use hayro::hayro_interpret::color::AlphaColor;
use hayro::hayro_interpret::pattern::ShadingPattern;
use hayro::hayro_interpret::shading::{ShadingFunction, ShadingType, Triangle};
use hayro::kurbo::{Affine, BezPath, Point, Rect};

use super::super::super::super::PressError;
use super::list::Texture;
use super::outline::Bounds;

/// Colours of a ramp from its begin to its end.
const RAMP: usize = 4_096;
/// Most components of a colour.
const COMPONENTS: usize = 32;

type Pixel = [u8; 4];

/// A shading in its place.
pub struct Shade {
    pattern: ShadingPattern,
    /// From pixels to the shading's own plane.
    inverse: Affine,
    ramp: Option<Ramp>,
    outside: Pixel,
}

/// Colours along a shading.
struct Ramp {
    colours: Vec<Pixel>,
    /// Whether the first and the last colour go on outside.
    extend: [bool; 2],
    coords: [f64; 6],
    axial: bool,
}

impl fmt::Debug for Shade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shade")
    }
}

impl Shade {
    /// About so many bytes of memory.
    pub const BYTES: usize = RAMP * 4;

    /// Reads a shading whose matrix leads to pixels of the page.
    pub fn new(pattern: ShadingPattern) -> Shade {
        let matrix = match &*pattern.shading.shading_type {
            ShadingType::FunctionBased { matrix, .. } => pattern.matrix * *matrix,
            _ => pattern.matrix,
        };
        let mut shade = Shade {
            inverse: matrix.inverse(),
            ramp: None,
            outside: [0; 4],
            pattern,
        };
        if let Some(background) = &shade.pattern.shading.background {
            shade.outside = shade.finish(shade.pattern.shading.color_space.to_rgba(background, 1.0));
        }
        if let ShadingType::RadialAxial {
            coords,
            domain,
            function,
            extend,
            axial,
        } = &*shade.pattern.shading.shading_type
        {
            let [from, to] = domain.map(f64::from);
            let colour = |i: usize| {
                let t = from + (to - from) * i as f64 / (RAMP - 1) as f64;
                shade.colour(Some(function), &[t as f32])
            };
            shade.ramp = Some(Ramp {
                colours: (0..RAMP).map(colour).collect(),
                extend: *extend,
                coords: coords.map(f64::from),
                axial: *axial,
            });
        }
        shade
    }

    /// The colour of what a shading computes: a function's arguments, or components as they are.
    fn colour(&self, function: Option<&ShadingFunction>, values: &[f32]) -> Pixel {
        let space = &self.pattern.shading.color_space;
        let Some(function) = function else {
            return self.finish(space.to_rgba(values, 1.0));
        };
        let mut out = [0.0; COMPONENTS];
        let Some(out) = out.get_mut(..function.num_outputs()) else {
            return [0; 4];
        };
        match function.eval(values, out) {
            Some(()) => self.finish(space.to_rgba(out, 1.0)),
            None => [0; 4],
        }
    }

    fn finish(&self, colour: AlphaColor) -> Pixel {
        let [r, g, b, a] = colour.components();
        let mut colour = AlphaColor::new([r, g, b, a * self.pattern.opacity]);
        if let Some(transfer) = &self.pattern.transfer_function {
            colour = transfer.apply(&colour);
        }
        let [r, g, b, a] = colour.components().map(|v| v.clamp(0.0, 1.0));
        let byte = |v: f32| (v * 255.0 + 0.5) as u8;
        [byte(r * a), byte(g * a), byte(b * a), byte(a)]
    }

    fn mesh(&self, area: Bounds, into: &mut [u8]) {
        let mut triangles = Vec::new();
        match &*self.pattern.shading.shading_type {
            ShadingType::TriangleMesh { triangles, function } => {
                for triangle in triangles {
                    self.triangle(triangle, function.as_ref(), area, into);
                }
            }
            ShadingType::CoonsPatchMesh { patches, function } => {
                for patch in patches.iter().filter(|p| self.touches(&p.control_points, area)) {
                    triangles.clear();
                    patch.to_triangles(&mut triangles);
                    for triangle in &triangles {
                        self.triangle(triangle, function.as_ref(), area, into);
                    }
                }
            }
            ShadingType::TensorProductPatchMesh { patches, function } => {
                for patch in patches.iter().filter(|p| self.touches(&p.control_points, area)) {
                    triangles.clear();
                    patch.to_triangles(&mut triangles);
                    for triangle in &triangles {
                        self.triangle(triangle, function.as_ref(), area, into);
                    }
                }
            }
            ShadingType::FunctionBased { .. } | ShadingType::RadialAxial { .. } | ShadingType::Dummy => {}
        }
    }

    /// Whether a patch may touch the area: it lies within its control points.
    fn touches(&self, points: &[Point], area: Bounds) -> bool {
        let mut hull = BezPath::new();
        for (i, p) in points.iter().enumerate() {
            let p = self.pattern.matrix * *p;
            if i == 0 {
                hull.move_to(p);
            } else {
                hull.line_to(p);
            }
        }
        !pixels(hull.control_box()).and(area).is_empty()
    }

    fn triangle(&self, triangle: &Triangle, function: Option<&ShadingFunction>, area: Bounds, into: &mut [u8]) {
        let place = |vertex: &hayro::hayro_interpret::shading::TriangleVertex| {
            let mut placed = vertex.clone();
            placed.point = self.pattern.matrix * placed.point;
            placed
        };
        let placed = Triangle::new(place(&triangle.p0), place(&triangle.p1), place(&triangle.p2));
        let part = pixels(placed.bounding_box()).and(area);
        let (width, _) = area.size();
        for y in part.y.0..part.y.1 {
            for x in part.x.0..part.x.1 {
                let middle = Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                if !placed.contains_point(middle) {
                    continue;
                }
                let at = ((y - area.y.0) as usize * width + (x - area.x.0) as usize) * 4;
                if let Some(pixel) = into.get_mut(at..at + 4) {
                    pixel.copy_from_slice(&self.colour(function, &placed.interpolate(middle)));
                }
            }
        }
    }
}

/// Pixels whose middle may lie in a rectangle.
fn pixels(rect: Rect) -> Bounds {
    // `as` saturates; what is no number is 0.
    let (least, most) = (|v: f64| v.floor() as i32, |v: f64| (v.ceil() as i32).saturating_add(1));
    Bounds {
        x: (least(rect.x0), most(rect.x1)),
        y: (least(rect.y0), most(rect.y1)),
    }
}

impl Ramp {
    /// The colour at a place of the ramp, where 0 is its begin and 1 its end; `outside` where it has none.
    fn at(&self, t: f64, outside: Pixel) -> Pixel {
        let (first, last) = (self.colours.first(), self.colours.last());
        let found = if t < 0.0 {
            first.filter(|_| self.extend[0])
        } else if t > 1.0 {
            last.filter(|_| self.extend[1])
        } else {
            // What is no number becomes 0.
            self.colours.get((t * (RAMP - 1) as f64 + 0.5) as usize)
        };
        found.copied().unwrap_or(outside)
    }

    fn axial(&self, inverse: Affine, area: Bounds, outside: Pixel, into: &mut Vec<u8>) {
        let [x0, y0, x1, y1, ..] = self.coords;
        let (dx, dy) = (x1 - x0, y1 - y0);
        let square = dx * dx + dy * dy;
        // t is linear in the page's x and y.
        let along = |p: Point| ((p.x - x0) * dx + (p.y - y0) * dy) / square;
        let origin = along(inverse * Point::ZERO);
        let by_x = along(inverse * Point::new(1.0, 0.0)) - origin;
        let by_y = along(inverse * Point::new(0.0, 1.0)) - origin;
        for y in area.y.0..area.y.1 {
            let row = origin + by_y * (f64::from(y) + 0.5);
            for x in area.x.0..area.x.1 {
                into.extend_from_slice(&self.at(row + by_x * (f64::from(x) + 0.5), outside));
            }
        }
    }

    /// The circle nearest to the end that runs through a point (8.7.4.5.4), as its place on the ramp.
    fn circle(&self, p: Point) -> Option<f64> {
        let [x0, y0, r0, x1, y1, r1] = self.coords;
        let (dx, dy, dr) = (x1 - x0, y1 - y0, r1 - r0);
        let (px, py) = (p.x - x0, p.y - y0);
        let a = dx * dx + dy * dy - dr * dr;
        let b = px * dx + py * dy + r0 * dr;
        let c = px * px + py * py - r0 * r0;
        let fits = |t: f64| {
            let within = (t >= 0.0 || self.extend[0]) && (t <= 1.0 || self.extend[1]);
            (within && r0 + dr * t >= 0.0).then_some(t)
        };
        if a.abs() < 1e-9 {
            return (b != 0.0).then(|| c / (2.0 * b)).and_then(fits);
        }
        let root = (b * b - a * c).sqrt();
        if root.is_nan() {
            return None;
        }
        let (one, other) = ((b + root) / a, (b - root) / a);
        fits(one.max(other)).or_else(|| fits(one.min(other)))
    }
}

impl Texture for Shade {
    fn paint(&self, area: Bounds, into: &mut Vec<u8>) -> Result<bool, PressError> {
        let begun = into.len();
        let (width, height) = area.size();
        match (&self.ramp, &*self.pattern.shading.shading_type) {
            (Some(ramp), _) if ramp.axial => ramp.axial(self.inverse, area, self.outside, into),
            (Some(ramp), _) => {
                for y in area.y.0..area.y.1 {
                    for x in area.x.0..area.x.1 {
                        let p = self.inverse * Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                        let colour = ramp.circle(p).map_or(self.outside, |t| ramp.at(t, self.outside));
                        into.extend_from_slice(&colour);
                    }
                }
            }
            (None, ShadingType::FunctionBased { domain, function, .. }) => {
                let [x0, x1, y0, y1] = domain.map(f64::from);
                let domain = Rect::new(x0, y0, x1, y1);
                for y in area.y.0..area.y.1 {
                    for x in area.x.0..area.x.1 {
                        let p = self.inverse * Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
                        let colour = if domain.contains(p) {
                            self.colour(Some(function), &[p.x as f32, p.y as f32])
                        } else {
                            self.outside
                        };
                        into.extend_from_slice(&colour);
                    }
                }
            }
            (None, _) => {
                into.extend(std::iter::repeat_n(self.outside, width * height).flatten());
                self.mesh(area, into.get_mut(begun..).unwrap_or_default());
            }
        }
        Ok(into
            .get(begun..)
            .unwrap_or_default()
            .as_chunks::<4>()
            .0
            .iter()
            .all(|p| p[3] == 255))
    }
}
