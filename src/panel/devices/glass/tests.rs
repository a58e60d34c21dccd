use std::sync::{Arc, Mutex};

use embedded_hal::i2c::{ErrorKind, ErrorType, NoAcknowledgeSource, Operation};

use super::*;
use crate::panel::draw::drawn;
use crate::panel::screens::Screen;

/// An SSD1306 as far as this driver needs one: its memory, and where the next byte goes (data sheet, 10.1.3: horizontal
/// addressing within a window of columns and pages).
#[derive(Debug)]
struct Chip {
    memory: [[u8; 128]; 8],
    columns: (u8, u8),
    pages: (u8, u8),
    at: (u8, u8),
    is_on: bool,
    /// Bytes of a command that still come.
    command: Vec<u8>,
    gone: bool,
}

impl Chip {
    fn new() -> Self {
        Chip {
            memory: [[0xaa; 128]; 8],
            columns: (0, 127),
            pages: (0, 7),
            at: (0, 0),
            is_on: false,
            command: Vec::new(),
            gone: false,
        }
    }

    fn told(&mut self, byte: u8) {
        self.command.push(byte);
        match self.command[..] {
            [0xae | 0xaf] => self.is_on = self.command[0] == 0xaf,
            [0x21, from, to] => (self.columns, self.at.0) = ((from, to), from),
            [0x22, from, to] => (self.pages, self.at.1) = ((from, to), from),
            // Those with a byte that this chip need not know.
            [0x21 | 0x22, ..] | [0x20 | 0x81 | 0x8d | 0xa8 | 0xd3 | 0xd5 | 0xd9 | 0xda | 0xdb] => return,
            _ => {}
        }
        self.command.clear();
    }

    fn data(&mut self, byte: u8) {
        let (x, page) = self.at;
        self.memory[usize::from(page)][usize::from(x)] = byte;
        self.at.0 += 1;
        if self.at.0 > self.columns.1 {
            self.at = (self.columns.0, page + 1);
            if self.at.1 > self.pages.1 {
                self.at.1 = self.pages.0;
            }
        }
    }

    fn dot(&self, x: usize, y: usize) -> bool {
        self.memory[y / 8][x] >> (y % 8) & 1 == 1
    }
}

#[derive(Clone)]
struct Bus(Arc<Mutex<Chip>>);

impl ErrorType for Bus {
    type Error = ErrorKind;
}

impl I2c for Bus {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        let mut chip = self.0.lock().unwrap();
        if chip.gone || address != 0x3c {
            return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
        }
        for operation in operations {
            let Operation::Write(bytes) = operation else { continue };
            match bytes.split_first() {
                Some((0x00, commands)) => commands.iter().for_each(|byte| chip.told(*byte)),
                Some((0x40, data)) => data.iter().for_each(|byte| chip.data(*byte)),
                _ => panic!("{bytes:?}"),
            }
        }
        Ok(())
    }
}

#[test]
fn what_is_drawn_is_in_the_chips_memory() {
    let bus = Bus(Arc::new(Mutex::new(Chip::new())));
    let mut glass = Oled::open(bus.clone(), 0x3c, false).unwrap();
    for screen in [Screen::Note("Gertie is paused".into()), Screen::Starting] {
        let canvas = drawn(&screen);
        glass.show(Some(&canvas)).unwrap();
        let chip = bus.0.lock().unwrap();
        assert!(chip.is_on);
        for (y, row) in canvas.rows().enumerate() {
            for (x, dot) in row.iter().enumerate() {
                assert_eq!(*dot, chip.dot(x, y), "{x} {y}");
            }
        }
    }
    glass.show(None).unwrap();
    assert!(!bus.0.lock().unwrap().is_on);
}

#[test]
fn a_display_that_is_not_there_or_goes_is_said_in_words() {
    let bus = Bus(Arc::new(Mutex::new(Chip::new())));
    let error = Oled::open(bus.clone(), 0x3d, false).err().unwrap();
    assert!(error.contains("0x3d") && error.contains("wires"), "{error}");
    let mut glass = Oled::open(bus.clone(), 0x3c, false).unwrap();
    bus.0.lock().unwrap().gone = true;
    assert!(glass.show(Some(&drawn(&Screen::Starting))).is_err());
}
