//! Bytes that mean harm.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use crate::color::write::{Writer, curve, mft2};
use crate::color::{ProofOptions, SoftProof, Tone};

/// Small profiles with every kind of tag that is read.
fn victims() -> &'static [Vec<u8>] {
    static CELL: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    CELL.get_or_init(|| {
        let plain = || vec![vec![0, 30_000, 65535]; 3];
        let values: Vec<u16> = (0..81).map(|i| i * 800).collect();
        let table = || mft2(3, &plain(), &values, &plain());
        let mut narrow = table();
        narrow[3] = b'1';
        narrow.resize(48 + 2 * 768 + 81, 77);
        let mut modular = b"mBA \0\0\0\0\x03\x03\0\0\0\0\0\x20\0\0\0\x50\0\0\0\x20\0\0\0\x90\0\0\0\x20".to_vec();
        let falling = [65_535, 40_000, 41_000, 0];
        for _ in 0..2 {
            modular.extend(curve(&[512]));
            modular.extend([0, 0]);
        }
        modular.extend(curve(&falling[..2]));
        modular.resize(0x50, 0);
        modular.extend((0..12_i32).flat_map(|i| (i * 7000).to_be_bytes()));
        modular.resize(0x90, 0);
        modular.extend([3, 3, 3]);
        modular.resize(0xa0, 0);
        modular.extend([1, 0, 0, 0]);
        modular.extend(0..81);
        let mut printer = Writer::new(*b"prtr", *b"RGB ", *b"Lab ");
        printer.tag(b"A2B0", table());
        printer.tag(b"A2B1", narrow);
        printer.tag(b"B2A0", table());
        printer.tag(b"B2A1", modular);
        let mut grey = Writer::new(*b"scnr", *b"GRAY", *b"Lab ");
        grey.tag(b"kTRC", curve(&falling));
        let inks = |table: Vec<u8>| {
            let mut press = Writer::new(*b"prtr", *b"CMYK", *b"Lab ");
            press.tag(b"A2B0", table);
            let back = mft2(2, &vec![vec![0, 65535]; 3], &values[..32], &vec![vec![0, 65535]; 4]);
            press.tag(b"B2A0", back);
            press.finish()
        };
        let four = || vec![vec![0, 30_000, 65535]; 4];
        let values_4: Vec<u16> = (0..48).map(|i| i * 1300).collect();
        let channels = vec![vec![0, 65535]; 3];
        let steps = super::modular::grid([2; 4], true, |v: [f64; 4]| [v[0], v[1] * v[3], v[2]]);
        let line = |n: usize| vec![curve(&[300]); n];
        let still = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0];
        let parts = [line(4), line(3), line(3)];
        vec![
            inks(mft2(2, &four(), &values_4, &channels)),
            inks(super::modular::modular(b"mAB ", [4, 3], parts, &still, &steps)),
            printer.finish(),
            grey.finish(),
            Profile::srgb().as_bytes().to_vec(),
            Profile::adobe_rgb().as_bytes().to_vec(),
        ]
    })
}

/// Some of them (`all`) in every way that there is: baking takes its time. Whatever can be read must also bake and convert without a panic, as source and as destination.
fn use_it(bytes: &[u8], intent: RenderingIntent, all: bool) {
    let Ok(profile) = Profile::parse(bytes) else {
        return;
    };
    let text = profile.description();
    assert!(!text.is_empty() && !text.chars().any(char::is_control));
    for (source, destination) in [(&profile, &Profile::gray()), (&Profile::gray(), &profile)] {
        let src = [0, 1, 65535, 40_000, 3, 9, 500, 65535, 65535, 65535, 65535, 0];
        let mono = || DeviceLink::bake_mono(source, destination, intent, Tone::SEPIA);
        let links = [Some(DeviceLink::bake(source, destination, intent)), all.then(mono)];
        for link in links.into_iter().flatten().flatten() {
            convert(&link, &src);
            let pixels = src.len() / link.input_channels() * link.output_channels();
            link.apply16(&src, &mut vec![0; pixels]);
            link.apply_dithered(&src, &mut vec![0; pixels], u32::MAX, 7);
        }
    }
    if !all {
        return;
    }
    let options = ProofOptions {
        paper_white: intent.black_point_compensation,
        gamut_warning: Some(2.0),
        ..ProofOptions::default()
    };
    for tone in [None, Some(Tone::SEPIA)] {
        let proof = SoftProof::new(&Profile::gray(), &profile, &Profile::srgb(), intent, tone, options);
        if let Ok(proof) = proof {
            proof.bake().apply(&[0, 65535, 30_000], &mut [0; 9]);
        }
    }
}

#[test]
fn the_victims_are_whole() {
    for bytes in victims() {
        let profile = Profile::parse(bytes).unwrap();
        for intent in INTENTS {
            DeviceLink::bake(&profile, &Profile::srgb(), intent).unwrap();
            DeviceLink::bake(&Profile::srgb(), &profile, intent).unwrap();
        }
    }
}

/// Every single truncation, with the header's length made to agree so that the reader goes on.
#[test]
fn no_truncation_panics() {
    for bytes in victims() {
        for end in 0..bytes.len() {
            let mut cut = bytes[..end].to_vec();
            assert!(Profile::parse(&cut).is_err());
            if end >= 4 {
                cut[..4].copy_from_slice(&u32::try_from(end).unwrap().to_be_bytes());
                assert!(
                    Profile::parse(&cut).is_err() || end + 4 > bytes.len(),
                    "{end} of {}",
                    bytes.len()
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn no_mutation_panics(
        which in 0..6_usize,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        intent in prop::sample::select(INTENTS.to_vec()),
        deep in any::<bool>(),
        all in prop::bool::weighted(0.1),
    ) {
        let mut bytes = victims()[which].clone();
        for (at, value) in changes {
            // Half of them spare the header, to get past it.
            let from = if deep { 132 } else { 8 };
            let at = from + at.index(bytes.len() - from);
            bytes[at] = value;
        }
        use_it(&bytes, intent, all);
    }

    #[test]
    fn no_wild_number_panics(
        which in 0..6_usize,
        at in any::<prop::sample::Index>(),
        all in prop::bool::weighted(0.1),
        value in prop::sample::select(vec![0_u32, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fffc, 0xffff_ffff, 0x0001_0000]),
        intent in prop::sample::select(INTENTS.to_vec()),
    ) {
        let mut bytes = victims()[which].clone();
        let at = (132 + at.index(bytes.len() - 136)) & !3;
        bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        use_it(&bytes, intent, all);
    }

    #[test]
    fn no_noise_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        use_it(&bytes, INTENTS[3], true);
        let mut dressed = bytes.clone();
        if dressed.len() >= 132 {
            let length = u32::try_from(dressed.len()).unwrap();
            dressed[..4].copy_from_slice(&length.to_be_bytes());
            dressed[8] = 4;
            dressed[12..24].copy_from_slice(b"mntrGRAYXYZ ");
            dressed[36..40].copy_from_slice(b"acsp");
            dressed[128..132].copy_from_slice(&[0, 0, 0, 1]);
            use_it(&dressed, INTENTS[3], true);
        }
    }
}
