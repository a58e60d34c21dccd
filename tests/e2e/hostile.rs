//! What past holes of print servers were opened with, one kind after the other, at one daemon: after each it still
//! answers, has obeyed nothing that it should not, and holds no more memory than it may.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use platen::ipp::codec::{Attribute, Limits, Message, Value, op, status};

use crate::common::client::{answer, connect, exchange, jobs, post, request};
use crate::common::daemon::Daemon;
use crate::common::{photo, wait_for};

/// Most memory that the daemon may hold whatever comes in, in KiB.
const MEMORY: u64 = 64 << 10;
/// Tags of the encoding (RFC 8010, 3.5).
const INTEGER: u8 = 0x21;
const TEXT_WITH_LANGUAGE: u8 = 0x35;
const NAME: u8 = 0x42;
const EXTENSION: u8 = 0x7f;

fn daemon(folder: &std::path::Path, connections: usize) -> Daemon {
    // The printer is slow: what is told of jobs is told of those that wait.
    let printer = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n";
    Daemon::start(folder, &format!("[ipp]\nconnections = {connections}\n{printer}"))
}

/// Asks something sound.
fn serves(daemon: &Daemon, after: &str) {
    let answer = exchange(daemon.port, &request(op::GET_PRINTER_ATTRIBUTES, daemon.port), &[]);
    let answer = answer.unwrap_or_else(|e| panic!("after {after}: {e}\n{}", daemon.log()));
    assert!(answer.code < 0x100, "after {after}: {answer:?}");
    let memory = daemon.peak_memory();
    assert!(memory < MEMORY, "after {after}: {memory} KiB");
    println!("{after}: served, {memory} KiB at most so far");
}

/// Sends bytes as an IPP message, and tells the IPP status of the answer, or HTTP's where it is none.
fn told(daemon: &Daemon, body: &[u8]) -> u16 {
    let (http, body) = post(daemon.port, "/ipp/print", body).unwrap();
    match Message::decode(&body, &Limits::CLIENT) {
        Ok((answer, _)) => answer.code,
        Err(_) => http,
    }
}

fn encoded(message: &Message) -> Vec<u8> {
    let mut bytes = Vec::new();
    message.encode(&mut bytes).unwrap();
    bytes
}

/// A sound request whose last attribute is these bytes.
fn with_attribute(daemon: &Daemon, attribute: &[u8]) -> Vec<u8> {
    let mut bytes = encoded(&request(op::GET_PRINTER_ATTRIBUTES, daemon.port));
    let end = bytes.pop();
    bytes.extend(attribute);
    bytes.extend(end);
    bytes
}

fn attribute(tag: u8, name: &[u8], value: &[u8]) -> Vec<u8> {
    let length = |bytes: &[u8]| (bytes.len() as u16).to_be_bytes();
    [&[tag], &length(name)[..], name, &length(value), value].concat()
}

/// Connections that say a little and then nothing. They are held while others are served.
fn stalled(daemon: &Daemon) -> Vec<TcpStream> {
    let head = "POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n";
    let body = format!("{head}Content-Length: 400\r\n\r\n\x02\x00\x00\x0b\x00\x00");
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n5\r\n\x02\x00");
    let sayings: [&[u8]; 5] = [
        b"POST /ipp/print HT",
        head.as_bytes(),
        body.as_bytes(),
        chunked.as_bytes(),
        // The head of a handshake.
        b"\x16\x03\x01\x02\x00\x01",
    ];
    sayings
        .iter()
        .cycle()
        .take(20)
        .map(|saying| {
            let mut stream = connect(daemon.port).unwrap();
            stream.write_all(saying).unwrap();
            stream
        })
        .collect()
}

fn lengths_past_the_end(daemon: &Daemon) {
    for broken in [
        &[INTEGER, 0xff, 0xff, b'x'][..],
        &[INTEGER, 0, 1, b'x', 0xff, 0xff, 1],
        &[INTEGER, 0x80, 0, b'x'],
        &attribute(INTEGER, b"x", &[1, 2, 3]),
        &[EXTENSION, 0, 1, b'x', 0, 2, 1, 2],
        &attribute(EXTENSION, b"x", &[0xff, 0xff, 0xff, 0xff]),
        // Its parts are longer than it is.
        &attribute(TEXT_WITH_LANGUAGE, b"x", &[0, 9, b'e', b'n', 0, 1, b'x']),
        &attribute(TEXT_WITH_LANGUAGE, b"x", &[0xff, 0xff]),
        &attribute(TEXT_WITH_LANGUAGE, b"x", &[]),
        // An end of a collection that nobody began; one that nobody ends.
        &attribute(0x37, b"", b""),
        &attribute(0x34, b"media-col", b""),
    ] {
        let code = told(daemon, &with_attribute(daemon, broken));
        assert_eq!(code, status::CLIENT_ERROR_BAD_REQUEST, "{broken:02x?}");
    }
}

/// Languages are shown and never opened.
fn a_path_as_a_language(daemon: &Daemon) {
    let mut message = request(op::VALIDATE_JOB, daemon.port);
    message.groups[0].attributes[1] =
        Attribute::new("attributes-natural-language", Value::language("../../etc/passwd"));
    let code = told(daemon, &encoded(&message));
    assert!(code < 0x500, "{code:04x}");
}

/// Names with line ends, escapes, and halves of letters.
fn names_with_control_characters(daemon: &Daemon) {
    let evil = "evil\r\nFORGED: \u{1b}[2J$(touch /tmp/x)`id`;|\u{7}\0\u{202e}";
    let mut message = request(op::CREATE_JOB, daemon.port);
    message.groups[0].attributes[3] = Attribute::new("requesting-user-name", Value::name(evil));
    message.groups[0].push("job-name", Value::name(evil));
    let made = exchange(daemon.port, &message, &[]).unwrap();
    println!("a name with control characters: {:04x}", made.code);
    assert!(made.code < 0x500, "{made:?}");
    let log = daemon.log();
    assert!(!log.lines().any(|line| line.starts_with("FORGED")), "{log}");
    assert!(!log.chars().any(|c| c.is_control() && c != '\n'), "{log:?}");
    // No UTF-8.
    let bytes = attribute(NAME, b"job-name", &[b'a', 0xff, 0xfe, 0xc3]);
    let mut body = encoded(&request(op::VALIDATE_JOB, daemon.port));
    body.pop();
    body.extend(bytes);
    body.push(3);
    // Refused, or taken with signs of replacement: old clients send the letters of their own country.
    let code = told(daemon, &body);
    assert!(code < 0x500, "{code:04x}");
}

/// A browser that was led here, and a host that is none of ours.
fn other_peoples_authority(daemon: &Daemon) {
    let pause = encoded(&request(op::PAUSE_PRINTER, daemon.port));
    for header in [
        "Host: localhost\r\nOrigin: http://evil.example",
        "Host: evil.example",
        "Host: localhost\r\nHost: evil.example",
        "Host: ../../localhost",
    ] {
        let mut stream = connect(daemon.port).unwrap();
        write!(
            stream,
            "POST /ipp/print HTTP/1.1\r\n{header}\r\nContent-Type: application/ipp\r\nConnection: \
             close\r\nContent-Length: {}\r\n\r\n",
            pause.len()
        )
        .unwrap();
        stream.write_all(&pause).unwrap();
        let (http, body) = answer(stream).unwrap();
        let refused = match Message::decode(&body, &Limits::CLIENT) {
            Ok((answer, _)) => answer.code >= 0x400,
            Err(_) => http >= 400,
        };
        assert!(refused, "{header}: HTTP {http}");
    }
}

/// Nothing is fetched, and nobody is told, by a URI that a client gives.
fn uris_of_others(daemon: &Daemon, listener: &std::net::TcpListener) {
    let port = listener.local_addr().unwrap().port();
    let elsewhere = format!("http://127.0.0.1:{port}/x");
    let mut reference = request(op::PRINT_URI, daemon.port);
    reference.groups[0].push("document-uri", Value::uri(&elsewhere));
    let mut inside = request(op::PRINT_JOB, daemon.port);
    inside.groups[0].push("document-uri", Value::uri(&elsewhere));
    inside.groups[0].push("document-format", Value::mime("image/jpeg"));
    let file = Value::uri("file:///etc/passwd");
    let mut sent = request(op::SEND_URI, daemon.port);
    sent.groups[0].push("job-id", Value::Integer(1));
    sent.groups[0].push("document-uri", file);
    for message in [reference, inside, sent] {
        let code = told(daemon, &encoded(&message));
        assert!(code >= 0x400, "{code:04x} {message:?}");
    }
    for recipient in [
        elsewhere.as_str(),
        "rss:///../../../etc/cups/cupsd.conf?x",
        "mailto:root@localhost",
        "file:///tmp/x",
    ] {
        let mut message = request(op::CREATE_PRINTER_SUBSCRIPTIONS, daemon.port);
        let mut group = platen::ipp::codec::Group::new(platen::ipp::codec::group::SUBSCRIPTION);
        group.push("notify-recipient-uri", Value::uri(recipient));
        group.push_all("notify-events", vec![Value::keyword("job-completed")]);
        message.groups.push(group);
        let code = told(daemon, &encoded(&message));
        assert!(code >= 0x400, "{recipient}: {code:04x}");
    }
    // Create-System-Subscriptions (PWG 5100.22)
    let mut system = request(0x0058, daemon.port);
    system.groups[0].push("notify-recipient-uri", Value::uri("rss:///x"));
    assert_eq!(
        told(daemon, &encoded(&system)),
        status::SERVER_ERROR_OPERATION_NOT_SUPPORTED
    );
    listener.set_nonblocking(true).unwrap();
    assert!(listener.accept().is_err(), "the daemon called somebody");
}

/// 600 MB of nothing, packed.
fn a_bomb(daemon: &Daemon, photo: &[u8]) {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    // So far it is a picture.
    packed.write_all(photo).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..600 {
        packed.write_all(&zeros).unwrap();
    }
    let packed = packed.finish().unwrap();
    let mut message = request(op::PRINT_JOB, daemon.port);
    message.groups[0].push("compression", Value::keyword("gzip"));
    message.groups[0].push("document-format", Value::mime("image/jpeg"));
    let answer = exchange(daemon.port, &message, &packed).unwrap();
    println!("{} bytes that are 600 MB: {answer:?}", packed.len());
    assert_eq!(answer.code, status::CLIENT_ERROR_COMPRESSION_ERROR, "{answer:?}");
}

/// PWG raster whose head claims what can't be (offsets: PWG 5102.4, 4.3).
fn impossible_rasters(daemon: &Daemon) {
    let mut page = vec![0u8; 1_796];
    page[..9].copy_from_slice(b"PwgRaster");
    let mut set = |at: usize, value: u32| page[at..at + 4].copy_from_slice(&value.to_be_bytes());
    for at in [276, 280] {
        set(at, 300);
    }
    for (at, value) in [
        (372, 100),
        (376, 100),
        (384, 8),
        (388, 24),
        (392, 300),
        (400, 19),
        (420, 3),
    ] {
        set(at, value);
    }
    for (what, at, value) in [
        ("0 dpi", 276, 0),
        ("4 billion dpi", 276, u32::MAX),
        ("width", 372, u32::MAX),
        ("height", 376, u32::MAX),
        ("no height", 376, 0),
        ("bits of a colour", 384, u32::MAX),
        ("bits of a pixel", 388, 0),
        ("bytes of a line", 392, u32::MAX),
        ("colour space", 400, 0xffff),
    ] {
        let mut document = b"RaS2".to_vec();
        document.extend(&page);
        document[4 + at..8 + at].copy_from_slice(&value.to_be_bytes());
        document.extend([0xff; 300]);
        let mut message = request(op::PRINT_JOB, daemon.port);
        message.groups[0].push("document-format", Value::mime("image/pwg-raster"));
        let answer = exchange(daemon.port, &message, &document).unwrap();
        assert!(answer.code < 0x500, "{what}: {answer:?}");
    }
    wait_for("the rasters' jobs to end", Duration::from_secs(60), || {
        let jobs = jobs(daemon.port).unwrap();
        assert!(jobs.iter().all(|job| job.state != 9), "one was printed: {jobs:?}");
        jobs.iter()
            .all(|job| job.state >= 7 || job.name.contains("evil"))
            .then_some(())
    });
}

/// Requests that say how long they are and break off before.
fn torn(daemon: &Daemon, photo: &[u8]) {
    let before = jobs(daemon.port).unwrap().len();
    let mut print = request(op::PRINT_JOB, daemon.port);
    print.groups[0].push("document-format", Value::mime("image/jpeg"));
    let small = &photo[..photo.len().min(3_000)];
    for body in [
        [encoded(&print).as_slice(), small].concat(),
        [encoded(&print).as_slice(), photo].concat(),
        encoded(&request(op::CREATE_JOB, daemon.port)),
    ] {
        for missing in [1, 1_000] {
            let mut stream = connect(daemon.port).unwrap();
            write!(
                stream,
                "POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nConnection: \
                 close\r\nContent-Length: {}\r\n\r\n",
                body.len() + missing
            )
            .unwrap();
            stream.write_all(&body).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            // There may be no answer at all; one that says yes there must not be.
            if let Ok((_, answer)) = answer(stream)
                && let Ok((answer, _)) = Message::decode(&answer, &Limits::CLIENT)
            {
                assert!(answer.code >= 0x400, "{missing} missing of {}: {answer:?}", body.len());
            }
        }
    }
    assert_eq!(jobs(daemon.port).unwrap().len(), before, "a torn request made a job");
}

fn floods(daemon: &Daemon) {
    let mut message = request(op::GET_JOBS, daemon.port);
    let values = vec![Value::keyword("job-id"); 200_000];
    message.groups[0].push_all("requested-attributes", values);
    let code = told(daemon, &encoded(&message));
    assert!(code < 0x500, "200,000 values: {code:04x}");
    serves(daemon, "200,000 values");
    let mut message = request(op::CREATE_JOB, daemon.port);
    message.groups[0].push("job-name", Value::name("without a document"));
    let mut made = 0;
    let mut last = 0;
    for _ in 0..2_000 {
        last = exchange(daemon.port, &message, &[]).unwrap().code;
        made += usize::from(last < 0x100);
    }
    println!("2000 jobs without documents: {made} were taken, the last answer {last:04x}");
    assert_eq!(last, status::SERVER_ERROR_TOO_MANY_JOBS);
    assert!(made <= 1_000, "{made}");
    serves(daemon, "2,000 jobs without documents");
    let cancel = request(op::CANCEL_MY_JOBS, daemon.port);
    assert!(exchange(daemon.port, &cancel, &[]).unwrap().code < 0x100);
}

fn extremes(daemon: &Daemon) {
    for number in [i32::MIN, -1, 0, i32::MAX] {
        for name in ["job-id", "limit", "first-index", "first-job-id", "notify-job-id"] {
            let mut message = request(op::GET_JOBS, daemon.port);
            message.groups[0].push(name, Value::Integer(number));
            let code = told(daemon, &encoded(&message));
            assert!(code < 0x500, "{name} {number}: {code:04x}");
        }
        for name in [
            "copies",
            "job-priority",
            "number-up",
            "print-quality",
            "orientation-requested",
            "job-hold-until-time",
            "job-retain-until-interval",
            "media",
        ] {
            for value in [Value::Integer(number), Value::Enum(number)] {
                let mut message = request(op::VALIDATE_JOB, daemon.port);
                let mut group = platen::ipp::codec::Group::new(platen::ipp::codec::group::JOB);
                group.push(name, value);
                message.groups.push(group);
                let code = told(daemon, &encoded(&message));
                assert!(code < 0x500, "{name} {number}: {code:04x}");
            }
        }
        for operation in [
            op::GET_JOB_ATTRIBUTES,
            op::CANCEL_JOB,
            op::SEND_DOCUMENT,
            op::RESTART_JOB,
        ] {
            let mut message = request(operation, daemon.port);
            message.groups[0].push("job-id", Value::Integer(number));
            let code = told(daemon, &encoded(&message));
            assert!(
                (0x400..0x500).contains(&code),
                "{operation:04x} of job {number}: {code:04x}"
            );
        }
    }
    for value in [Value::Integer(3), Value::uri("x"), Value::collection(Vec::new())] {
        for name in [
            "requested-attributes",
            "job-name",
            "document-format",
            "compression",
            "job-password",
        ] {
            let mut message = request(op::VALIDATE_JOB, daemon.port);
            message.groups[0].push(name, value.clone());
            let code = told(daemon, &encoded(&message));
            assert!(code < 0x500, "{name} {value:?}: {code:04x}");
        }
    }
}

/// Heads of HTTP that others have read in two ways, and paths that lead out.
fn http(daemon: &Daemon) {
    // Whoever is gone for the server's part gets no answer: what waits for more than this is closed at its time.
    let say = |text: &str, whole: bool| {
        let mut stream = connect(daemon.port).unwrap();
        let _ = stream.write_all(text.as_bytes());
        if !whole {
            let _ = stream.shutdown(Shutdown::Write);
        }
        let mut bytes = Vec::new();
        // A torn connection is an answer, too.
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    for path in [
        "/../../../../etc/passwd",
        "/icons/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/icons/..%2f..%2f..%2fetc/passwd",
        "//etc/passwd",
        "/ipp/print/../../../etc/passwd",
        "/jobs/-1",
        "/printers/%00",
    ] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = say(&request, true);
        assert!(!answer.contains("root:"), "{path}: {answer}");
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
    }
    let head = "POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\n";
    for rest in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde",
        "Content-Length: -5\r\n\r\n",
        "Content-Length: 99999999999999999999999\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx",
        "Transfer-Encoding: chunked\r\n\r\n7fffffffffffffff\r\nx",
        "Transfer-Encoding: gzip, chunked, identity\r\n\r\n0\r\n\r\n",
        "Expect: 200-maybe\r\nContent-Length: 5\r\n\r\nabcde",
    ] {
        let answer = say(&format!("{head}{rest}"), false);
        assert!(!answer.starts_with("HTTP/1.1 5"), "{rest:?}: {answer}");
    }
    let long = format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n",
        "x".repeat(1 << 20)
    );
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(5_000));
    for text in [long, many] {
        let answer = say(&text, false);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}

#[test]
fn every_kind_of_hostile_input_is_survived() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path(), 512);
    serves(&daemon, "nothing");
    let held = stalled(&daemon);
    serves(&daemon, "heads, bodies and handshakes that stall");
    let mut deep = vec![];
    for _ in 0..20_000 {
        deep.extend([0x34, 0, 0, 0, 0, 0x4a, 0, 0, 0, 1, b'm']);
    }
    let nested = [attribute(0x34, b"c", b""), deep[5..].to_vec()].concat();
    let code = told(&daemon, &with_attribute(&daemon, &nested));
    assert!((0x400..0x500).contains(&code), "20,000 deep: {code:04x}");
    serves(&daemon, "20,000 collections in each other");
    lengths_past_the_end(&daemon);
    serves(&daemon, "lengths past the end");
    a_path_as_a_language(&daemon);
    serves(&daemon, "a path as a language");
    names_with_control_characters(&daemon);
    serves(&daemon, "control characters in names");
    other_peoples_authority(&daemon);
    serves(&daemon, "other people's authority");
    uris_of_others(&daemon, &std::net::TcpListener::bind("127.0.0.1:0").unwrap());
    serves(&daemon, "URIs of others");
    let photo = std::fs::read(photo::jpeg(folder.path())).unwrap();
    a_bomb(&daemon, &photo);
    serves(&daemon, "a bomb");
    impossible_rasters(&daemon);
    serves(&daemon, "impossible rasters");
    extremes(&daemon);
    serves(&daemon, "extremes");
    http(&daemon);
    serves(&daemon, "bad HTTP");
    torn(&daemon, &photo);
    serves(&daemon, "torn requests");
    floods(&daemon);
    let idle: Vec<_> = (0..600).map(|_| connect(daemon.port).unwrap()).collect();
    serves(&daemon, "600 idle connections");
    drop((held, idle));
    assert!(!folder.path().join("x").exists());
}

/// Each is in the middle of a request, and sends a byte a second.
#[test]
fn five_hundred_slow_connections_cost_little() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path(), 600);
    serves(&daemon, "nothing");
    let before = daemon.peak_memory();
    let body = encoded(&request(op::GET_PRINTER_ATTRIBUTES, daemon.port));
    let head = format!(
        "POST /ipp/print HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let bytes = [head.as_bytes(), &body].concat();
    // A third is in its head, a third in its attributes, a third has sent all but one byte.
    let begin = [10, head.len() + 20, bytes.len() - 12];
    let mut crowd: Vec<(TcpStream, usize)> = (0..500)
        .map(|i| {
            let mut stream = connect(daemon.port).unwrap();
            stream.write_all(&bytes[..begin[i % 3]]).unwrap();
            (stream, begin[i % 3])
        })
        .collect();
    for _ in 0..10 {
        for (stream, sent) in &mut crowd {
            stream.write_all(&bytes[*sent..=*sent]).unwrap();
            *sent += 1;
        }
        std::thread::sleep(Duration::from_secs(1));
        serves(&daemon, "a byte of each");
    }
    let memory = daemon.peak_memory();
    println!("500 slow connections: {before} KiB before, {memory} KiB with them");
    // Those that have come to their last bytes are answered.
    let (mut stream, sent) = crowd.swap_remove(2);
    stream.write_all(&bytes[sent..]).unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
}
