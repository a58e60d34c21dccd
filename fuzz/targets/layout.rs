//! Layouts: the `[layout]` table of a template as text, read, composed with pictures on paper, and drawn.
#![no_main]

use platen::press::layout::{Composition, LayoutError, read};
use platen_fuzz::{bounds, choice, layouts};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some(table) = std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| toml::from_str(text).ok())
    else {
        return;
    };
    let choice = choice(bytes);
    bounds::within(layouts::MOST, || {
        if let Err(error) = compose(table, choice) {
            layouts::words(&error.to_string());
        }
    });
});

fn compose(table: toml::Table, choice: u64) -> Result<(), LayoutError> {
    let layout = read(table)?;
    let (paper, borderless) = (layouts::paper(choice), layout.borderless);
    let subjects = layouts::subjects(choice / 64);
    let composition = Composition::new(layout, paper.clone(), subjects, layouts::fields())?;
    layouts::draw(&composition, &paper, borderless)
}
