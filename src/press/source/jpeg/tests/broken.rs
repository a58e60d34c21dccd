//! Files that are cut, damaged, odd, or of a kind that is not taken.

use proptest::prelude::*;

use super::*;

fn sound() -> Vec<Vec<u8>> {
    let kind = |sampling, restart, progressive| Kind {
        sampling,
        restart,
        progressive,
        ..PLAIN
    };
    vec![
        encode(kind(SamplingFactor::F_1_1, 0, false), 40, 30),
        encode(kind(SamplingFactor::F_2_2, 2, false), 40, 30),
        encode(kind(SamplingFactor::F_4_1, 0, false), 40, 30),
        encode(kind(SamplingFactor::F_2_1, 0, true), 40, 30),
        encode(
            Kind {
                colour: ColorType::CmykAsYcck,
                ..PLAIN
            },
            30,
            20,
        ),
    ]
}

fn place(bytes: &[u8], marker: u8) -> usize {
    bytes.windows(2).position(|two| two == [0xff, marker]).unwrap()
}

fn why(bytes: &[u8]) -> PressError {
    decode(bytes, Turn::NONE).unwrap_err()
}

#[test]
fn a_file_that_is_cut_off_is_found_at_its_head() {
    for bytes in sound() {
        for length in 0..bytes.len() - 1 {
            let (_folder, path) = file(&bytes[..length]);
            let error = super::super::head(&path, &limits(8 << 20)).unwrap_err();
            assert!(matches!(error, PressError::Damaged { .. }), "{length}: {error:?}");
        }
    }
}

#[test]
fn missing_data_before_a_sound_end_are_found() {
    for bytes in sound() {
        let data = place(&bytes, 0xda) + 40;
        let mut cut = bytes[..data].to_vec();
        cut.extend([0xff, 0xd9]);
        for turn in turns() {
            let error = decode(&cut, turn).unwrap_err();
            assert!(matches!(error, PressError::Damaged { .. }), "{error:?}");
        }
    }
}

#[test]
fn restart_markers_must_be_there_and_in_order() {
    let bytes = &sound()[1];
    for (was, is) in [([0xff, 0xd1], [0xff, 0xd2]), ([0xff, 0xd0], [0x12, 0x34])] {
        let mut wrong = bytes.clone();
        let place = bytes.windows(2).position(|two| two == was).unwrap();
        wrong[place..place + 2].copy_from_slice(&is);
        assert!(matches!(why(&wrong), PressError::Damaged { .. }));
    }
}

#[test]
fn what_does_no_harm_is_taken() {
    for bytes in sound() {
        let want = decode(&bytes, Turn::NONE).unwrap();
        // Another end, and rubbish after it.
        let after = [&bytes[..], &[0xff, 0xd9, 1, 2, 3]].concat();
        // Fill bytes before a marker, and a comment.
        let frame = place(&bytes, 0xdb);
        let fill = [
            &bytes[..frame],
            &[0xff, 0xff, 0xff, 0xfe, 0, 4, 65, 66],
            &bytes[frame..],
        ]
        .concat();
        // Rubbish between segments.
        let between = [&bytes[..frame], &[1, 2, 3], &bytes[frame..]].concat();
        // Fill bytes before the end.
        let (most, end) = bytes.split_at(bytes.len() - 2);
        let late = [most, &[0xff, 0xff], end].concat();
        for odd in [after, fill, between, late] {
            assert!(decode(&odd, Turn::NONE).unwrap() == want);
        }
    }
}

#[test]
fn other_kinds_are_refused_in_words() {
    let bytes = sound().remove(0);
    let frame = place(&bytes, 0xc0);
    for (at, value, word) in [
        (1, 0xc3, "lossless"),
        (1, 0xc5, "hierarchical"),
        (1, 0xc9, "arithmetic"),
        (4, 12, "12 bits"),
    ] {
        let mut other = bytes.clone();
        other[frame + at] = value;
        let error = why(&other);
        assert!(matches!(error, PressError::Unsupported(_)), "{error:?}");
        assert!(format!("{error:?}").contains(word), "{error:?}");
    }
    let mut other = bytes.clone();
    (other[frame + 5], other[frame + 6]) = (0, 0);
    assert!(format!("{:?}", why(&other)).contains("height"));
}

#[test]
fn tables_and_components_that_are_missing_are_found() {
    let bytes = sound().remove(0);
    let scan = place(&bytes, 0xda);
    let frame = place(&bytes, 0xc0);
    // The scan's component; its table; the frame's quantisation table; its sampling.
    for (at, value) in [
        (scan + 5, 9),
        (scan + 6, 0x33),
        (frame + 12, 3),
        (frame + 11, 0x50),
        (frame + 11, 0x44),
    ] {
        let mut wrong = bytes.clone();
        wrong[at] = value;
        assert!(matches!(why(&wrong), PressError::Damaged { .. }), "{at} {value}");
    }
}

#[test]
fn too_many_scans_are_refused() {
    let bytes = sound().remove(0);
    let scan = place(&bytes, 0xda);
    let (most, end) = bytes.split_at(bytes.len() - 2);
    let many = [most, &bytes[scan..scan + 14].repeat(100), end].concat();
    assert!(format!("{:?}", why(&many)).contains("100 scans"));
}

#[test]
fn a_component_is_not_gone_over_without_end() {
    let bytes = sound().swap_remove(3);
    // The first scan of AC, again and again.
    let scans: Vec<usize> = (0..bytes.len() - 1)
        .filter(|i| bytes[*i..*i + 2] == [0xff, 0xda])
        .collect();
    let again = bytes[scans[1]..scans[2]].repeat(40);
    let many = [&bytes[..scans[1]], &again, &bytes[scans[1]..]].concat();
    assert!(format!("{:?}", why(&many)).contains("32 scans"), "{:?}", why(&many));
    let tables = [0xff, 0xc4, 0, 19, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0].repeat(1_001);
    let many = [&bytes[..2], &tables, &bytes[2..]].concat();
    assert!(format!("{:?}", why(&many)).contains("Huffman tables"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn broken_files_never_panic(
        kind in 0usize..5, turn in 0usize..8,
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = sound().swap_remove(kind);
        for (place, byte) in hits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let (_folder, path) = file(&bytes);
        let limits = PressLimits { pixels: 200_000, ..limits(2 << 20) };
        if let Ok(mut source) = super::super::open(&path, turns().nth(turn).unwrap(), &limits) {
            let _ = read(&mut *source);
        }
        let _ = super::super::head(&path, &limits);
    }
}
