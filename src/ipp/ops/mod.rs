//! The operations, one file each.

mod cancel_job;
mod cancel_jobs;
mod close_job;
mod create_job;
mod cups;
mod get_job_attributes;
mod get_jobs;
mod get_printer_attributes;
mod hold_job;
mod ignored;
mod print_job;
mod release_job;
mod send_document;
mod submission;
mod validate_job;

use super::Shared;
use super::codec::{Message, op};
use super::failure::Failure;
use super::request::Data;
use super::respond::Answer;
use super::validate::{Target, Valid};
use crate::model::{Destination, Job, JobId};

use smol_str::{SmolStr, format_smolstr};

/// `operations-supported`: exactly what [`run`] runs.
pub const SUPPORTED: [u16; 16] = [
    op::PRINT_JOB,
    op::VALIDATE_JOB,
    op::CREATE_JOB,
    op::SEND_DOCUMENT,
    op::CANCEL_JOB,
    op::GET_JOB_ATTRIBUTES,
    op::GET_JOBS,
    op::GET_PRINTER_ATTRIBUTES,
    op::HOLD_JOB,
    op::RELEASE_JOB,
    op::CANCEL_JOBS,
    op::CANCEL_MY_JOBS,
    op::CLOSE_JOB,
    op::CUPS_GET_DEFAULT,
    op::CUPS_GET_PRINTERS,
    op::CUPS_GET_CLASSES,
];

/// A request that passed the checks, as an operation sees it.
struct Call<'a> {
    shared: &'a Shared,
    valid: Valid,
    /// Host and port by which the client called.
    host: &'a str,
}

/// Runs an operation.
pub async fn run(
    shared: &Shared,
    message: &Message,
    valid: Valid,
    host: &str,
    data: &mut Data,
) -> Result<Answer, Failure> {
    let ignored = ignored::ignored(message.code, &valid);
    let call = Call { shared, valid, host };
    let mut answer = match message.code {
        op::PRINT_JOB => print_job::run(&call, data).await,
        op::VALIDATE_JOB => validate_job::run(&call).await,
        op::CREATE_JOB => create_job::run(&call).await,
        op::SEND_DOCUMENT => send_document::run(&call, data).await,
        op::CANCEL_JOB => cancel_job::run(&call).await,
        op::GET_JOB_ATTRIBUTES => get_job_attributes::run(&call).await,
        op::GET_JOBS => get_jobs::run(&call).await,
        op::GET_PRINTER_ATTRIBUTES => get_printer_attributes::run(&call).await,
        op::HOLD_JOB => hold_job::run(&call).await,
        op::RELEASE_JOB => release_job::run(&call).await,
        op::CANCEL_JOBS => cancel_jobs::run(&call, false).await,
        op::CANCEL_MY_JOBS => cancel_jobs::run(&call, true).await,
        op::CLOSE_JOB => close_job::run(&call).await,
        op::CUPS_GET_DEFAULT => cups::get_default(&call).await,
        op::CUPS_GET_PRINTERS => cups::get_printers(&call).await,
        op::CUPS_GET_CLASSES => Ok(cups::get_classes()),
        // Validation lets through only what SUPPORTED lists.
        other => Err(Failure::internal(&format!(
            "operation 0x{other:04x} is listed but not there"
        ))),
    }?;
    for attribute in ignored {
        if !answer.unsupported.iter().any(|a| a.name == attribute.name) {
            answer.unsupported.push(attribute);
        }
    }
    Ok(answer)
}

/// The name of an operation, for the log.
pub fn name(code: u16) -> SmolStr {
    op::name(code).map_or_else(|| format_smolstr!("operation 0x{code:04x}"), SmolStr::new_static)
}

impl Call<'_> {
    /// The printer that this is about.
    fn printer(&self) -> Result<(&Destination, &SmolStr), Failure> {
        match &self.valid.target {
            Target::Printer(destination, uri) => Ok((destination, uri)),
            Target::Job(..) => Err(Failure::bad_request(
                "this operation is about a printer: leave job-id and job-uri out",
            )),
        }
    }

    /// The job that this is about, as it stands.
    async fn job(&self) -> Result<Job, Failure> {
        let id = self.job_id()?;
        match self.shared.store.job(id).await? {
            Some(job) => Ok(job),
            None => Err(Failure::not_found(format_smolstr!("there is no job {id}"))),
        }
    }

    fn job_id(&self) -> Result<JobId, Failure> {
        match self.valid.target {
            Target::Job(id, _) => Ok(id),
            Target::Printer(..) => Err(Failure::bad_request(
                "this operation is about a job: job-id or job-uri is missing",
            )),
        }
    }

    /// The destination, once it is known to be a printer of ours.
    async fn known_printer(&self) -> Result<(Destination, SmolStr), Failure> {
        let (destination, uri) = self.printer()?;
        if let Destination::Printer(id) = destination {
            let printers = self.shared.store.printers().await?;
            if !printers.iter().any(|p| p.id == *id) {
                return Err(Failure::not_found(format_smolstr!("there is no printer {id} here")));
            }
        }
        Ok((destination.clone(), uri.clone()))
    }
}
