//! A job of a template from the order to the sheets that a virtual printer puts out.

use std::path::PathBuf;
use std::time::Duration;

use super::super::courier::PressInspector;
use super::tests::{gertie, house};
use super::*;
use crate::intake::{Asked, Intake, NewOrder, Wishes};
use crate::model::{JobState, Margins, Order, Timestamp};
use crate::queue::{Queue, QueueSettings};
use crate::store::Store;

fn pngs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pngs(&path));
        } else if path.extension().is_some_and(|e| e == "png") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The shares of the way across at which a sheet's middle row begins and ends to be other than white.
fn inked(path: &Path) -> (f64, f64) {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let bytes = info.line_size / info.width as usize;
    let row = &pixels[info.height as usize / 2 * info.line_size..][..info.line_size];
    let dark: Vec<usize> = (0..info.width as usize).filter(|x| row[x * bytes] < 128).collect();
    let share = |x: usize| x as f64 / f64::from(info.width);
    (share(*dark.first().unwrap()), share(*dark.last().unwrap()))
}

#[tokio::test]
async fn a_template_is_printed_as_it_was_laid_out() {
    let house = house();
    let documents = vec![
        house.picture((200, 300), [10, 10, 10]),
        house.picture((100, 150), [20, 20, 20]),
    ];
    let store = Store::open(&house.folder.path().join("platen.db")).unwrap();
    let printers = vec![(gertie(), "Gertie".into(), "virtual:".into())];
    store.set_printers(printers, Timestamp::now()).await.unwrap();
    let courier = house.studio.courier.clone();
    let intake = Intake::new(
        store.clone(),
        courier.spool.clone(),
        Arc::new(PressInspector(courier.limits.clone())),
        10,
    );
    let fields: BTreeMap<String, String> = [("border".to_owned(), "42".to_owned())].into();
    let on = OnSheet {
        size: MediaSize::called("a4"),
        margins: None,
    };
    let fitted = house.studio.fit("white-border", &fields, &on, &documents).unwrap();
    let asked = Asked {
        destination: Destination::Pool,
        wishes: Wishes {
            size: Some(fitted.size),
            margins: Some(Margins::BORDERLESS),
            quality: Some(crate::model::PrintQuality::Draft),
            ..Wishes::default()
        },
        template: Some((fitted.choice, Wishes::default())),
        deadline: None,
        edition: Some("Dawn".into()),
        strict: false,
    };
    let new = NewOrder {
        name: "two".into(),
        user: "ann".into(),
        priority: 50,
        hold: None,
        asked,
        order: Order::default(),
        key: None,
        uploads: vec![],
    };
    let documents = documents.into_iter().map(|document| (document, None)).collect();
    let made = intake.order(new, documents).await.unwrap().job;
    assert_eq!(made.sheets(), 2);
    let mut events = store.subscribe();
    let queue = Queue::start(store.clone(), courier, vec![gertie()], QueueSettings::default())
        .await
        .unwrap();
    let job = loop {
        events.borrow_and_update();
        let job = store.job(made.id).await.unwrap().unwrap();
        if job.state.is_terminal() || job.question.is_some() {
            break job;
        }
        events.changed().await.unwrap();
    };
    assert_eq!(
        (job.state, job.impressions_completed),
        (JobState::Completed, 2),
        "{job:?}"
    );
    let sheets = pngs(&house.folder.path().join("prints"));
    assert_eq!(sheets.len(), 2, "{sheets:?}");
    for sheet in sheets {
        let (left, right) = inked(&sheet);
        // 42 of 210 mm on each side.
        assert!(
            (left - 0.2).abs() < 0.01 && (right - 0.8).abs() < 0.01,
            "{left} {right}"
        );
    }
    queue.stop(Duration::ZERO).await;
    store.close().await;
}
