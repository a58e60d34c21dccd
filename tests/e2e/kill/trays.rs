//! What lies in the trays of the printers.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;

use crate::common::simulator::{Simulator, pages};

/// The printers' ledgers, read on from where they were left.
pub struct Trays {
    ledgers: Vec<(PathBuf, u64)>,
    sheets: HashMap<String, u32>,
}

impl Trays {
    pub fn new(printers: &[Simulator]) -> Trays {
        Trays {
            ledgers: printers.iter().map(|p| (p.spool.join("prints.jsonl"), 0)).collect(),
            sheets: HashMap::new(),
        }
    }

    /// Sheets by our job's name. The name that the daemon gives the printer's job is ours and a token.
    pub fn sheets(&mut self) -> HashMap<String, u32> {
        for (path, read) in &mut self.ledgers {
            let mut file = File::open(path).unwrap();
            file.seek(SeekFrom::Start(*read)).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            // A line may be half there.
            let whole = text.rfind('\n').map_or(0, |at| at + 1);
            *read += whole as u64;
            for sheet in pages(&text[..whole]) {
                let name = sheet.job_name.split(' ').next().unwrap();
                *self.sheets.entry(name.to_owned()).or_default() += 1;
            }
        }
        self.sheets.clone()
    }

    /// Jobs of which something came out.
    pub fn jobs(&mut self) -> usize {
        self.sheets().len()
    }
}
