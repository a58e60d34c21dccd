//! Lets the documents of jobs go that ended long ago, at the start and then every hour. The order outlives a power cut:
//! first the books say that a document is not kept, then its file goes. What is left over in between is found by the
//! sweep of the next start.

use std::time::Duration;

use tokio::sync::watch;

use crate::model::{Digest, HouseSettings, Timestamp};
use crate::queue::retention::{Retention, let_go};
use crate::spool::Spool;
use crate::store::{Store, StoreError};

/// How often.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// A document that came within this time is left alone: its job may be on its way to the books.
const YOUNG: Duration = Duration::from_secs(60 * 60);
/// Jobs of one transaction, so that nobody who prints waits long.
const AT_ONCE: usize = 200;

/// Writes down which documents are not kept any more, and gives their addresses; files are not touched.
///
/// # Errors
/// [`StoreError`].
pub async fn write_down(store: &Store, keep: &Retention, now: Timestamp) -> Result<Vec<Digest>, StoreError> {
    let jobs = let_go(&store.ended_jobs().await?, keep, now);
    let mut digests = Vec::new();
    for some in jobs.chunks(AT_ONCE) {
        digests.extend(store.let_documents_go(some.to_vec(), now).await?);
    }
    if !jobs.is_empty() {
        log::info!(
            "the documents of {} jobs that have ended are not kept any more; the jobs stay in the books",
            jobs.len()
        );
    }
    Ok(digests)
}

/// Removes the files that no job needs any more. Gives those that have to wait for the next time.
///
/// # Errors
/// [`StoreError`].
async fn remove(
    store: &Store,
    spool: &Spool,
    mut digests: Vec<Digest>,
    young: Duration,
) -> Result<Vec<Digest>, StoreError> {
    digests.sort_unstable();
    digests.dedup();
    let mut waiting = Vec::new();
    for some in digests.chunks(AT_ONCE) {
        let free = store.unreferenced(some.to_vec()).await?;
        let spool = spool.clone();
        let removed = tokio::task::spawn_blocking(move || {
            let mut stay = Vec::new();
            for digest in free {
                match spool.remove(&digest, young) {
                    Ok(true) => {}
                    Ok(false) => stay.push(digest),
                    Err(error) => log::warn!("a document that is not kept any more could not be removed: {error}"),
                }
            }
            stay
        });
        waiting.extend(removed.await.unwrap_or_default());
    }
    Ok(waiting)
}

/// What the settings say.
pub fn retention(settings: &HouseSettings) -> Retention {
    Retention {
        days: settings.document_days,
        jobs: usize::try_from(settings.document_jobs).unwrap_or(usize::MAX),
        bytes: settings.document_bytes,
    }
}

/// Runs until it is stopped, by the settings of each moment.
pub async fn keep(store: Store, spool: Spool, settings: watch::Receiver<HouseSettings>) {
    let mut waiting: Vec<Digest> = Vec::new();
    loop {
        tokio::time::sleep(EVERY).await;
        let keep = retention(&settings.borrow());
        match write_down(&store, &keep, Timestamp::now()).await {
            Ok(more) => waiting.extend(more),
            Err(error) => log::warn!("which documents are kept could not be looked at: {error}"),
        }
        let due = std::mem::take(&mut waiting);
        match remove(&store, &spool, due, YOUNG).await {
            Ok(stay) => waiting = stay,
            Err(error) => log::warn!("documents that are not kept any more could not be removed: {error}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::intake::{Wishes, decide};
    use crate::model::{Destination, Document, DocumentFacts, DocumentFormat, DocumentId, Job, JobState, NewJob};
    use crate::spool::SpoolLimits;

    async fn document(spool: &Spool, bytes: &'static [u8]) -> Document {
        let mut incoming = spool.begin(None).unwrap();
        incoming.write(Bytes::from_static(bytes)).await.unwrap();
        let (mut stored, ()) = incoming.finish(|_| ()).await.unwrap();
        stored.hold.keep();
        Document {
            id: DocumentId(0),
            number: 1,
            digest: stored.digest,
            bytes: stored.bytes,
            name: None,
            facts: DocumentFacts {
                format: DocumentFormat::Jpeg,
                width: 1,
                height: 1,
                pages: 1,
                resolution: None,
                profile: None,
            },
            canceled: false,
        }
    }

    async fn job(store: &Store, documents: Vec<Document>, ended: Option<i64>) -> Job {
        let new = NewJob {
            name: "photo".into(),
            user: "anna".into(),
            destination: Destination::Pool,
            priority: 50,
            ticket: decide(&Wishes::default(), None, &[]).ticket,
            documents,
            incoming_until: None,
            hold: None,
            printer_uri: "ipp://localhost/ipp/print".into(),
        };
        let job = store.create_job(new, Timestamp(1)).await.unwrap();
        let Some(at) = ended else { return job };
        let end = move |job: &mut Job| {
            (job.state, job.completed) = (JobState::Completed, Some(Timestamp(at)));
            Ok::<(), ()>(())
        };
        store.change_job(job.id, Timestamp(at), end).await.unwrap().unwrap()
    }

    const ONE: Retention = Retention {
        days: 1,
        jobs: 1,
        bytes: 1_000,
    };

    #[tokio::test]
    async fn files_go_with_the_last_job_that_has_them_and_the_jobs_stay() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("platen.db")).unwrap();
        let limits = SpoolLimits {
            document_bytes: 1 << 20,
            free_floor: 0,
        };
        let spool = Spool::open(&folder.path().join("spool"), limits).unwrap();
        let alone = document(&spool, b"alone").await;
        let shared = document(&spool, b"shared").await;
        let newest = document(&spool, b"newest").await;
        let first = job(&store, vec![alone.clone(), shared.clone()], Some(10)).await;
        job(&store, vec![newest.clone()], Some(20)).await;
        let open = job(&store, vec![shared.clone()], None).await;
        let is_there = |document: &Document| spool.path(&document.digest).is_file();

        let digests = write_down(&store, &ONE, Timestamp(30)).await.unwrap();
        assert_eq!(digests.len(), 2);
        assert!(write_down(&store, &ONE, Timestamp(30)).await.unwrap().is_empty());
        let waiting = remove(&store, &spool, digests.clone(), YOUNG).await.unwrap();
        assert_eq!(waiting, [alone.digest], "it came a moment ago");
        let waiting = remove(&store, &spool, digests, Duration::ZERO).await.unwrap();
        assert!(waiting.is_empty());
        assert!(!is_there(&alone) && is_there(&shared) && is_there(&newest));

        assert_eq!(store.documents_gone(first.id).await.unwrap(), Some(Timestamp(30)));
        assert_eq!(store.documents_gone(open.id).await.unwrap(), None);
        let kept = store.job(first.id).await.unwrap().unwrap();
        assert_eq!(kept.documents.len(), 2, "what was printed can still be read");
        let again = store
            .change_job(first.id, Timestamp(40), |job: &mut Job| {
                (job.state, job.completed) = (JobState::Pending, None);
                Ok::<(), ()>(())
            })
            .await;
        assert!(
            matches!(again, Err(StoreError::DocumentsGone(id)) if id == first.id),
            "{again:?}"
        );
        let copy = NewJob {
            documents: kept.documents,
            name: "again".into(),
            user: "anna".into(),
            destination: Destination::Pool,
            priority: 50,
            ticket: kept.ticket,
            incoming_until: None,
            hold: None,
            printer_uri: "".into(),
        };
        let copied = store.create_job(copy, Timestamp(41)).await;
        assert!(matches!(copied, Err(StoreError::DocumentsGone(_))), "{copied:?}");
        // What a crash had left over goes at the next start.
        std::fs::write(spool.path(&alone.digest), b"alone").unwrap();
        assert_eq!(spool.sweep(&store.digests().await.unwrap()).unwrap(), 1);
        assert!(is_there(&shared) && is_there(&newest));
        store.close().await;
    }
}
