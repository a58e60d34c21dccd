use tokio::sync::mpsc;

use super::*;
use crate::model::{Decided, Margins, Media, MediaSize, OutputSpec, Ticket};

struct Quiet;

#[async_trait]
impl Journal for Quiet {
    fn cut_short(&self) {}

    async fn created(&self, _: &RemoteJob) -> Result<(), Trouble> {
        Ok(())
    }
    async fn sending(&self) -> Result<(), Trouble> {
        Ok(())
    }
    async fn sent(&self, _: &RemoteJob) -> Result<(), Trouble> {
        Ok(())
    }
}

fn order(token: &str, copies: u32) -> PrintOrder {
    PrintOrder {
        token: token.into(),
        job_name: "../a photo.jpg".into(),
        user: "anna".into(),
        ticket: Ticket {
            copies: Decided::by_default(copies),
            ..Ticket::of(Decided::by_default(Media {
                size: MediaSize::from_name("iso_a4_210x297mm").unwrap(),
                media_type: "photographic".into(),
                source: "main".into(),
                margins: Margins::default(),
            }))
        },
        output: OutputSpec {
            format: RasterFormat::Png,
            raster_type: RasterType::Rgb8,
            resolution: Resolution::square(300),
        },
        copies,
    }
}

async fn body(pieces: Vec<Result<Piece, Trouble>>) -> Body {
    let (send, body) = mpsc::channel(8);
    for piece in pieces {
        send.send(piece).await.unwrap();
    }
    body
}

async fn whole() -> Body {
    body(vec![Ok(Piece::Bytes("sheet".into())), Ok(Piece::End)]).await
}

fn open(folder: &Path, seconds: f64) -> VirtualPrinter {
    VirtualPrinter::open(&PrinterId::new("gertie").unwrap(), "Gertie", folder, seconds).unwrap()
}

fn sheets(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .filter(|n| !n.starts_with('.'))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_sheet_appears_when_its_time_is_over_and_its_number_is_never_given_again() {
    let folder = tempfile::tempdir().unwrap();
    let printer = open(folder.path(), 3_600.0);
    let first = printer.print(&order("t1", 1), whole().await, &Quiet).await.unwrap();
    assert_eq!(printer.job(&first).await.unwrap().unwrap().state, 5);
    assert!(sheets(folder.path()).is_empty());
    let busy = printer.print(&order("t2", 1), whole().await, &Quiet).await.unwrap_err();
    assert_eq!(busy.class, TroubleClass::Busy);

    // The power fails; the printer comes back with the job that it had acknowledged.
    drop(printer);
    let printer = open(folder.path(), 0.0);
    assert_eq!(printer.find("t1").await.unwrap(), Some(first.clone()));
    assert_eq!(printer.job(&first).await.unwrap().unwrap().state, 9);
    assert_eq!(sheets(folder.path()), ["0001-a-photo-jpg-t1.png"]);

    fs::remove_file(folder.path().join("0001-a-photo-jpg-t1.png")).unwrap();
    drop(printer);
    let printer = open(folder.path(), 0.0);
    assert_eq!(printer.job(&first).await.unwrap(), None);
    let second = printer.print(&order("t2", 2), whole().await, &Quiet).await.unwrap();
    assert_eq!(second.id, 2);
    assert_eq!(
        printer.job(&second).await.unwrap().unwrap().impressions_completed,
        None,
        "pages are not counted"
    );
    assert_eq!(
        sheets(folder.path()),
        ["0002-a-photo-jpg-t2-copy2.png", "0002-a-photo-jpg-t2.png"]
    );
}

#[tokio::test]
async fn a_page_that_breaks_off_is_no_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let printer = open(folder.path(), 0.0);
    let broken = body(vec![Ok(Piece::Bytes("half".into()))]).await;
    let trouble = printer.print(&order("t1", 1), broken, &Quiet).await.unwrap_err();
    assert_eq!(trouble.class, TroubleClass::Render);
    assert_eq!(printer.find("t1").await.unwrap(), None);
    assert!(sheets(folder.path()).is_empty());
}

#[tokio::test]
async fn a_canceled_job_leaves_no_sheet() {
    let folder = tempfile::tempdir().unwrap();
    let printer = open(folder.path(), 3_600.0);
    let job = printer.print(&order("t1", 1), whole().await, &Quiet).await.unwrap();
    printer.cancel(&job).await.unwrap();
    let state = printer.job(&job).await.unwrap().unwrap();
    assert_eq!((state.state, state.began), (7, Some(false)));
    assert_eq!(printer.status().await.unwrap().state, PrinterState::Idle);
}

#[tokio::test]
async fn a_full_disk_is_named_and_nothing_was_printed() {
    let folder = tempfile::tempdir().unwrap();
    let printer = open(folder.path(), 0.0);
    // Linux' own full disk stands where the first page is to be written.
    std::os::unix::fs::symlink("/dev/full", folder.path().join(".incoming-0001")).unwrap();
    let trouble = printer.print(&order("t1", 1), whole().await, &Quiet).await.unwrap_err();
    assert_eq!(trouble.class, TroubleClass::Untaken);
    assert!(trouble.text.contains("No space left"), "{trouble}");
    assert_eq!(printer.find("t1").await.unwrap(), None);
    assert!(!folder.path().join(".incoming-0001").exists());
    // There is room again.
    printer.print(&order("t1", 1), whole().await, &Quiet).await.unwrap();
    assert_eq!(sheets(folder.path()).len(), 0, "time has not passed yet");
    assert!(printer.status().await.unwrap().reachable);
    assert_eq!(sheets(folder.path()), ["0002-a-photo-jpg-t1.png"]);
}

#[tokio::test]
async fn a_page_that_a_power_cut_broke_off_never_began() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".incoming-0007"), "half").unwrap();
    let printer = open(folder.path(), 0.0);
    let state = printer.job(&RemoteJob { id: 7, uri: None }).await.unwrap().unwrap();
    assert_eq!((state.state, state.began), (7, Some(false)));
    assert!(sheets(folder.path()).is_empty());
}

#[test]
fn a_jobs_own_name_makes_it_no_further_sheet() {
    assert!(further("0001-cat-t1-copy2.png") && further("0001-cat-t1-copy2-page3.png"));
    assert!(!further("0001-front-page-t1.png") && !further("0001-x-copyright.png"));
}

#[tokio::test]
async fn a_document_that_is_dropped_on_its_way_leaves_a_canceled_job() {
    let folder = tempfile::tempdir().unwrap();
    let printer = open(folder.path(), 0.0);
    let (pieces, rest) = tokio::sync::mpsc::channel(4);
    pieces.send(Ok(Piece::Bytes("half a sheet".into()))).await.unwrap();
    let order_of_it = order("t1", 1);
    let printing = printer.print(&order_of_it, rest, &Quiet);
    assert!(
        tokio::time::timeout(std::time::Duration::from_millis(200), printing)
            .await
            .is_err()
    );
    let remote = RemoteJob { id: 1, uri: None };
    assert_eq!(printer.job(&remote).await.unwrap().unwrap().state, 7);
    assert_eq!(sheets(folder.path()), [""; 0]);
    assert_eq!(
        printer.print(&order("t2", 1), whole().await, &Quiet).await.unwrap().id,
        2
    );
}
