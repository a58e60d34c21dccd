//! Which free printer gets which job.

use super::fit::Fit;
use super::urgency::Urgency;
use super::{Assignment, Lot, Table, words};
use crate::model::{JobId, Timestamp};

/// Gives free printers jobs until there is no pair any more.
pub(super) fn assign(table: &mut Table) -> Vec<Assignment> {
    let mut assignments = Vec::new();
    let mut free: Vec<usize> = (0..table.snapshot.printers.len())
        .filter(|p| table.is_free(*p))
        .collect();
    while !free.is_empty() {
        let Some((place, printer)) = best_pair(table, &free) else {
            break;
        };
        let entry = &table.entries[place];
        assignments.push(Assignment {
            job: entry.job.id,
            printer: table.snapshot.printers[printer].id.clone(),
            why: words::chosen(table, entry, printer),
        });
        table.entries[place].lot = Lot::Assigned;
        table.obstacles[printer] = Some(words::Obstacle::Busy);
        free.retain(|p| *p != printer);
    }
    assignments
}

/// Urgency, whether the paper changes, job, what is less good about the printer, its last use, printer, place of the job:
/// the least comes first.
type Key = (
    Urgency,
    bool,
    JobId,
    (bool, bool, bool),
    Option<Timestamp>,
    usize,
    usize,
);

/// The pair of a job and a free printer that comes first.
fn best_pair(table: &Table, free: &[usize]) -> Option<(usize, usize)> {
    let mut best: Option<Key> = None;
    for (place, entry) in table.entries.iter().enumerate() {
        if entry.lot != Lot::Waits {
            continue;
        }
        // Entries are in order: a later urgency can't win any more.
        if let Some((urgency, ..)) = best
            && entry.urgency > urgency
        {
            break;
        }
        for &printer in free {
            let Fit::Now { change, doubt } = entry.fits[printer] else {
                continue;
            };
            let kept_for = table.loads[printer].as_ref().filter(|load| load.kept_free);
            if kept_for.is_some_and(|load| entry.urgency > load.urgency) {
                continue;
            }
            let it = &table.snapshot.printers[printer];
            // It would take the job and stop with it.
            if it.lacks_paper() && table.is_served_beside(&entry.fits, printer) {
                continue;
            }
            let preference = (
                doubt,
                it.loaded.is_none() && !it.reports(&entry.job.media),
                !it.is_idle(),
            );
            let key = (
                entry.urgency,
                change,
                entry.job.id,
                preference,
                it.last_used,
                printer,
                place,
            );
            if best.is_none_or(|best| key < best) {
                best = Some(key);
            }
        }
    }
    best.map(|(.., printer, place)| (place, printer))
}
