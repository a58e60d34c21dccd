//! The parts by themselves.

use super::*;
use crate::color::clut::Clut;
use crate::color::curve::{Curve, clamp01};
use crate::color::write::{Writer, curve, description, text, xyz};
use crate::color::{ColorSpace, MAX_PROFILE_BYTES, ProfileError, delta_e_2000};

/// Table 1 of Sharma, Wu and Dalal, "The CIEDE2000 Color-Difference Formula", Color Research and Application 30 (2005).
#[rustfmt::skip]
const SHARMA: [[f64; 7]; 34] = [
    [50.0000, 2.6772, -79.7751, 50.0000, 0.0000, -82.7485, 2.0425],
    [50.0000, 3.1571, -77.2803, 50.0000, 0.0000, -82.7485, 2.8615],
    [50.0000, 2.8361, -74.0200, 50.0000, 0.0000, -82.7485, 3.4412],
    [50.0000, -1.3802, -84.2814, 50.0000, 0.0000, -82.7485, 1.0000],
    [50.0000, -1.1848, -84.8006, 50.0000, 0.0000, -82.7485, 1.0000],
    [50.0000, -0.9009, -85.5211, 50.0000, 0.0000, -82.7485, 1.0000],
    [50.0000, 0.0000, 0.0000, 50.0000, -1.0000, 2.0000, 2.3669],
    [50.0000, -1.0000, 2.0000, 50.0000, 0.0000, 0.0000, 2.3669],
    [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0009, 7.1792],
    [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0010, 7.1792],
    [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0011, 7.2195],
    [50.0000, 2.4900, -0.0010, 50.0000, -2.4900, 0.0012, 7.2195],
    [50.0000, -0.0010, 2.4900, 50.0000, 0.0009, -2.4900, 4.8045],
    [50.0000, -0.0010, 2.4900, 50.0000, 0.0010, -2.4900, 4.8045],
    [50.0000, -0.0010, 2.4900, 50.0000, 0.0011, -2.4900, 4.7461],
    [50.0000, 2.5000, 0.0000, 50.0000, 0.0000, -2.5000, 4.3065],
    [50.0000, 2.5000, 0.0000, 73.0000, 25.0000, -18.0000, 27.1492],
    [50.0000, 2.5000, 0.0000, 61.0000, -5.0000, 29.0000, 22.8977],
    [50.0000, 2.5000, 0.0000, 56.0000, -27.0000, -3.0000, 31.9030],
    [50.0000, 2.5000, 0.0000, 58.0000, 24.0000, 15.0000, 19.4535],
    [50.0000, 2.5000, 0.0000, 50.0000, 3.1736, 0.5854, 1.0000],
    [50.0000, 2.5000, 0.0000, 50.0000, 3.2972, 0.0000, 1.0000],
    [50.0000, 2.5000, 0.0000, 50.0000, 1.8634, 0.5757, 1.0000],
    [50.0000, 2.5000, 0.0000, 50.0000, 3.2592, 0.3350, 1.0000],
    [60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644],
    [63.0109, -31.0961, -5.8663, 62.8187, -29.7946, -4.0864, 1.2630],
    [61.2901, 3.7196, -5.3901, 61.4292, 2.2480, -4.9620, 1.8731],
    [35.0831, -44.1164, 3.7933, 35.0232, -40.0716, 1.5901, 1.8645],
    [22.7233, 20.0904, -46.6940, 23.0331, 14.9730, -42.5619, 2.0373],
    [36.4612, 47.8580, 18.3852, 36.2715, 50.5065, 21.2231, 1.4146],
    [90.8027, -2.0831, 1.4410, 91.1528, -1.6435, 0.0447, 1.4441],
    [90.9257, -0.5406, -0.9208, 88.6381, -0.8985, -0.7239, 1.5381],
    [6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286, 0.6377],
    [2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082],
];

#[test]
fn delta_e_2000_gives_the_published_numbers() {
    for [l1, a1, b1, l2, a2, b2, wanted] in SHARMA {
        let got = delta_e_2000([l1, a1, b1], [l2, a2, b2]);
        assert!(
            (got - wanted).abs() < 0.5001e-4,
            "{l1} {a1} {b1}: {got} instead of {wanted}"
        );
        assert!((delta_e_2000([l2, a2, b2], [l1, a1, b1]) - got).abs() < 1e-9);
    }
    assert_eq!(delta_e_2000([50.0, 0.0, 0.0], [50.0, 0.0, 0.0]), 0.0);
}

/// A curve and its inverse cancel out, formulas of every type and a table with flat parts at both ends.
#[test]
fn curves_are_undone_by_their_inverse() {
    let formula = |kind, p: [f64; 7]| Curve::Formula { kind, p };
    let table: Vec<u16> = (0..500_u32).map(|i| (i * i / 4).min(60_000) as u16).collect();
    let curves = [
        Curve::gamma(1.0),
        Curve::gamma(2.2),
        formula(1, [2.4, 0.9, 0.1, 0.0, 0.0, 0.0, 0.0]),
        formula(2, [2.0, 0.8, 0.1, 0.05, 0.0, 0.0, 0.0]),
        formula(3, [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045, 0.0, 0.0]),
        formula(4, [2.4, 0.9, 0.05, 0.1, 0.05, 0.01, 0.008_52]),
        Curve::Table(table),
        Curve::Table((0..300_u32).map(|i| (65535 - i * 200) as u16).collect()),
    ];
    for curve in curves {
        let inverse = curve.inverse();
        for i in 1..=100 {
            let y = curve.eval(f64::from(i) / 100.0);
            let again = curve.eval(inverse.eval(y));
            assert!((again - y).abs() < 1e-4, "{curve:?} at {i}: {y} becomes {again}");
        }
    }
}

#[test]
fn flat_ends_of_a_table_take_the_end_nearer_to_white() {
    let inverse = Curve::Table(vec![0, 0, 0, 30_000, 65_535, 65_535]).inverse();
    assert_eq!(inverse.eval(0.0), 0.4);
    assert_eq!(inverse.eval(1.0), 1.0);
    assert!((inverse.eval(30_000.0 / 65_535.0) - 0.6).abs() < 1e-12);
}

/// Both ways of reading a grid give the nodes at the nodes, and a plane everywhere.
#[test]
fn grids_are_exact_for_planes() {
    let grid = [3, 4, 5];
    let plane = |r: f64, g: f64, b: f64| 9000.0 * r + 15_000.0 * g + 30_000.0 * b;
    let mut values = Vec::new();
    for r in 0..3 {
        for g in 0..4 {
            for b in 0..5 {
                values.push(plane(f64::from(r) / 2.0, f64::from(g) / 3.0, f64::from(b) / 4.0) as u16);
            }
        }
    }
    let mut clut = Clut::new(&grid, 1, values).unwrap();
    for _ in 0..2 {
        for v in [
            [0.0; 4],
            [1.0; 4],
            [0.3, 0.7, 0.1, 0.0],
            [0.9, 0.1, 0.55, 0.0],
            [-3.0, f64::NAN, 2.0, 0.0],
        ] {
            let held = v.map(clamp01);
            let wanted = plane(held[0], held[1], held[2]);
            assert!((clut.eval(v)[0] * 65535.0 - wanted).abs() < 1e-6, "{v:?}");
        }
        clut.use_trilinear();
    }
    assert!(Clut::new(&[2, 2, 1], 1, vec![0; 4]).is_none());
    assert!(Clut::new(&[2, 2, 2], 3, vec![0; 23]).is_none());
}

#[test]
fn the_same_profile_on_both_sides_changes_nothing() {
    let link = bake(&Profile::virtual_paper(), &Profile::virtual_paper(), INTENTS[0]);
    let src: Vec<u16> = (0..=65535).collect();
    let out = convert(&link, &src[..65535]);
    for (from, to) in src.iter().zip(out) {
        assert_eq!(u32::from(to), (u32::from(*from) * 255 + 32767) / 65535);
    }
    let link = bake(&Profile::gray(), &Profile::gray(), INTENTS[0]);
    assert_eq!(convert(&link, &[0, 257, 65535]), [0, 1, 255]);
}

/// Greys stay grey to the last bit between matrix profiles, and a grey picture becomes a neutral one.
#[test]
fn greys_get_no_tint() {
    let (srgb, adobe) = (Profile::srgb(), Profile::adobe_rgb());
    for (source, destination) in [(&srgb, &adobe), (&adobe, &srgb), (&Profile::gray(), &srgb)] {
        for intent in INTENTS {
            let link = bake(source, destination, intent);
            let src: Vec<u16> = (0..=65535_u16)
                .flat_map(|v| std::iter::repeat_n(v, link.input_channels()))
                .collect();
            let out = convert(&link, &src);
            assert!(
                out.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]),
                "{source:?} {intent:?}"
            );
            assert_eq!((&out[..3], &out[65535 * 3..]), (&[0; 3][..], &[255; 3][..]));
        }
    }
}

/// The corners of the cube and the greys come out of the grid as the f64 pipeline rounds them.
#[test]
fn black_and_white_are_exact() {
    let sources = [Profile::srgb(), Profile::adobe_rgb(), Profile::gray()];
    for (source, intent) in sources.iter().flat_map(|s| INTENTS.map(|i| (s, i))) {
        let link = bake(source, &Profile::virtual_paper(), intent);
        for v in [0, 65535] {
            let exact = link
                .exact([f64::from(v) / 65535.0; 4])
                .map(|v| (v * 255.0).round() as u8);
            assert_eq!(
                convert(&link, &vec![v; link.input_channels()]),
                exact[..3],
                "{source:?} {intent:?}"
            );
        }
    }
}

#[test]
fn unequal_lengths_convert_the_shorter() {
    let kinds = [
        (Profile::srgb(), Profile::srgb()),
        (Profile::srgb(), Profile::adobe_rgb()),
        (Profile::srgb(), Profile::virtual_paper()),
    ];
    for (source, destination) in kinds {
        let link = bake(&source, &destination, INTENTS[3]);
        let mut out = [7; 9];
        link.apply(&[65535; 8], &mut out);
        assert_eq!(out, [255, 255, 255, 255, 255, 255, 7, 7, 7]);
        let mut out = [7; 5];
        link.apply(&[65535; 9], &mut out);
        assert_eq!(out, [255, 255, 255, 7, 7]);
        link.apply(&[], &mut out);
        link.apply(&[0; 9], &mut []);
    }
    let link = bake(&Profile::gray(), &Profile::srgb(), INTENTS[3]);
    let mut out = [7; 5];
    link.apply(&[65535; 2], &mut out);
    assert_eq!(out, [255, 255, 255, 7, 7]);
}

#[test]
fn the_built_in_profiles_say_what_they_are() {
    let all = [
        (Profile::srgb(), ColorSpace::Rgb, "sRGB IEC61966-2.1"),
        (
            Profile::adobe_rgb(),
            ColorSpace::Rgb,
            "Compatible with Adobe RGB (1998)",
        ),
        (Profile::gray(), ColorSpace::Gray, "Grey with the sRGB tone curve"),
    ];
    for (profile, space, name) in all {
        assert_eq!((profile.color_space(), profile.description()), (space, name));
        let again = Profile::parse(profile.as_bytes()).unwrap();
        assert_eq!(again.as_bytes(), profile.as_bytes());
        assert_eq!(again.description(), name);
    }
}

fn small(class: &[u8; 4], space: &[u8; 4], pcs: &[u8; 4]) -> Writer {
    let mut file = Writer::new(*class, *space, *pcs);
    file.tag(b"desc", description("small"));
    file.tag(b"cprt", text("none"));
    file
}

#[test]
fn what_cannot_be_used_is_refused_in_words() {
    let refused = |bytes: &[u8]| Profile::parse(bytes).unwrap_err();
    let good = Profile::srgb().as_bytes().to_vec();
    let with = |at: usize, bytes: &[u8]| {
        let mut out = good.clone();
        out[at..at + bytes.len()].copy_from_slice(bytes);
        out
    };
    assert_eq!(refused(&[0; 10]), ProfileError::TooShort(10));
    assert_eq!(
        refused(&vec![0; MAX_PROFILE_BYTES + 1]),
        ProfileError::TooLarge(MAX_PROFILE_BYTES + 1)
    );
    assert_eq!(refused(&with(36, b"nope")), ProfileError::NotIcc);
    assert_eq!(refused(&with(8, &[5])), ProfileError::Version(5));
    assert_eq!(refused(&with(12, b"link")), ProfileError::Class("link".into()));
    assert_eq!(refused(&with(16, b"HSV ")), ProfileError::Space("HSV ".into()));
    assert_eq!(
        refused(&with(20, b"Luv ")),
        ProfileError::ConnectionSpace("Luv ".into())
    );
    assert_eq!(
        refused(&with(128, &101_u32.to_be_bytes())),
        ProfileError::TooManyTags(101)
    );
    assert!(matches!(refused(&with(136, &[0xff; 4])), ProfileError::TagOutside(_)));
    assert!(matches!(refused(&with(140, &[0xff; 4])), ProfileError::TagOutside(_)));
    assert!(matches!(refused(&good[..good.len() - 1]), ProfileError::Length { .. }));
    let empty = refused(&small(b"mntr", b"RGB ", b"XYZ ").finish());
    assert_eq!(
        empty.to_string(),
        "the colour profile \"small\" has nothing to convert from the device with"
    );
    let mut padded = good.clone();
    padded.push(0);
    assert_eq!(Profile::parse(&padded).unwrap().as_bytes(), good);
}

#[test]
fn cmyk_needs_tables() {
    let error = Profile::parse(&small(b"prtr", b"CMYK", b"Lab ").finish()).unwrap_err();
    assert!(matches!(error, ProfileError::Missing { .. }), "{error}");
}

#[test]
fn an_input_profile_is_no_destination() {
    let mut file = small(b"scnr", b"GRAY", b"XYZ ");
    file.tag(b"A2B0", {
        let plain = vec![vec![0, 65535]];
        let steps: Vec<u16> = vec![0, 0, 0, 31_595, 32_768, 27_030];
        crate::color::write::mft2(
            2,
            &plain,
            &steps,
            &[plain[0].clone(), plain[0].clone(), plain[0].clone()],
        )
    });
    file.tag(b"wtpt", xyz([0.9642, 1.0, 0.8249]));
    let scanner = Profile::parse(&file.finish()).unwrap();
    let link = bake(&scanner, &Profile::srgb(), INTENTS[2]);
    assert_eq!(convert(&link, &[0, 65535]), [0, 0, 0, 255, 255, 255]);
    let error = DeviceLink::bake(&Profile::srgb(), &scanner, INTENTS[2]).unwrap_err();
    assert!(matches!(error, ProfileError::Missing { .. }), "{error}");
}

#[test]
fn descriptions_of_version_4_are_read() {
    let mut mluc = b"mluc\0\0\0\0\0\0\0\x02\0\0\0\x0c".to_vec();
    mluc.extend(b"deDE\0\0\0\x04\0\0\0\x28enUS\0\0\0\x08\0\0\0\x2c");
    mluc.extend([0, b'J', 0, b'a', 0, b'Y', 0, b'e', 0, 7, 0, b's']);
    let mut file = Writer::new(*b"mntr", *b"GRAY", *b"XYZ ");
    file.version(0x0430_0000);
    file.tag(b"desc", mluc);
    file.tag(b"kTRC", curve(&[]));
    assert_eq!(Profile::parse(&file.finish()).unwrap().description(), "Yes");
    let mut file = Writer::new(*b"mntr", *b"GRAY", *b"XYZ ");
    file.tag(b"kTRC", curve(&[]));
    assert_eq!(
        Profile::parse(&file.finish()).unwrap().description(),
        "profile without a name"
    );
}
