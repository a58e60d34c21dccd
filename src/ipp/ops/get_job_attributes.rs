//! Get-Job-Attributes (RFC 8011, 4.3.4).

use smol_str::{SmolStr, format_smolstr};

use super::super::attributes::{DETAILS, Requested, with_choices};
use super::super::codec::{Group, group};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use crate::model::JobId;
use crate::store::StoreError;

/// Most choices that are told, the newest.
const CHOICES: usize = 10;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.job().await?;
    let requested = Requested::read(&call.valid.operation, &["all"]);
    let choices = match requested.wants(DETAILS) {
        true => choices(call, job.id).await?,
        false => Vec::new(),
    };
    Ok(Answer::group(Group {
        tag: group::JOB,
        attributes: with_choices(&job, &choices, &call.telling(), &requested),
    }))
}

/// Why the job went where it went, each time that it was tried.
async fn choices(call: &Call<'_>, job: JobId) -> Result<Vec<SmolStr>, StoreError> {
    let house = call.shared.store.house().await?;
    let attempts = call.shared.store.attempts(job).await?;
    let told = attempts.iter().filter(|attempt| !attempt.why.is_empty());
    let told: Vec<SmolStr> = told
        .map(|attempt| format_smolstr!("went to {}: {}", house.name_of(&attempt.printer), attempt.why))
        .collect();
    Ok(told[told.len().saturating_sub(CHOICES)..].to_vec())
}
