//! Documents of several pages and the press as a command.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::common::daemon::Daemon;
use crate::common::simulator::Simulator;
use crate::common::{ipptool, pdf, photo, raster, wait_for};

const RED: [f64; 3] = [1.0, 0.0, 0.0];
const BLUE: [f64; 3] = [0.0, 0.0, 1.0];

fn completed(port: u16, id: i32) {
    wait_for("the job to complete", Duration::from_secs(120), || {
        let (state, text) = ipptool::job(port, id);
        assert!(!state.contains("aborted") && !state.contains("held"), "{text}");
        state.contains("completed").then_some(())
    });
}

#[test]
fn a_pdf_prints_page_by_page_at_a_printer() {
    let folder = tempfile::tempdir().unwrap();
    let printer = Simulator::start(folder.path(), "gertie", &["--seconds-per-page", "0.1"]);
    let config = format!("[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n", printer.uri());
    let daemon = Daemon::start(folder.path(), &config);
    let path = folder.path().join("two.pdf");
    fs::write(&path, pdf::pages(&[RED, BLUE])).unwrap();
    let id = ipptool::print(folder.path(), &daemon.uri(None), &path, "application/pdf", "");
    completed(daemon.port, id);
    let sheets = printer.sheets();
    let file = &sheets.first().expect("a sheet came out").file;
    let bytes = fs::read(printer.spool.join(file)).unwrap();
    let pages = raster::read(&bytes);
    assert_eq!(pages.len(), 2);
    for (page, strongest) in pages.iter().zip([0, 2]) {
        let (left, top, right, bottom) = page.inked();
        let mean = page.mean((left + right) / 2, (top + bottom) * 6 / 10, 20);
        let other = 2 - strongest;
        assert!(mean[strongest] > 150.0 && mean[other] < 90.0, "{mean:?}");
    }
}

#[test]
fn a_virtual_printer_lays_each_page_down() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n";
    let daemon = Daemon::start(folder.path(), config);
    let path = folder.path().join("two.pdf");
    fs::write(&path, pdf::pages(&[RED, BLUE, RED])).unwrap();
    let id = ipptool::print(folder.path(), &daemon.uri(None), &path, "application/pdf", "");
    completed(daemon.port, id);
    let names: Vec<String> = fs::read_dir(folder.path().join("data/prints/gertie"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|n| n.ends_with(".png"))
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
}

/// Runs `platen`; gives whether it went well and what it said.
fn platen(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_platen"))
        .args(arguments)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn render_writes_the_same_bytes_for_all_bands_and_workers() {
    let folder = tempfile::tempdir().unwrap();
    let picture = photo::jpeg(folder.path());
    let mut first: Option<Vec<u8>> = None;
    for (band, workers) in [("64", "1"), ("8", "4"), ("256", "2"), ("37", "3")] {
        let out = folder.path().join("out.pwg");
        let (code, said) = platen(&[
            "render",
            text(&picture),
            "-o",
            text(&out),
            "--band",
            band,
            "--workers",
            workers,
            "--sharpen",
            "high",
        ]);
        assert_eq!(code, Some(0), "{said}");
        let bytes = fs::read(&out).unwrap();
        assert_eq!(raster::read(&bytes).len(), 1);
        assert!(
            first.get_or_insert_with(|| bytes.clone()) == &bytes,
            "bands of {band}, {workers} workers"
        );
    }
}

#[test]
fn render_lays_out_proofs_and_refuses_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let picture = photo::jpeg(folder.path());
    let out = |name: &str| folder.path().join(name);
    let profile = folder.path().join("paper.icc");
    fs::write(&profile, platen::color::Profile::virtual_paper().as_bytes()).unwrap();
    let sheet = out("sheet.tif");
    let (code, said) = platen(&[
        "render",
        text(&picture),
        text(&picture),
        "-o",
        text(&sheet),
        "--template",
        "contact-sheet",
        "--dpi",
        "60",
    ]);
    assert_eq!(code, Some(0), "{said}");
    // Read by a library that is not ours.
    let mut decoder = tiff::decoder::Decoder::new(fs::File::open(&sheet).unwrap()).unwrap();
    assert_eq!(decoder.dimensions().unwrap(), (496, 702));
    let proof = out("proof.jpg");
    let (code, said) = platen(&[
        "proof",
        text(&picture),
        "-o",
        text(&proof),
        "--profile",
        text(&profile),
        "--dpi",
        "60",
        "--gamut",
        "3",
        "--paper-white",
    ]);
    assert_eq!(code, Some(0), "{said}");
    assert!(fs::read(&proof).unwrap().starts_with(&[0xff, 0xd8]));
    for (arguments, code, word) in [
        (vec!["render", text(&picture), "-o", "x.doc"], 64, ".pwg"),
        (vec!["render", text(&profile), "-o", text(&sheet)], 65, "not a format"),
        (
            vec!["render", text(&picture), "-o", text(&sheet), "--paper", "papyrus"],
            64,
            "papyrus",
        ),
        (
            vec!["render", text(&picture), "-o", text(&sheet), "--template", "none"],
            64,
            "contact-sheet",
        ),
        (vec!["render", "/nowhere.jpg", "-o", text(&sheet)], 74, "/nowhere.jpg"),
        (vec!["proof", text(&picture), "-o", text(&proof)], 64, "--profile"),
    ] {
        let (got, said) = platen(&arguments);
        assert_eq!(got, Some(code), "{said}");
        assert!(said.contains(word) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn a_paper_profile_over_a_managed_path_is_told_on_the_ticket() {
    let folder = tempfile::tempdir().unwrap();
    let printer = Simulator::start(
        folder.path(),
        "gertie",
        &["--seconds-per-page", "0.1", "--raster-types", "srgb_8"],
    );
    let paper = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/profiles/virtual-pro-1000-lustre.icc");
    let config = format!(
        "[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n[[printer.profile]]\nfile = \"{}\"\n",
        printer.uri(),
        paper.display()
    );
    let daemon = Daemon::start(folder.path(), &config);
    let photo = photo::jpeg(folder.path());
    let id = ipptool::print(folder.path(), &daemon.uri(None), &photo, "image/jpeg", "");
    completed(daemon.port, id);
    let (_, text) = ipptool::job(daemon.port, id);
    let line = text
        .lines()
        .find(|l| l.contains("job-detailed-status-messages"))
        .unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains("made through this very path"), "{line}");
}

#[test]
fn render_loses_nothing_that_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let picture = photo::jpeg(folder.path());
    let before = fs::read(&picture).unwrap();
    let link = folder.path().join("link.jpg");
    std::os::unix::fs::symlink(&picture, &link).unwrap();
    // Onto one of its documents, also by another name.
    for out in [&picture, &link] {
        let (code, said) = platen(&["render", text(&picture), "-o", text(out)]);
        assert_eq!(code, Some(64), "{said}");
        assert!(said.contains("one of the documents"), "{said}");
    }
    assert!(fs::read(&picture).unwrap() == before);
    // A page that can't be made leaves the old one, and nothing beside it.
    let page = folder.path().join("page.pwg");
    fs::write(&page, "old").unwrap();
    let cut = folder.path().join("cut.jpg");
    fs::write(&cut, &before[..before.len() / 2]).unwrap();
    let (code, said) = platen(&["render", text(&cut), "-o", text(&page)]);
    assert_eq!(code, Some(65), "{said}");
    assert_eq!(fs::read(&page).unwrap(), b"old");
    // Two pages are no PNG.
    let two = folder.path().join("two.png");
    let (code, said) = platen(&["render", text(&picture), text(&picture), "-o", text(&two)]);
    assert_eq!(code, Some(64), "{said}");
    assert!(said.contains("one page") && !two.exists(), "{said}");
    for bad in [
        &["--workers", "100000"][..],
        &["--workers", "0"],
        &["--band", "0"],
        &["--set", "title=x"],
    ] {
        let (code, said) = platen(&[&["render", text(&picture), "-o", text(&two)], bad].concat());
        assert_eq!(code, Some(64), "{bad:?}: {said}");
    }
}

#[test]
fn ctrl_c_leaves_no_half_page() {
    let folder = tempfile::tempdir().unwrap();
    let picture = photo::jpeg(folder.path());
    let out = folder.path().join("out.tif");
    let mut child = Command::new(env!("CARGO_BIN_EXE_platen"))
        .args(["render", "--quiet", text(&picture), "-o", text(&out)])
        .args(["--paper", "17x22in", "--dpi", "1200", "--workers", "1"])
        .spawn()
        .unwrap();
    // Once it has begun to write.
    wait_for("a file beside the output", Duration::from_secs(60), || {
        let begun = |e: fs::DirEntry| e.file_name().to_string_lossy().starts_with(".platen-");
        let mut files = fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
        files.any(begun).then_some(())
    });
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
}
