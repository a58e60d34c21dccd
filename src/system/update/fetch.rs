//! Documents and bundles from the channel, by HTTPS: bounded in time and size.
//!
//! What is fetched is signed and held against its digest; HTTPS keeps others from seeing what is fetched.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::header::{HOST, LOCATION, USER_AGENT};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::tls;

/// How long a connection and the head of an answer may take.
const HEAD: Duration = Duration::from_secs(30);
/// How long no byte may come.
const PAUSE: Duration = Duration::from_secs(60);
/// Files of releases are often kept elsewhere than they are named.
const MOST_REDIRECTS: usize = 5;

/// Whether an address may be fetched from: by HTTPS, or in the open on this machine alone.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check(address: &str) -> Result<Uri, String> {
    let wrong = |why: &str| format!("\"{address}\" can't be fetched: {why}");
    if address.len() > 2_000 {
        return Err("an address has 2000 characters at most".to_owned());
    }
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

/// A document that is on its way.
pub struct Fetched {
    response: Response<Incoming>,
}

impl Fetched {
    /// How long it says that it is.
    pub fn announced(&self) -> Option<u64> {
        use hyper::body::Body as _;
        self.response.body().size_hint().exact()
    }

    /// The next bytes; none at its end.
    ///
    /// # Errors
    /// Why they don't come, in words.
    pub async fn next(&mut self) -> Result<Option<Bytes>, String> {
        loop {
            let frame = tokio::time::timeout(PAUSE, self.response.body_mut().frame()).await;
            match frame.map_err(|_| format!("nothing came for {} s", PAUSE.as_secs()))? {
                None => return Ok(None),
                Some(Err(error)) => return Err(error.to_string()),
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data()
                        && !bytes.is_empty()
                    {
                        return Ok(Some(bytes));
                    }
                }
            }
        }
    }

    /// All of it, of `most` bytes at most.
    ///
    /// # Errors
    /// Why it does not come, in words.
    pub async fn whole(mut self, most: usize) -> Result<Vec<u8>, String> {
        let mut all = Vec::new();
        while let Some(bytes) = self.next().await? {
            if all.len() + bytes.len() > most {
                return Err(format!("it is longer than {most} bytes"));
            }
            all.extend_from_slice(&bytes);
        }
        Ok(all)
    }
}

/// Fetches from an address, and from where that leads.
///
/// # Errors
/// Why there is nothing, in words.
pub async fn get(address: &str) -> Result<Fetched, String> {
    let mut at = address.to_owned();
    for _ in 0..=MOST_REDIRECTS {
        let uri = check(&at)?;
        let asked = tokio::time::timeout(HEAD, ask(&uri)).await;
        let asked = asked.map_err(|_| format!("no answer within {} s", HEAD.as_secs()));
        let response = asked.and_then(|asked| asked).map_err(|why| format!("{at}: {why}"))?;
        match response.status() {
            StatusCode::OK => return Ok(Fetched { response }),
            status if status.is_redirection() => {
                let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
                at = to.ok_or_else(|| format!("{at}: it leads nowhere"))?.to_owned();
            }
            status => return Err(format!("{at}: it answered {status}")),
        }
    }
    Err(format!("{address}: it leads on more than {MOST_REDIRECTS} times"))
}

async fn ask(uri: &Uri) -> Result<Response<Incoming>, String> {
    let is_secure = uri.scheme_str() == Some("https");
    let host = uri.host().unwrap_or("").trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
    let stream = TcpStream::connect((host, port)).await.map_err(|e| e.to_string())?;
    match is_secure {
        true => send(tls::to_the_world(host, stream).await?, uri).await,
        false => send(stream, uri).await,
    }
}

async fn send<S>(stream: S, uri: &Uri) -> Result<Response<Incoming>, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|e| e.to_string())?;
    // It ends with the body.
    tokio::spawn(async move { connection.await.unwrap_or_else(|e| log::debug!("the channel: {e}")) });
    let request = Request::get(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(HOST, uri.authority().map_or("", |authority| authority.as_str()))
        .header(USER_AGENT, concat!("platen/", env!("CARGO_PKG_VERSION")))
        .body(Empty::<Bytes>::new())
        .map_err(|e| e.to_string())?;
    sender.send_request(request).await.map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_fetched_in_the_open_from_elsewhere() {
        assert!(check("https://updates.example/index.json").is_ok());
        assert!(check("http://127.0.0.1:8000/index.json").is_ok());
        for bad in [
            "http://updates.example/index.json",
            "https://anna@updates.example/",
            "http://localhost@updates.example/",
            "http://127.0.0.1.evil.example/",
            "file:///etc/passwd",
            "",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
