//! Scaling beside GraphicsMagick's Lanczos filter.

use std::ffi::OsStr;
use std::fs::File;
use std::path::Path;

use crate::common::photo;

/// Peak signal to noise ratio of 8 bits, in dB.
fn psnr(a: &[u16], b: &[u16]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum();
    10.0 * (255.0 * 255.0 / (sum / a.len() as f64)).log10()
}

/// The photograph of the tests as a PNG without a profile, so that nobody converts colours.
fn picture(folder: &Path) -> std::path::PathBuf {
    let path = folder.join("plain.png");
    let mut encoder = png::Encoder::new(File::create(&path).unwrap(), photo::WIDTH as u32, photo::HEIGHT as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder
        .write_header()
        .unwrap()
        .write_image_data(&photo::pixels())
        .unwrap();
    path
}

#[test]
fn scaling_agrees_with_graphicsmagick() {
    let folder = tempfile::tempdir().unwrap();
    let picture = picture(folder.path());
    let (ours, theirs) = (folder.path().join("ours.png"), folder.path().join("theirs.png"));
    // The photograph has 1500 x 1000 pixels; a paper of its shape, at several resolutions.
    for (dpi, size) in [
        ("100", "900x600!"),
        ("61", "549x366!"),
        ("200", "1800x1200!"),
        ("417", "3753x2502!"),
    ] {
        super::render(
            &picture,
            &ours,
            &[
                "--pixels",
                "srgb8",
                "--no-dither",
                "--paper",
                "228.6x152.4mm",
                "--dpi",
                dpi,
                "--turn",
                "none",
            ],
        );
        let convert = ["-filter", "Lanczos", "-resize", size, "-depth", "8"].map(OsStr::new);
        let mut arguments: Vec<&OsStr> = vec!["convert".as_ref(), picture.as_os_str()];
        arguments.extend(convert);
        arguments.push(theirs.as_os_str());
        super::run("gm", &arguments);
        let (ours, theirs) = (super::png(&ours), super::png(&theirs));
        assert_eq!((ours.width, ours.height), (theirs.width, theirs.height), "{dpi}");
        assert_eq!(ours.channels, theirs.channels);
        let db = psnr(&ours.samples, &theirs.samples);
        println!("Lanczos beside GraphicsMagick at {dpi} dpi: {db:.1} dB");
        assert!(db >= 50.0, "{db:.1} dB at {dpi} dpi");
    }
}
