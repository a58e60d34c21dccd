//! TIFF's directories (TIFF 6.0, section 2; BigTIFF by its 2007 proposal, which libtiff made the standard).
//!
//! Our own reader and not the `tiff` crate's: that one takes the first directory's arrays in under limits that can't be
//! set before, and holds a number in 32 bytes. Here nothing is believed before it was held against the file's length.

use std::collections::HashSet;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use super::super::super::PressError;
use super::{early, wrong};

/// Most entries of a directory; cameras write fewer than a hundred.
const ENTRIES: u64 = 4_096;
/// Most directories that are followed, reduced pictures among them.
const DIRECTORIES: usize = 4_000;
/// Most pages of a document.
const PAGES: usize = 1_000;

/// Tags (TIFF 6.0, part 1 to 3; 34675 by ICC.1:2022, annex B).
pub mod tag {
    pub const NEW_SUBFILE_TYPE: u16 = 254;
    pub const SUBFILE_TYPE: u16 = 255;
    pub const WIDTH: u16 = 256;
    pub const LENGTH: u16 = 257;
    pub const BITS: u16 = 258;
    pub const COMPRESSION: u16 = 259;
    pub const PHOTOMETRIC: u16 = 262;
    pub const FILL_ORDER: u16 = 266;
    pub const STRIP_OFFSETS: u16 = 273;
    pub const ORIENTATION: u16 = 274;
    pub const SAMPLES: u16 = 277;
    pub const ROWS_PER_STRIP: u16 = 278;
    pub const STRIP_BYTES: u16 = 279;
    pub const X_RESOLUTION: u16 = 282;
    pub const Y_RESOLUTION: u16 = 283;
    pub const PLANAR: u16 = 284;
    pub const RESOLUTION_UNIT: u16 = 296;
    pub const PREDICTOR: u16 = 317;
    pub const COLOR_MAP: u16 = 320;
    pub const TILE_WIDTH: u16 = 322;
    pub const TILE_LENGTH: u16 = 323;
    pub const TILE_OFFSETS: u16 = 324;
    pub const TILE_BYTES: u16 = 325;
    pub const INK_SET: u16 = 332;
    pub const EXTRA_SAMPLES: u16 = 338;
    pub const SAMPLE_FORMAT: u16 = 339;
    pub const ICC: u16 = 34_675;
}

/// A field of a directory.
#[derive(Debug, Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u64,
    /// Where in the file its values lie.
    at: u64,
}

impl Entry {
    /// Bytes of one value; 0 for a kind that is not known.
    const fn width(&self) -> u64 {
        match self.kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 | 16 | 17 | 18 => 8,
            _ => 0,
        }
    }
}

/// A directory.
#[derive(Debug, Clone, Default)]
pub struct Ifd {
    entries: Vec<Entry>,
    /// Where the next one lies; 0 after the last.
    next: u64,
}

/// An open TIFF file.
#[derive(Debug, Clone)]
pub struct Tiff {
    /// The file, shared with whatever reads pixels.
    pub file: Arc<File>,
    /// Its length in bytes.
    pub size: u64,
    /// Little-endian?
    pub little: bool,
    /// 64-bit offsets?
    big: bool,
    first: u64,
}

impl Tiff {
    /// Opens a file and reads its eight or sixteen first bytes.
    pub fn open(path: &Path) -> Result<Tiff, PressError> {
        let file = File::open(path)?;
        let mut tiff = Tiff {
            size: file.metadata()?.len(),
            file: Arc::new(file),
            little: true,
            big: false,
            first: 0,
        };
        let head = tiff.take::<8>(0)?;
        tiff.little = match &head[..2] {
            b"II" => true,
            b"MM" => false,
            _ => return Err(wrong("it does not begin as a TIFF does")),
        };
        match tiff.short(head, 2) {
            42 => tiff.first = u64::from(tiff.long(head, 4)),
            // Offsets of 8 bytes, then 0.
            43 if tiff.short(head, 4) == 8 && tiff.short(head, 6) == 0 => {
                tiff.big = true;
                let first = tiff.take::<8>(8)?;
                tiff.first = tiff.long8(first);
            }
            _ => return Err(wrong("it does not begin as a TIFF does")),
        }
        Ok(tiff)
    }

    fn take<const N: usize>(&self, at: u64) -> Result<[u8; N], PressError> {
        let mut bytes = [0; N];
        self.fill(at, &mut bytes)?;
        Ok(bytes)
    }

    fn fill(&self, at: u64, into: &mut [u8]) -> Result<(), PressError> {
        if at.checked_add(into.len() as u64).is_none_or(|end| end > self.size) {
            return Err(early());
        }
        Ok(self.file.read_exact_at(into, at)?)
    }

    fn short(&self, bytes: [u8; 8], at: usize) -> u16 {
        let bytes = [bytes[at], bytes[at + 1]];
        if self.little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        }
    }

    fn long(&self, bytes: [u8; 8], at: usize) -> u32 {
        let bytes = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        if self.little {
            u32::from_le_bytes(bytes)
        } else {
            u32::from_be_bytes(bytes)
        }
    }

    fn long8(&self, bytes: [u8; 8]) -> u64 {
        if self.little {
            u64::from_le_bytes(bytes)
        } else {
            u64::from_be_bytes(bytes)
        }
    }

    /// Reads the directory at an offset.
    pub fn directory(&self, at: u64) -> Result<Ifd, PressError> {
        // Count, then entries of tag, kind, count and value; then the next directory.
        let (head, each, inline) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let mut count = [0; 8];
        self.fill(at, &mut count[..head])?;
        let count = if self.big {
            self.long8(count)
        } else {
            u64::from(self.short(count, 0))
        };
        if count > ENTRIES {
            return Err(wrong("a directory has more entries than any has"));
        }
        let start = at.saturating_add(head as u64);
        let mut bytes = vec![0; count as usize * each + inline];
        self.fill(start, &mut bytes)?;
        let mut ifd = Ifd::default();
        for (i, entry) in (0u64..).zip(bytes[..count as usize * each].chunks_exact(each)) {
            let mut field = [0; 8];
            field.copy_from_slice(&entry[..8]);
            let (tag, kind) = (self.short(field, 0), self.short(field, 2));
            let mut value = [0; 8];
            value[..inline].copy_from_slice(&entry[each - inline..]);
            let count = if self.big {
                let mut count = [0; 8];
                count.copy_from_slice(&entry[4..12]);
                self.long8(count)
            } else {
                u64::from(self.long(field, 4))
            };
            let mut entry = Entry {
                tag,
                kind,
                count,
                at: 0,
            };
            let bytes = count.saturating_mul(entry.width());
            entry.at = if bytes <= inline as u64 {
                start + i * each as u64 + (each - inline) as u64
            } else {
                self.offset(value)
            };
            ifd.entries.push(entry);
        }
        let mut next = [0; 8];
        next[..inline].copy_from_slice(&bytes[count as usize * each..]);
        ifd.next = self.offset(next);
        Ok(ifd)
    }

    fn offset(&self, value: [u8; 8]) -> u64 {
        if self.big {
            self.long8(value)
        } else {
            u64::from(self.long(value, 0))
        }
    }

    /// Where the directories of the document's pages lie, in order. Reduced pictures and masks (NewSubfileType, bits 0 and 2) are
    /// none.
    pub fn pages(&self) -> Result<Vec<u64>, PressError> {
        let mut pages = Vec::new();
        let mut seen = HashSet::new();
        let mut at = self.first;
        while at != 0 {
            if !seen.insert(at) {
                return Err(wrong("its directories lead back to one another"));
            }
            if seen.len() > DIRECTORIES {
                return Err(wrong("it has more directories than any document"));
            }
            let ifd = self.directory(at)?;
            let new = self.number(&ifd, tag::NEW_SUBFILE_TYPE)?.unwrap_or(0);
            let old = self.number(&ifd, tag::SUBFILE_TYPE)?.unwrap_or(0);
            if new & 0b101 == 0 && old != 2 {
                pages.push(at);
            }
            at = ifd.next;
            if pages.len() > PAGES {
                return Err(PressError::Unsupported(format!(
                    "the TIFF has more than {PAGES} pages: send it in parts"
                )));
            }
        }
        Ok(pages)
    }

    /// The first `most` whole numbers of a field.
    pub fn numbers(&self, ifd: &Ifd, tag: u16, most: u64) -> Result<Option<Vec<u64>>, PressError> {
        let Some(entry) = ifd.entries.iter().find(|e| e.tag == tag) else {
            return Ok(None);
        };
        let width = match entry.kind {
            1 | 3 | 4 | 13 | 16 | 18 => entry.width() as usize,
            _ => return Err(wrong(format!("tag {tag} is not a number"))),
        };
        let count = entry.count.min(most) as usize;
        let mut bytes = vec![0; count * width];
        self.fill(entry.at, &mut bytes)?;
        let one = |value: &[u8]| {
            let mut wide = [0; 8];
            wide[..width].copy_from_slice(value);
            match width {
                1 => u64::from(wide[0]),
                2 => u64::from(self.short(wide, 0)),
                4 => u64::from(self.long(wide, 0)),
                _ => self.long8(wide),
            }
        };
        Ok(Some(bytes.chunks_exact(width).map(one).collect()))
    }

    /// The first number of a field.
    pub fn number(&self, ifd: &Ifd, tag: u16) -> Result<Option<u64>, PressError> {
        Ok(self.numbers(ifd, tag, 1)?.and_then(|n| n.first().copied()))
    }

    /// The bytes of a field, if they are at most so many.
    pub fn bytes(&self, ifd: &Ifd, tag: u16, most: usize) -> Result<Option<Vec<u8>>, PressError> {
        let Some(entry) = ifd.entries.iter().find(|e| e.tag == tag) else {
            return Ok(None);
        };
        if entry.width() != 1 {
            return Err(wrong(format!("tag {tag} is not bytes")));
        }
        if entry.count > most as u64 {
            return Err(wrong(format!("tag {tag} has more bytes than it can have")));
        }
        if entry.at.checked_add(entry.count).is_none_or(|end| end > self.size) {
            return Err(early());
        }
        let mut bytes = vec![0; entry.count as usize];
        self.fill(entry.at, &mut bytes)?;
        Ok(Some(bytes))
    }

    /// A ratio, 0 when there is none or it makes no sense.
    pub fn ratio(&self, ifd: &Ifd, tag: u16) -> Result<f64, PressError> {
        match ifd.entries.iter().find(|e| e.tag == tag) {
            Some(entry) if entry.kind == 5 && entry.count > 0 => {
                let bytes = self.take::<8>(entry.at)?;
                let (n, d) = (self.long(bytes, 0), self.long(bytes, 4));
                Ok(if d == 0 { 0.0 } else { f64::from(n) / f64::from(d) })
            }
            _ => Ok(0.0),
        }
    }
}
