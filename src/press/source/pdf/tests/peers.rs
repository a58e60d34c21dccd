//! Documents of Debian's packages, painted by us, MuPDF and Poppler: ours must be as near to each of them as they are
//! to each other.
//!
//! Run by name with `--ignored`; it needs mupdf-tools, poppler-utils, gzip, and documents: python-matplotlib-data,
//! graphviz-doc, cups-filters, octave-doc, r-doc-pdf, gnuplot-doc, xfig-doc, liblcms2-dev and more of the like, from
//! `PLATEN_PDFS` (a folder) or `/usr/share`. A table of all pages goes to the standard output.

use std::path::Path;
use std::process::Command;

use super::*;

/// Dots per inch of the comparison.
const DPI: u32 = 100;
/// Fewest documents.
const DOCUMENTS: usize = 42;
/// Most documents, so that the test ends.
const MOST: usize = 60;
/// By how many decibels we may be farther from a peer than the peers are from each other: every painter has its own
/// way of smoothing edges.
const MARGIN: f64 = 3.0;
/// From here on nobody sees a difference but that of smoothing, whatever the peers are to each other.
const ENOUGH: f64 = 30.0;

fn documents(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.to_string_lossy();
        if path.is_symlink() {
        } else if path.is_dir() {
            documents(&path, into);
        } else if name.ends_with(".pdf") || name.ends_with(".pdf.gz") {
            into.push(path);
        }
    }
}

/// A raw PPM (P6) as width, height and samples.
fn ppm(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut fields = Vec::new();
    let mut at = 0;
    while fields.len() < 4 {
        let end = at + bytes[at..].iter().position(u8::is_ascii_whitespace).unwrap();
        fields.push(String::from_utf8_lossy(&bytes[at..end]).into_owned());
        at = end + 1;
    }
    (
        fields[1].parse().unwrap(),
        fields[2].parse().unwrap(),
        bytes[at..].to_vec(),
    )
}

fn run(program: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("{program}: {e}"));
    (output.status.success() && output.stdout.starts_with(b"P6")).then_some(output.stdout)
}

/// The upper left of RGB pixels `width` across.
fn crop(rgb: &[u8], width: u32, (w, h): (u32, u32)) -> Vec<u8> {
    let rows = rgb.chunks(width as usize * 3).take(h as usize);
    rows.flat_map(|row| &row[..w as usize * 3]).copied().collect()
}

fn psnr(a: &[u8], b: &[u8]) -> f64 {
    let sum: f64 = a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2)).sum();
    (10.0 * (255.0 * 255.0 * a.len() as f64 / sum.max(1e-9)).log10()).min(99.0)
}

#[test]
#[ignore = "needs mupdf-tools, poppler-utils and documents of Debian's packages"]
fn pages_agree_with_mupdf_and_poppler_as_well_as_those_agree() {
    let place = Place::new();
    let limits = PressLimits {
        pixels: 100_000_000,
        side: 20_000,
        memory: 1_200_000_000,
        scratch: place.folder.path().join("scratch"),
    };
    let mut found = Vec::new();
    let root = std::env::var("PLATEN_PDFS").unwrap_or_else(|_| "/usr/share".into());
    documents(Path::new(&root), &mut found);
    // Spread over the packages, the same every time.
    let step = (found.len() / MOST).max(1);
    let (mut compared, mut worse) = (0, Vec::new());
    for path in found.into_iter().step_by(step).take(MOST) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let copy = place.folder.path().join("peer.pdf");
        if name.ends_with(".gz") {
            std::fs::write(
                &copy,
                Command::new("gzip").arg("-dc").arg(&path).output().unwrap().stdout,
            )
            .unwrap();
        } else {
            std::fs::copy(&path, &copy).unwrap();
        }
        let copy = copy.to_str().unwrap();
        let dpi = DPI.to_string();
        let mupdf = run("mutool", &["draw", "-q", "-F", "ppm", "-r", &dpi, "-o", "-", copy, "1"]);
        let poppler = run("pdftoppm", &["-r", &dpi, "-f", "1", "-l", "1", copy]);
        let input = Input {
            path: copy.into(),
            format: DocumentFormat::Pdf,
            page: 0,
        };
        let (Some(mupdf), Some(poppler)) = (mupdf, poppler) else {
            println!(
                "{name}: the peers fail; here: {:?}",
                head(&input, &limits).map(|h| h.pages)
            );
            continue;
        };
        let (mupdf, poppler) = (ppm(&mupdf), ppm(&poppler));
        let told = head(&input, &limits).unwrap_or_else(|e| panic!("{name}: {e}"));
        let size = (mupdf.0, mupdf.1);
        let mut source = open(&input, told.turn, Wish { size: Some(size) }, &limits).unwrap();
        let shape = source.shape();
        if (shape.width, shape.height) != size || shape.channels != 3 {
            println!("{name}: one picture");
            continue;
        }
        if size.0.abs_diff(poppler.0) > 1 || size.1.abs_diff(poppler.1) > 1 {
            println!("{name}: the peers' pages are {size:?} and {:?}", (poppler.0, poppler.1));
            continue;
        }
        // The peers round sizes differently.
        let shared = (size.0.min(poppler.0), size.1.min(poppler.1));
        let ours = crop(&pixels(&mut *source).unwrap().into_flattened(), size.0, shared);
        let mupdf = crop(&mupdf.2, size.0, shared);
        let poppler = crop(&poppler.2, poppler.0, shared);
        let (peers, to_mupdf, to_poppler) = (psnr(&mupdf, &poppler), psnr(&ours, &mupdf), psnr(&ours, &poppler));
        println!("{name}: {peers:.1} dB between the peers, {to_mupdf:.1} to MuPDF, {to_poppler:.1} to Poppler");
        compared += 1;
        // Two of three may differ from the third for a reason of its own: the nearer peer counts.
        if to_mupdf.max(to_poppler) < (peers - MARGIN).min(ENOUGH) {
            worse.push(name);
        }
    }
    println!("{compared} documents");
    assert!(compared >= DOCUMENTS, "only {compared} documents: install more");
    assert!(
        worse.is_empty(),
        "farther than the peers are from each other: {worse:?}"
    );
}
