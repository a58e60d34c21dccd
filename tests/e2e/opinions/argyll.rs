//! Colour links beside Argyll's `xicclu`, an engine that shares nothing with LittleCMS nor with ours.
//!
//! A colour goes through a link, and by Argyll's own way from one profile to the other; both results are looked at
//! through Argyll's view of the second profile. So what is compared is the reading and joining of profiles, not how
//! well their tables invert each other.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lcms2::{Flags, PixelFormat, Pod, Transform};
use platen::color::{ColorSpace, DeviceLink, Profile, delta_e_2000};
use platen::model::{Rendering, RenderingIntent};

/// Colours of each pair.
const COLOURS: usize = 2_000;

/// Values of one direction of a profile, by `xicclu`.
fn look(profile: &Path, direction: &str, intent: &str, values: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut child = Command::new("xicclu")
        .args([direction, intent, "-pl"])
        .arg(profile)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("xicclu can't be started ({e}): tests/run installs argyll"));
    let mut input = child.stdin.take().unwrap();
    let text: String = values
        .iter()
        .map(|v| v.iter().map(|n| format!("{n:.6} ")).collect::<String>() + "\n")
        .collect();
    // Written beside reading: a pipe holds only so much.
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(
        output.status.success(),
        "xicclu {direction} {intent} {}",
        profile.display()
    );
    let found: Vec<Vec<f64>> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| {
            // "0.1 0.2 0.3 [RGB] -> Lut -> 10.0 5.0 3.0 [Lab]", maybe with "(clip)" behind.
            let (_, result) = line.rsplit_once("-> ")?;
            let (numbers, _) = result.split_once('[')?;
            numbers.split_whitespace().map(|n| n.parse().ok()).collect()
        })
        .collect();
    assert_eq!(found.len(), values.len(), "answers of xicclu");
    found
}

fn lab(v: &[f64]) -> [f64; 3] {
    [v[0], v[1], v[2]]
}

/// Colours spread evenly, whole steps of 16 bits.
fn colours(channels: usize) -> Vec<u16> {
    // Additive recurrences of irrational steps; grey and the corners first.
    const STEP: [f64; 4] = [0.856_674_88, 0.733_891_86, 0.628_706_72, 0.538_597_25];
    let mut all = Vec::new();
    for i in 0..COLOURS {
        for (c, step) in STEP.iter().enumerate().take(channels) {
            let value = match i {
                i if i < 16 => f64::from(u8::from(i >> c & 1 == 1)),
                i if i < 64 => (i - 16) as f64 / 47.0,
                _ => (i as f64 * step).fract(),
            };
            all.push((value * 65_535.0).round() as u16);
        }
    }
    all
}

struct Kind {
    name: &'static str,
    path: PathBuf,
}

/// What LittleCMS makes of colours, without its shortcuts.
fn reference<const I: usize, const O: usize>(
    source: &Kind,
    destination: &Kind,
    intent: Rendering,
    values: &[u16],
) -> Vec<u16>
where
    [u16; I]: Pod,
    [u16; O]: Pod,
{
    let open = |kind: &Kind| lcms2::Profile::new_file(&kind.path).unwrap();
    let format = |channels: usize| match channels {
        1 => PixelFormat::GRAY_16,
        3 => PixelFormat::RGB_16,
        _ => PixelFormat::CMYK_16,
    };
    let intent = match intent {
        Rendering::Perceptual => lcms2::Intent::Perceptual,
        _ => lcms2::Intent::RelativeColorimetric,
    };
    let flags = Flags::NO_OPTIMIZE | Flags::NO_CACHE;
    let (from, to) = (format(I), format(O));
    let transform = Transform::new_flags(&open(source), from, &open(destination), to, intent, flags).unwrap();
    let (pixels, _) = values.as_chunks::<I>();
    let mut out = vec![[0; O]; pixels.len()];
    transform.transform_pixels(pixels, &mut out);
    out.into_flattened()
}

/// Differences of a pair, sorted.
struct Apart(Vec<f64>);

impl Apart {
    fn new(theirs: &[Vec<f64>], ours: &[Vec<f64>]) -> Apart {
        let mut all: Vec<f64> = theirs
            .iter()
            .zip(ours)
            .map(|(a, b)| delta_e_2000(lab(a), lab(b)))
            .collect();
        all.sort_by(f64::total_cmp);
        Apart(all)
    }

    fn mean(&self) -> f64 {
        self.0.iter().sum::<f64>() / self.0.len() as f64
    }

    fn part(&self, part: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * part) as usize]
    }
}

/// How far a link, and LittleCMS, are from `xicclu`.
fn differences(source: &Kind, destination: &Kind, intent: (Rendering, &str)) -> [Apart; 2] {
    let profile = |kind: &Kind| Profile::parse(&fs::read(&kind.path).unwrap()).unwrap();
    let (from, to) = (profile(source), profile(destination));
    let channels = |p: &Profile| match p.color_space() {
        ColorSpace::Gray => 1,
        ColorSpace::Rgb => 3,
        ColorSpace::Cmyk => 4,
    };
    let link = DeviceLink::bake(
        &from,
        &to,
        RenderingIntent {
            intent: intent.0,
            black_point_compensation: false,
        },
    )
    .unwrap();
    let values = colours(channels(&from));
    let mut ours = vec![0u16; COLOURS * channels(&to)];
    link.apply16(&values, &mut ours);
    let parts = |v: &[u16], n: usize| -> Vec<Vec<f64>> {
        v.chunks_exact(n)
            .map(|p| p.iter().map(|s| f64::from(*s) / 65_535.0).collect())
            .collect()
    };
    let seen = look(&source.path, "-ff", intent.1, &parts(&values, channels(&from)));
    let theirs = look(&destination.path, "-fb", intent.1, &seen);
    let clipped: Vec<Vec<f64>> = theirs
        .iter()
        .map(|v| v.iter().map(|n| n.clamp(0.0, 1.0)).collect())
        .collect();
    let theirs = look(&destination.path, "-ff", "-ir", &clipped);
    let lcms: Vec<u16> = match (channels(&from), channels(&to)) {
        (1, 3) => reference::<1, 3>(source, destination, intent.0, &values),
        (3, 3) => reference::<3, 3>(source, destination, intent.0, &values),
        (3, 4) => reference::<3, 4>(source, destination, intent.0, &values),
        (4, 3) => reference::<4, 3>(source, destination, intent.0, &values),
        other => panic!("no such pair: {other:?}"),
    };
    [ours, lcms].map(|found| {
        let seen = look(&destination.path, "-ff", "-ir", &parts(&found, channels(&to)));
        Apart::new(&theirs, &seen)
    })
}

/// A printer's profile made by Argyll from the measurements of FOGRA39 (ISO coated v2).
fn fogra39(folder: &Path) -> Kind {
    fs::copy("/usr/share/color/icc/FOGRA39L.ti3", folder.join("fogra39.ti3")).expect("icc-profiles-free is installed");
    super::run(
        "colprof",
        &["-ql".as_ref(), "-bl".as_ref(), folder.join("fogra39").as_os_str()],
    );
    Kind {
        name: "FOGRA39",
        path: folder.join("fogra39.icc"),
    }
}

#[test]
fn links_agree_with_argyll() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &'static str, bytes: &[u8]| {
        let path = folder.path().join(format!("{name}.icc"));
        fs::write(&path, bytes).unwrap();
        Kind { name, path }
    };
    let installed = |name: &'static str, path: &str| Kind {
        name,
        path: Path::new("/usr/share/color/icc").join(path),
    };
    // xicclu reads version 2 alone: so do all of these.
    let paper = at("paper", Profile::virtual_paper().as_bytes());
    let adobe = installed("Adobe RGB", "ghostscript/a98.icc");
    let romm = installed("ROMM RGB", "ghostscript/rommrgb.icc");
    let lstar = installed("L* RGB", "LStar-RGB.icc");
    let swop = installed("CMYK", "ghostscript/default_cmyk.icc");
    let grey = installed("grey", "ghostscript/default_gray.icc");
    let fogra = fogra39(folder.path());
    let relative = (Rendering::Relative, "-ir");
    let perceptual = (Rendering::Perceptual, "-ip");
    for (source, destination, intent) in [
        (&adobe, &lstar, relative),
        (&adobe, &paper, relative),
        (&adobe, &paper, perceptual),
        (&romm, &paper, relative),
        (&lstar, &paper, relative),
        (&paper, &adobe, relative),
        (&adobe, &swop, relative),
        (&swop, &adobe, relative),
        (&adobe, &fogra, relative),
        (&fogra, &paper, relative),
        (&fogra, &paper, perceptual),
        (&grey, &paper, relative),
    ] {
        let [ours, lcms] = differences(source, destination, intent);
        println!(
            "{} to {}, {:?}: Delta E2000 to xicclu mean {:.3}, p95 {:.3}, max {:.3}; of LittleCMS {:.3}, {:.3}, {:.3}",
            source.name,
            destination.name,
            intent.0,
            ours.mean(),
            ours.part(0.95),
            ours.part(1.0),
            lcms.mean(),
            lcms.part(0.95),
            lcms.part(1.0),
        );
        // The engines go through a table from Lab in different ways (Argyll's is linear in each axis, the others' by
        // tetrahedra), which a coarse table shows; no link may add to that.
        assert!(ours.part(0.95) <= lcms.part(0.95).max(0.4) + 0.2, "95 of 100");
        assert!(ours.mean() <= lcms.mean() + 0.08, "mean");
        assert!(ours.part(1.0) <= lcms.part(1.0) + 0.4, "worst");
    }
}
