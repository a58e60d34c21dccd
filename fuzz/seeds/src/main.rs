//! Writes the small sound files that fuzzing begins with: `platen-seeds FOLDER` makes a folder for each target in it.
//! They are made here and are the same every time.

mod jpeg;
mod pdf;
mod png;
mod profiles;
mod raster;
mod tiff;
mod words;

use std::path::Path;

/// A number that looks like any other.
fn noise(i: usize) -> u8 {
    let x = (i as u32).wrapping_mul(0x9e37_79b1);
    let x = (x ^ (x >> 15)).wrapping_mul(0x2c1b_3c6d);
    (x >> 24) as u8
}

/// A stretch of samples with flat parts and busy ones.
fn samples(count: usize) -> Vec<u8> {
    (0..count)
        .map(|i| {
            if (i / 40).is_multiple_of(2) {
                (i / 8) as u8
            } else {
                noise(i)
            }
        })
        .collect()
}

/// zlib.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

/// EXIF with an orientation and 200 × 100 dots per inch.
fn exif(orientation: u16, little: bool) -> Vec<u8> {
    let short = |n: u16| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let long = |n: u32| if little { n.to_le_bytes() } else { n.to_be_bytes() };
    let mut bytes = if little { b"II".to_vec() } else { b"MM".to_vec() };
    bytes.extend(short(42));
    bytes.extend(long(8));
    bytes.extend(short(4));
    for (tag, kind, value) in [(274, 3, orientation), (282, 5, 62), (283, 5, 70), (296, 3, 2)] {
        bytes.extend(short(tag));
        bytes.extend(short(kind));
        bytes.extend(long(1));
        if kind == 3 {
            bytes.extend(short(value));
            bytes.extend(short(0));
        } else {
            bytes.extend(long(value.into()));
        }
    }
    bytes.extend(long(0));
    for n in [200, 1, 100, 1] {
        bytes.extend(long(n));
    }
    bytes
}

type Files = Vec<(String, Vec<u8>)>;

fn write(folder: &Path, target: &str, files: &Files) -> std::io::Result<()> {
    let folder = folder.join(target);
    std::fs::create_dir_all(&folder)?;
    for (name, bytes) in files {
        std::fs::write(folder.join(format!("seed-{name}")), bytes)?;
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).unwrap_or_else(|| "corpus".into());
    let folder = Path::new(&folder);
    let pictures = [
        ("jpeg", jpeg::all()),
        ("png", png::all()),
        ("tiff", tiff::all()),
        ("pwg_raster", raster::pwg()),
        ("urf", raster::urf()),
    ];
    // The target of the whole way wants two bytes that choose before each.
    let mut print = Files::new();
    for (format, (target, files)) in (0u8..).zip(&pictures) {
        write(folder, target, files)?;
        for (how, (name, bytes)) in (0u8..).zip(files) {
            let raster = how % 5 * 5;
            let whole = [&[raster + format, how.wrapping_mul(37)], bytes.as_slice()].concat();
            print.push((format!("{target}-{name}"), whole));
        }
    }
    write(folder, "print", &print)?;
    let blocks = [true, false]
        .into_iter()
        .flat_map(|little| (1..=8).map(move |o| (o, little)));
    let blocks = blocks.map(|(o, little)| (format!("{o}-{little}"), exif(o, little)));
    write(folder, "exif", &blocks.collect())?;
    write(folder, "icc", &profiles::all())?;
    write(folder, "layout", &words::layouts())?;
    write(folder, "template", &words::templates())?;
    write(folder, "text", &words::texts())?;
    write(folder, "ipp_decode", &words::messages())?;
    write(folder, "ipp_request", &words::requests())?;
    write(folder, "pdf", &pdf::all())
}
