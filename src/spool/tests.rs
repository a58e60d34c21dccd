use super::*;
use crate::crypto::Sha256;
use bytes::Bytes;

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
    let mut incoming = spool.begin().await.unwrap();
    for chunk in bytes.chunks(1000) {
        incoming.write(Bytes::from_static(chunk)).await.unwrap();
    }
    incoming.finish().await.unwrap()
}

#[tokio::test]
async fn a_document_is_found_under_its_digest_and_kept_once() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), ROOMY).unwrap();
    static BIG: [u8; 700_000] = [7; 700_000];
    let stored = put(&spool, &BIG).await;
    assert_eq!(
        stored,
        Stored {
            digest: Sha256::of(&BIG),
            bytes: 700_000
        }
    );
    assert_eq!(std::fs::read(spool.path(&stored.digest)).unwrap(), BIG);
    put(&spool, &BIG).await;
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
    let mut incoming = spool.begin().await.unwrap();
    incoming.write(Bytes::from_static(b"12345")).await.unwrap();
    assert_eq!(files(folder.path()), 1);
    drop(incoming);
    let mut incoming = spool.begin().await.unwrap();
    incoming.write(Bytes::from_static(b"0123456789")).await.unwrap();
    assert!(matches!(
        incoming.write(Bytes::from_static(b"x")).await,
        Err(SpoolError::TooLarge { limit: 10 })
    ));
    assert!(incoming.finish().await.is_err());
    assert_eq!(files(folder.path()), 0);
}

#[tokio::test]
async fn leftovers_and_orphans_go_and_what_is_kept_stays() {
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::open(folder.path(), ROOMY).unwrap();
    let kept = put(&spool, b"kept").await;
    put(&spool, b"orphan").await;
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
    assert!(matches!(spool.begin().await, Err(SpoolError::NoRoom { .. })));
    assert!(spool.check_room().unwrap_err().to_string().contains("make room"));
}

#[test]
fn a_folder_that_can_not_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    let error = Spool::open(&file.join("spool"), ROOMY).unwrap_err();
    assert!(error.to_string().contains("file/spool"), "{error}");
}
