//! The door without sockets, and a house behind it in which every job waits: for tests.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::http::request::Builder;
use serde_json::Value;
use smol_str::SmolStr;

use super::estate::{ConfiguredUse, Drawing, Estate, Facts};
use super::exchange::Exchange;
use super::panel::PanelPort;
use super::{Api, Caller, Problem, Rooms, Settings};
use crate::color::Profile;
use crate::door::{AnswerBody, Body, Peer};
use crate::intake::{Preset, Wishes};
use crate::ipp::house::Behind;
use crate::model::{Destination, HouseSettings, PrinterId, RasterType, Timestamp};
use crate::press::template::TemplateLibrary;
use crate::spool::{Spool, SpoolLimits};
use crate::store::{AddedPrinter, Store, StoreError};

/// A house, and where it lives.
pub struct House {
    /// The operations.
    pub api: Api,
    exchange: Exchange,
    behind: Behind,
    panel: Arc<OnceLock<PanelPort>>,
}

fn profile_limits() -> SpoolLimits {
    SpoolLimits {
        document_bytes: 16 << 20,
        free_floor: 0,
    }
}

/// A house that nobody built: it has what the store has, and drives nothing.
struct StillHouse {
    store: Store,
    presets: Mutex<Arc<[Arc<Preset>]>>,
    settings: Mutex<HouseSettings>,
    drawn: AtomicU32,
    panel: Arc<OnceLock<PanelPort>>,
}

impl StillHouse {
    fn new(store: Store, panel: Arc<OnceLock<PanelPort>>) -> StillHouse {
        StillHouse {
            store,
            presets: Mutex::new(Arc::from([])),
            settings: Mutex::default(),
            drawn: AtomicU32::new(1),
            panel,
        }
    }
}

#[async_trait]
impl Estate for StillHouse {
    async fn settle(&self) -> Result<(), StoreError> {
        let presets = self.store.added_presets().await?;
        let made = presets
            .iter()
            .filter_map(|(id, text)| self.read_preset(id, text, &[]).ok());
        *self.presets.lock().unwrap() = made.map(Arc::new).collect();
        let overrides = self.store.overrides().await?;
        let values = overrides
            .iter()
            .map(|(key, text)| (key.clone(), serde_json::from_str(text).unwrap()));
        *self.settings.lock().unwrap() = HouseSettings::default().with(&values.collect()).unwrap();
        Ok(())
    }
    fn check_printer(&self, printer: &AddedPrinter) -> Result<(), SmolStr> {
        let folder = std::env::temp_dir();
        let driver = crate::printers::driver_for(
            &printer.id,
            &printer.name,
            &printer.uri,
            &folder,
            1.0,
            &crate::model::Access::default(),
        );
        driver.map(drop).map_err(|trouble| trouble.text)
    }
    fn check_profile(&self, profile: &Profile, _: Option<RasterType>) -> Result<(), SmolStr> {
        let fits = crate::press::profile_fits(profile, RasterType::Rgb8, crate::model::RenderingIntent::RELATIVE_BPC);
        fits.map_err(|e| e.to_string().into())
    }
    fn read_preset(&self, id: &PrinterId, text: &str, _: &[PrinterId]) -> Result<Preset, SmolStr> {
        let json: Value = serde_json::from_str(text).map_err(|e| SmolStr::from(e.to_string()))?;
        Ok(Preset {
            id: id.clone(),
            name: json["name"].as_str().unwrap_or_default().into(),
            destination: Destination::Pool,
            wishes: Wishes::default(),
        })
    }
    fn maintains(&self, _: &PrinterId) -> bool {
        false
    }
    fn configured_profiles(&self) -> Vec<ConfiguredUse> {
        Vec::new()
    }
    fn presets(&self) -> Arc<[Arc<Preset>]> {
        self.presets.lock().unwrap().clone()
    }
    fn panel(&self) -> Option<PanelPort> {
        self.panel.get().cloned()
    }
    fn settings(&self) -> HouseSettings {
        self.settings.lock().unwrap().clone()
    }
    fn configured_settings(&self) -> HouseSettings {
        HouseSettings::default()
    }
    fn templates(&self) -> Arc<TemplateLibrary> {
        Arc::new(TemplateLibrary::built_in())
    }
    async fn draw(&self, drawing: Drawing) -> Result<Vec<u8>, SmolStr> {
        let number = self.drawn.fetch_add(1, Ordering::Relaxed);
        match drawing.set.is_empty() {
            true => Ok(format!("picture {number} of {}", drawing.template).into_bytes()),
            false => Err("nothing can be set here".into()),
        }
    }
    fn facts(&self) -> Facts {
        Facts {
            opened: Timestamp(0),
            data: std::env::temp_dir(),
            ipp: Vec::new(),
            web: vec![SocketAddr::from(([0, 0, 0, 0], 8443))],
            certificate: None,
            configuration: Value::Null,
        }
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

const HERE: Peer = Peer {
    called: None,
    address: Some(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)),
    secure: true,
};

fn whole(request: Builder, body: Vec<u8>) -> hyper::Request<Body> {
    let body: Body = Full::new(Bytes::from(body))
        .map_err(|never| match never {})
        .boxed_unsync();
    request.header("host", "localhost:8443").body(body).unwrap()
}

impl House {
    /// An empty one.
    pub async fn new() -> House {
        House::with(|_, _| crate::system::update::Updates::none()).await
    }

    /// One with updates, of its store and its folder.
    pub async fn with(updates: impl FnOnce(&Store, &std::path::Path) -> crate::system::update::Updates) -> House {
        let behind = Behind::new().await;
        let updates = updates(&behind.store, behind.folder());
        let panel = Arc::new(OnceLock::new());
        let api = Api::new(Rooms {
            settings: Settings {
                idle: Duration::from_secs(5),
                document_bytes: 1 << 20,
                documents_per_job: 3,
                webhooks: crate::watch::Addresses::Any,
            },
            open: crate::api::open_jobs(),
            machine: Arc::new(crate::system::machine::ask::Service::new(None, "/nowhere")),
            updates,
            studio: super::studio::Studio::new(Arc::new(super::sketch::Sketch)),
            store: behind.store.clone(),
            intake: behind.intake.clone(),
            queue: behind.queue.clone(),
            estate: Arc::new(StillHouse::new(behind.store.clone(), panel.clone())),
            profiles: Spool::open(&behind.folder().join("profiles"), profile_limits()).unwrap(),
            kept: super::Kept::default(),
            accounts: super::accounts::Accounts::default(),
        });
        let exchange = Exchange::new(api.clone()).unwrap();
        House {
            api,
            exchange,
            behind,
            panel,
        }
    }

    /// Puts a front panel on it.
    pub fn fit(&self, panel: impl super::panel::FrontPanel) {
        let _ = self.panel.set(PanelPort::new(panel));
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

    /// Sends a request without a body, and gives the answer while it comes.
    pub async fn open(&self, caller: Option<Caller>, request: Builder) -> hyper::Response<AnswerBody> {
        self.exchange.answer(whole(request, Vec::new()), Ok(caller), HERE).await
    }

    /// The same of whoever its headers show.
    pub async fn open_as_shown(&self, request: Builder) -> hyper::Response<AnswerBody> {
        let request = whole(request, Vec::new());
        let caller = self.exchange.identify(request.headers(), request.method(), HERE).await;
        self.exchange.answer(request, caller, HERE).await
    }

    /// Sends a request.
    pub async fn send(&self, caller: Option<Caller>, request: Builder, body: Vec<u8>) -> Heard {
        let request = whole(request, body);
        self.hear(request, Ok(caller)).await
    }

    /// Sends a request of whoever its headers show.
    pub async fn knock(&self, request: Builder, body: Vec<u8>) -> Heard {
        let request = whole(request, body);
        let caller = self.exchange.identify(request.headers(), request.method(), HERE).await;
        self.hear(request, caller).await
    }

    async fn hear(&self, request: hyper::Request<Body>, caller: Result<Option<Caller>, Problem>) -> Heard {
        let answer = self.exchange.answer(request, caller, HERE).await;
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
