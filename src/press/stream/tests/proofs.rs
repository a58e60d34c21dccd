//! Tones and proofs take hold of everything on a page.

use super::*;
use crate::color::{ProofOptions, SoftProof, Tone};
use crate::press::Proof;

const COLOUR: [u8; 3] = [60, 140, 90];
const DEVICE: [u8; 3] = [200, 30, 40];

/// A fill, a device value, letters, a picture of the fill's colour, and bare paper about them.
fn elements() -> Vec<Element> {
    let fill = |x, ink| Element::Fill {
        area: area(x, 2, 8, 8),
        ink,
    };
    vec![
        fill(2, Ink::Srgb(COLOUR)),
        fill(12, Ink::Device(DEVICE)),
        Element::Mask {
            area: area(22, 2, 8, 8),
            coverage: Arc::from([255; 64]),
            ink: Ink::Srgb(COLOUR),
        },
        Element::Picture(whole(area(32, 2, 8, 8), (4, 4))),
        fill(42, Ink::Srgb([0, 0, 255])),
        fill(52, Ink::Srgb([0; 3])),
        Element::Fill {
            area: area(54, 4, 2, 2),
            ink: Ink::Paper,
        },
    ]
}

/// Where each of them is looked at, and bare paper.
const PLACES: [(usize, usize); 8] = [(5, 5), (15, 5), (25, 5), (35, 5), (45, 5), (53, 3), (55, 5), (30, 30)];

/// What a page of these elements shows at [`PLACES`].
fn shown(tone: Option<Tone>, proof: Option<ProofOptions>) -> [[u8; 3]; 8] {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("even.png");
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), 4, 4);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&COLOUR.repeat(16)).unwrap();
    writer.finish().unwrap();
    let input = Input {
        path,
        format: DocumentFormat::Png,
        page: 0,
    };
    let mut job = job(vec![input], vec![page(elements())], RasterFormat::Tiff, folder.path());
    job.tone = tone;
    match proof {
        None => job.profile = Arc::new(Profile::virtual_paper()),
        Some(options) => {
            let printer = Arc::new(Profile::virtual_paper());
            job.proof = Some(Proof { printer, options });
        }
    }
    let got = pixels(job);
    PLACES.map(|(x, y)| got[y * 60 + x])
}

fn near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 2)
}

fn tones() -> [Option<Tone>; 3] {
    [None, Some(Tone::NEUTRAL), Some(Tone::SEPIA)]
}

#[test]
fn marks_are_toned_as_pictures_are_and_device_values_are_not() {
    for tone in tones() {
        let [fill, device, mask, picture, .., blank, paper] = shown(tone, None);
        assert!(near(fill, picture) && fill == mask, "{tone:?}: {fill:?} {picture:?}");
        assert_eq!((device, blank, paper), (DEVICE, [255; 3], [255; 3]), "{tone:?}");
    }
    let [plain, toned] = [None, Some(Tone::NEUTRAL)].map(|tone| shown(tone, None)[0]);
    assert!(!near(plain, toned), "{plain:?}");
    // What the printer makes of it has no colour.
    let look = SoftProof::of_device(&Profile::virtual_paper(), &Profile::srgb(), ProofOptions::default()).unwrap();
    let [r, g, b] = look.color(&toned.map(|v| u16::from(v) * 257));
    assert!(r.abs_diff(g) <= 3 && b.abs_diff(g) <= 3, "{r} {g} {b}");
}

#[test]
fn a_proof_shows_all_of_the_print_and_its_paper() {
    for (paper_white, black_ink) in [(false, false), (false, true), (true, false), (true, true)] {
        let options = ProofOptions {
            paper_white,
            black_ink,
            ..ProofOptions::default()
        };
        let look = SoftProof::of_device(&Profile::virtual_paper(), &Profile::srgb(), options).unwrap();
        for tone in tones() {
            let (print, proof) = (shown(tone, None), shown(tone, Some(options)));
            for (i, (printed, shown)) in print.into_iter().zip(proof).enumerate() {
                let wanted = look.color(&printed.map(|v| u16::from(v) * 257));
                // The print is rounded to bytes before it is looked at here.
                let off = wanted.iter().zip(shown).map(|(a, b)| a.abs_diff(b)).max();
                assert!(
                    off <= Some(4),
                    "{options:?} {tone:?} {i}: {shown:?}, the print looks {wanted:?}"
                );
            }
            let paper = proof[7];
            assert_eq!(paper, proof[6]);
            assert_eq!(paper == [255; 3], !paper_white, "{paper:?}");
            // A toned black is less than all ink.
            let black = proof[5].iter().all(|v| *v < 6);
            assert!(tone.is_some() || black != (paper_white || black_ink), "{:?}", proof[5]);
        }
    }
}

#[test]
fn the_warning_lies_over_marks_too() {
    let warning = [1, 2, 3];
    let options = ProofOptions {
        gamut_warning: Some(3.0),
        warning,
        ..ProofOptions::default()
    };
    let proof = shown(None, Some(options));
    let warned: Vec<bool> = proof.iter().map(|p| *p == warning).collect();
    // The blue of screens is beyond the printer; what is told in its own values can't be.
    assert_eq!(
        warned,
        [false, false, false, false, true, false, false, false],
        "{proof:?}"
    );
}
