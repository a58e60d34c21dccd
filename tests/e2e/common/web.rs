//! A browser without a window: HTTPS to the daemon's own port, signed in as its owner.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use serde_json::{Value, json};

use super::daemon::Daemon;
use super::wait_for;

/// Whoever is signed in.
pub struct Owner {
    port: u16,
    cookie: String,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The line of the greeting that begins so.
fn greeted(daemon: &Daemon, begins: &str) -> String {
    wait_for("the greeting", Duration::from_secs(60), || {
        let log = daemon.log();
        let line = log.lines().find(|line| line.trim_start().starts_with(begins))?;
        Some(line.trim().to_owned())
    })
}

fn web_port(daemon: &Daemon) -> u16 {
    let line = greeted(daemon, "web page");
    line.rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap()
}

impl Owner {
    /// Claims a house that belongs to nobody, with the code of its console.
    pub fn claim(daemon: &Daemon) -> Owner {
        let port = web_port(daemon);
        let line = greeted(daemon, "claim it");
        let code = line
            .split("code ")
            .nth(1)
            .unwrap()
            .split(',')
            .next()
            .unwrap()
            .to_owned();
        let claim = json!({"code": code, "name": "ola", "password": "a long enough password"});
        Owner::sign(port, "/api/v1/claim", &claim)
    }

    /// Signs in again, after a restart.
    pub fn sign_in(daemon: &Daemon) -> Owner {
        let who = json!({"name": "ola", "password": "a long enough password"});
        Owner::sign(web_port(daemon), "/api/v1/session", &who)
    }

    fn sign(port: u16, path: &str, json: &Value) -> Owner {
        let mut owner = Owner {
            port,
            cookie: String::new(),
        };
        let answer = owner.send("POST", path, "application/json", json.to_string().as_bytes());
        assert!(answer.status < 300, "{}", answer.text());
        let set = answer
            .head
            .lines()
            .find(|line| line.to_ascii_lowercase().starts_with("set-cookie:"))
            .unwrap();
        owner.cookie = set.split_once(": ").unwrap().1.split(';').next().unwrap().to_owned();
        owner
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "application/json", b"")
    }

    pub fn post(&self, path: &str, json: &Value) -> Answer {
        let body = if json.is_null() {
            String::new()
        } else {
            json.to_string()
        };
        self.send("POST", path, "application/json", body.as_bytes())
    }

    pub fn send(&self, method: &str, path: &str, mime: &str, body: &[u8]) -> Answer {
        self.try_send(method, path, mime, body).unwrap()
    }

    fn try_send(&self, method: &str, path: &str, mime: &str, body: &[u8]) -> io::Result<Answer> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        let provider = platen::crypto::tls_provider();
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anybody))
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
        let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(connection, stream);
        let cookie = if self.cookie.is_empty() {
            String::new()
        } else {
            format!("Cookie: {}\r\nSec-Fetch-Site: same-origin\r\n", self.cookie)
        };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost:{}\r\n{cookie}Content-Type: {mime}\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n",
            self.port,
            body.len()
        )?;
        stream.write_all(body)?;
        let mut bytes = Vec::new();
        // A server that closes without a word of TLS has said all it had to say.
        match stream.read_to_end(&mut bytes) {
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => return Err(error),
            _ => {}
        }
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let body = bytes.split_off(end.ok_or(io::ErrorKind::UnexpectedEof)? + 4);
        let head = String::from_utf8_lossy(&bytes).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        Ok(Answer {
            status: status.ok_or(io::ErrorKind::InvalidData)?,
            head,
            body,
        })
    }
}

/// The certificate is the house's own; that it is the right one is no question here.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        platen::crypto::tls_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
