//! Words from outside, shaped and set: a picture's title as a caption and as a block of its own.
//!
//! The first four bytes choose how.
#![no_main]

use platen::model::Resolution;
use platen::press::layout::{Composition, Fields, LayoutError, Picture, Subject, read};
use platen_fuzz::{bounds, layouts};

const CUTS: [&str; 2] = ["end", "middle"];
const ALIGNS: [&str; 3] = ["left", "center", "right"];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&[size, shrink, look, paper], rest)) = bytes.split_first_chunk::<4>() else {
        return;
    };
    let title = String::from_utf8_lossy(rest);
    bounds::within(layouts::MOST, || {
        if let Err(error) = set(&title, size, shrink, look, paper) {
            layouts::words(&error.to_string());
        }
    });
});

fn set(title: &str, size: u8, shrink: u8, look: u8, paper: u8) -> Result<(), LayoutError> {
    // Small letters: most of the time goes into painting, which every letter is alike for.
    let size = f64::from(size) / 16.0 + 1.0;
    let shrink = (f64::from(shrink) / 32.0 + 1.0).min(size);
    let (cut, align) = (CUTS[usize::from(look % 2)], ALIGNS[usize::from(look / 2 % 3)]);
    let text = format!(
        "[[block]]\nkind = \"picture\"\ncaption = [{{ text = \"{{title}}\", align = \"{align}\", \
         size = {size:.2}, shrink-to = {shrink:.2} }}]\n[[block]]\nkind = \"text\"\nframe = {{ width = 60.0, height = \
         30.0 }}\ntext = \"{{title}}\"\nsize = {size:.2}\nshrink-to = {shrink:.2}\ncut = \"{cut}\"\n"
    );
    let layout = read(toml::from_str(&text).expect("a table"))?;
    let picture = Picture {
        width: 300,
        height: 200,
        resolution: None,
    };
    let mut subject = Subject::new(picture);
    subject.fields = Fields::default().with("title", title);
    let mut paper = layouts::paper(paper.into());
    paper.dots = Resolution::square(40);
    let composition = Composition::new(layout, paper.clone(), vec![subject], Fields::default())?;
    layouts::draw(&composition, &paper, false)
}
