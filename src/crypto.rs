//! The one door to cryptography: everything that needs a digest or random bytes asks here, so that the
//! provider (`ring`) can be exchanged in one file.

use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac, signature};
use subtle::ConstantTimeEq;

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

/// HMAC-SHA-1 (RFC 2104): what authenticator apps compute (RFC 6238).
pub fn hmac_sha1(key: &[u8], message: &[u8]) -> [u8; 20] {
    let mut out = [0u8; 20];
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    out.copy_from_slice(hmac::sign(&key, message).as_ref());
    out
}

/// HMAC-SHA-256 (RFC 2104).
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut out = [0u8; 32];
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    out.copy_from_slice(hmac::sign(&key, message).as_ref());
    out
}

/// Whether both are the same, found out in a time that tells nothing of where they differ.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// A public key that signatures are checked with, each kind by one algorithm only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RS256 (RFC 7518, 3.3); 2,048 to 8,192 bits.
    Rsa {
        /// Modulus, big-endian.
        n: Vec<u8>,
        /// Exponent, big-endian.
        e: Vec<u8>,
    },
    /// ES256 (RFC 7518, 3.4): a point of P-256, uncompressed.
    P256(Vec<u8>),
    /// Ed25519 (RFC 8037).
    Ed25519(Vec<u8>),
}

impl PublicKey {
    /// Whether a message was signed by the owner of this key.
    pub fn verifies(&self, message: &[u8], signed: &[u8]) -> bool {
        let verified = match self {
            PublicKey::Rsa { n, e } => {
                let key = signature::RsaPublicKeyComponents { n, e };
                key.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signed)
            }
            PublicKey::P256(point) => {
                signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point).verify(message, signed)
            }
            PublicKey::Ed25519(key) => {
                signature::UnparsedPublicKey::new(&signature::ED25519, key).verify(message, signed)
            }
        };
        verified.is_ok()
    }
}

/// What TLS is built on.
pub fn tls_provider() -> std::sync::Arc<rustls::crypto::CryptoProvider> {
    std::sync::Arc::new(rustls::crypto::ring::default_provider())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmacs_are_those_of_the_rfcs() {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        // RFC 2202, test case 2; RFC 4231, test case 2.
        let (key, message) = (b"Jefe", b"what do ya want for nothing?");
        assert_eq!(
            hex(&hmac_sha1(key, message)),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        assert_eq!(
            hex(&hmac_sha256(key, message)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert!(same(b"a", b"a") && !same(b"a", b"b") && !same(b"a", b"aa"));
    }

    #[test]
    fn sha256_of_abc_is_the_one_of_fips_180_4() {
        assert_eq!(
            Sha256::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
