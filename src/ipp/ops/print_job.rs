//! Print-Job (RFC 8011, 4.2.1): a job with its document at once. Answered when both are durable.

use super::super::codec::{Group, group};
use super::super::failure::Failure;
use super::super::request::Data;
use super::super::respond::Answer;
use super::{Call, submission, subscriptions};

pub async fn run(call: &Call<'_>, data: &mut Data) -> Result<Answer, Failure> {
    let checked = submission::check(call).await?;
    let received = submission::receive(call, data).await?;
    let made = call.shared.intake.submit(checked.submission, received).await;
    let job = made.map_err(|error| submission::refused(call, error))?;
    let group = Group {
        tag: group::JOB,
        attributes: submission::told(call, &job).await,
    };
    let mut groups = vec![group];
    groups.extend(subscriptions::with_job(call, &job).await);
    Ok(Answer {
        unsupported: checked.unsupported,
        status: checked.status,
        groups,
        ..Answer::default()
    })
}
