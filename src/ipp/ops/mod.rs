//! The operations, one file each.

mod again;
mod cancel_job;
mod cancel_jobs;
mod close_job;
mod create_job;
mod cups;
mod current;
mod documents;
mod get_job_attributes;
mod get_jobs;
mod get_notifications;
mod get_printer_attributes;
mod hold_job;
mod identify_printer;
mod ignored;
mod loaded;
mod move_job;
mod order;
mod print_job;
mod printer_values;
mod purge_jobs;
mod release_job;
mod send_document;
mod set_job_attributes;
mod submission;
mod subscriptions;
mod switches;
mod validate_job;

pub use get_jobs::WHICH_JOBS;
pub use get_printer_attributes::describe;
pub use identify_printer::ACTIONS as IDENTIFY_ACTIONS;
pub use subscriptions::{EVENTS_MOST, LEASE_DEFAULT, LEASE_MOST};

use std::sync::Arc;

use super::attributes::Telling;
use super::authority::Caller;
use super::codec::{Message, Value, op, status};
use super::failure::Failure;
use super::request::Data;
use super::respond::Answer;
use super::validate::{Target, Valid};
use super::{Shared, Shown};
use crate::intake::Preset;
use crate::model::{Destination, Job, JobId};

use smol_str::{SmolStr, format_smolstr};

/// `operations-supported`: exactly what [`run`] runs.
pub const SUPPORTED: [u16; 51] = [
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
    op::RESTART_JOB,
    op::PAUSE_PRINTER,
    op::RESUME_PRINTER,
    op::PURGE_JOBS,
    op::SET_PRINTER_ATTRIBUTES,
    op::SET_JOB_ATTRIBUTES,
    op::GET_PRINTER_SUPPORTED_VALUES,
    op::CREATE_PRINTER_SUBSCRIPTIONS,
    op::CREATE_JOB_SUBSCRIPTIONS,
    op::GET_SUBSCRIPTION_ATTRIBUTES,
    op::GET_SUBSCRIPTIONS,
    op::RENEW_SUBSCRIPTION,
    op::CANCEL_SUBSCRIPTION,
    op::GET_NOTIFICATIONS,
    op::ENABLE_PRINTER,
    op::DISABLE_PRINTER,
    op::PAUSE_PRINTER_AFTER_CURRENT_JOB,
    op::HOLD_NEW_JOBS,
    op::RELEASE_HELD_NEW_JOBS,
    op::RESTART_PRINTER,
    op::SHUTDOWN_PRINTER,
    op::STARTUP_PRINTER,
    op::REPROCESS_JOB,
    op::CANCEL_CURRENT_JOB,
    op::SUSPEND_CURRENT_JOB,
    op::RESUME_JOB,
    op::PROMOTE_JOB,
    op::SCHEDULE_JOB_AFTER,
    op::CANCEL_DOCUMENT,
    op::GET_DOCUMENT_ATTRIBUTES,
    op::GET_DOCUMENTS,
    op::SET_DOCUMENT_ATTRIBUTES,
    op::CANCEL_JOBS,
    op::CANCEL_MY_JOBS,
    op::RESUBMIT_JOB,
    op::CLOSE_JOB,
    op::IDENTIFY_PRINTER,
    op::CUPS_GET_DEFAULT,
    op::CUPS_GET_PRINTERS,
    op::CUPS_GET_CLASSES,
    op::CUPS_MOVE_JOB,
];

/// A request that passed the checks, as an operation sees it.
struct Call<'a> {
    shared: &'a Shared,
    valid: Valid,
    /// Host and port by which the client called.
    host: &'a str,
    /// What the URIs that it is given begin with: the scheme by which it called, and the host.
    base: String,
    /// Who calls.
    caller: Caller,
    /// The preset by which the client called its printer.
    preset: Option<Arc<Preset>>,
}

/// Runs an operation.
pub async fn run(
    shared: &Shared,
    message: &Message,
    mut valid: Valid,
    (host, caller): (&str, Caller),
    data: &mut Data,
) -> Result<Answer, Failure> {
    caller.check_operation(message.code)?;
    let ignored = ignored::ignored(message.code, &valid);
    let preset = behind(shared, &mut valid);
    if let Some(preset) = &preset
        && (switches::is_switch(message.code) || matches!(message.code, op::SET_PRINTER_ATTRIBUTES | op::CUPS_MOVE_JOB))
    {
        return Err(Failure::new(
            status::CLIENT_ERROR_NOT_POSSIBLE,
            format_smolstr!(
                "\"{}\" is a preset: do this at {}, where its jobs go",
                preset.name,
                preset.destination
            ),
        ));
    }
    let call = Call {
        shared,
        valid,
        host,
        base: format!("{}://{host}", if caller.secure { "ipps" } else { "ipp" }),
        caller,
        preset,
    };
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
        op::RESTART_JOB => again::restart(&call).await,
        op::REPROCESS_JOB => again::reprocess(&call).await,
        op::RESUBMIT_JOB => again::resubmit(&call).await,
        op::SET_JOB_ATTRIBUTES => set_job_attributes::run(&call).await,
        op::PROMOTE_JOB => order::promote(&call).await,
        op::SCHEDULE_JOB_AFTER => order::schedule_after(&call).await,
        op::CANCEL_CURRENT_JOB => current::cancel(&call).await,
        op::SUSPEND_CURRENT_JOB => current::suspend(&call).await,
        op::RESUME_JOB => current::resume(&call).await,
        op::PURGE_JOBS => purge_jobs::run(&call).await,
        op::GET_DOCUMENTS => documents::list(&call).await,
        op::GET_DOCUMENT_ATTRIBUTES => documents::get(&call).await,
        op::SET_DOCUMENT_ATTRIBUTES => documents::set(&call).await,
        op::CANCEL_DOCUMENT => documents::cancel(&call).await,
        op::SET_PRINTER_ATTRIBUTES => printer_values::set(&call).await,
        op::GET_PRINTER_SUPPORTED_VALUES => printer_values::supported(&call).await,
        op::CREATE_PRINTER_SUBSCRIPTIONS => subscriptions::create_for_printer(&call).await,
        op::CREATE_JOB_SUBSCRIPTIONS => subscriptions::create_for_job(&call).await,
        op::GET_SUBSCRIPTION_ATTRIBUTES => subscriptions::get(&call).await,
        op::GET_SUBSCRIPTIONS => subscriptions::list(&call).await,
        op::RENEW_SUBSCRIPTION => subscriptions::renew(&call).await,
        op::CANCEL_SUBSCRIPTION => subscriptions::cancel(&call).await,
        op::GET_NOTIFICATIONS => get_notifications::run(&call).await,
        op::IDENTIFY_PRINTER => identify_printer::run(&call).await,
        code if switches::is_switch(code) => switches::run(&call, code).await,
        op::CUPS_GET_DEFAULT => cups::get_default(&call).await,
        op::CUPS_GET_PRINTERS => cups::get_printers(&call).await,
        op::CUPS_GET_CLASSES => cups::get_classes(&call).await,
        op::CUPS_MOVE_JOB => move_job::run(&call).await,
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

/// The preset that a request names; it is then about the printer that the preset's jobs go to.
fn behind(shared: &Shared, valid: &mut Valid) -> Option<Arc<Preset>> {
    let Target::Printer(destination, _) = &mut valid.target else {
        return None;
    };
    let preset = preset_at(shared, destination)?;
    *destination = preset.destination.clone();
    Some(preset)
}

/// The preset of this name.
fn preset_at(shared: &Shared, named: &Destination) -> Option<Arc<Preset>> {
    let named = named.printer()?;
    let presets = shared.settings.presets();
    presets.iter().find(|preset| preset.id == *named).cloned()
}

/// Whether an operation turns a switch of a printer.
pub fn is_switch(code: u16) -> bool {
    switches::is_switch(code)
}

/// Whether an operation tells of printers alone: then nobody is asked who he is.
pub fn is_open_to_all(code: u16) -> bool {
    matches!(
        code,
        op::GET_PRINTER_ATTRIBUTES
            | op::GET_PRINTER_SUPPORTED_VALUES
            | op::CUPS_GET_DEFAULT
            | op::CUPS_GET_PRINTERS
            | op::CUPS_GET_CLASSES
    )
}

/// The name of an operation, for the log.
pub fn name(code: u16) -> SmolStr {
    op::name(code).map_or_else(|| format_smolstr!("operation 0x{code:04x}"), SmolStr::new_static)
}

impl Call<'_> {
    /// An operation attribute that is one integer of 1 or more, where it is there.
    fn number(&self, name: &str) -> Result<Option<u32>, Failure> {
        match self.valid.operation.get(name).map(|a| a.values.as_slice()) {
            None => Ok(None),
            Some([Value::Integer(n)]) if *n >= 1 => Ok(Some(n.unsigned_abs())),
            Some(_) => Err(Failure::bad_request(format_smolstr!(
                "{name} must be one integer of 1 or more"
            ))),
        }
    }

    /// How jobs are told of to this client.
    fn telling(&self) -> Telling {
        Telling {
            base: SmolStr::new(&self.base),
            opened_at: self.shared.opened_at,
            up_time: self.shared.up_time(),
        }
    }

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

    /// The job that this is about, which only whoever sent it may touch.
    async fn own_job(&self) -> Result<Job, Failure> {
        let job = self.job().await?;
        self.caller.check_job(&job, &self.valid.user)?;
        Ok(job)
    }

    /// The same for a job that is named elsewhere.
    async fn check_own(&self, id: JobId) -> Result<(), Failure> {
        match self.shared.store.job(id).await? {
            Some(job) => self.caller.check_job(&job, &self.valid.user),
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

    /// The printer as the client sees it, once it is known to be ours, and its URI.
    async fn shown(&self) -> Result<(Shown, SmolStr), Failure> {
        let (destination, uri) = self.known_printer().await?;
        let preset = self.preset.clone();
        Ok((Shown { destination, preset }, uri))
    }

    /// The destination, once it is known to be a printer of ours.
    async fn known_printer(&self) -> Result<(Destination, SmolStr), Failure> {
        let (destination, uri) = self.printer()?;
        if !self.shared.store.house().await?.has(destination) {
            return Err(Failure::not_found(format_smolstr!(
                "there is no printer {destination} here"
            )));
        }
        Ok((destination.clone(), uri.clone()))
    }
}
