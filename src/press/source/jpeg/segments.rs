//! A JPEG's marker segments (ITU-T T.81, annex B): what kind of picture it is, its tables, its profile.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek};

use super::super::exif::{self, Exif};
use super::super::{PROFILE_BYTES, PressError, sane};
use super::frame::Frame;
use super::tables::Tables;
use super::{SCANS, broken};
use crate::model::Resolution;

/// What lies between the start of a file and its first entropy-coded byte, and how the file goes on.
#[derive(Debug, Default)]
pub struct Segments {
    /// The frame header.
    pub frame: Option<Frame>,
    /// Tables as they stand at the first scan.
    pub tables: Tables,
    /// The first scan's components and bands.
    pub scan: Option<ScanHead>,
    /// Where the first scan's entropy-coded data begin, in bytes.
    pub data: u64,
    /// The Adobe segment's colour transform: 0 none, 1 YCbCr, 2 YCCK.
    pub adobe: Option<u8>,
    /// Whether a JFIF segment was seen: three components are YCbCr then.
    pub jfif: bool,
    pub exif: Option<Exif>,
    pub density: Option<Resolution>,
    /// Scans seen; all of the file's only after [`Reader::rest`].
    pub scans: usize,
    icc: Vec<(u8, u8, Vec<u8>)>,
    icc_bytes: usize,
}

/// A scan's header (T.81, B.2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanHead {
    /// Index in the frame, DC table, AC table.
    pub components: Vec<(usize, usize, usize)>,
    /// First and last coefficient in zig-zag order.
    pub band: (usize, usize),
    /// Bit position before and with this scan (successive approximation).
    pub bits: (u32, u32),
}

/// Walks a file's segments.
pub struct Reader {
    file: BufReader<File>,
}

fn cut(error: std::io::Error) -> PressError {
    if error.kind() == ErrorKind::UnexpectedEof {
        broken("it ends early: the upload or the file is incomplete")
    } else {
        PressError::Io(error)
    }
}

impl Reader {
    pub fn new(file: BufReader<File>) -> Self {
        Reader { file }
    }

    /// Goes on at a place in the file.
    pub fn seek(&mut self, place: u64) -> Result<(), PressError> {
        self.file.seek(std::io::SeekFrom::Start(place))?;
        Ok(())
    }

    /// Reads up to and with the next scan's header. False at the end of the picture. A file without an end-of-image
    /// marker was cut off.
    pub fn next_scan(&mut self, found: &mut Segments) -> Result<bool, PressError> {
        loop {
            let marker = self.marker().map_err(cut)?;
            match marker {
                // Markers without a length: TEM, RST, and SOI of something pasted in.
                0x01 | 0xd0..=0xd8 => continue,
                0xd9 => return Ok(false),
                _ => {}
            }
            let mut two = [0u8; 2];
            self.file.read_exact(&mut two).map_err(cut)?;
            let length = usize::from(u16::from_be_bytes(two))
                .checked_sub(2)
                .ok_or_else(|| broken("a segment has no length"))?;
            if !matches!(marker, 0xc0..=0xcf | 0xda | 0xdb | 0xdd | 0xe0 | 0xe1 | 0xe2 | 0xee) {
                // Seeking past the end shows at the next read.
                self.file.seek_relative(length as i64)?;
                continue;
            }
            let mut segment = vec![0; length];
            self.file.read_exact(&mut segment).map_err(cut)?;
            match marker {
                0xc4 => found.tables.huffman(&segment)?,
                0xcc => found.tables.arithmetic = true,
                0xc8 => {}
                0xc0..=0xcf if found.frame.is_some() => return Err(broken("it has two frame headers")),
                0xc0..=0xcf => found.frame = Some(Frame::read(marker, &segment)?),
                0xdb => found.tables.quantisation(&segment)?,
                0xdd => {
                    let [high, low] = segment[..] else {
                        return Err(broken("its restart interval is not one"));
                    };
                    found.tables.restart = usize::from(u16::from_be_bytes([high, low]));
                }
                0xda => {
                    found.scans += 1;
                    if found.scans > SCANS {
                        return Err(broken(format!("it has more than {SCANS} scans")));
                    }
                    let frame = found
                        .frame
                        .as_ref()
                        .ok_or_else(|| broken("a scan comes before the frame"))?;
                    let head = ScanHead::read(&segment, frame)?;
                    found.data = self.file.stream_position()?;
                    found.scan = Some(head);
                    return Ok(true);
                }
                _ => application(marker, &segment, found)?,
            }
        }
    }

    /// Goes over everything to the end-of-image marker, so that a file that was cut off is found before anything is
    /// printed of it.
    pub fn rest(mut self, found: &mut Segments) -> Result<(), PressError> {
        let first = (found.scan.clone(), found.data);
        // What comes later is not about the first scan; only its form is looked at.
        let mut later = Segments {
            frame: found.frame.clone(),
            scans: found.scans,
            ..Segments::default()
        };
        while self.next_scan(&mut later)? {}
        found.scans = later.scans;
        (found.scan, found.data) = first;
        found.icc.append(&mut later.icc);
        found.exif = found.exif.take().or(later.exif);
        Ok(())
    }

    /// The next marker, over whatever entropy-coded data lies before it.
    fn marker(&mut self) -> std::io::Result<u8> {
        let mut byte = [0u8; 1];
        loop {
            let buffer = self.file.fill_buf()?;
            if buffer.is_empty() {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let Some(place) = find_ff(buffer) else {
                let all = buffer.len();
                self.file.consume(all);
                continue;
            };
            // Stuffed bytes are the common case by far.
            if buffer.get(place + 1) == Some(&0) {
                self.file.consume(place + 2);
                continue;
            }
            self.file.consume(place + 1);
            byte[0] = 0xff;
            // Any number of fill bytes may stand before a marker.
            while byte[0] == 0xff {
                self.file.read_exact(&mut byte)?;
            }
            if byte[0] != 0 {
                return Ok(byte[0]);
            }
        }
    }
}

/// The first 0xff, eight bytes at a time.
fn find_ff(bytes: &[u8]) -> Option<usize> {
    let (words, _) = bytes.as_chunks::<8>();
    let whole = words
        .iter()
        .position(|w| super::bits::has_ff(u64::from_ne_bytes(*w)))
        .unwrap_or(words.len());
    let from = whole * 8;
    bytes[from..].iter().position(|b| *b == 0xff).map(|at| from + at)
}

impl ScanHead {
    fn read(segment: &[u8], frame: &Frame) -> Result<ScanHead, PressError> {
        let wrong = || broken("a scan's header makes no sense");
        let (count, rest) = segment.split_first().ok_or_else(wrong)?;
        let count = usize::from(*count);
        if !(1..=4).contains(&count) || rest.len() < count * 2 + 3 {
            return Err(wrong());
        }
        let (named, rest) = rest.split_at(count * 2);
        let mut components: Vec<(usize, usize, usize)> = Vec::with_capacity(count);
        for pair in named.as_chunks::<2>().0 {
            let index = frame
                .components
                .iter()
                .position(|c| c.id == pair[0])
                .ok_or_else(wrong)?;
            let (dc, ac) = (usize::from(pair[1] >> 4), usize::from(pair[1] & 15));
            if dc > 3 || ac > 3 || components.iter().any(|(known, ..)| *known == index) {
                return Err(wrong());
            }
            components.push((index, dc, ac));
        }
        Ok(ScanHead {
            components,
            band: (usize::from(rest[0]), usize::from(rest[1])),
            bits: (u32::from(rest[2] >> 4), u32::from(rest[2] & 15)),
        })
    }
}

fn application(marker: u8, segment: &[u8], found: &mut Segments) -> Result<(), PressError> {
    if let Some(rest) = segment.strip_prefix(b"JFIF\0")
        && marker == 0xe0
    {
        found.jfif = true;
        if let [_, _, unit, x1, x0, y1, y0, ..] = rest {
            let per_inch = match unit {
                1 => 1.0,
                2 => 2.54,
                _ => 0.0,
            };
            let side = |a: u8, b: u8| f64::from(u16::from_be_bytes([a, b])) * per_inch;
            found.density = sane(side(*x1, *x0), side(*y1, *y0));
        }
    } else if let Some(rest) = segment.strip_prefix(b"Exif\0\0")
        && marker == 0xe1
    {
        found.exif.get_or_insert(exif::read(rest));
    } else if let Some([number, of, data @ ..]) = segment.strip_prefix(b"ICC_PROFILE\0")
        && marker == 0xe2
    {
        found.icc_bytes += data.len();
        if found.icc_bytes > PROFILE_BYTES {
            return Err(broken("its colour profile is larger than 16 MiB"));
        }
        found.icc.push((*number, *of, data.to_vec()));
    } else if let Some([_, _, _, _, _, _, transform, ..]) = segment.strip_prefix(b"Adobe")
        && marker == 0xee
    {
        // T.872, 6.5.3: version, two words of flags, transform.
        found.adobe = Some(*transform);
    }
    Ok(())
}

impl Segments {
    /// Puts the profile's pieces together (ICC.1, annex B.4).
    pub fn profile(&mut self) -> Result<Option<Vec<u8>>, PressError> {
        let mut pieces = std::mem::take(&mut self.icc);
        pieces.sort_by_key(|(number, ..)| *number);
        let Some((_, of, _)) = pieces.first() else {
            return Ok(None);
        };
        let whole = pieces.len() == usize::from(*of) && pieces.iter().zip(1u8..).all(|((n, ..), i)| *n == i);
        if !whole {
            return Err(broken("pieces of its colour profile are missing"));
        }
        Ok(Some(pieces.into_iter().flat_map(|(_, _, data)| data).collect()))
    }
}
