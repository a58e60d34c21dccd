//! Buttons by rppal: a Pi's lines by its registers, edges by the kernel.
//!
//! rppal's author has retired it in July 2025: it gets no more fixes. Nothing here needs it; the character device does all
//! that it does on a Pi, and is what replaces it. Elsewhere than on a Pi the character device is taken anyway.

use std::time::Duration;

use ::rppal::gpio::{Gpio, InputPin, Level, Trigger};

use super::button::Line;
use crate::panel::pins::{Active, ButtonPin, Pull};

/// A button; `None` where this is no Pi.
pub fn line(pin: &ButtonPin, debounce: Duration) -> Option<Result<Box<dyn Line>, String>> {
    let gpio = Gpio::new().ok()?;
    Some(open(&gpio, pin, debounce))
}

fn open(gpio: &Gpio, pin: &ButtonPin, debounce: Duration) -> Result<Box<dyn Line>, String> {
    let failed = |error: ::rppal::gpio::Error| format!("line {} can't be had: {error}", pin.line);
    let line = u8::try_from(pin.line).map_err(|_| format!("there is no line {}", pin.line))?;
    let of = gpio.get(line).map_err(failed)?;
    let mut input = match pin.pull {
        Pull::Up => of.into_input_pullup(),
        Pull::Down => of.into_input_pulldown(),
        Pull::None => of.into_input(),
    };
    input.set_interrupt(Trigger::Both, Some(debounce)).map_err(failed)?;
    Ok(Box::new(PiLine {
        input,
        active: pin.active,
    }))
}

struct PiLine {
    input: InputPin,
    active: Active,
}

impl Line for PiLine {
    fn is_down(&mut self) -> Result<bool, String> {
        Ok((self.input.read() == Level::High) == (self.active == Active::High))
    }

    fn wait(&mut self, most: Duration) -> Result<Option<bool>, String> {
        let event = self.input.poll_interrupt(false, Some(most));
        match event.map_err(|error| format!("stopped answering: {error}"))? {
            None => Ok(None),
            Some(event) => {
                let high = event.trigger == Trigger::RisingEdge;
                Ok(Some(high == (self.active == Active::High)))
            }
        }
    }
}
