//! A plain client for what `ipptool` can't do: many jobs in a hurry, and requests that no sound client sends.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use platen::ipp::codec::{Limits, Message, Value, group, op};

/// Sends a body as one HTTP request; gives the status and the answer's body.
pub fn post(port: u16, path: &str, body: &[u8]) -> io::Result<(u16, Vec<u8>)> {
    let mut stream = connect(port)?;
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/ipp\r\nConnection: \
         close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)?;
    answer(stream)
}

pub fn connect(port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.set_write_timeout(Some(Duration::from_secs(60)))?;
    Ok(stream)
}

/// Reads the answer to the end of the connection.
pub fn answer(mut stream: TcpStream) -> io::Result<(u16, Vec<u8>)> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let end = bytes
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .ok_or(io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .ok_or(io::ErrorKind::InvalidData)?;
    let body = bytes.split_off(end + 4);
    match head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        true => Ok((status, joined(&body)?)),
        false => Ok((status, body)),
    }
}

/// A body that came in chunks (RFC 9112, 7.1).
fn joined(mut chunks: &[u8]) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunks
            .windows(2)
            .position(|w| w == b"\r\n")
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        let size = std::str::from_utf8(&chunks[..end]).map_err(io::Error::other)?;
        let size = usize::from_str_radix(size.trim(), 16).map_err(io::Error::other)?;
        let (chunk, rest) = chunks[end + 2..]
            .split_at_checked(size)
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        body.extend_from_slice(chunk);
        if size == 0 {
            return Ok(body);
        }
        chunks = rest.get(2..).ok_or(io::ErrorKind::UnexpectedEof)?;
    }
}

/// A request to the pool.
pub fn request(operation: u16, port: u16) -> Message {
    let mut message = Message::request(operation, 1);
    let uri = format!("ipp://localhost:{port}/ipp/print");
    message.groups[0].push("printer-uri", Value::uri(&uri));
    message.groups[0].push("requesting-user-name", Value::name("anna"));
    message
}

/// Sends a message and a document, and reads the answer.
pub fn exchange(port: u16, message: &Message, document: &[u8]) -> io::Result<Message> {
    let mut body = Vec::new();
    message.encode(&mut body).map_err(io::Error::other)?;
    body.extend_from_slice(document);
    let (_, bytes) = post(port, "/ipp/print", &body)?;
    let (answer, _) = Message::decode(&bytes, &Limits::CLIENT).map_err(io::Error::other)?;
    Ok(answer)
}

/// A job as Get-Jobs tells it.
#[derive(Debug, Clone)]
pub struct Listed {
    pub id: i32,
    pub name: String,
    pub state: i32,
    pub reasons: Vec<String>,
    pub message: String,
}

/// All jobs, ended ones and others.
pub fn jobs(port: u16) -> io::Result<Vec<Listed>> {
    let mut all = std::collections::BTreeMap::new();
    // In this order: a job that ends in between is seen twice, and counts as ended.
    for which in ["not-completed", "completed"] {
        let mut message = request(op::GET_JOBS, port);
        message.groups[0].push("which-jobs", Value::keyword(which));
        let wanted = [
            "job-id",
            "job-name",
            "job-state",
            "job-state-reasons",
            "job-state-message",
        ];
        message.groups[0].push_all("requested-attributes", wanted.map(Value::keyword).to_vec());
        let answer = exchange(port, &message, &[])?;
        assert!(answer.code < 0x100, "Get-Jobs: {answer:?}");
        for job in answer.groups_of(group::JOB) {
            let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
            let id = job.first("job-id").and_then(Value::as_integer).unwrap();
            let listed = Listed {
                id,
                name: job.first("job-name").map(text).unwrap(),
                message: job.first("job-state-message").map(text).unwrap_or_default(),
                state: job.first("job-state").and_then(Value::as_enum).unwrap(),
                reasons: job.get("job-state-reasons").unwrap().values.iter().map(text).collect(),
            };
            all.insert(id, listed);
        }
    }
    Ok(all.into_values().collect())
}
