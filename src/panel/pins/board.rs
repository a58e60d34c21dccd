//! What else has lines on a board, and where its lines come out.

use serde::Deserialize;

/// A board that we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Board {
    /// Raspberry Pi 4 B: its lines are those of the BCM2711.
    #[serde(rename = "raspberry-pi-4")]
    RaspberryPi4,
    /// Another one, or a chip made by `gpio-sim`: nobody checks what else its lines are for.
    Other,
}

/// The header of 40 pins (J8 of the Raspberry Pi 4's reduced schematics): the line of each pin, from pin 1 on; below 0
/// what is no line: −1 ground, −3 3.3 V, −5 5 V.
const HEADER: [i8; 40] = [
    -3, -5, 2, -5, 3, -1, 4, 14, -1, 15, 17, 18, 27, -1, 22, 23, -3, 24, 10, -1, 9, 25, 11, 8, -1, 7, 0, 1, 5, -1, 6,
    12, 13, -1, 19, 16, 26, 20, -1, 21,
];
/// Lines that the BCM2711 has (BCM2711 ARM Peripherals, chapter 5).
const LINES: u32 = 58;
/// Most lines of any chip that we ask for one: no real one has more.
const MOST: u32 = 1_024;

/// What a pin of the header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderPin {
    /// A line.
    Line(u32),
    /// 0 V
    Ground,
    /// 3.3 V
    Volts3,
    /// 5 V: never for the panel.
    Volts5,
}

impl Board {
    /// Whether a part may have this line.
    pub(super) fn check(self, part: &str, line: u32) -> Result<(), String> {
        let Some(taken) = self.taken(line) else {
            return Ok(());
        };
        let lines = self.header().into_iter().filter_map(|pin| match pin {
            HeaderPin::Line(line) if self.taken(line).is_none() => Some(line),
            _ => None,
        });
        let mut free: Vec<u32> = lines.collect();
        free.sort_unstable();
        let free = match free.as_slice() {
            [] => String::new(),
            free => {
                let words: Vec<String> = free.iter().map(u32::to_string).collect();
                format!("; these are free for it: {}", words.join(", "))
            }
        };
        Err(format!("{part} can't have line {line}, which {taken}{free}"))
    }

    /// Whose this line is, if not the panel's.
    fn taken(self, line: u32) -> Option<&'static str> {
        Some(match (self, line) {
            (Board::Other, MOST..) => "no chip has",
            (Board::Other, _) => return None,
            (_, 0 | 1) => "is the identity memory's of add-on boards",
            (_, 2 | 3) => "is the I2C bus's, on which the display is",
            (_, 14 | 15) => "is the UART's, the console",
            (_, 34..=39) => "is the wireless chip's",
            (_, 48..=53) => "is the SD card's",
            (_, 28..=33 | 40..=47 | 54..=57) => "is used inside the board",
            (_, LINES..) => "is not there: the lines are 0 to 57",
            (_, _) => return None,
        })
    }

    /// Whether the display may be on this bus.
    pub(super) fn check_bus(self, bus: u8) -> Result<(), String> {
        match (self, bus) {
            (Board::RaspberryPi4, 1) | (Board::Other, _) => Ok(()),
            (Board::RaspberryPi4, _) => Err(format!(
                "the display can't be on I2C bus {bus}: the header has bus 1, on its pins 3 and 5"
            )),
        }
    }

    /// The header's pins from pin 1 on; empty where there is none that we know.
    pub fn header(self) -> Vec<HeaderPin> {
        match self {
            Board::RaspberryPi4 => HEADER
                .iter()
                .map(|pin| match pin {
                    -5 => HeaderPin::Volts5,
                    -3 => HeaderPin::Volts3,
                    line => u32::try_from(*line).map_or(HeaderPin::Ground, HeaderPin::Line),
                })
                .collect(),
            Board::Other => Vec::new(),
        }
    }

    /// The pin of the header where a line comes out.
    pub fn pin(self, line: u32) -> Option<usize> {
        let found = self.header().iter().position(|pin| *pin == HeaderPin::Line(line));
        found.map(|index| index + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_the_known_one() {
        let header = Board::RaspberryPi4.header();
        assert_eq!(header.len(), 40);
        let of = |what| header.iter().filter(|pin| **pin == what).count();
        assert_eq!(
            (of(HeaderPin::Ground), of(HeaderPin::Volts3), of(HeaderPin::Volts5)),
            (8, 2, 2)
        );
        // Each of lines 0 to 27 once.
        for line in 0..28 {
            assert_eq!(of(HeaderPin::Line(line)), 1, "{line}");
        }
        assert_eq!(Board::RaspberryPi4.pin(17), Some(11));
        assert_eq!(Board::RaspberryPi4.pin(26), Some(37));
        assert_eq!(Board::RaspberryPi4.pin(40), None);
    }
}
