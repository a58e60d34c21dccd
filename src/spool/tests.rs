use super::*;
use crate::crypto::Sha256;
use bytes::Bytes;
use proptest::strategy::Strategy;

const ROOMY: SpoolLimits = SpoolLimits {
    document_bytes: 10 << 20,
    free_floor: 0,
};

fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .map(|e| e.unwrap().path())
        .map(|p| if p.is_dir() { files(&p) } else { 1 })
        .sum()
}

async fn put(spool: &Spool, bytes: &'static [u8]) -> Stored {
    let mut incoming = spool.begin(None).unwrap();
    for chunk in bytes.chunks(1000) {
        incoming.write(Bytes::from_static(chunk)).await.unwrap();
    }
    incoming.finish(|_| ()).await.unwrap().0
}

#[tokio::test]
async fn a_document_is_found_under_its_digest_and_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), ROOMY).unwrap();
    static BIG: [u8; 700_000] = [7; 700_000];
    let stored = put(&spool, &BIG).await;
    assert_eq!((stored.digest, stored.bytes), (Sha256::of(&BIG), 700_000));
    assert_eq!(std::fs::read(spool.path(&stored.digest)).unwrap(), BIG);
    let again = put(&spool, &BIG).await;
    assert_eq!(again.digest, stored.digest);
    assert_eq!(files(folder.path()), 1);
}

#[tokio::test]
async fn what_is_dropped_leaves_nothing_and_so_does_what_is_too_large() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(
        folder.path(),
        SpoolLimits {
            document_bytes: 10,
            ..ROOMY
        },
    )
    .unwrap();
    let large = Spool::open(&folder.path().join("large"), ROOMY).unwrap();
    let mut incoming = large.begin(None).unwrap();
    incoming.write(Bytes::from_static(b"12345")).await.unwrap();
    assert_eq!(files(folder.path()), 0, "few bytes wait in memory");
    incoming.write(Bytes::from(vec![1; 300_000])).await.unwrap();
    assert_eq!(files(folder.path()), 1);
    drop(incoming);
    assert_eq!(files(folder.path()), 0);
    let mut incoming = spool.begin(None).unwrap();
    incoming.write(Bytes::from_static(b"0123456789")).await.unwrap();
    assert!(matches!(
        incoming.write(Bytes::from_static(b"x")).await,
        Err(SpoolError::TooLarge { limit: 10 })
    ));
    assert!(incoming.finish(|_| ()).await.is_err());
    assert_eq!(files(folder.path()), 0);
}

#[tokio::test]
async fn leftovers_and_orphans_go_and_what_is_kept_stays() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), ROOMY).unwrap();
    let mut kept = put(&spool, b"kept").await;
    kept.hold.keep();
    // The process ends while this one is held.
    std::mem::forget(put(&spool, b"orphan").await);
    std::fs::write(folder.path().join("incoming/left.part"), b"half").unwrap();
    let spool = Spool::open(folder.path(), ROOMY).unwrap();
    assert_eq!(spool.sweep(&HashSet::from([kept.digest])).unwrap(), 1);
    assert_eq!(files(folder.path()), 1);
    assert!(spool.path(&kept.digest).exists());
}

#[tokio::test]
async fn a_disk_below_the_floor_takes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(
        folder.path(),
        SpoolLimits {
            free_floor: u64::MAX,
            ..ROOMY
        },
    )
    .unwrap();
    assert!(matches!(spool.begin(None), Err(SpoolError::NoRoom { .. })));
    assert!(spool.check_room().unwrap_err().to_string().contains("make room"));
}

#[tokio::test]
async fn an_announced_length_is_refused_before_a_byte_came() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), ROOMY).unwrap();
    let limit = ROOMY.document_bytes;
    assert!(spool.begin(Some(limit)).is_ok());
    assert!(matches!(spool.begin(Some(limit + 1)), Err(SpoolError::TooLarge { .. })));
    let vast = SpoolLimits {
        document_bytes: u64::MAX,
        free_floor: 1,
    };
    let spool = Spool::open(folder.path(), vast).unwrap();
    assert!(matches!(spool.begin(Some(u64::MAX)), Err(SpoolError::NoRoom { .. })));
}

#[tokio::test]
async fn a_refused_document_goes_at_once_unless_a_job_has_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), ROOMY).unwrap();
    drop(put(&spool, b"refused").await);
    assert_eq!(files(folder.path()), 0);

    // A job was made of it, and later the same bytes are refused.
    let mut job = put(&spool, b"picture").await;
    job.hold.keep();
    drop(job);
    drop(put(&spool, b"picture").await);
    assert_eq!(files(folder.path()), 1);

    // A job was not made of it after all.
    let mut late = put(&spool, b"late").await;
    late.hold.keep();
    late.hold.release();
    drop(late);
    assert_eq!(files(folder.path()), 1);
}

/// What may happen to two different documents, each sent by several clients at once.
#[derive(Debug, Clone, Copy)]
enum Act {
    Send(bool),
    /// The n-th of those that are held is let go: kept for a job, or refused.
    LetGo(usize, bool),
}

proptest::proptest! {
    #[test]
    fn in_any_order_a_document_is_there_as_long_as_a_client_or_a_job_has_it(
        acts in proptest::collection::vec(
            proptest::prop_oneof![
                proptest::prelude::any::<bool>().prop_map(Act::Send),
                (0..4usize, proptest::prelude::any::<bool>()).prop_map(|(n, kept)| Act::LetGo(n, kept)),
            ],
            1..30,
        )
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::open(folder.path(), ROOMY).unwrap();
        let mut held: Vec<(bool, Stored)> = Vec::new();
        let mut jobs = HashSet::new();
        for act in acts {
            match act {
                Act::Send(which) => {
                    let bytes: &'static [u8] = if which { b"one" } else { b"other" };
                    held.push((which, runtime.block_on(put(&spool, bytes))));
                }
                Act::LetGo(n, kept) if n < held.len() => {
                    let (which, mut stored) = held.remove(n);
                    if kept {
                        stored.hold.keep();
                        jobs.insert(which);
                    }
                }
                Act::LetGo(..) => {}
            }
            for (which, bytes) in [(true, &b"one"[..]), (false, b"other")] {
                let wanted = jobs.contains(&which) || held.iter().any(|(w, _)| *w == which);
                assert_eq!(spool.path(&Sha256::of(bytes)).exists(), wanted);
            }
        }
    }
}

#[test]
fn a_folder_that_can_not_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let error = Spool::open(&file.join("spool"), ROOMY).unwrap_err();
    assert!(error.to_string().contains("file/spool"), "{error}");
}
