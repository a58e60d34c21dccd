//! Lines of PWG raster (PWG 5102.4, 4.2): a count of equal lines, then runs of pixels.

/// Most equal lines under one count.
const LINES: usize = 256;
/// Most pixels under one count.
const PIXELS: usize = 128;

/// Packs lines; holds back one, to count those that are equal to it.
#[derive(Debug)]
pub struct Lines {
    channels: usize,
    held: Vec<u8>,
    count: usize,
}

impl Lines {
    /// For pixels of this many bytes.
    pub fn new(channels: usize) -> Self {
        Lines {
            channels,
            held: Vec::new(),
            count: 0,
        }
    }

    /// The next line.
    pub fn row(&mut self, row: &[u8], out: &mut Vec<u8>) {
        if self.count > 0 && self.count < LINES && self.held == row {
            self.count += 1;
            return;
        }
        self.end(out);
        self.held.clear();
        self.held.extend_from_slice(row);
        self.count = 1;
    }

    /// Writes what is held back.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        if self.count > 0 {
            out.push((self.count - 1) as u8);
            match self.channels {
                1 => pack::<1>(&self.held, out),
                _ => pack::<3>(&self.held, out),
            }
            self.count = 0;
        }
    }
}

/// A run of `n` equal pixels is n − 1 and the pixel; `n` different ones are 257 − n and the pixels.
fn pack<const N: usize>(row: &[u8], out: &mut Vec<u8>) {
    let (pixels, _) = row.as_chunks::<N>();
    let mut at = 0;
    while let Some(pixel) = pixels.get(at) {
        let rest = &pixels[at..pixels.len().min(at + PIXELS)];
        let run = rest.iter().take_while(|p| *p == pixel).count();
        if run > 1 || rest.len() == 1 {
            out.push((run - 1) as u8);
            out.extend_from_slice(pixel);
            at += run;
            continue;
        }
        // Different ones go on until two neighbours are equal.
        let different = rest.windows(2).position(|w| w[0] == w[1]).unwrap_or(rest.len());
        if different == 1 {
            out.push(0);
        } else {
            out.push((257 - different) as u8);
        }
        out.extend_from_slice(rest[..different].as_flattened());
        at += different;
    }
}
