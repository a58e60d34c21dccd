//! The HTTP side: listening, limits on connections and time, one IPP request in and one answer out.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::intake::Intake;
use crate::model::Timestamp;
use crate::queue::Queue;
use crate::store::Store;

use super::authority::Caller;
use super::codec::Message;
use super::pages::plain;
use super::pressure::Activity;
use super::{Settings, Shared, notify, ops, pages, request, respond, validate};

/// Most bytes of HTTP headers and of the read buffer of one connection.
const HTTP_BUFFER: usize = 64 << 10;

/// The IPP door, open.
pub struct Door {
    addresses: Vec<SocketAddr>,
    closing: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Door {
    /// Opens the door on sockets that are bound already.
    pub fn open(
        listeners: Vec<TcpListener>,
        settings: Settings,
        store: Store,
        intake: Intake,
        queue: Arc<Queue>,
    ) -> Door {
        let places = Places {
            free: Arc::new(Semaphore::new(settings.connections)),
            wanted: watch::channel(0).0,
        };
        let shared = Arc::new(Shared {
            settings,
            store,
            intake,
            queue,
            notices: notify::Notices::default(),
            opened: Instant::now(),
            opened_at: Timestamp::now(),
        });
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
                    tasks.spawn(accept(listener, shared.clone(), places.clone(), closing.subscribe()));
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

async fn accept(
    listener: tokio::net::TcpListener,
    shared: Arc<Shared>,
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
                let (shared, wanted, closing) = (shared.clone(), places.wanted.subscribe(), closing.clone());
                serving.spawn(async move {
                    connection((stream, peer), shared, wanted, closing)
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

async fn connection(
    (stream, peer): (tokio::net::TcpStream, SocketAddr),
    shared: Arc<Shared>,
    wanted: watch::Receiver<usize>,
    mut closing: watch::Receiver<bool>,
) -> Result<(), hyper::Error> {
    let head = shared.settings.head;
    let caller = Caller::new(Some(peer.ip()), shared.settings.operators);
    let activity = Activity::new();
    let of_service = activity.clone();
    let service = service_fn(move |request| {
        let (shared, under_way) = (shared.clone(), of_service.begin());
        async move {
            let answer = exchange(&shared, request, caller).await;
            drop(under_way);
            Ok::<_, Infallible>(answer)
        }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_buf_size(HTTP_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(served);
    tokio::select! {
        result = served.as_mut() => return result,
        () = activity.squeezed_out(wanted) => return Ok(()),
        _ = closing.wait_for(|c| *c) => served.as_mut().graceful_shutdown(),
    }
    served.await
}

async fn exchange(shared: &Shared, request: hyper::Request<Incoming>, caller: Caller) -> Response<Full<Bytes>> {
    match *request.method() {
        Method::POST => {}
        // Of HEAD hyper sends the headers alone.
        Method::GET | Method::HEAD => return pages::get(shared, request.uri().path()).await,
        _ => return plain(StatusCode::METHOD_NOT_ALLOWED, "IPP requests are sent by POST.\n"),
    }
    let is_ipp = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|v| {
            v.split(';')
                .next()
                .is_some_and(|mime| mime.trim().eq_ignore_ascii_case("application/ipp"))
        });
    if !is_ipp {
        return plain(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "IPP requests are of the type application/ipp.\n",
        );
    }
    let host = request
        .headers()
        .get(hyper::header::HOST)
        .and_then(|h| h.to_str().ok())
        .filter(|h| h.len() <= 255 && h.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b)))
        .unwrap_or("localhost")
        .to_owned();
    let settings = &shared.settings;
    let (answer, mut data) = match request::read(request.into_body(), settings.head, settings.idle).await {
        Err(bad) => {
            let bad = *bad;
            let Some(prefix) = bad.prefix else {
                return plain(StatusCode::BAD_REQUEST, "This is not an IPP request.\n");
            };
            (respond::respond(&prefix, Err(bad.failure)), bad.data)
        }
        Ok(request::Request { message, mut data }) => {
            let result = match validate::validate(&message) {
                Ok(valid) => ops::run(shared, &message, valid, (&host, caller), &mut data).await,
                Err(failure) => Err(failure),
            };
            if let Err(failure) = &result {
                log::debug!("{}: {}", ops::name(message.code), failure.message);
            }
            (respond::respond(&message, result), data)
        }
    };
    data.drain().await;
    encode(&answer)
}

fn encode(answer: &Message) -> Response<Full<Bytes>> {
    let mut bytes = Vec::with_capacity(1024);
    if let Err(error) = answer.encode(&mut bytes) {
        log::error!("an answer could not be written: {error}");
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "The answer could not be written.\n");
    }
    let mut response = Response::new(Full::new(Bytes::from(bytes)));
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/ipp"));
    response
}
