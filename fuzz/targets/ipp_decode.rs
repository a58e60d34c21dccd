//! IPP: heads of messages, at once and in chunks. The first byte chooses the chunks.
#![no_main]

use bytes::Bytes;
use platen::ipp::codec::{HeadReader, Limits, Message, Scan, Scanner};
use platen_fuzz::bounds;

/// Limits that small messages reach.
const SMALL: Limits = Limits {
    head_bytes: 2_000,
    values: 100,
    depth: 4,
};
/// What a message of [`SMALL`] may take once it is read.
const MOST: usize = 256 << 10;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&chunk, bytes)) = bytes.split_first() else {
        return;
    };
    bounds::within(MOST + bytes.len() * 2, || both(bytes, usize::from(chunk) + 1));
});

fn both(bytes: &[u8], chunk: usize) {
    let whole = Message::decode(bytes, &SMALL);
    match &whole {
        Ok((message, used)) => {
            let mut written = Vec::new();
            message.encode(&mut written).expect("what was read can be written");
            assert!(written == bytes[..*used], "written again it is another message");
            assert_eq!(Scanner::new(SMALL).push(bytes), Ok(Scan::Complete { used: *used }));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let mut reader = HeadReader::new(SMALL);
    let mut rest = Bytes::copy_from_slice(bytes);
    let mut got = None;
    while !rest.is_empty() {
        let piece = rest.split_to(chunk.min(rest.len()));
        match reader.push(piece) {
            Ok(None) => {}
            Ok(Some((message, after))) => {
                got = Some(Ok((message, bytes.len() - rest.len() - after.len())));
                break;
            }
            Err(error) => {
                got = Some(Err(error));
                break;
            }
        }
    }
    assert_eq!(reader.prefix().is_some(), bytes.len() >= 8);
    match (whole, got) {
        (Ok(whole), Some(Ok(pieces))) => assert_eq!(whole, pieces, "in chunks it is another message"),
        (Ok(_), other) => panic!("sound at once, and in chunks {other:?}"),
        (Err(_), Some(Ok(_))) => panic!("sound in chunks alone"),
        (Err(_), _) => {}
    }
}
