//! Pages of documents that Debian packages carry, painted by us, by MuPDF and by Poppler: ours must be as near to each of
//! the two as they are to each other.
//!
//! `tests/run` unpacks the packages named here into `target/peers` and runs this; it is ignored otherwise, for it needs
//! them, mupdf-tools, poppler-utils and gzip. What is missing is a failure. A table of all pages goes to the standard
//! output.
//!
//! Two painters never agree on a pixel at an edge, and MuPDF and Poppler place letters up to half a pixel apart. So
//! pages are painted at about 144 dots per inch, all stretched to the same whole pixels, and squares of 3 × 3 pixels are averaged before they are compared. Then two
//! numbers tell how far apart two pages are: the mean difference in levels of 255, which sees tints and missing areas;
//! and the share of squares that are more than 32 levels apart, which sees shapes that are missing, moved or thick. Both
//! of ours, to either peer, may be at most those between the peers and the margin. Pages for which that does not hold
//! are listed with the reason.

use std::path::Path;
use std::process::Command;

use super::*;

/// Dots per inch of the comparison.
const DPI: u32 = 144;
/// Side of a square that is averaged.
const SIDE: usize = 3;
/// Levels of a square's difference that count.
const APART: u8 = 32;
/// What the peers' mean difference is exceeded by at most, in levels.
const MARGIN_MEAN: f64 = 0.25;
/// The same for the share of squares.
const MARGIN_SHARE: f64 = 0.002;

/// A document: its package, its file, the pages that are compared.
type Document = (&'static str, &'static str, &'static [u32]);

const DOCUMENTS: &[Document] = &[
    ("asymptote-doc", "usr/share/doc/asymptote/CAD.pdf", &[1, 3, 5]),
    ("asymptote-doc", "usr/share/doc/asymptote/TeXShopAndAsymptote.pdf", &[1]),
    ("asymptote-doc", "usr/share/doc/asymptote/asy-latex.pdf", &[1, 6]),
    ("asymptote-doc", "usr/share/doc/asymptote/asyRefCard.pdf", &[1]),
    ("asymptote-doc", "usr/share/doc/asymptote/asymptote.pdf", &[1, 20, 100]),
    ("cups-filters", "usr/share/cups/data/classified.pdf", &[1]),
    ("cups-filters", "usr/share/cups/data/default-testpage.pdf", &[1]),
    ("cups-filters", "usr/share/cups/data/default.pdf", &[1]),
    ("cups-filters", "usr/share/cups/data/form_english.pdf", &[1]),
    ("cups-filters", "usr/share/cups/data/form_russian.pdf", &[1]),
    ("flex-doc", "usr/share/doc/flex-doc/flex.pdf.gz", &[1, 20]),
    ("gnuplot-doc", "usr/share/doc/gnuplot/gnuplot.pdf", &[1, 60]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/Agraph.pdf.gz", &[1]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/cdt.3.pdf.gz", &[1]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/dot.1.pdf.gz", &[1, 5]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/dotguide.pdf.gz", &[1, 3, 8]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/dottyguide.pdf.gz", &[1, 4]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/edgepaint.1.pdf.gz", &[1]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/gvmap.1.pdf.gz", &[1]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/gvpr.1.pdf.gz", &[1]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/leftyguide.pdf.gz", &[1, 8]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/libguide.pdf.gz", &[1, 12]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/mingle.1.pdf.gz", &[1]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/neatoguide.pdf.gz", &[1, 4]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/osage.1.pdf.gz", &[1]),
    ("graphviz-doc", "usr/share/doc/graphviz/pdf/smyrna.pdf.gz", &[1, 4]),
    (
        "liblcms2-dev",
        "usr/share/doc/liblcms2-dev/LittleCMS2.14 API.pdf.gz",
        &[1, 4],
    ),
    (
        "liblcms2-dev",
        "usr/share/doc/liblcms2-dev/LittleCMS2.14 Plugin API.pdf.gz",
        &[1],
    ),
    (
        "liblcms2-dev",
        "usr/share/doc/liblcms2-dev/LittleCMS2.14 tutorial.pdf.gz",
        &[1, 5],
    ),
    ("pari-doc", "usr/share/pari/doc/parallel.pdf", &[1]),
    ("pari-doc", "usr/share/pari/doc/refcard-ell.pdf", &[1]),
    ("pari-doc", "usr/share/pari/doc/refcard-mf.pdf", &[1]),
    ("pari-doc", "usr/share/pari/doc/tutorial.pdf", &[1, 10]),
    ("pari-doc", "usr/share/pari/doc/users.pdf", &[100]),
    ("pstoedit", "usr/share/doc/pstoedit/pstoedit.pdf", &[1, 8]),
    (
        "python-matplotlib-data",
        "usr/share/matplotlib/mpl-data/images/back.pdf",
        &[1],
    ),
    (
        "python-matplotlib-data",
        "usr/share/matplotlib/mpl-data/images/filesave.pdf",
        &[1],
    ),
    (
        "python-matplotlib-data",
        "usr/share/matplotlib/mpl-data/images/hand.pdf",
        &[1],
    ),
    (
        "python-matplotlib-data",
        "usr/share/matplotlib/mpl-data/images/help.pdf",
        &[1],
    ),
    (
        "python-matplotlib-data",
        "usr/share/matplotlib/mpl-data/images/home.pdf",
        &[1],
    ),
    (
        "python-matplotlib-data",
        "usr/share/matplotlib/mpl-data/images/matplotlib.pdf",
        &[1],
    ),
    (
        "python-matplotlib-data",
        "usr/share/matplotlib/mpl-data/images/move.pdf",
        &[1],
    ),
    (
        "python-matplotlib-data",
        "usr/share/matplotlib/mpl-data/images/subplots.pdf",
        &[1],
    ),
    ("xfig-doc", "usr/share/doc/xfig/xfig-howto.pdf", &[1, 5]),
    ("xfig-doc", "usr/share/doc/xfig/xfig_ref_en.pdf", &[10, 40]),
];

/// Pages that may be farther away, and why: the end of the file's name, the page, the reason.
const EXCEPTIONS: &[(&str, u32, &str)] = &[
    ("/dotguide.pdf.gz", 1, NOT_EMBEDDED),
    ("/neatoguide.pdf.gz", 4, NOT_EMBEDDED),
    ("/LittleCMS2.14 tutorial.pdf.gz", 1, NOT_EMBEDDED),
];

/// Both peers take URW's fonts in place of Times and Arial; ours are built in, have the same widths, and other outlines.
const NOT_EMBEDDED: &str = "letters of a font that the document does not bring along";

/// Pixels as RGB.
struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

/// A raw PPM (P6).
fn ppm(bytes: &[u8]) -> Picture {
    let mut fields = Vec::new();
    let mut at = 0;
    while fields.len() < 4 {
        let end = at + bytes[at..].iter().position(u8::is_ascii_whitespace).unwrap();
        fields.push(String::from_utf8_lossy(&bytes[at..end]).into_owned());
        at = end + 1;
    }
    assert_eq!(fields[0], "P6");
    Picture {
        width: fields[1].parse().unwrap(),
        height: fields[2].parse().unwrap(),
        rgb: bytes[at..].to_vec(),
    }
}

fn run(program: &str, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("{program}: {e}"));
    assert!(output.status.success(), "{program} {arguments:?}: {}", output.status);
    output.stdout
}

impl Picture {
    /// Averages of squares, row by row, of so many rows and columns.
    fn squares(&self, columns: usize, rows: usize) -> Vec<[u8; 3]> {
        let mut out = Vec::with_capacity(columns * rows);
        for y in 0..rows {
            for x in 0..columns {
                let mut sums = [0usize; 3];
                for dy in 0..SIDE {
                    let at = ((y * SIDE + dy) * self.width + x * SIDE) * 3;
                    for (i, v) in self.rgb[at..at + SIDE * 3].iter().enumerate() {
                        sums[i % 3] += usize::from(*v);
                    }
                }
                out.push(sums.map(|s| (s / (SIDE * SIDE)) as u8));
            }
        }
        out
    }
}

/// Mean difference, and share of squares that are apart.
fn difference(a: &[[u8; 3]], b: &[[u8; 3]]) -> (f64, f64) {
    let (mut sum, mut apart) = (0usize, 0usize);
    for (a, b) in a.iter().zip(b) {
        let each: Vec<u8> = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).collect();
        sum += each.iter().map(|d| usize::from(*d)).sum::<usize>();
        apart += usize::from(each.iter().any(|d| *d > APART));
    }
    (sum as f64 / (a.len() * 3) as f64, apart as f64 / a.len() as f64)
}

/// A page as we paint it.
fn ours(input: &Input, (width, height): (usize, usize), limits: &PressLimits) -> Result<Picture, String> {
    let wish = Wish {
        size: Some((width as u32, height as u32)),
    };
    let mut source = open(input, Turn::NONE, wish, limits).map_err(|e| e.to_string())?;
    let shape = source.shape();
    if (shape.width as usize, shape.height as usize, shape.channels) != (width, height, 3) {
        return Err("it is but one picture, which keeps its own pixels: choose another page".into());
    }
    Ok(Picture {
        width,
        height,
        rgb: pixels(&mut *source).map_err(|e| e.to_string())?.into_flattened(),
    })
}

#[test]
#[ignore = "needs mupdf-tools, poppler-utils and documents of Debian's packages: tests/run"]
fn pages_are_as_near_to_mupdf_and_poppler_as_those_are_to_each_other() {
    assert!(DOCUMENTS.len() >= 42, "only {} documents", DOCUMENTS.len());
    let place = Place::new();
    let limits = PressLimits {
        pixels: 100_000_000,
        side: 20_000,
        memory: 1_200_000_000,
        scratch: place.folder.path().join("scratch"),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers");
    let mut wrong = Vec::new();
    for (package, name, pages) in DOCUMENTS {
        let path = root.join(package).join(name);
        assert!(path.is_file(), "{path:?} is missing: tests/run unpacks {package} there");
        let copy = place.folder.path().join("peer.pdf");
        if name.ends_with(".gz") {
            std::fs::write(&copy, run("gzip", &["-dc", path.to_str().unwrap()])).unwrap();
        } else {
            std::fs::copy(&path, &copy).unwrap();
        }
        let file = copy.to_str().unwrap();
        for page in *pages {
            let input = Input {
                path: copy.clone(),
                format: DocumentFormat::Pdf,
                page: page - 1,
            };
            let told = head(&input, &limits).unwrap_or_else(|e| panic!("{name} {page}: {e}"));
            let dpi = told.resolution.map_or(300, |r| r.x);
            let size = [told.width, told.height].map(|side| ((side * DPI + dpi / 2) / dpi) as usize);
            let ours = match ours(&input, (size[0], size[1]), &limits) {
                Ok(ours) => ours,
                Err(why) => {
                    wrong.push(format!("{name} {page}: {why}"));
                    continue;
                }
            };
            let [w, h, number] = [size[0], size[1], *page as usize].map(|n| n.to_string());
            let fit = [
                "draw", "-q", "-F", "ppm", "-f", "-w", &w, "-h", &h, "-o", "-", file, &number,
            ];
            let mupdf = ppm(&run("mutool", &fit));
            let fit = ["-f", &number, "-l", &number, "-scale-to-x", &w, "-scale-to-y", &h, file];
            let poppler = ppm(&run("pdftoppm", &fit));
            for peer in [&mupdf, &poppler] {
                assert_eq!([peer.width, peer.height], size, "{name} {page}");
            }
            let (columns, rows) = (size[0] / SIDE, size[1] / SIDE);
            let [ours, mupdf, poppler] = [ours, mupdf, poppler].map(|p| p.squares(columns, rows));
            let peers = difference(&mupdf, &poppler);
            let (to_mupdf, to_poppler) = (difference(&ours, &mupdf), difference(&ours, &poppler));
            println!(
                "{name} {page}: mean {:.2} to MuPDF, {:.2} to Poppler, {:.2} between; apart {:.2} %, {:.2} %, {:.2} %",
                to_mupdf.0,
                to_poppler.0,
                peers.0,
                to_mupdf.1 * 100.0,
                to_poppler.1 * 100.0,
                peers.1 * 100.0
            );
            let near = |to: (f64, f64)| to.0 <= peers.0 + MARGIN_MEAN && to.1 <= peers.1 + MARGIN_SHARE;
            let excepted = EXCEPTIONS.iter().any(|(end, p, _)| name.ends_with(end) && p == page);
            if (near(to_mupdf) && near(to_poppler)) == excepted {
                wrong.push(format!(
                    "{name} {page}{}",
                    if excepted { " needs no exception" } else { "" }
                ));
            }
        }
    }
    println!("{} documents", DOCUMENTS.len());
    assert!(
        wrong.is_empty(),
        "farther away than the peers are from each other: {wrong:#?}"
    );
}
