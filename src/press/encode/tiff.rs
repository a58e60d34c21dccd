//! TIFF 6.0, uncompressed, big-endian: a page's head says where everything of it will lie and where the next page's head
//! is, and the rows follow as they come.

use super::super::PressError;
use super::Sheet;

/// Rows of a strip.
const STRIP: u32 = 64;
/// Type codes (TIFF 6.0, section 2).
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const UNDEFINED: u16 = 7;

/// A file that is being written.
#[derive(Debug, Default)]
pub struct Tiff {
    /// Bytes so far.
    at: u64,
    /// Pages that were begun.
    begun: u32,
}

impl Tiff {
    /// Everything before a page's rows.
    ///
    /// # Errors
    /// When the file would be longer than the 4 GiB that its offsets can count; with the first page, if all are like it.
    pub fn begin_page(&mut self, sheet: &Sheet) -> Result<Vec<u8>, PressError> {
        let too_long = || {
            let why = match sheet.pages {
                1 => "TIFF: the page is longer than 4 GiB: choose a lower resolution or PNG".to_owned(),
                pages => format!(
                    "TIFF: its {pages} pages are longer than 4 GiB: choose a lower resolution, fewer documents at a \
                     time, or PWG raster"
                ),
            };
            PressError::Output(why)
        };
        let mut out = Vec::new();
        if self.begun == 0 {
            out.extend(b"MM\0*");
            out.extend(8u32.to_be_bytes());
        } else if self.at % 2 == 1 {
            out.push(0);
        }
        let start = self.at + out.len() as u64;
        let number = self.begun;
        self.begun += 1;
        let (head, end) = head(sheet, start, number).ok_or_else(too_long)?;
        let left = u64::from(sheet.pages.saturating_sub(number));
        if start + (end - start).saturating_mul(left) > u64::from(u32::MAX) {
            return Err(too_long());
        }
        self.at = end;
        out.extend(head);
        Ok(out)
    }
}

/// The head of page `number` that begins at `start`, and where its rows end. `None` beyond what offsets can count.
fn head(sheet: &Sheet, start: u64, number: u32) -> Option<(Vec<u8>, u64)> {
    let (width, height) = sheet.size;
    let channels = sheet.channels() as u32;
    let row = u64::from(width) * (sheet.channels() * sheet.sample_bytes()) as u64;
    let icc = sheet.profile.as_bytes();
    let strips = height.div_ceil(STRIP);
    // Tag, type, count, and the value as bytes.
    let short = |v: u32| (SHORT, 1u32, (v as u16).to_be_bytes().to_vec());
    let shorts = |v: u32, n: u32| {
        let bytes = (v as u16).to_be_bytes();
        (SHORT, n, bytes.repeat(n as usize))
    };
    let long = |v: u32| (LONG, 1u32, v.to_be_bytes().to_vec());
    let dots = |v: u32| {
        let mut bytes = v.to_be_bytes().to_vec();
        bytes.extend(1u32.to_be_bytes());
        (RATIONAL, 1u32, bytes)
    };
    let counts = || -> Option<Vec<u8>> {
        let mut bytes = Vec::with_capacity(strips as usize * 4);
        for strip in 0..strips {
            let rows = STRIP.min(height - strip * STRIP);
            bytes.extend(u32::try_from(u64::from(rows) * row).ok()?.to_be_bytes());
        }
        Some(bytes)
    };
    let mut tags = vec![
        (256u16, long(width)),
        (257, long(height)),
        (258, shorts(8 * sheet.sample_bytes() as u32, channels)),
        (259, short(1)),                                 // no compression
        (262, short(if channels == 1 { 1 } else { 2 })), // black is zero, or RGB
        (273, (LONG, strips, vec![0; strips as usize * 4])),
        (277, short(channels)),
        (278, long(STRIP)),
        (279, (LONG, strips, counts()?)),
        (282, dots(sheet.output.resolution.x)),
        (283, dots(sheet.output.resolution.y)),
        (284, short(1)), // interleaved
        (296, short(2)), // inches
        (34_675, (UNDEFINED, icc.len() as u32, icc.to_vec())),
    ];
    if sheet.pages > 1 {
        let pair = [number, sheet.pages].map(|v| u16::try_from(v).unwrap_or(u16::MAX).to_be_bytes());
        tags.insert(0, (254, long(2))); // a page of several
        tags.insert(tags.len() - 1, (297, (SHORT, 2, pair.concat())));
    }
    // Values of more than four bytes lie behind the directory, each from an even place.
    let directory = u32::try_from(start).ok()? as usize + 2 + 12 * tags.len() + 4;
    let outside = |bytes: &[u8]| {
        if bytes.len() > 4 {
            bytes.len().next_multiple_of(2)
        } else {
            0
        }
    };
    let data = directory + tags.iter().map(|(_, (.., bytes))| outside(bytes)).sum::<usize>();
    let end = data as u64 + row * u64::from(height);
    u32::try_from(end).ok()?;
    let mut at = data as u64;
    let mut offsets = Vec::with_capacity(strips as usize * 4);
    for strip in 0..strips {
        offsets.extend((at as u32).to_be_bytes());
        at += u64::from(STRIP.min(height - strip * STRIP)) * row;
    }
    if let Some((_, (.., bytes))) = tags.iter_mut().find(|(tag, _)| *tag == 273) {
        *bytes = offsets;
    }
    let mut out = (tags.len() as u16).to_be_bytes().to_vec();
    let mut behind = Vec::new();
    for (tag, (kind, count, bytes)) in &tags {
        out.extend(tag.to_be_bytes());
        out.extend(kind.to_be_bytes());
        out.extend(count.to_be_bytes());
        if bytes.len() > 4 {
            out.extend(((directory + behind.len()) as u32).to_be_bytes());
            behind.extend_from_slice(bytes);
            behind.resize(behind.len().next_multiple_of(2), 0);
        } else {
            let mut value = [0; 4];
            value[..bytes.len()].copy_from_slice(bytes);
            out.extend(value);
        }
    }
    // The next page's head begins at an even place.
    let next = if number + 1 < sheet.pages {
        u32::try_from(end + end % 2).ok()?
    } else {
        0
    };
    out.extend(next.to_be_bytes());
    out.append(&mut behind);
    Some((out, end))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;

    use tiff::decoder::{Decoder, DecodingResult};

    use super::*;
    use crate::color::Profile;
    use crate::model::{MediaSize, OutputSpec, RasterFormat, RasterType, RenderingIntent, Resolution};

    fn sheet(size: (u32, u32), pages: u32, raster_type: RasterType) -> Sheet {
        Sheet {
            media: MediaSize::called("a4").unwrap(),
            media_type: "photographic".into(),
            quality: 5,
            output: OutputSpec {
                format: RasterFormat::Tiff,
                raster_type,
                resolution: Resolution::square(300),
            },
            pages,
            intent: RenderingIntent::RELATIVE_BPC,
            profile: Arc::new(Profile::gray()),
            size,
            image_box: (0, 0, 0, 0),
        }
    }

    #[test]
    fn another_library_reads_every_page() {
        // Rows of an odd number of bytes: heads come to even places all the same.
        let sizes = [(5, 7), (3, 131), (9, 1)];
        let (mut tiff, mut file) = (Tiff::default(), Vec::new());
        for (index, size) in sizes.into_iter().enumerate() {
            file.extend(tiff.begin_page(&sheet(size, 3, RasterType::Sgray8)).unwrap());
            file.extend(vec![index as u8 + 40; (size.0 * size.1) as usize]);
        }
        let mut decoder = Decoder::new(Cursor::new(file)).unwrap();
        for (index, size) in sizes.into_iter().enumerate() {
            assert_eq!(decoder.dimensions().unwrap(), size);
            let DecodingResult::U8(pixels) = decoder.read_image().unwrap() else {
                panic!("not bytes")
            };
            assert_eq!(pixels, vec![index as u8 + 40; (size.0 * size.1) as usize]);
            assert_eq!(decoder.more_images(), index < 2);
            if index < 2 {
                decoder.next_image().unwrap();
            }
        }
    }

    #[test]
    fn what_offsets_can_not_count_is_refused_before_it_is_begun() {
        let told = |size, pages| {
            let made = Tiff::default().begin_page(&sheet(size, pages, RasterType::Rgb16));
            made.map_or_else(|e| e.to_string(), |_| String::new())
        };
        assert!(told((60_000, 60_000), 1).contains("the page is longer than 4 GiB"));
        assert_eq!(told((20_000, 20_000), 1), "");
        assert!(told((20_000, 20_000), 2).contains("its 2 pages are longer than 4 GiB"));
        assert_eq!(told((1_000, 1_000), 700), "");
    }
}
