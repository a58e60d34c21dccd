//! The books of ink.

use super::*;
use crate::model::{Details, InkReason, Marker, Nanoliters, NewInkEntry};

fn ink(name: &str, level: i32) -> Marker {
    Marker {
        name: name.into(),
        color: "#000000".into(),
        kind: if name == "MC" { "waste-ink" } else { "ink-cartridge" }.into(),
        level,
        low: None,
        high: None,
    }
}

fn status(markers: Vec<Marker>, at: i64) -> PrinterStatus {
    PrinterStatus {
        state: PrinterState::Idle,
        reasons: vec![],
        message: "".into(),
        accepting: true,
        markers,
        media_ready: vec![],
        details: Details::default(),
        reachable: true,
        at: Timestamp(at),
    }
}

async fn levels(store: &Store, channel: &str) -> Vec<i32> {
    let books = store.ink_entries(gertie(), 100).await.unwrap();
    let entries = books.get(channel).into_iter().flatten();
    let level = |reason| match reason {
        InkReason::Reading { level } => level,
        _ => panic!("no reading"),
    };
    entries.map(|entry| level(entry.entry.reason)).collect()
}

#[tokio::test]
async fn a_level_is_booked_when_it_is_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_gertie(folder.path()).await;
    for (at, level) in [(1, 80), (2, 80), (3, 70), (4, -2), (5, -99), (6, 60)] {
        let markers = vec![
            ink("PGY", level),
            ink("MBK", 50),
            ink("MC", level),
            ink("PGY", 3),
            ink("PC", 400),
        ];
        store.save_status(gertie(), status(markers, at)).await.unwrap();
    }
    assert_eq!(levels(&store, "PGY").await, [80, 70, -2, 60]);
    assert_eq!(levels(&store, "MBK").await, [50]);
    assert_eq!(
        store.ink_entries(gertie(), 100).await.unwrap().len(),
        2,
        "no waste, no nonsense"
    );
    let supplies: Vec<EventKind> = kinds(&store)
        .await
        .into_iter()
        .filter(|kind| matches!(kind, EventKind::SuppliesChanged { .. }))
        .collect();
    let both = EventKind::SuppliesChanged {
        channels: vec!["PGY".into(), "MBK".into()],
    };
    assert_eq!((supplies.len(), &supplies[0]), (4, &both));
    // A restart does not tell them again, and a printer that is silent tells nothing.
    store.close().await;
    drop(store);
    let store = with_gertie(folder.path()).await;
    store
        .save_status(gertie(), status(vec![ink("PGY", 60)], 7))
        .await
        .unwrap();
    let mut silent = status(vec![ink("PGY", 10)], 8);
    silent.reachable = false;
    store.save_status(gertie(), silent).await.unwrap();
    assert_eq!(levels(&store, "PGY").await, [80, 70, -2, 60]);
}

#[tokio::test]
async fn a_printer_that_flutters_does_not_fill_the_books() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_gertie(folder.path()).await;
    for n in 0..600 {
        let level = if n % 2 == 0 { 50 } else { 40 };
        store
            .save_status(gertie(), status(vec![ink("Y", level)], n * 1000))
            .await
            .unwrap();
    }
    let booked = levels(&store, "Y").await.len();
    assert!((2..=12).contains(&booked), "{booked}");
}

#[tokio::test]
async fn ink_is_booked_with_one_event_for_a_job() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_gertie(folder.path()).await;
    let entry = |channel: &str, delta: i64| NewInkEntry {
        printer: gertie(),
        channel: channel.into(),
        delta: Nanoliters(delta),
        reason: InkReason::Job,
        job: Some(JobId(3)),
        by: "platen".into(),
        note: "".into(),
        at: Timestamp(4),
    };
    let booked = vec![entry("M", -5), entry("C", -7), entry("M", -1)];
    store.book_ink(booked.clone()).await.unwrap();
    let channels = vec!["M".into(), "C".into()];
    assert_eq!(kinds(&store).await, [EventKind::SuppliesChanged { channels }]);
    let books = store.ink_entries(gertie(), 100).await.unwrap();
    let magenta: Vec<_> = books["M"].iter().map(|e| e.entry.clone()).collect();
    assert_eq!(magenta, [booked[0].clone(), booked[2].clone()]);
    let newest = store.ink_entries(gertie(), 1).await.unwrap();
    assert_eq!(newest["M"][0].entry, booked[2]);
}
