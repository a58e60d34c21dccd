//! Tables, bits, transform and upsampling by themselves.

use proptest::prelude::*;

use super::super::bits::{Bits, Feed, has_ff};
use super::super::tables::{Entry, Huffman, ZIGZAG};
use super::super::{colour, entropy, idct};
use super::file;

#[test]
fn zigzag_is_that_of_the_standard() {
    assert_eq!(ZIGZAG[..16], [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5]);
    let mut all = ZIGZAG[..64].to_vec();
    all.sort_unstable();
    assert!(all.iter().copied().eq(0..64));
}

#[test]
fn a_value_is_extended_by_its_first_bit() {
    // T.81, table F.1: size 3 is -7 to -4 and 4 to 7.
    for (bits, value) in [(0b000u64, -7), (0b011, -4), (0b100, 4), (0b111, 7)] {
        assert_eq!(entropy::signed(bits << (64 - 3 - 5), 5, 3), value);
    }
    assert_eq!(entropy::signed(u64::MAX, 16, 0), 0);
    // Sizes 1 to 10 behind a code of one bit, a run of 2.
    let symbols: Vec<u8> = (1..=10).map(|size| 0x20 | size).collect();
    for symbol in symbols {
        let mut counts = [0; 16];
        counts[0] = 1;
        let table = Huffman::new(&counts, &[symbol]).unwrap();
        for value in [0u64, 1, 5, 500, 1_023] {
            let size = u32::from(symbol & 15);
            let top = (value & ((1 << size) - 1)) << (63 - size);
            let entry = table.entry(top);
            assert_eq!((entry.moves(), entry.all()), (3, size + 1));
            assert_eq!(i32::from(entry.value(top)), entropy::signed(top, 1, size));
        }
    }
}

#[test]
fn long_codes_and_none_are_told_apart() {
    // One code of each length from 1 to 16.
    let symbols: Vec<u8> = (1..=16).map(|n| n * 2).collect();
    let table = Huffman::new(&[1; 16], &symbols).unwrap();
    for length in 1..=16u32 {
        let code = u64::MAX.checked_shl(65 - length).unwrap_or(0);
        let mut entry = table.entry(code);
        if entry == Entry::NONE {
            entry = table.long(code);
        }
        let symbol = entry.run() << 4 | entry.size();
        assert_eq!((entry.code(), symbol), (length, length * 2), "{length}");
    }
    assert_eq!(table.long(u64::MAX), Entry::NONE);
    assert!(Huffman::new(&[3; 16], &[0; 48]).is_err());
    assert!(Huffman::new(&[0; 16], &[0; 257]).is_err());
}

/// The transform by its definition (T.81, A.3.3).
fn by_the_book(block: &[i16; 64]) -> Vec<f64> {
    let c = |k: usize| if k == 0 { 0.5f64.sqrt() } else { 1.0 };
    let cos = |x: usize, k: usize| ((2 * x + 1) as f64 * k as f64 * std::f64::consts::PI / 16.0).cos();
    let mut out = Vec::new();
    for place in 0..64 {
        let (x, y) = (place % 8, place / 8);
        let sum: f64 = (0..64)
            .map(|k| {
                let (u, v) = (k % 8, k / 8);
                c(u) * c(v) * f64::from(block[k]) * cos(x, u) * cos(y, v)
            })
            .sum();
        out.push(sum / 4.0 + 128.0);
    }
    out
}

proptest! {
    #[test]
    fn the_transform_is_that_of_the_standard(count in 0usize..=64, values in prop::array::uniform32(-300i16..300)) {
        let mut block = [0i16; 64];
        for k in 0..count {
            block[usize::from(ZIGZAG[k])] = values[k % 32] / (1 + k as i16 / 4);
        }
        let mut quant = [1u16; 64];
        quant[9] = 2;
        let rows = idct::rows(&block, &quant, count.max(1));
        let columns = idct::columns(&block, &quant, count.max(1));
        block[9] *= 2;
        for (place, want) in by_the_book(&block).into_iter().enumerate() {
            prop_assert_eq!(rows[place], columns[place % 8 * 8 + place / 8]);
            prop_assert!((f64::from(rows[place]) - want.clamp(0.0, 255.0)).abs() < 0.75, "{} {}", rows[place], want);
        }
        // What a shorter way leaves out is zero.
        prop_assert_eq!(rows, idct::rows(&{ block[9] /= 2; block }, &quant, 64));
    }

    #[test]
    fn the_transform_takes_anything(block in prop::collection::vec(any::<i16>(), 64), quant in any::<u16>(), last in 1usize..70) {
        let block: [i16; 64] = block.try_into().unwrap();
        idct::rows(&block, &[quant; 64], last);
    }

    #[test]
    fn colour_is_that_of_t871(y in any::<u8>(), cb in any::<u8>(), cr in any::<u8>()) {
        let mut out = [0; 3];
        colour::ycbcr([&[y], &[cb], &[cr]], false, &mut out);
        let (y, cb, cr) = (f64::from(y), f64::from(cb) - 128.0, f64::from(cr) - 128.0);
        let want = [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb];
        for (is, want) in out.iter().zip(want) {
            prop_assert!((f64::from(*is) - want.clamp(0.0, 255.0)).abs() < 0.52);
        }
        // Sixteen at once are the same.
        let mut many = [0; 60];
        colour::ycbcr([&[y as u8; 20], &[(cb + 128.0) as u8; 20], &[(cr + 128.0) as u8; 20]], true, &mut many);
        prop_assert!(many.chunks(3).all(|p| p == out));
    }

    #[test]
    fn a_place_between_bits_is_found_again(
        bytes in prop::collection::vec(prop_oneof![Just(0xffu8), any::<u8>()], 40..300), steps in prop::collection::vec(0u32..17, 1..60),
    ) {
        let stuffed: Vec<u8> = bytes.iter().flat_map(|b| if *b == 0xff { vec![*b, 0] } else { vec![*b] }).collect();
        let (_folder, path) = file(&stuffed);
        let mut feed = Feed::new(std::fs::File::open(path).unwrap());
        let mut bits = feed.seek(0, usize::MAX).unwrap();
        let mut at = 0;
        let bit = |i: usize| u32::from(bytes.get(i / 8).copied().unwrap_or(0) >> (7 - i % 8) & 1);
        for step in steps {
            let before = feed.place(&bits);
            let value = bits.take(feed.window(), step);
            let want = (at..at + step as usize).fold(0, |sum, i| sum << 1 | bit(i));
            prop_assert_eq!(value, want);
            at += step as usize;
            prop_assert_eq!(bits.spent(), at > bytes.len() * 8);
            if let Some(before) = before {
                let mut again: Bits = feed.go(before, 64).unwrap();
                prop_assert_eq!(again.take(feed.window(), step), want);
                bits = feed.go(feed.place(&again).unwrap_or(before), usize::MAX).unwrap();
                if feed.place(&again).is_none() {
                    break;
                }
            }
        }
    }

    #[test]
    fn ff_is_found_in_a_word(word in any::<[u8; 8]>(), at in 0usize..9) {
        let mut word = word;
        if at < 8 {
            word[at] = 0xff;
        }
        prop_assert_eq!(has_ff(u64::from_be_bytes(word)), word.contains(&0xff));
    }
}
