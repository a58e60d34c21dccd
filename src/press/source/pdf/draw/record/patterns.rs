//! Tiling patterns, as steps or as cells.

use std::sync::Arc;

use hayro::hayro_interpret::pattern::TilingPattern;
use hayro::hayro_interpret::{BlendMode, CacheKey, DrawProps};
use hayro::kurbo::{Affine, Rect};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::TRANSPARENT;

use super::super::canvas::Canvas;
use super::super::cell::{Cell, Layout, copies, layout};
use super::super::list::{Op, Paint, Shape, Texture};
use super::{Halt, Recorder, halt};

/// Up to so many copies are painted one by one where they show.
const FEW: i64 = 4;

impl Recorder<'_> {
    /// Fills a shape with a pattern.
    pub(super) fn tiled<'a>(&mut self, shape: Shape, tiling: &TilingPattern<'a>, props: &DrawProps<'a>, stroke: bool) {
        let laid = self.laid(props.soft_mask.as_ref(), props.blend_mode);
        let area = shape.bounds.and(self.page);
        let area = Rect::new(area.x.0.into(), area.y.0.into(), area.x.1.into(), area.y.1.into());
        let (across, down) = copies(tiling, area);
        let count = |range: &std::ops::RangeInclusive<i32>| i64::from(*range.end()) - i64::from(*range.start()) + 1;
        let few = count(&across).max(0).saturating_mul(count(&down).max(0)) <= FEW;
        if !few && let Some(layout) = layout(tiling, false) {
            let cell = self.cell(tiling, &layout, stroke);
            self.push(Op::Fill(shape, Paint::Texture(cell), laid));
            return;
        }
        let apart = tiling.opacity < 1.0 || laid.mask.is_some() || laid.blend != BlendMode::Normal;
        if apart {
            self.push(Op::Group(tiling.opacity, laid, self.page));
        }
        self.push(Op::Clip(shape));
        self.fine += 1;
        for j in down {
            for i in across.clone() {
                let step = (
                    f64::from(i) * f64::from(tiling.x_step.abs()),
                    f64::from(j) * f64::from(tiling.y_step.abs()),
                );
                tiling.interpret(self, tiling.matrix * Affine::translate(step), stroke);
            }
        }
        self.fine -= 1;
        self.push(Op::Unclip);
        if apart {
            self.push(Op::Ungroup);
        }
    }

    /// A pattern as a texture whatever its size.
    pub(super) fn texture_of<'a>(&mut self, tiling: &TilingPattern<'a>, stroke: bool) -> Option<Arc<dyn Texture>> {
        let layout = layout(tiling, true)?;
        Some(self.cell(tiling, &layout, stroke))
    }

    fn cell<'a>(&mut self, tiling: &TilingPattern<'a>, layout: &Layout, stroke: bool) -> Arc<dyn Texture> {
        // Filled and stroked ones may differ in their colour.
        let key = tiling.cache_key() ^ u128::from(stroke);
        if let Some(kept) = self.kept.textures.get(&key) {
            return kept.clone();
        }
        let (width, height) = layout.size;
        self.fine += 1;
        let list = self.nested(layout.size, |recorder| {
            for j in layout.copies.1.clone() {
                for i in layout.copies.0.clone() {
                    let step = (
                        f64::from(i) * f64::from(tiling.x_step.abs()),
                        f64::from(j) * f64::from(tiling.y_step.abs()),
                    );
                    tiling.interpret(recorder, layout.transform * Affine::translate(step), stroke);
                }
            }
        });
        self.fine -= 1;
        // The list goes when the cell is painted.
        self.kept.bytes = self.kept.bytes.saturating_sub(list.bytes);
        let (w, h) = (width.min(65_000) as u16, height.min(65_000) as u16);
        let mut target = Pixmap::new(w, h);
        let mut canvas = Canvas::new(w, height, self.kept.stop.clone());
        if let Err(error) = canvas.paint(0, &mut target, TRANSPARENT, |scene| scene.all(&list)) {
            halt(Halt::Unpainted(error));
        }
        let cell: Arc<dyn Texture> = Arc::new(Cell {
            pixels: target.data_as_u8_slice().to_vec(),
            size: layout.size,
            inverse: layout.transform * tiling.matrix.inverse(),
            opacity: tiling.opacity,
        });
        self.kept.bytes = self.kept.bytes.saturating_add(width as usize * height as usize * 4);
        self.kept.textures.insert(key, cell.clone());
        cell
    }
}
