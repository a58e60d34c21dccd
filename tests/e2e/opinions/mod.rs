//! The press seen by programs that we did not write: CUPS' raster reader, GraphicsMagick's Lanczos, Argyll's colour
//! engine, and our own program on another kind of machine.

mod argyll;
mod chart;
mod cups;
mod graphicsmagick;
mod machines;

use std::ffi::OsStr;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::Command;

/// Runs a program that `tests/run` installs; gives its standard output.
fn run(program: &str, arguments: &[&OsStr]) -> Vec<u8> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .unwrap_or_else(|e| panic!("{program} can't be started ({e}): tests/run installs it"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// `platen render` of one document, which must go well.
fn render(input: &Path, output: &Path, options: &[&str]) {
    run(env!("CARGO_BIN_EXE_platen"), &rendering(Some(input), output, options));
}

/// The arguments of `platen render`. Some templates take no document.
fn rendering<'a>(input: Option<&'a Path>, output: &'a Path, options: &'a [&str]) -> Vec<&'a OsStr> {
    let mut arguments: Vec<&OsStr> = ["render", "--quiet"].map(OsStr::new).to_vec();
    arguments.extend(input.map(Path::as_os_str));
    arguments.extend(["-o".as_ref(), output.as_os_str()]);
    arguments.extend(options.iter().map(OsStr::new));
    arguments
}

/// A picture: samples of one size, interleaved.
struct Picture {
    width: usize,
    height: usize,
    channels: usize,
    /// 8 bits, or 16 as the machine has them.
    samples: Vec<u16>,
}

/// Reads a PNG by the `png` crate.
fn png(path: &Path) -> Picture {
    let mut reader = png::Decoder::new(BufReader::new(File::open(path).unwrap()))
        .read_info()
        .unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    let samples = match info.bit_depth {
        png::BitDepth::Sixteen => bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|b| u16::from_be_bytes(*b))
            .collect(),
        _ => bytes.iter().map(|b| u16::from(*b)).collect(),
    };
    Picture {
        width: info.width as usize,
        height: info.height as usize,
        channels: info.color_type.samples(),
        samples,
    }
}
