//! Which paper a person shall load where.
//!
//! Only printers whose feeders are known ask; where nobody has said what is loaded, the printer itself asks when it has
//! the job. Two reasons make one ask:
//!
//! - **A more urgent job** than all that could be printed on what is loaded. The printer is kept free for its paper, for
//!   the time that a person is given.
//! - **Nothing to do**: no job that waits can use what is loaded. Then the most urgent paper is asked for, and among
//!   equals that which gets the most jobs done for its time. A paper that is loaded elsewhere is left to that printer,
//!   unless so much waits for it that a second one is worth the change.

use smol_str::SmolStr;

use super::fit::Fit;
use super::urgency::Urgency;
use super::words::Obstacle;
use super::{Entry, LoadRequest, Lot, Table};
use crate::model::{Media, Timestamp};

/// A paper is asked for at another printer too when its jobs take so many changes of paper for each that has it.
const WORTH_A_CHANGE: i64 = 3;

/// What a printer asks for.
#[derive(Debug, Clone)]
pub(super) struct Load {
    /// The media of one of the jobs.
    media: Media,
    since: Timestamp,
    /// Of its most urgent job.
    pub urgency: Urgency,
    /// Nothing less urgent is begun meanwhile.
    pub kept_free: bool,
}

/// Of a paper that a printer has some of, but not enough for the first job that waits for it, nothing is taken by those
/// that come after it, for the time that a person is given to load the rest: who was asked for one sheet would find that
/// two are missing. They wait for sheets of their own.
pub(super) fn reserve(table: &mut Table) {
    let feeder = table.snapshot.policy.feeder;
    for printer in 0..table.snapshot.printers.len() {
        let Some(wanted) = &table.snapshot.printers[printer].wanted else {
            continue;
        };
        let until = wanted.since.plus_ms(table.snapshot.policy.grace_ms);
        let is_for = |entry: &Entry| {
            entry.lot == Lot::Waits
                && is_topped_up(entry, printer, feeder)
                && entry.job.media.is_same_paper(&wanted.media)
        };
        let Some(first) = table.entries.iter().position(is_for).filter(|_| table.now < until) else {
            continue;
        };
        for entry in &mut table.entries[first + 1..] {
            let is_known = !entry.job.routine && entry.job.media.is_same_paper(&wanted.media);
            if is_known && matches!(entry.fits[printer], Fit::Now { .. }) {
                entry.fits[printer] = Fit::Load {
                    sheets: entry.job.sheets.min(feeder),
                };
            }
        }
        table.wake(Some(until));
    }
}

/// Jobs more urgent than what is loaded everywhere.
pub(super) fn ask_for_the_urgent(table: &mut Table) {
    let printers = table.snapshot.printers.len();
    // The most urgent job that each could print on what it has. Entries are in order.
    let loaded: Vec<Option<Urgency>> = (0..printers)
        .map(|p| {
            let mut fitting = table.waiting().filter(|entry| matches!(entry.fits[p], Fit::Now { .. }));
            fitting.next().map(|entry| entry.urgency)
        })
        .collect();
    if loaded.iter().all(Option::is_none) {
        return;
    }
    let mut asking: Vec<(usize, Load)> = Vec::new();
    for entry in table.waiting() {
        let is_asked = |p: usize| asking.iter().any(|(asking, _)| *asking == p);
        if (0..printers).all(|p| is_asked(p) || loaded[p].is_none_or(|urgency| urgency <= entry.urgency)) {
            // All that follow are less urgent.
            break;
        }
        let is_served = (0..printers).any(|p| serves(table, entry, p))
            || asking
                .iter()
                .any(|(p, load)| needs_load(entry, *p) && entry.job.media.is_same_paper(&load.media));
        if is_served {
            continue;
        }
        let candidates = (0..printers).filter(|p| {
            !is_asked(*p)
                && table.is_well(*p)
                && needs_load(entry, *p)
                && loaded[*p].is_some_and(|urgency| entry.urgency < urgency)
        });
        // Who has asked for it already; then who is free; then whose own jobs are the least urgent.
        let best = candidates.min_by_key(|p| {
            let asked = asked_before(table, *p, &entry.job.media).is_none();
            (asked, !table.is_free(*p), std::cmp::Reverse(loaded[*p]), *p)
        });
        if let Some(printer) = best {
            let load = make(table, printer, entry, true);
            asking.push((printer, load));
        }
    }
    for (printer, load) in asking {
        if load.kept_free {
            let until = load.since.plus_ms(table.snapshot.policy.grace_ms);
            table.wake(Some(until));
        }
        table.loads[printer] = Some(load);
    }
}

/// Printers that have nothing left to do with what is loaded.
pub(super) fn ask_for_the_next(table: &mut Table) {
    // Who has some of a paper that is wanted needs only more of it; who is free can be loaded at once; the paper that was
    // used last is the likeliest to be wanted again.
    let has_some = |p: usize| {
        table
            .waiting()
            .any(|entry| is_topped_up(entry, p, table.snapshot.policy.feeder))
    };
    let mut order: Vec<usize> = (0..table.snapshot.printers.len()).collect();
    order.sort_by_key(|p| {
        (
            !has_some(*p),
            !table.is_free(*p),
            table.snapshot.printers[*p].last_used,
            *p,
        )
    });
    for printer in order {
        let is_known = table.snapshot.printers[printer].loaded.is_some();
        if !is_known || table.loads[printer].is_some() || !table.is_well(printer) {
            continue;
        }
        if table
            .waiting()
            .any(|entry| matches!(entry.fits[printer], Fit::Now { .. }))
        {
            continue;
        }
        table.loads[printer] = next_paper(table, printer);
    }
}

/// Jobs that one paper would serve on a printer.
struct Group<'a> {
    first: &'a Entry<'a>,
    jobs: i64,
    work_ms: i64,
}

fn next_paper(table: &Table, printer: usize) -> Option<Load> {
    let mut groups: Vec<Group> = Vec::new();
    for entry in table.waiting().filter(|entry| needs_load(entry, printer)) {
        // Of one size and type: feeders are chosen by whoever loads.
        let same = |media: &Media| {
            media.size.name == entry.job.media.size.name && media.media_type == entry.job.media.media_type
        };
        match groups.iter_mut().find(|group| same(&group.first.job.media)) {
            Some(group) => {
                group.jobs += 1;
                group.work_ms = group.work_ms.saturating_add(entry.job.work_ms);
            }
            None => groups.push(Group {
                first: entry,
                jobs: 1,
                work_ms: entry.job.work_ms,
            }),
        }
    }
    let load_ms = table.snapshot.policy.load_ms.max(1);
    groups.retain(|group| {
        let others = (0..table.snapshot.printers.len()).filter(|p| *p != printer);
        let owners = others.filter(|p| serves(table, group.first, *p) || is_asked_at(table, *p, group.first));
        let owners = owners.count() as i64;
        owners == 0 || group.work_ms / owners > WORTH_A_CHANGE * load_ms
    });
    // Groups are in the order of their first jobs, so that the first of equals is the older.
    let best = groups.into_iter().min_by(|a, b| {
        let asked = |group: &Group| asked_before(table, printer, &group.first.job.media).is_none();
        let cost = |group: &Group| load_ms.saturating_add(group.work_ms);
        // Jobs for their time: a.jobs / cost(a) against b.jobs / cost(b).
        let density = || {
            let (a_done, b_done) = (
                i128::from(a.jobs) * i128::from(cost(b)),
                i128::from(b.jobs) * i128::from(cost(a)),
            );
            b_done.cmp(&a_done)
        };
        let more = |group: &Group| !is_topped_up(group.first, printer, table.snapshot.policy.feeder);
        let rank = |group: &Group| (group.first.urgency, asked(group), more(group));
        rank(a).cmp(&rank(b)).then_with(density)
    })?;
    Some(make(table, printer, best.first, false))
}

fn make(table: &Table, printer: usize, entry: &Entry, urgent: bool) -> Load {
    let since = asked_before(table, printer, &entry.job.media).unwrap_or(table.now);
    let given = since.plus_ms(table.snapshot.policy.grace_ms);
    Load {
        media: entry.job.media.clone(),
        since,
        urgency: entry.urgency,
        kept_free: urgent && table.now < given,
    }
}

/// Since when a printer has been asking for a paper.
fn asked_before(table: &Table, printer: usize, media: &Media) -> Option<Timestamp> {
    let wanted = table.snapshot.printers[printer].wanted.as_ref()?;
    media.is_same_paper(&wanted.media).then_some(wanted.since)
}

fn needs_load(entry: &Entry, printer: usize) -> bool {
    matches!(entry.fits[printer], Fit::Load { .. })
}

/// Whether some of the sheets that a job needs are in a printer already.
fn is_topped_up(entry: &Entry, printer: usize, feeder: u32) -> bool {
    matches!(entry.fits[printer], Fit::Load { sheets } if sheets < entry.job.sheets.min(feeder))
}

/// Whether a job's paper is in a printer that will come to it: one that is well, or that a person is mending.
fn serves(table: &Table, entry: &Entry, printer: usize) -> bool {
    if !matches!(entry.fits[printer], Fit::Now { .. }) {
        return false;
    }
    if table.is_well(printer) {
        return true;
    }
    let it = &table.snapshot.printers[printer];
    let given = it
        .status_since
        .map(|since| since.plus_ms(table.snapshot.policy.grace_ms));
    let is_mended = matches!(table.obstacles[printer], Some(Obstacle::Stopped)) && given.is_some_and(|t| t > table.now);
    is_mended && matches!(entry.urgency, Urgency::Normal(..))
}

/// Whether a printer is asking for a job's paper.
pub(super) fn is_asked_at(table: &Table, printer: usize, entry: &Entry) -> bool {
    let load = table.loads[printer].as_ref();
    needs_load(entry, printer) && load.is_some_and(|load| entry.job.media.is_same_paper(&load.media))
}

/// What is asked for, with the jobs that wait for it.
pub(super) fn requests(table: &Table) -> Vec<LoadRequest> {
    let mut requests = Vec::new();
    for (printer, load) in table.loads.iter().enumerate() {
        let Some(load) = load else {
            continue;
        };
        let (mut sheets, mut jobs) = (0u32, 0u32);
        let mut paper = SmolStr::default();
        for entry in table.waiting().filter(|entry| is_asked_at(table, printer, entry)) {
            if paper.is_empty() {
                paper = super::words::paper(table, entry);
            }
            sheets = sheets.saturating_add(entry.job.sheets);
            jobs += 1;
        }
        requests.push(LoadRequest {
            printer: table.snapshot.printers[printer].id.clone(),
            media: Media {
                source: "auto".into(),
                ..load.media.clone()
            },
            paper,
            sheets,
            jobs,
            since: load.since,
            kept_free: load.kept_free,
        });
    }
    requests
}
