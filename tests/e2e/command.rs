//! `platen render` and `platen templates` as people and scripts use them.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::common::daemon::PLATEN;
use crate::common::photo;

fn platen(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(PLATEN);
    command.current_dir(folder).args(arguments).output().unwrap()
}

/// Splits a line of plain words.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

fn done(folder: &Path, line: &str) -> Vec<u8> {
    let output = platen(folder, &words(line));
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{line}: {said}");
    output.stdout
}

fn refused(folder: &Path, arguments: &[&str], says: &str) {
    let output = platen(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(64), "{arguments:?}: {said}");
    assert!(said.contains(says), "{arguments:?}: {said}");
}

fn pages(path: &Path) -> Vec<(u32, u32)> {
    // Read by a library that is not ours.
    let mut decoder = tiff::decoder::Decoder::new(File::open(path).unwrap()).unwrap();
    let mut pages = vec![decoder.dimensions().unwrap()];
    while decoder.more_images() {
        decoder.next_image().unwrap();
        decoder.read_image().unwrap();
        pages.push(decoder.dimensions().unwrap());
    }
    pages
}

#[test]
fn a_template_takes_the_paper_that_it_is_made_for() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::rename(photo::jpeg(here), here.join("p.jpg")).unwrap();
    done(here, "render -q p.jpg -o card.tif --template greeting-card --dpi 30");
    assert_eq!(pages(&here.join("card.tif")), [(248, 351)]);
    let wide = "render -q p.jpg -o wide.tif --template greeting-card --dpi 30 --paper a3+";
    refused(here, &words(wide), "A4 (iso_a4_210x297mm)");
    assert!(!here.join("wide.tif").exists());
    done(here, &format!("{wide} --any-paper"));
    // One that adapts takes everything; two documents are two pages of one file.
    done(
        here,
        "render -q p.jpg p.jpg -o two.tif --template white-border --dpi 30 --paper 13x18",
    );
    assert_eq!(pages(&here.join("two.tif")), [(154, 213); 2]);
    // One that shows no pictures is given none.
    done(here, "render -q -o wedge.png --template step-wedge --dpi 30");
    refused(
        here,
        &words("render -q p.jpg -o w.png --template step-wedge"),
        "leave p.jpg out",
    );
}

#[test]
fn what_would_change_nothing_or_print_boxes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::rename(photo::jpeg(here), here.join("p.jpg")).unwrap();
    let profile = platen::color::Profile::virtual_paper();
    fs::write(here.join("paper.icc"), profile.as_bytes()).unwrap();
    for (line, says) in [
        ("render p.jpg -o x.png --template square --layout fill", "--layout"),
        ("render p.jpg -o x.png --template square --turn left", "--turn"),
        ("render p.jpg -o x.png --template full-bleed --margin 3", "--margin"),
        (
            "render p.jpg -o x.png --template white-border --set title=Dawn",
            "border, crop",
        ),
        ("render p.jpg -o x.png --surface matte", "--sharpen"),
        ("render p.jpg -o x.png --tone sepia --pixels gray8", "--tone"),
        ("render p.jpg -o x.png --intent absolute --no-bpc", "--no-bpc"),
        ("render p.jpg -o x.png --pixels rgb16 --no-dither", "--no-dither"),
        ("render p.jpg -o x.png --any-paper", "--template"),
        ("render p.jpg -o x.png --template square --chart x.ti2", "no chart"),
        (
            "render p.jpg -o x.png --template edition-sheet --set title=漢字",
            "U+6F22",
        ),
        ("proof p.jpg -o x.png --profile paper.icc --pixels rgb16", "--pixels"),
        ("render -o x.png", "<IN>"),
        ("render - - -o x.png", "named twice"),
    ] {
        refused(here, &words(line), says);
    }
    assert!(!here.join("x.png").exists());
}

#[test]
fn documents_come_and_pages_go_through_pipes() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::rename(photo::jpeg(here), here.join("p.jpg")).unwrap();
    done(here, "render -q p.jpg -o file.pwg --dpi 100");
    let start = |line: &str| {
        let mut command = Command::new(PLATEN);
        command.current_dir(here).args(words(line));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut child = start("render -q - -o - --format pwg --dpi 100");
    let photo = fs::read(here.join("p.jpg")).unwrap();
    child.stdin.take().unwrap().write_all(&photo).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.stdout == fs::read(here.join("file.pwg")).unwrap());
    // A reader that has had enough is no fault.
    let mut child = start("render -q p.jpg -o - --format pwg --dpi 600");
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(141));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let left = fs::read_dir(here).unwrap().count();
    assert_eq!(left, 2, "p.jpg and file.pwg");
}

#[test]
fn templates_are_listed_told_and_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let list = String::from_utf8(done(here, "templates")).unwrap();
    assert!(list.lines().count() >= 15 && list.contains("greeting-card"));
    let told = String::from_utf8(done(here, "templates greeting-card")).unwrap();
    assert!(told.contains("length, 0 to 50 mm"), "{told}");
    done(here, "templates greeting-card -o card.png --side 400");
    assert!(fs::read(here.join("card.png")).unwrap().starts_with(b"\x89PNG"));
    fs::write(here.join("mine.toml"), "version = 1\nname = \"mine\"\ntitle = 3\n").unwrap();
    refused(here, &["templates", "mine.toml"], "mine.toml: line 3, column 9");
}
