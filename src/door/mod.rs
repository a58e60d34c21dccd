//! The sockets of the doors: listening, limits on connections and time, TLS. What a request asks for and what is answered
//! is each door's own ([`Handler`]).
//!
//! ```text
//!   socket ─► place (limit) ─► first byte: TLS or plain ─► HTTP/1.1 ─► Handler::answer ─► socket
//! ```

mod body;
mod pressure;

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue, UPGRADE};
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use pressure::Activity;

pub use body::{AnswerBody, Cut, Piece, Pieces};

/// Most bytes of HTTP headers and of the read buffer of one connection.
const HTTP_BUFFER: usize = 64 << 10;
/// The first byte of a TLS connection: a handshake record (RFC 8446, 5.1).
const TLS_HANDSHAKE: u8 = 22;

/// The body of a request, from a socket or from memory.
pub type Body = UnsyncBoxBody<Bytes, Box<dyn std::error::Error + Send + Sync>>;

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Peer {
    /// Where he calls from.
    pub address: Option<IpAddr>,
    /// Whether by TLS.
    pub secure: bool,
    /// Which address and port of this machine he has called.
    pub called: Option<SocketAddr>,
}

/// Answers requests. Clones share all.
pub trait Handler: Clone + Send + Sync + 'static {
    /// Answers one request.
    fn answer(&self, request: hyper::Request<Body>, peer: Peer) -> impl Future<Output = Response<AnswerBody>> + Send;
}

/// Limits of a door's sockets.
#[derive(Clone)]
pub struct Sockets {
    /// Most connections at once; further ones wait to be accepted, and those that rest are closed sooner.
    pub connections: usize,
    /// How long a request's head, and a handshake, may take.
    pub head: Duration,
    /// How TLS is accepted; none: it is not.
    pub tls: Option<tokio_rustls::TlsAcceptor>,
}

/// A door, open.
pub struct Door {
    addresses: Vec<SocketAddr>,
    closing: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Door {
    /// Opens a door on sockets that are bound already.
    pub fn open<H: Handler>(listeners: Vec<TcpListener>, sockets: Sockets, handler: &H) -> Door {
        let places = Places {
            free: Arc::new(Semaphore::new(sockets.connections)),
            wanted: watch::channel(0).0,
        };
        let closing = watch::channel(false).0;
        let mut tasks = JoinSet::new();
        let mut addresses = Vec::new();
        for listener in listeners {
            addresses.extend(listener.local_addr());
            let ready = listener
                .set_nonblocking(true)
                .and_then(|()| tokio::net::TcpListener::from_std(listener));
            match ready {
                Ok(listener) => {
                    let serves = (sockets.clone(), handler.clone());
                    tasks.spawn(accept(listener, serves, places.clone(), closing.subscribe()));
                }
                Err(error) => log::error!("a socket can't be served: {error}"),
            }
        }
        Door {
            addresses,
            closing,
            tasks,
        }
    }

    /// Lets something else run as long as the door is open: it is told when that ends, and has the same grace.
    pub fn beside<F>(&mut self, task: impl FnOnce(watch::Receiver<bool>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task(self.closing.subscribe()));
    }

    /// Where it listens.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Closes: no new connection, requests under way have `grace` to end.
    pub async fn close(mut self, grace: Duration) {
        self.closing.send_replace(true);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(grace, all).await.is_err() {
            log::info!("requests that were still under way were cut off; none of them was acknowledged");
        }
    }
}

/// The places for connections, shared by all listeners.
#[derive(Clone)]
struct Places {
    free: Arc<Semaphore>,
    /// How many listeners wait for one.
    wanted: watch::Sender<usize>,
}

impl Places {
    /// Takes a place, or waits for one and lets the connections know.
    async fn take(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(place) = self.free.clone().try_acquire_owned() {
            return Some(place);
        }
        self.wanted.send_modify(|n| *n += 1);
        let place = self.free.clone().acquire_owned().await;
        self.wanted.send_modify(|n| *n = n.saturating_sub(1));
        // The semaphore is never closed.
        place.ok()
    }
}

async fn accept<H: Handler>(
    listener: tokio::net::TcpListener,
    serves: (Sockets, H),
    places: Places,
    mut closing: watch::Receiver<bool>,
) {
    let mut serving = JoinSet::new();
    loop {
        // Over the limit nothing is accepted: the kernel's backlog holds the rest.
        let place = tokio::select! {
            place = places.take() => place,
            _ = closing.wait_for(|c| *c) => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = closing.wait_for(|c| *c) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                let (serves, wanted, closing) = (serves.clone(), places.wanted.subscribe(), closing.clone());
                serving.spawn(async move {
                    connection((stream, peer), serves, wanted, closing)
                        .await
                        .unwrap_or_else(|e| log::debug!("{peer}: {e}"));
                    drop(place);
                });
            }
            Err(error) => {
                // Out of file descriptors, mostly: wait for some to be closed.
                log::warn!("a connection could not be accepted: {error}");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
        while serving.try_join_next().is_some() {}
    }
    while serving.join_next().await.is_some() {}
}

/// Serves a connection to its end: plain, with TLS from the first byte, or with TLS after an upgrade (RFC 2817).
async fn connection<H: Handler>(
    (stream, peer): (tokio::net::TcpStream, SocketAddr),
    (Sockets { head, tls, .. }, handler): (Sockets, H),
    wanted: watch::Receiver<usize>,
    closing: watch::Receiver<bool>,
) -> Result<(), Broken> {
    let activity = Activity::new();
    let mut served = Served {
        handler,
        head,
        peer,
        called: stream.local_addr().ok(),
        activity: activity.clone(),
        closing: closing.clone(),
        upgrades: None,
    };
    let whole = async {
        let Some(tls) = tls else {
            return served.run(stream, false).await;
        };
        let first = before_requests(&closing, head, first_byte(&stream)).await?;
        if first == Some(TLS_HANDSHAKE) {
            let stream = before_requests(&closing, head, tls.accept(stream)).await?;
            return served.run(stream, true).await;
        }
        let (give, mut upgraded) = mpsc::channel(1);
        served.upgrades = Some(give);
        served.run(stream, false).await?;
        let Ok(upgrade) = upgraded.try_recv() else {
            return Ok(());
        };
        let plain = TokioIo::new(hyper::upgrade::on(upgrade).await?);
        let mut stream = before_requests(&closing, head, tls.accept(plain)).await?;
        // The request that asked for it is answered in TLS (RFC 2817, 3.2).
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await?;
        stream.flush().await?;
        served.run(stream, true).await
    };
    tokio::select! {
        result = whole => result,
        () = activity.squeezed_out(wanted) => Ok(()),
    }
}

/// A step of a connection that has begun no request: it may take so long, and ends when the door closes.
async fn before_requests<T, E>(
    closing: &watch::Receiver<bool>,
    most: Duration,
    step: impl Future<Output = Result<T, E>>,
) -> Result<T, Broken>
where
    Broken: From<E>,
{
    let mut closing = closing.clone();
    tokio::select! {
        done = tokio::time::timeout(most, step) => Ok(done??),
        _ = closing.wait_for(|c| *c) => Err("the door closed before a request came".into()),
    }
}

/// Why a connection ended early; told to the log alone.
type Broken = Box<dyn std::error::Error + Send + Sync>;

/// The first byte that a client sends, left where it is.
async fn first_byte(stream: &tokio::net::TcpStream) -> std::io::Result<Option<u8>> {
    let mut byte = [0];
    Ok((stream.peek(&mut byte).await? > 0).then_some(byte[0]))
}

/// One connection as it is served.
struct Served<H> {
    handler: H,
    head: Duration,
    peer: SocketAddr,
    called: Option<SocketAddr>,
    activity: Activity,
    closing: watch::Receiver<bool>,
    /// Where a request to upgrade goes, on connections that may.
    upgrades: Option<mpsc::Sender<hyper::Request<Incoming>>>,
}

impl<H: Handler> Served<H> {
    async fn run<S>(&mut self, stream: S, secure: bool) -> Result<(), Broken>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (handler, activity, upgrades) = (self.handler.clone(), self.activity.clone(), self.upgrades.take());
        let caller = Peer {
            address: Some(self.peer.ip()),
            secure,
            called: self.called,
        };
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (handler, under_way, upgrades) = (handler.clone(), activity.begin(), upgrades.clone());
            async move {
                if let Some(upgrades) = upgrades
                    && wants_tls(&request)
                {
                    // There is room for one, and one is the last of its connection.
                    let _ = upgrades.try_send(request);
                    return Ok(switching());
                }
                let request = request.map(|body| body.map_err(Into::into).boxed_unsync());
                let answer = handler.answer(request, caller).await;
                drop(under_way);
                Ok::<_, Infallible>(answer)
            }
        });
        let served = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head)
            .max_buf_size(HTTP_BUFFER)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        tokio::pin!(served);
        tokio::select! {
            result = served.as_mut() => return Ok(result?),
            _ = self.closing.wait_for(|c| *c) => served.as_mut().graceful_shutdown(),
        }
        Ok(served.await?)
    }
}

/// Whether a request asks to go on in TLS (RFC 2817, 3; CUPS' clients ask so by OPTIONS).
fn wants_tls(request: &hyper::Request<Incoming>) -> bool {
    let upgrade = request.headers().get(UPGRADE).and_then(|v| v.to_str().ok());
    *request.method() == hyper::Method::OPTIONS
        && upgrade.is_some_and(|v| v.split(',').any(|p| p.trim().to_ascii_uppercase().starts_with("TLS/")))
}

fn switching() -> Response<AnswerBody> {
    let mut response = Response::new(AnswerBody::default());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(UPGRADE, HeaderValue::from_static("TLS/1.2, HTTP/1.1"));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    response
}
