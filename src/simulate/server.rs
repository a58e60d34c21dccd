//! Connections: IPP on `/ipp/print`, commands on `/control`, and the wire's troubles.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Frame, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::ipp::codec::{HeadReader, Limits, Message, status};

use super::command::{self, Wrong};
use super::ops::{self, Outcome};
use super::{Shared, attributes};

/// Most connections at once.
const CONNECTIONS: usize = 64;
/// How long a request's attributes may take.
const HEAD: Duration = Duration::from_secs(30);
/// Most bytes of a control request.
const CONTROL: usize = 64 << 10;

type Body = BoxBody<Bytes, Infallible>;

/// Serves until it is dropped.
pub async fn serve(shared: Arc<Shared>, listener: TcpListener) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else {
            return;
        };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                log::warn!("simulate: a connection could not be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let shared = shared.clone();
        tokio::spawn(async move {
            let _slot = slot;
            let _ = stream.set_nodelay(true);
            let service = service_fn(|request| handle(&shared, request));
            let served = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .serve_connection(TokioIo::new(stream), service)
                .await;
            if let Err(error) = served {
                log::debug!("simulate: a connection ended: {error}");
            }
        });
    }
}

fn cut() -> io::Error {
    io::Error::other("the connection is cut")
}

async fn handle(shared: &Shared, request: Request<Incoming>) -> io::Result<Response<Body>> {
    if request.uri().path() == "/control" {
        return Ok(control(shared, request).await);
    }
    // Only IPP goes dead when the printer does: somebody must be able to switch it on again.
    if shared.machine().0.wire.offline {
        return Err(cut());
    }
    if request.method() != Method::POST {
        return Ok(plain(StatusCode::METHOD_NOT_ALLOWED, "POST an IPP request here.\n"));
    }
    let mut body = request.into_body();
    let mut reader = HeadReader::new(Limits::SERVER);
    let reading = async {
        while let Some(frame) = body.frame().await {
            let data = frame.map_err(|_| cut())?.into_data().unwrap_or_default();
            match reader.push(data) {
                Ok(Some(done)) => return Ok(Ok(done)),
                Ok(None) => {}
                Err(error) => return Ok(Err((reader.prefix(), error.to_string()))),
            }
        }
        Ok::<_, io::Error>(Err((reader.prefix(), "the request ends early".to_owned())))
    };
    let read = tokio::time::timeout(HEAD, reading).await.map_err(|_| cut())??;
    let (message, first) = match read {
        Ok(read) => read,
        Err((Some(prefix), why)) => {
            return Ok(ipp(&ops::answer(&prefix, status::CLIENT_ERROR_BAD_REQUEST, &why)));
        }
        Err((None, why)) => return Ok(plain(StatusCode::BAD_REQUEST, &why)),
    };
    let code = message.code;
    let outcome = ops::run(shared, ops::Request { message, first, body }).await;
    let slow = shared.machine().0.wire.slow_ms;
    if slow > 0 {
        tokio::time::sleep(Duration::from_millis(slow)).await;
    }
    match outcome {
        Outcome::Cut => Err(cut()),
        Outcome::Answer(answer) => trouble(shared, code, answer),
    }
}

/// Sends the answer, unless the wire has other plans.
fn trouble(shared: &Shared, code: u16, mut answer: Message) -> io::Result<Response<Body>> {
    let wire = &mut shared.machine().0.wire;
    if wire.offline {
        return Err(cut());
    }
    if let Some(wanted) = wire.tear_answer
        && wanted.is_none_or(|o| o == code)
    {
        wire.tear_answer = None;
        return Err(cut());
    }
    if wire.garbage > 0 {
        wire.garbage -= 1;
        let noise: Vec<u8> = (0..400u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        return Ok(typed("application/ipp", Full::new(noise.into()).boxed()));
    }
    // A wrong job-id needs an answer that has one.
    if wire.wrong == Some(Wrong::NoJobId) && answer.group(crate::ipp::codec::group::JOB).is_none() {
        return Ok(ipp(&answer));
    }
    match wire.wrong.take() {
        None => Ok(ipp(&answer)),
        Some(Wrong::RequestId) => {
            answer.request_id = answer.request_id.wrapping_add(1);
            Ok(ipp(&answer))
        }
        Some(Wrong::Status) => {
            answer.code = 0x0999;
            Ok(ipp(&answer))
        }
        Some(Wrong::Empty) => Ok(typed("application/ipp", Full::default().boxed())),
        Some(Wrong::Http500) => Ok(plain(StatusCode::INTERNAL_SERVER_ERROR, "Oops.\n")),
        Some(Wrong::ContentType) => {
            let mut response = ipp(&answer);
            response
                .headers_mut()
                .insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("text/html"));
            Ok(response)
        }
        Some(Wrong::NoJobId) => {
            for group in &mut answer.groups {
                group.attributes.retain(|a| a.name != "job-id");
            }
            Ok(ipp(&answer))
        }
        Some(Wrong::Huge) => Ok(typed("application/ipp", Endless { head: false }.boxed())),
    }
}

/// An answer whose attributes never end.
struct Endless {
    head: bool,
}

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut chunk = Vec::new();
        if !std::mem::replace(&mut self.head, true) {
            chunk.extend([2, 0, 0, 0, 0, 0, 0, 1, 4]);
        }
        for _ in 0..1_000 {
            // A keyword "a" of 60 letters.
            chunk.extend([0x44, 0, 1, b'a', 0, 60]);
            chunk.extend([b'x'; 60]);
        }
        std::task::Poll::Ready(Some(Ok(Frame::data(chunk.into()))))
    }
}

fn ipp(message: &Message) -> Response<Body> {
    let mut bytes = Vec::new();
    match message.encode(&mut bytes) {
        Ok(()) => typed("application/ipp", Full::new(bytes.into()).boxed()),
        Err(error) => plain(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
    }
}

fn typed(kind: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static(kind));
    response
}

fn plain(code: StatusCode, text: &str) -> Response<Body> {
    let mut response = typed(
        "text/plain; charset=utf-8",
        Full::new(Bytes::from(text.to_owned())).boxed(),
    );
    *response.status_mut() = code;
    response
}

/// `GET` tells everything; `POST` takes commands, a line each, all or none.
async fn control(shared: &Shared, request: Request<Incoming>) -> Response<Body> {
    if request.method() == Method::POST {
        let Ok(body) = Limited::new(request.into_body(), CONTROL).collect().await else {
            return plain(StatusCode::PAYLOAD_TOO_LARGE, "That is too much at once.\n");
        };
        let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|l| !l.is_empty() && !l.starts_with('#'));
        let commands: Result<Vec<_>, String> = lines.map(command::parse).collect();
        match commands {
            Ok(commands) => commands.into_iter().for_each(|c| shared.command(c)),
            Err(why) => return plain(StatusCode::BAD_REQUEST, &format!("{why}\n")),
        }
    } else if request.method() != Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "GET tells, POST commands.\n");
    }
    let machine = &shared.machine().0;
    let inks: serde_json::Map<_, _> = super::machine::TANKS
        .iter()
        .zip(machine.levels)
        .map(|((name, _), level)| ((*name).to_owned(), serde_json::json!(level)))
        .collect();
    let jobs: Vec<_> = machine
        .jobs
        .values()
        .map(|j| {
            serde_json::json!({
                "job-id": j.id, "job-name": j.name, "job-state": j.state, "job-state-reasons": j.reason,
                "sheets": j.sheets, "sheets-completed": j.done, "began": j.processing.is_some(),
            })
        })
        .collect();
    let state = serde_json::json!({
        "printer-name": shared.options.name, "printer-state": machine.state(), "printer-state-reasons": machine.stops(),
        "accepting": machine.accepting, "busy": machine.busy, "offline": machine.wire.offline,
        "media": machine.media, "sheets": machine.sheets, "inks": inks, "jobs": jobs,
        "operations": attributes::OPERATIONS.len(),
    });
    typed(
        "application/json",
        Full::new(Bytes::from(format!("{state:#}\n"))).boxed(),
    )
}
