//! The order of the queue: Promote-Job and Schedule-Job-After (RFC 3998, 4.4).

use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use crate::model::JobId;
use crate::queue::Place;

/// Before all that wait.
pub async fn promote(call: &Call<'_>) -> Result<Answer, Failure> {
    arrange(call, Place::First).await
}

/// Behind `predecessor-job-id`; without one it is Promote-Job.
pub async fn schedule_after(call: &Call<'_>) -> Result<Answer, Failure> {
    let behind = call.number("predecessor-job-id")?;
    let place = behind.map_or(Place::First, |id| Place::After(JobId(i64::from(id))));
    arrange(call, place).await
}

async fn arrange(call: &Call<'_>, place: Place) -> Result<Answer, Failure> {
    let job = call.job().await?;
    call.shared.queue.arrange(job.id, place).await?;
    Ok(Answer::default())
}
