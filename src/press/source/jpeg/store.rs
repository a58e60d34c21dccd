//! The coefficients of a picture that comes in several scans: in memory where they are few, else in a file.
//!
//! Each coefficient is 16 bits. The file has no name once it is open, so that it vanishes with the page.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::frame::Frame;
use super::idct::Block;
use crate::press::{PressError, PressLimits};

/// Bytes of a block.
const BYTES: usize = 128;

enum Room {
    Memory(Vec<Block>),
    File(File),
}

/// See the head of the file.
pub struct Store {
    room: Room,
    /// For each component: its first block, and blocks across.
    planes: Vec<(usize, usize)>,
    bytes: Vec<u8>,
}

/// A file in `folder` that nobody else sees.
fn nameless(folder: &Path) -> std::io::Result<File> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    std::fs::create_dir_all(folder)?;
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = folder.join(format!("coefficients-{}-{number}", std::process::id()));
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path);
        match opened {
            // Left over by a process of the same number.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error),
            Ok(file) => {
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
        }
    }
}

impl Store {
    /// Room for a picture's coefficients, all zero: in memory if that takes no more than half of what there is.
    pub fn new(frame: &Frame, limits: &PressLimits) -> Result<Store, PressError> {
        let mut blocks = 0usize;
        let mut planes = Vec::new();
        for component in &frame.components {
            let across = frame.mcus.0 * component.h;
            planes.push((blocks, across));
            blocks += across * frame.mcus.1 * component.v;
        }
        let bytes = (blocks * BYTES) as u64;
        let room = if bytes <= limits.memory / 2 {
            Room::Memory(vec![[0; 64]; blocks])
        } else {
            let file = nameless(&limits.scratch)?;
            // What was never written reads as zeros.
            file.set_len(bytes)?;
            Room::File(file)
        };
        Ok(Store {
            room,
            planes,
            bytes: Vec::new(),
        })
    }

    fn first(&self, component: usize, x: usize, y: usize) -> usize {
        let (first, across) = self.planes[component];
        first + y * across + x
    }

    /// Reads blocks of a row of them, from block `(x, y)` of a component on.
    pub fn load(&mut self, component: usize, (x, y): (usize, usize), into: &mut [Block]) -> Result<(), PressError> {
        let first = self.first(component, x, y);
        match &self.room {
            Room::Memory(all) => into.copy_from_slice(&all[first..][..into.len()]),
            Room::File(file) => {
                self.bytes.resize(into.len() * BYTES, 0);
                file.read_exact_at(&mut self.bytes, (first * BYTES) as u64)?;
                for (block, bytes) in into.iter_mut().zip(self.bytes.as_chunks::<BYTES>().0) {
                    for (value, two) in block.iter_mut().zip(bytes.as_chunks::<2>().0) {
                        *value = i16::from_le_bytes(*two);
                    }
                }
            }
        }
        Ok(())
    }

    /// Writes what [`Self::load`] read.
    pub fn save(&mut self, component: usize, (x, y): (usize, usize), from: &[Block]) -> Result<(), PressError> {
        let first = self.first(component, x, y);
        match &mut self.room {
            Room::Memory(all) => all[first..][..from.len()].copy_from_slice(from),
            Room::File(file) => {
                self.bytes.resize(from.len() * BYTES, 0);
                for (block, bytes) in from.iter().zip(self.bytes.as_chunks_mut::<BYTES>().0) {
                    for (value, two) in block.iter().zip(bytes.as_chunks_mut::<2>().0) {
                        *two = value.to_le_bytes();
                    }
                }
                file.write_all_at(&self.bytes, (first * BYTES) as u64)?;
            }
        }
        Ok(())
    }
}
