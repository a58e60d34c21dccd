use proptest::prelude::*;

use super::*;
use crate::press::source::tiles::Tiles;
use crate::press::source::turned::Turned;

fn tiled(width: u32, height: u32, channels: usize, depth: Depth, turn: Turn, limits: &PressLimits) -> Turned<Tiles> {
    let mut stored = Held::new(picture(width, height, channels, depth, 1), Turn::NONE);
    Turned::new(Tiles::write(&mut stored, limits).unwrap(), turn, limits).unwrap()
}

#[test]
fn a_tile_file_turns_as_a_picture_in_memory_does() {
    let folder = tempfile::tempdir().unwrap();
    for (width, height) in [(1, 1), (300, 1), (1, 300), (33, 65), (530, 270)] {
        for channels in [1, 3, 4] {
            for depth in [Depth::Eight, Depth::Sixteen] {
                for limits in [limits(&folder), tight(&folder)] {
                    for turn in turns() {
                        let mut tiles = tiled(width, height, channels, depth, turn, &limits);
                        let mut held = Held::new(picture(width, height, channels, depth, 1), turn);
                        assert_eq!(tiles.shape(), held.shape());
                        assert!(
                            all(&mut tiles).unwrap() == all(&mut held).unwrap(),
                            "{width} × {height} × {channels}, {depth:?}, {turn:?}"
                        );
                    }
                }
            }
        }
    }
    // Nothing stays behind.
    assert_eq!(std::fs::read_dir(folder.path().join("scratch")).unwrap().count(), 0);
}

#[test]
fn small_pictures_need_no_disk_and_unturned_ones_neither() {
    let folder = tempfile::tempdir().unwrap();
    let limits = limits(&folder);
    let stored = || Box::new(Held::new(picture(50, 40, 3, Depth::Eight, 1), Turn::NONE));
    let mut source = turned(stored(), Turn::LEFT, &limits).unwrap();
    let mut held = Held::new(picture(50, 40, 3, Depth::Eight, 1), Turn::LEFT);
    assert_eq!(all(source.as_mut()).unwrap(), all(&mut held).unwrap());
    turned(stored(), Turn::NONE, &tight(&folder)).unwrap();
    assert!(!limits.scratch.exists());
}

#[test]
fn a_scratch_folder_that_can_not_be_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut limits = tight(&folder);
    limits.scratch = folder.path().join("file/below");
    std::fs::write(folder.path().join("file"), b"").unwrap();
    let stored = Box::new(Held::new(picture(600, 400, 3, Depth::Eight, 1), Turn::NONE));
    let error = turned(stored, Turn::LEFT, &limits).err().unwrap();
    assert!(
        matches!(&error, PressError::Io(e) if e.to_string().contains("working files")),
        "{error}"
    );
}

#[test]
fn a_row_of_another_shape_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut tiles = tiled(30, 20, 3, Depth::Eight, Turn::LEFT, &limits(&folder));
    assert!(tiles.row(0, RowMut::Eight(&mut [0; 59])).is_err());
    assert!(tiles.row(0, RowMut::Sixteen(&mut [0; 30])).is_err());
    assert!(tiles.row(30, RowMut::Eight(&mut [0; 60])).is_err());
    tiles.row(29, RowMut::Eight(&mut [0; 60])).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn rows_may_be_left_out_and_read_again(
        width in 1u32..400, height in 1u32..400, channels in prop_oneof![Just(1usize), Just(3), Just(4)],
        wide in any::<bool>(), tag in 1u16..=8,
        skips in prop::collection::vec(prop_oneof![5 => 0u32..40, 1 => Just(u32::MAX)], 1..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let depth = if wide { Depth::Sixteen } else { Depth::Eight };
        let turn = Turn::of_tag(tag);
        let mut tiles = tiled(width, height, channels, depth, turn, &tight(&folder));
        let mut held = Held::new(picture(width, height, channels, depth, 1), turn);
        let mut y = 0;
        for skip in skips {
            y = match y + skip.min(1_000) {
                next if skip < u32::MAX && next < held.shape().height => next,
                _ => {
                    tiles.rewind().unwrap();
                    0
                }
            };
            prop_assert!(row(&mut tiles, y).unwrap() == row(&mut held, y).unwrap());
        }
    }
}
