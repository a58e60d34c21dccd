//! The two things that matter here of EXIF's first directory (EXIF 2.3; TIFF 6.0, section 2): orientation, resolution.

use crate::model::Resolution;

use super::sane;

/// Most entries that are looked at.
const ENTRIES: usize = 512;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Exif {
    /// Tag 274, 1 to 8; 0 when there is none.
    pub orientation: u16,
    /// Tags 282, 283 and 296.
    pub resolution: Option<Resolution>,
}

struct Bytes<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl Bytes<'_> {
    fn take<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..at.checked_add(N)?)?.try_into().ok()
    }

    fn short(&self, at: usize) -> Option<u16> {
        let b = self.take::<2>(at)?;
        Some(if self.little {
            u16::from_le_bytes(b)
        } else {
            u16::from_be_bytes(b)
        })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let b = self.take::<4>(at)?;
        Some(if self.little {
            u32::from_le_bytes(b)
        } else {
            u32::from_be_bytes(b)
        })
    }

    fn ratio(&self, at: usize) -> Option<f64> {
        let at = self.long(at)? as usize;
        let (n, d) = (self.long(at)?, self.long(at.checked_add(4)?)?);
        (d != 0).then(|| f64::from(n) / f64::from(d))
    }
}

/// Reads an EXIF block that begins with its TIFF header. What is broken in it counts as not there.
pub fn read(bytes: &[u8]) -> Exif {
    let mut exif = Exif::default();
    let little = bytes.starts_with(b"II");
    if !little && !bytes.starts_with(b"MM") {
        return exif;
    }
    let bytes = Bytes { bytes, little };
    let (mut x, mut y, mut unit) = (None, None, 2);
    let Some(start) = bytes.long(4).map(|n| n as usize) else {
        return exif;
    };
    let entries = bytes.short(start).map_or(0, usize::from).min(ENTRIES);
    for entry in 0..entries {
        let Some(at) = start.checked_add(2 + entry * 12) else {
            break;
        };
        let value = at.saturating_add(8);
        match bytes.short(at) {
            Some(274) => exif.orientation = bytes.short(value).filter(|o| (1..=8).contains(o)).unwrap_or(0),
            Some(282) => x = bytes.ratio(value),
            Some(283) => y = bytes.ratio(value),
            Some(296) => unit = bytes.short(value).unwrap_or(2),
            Some(_) => {}
            None => break,
        }
    }
    // 2 is inch, 3 centimetre, 1 none.
    let per_inch = match unit {
        2 => 1.0,
        3 => 2.54,
        _ => 0.0,
    };
    if let (Some(x), Some(y)) = (x, y) {
        exif.resolution = sane(x * per_inch, y * per_inch);
    }
    exif
}
