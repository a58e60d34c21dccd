//! What the planner is shown: the house, the jobs that wait, and what the runner remembers.

use std::collections::HashMap;

use crate::model::{Destination, EventSeq, Job, JobId, Media, PrinterControl, PrinterId, Timestamp};
use crate::store::{House, PendingNews, Store, StoreError};

use super::plan::{LoadWanted, Plan, PlanPrinter, Policy, Snapshot, WaitingJob};
use super::work;

/// The jobs that wait, followed by what the log tells of them: of thousands only those that changed are read again.
#[derive(Debug, Default)]
pub struct Waiting {
    seq: Option<EventSeq>,
    jobs: Vec<Job>,
}

impl Waiting {
    /// Takes up what was committed.
    ///
    /// # Errors
    /// [`StoreError`]; what was known stays.
    pub async fn refresh(&mut self, store: &Store) -> Result<(), StoreError> {
        let (newest, news) = store.pending_since(self.seq).await?;
        match news {
            PendingNews::All(jobs) => self.jobs = jobs,
            PendingNews::Some(changed) if changed.is_empty() => {}
            PendingNews::Some(changed) => {
                let mut changed: HashMap<JobId, Option<Job>> = changed.into_iter().collect();
                self.jobs.retain_mut(|job| match changed.remove(&job.id) {
                    None => true,
                    Some(None) => false,
                    Some(Some(new)) => {
                        *job = new;
                        true
                    }
                });
                self.jobs.extend(changed.into_values().flatten());
                self.jobs.sort_by_key(Job::place);
            }
        }
        self.seq = Some(newest);
        Ok(())
    }

    /// Every one, in the order of the queue.
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }
}

/// What the runner remembers from round to round; a restart forgets it.
#[derive(Debug, Default)]
pub struct Memory {
    /// When each printer was last given a job, and on what it printed.
    last: HashMap<PrinterId, (Timestamp, Media)>,
    /// What each printer has asked for.
    wanted: HashMap<PrinterId, LoadWanted>,
}

impl Memory {
    /// A job was given to a printer.
    pub fn given(&mut self, printer: &PrinterId, media: Media, at: Timestamp) {
        self.last.insert(printer.clone(), (at, media));
    }

    /// Keeps what a plan asks for. Gives the printers that ask for something new.
    pub fn keep(&mut self, plan: &Plan) -> Vec<usize> {
        let mut news = Vec::new();
        let mut wanted = HashMap::new();
        for (place, load) in plan.loads.iter().enumerate() {
            if self
                .wanted
                .get(&load.printer)
                .is_none_or(|before| before.media != load.media)
            {
                news.push(place);
            }
            let (media, since) = (load.media.clone(), load.since);
            wanted.insert(load.printer.clone(), LoadWanted { media, since });
        }
        self.wanted = wanted;
        news
    }
}

/// The snapshot of a moment, without windows and rests.
pub fn snapshot(house: &House, jobs: &[Job], memory: &Memory, policy: Policy) -> Snapshot {
    let prints = |destination: &Destination| house.controls.get(destination).is_none_or(PrinterControl::prints);
    let busy: HashMap<&PrinterId, JobId> = house.open_attempts.iter().map(|a| (&a.printer, a.job)).collect();
    let printers = house.printers.iter().map(|p| {
        let capabilities = p.capabilities.as_ref();
        let last = memory.last.get(&p.id);
        PlanPrinter {
            busy_with: busy.get(&p.id).copied(),
            last_used: last.map(|(at, _)| *at),
            last_media: last.map(|(_, media)| media.clone()),
            wanted: memory.wanted.get(&p.id).cloned(),
            prints: prints(&Destination::Printer(p.id.clone())),
            media: capabilities.map(|c| c.media.clone()).unwrap_or_default(),
            media_types: capabilities.map(|c| c.media_types.clone()).unwrap_or_default(),
            resolutions: capabilities.map(|c| c.resolutions.clone()).unwrap_or_default(),
            borderless: capabilities.map(|c| c.borderless),
            profiles: None,
            loaded: None,
            ink: Vec::new(),
            resting: None,
            windows: Vec::new(),
            id: p.id.clone(),
            name: p.name.clone(),
            status: p.status.clone(),
            status_since: p.changed,
        }
    });
    Snapshot {
        pool_prints: prints(&Destination::Pool),
        jobs: jobs.iter().map(waiting).collect(),
        printers: printers.collect(),
        papers: Vec::new(),
        policy,
    }
}

fn waiting(job: &Job) -> WaitingJob {
    WaitingJob {
        id: job.id,
        priority: job.priority,
        rank: job.rank,
        destination: job.destination.clone(),
        media: job.ticket.media.value.clone(),
        resolution: job.ticket.resolution.value,
        sheets: job.sheets().max(1),
        work_ms: work::work_ms(job),
        since: job.created,
        deadline: job.ticket.deadline,
        routine: job.ticket.routine.is_some(),
        not_before: job.not_before,
        avoid: job.avoid.clone(),
        edition_on: None,
        paper: None,
        ink: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
