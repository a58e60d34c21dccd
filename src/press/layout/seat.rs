//! How one picture lies in its face: size, crop, turn, place. In millimetres.

use super::compose::Subject;
use super::describe::{Anchor, Fit, Look, Spin};
use super::measure::Rect;
use super::place::UNTOLD_DPI;
use super::{Turn, Window};

/// Millimetres that are rounding, not a cut.
const HAIR: f64 = 1e-6;

/// A picture in its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seat {
    pub rect: Rect,
    pub turn: Turn,
    /// In pixels of the turned picture.
    pub window: Window,
}

impl Seat {
    /// What of it lies in `clip`.
    pub fn cut(&self, clip: &Rect) -> Option<Seat> {
        let rect = self.rect.and(clip);
        if rect.is_empty() || self.rect.is_empty() {
            return None;
        }
        let (x, width) = part((self.rect.x0, self.rect.x1), (rect.x0, rect.x1));
        let (y, height) = part((self.rect.y0, self.rect.y1), (rect.y0, rect.y1));
        let w = self.window;
        Some(Seat {
            rect,
            turn: self.turn,
            window: Window {
                x: w.x + w.width * x,
                y: w.y + w.height * y,
                width: w.width * width,
                height: w.height * height,
            },
        })
    }

    /// Reaching `by` millimetres further on every side, at the same scale; beyond a picture of `size` pixels (turned)
    /// by its own width and height at the most.
    pub fn reach(&self, by: f64, size: (u32, u32)) -> Seat {
        let w = self.window;
        let axis = |rect: (f64, f64), from: f64, length: f64, pixels: u32| {
            let scale = length / (rect.1 - rect.0);
            let pixels = f64::from(pixels);
            let near = (by * scale).min(from + pixels);
            let far = (by * scale).min(2.0 * pixels - from - length);
            (
                (rect.0 - near / scale, rect.1 + far / scale),
                from - near,
                length + near + far,
            )
        };
        let ((x0, x1), x, width) = axis((self.rect.x0, self.rect.x1), w.x, w.width, size.0);
        let ((y0, y1), y, height) = axis((self.rect.y0, self.rect.y1), w.y, w.height, size.1);
        Seat {
            rect: Rect { x0, y0, x1, y1 },
            turn: self.turn,
            window: Window { x, y, width, height },
        }
    }
}

/// Where `inner` starts in `outer` and how much of it it is, from 0 to 1. Exact where nothing is cut.
fn part(outer: (f64, f64), inner: (f64, f64)) -> (f64, f64) {
    if outer == inner {
        return (0.0, 1.0);
    }
    let length = outer.1 - outer.0;
    ((inner.0 - outer.0) / length, (inner.1 - inner.0) / length)
}

/// A point of the upright picture, from 0 to 1, where the turn brings it.
fn turned(turn: Turn, x: f64, y: f64) -> (f64, f64) {
    let x = if turn.flip_x { 1.0 - x } else { x };
    let y = if turn.flip_y { 1.0 - y } else { y };
    if turn.transpose { (y, x) } else { (x, y) }
}

/// Places a picture in its face. `None` when the face is empty.
pub(super) fn seat(subject: &Subject, face: &Rect, look: &Look) -> Option<Seat> {
    if face.is_empty() || subject.picture.width == 0 || subject.picture.height == 0 {
        return None;
    }
    let (wide, high) = (f64::from(subject.picture.width), f64::from(subject.picture.height));
    // Millimetres of a pixel at the picture's own resolution; only their ratio counts unless the size is the actual one.
    let own = subject.picture.resolution.map_or((UNTOLD_DPI, UNTOLD_DPI), |r| {
        (f64::from(r.x.max(1)), f64::from(r.y.max(1)))
    });
    let unit = (25.4 / own.0, 25.4 / own.1);
    let shown = subject.window();
    let turn = match look.turn {
        Spin::None => Turn::NONE,
        Spin::Left => Turn::LEFT,
        Spin::Right => Turn::RIGHT,
        Spin::Half => Turn::HALF,
        Spin::Auto => {
            let (w, h) = (shown.width * unit.0, shown.height * unit.1);
            let lies = |w: f64, h: f64| w > h;
            let square = (w - h).abs() <= HAIR || (face.width() - face.height()).abs() <= HAIR;
            if !square && lies(w, h) != lies(face.width(), face.height()) {
                Turn::LEFT
            } else {
                Turn::NONE
            }
        }
    };
    let (wide, high, unit) = if turn.transpose {
        (high, wide, (unit.1, unit.0))
    } else {
        (wide, high, unit)
    };
    let focus = subject.focus.or(look.focus.map(|[x, y]| (x, y)));
    let middle = {
        let stored = if turn.transpose { (high, wide) } else { (wide, high) };
        let in_picture = |v: (f64, f64)| turned(turn, v.0, v.1);
        let a = in_picture((shown.x / stored.0, shown.y / stored.1));
        let b = in_picture(((shown.x + shown.width) / stored.0, (shown.y + shown.height) / stored.1));
        (a, b, focus.map(in_picture))
    };
    let (a, b, focus) = middle;
    let mut window = Window {
        x: a.0.min(b.0) * wide,
        y: a.1.min(b.1) * high,
        width: (a.0 - b.0).abs() * wide,
        height: (a.1 - b.1).abs() * high,
    };
    if shown == subject.whole() {
        window = Window {
            x: 0.0,
            y: 0.0,
            width: wide,
            height: high,
        };
    }
    let focus = focus.map_or(
        (window.x + window.width / 2.0, window.y + window.height / 2.0),
        |(x, y)| (x * wide, y * high),
    );
    if let Some(aspect) = look.aspect {
        let ratio = window.width * unit.0 / (window.height * unit.1);
        if ratio > aspect {
            crop(&mut window.x, &mut window.width, aspect / ratio, focus.0);
        } else {
            crop(&mut window.y, &mut window.height, ratio / aspect, focus.1);
        }
    }
    let natural = (window.width * unit.0, window.height * unit.1);
    let scale = match look.fit {
        Fit::Fit => (face.width() / natural.0).min(face.height() / natural.1),
        Fit::Fill => (face.width() / natural.0).max(face.height() / natural.1),
        Fit::Actual => look
            .long_side
            .map_or(1.0, |side| side / (wide * unit.0).max(high * unit.1)),
    };
    let mut size = (natural.0 * scale, natural.1 * scale);
    if size.0 > face.width() + HAIR {
        crop(&mut window.x, &mut window.width, face.width() / size.0, focus.0);
    }
    if size.1 > face.height() + HAIR {
        crop(&mut window.y, &mut window.height, face.height() / size.1, focus.1);
    }
    size = (size.0.min(face.width()), size.1.min(face.height()));
    let (x, y) = anchored(face, size, look.anchor);
    let placed = Seat {
        rect: Rect::new(x + look.offset.x, y + look.offset.y, size.0, size.1),
        turn,
        window,
    };
    placed.cut(face)
}

/// Keeps `part` of a window's side, its middle as near the focus as the window allows.
fn crop(from: &mut f64, length: &mut f64, part: f64, focus: f64) {
    let kept = *length * part;
    let last = *from + *length - kept;
    *from = (focus - kept / 2.0).min(last).max(*from);
    *length = kept;
}

/// Left and top of something of this size in a face.
pub(super) fn anchored(face: &Rect, size: (f64, f64), anchor: Anchor) -> (f64, f64) {
    let (spare_x, spare_y) = (face.width() - size.0, face.height() - size.1);
    let (right, down) = match anchor {
        Anchor::TopLeft => (0.0, 0.0),
        Anchor::Top => (0.5, 0.0),
        Anchor::TopRight => (1.0, 0.0),
        Anchor::Left => (0.0, 0.5),
        Anchor::Center => (0.5, 0.5),
        Anchor::Right => (1.0, 0.5),
        Anchor::BottomLeft => (0.0, 1.0),
        Anchor::Bottom => (0.5, 1.0),
        Anchor::BottomRight => (1.0, 1.0),
    };
    (face.x0 + spare_x * right, face.y0 + spare_y * down)
}
