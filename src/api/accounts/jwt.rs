//! Tokens of an outside issuer (RFC 7519, RFC 9068): what they must show, decided from plain data.
//!
//! A key belongs to one algorithm, by its own kind and never by what the token says. So a token that says `none`, or
//! that was "signed" by HMAC with the public key as its secret, finds no key that it could be checked with (RFC 8725,
//! 2.1 and 3.1).

use serde::Deserialize;
use smol_str::SmolStr;

use super::secret::from_base64url;
use crate::crypto::PublicKey;
use crate::model::{Scope, Scopes, Timestamp};

/// How far the clocks of issuer and house may be apart, in seconds.
const SKEW: f64 = 60.0;
/// Most keys of an issuer that are looked at.
const MOST_KEYS: usize = 64;

/// A key of the issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub kid: Option<SmolStr>,
    /// The key.
    pub key: PublicKey,
}

impl Key {
    /// The one algorithm that it is for (RFC 7518, 3.1; RFC 8037, 3.1).
    fn algorithm(&self) -> &'static str {
        match self.key {
            PublicKey::Rsa { .. } => "RS256",
            PublicKey::P256(_) => "ES256",
            PublicKey::Ed25519(_) => "EdDSA",
        }
    }
}

/// A key as a key set has it (RFC 7517, 4).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    kid: Option<SmolStr>,
    #[serde(default, rename = "use")]
    purpose: Option<String>,
    #[serde(default)]
    alg: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

impl Jwk {
    fn key(self) -> Option<Key> {
        if self.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let bytes = |text: &Option<String>| from_base64url(text.as_deref()?);
        let key = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => PublicKey::Rsa {
                n: bytes(&self.n)?,
                e: bytes(&self.e)?,
            },
            ("EC", Some("P-256")) => {
                let (x, y) = (bytes(&self.x)?, bytes(&self.y)?);
                if x.len() != 32 || y.len() != 32 {
                    return None;
                }
                // Uncompressed (SEC 1, 2.3.3).
                PublicKey::P256([&[4], x.as_slice(), y.as_slice()].concat())
            }
            ("OKP", Some("Ed25519")) => PublicKey::Ed25519(bytes(&self.x)?),
            _ => return None,
        };
        let key = Key { kid: self.kid, key };
        let is_meant = self.alg.is_none_or(|alg| alg == key.algorithm());
        is_meant.then_some(key)
    }
}

/// The keys of a key set that signatures can be checked with; those that are for something else are left out.
///
/// # Errors
/// When it is no key set.
pub fn keys(set: &[u8]) -> Result<Vec<Key>, String> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = serde_json::from_slice(set).map_err(|e| e.to_string())?;
    let all = set.keys.into_iter().take(MOST_KEYS);
    Ok(all
        .filter_map(|key| serde_json::from_value::<Jwk>(key).ok()?.key())
        .collect())
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// `iss`.
    pub issuer: &'a str,
    /// In `aud`.
    pub audience: &'a str,
    /// The moment.
    pub now: Timestamp,
}

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// `sub`: for whom it is.
    pub subject: SmolStr,
    /// `client_id` or `azp`: which program has it.
    pub client: Option<SmolStr>,
    /// Those words of `scope` that are known here.
    pub scopes: Scopes,
}

/// Why a token is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It can't be read.
    #[error("the token is no JWT")]
    Malformed,
    /// Its algorithm is none of ours, or not the one of its key.
    #[error("the token's algorithm is not taken")]
    Algorithm,
    /// The issuer has no such key, as far as we know.
    #[error("the token's key is not known")]
    UnknownKey,
    /// It was signed by somebody else, or changed.
    #[error("the token's signature is not right")]
    Signature,
    /// It is of somebody else.
    #[error("the token is of another issuer")]
    Issuer,
    /// It is for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// It has ended, or has no end.
    #[error("the token has ended")]
    Expired,
    /// It has not begun.
    #[error("the token does not count yet")]
    NotYet,
    /// It is for nobody.
    #[error("the token has no good sub")]
    Subject,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<SmolStr>,
    /// What must be understood (RFC 7515, 4.1.11): we understand none of it.
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Some(Vec<String>),
}

#[derive(Deserialize)]
struct Body {
    iss: String,
    aud: Audience,
    /// Seconds since 1970, maybe with a fraction (RFC 7519, 2).
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    sub: SmolStr,
    #[serde(default)]
    client_id: Option<SmolStr>,
    #[serde(default)]
    azp: Option<SmolStr>,
    #[serde(default)]
    scope: Option<String>,
}

/// Reads a token, if it is a good one.
///
/// # Errors
/// [`Refused`].
pub fn verify(token: &str, keys: &[Key], expected: Expected) -> Result<Claims, Refused> {
    let (signed, signature) = token.rsplit_once('.').ok_or(Refused::Malformed)?;
    let (header, body) = signed.split_once('.').ok_or(Refused::Malformed)?;
    let part = |text: &str| from_base64url(text).ok_or(Refused::Malformed);
    let header: Header = serde_json::from_slice(&part(header)?).map_err(|_| Refused::Malformed)?;
    if header.crit.is_some() || !["RS256", "ES256", "EdDSA"].contains(&header.alg.as_str()) {
        return Err(Refused::Algorithm);
    }
    let key = find(keys, &header)?;
    if !key.key.verifies(signed.as_bytes(), &part(signature)?) {
        return Err(Refused::Signature);
    }
    // Only now is anything believed.
    let body: Body = serde_json::from_slice(&part(body)?).map_err(|_| Refused::Malformed)?;
    if body.iss != expected.issuer {
        return Err(Refused::Issuer);
    }
    let is_for_us = match &body.aud {
        Audience::One(one) => one == expected.audience,
        Audience::Some(all) => all.iter().any(|one| one == expected.audience),
    };
    if !is_for_us {
        return Err(Refused::Audience);
    }
    let now = expected.now.0 as f64 / 1000.0;
    if now >= body.exp + SKEW {
        return Err(Refused::Expired);
    }
    if let Some(from) = body.nbf
        && now < from - SKEW
    {
        return Err(Refused::NotYet);
    }
    let is_name = !body.sub.is_empty() && body.sub.len() <= 255 && !body.sub.chars().any(char::is_control);
    if !is_name {
        return Err(Refused::Subject);
    }
    let words = body.scope.unwrap_or_default();
    Ok(Claims {
        subject: body.sub,
        client: body.client_id.or(body.azp),
        scopes: words
            .split_ascii_whitespace()
            .filter_map(|w| w.parse::<Scope>().ok())
            .collect(),
    })
}

/// The key that a token names; where it names none, the only one of its algorithm.
fn find<'a>(keys: &'a [Key], header: &Header) -> Result<&'a Key, Refused> {
    if let Some(kid) = &header.kid {
        let mut named = keys.iter().filter(|key| key.kid.as_ref() == Some(kid)).peekable();
        if named.peek().is_none() {
            return Err(Refused::UnknownKey);
        }
        return named
            .find(|key| key.algorithm() == header.alg)
            .ok_or(Refused::Algorithm);
    }
    let mut fitting = keys.iter().filter(|key| key.algorithm() == header.alg);
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Ok(key),
        _ => Err(Refused::UnknownKey),
    }
}

#[cfg(test)]
mod tests;
