//! The place for whoever can tell who a client is. Without one nobody is asked: `requesting-user-name` is then believed
//! as far as [`super::authority`] says, and no further.

use std::net::IpAddr;

use async_trait::async_trait;
use hyper::header::{AUTHORIZATION, CONNECTION, HeaderMap, HeaderValue, UPGRADE, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use smol_str::SmolStr;

use super::pages::plain;
use crate::door::{AnswerBody, Peer};

/// How clients show who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// A name and a password (RFC 7617).
    Basic,
    /// A token of OAuth 2.0 (RFC 6750).
    OAuth,
}

impl Scheme {
    /// The keyword of `uri-authentication-supported` (RFC 8011, 5.4.2; PWG 5199.10).
    pub const fn keyword(self) -> &'static str {
        match self {
            Scheme::Basic => "basic",
            Scheme::OAuth => "oauth",
        }
    }

    /// What a client that shows nothing is asked for.
    const fn challenge(self) -> &'static str {
        match self {
            Scheme::Basic => "Basic realm=\"Platen\", charset=\"UTF-8\"",
            Scheme::OAuth => "Bearer realm=\"Platen\"",
        }
    }
}

/// Tells who a client is.
#[async_trait]
pub trait Authenticator: Send + Sync {
    /// What it understands.
    fn scheme(&self) -> Scheme;

    /// The user whom the value of an `Authorization` header shows; none when it shows nobody that is known here. Whoever
    /// guesses is counted by the address that he calls from.
    async fn user(&self, authorization: &str, address: Option<IpAddr>) -> Option<SmolStr>;
}

/// Asks who a client is. Nothing secret is taken in the open: a plain connection is told to go on in TLS first.
///
/// # Errors
/// The answer for a client that has not shown it.
pub async fn user(
    authenticator: &dyn Authenticator,
    headers: &HeaderMap,
    peer: Peer,
) -> Result<SmolStr, Response<AnswerBody>> {
    if !peer.secure {
        let mut answer = plain(
            StatusCode::UPGRADE_REQUIRED,
            "This queue is printed to by ipps:// only.\n",
        );
        let headers = answer.headers_mut();
        headers.insert(UPGRADE, HeaderValue::from_static("TLS/1.2, HTTP/1.1"));
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        return Err(answer);
    }
    let shown = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(shown) = shown
        && let Some(user) = authenticator.user(shown, peer.address).await
    {
        return Ok(user);
    }
    let mut answer = plain(StatusCode::UNAUTHORIZED, "Say who you are.\n");
    let challenge = HeaderValue::from_static(authenticator.scheme().challenge());
    answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    Err(answer)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::codec::{Limits, Message, Value, group, op};
    use super::super::house::House;
    use super::*;

    /// Knows one user by a whole header, whatever is in it.
    struct One(Scheme);

    #[async_trait]
    impl Authenticator for One {
        fn scheme(&self) -> Scheme {
            self.0
        }

        async fn user(&self, authorization: &str, _: Option<IpAddr>) -> Option<SmolStr> {
            // "anna:open"
            (authorization == "Basic YW5uYTpvcGVu").then(|| "anna".into())
        }
    }

    fn body(operation: u16, user: &str) -> Vec<u8> {
        let mut message = Message::request(operation, 1);
        message.groups[0].push("printer-uri", Value::uri("ipps://studio:631/ipp/print"));
        message.groups[0].push("requesting-user-name", Value::name(user));
        let mut bytes = Vec::new();
        message.encode(&mut bytes).unwrap();
        bytes
    }

    #[tokio::test]
    async fn jobs_are_those_of_whoever_was_known() {
        let house = House::with(Some(Arc::new(One(Scheme::Basic)))).await;
        let good = Some("Basic YW5uYTpvcGVu");
        let create = || body(op::CREATE_JOB, "bert");
        assert_eq!(house.ask_as(create(), false, good).await.0, 426);
        assert_eq!(house.ask_as(create(), true, None).await.0, 401);
        assert_eq!(house.ask_as(create(), true, Some("Basic xx")).await.0, 401);
        assert_eq!(house.ask_as(create(), true, good).await.0, 200);
        let (_, bytes) = house.ask_as(body(op::GET_JOBS, "bert"), true, good).await;
        let (jobs, _) = Message::decode(&bytes, &Limits::CLIENT).unwrap();
        assert_eq!(jobs.groups_of(group::JOB).count(), 1);
        let mut mine = Message::request(op::GET_JOBS, 1);
        mine.groups[0].push("printer-uri", Value::uri("ipps://studio:631/ipp/print"));
        mine.groups[0].push("my-jobs", Value::Boolean(true));
        let mut bytes = Vec::new();
        mine.encode(&mut bytes).unwrap();
        let (_, bytes) = house.ask_as(bytes, true, good).await;
        let (jobs, _) = Message::decode(&bytes, &Limits::CLIENT).unwrap();
        assert_eq!(jobs.groups_of(group::JOB).count(), 1, "the job is anna's");
        // Printers are told of to everybody, and how to print on them.
        let (http, bytes) = house
            .ask_as(body(op::GET_PRINTER_ATTRIBUTES, "bert"), false, None)
            .await;
        assert_eq!(http, 200);
        let (printer, _) = Message::decode(&bytes, &Limits::CLIENT).unwrap();
        let told = printer
            .group(group::PRINTER)
            .unwrap()
            .get("uri-authentication-supported");
        assert_eq!(told.unwrap().values, [Value::keyword("basic")]);
        house.close().await;
    }

    const BY_TLS: Peer = Peer {
        called: None,
        address: None,
        secure: true,
    };

    fn with(authorization: &[&'static str]) -> HeaderMap {
        let values = authorization
            .iter()
            .map(|v| (AUTHORIZATION, HeaderValue::from_static(v)));
        values.collect()
    }

    #[tokio::test]
    async fn a_client_shows_who_it_is_by_tls_alone() {
        let one = One(Scheme::Basic);
        let good = with(&["Basic YW5uYTpvcGVu"]);
        assert_eq!(user(&one, &good, BY_TLS).await.unwrap(), "anna");
        let open = user(&one, &good, Peer::default()).await.unwrap_err();
        assert_eq!(open.status(), StatusCode::UPGRADE_REQUIRED);
        for headers in [with(&[]), with(&["Basic xx"]), with(&["Bearer YW5uYTpvcGVu"])] {
            let asked = user(&one, &headers, BY_TLS).await.unwrap_err();
            assert_eq!(asked.status(), StatusCode::UNAUTHORIZED);
            assert!(
                asked.headers()[WWW_AUTHENTICATE]
                    .to_str()
                    .unwrap()
                    .starts_with("Basic ")
            );
        }
        let asked = user(&One(Scheme::OAuth), &with(&[]), BY_TLS).await.unwrap_err();
        assert!(
            asked.headers()[WWW_AUTHENTICATE]
                .to_str()
                .unwrap()
                .starts_with("Bearer ")
        );
    }
}
