//! The ledger: `prints.jsonl`, one line for each sheet that came out, synced before anybody hears of it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

/// What is written down.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A sheet came out.
    Page {
        /// The printer's job.
        job_id: i32,
        /// Its name.
        job_name: String,
        /// Its sender.
        user: String,
        /// Which sheet of the job, from 1.
        sheet: u32,
        /// Sheets of the job.
        sheets: u32,
        /// The document, in the same folder.
        file: String,
        /// Its size.
        bytes: u64,
    },
    /// A sheet was begun and spoilt.
    Spoilt {
        /// The printer's job.
        job_id: i32,
        /// Its name.
        job_name: String,
    },
    /// A job ended.
    JobEnded {
        /// The printer's job.
        job_id: i32,
        /// Its name.
        job_name: String,
        /// The IPP `job-state` enum.
        job_state: i32,
    },
}

/// The open ledger.
pub struct Ledger {
    folder: PathBuf,
    file: File,
}

impl Ledger {
    /// Opens or goes on with the ledger of a folder.
    pub fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(folder.join("prints.jsonl"))?;
        Ok(Ledger {
            folder: folder.to_owned(),
            file,
        })
    }

    /// Adds a line.
    pub fn write(&mut self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_vec(event)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.file.sync_data()
    }

    /// A new file for a document.
    pub fn document(&self, name: &str) -> io::Result<File> {
        File::create(self.folder.join(name))
    }
}
