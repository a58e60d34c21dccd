//! A printer of the network: driven by IPP, and asked by SNMP for what IPP does not tell.
//!
//! SNMP never holds anything up: it is asked beside, now and then, and what it told last is merged into each status. Who
//! gives no answer is asked more and more seldom.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use smol_str::SmolStr;
use tokio::time::Instant;

use super::ipp::IppDriver;
use super::snmp::{self, Answers};
use super::{Body, Driver, Journal, PrintOrder, RoutineOrder, merged};
use crate::model::{Access, Capabilities, PrinterStatus, RemoteJob, RemoteJobState, SnmpAccess, Timestamp, Trouble};

/// How long what SNMP told is not asked for again. Levels move in steps, and a print takes minutes.
const AGAIN: Duration = Duration::from_secs(60);
/// The longest pause after answers that did not come.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// See the head of the file.
pub struct NetworkPrinter {
    ipp: IppDriver,
    beside: Option<Beside>,
}

impl NetworkPrinter {
    /// The printer at this address; asks it nothing yet.
    pub fn new(name: &str, uri: &str, access: &Access) -> Result<NetworkPrinter, Trouble> {
        let ipp = IppDriver::new(name, uri)?;
        let beside = access.snmp.on.then(|| Beside {
            name: name.into(),
            host: ipp.host().into(),
            access: access.snmp.clone(),
            kept: Arc::default(),
        });
        Ok(NetworkPrinter { ipp, beside })
    }
}

/// What SNMP told.
#[derive(Default)]
struct Kept {
    answers: Option<(Answers, Timestamp)>,
    /// Not before.
    next: Option<Instant>,
    silent: u32,
    asking: bool,
}

struct Beside {
    name: SmolStr,
    host: SmolStr,
    access: SnmpAccess,
    kept: Arc<Mutex<Kept>>,
}

fn locked(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Beside {
    /// The status with what SNMP told last; asks again where that is due.
    fn fill(&self, status: PrinterStatus) -> PrinterStatus {
        let mut kept = locked(&self.kept);
        let is_due = kept.next.is_none_or(|next| Instant::now() >= next);
        if is_due && !kept.asking && merged::lacks(&status) {
            kept.asking = true;
            tokio::spawn(ask(
                self.name.clone(),
                self.host.clone(),
                self.access.clone(),
                self.kept.clone(),
            ));
        }
        merged::merge(status, kept.answers.as_ref().map(|(answers, at)| (answers, *at)))
    }
}

/// Ends by itself within the client's bounds.
async fn ask(name: SmolStr, host: SmolStr, access: SnmpAccess, kept: Arc<Mutex<Kept>>) {
    let asked = async {
        let to = tokio::net::lookup_host((host.as_str(), access.port)).await?.next();
        let to = to.ok_or_else(|| std::io::Error::other("its name has no address"))?;
        snmp::read(to, access.community.reveal()).await
    };
    let told = asked.await;
    let mut kept = locked(&kept);
    kept.asking = false;
    match told {
        Ok(answers) => {
            if kept.answers.is_none() {
                let markers = answers.mib.markers.len();
                log::info!("{name}: answers by SNMP, with {markers} supplies");
            }
            kept.silent = 0;
            kept.answers = Some((answers, Timestamp::now()));
            kept.next = Some(Instant::now() + AGAIN);
        }
        Err(error) => {
            log::debug!("{name}: {error}");
            let pause = AGAIN.saturating_mul(1 << kept.silent.min(4)).min(LONGEST);
            kept.silent = kept.silent.saturating_add(1);
            kept.next = Some(Instant::now() + pause);
        }
    }
}

#[async_trait]
impl Driver for NetworkPrinter {
    async fn capabilities(&self) -> Result<Capabilities, Trouble> {
        self.ipp.capabilities().await
    }

    async fn status(&self) -> Result<PrinterStatus, Trouble> {
        let status = self.ipp.status().await?;
        Ok(match &self.beside {
            Some(beside) => beside.fill(status),
            None => status,
        })
    }

    async fn print(&self, order: &PrintOrder, body: Body, journal: &dyn Journal) -> Result<RemoteJob, Trouble> {
        self.ipp.print(order, body, journal).await
    }

    async fn maintain(&self, order: &RoutineOrder, journal: &dyn Journal) -> Result<RemoteJob, Trouble> {
        self.ipp.maintain(order, journal).await
    }

    fn maintains(&self) -> bool {
        self.ipp.maintains()
    }

    async fn job(&self, remote: &RemoteJob) -> Result<Option<RemoteJobState>, Trouble> {
        self.ipp.job(remote).await
    }

    async fn find(&self, token: &str) -> Result<Option<RemoteJob>, Trouble> {
        self.ipp.find(token).await
    }

    async fn cancel(&self, remote: &RemoteJob) -> Result<(), Trouble> {
        self.ipp.cancel(remote).await
    }
}
