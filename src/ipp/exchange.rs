//! One HTTP request in, one answer out: the whole way of a request but for its socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};

use crate::door::{AnswerBody, Body, Door, Handler, Peer};
use crate::intake::Intake;
use crate::model::Timestamp;
use crate::queue::Queue;
use crate::store::Store;

use super::authority::{self, Caller};
use super::codec::{Limits, group};
use super::pages::plain;
use super::{Settings, Shared, announce, authentication, kept, notify, ops, pages, request, respond, validate};

/// Answers requests. Clones share all.
#[derive(Clone)]
pub struct Exchange(pub(super) Arc<Shared>);

impl Exchange {
    /// Over the rooms that do the work.
    pub fn new(settings: Settings, store: Store, intake: Intake, queue: Arc<Queue>) -> Self {
        Exchange(Arc::new(Shared {
            settings,
            store,
            intake,
            queue,
            notices: notify::Notices::default(),
            kept: kept::KeptAnswers::default(),
            opened: Instant::now(),
            opened_at: Timestamp::now(),
        }))
    }

    /// Announces the printers on the LAN, as long as the door is open and where others reach it.
    pub fn announce(&self, door: &mut Door) {
        if !self.0.settings.announce {
            return;
        }
        match reachable(door.addresses()) {
            Some((port, ipv6)) => door.beside(|closing| announce::run(self.0.clone(), port, ipv6, closing)),
            None => log::info!("only this machine can print here: nothing is announced on the LAN"),
        }
    }
}

impl Handler for Exchange {
    async fn answer(&self, request: hyper::Request<Body>, peer: Peer) -> Response<AnswerBody> {
        // Browsers tell on whose behalf they ask, IPP clients never do: no page may print here, or pause a printer.
        if request.method() == Method::POST && request.headers().contains_key(hyper::header::ORIGIN) {
            return plain(StatusCode::FORBIDDEN, "Web pages can't print by IPP.\n");
        }
        // Who takes the first and who the last would not agree (RFC 9112, 3.2).
        if request.headers().get_all(hyper::header::HOST).iter().count() > 1 {
            return plain(StatusCode::BAD_REQUEST, "There is more than one Host.\n");
        }
        let host = request.headers().get(hyper::header::HOST).and_then(|h| h.to_str().ok());
        let own = host.is_some_and(authority::is_own_host);
        let address = peer.address.filter(|_| own);
        let caller = Caller::new(address, peer.secure, *self.0.settings.operators.borrow());
        answer(&self.0, request, (caller, peer)).await
    }
}

async fn answer(
    shared: &Shared,
    request: hyper::Request<Body>,
    (caller, peer): (Caller, Peer),
) -> Response<AnswerBody> {
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
    let limits = Limits {
        head_bytes: settings.attribute_bytes,
        ..Limits::SERVER
    };
    let since = tokio::time::Instant::now();
    let (parts, body) = request.into_parts();
    let mut data = request::Data::new(body, settings.idle);
    let question = data.short(kept::QUESTION_BYTES, since + settings.head).await;
    let circumstances = kept::Circumstances::now(shared, &host, caller.secure);
    if let Some(question) = &question
        && let Some(known) = shared.kept.find(question, &circumstances)
    {
        return ipp(known);
    }
    let mut listing = None;
    let (answer, mut data) = match request::read(data, limits, since, settings.head).await {
        Err(bad) => {
            let bad = *bad;
            let Some(prefix) = bad.prefix else {
                return plain(StatusCode::BAD_REQUEST, "This is not an IPP request.\n");
            };
            (respond::respond(&prefix, Err(bad.failure)), bad.data)
        }
        Ok(request::Request { message, mut data }) => {
            let user = match &settings.authenticator {
                Some(authenticator) if !ops::is_open_to_all(message.code) => {
                    match authentication::user(authenticator.as_ref(), &parts.headers, peer).await {
                        Ok(user) => Some(user),
                        Err(answer) => {
                            data.drain().await;
                            return answer;
                        }
                    }
                }
                _ => None,
            };
            let mut result = match validate::validate(&message) {
                Ok(mut valid) => {
                    // The most authenticated name counts (RFC 8011, 9.3).
                    valid.user = user.unwrap_or(valid.user);
                    ops::run(shared, &message, valid, (&host, caller), &mut data).await
                }
                Err(failure) => Err(failure),
            };
            if let Err(failure) = &result {
                log::debug!("{}: {}", ops::name(message.code), failure.message);
            }
            listing = result.as_mut().ok().and_then(|answer| answer.listing.take());
            (respond::respond(&message, result), data)
        }
    };
    data.drain().await;
    let mut bytes = Vec::with_capacity(1024);
    if let Err(error) = answer.encode_open(&mut bytes) {
        log::error!("an answer could not be written: {error}");
        return plain(StatusCode::INTERNAL_SERVER_ERROR, "The answer could not be written.\n");
    }
    if let Some(listing) = listing {
        return typed(listing.answer(bytes, settings.idle));
    }
    bytes.push(group::END);
    let bytes = Bytes::from(bytes);
    if let Some(question) = question.filter(|_| answer.code < 0x100) {
        shared.kept.keep(question, circumstances, bytes.clone());
    }
    ipp(bytes)
}

/// An answer in IPP.
fn ipp(bytes: Bytes) -> Response<AnswerBody> {
    typed(AnswerBody::whole(bytes))
}

fn typed(body: AnswerBody) -> Response<AnswerBody> {
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/ipp"));
    response
}

/// The port at which others reach the house, and whether by IPv6 too; none when it listens to itself alone.
fn reachable(addresses: &[SocketAddr]) -> Option<(u16, bool)> {
    let mut open = addresses.iter().filter(|a| !a.ip().is_loopback());
    let first = open.next()?;
    let ipv6 = first.is_ipv6() || open.any(SocketAddr::is_ipv6);
    Some((first.port(), ipv6))
}
