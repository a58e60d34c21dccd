//! Drivers: delivering a rendered document to a printer, following the printer's own job, reading its state.
//!
//! A driver decides nothing: it is told what to print and says what the printer said.

pub mod canon;
mod colors;
mod device_id;
mod discover;
mod ipp;
mod merged;
mod network;
mod probe;
pub mod snmp;
mod traps;
mod virtual_printer;

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use smol_str::{SmolStr, format_smolstr};
use tokio::sync::mpsc;

pub use device_id::DeviceId;
pub use discover::{Discovered, discover};
pub use probe::{Probed, probe};

use crate::model::{
    Access, Capabilities, OutputSpec, PrinterId, PrinterStatus, RemoteJob, RemoteJobState, Routine, Ticket, Trouble,
    TroubleClass,
};

/// A piece of the document on its way to the printer. The stream is whole only after [`Piece::End`]: a channel
/// that closes without it, or brings an error, means that the document must not be completed at the printer.
#[derive(Debug)]
pub enum Piece {
    /// Bytes of the document.
    Bytes(Bytes),
    /// The document is complete.
    End,
}

/// The document as the driver pulls it. The channel is short: a slow printer slows the press.
pub type Body = mpsc::Receiver<Result<Piece, Trouble>>;

/// What is to be delivered.
#[derive(Debug, Clone)]
pub struct PrintOrder {
    /// The attempt's token; it must travel in the printer's `job-name`, so that an orphan can be found.
    pub token: SmolStr,
    /// The name of the job, for the printer's display.
    pub job_name: SmolStr,
    /// Who sent it.
    pub user: SmolStr,
    /// Its ticket.
    pub ticket: Ticket,
    /// What the body is.
    pub output: OutputSpec,
    /// How many copies to ask the printer for.
    pub copies: u32,
}

/// A routine that is to be carried out.
#[derive(Debug, Clone)]
pub struct RoutineOrder {
    /// Which.
    pub routine: Routine,
    /// The attempt's token, as for a print.
    pub token: SmolStr,
    /// The name of the job, for the printer's display.
    pub job_name: SmolStr,
}

/// Where a driver writes down how far it is. Each call returns only when it is durable; an error means: stop now.
#[async_trait]
pub trait Journal: Send + Sync {
    /// The printer has made an empty job. Called before any document byte.
    async fn created(&self, remote: &RemoteJob) -> Result<(), Trouble>;
    /// The next byte will be a document's.
    async fn sending(&self) -> Result<(), Trouble>;
    /// The document broke off: the printer has a part of it at most. What it prints of it is not the page.
    fn cut_short(&self);
    /// The printer has acknowledged the whole document as this job.
    async fn sent(&self, remote: &RemoteJob) -> Result<(), Trouble>;
}

/// A printer, driven.
#[async_trait]
pub trait Driver: Send + Sync + 'static {
    /// What the printer can do.
    async fn capabilities(&self) -> Result<Capabilities, Trouble>;
    /// How it is.
    async fn status(&self) -> Result<PrinterStatus, Trouble>;
    /// Delivers a document, up to the printer's acknowledgement. Does not wait for paper.
    ///
    /// On an error the journal tells how far it came. When the body fails, the printer's job is canceled.
    async fn print(&self, order: &PrintOrder, body: Body, journal: &dyn Journal) -> Result<RemoteJob, Trouble>;
    /// Has the printer carry out a routine, up to its acknowledgement. As with a print, the journal is told before
    /// anything that can't be taken back.
    ///
    /// By default refused: IPP has no words for it.
    async fn maintain(&self, order: &RoutineOrder, _journal: &dyn Journal) -> Result<RemoteJob, Trouble> {
        let text = format_smolstr!(
            "a {} can't be asked for over this connection: start it at the printer's own panel",
            order.routine.shown()
        );
        Err(Trouble::new(TroubleClass::JobBad, text))
    }
    /// Whether [`Driver::maintain`] has words for routines of the printer's own.
    fn maintains(&self) -> bool {
        false
    }
    /// How the printer's own job stands; `None` when the printer does not know it (any more).
    async fn job(&self, remote: &RemoteJob) -> Result<Option<RemoteJobState>, Trouble>;
    /// The printer's job that carries this token in its name, if it still knows one.
    async fn find(&self, token: &str) -> Result<Option<RemoteJob>, Trouble>;
    /// Cancels the printer's job. A job that is already ended is no error.
    async fn cancel(&self, remote: &RemoteJob) -> Result<(), Trouble>;
}

/// The driver for a printer's URI: `ipp://host[:port]/path` or `virtual:`.
///
/// `folder` is where a virtual printer lays its sheets; `seconds_per_sheet` is its speed. `access` is for those of the
/// network.
///
/// # Errors
/// [`Trouble`] of class `Offline`, with what to do, when the URI is none that can be driven or the folder can't be used.
pub fn driver_for(
    id: &PrinterId,
    name: &str,
    uri: &str,
    folder: &Path,
    seconds_per_sheet: f64,
    access: &Access,
) -> Result<Arc<dyn Driver>, Trouble> {
    if uri.starts_with("virtual:") {
        return Ok(Arc::new(virtual_printer::VirtualPrinter::open(
            id,
            name,
            folder,
            seconds_per_sheet,
        )?));
    }
    Ok(Arc::new(network::NetworkPrinter::new(name, uri, access)?))
}
