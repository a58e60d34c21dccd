//! The wire to an IPP printer: one HTTP exchange, bounded in time and size on both sides.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use smol_str::{SmolStr, format_smolstr};
use tokio::net::TcpStream;

use crate::ipp::codec::{HeadReader, Limits, Message};
use crate::model::{Trouble, TroubleClass};
use crate::printers::{Body, Piece};

/// How long a printer may take to accept a connection. A sleeping PRO-1000 wakes within it.
const CONNECT: Duration = Duration::from_secs(10);
/// How long a printer may take to answer a request without a document.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a printer may take no byte of a document, and give no answer to it. Generous: a printer that ran out of
/// paper holds the connection until somebody comes.
const STALL: Duration = Duration::from_secs(15 * 60);

/// Where a printer listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    pub host: SmolStr,
    pub port: u16,
    pub path: SmolStr,
    /// `printer-uri` as it is sent.
    pub uri: SmolStr,
}

impl Endpoint {
    /// Reads `ipp://host[:port]/path`. Says in words what is wrong with another one.
    pub fn parse(uri: &str) -> Result<Self, SmolStr> {
        let wrong = |why: &str| {
            format_smolstr!(
                "\"{uri}\" can't be used as a printer's address ({why}): write ipp://HOST/PATH, for example \
                 ipp://192.168.1.20/ipp/print, or virtual: for one that prints to PNG files"
            )
        };
        let Some(rest) = uri.strip_prefix("ipp://") else {
            return Err(if uri.starts_with("ipps://") {
                wrong("encrypted IPP to printers is not there yet")
            } else {
                wrong("it is no ipp: address")
            });
        };
        if uri.len() > 1_023 || !uri.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(wrong("it is too long or has odd characters"));
        }
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        if authority.contains('@') {
            return Err(wrong("it names a user"));
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| wrong("its port is no number"))?)
            }
            _ => (authority, 631),
        };
        if host.is_empty() {
            return Err(wrong("it names no host"));
        }
        Ok(Endpoint {
            host: SmolStr::new(host),
            port,
            path: SmolStr::new(path),
            uri: SmolStr::new(uri),
        })
    }

    fn authority(&self) -> SmolStr {
        format_smolstr!("{}:{}", self.host, self.port)
    }

    /// A request without a document.
    pub async fn ask(&self, message: &Message) -> Result<Message, Trouble> {
        let body = Full::new(encode(message)?).map_err(never).boxed();
        let exchange = async {
            let (_connection, response) = self.send(body).await?;
            read(response, message.request_id).await
        };
        tokio::time::timeout(ANSWER, exchange)
            .await
            .unwrap_or_else(|_| Err(offline(format_smolstr!("no answer within {} s", ANSWER.as_secs()))))
    }

    /// A request with a document. The answer counts only once the whole document has gone out: an earlier one is
    /// given as it is when it is a refusal, and as a protocol error when it claims success.
    pub async fn submit(&self, message: &Message, document: Body) -> Result<Message, Submission> {
        let flow = Arc::new(Flow::new());
        let body = DocumentBody {
            head: Some(encode(message).map_err(Submission::Wire)?),
            document,
            flow: flow.clone(),
        };
        let exchange = async {
            let (_connection, response) = self.send(body.boxed()).await?;
            read(response, message.request_id).await
        };
        tokio::pin!(exchange);
        let answer = loop {
            tokio::select! {
                answer = &mut exchange => break answer,
                () = tokio::time::sleep(Duration::from_secs(1)) => if flow.idle() > STALL {
                    break Err(offline(format_smolstr!("it took no data for {} minutes", STALL.as_secs() / 60)));
                },
            }
        };
        if let Some(trouble) = flow.failure() {
            return Err(Submission::Document(trouble));
        }
        match answer {
            Ok(message) if message.code < 0x0100 && !flow.ended.load(Ordering::Acquire) => Err(Submission::Short(
                protocol("it said that the job is complete before it had the whole document"),
            )),
            Ok(message) => Ok(message),
            Err(trouble) if !flow.ended.load(Ordering::Acquire) => Err(Submission::Short(trouble)),
            Err(trouble) => Err(Submission::Wire(trouble)),
        }
    }

    async fn send(&self, body: BoxBody<Bytes, std::io::Error>) -> Result<(Connection, Response<Incoming>), Trouble> {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        let stream = match tokio::time::timeout(CONNECT, TcpStream::connect((host, self.port))).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(offline(format_smolstr!("{error}"))),
            Err(_) => return Err(offline(format_smolstr!("no connection within {} s", CONNECT.as_secs()))),
        };
        // Small requests go out at once; a printer that does not know the option is no worse off.
        let _ = stream.set_nodelay(true);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|e| offline(format_smolstr!("{e}")))?;
        let guard = Connection(tokio::spawn(async move {
            if let Err(error) = connection.await {
                log::debug!("a connection to a printer ended: {error}");
            }
        }));
        let request = Request::post(self.path.as_str())
            .header(HOST, self.authority().as_str())
            .header(CONTENT_TYPE, "application/ipp")
            .header(USER_AGENT, concat!("Platen/", env!("CARGO_PKG_VERSION")))
            .body(body)
            .map_err(|e| protocol(&format!("its address makes no request: {e}")))?;
        let response = sender.send_request(request).await.map_err(torn)?;
        Ok((guard, response))
    }
}

/// Why a document was not submitted.
#[derive(Debug)]
pub enum Submission {
    /// The connection or the answer, after the whole document had gone out.
    Wire(Trouble),
    /// The connection or the answer, before that: the printer has a part of the document at most.
    Short(Trouble),
    /// Our own document failed half-way; the printer must not keep what it has.
    Document(Trouble),
}

/// The connection's task, which ends with it.
struct Connection(tokio::task::JoinHandle<()>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn encode(message: &Message) -> Result<Bytes, Trouble> {
    let mut out = Vec::new();
    match message.encode(&mut out) {
        Ok(()) => Ok(out.into()),
        Err(error) => Err(Trouble::new(
            TroubleClass::JobBad,
            format_smolstr!("the job can't be written as IPP: {error}"),
        )),
    }
}

fn never(never: Infallible) -> std::io::Error {
    match never {}
}

fn offline(why: SmolStr) -> Trouble {
    Trouble::new(TroubleClass::Offline, why)
}

fn protocol(why: &str) -> Trouble {
    Trouble::new(
        TroubleClass::Protocol,
        format_smolstr!("it does not answer as IPP asks: {why}"),
    )
}

fn torn(error: hyper::Error) -> Trouble {
    if error.is_parse() {
        protocol(&error.to_string())
    } else {
        offline(format_smolstr!("the connection tore: {error}"))
    }
}

/// Reads an answer, no further than its attributes.
async fn read(response: Response<Incoming>, request_id: i32) -> Result<Message, Trouble> {
    match response.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            return Err(Trouble::new(
                TroubleClass::NotAccepting,
                "it asks for a password, which can't be given yet: allow this server in the printer's settings",
            ));
        }
        StatusCode::UPGRADE_REQUIRED => {
            return Err(Trouble::new(
                TroubleClass::NotAccepting,
                "it takes encrypted connections only, which is not there yet: allow plain IPP in its settings",
            ));
        }
        other => return Err(protocol(&format!("HTTP status {other}"))),
    }
    let kind = response.headers().get(CONTENT_TYPE).map(|v| v.as_bytes());
    if !kind.is_some_and(|k| k.to_ascii_lowercase().starts_with(b"application/ipp")) {
        return Err(protocol("the answer is not of type application/ipp"));
    }
    let mut body = response.into_body();
    let mut reader = HeadReader::new(Limits::CLIENT);
    let reading = async {
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(torn)?.into_data() else {
                continue;
            };
            if let Some((message, _)) = reader.push(data).map_err(|e| protocol(&e.to_string()))? {
                return Ok(message);
            }
        }
        Err(protocol("the answer ends early"))
    };
    let message = tokio::time::timeout(ANSWER, reading)
        .await
        .unwrap_or_else(|_| Err(protocol("the answer does not end")))?;
    if message.request_id != request_id {
        return Err(protocol("the answer is to another request"));
    }
    Ok(message)
}

/// What is known of a document on its way.
struct Flow {
    begun: Instant,
    /// Milliseconds after `begun` at which data last went out.
    moved: AtomicU64,
    ended: AtomicBool,
    failure: Mutex<Option<Trouble>>,
}

impl Flow {
    fn new() -> Self {
        Flow {
            begun: Instant::now(),
            moved: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            failure: Mutex::new(None),
        }
    }

    fn touch(&self) {
        let now = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.moved.store(now, Ordering::Release);
    }

    fn idle(&self) -> Duration {
        let moved = Duration::from_millis(self.moved.load(Ordering::Acquire));
        self.begun.elapsed().saturating_sub(moved)
    }

    fn fail(&self, trouble: Trouble) -> std::io::Error {
        let error = std::io::Error::other(trouble.text.to_string());
        *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
        error
    }

    fn failure(&self) -> Option<Trouble> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The request's attributes, then the document as it is made. Of unknown length, so it goes out chunked; a document
/// that fails leaves the last chunk unsent, and the printer knows that it is not whole.
struct DocumentBody {
    head: Option<Bytes>,
    document: Body,
    flow: Arc<Flow>,
}

impl hyper::body::Body for DocumentBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        if self.flow.ended.load(Ordering::Acquire) {
            return Poll::Ready(None);
        }
        self.flow.touch();
        Poll::Ready(match std::task::ready!(self.document.poll_recv(context)) {
            Some(Ok(Piece::Bytes(bytes))) => Some(Ok(Frame::data(bytes))),
            Some(Ok(Piece::End)) => {
                self.flow.ended.store(true, Ordering::Release);
                None
            }
            Some(Err(trouble)) => Some(Err(self.flow.fail(trouble))),
            None => Some(Err(self.flow.fail(Trouble::new(
                TroubleClass::Render,
                "the page ended half-way; please report it",
            )))),
        })
    }

    // The end comes as a piece of its own, so that a document is never taken for whole because its maker vanished.
    fn is_end_stream(&self) -> bool {
        false
    }
}
