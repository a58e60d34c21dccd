//! The books of paper.

use proptest::prelude::*;

use super::*;
use crate::model::{Finish, MediaSize, NewStockEntry, Paper, PaperId, StockReason};

pub(super) fn rag(size: &str) -> Paper {
    let size = MediaSize::called(size).unwrap();
    Paper {
        id: PaperId::of("Photo Rag", &size).unwrap(),
        name: "Photo Rag".into(),
        size,
        media_type: "photographic-matte".into(),
        finish: Finish::Matte,
        weight: Some(308),
        price: Some(4_200_000),
        low: 5,
    }
}

fn sheets(paper: &Paper, delta: i64, reason: StockReason) -> NewStockEntry {
    NewStockEntry {
        paper: paper.id.clone(),
        delta,
        reason,
        job: None,
        by: "ann".into(),
        note: "a pack".into(),
        at: Timestamp(5),
    }
}

#[tokio::test]
async fn another_number_in_the_configuration_is_a_new_count() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let paper = rag("a3");
    let configured = |sheets| vec![(paper.clone(), Some(sheets))];
    store.set_papers(configured(10), Timestamp(1)).await.unwrap();
    store
        .book_stock(vec![sheets(&paper, -7, StockReason::Printed)])
        .await
        .unwrap();
    for (number, on_hand) in [(10, 3), (25, 25), (25, 25), (10, 10)] {
        store.set_papers(configured(number), Timestamp(2)).await.unwrap();
        assert_eq!(store.stock_on_hand().await.unwrap()[&paper.id], on_hand, "{number}");
    }
    let entries = store.stock_entries(paper.id.clone(), 10).await.unwrap();
    let deltas: Vec<i64> = entries.iter().map(|e| e.entry.delta).collect();
    assert_eq!(deltas, [-15, 22, -7, 10]);
}

#[tokio::test]
async fn a_paper_gets_its_first_count_once_and_keeps_its_books() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let (small, large) = (rag("a3"), rag("a3+"));
    let papers = vec![(large.clone(), Some(25)), (small.clone(), None)];
    store.set_papers(papers.clone(), Timestamp(1)).await.unwrap();
    assert_eq!(store.papers().await.unwrap(), [large.clone(), small.clone()]);
    assert_eq!(store.stock_on_hand().await.unwrap(), [(large.id.clone(), 25)].into());
    store
        .book_stock(vec![sheets(&large, -2, StockReason::Spoiled)])
        .await
        .unwrap();
    store.close().await;
    drop(store);

    let store = open(folder.path());
    store.set_papers(papers, Timestamp(9)).await.unwrap();
    assert_eq!(store.stock_on_hand().await.unwrap()[&large.id], 23);
    store
        .set_papers(vec![(small.clone(), Some(4))], Timestamp(9))
        .await
        .unwrap();
    assert_eq!(store.papers().await.unwrap(), std::slice::from_ref(&small));
    let house = store.house().await.unwrap();
    assert_eq!((house.on_hand[&large.id], house.on_hand[&small.id]), (23, 4));
    let entries = store.stock_entries(large.id.clone(), 10).await.unwrap();
    let reasons: Vec<_> = entries
        .iter()
        .map(|e| (e.entry.reason, e.entry.delta, e.on_hand))
        .collect();
    assert_eq!(
        reasons,
        [(StockReason::Spoiled, -2, 23), (StockReason::Counted, 25, 25)]
    );
    assert_eq!(entries[0].entry, sheets(&large, -2, StockReason::Spoiled));
}

#[tokio::test]
async fn entries_are_booked_together_or_not_at_all_and_never_changed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let paper = rag("a3");
    store
        .set_papers(vec![(paper.clone(), None)], Timestamp(1))
        .await
        .unwrap();
    assert!(store.stock_on_hand().await.unwrap().is_empty(), "never counted");
    let unknown = NewStockEntry {
        paper: PaperId::new("papyrus").unwrap(),
        ..sheets(&paper, 1, StockReason::Restocked)
    };
    let both = vec![sheets(&paper, 10, StockReason::Restocked), unknown];
    assert!(matches!(store.book_stock(both).await, Err(StoreError::NotFound(_))));
    assert!(store.stock_on_hand().await.unwrap().is_empty());
    assert!(kinds(&store).await.is_empty());
    let booked = vec![
        sheets(&paper, 10, StockReason::Restocked),
        sheets(&paper, -3, StockReason::WrittenOff),
    ];
    assert_eq!(store.book_stock(booked).await.unwrap(), [10, 7]);
    let id = paper.id.clone();
    let counted = store.book_count(id.clone(), move |on_hand| NewStockEntry {
        delta: 5 - on_hand,
        reason: StockReason::Counted,
        ..sheets(&rag("a3"), 0, StockReason::Counted)
    });
    assert_eq!(counted.await.unwrap(), 5);
    let told = kinds(&store).await;
    let last = EventKind::StockChanged {
        paper: id,
        delta: -2,
        reason: StockReason::Counted,
        on_hand: 5,
    };
    assert_eq!((told.len(), told.last()), (3, Some(&last)));
    store.close().await;
    drop(store);
    let connection = Connection::open(folder.path().join("platen.db")).unwrap();
    for wrong in ["UPDATE stock_entries SET delta = 0", "DELETE FROM stock_entries"] {
        let refused = connection.execute_batch(wrong).unwrap_err().to_string();
        assert!(refused.contains("never"), "{refused}");
    }
}

#[test]
fn books_are_read_by_their_indexes() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    let connection = Connection::open(folder.path().join("platen.db")).unwrap();
    for (question, index) in [
        (
            "SELECT on_hand FROM stock_entries WHERE paper = 'a' ORDER BY id DESC LIMIT 1",
            "stock_entries_paper",
        ),
        (
            "SELECT level, at FROM ink_entries WHERE printer = 'a' AND channel = 'b' AND reason = 'reading' \
             ORDER BY id DESC LIMIT 2",
            "ink_entries_reading",
        ),
        (
            "SELECT min(channel) FROM ink_entries WHERE printer = 'a' AND channel > 'b'",
            "ink_entries_channel",
        ),
        (
            "SELECT delta FROM ink_entries WHERE printer = 'a' AND channel = 'b' ORDER BY id DESC LIMIT 9",
            "ink_entries_channel",
        ),
    ] {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {question}")).unwrap();
        let steps = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(steps.iter().any(|s| s.contains(index)), "{question}: {steps:?}");
        assert!(!steps.iter().any(|s| s.contains("TEMP B-TREE")), "{steps:?}");
    }
}

#[derive(Debug, Clone)]
enum Act {
    Book(usize, i64, StockReason),
    Count(usize, u32),
    Refused(usize),
    Reopen,
}

fn any_act() -> impl Strategy<Value = Act> {
    let reason = (0usize..StockReason::ALL.len()).prop_map(|n| StockReason::ALL[n].0);
    prop_oneof![
        6 => (0usize..2, -20i64..50, reason).prop_map(|(paper, delta, reason)| Act::Book(paper, delta, reason)),
        2 => (0usize..2, 0u32..100).prop_map(|(paper, sheets)| Act::Count(paper, sheets)),
        1 => (0usize..2).prop_map(Act::Refused),
        1 => Just(Act::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is booked, the sum of the entries is what is on hand, and a cupboard counted beside it agrees.
    #[test]
    fn the_books_balance_to_the_sheet(acts in proptest::collection::vec(any_act(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let mut store = open(folder.path());
            let papers = [rag("a3"), rag("a3+")];
            let configured: Vec<_> = papers.iter().map(|paper| (paper.clone(), Some(10))).collect();
            store.set_papers(configured.clone(), Timestamp(1)).await.unwrap();
            let mut cupboard = [10i64; 2];
            for act in acts {
                match act {
                    Act::Book(paper, delta, reason) => {
                        cupboard[paper] += delta;
                        let told = store.book_stock(vec![sheets(&papers[paper], delta, reason)]).await.unwrap();
                        prop_assert_eq!(told, vec![cupboard[paper]]);
                    }
                    Act::Count(paper, there) => {
                        cupboard[paper] = i64::from(there);
                        let item = papers[paper].clone();
                        let entry = move |on_hand| sheets(&item, i64::from(there) - on_hand, StockReason::Counted);
                        store.book_count(papers[paper].id.clone(), entry).await.unwrap();
                    }
                    Act::Refused(paper) => {
                        let unknown = NewStockEntry {
                            paper: PaperId::new("papyrus").unwrap(),
                            ..sheets(&papers[paper], 1, StockReason::Restocked)
                        };
                        let both = vec![sheets(&papers[paper], 7, StockReason::Restocked), unknown];
                        prop_assert!(store.book_stock(both).await.is_err());
                    }
                    Act::Reopen => {
                        store.close().await;
                        drop(store);
                        store = open(folder.path());
                        store.set_papers(configured.clone(), Timestamp(2)).await.unwrap();
                    }
                }
            }
            let on_hand = store.stock_on_hand().await.unwrap();
            for (paper, there) in papers.iter().zip(cupboard) {
                prop_assert_eq!(on_hand[&paper.id], there);
                let entries = store.stock_entries(paper.id.clone(), 1000).await.unwrap();
                prop_assert_eq!(entries.iter().map(|e| e.entry.delta).sum::<i64>(), there);
            }
            Ok(())
        })?;
    }
}
