//! Cancel-Jobs and Cancel-My-Jobs (PWG 5100.7, 4.3 and 4.4): all jobs of a printer, or those with the numbers given.

use std::collections::HashSet;

use smol_str::format_smolstr;

use super::super::codec::{Attribute, Value, status};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use crate::model::{Destination, Job, JobId, PrinterId};
use crate::queue::QueueError;
use crate::store::{JobQuery, WhichJobs};

pub async fn run(call: &Call<'_>, mine: bool) -> Result<Answer, Failure> {
    let (destination, _) = call.known_printer().await?;
    let query = JobQuery {
        which: WhichJobs::NotCompleted,
        user: mine.then(|| call.valid.user.clone()),
        printer: destination.printer().cloned(),
        from: None,
        ids: None,
        offset: 0,
        limit: u32::MAX,
    };
    let mut jobs = call.shared.store.job_ids(query).await?;
    if let Destination::Printer(id) = &destination {
        jobs = at_printer(call, &jobs, id).await?;
    }
    if let Some(ids) = call.valid.operation.get("job-ids") {
        let asked = numbers(ids)?;
        check(&jobs, ids)?;
        jobs.retain(|job| asked.contains(job));
    }
    let mut canceled = 0;
    for job in jobs {
        match call.shared.queue.cancel(job).await {
            Ok(_) => canceled += 1,
            // It ended, or was canceled, in the meantime.
            Err(QueueError::Refused(_)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(Answer {
        message: format_smolstr!("{canceled} jobs are canceled"),
        ..Answer::default()
    })
}

/// Jobs that are read at once.
const PIECE: usize = 200;

/// Those of these jobs that are of this printer. What was only tried there before, and may go elsewhere, is none of them.
async fn at_printer(call: &Call<'_>, jobs: &[JobId], printer: &PrinterId) -> Result<Vec<JobId>, Failure> {
    let mut here = Vec::new();
    for piece in jobs.chunks(PIECE) {
        let query = JobQuery {
            ids: Some(piece.to_vec()),
            ..JobQuery::open()
        };
        let is_here = |job: &Job| {
            job.destination.printer() == Some(printer) || (job.has_attempt() && job.printer.as_ref() == Some(printer))
        };
        let jobs = call.shared.store.jobs(query).await?;
        here.extend(jobs.iter().filter(|job| is_here(job)).map(|job| job.id));
    }
    Ok(here)
}

/// `job-ids` as numbers.
pub fn numbers(ids: &Attribute) -> Result<Vec<JobId>, Failure> {
    let number = |value: &Value| match value {
        Value::Integer(id) if *id > 0 => Ok(JobId(i64::from(*id))),
        _ => Err(Failure::bad_request("job-ids must be integers of 1 or more")),
    };
    ids.values.iter().map(number).collect()
}

/// With one number that can't be canceled nothing is (PWG 5100.7, 4.3.2).
fn check(jobs: &[JobId], ids: &Attribute) -> Result<(), Failure> {
    let known: HashSet<i64> = jobs.iter().map(|job| job.0).collect();
    let is_known = |value: &Value| value.as_integer().is_some_and(|id| known.contains(&i64::from(id)));
    let wrong: Vec<Value> = ids.values.iter().filter(|id| !is_known(id)).cloned().collect();
    if wrong.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(
        status::CLIENT_ERROR_NOT_POSSIBLE,
        "some of these jobs are not there, not yours, or have ended; none was canceled",
    );
    failure.unsupported = vec![Attribute::new_all("job-ids", wrong)];
    Err(failure)
}
