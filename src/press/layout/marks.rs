//! Cut marks and registration marks.

use super::super::text::ring;
use super::LayoutError;
use super::describe::Marks;
use super::draw::Canvas;
use super::measure::Rect;

/// Draws marks around cells whose edges lie at `across` and `down`: lines outside the outermost edges only, so that
/// nothing is drawn over a picture.
pub(super) fn draw(canvas: &mut Canvas, marks: &Marks, across: &[f64], down: &[f64]) -> Result<(), LayoutError> {
    let ends = |edges: &[f64]| {
        let low = edges.iter().copied().fold(f64::MAX, f64::min);
        let high = edges.iter().copied().fold(f64::MIN, f64::max);
        (low, high)
    };
    let ((x0, x1), (y0, y1)) = (ends(across), ends(down));
    if x0 > x1 || y0 > y1 {
        return Ok(());
    }
    let (half, ink) = (marks.width / 2.0, marks.colour.0);
    let line = |canvas: &mut Canvas, rect: Rect| -> Result<(), LayoutError> {
        // A mark that is cut by the margins is still a mark; one beside them is none.
        canvas.fill(&rect, ink)
    };
    if marks.cut {
        for x in across {
            let stroke = |y: f64| Rect::new(x - half, y, marks.width, marks.length);
            line(canvas, stroke(y0 - marks.gap - marks.length))?;
            line(canvas, stroke(y1 + marks.gap))?;
        }
        for y in down {
            let stroke = |x: f64| Rect::new(x, y - half, marks.length, marks.width);
            line(canvas, stroke(x0 - marks.gap - marks.length))?;
            line(canvas, stroke(x1 + marks.gap))?;
        }
    }
    if marks.registration {
        let arm = marks.length / 2.0;
        let (far, middle) = (marks.gap + arm, (f64::midpoint(x0, x1), f64::midpoint(y0, y1)));
        for (x, y) in [
            (middle.0, y0 - far),
            (middle.0, y1 + far),
            (x0 - far, middle.1),
            (x1 + far, middle.1),
        ] {
            line(canvas, Rect::new(x - arm, y - half, marks.length, marks.width))?;
            line(canvas, Rect::new(x - half, y - arm, marks.width, marks.length))?;
            let density = canvas.ground.density;
            if let Some(mask) = ring((x * density.0, y * density.1), arm * 0.6, marks.width, density) {
                canvas.mask(mask, ink)?;
            }
        }
    }
    Ok(())
}
