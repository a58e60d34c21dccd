//! From method and path to the route.

use std::future::Future;
use std::pin::Pin;

use hyper::header::HOST;
use hyper::{Method, StatusCode};
use smol_str::{SmolStr, format_smolstr};

use super::{Api, Call, Caller, Problem, Reply};
use crate::door::{Body, Peer};

/// Most characters of a path that are told back.
const SHOWN: usize = 120;

/// What a route does, in a box, because it waits.
pub type Doing = Pin<Box<dyn Future<Output = Result<Reply, Problem>> + Send>>;

/// One method of one path.
#[derive(Clone, Copy)]
pub struct Route {
    /// GET, POST …
    pub method: &'static str,
    /// With the names of its parts in braces, as the OpenAPI document has it: `/api/v1/jobs/{job}`.
    pub path: &'static str,
    /// Whether it is for whoever comes, too.
    pub is_open: bool,
    /// What it does.
    pub run: fn(Api, Call) -> Doing,
}

/// Makes a [`Route`] of an async function: `route!("GET", "/api/v1/jobs", jobs::list)`.
#[macro_export]
macro_rules! route {
    ($method:literal, $path:literal, $run:path) => {
        $crate::api::router::Route {
            method: $method,
            path: $path,
            is_open: false,
            run: |api, call| Box::pin($run(api, call)),
        }
    };
    ($method:literal, $path:literal, $run:path, open) => {
        $crate::api::router::Route {
            is_open: true,
            ..route!($method, $path, $run)
        }
    };
}

/// All routes by path.
pub struct Router {
    paths: matchit::Router<Vec<Route>>,
}

impl Router {
    /// Puts them together.
    ///
    /// # Errors
    /// What is wrong with a path; they are ours.
    pub fn new(routes: impl IntoIterator<Item = Route>) -> Result<Router, matchit::InsertError> {
        let mut paths: Vec<(&str, Vec<Route>)> = Vec::new();
        for route in routes {
            match paths.iter_mut().find(|(path, _)| *path == route.path) {
                Some((_, routes)) => routes.push(route),
                None => paths.push((route.path, vec![route])),
            }
        }
        let mut router = matchit::Router::new();
        for (path, routes) in paths {
            router.insert(path, routes)?;
        }
        Ok(Router { paths: router })
    }

    /// The route of a request, and the parts of its path that have names. `HEAD` goes where `GET` does.
    ///
    /// # Errors
    /// 404 where there is no such path, 405 where it has no such method.
    pub fn find(&self, method: &Method, path: &str) -> Result<(Route, Vec<(SmolStr, SmolStr)>), Problem> {
        let shown = || path.chars().take(SHOWN).collect::<String>();
        let found = self.paths.at(path).map_err(|_| {
            let what = format_args!("\"{}\" here: look at /api/v1/openapi.json", shown()).to_string();
            Problem::not_found("no-such-path", what)
        })?;
        let wanted = if method == Method::HEAD { "GET" } else { method.as_str() };
        let route = found.value.iter().find(|route| route.method == wanted).ok_or_else(|| {
            let known: Vec<&str> = found.value.iter().map(|route| route.method).collect();
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                format_smolstr!("{} takes {}", shown(), known.join(", ")),
            )
        })?;
        let named = found
            .params
            .iter()
            .map(|(name, value)| (name.into(), unescaped(value)))
            .collect();
        Ok((*route, named))
    }

    /// Runs the route of a request of a caller, where it is known who he is.
    ///
    /// # Errors
    /// What is wrong with the request, 401 where it is not known who asks, or what the route says.
    pub async fn run(
        &self,
        api: &Api,
        request: hyper::Request<Body>,
        caller: Result<Option<Caller>, Problem>,
        peer: Peer,
    ) -> Result<Reply, Problem> {
        // Who takes the first and who the last would not agree (RFC 9112, 3.2).
        if request.headers().get_all(HOST).iter().count() != 1 {
            let text = "a request names one Host";
            return Err(Problem::new(StatusCode::BAD_REQUEST, "bad-host", text));
        }
        let (route, named) = self.find(request.method(), request.uri().path())?;
        let caller = match caller {
            Ok(Some(caller)) => caller,
            // Somebody whose token has ended is nobody to what is open to all.
            Ok(None) | Err(_) if route.is_open => Caller::nobody(),
            Ok(None) => return Err(Problem::unknown_caller()),
            Err(problem) => return Err(problem),
        };
        let mut call = Call::new(caller, request.into_parts(), peer, api.settings.idle);
        call.named = named;
        (route.run)(api.clone(), call).await
    }
}

/// A part of a path without its percent signs; what they make no text of stays as it is.
fn unescaped(text: &str) -> SmolStr {
    if !text.contains('%') {
        return text.into();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match more {
            &[high, low, ref more @ ..] if first == b'%' && digit(high).is_some() && digit(low).is_some() => {
                bytes.push(digit(high).unwrap_or(0) * 16 + digit(low).unwrap_or(0));
                rest = more;
            }
            _ => {
                bytes.push(first);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).map_or_else(|_| text.into(), SmolStr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_path_lose_their_percent_signs() {
        assert_eq!(unescaped("photo-rag"), "photo-rag");
        assert_eq!(unescaped("a%20b%C3%BC"), "a bü");
        assert_eq!(unescaped("100%"), "100%");
        assert_eq!(unescaped("%+1"), "%+1");
        assert_eq!(unescaped("%ff"), "%ff");
    }
}
