//! PWG raster and Apple raster read by CUPS (libcupsimage): the numbers of the header and every byte of the pixels.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{pdf, photo, raster};

/// Builds the reader beside this file.
fn reader(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/opinions/cups_raster.c");
    let program = folder.join("cups_raster");
    let options = ["-Wno-deprecated-declarations", "-lcupsimage", "-lcups"].map(OsStr::new);
    let mut arguments: Vec<&OsStr> = vec![source.as_os_str(), "-o".as_ref(), program.as_os_str()];
    arguments.extend(options);
    super::run("cc", &arguments);
    program
}

struct Page {
    numbers: HashMap<String, String>,
    pixels: Vec<u8>,
}

impl Page {
    fn number(&self, name: &str) -> usize {
        self.numbers[name].parse().unwrap()
    }
}

fn pages(program: &Path, file: &Path) -> Vec<Page> {
    let out = super::run(program.to_str().unwrap(), &[file.as_os_str()]);
    let mut rest = out.as_slice();
    let mut pages = Vec::new();
    while !rest.is_empty() {
        let end = rest.iter().position(|b| *b == b'\n').expect("a line of the header");
        let line = String::from_utf8(rest[..end].to_vec()).unwrap();
        let numbers: HashMap<String, String> = line
            .split(' ')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let size = numbers["line"].parse::<usize>().unwrap() * numbers["height"].parse::<usize>().unwrap();
        let (pixels, more) = rest[end + 1..].split_at(size);
        rest = more;
        pages.push(Page {
            numbers,
            pixels: pixels.to_vec(),
        });
    }
    pages
}

/// The samples of a PNG of the same page, as a raster stores them: 16 bits in the machine's order, as CUPS hands them
/// out.
fn expected(path: &Path, bits: usize) -> Vec<u8> {
    let picture = super::png(path);
    match bits {
        8 => picture.samples.iter().map(|s| *s as u8).collect(),
        _ => picture.samples.iter().flat_map(|s| s.to_ne_bytes()).collect(),
    }
}

#[test]
fn cups_reads_the_pixels_that_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let program = reader(folder.path());
    let picture = photo::jpeg(folder.path());
    let at = |name: &str| folder.path().join(name);
    // Our name, CUPS' enum of the colour space in each format, channels, bits.
    for (pixels, pwg, urf, channels, bits) in [
        ("srgb8", 19, Some(19), 3, 8),
        ("adobe8", 20, Some(20), 3, 8),
        ("rgb8", 1, Some(1), 3, 8),
        ("gray8", 18, Some(18), 1, 8),
        ("srgb16", 19, None, 3, 16),
        ("adobe16", 20, None, 3, 16),
        ("gray16", 18, None, 1, 16),
    ] {
        let options = ["--pixels", pixels, "--dpi", "100", "--paper", "a3+", "--margin", "3"];
        super::render(&picture, &at("page.png"), &options);
        let wanted = expected(&at("page.png"), bits);
        for (name, space) in [("page.pwg", Some(pwg)), ("page.urf", urf)] {
            let Some(space) = space else { continue };
            super::render(&picture, &at(name), &options);
            let read = pages(&program, &at(name));
            assert_eq!(read.len(), 1);
            let page = &read[0];
            let header = (
                page.number("bits"),
                page.number("pixel"),
                page.number("space"),
                page.number("colors"),
                page.number("x"),
                page.number("order"),
            );
            assert_eq!(
                header,
                (bits, bits * channels, space, channels, 100, 0),
                "{pixels} in {name}"
            );
            assert_eq!(page.number("line") * page.number("height"), wanted.len());
            assert!(
                page.pixels == wanted,
                "{pixels} in {name}: other pixels than were painted"
            );
        }
        if bits == 8 {
            let bytes = fs::read(at("page.pwg")).unwrap();
            assert!(
                raster::read(&bytes)[0].pixels == wanted,
                "{pixels} by our own strict reader"
            );
        }
    }
}

#[test]
fn cups_reads_every_page_of_a_document() {
    let folder = tempfile::tempdir().unwrap();
    let program = reader(folder.path());
    let document = folder.path().join("three.pdf");
    fs::write(
        &document,
        pdf::pages(&[[1.0, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 1.0]]),
    )
    .unwrap();
    for name in ["three.pwg", "three.urf"] {
        let out = folder.path().join(name);
        super::render(&document, &out, &["--pixels", "srgb8", "--dpi", "60"]);
        let read = pages(&program, &out);
        assert_eq!(read.len(), 3, "{name}");
        for (page, strongest) in read.iter().zip([0, 1, 2]) {
            let (line, height) = (page.number("line"), page.number("height"));
            let at = height * 6 / 10 * line + page.number("width") / 2 * 3;
            let pixel = &page.pixels[at..at + 3];
            let most = (0..3).max_by_key(|c| pixel[*c]).unwrap();
            assert_eq!(most, strongest, "{name}: {pixel:?}");
        }
        if name == "three.pwg" {
            assert!(
                read.iter()
                    .all(|p| p.number("pages") == 3 && p.numbers["points"] == "595x842")
            );
        }
    }
}
