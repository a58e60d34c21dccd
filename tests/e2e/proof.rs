//! `platen proof` pixel by pixel beside LittleCMS, and what `platen render` and `proof` say of a page.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lcms2::{Flags, Intent, PixelFormat, Transform};
use platen::color::Profile;

use crate::common::photo::PATCHES;

/// Runs `platen` in a folder; gives its exit code and what it said.
fn platen(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_platen"))
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), said)
}

/// Pixels a side of a patch.
const FIELD: usize = 20;

/// A folder with `chart.png`, the patches side by side in sRGB and not said to be so, and `lustre.icc`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lustre.icc"), Profile::virtual_paper().as_bytes()).unwrap();
    let row: Vec<u8> = PATCHES.iter().flat_map(|p| p.repeat(FIELD)).collect();
    png(
        &folder.path().join("chart.png"),
        (PATCHES.len() * FIELD) as u32,
        &row.repeat(FIELD),
    );
    folder
}

fn png(path: &PathBuf, width: u32, pixels: &[u8]) {
    let height = pixels.len() as u32 / width / 3;
    let mut encoder = png::Encoder::new(fs::File::create(path).unwrap(), width, height);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
}

/// The chart at its own size in the middle of a sheet of 500 × 40 dots: its patches, and the bare paper.
fn sheet(folder: &Path, command: &str, more: &[&str]) -> (Vec<[u8; 3]>, [u8; 3]) {
    let mut arguments = vec![
        command,
        "chart.png",
        "-o",
        "out.png",
        "--paper",
        "127x10.16mm",
        "--dpi",
        "100",
    ];
    arguments.extend(["--profile", "lustre.icc", "--quiet", "--margin", "2"]);
    arguments.extend(more);
    if command == "render" {
        arguments.push("--no-dither");
    }
    let (code, said) = platen(folder, &arguments);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    let file = std::io::BufReader::new(fs::File::open(folder.join("out.png")).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    assert_eq!((reader.info().width, reader.info().height), (500, 40));
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let at = |x: usize, y: usize| pixels.as_chunks::<3>().0[y * 500 + x];
    // It fills the width between margins of 8 dots.
    let patches = (0..PATCHES.len())
        .map(|i| at(8 + (484 * (2 * i + 1)) / (2 * PATCHES.len()), 20))
        .collect();
    assert_eq!(at(0, 0), at(250, 2));
    (patches, at(0, 0))
}

fn open(profile: &Profile) -> lcms2::Profile {
    lcms2::Profile::new_icc(profile.as_bytes()).unwrap()
}

/// LittleCMS on bytes.
fn convert(from: &Profile, to: &Profile, intent: Intent, compensate: bool, pixels: &[[u8; 3]]) -> Vec<[u8; 3]> {
    let flags = Flags::NO_OPTIMIZE | Flags::NO_CACHE;
    let flags = if compensate {
        flags | Flags::BLACKPOINT_COMPENSATION
    } else {
        flags
    };
    let format = PixelFormat::RGB_8;
    let transform = Transform::new_flags(&open(from), format, &open(to), format, intent, flags).unwrap();
    let mut out = vec![[0; 3]; pixels.len()];
    transform.transform_pixels(pixels, &mut out);
    out
}

fn agree(what: &str, got: &[[u8; 3]], wanted: &[[u8; 3]], most: u8) {
    for (i, (got, wanted)) in got.iter().zip(wanted).enumerate() {
        let off = got.iter().zip(wanted).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(off <= Some(most), "{what}, patch {i}: {got:?}, LittleCMS {wanted:?}");
    }
}

#[test]
fn a_proof_is_that_of_littlecms() {
    let folder = folder();
    let (srgb, lustre) = (Profile::srgb(), Profile::virtual_paper());
    for (more, shown) in [
        (&["--black-ink"][..], Intent::RelativeColorimetric),
        (&["--paper-white"], Intent::AbsoluteColorimetric),
        (&["--paper-white", "--black-ink"], Intent::AbsoluteColorimetric),
    ] {
        let flags = Flags::NO_OPTIMIZE | Flags::SOFT_PROOFING | Flags::BLACKPOINT_COMPENSATION;
        let (screen, press, format) = (open(&srgb), open(&lustre), PixelFormat::RGB_8);
        let intent = Intent::RelativeColorimetric;
        let proofing = Transform::new_proofing(&screen, format, &screen, format, &press, intent, shown, flags).unwrap();
        let mut wanted = vec![[0; 3]; PATCHES.len()];
        proofing.transform_pixels(&PATCHES, &mut wanted);
        let (got, paper) = sheet(folder.path(), "proof", more);
        agree(&format!("{more:?}"), &got, &wanted, 3);
        let white = convert(&lustre, &srgb, shown, false, &[[255; 3]]);
        agree(&format!("the paper, {more:?}"), &[paper], &white, 1);
    }
    // The screen's black in place of the ink's: LittleCMS has that in two steps.
    let printed = convert(&srgb, &lustre, Intent::RelativeColorimetric, true, &PATCHES);
    let wanted = convert(&lustre, &srgb, Intent::RelativeColorimetric, true, &printed);
    let (got, paper) = sheet(folder.path(), "proof", &[]);
    agree("black of the screen", &got, &wanted, 4);
    assert_eq!(paper, [255; 3]);
}

#[test]
fn a_proof_of_a_toned_print_shows_the_tone() {
    let folder = folder();
    let (srgb, lustre) = (Profile::srgb(), Profile::virtual_paper());
    let (printed, bare) = sheet(folder.path(), "render", &["--tone", "sepia"]);
    assert_eq!(bare, [255; 3]);
    let (got, paper) = sheet(folder.path(), "proof", &["--tone", "sepia", "--paper-white"]);
    let wanted = convert(&lustre, &srgb, Intent::AbsoluteColorimetric, false, &printed);
    agree("sepia", &got, &wanted, 4);
    assert!(paper[0] < 250, "{paper:?}");
    // Brown, whatever the colour was: more red than blue.
    assert!(got.iter().filter(|p| p[0] > p[2] + 15).count() > 15, "{got:?}");
}

#[test]
fn captions_and_margins_are_in_the_proof() {
    let folder = folder();
    let arguments = [
        "proof",
        "chart.png",
        "-o",
        "sheet.tif",
        "--template",
        "contact-sheet",
        "--paper",
        "a4",
    ];
    let more = ["--dpi", "100", "--profile", "lustre.icc", "--paper-white", "--quiet"];
    assert_eq!(
        platen(folder.path(), &[&arguments[..], &more].concat()),
        (Some(0), String::new())
    );
    let file = fs::File::open(folder.path().join("sheet.tif")).unwrap();
    let mut decoder = tiff::decoder::Decoder::new(file).unwrap();
    let tiff::decoder::DecodingResult::U8(pixels) = decoder.read_image().unwrap() else {
        panic!("bytes");
    };
    let pixels = pixels.as_chunks::<3>().0;
    let paper = pixels[0];
    assert!(paper.iter().all(|v| (220..252).contains(v)), "{paper:?}");
    // Nothing is whiter than the paper, and nothing blacker than its ink.
    assert!(pixels.iter().all(|p| p[1] <= paper[1]));
    let darkest = pixels.iter().map(|p| p[1]).min().unwrap();
    assert!((8..80).contains(&darkest), "{darkest}");
}

/// What is refused, with its code, and words that it is told with.
#[test]
fn the_command_names_what_is_wrong() {
    let folder = folder();
    let place = folder.path();
    let whole = fs::read(place.join("chart.png")).unwrap();
    fs::write(place.join("cut.png"), &whole[..whole.len() - 30]).unwrap();
    fs::write(place.join("grey.icc"), Profile::gray().as_bytes()).unwrap();
    let cmyk = "/usr/share/color/icc/ghostscript/default_cmyk.icc";
    assert!(Path::new(cmyk).exists(), "tests/run installs libgs-common");
    let page = ["--quiet", "--dpi", "30", "-o", "out.pwg"];
    let cases: &[(&[&str], i32, &[&str])] = &[
        (
            &["render", "chart.png", "cut.png", "chart.png"],
            65,
            &["cut.png: ", "damaged"],
        ),
        (
            &["render", "chart.png", "--profile", cmyk],
            64,
            &["default_cmyk.icc: ", "CMYK"],
        ),
        (
            &["proof", "chart.png", "--profile", cmyk],
            64,
            &["default_cmyk.icc: ", "CMYK"],
        ),
        (
            &["render", "chart.png", "--profile", "grey.icc"],
            64,
            &["grey.icc: ", "rgb_8"],
        ),
        (
            &["render", "chart.png", "--profile", "lustre.icc", "--pixels", "gray8"],
            64,
            &["lustre.icc: ", "sgray_8"],
        ),
        (
            &["render", "chart.png", "--paper", "20000x20000mm", "--dpi", "4800"],
            64,
            &["3779528", "lower resolution"],
        ),
    ];
    for (arguments, code, words) in cases {
        // A later --dpi would be one too many.
        let page = if arguments.contains(&"--dpi") {
            &page[3..]
        } else {
            &page[..]
        };
        let (got, said) = platen(place, &[arguments, page].concat());
        assert_eq!(got, Some(*code), "{arguments:?}: {said}");
        assert!(words.iter().all(|word| said.contains(word)), "{arguments:?}: {said}");
        assert!(said.lines().count() == 1 && !place.join("out.pwg").exists(), "{said}");
    }
    let (code, said) = platen(
        place,
        &[
            "proof",
            "chart.png",
            "--profile",
            "grey.icc",
            "-o",
            "grey.png",
            "--quiet",
        ],
    );
    assert_eq!((code, said.as_str()), (Some(0), ""));
}

#[test]
fn what_is_guessed_is_said_unless_nobody_wants_to_know() {
    let folder = folder();
    let say = |more: &[&str]| {
        let page = ["chart.png", "-o", "out.pwg", "--dpi", "30"];
        let (code, said) = platen(folder.path(), &[&["render"], &page[..], more].concat());
        assert_eq!(code, Some(0), "{said}");
        said
    };
    let said = say(&[]);
    assert!(said.contains("chart.png") && said.contains("sRGB"), "{said}");
    let said = say(&["--profile", "lustre.icc", "--pixels", "srgb8"]);
    assert!(
        said.contains("lustre.icc") && said.contains("through this very path"),
        "{said}"
    );
    assert!(!say(&["--profile", "lustre.icc"]).contains("very path"));
    assert_eq!(say(&["--profile", "lustre.icc", "--pixels", "srgb8", "--quiet"]), "");
}
