//! The one door to cryptography: everything that needs a digest or random bytes asks here, so that the
//! provider (`ring`) can be exchanged in one file.

use ring::digest;
use ring::rand::{SecureRandom, SystemRandom};

use crate::model::Digest;

/// A running SHA-256 (FIPS 180-4).
pub struct Sha256(digest::Context);

impl Sha256 {
    /// An empty digest.
    pub fn new() -> Self {
        Sha256(digest::Context::new(&digest::SHA256))
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Ends the digest.
    pub fn finish(self) -> Digest {
        let mut out = [0u8; 32];
        out.copy_from_slice(self.0.finish().as_ref());
        Digest(out)
    }

    /// The digest of `bytes` at once.
    pub fn of(bytes: &[u8]) -> Digest {
        let mut d = Self::new();
        d.update(bytes);
        d.finish()
    }
}

impl Default for Sha256 {
    fn default() -> Self {
        Self::new()
    }
}

/// The system has no random bytes to give.
#[derive(Debug, thiserror::Error)]
#[error("the system's random number generator does not answer")]
pub struct NoRandom;

/// Fills `out` with random bytes from the system.
///
/// # Errors
/// [`NoRandom`] when the system's generator fails.
pub fn random(out: &mut [u8]) -> Result<(), NoRandom> {
    SystemRandom::new().fill(out).map_err(|_| NoRandom)
}

/// What TLS is built on.
pub fn tls_provider() -> std::sync::Arc<rustls::crypto::CryptoProvider> {
    std::sync::Arc::new(rustls::crypto::ring::default_provider())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sha256_of_abc_is_the_one_of_fips_180_4() {
        assert_eq!(
            Sha256::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
