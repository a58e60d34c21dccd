//! Get-Job-Attributes (RFC 8011, 4.3.4).

use super::super::attributes::{Requested, job_attributes};
use super::super::codec::{Group, group};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.job().await?;
    let requested = Requested::read(&call.valid.operation, &["all"]);
    Ok(Answer::group(Group {
        tag: group::JOB,
        attributes: job_attributes(&job, &call.telling(), &requested),
    }))
}
