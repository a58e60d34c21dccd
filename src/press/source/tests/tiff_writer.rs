//! Writes TIFF in every layout that the reader knows, from numbers.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;

/// A page to be written.
#[derive(Debug, Clone)]
pub struct Spec {
    pub width: u32,
    pub height: u32,
    pub bits: u32,
    pub samples: usize,
    pub photometric: u16,
    pub compression: u16,
    pub predictor: bool,
    pub planar: bool,
    /// Width and height; strips otherwise.
    pub tile: Option<(u32, u32)>,
    pub rows_per_strip: u32,
    /// Further tags: SHORT values.
    pub shorts: Vec<(u16, Vec<u16>)>,
    /// Further tags: bytes.
    pub bytes: Vec<(u16, Vec<u8>)>,
}

impl Spec {
    pub fn new(width: u32, height: u32, samples: usize, bits: u32) -> Self {
        Spec {
            width,
            height,
            bits,
            samples,
            photometric: match samples {
                1 => 1,
                4 => 5,
                _ => 2,
            },
            compression: 1,
            predictor: false,
            planar: false,
            tile: None,
            rows_per_strip: height,
            shorts: Vec::new(),
            bytes: Vec::new(),
        }
    }

    /// How many samples it has.
    pub fn size(&self) -> usize {
        self.width as usize * self.height as usize * self.samples
    }
}

/// A file that grows.
pub struct Writer {
    pub bytes: Vec<u8>,
    little: bool,
    big: bool,
    /// Where the offset of the next directory is to be written.
    next: usize,
}

impl Writer {
    pub fn new(little: bool, big: bool) -> Self {
        let mut writer = Writer {
            bytes: if little { b"II".to_vec() } else { b"MM".to_vec() },
            little,
            big,
            next: if big { 8 } else { 4 },
        };
        let head: &[u16] = if big { &[43, 8, 0, 0, 0, 0, 0] } else { &[42, 0, 0] };
        for n in head {
            writer.number(u64::from(*n), 2);
        }
        writer
    }

    fn raw(&self, value: u64, width: usize) -> Vec<u8> {
        if self.little {
            value.to_le_bytes()[..width].to_vec()
        } else {
            value.to_be_bytes()[8 - width..].to_vec()
        }
    }

    fn number(&mut self, value: u64, width: usize) {
        let raw = self.raw(value, width);
        self.bytes.extend(raw);
    }

    /// Adds a page.
    pub fn page(&mut self, spec: &Spec, samples: &[u16]) {
        assert_eq!(samples.len(), spec.size());
        let (piece_w, piece_h) = spec.tile.unwrap_or((spec.width, spec.rows_per_strip));
        let (mut offsets, mut counts) = (Vec::new(), Vec::new());
        for plane in 0..if spec.planar { spec.samples } else { 1 } {
            for top in (0..spec.height).step_by(piece_h as usize) {
                for left in (0..spec.width).step_by(piece_w as usize) {
                    let piece = self.piece(spec, samples, plane, (left, top), (piece_w, piece_h));
                    offsets.push(self.bytes.len() as u64);
                    counts.push(piece.len() as u64);
                    self.bytes.extend(piece);
                }
            }
        }
        // Tag, kind (3 SHORT, 4 LONG, 5 RATIONAL as two LONGs, 7 bytes), values.
        let mut tags: Vec<(u16, u16, Vec<u64>)> = vec![
            (256, 4, vec![spec.width.into()]),
            (257, 4, vec![spec.height.into()]),
            (258, 3, vec![spec.bits.into(); spec.samples]),
            (259, 3, vec![spec.compression.into()]),
            (262, 3, vec![spec.photometric.into()]),
            (277, 3, vec![spec.samples as u64]),
            (282, 5, vec![2_400, 10]),
            (283, 5, vec![3_600, 10]),
            (284, 3, vec![if spec.planar { 2 } else { 1 }]),
            (317, 3, vec![if spec.predictor { 2 } else { 1 }]),
        ];
        if let Some((w, h)) = spec.tile {
            tags.extend([(322, 4, vec![w.into()]), (323, 4, vec![h.into()])]);
            tags.extend([(324, 4, offsets), (325, 4, counts)]);
        } else {
            tags.push((278, 4, vec![spec.rows_per_strip.into()]));
            tags.extend([(273, 4, offsets), (279, 4, counts)]);
        }
        let shorts = spec.shorts.iter();
        tags.extend(shorts.map(|(tag, values)| (*tag, 3, values.iter().map(|v| u64::from(*v)).collect())));
        let bytes = spec.bytes.iter();
        tags.extend(bytes.map(|(tag, values)| (*tag, 7, values.iter().map(|v| u64::from(*v)).collect())));
        tags.sort_by_key(|(tag, ..)| *tag);
        self.directory(&tags);
    }

    fn directory(&mut self, tags: &[(u16, u16, Vec<u64>)]) {
        let inline = if self.big { 8 } else { 4 };
        let mut fields = Vec::new();
        for (tag, kind, values) in tags {
            let (width, count) = match kind {
                3 => (2, values.len()),
                5 => (4, values.len() / 2),
                7 => (1, values.len()),
                _ => (4, values.len()),
            };
            let mut raw: Vec<u8> = values.iter().flat_map(|v| self.raw(*v, width)).collect();
            if raw.len() > inline {
                let at = self.bytes.len() as u64;
                self.bytes.extend(raw);
                raw = self.raw(at, inline);
            }
            raw.resize(inline, 0);
            fields.push((*tag, *kind, count as u64, raw));
        }
        let at = self.raw(self.bytes.len() as u64, inline);
        self.bytes[self.next..self.next + inline].copy_from_slice(&at);
        self.number(tags.len() as u64, if self.big { 8 } else { 2 });
        for (tag, kind, count, raw) in fields {
            self.number(tag.into(), 2);
            self.number(kind.into(), 2);
            self.number(count, inline);
            self.bytes.extend(raw);
        }
        self.next = self.bytes.len();
        self.number(0, inline);
    }

    fn piece(
        &self,
        spec: &Spec,
        samples: &[u16],
        plane: usize,
        (left, top): (u32, u32),
        (width, height): (u32, u32),
    ) -> Vec<u8> {
        // The last strip ends with the picture; tiles hang over.
        let rows = if spec.tile.is_some() {
            height
        } else {
            height.min(spec.height - top)
        };
        let planes = if spec.planar { plane..plane + 1 } else { 0..spec.samples };
        let mut bytes = Vec::new();
        for y in top..top + rows {
            let mut line: Vec<u16> = Vec::new();
            for x in left..left + width {
                for s in planes.clone() {
                    let inside = x < spec.width && y < spec.height;
                    let at = (y as usize * spec.width as usize + x as usize) * spec.samples + s;
                    line.push(if inside { samples[at] } else { 77 });
                }
            }
            if spec.predictor {
                for i in (planes.len()..line.len()).rev() {
                    line[i] = line[i].wrapping_sub(line[i - planes.len()]);
                }
            }
            match spec.bits {
                16 => bytes.extend(line.iter().flat_map(|s| self.raw(u64::from(*s), 2))),
                8 => bytes.extend(line.iter().map(|s| *s as u8)),
                bits => {
                    let each = 8 / bits as usize;
                    bytes.extend(line.chunks(each).map(|part| {
                        let shifted = part.iter().enumerate();
                        shifted.fold(0, |byte, (i, s)| byte | (*s as u8) << (8 - bits as usize * (i + 1)))
                    }));
                }
            }
        }
        match spec.compression {
            5 => weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8)
                .encode(&bytes)
                .unwrap(),
            8 | 32_946 => {
                let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
                encoder.write_all(&bytes).unwrap();
                encoder.finish().unwrap()
            }
            32_773 => packbits(&bytes),
            _ => bytes,
        }
    }
}

/// Runs of equal bytes, and the rest as it is; with a count of 128 here and there, which means nothing.
fn packbits(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![128];
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..].iter().take(128).take_while(|b| **b == bytes[at]).count();
        if run > 1 {
            out.extend([(257 - run) as u8, bytes[at]]);
            at += run;
        } else {
            let n = bytes[at..].len().min(5);
            out.push((n - 1) as u8);
            out.extend_from_slice(&bytes[at..at + n]);
            at += n;
        }
    }
    out
}

/// A file of one page.
pub fn write(spec: &Spec, samples: &[u16], little: bool, big: bool) -> Vec<u8> {
    let mut writer = Writer::new(little, big);
    writer.page(spec, samples);
    writer.bytes
}
