//! Cancel-Job (RFC 8011, 4.3.3). A job that is printing is canceled at its printer, and ends when that has let go.

use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use crate::model::JobId;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    cancel(call, job.id).await
}

/// Cancels a job that the caller may cancel.
pub async fn cancel(call: &Call<'_>, id: JobId) -> Result<Answer, Failure> {
    let job = call.shared.queue.cancel(id).await?;
    let message = if job.state.is_terminal() {
        "the job was canceled".into()
    } else {
        "the job is being canceled at its printer".into()
    };
    Ok(Answer {
        message,
        ..Answer::default()
    })
}
