//! The door without sockets, and a house behind it in which every job waits: for tests.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::http::request::Builder;
use serde_json::Value;

use super::exchange::Exchange;
use super::studio::{Fitted, Look, OnSheet, Print, Refused, SheetView, Showing};
use super::{Api, Caller, Rooms, Settings};
use crate::door::{Body, Peer};
use crate::ipp::house::Behind;
use crate::model::{Digest, Document, MediaSize, TemplateChoice};

/// A house, and where it lives.
pub struct House {
    /// The operations.
    pub api: Api,
    exchange: Exchange,
    behind: Behind,
}

/// A press that only pretends: every template there is takes a sheet for each picture.
struct Sketch;

impl Showing for Sketch {
    fn fit(
        &self,
        name: &str,
        fields: &BTreeMap<String, String>,
        on: &OnSheet,
        documents: &[Document],
    ) -> Result<Fitted, Refused> {
        if name != "white-border" {
            return Err(Refused::new("template", "there is no such template"));
        }
        Ok(Fitted {
            choice: TemplateChoice {
                name: name.into(),
                fields: fields.clone(),
                sheets: documents.len() as u32,
            },
            size: on.size.clone().or(MediaSize::called("a3")).unwrap(),
            margins: None,
        })
    }

    fn lay_out(&self, _: &Print) -> Result<Vec<SheetView>, Refused> {
        Ok(Vec::new())
    }

    fn key(&self, print: &Print, look: &Look) -> Result<Digest, Refused> {
        let of = format!("{:?} {look:?}", print.ticket);
        Ok(crate::crypto::Sha256::of(of.as_bytes()))
    }

    fn picture(&self, _: &Print, look: &Look, _: &Digest) -> Result<Vec<u8>, Refused> {
        Ok(format!("{}", look.side).into_bytes())
    }
}

/// An answer.
#[derive(Debug)]
pub struct Heard {
    /// HTTP status.
    pub status: u16,
    /// Its headers.
    pub headers: hyper::HeaderMap,
    /// Its body.
    pub bytes: Bytes,
}

impl Heard {
    /// The body as JSON; null where there is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }
}

impl House {
    /// An empty one.
    pub async fn new() -> House {
        let behind = Behind::new().await;
        let api = Api::new(Rooms {
            settings: Settings {
                idle: Duration::from_secs(5),
                document_bytes: 1 << 20,
                documents_per_job: 3,
                prices: crate::care::price::Prices::default(),
            },
            waiting: tokio::sync::Mutex::default(),
            studio: super::studio::Studio::new(std::sync::Arc::new(Sketch)),
            store: behind.store.clone(),
            intake: behind.intake.clone(),
            queue: behind.queue.clone(),
        });
        let exchange = Exchange::new(api.clone()).unwrap();
        House { api, exchange, behind }
    }

    /// Asks by method and path, as somebody, with a JSON body where it is not null.
    pub async fn ask(&self, caller: Option<Caller>, method: &str, path: &str, json: Value) -> Heard {
        let mut request = hyper::Request::builder().method(method).uri(path);
        let mut body = Vec::new();
        if json != Value::Null {
            request = request.header("content-type", "application/json");
            body = json.to_string().into_bytes();
        }
        self.send(caller, request, body).await
    }

    /// Sends a request.
    pub async fn send(&self, caller: Option<Caller>, request: Builder, body: Vec<u8>) -> Heard {
        let body: Body = Full::new(Bytes::from(body))
            .map_err(|never| match never {})
            .boxed_unsync();
        let request = request.header("host", "localhost:8443").body(body).unwrap();
        let here = Peer {
            address: Some([127, 0, 0, 1].into()),
            secure: true,
        };
        let answer = self.exchange.answer(request, Ok(caller), here).await;
        let (parts, body) = answer.into_parts();
        Heard {
            status: parts.status.as_u16(),
            headers: parts.headers,
            bytes: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// What is behind the door.
    pub fn behind(&self) -> &Behind {
        &self.behind
    }

    /// Ends it.
    pub async fn close(self) {
        self.behind.close().await;
    }
}

#[tokio::test]
async fn whoever_is_not_known_is_told_so_and_whoever_may_not_is_refused() {
    use crate::model::Role;
    let house = House::new().await;
    let unknown = house.ask(None, "GET", "/api/v1/jobs/1", Value::Null).await;
    assert_eq!(unknown.status, 401);
    assert_eq!(unknown.headers["www-authenticate"], "Bearer realm=\"Platen\"");
    assert_eq!(unknown.json()["code"], "not-signed-in");
    let viewer = || Some(Caller::of_role("vera", Role::Viewer));
    let seen = house.ask(viewer(), "GET", "/api/v1/jobs/1", Value::Null).await;
    assert_eq!((seen.status, &seen.json()["code"]), (404, &"job-not-found".into()));
    let done = house.ask(viewer(), "POST", "/api/v1/jobs/1/cancel", Value::Null).await;
    assert_eq!((done.status, &done.json()["code"]), (403, &"not-allowed".into()));
    house.close().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named() {
    let house = House::new().await;
    let owner = || Some(Caller::owner("ola"));
    let nowhere = house.ask(owner(), "GET", "/api/v1/nothing", Value::Null).await;
    assert_eq!((nowhere.status, &nowhere.json()["code"]), (404, &"no-such-path".into()));
    let method = house.ask(owner(), "DELETE", "/api/v1/jobs/1/cancel", Value::Null).await;
    assert_eq!(method.status, 405);
    assert_eq!(method.headers["allow"], "POST");
    let answer = |json: Value| house.ask(owner(), "POST", "/api/v1/jobs/1/answer", json);
    let missing = answer(Value::Null).await;
    assert_eq!((missing.status, &missing.json()["code"]), (415, &"not-json".into()));
    let odd = answer(serde_json::json!({"answer": "perhaps"})).await;
    assert_eq!((odd.status, &odd.json()["field"]), (422, &"answer".into()));
    let more = answer(serde_json::json!({"answer": "done", "really": true})).await;
    assert_eq!(more.status, 422);
    assert_eq!(more.headers["content-type"], "application/problem+json");
    assert_eq!(more.headers["x-content-type-options"], "nosniff");
    let request = hyper::Request::post("/api/v1/jobs/1/answer").header("content-type", "application/json");
    let torn = house.send(owner(), request, b"{\"answer\"".to_vec()).await;
    assert_eq!((torn.status, &torn.json()["code"]), (400, &"bad-json".into()));
    let request = hyper::Request::post("/api/v1/jobs/1/answer").header("content-type", "application/json");
    let long = house.send(owner(), request, vec![b' '; 300 << 10]).await;
    assert_eq!(long.status, 413);
    house.close().await;
}
