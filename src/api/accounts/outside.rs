//! An issuer of tokens outside of this house, and its keys: kept, and fetched anew when a token names one that is not
//! among them, at most once a minute.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::StatusCode;
use serde::Deserialize;
use smol_str::SmolStr;

use super::identify::invalid_token;
use super::jwt::{self, Expected, Key, Refused};
use super::outside_fetch as fetch;
use crate::api::{Caller, Problem};
use crate::model::Timestamp;

/// How long nothing is fetched after it was tried.
const PAUSE: Duration = Duration::from_secs(60);
/// After how long keys are looked at anew, so that one that was withdrawn does not count for ever.
const STALE: Duration = Duration::from_secs(60 * 60);

/// What is wrong with the configuration of an issuer.
#[derive(Debug, thiserror::Error)]
#[error("[oauth] {0}")]
pub struct IssuerError(String);

/// The issuer.
#[derive(Debug)]
pub struct Issuer {
    issuer: SmolStr,
    audience: SmolStr,
    /// Where its keys are; none: its metadata tells.
    jwks: Option<SmolStr>,
    keys: Mutex<Arc<Vec<Key>>>,
    fetching: tokio::sync::Mutex<Fetching>,
    fetched: Mutex<Option<tokio::time::Instant>>,
    /// How long nothing is fetched after it was tried.
    pause: Duration,
}

#[derive(Debug, Default)]
struct Fetching {
    tried: Option<tokio::time::Instant>,
}

/// What is read of an issuer's metadata (RFC 8414, 2).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    jwks_uri: String,
}

impl Issuer {
    /// One by its `iss`, what its tokens for us have as `aud`, and where its keys are, if its metadata does not tell.
    ///
    /// # Errors
    /// [`IssuerError`].
    pub fn new(issuer: &str, audience: &str, jwks: Option<&str>) -> Result<Issuer, IssuerError> {
        for address in std::iter::once(issuer).chain(jwks) {
            fetch::check(address).map_err(IssuerError)?;
        }
        if audience.is_empty() {
            return Err(IssuerError(
                "audience is empty: name what tokens for this house have as aud".into(),
            ));
        }
        Ok(Issuer {
            issuer: issuer.into(),
            audience: audience.into(),
            jwks: jwks.map(SmolStr::new),
            keys: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
            fetched: Mutex::default(),
            pause: PAUSE,
        })
    }

    /// Whoever a token is for. What he may do is what its `scope` says.
    ///
    /// # Errors
    /// 401 `invalid-token`; 503 when there are no keys to check it with.
    pub async fn caller(&self, token: &str, now: Timestamp) -> Result<Caller, Problem> {
        let expected = Expected {
            issuer: &self.issuer,
            audience: &self.audience,
            now,
        };
        let is_stale = self.is_stale();
        let mut result = jwt::verify(token, &self.keys(), expected);
        if is_stale || result == Err(Refused::UnknownKey) {
            self.refresh().await;
            result = jwt::verify(token, &self.keys(), expected);
        }
        if result == Err(Refused::UnknownKey) && self.keys().is_empty() {
            return Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "issuer-unreachable",
                "the keys of whoever gave this token can't be had at this moment: try again in a minute",
            )
            .after(PAUSE));
        }
        let claims = result.map_err(|refused| {
            log::debug!("{refused}");
            invalid_token(&refused.to_string())
        })?;
        Ok(Caller {
            name: claims.subject,
            user: None,
            client: Some(claims.client.unwrap_or_else(|| self.issuer.clone())),
            role: None,
            scopes: claims.scopes,
            session: None,
        })
    }

    fn keys(&self) -> Arc<Vec<Key>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_stale(&self) -> bool {
        let fetched = *self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        fetched.is_none_or(|at| at.elapsed() > STALE)
    }

    /// Fetches the keys, unless that was tried a moment ago. Those that are known stay when it fails.
    async fn refresh(&self) {
        let mut fetching = self.fetching.lock().await;
        if fetching.tried.is_some_and(|at| at.elapsed() < self.pause) {
            return;
        }
        fetching.tried = Some(tokio::time::Instant::now());
        match self.fetch().await {
            Ok(keys) => {
                log::info!("{} keys of {} are known", keys.len(), self.issuer);
                *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
                let now = Some(tokio::time::Instant::now());
                *self.fetched.lock().unwrap_or_else(PoisonError::into_inner) = now;
            }
            Err(error) => log::warn!("the keys of {} can't be had: {error}", self.issuer),
        }
    }

    async fn fetch(&self) -> Result<Vec<Key>, String> {
        let jwks = match &self.jwks {
            Some(jwks) => jwks.to_string(),
            None => self.metadata().await?,
        };
        jwt::keys(&fetch::get(&jwks).await?)
    }

    /// Where the keys are, by the issuer's metadata: where RFC 8414 has it, or else OpenID Connect.
    async fn metadata(&self) -> Result<String, String> {
        let issuer = self.issuer.trim_end_matches('/');
        let (origin, path) = match issuer
            .find("://")
            .and_then(|at| issuer[at + 3..].find('/').map(|n| at + 3 + n))
        {
            Some(slash) => issuer.split_at(slash),
            None => (issuer, ""),
        };
        let places = [
            format!("{origin}/.well-known/oauth-authorization-server{path}"),
            format!("{issuer}/.well-known/openid-configuration"),
        ];
        let mut why = String::new();
        for place in places {
            match fetch::get(&place).await {
                Ok(bytes) => {
                    let metadata: Metadata = serde_json::from_slice(&bytes).map_err(|e| format!("{place}: {e}"))?;
                    // Else one issuer could speak for another (RFC 8414, 3.3).
                    if metadata.issuer != self.issuer {
                        return Err(format!("{place} is the metadata of {}", metadata.issuer));
                    }
                    return Ok(metadata.jwks_uri);
                }
                Err(error) => why = error,
            }
        }
        Err(why)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use ring::signature::{Ed25519KeyPair, KeyPair};
    use serde_json::json;

    use super::*;
    use crate::api::accounts::secret::base64url;

    /// An issuer that has one more key each time that it is asked for them.
    struct Elsewhere {
        address: String,
        asked: Arc<AtomicUsize>,
    }

    fn pair(n: usize) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[u8::try_from(n).unwrap(); 32]).unwrap()
    }

    impl Elsewhere {
        fn start() -> Elsewhere {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = format!("http://{}", listener.local_addr().unwrap());
            let asked = Arc::new(AtomicUsize::new(0));
            let count = asked.clone();
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    let mut stream = stream.unwrap();
                    let mut head = [0; 4096];
                    let _ = stream.read(&mut head).unwrap();
                    let n = count.fetch_add(1, Ordering::SeqCst) + 1;
                    let key = |n: usize| {
                        let x = base64url(pair(n).public_key().as_ref());
                        json!({"kty": "OKP", "crv": "Ed25519", "kid": n.to_string(), "x": x})
                    };
                    let set = json!({"keys": (1..=n).map(key).collect::<Vec<_>>()}).to_string();
                    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", set.len());
                    stream.write_all((head + &set).as_bytes()).unwrap();
                }
            });
            Elsewhere { address, asked }
        }

        fn issuer(&self, pause: Duration) -> Issuer {
            let keys = format!("{}/keys", self.address);
            Issuer {
                pause,
                ..Issuer::new("https://id.example", "platen", Some(&keys)).unwrap()
            }
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::SeqCst)
        }
    }

    fn token(n: usize) -> String {
        let part = |json: serde_json::Value| base64url(json.to_string().as_bytes());
        let header = part(json!({"alg": "EdDSA", "kid": n.to_string()}));
        let claims = json!({"iss": "https://id.example", "aud": "platen", "sub": "shop", "exp": 2_000_000_000});
        let signed = format!("{header}.{}", part(claims));
        let signature = base64url(pair(n).sign(signed.as_bytes()).as_ref());
        format!("{signed}.{signature}")
    }

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    #[tokio::test]
    async fn keys_are_fetched_when_one_is_not_known_and_not_again_at_once() {
        let elsewhere = Elsewhere::start();
        let issuer = elsewhere.issuer(PAUSE);
        assert_eq!(issuer.caller(&token(1), NOW).await.unwrap().name, "shop");
        assert!(issuer.caller(&token(1), NOW).await.is_ok());
        assert_eq!(elsewhere.asked(), 1);
        for _ in 0..3 {
            assert_eq!(issuer.caller(&token(2), NOW).await.unwrap_err().code, "invalid-token");
        }
        assert_eq!(elsewhere.asked(), 1, "once a minute");
        let issuer = elsewhere.issuer(Duration::ZERO);
        assert!(issuer.caller(&token(2), NOW).await.is_ok());
        assert!(issuer.caller(&token(3), NOW).await.is_ok(), "keys rotate");
        assert!(issuer.caller(&token(1), NOW).await.is_ok());
        assert_eq!(elsewhere.asked(), 3);
    }

    #[tokio::test]
    async fn an_issuer_that_is_away_is_no_reason_to_call_a_token_bad() {
        let issuer = Issuer::new("https://id.example", "platen", Some("http://127.0.0.1:9/keys")).unwrap();
        let problem = issuer.caller(&token(1), NOW).await.unwrap_err();
        assert_eq!((problem.status.as_u16(), problem.code), (503, "issuer-unreachable"));
        assert!(Issuer::new("http://id.example", "platen", None).is_err());
        assert!(Issuer::new("https://id.example", "", None).is_err());
    }
}
