//! Pictures in every turn against the upright one, turned in memory.

use proptest::prelude::*;

use super::super::super::held::{Held, Pixels, Samples};
use super::*;

fn all_turns(kind: Kind, width: u16, height: u16, memory: u64) {
    let bytes = encode(kind, width, height);
    let (_folder, path) = file(&bytes);
    let channels = if kind.colour == ColorType::Luma { 1 } else { 3 };
    let upright = decode(&bytes, Turn::NONE).unwrap();
    for turn in turns() {
        let pixels = Pixels {
            width: u32::from(width),
            height: u32::from(height),
            channels,
            samples: Samples::Eight(upright.clone()),
        };
        let want = read(&mut Held::new(pixels, turn)).unwrap();
        let mut source = super::super::open(&path, turn, &limits(memory)).unwrap();
        assert!(
            read(&mut *source).unwrap() == want,
            "{kind:?} {width} × {height} {turn:?}"
        );
    }
}

#[test]
fn a_turned_picture_has_the_pixels_of_the_upright_one() {
    for (width, height) in SIZES {
        for sampling in SAMPLINGS {
            for restart in [0, 3] {
                let kind = Kind {
                    sampling,
                    restart,
                    ..PLAIN
                };
                all_turns(kind, width, height, 4 << 20);
            }
        }
        let grey = Kind {
            colour: ColorType::Luma,
            ..PLAIN
        };
        all_turns(grey, width, height, 4 << 20);
    }
}

#[test]
fn so_it_has_when_memory_makes_strips_narrow() {
    for sampling in [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_2_2] {
        for restart in [0, 5, 200] {
            let kind = Kind {
                sampling,
                restart,
                ..PLAIN
            };
            all_turns(kind, 333, 205, 150_000);
        }
    }
}

#[test]
fn so_it_has_when_it_comes_in_several_scans() {
    // The coefficients take 0.4 MB or more: in a file with the smaller memory, else in memory.
    for memory in [150_000, 4 << 20] {
        for sampling in [SamplingFactor::F_1_1, SamplingFactor::F_2_2, SamplingFactor::F_4_1] {
            let kind = Kind {
                sampling,
                progressive: sampling != SamplingFactor::F_4_1,
                restart: 7,
                ..PLAIN
            };
            all_turns(kind, 333, 205, memory);
        }
    }
}

#[test]
fn a_strip_that_is_larger_than_the_memory_is_refused() {
    let (_folder, path) = file(&encode(PLAIN, 64, 640));
    let error = super::super::open(&path, Turn::LEFT, &limits(10_000)).err().unwrap();
    assert!(matches!(error, PressError::TooLarge { .. }), "{error:?}");
    super::super::open(&path, Turn::NONE, &limits(10_000)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rows_may_be_left_out_and_asked_for_again(
        turn in 0usize..8, sampling in 0usize..8, restart in 0u16..9, memory in prop_oneof![Just(100_000u64), Just(1 << 20)],
        steps in prop::collection::vec(prop::collection::vec(1usize..30, 1..20), 1..4),
    ) {
        let kind = Kind { sampling: SAMPLINGS[sampling], restart, ..PLAIN };
        let bytes = encode(kind, 93, 77);
        let (_folder, path) = file(&bytes);
        let turn = turns().nth(turn).unwrap();
        let want = decode(&bytes, turn).unwrap();
        let mut source = super::super::open(&path, turn, &limits(memory)).unwrap();
        let shape = source.shape();
        let mut row = vec![0; shape.width as usize * 3];
        for round in steps {
            let mut y = 0;
            for step in round {
                y += step;
                if y >= shape.height as usize {
                    break;
                }
                source.row(y as u32, RowMut::Eight(&mut row)).unwrap();
                prop_assert!(row == want[y * row.len()..][..row.len()]);
            }
            source.rewind().unwrap();
        }
    }
}
