//! The display: an SSD1306 of 128 × 64 dots on any I²C bus.

use std::time::Duration;

use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{DrawTarget, Pixel, Point};
use embedded_hal::i2c::I2c;
use ssd1306::mode::BufferedGraphicsMode;
use ssd1306::prelude::{Brightness, DisplayConfig, DisplayRotation, I2CInterface};
use ssd1306::size::DisplaySize128x64;
use ssd1306::{I2CDisplayInterface, Ssd1306};

use super::Clock;
use super::latest::{Latest, News};
use super::part::{Part, Troubles};
use crate::panel::canvas::Canvas;

/// What is shown is sent again so often, so that a display that was plugged in again comes back.
const AGAIN: u64 = 10_000;
/// Longest wait for another picture.
const WAIT: Duration = Duration::from_secs(1);

/// A display.
pub trait Glass: Send {
    /// Shows a picture; without one it is dark and rests.
    ///
    /// # Errors
    /// What went wrong, in words.
    fn show(&mut self, picture: Option<&Canvas>) -> Result<(), String>;
}

/// An SSD1306.
pub struct Oled<I: I2c> {
    display: Ssd1306<I2CInterface<I>, DisplaySize128x64, BufferedGraphicsMode<DisplaySize128x64>>,
}

impl<I: I2c> Oled<I> {
    /// Finds the display and sets it up.
    ///
    /// # Errors
    /// That it is not there.
    pub fn open(i2c: I, address: u8, turned: bool) -> Result<Self, String> {
        let interface = I2CDisplayInterface::new_custom_address(i2c, address);
        let rotation = match turned {
            false => DisplayRotation::Rotate0,
            true => DisplayRotation::Rotate180,
        };
        let mut display = Ssd1306::new(interface, DisplaySize128x64, rotation).into_buffered_graphics_mode();
        let missing = |error| format!("does not answer at {address:#04x}: {error:?}; look at its four wires");
        display.init().map_err(missing)?;
        // Half as bright lasts longer, and can be read in a lit room.
        display.set_brightness(Brightness::DIM).map_err(missing)?;
        Ok(Oled { display })
    }
}

impl<I: I2c + Send> Glass for Oled<I> {
    fn show(&mut self, picture: Option<&Canvas>) -> Result<(), String> {
        let failed = |error| format!("stopped answering: {error:?}");
        let Some(picture) = picture else {
            return self.display.set_display_on(false).map_err(failed);
        };
        let dots = picture.rows().enumerate().flat_map(|(y, row)| {
            row.iter().enumerate().map(move |(x, dot)| {
                let at = Point::new(x as i32, y as i32);
                Pixel(at, BinaryColor::from(*dot))
            })
        });
        self.display.draw_iter(dots).map_err(failed)?;
        self.display.flush().map_err(failed)?;
        self.display.set_display_on(true).map_err(failed)
    }
}

/// Shows pictures until no more come, then leaves the display dark.
pub(super) fn show(
    mut glass: Part<Box<dyn Glass>>,
    pictures: &Latest<Option<Canvas>>,
    clock: Clock,
    troubles: &Troubles,
) {
    let mut picture = None;
    let mut shown_at = None;
    loop {
        match pictures.wait(WAIT) {
            News::Closed => break,
            News::New(new) => {
                picture = new;
                shown_at = None;
            }
            News::Same => {}
        }
        let now = clock.now();
        if shown_at.is_some_and(|at| now < at + AGAIN) {
            continue;
        }
        let shown = glass.with(now, troubles, |glass| glass.show(picture.as_ref()));
        shown_at = shown.map(|()| now);
    }
    glass.with(clock.now(), troubles, |glass| glass.show(None));
}

#[cfg(test)]
mod tests;
