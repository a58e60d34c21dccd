//! The pages of a job: PNG files one behind the other, told apart by their last chunk.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::Path;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Where each page ends. A file that is no row of PNGs is one page.
pub fn ends(path: &Path) -> io::Result<Vec<u64>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut file = BufReader::new(file);
    let mut ends = Vec::new();
    let mut at = 0;
    while at < length {
        match page_end(&mut file, at)? {
            Some(end) if end <= length => ends.push(end),
            _ => return Ok(vec![length]),
        }
        at = ends.last().copied().unwrap_or(length);
    }
    Ok(ends)
}

/// The end of the PNG that begins here, if one does.
fn page_end(file: &mut BufReader<File>, mut at: u64) -> io::Result<Option<u64>> {
    let mut signature = [0; 8];
    if file.read_exact(&mut signature).is_err() || signature != SIGNATURE {
        return Ok(None);
    }
    at += 8;
    loop {
        let mut head = [0; 8];
        if file.read_exact(&mut head).is_err() {
            return Ok(None);
        }
        let [a, b, c, d, kind @ ..] = head;
        // Data and its check sum.
        let rest = u64::from(u32::from_be_bytes([a, b, c, d])) + 4;
        file.seek_relative(rest as i64)?;
        at += 8 + rest;
        if &kind == b"IEND" {
            return Ok(Some(at));
        }
    }
}

/// Copies a part of a file to a file of its own, durable.
pub fn copy(from: &Path, part: std::ops::Range<u64>, to: &Path) -> io::Result<()> {
    let mut source = File::open(from)?;
    source.seek(io::SeekFrom::Start(part.start))?;
    let mut target = File::create(to)?;
    io::copy(&mut source.take(part.end.saturating_sub(part.start)), &mut target)?;
    target.flush()?;
    target.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(tone: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut writer = png::Encoder::new(&mut out, 3, 2).write_header().unwrap();
        writer.write_image_data(&[tone; 6]).unwrap();
        writer.finish().unwrap();
        out
    }

    #[test]
    fn pages_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("job");
        let (one, two) = (png(1), png(2));
        std::fs::write(&path, [one.clone(), two.clone(), one.clone()].concat()).unwrap();
        let (a, b) = (one.len() as u64, two.len() as u64);
        assert_eq!(ends(&path).unwrap(), [a, a + b, a + b + a]);
        let part = folder.path().join("page");
        copy(&path, a..a + b, &part).unwrap();
        assert_eq!(std::fs::read(part).unwrap(), two);
    }

    #[test]
    fn what_is_no_png_is_one_page() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("job");
        for bytes in [
            b"sheet".to_vec(),
            [png(1), b"x".to_vec()].concat(),
            png(1)[..40].to_vec(),
        ] {
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(ends(&path).unwrap(), [bytes.len() as u64]);
        }
    }
}
