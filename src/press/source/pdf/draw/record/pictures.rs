//! Pictures: decoded once, shared by all places where they stand.

use std::sync::Arc;

use hayro::hayro_interpret::pattern::Pattern;
use hayro::hayro_interpret::{CacheKey, Image, ImageData, ImageDrawProps, LumaData, Paint as Asked};
use hayro::kurbo::{Affine, Rect};

use super::super::list::{Op, Paint, Texture};
use super::super::picture::{Keeping, Picture, Plane, Stencil};
use super::super::samples::{Samples, shrunk};
use super::Recorder;

/// A picture and how it is kept.
pub(super) type Key = (u128, Keeping);

/// A layer of a picture: its samples, its size when it was decoded, what brings its pixels to those that the document
/// counts, and whether they are to be smoothed.
#[derive(Debug, Clone)]
pub(super) struct Layer {
    samples: Arc<Samples>,
    size: (u32, u32),
    scale: (f32, f32),
    smooth: bool,
}

/// Colours and opacity.
#[derive(Debug, Clone, Default)]
pub(super) struct Decoded {
    colour: Option<Layer>,
    alpha: Option<Layer>,
}

impl Recorder<'_> {
    pub(super) fn picture<'a>(&mut self, image: Image<'a, '_>, props: &ImageDrawProps<'a>) {
        let size = (image.width(), image.height());
        let whole = Rect::new(0.0, 0.0, f64::from(size.0), f64::from(size.1));
        if self.rect(whole, props.transform).is_none() {
            return;
        }
        let key = (image.cache_key(), Keeping::of(props.transform, size));
        // A stencil hands out what it is painted with only together with its samples.
        let mut through = None;
        let decoded = match (self.kept.pictures.get(&key), &image) {
            (Some(kept), Image::Raster(_)) => kept.clone(),
            (Some(kept), Image::Stencil(stencil)) => {
                let kept = kept.clone();
                stencil.with_stencil(|_, paint| through = Some(paint.clone()), Some((1, 1)));
                kept
            }
            (None, _) => {
                let decoded = self.decode(&image, size, key.1, props.transform, &mut through);
                self.kept.pictures.insert(key, decoded.clone());
                decoded
            }
        };
        let place = |layer: &Layer| {
            let scale = Affine::scale_non_uniform(layer.scale.0.into(), layer.scale.1.into());
            Plane::new(
                layer.samples.clone(),
                key.1,
                layer.size,
                props.transform * scale,
                layer.smooth,
            )
        };
        let (Some(first), alpha) = (decoded.colour.as_ref().or(decoded.alpha.as_ref()), &decoded.alpha) else {
            return;
        };
        let covered = Rect::new(
            0.0,
            0.0,
            f64::from(first.size.0) * f64::from(first.scale.0),
            f64::from(first.size.1) * f64::from(first.scale.1),
        );
        let texture: Arc<dyn Texture> = match &image {
            Image::Raster(_) => Arc::new(Picture {
                colour: place(first),
                alpha: alpha.as_ref().map(place),
            }),
            Image::Stencil(_) => {
                let through = match through {
                    Some(Asked::Color(colour)) => Paint::Solid(colour.to_rgba().to_rgba8()),
                    Some(Asked::Pattern(pattern)) => match &*pattern {
                        Pattern::Shading(shading) => Paint::Texture(self.shading(shading)),
                        Pattern::Tiling(tiling) => match self.texture_of(tiling, false) {
                            Some(texture) => Paint::Texture(texture),
                            None => return,
                        },
                    },
                    None => return,
                };
                Arc::new(Stencil {
                    holes: place(first),
                    through,
                })
            }
        };
        let Some(shape) = self.rect(covered, props.transform) else {
            return;
        };
        let laid = self.laid(props.soft_mask.as_ref(), props.blend_mode);
        let plain = laid.mask.is_none() && laid.blend == Default::default();
        // A letter made of pixels must not grow by those that it only touches.
        if self.in_glyph > 0 || !plain {
            self.push(Op::Fill(shape, Paint::Texture(texture), laid));
        } else {
            self.push(Op::Cover(shape, Paint::Texture(texture)));
        }
    }

    fn decode<'a>(
        &mut self,
        image: &Image<'a, '_>,
        (width, height): (u32, u32),
        keeping: Keeping,
        place: Affine,
        through: &mut Option<Asked<'a>>,
    ) -> Decoded {
        let [a, b, c, d, ..] = place.as_coeffs();
        let side = |count: u32, scale: f64| (f64::from(count) * scale).ceil().max(1.0) as u32;
        let wanted = (side(width, a.hypot(b)), side(height, c.hypot(d)));
        let mut decoded = Decoded::default();
        match image {
            Image::Raster(raster) => raster.with_rgba(
                |colour, alpha| {
                    let (size, scale, smooth) = (
                        (colour.width(), colour.height()),
                        colour.scale_factors(),
                        colour.interpolate(),
                    );
                    let (data, channels) = match colour {
                        ImageData::Rgb(rgb) => (rgb.data, 3),
                        ImageData::Luma(luma) => (luma.data, 1),
                    };
                    decoded.colour = Some(self.layer(data, size, channels, scale, smooth, keeping));
                    decoded.alpha = alpha.map(|alpha| {
                        // It covers what the colours cover, whatever its own size.
                        let cover = |colour: u32, scale: f32, alpha: u32| colour as f32 * scale / alpha.max(1) as f32;
                        let scale = (
                            cover(size.0, scale.0, alpha.width),
                            cover(size.1, scale.1, alpha.height),
                        );
                        Layer {
                            scale,
                            ..self.luma(alpha, keeping)
                        }
                    });
                },
                Some(wanted),
            ),
            Image::Stencil(stencil) => {
                stencil.with_stencil(
                    |holes, paint| {
                        decoded.alpha = Some(self.luma(holes, keeping));
                        *through = Some(paint.clone());
                    },
                    Some(wanted),
                );
            }
        }
        decoded
    }

    fn luma(&mut self, luma: LumaData, keeping: Keeping) -> Layer {
        let size = (luma.width, luma.height);
        self.layer(luma.data, size, 1, luma.scale_factors, luma.interpolate, keeping)
    }

    fn layer(
        &mut self,
        data: Vec<u8>,
        size: (u32, u32),
        channels: usize,
        scale: (f32, f32),
        smooth: bool,
        keeping: Keeping,
    ) -> Layer {
        let (data, kept) = if keeping.turn.is_none() && (keeping.size.0 < size.0 || keeping.size.1 < size.1) {
            let to = (keeping.size.0.min(size.0), keeping.size.1.min(size.1));
            (shrunk(&data, size, channels, to), to)
        } else {
            (data, size)
        };
        let kept = Samples::keep(
            data,
            kept,
            channels,
            keeping.turn(),
            &mut self.kept.room,
            &self.kept.limits,
        );
        Layer {
            samples: Arc::new(kept.unwrap_or_else(|error| self.failed(error))),
            size,
            scale,
            smooth,
        }
    }
}
