//! Streams that the library unpacks while it reads a file's structure: those of objects and of references
//! (ISO 32000-2, 7.5.7 and 7.5.8).
//!
//! They are found before anything is parsed: wherever the word `obj` stands, what follows is read as a dictionary. Any
//! stream that may hold objects (its dictionary says where the `First` is) or references (how wide they are, `W`) must
//! be so short that its filters can't make too much of it, or is inflated without being kept. In an encrypted file that
//! can't be done: there the first rule stands alone. The words `stream`, `endstream` and `obj` may stand in data too,
//! which costs time and hides nothing.

use super::super::super::PressError;
use super::bombs::{LZW_RATIO, RATIO, RUN_RATIO, find, too_much, unpacked};

/// Most that is unpacked in all while a file is looked at, in units of what one stream may be.
const WORK: u64 = 16;
/// Longest dictionary.
const LONGEST: usize = 1 << 16;
/// Deepest dictionary or array in another.
const DEEPEST: u32 = 50;

/// Refuses a file whose structure may unpack to more than `most`.
///
/// # Errors
/// [`PressError::Unsupported`] in words.
pub fn check(file: &[u8], encrypted: bool, most: u64) -> Result<(), PressError> {
    let mut rest = file;
    let mut work = 0u64;
    while let Some(at) = find(rest, b"obj") {
        rest = rest.get(at + 3..).unwrap_or_default();
        let dict = rest.get(..rest.len().min(LONGEST)).unwrap_or_default();
        let Some(found) = Found::read(dict) else {
            continue;
        };
        if !(found.objects || found.references) {
            continue;
        }
        let body = rest.get(found.end..).unwrap_or_default();
        let length = found.length.unwrap_or(u64::MAX).min(body.len() as u64);
        // Where the length is wrong the library takes what comes before the first `endstream`.
        let first_end = find(body, b"endstream").unwrap_or(body.len()) as u64;
        if length.max(first_end).saturating_mul(found.ratio) <= most {
            continue;
        }
        if found.ratio != RATIO || (encrypted && found.objects) {
            return Err(PressError::Unsupported(if encrypted {
                "the PDF is encrypted, and its structure is packed so that nobody can say how large it is: save it \
                 without encryption and send it again"
                    .into()
            } else {
                "the structure of the PDF is packed several times, or in an unusual way: export it again".into()
            }));
        }
        let bytes = unpacked(body.trim_ascii_start(), most);
        work = work.saturating_add(bytes);
        if bytes > most || work > most.saturating_mul(WORK) {
            return Err(too_much(most));
        }
    }
    Ok(())
}

/// Whether a file may be encrypted: its trailer, or a stream of references in its place, names a way.
pub fn encrypted(file: &[u8]) -> bool {
    let mut rest = file;
    while let Some(at) = find(rest, b"/") {
        rest = rest.get(at + 1..).unwrap_or_default();
        // Seven letters of three bytes at most.
        let name = rest.get(..rest.len().min(21)).unwrap_or_default();
        if name.starts_with(b"E") || name.starts_with(b"#45") {
            let (name, _) = unescaped(name);
            if name.starts_with(b"Encrypt") {
                return true;
            }
        }
    }
    false
}

/// A dictionary that a stream follows.
#[derive(Debug, Default, PartialEq)]
struct Found {
    objects: bool,
    references: bool,
    /// The largest that is said; `None` when it is said elsewhere.
    length: Option<u64>,
    /// Most that its filters make of a byte.
    ratio: u64,
    /// Where the word `stream` ends.
    end: usize,
}

#[derive(Debug, PartialEq)]
enum Token {
    Name(Vec<u8>),
    Number(Option<u64>),
    Open,
    Close,
    Word,
}

impl Found {
    /// Reads a dictionary and the word after it; `None` when there is none, or no stream after it.
    fn read(bytes: &[u8]) -> Option<Found> {
        let mut tokens = Tokens { bytes, at: 0 };
        if tokens.next() != Some(Token::Open) {
            return None;
        }
        let mut found = Found {
            length: Some(0),
            ratio: 1,
            ..Found::default()
        };
        let (mut depth, mut last) = (1, Vec::new());
        while depth > 0 {
            let Some(token) = tokens.next() else {
                // Longer than dictionaries are, or cut off: if a stream follows, nobody knows which.
                return (bytes.len() == LONGEST).then_some(Found {
                    objects: true,
                    references: false,
                    length: None,
                    ratio: u64::MAX,
                    end: bytes.len(),
                });
            };
            match token {
                Token::Open => depth += 1,
                Token::Close => depth -= 1,
                Token::Name(name) => {
                    found.objects |= name == b"First";
                    found.references |= name == b"W";
                    found.ratio = found.ratio.saturating_mul(match name.as_slice() {
                        b"FlateDecode" | b"Fl" => RATIO,
                        b"LZWDecode" | b"LZW" => LZW_RATIO,
                        b"RunLengthDecode" | b"RL" => RUN_RATIO,
                        _ => 1,
                    });
                    last = name;
                }
                Token::Number(number) => {
                    let elsewhere = tokens.is_reference();
                    match (last.as_slice(), elsewhere) {
                        (b"Length", true) => found.length = None,
                        (b"Length", false) => {
                            found.length = found.length.zip(number).map(|(a, b)| a.max(b));
                        }
                        // Filters that are told elsewhere may be any.
                        (b"Filter" | b"F", true) => found.ratio = u64::MAX,
                        _ => {}
                    }
                    last.clear();
                }
                Token::Word => {}
            }
            if depth > DEEPEST {
                return None;
            }
        }
        tokens.skip();
        let after = bytes.get(tokens.at..)?;
        after.starts_with(b"stream").then_some(Found {
            end: tokens.at + b"stream".len(),
            ..found
        })
    }
}

struct Tokens<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Tokens<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Skips white space and comments.
    fn skip(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'%' => {
                    while self.peek(0).is_some_and(|b| b != b'\n' && b != b'\r') {
                        self.at += 1;
                    }
                }
                0 | 9 | 10 | 12 | 13 | 32 => self.at += 1,
                _ => return,
            }
        }
    }

    /// Whether a number and an R follow; they are taken then.
    fn is_reference(&mut self) -> bool {
        let begun = self.at;
        if matches!(self.next(), Some(Token::Number(_))) {
            self.skip();
            if self.peek(0) == Some(b'R') {
                self.at += 1;
                return true;
            }
        }
        self.at = begun;
        false
    }

    fn next(&mut self) -> Option<Token> {
        self.skip();
        let byte = self.peek(0)?;
        self.at += 1;
        match byte {
            b'<' if self.peek(0) == Some(b'<') => {
                self.at += 1;
                Some(Token::Open)
            }
            b'>' if self.peek(0) == Some(b'>') => {
                self.at += 1;
                Some(Token::Close)
            }
            b'<' => {
                while self.peek(0)? != b'>' {
                    self.at += 1;
                }
                self.at += 1;
                Some(Token::Word)
            }
            b'(' => {
                let mut depth = 1;
                while depth > 0 {
                    match self.peek(0)? {
                        b'\\' => self.at += 1,
                        b'(' => depth += 1,
                        b')' => depth -= 1,
                        _ => {}
                    }
                    self.at += 1;
                }
                Some(Token::Word)
            }
            b'/' => {
                let (name, length) = unescaped(self.bytes.get(self.at..)?);
                self.at += length;
                Some(Token::Name(name))
            }
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                let begun = self.at - 1;
                while self.peek(0).is_some_and(|b| b.is_ascii_digit() || b == b'.') {
                    self.at += 1;
                }
                let text = std::str::from_utf8(self.bytes.get(begun..self.at)?).ok()?;
                Some(Token::Number(text.trim_start_matches('+').parse().ok()))
            }
            _ => Some(Token::Word),
        }
    }
}

/// The name at the begin of `bytes`, its escapes undone (7.3.5), and the bytes that it takes.
fn unescaped(bytes: &[u8]) -> (Vec<u8>, usize) {
    let (mut name, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let digit = |i: usize| bytes.get(at + i).and_then(|b| (*b as char).to_digit(16));
        match (byte, digit(1), digit(2)) {
            (0 | 9 | 10 | 12 | 13 | 32 | b'/' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'%', ..) => {
                break;
            }
            (b'#', Some(high), Some(low)) => {
                name.push((high << 4 | low) as u8);
                at += 3;
            }
            _ => {
                name.push(*byte);
                at += 1;
            }
        }
    }
    (name, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<Found> {
        Found::read(text.as_bytes())
    }

    #[test]
    fn dictionaries_are_read_as_the_library_reads_them() {
        let plain = found(" << /Length 12 /F#69rst 4 /Filter[/FlateDecode]>> % stream\n stream").unwrap();
        assert!(plain.objects && !plain.references);
        assert_eq!((plain.length, plain.ratio, plain.end), (Some(12), RATIO, 66));
        let hidden = found("<</A(\\)>>stream)/B<3e3e>/C<</First 1>>/Length 3 0 R/Filter/FlateDecode>>stream").unwrap();
        assert!(hidden.objects && hidden.length.is_none());
        let twice = found("<</W[1 2 1]/Length 7/Filter[/FlateDecode/LZWDecode]>>stream").unwrap();
        assert_eq!((twice.references, twice.ratio), (true, RATIO * LZW_RATIO));
        assert_eq!(
            found("<</First 1/Filter 9 0 R/Length 7>>stream").unwrap().ratio,
            u64::MAX
        );
        assert_eq!(found("<</First 1>> endobj"), None);
        assert_eq!(found("[1 2] stream"), None);
        assert_eq!(found("<</First 1"), None);
        assert_eq!(
            found(&format!("<</First 1{}", " ".repeat(LONGEST - 11))).map(|f| f.ratio),
            None
        );
        assert_eq!(
            found(&format!("<</First 1{}", " ".repeat(LONGEST - 10))).map(|f| f.ratio),
            Some(u64::MAX)
        );
    }

    #[test]
    fn encryption_does_not_hide_behind_escapes() {
        assert!(encrypted(b"trailer<</Root 1 0 R/Encrypt 2 0 R>>"));
        assert!(encrypted(b"<</#45#6e#63#72#79#70#74 2 0 R>>"));
        assert!(!encrypted(b"<</Enc#72/Encoding 1>>"));
    }
}
