//! Elements as they are laid: cut to what may be painted, counted, in pixels.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::page::{Area, Element, Ink, Placed};
use super::super::text::{Coverage, Cut, Line};
use super::describe::{Align, Anchor, Spin};
use super::measure::{Ground, Rect};
use super::seat::{Seat, anchored};
use super::turned::turn_rows;
use super::{LayoutError, Turn, limits};

/// How words are set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hand {
    pub size: f64,
    pub floor: f64,
    pub ink: Ink,
    pub cut: Cut,
}

/// A page that grows.
pub(super) struct Canvas<'a> {
    pub ground: &'a Ground,
    elements: Vec<Element>,
    masks: usize,
    letters: usize,
    /// Nothing is painted: just the pictures' sizes are wanted.
    blank: bool,
    sizes: BTreeMap<usize, (f64, f64)>,
}

impl<'a> Canvas<'a> {
    pub fn new(ground: &'a Ground) -> Self {
        Canvas {
            ground,
            elements: Vec::new(),
            masks: 0,
            letters: 0,
            blank: false,
            sizes: BTreeMap::new(),
        }
    }

    /// A page that stays blank and learns the pictures' sizes.
    pub fn blank(ground: &'a Ground) -> Self {
        Canvas {
            blank: true,
            ..Canvas::new(ground)
        }
    }

    /// Remembers how large a picture is; where it is shown several times, the first of them.
    pub fn measure(&mut self, picture: usize, rect: &Rect) {
        self.sizes.entry(picture).or_insert((rect.width(), rect.height()));
    }

    /// Millimetres across and down of each picture.
    pub fn sizes(self) -> BTreeMap<usize, (f64, f64)> {
        self.sizes
    }

    pub fn finish(self) -> Vec<Element> {
        self.elements
    }

    fn push(&mut self, element: Element) -> Result<(), LayoutError> {
        if self.blank {
            return Ok(());
        }
        if self.elements.len() >= limits::ELEMENTS {
            return Err(LayoutError::TooMany {
                what: "things on one page",
                most: limits::ELEMENTS,
            });
        }
        self.elements.push(element);
        Ok(())
    }

    pub fn fill(&mut self, rect: &Rect, ink: Ink) -> Result<(), LayoutError> {
        match self.ground.area(rect) {
            Some(area) => self.push(Element::Fill { area, ink }),
            None => Ok(()),
        }
    }

    /// Everything that may be painted.
    pub fn fill_all(&mut self, ink: Ink) -> Result<(), LayoutError> {
        let area = self.ground.whole();
        self.push(Element::Fill { area, ink })
    }

    pub fn picture(&mut self, picture: usize, seat: &Seat) -> Result<(), LayoutError> {
        let Some((seat, area)) = seat
            .cut(&self.ground.bounds)
            .and_then(|seat| Some((seat, self.ground.area(&seat.rect)?)))
        else {
            return Ok(());
        };
        self.push(Element::Picture(Placed {
            picture,
            area,
            turn: seat.turn,
            window: seat.window,
        }))
    }

    /// A mask, cut to what may be painted.
    pub fn mask(&mut self, mask: Coverage, ink: Ink) -> Result<(), LayoutError> {
        // What is cut away was made all the same.
        self.masks = self.masks.saturating_add(mask.rows.len());
        if self.masks > limits::MASKS {
            return Err(LayoutError::TooMany {
                what: "pixels of letters on one page",
                most: limits::MASKS,
            });
        }
        let Some((area, rows)) = cut(mask, &self.ground.whole()) else {
            return Ok(());
        };
        self.push(Element::Mask {
            area,
            coverage: Arc::from(rows),
            ink,
        })
    }

    /// Sets a line, counted.
    fn set(&mut self, words: &str, room: f64, hand: &Hand, place: &str) -> Result<Line, LayoutError> {
        self.letters = self.letters.saturating_add(words.len());
        if self.letters > limits::LETTERS {
            return Err(LayoutError::TooMany {
                what: "letters on one page",
                most: limits::LETTERS,
            });
        }
        Line::fit(words, hand.size, hand.floor, room, hand.cut).map_err(|why| LayoutError::Text {
            place: place.to_owned(),
            why,
        })
    }

    /// One line of words: its top at `rect`'s, aligned across it, shrunk and cut to its width.
    pub fn line(
        &mut self,
        words: &str,
        rect: &Rect,
        align: Align,
        hand: &Hand,
        place: &str,
    ) -> Result<(), LayoutError> {
        let wrong = |why| LayoutError::Text {
            place: place.to_owned(),
            why,
        };
        if self.blank || words.trim().is_empty() || rect.width() <= 0.0 {
            return Ok(());
        }
        let line = self.set(words, rect.width(), hand, place)?;
        let spare = rect.width() - line.width();
        let x = rect.x0
            + match align {
                Align::Left => 0.0,
                Align::Center => spare / 2.0,
                Align::Right => spare,
            };
        // A line that had to shrink stands on the same base line as its neighbours.
        let base = rect.y0 + Line::ascent(hand.size);
        let density = self.ground.density;
        match line.mask((x * density.0, base * density.1), density).map_err(wrong)? {
            Some(mask) => self.mask(mask, hand.ink),
            None => Ok(()),
        }
    }

    /// Lines of words in a frame, turned or not. Lines that don't fit below each other are left out.
    pub fn block(
        &mut self,
        words: &str,
        rect: &Rect,
        (anchor, spin): (Anchor, Spin),
        hand: &Hand,
        place: &str,
    ) -> Result<(), LayoutError> {
        let turn = match spin {
            Spin::None => Turn::NONE,
            Spin::Left => Turn::LEFT,
            Spin::Right => Turn::RIGHT,
            Spin::Half => Turn::HALF,
            Spin::Auto if rect.height() > rect.width() => Turn::LEFT,
            Spin::Auto => Turn::NONE,
        };
        // Turned words are set on a ground of their own, whose left and top are the frame's, and turned as masks.
        let (wide, high) = if turn.transpose {
            (rect.height(), rect.width())
        } else {
            (rect.width(), rect.height())
        };
        let density = match (turn.transpose, self.ground.density) {
            (true, (x, y)) => (y, x),
            (false, both) => both,
        };
        let (pitch, lines) = (Line::height(hand.size), words.lines().take(limits::TEXT_LINES));
        let fitting = ((high / pitch + 1e-9).floor().max(1.0)).min(limits::TEXT_LINES as f64) as usize;
        let lines: Vec<&str> = lines.take(fitting).collect();
        let frame = Rect::new(0.0, 0.0, wide, high);
        let (_, top) = anchored(&frame, (wide, pitch * lines.len() as f64), anchor);
        let spread = match anchor {
            Anchor::TopLeft | Anchor::Left | Anchor::BottomLeft => 0.0,
            Anchor::Top | Anchor::Center | Anchor::Bottom => 0.5,
            Anchor::TopRight | Anchor::Right | Anchor::BottomRight => 1.0,
        };
        let origin = (rect.x0 * self.ground.density.0, rect.y0 * self.ground.density.1);
        let size = (
            (wide * density.0).round().clamp(1.0, 1e9) as u32,
            (high * density.1).round().clamp(1.0, 1e9) as u32,
        );
        for (index, words) in lines.iter().enumerate() {
            let wrong = |why| LayoutError::Text {
                place: place.to_owned(),
                why,
            };
            let line = self.set(words, wide, hand, place)?;
            let at = (
                (wide - line.width()) * spread * density.0,
                (top + Line::ascent(hand.size) + pitch * index as f64) * density.1,
            );
            let at = if turn == Turn::NONE {
                (origin.0 + at.0, origin.1 + at.1)
            } else {
                at
            };
            let Some(mask) = line.mask(at, density).map_err(wrong)? else {
                continue;
            };
            if turn == Turn::NONE {
                self.mask(mask, hand.ink)?;
                continue;
            }
            let (area, rows) = turn_rows(
                Area {
                    x: mask.x,
                    y: mask.y,
                    width: mask.width,
                    height: mask.height,
                },
                &mask.rows,
                turn,
                size,
            );
            let moved = Coverage {
                x: area.x.saturating_add(origin.0.round() as i32),
                y: area.y.saturating_add(origin.1.round() as i32),
                width: area.width,
                height: area.height,
                rows,
            };
            self.mask(moved, hand.ink)?;
        }
        Ok(())
    }
}

/// A mask's part in an area. `None` when there is none.
fn cut(mask: Coverage, whole: &Area) -> Option<(Area, Vec<u8>)> {
    let side = |from: i32, length: u32, low: i32, room: u32| {
        let (from, low) = (i64::from(from), i64::from(low));
        let start = from.max(low);
        let end = (from + i64::from(length)).min(low + i64::from(room));
        (start, end)
    };
    let (x0, x1) = side(mask.x, mask.width, whole.x, whole.width);
    let (y0, y1) = side(mask.y, mask.height, whole.y, whole.height);
    if x0 >= x1 || y0 >= y1 {
        return None;
    }
    let area = Area {
        x: i32::try_from(x0).ok()?,
        y: i32::try_from(y0).ok()?,
        width: u32::try_from(x1 - x0).ok()?,
        height: u32::try_from(y1 - y0).ok()?,
    };
    if (area.width, area.height) == (mask.width, mask.height) {
        return Some((area, mask.rows));
    }
    let left = usize::try_from(x0 - i64::from(mask.x)).ok()?;
    let top = usize::try_from(y0 - i64::from(mask.y)).ok()?;
    let rows = mask
        .rows
        .chunks_exact(mask.width as usize)
        .skip(top)
        .take(area.height as usize)
        .flat_map(|row| row.iter().skip(left).take(area.width as usize).copied())
        .collect();
    Some((area, rows))
}
