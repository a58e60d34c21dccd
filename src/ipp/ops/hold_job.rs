//! Hold-Job (RFC 8011, 4.3.5): a job that is not with a printer yet waits until a time, or until it is released.

use super::super::attributes::read_hold;
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use crate::model::{Hold, HoldUntil};

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.job_id()?;
    // Without a time it waits for Release-Job.
    let asked = read_hold(&call.valid.operation)?;
    let until = asked.map_or(Some(HoldUntil::Indefinite), |asked| asked.until);
    let queue = &call.shared.queue;
    match until.and_then(|until| until.from(&jiff::ZonedDateTime::now())) {
        Some(hold) => queue.hold(id, hold).await?,
        // "no-hold", or a time that is already there: held for no time at all.
        None => {
            let nothing = Hold {
                until: HoldUntil::Indefinite,
                over: None,
            };
            queue.hold(id, nothing).await?;
            queue.release(id).await?
        }
    };
    Ok(Answer::default())
}
