//! Close-Job (PWG 5100.7, 4.2): no document will follow; the job may be printed.

use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    call.shared.queue.close(job.id).await?;
    Ok(Answer::default())
}
