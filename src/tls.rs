//! The house's own TLS identity: a key that stays, and a certificate that is renewed before it ends.
//!
//! Clients on the LAN trust what they have seen first, so the key is made once and kept; the certificate is made anew
//! for the same key when it nears its end, when the host's name changes, or when the clock has been put right (a
//! Raspberry Pi starts with none). Connections under way keep what they began with.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose, SanType};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};

use crate::crypto;
use crate::model::{Digest, Timestamp};

/// Days that a certificate is good for. Browsers and Apple's systems take no more than 398 of a server.
const DAYS: i64 = 397;
/// A certificate with fewer days left is renewed.
const DAYS_LEFT: i64 = 60;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Why there is no identity.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The file can't be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What is in it is no identity.
    #[error("{path} is damaged ({what}): move it away, and a new key is made; clients must then trust it anew")]
    Damaged {
        /// Which.
        path: PathBuf,
        /// How.
        what: String,
    },
    /// A certificate can't be made.
    #[error("a certificate could not be made: {0}")]
    Make(String),
}

/// What is kept on the disk, readable by the daemon alone.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// PKCS #8, PEM.
    key: String,
    /// The certificate, PEM.
    certificate: String,
    /// Names that it is for.
    names: Vec<String>,
    /// Since when it is good.
    not_before: Timestamp,
    /// Until when.
    not_after: Timestamp,
}

/// The certificate, which everybody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Names that it is for.
    pub names: Vec<String>,
    /// Since when it is good.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
    /// SHA-256 of its DER, by which people compare it.
    pub sha256: Digest,
    /// Itself, PEM.
    pub pem: String,
}

/// The identity; shared by every acceptor.
#[derive(Debug)]
pub struct Identity {
    path: PathBuf,
    now: RwLock<(Arc<CertifiedKey>, Certificate)>,
}

impl Identity {
    /// Reads the identity of the state folder, or makes one, and renews its certificate where that is due. Blocking.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn open(folder: &Path, now: Timestamp) -> Result<Identity, TlsError> {
        let path = folder.join("tls.json");
        let kept = current(&path, now)?;
        Ok(Identity {
            now: RwLock::new(certified(kept, &path)?),
            path,
        })
    }

    /// Renews the certificate where that is due; to be called once a day. Blocking.
    ///
    /// # Errors
    /// [`TlsError`]; the certificate in use stays.
    pub fn renew(&self, now: Timestamp) -> Result<(), TlsError> {
        let kept = current(&self.path, now)?;
        let fresh = certified(kept, &self.path)?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// The certificate of now.
    pub fn certificate(&self) -> Certificate {
        self.now.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// What a server accepts TLS by: versions 1.2 and 1.3, HTTP/1.1.
    ///
    /// # Errors
    /// [`TlsError::Make`] when the provider has no such versions.
    pub fn acceptor(self: &Arc<Self>) -> Result<tokio_rustls::TlsAcceptor, TlsError> {
        let wrong = |e: rustls::Error| TlsError::Make(e.to_string());
        let mut config = rustls::ServerConfig::builder_with_provider(crypto::tls_provider())
            .with_safe_default_protocol_versions()
            .map_err(wrong)?
            .with_no_client_auth()
            .with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(tokio_rustls::TlsAcceptor::from(Arc::new(config)))
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now.read().unwrap_or_else(PoisonError::into_inner).0.clone())
    }
}

/// Goes on in TLS with a host that somebody has vouched for whom the world trusts.
///
/// # Errors
/// Why that can't be, in words.
pub async fn to_the_world(
    host: &str,
    stream: tokio::net::TcpStream,
) -> Result<tokio_rustls::client::TlsStream<tokio::net::TcpStream>, String> {
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let config = rustls::ClientConfig::builder_with_provider(crypto::tls_provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from(host.to_owned()).map_err(|e| e.to_string())?;
    let stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream);
    stream.await.map_err(|e| e.to_string())
}

/// The names of this host: its own, the same in `.local`, and this machine to itself.
fn names() -> Vec<String> {
    let system = rustix::system::uname();
    let full = system.nodename().to_string_lossy().into_owned();
    let short = full.split('.').next().unwrap_or("").to_owned();
    let mut names = vec!["localhost".to_owned()];
    for name in [full.clone(), format!("{short}.local")] {
        let good = !short.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
        if good && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Whether a certificate is still what is wanted.
fn is_good(kept: &Kept, names: &[String], now: Timestamp) -> bool {
    kept.names == names && kept.not_before <= now && kept.not_after.0 - now.0 > DAYS_LEFT * DAY_MS
}

/// The identity as it is kept, renewed where that is due.
fn current(path: &Path, now: Timestamp) -> Result<Kept, TlsError> {
    let names = names();
    let known = match std::fs::read(path) {
        Ok(bytes) => Some(serde_json::from_slice::<Kept>(&bytes).map_err(|e| TlsError::Damaged {
            path: path.to_owned(),
            what: e.to_string(),
        })?),
        Err(e) if e.kind() == io::ErrorKind::NotFound => None,
        Err(source) => {
            return Err(TlsError::File {
                path: path.to_owned(),
                source,
            });
        }
    };
    let is_known = known.is_some();
    let key = match known {
        Some(kept) if is_good(&kept, &names, now) => return Ok(kept),
        Some(kept) => {
            log::info!("TLS: the certificate is renewed; the key stays");
            KeyPair::from_pem(&kept.key).map_err(|e| TlsError::Damaged {
                path: path.to_owned(),
                what: e.to_string(),
            })?
        }
        None => {
            log::info!("TLS: a key is made");
            KeyPair::generate().map_err(|e| TlsError::Make(e.to_string()))?
        }
    };
    let fresh = make(&key, names, now)?;
    match (write(path, &fresh), is_known) {
        (Ok(()), _) => {}
        // A full disk must not keep the house from starting: the key is the same, and it is tried again.
        (Err(error), true) => log::warn!("TLS: {} could not be written: {error}", path.display()),
        (Err(source), false) => {
            return Err(TlsError::File {
                path: path.to_owned(),
                source,
            });
        }
    }
    Ok(fresh)
}

fn make(key: &KeyPair, names: Vec<String>, now: Timestamp) -> Result<Kept, TlsError> {
    let wrong = |e: &dyn std::fmt::Display| TlsError::Make(e.to_string());
    // A day back: clients' clocks are not exact.
    let not_before = now.plus_ms(-DAY_MS);
    let not_after = now.plus_ms(DAYS * DAY_MS - DAY_MS);
    let mut params = CertificateParams::new(names.clone()).map_err(|e| wrong(&e))?;
    for here in [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)] {
        params.subject_alt_names.push(SanType::IpAddress(here));
    }
    params.distinguished_name = DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, "Platen print server");
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let date = |at: Timestamp| {
        let civil = jiff::Timestamp::from_millisecond(at.0)
            .map_err(|e| wrong(&e))?
            .to_zoned_datetime(jiff::tz::TimeZone::UTC);
        let (month, day) = (civil.month().unsigned_abs(), civil.day().unsigned_abs());
        Ok::<_, TlsError>(rcgen::date_time_ymd(i32::from(civil.year()), month, day))
    };
    params.not_before = date(not_before)?;
    params.not_after = date(not_after)?;
    let certificate = params.self_signed(key).map_err(|e| wrong(&e))?;
    Ok(Kept {
        key: key.serialize_pem(),
        certificate: certificate.pem(),
        names,
        not_before,
        not_after,
    })
}

/// Writes beside, for the daemon's eyes only, durable, and takes its place.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let beside = path.with_extension("new");
    let _ = std::fs::remove_file(&beside);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&beside)?;
    file.write_all(&serde_json::to_vec_pretty(kept)?)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn certified(kept: Kept, path: &Path) -> Result<(Arc<CertifiedKey>, Certificate), TlsError> {
    use rustls::pki_types::pem::PemObject as _;
    let damaged = |e: &dyn std::fmt::Display| TlsError::Damaged {
        path: path.to_owned(),
        what: e.to_string(),
    };
    let certificate = rustls::pki_types::CertificateDer::from_pem_slice(kept.certificate.as_bytes());
    let certificate = certificate.map_err(|e| damaged(&e))?;
    let told = Certificate {
        sha256: crypto::Sha256::of(&certificate),
        names: kept.names,
        not_before: kept.not_before,
        not_after: kept.not_after,
        pem: kept.certificate,
    };
    let key = PrivatePkcs8KeyDer::from_pem_slice(kept.key.as_bytes()).map_err(|e| damaged(&e))?;
    let key = CertifiedKey::from_der(vec![certificate], key.into(), &crypto::tls_provider());
    Ok((Arc::new(key.map_err(|e| damaged(&e))?), told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_stays_and_the_certificate_is_renewed() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::now();
        let read = |folder: &Path| -> Kept {
            serde_json::from_slice(&std::fs::read(folder.join("tls.json")).unwrap()).unwrap()
        };
        let identity = Arc::new(Identity::open(folder.path(), now).unwrap());
        identity.acceptor().unwrap();
        let first = read(folder.path());
        assert!(first.names.contains(&"localhost".to_owned()));
        // The next day nothing changes; near the end, and after the clock was put back, all but the key does.
        identity.renew(now.plus_ms(DAY_MS)).unwrap();
        assert_eq!(read(folder.path()).certificate, first.certificate);
        for later in [(DAYS - DAYS_LEFT) * DAY_MS, -1_000 * DAY_MS] {
            identity.renew(now.plus_ms(later)).unwrap();
            let renewed = read(folder.path());
            assert_ne!(renewed.certificate, first.certificate, "{later}");
            assert_eq!(renewed.key, first.key, "{later}");
        }
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.path().join("tls.json"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_file_is_told_and_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tls.json"), "{}").unwrap();
        let error = Identity::open(folder.path(), Timestamp::now()).unwrap_err().to_string();
        assert!(error.contains("move it away"), "{error}");
        assert_eq!(std::fs::read(folder.path().join("tls.json")).unwrap(), b"{}");
    }
}
