//! The interpreter's calls, one by one.

use std::sync::Arc;

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, SoftMask,
};
use hayro::kurbo::{Affine, BezPath, Rect, Shape as _};

use super::super::list::{Op, Outline, Shape};
use super::super::outline::{Bounds, Lines, Upright};
use super::Recorder;

/// Pixels to which a thin line is widened.
const LINE: f64 = 1.0;
/// The same for the outlines of letters, which would become bold otherwise.
const LETTER: f64 = 0.25;

impl<'a> Device<'a> for Recorder<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        if let DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) = mode {
            let shape = self.path(path, props.transform, *rule);
            self.fill(shape, &props, false);
        }
        if let DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) = mode {
            self.stroke(path, &props, stroke, LINE);
        }
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        if let DrawMode::Fill(_) | DrawMode::FillAndStroke(..) = mode {
            let shape = self.rect(*rect, props.transform);
            self.fill(shape, &props, false);
        }
        if let DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) = mode {
            self.stroke(&rect.to_path(0.1), &props, stroke, LINE);
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let lines = Lines::new(&clip.path, Affine::IDENTITY, &self.frame);
        let bounds = lines.bounds().unwrap_or(Bounds::NONE);
        self.push(Op::Clip(Shape {
            outline: Outline::Lines(Arc::new(lines)),
            rule: clip.fill,
            bounds,
        }));
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        match Upright::new(*rect, Affine::IDENTITY, &self.frame) {
            Some(upright) => self.push(Op::Clip(Shape {
                bounds: upright.bounds(),
                outline: Outline::Upright(upright),
                rule: FillRule::NonZero,
            })),
            None => self.push_clip_path(&ClipPath {
                path: rect.to_path(0.1),
                fill: FillRule::NonZero,
            }),
        }
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend: BlendMode) {
        let laid = self.laid(mask.as_ref(), blend);
        self.push(Op::Group(opacity, laid, self.page));
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        let fills = matches!(mode, DrawMode::Fill(_) | DrawMode::FillAndStroke(..));
        if matches!(mode, DrawMode::Invisible) {
            return;
        }
        for glyph in run.glyphs() {
            match &**glyph {
                Glyph::Outline(outline) if fills => {
                    let outline = Outline::Glyph(self.outline_of(outline), props.transform * glyph.transform());
                    let shape = self.shape(outline, FillRule::NonZero);
                    self.fill(shape, &props, false);
                }
                Glyph::Outline(_) => {}
                Glyph::Type3(drawn) => {
                    self.in_glyph += 1;
                    self.fine += 1;
                    drawn.interpret(self, props.transform, glyph.transform(), &props.paint);
                    self.fine -= 1;
                    self.in_glyph -= 1;
                }
            }
        }
        let (DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke)) = mode else {
            return;
        };
        for glyph in run.glyphs() {
            if let Glyph::Outline(outline) = &**glyph {
                let path = glyph.transform() * BezPath::clone(&self.outline_of(outline));
                self.stroke(&path, &props, stroke, LETTER);
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.picture(image, &props);
    }

    fn pop_clip(&mut self) {
        self.push(Op::Unclip);
    }

    fn pop_transparency_group(&mut self) {
        self.push(Op::Ungroup);
    }
}
