//! The same bytes on another kind of machine: the program built for aarch64 and run by QEMU.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{pdf, photo};

/// Where `tests/run` builds it.
fn program() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_platen"))
        .ancestors()
        .nth(2)
        .unwrap()
        .join("aarch64-unknown-linux-gnu/debug/platen");
    assert!(
        path.is_file(),
        "{}: not there. tests/run builds it: cargo build --locked --target aarch64-unknown-linux-gnu",
        path.display()
    );
    path
}

#[test]
fn aarch64_makes_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let program = program();
    let picture = photo::jpeg(folder.path());
    fs::write(at("paper.icc"), platen::color::Profile::virtual_paper().as_bytes()).unwrap();
    let profile = at("paper.icc").to_str().unwrap().to_owned();
    // A page of 16 bits, to be read again as a TIFF on its side.
    super::render(&picture, &at("wide.tif"), &["--pixels", "adobe16", "--dpi", "50"]);
    fs::write(at("two.pdf"), pdf::pages(&[[1.0, 0.0, 0.0], [0.0, 0.5, 0.0]])).unwrap();
    let paper = ["--profile", &profile];
    let (photo, wide, pages) = (Some(picture.as_path()), at("wide.tif"), at("two.pdf"));
    for (input, output, options) in [
        // Matrix to a printer's table, dither, scaling down, sharpening.
        (
            photo,
            "a.pwg",
            [&paper[..], &["--dpi", "72", "--sharpen", "high", "--workers", "3"]].concat(),
        ),
        // On its side, enlarged, other intent.
        (
            photo,
            "b.urf",
            [
                &paper[..],
                &[
                    "--dpi",
                    "150",
                    "--paper",
                    "148x210mm",
                    "--turn",
                    "left",
                    "--intent",
                    "perceptual",
                ],
            ]
            .concat(),
        ),
        // Matrix to matrix.
        (
            photo,
            "c.png",
            vec!["--pixels", "adobe8", "--dpi", "60", "--band", "13"],
        ),
        (photo, "d.png", vec!["--pixels", "srgb16", "--dpi", "60"]),
        // Lightness and tone.
        (
            photo,
            "e.tif",
            [&paper[..], &["--tone", "selenium", "--dpi", "60"]].concat(),
        ),
        (photo, "f.jpg", vec!["--pixels", "gray8", "--dpi", "60"]),
        // 16 bits in and out.
        (
            Some(&wide),
            "g.tif",
            [&paper[..], &["--pixels", "rgb16", "--dpi", "60"]].concat(),
        ),
        // Text, marks and a layout, with a picture and without.
        (
            photo,
            "h.pwg",
            vec!["--template", "edition-sheet", "--set", "title=Dawn", "--dpi", "100"],
        ),
        (None, "i.pwg", vec!["--template", "step-wedge", "--dpi", "60"]),
        // Drawn pages.
        (Some(&pages), "j.pwg", vec!["--pixels", "srgb8", "--dpi", "60"]),
    ] {
        let (here, there) = (at("here"), at("there"));
        let format = output
            .split_once('.')
            .unwrap()
            .1
            .replace("tif", "tiff")
            .replace("jpg", "jpeg");
        let options = [&options[..], &["--format", &format]].concat();
        super::run(env!("CARGO_BIN_EXE_platen"), &super::rendering(input, &here, &options));
        let emulated: [&OsStr; 3] = ["-L".as_ref(), "/usr/aarch64-linux-gnu".as_ref(), program.as_os_str()];
        let arguments = [&emulated[..], &super::rendering(input, &there, &options)].concat();
        super::run("qemu-aarch64", &arguments);
        let (here, there) = (fs::read(here).unwrap(), fs::read(there).unwrap());
        let first = here.iter().zip(&there).position(|(a, b)| a != b);
        assert!(
            here == there,
            "{output}: other bytes on aarch64, first at {first:?} of {}",
            here.len()
        );
    }
}
