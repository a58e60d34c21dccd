//! A cell: one picture with its border or wrap, its captions and its marks.

use super::super::text::Line;
use super::compose::Scene;
use super::describe::{Across, Border, Caption, Edge, Edges, Fit, Look, Side, Single, Wrap};
use super::draw::{Canvas, Hand};
use super::measure::Rect;
use super::seat::{Seat, seat};
use super::{LayoutError, Turn, marks};

/// What a cell shows besides its picture.
#[derive(Clone, Copy)]
pub(super) struct Dress<'a> {
    pub look: &'a Look,
    pub border: Option<&'a Border>,
    pub wrap: Option<&'a Wrap>,
    pub captions: &'a [Caption],
}

/// Draws a block of one picture.
pub(super) fn single(canvas: &mut Canvas, scene: &Scene, block: &Single, place: &str) -> Result<(), LayoutError> {
    let frame = canvas.ground.frame(&block.frame, place)?;
    let dress = Dress {
        look: &block.look,
        border: block.border.as_ref(),
        wrap: block.wrap.as_ref(),
        captions: &block.caption,
    };
    let Some(picture) = scene.picture(block.picture.unwrap_or(1)) else {
        return Ok(());
    };
    let outer = draw(canvas, scene, &frame, picture, dress, place)?;
    match &block.marks {
        Some(wanted) => marks::draw(canvas, wanted, &[outer.x0, outer.x1], &[outer.y0, outer.y1]),
        None => Ok(()),
    }
}

/// Draws a cell. Returns what its picture and border cover.
pub(super) fn draw(
    canvas: &mut Canvas,
    scene: &Scene,
    cell: &Rect,
    picture: usize,
    dress: Dress,
    place: &str,
) -> Result<Rect, LayoutError> {
    let no_room = || LayoutError::NoRoom {
        place: place.to_owned(),
    };
    let inner = cell.inset(strips(dress.captions));
    let frame = dress.border.map_or(Edges::default(), frame_of);
    let face = inner.inset(frame);
    let subject = scene.subject(picture).ok_or_else(no_room)?;
    let placed = seat(subject, &face, dress.look).ok_or_else(no_room)?;
    canvas.measure(picture, &placed.rect);
    let outer = if let Some(wrap) = dress.wrap {
        let (need, have) = (placed.rect.grown(wrap.width), canvas.ground.bounds);
        if need.and(&have) != need {
            return Err(LayoutError::WrapCut {
                place: place.to_owned(),
                need_x: need.width(),
                need_y: need.height(),
                have_x: have.width(),
                have_y: have.height(),
            });
        }
        wrapped(canvas, scene, picture, &placed, dress.look, wrap)?
    } else {
        let outer = match dress.border {
            Some(border) => {
                let outer = if border.whole_cell {
                    inner
                } else {
                    placed.rect.inset(negative(frame))
                };
                canvas.fill(&outer, border.colour.0)?;
                if let Some(line) = &border.line {
                    canvas.fill(&placed.rect.grown(line.width).and(&outer), line.colour.0)?;
                }
                outer
            }
            None => placed.rect,
        };
        canvas.picture(picture, &placed)?;
        outer
    };
    for caption in dress.captions {
        let top = match caption.side {
            Side::Below => outer.y1 + caption.gap,
            Side::Above => outer.y0 - strip(caption),
        };
        let hand = Hand {
            size: caption.size,
            floor: caption.shrink_to.unwrap_or(caption.size),
            ink: caption.colour.0,
            cut: caption.cut,
        };
        for (index, words) in scene.words(&caption.text, Some(picture), false).lines().enumerate() {
            let across = match caption.of {
                Across::Picture => &outer,
                Across::Cell => cell,
            };
            let line = Rect {
                y0: top + Line::height(caption.size) * index as f64,
                ..*across
            };
            canvas.line(words, &line, caption.align, &hand, place)?;
        }
    }
    Ok(outer)
}

/// Draws a picture with its wrap. The face lies where the picture was placed.
fn wrapped(
    canvas: &mut Canvas,
    scene: &Scene,
    picture: usize,
    placed: &Seat,
    look: &Look,
    wrap: &Wrap,
) -> Result<Rect, LayoutError> {
    let outer = placed.rect.grown(wrap.width);
    let Some(subject) = scene.subject(picture) else {
        return Ok(outer);
    };
    match wrap.edge {
        Edge::Mirror => {
            let size = placed.turn.size(subject.picture.width, subject.picture.height);
            let whole = placed.reach(wrap.width, size);
            canvas.picture(picture, &whole)?;
            return Ok(whole.rect);
        }
        Edge::Picture => {
            // The turn is decided by the face, so that face and wrap agree.
            let look = Look {
                fit: Fit::Fill,
                turn: spin_of(placed.turn),
                ..*look
            };
            if let Some(whole) = seat(subject, &outer, &look) {
                canvas.picture(picture, &whole)?;
            }
        }
        Edge::Colour => {
            canvas.fill(&outer, wrap.colour.0)?;
            canvas.picture(picture, placed)?;
        }
    }
    Ok(outer)
}

fn spin_of(turn: Turn) -> super::describe::Spin {
    use super::describe::Spin;
    match turn {
        Turn::LEFT => Spin::Left,
        Turn::RIGHT => Spin::Right,
        Turn::HALF => Spin::Half,
        _ => Spin::None,
    }
}

/// A border's widths.
pub(super) fn frame_of(border: &Border) -> Edges {
    Edges {
        bottom: border.width.bottom + border.weight,
        ..border.width
    }
}

pub(super) fn negative(edges: Edges) -> Edges {
    Edges {
        top: -edges.top,
        right: -edges.right,
        bottom: -edges.bottom,
        left: -edges.left,
    }
}

/// Millimetres that a caption takes from its cell.
fn strip(caption: &Caption) -> f64 {
    caption.gap + Line::height(caption.size) * caption.text.lines().count().max(1) as f64
}

/// The strips above and below a cell's picture.
pub(super) fn strips(captions: &[Caption]) -> Edges {
    let widest = |side: Side| {
        let strips = captions.iter().filter(|c| c.side == side).map(strip);
        strips.fold(0.0, f64::max)
    };
    Edges {
        top: widest(Side::Above),
        bottom: widest(Side::Below),
        ..Edges::default()
    }
}
