//! JPEG: head, profile, and all rows in two turns.
#![no_main]

use platen::model::DocumentFormat;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    platen_fuzz::pictures::read(DocumentFormat::Jpeg, bytes);
});
