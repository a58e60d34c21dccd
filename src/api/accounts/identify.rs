//! What a request shows of who sends it.

use std::net::IpAddr;
use std::sync::PoisonError;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{AUTHORIZATION, HeaderMap, ORIGIN};
use hyper::{Method, StatusCode};
use smol_str::{SmolStr, format_smolstr};

use super::{BASIC_KNOWN_MS, BASIC_MOST, Seen, Visitor, cookie, secret, sign_in};
use crate::api::{Api, Caller, Problem, http};
use crate::crypto;
use crate::door::Peer;
use crate::model::{Scope, Timestamp, TokenKind, User};

/// How long a session's last use is not written down anew, in milliseconds.
const TOUCH_MS: i64 = 60 * 1000;
/// Most bytes of a token.
const TOKEN_BYTES: usize = 16 << 10;

/// Whether a session is used by being shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Counts,
    IsNone,
}

impl Caller {
    /// A person in a browser.
    pub(super) fn of_session(user: &User, session: Seen) -> Caller {
        Caller {
            name: user.name.clone(),
            user: Some(user.id),
            client: None,
            role: Some(user.role),
            scopes: user.role.scopes(),
            session: Some(session),
        }
    }
}

/// A token that is none, in the words of RFC 6750, 3.1.
pub(super) fn invalid_token(why: &str) -> Problem {
    Problem {
        challenge: Some(format_smolstr!(
            "Bearer realm=\"Platen\", error=\"invalid_token\", error_description=\"{why}\""
        )),
        ..Problem::new(
            StatusCode::UNAUTHORIZED,
            "invalid-token",
            format_smolstr!("{why}: ask for a new token"),
        )
    }
}

fn malformed(why: &'static str) -> Problem {
    Problem {
        challenge: Some(format_smolstr!(
            "Bearer realm=\"Platen\", error=\"invalid_request\", error_description=\"{why}\""
        )),
        ..Problem::new(StatusCode::BAD_REQUEST, "bad-authorization", why)
    }
}

/// Whether a page of this house sends a request: browsers say so, and no page can make them say it (W3C Fetch Metadata;
/// RFC 6454, 7).
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let (Some(origin), Some(host)) = (text(ORIGIN.as_str()), http::host(headers)) else {
        return false;
    };
    origin
        .strip_prefix("https://")
        .is_some_and(|origin| origin.eq_ignore_ascii_case(host))
}

impl Api {
    /// Who sends a request: whoever its token is for, or whoever is signed in by its cookie. Nobody, where it shows
    /// nothing.
    ///
    /// # Errors
    /// 400 and 401 as RFC 6750 has them, when what it shows is wrong; 403 `cross-site` when somebody is signed in, but
    /// a page of another house may have sent it.
    pub async fn identify(&self, headers: &HeaderMap, method: &Method, peer: Peer) -> Result<Option<Caller>, Problem> {
        let Some(caller) = self.known_by(headers, peer, Use::Counts).await? else {
            return Ok(None);
        };
        let is_safe = matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        if caller.session.is_some() && !is_safe && !is_same_origin(headers) {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "cross-site",
                "this was not sent by a page of this print server: open its own page and do it there",
            ));
        }
        Ok(Some(caller))
    }

    /// Who has sent a request that is still being answered; nobody any more once his session or token has ended. It is no
    /// use of a session that would be written down.
    ///
    /// # Errors
    /// As [`Api::identify`] has them.
    pub async fn identify_again(&self, headers: &HeaderMap, peer: Peer) -> Result<Option<Caller>, Problem> {
        self.known_by(headers, peer, Use::IsNone).await
    }

    /// Whoever a request's headers show.
    async fn known_by(&self, headers: &HeaderMap, peer: Peer, of_session: Use) -> Result<Option<Caller>, Problem> {
        if !peer.secure {
            return Ok(None);
        }
        let mut shown = headers.get_all(AUTHORIZATION).iter();
        if let Some(first) = shown.next() {
            if shown.next().is_some() {
                return Err(malformed("a request has one Authorization"));
            }
            let first = first.to_str().map_err(|_| malformed("the Authorization is no text"))?;
            return match first.split_once(' ') {
                Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
                    self.bearer(token.trim()).await.map(Some)
                }
                // Programs show their name and secret so, where they ask for tokens.
                _ => Ok(None),
            };
        }
        match cookie::read(headers) {
            Some(value) => self.by_session(value, of_session).await,
            None => Ok(None),
        }
    }

    async fn by_session(&self, value: &str, of_session: Use) -> Result<Option<Caller>, Problem> {
        let Some((session, user)) = self.store.session(secret::digest(value)).await? else {
            return Ok(None);
        };
        let now = Timestamp::now();
        let rested = now.0.saturating_sub(session.used.0);
        if user.is_disabled || now >= session.expires || rested >= sign_in::IDLE_MS {
            return Ok(None);
        }
        if rested >= TOUCH_MS && of_session == Use::Counts {
            self.store.touch_session(session.id, now).await?;
        }
        Ok(Some(Caller::of_session(&user, Seen::new(session.id, value))))
    }

    /// Whoever a token is for.
    ///
    /// # Errors
    /// 401 `invalid-token`, 503 when the outside issuer's keys can't be had.
    pub async fn bearer(&self, token: &str) -> Result<Caller, Problem> {
        let is_token = !token.is_empty()
            && token.len() <= TOKEN_BYTES
            && token
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
        if !is_token {
            return Err(malformed("the token is none"));
        }
        if token.contains('.')
            && let Some(issuer) = &self.accounts.issuer
        {
            return issuer.caller(token, Timestamp::now()).await;
        }
        let found = self.store.token(secret::digest(token)).await?;
        let good = found.filter(|found| found.kind == TokenKind::Access && found.is_good(Timestamp::now()));
        let found = good.ok_or_else(|| invalid_token("the token is not known here, has ended or was revoked"))?;
        let scopes = found.scopes_now();
        Ok(Caller {
            name: found
                .user
                .as_ref()
                .map_or(&found.client.name, |user| &user.name)
                .clone(),
            user: found.user.as_ref().map(|user| user.id),
            client: Some(found.client.id),
            role: found.user.as_ref().map(|user| user.role),
            scopes,
            session: None,
        })
    }

    /// The name of whoever an `Authorization: Basic` shows, where he may print; none where it shows nobody. For IPP,
    /// which has no sessions: the second factor is not asked for, and nothing but printing is done so.
    pub async fn basic(&self, authorization: &str, address: Option<IpAddr>) -> Option<SmolStr> {
        let (scheme, encoded) = authorization.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > 2_048 {
            return None;
        }
        let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
        let (name, password) = decoded.split_once(':')?;
        let result = self.by_password(name, password, address).await;
        let user = result.inspect_err(|problem| log::debug!("{}", problem.detail)).ok()?;
        user.role.scopes().has(Scope::JobsWrite).then_some(user.name)
    }

    async fn by_password(&self, name: &str, password: &str, address: Option<IpAddr>) -> Result<User, Problem> {
        // Clients send it with each request: hashing each time would take a tenth of a second of a core for each page of
        // a list. What was right is remembered by its digest, as long as the password is the same.
        let known = crypto::hmac_sha256(password.as_bytes(), name.as_bytes());
        if let Some(user) = self.remembered(name, &known).await? {
            return Ok(user);
        }
        // One after the other: several requests of a client at once are not so many tries, the first one is remembered.
        let _turn = self.accounts.basic_turn.lock().await;
        if let Some(user) = self.remembered(name, &known).await? {
            return Ok(user);
        }
        let now = Timestamp::now();
        let from = Visitor {
            address,
            agent: SmolStr::default(),
        };
        let who = from.who(name);
        let user = self.known(&who, name, password).await?;
        self.accounts.throttle().forgive(&who);
        if user.temporary_until.is_some() {
            let text = "this password was only to come in with: sign in on the web page first";
            return Err(Problem::forbidden(text));
        }
        if let Some(phc) = &user.password {
            let mut all = self.basic_known();
            if all.len() >= BASIC_MOST {
                all.clear();
            }
            all.insert(known, (phc.clone(), now.plus_ms(BASIC_KNOWN_MS)));
        }
        Ok(user)
    }

    async fn remembered(&self, name: &str, known: &[u8; 32]) -> Result<Option<User>, Problem> {
        let remembered = self.basic_known().get(known).cloned();
        let Some((phc, until)) = remembered else {
            return Ok(None);
        };
        let user = self.store.user_by_name(name).await?;
        let is_good = |user: &User| {
            Timestamp::now() < until
                && user.password.as_ref() == Some(&phc)
                && user.temporary_until.is_none()
                && !user.is_disabled
        };
        Ok(user.filter(is_good))
    }

    fn basic_known(&self) -> std::sync::MutexGuard<'_, std::collections::HashMap<[u8; 32], (SmolStr, Timestamp)>> {
        self.accounts.basic.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HeaderValue;

    fn with(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = hyper::header::HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    #[test]
    fn only_a_page_of_this_house_is_of_the_same_origin() {
        let host = ("host", "studio.local:8443");
        assert!(is_same_origin(&with(&[host, ("sec-fetch-site", "same-origin")])));
        assert!(is_same_origin(&with(&[host, ("origin", "https://studio.local:8443")])));
        for bad in [
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "none"),
            ("origin", "http://studio.local:8443"),
            ("origin", "https://studio.local"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("x-else", "y"),
        ] {
            assert!(!is_same_origin(&with(&[host, bad])), "{bad:?}");
        }
        assert!(!is_same_origin(&with(&[
            host,
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://studio.local:8443")
        ])));
    }
}
