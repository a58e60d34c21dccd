//! Why: the plan's answers in words.

use smol_str::{SmolStr, format_smolstr};

use super::super::called::{clause, said_of};
use super::super::classes;
use super::fit::{Fit, Misfit, may_go};
use super::load::is_asked_at;
use super::{Entry, Lot, PlanPrinter, Table};
use crate::model::{Destination, PrinterState, Timestamp, sheets_shown, used_up};

/// Why a printer can be given nothing now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// It has a job.
    Busy,
    /// A person has paused it.
    Paused,
    /// It was not asked yet.
    Unread,
    /// It does not answer.
    Silent,
    /// It has failed again and again.
    Resting,
    /// It waits for a person.
    Stopped,
    /// It takes no jobs.
    NotAccepting,
}

pub(super) fn obstacle(printer: &PlanPrinter, now: Timestamp) -> Option<Obstacle> {
    if printer.busy_with.is_some() {
        return Some(Obstacle::Busy);
    }
    if !printer.prints {
        return Some(Obstacle::Paused);
    }
    let Some(status) = &printer.status else {
        return Some(Obstacle::Unread);
    };
    if !status.reachable {
        return Some(Obstacle::Silent);
    }
    if printer.resting.as_ref().is_some_and(|(until, _)| *until > now) {
        return Some(Obstacle::Resting);
    }
    if status.state == PrinterState::Stopped {
        return Some(Obstacle::Stopped);
    }
    (!status.accepting).then_some(Obstacle::NotAccepting)
}

/// Continuing "NAME: …".
fn tell(obstacle: &Obstacle, printer: &PlanPrinter) -> SmolStr {
    match obstacle {
        // No number: it would be another one every few minutes.
        Obstacle::Busy => match &printer.status {
            Some(status) if status.state == PrinterState::Stopped => {
                format_smolstr!("it is printing another job, and is stopped{}", because(printer))
            }
            _ => "it is printing another job".into(),
        },
        Obstacle::Paused => "it was paused".into(),
        Obstacle::Unread => "it has not answered yet".into(),
        Obstacle::Silent => match &printer.status {
            Some(status) if !status.message.is_empty() => said_of(&printer.name, &status.message),
            _ => "it does not answer".into(),
        },
        Obstacle::Resting => match &printer.resting {
            Some((_, why)) => format_smolstr!("it is left alone for a while, because {why}"),
            None => "it is left alone for a while".into(),
        },
        Obstacle::Stopped => format_smolstr!("it is stopped{}", because(printer)),
        Obstacle::NotAccepting => "it does not accept jobs".into(),
    }
}

/// What a person should do about it, behind "it is stopped".
fn because(printer: &PlanPrinter) -> SmolStr {
    let reasons = printer.status.iter().flat_map(|s| &s.reasons);
    let (class, reason) = classes::worst(reasons.map(SmolStr::as_str));
    let advice = match class.prints() {
        true => SmolStr::default(),
        false => classes::advice(reason, &printer.name),
    };
    if advice.is_empty() {
        SmolStr::default()
    } else {
        format_smolstr!(": {}", clause(&advice))
    }
}

fn tell_misfit(misfit: Misfit, entry: &Entry, printer: &PlanPrinter, printers: &[PlanPrinter]) -> SmolStr {
    let media = &entry.job.media;
    match misfit {
        Misfit::Destination => "the job may not go there".into(),
        Misfit::Size => format_smolstr!("it does not take {}", media.size.shown()),
        Misfit::MediaType => format_smolstr!("it does not take {}", media.media_type),
        Misfit::Borderless => "it can't print without margins".into(),
        Misfit::Resolution => match entry.job.resolution {
            Some(resolution) => format_smolstr!("it can't print at {resolution}"),
            None => "it can't print at that resolution".into(),
        },
        Misfit::Profile if media.media_type == "auto" => {
            "it has profiles for papers of its own, and the job does not say which paper it is for".into()
        }
        Misfit::Profile => format_smolstr!("it has no profile for {}", media.media_type),
        Misfit::Edition => match &entry.job.edition_on {
            Some(first) => {
                let name = printers
                    .iter()
                    .find(|p| p.id == *first)
                    .map_or(first.as_str(), |p| &p.name);
                format_smolstr!("the edition was begun on {name}, and stays there")
            }
            None => "the edition was begun on another printer".into(),
        },
        Misfit::Avoided(place) => said_of(&printer.name, &entry.job.avoid[place].why),
        Misfit::Ink(place) => {
            let need = &entry.job.ink[place];
            let left = printer.ink.iter().find(|level| level.channel == need.channel);
            format_smolstr!(
                "its {} does not last for this job: {:.1} ml are left, {:.1} ml are needed",
                need.channel,
                millilitres(left.map_or(0, |level| level.nl)),
                millilitres(left.map_or(need.nl, |level| level.takes(need)))
            )
        }
        Misfit::Window(place) => format_smolstr!("it is kept for {}", printer.windows[place].purpose),
    }
}

fn millilitres(nl: i64) -> f64 {
    nl as f64 / 1e6
}

/// What people call a job's paper.
pub(super) fn paper(table: &Table, entry: &Entry) -> SmolStr {
    let papers = &table.snapshot.papers;
    if let Some(place) = entry.job.paper_among(papers) {
        return papers[place].name.clone();
    }
    entry.job.media.shown()
}

/// Why a job goes to a printer, continuing "goes to NAME: …".
pub(super) fn chosen(table: &Table, entry: &Entry, printer: usize) -> SmolStr {
    let it = &table.snapshot.printers[printer];
    let mut why = Vec::new();
    if entry.job.destination.printer() == Some(&it.id) {
        why.push("the job was sent there".to_owned());
    } else if entry.job.edition_on.as_ref() == Some(&it.id) {
        why.push("its edition was begun there".to_owned());
    }
    if it.loaded.is_some() || it.reports(&entry.job.media) {
        why.push("its paper is loaded".to_owned());
    }
    if let Fit::Now { doubt: true, .. } = entry.fits[printer] {
        why.push("the ink should last, but only just".to_owned());
    }
    if let super::Urgency::Starving(_) = entry.urgency {
        why.push("it has waited long enough".to_owned());
    } else if let super::Urgency::Deadline(_) = entry.urgency {
        why.push("its deadline is near".to_owned());
    }
    for (other, fit) in entry.fits.iter().enumerate().filter(|(other, _)| *other != printer) {
        let other_printer = &table.snapshot.printers[other];
        let against = match (fit, &table.obstacles[other]) {
            (Fit::No(Misfit::Destination | Misfit::Edition), _) => continue,
            (Fit::No(misfit), _) => tell_misfit(*misfit, entry, other_printer, &table.snapshot.printers),
            (_, Some(Obstacle::Busy)) => continue,
            (_, Some(obstacle)) => tell(obstacle, other_printer),
            (Fit::Now { .. }, None) if other_printer.lacks_paper() => "it has run out of paper".into(),
            _ => continue,
        };
        why.push(format!("{}: {against}", other_printer.name));
    }
    if why.is_empty() {
        why.push("it is free".to_owned());
    }
    why.join("; ").into()
}

/// Every job that is not given to a printer, and what it waits for.
pub(super) fn waiting(table: &Table) -> Vec<(crate::model::JobId, SmolStr)> {
    let left = table.entries.iter().filter(|entry| entry.lot != Lot::Assigned);
    left.map(|entry| (entry.job.id, waits_for(table, entry))).collect()
}

fn waits_for(table: &Table, entry: &Entry) -> SmolStr {
    let printers = &table.snapshot.printers;
    let pool = entry.job.destination.pool(&table.snapshot.pools).map(|pool| &pool.name);
    if !printers.iter().any(|p| may_go(entry.job, p, table.snapshot)) {
        return match &entry.job.destination {
            Destination::Pool => "waits: no printer is set up".into(),
            Destination::Printer(id) => format_smolstr!("waits: there is no printer {id} any more"),
        };
    }
    match entry.lot {
        Lot::Paused => return "waits: printing was paused".into(),
        Lot::PaperOut(left) => {
            let (paper, needed) = (paper(table, entry), entry.job.sheets);
            return used_up(&paper, left, needed);
        }
        Lot::Waits | Lot::Assigned => {}
    }
    if let Some(printer) = (0..printers.len()).find(|p| is_asked_at(table, *p, entry))
        && let Fit::Load { sheets } = entry.fits[printer]
    {
        let (paper, name) = (paper(table, entry), &printers[printer].name);
        let pool = pool.map_or_else(String::new, |pool| format!(", or in another one of {pool}"));
        return format_smolstr!("waits for {paper} in {name}: load {}{pool}", sheets_shown(sheets));
    }
    let allowed = || {
        entry
            .fits
            .iter()
            .enumerate()
            .filter(|(_, fit)| **fit != Fit::No(Misfit::Destination))
    };
    if allowed().all(|(_, fit)| *fit == Fit::No(Misfit::Size)) {
        return format_smolstr!("waits: no printer takes {}", entry.job.media.size.shown());
    }
    // A printer that can't ever take it says nothing to somebody who waits, unless none can.
    let hopeless = |fit: &Fit| matches!(fit, Fit::No(Misfit::Size | Misfit::MediaType | Misfit::Edition));
    let all_hopeless = allowed().all(|(_, fit)| hopeless(fit));
    let clauses = allowed()
        .filter(|(_, fit)| all_hopeless || !hopeless(fit))
        .map(|(place, fit)| {
            let printer = &printers[place];
            let clause = match (fit, &table.obstacles[place]) {
                (Fit::No(misfit), _) => tell_misfit(*misfit, entry, printer, printers),
                (_, Some(obstacle)) if *obstacle != Obstacle::Busy => tell(obstacle, printer),
                (Fit::Load { .. }, _) => "its paper is not loaded, and others come first".into(),
                (_, Some(obstacle)) => tell(obstacle, printer),
                (_, None) if table.loads[place].as_ref().is_some_and(|load| load.kept_free) => {
                    "it is kept free for the paper of a more urgent job".into()
                }
                (_, None) if printer.lacks_paper() => "it has run out of paper".into(),
                (_, None) => "an earlier job comes first".into(),
            };
            format!("{}: {clause}", printer.name)
        });
    let of = pool.map_or_else(String::new, |pool| format!("one of {pool}: "));
    format_smolstr!("waits for {of}{}", clauses.collect::<Vec<_>>().join("; "))
}
