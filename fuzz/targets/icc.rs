//! ICC profiles: read, and joined with sRGB and a printer's profile under every intent, to and fro.
//!
//! Baking costs some tens of milliseconds, so that one input of many is baked; of the others the same way is computed
//! at some colours.
#![no_main]

use std::sync::LazyLock;

use platen::color::{DeviceLink, Profile, ProofOptions, SoftProof, Tone};
use platen::model::{Rendering, RenderingIntent};
use platen_fuzz::{bounds, choice};

/// What a baked link and the tables that it is made of may hold.
const MOST: usize = 96 << 20;

const fn intent(intent: Rendering, black_point_compensation: bool) -> RenderingIntent {
    RenderingIntent {
        intent,
        black_point_compensation,
    }
}

const INTENTS: [RenderingIntent; 6] = [
    intent(Rendering::Relative, true),
    intent(Rendering::Relative, false),
    intent(Rendering::Perceptual, true),
    intent(Rendering::Perceptual, false),
    intent(Rendering::Saturation, true),
    intent(Rendering::Absolute, false),
];

/// A screen and a paper.
static OTHERS: LazyLock<[Profile; 2]> = LazyLock::new(|| [Profile::srgb(), Profile::virtual_paper()]);

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let others = &*OTHERS;
    bounds::within(MOST, || {
        let profile = match Profile::parse(bytes) {
            Ok(profile) => profile,
            Err(error) => {
                let text = error.to_string();
                assert!(!text.is_empty() && !text.chars().any(char::is_control), "{text:?}");
                return;
            }
        };
        let description = profile.description();
        assert!(!description.is_empty() && description.chars().count() <= 200);
        assert!(!description.chars().any(char::is_control), "{description:?}");
        assert!([1, 3, 4].contains(&profile.channels()));
        let again = Profile::parse(profile.as_bytes()).expect("what was read can be read again");
        assert_eq!(again.description(), description);
        for other in others {
            for intent in INTENTS {
                for (from, to) in [(&profile, other), (other, &profile)] {
                    if let Ok(colours) = DeviceLink::samples(from, to, intent) {
                        let sound = colours.iter().flatten().all(|v| v.is_finite());
                        assert!(sound, "{intent:?}: a colour that is no number: {colours:?}");
                    }
                }
            }
        }
        let choice = choice(bytes);
        if choice.is_multiple_of(61) {
            bake(&profile, others, choice / 61);
        }
    });
});

fn bake(profile: &Profile, others: &[Profile; 2], choice: u64) {
    let intent = INTENTS[choice as usize % INTENTS.len()];
    let other = &others[choice as usize / 8 % 2];
    let link = match choice / 16 % 4 {
        0 => DeviceLink::bake(profile, other, intent),
        1 => DeviceLink::bake(other, profile, intent),
        2 => DeviceLink::bake_mono(other, profile, intent, Tone::SELENIUM),
        _ => {
            let options = ProofOptions {
                paper_white: choice & 64 != 0,
                black_ink: choice & 128 != 0,
                gamut_warning: (choice & 256 != 0).then_some(3.0),
                ..ProofOptions::default()
            };
            let tone = (choice & 512 != 0).then_some(Tone::SEPIA);
            if let Ok(proof) = SoftProof::new(&others[0], profile, &others[0], intent, tone, options) {
                let colours = [0, 0, 0, 65_535, 0, 30_000, 1, 2, 3, 65_535, 65_535, 65_535];
                proof.color(&colours[..3]);
                proof.bake().apply(&colours, &mut [0; 12]);
            }
            return;
        }
    };
    if let Ok(link) = link {
        let pixels: Vec<u16> = (0..64 * link.input_channels()).map(|i| (i * 1_021) as u16).collect();
        let mut bytes = vec![0; 64 * link.output_channels()];
        let mut words = vec![0; bytes.len()];
        link.apply(&pixels, &mut bytes);
        link.apply16(&pixels, &mut words);
        for (byte, word) in bytes.iter().zip(&words) {
            let told = i32::from(*word) - i32::from(*byte) * 257;
            assert!(told.abs() <= 257 * 2, "to 8 bits {byte}, to 16 bits {word}");
        }
        link.apply_dithered(&pixels, &mut bytes, 7, 9);
    }
}
