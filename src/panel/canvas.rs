//! The dots of the display, in memory.

use std::convert::Infallible;

use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{DrawTarget, OriginDimensions, Pixel, Size};

/// Dots of a row.
pub const WIDTH: usize = 128;
/// Rows.
pub const HEIGHT: usize = 64;

/// The dots.
#[derive(Clone, PartialEq, Eq)]
pub struct Canvas(Box<[[bool; WIDTH]; HEIGHT]>);

impl Default for Canvas {
    fn default() -> Self {
        Canvas(Box::new([[false; WIDTH]; HEIGHT]))
    }
}

impl std::fmt::Debug for Canvas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Canvas({} dots lit)", self.lit())
    }
}

impl Canvas {
    /// The rows, from above.
    pub fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.0.iter().map(<[bool; WIDTH]>::as_slice)
    }

    /// How many dots are lit.
    pub fn lit(&self) -> usize {
        self.rows().flatten().filter(|dot| **dot).count()
    }

    /// A PNG of 8-bit grey, each dot `scale` pixels wide.
    ///
    /// # Errors
    /// What the library says; none is known for such a picture.
    pub fn png(&self, scale: usize) -> Result<Vec<u8>, png::EncodingError> {
        let scale = scale.clamp(1, 16);
        let row = |dots: &[bool]| -> Vec<u8> {
            let grey = dots.iter().map(|dot| if *dot { 0xf2 } else { 0x12 });
            grey.flat_map(|grey| std::iter::repeat_n(grey, scale)).collect()
        };
        let pixels: Vec<u8> = self
            .rows()
            .flat_map(|dots| std::iter::repeat_n(row(dots), scale))
            .flatten()
            .collect();
        let mut file = Vec::new();
        let side = |dots: usize| u32::try_from(dots * scale).unwrap_or(u32::MAX);
        let mut encoder = png::Encoder::new(&mut file, side(WIDTH), side(HEIGHT));
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.write_header()?.write_image_data(&pixels)?;
        Ok(file)
    }
}

impl OriginDimensions for Canvas {
    fn size(&self) -> Size {
        Size::new(WIDTH as u32, HEIGHT as u32)
    }
}

impl DrawTarget for Canvas {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<BinaryColor>>,
    {
        for Pixel(at, color) in pixels {
            let place = (usize::try_from(at.y), usize::try_from(at.x));
            if let (Ok(y), Ok(x)) = place
                && let Some(dot) = self.0.get_mut(y).and_then(|row| row.get_mut(x))
            {
                *dot = color.is_on();
            }
        }
        Ok(())
    }
}
