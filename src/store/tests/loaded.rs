//! What is loaded.

use super::books::rag;
use super::*;
use crate::model::{Loaded, LoadedBy, Margins, Media};

#[tokio::test]
async fn what_is_loaded_is_kept_told_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let store = with_gertie(folder.path()).await;
    let paper = rag("a3+");
    let loaded = Loaded {
        printer: gertie(),
        source: "rear".into(),
        media: Media {
            size: paper.size.clone(),
            media_type: paper.media_type.clone(),
            source: "rear".into(),
            margins: Margins::BORDERLESS,
        },
        paper: Some(paper.id),
        sheets: Some(3),
        by: LoadedBy::Person,
        at: Timestamp(2),
    };
    let before = store.house().await.unwrap();
    store.set_loaded(loaded.clone()).await.unwrap();
    assert_eq!(store.house().await.unwrap().loaded, std::slice::from_ref(&loaded));
    assert!(store.generation() > before.generation);
    let same = Loaded {
        at: Timestamp(3),
        ..loaded.clone()
    };
    store.set_loaded(same).await.unwrap();
    assert_eq!(kinds(&store).await.len(), 1, "said again is no news");
    store
        .take_loaded(gertie(), "rear".into(), 2, Timestamp(4))
        .await
        .unwrap();
    store
        .take_loaded(gertie(), "rear".into(), 2, Timestamp(5))
        .await
        .unwrap();
    store
        .take_loaded(gertie(), "manual".into(), 2, Timestamp(5))
        .await
        .unwrap();
    assert_eq!(store.loaded().await.unwrap()[0].sheets, Some(0));
    store.close().await;
    drop(store);
    let store = open(folder.path());
    assert_eq!(store.loaded().await.unwrap()[0].paper, loaded.paper);
    store.clear_loaded(gertie(), "rear".into(), Timestamp(6)).await.unwrap();
    store.clear_loaded(gertie(), "rear".into(), Timestamp(7)).await.unwrap();
    assert!(store.loaded().await.unwrap().is_empty());
    let told = kinds(&store).await;
    assert_eq!(told.len(), 4);
    assert!(matches!(
        told.last(),
        Some(EventKind::LoadedChanged { loaded: None, .. })
    ));
}
