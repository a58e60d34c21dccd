//! One request for a page in, one page out. Whoever must sign in first is sent there, and comes back.

use std::sync::Arc;

use hyper::{Method, Response, StatusCode};

use super::{frame, routes};
use crate::api::router::Router;
use crate::api::{Api, Caller, Problem, Reply, http};
use crate::door::{AnswerBody, Body, Peer};

/// Answers requests for pages. Clones share all.
#[derive(Clone)]
pub struct Exchange {
    api: Api,
    router: Arc<Router>,
}

impl Exchange {
    /// Over the operations.
    ///
    /// # Errors
    /// What is wrong with our own paths.
    pub fn new(api: Api) -> Result<Exchange, String> {
        let router = Router::new(routes::all()).map_err(|error| error.to_string())?;
        Ok(Exchange {
            api,
            router: Arc::new(router),
        })
    }

    /// Answers one request of a caller, where it is known who he is.
    pub async fn answer(
        &self,
        request: hyper::Request<Body>,
        caller: Result<Option<Caller>, Problem>,
        peer: Peer,
    ) -> Response<AnswerBody> {
        let wanted = request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned();
        let is_get = request.method() == Method::GET || request.method() == Method::HEAD;
        // A part of a page that is fetched anew has nobody who could be sent elsewhere.
        let is_part = request.headers().contains_key("x-part");
        let is_sent = request.uri().path() == "/oauth/authorize"
            && request
                .headers()
                .get("sec-fetch-site")
                .is_some_and(|site| site == "cross-site");
        let known = caller.as_ref().ok().cloned().flatten();
        let mut reply = match self.router.run(&self.api, request, caller, peer).await {
            Ok(reply) => reply,
            // Whom another site has sent here comes without his cookie (SameSite=Strict); from our own page he has it.
            Err(problem) if problem.status == StatusCode::UNAUTHORIZED && is_get && is_sent => {
                frame::once_more().unwrap_or_else(|problem| Reply::problem(&problem))
            }
            Err(problem) if problem.status == StatusCode::UNAUTHORIZED && is_get && !is_part => {
                return http::see(StatusCode::SEE_OTHER, &sign_in(&wanted));
            }
            Err(problem) => frame::error(&self.api, &problem, known.as_ref()),
        };
        http::secure(reply.0.headers_mut());
        reply.0
    }
}

/// The page to sign in, from where it goes on to the one that was wanted.
fn sign_in(wanted: &str) -> String {
    if wanted == "/" {
        return "/sign-in".to_owned();
    }
    let escaped: String = wanted
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("/sign-in?next={escaped}")
}
