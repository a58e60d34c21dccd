//! Files that want to harm.

use proptest::prelude::*;

use super::write::{deflate, picture};
use super::*;

fn words(result: Result<Head, PressError>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn a_lost_table_of_objects_is_made_again() {
    let place = Place::new();
    let mut pdf = Writer::new();
    pdf.lost = true;
    pdf.page(SMALL, SQUARES);
    let painted = place.paint(&pdf.finish(), 0, Turn::NONE, (4, 6)).unwrap();
    assert_eq!(letters(&painted, 4)[5], "R...");
}

#[test]
fn a_tree_that_bites_its_tail_ends() {
    let place = Place::new();
    let mut pdf = Writer::new();
    let page = pdf.page(SMALL, SQUARES);
    pdf.tree(&format!("<</Type/Pages/Kids[2 0 R {page} 0 R 2 0 R]/Count 3>>"));
    assert_eq!(place.head(&pdf.finish()).unwrap().pages, 1);
    let mut pdf = Writer::new();
    pdf.tree("<</Type/Pages/Kids[2 0 R]/Count 1>>");
    assert!(place.head(&pdf.finish()).is_err());
    let mut pdf = Writer::new();
    pdf.tree("2 0 R");
    assert!(place.head(&pdf.finish()).is_err());
}

#[test]
fn scripts_and_actions_are_never_looked_at() {
    let place = Place::new();
    let mut pdf = Writer::new();
    let touched = place.folder.path().join("touched");
    let launch = format!("/S/Launch/F({0})/Unix<</F(touch {0})>>", touched.display());
    pdf.catalogue =
        format!("/OpenAction<<{launch}>>/Names<</JavaScript<</Names[(a)<</S/JavaScript/JS(app.alert\\(1\\))>>]>>>>");
    pdf.page(&format!("{SMALL}/AA<</O<<{launch}>>>>/Annots[<</Subtype/Link/Rect[0 0 4 6]/Border[0 0 0]/A<</S/URI/URI(http://localhost/)>>>>]"), SQUARES);
    let painted = place.paint(&pdf.finish(), 0, Turn::NONE, (4, 6)).unwrap();
    assert_eq!(
        painted,
        place.paint(&one(SMALL, SQUARES), 0, Turn::NONE, (4, 6)).unwrap()
    );
    assert!(!touched.exists());
}

#[test]
fn a_password_is_asked_for_in_words() {
    let place = Place::new();
    let mut pdf = Writer::new();
    let key = "00".repeat(32);
    pdf.trailer = format!("/ID[<00><00>]/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O<{key}>/U<{key}>>>");
    pdf.page(SMALL, SQUARES);
    assert!(words(place.head(&pdf.finish())).contains("locked with a password"));
}

#[test]
fn what_unpacks_to_too_much_is_refused_before_it_is_unpacked() {
    let place = Place::new();
    let bomb = deflate(&vec![b' '; 40_000_000]);
    let mut pdf = Writer::new();
    let content = pdf.stream("/Filter/FlateDecode", &bomb);
    pdf.page(&format!("{SMALL}/Contents {content} 0 R"), "");
    assert!(words(place.head(&pdf.finish())).contains("unpacks to more than 16 MB"));
    let huge = picture(
        SMALL,
        "/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB",
        b"",
        None,
        "4 0 0 6 0 0",
    );
    assert!(words(place.head(&huge)).contains("too large"));
    // A frame header that says more than the dictionary.
    let liar = b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00";
    let dict = "/Width 8/Height 8/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/DCTDecode";
    assert!(words(place.head(&picture(SMALL, dict, liar, None, "2 0 0 3 0 0"))).contains("too large"));
}

/// Deflate that begins with a stored block of `plain`, and goes on with so many spaces.
fn stored_then_spaces(plain: &[u8], spaces: usize) -> Vec<u8> {
    let length = plain.len() as u16;
    let mut packed = vec![0x78, 0x01, 0x00];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend_from_slice(plain);
    packed.extend_from_slice(&deflate(&vec![b' '; spaces])[2..]);
    packed
}

#[test]
fn a_bomb_does_not_hide_behind_the_end_of_its_stream() {
    let place = Place::new();
    let bomb = stored_then_spaces(b"\nendstream\n", 40_000_000);
    let mut pdf = Writer::new();
    let packed = pdf.stream("/Type/Obj#53tm/N 1/First 4/Filter/FlateDecode", &bomb);
    pdf.page(&format!("{SMALL}/Metadata {packed} 0 R"), SQUARES);
    assert!(words(place.head(&pdf.finish())).contains("unpacks to more than 16 MB"));
    let mut pdf = Writer::new();
    let packed = pdf.stream("/Filter/FlateDecode", &bomb);
    pdf.page(&format!("{SMALL}/Metadata {packed} 0 R"), SQUARES);
    assert!(words(place.head(&pdf.finish())).contains("unpacks to more than 16 MB"));
}

#[test]
fn an_encrypted_structure_is_refused_before_it_is_unpacked() {
    let place = Place::new();
    // Whether it would unpack to much can't be seen: its bytes are encrypted.
    let encrypted = |name: &str, trailer: &str, length: Option<&str>, bytes: usize| {
        let mut pdf = Writer::new();
        pdf.trailer = format!("/{trailer}<</Filter/Standard/V 2/R 3/Length 128/P -4/O<00>/U<00>>>");
        let body = vec![b'x'; bytes];
        let dict = format!("/Type/{name}/N 1/First 4/Filter/FlateDecode");
        match length {
            None => pdf.stream(&dict, &body),
            Some(length) => {
                let mut object = format!("<<{dict}/Length {length}>>stream\nendstream").into_bytes();
                object.extend_from_slice(&body);
                object.extend_from_slice(b"\nendstream");
                pdf.object(object)
            }
        };
        pdf.page(SMALL, SQUARES);
        words(place.head(&pdf.finish()))
    };
    let told = "save it without encryption";
    // 16 MB are 15,503 times 1,032.
    for name in ["ObjStm", "Obj#53tm", "#4fbj#53t#6d"] {
        let said = encrypted(name, "Encrypt", None, 20_000);
        assert!(
            said.contains("its structure is packed") && said.contains(told),
            "{name}: {said}"
        );
    }
    assert!(encrypted("ObjStm", "#45ncrypt", None, 20_000).contains("its structure is packed"));
    assert!(encrypted("ObjStm", "Encrypt", Some("20009"), 20_000).contains("its structure is packed"));
    assert!(encrypted("ObjStm", "Encrypt", Some("9 0 R"), 20_000).contains("its structure is packed"));
    // Nor does it help to call it something else, or to pack it twice.
    assert!(encrypted("X", "Encrypt", None, 20_000).contains("its structure is packed"));
    // A short one goes on to be tried, and fails by its key.
    assert!(!encrypted("ObjStm", "Encrypt", None, 2_000).contains("its structure is packed"));
}

#[test]
fn work_without_end_is_refused() {
    let place = Place::new();
    // Twenty forms, each painting the next twice: a million squares, and each again.
    let mut pdf = Writer::new();
    let form = "/Type/XObject/Subtype/Form/BBox[0 0 4 6]";
    let mut last = pdf.stream(form, b"0 0 1 1 re f");
    for _ in 0..24 {
        let resources = format!("{form}/Resources<</XObject<</F {last} 0 R>>>>");
        last = pdf.stream(&resources, b"/F Do /F Do");
    }
    pdf.page(&format!("{SMALL}/Resources<</XObject<</F {last} 0 R>>>>"), "/F Do");
    assert!(words(place.head(&pdf.finish())).contains("than can be printed"));
    let mut pdf = Writer::new();
    let cell = "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1000 1000]/XStep 1/YStep 1/Resources<<>>";
    let cell = pdf.stream(cell, b"0 0 1 1 re f");
    let resources = format!("{SMALL}/Resources<</Pattern<</P {cell} 0 R>>>>");
    pdf.page(&resources, "/Pattern cs /P scn 0 0 4 6 re f");
    assert!(words(place.head(&pdf.finish())).contains("copies of a pattern"));
    let layers = "0 0 4 6 re f ".repeat(3_100);
    assert!(words(place.head(&one(SMALL, &layers))).contains("areas over each other"));
}

/// A page of forms, each naming the one before it twice, down to one that paints nothing.
fn doubling(depth: u32) -> Vec<u8> {
    let mut pdf = Writer::new();
    let form = "/Type/XObject/Subtype/Form/BBox[0 0 4 6]";
    let mut last = pdf.stream(form, b"");
    for _ in 0..depth {
        let resources = format!("{form}/Resources<</XObject<</F {last} 0 R>>>>");
        last = pdf.stream(&resources, b"/F Do /F Do");
    }
    pdf.page(&format!("{SMALL}/Resources<</XObject<</F {last} 0 R>>>>"), "/F Do");
    pdf.finish()
}

#[test]
fn forms_count_though_they_paint_nothing() {
    let place = Place::new();
    // 130,000 of them, which take seconds if only what they paint counts; and as many as a drawing may have.
    assert!(words(place.head(&doubling(16))).contains("lines, letters and pictures"));
    assert!(place.head(&doubling(14)).is_ok());
    let clips = "q 0 0 2 2 re W n 0 0 1 1 re f Q ".repeat(30_000);
    assert!(place.head(&one(SMALL, &clips)).is_ok());
}

#[test]
fn a_picture_that_is_endless_or_nothing_is_painted_where_it_can_be() {
    let place = Place::new();
    let inline = "BI /W 4 /H 4 /CS /G /BPC 8 ID 0123456789abcdef EI";
    // Within and beyond what single precision holds.
    for digits in [38, 43] {
        let far = "5".repeat(digits);
        let thin = format!("0.{}1", "0".repeat(digits - 30));
        for matrix in [
            format!("20 {far} 0 20 9 9"),
            format!("20 0 -{far} 20 9 9"),
            format!("{far} 3 3 {far} -{far} 9"),
            "0 0 0 20 9 9".to_owned(),
            format!("{thin} 0 0 20 9 9"),
            format!("20 0 0 -{thin} 9 9"),
            format!("0 {thin} 20 0 9 9"),
        ] {
            let content = format!("q {matrix} cm {inline} Q [3 1] 0 d 1 2 j 0 0 m 9 9 l S");
            let pdf = one("/MediaBox[0 0 60 40]", &content);
            for size in [(24, 16), (60, 40)] {
                place.paint(&pdf, 0, Turn::NONE, size).unwrap();
            }
        }
    }
}

#[test]
fn a_curve_that_is_endless_is_drawn_as_a_line() {
    let place = Place::new();
    for far in ["4".repeat(10), "4".repeat(38), "4".repeat(51)] {
        for content in [
            format!("0 0 m {far} 20 50 20 50 30 c b*"),
            format!("{far} 9 m 3 20 50 20 50 30 c 3 3 30 40 v f"),
            format!("[3 1] 0 d 3 w {far} 9 m 3 20 50 20 50 30 c S"),
        ] {
            let pdf = one("/MediaBox[0 0 60 40]", &content);
            place.paint(&pdf, 0, Turn::NONE, (60, 40)).unwrap();
        }
    }
}

#[test]
fn a_page_without_an_end_of_size_is_refused() {
    let place = Place::new();
    assert!(place.head(&one("/MediaBox[0 0 1e12 1e12]", SQUARES)).is_err());
    let pdf = one(SMALL, SQUARES);
    let error = place.paint(&pdf, 0, Turn::NONE, (70_000, 10)).unwrap_err();
    assert!(error.to_string().contains("too large"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn damaged_files_end_in_pixels_or_words(at: prop::sample::Index, with: Vec<u8>, gone in 0usize..40, cut: Option<prop::sample::Index>) {
        let place = Place::new();
        let mut pdf = everything();
        let from = at.index(pdf.len());
        let to = (from + gone).min(pdf.len());
        pdf.splice(from..to, with);
        if let Some(cut) = cut {
            pdf.truncate(cut.index(pdf.len()));
        }
        if place.head(&pdf).is_ok() {
            let _ = place.paint(&pdf, 0, Turn::NONE, (60, 90));
        }
    }
}
