//! PNG: head, profile, and all rows in two turns. Checksums are left out.
#![no_main]

use platen::model::DocumentFormat;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    platen_fuzz::pictures::read(DocumentFormat::Png, bytes);
});
