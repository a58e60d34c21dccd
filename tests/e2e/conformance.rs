//! CUPS' own suites for IPP (Debian's cups-ipp-utils) against the daemon, whole, with every document printed.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::common::daemon::Daemon;
use crate::common::simulator::Simulator;
use crate::common::{client, ipptool, pdf, photo, wait_for};

/// Where Debian keeps the suites.
const SUITES: &str = "/usr/share/cups/ipptool";

/// What a suite said.
struct Outcome {
    passed: usize,
    skipped: usize,
    text: String,
}

/// Runs a suite against a daemon with two printers; none of its tests may fail, and what it sent must be printed.
fn run(name: &str, prepare: impl FnOnce(&Path)) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let suite = folder.join("suite");
    fs::create_dir(&suite).unwrap();
    for entry in fs::read_dir(SUITES).expect("the suites of cups-ipp-utils are needed: see tests/run") {
        let path = entry.unwrap().path();
        fs::copy(&path, suite.join(path.file_name().unwrap())).unwrap();
    }
    documents(&suite);
    prepare(&suite);
    // At 300 dpi: pages of 600 are four times the work and tell nothing more of the protocol.
    let quick = [
        "--seconds-per-page",
        "0.01",
        "--sheets",
        "10000",
        "--resolutions",
        "300",
    ];
    let printers = ["gertie", "squirty"].map(|name| Simulator::start(folder, name, &quick));
    let config: String = printers
        .iter()
        .zip(["Gertie", "Squirty"])
        .map(|(printer, name)| format!("[[printer]]\nname = \"{name}\"\nuri = \"{}\"\n", printer.uri()))
        .collect();
    let daemon = Daemon::start(folder, &config);
    let (_, text) = ipptool::run(&[
        "-tI",
        "-T",
        "60",
        "-f",
        suite.join("document-letter.pdf").to_str().unwrap(),
        &daemon.uri(None),
        suite.join(name).to_str().unwrap(),
    ]);
    let count = |tag: &str| text.matches(tag).count();
    let (passed, failed, skipped) = (count("[PASS]"), count("[FAIL]"), count("[SKIP]"));
    println!("{name}: {passed} passed, {failed} failed, {skipped} skipped");
    assert_eq!(failed, 0, "{text}");
    // Every job that the suite did not cancel itself comes out.
    let jobs = wait_for("all jobs to end", Duration::from_secs(600), || {
        let jobs = client::jobs(daemon.port).unwrap();
        jobs.iter().all(|job| job.state >= 7).then_some(jobs)
    });
    let printed = jobs.iter().filter(|job| job.state == 9).count();
    let aborted: Vec<_> = jobs.iter().filter(|job| job.state == 8).collect();
    let sheets: usize = printers.iter().map(|p| p.sheets().len()).sum();
    println!("{name}: {} jobs, {printed} completed on {sheets} sheets", jobs.len());
    // The suites open one job and give it nothing, to see it time out or be canceled.
    assert!(
        aborted.iter().all(|job| job.reasons == ["aborted-by-system"]),
        "{aborted:?}"
    );
    assert!(aborted.len() <= 1, "{aborted:?}");
    assert!(sheets >= printed, "{sheets} sheets of {printed} jobs");
    Outcome { passed, skipped, text }
}

/// 1.1, 2.0 and 2.1 are parts of it.
#[test]
fn ipp_2_2_passes_whole() {
    let done = run("ipp-2.2.test", |_| {});
    // All of it: without its documents the suite ends after 37 tests and says nothing.
    assert_eq!(done.passed + done.skipped, 69, "{}", done.text);
    // What is skipped needs what is not offered: PostScript, two sides, banner sheets, printing by reference.
    assert!(done.passed >= 45, "{}", done.text);
}

#[test]
fn ipp_everywhere_passes_whole() {
    let done = run("ipp-everywhere.test", rasters);
    // Those of 1.1 and 2.0 among them.
    assert_eq!(done.passed + done.skipped, 500, "{}", done.text);
    assert!(done.passed >= 90, "{}", done.text);
}

/// The PWG raster files that the suite wants, by Ghostscript; those that are not offered here may be empty.
fn rasters(suite: &Path) {
    let text = fs::read_to_string(suite.join("ipp-everywhere.test")).unwrap();
    let names = text.lines().filter_map(|l| l.trim().strip_prefix("FILE "));
    for name in names.filter(|n| n.ends_with(".pwg")) {
        let path = suite.join(name);
        if path.exists() {
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // pwg-raster-samples-300dpi/srgb-8/onepage-a4-srgb-8-300dpi.pwg. ColorSpace of PWG 5102.4: 3 is black, 18 grey
        // and 19 sRGB.
        let (space, bits) = match path.parent().and_then(|p| p.file_name()).and_then(|n| n.to_str()) {
            Some("black-1") => (3, 1),
            Some("sgray-8") => (18, 8),
            Some("srgb-8") => (19, 8),
            Some("srgb-16") => (19, 16),
            _ => (0, 0),
        };
        if !name.contains("-300dpi/") || bits == 0 {
            fs::write(&path, "").unwrap();
            continue;
        }
        let file = path.file_name().unwrap().to_str().unwrap();
        let stem = ["document-a4", "document-letter", "onepage-letter"]
            .into_iter()
            .find(|stem| file.starts_with(stem))
            .unwrap_or("onepage-a4");
        let output = Command::new("gs")
            .args(["-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pwgraster", "-r300"])
            .arg(format!("-dcupsColorSpace={space}"))
            .arg(format!("-dcupsBitsPerColor={bits}"))
            .arg(format!("-sOutputFile={}", path.display()))
            .arg(suite.join(stem).with_extension("pdf"))
            .output()
            .expect("Ghostscript is needed: see tests/run");
        assert!(output.status.success(), "{output:?}");
    }
}

/// The documents that the suite wants beside it. Those in formats that are not offered are never sent.
fn documents(suite: &Path) {
    fs::copy(photo::jpeg(suite), suite.join("color.jpg")).unwrap();
    let grey: Vec<u8> = photo::pixels().chunks_exact(3).map(|p| p[1]).collect();
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 90)
        .encode(
            &grey,
            photo::WIDTH as u16,
            photo::HEIGHT as u16,
            jpeg_encoder::ColorType::Luma,
        )
        .unwrap();
    fs::write(suite.join("gray.jpg"), bytes).unwrap();
    for name in ["document-a4", "document-letter", "onepage-a4", "onepage-letter"] {
        let colours = if name.starts_with("one") { 1 } else { 4 };
        fs::write(
            suite.join(name).with_extension("pdf"),
            pdf::pages(&vec![[0.2, 0.5, 0.8]; colours]),
        )
        .unwrap();
        fs::write(suite.join(name).with_extension("ps"), "%!PS-Adobe-3.0\nshowpage\n").unwrap();
    }
}
