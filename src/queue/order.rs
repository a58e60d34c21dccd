//! Putting jobs that wait before and behind each other (RFC 3998: Promote-Job, Schedule-Job-After). Pure.
//!
//! Jobs are taken by priority, then by rank, then by number. A job that is moved takes the priority of its new
//! neighbours, so that what people see as the order is the order. New jobs have rank 0 and the highest number: they come
//! last of their priority. Those that were moved, and those before them, get ranks below 0.

use crate::model::{Job, JobId, JobState};

use super::state::keyword;

/// Why a job can't be moved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// It does not wait.
    #[error("job {job} can't be moved in the queue: it is {state}")]
    NotWaiting {
        /// Which.
        job: JobId,
        /// Its state.
        state: &'static str,
    },
    /// There is no such job in the queue.
    #[error("job {0} is not in the queue")]
    NotThere(JobId),
    /// A job can't follow itself.
    #[error("job {0} can't be put behind itself")]
    Itself(JobId),
}

/// Where to put a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before all that wait.
    First,
    /// Right behind this one. Behind one that is with a printer: before all that wait.
    After(JobId),
}

/// Moves a job among `open`, all jobs that have not ended.
///
/// # Errors
/// [`OrderError`]; nothing is changed then.
pub fn put(open: &mut [Job], id: JobId, place: Place) -> Result<(), OrderError> {
    let find = |id: JobId| open.iter().find(|j| j.id == id).ok_or(OrderError::NotThere(id));
    let moved = find(id)?;
    let not_waiting = |job: &Job| OrderError::NotWaiting {
        job: job.id,
        state: keyword(job.state),
    };
    if !moved.is_waiting() {
        return Err(not_waiting(moved));
    }
    let predecessor = match place {
        Place::First => None,
        Place::After(other) if other == id => return Err(OrderError::Itself(id)),
        Place::After(other) => {
            let other = find(other)?;
            match other.state {
                JobState::Pending | JobState::PendingHeld => Some(other.id),
                JobState::Processing => None,
                _ => return Err(not_waiting(other)),
            }
        }
    };
    let mut order: Vec<usize> = (0..open.len())
        .filter(|i| open[*i].is_waiting() && open[*i].id != id)
        .collect();
    order.sort_by_key(|i| open[*i].place());
    let at = predecessor.map_or(0, |p| order.iter().position(|i| open[*i].id == p).map_or(0, |n| n + 1));
    let own = open.iter().position(|j| j.id == id).ok_or(OrderError::NotThere(id))?;
    let priority = match (at.checked_sub(1).and_then(|n| order.get(n)), order.first()) {
        (Some(before), _) => open[*before].priority,
        (None, Some(first)) => open[own].priority.max(open[*first].priority),
        (None, None) => return Ok(()),
    };
    order.insert(at, own);
    open[own].priority = priority;
    let group: Vec<usize> = order.into_iter().filter(|i| open[*i].priority == priority).collect();
    let last_ranked = group
        .iter()
        .rposition(|i| *i == own || open[*i].rank < 0)
        .unwrap_or_default();
    for (n, i) in group.into_iter().enumerate() {
        open[i].rank = if n <= last_ranked {
            n as i64 - last_ranked as i64 - 1
        } else {
            0
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::state::tests::pending;
    use super::*;

    fn jobs(priorities: &[u8]) -> Vec<Job> {
        (1..)
            .zip(priorities)
            .map(|(n, priority)| Job {
                id: JobId(n),
                priority: *priority,
                ..pending()
            })
            .collect()
    }

    fn order(jobs: &[Job]) -> Vec<i64> {
        let mut waiting: Vec<&Job> = jobs.iter().filter(|j| j.is_waiting()).collect();
        waiting.sort_by_key(|j| j.place());
        waiting.iter().map(|j| j.id.0).collect()
    }

    #[test]
    fn first_and_after() {
        let mut queue = jobs(&[50, 50, 80, 50]);
        assert_eq!(order(&queue), [3, 1, 2, 4]);
        put(&mut queue, JobId(4), Place::First).unwrap();
        assert_eq!(order(&queue), [4, 3, 1, 2]);
        put(&mut queue, JobId(4), Place::After(JobId(1))).unwrap();
        assert_eq!(order(&queue), [3, 1, 4, 2]);
        assert_eq!(queue[3].priority, 50, "that of its neighbour");
        queue[2].state = JobState::Processing;
        put(&mut queue, JobId(2), Place::After(JobId(3))).unwrap();
        assert_eq!(order(&queue), [2, 1, 4], "behind what is being printed is first");
    }

    #[test]
    fn what_does_not_wait_is_not_moved() {
        let mut queue = jobs(&[50, 50]);
        queue[0].state = JobState::Processing;
        let before = queue.clone();
        assert!(put(&mut queue, JobId(1), Place::First).is_err());
        assert!(put(&mut queue, JobId(2), Place::After(JobId(2))).is_err());
        assert!(put(&mut queue, JobId(2), Place::After(JobId(9))).is_err());
        assert_eq!(queue, before);
    }

    proptest! {
        /// Any sequence of moves gives the order that a plain list would have; new jobs come last of their priority.
        #[test]
        fn as_a_list(
            priorities in prop::collection::vec(prop::sample::select(vec![10u8, 50, 90]), 2..8),
            moves in prop::collection::vec((0usize..8, 0usize..9), 1..12),
        ) {
            let mut queue = jobs(&priorities);
            for (n, (which, behind)) in moves.into_iter().enumerate() {
                let before = order(&queue);
                let id = before[which % before.len()];
                let behind = behind % (before.len() + 1);
                let place = match before.get(behind) {
                    Some(other) if *other == id => continue,
                    Some(other) => Place::After(JobId(*other)),
                    None => Place::First,
                };
                put(&mut queue, JobId(id), place).unwrap();
                let mut expected: Vec<i64> = before.into_iter().filter(|other| *other != id).collect();
                let at = match place {
                    Place::First => 0,
                    Place::After(other) => expected.iter().position(|o| *o == other.0).unwrap() + 1,
                };
                expected.insert(at, id);
                prop_assert_eq!(order(&queue), expected);
                let newest = Job { id: JobId(100 + n as i64), priority: 50, ..pending() };
                let mut with = queue.clone();
                with.push(newest);
                let last = order(&with).into_iter().rfind(|id| {
                    with.iter().any(|j| j.id.0 == *id && j.priority == 50)
                });
                prop_assert_eq!(last, Some(100 + n as i64));
            }
        }
    }
}
