//! Sending a document to an address: bounded in time and size, no redirects, to nobody inside the studio unless the owner
//! wants it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::outbox::Tried;
use crate::tls;

/// How long all of it may take.
const TIME: Duration = Duration::from_secs(15);
/// Longest address.
const MOST_URL: usize = 2_000;

/// Which addresses may be sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Addresses {
    /// Those that the whole world can reach, by HTTPS: nobody can have this house talk to others on the LAN for him.
    #[default]
    Public,
    /// Any, in the open, too: what the studio runs on its own network.
    Any,
}

/// Whether an address may be told at all.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check_url(url: &str, allowed: Addresses) -> Result<Uri, String> {
    if url.len() > MOST_URL {
        return Err(format!("an address has {MOST_URL} characters at most"));
    }
    let uri: Uri = url.parse().map_err(|_| format!("\"{url}\" is no address"))?;
    let host = uri.host().unwrap_or("");
    if host.is_empty() || uri.authority().is_some_and(|a| a.as_str().contains('@')) {
        return Err(format!("\"{url}\" must name a host, and no user"));
    }
    check_port(&uri)?;
    match (uri.scheme_str(), allowed) {
        (Some("https"), _) | (Some("http"), Addresses::Any) => {}
        (Some("http"), Addresses::Public) => {
            return Err(format!(
                "\"{url}\" begins with http://, by which anybody on the way could read it: use https://, or let the owner \
                 set private = true in [webhooks]"
            ));
        }
        _ => return Err(format!("\"{url}\" must begin with https://")),
    }
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(address) if allowed == Addresses::Public && !is_public(address) => Err(inside(url)),
        _ => Ok(uri),
    }
}

/// Whether an address names no port, or one that there is: another one would be passed over without a word.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check_port(uri: &Uri) -> Result<(), String> {
    let named = uri.authority().map_or("", |authority| authority.as_str());
    let named = named.strip_prefix(uri.host().unwrap_or("")).unwrap_or("");
    match named.strip_prefix(':') {
        None => Ok(()),
        Some(port) if port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(()),
        Some(port) => Err(format!("\"{port}\" is no port: one is from 1 to 65535")),
    }
}

fn inside(url: &str) -> String {
    format!("\"{url}\" leads into the studio's own network, which its owner must allow by private = true in [webhooks]")
}

/// Whether an address is one of the world's (RFC 6890), and none of this machine, this network, or of many at once.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast()
                || a == 0
                || a >= 240
                // Shared by a provider's customers (RFC 6598); benchmarks (RFC 2544).
                || (a == 100 && (64..128).contains(&b))
                || (a == 198 && (b == 18 || b == 19)))
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            let leads_to_v4 = embedded(v6).is_some_and(|v4| !is_public(v4));
            // Global unicast alone (RFC 4291, 2.4), without what is for documents.
            (first & 0xe000) == 0x2000 && !v6.octets().starts_with(&[0x20, 0x01, 0x0d, 0xb8]) && !leads_to_v4
        }
    }
}

/// The IPv4 address that a 6to4 address leads to (RFC 3056).
fn embedded(v6: Ipv6Addr) -> Option<IpAddr> {
    match v6.octets() {
        [0x20, 0x02, a, b, c, d, ..] => Some(IpAddr::from([a, b, c, d])),
        _ => None,
    }
}

/// Sends a JSON document by POST.
pub async fn post(url: &str, allowed: Addresses, headers: &[(&str, &str)], body: &str) -> Tried {
    let uri = match check_url(url, allowed) {
        Ok(uri) => uri,
        Err(why) => return Tried::Failed(why),
    };
    match tokio::time::timeout(TIME, send(&uri, allowed, headers, body)).await {
        Ok(Ok(status)) => Tried::Answered(status),
        Ok(Err(why)) => Tried::Failed(why),
        Err(_) => Tried::Failed(format!("no answer within {} s", TIME.as_secs())),
    }
}

async fn send(uri: &Uri, allowed: Addresses, headers: &[(&str, &str)], body: &str) -> Result<u16, String> {
    let is_secure = uri.scheme_str() == Some("https");
    let host = uri.host().unwrap_or("").trim_matches(['[', ']']);
    let port = uri.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
    let stream = connect((host, port), allowed).await?;
    if !is_secure {
        return ask(stream, uri, headers, body).await;
    }
    let stream = tls::to_the_world(host, stream).await;
    let stream = stream.map_err(|e| format!("no TLS with {host}: {e}"))?;
    ask(stream, uri, headers, body).await
}

/// Connects to a host by name. What its name leads to is looked at here, because a name can lead elsewhere later.
async fn connect((host, port): (&str, u16), allowed: Addresses) -> Result<TcpStream, String> {
    let found = tokio::net::lookup_host((host, port)).await;
    let found: Vec<SocketAddr> = found.map_err(|e| format!("{host} is not known: {e}"))?.collect();
    let mut last = format!("{host} has no address");
    for address in found {
        if allowed == Addresses::Public && !is_public(address.ip()) {
            last = inside(host);
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = format!("{host} can't be reached: {error}"),
        }
    }
    Err(last)
}

async fn ask<S>(stream: S, uri: &Uri, headers: &[(&str, &str)], body: &str) -> Result<u16, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|e| e.to_string())?;
    // It ends with the sender.
    tokio::spawn(async move { connection.await.unwrap_or_else(|e| log::debug!("a webhook: {e}")) });
    let mut request = Request::post(uri.path_and_query().map_or("/", |path| path.as_str()))
        .header(HOST, uri.authority().map_or("", |authority| authority.as_str()))
        .header(USER_AGENT, concat!("platen/", env!("CARGO_PKG_VERSION")))
        .header(CONTENT_TYPE, "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
        .map_err(|e| e.to_string())?;
    let answer = sender.send_request(request).await.map_err(|e| e.to_string())?;
    // What it says beside its status is read by nobody.
    Ok(answer.status().as_u16())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_worlds_addresses_are_public() {
        for good in ["93.184.216.34", "2606:2800:220:1::1", "2002:5db8:d822::1"] {
            assert!(is_public(good.parse().unwrap()), "{good}");
        }
        for bad in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.9",
            "172.16.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "2002:7f00:1::1",
            "2001:db8::1",
            "64:ff9b::7f00:1",
        ] {
            assert!(!is_public(bad.parse().unwrap()), "{bad}");
        }
    }

    #[test]
    fn addresses_are_checked_before_they_are_kept() {
        assert!(check_url("https://shop.example/hooks?a=1", Addresses::Public).is_ok());
        assert!(check_url("http://192.168.1.9:8000/", Addresses::Any).is_ok());
        assert!(check_url("https://[2606:2800:220:1::1]:8443/", Addresses::Public).is_ok());
        for bad in [
            "http://shop.example/",
            "https://192.168.1.9/",
            "https://[::1]/",
            "https://anna@shop.example/",
            "ftp://shop.example/",
            "https://shop.example:99999/",
            "https://shop.example:0/",
            "/hooks",
            "",
        ] {
            assert!(check_url(bad, Addresses::Public).is_err(), "{bad}");
        }
        assert!(check_url(&format!("https://a/{}", "x".repeat(MOST_URL)), Addresses::Any).is_err());
    }
}
