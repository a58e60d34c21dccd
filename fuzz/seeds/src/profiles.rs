//! ICC profiles: matrices, grey curves, and tables of every type, small.

use super::{Files, noise};

fn fixed(v: f64) -> [u8; 4] {
    ((v * 65_536.0).round() as i32).to_be_bytes()
}

fn xyz(v: [f64; 3]) -> Vec<u8> {
    let mut bytes = b"XYZ \0\0\0\0".to_vec();
    bytes.extend(v.into_iter().flat_map(fixed));
    bytes
}

fn table(values: &[u16]) -> Vec<u8> {
    let mut bytes = b"curv\0\0\0\0".to_vec();
    bytes.extend((values.len() as u32).to_be_bytes());
    bytes.extend(values.iter().flat_map(|v| v.to_be_bytes()));
    bytes
}

fn parametric(kind: u16, values: &[f64]) -> Vec<u8> {
    let mut bytes = b"para\0\0\0\0".to_vec();
    bytes.extend(kind.to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(values.iter().flat_map(|v| fixed(*v)));
    bytes
}

fn description(major: u8) -> Vec<u8> {
    if major < 4 {
        let mut bytes = b"desc\0\0\0\0".to_vec();
        bytes.extend(5u32.to_be_bytes());
        bytes.extend(b"seed\0");
        bytes.resize(8 + 4 + 5 + 78, 0);
        bytes
    } else {
        let mut bytes = b"mluc\0\0\0\0".to_vec();
        for n in [1u32, 12, u32::from_be_bytes(*b"enUS"), 8, 28] {
            bytes.extend(n.to_be_bytes());
        }
        bytes.extend("seed".encode_utf16().flat_map(u16::to_be_bytes));
        bytes
    }
}

fn profile(major: u8, class: &[u8; 4], space: &[u8; 4], pcs: &[u8; 4], tags: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut head = vec![0u8; 128];
    head[8] = major;
    head[12..16].copy_from_slice(class);
    head[16..20].copy_from_slice(space);
    head[20..24].copy_from_slice(pcs);
    head[36..40].copy_from_slice(b"acsp");
    for (at, v) in [(68, 0.9642), (72, 1.0), (76, 0.8249)] {
        head[at..at + 4].copy_from_slice(&fixed(v));
    }
    let mut all = vec![(b"desc", description(major)), (b"wtpt", xyz([0.9642, 1.0, 0.8249]))];
    all.extend(tags.iter().map(|(name, data)| (*name, data.clone())));
    let mut body = Vec::new();
    let start = 128 + 4 + 12 * all.len();
    head.extend((all.len() as u32).to_be_bytes());
    for (name, data) in &all {
        head.extend(*name);
        head.extend(((start + body.len()) as u32).to_be_bytes());
        head.extend((data.len() as u32).to_be_bytes());
        body.extend(data);
        body.resize(body.len().next_multiple_of(4), 0);
    }
    head.extend(body);
    let size = (head.len() as u32).to_be_bytes();
    head[..4].copy_from_slice(&size);
    head
}

fn matrix(major: u8, curve: &[u8]) -> Vec<u8> {
    let tags = [
        (b"rXYZ", xyz([0.4361, 0.2225, 0.0139])),
        (b"gXYZ", xyz([0.3851, 0.7169, 0.0971])),
        (b"bXYZ", xyz([0.1431, 0.0606, 0.7139])),
        (b"rTRC", curve.to_vec()),
        (b"gTRC", curve.to_vec()),
        (b"bTRC", curve.to_vec()),
    ];
    profile(major, b"mntr", b"RGB ", b"XYZ ", &tags)
}

/// A matrix profile with a simple curve.
pub fn srgb_like(major: u8) -> Vec<u8> {
    matrix(major, &table(&[563]))
}

/// `mft1` or `mft2`.
fn mft(inputs: u8, outputs: u8, points: u8, wide: bool) -> Vec<u8> {
    let mut bytes = if wide { b"mft2".to_vec() } else { b"mft1".to_vec() };
    bytes.extend([0, 0, 0, 0, inputs, outputs, points, 0]);
    for i in 0..9 {
        bytes.extend(fixed(if i % 4 == 0 { 1.0 } else { 0.0 }));
    }
    let entries = if wide { 2 } else { 256 };
    if wide {
        bytes.extend([0, 2, 0, 2]);
    }
    let curve = |bytes: &mut Vec<u8>| {
        for i in 0..entries {
            if wide {
                bytes.extend(((i * 65_535) as u16).to_be_bytes());
            } else {
                bytes.push(i as u8);
            }
        }
    };
    (0..inputs).for_each(|_| curve(&mut bytes));
    let nodes = usize::from(points).pow(inputs.into()) * usize::from(outputs);
    for i in 0..nodes {
        let node = i / usize::from(outputs);
        // Light where the numbers are high, with a little colour.
        let value = match i % usize::from(outputs) {
            0 => (node * 255 / (nodes / usize::from(outputs)).max(1)) as u8,
            _ => 112 + noise(i) % 32,
        };
        if wide {
            bytes.extend((u16::from(value) * 257).to_be_bytes());
        } else {
            bytes.push(value);
        }
    }
    (0..outputs).for_each(|_| curve(&mut bytes));
    bytes
}

/// `mAB ` or `mBA `.
fn modular(to_pcs: bool, inputs: u8, outputs: u8, whole: bool) -> Vec<u8> {
    let mut bytes = if to_pcs { b"mAB ".to_vec() } else { b"mBA ".to_vec() };
    bytes.extend([0, 0, 0, 0, inputs, outputs, 0, 0]);
    let places = bytes.len();
    bytes.extend([0; 20]);
    let (pcs, device) = if to_pcs { (outputs, inputs) } else { (inputs, outputs) };
    let put = |bytes: &mut Vec<u8>, which: usize| {
        let at = bytes.len() as u32;
        bytes[places + which * 4..places + which * 4 + 4].copy_from_slice(&at.to_be_bytes());
    };
    put(&mut bytes, 0);
    (0..pcs).for_each(|_| bytes.extend(parametric(0, &[1.0])));
    if whole {
        put(&mut bytes, 1);
        for i in 0..12 {
            bytes.extend(fixed(if i % 4 == 0 && i < 9 { 1.0 } else { 0.0 }));
        }
        put(&mut bytes, 2);
        (0..pcs).for_each(|i| {
            bytes.extend(parametric(
                u16::from(i % 2) * 3,
                &[1.1, 1.0, 0.0, 0.9, 0.04][..if i.is_multiple_of(2) { 1 } else { 5 }],
            ))
        });
    }
    put(&mut bytes, 3);
    let mut grid = [0u8; 16];
    grid[..usize::from(inputs)].fill(2);
    bytes.extend(grid);
    bytes.extend([1, 0, 0, 0]);
    let nodes = 2usize.pow(inputs.into()) * usize::from(outputs);
    bytes.extend((0..nodes).map(noise));
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    put(&mut bytes, 4);
    (0..device).for_each(|_| bytes.extend(table(&[0, 30_000, 65_535])));
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// A CMYK printer with tables of 8 bits.
pub fn cmyk() -> Vec<u8> {
    let tags = [(b"A2B0", mft(4, 3, 2, true)), (b"B2A0", mft(3, 4, 2, true))];
    profile(2, b"prtr", b"CMYK", b"Lab ", &tags)
}

pub fn all() -> Files {
    let mut files: Files = vec![
        ("matrix-2".into(), srgb_like(2)),
        ("matrix-4".into(), srgb_like(4)),
        (
            "matrix-table".into(),
            matrix(2, &table(&[0, 1_000, 9_000, 30_000, 65_535])),
        ),
        ("matrix-linear".into(), matrix(2, &table(&[]))),
        ("cmyk".into(), cmyk()),
    ];
    let values = [2.4, 0.948, 0.052, 0.077, 0.04, 0.01, 0.0];
    for (kind, count) in [(0, 1), (1, 3), (2, 4), (3, 5), (4, 7)] {
        let curve = parametric(kind, &values[..count]);
        files.push((format!("para-{kind}"), matrix(4, &curve)));
    }
    for major in [2, 4] {
        for (pcs, name) in [(b"XYZ ", "xyz"), (b"Lab ", "lab")] {
            let grey = profile(major, b"mntr", b"GRAY", pcs, &[(b"kTRC", table(&[461]))]);
            files.push((format!("grey-{name}-{major}"), grey));
        }
        for wide in [false, true] {
            let tags = [
                (b"A2B0", mft(3, 3, 3, wide)),
                (b"A2B1", mft(3, 3, 2, wide)),
                (b"B2A0", mft(3, 3, 2, wide)),
                (b"B2A1", mft(3, 3, 3, wide)),
            ];
            let name = if wide { "mft2" } else { "mft1" };
            let tags = if wide { &tags[..] } else { &tags[..3] };
            files.push((
                format!("{name}-{major}"),
                profile(major, b"prtr", b"RGB ", b"Lab ", tags),
            ));
        }
    }
    for (space, channels) in [(b"RGB ", 3), (b"CMYK", 4), (b"GRAY", 1)] {
        for (pcs, name) in [(b"XYZ ", "xyz"), (b"Lab ", "lab")] {
            let tags = [
                (b"A2B0", modular(true, channels, 3, true)),
                (b"A2B2", modular(true, channels, 3, false)),
                (b"B2A0", modular(false, 3, channels, true)),
            ];
            files.push((
                format!("modular-{channels}-{name}"),
                profile(4, b"prtr", space, pcs, &tags),
            ));
        }
    }
    files
}
