//! The moment in which an attempt is opened: the plan may be older than what people have switched or changed.

use super::house::{House, id};
use crate::model::{Destination, Job, JobId, Media, MediaSize, PrinterControl, Timestamp};
use crate::queue::plan::Assignment;
use crate::queue::round::open;

/// Whether a plan that gives a job to a printer still does so.
async fn opens(house: &House, job: JobId, to: &str, media: &Media) -> bool {
    let assignment = Assignment {
        job,
        printer: id(to),
        why: "it is free".into(),
    };
    let shown = house.store.house().await.unwrap();
    let opened = open(
        &house.queue.context,
        &shown,
        &assignment,
        media.clone(),
        Timestamp::now(),
    );
    opened.await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_is_older_than_a_switch_or_a_change_begins_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::new(folder.path()).await;
    let gertie = Destination::Printer(id("gertie"));
    let switch = async |at: &Destination, paused: bool| {
        let turn = move |control: &mut PrinterControl| control.paused = paused;
        house.queue.control(at.clone(), "ann", turn).await.unwrap();
    };
    switch(&Destination::Pool, true).await;
    switch(&gertie, true).await;
    let of_pool = house.print("of the pool", Destination::Pool).await;
    let own = house.print("her own", gertie.clone()).await;
    let media = house.store.job(own).await.unwrap().unwrap().ticket.media.value;
    assert!(!opens(&house, of_pool, "squirty", &media).await, "the pool is paused");
    assert!(!opens(&house, own, "gertie", &media).await, "the printer is paused");
    // Nothing is paused, and the queue itself leaves the jobs alone.
    for job in [of_pool, own] {
        let later = |job: &mut Job| {
            job.not_before = Some(Timestamp(i64::MAX));
            Ok::<(), std::convert::Infallible>(())
        };
        let Ok(_) = house.store.change_job(job, Timestamp::now(), later).await.unwrap();
    }
    switch(&Destination::Pool, false).await;
    switch(&gertie, false).await;
    let other = Media {
        size: MediaSize::called("a2").unwrap(),
        ..media.clone()
    };
    assert!(
        !opens(&house, of_pool, "squirty", &other).await,
        "it has another paper now"
    );
    assert!(!opens(&house, own, "squirty", &media).await, "it may not go there now");
    for job in [of_pool, own] {
        house.hurry(job).await;
        house.ended(job).await;
    }
    house.rests().await;
}
