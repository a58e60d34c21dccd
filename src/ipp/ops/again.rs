//! Printing a job again: Restart-Job (RFC 8011, 4.3.7) under its number, Reprocess-Job (RFC 3998, 4.1) and Resubmit-Job
//! (PWG 5100.7, 4.5) as a new job of the same documents, Resubmit-Job with other wishes where it names some.

use super::super::attributes::{left_to_the_house, read_hold};
use super::super::codec::{Group, group, status};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::{Call, submission};
use crate::intake::Repeat;
use crate::model::{Hold, Job};

/// The hold that the request asks for, if any.
fn hold(call: &Call<'_>) -> Result<Option<Hold>, Failure> {
    let asked = read_hold(&call.valid.operation)?;
    let until = asked.and_then(|asked| asked.until);
    Ok(until.and_then(|until| until.from(&jiff::ZonedDateTime::now())))
}

async fn described(call: &Call<'_>, job: &Job) -> Group {
    Group {
        tag: group::JOB,
        attributes: submission::told(call, job).await,
    }
}

pub async fn restart(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    let job = call.shared.queue.restart(job.id, hold(call)?).await?;
    Ok(Answer {
        message: job.message.clone(),
        ..Answer::default()
    })
}

pub async fn reprocess(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    let repeat = Repeat {
        user: call.valid.user.clone(),
        hold: hold(call)?,
        ..Repeat::default()
    };
    made(call, job, repeat).await
}

pub async fn resubmit(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    let asked = submission::wishes(call, &job.destination).await?;
    let repeat = Repeat {
        user: call.valid.user.clone(),
        name: Some(submission::text(call, "job-name")).filter(|name| !name.is_empty()),
        priority: call.valid.job.get("job-priority").map(|_| asked.priority),
        hold: asked.hold.and_then(|until| until.from(&jiff::ZonedDateTime::now())),
        wishes: asked.wishes,
        cleared: left_to_the_house(&call.valid.job),
    };
    let mut answer = made(call, job, repeat).await?;
    answer.unsupported = asked.unsupported;
    answer.status = asked.conflict.then_some(status::SUCCESSFUL_OK_CONFLICTING_ATTRIBUTES);
    Ok(answer)
}

async fn made(call: &Call<'_>, job: Job, repeat: Repeat) -> Result<Answer, Failure> {
    if !job.state.is_terminal() {
        return Err(Failure::new(
            status::CLIENT_ERROR_NOT_POSSIBLE,
            format!("job {} has not ended yet: it can be printed again when it has", job.id),
        ));
    }
    submission::check_accepts(call, &job.destination).await?;
    let made = call.shared.intake.repeat(job, repeat).await;
    let job = made.map_err(|error| submission::refused(call, error))?;
    Ok(Answer::group(described(call, &job).await))
}
