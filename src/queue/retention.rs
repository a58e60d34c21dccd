//! How long the documents of jobs that have ended are kept, so that they can be printed again: a pure function from what
//! is there to what goes.
//!
//! Young ones are kept before old ones, until there are too many jobs or too many bytes. The same bytes count once,
//! however many jobs have them. A job that is over the limit of bytes by itself goes, and takes no other with it.

use std::collections::HashSet;

use crate::model::{JobId, Timestamp};
use crate::store::EndedJob;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How much is kept. What is over any of the limits goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days after a job's end.
    pub days: u32,
    /// Jobs that have ended.
    pub jobs: usize,
    /// Bytes of all their documents.
    pub bytes: u64,
}

/// The jobs whose documents go.
pub fn let_go(ended: &[EndedJob], keep: &Retention, now: Timestamp) -> Vec<JobId> {
    let mut newest_first: Vec<&EndedJob> = ended.iter().collect();
    newest_first.sort_by_key(|job| std::cmp::Reverse((job.ended, job.job)));
    let oldest = now.plus_ms(-i64::from(keep.days) * DAY_MS);
    let mut seen = HashSet::new();
    let (mut jobs, mut bytes, mut full) = (0, 0u64, false);
    let mut gone = Vec::new();
    for job in newest_first {
        let mut own = HashSet::new();
        let own = job.documents.iter().filter(|(digest, _)| own.insert(*digest));
        let (whole, new) = own.fold((0u64, 0u64), |(whole, new), (digest, bytes)| {
            let more = if seen.contains(digest) { 0 } else { *bytes };
            (whole.saturating_add(*bytes), new.saturating_add(more))
        });
        if whole > keep.bytes {
            gone.push(job.job);
            continue;
        }
        full |= jobs == keep.jobs || bytes.saturating_add(new) > keep.bytes || job.ended < oldest;
        if full {
            gone.push(job.job);
            continue;
        }
        seen.extend(job.documents.iter().map(|(digest, _)| *digest));
        (jobs, bytes) = (jobs + 1, bytes + new);
    }
    gone
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Digest;

    fn job(id: i64, ended: i64, documents: &[(u8, u64)]) -> EndedJob {
        EndedJob {
            job: JobId(id),
            ended: Timestamp(ended),
            documents: documents.iter().map(|(d, bytes)| (Digest([*d; 32]), *bytes)).collect(),
        }
    }

    const NOW: Timestamp = Timestamp(100 * DAY_MS);

    fn ids(ended: &[EndedJob], days: u32, jobs: usize, bytes: u64) -> Vec<i64> {
        let keep = Retention { days, jobs, bytes };
        let_go(ended, &keep, NOW).into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn each_limit_lets_the_oldest_go() {
        let day = |n: i64| NOW.0 - n * DAY_MS;
        let all = [
            job(1, day(40), &[(1, 10)]),
            job(2, day(20), &[(2, 10)]),
            job(3, day(1), &[(3, 10)]),
        ];
        assert_eq!(ids(&all, 100, 100, 100), [0i64; 0]);
        assert_eq!(ids(&all, 30, 100, 100), [1]);
        assert_eq!(ids(&all, 100, 1, 100), [2, 1]);
        assert_eq!(ids(&all, 100, 100, 25), [1]);
        assert_eq!(ids(&all, 0, 100, 100), [3, 2, 1]);
    }

    #[test]
    fn the_same_bytes_count_once_and_a_giant_takes_nobody_with_it() {
        let shared = [
            job(1, 1, &[(7, 60)]),
            job(2, 2, &[(7, 60), (7, 60)]),
            job(3, 3, &[(8, 40)]),
        ];
        assert_eq!(ids(&shared, 200, 100, 100), [0i64; 0]);
        let giant = [job(1, 1, &[(1, 10)]), job(2, 2, &[(2, 101)]), job(3, 3, &[(3, 10)])];
        assert_eq!(ids(&giant, 200, 100, 100), [2]);
    }

    fn jobs() -> impl Strategy<Value = Vec<EndedJob>> {
        let documents = prop::collection::vec((0u8..12, 0u64..40), 1..4);
        prop::collection::vec((0i64..120, documents), 0..30).prop_map(|all| {
            let numbered = (1..).zip(all);
            let one = |(id, (days, documents)): (i64, (i64, Vec<(u8, u64)>))| {
                // The same address is the same bytes.
                let documents: Vec<(u8, u64)> = documents.into_iter().map(|(d, _)| (d, u64::from(d) * 3)).collect();
                job(id, days * DAY_MS, &documents)
            };
            numbered.map(one).collect()
        })
    }

    fn bytes<'a>(jobs: impl IntoIterator<Item = &'a EndedJob>) -> u64 {
        let all: HashSet<_> = jobs.into_iter().flat_map(|j| j.documents.iter().copied()).collect();
        all.iter().map(|(_, bytes)| bytes).sum()
    }

    proptest! {
        #[test]
        fn what_is_kept_is_within_every_limit_and_what_goes_had_to(
            mut all in jobs(), days in 0u32..120, most in 0usize..20, limit in 0u64..200,
        ) {
            let keep = Retention { days, jobs: most, bytes: limit };
            let gone: HashSet<JobId> = let_go(&all, &keep, NOW).into_iter().collect();
            let (out, kept): (Vec<&EndedJob>, Vec<&EndedJob>) = all.iter().partition(|j| gone.contains(&j.job));
            let oldest = NOW.0 - i64::from(days) * DAY_MS;
            prop_assert!(kept.len() <= most);
            prop_assert!(bytes(kept.iter().copied()) <= limit);
            prop_assert!(kept.iter().all(|j| j.ended.0 >= oldest));
            let age = |j: &EndedJob| (j.ended, j.job);
            for one in &out {
                if bytes([*one]) > limit {
                    continue;
                }
                // Nobody older stays, and with it one limit would be broken.
                prop_assert!(kept.iter().all(|k| age(k) > age(one)), "{:?}", one);
                let newest_out = out.iter().filter(|j| bytes([**j]) <= limit).max_by_key(|j| age(j)).unwrap();
                let with = kept.iter().chain([newest_out]).copied();
                let broken = kept.len() == most || bytes(with) > limit || newest_out.ended.0 < oldest;
                prop_assert!(broken, "{:?} could have stayed", newest_out);
            }
            // In whatever order they are told.
            all.reverse();
            let again: HashSet<JobId> = let_go(&all, &keep, NOW).into_iter().collect();
            prop_assert_eq!(again, gone);
        }
    }
}
