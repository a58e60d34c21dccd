//! Lines of PWG raster (PWG 5102.4, 4.2) and Apple raster: a count of equal lines, then runs of pixels.
//!
//! Bands are packed by themselves, each line once with the number of its equals, and joined in order: equal lines at
//! the seam are counted as one. So the stream does not tell where the bands were.

/// Most equal lines under one count.
const LINES: usize = 256;
/// Most pixels under one count.
const PIXELS: usize = 128;

/// A packed band.
#[derive(Debug)]
pub struct PackedBand {
    pixel_bytes: usize,
    /// Packed lines, one after the other, each without its count.
    bytes: Vec<u8>,
    /// For each its end in `bytes` and how often it comes.
    lines: Vec<(usize, usize)>,
    /// The last line unpacked, to compare the next with.
    last: Vec<u8>,
}

impl PackedBand {
    /// For pixels of this many bytes; `size` is what to set aside.
    pub fn new(pixel_bytes: usize, size: usize) -> Self {
        PackedBand {
            pixel_bytes,
            bytes: Vec::with_capacity(size),
            lines: Vec::new(),
            last: Vec::new(),
        }
    }

    /// Appends a line.
    pub fn row(&mut self, row: &[u8]) {
        if let Some((_, count)) = self.lines.last_mut()
            && self.last == row
        {
            *count += 1;
            return;
        }
        match self.pixel_bytes {
            1 => pack::<1>(row, &mut self.bytes),
            2 => pack::<2>(row, &mut self.bytes),
            3 => pack::<3>(row, &mut self.bytes),
            4 => pack::<4>(row, &mut self.bytes),
            _ => pack::<6>(row, &mut self.bytes),
        }
        self.lines.push((self.bytes.len(), 1));
        self.last.clear();
        self.last.extend_from_slice(row);
    }
}

/// Joins bands; holds back one line, to count those that are equal to it.
#[derive(Debug, Default)]
pub struct Lines {
    held: Vec<u8>,
    count: usize,
}

impl Lines {
    /// The next band.
    pub fn band(&mut self, band: &PackedBand, out: &mut Vec<u8>) {
        let mut start = 0;
        for (index, (end, count)) in band.lines.iter().enumerate() {
            let line = band.bytes.get(start..*end).unwrap_or_default();
            start = *end;
            if self.count > 0 && self.held == line {
                self.count += count;
                continue;
            }
            self.end(out);
            if index + 1 < band.lines.len() {
                // Its neighbours are known to differ: it need not be held back.
                write(line, *count, out);
            } else {
                self.held.clear();
                self.held.extend_from_slice(line);
                self.count = *count;
            }
        }
    }

    /// Writes what is held back.
    pub fn end(&mut self, out: &mut Vec<u8>) {
        write(&self.held, self.count, out);
        self.count = 0;
    }
}

fn write(line: &[u8], mut count: usize, out: &mut Vec<u8>) {
    while count > 0 {
        let now = count.min(LINES);
        out.push((now - 1) as u8);
        out.extend_from_slice(line);
        count -= now;
    }
}

/// A run of `n` equal pixels is n − 1 and the pixel; `n` different ones are 257 − n and the pixels.
fn pack<const N: usize>(row: &[u8], out: &mut Vec<u8>) {
    let (pixels, _) = row.as_chunks::<N>();
    let mut at = 0;
    while let Some(pixel) = pixels.get(at) {
        let rest = &pixels[at..];
        let run = rest.iter().take_while(|p| *p == pixel).count();
        if run > 1 || rest.len() == 1 {
            let mut left = run;
            while left > 0 {
                let now = left.min(PIXELS);
                out.push((now - 1) as u8);
                out.extend_from_slice(pixel);
                left -= now;
            }
            at += run;
            continue;
        }
        // Different ones go on until two neighbours are equal.
        let different = first_twins::<N>(rest);
        for some in rest[..different].chunks(PIXELS) {
            out.push(if some.len() == 1 { 0 } else { (257 - some.len()) as u8 });
            out.extend_from_slice(some.as_flattened());
        }
        at += different;
    }
}

/// Where the first two equal neighbours are; all of them if there are none.
fn first_twins<const N: usize>(pixels: &[[u8; N]]) -> usize {
    /// Neighbours that are compared without a branch between them.
    const AT_ONCE: usize = 16;
    let mut at = 0;
    while let Some(some) = pixels.get(at..at + AT_ONCE + 1) {
        let mut any = false;
        for i in 0..AT_ONCE {
            any |= some[i] == some[i + 1];
        }
        if any {
            break;
        }
        at += AT_ONCE;
    }
    let rest = &pixels[at..];
    rest.windows(2)
        .position(|w| w[0] == w[1])
        .map_or(pixels.len(), |i| at + i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_does_not_tell_where_the_bands_were() {
        // 600 equal lines, one other, 3 equal.
        let row = |i: usize| match i {
            0..600 => vec![7u8; 30],
            600 => (0..30).collect(),
            _ => vec![9; 30],
        };
        let whole = |band: usize| {
            let mut lines = Lines::default();
            let mut out = Vec::new();
            for start in (0..604).step_by(band) {
                let mut packed = PackedBand::new(3, 0);
                (start..604.min(start + band)).for_each(|i| packed.row(&row(i)));
                lines.band(&packed, &mut out);
            }
            lines.end(&mut out);
            out
        };
        let one = whole(1);
        for band in [2, 7, 64, 256, 604] {
            assert_eq!(whole(band), one, "bands of {band}");
        }
        assert_eq!((one[0], one[1]), (255, 9));
    }
}
