//! Orders, the keys of requests, uploads, and looking for jobs among many.

use super::*;
use crate::model::{EventSeq, Order, RequestKey};
use crate::store::{JobSearch, Made, NewUpload};

const DAY: i64 = RequestKey::KEPT_MS;

fn key(request: &str) -> Option<RequestKey> {
    Some(RequestKey {
        owner: "shop".into(),
        key: "order-1".into(),
        request: request.into(),
    })
}

fn order(reference: &str) -> Order {
    Order {
        reference: Some(reference.into()),
        metadata: [("room".to_owned(), "hall".to_owned())].into(),
        callback_url: Some("https://shop.example/hook".into()),
        client: Some("shop".into()),
    }
}

async fn make(store: &Store, request: &str, at: i64) -> Result<Made, StoreError> {
    let with = (order("A-1"), key(request), vec![]);
    store.create_order(new_job("photo", 50), 10, with, Timestamp(at)).await
}

#[tokio::test]
async fn a_jobs_own_address_is_told_of_its_states_until_it_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let order = Order {
        callback_url: Some("https://shop.example/hook".into()),
        client: Some("shop".into()),
        ..Order::default()
    };
    let made = store
        .create_order(new_job("photo", 50), 9, (order, None, vec![]), Timestamp(5))
        .await
        .unwrap();
    let hooks = store.webhooks(Some(made.job.id)).await.unwrap();
    assert_eq!(hooks.len(), 1);
    assert_eq!(hooks[0].secret, store.callback_secret("shop".into()).await.unwrap());
    assert_ne!(hooks[0].secret, store.callback_secret("other".into()).await.unwrap());
    assert!(
        store.webhooks(None).await.unwrap().is_empty(),
        "it is not among those of all"
    );
    let hold = |job: &mut crate::model::Job| {
        job.message = "is held".into();
        Ok::<(), ()>(())
    };
    store
        .change_job(made.job.id, Timestamp(6), hold)
        .await
        .unwrap()
        .unwrap();
    let told = |event: &crate::model::Event| (crate::watch::name_of(event), "{}".to_owned());
    while store.fill_outbox(Timestamp(7), told).await.unwrap() {}
    let waiting = store.deliveries(hooks[0].id, i64::MAX, 9).await.unwrap();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!(waiting[0].name, "job-changed");
    let nobody = |order: &mut Order| order.callback_url = None;
    let same = |_: &mut crate::model::Job| Ok::<(), ()>(());
    store
        .change_order(made.job.id, Timestamp(8), same, nobody)
        .await
        .unwrap()
        .unwrap();
    assert!(store.webhooks(Some(made.job.id)).await.unwrap().is_empty());
    assert!(store.deliveries(hooks[0].id, i64::MAX, 9).await.unwrap().is_empty());
    store.close().await;
}

#[tokio::test]
async fn a_request_that_comes_again_makes_one_job_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (a, b, c) = tokio::join!(make(&store, "x", 1), make(&store, "x", 1), make(&store, "x", 1));
    let made = [a.unwrap(), b.unwrap(), c.unwrap()];
    assert_eq!(made.iter().filter(|made| !made.replayed).count(), 1);
    assert!(made.iter().all(|m| m.job.id == made[0].job.id));
    store.close().await;
    drop(store);
    let store = open(folder.path());
    let again = make(&store, "x", 2).await.unwrap();
    assert!(again.replayed && again.job.id == made[0].job.id);
    assert_eq!(store.order(again.job.id).await.unwrap(), order("A-1"));
    let other = make(&store, "y", 3).await;
    assert!(matches!(other, Err(StoreError::KeyUsed(..))), "{other:?}");
    assert!(store.keyed(key("x").unwrap(), Timestamp(DAY)).await.unwrap().is_some());
    // A day after it came it is forgotten.
    assert!(
        store
            .keyed(key("x").unwrap(), Timestamp(DAY + 1))
            .await
            .unwrap()
            .is_none()
    );
    assert!(!make(&store, "y", DAY + 2).await.unwrap().replayed);
    store.close().await;
}

#[tokio::test]
async fn an_order_changes_with_its_job_and_tells_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let id = make(&store, "x", 1).await.unwrap().job.id;
    let rename = |job: &mut Job| {
        job.name = "other".into();
        Ok::<(), ()>(())
    };
    let changed = store
        .change_order(id, Timestamp(2), rename, |order| order.reference = None)
        .await;
    assert_eq!(changed.unwrap().unwrap().name, "other");
    assert_eq!(store.order(id).await.unwrap().reference, None);
    let refused = store
        .change_order(id, Timestamp(3), |_| Err(()), |order| order.client = None)
        .await;
    assert_eq!(refused.unwrap(), Err(()));
    assert!(store.order(id).await.unwrap().client.is_some());
    let events = store.events_of_job(id, EventSeq(0), 10).await.unwrap();
    assert_eq!(events.len(), 3, "{events:?}");
    let later = store.events_of_job(id, events[0].seq, 1).await.unwrap();
    assert_eq!(later, events[1..2]);
    store.close().await;
}

fn upload(id: &str, bytes: u64) -> NewUpload {
    NewUpload {
        id: id.into(),
        owner: "shop".into(),
        bytes,
        name: None,
        sha256: Some(Digest([7; 32])),
        expires: Timestamp(100),
    }
}

#[tokio::test]
async fn uploads_are_kept_from_the_sweep_until_they_expire_and_count_until_a_job_has_them() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.begin_upload(upload("a", 60), 2, 100).await.unwrap();
    let large = store.begin_upload(upload("b", 60), 2, 100).await;
    assert!(matches!(large, Err(StoreError::TooManyUploads(_))), "{large:?}");
    store.begin_upload(upload("b", 40), 2, 100).await.unwrap();
    assert!(store.begin_upload(upload("c", 0), 2, 100).await.is_err());
    let facts = document(1).facts;
    store
        .end_upload("a".into(), Digest([7; 32]), facts.clone())
        .await
        .unwrap();
    let found = store.upload("a".into()).await.unwrap().unwrap();
    assert_eq!(
        (found.new, found.whole),
        (upload("a", 60), Some((Digest([7; 32]), facts)))
    );
    assert!(store.digests().await.unwrap().contains(&Digest([7; 32])));
    assert!(store.unreferenced(vec![Digest([7; 32])]).await.unwrap().is_empty());
    let with = (Order::default(), None, vec!["a".into()]);
    store
        .create_order(new_job("photo", 50), 10, with, Timestamp(1))
        .await
        .unwrap();
    store.begin_upload(upload("c", 60), 2, 100).await.unwrap();
    assert!(store.expired_uploads(Timestamp(99)).await.unwrap().is_empty());
    assert_eq!(store.expired_uploads(Timestamp(100)).await.unwrap().len(), 3);
    assert_eq!(store.remove_upload("a".into()).await.unwrap(), Some(Digest([7; 32])));
    assert_eq!(
        store.unreferenced(vec![Digest([7; 32])]).await.unwrap(),
        [Digest([7; 32])]
    );
    assert_eq!(store.upload_ids().await.unwrap().len(), 2);
    store.close().await;
}

async fn found(store: &Store, search: JobSearch) -> Vec<i64> {
    let found = store.search_jobs(JobSearch { limit: 3, ..search }).await.unwrap();
    found.iter().map(|job| job.head.id.0).collect()
}

#[tokio::test]
async fn jobs_are_found_by_what_they_are_a_page_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for n in 1..=6 {
        let mut new = new_job(if n == 2 { "100 % Wool" } else { "photo" }, 50);
        new.user = if n % 2 == 0 { "ann".into() } else { "bob".into() };
        if n == 5 {
            new.destination = Destination::Printer(gertie());
        }
        let with = (if n == 3 { order("A_7") } else { Order::default() }, None, vec![]);
        store.create_order(new, 10, with, Timestamp(n * 10)).await.unwrap();
    }
    store
        .change_job(JobId(4), Timestamp(99), set(JobState::Canceled, 99))
        .await
        .unwrap()
        .unwrap();
    let all = JobSearch::default;
    assert_eq!(found(&store, all()).await, [6, 5, 4]);
    // One that comes meanwhile moves nothing.
    store.create_job(new_job("photo", 50), Timestamp(70)).await.unwrap();
    assert_eq!(
        found(
            &store,
            JobSearch {
                below: Some(JobId(4)),
                ..all()
            }
        )
        .await,
        [3, 2, 1]
    );
    assert_eq!(
        found(
            &store,
            JobSearch {
                user: Some("bob".into()),
                ..all()
            }
        )
        .await,
        [5, 3, 1]
    );
    assert_eq!(
        found(
            &store,
            JobSearch {
                states: vec![JobState::Canceled],
                ..all()
            }
        )
        .await,
        [4]
    );
    // What has not ended is looked for by indexes of its own.
    let open = |user: Option<&str>| JobSearch {
        states: vec![JobState::Pending, JobState::PendingHeld],
        user: user.map(Into::into),
        ..all()
    };
    assert_eq!(found(&store, open(None)).await, [7, 6, 5]);
    assert_eq!(found(&store, open(Some("bob"))).await, [5, 3, 1]);
    assert_eq!(
        found(
            &store,
            JobSearch {
                text: Some("5".into()),
                ..open(None)
            }
        )
        .await,
        [5]
    );
    assert_eq!(
        found(
            &store,
            JobSearch {
                printer: Some(gertie()),
                ..all()
            }
        )
        .await,
        [5]
    );
    let pool = JobSearch {
        destination: Some(Destination::Pool),
        below: Some(JobId(6)),
        ..all()
    };
    assert_eq!(found(&store, pool).await, [4, 3, 2]);
    assert_eq!(
        found(
            &store,
            JobSearch {
                reference: Some("A_7".into()),
                ..all()
            }
        )
        .await,
        [3]
    );
    let text = |text: &str| JobSearch {
        text: Some(text.into()),
        ..all()
    };
    assert_eq!(found(&store, text("0 %")).await, [2]);
    assert_eq!(found(&store, text("wool")).await, [2]);
    assert_eq!(found(&store, text("%")).await, [2], "it stands for itself");
    assert_eq!(found(&store, text("a_")).await, [3]);
    assert_eq!(found(&store, text("5")).await, [5]);
    let both = JobSearch {
        user: Some("ann".into()),
        ..text("photo")
    };
    assert_eq!(found(&store, both).await, [7, 6, 4]);
    let between = JobSearch {
        from: Some(Timestamp(20)),
        to: Some(Timestamp(30)),
        ..all()
    };
    assert_eq!(found(&store, between).await, [3, 2]);
    store.close().await;
}
