//! Writes ICC version 2 files: for the built-in profiles and the synthetic paper.

use super::curve::clamp01;

/// A file in the making.
#[derive(Debug)]
pub(super) struct Writer {
    class: [u8; 4],
    space: [u8; 4],
    pcs: [u8; 4],
    version: u32,
    tags: Vec<([u8; 4], usize)>,
    blocks: Vec<Vec<u8>>,
}

impl Writer {
    /// A version 2.4 file of a class, colour space and connection space.
    pub(super) fn new(class: [u8; 4], space: [u8; 4], pcs: [u8; 4]) -> Writer {
        Writer {
            class,
            space,
            pcs,
            version: 0x0240_0000,
            tags: Vec::new(),
            blocks: Vec::new(),
        }
    }

    /// States another version.
    #[cfg(test)]
    pub(super) fn version(&mut self, version: u32) {
        self.version = version;
    }

    /// Adds a tag. Equal content is stored once.
    pub(super) fn tag(&mut self, signature: &[u8; 4], content: Vec<u8>) {
        let block = self.blocks.iter().position(|b| *b == content).unwrap_or_else(|| {
            self.blocks.push(content);
            self.blocks.len() - 1
        });
        self.tags.push((*signature, block));
    }

    /// The file.
    pub(super) fn finish(&self) -> Vec<u8> {
        let mut out = vec![0; 128];
        put(&mut out, u32_of(self.tags.len()));
        let mut end = 132 + 12 * self.tags.len();
        let mut offsets = Vec::with_capacity(self.blocks.len());
        for block in &self.blocks {
            offsets.push(end);
            end += block.len().next_multiple_of(4);
        }
        for (signature, block) in &self.tags {
            out.extend(signature);
            put(&mut out, u32_of(offsets[*block]));
            put(&mut out, u32_of(self.blocks[*block].len()));
        }
        for block in &self.blocks {
            out.extend(block);
            out.resize(out.len().next_multiple_of(4), 0);
        }
        let length = u32_of(out.len());
        let mut field = |at: usize, value: &[u8]| out[at..at + value.len()].copy_from_slice(value);
        field(0, &length.to_be_bytes());
        field(8, &self.version.to_be_bytes());
        field(12, &self.class);
        field(16, &self.space);
        field(20, &self.pcs);
        // The first of January 2025, midnight: a fixed date keeps the bytes the same for ever.
        field(24, &[0x07, 0xe9, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
        field(36, b"acsp");
        field(68, &[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
        out
    }
}

fn u32_of(v: usize) -> u32 {
    // Our own files are far below 4 GiB.
    u32::try_from(v).unwrap_or(u32::MAX)
}

fn put(out: &mut Vec<u8>, v: u32) {
    out.extend(v.to_be_bytes());
}

/// A number as s15Fixed16Number.
pub(super) fn fixed(v: f64) -> [u8; 4] {
    ((v * 65536.0).round() as i32).to_be_bytes()
}

/// A number 0..1 as u16.
pub(super) fn unit16(v: f64) -> u16 {
    (clamp01(v) * 65535.0).round() as u16
}

/// `desc` of version 2.
pub(super) fn description(text: &str) -> Vec<u8> {
    let mut out = b"desc\0\0\0\0".to_vec();
    put(&mut out, u32_of(text.len() + 1));
    out.extend(text.bytes());
    // End of the ASCII text, then empty Unicode (8 bytes) and ScriptCode (3 + 67 bytes) texts.
    out.resize(out.len() + 1 + 8 + 70, 0);
    out
}

/// `text`
pub(super) fn text(text: &str) -> Vec<u8> {
    let mut out = b"text\0\0\0\0".to_vec();
    out.extend(text.bytes());
    out.push(0);
    out
}

/// `XYZ `
pub(super) fn xyz(v: [f64; 3]) -> Vec<u8> {
    let mut out = b"XYZ \0\0\0\0".to_vec();
    out.extend(v.iter().flat_map(|v| fixed(*v)));
    out
}

/// `curv` with these samples; one sample is a gamma in 1/256.
pub(super) fn curve(samples: &[u16]) -> Vec<u8> {
    let mut out = b"curv\0\0\0\0".to_vec();
    put(&mut out, u32_of(samples.len()));
    out.extend(samples.iter().flat_map(|v| v.to_be_bytes()));
    out
}

/// `mft2` of three channels to `outputs` without a matrix: the same grid on all axes, a table of equal length for
/// each channel.
#[cfg(test)]
pub(super) fn mft2(points: u8, input: &[Vec<u16>], values: &[u16], output: &[Vec<u16>]) -> Vec<u8> {
    let count = |v: usize| u8::try_from(v).unwrap();
    let mut out = b"mft2\0\0\0\0".to_vec();
    out.extend([count(input.len()), count(output.len()), points, 0]);
    for i in 0..9 {
        out.extend(fixed(if i % 4 == 0 { 1.0 } else { 0.0 }));
    }
    for tables in [input, output] {
        out.extend(u16::try_from(tables[0].len()).unwrap().to_be_bytes());
    }
    let words = input.iter().flatten().chain(values).chain(output.iter().flatten());
    out.extend(words.flat_map(|v| v.to_be_bytes()));
    out
}
