//! Cells in rows and columns.

use super::cell::{self, Dress};
use super::compose::Scene;
use super::describe::{Edges, Grid, Pictures};
use super::draw::Canvas;
use super::measure::Rect;
use super::seat::seat;
use super::{LayoutError, marks};

/// Pictures that a grid takes from the page, from its first.
pub(super) fn slots(grid: &Grid) -> u32 {
    match grid.pictures {
        Pictures::Next => grid.rows.saturating_mul(grid.columns),
        Pictures::Same | Pictures::Split => 1,
    }
}

/// Draws a grid.
pub(super) fn draw(canvas: &mut Canvas, scene: &Scene, grid: &Grid, place: &str) -> Result<(), LayoutError> {
    let frame = canvas.ground.frame(&grid.frame, place)?;
    let (cells, whole) = cells(grid, &frame, place)?;
    let first = grid.picture.unwrap_or(1);
    let (mut across, mut down) = (Vec::new(), Vec::new());
    for (index, rect) in cells.iter().enumerate() {
        let slot = match grid.pictures {
            Pictures::Next => first.saturating_add(u32::try_from(index).unwrap_or(u32::MAX)),
            Pictures::Same | Pictures::Split => first,
        };
        let Some(picture) = scene.picture(slot) else {
            continue;
        };
        let dress = Dress {
            look: &grid.look,
            border: grid.border.as_ref(),
            wrap: None,
            captions: &grid.caption,
        };
        let outer = if grid.pictures == Pictures::Split {
            pane(canvas, scene, picture, rect, &whole, grid)?
        } else {
            cell::draw(canvas, scene, rect, picture, dress, place)?
        };
        for (edges, ends) in [(&mut across, [outer.x0, outer.x1]), (&mut down, [outer.y0, outer.y1])] {
            for end in ends {
                // Cells of a row share their edges.
                if !edges.iter().any(|e: &f64| (e - end).abs() < 0.01) {
                    edges.push(end);
                }
            }
        }
    }
    match &grid.marks {
        Some(wanted) => marks::draw(canvas, wanted, &across, &down),
        None => Ok(()),
    }
}

/// One pane of a window: what of the one picture lies in this cell.
fn pane(
    canvas: &mut Canvas,
    scene: &Scene,
    picture: usize,
    rect: &Rect,
    whole: &Rect,
    grid: &Grid,
) -> Result<Rect, LayoutError> {
    let edges = grid.border.as_ref().map_or(Edges::default(), cell::frame_of);
    if let Some(border) = &grid.border {
        canvas.fill(rect, border.colour.0)?;
    }
    let placed = scene
        .subject(picture)
        .and_then(|subject| seat(subject, whole, &grid.look));
    if let Some(seat) = &placed {
        canvas.measure(picture, &seat.rect);
    }
    if let Some(part) = placed.and_then(|seat| seat.cut(&rect.inset(edges))) {
        canvas.picture(picture, &part)?;
    }
    Ok(*rect)
}

/// The cells, row by row, and the whole grid.
fn cells(grid: &Grid, frame: &Rect, place: &str) -> Result<(Vec<Rect>, Rect), LayoutError> {
    let (columns, rows) = (f64::from(grid.columns), f64::from(grid.rows));
    let (gaps_x, gaps_y) = (grid.gutter.x * (columns - 1.0), grid.gutter.y * (rows - 1.0));
    let (free_x, free_y) = (frame.width() - gaps_x, frame.height() - gaps_y);
    if !(free_x > 0.0 && free_y > 0.0) {
        return Err(LayoutError::NoRoom {
            place: place.to_owned(),
        });
    }
    let (width, height) = match &grid.cell {
        None => (free_x / columns, free_y / rows),
        Some(size) => {
            let fits = (free_x / (size.width * columns)).min(free_y / (size.height * rows));
            // A hundredth of a millimetre is how exactly sizes of media are known.
            if fits < 1.0 - 1e-4 && !size.shrink {
                return Err(LayoutError::TooWide {
                    place: place.to_owned(),
                    need_x: size.width * columns + gaps_x,
                    need_y: size.height * rows + gaps_y,
                    have_x: frame.width(),
                    have_y: frame.height(),
                });
            }
            let scale = fits.min(1.0);
            (size.width * scale, size.height * scale)
        }
    };
    let (all_x, all_y) = (width * columns + gaps_x, height * rows + gaps_y);
    let whole = Rect::new(
        frame.x0 + (frame.width() - all_x) / 2.0,
        frame.y0 + (frame.height() - all_y) / 2.0,
        all_x,
        all_y,
    );
    let mut cells = Vec::new();
    for row in 0..grid.rows {
        for column in 0..grid.columns {
            let x = whole.x0 + f64::from(column) * (width + grid.gutter.x);
            let y = whole.y0 + f64::from(row) * (height + grid.gutter.y);
            // Both edges by the same sum, so that neighbours without a gutter meet exactly.
            let right = whole.x0 + f64::from(column + 1) * (width + grid.gutter.x) - grid.gutter.x;
            let low = whole.y0 + f64::from(row + 1) * (height + grid.gutter.y) - grid.gutter.y;
            cells.push(Rect {
                x0: x,
                y0: y,
                x1: right,
                y1: low,
            });
        }
    }
    Ok((cells, whole))
}
