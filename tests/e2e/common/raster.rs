//! A strict reader of PWG raster (PWG 5102.4) and of Apple raster, written for the tests alone.

/// A page that arrived.
pub struct Page {
    pub header: Vec<u8>,
    pub width: usize,
    pub height: usize,
    pub channels: usize,
    /// Interleaved, 8 bits.
    pub pixels: Vec<u8>,
}

impl Page {
    pub fn number(&self, at: usize) -> u32 {
        u32::from_be_bytes(self.header[at..at + 4].try_into().unwrap())
    }

    pub fn text(&self, at: usize) -> &str {
        let field = &self.header[at..at + 64];
        let end = field
            .iter()
            .position(|b| *b == 0)
            .expect("a string of the header does not end");
        assert!(
            field[end..].iter().all(|b| *b == 0),
            "something follows a string of the header"
        );
        std::str::from_utf8(&field[..end]).unwrap()
    }

    pub fn pixel(&self, x: usize, y: usize) -> &[u8] {
        let at = (y * self.width + x) * self.channels;
        &self.pixels[at..at + self.channels]
    }

    /// Left, top, right and bottom of what is not paper white; the last two are one past it.
    pub fn inked(&self) -> (usize, usize, usize, usize) {
        let (mut left, mut top, mut right, mut bottom) = (self.width, self.height, 0, 0);
        for y in 0..self.height {
            for x in 0..self.width {
                if self.pixel(x, y).iter().any(|s| *s < 128) {
                    left = left.min(x);
                    right = right.max(x + 1);
                    top = top.min(y);
                    bottom = bottom.max(y + 1);
                }
            }
        }
        (left, top, right, bottom)
    }

    /// The mean of a little square.
    pub fn mean(&self, x: usize, y: usize, reach: usize) -> Vec<f64> {
        let mut sums = vec![0.0; self.channels];
        for row in y - reach..=y + reach {
            for column in x - reach..=x + reach {
                for (sum, sample) in sums.iter_mut().zip(self.pixel(column, row)) {
                    *sum += f64::from(*sample);
                }
            }
        }
        let count = ((2 * reach + 1) * (2 * reach + 1)) as f64;
        sums.iter().map(|s| s / count).collect()
    }
}

/// Reads every page; whatever is not as the standard says fails the test.
pub fn read(bytes: &[u8]) -> Vec<Page> {
    assert_eq!(&bytes[..4], b"RaS2", "no PWG raster");
    let mut rest = &bytes[4..];
    let mut pages = Vec::new();
    while !rest.is_empty() {
        let header = rest[..1_796].to_vec();
        rest = &rest[1_796..];
        let number = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().unwrap()) as usize;
        let (width, height, channels) = (number(372), number(376), number(420));
        assert_eq!(number(384), 8);
        assert_eq!(number(388), 8 * channels);
        assert_eq!(number(392), width * channels);
        let reserved = [
            256..268,
            284..300,
            312..324,
            332..340,
            348..352,
            360..368,
            380..384,
            404..420,
            424..452,
            488..508,
        ];
        for range in reserved {
            assert!(
                header[range.clone()].iter().all(|b| *b == 0),
                "reserved bytes {range:?} are not zero"
            );
        }
        let pixels = lines(&mut rest, width, height, channels, None);
        pages.push(Page {
            header,
            width,
            height,
            channels,
            pixels,
        });
    }
    pages
}

/// Unpacks the lines of a page, which both formats pack alike. `white` is what the rest of a line is after the count
/// 128, where the format knows it.
fn lines(rest: &mut &[u8], width: usize, height: usize, channels: usize, white: Option<u8>) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(width * height * channels);
    let mut lines = 0;
    while lines < height {
        let repeat = usize::from(rest[0]) + 1;
        *rest = &rest[1..];
        let from = pixels.len();
        while pixels.len() - from < width * channels {
            let count = usize::from(rest[0]);
            *rest = &rest[1..];
            if count < 128 {
                for _ in 0..=count {
                    pixels.extend_from_slice(&rest[..channels]);
                }
                *rest = &rest[channels..];
            } else if count == 128 {
                pixels.resize(from + width * channels, white.expect("a count that is reserved"));
            } else {
                let bytes = (257 - count) * channels;
                pixels.extend_from_slice(&rest[..bytes]);
                *rest = &rest[bytes..];
            }
        }
        assert_eq!(
            pixels.len() - from,
            width * channels,
            "a run goes over the end of line {lines}"
        );
        for _ in 1..repeat {
            pixels.extend_from_within(from..from + width * channels);
        }
        lines += repeat;
    }
    assert_eq!(lines, height, "a line repeats over the end of the page");
    pixels
}

/// Reads every page of Apple raster, as CUPS writes it.
pub fn read_urf(bytes: &[u8]) -> Vec<Page> {
    assert_eq!(&bytes[..8], b"UNIRAST\0", "no Apple raster");
    let count = u32::from_be_bytes(bytes[8..12].try_into().unwrap());
    let mut rest = &bytes[12..];
    let mut pages = Vec::new();
    while !rest.is_empty() {
        let header = rest[..32].to_vec();
        rest = &rest[32..];
        let number = |at: usize| u32::from_be_bytes(header[at..at + 4].try_into().unwrap()) as usize;
        let (width, height, channels) = (number(12), number(16), usize::from(header[0]) / 8);
        let pixels = lines(&mut rest, width, height, channels, Some(255));
        pages.push(Page {
            header,
            width,
            height,
            channels,
            pixels,
        });
    }
    assert_eq!(pages.len(), count as usize);
    pages
}
