//! What is broken or hostile gets a clear answer or a job that aborts with a reason; memory stays bounded and the
//! daemon goes on serving.

use std::fs;
use std::io::Write;
use std::time::{Duration, Instant};

use platen::ipp::codec::{Attribute, Limits, Message, Value, group, op, status};

use crate::common::client::{answer, connect, exchange, request};
use crate::common::daemon::Daemon;
use crate::common::{photo, wait_for};

/// Most memory that the daemon may hold whatever comes in, in KiB. A sound photograph of these tests needs 40 MB.
const MEMORY: u64 = 160 << 10;

fn daemon(folder: &std::path::Path) -> Daemon {
    Daemon::start(
        folder,
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n",
    )
}

/// What became of a document: refused at once, or a job that ended, with the reason in words.
#[derive(Debug)]
enum Fate {
    Refused(String),
    Aborted(String),
    Completed,
}

fn send(port: u16, mime: &str, document: &[u8]) -> Fate {
    let mut message = request(op::PRINT_JOB, port);
    message.groups[0].push("job-name", Value::name("suspect"));
    message.groups[0].push("document-format", Value::mime(mime));
    let answer = exchange(port, &message, document).unwrap();
    let text = |m: &Message, g: u8, name: &str| {
        let value = m.group(g).and_then(|g| g.first(name)).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    if answer.code >= 0x100 {
        return Fate::Refused(text(&answer, group::OPERATION, "status-message"));
    }
    let id = answer.group(group::JOB).unwrap().first("job-id").cloned().unwrap();
    wait_for("the job to end", Duration::from_secs(120), || {
        let mut ask = request(op::GET_JOB_ATTRIBUTES, port);
        ask.groups[0].push("job-id", id.clone());
        let answer = exchange(port, &ask, &[]).unwrap();
        let job = answer.group(group::JOB).unwrap();
        match job.first("job-state").and_then(Value::as_enum) {
            Some(8) => Some(Fate::Aborted(text(&answer, group::JOB, "job-state-message"))),
            Some(9) => Some(Fate::Completed),
            _ => None,
        }
    })
}

fn serves(daemon: &Daemon, folder: &std::path::Path) {
    let photo = fs::read(photo::jpeg(folder)).unwrap();
    let fate = send(daemon.port, "image/jpeg", &photo);
    assert!(matches!(fate, Fate::Completed), "{fate:?}\n{}", daemon.log());
    assert!(daemon.peak_memory() < MEMORY, "{} KiB", daemon.peak_memory());
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = !0u32;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
        }
    }
    !crc
}

/// A PNG that claims this size and holds next to nothing.
fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |kind: &[u8; 4], data: &[u8]| {
        file.extend((data.len() as u32).to_be_bytes());
        let body = [&kind[..], data].concat();
        file.extend(&body);
        file.extend(crc(&body).to_be_bytes());
    };
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    chunk(b"IHDR", &head);
    chunk(b"IDAT", &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]);
    chunk(b"IEND", &[]);
    file
}

#[test]
fn broken_pictures_are_told_apart_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path());
    let photo = fs::read(photo::jpeg(folder.path())).unwrap();
    let mut broken_profile = photo.clone();
    let at = photo.windows(4).position(|w| w == b"acsp").unwrap();
    // Every tag of the profile now lies far outside of it.
    for byte in &mut broken_profile[at + 92..at + 200] {
        *byte = 0xee;
    }
    let truncated = &photo[..photo.len() / 2];
    for (what, mime, document, says) in [
        ("truncated JPEG", "image/jpeg", truncated, "ends early"),
        (
            "huge PNG",
            "image/png",
            &png_that_claims(100_000, 100_000)[..],
            "too large",
        ),
        (
            "text named .jpg",
            "image/jpeg",
            &b"Dear printer,\nplease print me.\n"[..],
            "JPEG",
        ),
        ("broken profile", "image/jpeg", &broken_profile[..], "profile"),
        ("nothing", "image/jpeg", &b""[..], ""),
        ("PNG without pixels", "image/png", &png_that_claims(64, 64)[..], ""),
    ] {
        let fate = send(daemon.port, mime, document);
        println!("{what}: {fate:?}");
        let (Fate::Refused(why) | Fate::Aborted(why)) = &fate else {
            panic!("{what}: {fate:?}");
        };
        assert!(why.contains(says) && !why.is_empty(), "{what}: {fate:?}");
    }
    serves(&daemon, folder.path());
}

#[test]
fn a_request_nested_6000_deep_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path());
    let mut bytes = Vec::new();
    let mut head = request(op::GET_PRINTER_ATTRIBUTES, daemon.port);
    head.groups[0].push("x", Value::Integer(1));
    head.encode(&mut bytes).unwrap();
    bytes.pop();
    bytes.extend([0x34, 0, 1, b'c', 0, 0]);
    for _ in 0..6_000 {
        bytes.extend([0x4a, 0, 0, 0, 1, b'm', 0x34, 0, 0, 0, 0]);
    }
    for _ in 0..=6_000 {
        bytes.extend([0x37, 0, 0, 0, 0]);
    }
    bytes.push(3);
    let (_, body) = crate::common::client::post(daemon.port, "/ipp/print", &bytes).unwrap();
    let (answer, _) = Message::decode(&body, &Limits::CLIENT).unwrap();
    println!("nested 6,000 deep: {answer:?}");
    assert_eq!(answer.code, status::CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE);
    serves(&daemon, folder.path());
}

#[test]
fn a_request_with_500_mb_of_attributes_is_refused_early() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path());
    let mut stream = connect(daemon.port).unwrap();
    let total: u64 = 500 << 20;
    write!(
        stream,
        "POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nContent-Length: \
         {total}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut first = Vec::new();
    request(op::GET_PRINTER_ATTRIBUTES, daemon.port)
        .encode(&mut first)
        .unwrap();
    first.pop();
    stream.write_all(&first).unwrap();
    let mut chunk = Vec::new();
    for i in 0..1_000u32 {
        let mut one = Vec::new();
        let name = format!("a{i:04}");
        let attribute = Attribute::new(&name, Value::Text("x".repeat(1_000).into()));
        let mut message = Message::request(0, 1);
        message.groups[0].attributes = vec![attribute];
        message.encode(&mut one).unwrap();
        chunk.extend_from_slice(&one[9..one.len() - 1]);
    }
    let mut sent = first.len() as u64;
    // The daemon answers and hangs up long before all of it: then writing fails, and that is right.
    while sent + (chunk.len() as u64) < total && stream.write_all(&chunk).is_ok() {
        sent += chunk.len() as u64;
    }
    println!("500 MB of attributes: hung up after {} MB", sent >> 20);
    assert!(sent < 100 << 20, "{sent} bytes were taken");
    // And says why: a torn connection alone is no answer.
    let (_, body) = answer(stream).expect("no answer came");
    let (answer, _) = Message::decode(&body, &Limits::CLIENT).unwrap();
    println!("answer: {answer:?}");
    assert_eq!(answer.code, status::CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE);
    serves(&daemon, folder.path());
}

/// Files below a folder.
fn files(folder: &std::path::Path) -> usize {
    fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|p| if p.is_dir() { files(&p) } else { 1 })
        .sum()
}

#[test]
fn refused_documents_do_not_stay_in_the_spool() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path());
    let spool = folder.path().join("data/spool");
    for n in 0..3u8 {
        let mut document = png_that_claims(100_000, 100_000);
        document.extend(std::iter::repeat_n(n, 100_000));
        let fate = send(daemon.port, "image/png", &document);
        assert!(matches!(fate, Fate::Refused(_)), "{fate:?}");
        assert_eq!(files(&spool), 0);
    }
    serves(&daemon, folder.path());
    assert_eq!(files(&spool), 1, "the document of the job that was printed");
}

#[test]
fn a_document_over_the_limit_is_refused_before_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path());
    let mut head = Vec::new();
    let mut message = request(op::PRINT_JOB, daemon.port);
    message.groups[0].push("document-format", Value::mime("image/jpeg"));
    message.encode(&mut head).unwrap();
    let mut stream = connect(daemon.port).unwrap();
    let started = Instant::now();
    write!(
        stream,
        "POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        3u64 << 30
    )
    .unwrap();
    stream.write_all(&head).unwrap();
    let (_, body) = answer(stream).unwrap();
    let (answer, _) = Message::decode(&body, &Limits::CLIENT).unwrap();
    assert_eq!(answer.code, status::CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE);
    // Without a byte of the document. The daemon waits a second for a client that is still sending.
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[test]
fn a_crowd_of_silent_connections_does_not_hold_a_client_up() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[ipp]\nconnections = 8\n[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n";
    let daemon = Daemon::start(folder.path(), config);
    let crowd: Vec<_> = (0..20).map(|_| connect(daemon.port).unwrap()).collect();
    // One of them has begun its headers.
    (&crowd[0]).write_all(b"POST /ipp/print HT").unwrap();
    let started = Instant::now();
    let answer = exchange(daemon.port, &request(op::GET_PRINTER_ATTRIBUTES, daemon.port), &[]).unwrap();
    assert!(answer.code < 0x100, "{answer:?}");
    let waited = started.elapsed();
    println!("behind 20 silent connections of 8 that are allowed: answered after {waited:?}");
    // Three crowds of 8, two seconds each; their own time would be 20 s each.
    assert!(waited < Duration::from_secs(15), "{waited:?}");
}
