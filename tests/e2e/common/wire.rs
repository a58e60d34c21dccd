//! A wire between the daemon and a printer that tears where it is told to: by operation, direction and byte.
//!
//! The daemon opens a connection for each request, so that a connection is a request and its answer. Of the request
//! nothing goes on before its operation is known. Where a document ends is learned from one that came through whole.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Where a connection tears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    BeforeTheRequest,
    InTheHttpHead,
    InTheAttributes,
    AfterTheFirstDocumentByte,
    InTheDocument,
    /// All but the last byte of the document goes through.
    BeforeTheLastDocumentByte,
    /// The document is whole, and what says so is missing (the last chunk).
    BeforeTheEnd,
    /// The request is obeyed, and not a byte of its answer comes back.
    BeforeTheAnswer,
    InTheAnswersHttpHead,
    InTheAnswersAttributes,
    BeforeTheAnswersLastByte,
}

impl Place {
    /// Those of a request without a document.
    pub const PLAIN: [Place; 7] = [
        Place::BeforeTheRequest,
        Place::InTheHttpHead,
        Place::InTheAttributes,
        Place::BeforeTheAnswer,
        Place::InTheAnswersHttpHead,
        Place::InTheAnswersAttributes,
        Place::BeforeTheAnswersLastByte,
    ];
    /// Those of a request with one.
    pub const ALL: [Place; 11] = [
        Place::BeforeTheRequest,
        Place::InTheHttpHead,
        Place::InTheAttributes,
        Place::AfterTheFirstDocumentByte,
        Place::InTheDocument,
        Place::BeforeTheLastDocumentByte,
        Place::BeforeTheEnd,
        Place::BeforeTheAnswer,
        Place::InTheAnswersHttpHead,
        Place::InTheAnswersAttributes,
        Place::BeforeTheAnswersLastByte,
    ];

    /// How many bytes of the request go through; all of it for the places in the answer.
    fn of_request(self, request: &Request, whole: usize) -> usize {
        match self {
            Place::BeforeTheRequest => 0,
            Place::InTheHttpHead => request.attributes / 2,
            Place::InTheAttributes => request.attributes + 12,
            Place::AfterTheFirstDocumentByte => request.document.expect("it has a document") + 1,
            Place::InTheDocument => (request.document.expect("it has a document") + whole) / 2,
            // "\r\n" closes the last chunk of the document, "0\r\n\r\n" is the one that says that it is over.
            Place::BeforeTheLastDocumentByte => whole - 8,
            Place::BeforeTheEnd => whole - 5,
            _ => usize::MAX,
        }
    }

    /// How many bytes of the answer go through.
    fn of_answer(self, answer: &[u8]) -> usize {
        let head = head_end(answer).expect("an answer has a head");
        match self {
            Place::BeforeTheAnswer => 0,
            Place::InTheAnswersHttpHead => head / 2,
            Place::InTheAnswersAttributes => (head + answer.len()) / 2,
            Place::BeforeTheAnswersLastByte => answer.len() - 1,
            _ => usize::MAX,
        }
    }
}

/// What is known of a request from its first bytes.
struct Request {
    operation: u16,
    /// Where the attributes begin.
    attributes: usize,
    /// Where the document begins, in a request that comes in chunks: the attributes are the first one.
    document: Option<usize>,
    /// Bytes of all of it, where that was told.
    length: Option<usize>,
}

impl Request {
    /// None while too little of it is there.
    fn read(bytes: &[u8]) -> Option<Request> {
        let head = head_end(bytes)?;
        if let Some(length) = content_length(&bytes[..head]) {
            return Some(Request {
                operation: operation(bytes.get(head..)?)?,
                attributes: head,
                document: None,
                length: Some(head + length),
            });
        }
        let (size, attributes) = chunk(bytes, head)?;
        // A document may come late: its place is known when the attributes are there, for the first chunk is theirs.
        let (_, document) = chunk(bytes, attributes + size + 2)?;
        Some(Request {
            operation: operation(&bytes[attributes..])?,
            attributes,
            document: Some(document),
            length: None,
        })
    }

    fn is_whole(&self, bytes: usize, tail: &[u8]) -> bool {
        match self.length {
            Some(length) => bytes >= length,
            None => tail.ends_with(b"\r\n0\r\n\r\n"),
        }
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4)
}

fn content_length(head: &[u8]) -> Option<usize> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.split("content-length:")
        .nth(1)?
        .split("\r\n")
        .next()?
        .trim()
        .parse()
        .ok()
}

/// The size of the chunk whose size stands here, and where its bytes begin.
fn chunk(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let rest = bytes.get(at..)?;
    let line = rest.windows(2).position(|w| w == b"\r\n")?;
    let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).ok()?, 16).ok()?;
    Some((size, at + line + 2))
}

fn operation(attributes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes([*attributes.get(2)?, *attributes.get(3)?]))
}

#[derive(Default)]
struct State {
    tear: Option<(u16, Place)>,
    torn: u32,
    /// How often each operation was asked for.
    asked: HashMap<u16, u32>,
    /// Bytes of the last request of each operation that went through whole.
    lengths: HashMap<u16, usize>,
}

/// See the head of the file.
pub struct Wire {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Wire {
    /// To the printer that listens on this port of this machine.
    pub fn to(printer: u16) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = state.clone();
        // It ends with the process: a test has few of them.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let state = shared.clone();
                std::thread::spawn(move || {
                    if let (Ok(stream), Ok(on)) = (stream, TcpStream::connect(("localhost", printer))) {
                        carry(stream, on, &state);
                    }
                });
            }
        });
        Wire { port, state }
    }

    pub fn uri(&self) -> String {
        format!("ipp://127.0.0.1:{}/ipp/print", self.port)
    }

    /// The next request for this operation tears; once.
    pub fn tear(&self, operation: u16, place: Place) {
        self.state.lock().unwrap().tear = Some((operation, place));
    }

    /// How many connections were torn.
    pub fn torn(&self) -> u32 {
        self.state.lock().unwrap().torn
    }

    /// How often this was asked for.
    pub fn asked(&self, operation: u16) -> u32 {
        self.state.lock().unwrap().asked.get(&operation).copied().unwrap_or(0)
    }
}

/// Both directions of a connection.
fn carry(daemon: TcpStream, printer: TcpStream, state: &Arc<Mutex<State>>) {
    let _ = (daemon.set_nodelay(true), printer.set_nodelay(true));
    let place = Arc::new(Mutex::new(None));
    let answers = {
        let (from, to) = (printer.try_clone().unwrap(), daemon.try_clone().unwrap());
        let (place, state) = (place.clone(), state.clone());
        std::thread::spawn(move || carry_answer(from, to, &place, &state))
    };
    if carry_request(&daemon, &printer, &place, state) {
        let _ = answers.join();
    }
    for side in [&daemon, &printer] {
        let _ = side.shutdown(Shutdown::Both);
    }
}

/// Says whether the request went through whole.
fn carry_request(mut from: &TcpStream, mut to: &TcpStream, place: &Mutex<Option<Place>>, state: &Mutex<State>) -> bool {
    let mut held = Vec::new();
    let mut request = None;
    let (mut total, mut limit) = (0, usize::MAX);
    let mut tail = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer) else {
            return false;
        };
        held.extend_from_slice(&buffer[..read]);
        tail.extend_from_slice(&buffer[..read]);
        tail.drain(..tail.len().saturating_sub(16));
        if request.is_none() {
            request = Request::read(&held);
            let Some(known) = &request else { continue };
            let mut state = state.lock().unwrap();
            *state.asked.entry(known.operation).or_default() += 1;
            if let Some((operation, here)) = state.tear
                && operation == known.operation
            {
                state.tear = None;
                *place.lock().unwrap() = Some(here);
                limit = here.of_request(known, state.lengths.get(&operation).copied().unwrap_or(usize::MAX));
            }
        }
        let Some(known) = &request else { continue };
        let goes = held.len().min(limit - total);
        if to.write_all(&held[..goes]).is_err() {
            return false;
        }
        total += goes;
        held.clear();
        if total == limit {
            state.lock().unwrap().torn += 1;
            return false;
        }
        if known.is_whole(total, &tail) {
            state.lock().unwrap().lengths.insert(known.operation, total);
            return true;
        }
    }
}

fn carry_answer(mut from: TcpStream, mut to: TcpStream, place: &Mutex<Option<Place>>, state: &Mutex<State>) {
    let mut answer = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..read]);
        let Some(head) = head_end(&answer) else { continue };
        // Somebody who wants a document may be told to go on.
        if answer.starts_with(b"HTTP/1.1 100") {
            answer.drain(..head);
            continue;
        }
        let whole = match content_length(&answer[..head]) {
            Some(length) => answer.len() >= head + length,
            None => answer.ends_with(b"0\r\n\r\n"),
        };
        if whole {
            break;
        }
    }
    if head_end(&answer).is_none() {
        return;
    }
    let limit = place
        .lock()
        .unwrap()
        .map_or(usize::MAX, |place| place.of_answer(&answer));
    if limit < usize::MAX {
        state.lock().unwrap().torn += 1;
    }
    let _ = to.write_all(&answer[..answer.len().min(limit)]);
}
