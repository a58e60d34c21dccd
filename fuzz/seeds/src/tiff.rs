//! TIFF: strips and tiles, packed in every way, planar, BigTIFF, several pages.

use super::{Files, deflate, profiles, samples};

#[derive(Clone)]
struct Spec {
    size: (u32, u32),
    channels: u32,
    bits: u32,
    /// 1 none, 5 LZW, 8 and 32946 deflate, 32773 PackBits.
    compression: u16,
    photometric: u16,
    planar: bool,
    tile: Option<(u32, u32)>,
    rows_per_strip: u32,
    predictor: bool,
    extra: Option<u16>,
    orientation: u16,
    icc: Option<Vec<u8>>,
}

const PLAIN: Spec = Spec {
    size: (21, 13),
    channels: 3,
    bits: 8,
    compression: 1,
    photometric: 2,
    planar: false,
    tile: None,
    rows_per_strip: 5,
    predictor: false,
    extra: None,
    orientation: 1,
    icc: None,
};

fn packbits(row: &[u8]) -> Vec<u8> {
    row.chunks(100)
        .flat_map(|part| std::iter::once(part.len() as u8 - 1).chain(part.iter().copied()))
        .collect()
}

struct Writer {
    bytes: Vec<u8>,
    little: bool,
    big: bool,
    /// Where the place of the next directory is written.
    link: usize,
}

impl Writer {
    fn new(little: bool, big: bool) -> Writer {
        let mut writer = Writer {
            bytes: if little { b"II".to_vec() } else { b"MM".to_vec() },
            little,
            big,
            link: 0,
        };
        if big {
            writer.number(43, 2);
            writer.number(8, 2);
            writer.number(0, 2);
        } else {
            writer.number(42, 2);
        }
        writer.link = writer.bytes.len();
        writer.number(0, writer.word());
        writer
    }

    const fn word(&self) -> usize {
        if self.big { 8 } else { 4 }
    }

    fn ordered(&self, value: u64, size: usize) -> Vec<u8> {
        if self.little {
            value.to_le_bytes()[..size].to_vec()
        } else {
            value.to_be_bytes()[8 - size..].to_vec()
        }
    }

    fn number(&mut self, value: u64, size: usize) {
        let bytes = self.ordered(value, size);
        self.bytes.extend(bytes);
    }

    fn pack(&self, spec: &Spec, row: usize, data: &[u8]) -> Vec<u8> {
        match spec.compression {
            5 => weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8)
                .encode(data)
                .expect("memory can be written"),
            8 | 32_946 => deflate(data),
            32_773 => data.chunks(row).flat_map(packbits).collect(),
            _ => data.to_vec(),
        }
    }

    fn page(&mut self, spec: &Spec) {
        let (width, height) = spec.size;
        let planes = if spec.planar { spec.channels } else { 1 };
        let per_pixel = if spec.planar { 1 } else { spec.channels };
        let (mut places, mut counts) = (Vec::new(), Vec::new());
        for _ in 0..planes {
            let parts: Vec<(u32, u32)> = match spec.tile {
                Some((w, h)) => vec![(w, h); (width.div_ceil(w) * height.div_ceil(h)) as usize],
                None => (0..height)
                    .step_by(spec.rows_per_strip as usize)
                    .map(|y| (width, spec.rows_per_strip.min(height - y)))
                    .collect(),
            };
            for (w, h) in parts {
                let row = (w * per_pixel * spec.bits).div_ceil(8) as usize;
                let packed = self.pack(spec, row, &samples(row * h as usize));
                places.push(self.bytes.len() as u64);
                counts.push(packed.len() as u64);
                self.bytes.extend(packed);
            }
        }
        if self.bytes.len() % 2 == 1 {
            self.bytes.push(0);
        }
        let wide = if self.big { 16 } else { 4 };
        let numbers = |kind: u16, values: Vec<u64>| (kind, values);
        let mut tags: Vec<(u16, (u16, Vec<u64>))> = vec![
            (256, numbers(4, vec![width.into()])),
            (257, numbers(4, vec![height.into()])),
            (258, numbers(3, vec![spec.bits.into(); spec.channels as usize])),
            (259, numbers(3, vec![spec.compression.into()])),
            (262, numbers(3, vec![spec.photometric.into()])),
            (274, numbers(3, vec![spec.orientation.into()])),
            (277, numbers(3, vec![spec.channels.into()])),
            (284, numbers(3, vec![if spec.planar { 2 } else { 1 }])),
            (296, numbers(3, vec![2])),
        ];
        match spec.tile {
            Some((w, h)) => tags.extend([
                (322, numbers(4, vec![w.into()])),
                (323, numbers(4, vec![h.into()])),
                (324, numbers(wide, places)),
                (325, numbers(4, counts)),
            ]),
            None => tags.extend([
                (273, numbers(wide, places)),
                (278, numbers(4, vec![spec.rows_per_strip.into()])),
                (279, numbers(4, counts)),
            ]),
        }
        if spec.predictor {
            tags.push((317, numbers(3, vec![2])));
        }
        if let Some(extra) = spec.extra {
            tags.push((338, numbers(3, vec![extra.into()])));
        }
        if spec.photometric == 3 {
            let colours = 3usize << spec.bits;
            tags.push((
                320,
                numbers(3, (0..colours as u64).map(|i| i * 5_003 % 65_536).collect()),
            ));
        }
        if let Some(icc) = &spec.icc {
            tags.push((34_675, numbers(7, icc.iter().map(|b| u64::from(*b)).collect())));
        }
        // A ratio is two numbers of four bytes.
        tags.push((282, numbers(5, vec![300, 1])));
        tags.push((283, numbers(5, vec![300, 1])));
        tags.sort_by_key(|(tag, _)| *tag);
        let mut entries = Vec::new();
        for (tag, (kind, values)) in &tags {
            let size = match kind {
                3 => 2,
                7 => 1,
                16 => 8,
                _ => 4,
            };
            let data: Vec<u8> = values.iter().flat_map(|v| self.ordered(*v, size)).collect();
            let count = if *kind == 5 { 1 } else { values.len() };
            entries.extend(self.ordered((*tag).into(), 2));
            entries.extend(self.ordered((*kind).into(), 2));
            entries.extend(self.ordered(count as u64, self.word()));
            if data.len() <= self.word() {
                entries.extend(&data);
                entries.resize(entries.len() + self.word() - data.len(), 0);
            } else {
                let at = self.bytes.len() as u64;
                entries.extend(self.ordered(at, self.word()));
                self.bytes.extend(data);
            }
        }
        let at = self.ordered(self.bytes.len() as u64, self.word());
        let link = self.link;
        self.bytes[link..link + at.len()].copy_from_slice(&at);
        self.number(tags.len() as u64, if self.big { 8 } else { 2 });
        self.bytes.extend(entries);
        self.link = self.bytes.len();
        self.number(0, self.word());
    }
}

fn one(spec: &Spec, little: bool, big: bool) -> Vec<u8> {
    let mut writer = Writer::new(little, big);
    writer.page(spec);
    writer.bytes
}

pub fn all() -> Files {
    let mut files = Files::new();
    let mut turn = 0u16;
    for (name, compression) in [
        ("plain", 1),
        ("lzw", 5),
        ("deflate", 8),
        ("old-deflate", 32_946),
        ("packbits", 32_773),
    ] {
        for (form, tile, planar) in [
            ("strips", None, false),
            ("tiles", Some((16, 16)), false),
            ("planes", None, true),
            ("planar-tiles", Some((32, 16)), true),
        ] {
            let bits = if turn.is_multiple_of(3) { 16 } else { 8 };
            let spec = Spec {
                compression,
                tile,
                planar,
                bits,
                predictor: matches!(compression, 5 | 8) && turn.is_multiple_of(2),
                orientation: turn % 8 + 1,
                ..PLAIN
            };
            files.push((
                format!("{name}-{form}"),
                one(&spec, turn.is_multiple_of(2), turn.is_multiple_of(5)),
            ));
            turn += 1;
        }
    }
    for (name, channels, bits, photometric, extra) in [
        ("bilevel", 1, 1, 1, None),
        ("white-is-zero", 1, 1, 0, None),
        ("grey-4", 1, 4, 1, None),
        ("grey-8", 1, 8, 1, None),
        ("grey-16", 1, 16, 0, None),
        ("palette-4", 1, 4, 3, None),
        ("palette-8", 1, 8, 3, None),
        ("rgba", 4, 8, 2, Some(2)),
        ("rgb-premultiplied", 4, 16, 2, Some(1)),
        ("grey-alpha", 2, 8, 1, Some(2)),
        ("cmyk", 4, 8, 5, None),
        ("cmyk-16", 4, 16, 5, None),
    ] {
        let spec = Spec {
            channels,
            bits,
            photometric,
            extra,
            ..PLAIN
        };
        files.push((name.into(), one(&spec, true, false)));
    }
    let spec = Spec {
        icc: Some(profiles::srgb_like(2)),
        size: (5, 3),
        ..PLAIN
    };
    files.push(("icc".into(), one(&spec, false, false)));
    let mut writer = Writer::new(true, false);
    writer.page(&PLAIN);
    writer.page(&Spec {
        size: (8, 8),
        channels: 1,
        photometric: 1,
        compression: 5,
        ..PLAIN
    });
    writer.page(&Spec {
        size: (16, 3),
        bits: 16,
        compression: 8,
        ..PLAIN
    });
    files.push(("pages".into(), writer.bytes));
    files
}
