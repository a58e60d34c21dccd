//! The printers that the queue has, while it runs: it takes up new ones, and lets go of those that are taken away.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::model::{Destination, Job, PrinterId, Timestamp};
use crate::store::RemovePrinterError;

use super::operations::QueueError;
use super::runner::{Context, Queue};
use super::{presence, state};

/// The media types that a printer has a profile for; one that is not named has one for every type.
type Profiles = HashMap<PrinterId, Vec<SmolStr>>;

/// Which printers are watched, and which profiles they have.
pub(super) struct Household {
    watched: Mutex<Watched>,
    profiles: Mutex<Arc<Profiles>>,
}

#[derive(Default)]
struct Watched {
    /// Those whose watch is to be begun.
    newcomers: Vec<(PrinterId, watch::Receiver<bool>)>,
    /// How each one's watch is ended.
    ends: HashMap<PrinterId, watch::Sender<bool>>,
}

impl Watched {
    fn add(&mut self, printer: PrinterId) {
        let (end, gone) = watch::channel(false);
        // Of one that is taken up twice the first watch ends with its sender.
        self.newcomers.push((printer.clone(), gone));
        self.ends.insert(printer, end);
    }
}

impl Household {
    pub fn new(printers: Vec<PrinterId>, profiles: Profiles) -> Household {
        let mut watched = Watched::default();
        printers.into_iter().for_each(|printer| watched.add(printer));
        Household {
            watched: Mutex::new(watched),
            profiles: Mutex::new(Arc::new(profiles)),
        }
    }

    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the watch of those that are new.
    pub fn begin(&self, context: &Arc<Context>, tasks: &mut JoinSet<()>) {
        for (printer, gone) in std::mem::take(&mut self.watched().newcomers) {
            tasks.spawn(presence::watch(context.clone(), printer, gone));
        }
    }

    pub fn profiles(&self) -> Arc<Profiles> {
        self.profiles.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// What becomes of the jobs that wait for a printer that is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobsOfRemoved {
    /// The printer stays as long as there are any.
    Keep,
    /// Every printer of the pool may print them; routines, which are about this one, are canceled.
    ToPool,
}

impl Queue {
    /// Begins to watch a printer and to plan with it; of one that is watched the watch begins anew, as its address may be
    /// another. The store has it already.
    pub fn take_up(&self, printer: PrinterId) {
        self.context.household.watched().add(printer);
        self.context.wake.notify_one();
    }

    /// Watches a printer no longer. The store has taken it away already.
    pub fn let_go(&self, printer: &PrinterId) {
        if let Some(end) = self.context.household.watched().ends.remove(printer) {
            end.send_replace(true);
        }
        self.context.wake.notify_one();
    }

    /// The media types that each printer has a profile for, from now on; one that is not named has one for every type.
    pub fn know_profiles(&self, profiles: HashMap<PrinterId, Vec<SmolStr>>) {
        let household = &self.context.household;
        *household.profiles.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(profiles);
        self.context.wake.notify_one();
    }

    /// Takes a printer that was added away, and lets go of it. Says how many jobs were moved or canceled by that.
    ///
    /// # Errors
    /// [`QueueError::PrinterNeeded`] while it prints, and while jobs wait for it that are to keep it;
    /// [`QueueError::Store`] when there is no such printer that was added.
    pub async fn remove_printer(&self, printer: &PrinterId, jobs: JobsOfRemoved) -> Result<usize, QueueError> {
        let now = Timestamp::now();
        let id = printer.clone();
        let decide = move |all: &mut [Job]| decide(all, &id, jobs, now);
        let removed = self.context.store.remove_printer(printer.clone(), now, decide).await?;
        let moved = removed.map_err(|why| match why {
            RemovePrinterError::AtWork(job) => QueueError::PrinterNeeded(format_smolstr!(
                "job {job} is being printed at {printer}: wait for its end, or cancel it, then remove the printer"
            )),
            RemovePrinterError::Refused(why) => QueueError::PrinterNeeded(why),
        })?;
        self.let_go(printer);
        log::info!("{printer}: was taken away; {moved} jobs that waited for it were moved or canceled");
        Ok(moved)
    }
}

/// What becomes of the jobs, or why the printer has to stay.
fn decide(all: &mut [Job], printer: &PrinterId, jobs: JobsOfRemoved, now: Timestamp) -> Result<usize, SmolStr> {
    let mut here: Vec<&mut Job> = all
        .iter_mut()
        .filter(|job| job.destination.printer() == Some(printer))
        .collect();
    if let (JobsOfRemoved::Keep, Some(first)) = (jobs, here.first()) {
        return Err(match here.len() {
            1 => format_smolstr!(
                "job {} waits for {printer}: move or cancel it, then remove the printer",
                first.id
            ),
            n => format_smolstr!(
                "{n} jobs wait for {printer}, job {} and others: move or cancel them, then remove the printer",
                first.id
            ),
        });
    }
    let refused = |why: state::Refusal| format_smolstr!("{why}; then remove {printer}");
    for job in &mut here {
        if job.ticket.routine.is_some() {
            state::cancel(job, now).map_err(refused)?;
            job.message = format_smolstr!("canceled: {printer}, which it was for, was taken away");
        } else {
            let uri = "ipp://localhost/ipp/print".into();
            state::move_to(job, Destination::Pool, uri).map_err(refused)?;
            job.message = format_smolstr!("{printer} was taken away: any printer of the pool may print it");
        }
    }
    Ok(here.len())
}

#[cfg(test)]
mod tests {
    use super::super::state::tests::pending;
    use super::*;
    use crate::model::{JobState, Routine};

    fn at(printer: &str) -> Job {
        let mut job = pending();
        job.destination = Destination::Printer(PrinterId::new(printer).unwrap());
        job
    }

    #[test]
    fn jobs_keep_a_printer_or_go_to_the_pool() {
        let gertie = PrinterId::new("gertie").unwrap();
        let mut routine = at("gertie");
        routine.ticket.routine = Some(Routine::NozzleCheck);
        let mut jobs = [at("gertie"), at("squirty"), pending(), routine];
        let before = jobs.clone();
        let why = decide(&mut jobs, &gertie, JobsOfRemoved::Keep, Timestamp(9)).unwrap_err();
        assert!(why.contains("2 jobs wait for gertie"), "{why}");
        assert_eq!(jobs, before);
        assert_eq!(decide(&mut jobs, &gertie, JobsOfRemoved::ToPool, Timestamp(9)), Ok(2));
        assert_eq!(jobs[0].destination, Destination::Pool);
        assert!(jobs[0].message.contains("was taken away"));
        assert_eq!(jobs[1..3], before[1..3]);
        assert_eq!(jobs[3].state, JobState::Canceled);
        assert_eq!(
            decide(&mut jobs[1..3], &gertie, JobsOfRemoved::Keep, Timestamp(9)),
            Ok(0)
        );
    }
}
