//! When a job may be done, by what waits before it. Pure.
//!
//! Jobs are dealt out in the order of the queue, each to the printer that is free first among those that may print it. How
//! long a paper takes to be changed, and whether somebody is there to do it, nobody knows: a forecast is a guess to plan
//! by, never a promise.

use crate::model::{Destination, Job, JobId, PrinterId};

use super::work::work_ms;

/// Work of one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Where it may be printed.
    pub destination: Destination,
    /// On which printer it is now.
    pub on: Option<PrinterId>,
    /// Milliseconds that it takes.
    pub work_ms: i64,
}

impl Task {
    /// That of a job.
    pub fn of(job: &Job) -> Task {
        let left = i64::from(job.sheets().saturating_sub(job.impressions_completed).max(1));
        let all = i64::from(job.sheets().max(1));
        Task {
            destination: job.destination.clone(),
            on: job.printer.clone().filter(|_| job.has_attempt()),
            work_ms: work_ms(job) / all * left,
        }
    }
}

/// How long it is until a job can begin, in milliseconds, and then until it is done; `None` when no printer may print it.
/// `before` are the jobs before it, in the order of the queue, those that are being printed first.
pub fn forecast(before: &[Task], job: &Task, printers: &[PrinterId]) -> Option<(i64, i64)> {
    let mut free_at: Vec<(&PrinterId, i64)> = printers.iter().map(|printer| (printer, 0)).collect();
    for task in before {
        if let Some((_, at)) = first_free(&mut free_at, task) {
            *at = at.saturating_add(task.work_ms);
        }
    }
    let (_, at) = first_free(&mut free_at, job)?;
    Some((*at, at.saturating_add(job.work_ms)))
}

fn first_free<'a, 'b>(free_at: &'a mut [(&'b PrinterId, i64)], task: &Task) -> Option<&'a mut (&'b PrinterId, i64)> {
    let may = |printer: &PrinterId| match (&task.on, &task.destination) {
        (Some(on), _) | (None, Destination::Printer(on)) => printer == on,
        (None, Destination::Pool) => true,
    };
    let free = free_at.iter_mut().filter(|(printer, _)| may(printer));
    free.min_by_key(|(_, at)| *at)
}

/// The tasks before a job of this priority, of the jobs that are being printed and of those that wait, in the order of the
/// queue; of a job that waits itself, those before it.
pub fn before(printing: &[&Job], waiting: &[&Job], priority: u8, job: Option<JobId>) -> Vec<Task> {
    let own = job
        .and_then(|id| waiting.iter().find(|job| job.id == id))
        .map(|job| job.place());
    let is_before = |other: &&&Job| match own {
        Some(own) => other.place() < own,
        None => other.priority >= priority,
    };
    let printing = printing.iter().filter(|other| Some(other.id) != job);
    let waiting = waiting.iter().filter(|other| Some(other.id) != job).filter(is_before);
    printing.chain(waiting).map(|job| Task::of(job)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::state::tests::pending;
    use super::*;

    fn printer(name: &str) -> PrinterId {
        PrinterId::new(name).unwrap()
    }

    fn task(on: Option<&str>, work_ms: i64) -> Task {
        Task {
            destination: on.map_or(Destination::Pool, |name| Destination::Printer(printer(name))),
            on: None,
            work_ms,
        }
    }

    #[test]
    fn jobs_go_where_it_is_their_turn_first() {
        let both = [printer("a"), printer("b")];
        let queue = [task(Some("a"), 10), task(None, 4), task(None, 3)];
        assert_eq!(forecast(&queue, &task(None, 5), &both), Some((7, 12)));
        assert_eq!(forecast(&queue, &task(Some("a"), 5), &both), Some((10, 15)));
        assert_eq!(forecast(&queue, &task(Some("c"), 5), &both), None);
        assert_eq!(forecast(&[], &task(None, 5), &[]), None);
    }

    #[test]
    fn what_is_printing_and_what_is_more_urgent_comes_before() {
        let job = |id, priority, state| Job {
            id: JobId(id),
            priority,
            state,
            ..pending()
        };
        use crate::model::JobState::{Pending, Processing};
        let all = [job(4, 1, Processing), job(1, 90, Pending), job(2, 50, Pending)];
        let (printing, waiting) = ([&all[0]], [&all[1], &all[2]]);
        assert_eq!(before(&printing, &waiting, 50, None).len(), 3);
        assert_eq!(before(&printing, &waiting, 60, None).len(), 2);
        assert_eq!(before(&printing, &waiting, 50, Some(JobId(1))).len(), 1);
        assert_eq!(before(&printing, &waiting, 1, Some(JobId(4))).len(), 2);
    }

    proptest! {
        /// A job before it makes nobody earlier, and work takes as long as it takes.
        #[test]
        fn more_work_is_never_done_sooner(works in proptest::collection::vec(0i64..1_000, 0..20), own in 0i64..1_000) {
            let both = [printer("a"), printer("b")];
            let queue: Vec<Task> = works.iter().map(|work| task(None, *work)).collect();
            let (begin, end) = forecast(&queue, &task(None, own), &both).unwrap();
            prop_assert_eq!(end - begin, own);
            let total: i64 = works.iter().sum();
            prop_assert!(begin <= total / 2 + 1);
            if let Some((_, fewer)) = queue.split_last() {
                prop_assert!(forecast(fewer, &task(None, own), &both).unwrap().0 <= begin);
            }
        }
    }
}
