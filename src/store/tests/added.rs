//! What people add beside what the configuration names.

use super::*;
use crate::model::{Finish, MediaSize, Paper, PaperId, RasterType};
use crate::store::{AddedPrinter, KeptProfile, ProfileUse, RemovePrinterError};

fn id(name: &str) -> PrinterId {
    PrinterId::new(name).unwrap()
}

fn added(name: &str, uri: &str) -> AddedPrinter {
    AddedPrinter {
        id: id(name),
        name: name.into(),
        uri: uri.into(),
        seconds_per_sheet: None,
    }
}

async fn names(store: &Store) -> Vec<String> {
    let printers = store.printers().await.unwrap();
    printers.iter().map(|p| p.id.to_string()).collect()
}

fn nobody_decides(_: &mut [Job]) -> Result<usize, ()> {
    Ok(0)
}

#[tokio::test]
async fn added_printers_lie_beside_the_configured_ones_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let configured = |names: &[&str]| {
        names
            .iter()
            .map(|n| (id(n), SmolStr::new(n), "virtual:".into()))
            .collect()
    };
    store.set_printers(configured(&["gertie"]), Timestamp(1)).await.unwrap();
    let squirty = added("squirty", "ipp://192.0.2.1/ipp/print");
    assert!(store.put_printer(squirty.clone(), Timestamp(2)).await.unwrap());
    assert!(
        !store
            .put_printer(added("gertie", "virtual:"), Timestamp(2))
            .await
            .unwrap()
    );
    assert_eq!(names(&store).await, ["gertie", "squirty"]);
    assert_eq!(store.house().await.unwrap().added_printers, [id("squirty")].into());
    store.close().await;
    drop(store);
    let store = open(folder.path());
    store.set_printers(configured(&["gertie"]), Timestamp(3)).await.unwrap();
    assert_eq!(store.added_printers().await.unwrap(), [squirty]);
    assert_eq!(names(&store).await, ["gertie", "squirty"]);
    // The configuration takes it over.
    store
        .set_printers(configured(&["gertie", "squirty"]), Timestamp(4))
        .await
        .unwrap();
    assert!(store.house().await.unwrap().added_printers.is_empty());
    let gone = store.remove_printer(id("squirty"), Timestamp(5), nobody_decides).await;
    assert!(matches!(gone, Err(StoreError::NotFound(_))));
    assert_eq!(names(&store).await.len(), 2);
}

#[tokio::test]
async fn a_printer_at_work_can_not_be_taken_away_or_moved() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let squirty = added("squirty", "ipp://192.0.2.1/ipp/print");
    store.put_printer(squirty.clone(), Timestamp(1)).await.unwrap();
    let job = store.create_job(new_job("a", 50), Timestamp(1)).await.unwrap();
    let start = |_: &mut Job, _: &OpeningControls| Ok::<(), ()>(());
    let opened = store.open_attempt(job.id, id("squirty"), ("t".into(), "".into()), Timestamp(2), start);
    let (_, attempt) = opened.await.unwrap().unwrap();
    let gone = store.remove_printer(id("squirty"), Timestamp(3), nobody_decides).await;
    assert!(matches!(gone.unwrap(), Err(RemovePrinterError::AtWork(at)) if at == job.id));
    let moved = added("squirty", "ipp://192.0.2.2/ipp/print");
    assert!(!store.put_printer(moved, Timestamp(3)).await.unwrap());
    store
        .close_attempt(attempt.id, AttemptOutcome::Completed, Timestamp(4), |_, _| {
            Ok::<Bookings, ()>(Bookings::default())
        })
        .await
        .unwrap()
        .unwrap();
    let refused = store
        .remove_printer(id("squirty"), Timestamp(5), |_| Err::<(), _>("no"))
        .await;
    assert!(matches!(refused.unwrap(), Err(RemovePrinterError::Refused("no"))));
    assert_eq!(names(&store).await, ["squirty"]);
    let gone = store.remove_printer(id("squirty"), Timestamp(6), nobody_decides).await;
    assert_eq!(gone.unwrap().unwrap(), 0);
    assert!(names(&store).await.is_empty());
    let late = store
        .open_attempt(job.id, id("squirty"), ("u".into(), "".into()), Timestamp(7), start)
        .await;
    assert!(matches!(late, Err(StoreError::NotFound(_))), "{late:?}");
}

#[tokio::test]
async fn a_profile_goes_only_when_it_is_used_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let digest = Digest([7; 32]);
    let kept = KeptProfile {
        digest,
        name: "Rag".into(),
        bytes: 9,
        at: Timestamp(1),
        by: "ann".into(),
    };
    let wanted = ProfileUse {
        printer: id("gertie"),
        media_type: Some("photographic-matte".into()),
        raster_type: Some(RasterType::Srgb8),
        profile: digest,
    };
    let early = store.use_profile(wanted.clone(), Timestamp(1)).await;
    assert!(matches!(early, Err(StoreError::NotFound(_))));
    store.put_profile(kept.clone(), Timestamp(1)).await.unwrap();
    store.use_profile(wanted.clone(), Timestamp(2)).await.unwrap();
    let all = ProfileUse {
        media_type: None,
        raster_type: None,
        ..wanted.clone()
    };
    store.use_profile(all.clone(), Timestamp(2)).await.unwrap();
    assert_eq!(store.profile_uses().await.unwrap(), [all, wanted]);
    assert!(!store.remove_profile(digest, Timestamp(3)).await.unwrap());
    let matte = Some("photographic-matte".into());
    store
        .stop_using_profile(id("gertie"), matte.clone(), Timestamp(4))
        .await
        .unwrap();
    let again = store.stop_using_profile(id("gertie"), matte, Timestamp(4)).await;
    assert!(matches!(again, Err(StoreError::NotFound(_))));
    store
        .stop_using_profile(id("gertie"), None, Timestamp(4))
        .await
        .unwrap();
    assert_eq!(store.profiles().await.unwrap(), [kept]);
    assert!(store.remove_profile(digest, Timestamp(5)).await.unwrap());
    assert!(store.profile_digests().await.unwrap().is_empty());
}

#[tokio::test]
async fn added_papers_presets_and_settings_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let size = MediaSize::called("a3").unwrap();
    let paper = |name: &str| Paper {
        id: PaperId::of(name, &size).unwrap(),
        name: name.into(),
        size: size.clone(),
        media_type: "photographic-matte".into(),
        finish: Finish::Matte,
        weight: None,
        price: None,
        low: 0,
    };
    store
        .set_papers(vec![(paper("Rag"), None)], Timestamp(1))
        .await
        .unwrap();
    assert!(!store.put_paper(paper("Rag"), Timestamp(2)).await.unwrap());
    assert!(store.put_paper(paper("Baryta"), Timestamp(2)).await.unwrap());
    store
        .set_papers(vec![(paper("Rag"), None)], Timestamp(3))
        .await
        .unwrap();
    let known = store.papers().await.unwrap();
    assert_eq!(
        known.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(),
        ["Rag", "Baryta"]
    );
    assert!(store.remove_paper(paper("Rag").id, Timestamp(4)).await.is_err());
    store.remove_paper(paper("Baryta").id, Timestamp(4)).await.unwrap();
    assert_eq!(store.papers().await.unwrap().len(), 1);

    store.put_preset(id("rag"), "{}".into(), Timestamp(5)).await.unwrap();
    assert_eq!(store.added_presets().await.unwrap(), [(id("rag"), "{}".to_owned())]);
    store.remove_preset(id("rag"), Timestamp(5)).await.unwrap();
    assert!(store.remove_preset(id("rag"), Timestamp(5)).await.is_err());

    let set = |value: Option<&str>| [("studio-name".to_owned(), value.map(str::to_owned))].into();
    store.set_overrides(set(Some("\"A\"")), Timestamp(6)).await.unwrap();
    let all = store.overrides().await.unwrap();
    assert_eq!(
        all.into_iter().collect::<Vec<_>>(),
        [("studio-name".to_owned(), "\"A\"".to_owned())]
    );
    store.set_overrides(set(None), Timestamp(7)).await.unwrap();
    assert!(store.overrides().await.unwrap().is_empty());
    assert!(store.database().await.unwrap().0 > 0);
    let parts = store.events_after(EventSeq(0), 100).await.unwrap();
    let parts = parts
        .iter()
        .filter(|e| matches!(e.kind, EventKind::HouseChanged { .. }));
    assert_eq!(parts.count(), 6);
}
