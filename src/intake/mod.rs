//! Intake: from a document and wishes to a queued job whose ticket is decided in every field.
//!
//! A document is received as a stream into the spool, its kind is taken from its bytes, its head is read under limits.
//! [`decide()`] then makes the ticket: what the client asked for wins over the house's defaults, and every field keeps
//! where it came from. Nothing is acknowledged before the store has committed the job.

mod conflicts;
mod decide;
mod moving;
mod order;
mod preset;
mod receive;
mod revise;
mod stock;
pub mod upload;
mod wishes;

use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use crate::model::{
    Capabilities, Destination, Document, DocumentFacts, DocumentFormat, Hold, Job, JobId, NewJob, Ticket, Timestamp,
    who,
};
use crate::spool::{Spool, SpoolError};
use crate::store::{House, Store, StoreError};

pub use conflicts::{Conflict, conflicts};
pub use decide::{DEFAULT_MARGINS, Decision, Ignored, MOST_COPIES, complete, decide};
pub use moving::{adapt_to, check_move, with_printer};
pub use order::{Asked, NewOrder, ticket_of, warn_of_deadline};
pub use preset::Preset;
pub use receive::{Received, Receiving};
pub use revise::{revise, wishes_of};
pub use stock::shortage;
pub use wishes::{Wish, Wishes};

/// Reads a document's head. [`crate::appliance`] makes one out of the press.
pub trait Inspector: Send + Sync + 'static {
    /// What the head of the document says. Blocking; reads a bounded part of the file.
    ///
    /// # Errors
    /// Why it can't be printed, in words for the client.
    fn inspect(&self, path: &std::path::Path, format: DocumentFormat) -> Result<DocumentFacts, SmolStr>;
}

/// Why a document or a job is not taken. Every text is for the client.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The bytes are of no format that the house knows, or of another one than was claimed.
    #[error("{0}")]
    UnknownFormat(SmolStr),
    /// The format is known, this document is broken or too large.
    #[error("{0}")]
    BadDocument(SmolStr),
    /// No bytes came.
    #[error("the document is empty: nothing was sent")]
    Empty,
    /// A job that is to be printed again has nothing to print.
    #[error("the documents of job {0} are not kept any more: send them again")]
    NothingToPrint(JobId),
    /// Its page ranges are about none of the pages that it has.
    #[error("{0}")]
    NoPage(SmolStr),
    /// It can't be printed as it was asked for, and nothing else is wanted.
    #[error("no printer here can do this exactly as asked for: {}. Ask for something else, or say \"strict\": false to take \
             what there is", words(.0))]
    NotAsAsked(Vec<Ignored>),
    /// A part that does not go on where the last one ended.
    #[error("{0} bytes of this document are here: go on from there")]
    Offset(u64),
    /// What came is not what was announced.
    #[error("the document that came has the SHA-256 {0}, which is not the one that was announced: send it again")]
    Digest(crate::model::Digest),
    /// The spool refuses.
    #[error(transparent)]
    Spool(#[from] SpoolError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn words(ignored: &[Ignored]) -> String {
    let words: Vec<&str> = ignored.iter().map(Ignored::in_words).collect();
    words.join(", ")
}

/// The room.
#[derive(Clone)]
pub struct Intake {
    store: Store,
    spool: Spool,
    inspector: Arc<dyn Inspector>,
    /// Most jobs of one user that have not ended.
    jobs_per_user: u32,
}

/// Who sends a job, where to, and how.
#[derive(Debug, Clone)]
pub struct Submission {
    /// `job-name`; empty takes the document's name.
    pub name: SmolStr,
    /// `requesting-user-name`.
    pub user: SmolStr,
    /// Where it may go.
    pub destination: Destination,
    /// `job-priority`.
    pub priority: u8,
    /// `job-hold-until`, where it holds.
    pub hold: Option<Hold>,
    /// The `printer-uri` that the client used.
    pub printer_uri: SmolStr,
    /// Its wishes.
    pub wishes: Wishes,
}

/// What is different when a job is made once more.
#[derive(Debug, Clone, Default)]
pub struct Repeat {
    /// Who asks.
    pub user: SmolStr,
    /// `job-name`, if another.
    pub name: Option<SmolStr>,
    /// `job-priority`, if another.
    pub priority: Option<u8>,
    /// `job-hold-until`, where it holds.
    pub hold: Option<Hold>,
    /// Its wishes, over those of the first one.
    pub wishes: Wishes,
    /// IPP attributes of the first one that are left to the house now.
    pub cleared: Vec<SmolStr>,
}

impl Intake {
    /// Puts the room together. A user may have `jobs_per_user` jobs that have not ended.
    pub fn new(store: Store, spool: Spool, inspector: Arc<dyn Inspector>, jobs_per_user: u32) -> Self {
        Intake {
            store,
            spool,
            inspector,
            jobs_per_user,
        }
    }

    /// Begins to receive a document of `announced` bytes, where the client has told their number.
    ///
    /// # Errors
    /// [`IntakeError::Spool`] when the disk is nearly full, or the document will be too large.
    pub fn receive(&self, announced: Option<u64>) -> Result<Receiving, IntakeError> {
        Ok(Receiving::new(self.spool.begin(announced)?, self.inspector.clone()))
    }

    /// Refuses when the disk has no room for any document, before one is sent.
    ///
    /// # Errors
    /// [`IntakeError::Spool`].
    pub fn check_room(&self) -> Result<(), IntakeError> {
        Ok(self.spool.check_room()?)
    }

    /// Refuses a user who has as many jobs as one may, before a document is sent.
    ///
    /// # Errors
    /// [`IntakeError::Store`].
    pub async fn check_user(&self, user: &SmolStr) -> Result<(), IntakeError> {
        Ok(self.store.check_user(user.clone(), self.jobs_per_user).await?)
    }

    /// Makes a job of a document that was received whole. Durable when this returns.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub async fn submit(&self, submission: Submission, received: Received) -> Result<Job, IntakeError> {
        let Received { document, mut hold } = received;
        // A store that fails does not always know what it has written: the next start's sweep does.
        hold.keep();
        self.make(submission, vec![document], None, None).await
    }

    /// Makes a job whose document is still to come, until `until`.
    ///
    /// # Errors
    /// [`IntakeError`].
    pub async fn open(&self, submission: Submission, until: Timestamp) -> Result<Job, IntakeError> {
        self.make(submission, Vec::new(), Some(until), None).await
    }

    /// Makes a new job of the documents of one that has ended, by its ticket where the new one says nothing else.
    ///
    /// # Errors
    /// [`IntakeError::NothingToPrint`] when it has none, or they are not kept any more; [`IntakeError`].
    pub async fn repeat(&self, job: Job, repeat: Repeat) -> Result<Job, IntakeError> {
        let mut documents = job.documents;
        documents.retain(|d| !d.canceled);
        if documents.is_empty() || documents.iter().any(|d| !self.spool.path(&d.digest).is_file()) {
            return Err(IntakeError::NothingToPrint(job.id));
        }
        let mut older = wishes_of(&job.ticket);
        repeat.cleared.iter().for_each(|attribute| older.clear(attribute));
        let submission = Submission {
            name: repeat.name.unwrap_or(job.name),
            user: repeat.user,
            destination: job.destination,
            priority: repeat.priority.unwrap_or(job.priority),
            hold: repeat.hold,
            printer_uri: job.printer_uri,
            wishes: repeat.wishes.or(older),
        };
        self.make(submission, documents, None, Some(&job.ticket)).await
    }

    async fn make(
        &self,
        submission: Submission,
        documents: Vec<Document>,
        incoming_until: Option<Timestamp>,
        older: Option<&Ticket>,
    ) -> Result<Job, IntakeError> {
        let house = self.store.house().await?;
        let able = candidates(&house, &submission.destination);
        let facts = documents.first().map(|d| &d.facts);
        let mut ticket = decide(&submission.wishes, facts, &able).ticket;
        if let Some(older) = older {
            // An edition goes on where it was begun, and pictures are laid out as they were.
            ticket.edition.clone_from(&older.edition);
            revise::keep_template(&mut ticket, older);
        }
        check_pages(&ticket, documents.iter().map(|d| d.facts.pages))?;
        let name = match (submission.name.as_str(), documents.first().and_then(|d| d.name.clone())) {
            ("", Some(document)) => document,
            ("", None) => SmolStr::new_static("untitled"),
            (name, _) => SmolStr::new(name),
        };
        let job = NewJob {
            name,
            user: submission.user,
            destination: submission.destination,
            priority: submission.priority,
            ticket,
            documents,
            incoming_until,
            hold: submission.hold,
            printer_uri: submission.printer_uri,
        };
        let most = self.jobs_per_user;
        let job = self.store.create_job_of_few(job, most, Timestamp::now()).await?;
        log::info!("job {} \"{}\" of {}: accepted", job.id, job.name, who(&job.user));
        Ok(job)
    }
}

/// Refuses a ticket whose page ranges leave nothing of documents that have so many pages each.
///
/// # Errors
/// [`IntakeError::NoPage`].
pub fn check_pages(ticket: &Ticket, documents: impl IntoIterator<Item = u32>) -> Result<(), IntakeError> {
    let pages: Vec<u32> = documents.into_iter().collect();
    let Some(most) = pages.iter().max() else {
        return Ok(());
    };
    if ticket.pages.value.impressions(pages.iter().copied()) > 0 {
        return Ok(());
    }
    Err(IntakeError::NoPage(match most {
        1 => "page-ranges leave nothing to print: the document has one page".into(),
        most => format_smolstr!("page-ranges leave nothing to print: the document has {most} pages"),
    }))
}

/// The capabilities of the printers that a job with this destination may go to, as far as they are known.
pub fn candidates<'a>(house: &'a House, destination: &Destination) -> Vec<&'a Capabilities> {
    let printers = house.behind(destination);
    printers.filter_map(|p| p.capabilities.as_ref()).collect()
}
