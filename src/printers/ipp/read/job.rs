//! The printer's own jobs.

use smol_str::SmolStr;

use super::{clean, words, wrong};
use crate::ipp::codec::{Group, Message, Value, group};
use crate::model::{RemoteJob, RemoteJobState, Trouble};

/// What [`job_state`], [`job_name`] and [`job_with_token`] read.
pub const JOB: &[&str] = &[
    "job-id",
    "job-uri",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-state-message",
    "job-impressions-completed",
    "job-media-sheets-completed",
    "time-at-processing",
];

/// The printer's job of an answer to Create-Job or Print-Job.
pub fn remote_job(answer: &Message) -> Result<RemoteJob, Trouble> {
    answer
        .group(group::JOB)
        .and_then(job)
        .ok_or_else(|| wrong("it made a job and did not say its job-id"))
}

fn job(group: &Group) -> Option<RemoteJob> {
    let id = group.first("job-id")?.as_integer().filter(|id| *id > 0)?;
    let uri = group.first("job-uri").and_then(Value::as_uri).map(SmolStr::new);
    Some(RemoteJob { id, uri })
}

/// How the printer's job stands.
pub fn job_state(answer: &Message) -> Result<RemoteJobState, Trouble> {
    let job = answer
        .group(group::JOB)
        .ok_or_else(|| wrong("it says nothing of its job"))?;
    let state = job
        .first("job-state")
        .and_then(Value::as_enum)
        .filter(|s| (3..=9).contains(s))
        .ok_or_else(|| wrong("it does not say its job's job-state"))?;
    let began = match job.first("time-at-processing") {
        _ if matches!(state, 5 | 6 | 9) => Some(true),
        Some(Value::Integer(_)) => Some(true),
        // 0x13 is no-value: that has not happened (RFC 8011, 5.3.14.2). Anything else says nothing.
        Some(Value::OutOfBand(0x13)) => Some(false),
        _ => None,
    };
    let count = |name: &str| {
        job.first(name)
            .and_then(Value::as_integer)
            .and_then(|n| u32::try_from(n).ok())
    };
    Ok(RemoteJobState {
        state,
        reasons: words(job, "job-state-reasons"),
        message: job
            .first("job-state-message")
            .and_then(Value::as_str)
            .map(|t| SmolStr::new(clean(t))),
        impressions_completed: count("job-impressions-completed").or_else(|| count("job-media-sheets-completed")),
        began,
    })
}

/// The name that the printer gives its job.
pub fn job_name(answer: &Message) -> Option<SmolStr> {
    name(answer.group(group::JOB)?).map(SmolStr::new)
}

/// The job of a Get-Jobs answer whose name carries the token.
pub fn job_with_token(answer: &Message, token: &str) -> Option<RemoteJob> {
    let mark = format!("[{token}]");
    let mut jobs = answer.groups_of(group::JOB);
    jobs.find(|g| name(g).is_some_and(|n| n.contains(&mark))).and_then(job)
}

fn name(job: &Group) -> Option<&str> {
    job.first("job-name")?.as_str()
}
