//! A load generator for IPP servers: so many clients, each with a connection that it keeps, each request after the last
//! one's answer. Prints one line of JSON. `benches/ipp.py` runs it against Platen and against CUPS.
//!
//!     ipp_load HOST:PORT PATH OPERATION CLIENTS COUNT [--hold] [--bytes=N]
//!
//! OPERATION: `print` (Print-Job of a JPEG of 100 KB, or of so many bytes, another one each time), `printer` (Get-Printer-Attributes, all),
//! `equal` (the same of attributes that both servers have), `jobs` and `jobs50`
//! (Get-Jobs of what has ended, three attributes; all, or 50 of them), `cancel` (Cancel-Jobs), `pause`
//! (Pause-Printer), `beside` (Get-Printer-Attributes while another client asks for `jobs` over and over).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use platen::ipp::codec::{Group, Message, Value, group, op};

/// Bytes of the document, where nothing else is asked for.
const DOCUMENT: usize = 100_000;

/// Attributes of a printer that Platen and a queue of CUPS both have.
const EQUAL: [&str; 48] = [
    "charset-configured",
    "charset-supported",
    "color-supported",
    "compression-supported",
    "copies-default",
    "copies-supported",
    "document-format-default",
    "document-format-supported",
    "finishings-default",
    "finishings-supported",
    "generated-natural-language-supported",
    "ipp-versions-supported",
    "job-hold-until-default",
    "job-hold-until-supported",
    "job-priority-default",
    "job-priority-supported",
    "job-settable-attributes-supported",
    "job-sheets-default",
    "job-sheets-supported",
    "media-default",
    "media-supported",
    "multiple-document-handling-supported",
    "multiple-document-jobs-supported",
    "multiple-operation-time-out",
    "natural-language-configured",
    "notify-events-default",
    "notify-events-supported",
    "notify-lease-duration-supported",
    "number-up-supported",
    "operations-supported",
    "orientation-requested-default",
    "orientation-requested-supported",
    "pdl-override-supported",
    "print-quality-supported",
    "printer-info",
    "printer-is-accepting-jobs",
    "printer-location",
    "printer-make-and-model",
    "printer-name",
    "printer-settable-attributes-supported",
    "printer-state",
    "printer-state-change-time",
    "printer-state-message",
    "printer-state-reasons",
    "printer-up-time",
    "printer-uri-supported",
    "queued-job-count",
    "uri-security-supported",
];

/// Where, and what.
#[derive(Clone)]
struct Plan {
    address: String,
    path: String,
    operation: String,
    hold: bool,
    bytes: usize,
}

/// A JPEG of noise that is as large as wanted.
fn jpeg(bytes: usize) -> Vec<u8> {
    let (width, height) = (400u16, 265u16);
    let mut state = 1u32;
    let pixels: Vec<u8> = (0..usize::from(width) * usize::from(height))
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    let mut out = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut out, 90);
    let made = encoder.encode(&pixels, width, height, jpeg_encoder::ColorType::Luma);
    if made.is_err() {
        out.clear();
    }
    // What follows the end of a JPEG is not read: padding to the same size for every server.
    out.resize(bytes.max(out.len()), 0);
    out
}

fn message(plan: &Plan, operation: &str) -> Message {
    let code = match operation {
        "print" => op::PRINT_JOB,
        "printer" | "equal" => op::GET_PRINTER_ATTRIBUTES,
        "cancel" => op::CANCEL_JOBS,
        "pause" => op::PAUSE_PRINTER,
        _ => op::GET_JOBS,
    };
    let mut message = Message::request(code, 1);
    let uri = format!("ipp://{}{}", plan.address, plan.path);
    message.groups[0].push("printer-uri", Value::uri(&uri));
    message.groups[0].push("requesting-user-name", Value::name("anna"));
    match operation {
        "print" => {
            message.groups[0].push("job-name", Value::name("load"));
            message.groups[0].push("document-format", Value::mime("image/jpeg"));
            if plan.hold {
                let mut job = Group::new(group::JOB);
                job.push("job-hold-until", Value::keyword("indefinite"));
                message.groups.push(job);
            }
        }
        "equal" => message.groups[0].push_all("requested-attributes", EQUAL.map(Value::keyword).to_vec()),
        "jobs" | "jobs50" => {
            message.groups[0].push("which-jobs", Value::keyword("completed"));
            let wanted = ["job-id", "job-state", "job-name"];
            if operation == "jobs50" {
                message.groups[0].push("limit", Value::Integer(50));
            }
            message.groups[0].push_all("requested-attributes", wanted.map(Value::keyword).to_vec());
        }
        _ => {}
    }
    message
}

/// A connection that is kept.
struct Client {
    stream: BufReader<TcpStream>,
    head: Vec<u8>,
    body: Vec<u8>,
    answer: Vec<u8>,
    /// Whether each body ends in another number: no document comes twice.
    stamp: bool,
}

/// Documents so far.
static DOCUMENTS: AtomicUsize = AtomicUsize::new(0);

impl Client {
    fn connect(plan: &Plan, operation: &str, document: &[u8]) -> io::Result<Client> {
        let stream = TcpStream::connect(&plan.address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        let mut body = Vec::new();
        message(plan, operation).encode(&mut body).map_err(io::Error::other)?;
        if operation == "print" {
            body.extend_from_slice(document);
        }
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n",
            plan.path,
            plan.address,
            body.len()
        );
        Ok(Client {
            stream: BufReader::new(stream),
            head: head.into_bytes(),
            body,
            answer: Vec::new(),
            stamp: operation == "print",
        })
    }

    /// One request and its whole answer; its IPP status.
    fn ask(&mut self) -> io::Result<u16> {
        if self.stamp {
            let number = DOCUMENTS.fetch_add(1, Ordering::Relaxed);
            let end = self.body.len() - 16;
            self.body[end..end + 8].copy_from_slice(&u64::from(std::process::id()).to_be_bytes());
            self.body[end + 8..].copy_from_slice(&number.to_be_bytes());
        }
        let stream = self.stream.get_mut();
        stream.write_all(&self.head)?;
        stream.write_all(&self.body)?;
        loop {
            let (status, length) = self.read_head()?;
            match (status, length) {
                (100, _) => {}
                (200, Some(length)) => {
                    self.answer.resize(length, 0);
                    self.stream.read_exact(&mut self.answer)?;
                    break;
                }
                (200, None) => {
                    self.read_chunks()?;
                    break;
                }
                (status, _) => return Err(io::Error::other(format!("HTTP {status}"))),
            }
        }
        match self.answer.get(2..4) {
            Some(code) => Ok(u16::from_be_bytes([code[0], code[1]])),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn read_head(&mut self) -> io::Result<(u16, Option<usize>)> {
        let mut status = 0;
        let mut length = None;
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let line = line.trim_end();
            if line.is_empty() {
                return Ok((status, length));
            }
            if status == 0 {
                status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
            } else if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().ok();
            }
        }
    }

    fn read_chunks(&mut self) -> io::Result<()> {
        self.answer.clear();
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
            let start = self.answer.len();
            self.answer.resize(start + size, 0);
            self.stream.read_exact(&mut self.answer[start..])?;
            let mut end = String::new();
            self.stream.read_line(&mut end)?;
            if size == 0 {
                return Ok(());
            }
        }
    }
}

fn run(plan: &Plan, operation: &str, clients: usize, count: usize) -> io::Result<(f64, Vec<f64>, usize, usize)> {
    let document: Arc<Vec<u8>> = Arc::new(jpeg(plan.bytes));
    let left = Arc::new(AtomicUsize::new(count));
    let begun = Instant::now();
    let threads: Vec<_> = (0..clients)
        .map(|_| {
            let (plan, operation, document, left) =
                (plan.clone(), operation.to_owned(), document.clone(), left.clone());
            std::thread::spawn(move || -> io::Result<(Vec<f64>, usize, usize)> {
                let mut client = Client::connect(&plan, &operation, &document)?;
                let (mut times, mut refused) = (Vec::new(), 0);
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
                    .is_ok()
                {
                    let at = Instant::now();
                    if client.ask()? >= 0x100 {
                        refused += 1;
                    }
                    times.push(at.elapsed().as_secs_f64() * 1e3);
                }
                Ok((times, refused, client.answer.len()))
            })
        })
        .collect();
    let (mut times, mut refused, mut bytes) = (Vec::new(), 0, 0);
    for thread in threads {
        let (t, r, b) = thread.join().map_err(|_| io::Error::other("a client broke down"))??;
        times.extend(t);
        refused += r;
        bytes = bytes.max(b);
    }
    Ok((begun.elapsed().as_secs_f64(), times, refused, bytes))
}

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [address, path, operation, clients, count, rest @ ..] = arguments.as_slice() else {
        eprintln!("ipp_load HOST:PORT PATH OPERATION CLIENTS COUNT [--hold] [--bytes=N]");
        std::process::exit(64);
    };
    let plan = Plan {
        address: address.clone(),
        path: path.clone(),
        operation: operation.clone(),
        hold: rest.iter().any(|a| a == "--hold"),
        bytes: rest
            .iter()
            .find_map(|a| a.strip_prefix("--bytes=")?.parse().ok())
            .unwrap_or(DOCUMENT),
    };
    let clients = clients.parse().map_err(io::Error::other)?;
    let count = count.parse().map_err(io::Error::other)?;
    let (wall, mut times, refused, bytes) = if operation == "beside" {
        let stop = Arc::new(AtomicBool::new(false));
        let (other, ended) = (plan.clone(), stop.clone());
        let busy = std::thread::spawn(move || -> io::Result<()> {
            let mut client = Client::connect(&other, "jobs", &[])?;
            while !ended.load(Ordering::Relaxed) {
                client.ask()?;
            }
            Ok(())
        });
        let measured = run(&plan, "printer", clients, count);
        stop.store(true, Ordering::Relaxed);
        busy.join()
            .map_err(|_| io::Error::other("the other client broke down"))??;
        measured?
    } else {
        run(&plan, &plan.operation, clients, count)?
    };
    times.sort_by(f64::total_cmp);
    let at = |part: f64| times.get(((times.len() as f64 * part) as usize).min(times.len().saturating_sub(1)));
    let ms = |part: f64| at(part).copied().unwrap_or(0.0);
    println!(
        "{{\"per_second\": {:.1}, \"p50_ms\": {:.3}, \"p99_ms\": {:.3}, \"worst_ms\": {:.3}, \"refused\": {refused}, \
         \"answer_bytes\": {bytes}}}",
        times.len() as f64 / wall,
        ms(0.5),
        ms(0.99),
        ms(1.0)
    );
    Ok(())
}
