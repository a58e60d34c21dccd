//! One HTTP request in, one answer out.

use std::sync::Arc;

use hyper::body::Body as _;
use hyper::header::{ALLOW, CONNECTION, HeaderMap};
use hyper::{Method, Response, StatusCode};

use super::accounts::secret;
use super::router::Router;
use super::{Api, Caller, Problem, Reply, http, routes};
use crate::door::{AnswerBody, Body, Peer};

/// Most characters of a path in the log.
const SHOWN: usize = 120;

/// A path for the log: without its query, in which people and programs put what is nobody's business.
fn shown(uri: &hyper::Uri) -> String {
    uri.path().chars().take(SHOWN).collect()
}

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
        let (method, path) = (request.method().clone(), shown(request.uri()));
        let result = self.router.run(&self.api, request, caller, peer).await;
        let mut reply = result.unwrap_or_else(|problem| {
            // Where a value is at fault it may be told in the text, and may be a password.
            let what = problem.field.as_ref().unwrap_or(&problem.detail);
            let level = match problem.status.is_server_error() {
                true => log::Level::Warn,
                false => log::Level::Debug,
            };
            let line = format!("{method} {path}: {} {}: {what}", problem.status.as_u16(), problem.code);
            log::log!(level, "{}", secret::masked(&line));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_shows_no_query_and_no_endless_path() {
        let uri = |text: &str| shown(&text.parse().unwrap());
        assert_eq!(uri("/api/v1/jobs?cursor=secret#x"), "/api/v1/jobs");
        assert_eq!(uri("https://localhost:8443/api/v1/me?token=secret"), "/api/v1/me");
        assert_eq!(uri(&format!("/{}", "x".repeat(5_000))).len(), SHOWN);
    }
}
