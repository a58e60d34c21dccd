//! Get-Jobs (RFC 8011, 4.2.6).

use super::super::attributes::Requested;
use super::super::codec::{Value, status};
use super::super::failure::Failure;
use super::super::listing::{Listing, Teller};
use super::super::respond::Answer;
use super::Call;
use super::cups::{as_cups, is_cups_uri};
use crate::model::{JobId, JobState};
use crate::store::{JobQuery, WhichJobs};

/// `which-jobs-supported`
pub const WHICH_JOBS: [&str; 10] = [
    "completed",
    "not-completed",
    "all",
    "pending",
    "pending-held",
    "processing",
    "processing-stopped",
    "canceled",
    "aborted",
    "proof-print",
];

/// Most jobs in one answer; a client that wants more asks with `first-index`.
const MOST: u32 = 10_000;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let (destination, uri) = call.known_printer().await?;
    let operation = &call.valid.operation;
    let which = match operation.get("which-jobs").map(|a| a.values.as_slice()) {
        None => WhichJobs::NotCompleted,
        Some([value]) => match value.as_str() {
            Some("completed") => WhichJobs::Completed,
            Some("not-completed") => WhichJobs::NotCompleted,
            Some("all") => WhichJobs::All,
            Some("pending") => WhichJobs::State(JobState::Pending),
            Some("pending-held") => WhichJobs::State(JobState::PendingHeld),
            Some("processing") => WhichJobs::State(JobState::Processing),
            Some("processing-stopped") => WhichJobs::State(JobState::ProcessingStopped),
            Some("canceled") => WhichJobs::State(JobState::Canceled),
            Some("aborted") => WhichJobs::State(JobState::Aborted),
            // Proof prints (PWG 5100.11) are not made here: there is none.
            Some("proof-print") => return Ok(Answer::default()),
            _ => return Err(unsupported(call, "which-jobs")),
        },
        Some(_) => return Err(Failure::bad_request("which-jobs must be one keyword")),
    };
    let mine = match operation.get("my-jobs").map(|a| a.values.as_slice()) {
        None => false,
        Some([Value::Boolean(mine)]) => *mine,
        Some(_) => return Err(Failure::bad_request("my-jobs must be one boolean")),
    };
    let query = JobQuery {
        which,
        user: mine.then(|| call.valid.user.clone()),
        printer: destination.printer().cloned(),
        from: call.number("first-job-id")?.map(|n| JobId(i64::from(n))),
        ids: operation.get("job-ids").map(super::cancel_jobs::numbers).transpose()?,
        offset: call.number("first-index")?.map_or(0, |n| n - 1),
        limit: call.number("limit")?.unwrap_or(MOST).min(MOST),
    };
    let requested = Requested::read(operation, &["job-id", "job-uri"]);
    let teller = Teller {
        telling: call.telling(),
        requested,
        adapt: is_cups_uri(&uri).then_some(as_cups),
    };
    Ok(Answer {
        listing: Some(Listing::begin(&call.shared.store, query, teller).await?),
        ..Answer::default()
    })
}

fn unsupported(call: &Call<'_>, name: &str) -> Failure {
    let mut failure = Failure::new(
        status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED,
        format!("this value of {name} is not supported"),
    );
    failure.unsupported = call.valid.operation.get(name).cloned().into_iter().collect();
    failure
}
