//! The first walk over a page: paints nothing, counts what there is to paint, and tells whether it is but one picture.
//!
//! The library's interpreter knows forms, patterns, masks and optional content; a device of our own sees all that would
//! be painted. It stops the walk at the first thing over a limit, which works by unwinding: a device has no other way
//! to say no. The counts do not depend on the machine, so a page that prints here prints everywhere.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::pattern::{Pattern, TilingPattern};
use hayro::hayro_interpret::shading::ShadingType;
use hayro::hayro_interpret::{
    BlendMode, CacheKey, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    Paint, SoftMask, interpret_page,
};
use hayro::hayro_syntax::object::{ObjectIdentifier, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Rect, Shape};

use super::super::super::{PressError, PressLimits};
use super::{geometry, images, settings, unreadable};

/// Most marks of a page: elements of paths, glyphs, pictures, clips and groups, those inside patterns and masks
/// counted each time that they are used. A street map has some hundred thousand. The fuzz targets are slower by far.
const MARKS: u64 = if cfg!(feature = "fuzzing") { 100_000 } else { 4_000_000 };
/// What a clip or a group counts as, and whatever else makes the library set out anew: a form, a pattern's cell, a
/// letter that is drawn. Each costs some microseconds where an element of a path costs a tenth of that. A form has at
/// least one clip, so that forms that name themselves over and over end within a fraction of a second; 80,000 are left
/// to a page that is drawn in earnest.
const SETOUT: usize = 50;
/// Most area that is painted, in pages laid over each other.
const LAYERS: f64 = 3_000.0;
/// Triangles of a patch of a shading.
const PATCH: usize = 200;
/// Most copies of a pattern's cell that its own overlap asks for.
const COPIES: f64 = 10_000.0;

/// What unwinding carries.
enum Stop {
    TooMuch(&'static str),
    Picture(PressError),
}

/// The one picture of a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lone {
    /// Its object.
    pub id: ObjectIdentifier,
    /// From its pixels to the upright page in points.
    pub transform: Affine,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Found {
    Nothing,
    One(Lone),
    More,
}

struct Survey<'l> {
    page: Rect,
    limits: &'l PressLimits,
    marks: u64,
    layers: f64,
    found: Found,
    masks: BTreeSet<u128>,
    too_heavy: Option<PressError>,
}

/// What is on a page.
#[derive(Debug)]
pub struct Surveyed {
    /// The picture that it is, if it is but one.
    pub lone: Option<Lone>,
    /// Different soft masks; the painter keeps each for a band.
    pub masks: usize,
    /// Why the one picture can't be painted, where it is so large that it can only go its own way.
    pub too_heavy: Option<PressError>,
}

/// Walks over a page.
///
/// # Errors
/// [`PressError`] when there is more than the limits allow, or the page can't be read.
pub fn survey<'a>(page: &'a Page<'a>, limits: &PressLimits) -> Result<Surveyed, PressError> {
    let (width, height) = page.render_dimensions();
    let rect = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut survey = Survey {
        page: rect,
        limits,
        marks: 0,
        layers: 0.0,
        found: Found::Nothing,
        masks: BTreeSet::new(),
        too_heavy: None,
    };
    let walk = || {
        let transform = Affine::new(page.initial_transform(true).as_coeffs());
        let cache = InterpreterCache::new();
        let mut context = Context::new(transform, rect, &cache, page.xref(), settings());
        interpret_page(page, &mut context, &mut survey);
    };
    match catch_unwind(AssertUnwindSafe(walk)) {
        Ok(()) => {
            let lone = match survey.found {
                Found::One(lone) => Some(lone),
                Found::Nothing | Found::More => None,
            };
            match survey.too_heavy {
                Some(error) if lone.is_none() => Err(error),
                too_heavy => Ok(Surveyed {
                    lone,
                    masks: survey.masks.len(),
                    too_heavy,
                }),
            }
        }
        Err(cause) => Err(match cause.downcast::<Stop>().map(|s| *s) {
            Ok(Stop::TooMuch(what)) => PressError::Unsupported(format!(
                "the PDF page has more {what} than can be printed: export it as a picture, or flatten it"
            )),
            Ok(Stop::Picture(error)) => error,
            Err(_) => unreadable(),
        }),
    }
}

impl Survey<'_> {
    fn mark(&mut self, marks: usize) {
        self.marks = self.marks.saturating_add(marks as u64);
        if self.marks > MARKS {
            resume_unwind(Box::new(Stop::TooMuch("lines, letters and pictures")));
        }
    }

    fn cover(&mut self, area: Rect) {
        let seen = area.intersect(self.page);
        let whole = self.page.area().max(1.0);
        // What can't be measured counts as a page.
        let part = seen.width().max(0.0) * seen.height().max(0.0) / whole;
        self.layers += if part.is_finite() { part } else { 1.0 };
        if self.layers > LAYERS {
            resume_unwind(Box::new(Stop::TooMuch("areas over each other")));
        }
    }

    /// A tiling's cell is painted into a pixmap never larger than the band, once for each copy that overlaps it.
    fn tiling<'a>(&mut self, tiling: &TilingPattern<'a>, stroke: bool) {
        let overlaps = |side: f64, step: f32| side / f64::from(step).abs() + 2.0;
        let copies = overlaps(tiling.bbox.width(), tiling.x_step) * overlaps(tiling.bbox.height(), tiling.y_step);
        // What is no number is refused too.
        if !(0.0..COPIES).contains(&copies) {
            resume_unwind(Box::new(Stop::TooMuch("copies of a pattern")));
        }
        self.mark(SETOUT);
        let before = self.marks;
        tiling.interpret(self, tiling.matrix, stroke);
        let cell = self.marks.saturating_sub(before);
        self.mark(usize::try_from(cell.saturating_mul(copies as u64)).unwrap_or(usize::MAX));
    }

    fn mask(&mut self, mask: &SoftMask<'_>) {
        self.found = Found::More;
        self.masks.insert(mask.cache_key());
        self.cover(self.page);
        mask.interpret(self);
    }

    fn paint(&mut self, paint: &Paint<'_>, stroke: bool) {
        let Paint::Pattern(pattern) = paint else {
            return;
        };
        match &**pattern {
            Pattern::Tiling(tiling) => self.tiling(tiling, stroke),
            Pattern::Shading(shading) => self.mark(match &*shading.shading.shading_type {
                ShadingType::TriangleMesh { triangles, .. } => triangles.len(),
                ShadingType::CoonsPatchMesh { patches, .. } => patches.len().saturating_mul(PATCH),
                ShadingType::TensorProductPatchMesh { patches, .. } => patches.len().saturating_mul(PATCH),
                _ => 1,
            }),
        }
    }

    fn props(&mut self, props: &DrawProps<'_>, mode: &DrawMode) {
        self.found = Found::More;
        if let Some(mask) = &props.soft_mask {
            self.mask(mask);
        }
        let stroke = matches!(mode, DrawMode::Stroke(_) | DrawMode::FillAndStroke(..));
        self.paint(&props.paint, stroke);
    }

    fn picture(&mut self, stream: &Stream<'_>, size: (u32, u32), transform: Affine) {
        let area = transform.transform_rect_bbox(Rect::new(0.0, 0.0, f64::from(size.0), f64::from(size.1)));
        self.cover(area);
        let lone = stream.dict().obj_id().map(|id| Lone { id, transform });
        self.found = match (self.found, lone) {
            (Found::Nothing, Some(lone)) if geometry::is_whole(area, self.page) => Found::One(lone),
            _ => Found::More,
        };
        // The page's one picture is never painted: its own source reads it, however large it is.
        match (images::check(stream, size, self.limits), self.found) {
            (Err(error), Found::One(_)) => self.too_heavy = Some(error),
            (Err(error), _) => resume_unwind(Box::new(Stop::Picture(error))),
            (Ok(()), _) => {}
        }
    }
}

impl<'a> Device<'a> for Survey<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.mark(path.elements().len());
        self.cover(props.transform.transform_rect_bbox(path.control_box()));
        self.props(&props, mode);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let elements = clip.path.elements().len();
        self.mark(elements + SETOUT);
        // A frame around the page is what programs write; any other clip may hide something.
        if elements > 6 || !geometry::covers(clip.path.bounding_box(), self.page) || !is_frame(&clip.path) {
            self.found = Found::More;
        }
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend: BlendMode) {
        self.mark(SETOUT);
        if opacity != 1.0 || blend != BlendMode::Normal {
            self.found = Found::More;
            self.cover(self.page);
        }
        if let Some(mask) = &mask {
            self.mask(mask);
        }
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.mark(run.glyphs().len());
        if matches!(mode, DrawMode::Invisible) {
            // The words under a scanned page.
            return;
        }
        self.props(&props, mode);
        for glyph in run.glyphs() {
            if let Glyph::Type3(drawn) = &**glyph {
                self.mark(SETOUT);
                drawn.interpret(self, props.transform, glyph.transform(), &props.paint);
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.mark(1);
        let size = (image.width(), image.height());
        match &image {
            Image::Raster(raster) => self.picture(raster.stream(), size, props.transform),
            Image::Stencil(stencil) => {
                self.picture(stencil.stream(), size, props.transform);
                self.found = Found::More;
            }
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// Whether all points of a path are corners of its bounding box.
fn is_frame(path: &BezPath) -> bool {
    use hayro::kurbo::PathEl;
    let rect = path.bounding_box();
    let near = |a: f64, b: f64| (a - b).abs() < 0.01;
    path.elements().iter().all(|element| match element {
        PathEl::MoveTo(p) | PathEl::LineTo(p) => {
            (near(p.x, rect.x0) || near(p.x, rect.x1)) && (near(p.y, rect.y0) || near(p.y, rect.y1))
        }
        PathEl::ClosePath => true,
        PathEl::QuadTo(..) | PathEl::CurveTo(..) => false,
    })
}
