//! The device that writes down what the interpreter paints.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro::hayro_interpret::pattern::Pattern;
use hayro::hayro_interpret::{
    BlendMode, CacheKey, DrawProps, FillRule, MaskType, Paint as Asked, SoftMask, StrokeProps,
};
use hayro::kurbo::{Affine, BezPath, Rect, Shape as _};

use super::super::super::super::{PressError, PressLimits};
use super::canvas::Unpainted;
use super::list::{Kind, Laid, List, Mask, Op, Outline, Paint, Shape, Texture};
use super::outline::{Bounds, Frame, Lines, Upright};
use super::samples::Room;
use super::shade::Shade;
use super::stroke::outline;

mod device;
mod patterns;
mod pictures;

/// What unwinding carries out of the interpreter, which knows no other way to stop.
pub enum Halt {
    /// The list would be longer than memory allows.
    Long,
    /// See there.
    Unpainted(Unpainted),
}

/// Ends the interpreter's walk.
pub fn halt(why: Halt) -> ! {
    std::panic::resume_unwind(Box::new(why))
}

/// What is kept from one walk over a page to the next.
pub struct Kept {
    outlines: HashMap<u128, Arc<BezPath>>,
    masks: HashMap<u128, Arc<Mask>>,
    textures: HashMap<u128, Arc<dyn Texture>>,
    pictures: HashMap<pictures::Key, pictures::Decoded>,
    room: Room,
    limits: PressLimits,
    stop: Arc<AtomicBool>,
    /// Bytes of lists and cells inside of what is kept.
    bytes: usize,
}

impl Kept {
    /// Nothing yet.
    pub fn new(limits: PressLimits, stop: Arc<AtomicBool>) -> Kept {
        Kept {
            outlines: HashMap::new(),
            masks: HashMap::new(),
            textures: HashMap::new(),
            pictures: HashMap::new(),
            room: Room::default(),
            limits,
            stop,
            bytes: 0,
        }
    }
}

/// A list that is being written.
#[derive(Default)]
struct Open {
    list: List,
    clips: Vec<Bounds>,
    groups: Vec<Group>,
}

/// An open group.
struct Group {
    /// Its step.
    at: usize,
    bounds: Bounds,
    /// Whether it paints as its steps would without it, as far as is known.
    plain: bool,
}

/// Where the page's own steps go.
pub enum Sink<'s> {
    /// Into a list of at most so many bytes.
    List(usize),
    /// Out at once.
    Out(&'s mut dyn FnMut(&Op) -> Result<(), Unpainted>),
}

/// See the head of the file.
pub struct Recorder<'s> {
    kept: &'s mut Kept,
    sink: Sink<'s>,
    /// What is written now, the innermost last. The first is the page's.
    open: Vec<Open>,
    frame: Frame,
    page: Bounds,
    /// Lines inside of cells and glyphs may be thinner than a pixel.
    fine: u32,
    in_glyph: u32,
}

impl<'s> Recorder<'s> {
    /// For a page of this size.
    pub fn new(kept: &'s mut Kept, sink: Sink<'s>, (width, height): (u32, u32)) -> Recorder<'s> {
        Recorder {
            kept,
            sink,
            open: vec![Open::default()],
            frame: Frame::new(width, height),
            page: whole(width, height),
            fine: 0,
            in_glyph: 0,
        }
    }

    /// The page's list.
    pub fn finish(mut self) -> List {
        self.open.pop().map(|open| open.list).unwrap_or_default()
    }

    fn failed(&self, error: PressError) -> ! {
        halt(Halt::Unpainted(Unpainted::Failed(error)))
    }

    fn push(&mut self, op: Op) {
        if self.kept.stop.load(Ordering::Relaxed) {
            halt(Halt::Unpainted(Unpainted::Stopped));
        }
        let nested = self.open.len() > 1;
        if !nested && let Sink::Out(out) = &mut self.sink {
            if let Err(error) = out(&op) {
                halt(Halt::Unpainted(error));
            }
            return;
        }
        let Some(open) = self.open.last_mut() else {
            return;
        };
        open.list.bytes += op.bytes();
        let most = match (&self.sink, nested) {
            (Sink::List(most), _) => *most,
            // What masks and cells are made of has to be kept in any case.
            (Sink::Out(_), _) => usize::try_from(self.kept.limits.memory / 4).unwrap_or(usize::MAX),
        };
        if open.list.bytes.saturating_add(self.kept.bytes) > most {
            match self.sink {
                Sink::List(_) => halt(Halt::Long),
                Sink::Out(_) => halt(Halt::Unpainted(Unpainted::Failed(PressError::Unsupported(
                    "the PDF page has larger masks or patterns than can be printed: flatten it and send it again"
                        .into(),
                )))),
            }
        }
        match &op {
            Op::Fill(shape, _, laid) => open.marked(shape.bounds, laid.blend == BlendMode::Normal),
            Op::Cover(shape, _) => open.marked(shape.bounds, true),
            Op::Clip(shape) => {
                let left = open.clips.last().map_or(shape.bounds, |c| c.and(shape.bounds));
                open.clips.push(left);
            }
            Op::Unclip => {
                open.clips.pop();
            }
            Op::Group(opacity, laid, _) => open.groups.push(Group {
                at: open.list.ops.len(),
                bounds: Bounds::NONE,
                plain: *opacity >= 1.0 && laid.mask.is_none() && laid.blend == BlendMode::Normal,
            }),
            Op::Ungroup => {
                let Some(group) = open.groups.pop() else {
                    return;
                };
                let mut blends = false;
                if let Some(Op::Group(_, laid, bounds)) = open.list.ops.get_mut(group.at) {
                    *bounds = group.bounds;
                    blends = laid.blend != BlendMode::Normal;
                }
                if let Some(outer) = open.groups.last_mut() {
                    outer.bounds = outer.bounds.with(group.bounds);
                    outer.plain &= !blends;
                }
                if group.plain {
                    if let Some(op) = open.list.ops.get_mut(group.at) {
                        *op = Op::Pass;
                    }
                    return;
                }
            }
            Op::Pass => {}
        }
        open.list.ops.push(op);
    }

    /// Writes what `paint` paints into a list of its own, for a plane of that size.
    fn nested(&mut self, (width, height): (u32, u32), paint: impl FnOnce(&mut Self)) -> List {
        let (frame, page) = (self.frame, self.page);
        (self.frame, self.page) = (Frame::new(width, height), whole(width, height));
        self.open.push(Open::default());
        paint(self);
        (self.frame, self.page) = (frame, page);
        let list = self.open.pop().map(|open| open.list).unwrap_or_default();
        self.kept.bytes = self.kept.bytes.saturating_add(list.bytes);
        list
    }

    fn shape(&self, outline: Outline, rule: FillRule) -> Option<Shape> {
        let bounds = match &outline {
            Outline::Lines(lines) => lines.bounds()?,
            Outline::Upright(upright) => upright.bounds(),
            Outline::Glyph(path, place) => {
                let around = place.transform_rect_bbox(path.control_box());
                Upright::new(around, Affine::IDENTITY, &self.frame)?.bounds()
            }
        };
        (!bounds.and(self.page).is_empty()).then_some(Shape { outline, rule, bounds })
    }

    fn path(&self, path: &BezPath, transform: Affine, rule: FillRule) -> Option<Shape> {
        let lines = Lines::new(path, transform, &self.frame);
        self.shape(Outline::Lines(Arc::new(lines)), rule)
    }

    fn rect(&self, rect: Rect, transform: Affine) -> Option<Shape> {
        match Upright::new(rect, transform, &self.frame) {
            Some(upright) => self.shape(Outline::Upright(upright), FillRule::NonZero),
            None => self.path(&rect.to_path(0.1), transform, FillRule::NonZero),
        }
    }

    fn laid<'a>(&mut self, mask: Option<&SoftMask<'a>>, blend: BlendMode) -> Laid {
        Laid {
            blend,
            mask: mask.map(|mask| self.mask(mask)),
        }
    }

    fn mask<'a>(&mut self, mask: &SoftMask<'a>) -> Arc<Mask> {
        let key = mask.cache_key();
        if let Some(kept) = self.kept.masks.get(&key) {
            return kept.clone();
        }
        let [x, y] = [self.page.x.1, self.page.y.1].map(i32::unsigned_abs);
        let list = self.nested((x, y), |recorder| mask.interpret(recorder));
        let made = Arc::new(Mask {
            kind: match mask.mask_type() {
                MaskType::Luminosity => Kind::Luminosity,
                MaskType::Alpha => Kind::Alpha,
            },
            background: match mask.mask_type() {
                MaskType::Luminosity => mask.background_color().to_rgba().to_rgba8(),
                MaskType::Alpha => [0; 4],
            },
            transfer: mask.transfer_function().map(|function| {
                let mut table = Box::new([0; 256]);
                table.iter_mut().zip(0..).for_each(|(to, from)| *to = from);
                function.apply_to(&mut table[..]);
                table
            }),
            list,
        });
        self.kept.masks.insert(key, made.clone());
        made
    }

    /// Fills a shape, whatever with.
    fn fill<'a>(&mut self, shape: Option<Shape>, props: &DrawProps<'a>, stroke: bool) {
        let Some(shape) = shape else {
            return;
        };
        match &props.paint {
            Asked::Color(colour) => {
                let colour = colour.to_rgba().to_rgba8();
                if colour[3] == 0 && props.blend_mode == BlendMode::Normal {
                    return;
                }
                let laid = self.laid(props.soft_mask.as_ref(), props.blend_mode);
                self.push(Op::Fill(shape, Paint::Solid(colour), laid));
            }
            Asked::Pattern(pattern) => match &**pattern {
                Pattern::Shading(shading) => {
                    let laid = self.laid(props.soft_mask.as_ref(), props.blend_mode);
                    let clip = shading.shading.clip_path.as_ref();
                    let clip = clip.map(|path| self.path(path, Affine::IDENTITY, FillRule::NonZero));
                    let texture = self.shading(shading);
                    match clip {
                        // Clipped to nothing.
                        Some(None) => {}
                        Some(Some(clip)) => {
                            self.push(Op::Clip(clip));
                            self.push(Op::Fill(shape, Paint::Texture(texture), laid));
                            self.push(Op::Unclip);
                        }
                        None => self.push(Op::Fill(shape, Paint::Texture(texture), laid)),
                    }
                }
                Pattern::Tiling(tiling) => self.tiled(shape, tiling, props, stroke),
            },
        }
    }

    fn shading(&mut self, shading: &hayro::hayro_interpret::pattern::ShadingPattern) -> Arc<dyn Texture> {
        let key = shading.cache_key();
        // A transfer function is not in the key.
        let plain = shading.transfer_function.is_none();
        if plain && let Some(kept) = self.kept.textures.get(&key) {
            return kept.clone();
        }
        let made: Arc<dyn Texture> = Arc::new(Shade::new(shading.clone()));
        self.kept.bytes = self.kept.bytes.saturating_add(Shade::BYTES);
        if plain {
            self.kept.textures.insert(key, made.clone());
        }
        made
    }

    fn stroke<'a>(&mut self, path: &BezPath, props: &DrawProps<'a>, stroke: &StrokeProps, thinnest: f64) {
        let outline = outline(path, props.transform, stroke, thinnest, self.fine > 0);
        let shape = self.path(&outline, props.transform, FillRule::NonZero);
        self.fill(shape, props, true);
    }

    fn outline_of(&mut self, glyph: &hayro::hayro_interpret::font::OutlineGlyph) -> Arc<BezPath> {
        let key = glyph.identifier().cache_key();
        if let Some(kept) = self.kept.outlines.get(&key) {
            return kept.clone();
        }
        let made = Arc::new(glyph.outline());
        self.kept.bytes = self.kept.bytes.saturating_add(size_of_val(made.elements()));
        self.kept.outlines.insert(key, made.clone());
        made
    }
}

impl Open {
    fn marked(&mut self, bounds: Bounds, normal: bool) {
        let seen = self.clips.last().map_or(bounds, |clip| clip.and(bounds));
        self.list.bounds = self.list.bounds.with(seen);
        if let Some(group) = self.groups.last_mut() {
            group.bounds = group.bounds.with(seen);
            group.plain &= normal;
        }
    }
}

fn whole(width: u32, height: u32) -> Bounds {
    let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    Bounds {
        x: (0, side(width)),
        y: (0, side(height)),
    }
}
