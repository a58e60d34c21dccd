//! What matters here of EXIF (EXIF 2.3; TIFF 6.0, section 2): orientation, resolution, and whether it says sRGB.

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
    /// Tag 40961 of the second directory says sRGB, as cameras do that embed no profile.
    pub srgb: bool,
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
            Some(34_665) => exif.srgb = bytes.long(value).is_some_and(|at| says_srgb(&bytes, at as usize)),
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

/// Whether the directory of the picture's own tags says that its colours are sRGB.
fn says_srgb(bytes: &Bytes<'_>, start: usize) -> bool {
    let entries = bytes.short(start).map_or(0, usize::from).min(ENTRIES);
    (0..entries)
        .map_while(|entry| start.checked_add(2 + entry * 12))
        .find(|at| bytes.short(*at) == Some(40_961))
        .is_some_and(|at| bytes.short(at.saturating_add(8)) == Some(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srgb_is_what_the_second_directory_says() {
        let block = |space: u16, pointer: u32| {
            let mut bytes = b"II*\0\x08\0\0\0\x01\0".to_vec();
            bytes.extend([0x69, 0x87, 4, 0, 1, 0, 0, 0]);
            bytes.extend(pointer.to_le_bytes());
            bytes.extend([0, 0, 0, 0, 2, 0]);
            bytes.extend([0, 0x90, 7, 0, 4, 0, 0, 0, b'0', b'2', b'3', b'0']);
            bytes.extend([0x01, 0xa0, 3, 0, 1, 0, 0, 0]);
            bytes.extend(space.to_le_bytes());
            bytes.extend([0, 0]);
            bytes
        };
        assert!(read(&block(1, 26)).srgb);
        for (space, pointer) in [(2, 26), (0xffff, 26), (1, 8), (1, u32::MAX), (1, 40), (1, 0)] {
            assert!(!read(&block(space, pointer)).srgb, "{space} {pointer}");
        }
        for length in 0..40 {
            assert!(!read(&block(1, 26)[..length]).srgb);
        }
    }
}
