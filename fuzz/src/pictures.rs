//! Documents read as the press reads them, in two turns, and what must hold of their rows.

use platen::model::DocumentFormat;
use platen::press::source::{self, Depth, Head, RowMut, Shape, Source, Wish};
use platen::press::{Input, PressError, PressLimits, Turn};

use crate::{BESIDE, MEMORY, bounds, limits, spooled, words};

/// Pages of a document that are read.
const PAGES: u32 = 3;

/// Reads a document's first pages.
pub fn read(format: DocumentFormat, bytes: &[u8]) {
    let mut input = spooled(format, bytes);
    let limits = limits();
    bounds::within(MEMORY as usize + BESIDE, || {
        let mut pages = 1;
        while input.page < pages.min(PAGES) {
            match page(&input, &limits) {
                Ok(head) => {
                    assert!(head.pages > 0, "a document without pages");
                    pages = head.pages;
                }
                Err(error) => words(&error),
            }
            input.page += 1;
        }
        // One past the last is an error too, in words.
        if pages > 1 && pages <= PAGES {
            input.page = pages;
            let error = source::head(&input, &limits).expect_err("a page that the document does not have");
            words(&error);
        }
    });
}

fn page(input: &Input, limits: &PressLimits) -> Result<Head, PressError> {
    let head = source::head(input, limits)?;
    let (width, height) = (u64::from(head.width), u64::from(head.height));
    assert!(
        width > 0 && height > 0 && width * height <= limits.pixels,
        "the head: {width} × {height}"
    );
    assert!(width.max(height) <= limits.side.into(), "the head: {width} × {height}");
    assert!([1, 3, 4].contains(&head.channels), "{} channels", head.channels);
    if let Some(error) = source::profile(&head).err() {
        words(&error);
    }
    let upright = match Pixels::read(&head, Turn::NONE, input, limits) {
        Ok(pixels) => pixels,
        Err(error) => {
            // What is wrong with it upright may lie where nobody looks when it is turned.
            if let Err(turned) = Pixels::read(&head, Turn::LEFT, input, limits) {
                words(&turned);
            }
            return Err(error);
        }
    };
    match Pixels::read(&head, Turn::LEFT, input, limits) {
        Ok(left) => left.agrees(&upright),
        Err(error) => {
            words(&error);
            assert!(
                matches!(error, PressError::TooLarge { .. }),
                "sound when upright, and turned: {error}"
            );
        }
    }
    skipped(&upright, &head, input, limits);
    Ok(head)
}

/// A picture as it was read.
struct Pixels {
    shape: Shape,
    turn: Turn,
    /// Samples of 8 bits as they are.
    samples: Vec<u16>,
}

impl Pixels {
    /// Reads all rows, and some of them again.
    fn read(head: &Head, turn: Turn, input: &Input, limits: &PressLimits) -> Result<Pixels, PressError> {
        let mut source = source::open(input, head.turn.then(turn), Wish::default(), limits)?;
        let shape = source.shape();
        let told = turn.size(head.width, head.height);
        assert_eq!(
            (shape.width, shape.height),
            told,
            "rows of another shape than the head's"
        );
        assert_eq!((shape.channels, shape.depth), (head.channels, head.depth));
        let row = shape.width as usize * shape.channels;
        bounds::grant(row * shape.height as usize * 2 + row * 4);
        let mut samples = Vec::with_capacity(row * shape.height as usize);
        let mut line = Line::new(&shape);
        for y in 0..shape.height {
            samples.extend_from_slice(line.read(source.as_mut(), y)?);
        }
        let read = Pixels { shape, turn, samples };
        source.rewind()?;
        let step = (shape.height / 4).max(1) as usize;
        for y in (shape.height / 3..shape.height).step_by(step) {
            let again = line.read(source.as_mut(), y)?;
            assert!(again == read.row(y), "row {y} is another one when it is read again");
        }
        // Beyond the last row there is none.
        assert!(
            line.read(source.as_mut(), shape.height).is_err(),
            "a row beyond the last"
        );
        Ok(read)
    }

    fn row(&self, y: u32) -> &[u16] {
        let length = self.shape.width as usize * self.shape.channels;
        &self.samples[y as usize * length..][..length]
    }

    fn pixel(&self, x: u32, y: u32) -> &[u16] {
        &self.row(y)[x as usize * self.shape.channels..][..self.shape.channels]
    }

    /// Every pixel is where the turn wants it.
    fn agrees(&self, upright: &Pixels) {
        let Shape { width, height, .. } = self.shape;
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = self.turn.stored(x, y, upright.shape.width, upright.shape.height);
                assert!(
                    self.pixel(x, y) == upright.pixel(from_x, from_y),
                    "turned, pixel {x}, {y} is not that of {from_x}, {from_y}"
                );
            }
        }
    }
}

/// A source whose first rows nobody asks for gives the same rows.
fn skipped(upright: &Pixels, head: &Head, input: &Input, limits: &PressLimits) {
    let height = upright.shape.height;
    let mut line = Line::new(&upright.shape);
    let mut source = match source::open(input, head.turn, Wish::default(), limits) {
        Ok(source) => source,
        Err(error) => panic!("opened before, and now: {error}"),
    };
    for y in [height / 2, height - 1] {
        match line.read(source.as_mut(), y) {
            Ok(row) => assert!(
                row == upright.row(y),
                "row {y} is another one when those before are left out"
            ),
            Err(error) => panic!("row {y} could be read when those before were not left out: {error}"),
        }
    }
}

/// A row's buffer.
pub struct Line {
    bytes: Vec<u8>,
    samples: Vec<u16>,
    depth: Depth,
}

impl Line {
    /// For the rows of a source.
    pub fn new(shape: &Shape) -> Line {
        let size = shape.width as usize * shape.channels;
        Line {
            bytes: vec![0; size],
            samples: vec![0; size],
            depth: shape.depth,
        }
    }

    /// Reads a row.
    ///
    /// # Errors
    /// What the source says.
    pub fn read(&mut self, source: &mut dyn Source, y: u32) -> Result<&[u16], PressError> {
        match self.depth {
            Depth::Eight => {
                source.row(y, RowMut::Eight(&mut self.bytes))?;
                for (to, from) in self.samples.iter_mut().zip(&self.bytes) {
                    *to = u16::from(*from);
                }
            }
            Depth::Sixteen => source.row(y, RowMut::Sixteen(&mut self.samples))?,
        }
        Ok(&self.samples)
    }
}
