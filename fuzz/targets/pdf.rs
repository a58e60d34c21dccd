//! PDF: loaded, surveyed, and its first pages opened and read: the one picture, or painted small.
#![no_main]

use platen::model::DocumentFormat;
use platen::press::source::{self, Wish};
use platen::press::{Input, PressError, PressLimits, Turn};
use platen_fuzz::pictures::Line;
use platen_fuzz::{bounds, choice, limits, panics, spooled, words};

/// A quarter of it is for the file and another for one of its streams.
const MEMORY: u64 = 32 << 20;
/// What the library takes for a document within these limits is its own business as yet; this is for what grows
/// without bounds.
const MOST: usize = 256 << 20;
/// Pages that are read.
const PAGES: u32 = 2;

libfuzzer_sys::fuzz_target!(init: panics::end_at_the_door(), |bytes: &[u8]| {
    let limits = PressLimits {
        pixels: 1_000_000,
        memory: MEMORY,
        ..limits()
    };
    let mut input = spooled(DocumentFormat::Pdf, bytes);
    let choice = choice(bytes);
    bounds::within(MOST, || {
        let mut pages = 1;
        while input.page < pages.min(PAGES) {
            match page(&input, &limits, choice) {
                Ok(counted) => pages = counted,
                Err(error) => words(&error),
            }
            input.page += 1;
        }
    });
});

fn page(input: &Input, limits: &PressLimits, choice: u64) -> Result<u32, PressError> {
    let head = source::head(input, limits)?;
    let (width, height) = (u64::from(head.width), u64::from(head.height));
    assert!(
        width > 0 && height > 0 && width * height <= limits.pixels,
        "the head: {width} × {height}"
    );
    if let Some(error) = source::profile(&head).err() {
        words(&error);
    }
    let turn = [Turn::NONE, Turn::LEFT, Turn::RIGHT, Turn::HALF][choice as usize % 4];
    // The longer side of a drawn page gets so many pixels.
    let longer = 24 + (choice / 4 % 40) as u32;
    let most = head.width.max(head.height);
    let small = |side: u32| ((u64::from(side) * u64::from(longer)) / u64::from(most)).max(1) as u32;
    let size = turn.size(small(head.width), small(head.height));
    let wish = Wish { size: Some(size) };
    let mut source = source::open(input, head.turn.then(turn), wish, limits)?;
    let shape = source.shape();
    let own = turn.size(head.width, head.height);
    let told = (shape.width, shape.height);
    assert!(
        told == size || told == own,
        "{told:?}, and {size:?} or {own:?} were due"
    );
    let mut line = Line::new(&shape);
    let first = line.read(source.as_mut(), 0)?.to_vec();
    for y in 1..shape.height {
        line.read(source.as_mut(), y)?;
    }
    source.rewind()?;
    assert!(
        line.read(source.as_mut(), 0)? == first,
        "the first row is another one when it is read again"
    );
    Ok(head.pages)
}
