//! Paints the part of a list that lies in a band, by `vello_cpu`.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use hayro::hayro_interpret::{BlendMode, FillRule};
use hayro::kurbo::{Affine, BezPath};
use hayro::vello_cpu::color::{AlphaColor, Srgb};
use hayro::vello_cpu::peniko::{self, Compose, Extend, Fill, ImageQuality, ImageSampler, Mix};
use hayro::vello_cpu::{
    Image, ImageSource, Mask as Stencil, PaintType, PixelMetadata, Pixmap, RasterizerSettings, RenderContext,
    Resources, TargetInit,
};

use super::super::super::super::PressError;
use super::list::{Kind, Laid, List, Mask, Op, Outline, Paint, Shape};
use super::outline::{Bounds, Frame, Lines};

/// Most bytes of textures and masks that a band holds while it is painted; a band that needs more is painted in parts.
const HELD: usize = 48 << 20;
/// Fewest rows of a part, and what their number is a multiple of: the painter works on 4 rows at a time.
pub const LEAST: u32 = 16;

/// Why a band was not painted.
#[derive(Debug)]
pub enum Unpainted {
    /// It needs more memory than a band may have: paint fewer rows at once.
    TooMuch,
    /// Nobody waits for it any more.
    Stopped,
    /// A picture's file can't be read, or the like.
    Failed(PressError),
}

impl From<PressError> for Unpainted {
    fn from(error: PressError) -> Self {
        Unpainted::Failed(error)
    }
}

/// What is used again from band to band.
pub struct Canvas {
    width: u16,
    frame: Frame,
    scenes: Vec<RenderContext>,
    resources: Resources,
    path: BezPath,
    lines: Lines,
    stop: Arc<AtomicBool>,
}

impl Canvas {
    /// For pages (or cells of patterns) of this size. Painting ends soon after `stop` is set.
    pub fn new(width: u16, height: u32, stop: Arc<AtomicBool>) -> Canvas {
        Canvas {
            width,
            frame: Frame::new(width.into(), height),
            scenes: Vec::new(),
            resources: Resources::default(),
            path: BezPath::new(),
            lines: Lines::default(),
            stop,
        }
    }

    /// Paints rows `top` and following into `target`, over `paper`; `steps` hands the steps to the scene in order.
    ///
    /// Says whether there is anything but paper.
    pub fn paint(
        &mut self,
        top: u32,
        target: &mut Pixmap,
        paper: AlphaColor<Srgb>,
        steps: impl FnOnce(&mut Scene<'_>) -> Result<(), Unpainted>,
    ) -> Result<bool, Unpainted> {
        let (width, rows) = (self.width, target.height());
        let mut context = self.scenes.pop().unwrap_or_else(|| RenderContext::new(width, rows));
        context.reset_and_resize(width, rows);
        let top = i32::try_from(top).unwrap_or(i32::MAX - 70_000);
        let mut scene = Scene {
            canvas: self,
            context,
            band: Bounds {
                x: (0, width.into()),
                y: (top, top + i32::from(rows)),
            },
            clips: Vec::new(),
            missing: 0,
            masks: HashMap::new(),
            held: 0,
            marked: false,
        };
        steps(&mut scene)?;
        let Scene {
            mut context, marked, ..
        } = scene;
        if marked {
            context.flush();
            let over = RasterizerSettings {
                target_init: TargetInit::Clear(paper),
                ..RasterizerSettings::default()
            };
            context.render_with(&mut *target, &mut self.resources, over);
        }
        // What it holds of this band goes now.
        context.reset();
        self.scenes.push(context);
        Ok(marked)
    }
}

/// A band in the making.
pub struct Scene<'c> {
    canvas: &'c mut Canvas,
    context: RenderContext,
    band: Bounds,
    /// What is left by each open clip.
    clips: Vec<Bounds>,
    /// Open clips and groups that leave nothing of the band.
    missing: u32,
    /// By address, with the mask itself, so that no other comes to lie there.
    masks: HashMap<*const Mask, (Arc<Mask>, Stencil)>,
    held: usize,
    marked: bool,
}

impl Scene<'_> {
    /// Takes all steps of a list.
    pub fn all(&mut self, list: &List) -> Result<(), Unpainted> {
        list.ops.iter().try_for_each(|op| self.step(op))
    }

    /// Takes the next step.
    pub fn step(&mut self, op: &Op) -> Result<(), Unpainted> {
        if self.missing > 0 {
            match op {
                Op::Clip(_) | Op::Group(..) => self.missing += 1,
                Op::Unclip | Op::Ungroup => self.missing -= 1,
                Op::Fill(..) | Op::Cover(..) | Op::Pass => {}
            }
            return Ok(());
        }
        match op {
            Op::Fill(shape, paint, laid) => self.fill(shape, paint, laid, None)?,
            Op::Cover(shape, paint) => self.fill(shape, paint, &Laid::default(), Some(1))?,
            Op::Clip(shape) => {
                let left = shape.bounds.and(self.left());
                if left.is_empty() {
                    self.missing = 1;
                } else {
                    self.clips.push(left);
                    self.outline(
                        shape,
                        |context, path| context.push_clip_path(path),
                        |context, rect| {
                            context.push_clip_rect(&rect);
                        },
                    );
                }
            }
            Op::Unclip => {
                self.clips.pop();
                self.context.pop_clip();
            }
            Op::Group(opacity, laid, bounds) => {
                if bounds.and(self.left()).is_empty() {
                    self.missing = 1;
                } else {
                    let mask = laid.mask.as_ref().map(|mask| self.mask(mask)).transpose()?;
                    self.context
                        .push_layer(None, Some(blend(laid.blend)), Some(*opacity), mask, None);
                }
            }
            Op::Ungroup => self.context.pop_layer(),
            Op::Pass => {}
        }
        Ok(())
    }

    /// The part of the band that open clips leave.
    fn left(&self) -> Bounds {
        self.clips.last().copied().unwrap_or(self.band)
    }

    fn hold(&mut self, bytes: usize) -> Result<(), Unpainted> {
        self.held = self.held.saturating_add(bytes);
        if self.held > HELD && self.band.size().1 > LEAST as usize {
            return Err(Unpainted::TooMuch);
        }
        Ok(())
    }

    fn fill(&mut self, shape: &Shape, paint: &Paint, laid: &Laid, hard: Option<u8>) -> Result<(), Unpainted> {
        let area = shape.bounds.and(self.left());
        if area.is_empty() {
            return Ok(());
        }
        if self.canvas.stop.load(Ordering::Relaxed) {
            return Err(Unpainted::Stopped);
        }
        let paint: PaintType = match paint {
            Paint::Solid([r, g, b, a]) => AlphaColor::from_rgba8(*r, *g, *b, *a).into(),
            Paint::Texture(texture) => {
                let (width, height) = area.size();
                self.hold(width * height * 4)?;
                let mut pixels = Vec::with_capacity(width * height * 4);
                let opaque = texture.paint(area, &mut pixels)?;
                pixels.resize(width * height * 4, 0);
                let (Ok(w), Ok(h)) = (u16::try_from(width), u16::try_from(height)) else {
                    return Ok(());
                };
                let metadata = PixelMetadata {
                    may_have_transparency: !opaque,
                    ..PixelMetadata::default()
                };
                let at = (area.x.0, area.y.0 - self.band.y.0);
                self.context
                    .set_paint_transform(Affine::translate((f64::from(at.0), f64::from(at.1))));
                let image = Image {
                    image: ImageSource::Pixmap(Arc::new(Pixmap::from_parts(pixels, w, h, metadata))),
                    sampler: ImageSampler {
                        x_extend: Extend::Pad,
                        y_extend: Extend::Pad,
                        quality: ImageQuality::Low,
                        alpha: 1.0,
                    },
                };
                image.into()
            }
        };
        match laid.mask.as_ref().map(|mask| self.mask(mask)).transpose()? {
            Some(mask) => self.context.set_mask(mask),
            None => self.context.reset_mask(),
        }
        self.context.set_paint(paint);
        self.context.set_blend_mode(blend(laid.blend));
        self.context.set_aliasing_threshold(hard);
        self.marked = true;
        self.outline(shape, RenderContext::fill_path, |context, rect| {
            context.fill_rect(&rect)
        });
        self.context.set_aliasing_threshold(None);
        Ok(())
    }

    /// Does something with a shape's outline near the band.
    fn outline(
        &mut self,
        shape: &Shape,
        with_path: impl FnOnce(&mut RenderContext, &BezPath),
        with_rect: impl FnOnce(&mut RenderContext, hayro::kurbo::Rect),
    ) {
        self.context.set_fill_rule(match shape.rule {
            FillRule::NonZero => Fill::NonZero,
            FillRule::EvenOdd => Fill::EvenOdd,
        });
        let band = self.band.y;
        match &shape.outline {
            Outline::Upright(upright) => with_rect(&mut self.context, upright.part(band)),
            Outline::Lines(lines) => {
                lines.emit(band, &mut self.canvas.path);
                with_path(&mut self.context, &self.canvas.path);
            }
            Outline::Glyph(outline, place) => {
                let elements = outline.iter().map(|element| *place * element);
                self.canvas.lines.set(elements, &self.canvas.frame);
                self.canvas.lines.emit(band, &mut self.canvas.path);
                with_path(&mut self.context, &self.canvas.path);
            }
        }
    }

    fn mask(&mut self, mask: &Arc<Mask>) -> Result<Stencil, Unpainted> {
        let key = Arc::as_ptr(mask);
        if let Some((_, stencil)) = self.masks.get(&key) {
            return Ok(stencil.clone());
        }
        let (width, height) = self.band.size();
        self.hold(width * height)?;
        let mut target = Pixmap::new(self.canvas.width, height as u16);
        let [r, g, b, a] = mask.background;
        let paper = AlphaColor::from_rgba8(r, g, b, a);
        let top = self.band.y.0.unsigned_abs();
        let marked = self
            .canvas
            .paint(top, &mut target, paper, |scene| scene.all(&mask.list))?;
        let value = |[r, g, b, a]: [u8; 4]| match mask.kind {
            Kind::Alpha => a,
            // Rec. 709, as the library has it, in 1/65536.
            Kind::Luminosity => {
                ((u32::from(r) * 13_933 + u32::from(g) * 46_871 + u32::from(b) * 4_732 + 32_768) >> 16) as u8
            }
        };
        let transferred = |v: u8| mask.transfer.as_ref().map_or(v, |table| table[usize::from(v)]);
        let values = if marked {
            let (pixels, _) = target.data_as_u8_slice().as_chunks::<4>();
            pixels.iter().map(|p| transferred(value(*p))).collect()
        } else {
            vec![transferred(value(mask.background)); width * height]
        };
        let stencil = Stencil::from_parts(values, self.canvas.width, height as u16);
        self.masks.insert(key, (mask.clone(), stencil.clone()));
        Ok(stencil)
    }
}

fn blend(mode: BlendMode) -> peniko::BlendMode {
    let mix = match mode {
        BlendMode::Normal => Mix::Normal,
        BlendMode::Multiply => Mix::Multiply,
        BlendMode::Screen => Mix::Screen,
        BlendMode::Overlay => Mix::Overlay,
        BlendMode::Darken => Mix::Darken,
        BlendMode::Lighten => Mix::Lighten,
        BlendMode::ColorDodge => Mix::ColorDodge,
        BlendMode::ColorBurn => Mix::ColorBurn,
        BlendMode::HardLight => Mix::HardLight,
        BlendMode::SoftLight => Mix::SoftLight,
        BlendMode::Difference => Mix::Difference,
        BlendMode::Exclusion => Mix::Exclusion,
        BlendMode::Hue => Mix::Hue,
        BlendMode::Saturation => Mix::Saturation,
        BlendMode::Color => Mix::Color,
        BlendMode::Luminosity => Mix::Luminosity,
    };
    peniko::BlendMode::new(mix, Compose::SrcOver)
}
