//! Create-Job (RFC 8011, 4.2.4): a job whose document comes by Send-Document, within `multiple-operation-time-out`.

use super::super::codec::{Group, group};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::{Call, submission, subscriptions};

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let checked = submission::check(call).await?;
    call.shared.intake.check_room()?;
    let job = call
        .shared
        .intake
        .open(checked.submission, submission::open_until(call))
        .await?;
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
