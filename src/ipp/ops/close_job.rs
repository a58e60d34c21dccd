//! Close-Job (PWG 5100.7, 4.2): no document will follow; the job may be printed.

use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    call.shared.queue.close(call.job_id()?).await?;
    Ok(Answer::default())
}
