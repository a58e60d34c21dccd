//! The door for people and programs: which of its two rooms answers, once it is known who asks.

use hyper::{Response, StatusCode};

use crate::api::{self, http};
use crate::door::{AnswerBody, Body, Handler, Peer};
use crate::web;

/// Answers what comes by HTTPS.
#[derive(Clone)]
pub(super) struct Front {
    pub api: api::Exchange,
    pub web: web::Exchange,
}

impl Handler for Front {
    async fn answer(&self, request: hyper::Request<Body>, peer: Peer) -> Response<AnswerBody> {
        if !peer.secure {
            return Redirect { port: None }.answer(request, peer).await;
        }
        let caller = self.api.identify(request.headers(), request.method(), peer).await;
        match api::Exchange::is_for(request.uri().path()) {
            true => self.api.answer(request, caller, peer).await,
            false => self.web.answer(request, caller, peer).await,
        }
    }
}

/// Sends whoever comes in the open on to HTTPS.
#[derive(Clone)]
pub(super) struct Redirect {
    /// Port of HTTPS; none: the one that was called.
    pub port: Option<u16>,
}

impl Handler for Redirect {
    async fn answer(&self, request: hyper::Request<Body>, _: Peer) -> Response<AnswerBody> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        match (http::host(request.headers()), self.port) {
            (Some(host), None) => http::see(StatusCode::PERMANENT_REDIRECT, &format!("https://{host}{path}")),
            (Some(host), Some(443)) => {
                let host = http::without_port(host);
                http::see(StatusCode::PERMANENT_REDIRECT, &format!("https://{host}{path}"))
            }
            (Some(host), Some(port)) => {
                let host = http::without_port(host);
                http::see(StatusCode::PERMANENT_REDIRECT, &format!("https://{host}:{port}{path}"))
            }
            (None, _) => http::see(StatusCode::BAD_REQUEST, "/"),
        }
    }
}
