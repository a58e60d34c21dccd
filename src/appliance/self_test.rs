//! The version that runs looks at itself, from inside and through its own doors.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use smol_str::{SmolStr, format_smolstr};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::crypto::{self, Sha256};
use crate::model::{Access, Destination, Digest, PrinterId, SnmpAccess};
use crate::panel::Remote;
use crate::panel::screens::Screen;
use crate::printers;
use crate::queue::Queue;
use crate::store::{Store, StoreError};
use crate::system::update::ledger::Expected;
use crate::system::update::self_test::{Seen, missing};

/// How long one look may take.
const LOOK: Duration = Duration::from_secs(20);
/// The pause between two looks.
const PAUSE: Duration = Duration::from_secs(2);

/// What there is to look at.
pub(super) struct Parts {
    pub store: Store,
    pub queue: Arc<Queue>,
    /// Where it listens for IPP.
    pub ipp: Vec<SocketAddr>,
    /// Whether whoever asks by IPP must say who he is: then it is only looked whether it answers by HTTP.
    pub ipp_is_closed: bool,
    /// Where it listens for people and programs, and the digest of its certificate.
    pub web: Option<(SocketAddr, Digest)>,
    pub panel: Option<Remote>,
}

/// Looks until nothing is missing, or until the time is over; then says what is missing.
pub(super) async fn pass(parts: &Parts, expected: Option<&Expected>, within: Duration) -> Result<(), Vec<SmolStr>> {
    let deadline = tokio::time::Instant::now() + within;
    loop {
        let missing = missing(&look(parts).await, expected);
        if missing.is_empty() {
            return Ok(());
        }
        if tokio::time::Instant::now() >= deadline {
            return Err(missing);
        }
        log::info!("self-test: not yet: {}", missing.join("; "));
        tokio::time::sleep(PAUSE).await;
    }
}

async fn look(parts: &Parts) -> Seen {
    let queue = async {
        parts.queue.comes_round().await;
        Ok(())
    };
    let (open_jobs, reachable) = house(&parts.store).await.unwrap_or_default();
    Seen {
        database: in_time(async { parts.store.comes_round().await.map_err(|e| format_smolstr!("{e}")) }).await,
        queue: in_time(queue).await,
        open_jobs,
        ipp: in_time(ipp(parts)).await,
        web: match &parts.web {
            Some((address, certificate)) => Some(in_time(web(*address, *certificate)).await),
            None => None,
        },
        reachable,
        panel: parts.panel.as_ref().map(|panel| match panel.snapshot().screen {
            Screen::Starting => Err("it still starts".into()),
            _ => Ok(()),
        }),
    }
}

async fn in_time(look: impl Future<Output = Result<(), SmolStr>>) -> Result<(), SmolStr> {
    let looked = tokio::time::timeout(LOOK, look).await;
    looked.unwrap_or_else(|_| Err(format_smolstr!("nothing within {} s", LOOK.as_secs())))
}

async fn house(store: &Store) -> Result<(u64, Vec<PrinterId>), StoreError> {
    let open = store.queued_count(Destination::Pool).await?;
    let house = store.house().await?;
    let answering = house
        .printers
        .iter()
        .filter(|printer| printer.status.as_ref().is_some_and(|status| status.reachable));
    Ok((open.into(), answering.map(|printer| printer.id.clone()).collect()))
}

/// An address of this machine on which a socket that listens there is reached from it.
fn here(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// As a client would ask: Get-Printer-Attributes of the pool.
async fn ipp(parts: &Parts) -> Result<(), SmolStr> {
    let address = parts.ipp.first().copied().map(here).ok_or("it listens nowhere")?;
    if parts.ipp_is_closed {
        let stream = TcpStream::connect(address).await.map_err(|e| format_smolstr!("{e}"))?;
        return get(stream, "/").await;
    }
    let uri = format!("ipp://{address}/ipp/print");
    let id = PrinterId::new("self-test").map_err(|e| format_smolstr!("{e}"))?;
    let access = Access {
        snmp: SnmpAccess {
            on: false,
            ..SnmpAccess::default()
        },
        ..Access::default()
    };
    let driver = printers::driver_for(&id, "self-test", &uri, std::path::Path::new("/"), 0.0, &access);
    let driver = driver.map_err(|trouble| trouble.text)?;
    driver.status().await.map(drop).map_err(|trouble| trouble.text)
}

/// A page, by HTTPS, of the house's own certificate.
async fn web(address: SocketAddr, certificate: Digest) -> Result<(), SmolStr> {
    let words = |error: &dyn std::fmt::Display| format_smolstr!("{error}");
    let stream = TcpStream::connect(here(address)).await.map_err(|e| words(&e))?;
    let config = rustls::ClientConfig::builder_with_provider(crypto::tls_provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| words(&e))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Own(certificate)))
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").map_err(|e| words(&e))?;
    let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await.map_err(|e| words(&e))?;
    get(stream, "/sign-in").await
}

/// Asks for a page; any answer that is no fault of the server's is one.
async fn get<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, path: &str) -> Result<(), SmolStr> {
    let words = |error: std::io::Error| format_smolstr!("{error}");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(words)?;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.map_err(words)?;
    let head = String::from_utf8_lossy(&head);
    let status = head
        .strip_prefix("HTTP/1.1 ")
        .and_then(|status| status.parse::<u16>().ok());
    match status {
        Some(200..=499) => Ok(()),
        Some(status) => Err(format_smolstr!("it answered {status}")),
        None => Err("what answers speaks no HTTP".into()),
    }
}

/// The house's own certificate and no other, whatever the clock says.
#[derive(Debug)]
struct Own(Digest);

impl ServerCertVerifier for Own {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        match Sha256::of(shown) == self.0 {
            true => Ok(ServerCertVerified::assertion()),
            false => Err(rustls::Error::General(
                "another certificate is shown than the house has".to_owned(),
            )),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = crypto::tls_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = crypto::tls_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        crypto::tls_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
