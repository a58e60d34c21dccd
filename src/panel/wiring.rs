//! The wiring of a panel, drawn and listed from its pin map, so that neither can drift from it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::pins::{Active, Board, HeaderPin, LIMITS, Pins, PinsError, milliamperes};

/// Distance of two rows of the header in the drawing.
const ROW: i32 = 30;
/// Where the first row is.
const TOP: i32 = 70;
/// The columns of the header.
const COLUMNS: [i32; 2] = [430, 470];
/// Where the ground rails are.
const RAILS: [i32; 2] = [70, 830];

/// Write the wiring diagram and the wiring table of a pin map
#[derive(clap::Args)]
pub struct Options {
    /// The pin map
    #[arg(long, value_name = "FILE", default_value = "hardware/panel.toml")]
    pub map: PathBuf,
    /// Where wiring.svg and wiring.md go
    #[arg(long, value_name = "FOLDER", default_value = "hardware")]
    pub out: PathBuf,
}

/// Why nothing was drawn.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// The map is wrong.
    #[error(transparent)]
    Pins(#[from] PinsError),
    /// The board has no header that we know.
    #[error("the pin map is for board = \"other\", whose header is not known: nothing can be drawn")]
    NoHeader,
    /// A file can't be written.
    #[error("{path} can't be written: {source}")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The command.
///
/// # Errors
/// [`WiringError`].
pub fn run(options: &Options) -> Result<(), WiringError> {
    let pins = Pins::read(&options.map)?;
    if pins.board == Board::Other {
        return Err(WiringError::NoHeader);
    }
    write(&options.out.join("wiring.svg"), &svg(&pins))?;
    write(&options.out.join("wiring.md"), &table(&pins))
}

fn write(path: &Path, text: &str) -> Result<(), WiringError> {
    std::fs::write(path, text).map_err(|source| WiringError::Write {
        path: path.to_owned(),
        source,
    })
}

/// A part between a pin of the header and ground, or 3.3 V.
struct Wire {
    name: String,
    colour: String,
    part: String,
    line: u32,
    pin: usize,
    ohms: f64,
    /// Milliamperes while it is lit or pressed.
    ma: f64,
    is_light: bool,
    /// Whether its other end is at ground.
    to_ground: bool,
    other: String,
}

/// Every part with its pin, lights first. Its other end is at a ground pin on the same side of the header, one for all
/// lights there and one for all buttons.
fn wires(pins: &Pins) -> Vec<Wire> {
    let pin = |line| pins.board.pin(line).unwrap_or(0);
    let volts = pins.supply_volts;
    let mut wires: Vec<Wire> = Vec::new();
    wires.extend(pins.lights.iter().map(|light| Wire {
        name: format!("light {}", light.role.keyword()),
        colour: light.colour.to_string(),
        part: light.part.to_string(),
        line: light.line,
        pin: pin(light.line),
        ohms: light.resistor_ohms,
        ma: milliamperes(volts - light.forward_volts, light.resistor_ohms),
        is_light: true,
        to_ground: light.active == Active::High,
        other: String::new(),
    }));
    wires.extend(pins.buttons.iter().map(|button| Wire {
        name: format!("button {}", button.role.keyword()),
        colour: button.colour.to_string(),
        part: button.part.to_string(),
        line: button.line,
        pin: pin(button.line),
        ohms: button.resistor_ohms,
        // Through the chip's pull of 50 kΩ or so.
        ma: milliamperes(volts, 50_000.0),
        is_light: false,
        to_ground: button.active == Active::Low,
        other: String::new(),
    }));
    let grounds = pins_of(pins.board, HeaderPin::Ground);
    let places: Vec<(usize, bool)> = wires.iter().map(|wire| (wire.pin, wire.is_light)).collect();
    for wire in &mut wires {
        let group = |(pin, light): &&(usize, bool)| pin % 2 == wire.pin % 2 && *light == wire.is_light;
        let far = |ground: &usize| -> usize { places.iter().filter(group).map(|(pin, _)| pin.abs_diff(*ground)).sum() };
        let here = grounds.iter().copied().filter(|ground| ground % 2 == wire.pin % 2);
        wire.other = match (wire.to_ground, here.min_by_key(far)) {
            (true, Some(ground)) => format!("GND, pin {ground}"),
            (true, None) => "GND".to_owned(),
            (false, _) => "3.3 V, pin 1".to_owned(),
        };
    }
    wires
}

fn pins_of(board: Board, what: HeaderPin) -> Vec<usize> {
    let header = board.header();
    let found = header.iter().enumerate().filter(|(_, pin)| **pin == what);
    found.map(|(index, _)| index + 1).collect()
}

/// The pins of the display: its name for it, the header's pin, what that is.
fn display_wires() -> [(&'static str, usize, &'static str); 4] {
    [
        ("VIN", 1, "3.3 V"),
        ("SDA", 3, "line 2"),
        ("SCL", 5, "line 3"),
        ("GND", 9, "GND"),
    ]
}

/// The wiring as a table in Markdown.
pub fn table(pins: &Pins) -> String {
    let mut text = String::from(
        "# Wiring\n\nMade from `panel.toml` by `platen panel-wiring`; change that file, not this one.\n\n\
         | part | colour | order number | line | header pin | resistor | other end | current |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    let wires = wires(pins);
    for wire in &wires {
        let current = match wire.is_light {
            true => format!("{:.1} mA", wire.ma),
            false => "below 0.1 mA".to_owned(),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} Ω | {} | {current} |",
            wire.name, wire.colour, wire.part, wire.line, wire.pin, wire.ohms, wire.other
        );
    }
    let mut all: f64 = wires.iter().filter(|wire| wire.is_light).map(|wire| wire.ma).sum();
    if let Some(display) = &pins.display {
        all += display.milliamperes;
        for (name, pin, what) in display_wires() {
            let _ = writeln!(
                text,
                "| display {name} | | {} | {what} | {pin} | | | {} |",
                display.part,
                match name {
                    "VIN" => format!("{} mA at the most", display.milliamperes),
                    _ => String::new(),
                }
            );
        }
        let _ = writeln!(
            text,
            "\nThe display answers at address {:#04x} of I2C bus {}.",
            display.address, display.bus
        );
    }
    let _ = writeln!(
        text,
        "\nAll together {all:.1} mA of {} mA; each line gives {} mA at the most, and none does so even when the part behind its \
         resistor is broken.",
        LIMITS.all_ma, LIMITS.line_ma
    );
    text
}

fn y(pin: usize) -> i32 {
    TOP + i32::try_from((pin.max(1) - 1) / 2).unwrap_or(0) * ROW
}

/// The wiring as a drawing.
pub fn svg(pins: &Pins) -> String {
    let header = pins.board.header();
    let height = TOP + ROW * 20 + 30;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <!-- Made from panel.toml by `platen panel-wiring`. -->\n\
         <rect width=\"900\" height=\"{height}\" fill=\"#ffffff\"/>\n\
         <text x=\"450\" y=\"28\" text-anchor=\"middle\" font-size=\"17\">Front panel: header of 40 pins, seen from above</text>\n\
         <text x=\"450\" y=\"46\" text-anchor=\"middle\" fill=\"#555555\">pin 1 is at the corner of the board, beside the SD card</text>\n"
    );
    let _ = writeln!(
        text,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"#e9eef2\" stroke=\"#44515c\"/>",
        COLUMNS[0] - 22,
        TOP - 16,
        COLUMNS[1] - COLUMNS[0] + 44,
        ROW * 19 + 32
    );
    for (index, pin) in header.iter().enumerate() {
        let (number, x) = (index + 1, COLUMNS[index % 2]);
        let fill = match pin {
            HeaderPin::Line(_) => "#ffffff",
            HeaderPin::Ground => "#444444",
            HeaderPin::Volts3 => "#e8a33d",
            HeaderPin::Volts5 => "#c0392b",
        };
        let ink = if *pin == HeaderPin::Ground {
            "#ffffff"
        } else {
            "#000000"
        };
        let _ = writeln!(
            text,
            "<circle cx=\"{x}\" cy=\"{0}\" r=\"11\" fill=\"{fill}\" stroke=\"#44515c\"/>\
             <text x=\"{x}\" y=\"{1}\" text-anchor=\"middle\" font-size=\"10\" fill=\"{ink}\">{number}</text>",
            y(number),
            y(number) + 4
        );
    }
    let mut rails: [Vec<i32>; 2] = Default::default();
    for wire in wires(pins) {
        draw_wire(&mut text, &wire, &mut rails);
    }
    if pins.display.is_some() {
        draw_display(&mut text);
    }
    for (side, ends) in rails.iter().enumerate() {
        let (Some(from), Some(to)) = (ends.iter().min(), ends.iter().max()) else {
            continue;
        };
        let _ = writeln!(
            text,
            "<path d=\"M{0} {from}V{to}\" stroke=\"#444444\" stroke-width=\"3\" fill=\"none\"/>\
             <text x=\"{0}\" y=\"{1}\" text-anchor=\"middle\">GND</text>",
            RAILS[side],
            to + 20
        );
    }
    text.push_str("</svg>\n");
    text
}

/// A wire from its pin through the resistor and the part to the rail.
fn draw_wire(text: &mut String, wire: &Wire, rails: &mut [Vec<i32>; 2]) {
    let side = usize::from(wire.pin.is_multiple_of(2));
    let y_at = y(wire.pin);
    // All is drawn to the right, and mirrored where the pin is on the left.
    let from = COLUMNS[side] - 450 + if side == 0 { -11 } else { 11 };
    let x = |right: i32| if side == 0 { 450 - right } else { 450 + right };
    let (begin, resistor, part) = (from.abs(), 90, 250);
    let end = if wire.to_ground { (RAILS[side] - 450).abs() } else { 300 };
    let _ = writeln!(
        text,
        "<path d=\"M{} {y_at}H{}M{} {y_at}H{}M{} {y_at}H{}\" stroke=\"#1f6fb2\" stroke-width=\"2\" fill=\"none\"/>",
        x(begin),
        x(resistor),
        x(resistor + 44),
        x(part - 12),
        x(part + 12),
        x(end)
    );
    let left = x(resistor).min(x(resistor + 44));
    let _ = writeln!(
        text,
        "<rect x=\"{left}\" y=\"{}\" width=\"44\" height=\"14\" fill=\"#f6ead0\" stroke=\"#44515c\"/>\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"10\">{} Ω</text>",
        y_at - 7,
        left + 22,
        y_at + 4,
        wire.ohms
    );
    if wire.is_light {
        // The triangle points the way of the current: from the pin, or to it.
        let (base, tip) = if wire.to_ground {
            (part - 12, part + 10)
        } else {
            (part + 12, part - 10)
        };
        let _ = writeln!(
            text,
            "<path d=\"M{0} {1}L{2} {y_at}L{0} {3}ZM{2} {1}V{3}\" fill=\"{4}\" stroke=\"#222222\"/>",
            x(base),
            y_at - 8,
            x(tip),
            y_at + 8,
            wire.colour
        );
    } else {
        let _ = writeln!(
            text,
            "<path d=\"M{} {y_at}L{} {}M{} {}V{}\" stroke=\"#222222\" stroke-width=\"2\" fill=\"none\"/>\
             <circle cx=\"{}\" cy=\"{y_at}\" r=\"3\" fill=\"#222222\"/><circle cx=\"{}\" cy=\"{y_at}\" r=\"3\" fill=\"#222222\"/>",
            x(part - 12),
            x(part + 10),
            y_at - 9,
            x(part),
            y_at - 5,
            y_at - 11,
            x(part - 12),
            x(part + 12)
        );
    }
    let label = (x(resistor + 48) + x(part - 16)) / 2;
    let _ = writeln!(
        text,
        "<text x=\"{label}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\">{} (line {})</text>",
        y_at - 5,
        wire.name,
        wire.line
    );
    if !wire.to_ground {
        let anchor = if side == 0 { "end" } else { "start" };
        let _ = writeln!(
            text,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">3.3 V</text>",
            x(end + 4),
            y_at + 4
        );
        return;
    }
    rails[side].push(y_at);
    let ground = wire.other.rsplit(' ').next().and_then(|pin| pin.parse::<usize>().ok());
    if let Some(at) = ground.map(y)
        && !rails[side].contains(&at)
    {
        rails[side].push(at);
        let _ = writeln!(
            text,
            "<path d=\"M{} {at}H{}\" stroke=\"#444444\" stroke-width=\"2\" fill=\"none\"/>",
            x(begin),
            RAILS[side]
        );
    }
}

fn draw_display(text: &mut String) {
    let (top, bottom) = (y(1) - 14, y(9) + 14);
    let _ = writeln!(
        text,
        "<rect x=\"130\" y=\"{top}\" width=\"120\" height=\"{}\" rx=\"4\" fill=\"#dfe8f5\" stroke=\"#44515c\"/>\
         <text x=\"180\" y=\"{}\" text-anchor=\"middle\">display</text>",
        bottom - top,
        (top + bottom) / 2
    );
    for (name, pin, what) in display_wires() {
        let _ = writeln!(
            text,
            "<path d=\"M{} {1}H250\" stroke=\"#2d8a4e\" stroke-width=\"2\" fill=\"none\"/>\
             <text x=\"244\" y=\"{2}\" text-anchor=\"end\" font-size=\"11\">{name}</text>\
             <text x=\"330\" y=\"{3}\" text-anchor=\"middle\" font-size=\"11\">{what}</text>",
            COLUMNS[0] - 11,
            y(pin),
            y(pin) + 4,
            y(pin) - 5
        );
    }
}

#[cfg(test)]
mod tests;
