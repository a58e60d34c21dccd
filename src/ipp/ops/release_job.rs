//! Release-Job (RFC 8011, 4.3.6): a held job may go; of one that asks whether its sheet was finished this is the answer
//! "print it again".

use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    call.shared.queue.release(job.id).await?;
    Ok(Answer {
        message: "the job may be printed now".into(),
        ..Answer::default()
    })
}
