use proptest::prelude::*;

use super::*;

const DENSITY: (f64, f64) = (300.0 / 25.4, 300.0 / 25.4);

fn line(words: &str, size: f64) -> Line {
    Line::fit(words, size, size, 1e6, Cut::End).unwrap()
}

/// Lines of a mask as characters, for the eye.
fn drawn(mask: &Coverage) -> Vec<String> {
    let shade = |c: &u8| [' ', '.', 'o', '#'][usize::from(*c) / 64];
    mask.rows
        .chunks(mask.width as usize)
        .map(|row| row.iter().map(shade).collect::<String>().trim_end().to_owned())
        .collect()
}

#[test]
fn letters_look_as_letters() {
    let mask = line("Lé", 14.0).mask((0.0, 20.0), (2.8, 2.8)).unwrap().unwrap();
    let wanted = [
        "          .o",
        "o.        #.",
        "oo       ..",
        "oo       ..",
        "oo      #o.#.",
        "oo     o.   #",
        "oo     #o...#",
        "oo     #o....",
        "oo     #.",
        "oo     .#",
        "o#####  o###o",
        "",
    ];
    assert_eq!(drawn(&mask), wanted, "{:#?}", drawn(&mask));
}

#[test]
fn pairs_are_kerned() {
    let apart = line("A", 10.0).width() + line("V", 10.0).width();
    assert!(line("AV", 10.0).width() < apart * 0.98);
}

#[test]
fn glyphs_stand_where_harfbuzz_puts_them() {
    // hb-shape 6.0.0 --no-glyph-names --no-clusters --script=latn, of the C library: glyph, @ offset, + advance.
    let theirs = "36+1255|57@-41,0+1137|36@-41,0+1183|55@-71,0+1062|3+532|55+1112|92@-20,0+1012|83+1255|72+1149|15+502|\
                  3+532|135+1296|86+977|72+1149|3+532|154+1595|71+1255|72+1149|74+1122|167+1139|85+815|71@-20,0+1235|\
                  3+532|22+1171|18+752|21+1171|24+1171|3+532|522+737|58@21,0+1896|68@-20,0+1119|89+1026|72+1139|\
                  523@-10,0+707";
    let (mut pen, mut wanted) = (0.0, Vec::new());
    for glyph in theirs.split('|') {
        let (head, advance) = glyph.split_once('+').unwrap();
        let (id, offset) = head.split_once('@').unwrap_or((head, "0,0"));
        let x: f64 = offset.split_once(',').unwrap().0.parse().unwrap();
        wanted.push((id.parse::<u32>().unwrap(), pen + x));
        pen += advance.parse::<f64>().unwrap();
    }
    let ours = line("AVAT Type, Åse Ødegård 3/25 “Wave”", 10.0);
    assert_eq!(ours.glyphs.iter().map(|g| (g.id, g.x)).collect::<Vec<_>>(), wanted);
    assert!((ours.width() - pen / 2048.0 * 10.0 * 25.4 / 72.0).abs() < 1e-9);
}

#[test]
fn accents_are_the_same_composed_or_not() {
    assert_eq!(line("é", 10.0).width(), line("e\u{301}", 10.0).width());
}

#[test]
fn what_the_font_has_not_is_a_box() {
    let boxed = line("漢", 10.0);
    assert_eq!(boxed.glyphs.iter().map(|g| g.id).collect::<Vec<_>>(), [0]);
    assert!(boxed.mask((0.0, 50.0), DENSITY).unwrap().is_some());
}

#[test]
fn a_long_line_shrinks_and_then_is_cut() {
    let full = line("A rather long title", 12.0);
    let shrunk = Line::fit("A rather long title", 12.0, 6.0, full.width() * 0.6, Cut::End).unwrap();
    assert_eq!(shrunk.glyphs.len(), full.glyphs.len());
    assert!((shrunk.size() - 7.2).abs() < 1e-9);
    let cut = Line::fit("A rather long title", 12.0, 12.0, full.width() * 0.6, Cut::End).unwrap();
    assert!(cut.glyphs.len() < full.glyphs.len() && cut.width() <= full.width() * 0.6);
    assert!(cut.width() > full.width() * 0.45);
    assert_eq!(Line::fit("words", 12.0, 12.0, 0.1, Cut::End).unwrap(), Line::default());
}

#[test]
fn the_middle_of_a_file_name_is_left_out() {
    let name = "Holiday on the island 2026-08-14 0017.tif";
    let cut = Line::fit(name, 8.0, 8.0, 30.0, Cut::Middle).unwrap();
    let end = line("7.tif", 8.0);
    let tail = |l: &Line| l.glyphs.iter().rev().take(5).map(|g| g.id).collect::<Vec<_>>();
    assert_eq!(tail(&cut), tail(&end));
    assert!(cut.width() <= 30.0);
}

#[test]
fn masks_keep_their_place_between_pixels() {
    let line = line("Platen", 9.0);
    let a = line.mask((100.25, 200.5), DENSITY).unwrap().unwrap();
    let b = line.mask((1100.25, 1200.5), DENSITY).unwrap().unwrap();
    assert_eq!((a.x + 1000, a.y + 1000), (b.x, b.y));
    assert_eq!(a.rows, b.rows);
}

#[test]
fn absurd_sizes_are_refused() {
    let line = line("W", 400.0);
    assert_eq!(line.mask((0.0, 0.0), (1000.0, 1000.0)), Err(TextError::TooLarge));
    assert_eq!(line.mask((f64::NAN, 0.0), DENSITY), Err(TextError::TooLarge));
    assert_eq!(line.mask((1e30, 0.0), DENSITY), Err(TextError::TooLarge));
}

#[test]
fn a_ring_is_hollow_and_even() {
    let mask = ring((50.0, 50.0), 2.0, 0.3, DENSITY).unwrap();
    let at = |x: i32, y: i32| mask.rows[((y - mask.y) * mask.width as i32 + x - mask.x) as usize];
    assert_eq!(at(50, 50), 0);
    assert_eq!(at(50 + 23, 50), 255);
    for d in 0..27 {
        assert_eq!(at(50 + d, 50), at(49 - d, 49));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_words_fit_their_room(words in "\\PC{0,60}", size in 1.0f64..60.0, room in 0.0f64..200.0, middle: bool) {
        let cut = if middle { Cut::Middle } else { Cut::End };
        let line = Line::fit(&words, size, size / 2.0, room, cut).unwrap();
        prop_assert!(line.width() <= room * (1.0 + 1e-6) + 1e-9);
        if let Some(mask) = line.mask((0.5, 0.5), (3.0, 3.0)).unwrap() {
            prop_assert_eq!(mask.rows.len(), mask.width as usize * mask.height as usize);
        }
    }
}
