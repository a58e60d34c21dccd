//! EXIF: orientation and resolution from a bare block.
#![no_main]

use platen::press::source::read_exif;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let found = read_exif(bytes);
    assert!(found.orientation <= 8, "orientation {}", found.orientation);
    if let Some(resolution) = found.resolution {
        let sound = 10..=10_000;
        assert!(
            sound.contains(&resolution.x) && sound.contains(&resolution.y),
            "{resolution:?}"
        );
    }
});
