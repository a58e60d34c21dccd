//! The driver for printers that speak IPP (RFC 8010, RFC 8011, PWG 5100.14).
//!
//! ```text
//!   order ─► Create-Job ─► journal: created ─► journal: sending ─► Send-Document ─► journal: sent
//!                 │ unknown operation
//!                 └────────────────────────► journal: sending ─► Print-Job ─────► journal: sent
//! ```

mod order;
mod read;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use smol_str::{SmolStr, format_smolstr};

use crate::ipp::codec::{Message, Value, op, status};
use crate::model::{Capabilities, PrinterStatus, RemoteJob, RemoteJobState, Timestamp, Trouble, TroubleClass};

use super::{Body, Driver, Journal, PrintOrder};
use wire::{Endpoint, Submission};

/// Most jobs asked for when looking for an orphan; ours are among the newest.
const JOBS: i32 = 500;

/// Most characters of what the system says of a connection.
const MOST_WORDS: usize = 80;

/// See the head of the file.
pub struct IppDriver {
    /// What people call the printer.
    name: SmolStr,
    endpoint: Endpoint,
    request_id: AtomicI32,
    /// As last read.
    known: Mutex<Option<Capabilities>>,
    /// The number and the name of the job that was asked for last, as the printer told it. A printer that lost its power
    /// gives its numbers once more, and then what has ours may be the job of somebody else.
    followed: Mutex<Option<(i32, SmolStr)>>,
}

impl IppDriver {
    /// A driver for the printer at this URI; asks it nothing yet.
    pub fn new(name: &str, uri: &str) -> Result<Self, Trouble> {
        Ok(IppDriver {
            name: SmolStr::new(name),
            endpoint: Endpoint::parse(uri).map_err(|why| Trouble::new(TroubleClass::Offline, why))?,
            request_id: AtomicI32::new(1),
            known: Mutex::new(None),
            followed: Mutex::new(None),
        })
    }

    /// Its host, as it can be looked up.
    pub fn host(&self) -> &str {
        self.endpoint.host.trim_start_matches('[').trim_end_matches(']')
    }

    fn followed(&self) -> MutexGuard<'_, Option<(i32, SmolStr)>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the printer's job of this number has another name than it had. Names do not change while a job is followed.
    fn is_another(&self, id: i32, name: Option<SmolStr>) -> bool {
        let Some(name) = name else { return false };
        let mut followed = self.followed();
        match &*followed {
            Some((number, was)) if *number == id => *was != name,
            _ => {
                *followed = Some((id, name));
                false
            }
        }
    }

    fn next_id(&self) -> i32 {
        // From 1 to the largest (RFC 8011, 4.1.2).
        self.request_id.fetch_add(1, Ordering::Relaxed) & i32::MAX | 1
    }

    fn request(&self, operation: u16) -> Message {
        order::request(operation, self.next_id(), &self.endpoint.uri)
    }

    fn about(&self, operation: u16, job: &RemoteJob) -> Message {
        order::about_job(operation, self.next_id(), &self.endpoint.uri, job)
    }

    /// The trouble, told of this printer.
    fn mine(&self, trouble: Trouble) -> Trouble {
        let text = match trouble.class {
            TroubleClass::Offline => {
                log::debug!("{} at {}: {}", self.name, self.endpoint.uri, trouble.text);
                format_smolstr!(
                    "{} can't be reached ({}): is it switched on, and on the network?",
                    self.name,
                    for_people(&trouble.text)
                )
            }
            _ => return self.said(trouble),
        };
        Trouble::new(trouble.class, text)
    }

    /// The trouble, in this printer's own words: one that says that it is deactivated can be reached.
    fn said(&self, trouble: Trouble) -> Trouble {
        Trouble::new(trouble.class, format_smolstr!("{}: {}", self.name, trouble.text))
    }

    async fn ask(&self, message: &Message) -> Result<Message, Trouble> {
        self.endpoint.ask(message).await.map_err(|t| self.mine(t))
    }

    async fn ask_well(&self, message: &Message, doing: &str) -> Result<Message, Trouble> {
        let answer = self.ask(message).await?;
        match read::refusal(&answer, doing) {
            None => Ok(answer),
            Some(trouble) => Err(self.said(trouble)),
        }
    }

    /// Sends the document; a failure of our own withdraws what the printer has of it.
    async fn submit(
        &self,
        message: &Message,
        body: Body,
        made: Option<&RemoteJob>,
        journal: &dyn Journal,
    ) -> Result<Message, Trouble> {
        let trouble = match self.endpoint.submit(message, body).await {
            Ok(answer) => match read::refusal(&answer, "the document") {
                None => return Ok(answer),
                Some(trouble) => self.said(trouble),
            },
            Err(Submission::Wire(trouble)) => return Err(self.mine(trouble)),
            Err(Submission::Short(trouble)) => {
                journal.cut_short();
                return Err(self.mine(trouble));
            }
            Err(Submission::Document(trouble)) => trouble,
        };
        if let Some(job) = made
            && let Err(error) = self.cancel(job).await
        {
            log::warn!("{}: its job {} could not be withdrawn: {error}", self.name, job.id);
        }
        Err(trouble)
    }

    /// Clears away the empty job that a printer may have made though its answer was lost: until it times out, the
    /// printer would be busy with it. Gives the trouble back.
    async fn without_orphan(&self, token: &str, trouble: Trouble) -> Trouble {
        if let Ok(Some(orphan)) = self.find(token).await
            && let Err(error) = self.cancel(&orphan).await
        {
            log::warn!(
                "{}: its empty job {} could not be withdrawn: {error}",
                self.name,
                orphan.id
            );
        }
        trouble
    }

    async fn print_job(
        &self,
        order: &PrintOrder,
        known: &Capabilities,
        body: Body,
        journal: &dyn Journal,
    ) -> Result<RemoteJob, Trouble> {
        let message = order::submission(op::PRINT_JOB, self.next_id(), &self.endpoint.uri, order, known);
        journal.sending().await?;
        let answer = self.submit(&message, body, None, journal).await?;
        let remote = read::remote_job(&answer).map_err(|t| self.mine(t))?;
        journal.sent(&remote).await?;
        Ok(remote)
    }
}

/// What the system says of a connection, without what is for programmers: its numbers, and the library's own words.
fn for_people(text: &str) -> SmolStr {
    let text = text.split(" (os error").next().unwrap_or(text);
    let mut letters = text.trim().chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    let all = first.into_iter().chain(letters.map(|c| c.to_string()));
    all.take(MOST_WORDS).collect::<String>().into()
}

#[async_trait]
impl Driver for IppDriver {
    async fn capabilities(&self) -> Result<Capabilities, Trouble> {
        let message = order::asking_for(self.request(op::GET_PRINTER_ATTRIBUTES), read::CAPABILITIES);
        let answer = self.ask_well(&message, "to say what it can do").await?;
        let capabilities = read::capabilities(&answer).map_err(|t| self.mine(t))?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(capabilities.clone());
        Ok(capabilities)
    }

    async fn status(&self) -> Result<PrinterStatus, Trouble> {
        let message = order::asking_for(self.request(op::GET_PRINTER_ATTRIBUTES), read::STATUS);
        let answer = self.ask_well(&message, "to say how it is").await?;
        read::printer_status(&answer, Timestamp::now()).map_err(|t| self.mine(t))
    }

    async fn print(&self, order: &PrintOrder, body: Body, journal: &dyn Journal) -> Result<RemoteJob, Trouble> {
        // Its number may be one that was there before.
        *self.followed() = None;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let known = match known {
            Some(known) => known,
            None => self.capabilities().await?,
        };
        if !known.create_job {
            return self.print_job(order, &known, body, journal).await;
        }
        let create = order::submission(op::CREATE_JOB, self.next_id(), &self.endpoint.uri, order, &known);
        let answer = match self.ask(&create).await {
            Ok(answer) => answer,
            Err(trouble) => return Err(self.without_orphan(&order.token, trouble).await),
        };
        if answer.code == status::SERVER_ERROR_OPERATION_NOT_SUPPORTED {
            return self.print_job(order, &known, body, journal).await;
        }
        if let Some(trouble) = read::refusal(&answer, "the job") {
            return Err(self.said(trouble));
        }
        let remote = match read::remote_job(&answer) {
            Ok(remote) => remote,
            Err(trouble) => return Err(self.without_orphan(&order.token, self.mine(trouble)).await),
        };
        journal.created(&remote).await?;
        let mut send = self.about(op::SEND_DOCUMENT, &remote);
        send = order::with(send, "document-format", Value::mime(order.output.format.mime()));
        send = order::with(send, "last-document", Value::Boolean(true));
        journal.sending().await?;
        self.submit(&send, body, Some(&remote), journal).await?;
        journal.sent(&remote).await?;
        Ok(remote)
    }

    async fn job(&self, remote: &RemoteJob) -> Result<Option<RemoteJobState>, Trouble> {
        let message = order::asking_for(self.about(op::GET_JOB_ATTRIBUTES, remote), read::JOB);
        let answer = self.ask(&message).await?;
        if matches!(answer.code, status::CLIENT_ERROR_NOT_FOUND | status::CLIENT_ERROR_GONE) {
            return Ok(None);
        }
        if let Some(trouble) = read::refusal(&answer, "to say how its job stands") {
            return Err(self.said(trouble));
        }
        if self.is_another(remote.id, read::job_name(&answer)) {
            log::warn!(
                "{}: its job {} is another one now: it has lost ours",
                self.name,
                remote.id
            );
            return Ok(None);
        }
        read::job_state(&answer).map(Some).map_err(|t| self.mine(t))
    }

    async fn find(&self, token: &str) -> Result<Option<RemoteJob>, Trouble> {
        for which in ["not-completed", "completed"] {
            let mut message = order::with(self.request(op::GET_JOBS), "limit", Value::Integer(JOBS));
            message = order::with(message, "which-jobs", Value::keyword(which));
            let answer = self.ask(&order::asking_for(message, read::JOB)).await?;
            // A printer without a history says so; then there is none to be found in it.
            let without = [
                status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED,
                status::CLIENT_ERROR_NOT_FOUND,
            ];
            if which == "completed" && without.contains(&answer.code) {
                return Ok(None);
            }
            if let Some(trouble) = read::refusal(&answer, "to list its jobs") {
                return Err(self.said(trouble));
            }
            if let Some(found) = read::job_with_token(&answer, token) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn cancel(&self, remote: &RemoteJob) -> Result<(), Trouble> {
        let answer = self.ask(&self.about(op::CANCEL_JOB, remote)).await?;
        // Ended already, or forgotten: nothing is left to cancel.
        if matches!(
            answer.code,
            status::CLIENT_ERROR_NOT_POSSIBLE | status::CLIENT_ERROR_NOT_FOUND | status::CLIENT_ERROR_GONE
        ) {
            return Ok(());
        }
        match read::refusal(&answer, "to cancel its job") {
            None => Ok(()),
            Some(trouble) => Err(self.said(trouble)),
        }
    }
}
