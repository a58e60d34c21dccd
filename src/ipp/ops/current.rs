//! The job that is being printed: Cancel-Current-Job, Suspend-Current-Job, Resume-Job (RFC 3998, 4.2 and 4.3).

use super::super::codec::Value;
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::{Call, cancel_job};
use crate::model::JobId;

/// The job that is being printed at the printer; where `job-id` names one, it must be that.
async fn current(call: &Call<'_>) -> Result<JobId, Failure> {
    let (destination, _) = call.known_printer().await?;
    let named = match call.valid.operation.get("job-id").map(|a| a.values.as_slice()) {
        None => None,
        Some([Value::Integer(id)]) if *id > 0 => Some(JobId(i64::from(*id))),
        Some(_) => return Err(Failure::bad_request("job-id must be one integer of 1 or more")),
    };
    Ok(call.shared.queue.current(&destination, named).await?)
}

pub async fn cancel(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = current(call).await?;
    call.check_own(id).await?;
    cancel_job::cancel(call, id).await
}

pub async fn suspend(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = current(call).await?;
    let job = call.shared.queue.suspend(id).await?;
    Ok(Answer {
        message: job.message,
        ..Answer::default()
    })
}

pub async fn resume(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    call.shared.queue.resume(job.id).await?;
    Ok(Answer::default())
}
