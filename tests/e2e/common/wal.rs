//! The frames of SQLite's write-ahead log, by its published format (sqlite.org, "WAL-mode File Format").

use std::ops::Range;

/// Bytes before the first frame, and before the page of each.
const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Where the frames lie that count: their salts are the log's own, and their sums fit.
pub fn frames(log: &[u8]) -> Vec<Range<usize>> {
    let word = |at: usize| u32::from_be_bytes([log[at], log[at + 1], log[at + 2], log[at + 3]]);
    let mut frames = Vec::new();
    if log.len() < HEADER {
        return frames;
    }
    // The lowest bit of the magic number says in which order the sums read their words.
    let big = word(0) & 1 == 1;
    let size = FRAME_HEADER + word(8) as usize;
    let mut sum = checksum(&log[..24], big, (0, 0));
    let mut at = HEADER;
    while at + size <= log.len() {
        let frame = &log[at..at + size];
        sum = checksum(&frame[..8], big, sum);
        sum = checksum(&frame[FRAME_HEADER..], big, sum);
        if (word(at + 8), word(at + 12)) != (word(16), word(20)) || (word(at + 16), word(at + 20)) != sum {
            break;
        }
        frames.push(at..at + size);
        at += size;
    }
    frames
}

fn checksum(bytes: &[u8], big: bool, (mut first, mut second): (u32, u32)) -> (u32, u32) {
    let read = |b: &[u8]| {
        let four = [b[0], b[1], b[2], b[3]];
        if big {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        }
    };
    for pair in bytes.chunks_exact(8) {
        first = first.wrapping_add(read(&pair[..4])).wrapping_add(second);
        second = second.wrapping_add(read(&pair[4..])).wrapping_add(first);
    }
    (first, second)
}
