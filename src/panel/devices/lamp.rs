//! Lights: any output pin, or a light that the kernel drives.

use std::time::Duration;

use embedded_hal::digital::OutputPin;

use super::Clock;
use super::latest::{Latest, News};
use super::part::{Part, Troubles};
use crate::panel::pattern::Pattern;
use crate::panel::pins::{Active, LightRole};

/// Between two looks at moving patterns: 25 steps a second, which is an even breath to the eye. There is no pulse width
/// made by software: a light that can't be dimmed by its line is on or off.
const STEP: Duration = Duration::from_millis(40);
/// Between two looks at patterns that stand still: for parts that have come back.
const REST: Duration = Duration::from_secs(1);

/// One light.
pub trait Lamp: Send {
    /// Whether it can be between on and off.
    fn dims(&self) -> bool;

    /// Sets its brightness, 0 to 255. One that is on or off is given 0 or 255.
    ///
    /// # Errors
    /// What went wrong, in words.
    fn set(&mut self, level: u8) -> Result<(), String>;
}

/// A light on an output pin.
#[derive(Debug)]
pub struct PinLamp<P> {
    pin: P,
    active: Active,
}

impl<P: OutputPin> PinLamp<P> {
    /// A light that this level of the pin lights.
    pub fn new(pin: P, active: Active) -> Self {
        PinLamp { pin, active }
    }
}

impl<P: OutputPin + Send> Lamp for PinLamp<P> {
    fn dims(&self) -> bool {
        false
    }

    fn set(&mut self, level: u8) -> Result<(), String> {
        let set = match (level > 0) == (self.active == Active::High) {
            true => self.pin.set_high(),
            false => self.pin.set_low(),
        };
        set.map_err(|error| format!("can't be switched: {error:?}"))
    }
}

/// Drives lights until no more patterns come, then leaves them dark.
pub(super) fn light(
    lamps: Vec<(LightRole, Part<Box<dyn Lamp>>)>,
    patterns: &Latest<Vec<(LightRole, Pattern)>>,
    clock: Clock,
    troubles: &Troubles,
) {
    let mut lamps: Vec<Driven> = lamps.into_iter().map(|(role, part)| Driven::new(role, part)).collect();
    let mut step = REST;
    loop {
        match patterns.wait(step) {
            News::Closed => break,
            News::Same => {}
            News::New(patterns) => {
                for lamp in &mut lamps {
                    let of = patterns.iter().find(|(role, _)| *role == lamp.role);
                    lamp.pattern = of.map_or(Pattern::Off, |(_, pattern)| *pattern);
                }
            }
        }
        for lamp in &mut lamps {
            lamp.drive(clock.now(), troubles);
        }
        step = if lamps.iter().any(|lamp| lamp.pattern.moves()) {
            STEP
        } else {
            REST
        };
    }
    for lamp in &mut lamps {
        lamp.pattern = Pattern::Off;
        lamp.drive(clock.now(), troubles);
    }
}

struct Driven {
    role: LightRole,
    part: Part<Box<dyn Lamp>>,
    pattern: Pattern,
    level: Option<u8>,
}

impl Driven {
    fn new(role: LightRole, part: Part<Box<dyn Lamp>>) -> Self {
        Driven {
            role,
            part,
            pattern: Pattern::Off,
            level: None,
        }
    }

    /// Sets the brightness of a moment, where it is another one.
    fn drive(&mut self, now: u64, troubles: &Troubles) {
        let (pattern, last) = (self.pattern, self.level);
        let was_open = self.part.is_open();
        self.level = self.part.with(now, troubles, |lamp| {
            let level = match (lamp.dims(), pattern.is_on(now)) {
                (true, _) => pattern.level(now),
                (false, true) => u8::MAX,
                (false, false) => 0,
            };
            if !was_open || last != Some(level) {
                lamp.set(level)?;
            }
            Ok(level)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    #[test]
    fn a_pin_is_switched_when_its_pattern_changes_and_not_in_between() {
        let expected = [
            Transaction::set(State::Low),
            Transaction::set(State::High),
            Transaction::set(State::Low),
            Transaction::set(State::High),
        ];
        let mut pin = Mock::new(&expected);
        let lamp = pin.clone();
        let part = Part::new("light", move || {
            Ok(Box::new(PinLamp::new(lamp.clone(), Active::High)) as Box<dyn Lamp>)
        });
        let (mut driven, troubles) = (Driven::new(LightRole::Ready, part), Troubles::default());
        for (pattern, at) in [
            (Pattern::Off, 0),
            (Pattern::Off, 10),
            (Pattern::Flashes(2), 0),
            (Pattern::Flashes(2), 190),
            (Pattern::Flashes(2), 210),
            (Pattern::Flashes(2), 410),
            (Pattern::Steady, 500),
        ] {
            driven.pattern = pattern;
            driven.drive(at, &troubles);
        }
        pin.done();
        assert!(troubles.all().is_empty());
    }

    #[test]
    fn an_active_low_light_is_lit_by_the_low_level() {
        let mut pin = Mock::new(&[Transaction::set(State::Low), Transaction::set(State::High)]);
        let mut lamp = PinLamp::new(pin.clone(), Active::Low);
        lamp.set(255).unwrap();
        lamp.set(0).unwrap();
        pin.done();
    }
}
