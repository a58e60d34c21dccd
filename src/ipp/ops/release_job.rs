//! Release-Job (RFC 8011, 4.3.6): the answer "print it again" to a job that is held with a question.

use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use crate::queue::Answer as QueueAnswer;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    call.shared
        .queue
        .answer(call.job_id()?, QueueAnswer::PrintAgain)
        .await?;
    Ok(Answer {
        message: "the job will be printed again".into(),
        ..Answer::default()
    })
}
