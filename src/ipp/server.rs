//! The sockets: listening, limits on connections and time.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
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

use super::announce;
use super::body::AnswerBody;
use super::exchange::{Exchange, Peer};
use super::pressure::Activity;

/// Most bytes of HTTP headers and of the read buffer of one connection.
const HTTP_BUFFER: usize = 64 << 10;
/// The first byte of a TLS connection: a handshake record (RFC 8446, 5.1).
const TLS_HANDSHAKE: u8 = 22;

/// The IPP door, open.
pub struct Door {
    addresses: Vec<SocketAddr>,
    closing: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Door {
    /// Opens the door on sockets that are bound already.
    pub fn open(listeners: Vec<TcpListener>, exchange: Exchange) -> Door {
        let places = Places {
            free: Arc::new(Semaphore::new(exchange.0.settings.connections)),
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
                    tasks.spawn(accept(listener, exchange.clone(), places.clone(), closing.subscribe()));
                }
                Err(error) => log::error!("a socket can't be served: {error}"),
            }
        }
        if exchange.0.settings.announce {
            match reachable(&addresses) {
                Some((port, ipv6)) => {
                    tasks.spawn(announce::run(exchange.0.clone(), port, ipv6, closing.subscribe()));
                }
                None => log::info!("only this machine can print here: nothing is announced on the LAN"),
            }
        }
        Door {
            addresses,
            closing,
            tasks,
        }
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

/// The port at which others reach the house, and whether by IPv6 too; none when it listens to itself alone.
fn reachable(addresses: &[SocketAddr]) -> Option<(u16, bool)> {
    let mut open = addresses.iter().filter(|a| !a.ip().is_loopback());
    let first = open.next()?;
    let ipv6 = first.is_ipv6() || open.any(SocketAddr::is_ipv6);
    Some((first.port(), ipv6))
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

async fn accept(
    listener: tokio::net::TcpListener,
    exchange: Exchange,
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
                let (exchange, wanted, closing) = (exchange.clone(), places.wanted.subscribe(), closing.clone());
                serving.spawn(async move {
                    connection((stream, peer), exchange, wanted, closing)
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
async fn connection(
    (stream, peer): (tokio::net::TcpStream, SocketAddr),
    exchange: Exchange,
    wanted: watch::Receiver<usize>,
    closing: watch::Receiver<bool>,
) -> Result<(), Broken> {
    let head = exchange.0.settings.head;
    let tls = exchange.0.settings.tls.clone();
    let activity = Activity::new();
    let mut served = Served {
        exchange,
        peer,
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
struct Served {
    exchange: Exchange,
    peer: SocketAddr,
    activity: Activity,
    closing: watch::Receiver<bool>,
    /// Where a request to upgrade goes, on connections that may.
    upgrades: Option<mpsc::Sender<hyper::Request<Incoming>>>,
}

impl Served {
    async fn run<S>(&mut self, stream: S, secure: bool) -> Result<(), Broken>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (exchange, activity, upgrades) = (self.exchange.clone(), self.activity.clone(), self.upgrades.take());
        let caller = Peer {
            address: Some(self.peer.ip()),
            secure,
        };
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let (exchange, under_way, upgrades) = (exchange.clone(), activity.begin(), upgrades.clone());
            async move {
                if let Some(upgrades) = upgrades
                    && wants_tls(&request)
                {
                    // There is room for one, and one is the last of its connection.
                    let _ = upgrades.try_send(request);
                    return Ok(switching());
                }
                let request = request.map(|body| body.map_err(Into::into).boxed_unsync());
                let answer = exchange.answer(request, caller).await;
                drop(under_way);
                Ok::<_, Infallible>(answer)
            }
        });
        let served = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.exchange.0.settings.head)
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
