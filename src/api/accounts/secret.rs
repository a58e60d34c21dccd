//! Secrets that the house gives away once: cookies, tokens, codes. What is kept of one is its SHA-256, which is enough for
//! 256 random bits.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use smol_str::{SmolStr, format_smolstr};

use crate::api::Problem;
use crate::crypto::{self, Sha256};
use crate::model::Digest;

/// Letters and digits that nobody takes for one another: neither 0 and O, nor 1, I and L, nor U and V.
const UNAMBIGUOUS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A secret on its way to whoever asked for it. It can be shown and hashed, and is in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(SmolStr);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl serde::Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl Secret {
    /// A new one of 256 random bits; `prefix` tells those who find one lying about what it is.
    ///
    /// # Errors
    /// 500 when the system gives no random bytes.
    pub fn new(prefix: &str) -> Result<Secret, Problem> {
        let mut bytes = [0; 32];
        crypto::random(&mut bytes).map_err(|e| Problem::internal(&e))?;
        Ok(Secret(format_smolstr!("{prefix}{}", base64url(&bytes))))
    }

    /// Something to read off and type in: `count` letters and digits.
    ///
    /// # Errors
    /// 500 when the system gives no random bytes.
    pub fn to_type(count: usize) -> Result<Secret, Problem> {
        let mut text = String::new();
        while text.len() < count {
            let mut byte = [0];
            crypto::random(&mut byte).map_err(|e| Problem::internal(&e))?;
            // 240 is the last multiple of 30: each letter is as likely as any other.
            if byte[0] < 240 {
                text.push(char::from(UNAMBIGUOUS[usize::from(byte[0]) % UNAMBIGUOUS.len()]));
            }
        }
        Ok(Secret(text.into()))
    }

    /// A secret that was known before.
    pub(super) fn known(text: impl Into<SmolStr>) -> Secret {
        Secret(text.into())
    }

    /// What is kept of it.
    pub fn digest(&self) -> Digest {
        digest(&self.0)
    }

    /// The secret itself, for whoever it is for.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether somebody typed the same, with spaces, hyphens and small letters as he likes.
    pub fn is_typed(&self, text: &str) -> bool {
        let plain: String = text
            .chars()
            .filter(|c| c.is_alphanumeric())
            .map(|c| c.to_ascii_uppercase())
            .collect();
        crypto::same(plain.as_bytes(), self.0.as_bytes())
    }
}

/// What the secrets begin with that programs carry about, and put into the wrong place.
const PREFIXES: [&str; 5] = ["pla_", "plc_", "plr_", "pls_", "whsec_"];

/// A text of somebody's for the log: what looks like a secret of ours is left out of it.
pub fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, prefix)) = PREFIXES.into_iter().filter_map(|p| Some((rest.find(p)?, p))).min() {
        let (before, secret) = rest.split_at(at + prefix.len());
        shown.push_str(before);
        shown.push('…');
        let is_of_it = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        rest = secret.trim_start_matches(is_of_it);
    }
    shown.push_str(rest);
    shown
}

/// What is kept of a secret.
pub fn digest(secret: &str) -> Digest {
    Sha256::of(secret.as_bytes())
}

/// As base64url without padding (RFC 4648, 5).
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads base64url without padding.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_different_and_not_shown_by_accident() {
        let (one, other) = (Secret::new("pla_").unwrap(), Secret::new("pla_").unwrap());
        assert_ne!(one, other);
        assert_eq!(one.reveal().len(), 4 + 43);
        assert_eq!(format!("{one:?}"), "Secret(…)");
    }

    #[test]
    fn no_secret_is_written_down_by_mistake() {
        let (one, other) = (Secret::new("pla_").unwrap(), Secret::new("pls_").unwrap());
        let text = format!(
            "GET /api/v1/jobs/{}/x?a={}: \"{}\" ü",
            one.reveal(),
            other.reveal(),
            one.reveal()
        );
        assert_eq!(masked(&text), "GET /api/v1/jobs/pla_…/x?a=pls_…: \"pla_…\" ü");
        assert_eq!(masked("a plain line, pla_"), "a plain line, pla_…");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn what_is_typed_may_have_spaces_and_small_letters() {
        let code = Secret::to_type(8).unwrap();
        assert_eq!(code.reveal().len(), 8);
        let (front, back) = code.reveal().split_at(4);
        assert!(code.is_typed(&format!(" {}-{} ", front.to_lowercase(), back)));
        assert!(!code.is_typed(front) && !code.is_typed(""));
    }
}
