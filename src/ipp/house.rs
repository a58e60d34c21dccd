//! The whole door without sockets, and a house behind it in which every job waits: for tests and for fuzzing.

#![allow(clippy::unwrap_used)] // a test may stop where it stands

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use smol_str::SmolStr;
use uuid::Uuid;

use super::codec::Limits;
use super::{Authenticator, Exchange, Operators, Settings};
use crate::door::{Body, Handler, Peer};
use crate::intake::{Inspector, Intake};
use crate::model::{
    Attempt, Capabilities, DocumentFacts, DocumentFormat, Job, PrinterId, PrinterStatus, RemoteJob, Trouble,
    TroubleClass,
};
use crate::queue::{self, Courier, Inquiry, Queue, QueueSettings};
use crate::spool::{Spool, SpoolLimits};
use crate::store::Store;

/// Most jobs of one user.
const JOBS_PER_USER: u32 = 40;

/// Printers that nobody reaches: every job waits.
struct Nobody;

fn away() -> Trouble {
    Trouble::new(TroubleClass::Offline, "nobody is there")
}

#[async_trait]
impl Courier for Nobody {
    async fn deliver(&self, _: &Job, _: &Attempt, _: queue::Journal) -> Result<RemoteJob, Trouble> {
        Err(away())
    }
    async fn inquire(&self, _: &Attempt) -> (Inquiry, Option<RemoteJob>) {
        (Inquiry::Unknown, None)
    }
    async fn withdraw(&self, _: &Attempt) -> Result<(), Trouble> {
        Err(away())
    }
    async fn status(&self, _: &PrinterId) -> Result<PrinterStatus, Trouble> {
        Err(away())
    }
    async fn capabilities(&self, _: &PrinterId) -> Result<Capabilities, Trouble> {
        Err(away())
    }
}

struct AnyPicture;

impl Inspector for AnyPicture {
    fn inspect(&self, _: &Path, format: DocumentFormat) -> Result<DocumentFacts, SmolStr> {
        Ok(DocumentFacts {
            format,
            width: 10,
            height: 10,
            pages: 1,
            resolution: None,
            profile: None,
        })
    }
}

/// The rooms behind a door, and where they live.
pub struct Behind {
    /// The store.
    pub store: Store,
    /// The intake, which takes any picture.
    pub intake: Intake,
    /// The queue, whose printers nobody reaches.
    pub queue: Arc<Queue>,
    folder: tempfile::TempDir,
}

impl Behind {
    /// Empty ones.
    ///
    /// # Panics
    /// When they can't be built.
    pub async fn new() -> Behind {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("platen.db")).unwrap();
        let limits = SpoolLimits {
            document_bytes: 1 << 20,
            free_floor: 0,
        };
        let spool = Spool::open(&folder.path().join("spool"), limits).unwrap();
        let queue = Queue::start(store.clone(), Arc::new(Nobody), vec![], QueueSettings::default());
        Behind {
            intake: Intake::new(store.clone(), spool, Arc::new(AnyPicture), JOBS_PER_USER),
            queue: Arc::new(queue.await.unwrap()),
            store,
            folder,
        }
    }

    /// Makes a job of somebody, whose documents are still to come.
    ///
    /// # Panics
    /// When it can't be made.
    #[cfg(test)]
    pub async fn submit(&self, user: &str) -> Job {
        let submission = crate::intake::Submission {
            name: "photo".into(),
            user: user.into(),
            destination: crate::model::Destination::Pool,
            priority: 50,
            hold: None,
            printer_uri: "".into(),
            wishes: crate::intake::Wishes::default(),
        };
        let later = crate::model::Timestamp::now().plus_ms(600_000);
        self.intake.open(submission, later).await.unwrap()
    }

    /// Where they live.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Gives it printers, whose abilities nobody knows.
    ///
    /// # Panics
    /// When a name is none.
    #[cfg(test)]
    pub async fn set_printers(&self, names: &[&str]) {
        let one = |name: &&str| {
            (
                PrinterId::from_name(name).unwrap(),
                SmolStr::new(name),
                "virtual:".into(),
            )
        };
        let printers = names.iter().map(one).collect();
        let now = crate::model::Timestamp::now();
        self.store.set_printers(printers, now).await.unwrap();
    }

    /// Ends them.
    pub async fn close(self) {
        self.queue.stop(Duration::ZERO).await;
        self.store.close().await;
    }
}

/// A house without sockets, and where it lives.
pub struct House {
    exchange: Exchange,
    behind: Behind,
}

impl House {
    /// An empty one.
    ///
    /// # Panics
    /// When it can't be built.
    pub async fn new() -> House {
        Self::with(None).await
    }

    /// One that asks who its clients are.
    ///
    /// # Panics
    /// When it can't be built.
    pub async fn with(authenticator: Option<Arc<dyn Authenticator>>) -> House {
        let behind = Behind::new().await;
        let settings = Settings {
            head: Duration::from_secs(5),
            idle: Duration::from_secs(5),
            multiple_operation_time_out: 1_000,
            attribute_bytes: Limits::SERVER.head_bytes,
            documents_per_job: 3,
            operators: tokio::sync::watch::channel(Operators::ThisMachine).1,
            document_bytes: 1 << 20,
            side: 1_000,
            announce: false,
            tls: false,
            uuid: Uuid::nil(),
            authenticator,
            presets: tokio::sync::watch::channel(Arc::from([])).1,
        };
        let exchange = Exchange::new(
            settings,
            behind.store.clone(),
            behind.intake.clone(),
            behind.queue.clone(),
        );
        House { exchange, behind }
    }

    /// Gives it printers, whose abilities nobody knows.
    ///
    /// # Panics
    /// When a name is none.
    #[cfg(test)]
    pub async fn set_printers(&self, names: &[&str]) {
        self.behind.set_printers(names).await;
    }

    /// Sends a body from this machine as one HTTP request; gives the HTTP status and the answer's body.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn ask(&self, body: Vec<u8>) -> (u16, Bytes) {
        self.ask_as(body, false, None).await
    }

    /// The same by TLS or plain, and with an `Authorization`.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn ask_as(&self, body: Vec<u8>, secure: bool, authorization: Option<&str>) -> (u16, Bytes) {
        let body: Body = Full::new(Bytes::from(body))
            .map_err(|never| match never {})
            .boxed_unsync();
        let mut request = hyper::Request::post("/ipp/print")
            .header("content-type", "application/ipp")
            .header("host", "localhost:631");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let request = request.body(body).unwrap();
        let here = Peer {
            called: None,
            address: Some([127, 0, 0, 1].into()),
            secure,
        };
        let answer = self.exchange.answer(request, here).await;
        let status = answer.status().as_u16();
        (status, answer.into_body().collect().await.unwrap().to_bytes())
    }

    /// Ends it.
    pub async fn close(self) {
        self.behind.close().await;
    }
}
