//! Soft proofs.

use lcms2::{Flags, Intent, PixelFormat, Transform};

use super::against_lcms::{lab, open, reference, romm};
use super::made::{cmyk_v2, cmyk_v4};
use super::*;
use crate::color::{ProfileError, ProofOptions, SoftProof, Tone, delta_e_2000};

/// Paper's white and ink's black, as they are or as the screen's.
const SHOWN: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

fn options((paper_white, black_ink): (bool, bool)) -> ProofOptions {
    ProofOptions {
        paper_white,
        black_ink,
        ..ProofOptions::default()
    }
}

fn unit(src: &[u16]) -> Vec<f64> {
    src.iter().map(|v| f64::from(*v) / 65535.0).collect()
}

/// What LittleCMS shows of a printer's device values.
fn on_screen(printer: &Profile, device: &[f64], (white, black): (bool, bool)) -> Vec<f64> {
    let shown = if white {
        Rendering::Absolute
    } else {
        Rendering::Relative
    };
    reference(printer, &Profile::srgb(), asked(shown, !white && !black), device)
}

/// Holds what is shown to what should be: mean and largest CIEDE2000.
fn hold(name: &str, got: &[u8], wanted: &[f64], mean: f64, worst: f64) {
    let srgb = Profile::srgb();
    let got: Vec<f64> = got.iter().map(|v| f64::from(*v) / 255.0).collect();
    let errors: Vec<f64> = lab(&srgb, wanted)
        .iter()
        .zip(lab(&srgb, &got))
        .map(|(a, b)| delta_e_2000(*a, b))
        .collect();
    let found = errors.iter().sum::<f64>() / errors.len() as f64;
    let most = errors.iter().copied().fold(0.0, f64::max);
    println!("proof {name}: mean {found:.3} worst {most:.3}");
    assert!(found < mean && most < worst, "{name}: {found} {most}");
}

fn apply(proof: &SoftProof, src: &[u16]) -> Vec<u8> {
    let link = proof.bake();
    let mut out = vec![0; src.len() / link.input_channels() * 3];
    assert_eq!(link.apply(src, &mut out), 0);
    out
}

/// As a print and its look, one after the other; LittleCMS has no black point compensation in the second half of its
/// own proofs, so that those are compared where there is none.
#[test]
fn proofs_agree_with_littlecms() {
    let srgb = Profile::srgb();
    let source = Profile::adobe_rgb();
    let src = colours(3);
    for printer in [Profile::virtual_paper(), cmyk_v2()] {
        for intent in [INTENTS[0], INTENTS[2], INTENTS[3]] {
            let printed = reference(&source, &printer, intent, &unit(&src));
            for shown in SHOWN {
                let proof = SoftProof::new(&source, &printer, &srgb, intent, None, options(shown)).unwrap();
                let got = apply(&proof, &src);
                let name = format!("{} {shown:?} {intent:?}", printer.description());
                hold(&name, &got, &on_screen(&printer, &printed, shown), 0.35, 3.0);
                if shown.0 || shown.1 {
                    hold(
                        &name,
                        &got,
                        &lcms_proof(&source, &printer, intent, shown.0, &src),
                        0.35,
                        3.0,
                    );
                }
            }
        }
    }
}

/// LittleCMS' own proofs.
fn lcms_proof(source: &Profile, printer: &Profile, intent: RenderingIntent, white: bool, src: &[u16]) -> Vec<f64> {
    let (from, press, screen) = (open(source), open(printer), open(&Profile::srgb()));
    let name = match intent.intent {
        Rendering::Perceptual => Intent::Perceptual,
        _ => Intent::RelativeColorimetric,
    };
    let shown = if white {
        Intent::AbsoluteColorimetric
    } else {
        Intent::RelativeColorimetric
    };
    let mut flags = Flags::NO_OPTIMIZE | Flags::SOFT_PROOFING;
    if intent.black_point_compensation {
        flags = flags | Flags::BLACKPOINT_COMPENSATION;
    }
    let format = PixelFormat::RGB_DBL;
    let transform = Transform::new_proofing(&from, format, &screen, format, &press, name, shown, flags).unwrap();
    let unit = unit(src);
    let mut wanted = vec![[0.0_f64; 3]; unit.len() / 3];
    transform.transform_pixels(unit.as_chunks::<3>().0, &mut wanted);
    wanted.as_flattened().iter().map(|v| v.clamp(0.0, 1.0)).collect()
}

/// A toned proof shows the toned print.
#[test]
fn toned_proofs_show_toned_prints() {
    let (paper, srgb) = (Profile::virtual_paper(), Profile::srgb());
    for tone in [Tone::NEUTRAL, Tone::SEPIA, Tone::SELENIUM] {
        for source in [Profile::adobe_rgb(), Profile::gray(), cmyk_v4()] {
            let print = DeviceLink::bake_mono(&source, &paper, INTENTS[3], tone).unwrap();
            let src = colours(source.channels());
            let mut printed = vec![0; src.len() / source.channels() * 3];
            print.apply16(&src, &mut printed);
            for shown in SHOWN {
                let proof = SoftProof::new(&source, &paper, &srgb, INTENTS[3], Some(tone), options(shown)).unwrap();
                let name = format!("{tone:?} {source:?} {shown:?}");
                let wanted = on_screen(&paper, &unit(&printed), shown);
                hold(&name, &apply(&proof, &src), &wanted, 0.5, 1.5);
            }
        }
    }
}

/// Device values look as they do in a proof of a picture in the printer's own colours, and nothing of it is warned of.
#[test]
fn device_values_are_shown_and_never_warned_of() {
    let (paper, srgb) = (Profile::virtual_paper(), Profile::srgb());
    let src = colours(3);
    for shown in SHOWN {
        let options = ProofOptions {
            gamut_warning: Some(0.1),
            warning: [1, 2, 3],
            ..options(shown)
        };
        let proof = SoftProof::of_device(&paper, &srgb, options).unwrap();
        let got: Vec<u8> = src.chunks(3).flat_map(|v| proof.color(v)).collect();
        hold(
            &format!("device {shown:?}"),
            &got,
            &on_screen(&paper, &unit(&src), shown),
            0.3,
            1.5,
        );
        // Tables differ from what they are made of by the bends between their points.
        hold("baked", &apply(&proof, &src), &unit_of(&got), 0.3, 3.0);
    }
}

fn unit_of(bytes: &[u8]) -> Vec<f64> {
    bytes.iter().map(|v| f64::from(*v) / 255.0).collect()
}

/// The warning covers what the printer can't print, and spares what it can; in single colours as in pictures.
#[test]
fn gamut_warnings_are_where_they_belong() {
    let (paper, srgb) = (Profile::virtual_paper(), Profile::srgb());
    let options = ProofOptions {
        gamut_warning: Some(3.0),
        warning: [1, 2, 3],
        ..ProofOptions::default()
    };
    let proof = SoftProof::new(&romm(), &paper, &srgb, INTENTS[3], None, options).unwrap();
    // The greens and blues of ROMM are beyond every printer, its greys and skin tones are not.
    let src = [
        [0, 65535, 0],
        [0, 0, 65535],
        [32_768; 3],
        [65535; 3],
        [40_000, 33_000, 28_000],
    ];
    let mut out = [0; 15];
    assert_eq!(proof.bake().apply(src.as_flattened(), &mut out), 2);
    assert_eq!(out[..6], [1, 2, 3, 1, 2, 3]);
    assert!(out[6..].chunks_exact(3).all(|p| p != [1, 2, 3]));
    assert_eq!(out[9..12], [255; 3]);
    for (colour, pixel) in src.iter().zip(out.chunks_exact(3)) {
        let single = proof.color(colour);
        assert!(
            single.iter().zip(pixel).all(|(a, b)| a.abs_diff(*b) <= 2),
            "{single:?} {pixel:?}"
        );
    }
}

/// Of a toned print it is the tone that counts: every colour is grey, and strong tints are beyond the printer in places.
#[test]
fn gamut_warnings_of_toned_prints_are_those_of_the_tone() {
    let (paper, srgb) = (Profile::virtual_paper(), Profile::srgb());
    let options = ProofOptions {
        gamut_warning: Some(1.0),
        warning: [1, 2, 3],
        ..ProofOptions::default()
    };
    let ramp: Vec<u16> = (0..=255_u16).flat_map(|v| [v * 257; 3]).collect();
    let warned = |tone| {
        let proof = SoftProof::new(&romm(), &paper, &srgb, INTENTS[3], Some(tone), options).unwrap();
        let singly = ramp.chunks(3).filter(|v| proof.color(v) == [1, 2, 3]).count();
        let baked = proof.bake().apply(&ramp, &mut vec![0; ramp.len()]);
        assert!(singly.abs_diff(baked) <= 2, "{tone:?}: {singly} {baked}");
        baked
    };
    let strong = [(300, 300), (300, -300), (-300, 300), (-300, -300)].map(|(a, b)| warned(Tone::even(a, b)));
    println!(
        "of a ramp of 256, warned: {strong:?}, neutral {}",
        warned(Tone::NEUTRAL)
    );
    assert!(
        strong.iter().all(|n| *n > 5) && warned(Tone::NEUTRAL) <= 5,
        "{strong:?}"
    );
}

/// Paper white is not the screen's; the black of the ink is not either, unless it is asked to be.
#[test]
fn white_and_black_are_shown_as_asked() {
    let (paper, srgb) = (Profile::virtual_paper(), Profile::srgb());
    let shown = |shown, v: u16| {
        let proof = SoftProof::new(&srgb, &paper, &srgb, INTENTS[3], None, options(shown)).unwrap();
        proof.color(&[v; 3])[1]
    };
    assert_eq!((shown((false, false), 65535), shown((false, false), 0)), (255, 0));
    assert!((225..250).contains(&shown((true, false), 65535)));
    assert!(shown((false, true), 0) > 8 && shown((true, false), 0) > 8);
    let grey = SoftProof::new(
        &srgb,
        &paper,
        &Profile::gray(),
        INTENTS[3],
        None,
        ProofOptions::default(),
    );
    assert!(matches!(grey.err(), Some(ProfileError::Missing { .. })));
}
