//! The sockets: listening, limits on connections and time.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::exchange::Exchange;
use super::pressure::Activity;

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

async fn connection(
    (stream, peer): (tokio::net::TcpStream, SocketAddr),
    exchange: Exchange,
    wanted: watch::Receiver<usize>,
    mut closing: watch::Receiver<bool>,
) -> Result<(), hyper::Error> {
    let head = exchange.0.settings.head;
    let activity = Activity::new();
    let of_service = activity.clone();
    let service = service_fn(move |request| {
        let (exchange, under_way) = (exchange.clone(), of_service.begin());
        async move {
            let request = request.map(|body: Incoming| body.map_err(Into::into).boxed_unsync());
            let answer = exchange.answer(request, Some(peer.ip())).await;
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
