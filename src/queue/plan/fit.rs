//! Whether a printer can print a job: ever, now, or once a person has loaded its paper.

use smol_str::SmolStr;

use super::{InkAmount, LoadedMedia, PlanPrinter, Policy, Snapshot, WaitingJob};
use crate::model::{Media, Timestamp};

/// How a job stands to a printer, whatever the printer does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// Its paper is in the printer, or nobody knows what is.
    Now {
        /// As far as anybody knows the last sheet was another paper.
        change: bool,
        /// The ink may not suffice.
        doubt: bool,
    },
    /// So many sheets have to be loaded first.
    Load {
        /// Sheets.
        sheets: u32,
    },
    /// Not this job on this printer.
    No(Misfit),
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// The job may not go there.
    Destination,
    Size,
    MediaType,
    Borderless,
    Resolution,
    /// Another printer has a profile for the paper, this one has none.
    Profile,
    /// Others of its edition came from another printer.
    Edition,
    /// It failed there: the place in the job's list.
    Avoided(usize),
    /// The place in the job's ink.
    Ink(usize),
    /// It would run into this window: the place in the printer's list.
    Window(usize),
}

/// How a job stands to every printer.
pub(super) fn fits(job: &WaitingJob, snapshot: &Snapshot, now: Timestamp) -> Vec<Fit> {
    let printers = &snapshot.printers;
    let somebody_has_a_profile = printers.iter().any(|p| may_go(job, p, snapshot) && has_profile(job, p));
    printers
        .iter()
        .map(|printer| match misfit(job, printer, snapshot, now) {
            Some(misfit) => Fit::No(misfit),
            None if job.routine => Fit::Now {
                change: false,
                doubt: false,
            },
            None if somebody_has_a_profile && !has_profile(job, printer) => Fit::No(Misfit::Profile),
            None => loading(job, printer, &snapshot.policy),
        })
        .collect()
}

fn misfit(job: &WaitingJob, printer: &PlanPrinter, snapshot: &Snapshot, now: Timestamp) -> Option<Misfit> {
    let media = &job.media;
    if !may_go(job, printer, snapshot) {
        return Some(Misfit::Destination);
    }
    let avoided = || job.avoid.iter().position(|a| a.printer == printer.id && a.holds(now));
    if job.routine {
        return avoided().map(Misfit::Avoided);
    }
    if !takes_size(&printer.media, media) {
        return Some(Misfit::Size);
    }
    let type_is_known = printer.media_types.is_empty() || media.media_type == "auto";
    if !type_is_known && !printer.media_types.contains(&media.media_type) {
        return Some(Misfit::MediaType);
    }
    if media.margins.is_borderless() && printer.borderless == Some(false) {
        return Some(Misfit::Borderless);
    }
    if let Some(resolution) = job.resolution
        && !printer.resolutions.is_empty()
        && !printer.resolutions.contains(&resolution)
    {
        return Some(Misfit::Resolution);
    }
    if let Some(first) = &job.edition_on
        && *first != printer.id
        && snapshot.printers.iter().any(|p| p.id == *first)
    {
        return Some(Misfit::Edition);
    }
    if let Some(place) = avoided() {
        return Some(Misfit::Avoided(place));
    }
    if let Some(place) = job.ink.iter().position(|need| ink(need, printer) == Ink::Short) {
        return Some(Misfit::Ink(place));
    }
    let done = now.plus_ms(job.work_ms);
    let meets = |window: &super::Window| window.from < done && window.to > now;
    printer.windows.iter().position(meets).map(Misfit::Window)
}

/// Whether a size is among the `media-supported` of a printer; where nothing is listed, nothing is known.
pub(in crate::queue) fn takes_size(listed: &[SmolStr], media: &Media) -> bool {
    // A custom size is left for the printer to judge: its `media-supported` names only the range.
    listed.is_empty() || media.size.name.starts_with("custom_") || listed.contains(&media.size.name)
}

pub(super) fn may_go(job: &WaitingJob, printer: &PlanPrinter, snapshot: &Snapshot) -> bool {
    job.destination.leads_to(&printer.id, &snapshot.pools)
}

fn has_profile(job: &WaitingJob, printer: &PlanPrinter) -> bool {
    let profiles = printer.profiles.as_ref();
    profiles.is_none_or(|types| types.contains(&job.media.media_type))
}

/// Whether ink suffices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ink {
    Enough,
    /// It does if everything is as expected, and may not if it is not.
    Doubtful,
    Short,
}

fn ink(need: &InkAmount, printer: &PlanPrinter) -> Ink {
    match printer.ink.iter().find(|level| level.channel == need.channel) {
        // What is not known is for the printer to say.
        None => Ink::Enough,
        Some(level) if level.nl < level.takes(need) => Ink::Short,
        Some(level) if level.nl - level.error < level.takes(need).saturating_add(need.error) => Ink::Doubtful,
        Some(_) => Ink::Enough,
    }
}

fn loading(job: &WaitingJob, printer: &PlanPrinter, policy: &Policy) -> Fit {
    let doubt = job.ink.iter().any(|need| ink(need, printer) == Ink::Doubtful);
    let Some(loaded) = &printer.loaded else {
        let was = printer.last_media.as_ref();
        let change = !printer.reports(&job.media) && was.is_some_and(|last| !job.media.is_same_paper(last));
        return Fit::Now { change, doubt };
    };
    // More than a feeder holds is never waited for: the printer asks for the rest.
    let needed = job.sheets.min(policy.feeder);
    let there = |l: &LoadedMedia| l.sheets.unwrap_or(u32::MAX);
    let most = loaded
        .iter()
        .filter(|l| job.media.is_same_paper(&l.media))
        .map(there)
        .max();
    match most {
        Some(most) if most >= needed => Fit::Now { change: false, doubt },
        Some(most) => Fit::Load { sheets: needed - most },
        None => Fit::Load { sheets: needed },
    }
}
