//! A small document of the outside issuer by HTTPS: bounded in time and size, no redirects.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::header::{ACCEPT, HOST, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::tls;

/// How long all of it may take.
const TIME: Duration = Duration::from_secs(10);
/// Most bytes of a document.
const BYTES: usize = 256 << 10;

/// Whether an address may be asked: by HTTPS, or in the open on this machine alone.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check(address: &str) -> Result<Uri, String> {
    let wrong = |why: &str| format!("\"{address}\" can't be asked for keys: {why}");
    let uri: Uri = address.parse().map_err(|_| wrong("it is no address"))?;
    let host = uri.host().unwrap_or("");
    let is_here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    match uri.scheme_str() {
        _ if host.is_empty() => Err(wrong("it names no host")),
        _ if uri.authority().is_some_and(|a| a.as_str().contains('@')) => Err(wrong("it names a user")),
        Some("https") => Ok(uri),
        Some("http") if is_here => Ok(uri),
        _ => Err(wrong("it must begin with https://")),
    }
}

/// Fetches a document.
///
/// # Errors
/// Why there is none, in words.
pub async fn get(address: &str) -> Result<Bytes, String> {
    let uri = check(address)?;
    let fetched = tokio::time::timeout(TIME, fetch(&uri)).await;
    let fetched = fetched.map_err(|_| format!("no answer within {} s", TIME.as_secs()))?;
    fetched.map_err(|why| format!("{address}: {why}"))
}

async fn fetch(uri: &Uri) -> Result<Bytes, String> {
    let is_secure = uri.scheme_str() == Some("https");
    let host = uri.host().unwrap_or("").trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
    let stream = TcpStream::connect((host, port)).await.map_err(|e| e.to_string())?;
    if !is_secure {
        return ask(stream, uri).await;
    }
    ask(tls::to_the_world(host, stream).await?, uri).await
}

async fn ask<S>(stream: S, uri: &Uri) -> Result<Bytes, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|e| e.to_string())?;
    // It ends with the sender.
    tokio::spawn(async move { connection.await.unwrap_or_else(|e| log::debug!("an issuer: {e}")) });
    let request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(HOST, uri.authority().map_or("", |authority| authority.as_str()))
        .header(USER_AGENT, concat!("platen/", env!("CARGO_PKG_VERSION")))
        .header(ACCEPT, "application/json")
        .body(Empty::<Bytes>::new())
        .map_err(|e| e.to_string())?;
    let answer = sender.send_request(request).await.map_err(|e| e.to_string())?;
    if answer.status() != StatusCode::OK {
        return Err(format!("it answered {}", answer.status()));
    }
    let body = Limited::new(answer.into_body(), BYTES).collect().await;
    body.map(|body| body.to_bytes()).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_not_fetched_in_the_open_from_elsewhere() {
        assert!(check("https://id.example/keys").is_ok());
        assert!(check("http://127.0.0.1:8000/keys").is_ok());
        assert!(check("http://[::1]:8000/keys").is_ok());
        for bad in [
            "http://id.example/keys",
            "http://127.0.0.1.evil.example/",
            "https://anna@id.example/",
            "http://localhost@id.example/",
            "file:///etc/passwd",
            "/keys",
            "",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
