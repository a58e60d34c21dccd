//! The plan: which job goes to which printer now, and what every other job waits for.
//!
//! A pure, deterministic function of a snapshot. Jobs are taken by priority (higher first), then by rank (where people
//! have moved them), then in the order in which they came; a printer is given one job at a time. Among printers that can take a job, one that has the paper loaded
//! wins, then one that is idle, then the one that has rested longest, then the one that stands first.

use smol_str::{SmolStr, format_smolstr};

use crate::model::{Avoid, Destination, JobId, Media, PrinterId, PrinterState, PrinterStatus, Timestamp};

/// A job that is pending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingJob {
    /// Which.
    pub id: JobId,
    /// `job-priority`.
    pub priority: u8,
    /// Place among those of its priority.
    pub rank: i64,
    /// Where it may go.
    pub destination: Destination,
    /// What it is printed on.
    pub media: Media,
    /// Not before this moment.
    pub not_before: Option<Timestamp>,
    /// Printers that it is not given to for a while.
    pub avoid: Vec<Avoid>,
}

/// A printer as the plan sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanPrinter {
    /// Which.
    pub id: PrinterId,
    /// What people call it.
    pub name: SmolStr,
    /// Its last status; `None` when it was not read yet.
    pub status: Option<PrinterStatus>,
    /// Its `media-supported`; empty when unknown.
    pub media: Vec<SmolStr>,
    /// The job of its open attempt.
    pub busy_with: Option<JobId>,
    /// Whether it was not paused.
    pub prints: bool,
    /// When it was last given a job.
    pub last_used: Option<Timestamp>,
}

/// What is known at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Every pending job, in any order.
    pub jobs: Vec<WaitingJob>,
    /// Whether the pool was not paused: jobs that were sent to a printer by name go on if it was.
    pub pool_prints: bool,
    /// Every printer, in the order of the configuration.
    pub printers: Vec<PlanPrinter>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Jobs to be started now.
    pub assignments: Vec<(JobId, PrinterId)>,
    /// Every other job and what it waits for, in words.
    pub waiting: Vec<(JobId, SmolStr)>,
    /// When to plan again at the latest, though nothing happens before.
    pub wake_at: Option<Timestamp>,
}

/// Plans.
pub fn plan(snapshot: &Snapshot, now: Timestamp) -> Plan {
    let mut jobs: Vec<&WaitingJob> = snapshot.jobs.iter().collect();
    jobs.sort_by_key(|job| (std::cmp::Reverse(job.priority), job.rank, job.id));
    let mut free: Vec<&PlanPrinter> = snapshot.printers.iter().filter(|p| obstacle(p).is_none()).collect();

    let mut plan = Plan::default();
    for job in jobs {
        if let Some(until) = job.not_before.filter(|t| *t > now) {
            plan.wake_at = Some(plan.wake_at.map_or(until, |t| t.min(until)));
            continue;
        }
        let avoided = |p: &PlanPrinter| job.avoid.iter().find(|a| a.printer == p.id && a.holds(now));
        let elsewhere = snapshot
            .printers
            .iter()
            .filter(|p| may_go(job, p) && takes_media(job, p));
        let (kept_off, left): (Vec<_>, Vec<_>) = elsewhere.partition(|p| avoided(p).is_some());
        if let Some(until) = kept_off.iter().filter_map(|p| avoided(p)).map(|a| a.until).min() {
            plan.wake_at = Some(plan.wake_at.map_or(until, |t| t.min(until)));
            if left.is_empty() {
                continue;
            }
        }
        let best = free
            .iter()
            .enumerate()
            .filter(|(_, p)| {
                !pool_paused(job, snapshot) && may_go(job, p) && takes_media(job, p) && avoided(p).is_none()
            })
            .min_by_key(|(place, p)| (!has_loaded(job, p), !is_idle(p), p.last_used, *place))
            .map(|(place, _)| place);
        match best {
            Some(place) => plan.assignments.push((job.id, free.remove(place).id.clone())),
            None => plan.waiting.push((job.id, waits_for(job, snapshot, &plan))),
        }
    }
    plan
}

/// Whether the job waits because the pool was paused.
fn pool_paused(job: &WaitingJob, snapshot: &Snapshot) -> bool {
    !snapshot.pool_prints && job.destination == Destination::Pool
}

fn may_go(job: &WaitingJob, printer: &PlanPrinter) -> bool {
    match &job.destination {
        Destination::Pool => true,
        Destination::Printer(id) => *id == printer.id,
    }
}

fn takes_media(job: &WaitingJob, printer: &PlanPrinter) -> bool {
    // A custom size is left for the printer to judge: its `media-supported` names only the range.
    printer.media.is_empty()
        || job.media.size.name.starts_with("custom_")
        || printer.media.contains(&job.media.size.name)
}

fn has_loaded(job: &WaitingJob, printer: &PlanPrinter) -> bool {
    printer.status.iter().flat_map(|s| &s.media_ready).any(|ready| {
        ready.size.name == job.media.size.name
            && (job.media.media_type == "auto" || ready.media_type == job.media.media_type)
    })
}

fn is_idle(printer: &PlanPrinter) -> bool {
    printer.status.as_ref().is_some_and(|s| s.state == PrinterState::Idle)
}

/// Why a printer can be given nothing now, continuing "waits for NAME: …".
fn obstacle(printer: &PlanPrinter) -> Option<SmolStr> {
    if let Some(job) = printer.busy_with {
        return Some(format_smolstr!("it is printing job {job}"));
    }
    if !printer.prints {
        return Some("it was paused".into());
    }
    let Some(status) = &printer.status else {
        return Some("it has not answered yet".into());
    };
    if !status.reachable {
        return Some(match status.message.as_str() {
            "" => "it does not answer".into(),
            why => SmolStr::new(why),
        });
    }
    if status.state == PrinterState::Stopped {
        return Some(format_smolstr!("it is stopped{}", because(status)));
    }
    if !status.accepting {
        return Some("it does not accept jobs".into());
    }
    None
}

fn because(status: &PrinterStatus) -> SmolStr {
    let reasons: Vec<&str> = status
        .reasons
        .iter()
        .map(SmolStr::as_str)
        .filter(|r| *r != "none")
        .collect();
    if reasons.is_empty() {
        SmolStr::default()
    } else {
        format_smolstr!(" ({})", reasons.join(", "))
    }
}

fn waits_for(job: &WaitingJob, snapshot: &Snapshot, plan: &Plan) -> SmolStr {
    let allowed: Vec<&PlanPrinter> = snapshot.printers.iter().filter(|p| may_go(job, p)).collect();
    if allowed.is_empty() {
        return match &job.destination {
            Destination::Pool => "waits: no printer is set up".into(),
            Destination::Printer(id) => format_smolstr!("waits: there is no printer {id} any more"),
        };
    }
    if pool_paused(job, snapshot) {
        return "waits: printing was paused".into();
    }
    let able: Vec<&PlanPrinter> = allowed.into_iter().filter(|p| takes_media(job, p)).collect();
    if able.is_empty() {
        return format_smolstr!("waits: no printer takes {}", job.media.size.name);
    }
    let words: Vec<String> = able
        .iter()
        .map(|p| {
            let why = obstacle(p).unwrap_or_else(|| match plan.assignments.iter().find(|(_, id)| *id == p.id) {
                Some((other, _)) => format_smolstr!("job {other} comes first"),
                None => "an earlier job comes first".into(),
            });
            format!("{}: {why}", p.name)
        })
        .collect();
    format_smolstr!("waits for {}", words.join("; "))
}

#[cfg(test)]
mod tests;
