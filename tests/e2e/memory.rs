//! What is said of little memory, measured at the real program while it works.
//!
//! A process that writes to a pipe which nobody empties stands still; so its peak (`VmHWM`) is read just before the last
//! of its output is taken, when all the work is done.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use platen::ipp::codec::{Group, Limits, Message, Value, group, op};

use crate::common::client::{answer, connect, exchange, request};
use crate::common::daemon::Daemon;
use crate::common::photo;

/// Pixels of the pictures: 240 MB in 16 bits.
const SIDES: (u32, u32) = (20_000, 2_000);

/// A TIFF of one strip, packed to a few hundred kilobytes.
fn bomb(folder: &Path) -> PathBuf {
    let row: Vec<u8> = (0..SIDES.0)
        .flat_map(|x| [x as u8, 0x12, x as u8, 0x34, 0, 0x56])
        .collect();
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..SIDES.1 {
        zlib.write_all(&row).unwrap();
    }
    let packed = zlib.finish().unwrap();
    let (short, long) = (3u16, 4u16);
    // Tag, type, value: width, height, bits, deflate, RGB, the strip, three samples, all rows in it, its length.
    let tags: [(u16, u16, u32); 9] = [
        (256, long, SIDES.0),
        (257, long, SIDES.1),
        (258, short, 16),
        (259, short, 8),
        (262, short, 2),
        (273, long, 8 + 2 + 9 * 12 + 4 + 6),
        (277, short, 3),
        (278, long, SIDES.1),
        (279, long, packed.len() as u32),
    ];
    let mut out = b"II*\0\x08\0\0\0\x09\0".to_vec();
    for (tag, kind, value) in tags {
        out.extend(tag.to_le_bytes());
        out.extend(kind.to_le_bytes());
        // Three depths don't fit and lie behind the directory.
        let (count, value) = if tag == 258 {
            (3u32, 8 + 2 + 9 * 12 + 4)
        } else {
            (1, value)
        };
        out.extend(count.to_le_bytes());
        out.extend(value.to_le_bytes());
    }
    out.extend([0; 4]);
    out.extend([16, 0, 16, 0, 16, 0]);
    out.extend(packed);
    let path = folder.join("bomb.tif");
    fs::write(&path, out).unwrap();
    path
}

/// A progressive JPEG of 40 million pixels, whose coefficients are 240 MB.
fn progressive(folder: &Path) -> PathBuf {
    let path = folder.join("progressive.jpg");
    let mut encoder = jpeg_encoder::Encoder::new_file(&path, 50).unwrap();
    encoder.set_progressive(true);
    let pixels: Vec<u8> = (0..SIDES.0 * SIDES.1).map(|i| (i / 64) as u8).collect();
    let (width, height) = (SIDES.0 as u16, SIDES.1 as u16);
    encoder
        .encode(&pixels, width, height, jpeg_encoder::ColorType::Luma)
        .unwrap();
    path
}

/// Renders to a pipe, and tells the peak of the memory in megabytes.
fn peak(arguments: &[&str]) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_platen"))
        .args([
            "render",
            "-o",
            "-",
            "--format",
            "tiff",
            "--quiet",
            "--dpi",
            "200",
            "--workers",
            "2",
        ])
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdout.take().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let (mut most, mut bytes) = (0, 0);
    let mut piece = vec![0; 32 << 10];
    loop {
        let status = fs::read_to_string(&status).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        // A process that ended has no memory any more.
        if let Some(line) = line {
            most = line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024;
        }
        match pipe.read(&mut piece).unwrap() {
            0 => break,
            n => bytes += n,
        }
    }
    assert!(child.wait().unwrap().success());
    // A4 at 200 dpi.
    assert!(bytes > 1_654 * 2_339 * 3, "{bytes}");
    most
}

#[test]
fn large_pictures_take_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().join("small.png");
    let mut encoder = png::Encoder::new(fs::File::create(&small).unwrap(), 20, 20);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&[90; 1_200]).unwrap();
    let least = peak(&[small.to_str().unwrap(), "--memory", "16"]);
    for path in [bomb(folder.path()), progressive(folder.path())] {
        for turn in ["none", "left", "half"] {
            let most = peak(&[path.to_str().unwrap(), "--turn", turn, "--memory", "32"]);
            println!(
                "{} turned {turn}: {most} MB, a picture of 400 pixels {least}",
                path.display()
            );
            // What a page may hold, and the program itself.
            assert!(most <= least + 32 + 8, "{} turned {turn}: {most} MB", path.display());
        }
    }
}

/// Prints a JPEG that is followed by zeros, which no decoder looks at, until it has this many bytes; held. It is sent in
/// pieces: the test holds no more of it than the daemon should.
fn print_long(port: u16, jpeg: &[u8], length: usize) {
    let mut message = request(op::PRINT_JOB, port);
    let mut job = Group::new(group::JOB);
    job.push("job-hold-until", Value::keyword("indefinite"));
    message.groups.push(job);
    let mut body = Vec::new();
    message.encode(&mut body).unwrap();
    body.extend_from_slice(jpeg);
    let mut stream = connect(port).unwrap();
    write!(
        stream,
        "POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nConnection: \
         close\r\nContent-Length: {}\r\n\r\n",
        body.len() - jpeg.len() + length
    )
    .unwrap();
    stream.write_all(&body).unwrap();
    let (piece, mut left) = (vec![0; 256 << 10], length - jpeg.len());
    while left > 0 {
        let some = left.min(piece.len());
        stream.write_all(&piece[..some]).unwrap();
        left -= some;
    }
    let (http, bytes) = answer(stream).unwrap();
    assert_eq!(http, 200);
    let (answer, _) = Message::decode(&bytes, &Limits::CLIENT).unwrap();
    assert!(answer.code < 0x100, "{answer:?}");
}

const PRINTER: &str = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n";

#[test]
fn two_hundred_megabytes_arrive_in_the_memory_of_a_small_document() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path(), PRINTER);
    let jpeg = fs::read(photo::jpeg(folder.path())).unwrap();
    for _ in 0..3 {
        print_long(daemon.port, &jpeg, jpeg.len() + 1);
    }
    let before = daemon.peak_memory();
    print_long(daemon.port, &jpeg, 200 << 20);
    let at_once = daemon.peak_memory();
    // The same bytes again in forty parts, eight of which are on their way at a time.
    std::thread::scope(|scope| {
        for n in 0..8 {
            let (port, jpeg) = (daemon.port, &jpeg);
            scope.spawn(move || {
                for part in 0..5 {
                    print_long(port, jpeg, (5 << 20) + n * 5 + part);
                }
            });
        }
    });
    let in_parts = daemon.peak_memory();
    println!("peak: {before} KiB before, {at_once} KiB with 200 MB at once, {in_parts} KiB with them in forty parts");
    assert!(at_once < before + MORE, "{before} KiB before, {at_once} KiB then");
    assert!(in_parts < before + 4 * MORE, "{before} KiB before, {in_parts} KiB then");
}

/// What the peak may grow by, in KiB: some buffers of 256 KiB, and what the allocator makes of them.
const MORE: u64 = 6 << 10;
/// Jobs of the long list.
const JOBS: usize = 2_000;

#[test]
fn long_lists_take_the_memory_of_a_short_one() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path(), &format!("[ipp]\njobs-per-user = 100000\n{PRINTER}"));
    let port = daemon.port;
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(move || {
                for _ in 0..JOBS / 8 {
                    assert!(exchange(port, &request(op::CREATE_JOB, port), &[]).unwrap().code < 0x100);
                }
            });
        }
    });
    let list = |limit: usize| {
        let mut message = request(op::GET_JOBS, port);
        message.groups[0].push("requested-attributes", Value::keyword("all"));
        message.groups[0].push("limit", Value::Integer(limit as i32));
        let answer = exchange(port, &message, &[]).unwrap();
        assert_eq!(answer.groups_of(group::JOB).count(), limit.min(JOBS));
    };
    let five = |limit: usize| {
        std::thread::scope(|scope| {
            (0..5).for_each(|_| drop(scope.spawn(|| list(limit))));
        });
    };
    for _ in 0..3 {
        five(100);
    }
    let before = daemon.peak_memory();
    for _ in 0..3 {
        five(10_000);
    }
    let after = daemon.peak_memory();
    println!("peak: {before} KiB after short lists, {after} KiB after long ones");
    assert!(
        after < before + MORE,
        "{before} KiB after short lists, {after} KiB after long ones"
    );
}
