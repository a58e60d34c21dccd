//! Printers that do what they are told to, and a house around them.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use smol_str::SmolStr;
use uuid::Uuid;

use crate::model::{
    Attempt, Capabilities, Destination, Details, Job, JobId, NewJob, PrinterId, PrinterState, PrinterStatus,
    RasterFormat, RemoteJob, RemoteJobState, Timestamp, Trouble, TroubleClass,
};
use crate::queue::books::{Books, NoBooks};
use crate::queue::state::tests::{document, pending};
use crate::queue::{Courier, Inquiry, Journal, Queue, QueueSettings};
use crate::store::Store;

/// What a printer does with a job of this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Print,
    /// Panics while it is prepared.
    BreakDown,
    /// Panics when some of it has left, and the printer never began.
    BreakDownLate,
    /// Refuses it for what it is.
    Refuse,
    /// Loses it when it has all of it.
    Lose,
    /// Takes for ever to prepare.
    Hang,
    /// Takes it, and has no paper for it.
    RunDry,
}

#[derive(Default)]
pub struct Printers {
    /// By printer and job name; the rest prints.
    deeds: Mutex<HashMap<(String, String), Deed>>,
    /// What was delivered: printer and job name.
    delivered: Mutex<Vec<(String, String)>>,
    /// Inquiries that still panic.
    pub bad_inquiries: Mutex<u32>,
    /// What the job of an attempt's token does.
    by_token: Mutex<HashMap<SmolStr, Deed>>,
    /// Those that say that they have no paper.
    pub dry: Mutex<HashSet<String>>,
    /// Whether one that has run dry calls its job printing all the same.
    pub pretends: Mutex<bool>,
    /// How often one that has run dry was asked for its job.
    pub asked: Mutex<u32>,
    /// The jobs that were withdrawn, by token, and whether it was on record then that they are given back.
    pub withdrawn: Mutex<Vec<(SmolStr, bool)>>,
    /// Where that is on record; not known unless a test says so.
    pub store: OnceLock<Store>,
}

impl Printers {
    pub fn tell(&self, printer: &str, job: &str, deed: Deed) {
        self.deeds.lock().unwrap().insert((printer.into(), job.into()), deed);
    }

    pub fn delivered(&self, job: &str) -> Vec<String> {
        let all = self.delivered.lock().unwrap();
        all.iter()
            .filter(|(_, name)| name == job)
            .map(|(printer, _)| printer.clone())
            .collect()
    }
}

#[async_trait]
impl Courier for Printers {
    async fn deliver(&self, job: &Job, attempt: &Attempt, journal: Journal) -> Result<RemoteJob, Trouble> {
        let key = (attempt.printer.to_string(), job.name.to_string());
        let deed = self.deeds.lock().unwrap().get(&key).copied().unwrap_or(Deed::Print);
        self.by_token.lock().unwrap().insert(attempt.token.clone(), deed);
        let remote = RemoteJob { id: 1, uri: None };
        match deed {
            Deed::BreakDown => panic!("a fault in the press, on purpose"),
            Deed::Refuse => return Err(Trouble::new(TroubleClass::JobBad, "it takes no such format")),
            Deed::Hang => std::future::pending::<()>().await,
            Deed::BreakDownLate => {
                journal.created(&remote).await?;
                journal.sending().await?;
                panic!("a fault in the press, on purpose")
            }
            Deed::Print | Deed::Lose | Deed::RunDry => {}
        }
        journal.created(&remote).await?;
        journal.sending().await?;
        journal.sent(&remote).await?;
        if deed == Deed::RunDry {
            self.dry.lock().unwrap().insert(key.0.clone());
        }
        self.delivered.lock().unwrap().push(key);
        Ok(remote)
    }

    async fn inquire(&self, attempt: &Attempt) -> (Inquiry, Option<RemoteJob>) {
        {
            let mut bad = self.bad_inquiries.lock().unwrap();
            if *bad > 0 {
                *bad -= 1;
                drop(bad);
                panic!("a fault in a driver, on purpose");
            }
        }
        let deed = self.by_token.lock().unwrap().get(&attempt.token).copied();
        let (state, began) = match deed {
            Some(Deed::Print) => (9, true),
            Some(Deed::BreakDownLate) => (8, false),
            Some(Deed::RunDry) => {
                *self.asked.lock().unwrap() += 1;
                let withdrawn = self.withdrawn.lock().unwrap();
                let is_withdrawn = withdrawn.iter().any(|(token, _)| *token == attempt.token);
                match (is_withdrawn, *self.pretends.lock().unwrap()) {
                    (true, _) => (7, true),
                    (false, true) => (5, true),
                    (false, false) => (6, true),
                }
            }
            _ => return (Inquiry::Unknown, None),
        };
        let known = RemoteJobState {
            state,
            reasons: vec![],
            message: None,
            impressions_completed: (deed == Some(Deed::RunDry)).then_some(0),
            began: Some(began),
        };
        (Inquiry::Known(known), attempt.remote.clone())
    }

    async fn withdraw(&self, attempt: &Attempt) -> Result<(), Trouble> {
        let is_on_record = match self.store.get() {
            Some(store) => {
                let open = store.open_attempts().await.unwrap();
                open.iter().any(|a| a.id == attempt.id && a.given_back)
            }
            None => false,
        };
        let mut withdrawn = self.withdrawn.lock().unwrap();
        withdrawn.push((attempt.token.clone(), is_on_record));
        Ok(())
    }

    async fn status(&self, printer: &PrinterId) -> Result<PrinterStatus, Trouble> {
        let is_dry = self.dry.lock().unwrap().contains(printer.as_str());
        Ok(PrinterStatus {
            state: if is_dry {
                PrinterState::Stopped
            } else {
                PrinterState::Idle
            },
            reasons: is_dry.then(|| "media-empty-error".into()).into_iter().collect(),
            message: SmolStr::default(),
            accepting: true,
            markers: vec![],
            media_ready: vec![],
            details: Details::default(),
            reachable: true,
            at: Timestamp::now(),
        })
    }

    async fn capabilities(&self, _: &PrinterId) -> Result<Capabilities, Trouble> {
        Ok(able())
    }
}

/// What these printers say that they can do.
pub fn able() -> Capabilities {
    Capabilities {
        make_and_model: SmolStr::default(),
        formats: vec![RasterFormat::Pwg],
        raster_types: vec![],
        resolutions: vec![],
        copies: 1,
        media: vec![],
        media_types: vec![],
        media_sources: vec![],
        media_col: true,
        print_scaling: true,
        qualities: vec![],
        borderless: true,
        create_job: true,
    }
}

pub fn id(name: &str) -> PrinterId {
    PrinterId::new(name).unwrap()
}

pub struct House {
    pub store: Store,
    pub printers: Arc<Printers>,
    pub queue: Arc<Queue>,
}

impl House {
    pub async fn open(folder: &Path, printers: Arc<Printers>, boot: Option<Uuid>) -> House {
        Self::with(folder, printers, boot, Arc::new(NoBooks)).await
    }

    pub async fn with(folder: &Path, printers: Arc<Printers>, boot: Option<Uuid>, books: Arc<dyn Books>) -> House {
        let store = Store::open(&folder.join("platen.db")).unwrap();
        let set = ["gertie", "squirty"].map(|name| (id(name), SmolStr::new(name), SmolStr::new("test:")));
        store.set_printers(set.to_vec(), Timestamp::now()).await.unwrap();
        let settings = QueueSettings {
            follow_shortest: Duration::from_millis(1),
            follow_longest: Duration::from_millis(20),
            presence: Duration::from_millis(50),
            boot,
            books,
            ..QueueSettings::default()
        };
        let ids = vec![id("gertie"), id("squirty")];
        let queue = Queue::start(store.clone(), printers.clone(), ids, settings)
            .await
            .unwrap();
        House {
            store,
            printers,
            queue: Arc::new(queue),
        }
    }

    pub async fn new(folder: &Path) -> House {
        Self::open(folder, Arc::default(), None).await
    }

    pub async fn print(&self, name: &str, destination: Destination) -> JobId {
        let job = pending();
        let new = NewJob {
            name: name.into(),
            user: "ann".into(),
            destination,
            priority: 50,
            ticket: job.ticket,
            documents: vec![document(1)],
            incoming_until: None,
            hold: None,
            printer_uri: "ipp://localhost/ipp/print".into(),
        };
        self.store.create_job(new, Timestamp::now()).await.unwrap().id
    }

    pub async fn wait(&self, id: JobId, is: impl Fn(&Job) -> bool) -> Job {
        let mut events = self.store.subscribe();
        loop {
            events.borrow_and_update();
            let job = self.store.job(id).await.unwrap().unwrap();
            if is(&job) {
                return job;
            }
            // Generous: a test machine may be busy.
            let waited = tokio::time::timeout(Duration::from_secs(60), events.changed()).await;
            assert!(waited.is_ok(), "nothing happens any more: {job:?}");
        }
    }

    /// A job need not wait any longer.
    pub async fn hurry(&self, id: JobId) {
        let hurried = self.store.change_job(id, Timestamp::now(), |job| {
            job.not_before = None;
            job.message = "waits no longer".into();
            Ok::<(), std::convert::Infallible>(())
        });
        let Ok(_) = hurried.await.unwrap();
    }

    pub async fn ended(&self, id: JobId) -> Job {
        self.wait(id, |job| job.state.is_terminal()).await
    }

    pub async fn held(&self, id: JobId) -> Job {
        self.wait(id, |job| job.question.is_some()).await
    }

    /// Nothing is at rest with an attempt open.
    pub async fn rests(self) {
        self.queue.stop(Duration::from_secs(10)).await;
        assert_eq!(self.store.open_attempts().await.unwrap(), []);
        self.store.close().await;
    }
}
