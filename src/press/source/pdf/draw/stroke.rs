//! Strokes as outlines.

use hayro::hayro_interpret::StrokeProps;
use hayro::kurbo::{self, Affine, BezPath, Cap, Join, PathEl, Point, StrokeOpts};

use super::outline;

/// How far the outline of a stroke may lie from its place, in pixels.
const TOLERANCE: f64 = 0.1;
/// Most dashes of a path; with more it is drawn without.
const DASHES: f64 = 100_000.0;

/// The outline of a stroke, in the path's own plane.
///
/// A line is at least `thinnest` pixels wide, as other painters have it, or the finest would fade.
pub fn outline(path: &BezPath, transform: Affine, stroke: &StrokeProps, thinnest: f64, fine: bool) -> BezPath {
    let [a, b, c, d, ..] = transform.as_coeffs();
    let scale = a.hypot(b).max(c.hypot(d));
    if !(scale.is_finite() && scale > 0.0) {
        return BezPath::new();
    }
    let mut width = f64::from(stroke.line_width).max(0.01 / scale);
    let on_page = width * scale;
    if on_page < thinnest && !fine {
        width = thinnest / scale;
    }
    // Nobody can tell a round end of a pixel from a square one, which is made faster.
    let thin = on_page <= 1.0;
    let cap = match stroke.line_cap {
        Cap::Round if thin => Cap::Square,
        cap => cap,
    };
    let join = match stroke.line_join {
        Join::Round if thin => Join::Bevel,
        join => join,
    };
    let mut style = kurbo::Stroke {
        width,
        join,
        miter_limit: f64::from(stroke.miter_limit),
        start_cap: cap,
        end_cap: cap,
        dash_pattern: stroke.dash_array.iter().map(|n| f64::from(*n)).collect(),
        dash_offset: f64::from(stroke.dash_offset),
    };
    if !style.dash_pattern.is_empty() {
        let period: f64 = style.dash_pattern.iter().sum();
        let sound = style.dash_pattern.iter().all(|n| *n >= 0.0) && style.dash_offset.is_finite();
        // Also what is no number is drawn without dashes.
        if !(sound && length(path) / period * style.dash_pattern.len() as f64 <= DASHES) {
            style.dash_pattern.clear();
        }
    }
    let path = outline::tamed(path.iter(), outline::FARTHEST / scale);
    kurbo::stroke(path, &style, &StrokeOpts::default(), TOLERANCE / scale)
}

/// At least the length of a path.
fn length(path: &BezPath) -> f64 {
    let (mut sum, mut last, mut first) = (0.0, Point::ZERO, Point::ZERO);
    for element in path.elements() {
        let mut way = |points: &[Point]| {
            for p in points {
                sum += last.distance(*p);
                last = *p;
            }
        };
        match *element {
            PathEl::MoveTo(p) => (last, first) = (p, p),
            PathEl::LineTo(p) => way(&[p]),
            PathEl::QuadTo(a, p) => way(&[a, p]),
            PathEl::CurveTo(a, b, p) => way(&[a, b, p]),
            PathEl::ClosePath => way(&[first]),
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use hayro::kurbo::Shape;

    use super::*;

    #[test]
    fn dashes_without_end_are_drawn_solid() {
        let path = BezPath::from_svg("M 0 0 L 1000 0").unwrap();
        let with = |dash: f32| {
            let stroke = StrokeProps {
                dash_array: [dash, dash].into_iter().collect(),
                ..StrokeProps::default()
            };
            outline(&path, Affine::IDENTITY, &stroke, 1.0, false)
        };
        assert!((with(10.0).area().abs() - 500.0).abs() < 1.0);
        for dash in [0.0, 1e-6, -1.0, f32::NAN] {
            assert!((with(dash).area().abs() - 1000.0).abs() < 1.0, "{dash}");
        }
    }

    #[test]
    fn fine_lines_are_a_pixel_wide() {
        let path = BezPath::from_svg("M 0 0 L 100 0").unwrap();
        let stroke = StrokeProps {
            line_width: 0.0,
            ..StrokeProps::default()
        };
        let area = |fine| outline(&path, Affine::scale(2.0), &stroke, 1.0, fine).area().abs();
        assert!((area(false) - 50.0).abs() < 0.1);
        assert!(area(true) < 1.0);
    }
}
