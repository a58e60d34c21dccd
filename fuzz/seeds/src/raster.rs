//! PWG raster and Apple raster.

use super::Files;

/// Lines of a page, packed: a repeated line, equal pixels, different ones, and one that is cleared.
fn lines(pixels: usize, unit: usize, rows: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut left = rows;
    let mut turn = 0u8;
    while left > 0 {
        let repeat = if turn.is_multiple_of(2) { 1 } else { left.min(3) };
        bytes.push((repeat - 1) as u8);
        left -= repeat;
        let equal = pixels / 2;
        bytes.push((equal - 1) as u8);
        bytes.extend((0..unit).map(|i| turn.wrapping_mul(31).wrapping_add(i as u8)));
        if turn % 3 == 2 {
            bytes.push(128);
        } else {
            let different = pixels - equal;
            bytes.push((257 - different) as u8);
            bytes.extend((0..different * unit).map(super::noise));
        }
        turn += 1;
    }
    bytes
}

struct Kind {
    name: &'static str,
    /// The number of the color space: PWG's and Apple's.
    space: (u32, u8),
    channels: u32,
    bits: u32,
}

const KINDS: [Kind; 10] = [
    Kind {
        name: "black-1",
        space: (3, 255),
        channels: 1,
        bits: 1,
    },
    Kind {
        name: "black-8",
        space: (3, 255),
        channels: 1,
        bits: 8,
    },
    Kind {
        name: "grey-8",
        space: (18, 0),
        channels: 1,
        bits: 8,
    },
    Kind {
        name: "grey-16",
        space: (18, 4),
        channels: 1,
        bits: 16,
    },
    Kind {
        name: "rgb-8",
        space: (19, 1),
        channels: 3,
        bits: 8,
    },
    Kind {
        name: "rgb-16",
        space: (19, 1),
        channels: 3,
        bits: 16,
    },
    Kind {
        name: "device-8",
        space: (1, 5),
        channels: 3,
        bits: 8,
    },
    Kind {
        name: "adobe-8",
        space: (20, 3),
        channels: 3,
        bits: 8,
    },
    Kind {
        name: "cmyk-8",
        space: (6, 6),
        channels: 4,
        bits: 8,
    },
    Kind {
        name: "cmyk-16",
        space: (6, 6),
        channels: 4,
        bits: 16,
    },
];

fn packed(kind: &Kind, width: u32, height: u32) -> Vec<u8> {
    let (pixels, unit) = if kind.bits == 1 {
        (width.div_ceil(8), 1)
    } else {
        (width, kind.channels * kind.bits / 8)
    };
    lines(pixels as usize, unit as usize, height as usize)
}

pub fn pwg() -> Files {
    let mut files = Files::new();
    for kind in &KINDS {
        for pages in [1, 2] {
            let mut bytes = b"RaS2".to_vec();
            for page in 0..pages {
                let (width, height) = (17 + page, 9);
                let mut head = vec![0u8; 1_796];
                head[..10].copy_from_slice(b"PwgRaster\0");
                let line = (width * kind.channels * kind.bits).div_ceil(8);
                for (at, value) in [
                    (276, 300),
                    (280, 300),
                    (340, 1),
                    (372, width),
                    (376, height),
                    (384, kind.bits),
                    (388, kind.bits * kind.channels),
                    (392, line),
                    (400, kind.space.0),
                    (420, kind.channels),
                    (452, pages),
                ] {
                    head[at..at + 4].copy_from_slice(&value.to_be_bytes());
                }
                bytes.extend(head);
                bytes.extend(packed(kind, width, height));
            }
            files.push((format!("{}-{pages}", kind.name), bytes));
        }
    }
    files
}

pub fn urf() -> Files {
    let mut files = Files::new();
    for kind in KINDS.iter().filter(|k| k.space.1 != 255) {
        for pages in [1u32, 3] {
            let mut bytes = b"UNIRAST\0".to_vec();
            bytes.extend(pages.to_be_bytes());
            for page in 0..pages {
                let (width, height) = (12 + page, 7);
                let mut head = [0u8; 32];
                head[0] = (kind.bits * kind.channels) as u8;
                head[1] = kind.space.1;
                head[3] = 4;
                for (at, value) in [(12, width), (16, height), (20, 300)] {
                    head[at..at + 4].copy_from_slice(&u32::to_be_bytes(value));
                }
                bytes.extend(head);
                bytes.extend(packed(kind, width, height));
            }
            files.push((format!("{}-{pages}", kind.name), bytes));
        }
    }
    files
}
