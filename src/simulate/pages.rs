//! Follows a raster document line by line as it arrives, to know how far a page has come. Pure.

/// Most bytes of a header that are held.
const PWG_HEADER: usize = 1_796;
const URF_HEADER: usize = 32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Magic, held in `head`.
    Magic,
    /// Page header, held in `head`.
    Header,
    /// The count before a line.
    Line,
    /// A run's count, then so many bytes to skip.
    Run,
    Skip(usize),
    /// Not a raster that is known, or a broken one.
    Opaque,
}

/// What of a document has come.
#[derive(Debug)]
pub struct Pages {
    place: Place,
    head: Vec<u8>,
    urf: bool,
    width: usize,
    height: usize,
    pixel: usize,
    /// Lines of this page that are complete, and lines that the present one stands for.
    lines: usize,
    repeat: usize,
    /// Pixels of the present line.
    filled: usize,
    complete: u32,
}

impl Pages {
    /// Before the first byte.
    pub fn new() -> Self {
        Pages {
            place: Place::Magic,
            head: Vec::new(),
            urf: false,
            width: 0,
            height: 0,
            pixel: 0,
            lines: 0,
            repeat: 0,
            filled: 0,
            complete: 0,
        }
    }

    /// Pages that have come, with the part of the present one.
    pub fn so_far(&self) -> f64 {
        let part = if self.height == 0 {
            0.0
        } else {
            self.lines as f64 / self.height as f64
        };
        f64::from(self.complete) + part
    }

    /// Pages of the whole document, once it is: what is no raster counts as one. `None` when a page is cut off.
    pub fn whole(&self) -> Option<u32> {
        match self.place {
            Place::Opaque => Some(1),
            Place::Header if self.head.is_empty() && self.complete > 0 => Some(self.complete),
            Place::Magic | Place::Header | Place::Line | Place::Run | Place::Skip(_) => None,
        }
    }

    /// The next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let used = self.step(bytes);
            bytes = &bytes[used.min(bytes.len())..];
        }
    }

    fn hold(&mut self, bytes: &[u8], wanted: usize) -> usize {
        let used = wanted.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..used]);
        used
    }

    fn step(&mut self, bytes: &[u8]) -> usize {
        match self.place {
            Place::Opaque => bytes.len(),
            Place::Magic => {
                let mut used = self.hold(bytes, 4);
                if self.head == b"RaS2" {
                    self.place = Place::Header;
                    self.head.clear();
                } else if self.head.starts_with(b"UNIR") {
                    used += self.hold(&bytes[used..], 12);
                    if self.head.len() == 12 {
                        self.urf = true;
                        self.place = Place::Header;
                        self.head.clear();
                    }
                } else if self.head.len() >= 4 {
                    self.place = Place::Opaque;
                }
                used
            }
            Place::Header => {
                let wanted = if self.urf { URF_HEADER } else { PWG_HEADER };
                let used = self.hold(bytes, wanted);
                if self.head.len() == wanted {
                    self.begin_page();
                }
                used
            }
            Place::Line => {
                self.repeat = usize::from(bytes[0]) + 1;
                self.filled = 0;
                self.place = Place::Run;
                1
            }
            Place::Run => {
                let count = usize::from(bytes[0]);
                let (pixels, data) = match count {
                    0..=127 => (count + 1, self.pixel),
                    // The rest of the line is white, in Apple raster.
                    128 => (self.width.saturating_sub(self.filled), 0),
                    _ => (257 - count, (257 - count) * self.pixel),
                };
                self.filled += pixels;
                self.place = Place::Skip(data);
                if data == 0 {
                    self.end_run();
                }
                1
            }
            Place::Skip(left) => {
                let used = left.min(bytes.len());
                self.place = Place::Skip(left - used);
                if used == left {
                    self.end_run();
                }
                used
            }
        }
    }

    fn begin_page(&mut self) {
        let number = |at: usize| {
            let bytes = self.head.get(at..at + 4).and_then(|b| b.try_into().ok());
            bytes.map_or(0, u32::from_be_bytes) as usize
        };
        let (width, height, bits) = if self.urf {
            (number(12), number(16), usize::from(self.head[0]))
        } else {
            (number(372), number(376), number(388))
        };
        (self.width, self.height, self.pixel) = (width, height, bits / 8);
        self.lines = 0;
        self.head.clear();
        let sane = (1..=200_000).contains(&width) && (1..=200_000).contains(&height) && (1..=16).contains(&self.pixel);
        self.place = if sane { Place::Line } else { Place::Opaque };
    }

    fn end_run(&mut self) {
        self.place = Place::Run;
        if self.filled < self.width {
            return;
        }
        self.lines += self.repeat;
        self.place = Place::Line;
        if self.filled > self.width || self.lines > self.height {
            // Not as the header said.
            self.place = Place::Opaque;
            self.height = 0;
        } else if self.lines == self.height {
            self.complete += 1;
            self.lines = 0;
            self.height = 0;
            self.place = Place::Header;
        }
    }
}
