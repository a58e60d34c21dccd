//! The doors while a new version is tried: they are closed to whoever is not this machine, so that nothing is taken that
//! would be lost when the machine goes back.

use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use tokio::sync::watch;

use crate::door::{AnswerBody, Body, Handler, Peer};

/// After how many seconds it is worth to come again.
const AGAIN: &str = "15";

/// What stands behind a gate.
#[derive(Clone)]
pub(super) struct Gated<H> {
    /// Who answers once it is open.
    pub inner: H,
    /// Whether it is.
    pub is_open: watch::Receiver<bool>,
}

impl<H: Handler> Handler for Gated<H> {
    async fn answer(&self, request: hyper::Request<Body>, peer: Peer) -> Response<AnswerBody> {
        let is_own = peer.address.is_some_and(|address| address.to_canonical().is_loopback());
        if *self.is_open.borrow() || is_own {
            return self.inner.answer(request, peer).await;
        }
        let text = "This print server was brought up to date and tries its new version. It answers in a few minutes, in this \
                    version or the one before.\n";
        let mut response = Response::new(AnswerBody::whole(text.as_bytes().to_vec()));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(RETRY_AFTER, HeaderValue::from_static(AGAIN));
        // Of its body nothing was read.
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        response
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Empty};

    use super::*;

    #[derive(Clone)]
    struct Yes;

    impl Handler for Yes {
        async fn answer(&self, _: hyper::Request<Body>, _: Peer) -> Response<AnswerBody> {
            Response::new(AnswerBody::whole("yes"))
        }
    }

    #[tokio::test]
    async fn only_this_machine_comes_in_until_it_is_open() {
        let (open, is_open) = watch::channel(false);
        let gated = Gated { inner: Yes, is_open };
        let from = async |address: &str| {
            let body: Body = Empty::new().map_err(|never| match never {}).boxed_unsync();
            let peer = Peer {
                address: address.parse().ok(),
                secure: true,
                called: None,
            };
            gated.answer(hyper::Request::new(body), peer).await.status().as_u16()
        };
        for own in ["127.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert_eq!(from(own).await, 200, "{own}");
        }
        for other in ["192.168.1.9", "::ffff:192.168.1.9", "2001:db8::1", "odd"] {
            assert_eq!(from(other).await, 503, "{other}");
        }
        open.send_replace(true);
        assert_eq!(from("192.168.1.9").await, 200);
    }
}
