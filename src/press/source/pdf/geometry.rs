//! Sizes and transforms of a page. Pure.

use hayro::kurbo::{Affine, Rect};

use super::super::super::layout::Turn;
use crate::model::Resolution;

/// Resolutions that a page's size is told in, the first that keeps it within the limits, in dots per inch.
const NOMINAL: [u32; 6] = [300, 150, 72, 36, 18, 10];
/// Points of an inch (ISO 32000-2, 8.3.2.3).
const POINTS: f64 = 72.0;
/// Largest share of the page's side by which a picture may miss or overlap its edge and still be the whole page.
const COVER: f64 = 0.001;

/// Pixels of a page of `points` at the finest nominal resolution at which `fits` takes them.
pub fn nominal(points: (f64, f64), fits: impl Fn(u32, u32) -> bool) -> Option<(u32, u32, Resolution)> {
    NOMINAL.into_iter().find_map(|dpi| {
        let pixels = |points: f64| {
            let exact = (points / POINTS * f64::from(dpi)).round();
            // `as` saturates, and `fits` has the last word.
            exact.max(1.0) as u32
        };
        let (width, height) = (pixels(points.0), pixels(points.1));
        fits(width, height).then(|| (width, height, Resolution::square(dpi)))
    })
}

/// From the upright page, `width` × `height`, to the turned one.
pub fn turned(turn: Turn, width: f64, height: f64) -> Affine {
    let axis = |flip: bool, length: f64| if flip { (-1.0, length) } else { (1.0, 0.0) };
    let (sx, ex) = axis(turn.flip_x, width);
    let (sy, ey) = axis(turn.flip_y, height);
    if turn.transpose {
        Affine::new([0.0, sx, sy, 0.0, ey, ex])
    } else {
        Affine::new([sx, 0.0, 0.0, sy, ex, ey])
    }
}

/// The turn that shows a picture upright which `transform` brings from its own pixels (from the top left) to the page
/// (likewise). `None` when it lies askew.
pub fn turn_of(transform: Affine, size: (u32, u32)) -> Option<Turn> {
    let [a, b, c, d, ..] = transform.as_coeffs();
    // What shears by less than a hundredth of a point over the whole picture is rounding.
    let small = |x: f64, y: f64| (x * f64::from(size.0)).abs() < 0.01 && (y * f64::from(size.1)).abs() < 0.01;
    if small(b, c) {
        Some(Turn {
            transpose: false,
            flip_x: a < 0.0,
            flip_y: d < 0.0,
        })
    } else if small(a, d) {
        Some(Turn {
            transpose: true,
            flip_x: b < 0.0,
            flip_y: c < 0.0,
        })
    } else {
        None
    }
}

/// Whether `inner` is all of `page`, to a thousandth of its sides.
pub fn is_whole(inner: Rect, page: Rect) -> bool {
    let (x, y) = (page.width() * COVER, page.height() * COVER);
    (inner.x0 - page.x0).abs() <= x
        && (inner.x1 - page.x1).abs() <= x
        && (inner.y0 - page.y0).abs() <= y
        && (inner.y1 - page.y1).abs() <= y
}

/// Whether `outer` hides nothing of `page`, to a thousandth of its sides.
pub fn covers(outer: Rect, page: Rect) -> bool {
    let (x, y) = (page.width() * COVER, page.height() * COVER);
    outer.x0 <= page.x0 + x && outer.x1 >= page.x1 - x && outer.y0 <= page.y0 + y && outer.y1 >= page.y1 - y
}

/// Dots per inch of `pixels` over `points`, as near as whole numbers come.
pub fn density(pixels: u32, points: f64) -> f64 {
    f64::from(pixels) * POINTS / points
}

#[cfg(test)]
mod tests {
    use hayro::kurbo::Point;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn turns_agree_with_those_of_pictures(t: bool, fx: bool, fy: bool, x in 0u32..30, y in 0u32..20) {
            let turn = Turn { transpose: t, flip_x: fx, flip_y: fy };
            let (w, h) = turn.size(30, 20);
            let (x, y) = (x % w, y % h);
            let (sx, sy) = turn.stored(x, y, 30, 20);
            let middle = |x: u32, y: u32| Point::new(f64::from(x) + 0.5, f64::from(y) + 0.5);
            prop_assert_eq!(turned(turn, 30.0, 20.0) * middle(sx, sy), middle(x, y));
        }

        #[test]
        fn a_turned_picture_tells_its_turn(t: bool, fx: bool, fy: bool) {
            let turn = Turn { transpose: t, flip_x: fx, flip_y: fy };
            let placed = Affine::scale(0.24) * turned(turn, 30.0, 20.0);
            prop_assert_eq!(turn_of(placed, (30, 20)), Some(turn));
        }
    }

    #[test]
    fn what_lies_askew_has_no_turn() {
        assert_eq!(turn_of(Affine::rotate(0.1), (30, 20)), None);
    }

    #[test]
    fn large_pages_are_told_coarser() {
        let fits = |w: u32, h: u32| w <= 10_000 && h <= 10_000;
        assert_eq!(
            nominal((612.0, 792.0), fits),
            Some((2_550, 3_300, Resolution::square(300)))
        );
        assert_eq!(
            nominal((14_400.0, 720.0), fits),
            Some((7_200, 360, Resolution::square(36)))
        );
        assert_eq!(nominal((1e9, 720.0), fits), None);
    }
}
