//! One HTTP request in, one answer out.

use std::sync::Arc;

use hyper::body::Body as _;
use hyper::header::{ALLOW, CONNECTION, HeaderMap};
use hyper::{Method, Response, StatusCode};

use super::router::Router;
use super::{Api, Caller, Problem, Reply, http, routes};
use crate::door::{AnswerBody, Body, Peer};

/// Answers the requests that [`Exchange::is_for`]. Clones share all.
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

    /// Who sends a request.
    ///
    /// # Errors
    /// As [`Api::identify`] has them.
    pub async fn identify(&self, headers: &HeaderMap, method: &Method, peer: Peer) -> Result<Option<Caller>, Problem> {
        self.api.identify(headers, method, peer).await
    }

    /// Whether a path is one of programs: all others are people's.
    pub fn is_for(path: &str) -> bool {
        // What a person says about a program is asked on a page.
        let is_page = path == "/oauth/authorize";
        !is_page
            && ["/api/", "/oauth/", "/.well-known/"]
                .iter()
                .any(|root| path.starts_with(root))
    }

    /// Answers one request of a caller, where it is known who he is.
    pub async fn answer(
        &self,
        request: hyper::Request<Body>,
        caller: Result<Option<Caller>, Problem>,
        peer: Peer,
    ) -> Response<AnswerBody> {
        let has_body = !request.body().is_end_stream();
        let result = self.router.run(&self.api, request, caller, peer).await;
        let mut reply = result.unwrap_or_else(|problem| {
            // Where a value is at fault it may be told in the text, and may be a password.
            let what = problem.field.as_ref().unwrap_or(&problem.detail);
            log::debug!("{} {}: {what}", problem.status, problem.code);
            let mut reply = Reply::problem(&problem);
            // What of the body was not read stands in the way of the next request.
            if has_body {
                reply.set(CONNECTION, "close");
            }
            if problem.status == StatusCode::METHOD_NOT_ALLOWED {
                let (_, methods) = problem.detail.rsplit_once(" takes ").unwrap_or_default();
                reply.set(ALLOW, methods);
            }
            reply
        });
        http::secure(reply.0.headers_mut());
        reply.0
    }
}
