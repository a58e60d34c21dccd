//! What the planner is shown: the house, the jobs that wait, and what the runner remembers.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};

use crate::model::{
    Attempt, AttemptPhase, Destination, EventSeq, INK_HISTORY, Job, JobId, Media, Paper, PrinterId, PrinterRecord,
    Timestamp, counted,
};
use crate::store::{House, PendingNews, Store, StoreError, WhichOpen};

use super::alerts::Alerts;
use super::books::Books;
use super::classes::only_lacks_paper;
use super::plan::{
    InkAmount, LoadWanted, LoadedMedia, Plan, PlanPaper, PlanPrinter, Policy, Snapshot, Tank, WaitingJob,
};
use super::work;

/// The jobs that wait, or all that have not ended, followed by what the log tells of them: of thousands only those that
/// changed are read again.
#[derive(Debug, Default)]
pub struct Waiting {
    which: WhichOpen,
    seq: Option<EventSeq>,
    jobs: Vec<Job>,
}

impl Waiting {
    /// Nothing yet of these.
    pub fn of(which: WhichOpen) -> Waiting {
        Waiting {
            which,
            ..Waiting::default()
        }
    }

    /// Takes up what was committed.
    ///
    /// # Errors
    /// [`StoreError`]; what was known stays.
    pub async fn refresh(&mut self, store: &Store) -> Result<(), StoreError> {
        let (newest, news) = store.news_since(self.which, self.seq).await?;
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
    /// What is in each printer's tanks, and when that was worked out.
    tanks: HashMap<PrinterId, Vec<Tank>>,
    tanks_at: Option<Timestamp>,
    /// The ink for so many sheets of a size and type, worked out once for the papers of the house.
    needs: HashMap<(SmolStr, SmolStr, u32), Arc<[InkAmount]>>,
    /// What was told to be low; `None` before it was read.
    pub(super) alerts: Option<Alerts>,
    papers: Vec<Paper>,
}

/// How long what is in the tanks is not looked up again, in milliseconds. A sheet takes minutes.
const TANKS_MS: i64 = 20_000;
/// Kinds of jobs whose ink is kept in mind.
const KINDS: usize = 1_000;

impl Memory {
    /// A job was given to a printer.
    pub fn given(&mut self, printer: &PrinterId, media: Media, at: Timestamp) {
        self.last.insert(printer.clone(), (at, media));
    }

    /// Keeps what a plan asks for. Gives the places of what is asked for newly.
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

    /// Works out anew what is in the tanks, unless that was done a moment ago.
    async fn look_into_tanks(
        &mut self,
        store: &Store,
        house: &House,
        books: &dyn Books,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let is_fresh = |at: Timestamp| at <= now && now < at.plus_ms(TANKS_MS);
        if self.tanks_at.is_some_and(is_fresh) {
            return Ok(());
        }
        for printer in &house.printers {
            let entries = store.ink_entries(printer.id.clone(), INK_HISTORY).await?;
            self.tanks.insert(printer.id.clone(), books.tanks(&entries));
        }
        self.tanks_at = Some(now);
        Ok(())
    }

    fn ink(&mut self, job: &Job, papers: &[Paper], books: &dyn Books) -> Arc<[InkAmount]> {
        if self.papers != papers || self.needs.len() >= KINDS {
            self.needs.clear();
            self.papers = papers.to_vec();
        }
        let (media, sheets) = (&job.ticket.media.value, job.sheets_left().max(1));
        if job.ticket.routine.is_some() {
            return Arc::new([]);
        }
        let kind = (media.size.name.clone(), media.media_type.clone(), sheets);
        let needs = || books.needs(media, sheets, papers).into();
        self.needs.entry(kind).or_insert_with(needs).clone()
    }
}

/// What does not change from round to round.
#[derive(Debug, Clone, Copy)]
pub struct Ways<'a> {
    /// How the plan weighs.
    pub policy: Policy,
    /// The books of paper and ink.
    pub books: &'a dyn Books,
    /// The media types that a printer has a profile for; one that is not named has one for every type.
    pub profiles: &'a HashMap<PrinterId, Vec<SmolStr>>,
}

/// The snapshot of a moment, without windows and rests.
///
/// # Errors
/// [`StoreError`].
pub async fn snapshot(
    store: &Store,
    jobs: &[Job],
    memory: &mut Memory,
    ways: Ways<'_>,
    now: Timestamp,
) -> Result<Snapshot, StoreError> {
    let house = store.house().await?;
    memory.look_into_tanks(store, &house, ways.books, now).await?;
    let editions: HashSet<SmolStr> = jobs.iter().filter_map(|job| job.ticket.edition.clone()).collect();
    let editions = match editions.is_empty() {
        true => HashMap::new(),
        false => store.editions(editions.into_iter().collect()).await?,
    };
    let mut papers = papers(&house);
    let mut stranded = Vec::new();
    for attempt in &house.open_attempts {
        let Some(job) = store.job(attempt.job).await? else {
            continue;
        };
        // Sheets of jobs that are being printed are promised.
        if let Some(paper) = paper_of(&job, &house)
            && let Some(paper) = papers.iter_mut().find(|p| p.id == paper)
        {
            paper.sheets = paper.sheets.saturating_sub(i64::from(job.sheets_left()));
        }
        if is_stranded(&job, attempt, &house) {
            let editions = HashMap::new();
            stranded.push((
                known(&job, &house, memory, ways.books, &editions),
                attempt.printer.clone(),
            ));
        }
    }
    let printers = house.printers.iter().map(|p| printer(p, &house, memory, ways));
    let printers = printers.collect();
    let is_paused = |id: &PrinterId| !house.control(&Destination::Printer(id.clone())).prints();
    let pools = house.pools.iter().map(|pool| pool.id.clone());
    let paused = pools.filter(is_paused);
    let jobs = jobs.iter().map(|job| known(job, &house, memory, ways.books, &editions));
    Ok(Snapshot {
        stranded,
        pool_prints: house.control(&Destination::Pool).prints(),
        paused: paused.collect(),
        pools: house.pools.clone(),
        jobs: jobs.collect(),
        printers,
        papers,
        policy: ways.policy,
    })
}

/// A job with what the books say of it.
fn known(
    job: &Job,
    house: &House,
    memory: &mut Memory,
    books: &dyn Books,
    editions: &HashMap<SmolStr, PrinterId>,
) -> WaitingJob {
    let edition = job.ticket.edition.as_ref();
    WaitingJob {
        ink: memory.ink(job, &house.papers, books),
        paper: paper_of(job, house),
        edition_on: edition.and_then(|edition| editions.get(edition).cloned()),
        ..waiting(job)
    }
}

/// Whether a printer has the whole job, has printed nothing of it, and is stopped because it has no paper. What was begun
/// as an edition stays: its others lie there.
fn is_stranded(job: &Job, attempt: &Attempt, house: &House) -> bool {
    let record = house.printers.iter().find(|p| p.id == attempt.printer);
    let status = record.and_then(|p| p.status.as_ref());
    attempt.phase == AttemptPhase::Sent
        && job.impressions_completed <= job.sheets_kept()
        && !job.cancel_requested
        && job.ticket.edition.is_none()
        && job.ticket.routine.is_none()
        && status.is_some_and(|s| s.reachable && only_lacks_paper(s.reasons.iter().map(SmolStr::as_str)))
}

fn printer(p: &PrinterRecord, house: &House, memory: &Memory, ways: Ways<'_>) -> PlanPrinter {
    let capabilities = p.capabilities.as_ref();
    let last = memory.last.get(&p.id);
    let loaded: Vec<LoadedMedia> = house
        .loaded
        .iter()
        .filter(|loaded| loaded.printer == p.id)
        .map(|loaded| LoadedMedia {
            media: loaded.media.clone(),
            sheets: loaded.sheets,
        })
        .collect();
    PlanPrinter {
        busy_with: house.open_attempts.iter().find(|a| a.printer == p.id).map(|a| a.job),
        last_used: last.map(|(at, _)| *at),
        last_media: last.map(|(_, media)| media.clone()),
        wanted: memory.wanted.get(&p.id).cloned(),
        prints: house.control(&Destination::Printer(p.id.clone())).prints(),
        media: capabilities.map(|c| c.media.clone()).unwrap_or_default(),
        media_types: capabilities.map(|c| c.media_types.clone()).unwrap_or_default(),
        resolutions: capabilities.map(|c| c.resolutions.clone()).unwrap_or_default(),
        borderless: capabilities.map(|c| c.borderless),
        profiles: ways.profiles.get(&p.id).cloned(),
        loaded: Some(loaded).filter(|loaded| !loaded.is_empty()),
        ink: memory.tanks.get(&p.id).cloned().unwrap_or_default(),
        resting: None,
        windows: Vec::new(),
        id: p.id.clone(),
        name: p.name.clone(),
        status: p.status.clone(),
        status_since: p.changed,
    }
}

/// The paper of the house that a job is printed on, where its sheets are counted.
fn paper_of(job: &Job, house: &House) -> Option<SmolStr> {
    let paper = counted(&job.ticket.media.value, &house.papers, &house.on_hand);
    let paper = paper.filter(|_| job.ticket.routine.is_none());
    paper.map(|(paper, _)| SmolStr::new(paper.id.as_str()))
}

fn papers(house: &House) -> Vec<PlanPaper> {
    let papers = house.papers.iter().filter_map(|paper| {
        Some(PlanPaper {
            id: paper.id.as_str().into(),
            name: format_smolstr!("{paper}"),
            sheets: *house.on_hand.get(&paper.id)?,
        })
    });
    papers.collect()
}

/// A job without what the books say of it.
fn waiting(job: &Job) -> WaitingJob {
    WaitingJob {
        id: job.id,
        priority: job.priority,
        rank: job.rank,
        destination: job.destination.clone(),
        media: job.ticket.media.value.clone(),
        resolution: job.ticket.resolution.value,
        sheets: job.sheets_left().max(1),
        work_ms: work::work_ms(job),
        since: job.waits_since,
        deadline: job.ticket.deadline,
        routine: job.ticket.routine.is_some(),
        not_before: job.not_before,
        avoid: job.avoid.clone(),
        edition_on: None,
        paper: None,
        ink: Arc::new([]),
    }
}

#[cfg(test)]
mod tests;
