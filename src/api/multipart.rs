//! `multipart/form-data` (RFC 7578) as it arrives: part by part, no more of it held than what may be a boundary. Pure.
//!
//! The libraries that there are take up whatever the socket has before they look at it; here documents of gigabytes pass.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memmem;

/// Most bytes of a part's headers.
const HEADERS: usize = 8 << 10;
/// Most bytes before the first boundary, which nobody reads.
const PREAMBLE: usize = 8 << 10;
/// Longest boundary (RFC 2046, 5.1.1).
const BOUNDARY: usize = 70;

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A part begins.
    Part(Head),
    /// Bytes of it.
    Data(Bytes),
    /// It ends.
    EndOfPart,
    /// All parts have come. What follows is nobody's.
    End,
}

/// What a part says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Head {
    /// Its name.
    pub name: String,
    /// The name of its file.
    pub file: Option<String>,
    /// Its media type in lower case, without parameters.
    pub mime: Option<String>,
}

/// What is no `multipart/form-data`, for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request is no multipart/form-data: {0}")]
pub struct Bad(pub &'static str);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first boundary; bytes that were passed over.
    Preamble(usize),
    /// Behind a boundary.
    Boundary,
    Headers,
    Body,
    End,
}

/// The parts of a body.
#[derive(Debug)]
pub struct Parts {
    /// `\r\n--boundary`
    delimiter: Vec<u8>,
    buffer: BytesMut,
    state: State,
}

impl Parts {
    /// By the boundary of a `Content-Type`.
    ///
    /// # Errors
    /// [`Bad`] when it names none.
    pub fn new(content_type: &str) -> Result<Parts, Bad> {
        let boundary = parameters(content_type).find(|(name, _)| name == "boundary");
        let boundary = boundary.map(|(_, value)| value).unwrap_or_default();
        let is_good = (1..=BOUNDARY).contains(&boundary.len()) && boundary.bytes().all(|b| (0x20..0x7f).contains(&b));
        if !is_good {
            return Err(Bad("its Content-Type names no boundary"));
        }
        Ok(Parts {
            delimiter: format!("\r\n--{boundary}").into_bytes(),
            // The first boundary may be the first thing that comes.
            buffer: BytesMut::from("\r\n"),
            state: State::Preamble(0),
        })
    }

    /// Takes the next bytes. Events are to be taken out first.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.state != State::End {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// The next event; `None` when more bytes are needed.
    ///
    /// # Errors
    /// [`Bad`]; there is no going on then.
    pub fn event(&mut self) -> Result<Option<Event>, Bad> {
        loop {
            match self.state {
                State::Preamble(passed) => match memmem::find(&self.buffer, &self.delimiter) {
                    Some(at) => {
                        self.buffer.advance(at + self.delimiter.len());
                        self.state = State::Boundary;
                    }
                    None => {
                        let over = self.buffer.len().saturating_sub(self.delimiter.len());
                        if passed + over > PREAMBLE {
                            return Err(Bad("its boundary does not come"));
                        }
                        self.buffer.advance(over);
                        self.state = State::Preamble(passed + over);
                        return Ok(None);
                    }
                },
                State::Boundary => {
                    if self.buffer.starts_with(b"--") {
                        self.buffer.clear();
                        self.state = State::End;
                        return Ok(Some(Event::End));
                    }
                    // Blanks may stand between a boundary and its line's end.
                    let blanks = self.buffer.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
                    match self.buffer.get(blanks..blanks + 2) {
                        Some(b"\r\n") => {
                            // Left there: headers that are none end with it.
                            self.buffer.advance(blanks);
                            self.state = State::Headers;
                        }
                        Some(_) => return Err(Bad("something stands behind a boundary")),
                        None if blanks > BOUNDARY => return Err(Bad("something stands behind a boundary")),
                        None => return Ok(None),
                    }
                }
                State::Headers => match memmem::find(&self.buffer, b"\r\n\r\n") {
                    Some(at) if at <= HEADERS => {
                        let head = head(&self.buffer[..at])?;
                        self.buffer.advance(at + 4);
                        self.state = State::Body;
                        return Ok(Some(Event::Part(head)));
                    }
                    None if self.buffer.len() <= HEADERS => return Ok(None),
                    _ => return Err(Bad("the headers of a part are too long")),
                },
                State::Body => return Ok(self.body()),
                State::End => return Ok(None),
            }
        }
    }
}

impl Parts {
    fn body(&mut self) -> Option<Event> {
        if let Some(at) = memmem::find(&self.buffer, &self.delimiter) {
            if at > 0 {
                return Some(Event::Data(self.buffer.split_to(at).freeze()));
            }
            self.buffer.advance(self.delimiter.len());
            self.state = State::Boundary;
            return Some(Event::EndOfPart);
        }
        // The last bytes may be the beginning of a boundary.
        let sure = (self.buffer.len() + 1).saturating_sub(self.delimiter.len());
        (sure > 0).then(|| Event::Data(self.buffer.split_to(sure).freeze()))
    }
}

fn head(bytes: &[u8]) -> Result<Head, Bad> {
    let text = std::str::from_utf8(bytes).map_err(|_| Bad("the headers of a part are no UTF-8"))?;
    let mut head = Head::default();
    let mut is_named = false;
    for line in text.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or(Bad("a header of a part has no colon"))?;
        if name.eq_ignore_ascii_case("content-disposition") {
            let kind = value.split(';').next().unwrap_or("").trim();
            if !kind.eq_ignore_ascii_case("form-data") {
                return Err(Bad("a part is no form-data"));
            }
            for (name, value) in parameters(value) {
                match name.as_str() {
                    "name" => (head.name, is_named) = (value, true),
                    "filename" => head.file = Some(value).filter(|file| !file.is_empty()),
                    _ => {}
                }
            }
        } else if name.eq_ignore_ascii_case("content-type") {
            let mime = value.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
            head.mime = Some(mime);
        }
    }
    is_named.then_some(head).ok_or(Bad("a part has no name"))
}

/// The parameters of a header's value: `; name=value; name="value"`. In quotes a backslash takes the next sign as it is,
/// and browsers write the quote itself as `%22` (the WHATWG's HTML, multipart/form-data).
fn parameters(value: &str) -> impl Iterator<Item = (String, String)> {
    let mut rest = value.find(';').map_or("", |at| &value[at + 1..]);
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        let (name, after) = rest.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let Some(quoted) = after.strip_prefix('"') else {
            let end = after.find(';').unwrap_or(after.len());
            let value = after[..end].trim().to_owned();
            rest = &after[end..];
            return Some((name, value));
        };
        let (mut value, mut is_escaped, mut end) = (String::new(), false, quoted.len());
        for (at, c) in quoted.char_indices() {
            match c {
                _ if is_escaped => {
                    value.push(c);
                    is_escaped = false;
                }
                '\\' => is_escaped = true,
                '"' => {
                    end = at + 1;
                    break;
                }
                c => value.push(c),
            }
        }
        rest = &quoted[end..];
        Some((name, value.replace("%22", "\"")))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=\"x--y\"";

    /// All events of a body that comes in pieces, data put together.
    fn read(body: &[u8], pieces: usize) -> Result<Vec<Event>, Bad> {
        let mut parts = Parts::new(TYPE).unwrap();
        let mut events: Vec<Event> = Vec::new();
        for piece in body.chunks(pieces.max(1)) {
            parts.push(piece);
            while let Some(event) = parts.event()? {
                match (events.last_mut(), event) {
                    (Some(Event::Data(before)), Event::Data(more)) => {
                        *before = [before.as_ref(), more.as_ref()].concat().into();
                    }
                    (_, event) => events.push(event),
                }
            }
        }
        Ok(events)
    }

    fn part(name: &str, file: Option<&str>, data: &[u8]) -> Vec<u8> {
        let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
        let head = format!(
            "\r\n--x--y\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\nContent-Type: Image/JPEG; q=1\r\n\r\n"
        );
        [head.as_bytes(), data].concat()
    }

    #[test]
    fn parts_come_out_as_they_went_in() {
        let body = [
            &b"nobody reads this"[..],
            &part("job", None, b"{}"),
            &part("document", Some("a %22b\\\" ü.jpg"), b"\r\n--x-\r\n--x--"),
            &part("empty", None, b""),
            b"\r\n--x--y--\r\nnor this",
        ]
        .concat();
        for pieces in [1, 2, 3, 7, 1_000] {
            let events = read(&body, pieces).unwrap();
            let head = |name: &str, file: Option<&str>| {
                Event::Part(Head {
                    name: name.into(),
                    file: file.map(Into::into),
                    mime: Some("image/jpeg".into()),
                })
            };
            let expected = [
                head("job", None),
                Event::Data(Bytes::from_static(b"{}")),
                Event::EndOfPart,
                head("document", Some("a \"b\" ü.jpg")),
                Event::Data(Bytes::from_static(b"\r\n--x-\r\n--x--")),
                Event::EndOfPart,
                head("empty", None),
                Event::EndOfPart,
                Event::End,
            ];
            assert_eq!(events, expected, "{pieces}");
        }
    }

    #[test]
    fn what_is_none_is_refused_and_holds_no_memory() {
        for bad in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=ü",
        ] {
            assert!(Parts::new(bad).is_err(), "{bad}");
        }
        assert!(Parts::new(&format!("multipart/form-data; boundary={}", "x".repeat(71))).is_err());
        assert!(read(&vec![b'a'; PREAMBLE * 2], 100).is_err());
        let endless = [b"--x--y\r\nA: ".to_vec(), vec![b'a'; HEADERS * 2]].concat();
        assert!(read(&endless, 100).is_err());
        for body in [
            "--x--y nonsense",
            "--x--y\r\nno colon\r\n\r\n",
            "--x--y\r\nContent-Disposition: inline\r\n\r\n",
            "--x--y\r\nA: b\r\n\r\n",
        ] {
            assert!(read(body.as_bytes(), 5).is_err(), "{body}");
        }
        let mut parts = Parts::new(TYPE).unwrap();
        parts.push(&part("document", None, b""));
        assert!(matches!(parts.event(), Ok(Some(Event::Part(_)))));
        for _ in 0..100 {
            parts.push(&[b'\r'; 10_000]);
            while parts.event().unwrap().is_some() {}
            assert!(parts.buffer.len() <= parts.delimiter.len());
        }
    }

    proptest! {
        /// Whatever comes, in whatever pieces, nothing breaks, and pieces change nothing.
        #[test]
        fn pieces_change_nothing(data in proptest::collection::vec(any::<u8>(), 0..200), cuts in 1usize..50, raw: bool) {
            let body = if raw {
                [b"--x--y\r\n".to_vec(), data].concat()
            } else {
                [part("a", None, &data), b"\r\n--x--y--".to_vec()].concat()
            };
            let whole = read(&body, body.len());
            let cut = read(&body, cuts);
            prop_assert_eq!(whole.is_ok(), cut.is_ok());
            if let (Ok(whole), Ok(cut)) = (whole, cut) {
                prop_assert_eq!(whole, cut);
            }
        }
    }
}
