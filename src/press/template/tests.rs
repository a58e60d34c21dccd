//! Templates: those that are built in, what is refused, and the owner's folder.

use proptest::prelude::*;

use super::library::BUILT_IN;
use super::*;
use crate::model::{Length, Margins, MediaSize, Resolution};
use crate::press::layout::Picture;

mod docs;
mod golden;
mod pressed;

const SMALL: &str = r#"
version = 1
name = "small"
title = "Small"
description = ""
[parameter.border]
kind = "length"
title = "Border"
default = 5.0
max = 20.0
[parameter.note]
kind = "text"
title = "Note"
default = "none"
[layout]
[[layout.block]]
kind = "picture"
border.width = "$border"
caption = [{ text = "{note} {title}" }]
"#;

pub(super) fn paper(template: &Template, dpi: u32) -> Paper {
    let margin = Length::mm(if template.media.borderless { 0.0 } else { 3.4 });
    Paper {
        sheet: MediaSize::from_name(&template.media.sizes[0]).unwrap(),
        margins: Margins {
            top: margin,
            bottom: margin,
            left: margin,
            right: margin,
        },
        dots: Resolution::square(dpi),
    }
}

pub(super) fn subjects(many: usize) -> Vec<Subject> {
    let subject = |index: usize| {
        let (width, height) = [(3000, 2000), (2000, 3000), (3000, 2000), (2400, 2400)][index % 4];
        let mut subject = Subject::new(Picture {
            width,
            height,
            resolution: None,
        });
        subject.fields = Fields::default().with("filename", format!("Island 2026-08-14 {index:04}.tif"));
        subject
    };
    (0..many).map(subject).collect()
}

pub(super) fn words() -> Fields {
    Fields::default()
        .with("title", "The old harbour at Ærø")
        .with("artist", "Åse Ødegård")
        .with("number", "3")
        .with("of", "25")
        .with("date", "2026-11-25")
        .with("paper", "Baryta 310 g")
        .with("profile", "lustre.icc")
        .with("intent", "relative-bpc")
}

#[test]
fn choices_are_counted_before_the_layout_is_read_with_each() {
    // 64 parameters of 64 choices are within the limits of each, and took half a minute with a large layout.
    let choices: Vec<String> = (0..64).map(|n| format!("\"{n}\"")).collect();
    let mut text = "version = 1\nname = \"many\"\ntitle = \"Many\"\ndescription = \"\"\n".to_owned();
    for number in 0..64 {
        text += &format!(
            "[parameter.p{number}]\nkind = \"choice\"\ntitle = \"\"\ndefault = \"0\"\nchoices = [{}]\n",
            choices.join(",")
        );
    }
    text += "[layout]\n";
    let error = Template::parse(&text, "many.toml").unwrap_err().to_string();
    assert!(error.contains("256 choices together"), "{error}");
}

#[test]
fn every_built_in_template_reads_and_composes_on_every_paper_it_names() {
    for (file, text) in BUILT_IN {
        let template = Template::parse(text, file).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(format!("{}.toml", template.name), *file);
        assert!(
            !template.media.sizes.is_empty() && !template.description.is_empty(),
            "{file}"
        );
        for size in &template.media.sizes {
            let paper = Paper {
                sheet: MediaSize::from_name(size).unwrap(),
                ..paper(&template, 60)
            };
            let made = template.compose(&Values::new(), paper, subjects(5), words());
            let pages = made.unwrap_or_else(|e| panic!("{file} on {size}: {e}")).all();
            assert!(!pages.unwrap_or_else(|e| panic!("{file} on {size}: {e}")).is_empty());
        }
    }
    assert_eq!(TemplateLibrary::built_in().iter().count(), BUILT_IN.len());
    assert!(BUILT_IN.len() >= 12);
}

#[test]
fn values_are_read_and_refused_in_words() {
    let template = Template::parse(SMALL, "small.toml").unwrap();
    let with = |name: &str, value: &str| template.layout(&Values::from([(name.to_owned(), value.to_owned())]));
    assert!(with("border", " 7.5 mm").is_ok());
    for (name, value, words) in [
        ("border", "21", "21 is not between 0 and 20"),
        ("border", "inf", "is no number"),
        ("border", "1e300", "is no number"),
        ("bordr", "1", "these there are: border, note"),
    ] {
        let told = with(name, value).unwrap_err().to_string();
        assert!(told.contains(words) && told.contains("template small"), "{told}");
    }
    let long = "x".repeat(401);
    assert!(with("note", &long).unwrap_err().to_string().contains("401 letters"));
}

#[test]
fn what_is_wrong_is_told_with_file_and_field() {
    let cases = [
        ("version = 1", "version = 2", "version: 2 is not known"),
        ("name = \"small\"", "name = \"Small one\"", "name: use 1 to 48"),
        ("[layout]", "[layout]\nmargn = 3", "unknown field `margn`"),
        ("title = \"Small\"", "titel = \"Small\"", "unknown field `titel`"),
        ("\"$border\"", "\"$bord\"", "\"$bord\" stands for no parameter"),
        ("{title}", "{titel}", "block 1, caption.text: {titel} is no field"),
        ("max = 20.0", "max = 20000.0", "parameter.border: min and max"),
        (
            "default = 5.0",
            "default = 50.0",
            "parameter.border: default: 50 is not between 0 and 20",
        ),
        ("default = 5.0", "default = [1]", "parameter.border: default is a word"),
        ("kind = \"length\"", "kind = \"size\"", "unknown variant `size`"),
        (
            "kind = \"picture\"",
            "kind = \"picture\"\npicture = 0",
            "block 1 (picture), picture: 0 is not between",
        ),
        ("[layout]", "[layout", "line 15"),
    ];
    for (from, to, words) in cases {
        assert!(SMALL.contains(from));
        let told = Template::parse(&SMALL.replacen(from, to, 1), "my.toml")
            .unwrap_err()
            .to_string();
        assert!(told.starts_with("my.toml: ") && told.contains(words), "{told}");
    }
    let limit = SMALL
        .replace("border.width = \"$border\"", "caption = []\nlook.aspect = \"$border\"")
        .replacen("caption = [{", "#", 1);
    let told = Template::parse(&limit, "my.toml").unwrap_err().to_string();
    assert!(told.contains("parameter border at 0.0"), "{told}");
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    for (from, to, place) in [
        ("version = 1", "version = 2", "line 2, column 1: version"),
        ("name = \"small\"", "name = \"Small\"", "line 3, column 1: name"),
        (
            "title = \"Small\"",
            "titel = \"Small\"",
            "line 4, column 1: unknown field",
        ),
        ("title = \"Border\"", "title = 3", "line 8, column 9: invalid type"),
        ("max = 20.0", "most = 20.0", "line 10, column 1: unknown field"),
        ("max = 20.0", "max = 20000.0", "line 6, column 12: parameter.border"),
        (
            "[layout]",
            "[layout]\nmargn = 3",
            "line 16, column 1: layout: unknown field",
        ),
        (
            "[layout]",
            "[layout]\nmargin = 1e300",
            "line 16, column 1: margin: 1.000e300 is",
        ),
        ("\"$border\"", "\"$bord\"", "line 18, column 8: block 1, border.width"),
        (
            "border.width",
            "border.wide",
            "line 18, column 8: block 1 (picture), border: unknown field",
        ),
        ("{title}", "{titel}", "line 19, column 14: block 1, caption.text"),
        (
            "text = \"",
            "size = 0, text = \"",
            "line 19, column 14: block 1 (picture), caption.size",
        ),
        (
            "border.width = \"$border\"",
            "look.fit = \"all\"",
            "line 18, column 6: block 1 (picture), look.fit",
        ),
    ] {
        assert!(SMALL.contains(from), "{from}");
        let told = Template::parse(&SMALL.replacen(from, to, 1), "my.toml")
            .unwrap_err()
            .to_string();
        assert!(told.starts_with(&format!("my.toml: {place}")), "{told}");
        assert!(told.len() < 400, "{told}");
    }
    // What is missing from the file as a whole has no line.
    let told = Template::parse("version = 1\nname = \"a\"", "my.toml")
        .unwrap_err()
        .to_string();
    assert!(told.starts_with("my.toml: missing field"), "{told}");
}

#[test]
fn the_owners_folder_wins_and_its_faults_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("mine.toml", &SMALL.replace("\"small\"", "\"white-border\""));
    put("small.toml", SMALL);
    put("twice.toml", SMALL);
    put("broken.toml", "version = ");
    put("notes.txt", "nothing");
    std::fs::create_dir(folder.path().join("folder.toml")).unwrap();
    let (library, wrong) = TemplateLibrary::load(folder.path());
    assert_eq!(library.get("white-border").unwrap().title, "Small");
    assert!(matches!(library.origin("white-border"), Some(Origin::File(_))));
    assert_eq!(library.origin("square"), Some(&Origin::BuiltIn));
    let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    for (file, words) in [
        ("broken.toml", "line 1"),
        ("folder.toml", "not a file"),
        ("twice.toml", "small.toml already"),
    ] {
        assert!(
            told.iter().any(|t| t.contains(file) && t.contains(words)),
            "{file}: {told:?}"
        );
    }
    assert!(TemplateLibrary::load(&folder.path().join("none")).1.is_empty());
    let unknown = library.get("sqare").unwrap_err().to_string();
    assert!(unknown.contains("square"), "{unknown}");
}

#[test]
fn a_text_parameter_fills_its_field() {
    let template = Template::parse(SMALL, "small.toml").unwrap();
    let made = |values: Values| {
        let paper = Paper {
            sheet: MediaSize::from_name("iso_a4_210x297mm").unwrap(),
            margins: Margins::BORDERLESS,
            dots: Resolution::square(72),
        };
        template
            .compose(&values, paper, subjects(1), Fields::default())
            .unwrap()
            .page(0)
            .unwrap()
    };
    let default = made(Values::new());
    assert_eq!(default, made(Values::from([("note".to_owned(), "none".to_owned())])));
    assert_ne!(default, made(Values::from([("note".to_owned(), "other".to_owned())])));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    /// A template of ours with a piece replaced reads or is refused; what reads composes or is refused.
    #[test]
    fn mutations_never_panic(
        which in 0..BUILT_IN.len(), at in 0usize..4_000, length in 0usize..12, piece in prop_oneof![
            Just("9999999999".to_owned()), Just("-1".to_owned()), Just("nan".to_owned()), Just("0".to_owned()),
            Just("\"$border\"".to_owned()), Just("[[layout.block]]\n".to_owned()), Just("1e308".to_owned()),
            Just(String::new()), "\\PC{0,6}", "[0-9.]{1,6}",
        ],
        sheet in (1_000i32..120_000, 1_000i32..120_000), dpi in prop_oneof![Just(1u32), Just(20), Just(72)],
    ) {
        let (file, text) = BUILT_IN[which];
        let letters: Vec<char> = text.chars().collect();
        let at = at % letters.len();
        let mutated: String = letters[..at].iter().copied().chain(piece.chars())
            .chain(letters[(at + length).min(letters.len())..].iter().copied()).collect();
        let Ok(template) = Template::parse(&mutated, file) else { return Ok(()) };
        let paper = Paper {
            sheet: MediaSize::from_sides(Length::hundredths(sheet.0), Length::hundredths(sheet.1)),
            margins: Margins::BORDERLESS,
            dots: Resolution::square(dpi),
        };
        if let Ok(made) = template.compose(&Values::new(), paper, subjects(3), words()) {
            for index in 0..made.pages().min(3) {
                let _ = made.page(index);
            }
        }
    }
}
