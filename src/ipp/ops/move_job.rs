//! CUPS-Move-Job (CUPS Implementation of IPP): a job, or all that wait at a destination, goes to another printer or to
//! the pool. `lpmove` asks for it.

use smol_str::{SmolStr, format_smolstr};

use super::super::codec::{Value, status};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::super::validate::{self, Target};
use super::submission::check_accepts;
use super::{Call, preset_at};
use crate::intake::{adapt_to, candidates, check_move, with_printer};
use crate::model::{Destination, Job};
use crate::queue::QueueError;
use crate::store::{House, JobQuery};

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let house = call.shared.store.house().await?;
    let to = destination(call, &house)?;
    check_accepts(call, &to).await?;
    if let Target::Printer(..) = call.valid.target {
        return move_all(call, &house, &to).await;
    }
    let job = call.own_job().await?;
    move_one(call, &house, job, &to).await?;
    Ok(Answer::default())
}

/// `job-printer-uri`: where to.
fn destination(call: &Call<'_>, house: &House) -> Result<Destination, Failure> {
    let uri = match call.valid.job.get("job-printer-uri").map(|a| a.values.as_slice()) {
        Some([Value::Uri(uri)]) => uri,
        Some(_) => return Err(Failure::bad_request("job-printer-uri must be one uri")),
        None => {
            return Err(Failure::bad_request(
                "job-printer-uri is missing: say where the job shall go",
            ));
        }
    };
    let unknown = || Failure::not_found("job-printer-uri is no printer here: the job stays where it is");
    let named = validate::destination(uri).ok_or_else(unknown)?;
    // What a preset says of the sheet was decided when the job was sent; here it only says where to.
    let to = match preset_at(call.shared, &named) {
        Some(preset) => preset.destination.clone(),
        None => named,
    };
    match house.has(&to) {
        true => Ok(to),
        false => Err(unknown()),
    }
}

/// Every job of the destination that is with no printer. Those that can't go are counted.
async fn move_all(call: &Call<'_>, house: &House, to: &Destination) -> Result<Answer, Failure> {
    let (from, _) = call.known_printer().await?;
    if !call.caller.is_operator {
        return Err(Failure::new(
            status::CLIENT_ERROR_NOT_AUTHORIZED,
            "all jobs of a printer are moved from the print server itself only; your own you can move one by one",
        ));
    }
    let query = JobQuery {
        printer: from.printer().cloned(),
        ..JobQuery::open()
    };
    let (mut moved, mut stay) = (0, 0);
    for id in call.shared.store.job_ids(query).await? {
        let job = call.shared.store.job(id).await?;
        let Some(job) = job.filter(|job| job.destination == from && !job.state.is_terminal()) else {
            continue;
        };
        match move_one(call, house, job, to).await {
            Ok(()) => moved += 1,
            Err(failure) if failure.status == status::CLIENT_ERROR_NOT_POSSIBLE => {
                log::info!("{}", failure.message);
                stay += 1;
            }
            Err(failure) => return Err(failure),
        }
    }
    let to = house.called(to);
    Ok(Answer {
        message: match stay {
            0 => format_smolstr!("{moved} jobs were moved to {to}"),
            stay => format_smolstr!("{moved} jobs were moved to {to}; {stay} stay, each for a reason of its own"),
        },
        ..Answer::default()
    })
}

async fn move_one(call: &Call<'_>, house: &House, job: Job, to: &Destination) -> Result<(), Failure> {
    let able = candidates(house, to);
    let not_possible = |text: SmolStr| Failure::new(status::CLIENT_ERROR_NOT_POSSIBLE, text);
    check_move(&job, &house.called(to), &able).map_err(not_possible)?;
    let adapt = adapt_to(able.into_iter().cloned().collect());
    let uri = SmolStr::new(to.uri(&call.base));
    match call.shared.queue.move_job(job.id, to.clone(), uri, adapt).await {
        Ok(_) => {
            log::info!("job {}: moved to {to} by {}", job.id, call.valid.who());
            Ok(())
        }
        Err(QueueError::Refused(refusal)) if job.has_attempt() => Err(not_possible(with_printer(&refusal))),
        Err(other) => Err(other.into()),
    }
}
