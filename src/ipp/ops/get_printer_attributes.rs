//! Get-Printer-Attributes (RFC 8011, 4.2.5).

use super::super::attributes::{Requested, View, printer_attributes};
use super::super::codec::{Attribute, Group, group};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::super::{Shared, Shown};
use super::Call;
use super::cups::{as_cups, is_cups_uri};
use crate::model::{Loaded, Timestamp};
use crate::store::StoreError;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let (shown, uri) = call.shown().await?;
    let requested = Requested::read(&call.valid.operation, &["all"]);
    let mut attributes = describe(call.shared, call.host, shown, &requested).await?;
    if is_cups_uri(&uri) {
        as_cups(&call.telling(), &mut attributes);
    }
    Ok(Answer::group(Group {
        tag: group::PRINTER,
        attributes,
    }))
}

/// Describes a printer that is known to be there to a client that calls the house by `host`.
pub async fn describe(
    shared: &Shared,
    host: &str,
    shown: Shown,
    requested: &Requested,
) -> Result<Vec<Attribute>, StoreError> {
    let house = shared.store.house().await?;
    let Shown { destination, preset } = shown;
    let mut printers = house.printers.clone();
    // What somebody has said of a printer's feeders, and it has not contradicted, is better than what it says itself.
    for printer in &mut printers {
        let here: Vec<&Loaded> = house.loaded.iter().filter(|l| l.printer == printer.id).collect();
        if let Some(status) = printer.status.as_mut().filter(|_| !here.is_empty()) {
            let there = here.into_iter().filter(|loaded| !loaded.is_empty());
            status.media_ready = there.map(|loaded| loaded.media.clone()).collect();
        }
    }
    let control = house.control(&destination);
    let queued = shared.store.queued_count(destination.clone()).await?;
    printers.retain(|p| house.leads_to(&destination, &p.id));
    let mut busy = Vec::new();
    for attempt in house
        .open_attempts
        .iter()
        .filter(|a| printers.iter().any(|p| p.id == a.printer))
    {
        // Of a named pool those count that Get-Jobs lists there: its members print the jobs of others as well.
        let is_told = match destination.pool(&house.pools) {
            None => true,
            Some(_) => {
                let job = shared.store.job(attempt.job).await?;
                job.is_some_and(|job| job.destination == destination)
            }
        };
        if is_told {
            busy.push(attempt.printer.clone());
        }
    }
    let view = View {
        queued,
        busy,
        paused: house.paused(&destination),
        printers: &printers,
        loaded: &house.loaded,
        id: destination.printer().cloned(),
        pool: destination.pool(&house.pools),
        preset: preset.as_deref(),
        host,
        tls: shared.settings.tls,
        authentication: shared.settings.authenticator.as_ref().map(|a| a.scheme()),
        control: &control,
        uuid: shared.settings.uuid,
        multiple_operation_time_out: shared.settings.multiple_operation_time_out,
        document_bytes: shared.settings.document_bytes,
        side: shared.settings.side,
        opened_at: shared.opened_at,
        spool_full: shared
            .intake
            .check_room()
            .err()
            .map(|why| format!("new jobs are refused: {why}")),
        up_time: shared.up_time(),
        now: Timestamp::now(),
    };
    Ok(printer_attributes(&view, requested))
}
