//! What the lines of a board stand.

use super::Pins;

/// Limits of a board's lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Volts at a line.
    pub volts: f64,
    /// Milliamperes of one line.
    pub line_ma: f64,
    /// Milliamperes of all lines and the display together.
    pub all_ma: f64,
}

/// Those of a Raspberry Pi: 3.3 V, 16 mA of one line (the strongest setting of a pad, BCM2835 ARM Peripherals, GPIO pads
/// control), 50 mA of all (what its makers left to the header's 3.3 V on the first boards, and never took back); the
/// display is counted among them, though it hangs on a supply pin.
pub const LIMITS: Limits = Limits {
    volts: 3.3,
    line_ma: 16.0,
    all_ma: 50.0,
};

/// Less than this through a light can't be seen in a lit room.
const LEAST_MA: f64 = 0.5;
/// Forward voltages that a light can have: below is infrared, above nothing is left for its resistor.
const FORWARD: std::ops::RangeInclusive<f64> = 1.2..=3.1;

/// What flows through a resistor at so many volts, in milliamperes.
pub fn milliamperes(volts: f64, ohms: f64) -> f64 {
    volts / ohms * 1_000.0
}

pub(super) fn check(pins: &Pins) -> Result<(), String> {
    let volts = pins.supply_volts;
    // The comparison is so that what is no number is refused, too.
    if !(volts > 0.0 && volts <= LIMITS.volts) {
        return Err(format!(
            "supply-volts is {volts}, and the lines stand {} V: feed lights, buttons and display from pin 1 or 17",
            LIMITS.volts
        ));
    }
    let mut all = 0.0;
    for light in &pins.lights {
        let (role, forward, ohms) = (light.role.keyword(), light.forward_volts, light.resistor_ohms);
        if !FORWARD.contains(&forward) {
            return Err(format!(
                "the light {role} has forward-volts = {forward}: a light for {volts} V has {} to {}",
                FORWARD.start(),
                FORWARD.end()
            ));
        }
        // A light that has broken to a wire leaves the resistor alone.
        resistor(&format!("the light {role}"), volts, ohms)?;
        let flows = milliamperes(volts - forward, ohms);
        if flows < LEAST_MA {
            return Err(format!(
                "the light {role} gets {flows:.1} mA, which nobody sees: take a smaller resistor"
            ));
        }
        all += flows;
    }
    for button in &pins.buttons {
        resistor(
            &format!("the button {}", button.role.keyword()),
            volts,
            button.resistor_ohms,
        )?;
    }
    all += pins.display.as_ref().map_or(0.0, |display| display.milliamperes);
    if all.is_nan() || all > LIMITS.all_ma {
        return Err(format!(
            "all lights and the display together take {all:.1} mA, and the 3.3 V of the board gives them {} mA: take greater \
             resistors",
            LIMITS.all_ma
        ));
    }
    Ok(())
}

/// A line must stand it alone.
fn resistor(part: &str, volts: f64, ohms: f64) -> Result<(), String> {
    let least = volts / LIMITS.line_ma * 1_000.0;
    if ohms.is_finite() && ohms >= least {
        return Ok(());
    }
    Err(format!(
        "{part} has a resistor of {ohms} ohms: a line gives {} mA at most, also when the part behind the resistor is broken, \
         which takes {least:.0} ohms or more",
        LIMITS.line_ma
    ))
}
