//! Hold-Job (RFC 8011, 4.3.5): a job that is not with a printer yet waits until a time, or until it is released.

use super::super::attributes::read_hold;
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use crate::model::HoldUntil;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.own_job().await?.id;
    // Without a time it waits for Release-Job.
    let asked = read_hold(&call.valid.operation)?;
    let until = asked.map_or(Some(HoldUntil::Indefinite), |asked| asked.until);
    // None for "no-hold", and for a time that is already there.
    let hold = until.and_then(|until| until.from(&jiff::ZonedDateTime::now()));
    call.shared.queue.hold(id, hold).await?;
    Ok(Answer::default())
}
