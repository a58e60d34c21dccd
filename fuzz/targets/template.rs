//! Templates: a file's text, and behind a zero byte the values that a person types.
#![no_main]

use platen::press::template::{Template, TemplateError, Values};
use platen_fuzz::{bounds, choice, layouts};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (file, values) = text.split_once('\0').unwrap_or((text, ""));
    let choice = choice(bytes);
    bounds::within(layouts::MOST, || {
        if let Err(error) = fill(file, values, choice) {
            layouts::words(&error.to_string());
        }
    });
});

fn fill(file: &str, typed: &str, choice: u64) -> Result<(), TemplateError> {
    let template = Template::parse(file, "fuzz.toml")?;
    // What was checked when the file was read holds.
    template.layout(&Values::new()).expect("a template's own defaults");
    let mut typed = typed.split('\0');
    let values: Values = template
        .parameters
        .iter()
        .filter_map(|parameter| Some((parameter.name.to_string(), typed.next()?.to_owned())))
        .collect();
    let subjects = layouts::subjects(choice / 64);
    let borderless = template.layout(&values)?.borderless;
    let paper = layouts::paper(choice);
    let composition = template.compose(&values, paper.clone(), subjects, layouts::fields())?;
    layouts::draw(&composition, &paper, borderless).map_err(|why| TemplateError::Layout {
        template: template.name.clone(),
        why,
    })
}
