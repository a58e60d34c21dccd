//! Validate-Job (RFC 8011, 4.2.3): Print-Job without a document and without a job.

use super::super::failure::Failure;
use super::super::respond::Answer;
use super::{Call, submission};

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let checked = submission::check(call).await?;
    call.shared.intake.check_room()?;
    call.shared.intake.check_user(&call.valid.user).await?;
    Ok(Answer {
        unsupported: checked.unsupported,
        status: checked.status,
        ..Answer::default()
    })
}
