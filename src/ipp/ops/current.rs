//! The job that is being printed: Cancel-Current-Job, Suspend-Current-Job, Resume-Job (RFC 3998, 4.2 and 4.3).

use super::super::failure::Failure;
use super::super::respond::Answer;
use super::{Call, cancel_job};
use crate::model::JobId;

/// The job that is being printed at the printer; where `job-id` names one, it must be that.
async fn current(call: &Call<'_>) -> Result<JobId, Failure> {
    let (destination, _) = call.known_printer().await?;
    let named = call.number("job-id")?.map(|id| JobId(i64::from(id)));
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
