//! The disk fails: it is full, it does not sync, or the end of the database's log is damaged. New work is refused in
//! words, what was acknowledged is kept, and all goes on when the disk does.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use platen::ipp::codec::{Message, Value, group, op, status};

use crate::common::client::{Listed, exchange, jobs, request};
use crate::common::daemon::{Daemon, Launch};
use crate::common::faults::{NoSync, SmallDisk};
use crate::common::order::{Order, job_id, said};
use crate::common::simulator::Simulator;
use crate::common::{wait_for, wal};

const LONG: Duration = Duration::from_secs(90);
/// Most lines that a daemon may write to its log in three seconds of a failing disk, while nobody asks it anything.
const MOST_LINES: usize = 60;

/// A printer that is paused, so that jobs wait, and how a daemon is started that has it.
struct House {
    folder: tempfile::TempDir,
    printer: Simulator,
    config: String,
    launch: Launch,
    /// The jobs that were acknowledged.
    acknowledged: BTreeMap<i32, String>,
    sent: u32,
}

impl House {
    fn new(folder: tempfile::TempDir, floor: u64, launch: Launch) -> House {
        let printer = Simulator::start(folder.path(), "Gertie", &["--seconds-per-page", "0.1"]);
        let config = format!(
            "[spool]\nfree-floor-bytes = {floor}\n[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n",
            printer.uri()
        );
        printer.command("stop");
        House {
            folder,
            printer,
            config,
            launch,
            acknowledged: BTreeMap::new(),
            sent: 0,
        }
    }

    fn start(&self) -> Daemon {
        Daemon::start_as(self.folder.path(), &self.config, &self.launch)
    }

    /// Sends a job; notes it when it is acknowledged.
    fn send(&mut self, daemon: &Daemon) -> Message {
        self.sent += 1;
        let order = Order::new(&format!("d-{}", self.sent), self.sent);
        let answer = order.send(daemon.port).unwrap();
        if answer.code < 0x100 {
            self.acknowledged.insert(job_id(&answer).unwrap(), order.name);
        }
        answer
    }

    fn sends(&mut self, daemon: &Daemon) {
        let answer = self.send(daemon);
        assert!(answer.code < 0x100, "{answer:?}\n{}", daemon.log());
    }

    /// Exactly what was acknowledged is there.
    fn keeps(&self, daemon: &Daemon) -> Vec<Listed> {
        let all = jobs(daemon.port).unwrap();
        let there: BTreeMap<i32, String> = all.iter().map(|j| (j.id, j.name.clone())).collect();
        assert_eq!(there, self.acknowledged, "{}", daemon.log());
        all
    }

    /// The printer goes on, and every job is printed once.
    fn prints_each_once(&self, daemon: &Daemon) {
        self.printer.command("resume");
        wait_for("all jobs to be completed", LONG, || {
            jobs(daemon.port).unwrap().iter().all(|j| j.state == 9).then_some(())
        });
        let mut sheets: Vec<String> = self.printer.sheets().into_iter().map(|s| s.job_name).collect();
        sheets
            .iter_mut()
            .for_each(|name| name.truncate(name.find(' ').unwrap()));
        sheets.sort();
        let mut wanted: Vec<String> = self.acknowledged.values().cloned().collect();
        wanted.sort();
        assert_eq!(sheets, wanted, "{}", daemon.log());
    }
}

/// Left alone with its trouble, the daemon lives on, and does not run in a circle.
fn rests(daemon: &mut Daemon) {
    let lines = |daemon: &Daemon| daemon.log().lines().count();
    let before = lines(daemon);
    std::thread::sleep(Duration::from_secs(3));
    let more = lines(daemon) - before;
    assert!(more <= MOST_LINES, "{more} lines\n{}", daemon.log());
    assert_eq!(daemon.process.0.try_wait().unwrap(), None, "{}", daemon.log());
    assert!(!daemon.log().contains("panicked"), "{}", daemon.log());
}

fn printer_says(daemon: &Daemon) -> (Vec<String>, bool) {
    let answer = exchange(daemon.port, &request(op::GET_PRINTER_ATTRIBUTES, daemon.port), &[]).unwrap();
    let printer = answer.group(group::PRINTER).unwrap();
    let reasons = &printer.get("printer-state-reasons").unwrap().values;
    let words = reasons.iter().filter_map(|v| v.as_str().map(str::to_owned));
    let accepting = printer.first("printer-is-accepting-jobs") == Some(&Value::Boolean(true));
    (words.collect(), accepting)
}

#[test]
fn a_disk_at_its_floor_refuses_documents_and_takes_them_again_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::mount(&folder.path().join("data"), 32);
    let launch = disk.launch();
    let mut house = House::new(folder, 4 << 20, launch);
    let mut daemon = house.start();
    house.sends(&daemon);
    assert!(printer_says(&daemon).1);
    disk.fill();
    let refused = house.send(&daemon);
    assert_eq!(refused.code, status::SERVER_ERROR_TEMPORARY_ERROR, "{refused:?}");
    assert!(said(&refused).contains("disk is nearly full"), "{refused:?}");
    let (reasons, accepting) = printer_says(&daemon);
    assert!(
        reasons.contains(&"spool-area-full".to_owned()) && !accepting,
        "{reasons:?}"
    );
    rests(&mut daemon);
    house.keeps(&daemon);
    disk.make_room();
    assert!(printer_says(&daemon).1);
    house.sends(&daemon);
    house.prints_each_once(&daemon);
}

#[test]
fn a_disk_that_is_full_to_the_last_byte_loses_nothing_that_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::mount(&folder.path().join("data"), 32);
    let launch = disk.launch();
    // Nothing is kept free: other programs may fill a disk at any time.
    let mut house = House::new(folder, 0, launch);
    let mut daemon = house.start();
    for _ in 0..3 {
        house.sends(&daemon);
    }
    disk.fill();
    // Documents find no room at once.
    let refused = house.send(&daemon);
    assert_eq!(refused.code, status::SERVER_ERROR_TEMPORARY_ERROR, "{refused:?}");
    // The database finds some for a while: what it takes counts.
    let refused = (0..2_000).find_map(|_| {
        let mut message = request(op::CREATE_JOB, daemon.port);
        message.groups[0].push("job-name", Value::name("d-empty"));
        let answer = exchange(daemon.port, &message, &[]).unwrap();
        if answer.code >= 0x100 {
            return Some(answer);
        }
        house.acknowledged.insert(job_id(&answer).unwrap(), "d-empty".into());
        None
    });
    let refused = refused.expect("the database never came to the end of the disk");
    assert_eq!(refused.code, status::SERVER_ERROR_TEMPORARY_ERROR, "{refused:?}");
    assert!(said(&refused).contains("disk is full"), "{refused:?}");
    assert!(daemon.log().contains("could not be committed"), "{}", daemon.log());
    println!(
        "a full disk: {} jobs acknowledged, then: {}",
        house.acknowledged.len(),
        said(&refused)
    );
    rests(&mut daemon);
    house.keeps(&daemon);

    // The power fails, too. It comes up, or says why not.
    daemon.kill();
    match Daemon::try_start(house.folder.path(), &house.config, &house.launch) {
        Ok(daemon) => {
            house.keeps(&daemon);
            daemon.kill();
        }
        Err((status, text)) => {
            println!("a start on a full disk: {}", text.lines().last().unwrap_or_default());
            assert!(status.code() == Some(73) && text.contains("full"), "{status}: {text}");
        }
    }
    disk.make_room();
    let daemon = house.start();
    house.keeps(&daemon);
    // Those without a document will never have one.
    house.acknowledged.retain(|id, name| {
        let empty = name == "d-empty";
        if empty {
            let mut message = request(op::CANCEL_JOB, daemon.port);
            message.groups[0].push("job-id", Value::Integer(*id));
            assert!(exchange(daemon.port, &message, &[]).unwrap().code < 0x100);
        }
        !empty
    });
    house.sends(&daemon);
    house.printer.command("resume");
    wait_for("all jobs to end", LONG, || {
        jobs(daemon.port).unwrap().iter().all(|j| j.state >= 7).then_some(())
    });
    assert_eq!(house.printer.sheets().len(), house.acknowledged.len());
}

#[test]
fn a_full_disk_does_not_print_a_page_twice() {
    let folder = tempfile::tempdir().unwrap();
    let disk = SmallDisk::mount(&folder.path().join("data"), 32);
    let launch = disk.launch();
    let mut house = House::new(folder, 0, launch);
    let daemon = house.start();
    house.printer.command("speed 2\nresume");
    for _ in 0..3 {
        house.sends(&daemon);
    }
    wait_for("a page to be printing", LONG, || {
        let all = jobs(daemon.port).unwrap();
        all.iter()
            .any(|j| j.reasons.iter().any(|r| r == "job-printing"))
            .then_some(())
    });
    // The page comes out, and its end may find no place in the books.
    disk.fill();
    std::thread::sleep(Duration::from_secs(6));
    assert!(!daemon.log().contains("panicked"), "{}", daemon.log());
    daemon.kill();
    disk.make_room();
    let daemon = house.start();
    house.prints_each_once(&daemon);
}

/// Sends to a daemon whose syncs fail below `path`: everything new is refused, and nothing of it appears later.
fn refuses_what_can_not_be_synced(path: &str) {
    let folder = tempfile::tempdir().unwrap();
    let sync = NoSync::make(folder.path());
    let launch = sync.launch();
    let mut house = House::new(folder, 0, launch);
    let mut daemon = house.start();
    for _ in 0..3 {
        house.sends(&daemon);
    }
    sync.fail(path);
    for _ in 0..3 {
        let refused = house.send(&daemon);
        assert_eq!(refused.code, status::SERVER_ERROR_INTERNAL_ERROR, "{path}: {refused:?}");
        assert!(said(&refused).contains("disk"), "{path}: {refused:?}");
        println!("syncs fail below {path}: {}", said(&refused));
    }
    assert!(daemon.log().contains(" error "), "{}", daemon.log());
    house.keeps(&daemon);
    rests(&mut daemon);
    // Still failing, it loses its power just after it has refused a job: that must not come back with it.
    assert!(house.send(&daemon).code >= 0x100);
    daemon.kill();
    sync.mend();
    let daemon = house.start();
    house.keeps(&daemon);

    // It fails and is well again within one life.
    sync.fail(path);
    assert!(house.send(&daemon).code >= 0x100);
    sync.mend();
    house.sends(&daemon);
    house.keeps(&daemon);
    daemon.kill();
    let daemon = house.start();
    house.keeps(&daemon);
    house.prints_each_once(&daemon);
}

#[test]
fn a_database_that_can_not_be_synced_refuses_jobs_and_forgets_what_it_refused() {
    refuses_what_can_not_be_synced("platen.db");
}

#[test]
fn a_document_that_can_not_be_synced_makes_no_job() {
    refuses_what_can_not_be_synced("spool/incoming/");
}

#[test]
fn a_document_whose_name_can_not_be_synced_makes_no_job() {
    refuses_what_can_not_be_synced("spool/documents/");
}

#[test]
fn nothing_is_sent_to_a_printer_that_could_not_be_written_down_first() {
    for arguments in [&[][..], &["--no-create-job"]] {
        let folder = tempfile::tempdir().unwrap();
        let sync = NoSync::make(folder.path());
        let launch = sync.launch();
        let mut house = House::new(folder, 0, launch);
        if !arguments.is_empty() {
            house.printer = Simulator::start(&house.folder.path().join("old"), "Gertie", arguments);
            house.config =
                house.config.split("uri").next().unwrap().to_owned() + &format!("uri = \"{}\"\n", house.printer.uri());
            house.printer.command("stop");
        }
        let daemon = house.start();
        house.sends(&daemon);
        // The attempt is opened, and the printer takes its time to say what it can do.
        house.printer.command("slow 2000\nresume");
        wait_for("the attempt", LONG, || {
            let all = jobs(daemon.port).unwrap();
            all.iter().any(|j| j.state == 5).then_some(())
        });
        sync.fail("platen.db");
        std::thread::sleep(Duration::from_secs(7));
        assert!(house.printer.sheets().is_empty(), "{}", daemon.log());
        house.printer.command("slow 0");
        sync.mend();
        // No question: nothing had left.
        house.prints_each_once(&daemon);
    }
}

/// A house whose daemon was killed with a log that was not folded in, its jobs waiting.
fn killed_with_a_log() -> House {
    let mut house = House::new(tempfile::tempdir().unwrap(), 0, Launch::default());
    let daemon = house.start();
    for _ in 0..5 {
        house.sends(&daemon);
    }
    house.keeps(&daemon);
    daemon.kill();
    house
}

fn log_of(house: &House) -> std::path::PathBuf {
    house.folder.path().join("data/platen.db-wal")
}

/// What a cut left of a commit that was never acknowledged: some of its frames, the last one torn.
#[test]
fn a_torn_end_of_the_log_is_no_commit() {
    let house = killed_with_a_log();
    let path = log_of(&house);
    let log = fs::read(&path).unwrap();
    let frames = wal::frames(&log);
    assert!(frames.len() > 2, "{} frames", frames.len());
    let end = frames[frames.len() - 1].end;
    let torn = |tail: &[u8]| {
        fs::write(&path, [&log[..end], tail].concat()).unwrap();
        // Twice: what is written next stands where the torn end stood.
        for _ in 0..2 {
            let daemon = house.start();
            house.keeps(&daemon);
            daemon.kill();
            let now = fs::read(&path).unwrap();
            assert!(!wal::frames(&now).is_empty());
        }
        println!("a torn end of {} bytes: all kept", tail.len());
    };
    let last = &log[frames[frames.len() - 1].clone()];
    torn(&[]);
    torn(&last[..7]);
    torn(&last[..last.len() / 2]);
    // Whole, but the sum over all that came before does not fit.
    torn(last);
    torn(&[0; 5_000]);
    let daemon = house.start();
    house.prints_each_once(&daemon);
}

/// A disk that gives back other bytes than it was given: the last commit is gone, and nothing but it.
#[test]
fn a_damaged_last_frame_takes_no_more_than_its_own_commit() {
    let house = killed_with_a_log();
    // The last commit changes a job and makes none.
    let mut daemon = house.start();
    let newest = *house.acknowledged.keys().last().unwrap();
    let mut hold = request(op::HOLD_JOB, daemon.port);
    hold.groups[0].push("job-id", Value::Integer(newest));
    assert!(exchange(daemon.port, &hold, &[]).unwrap().code < 0x100);
    daemon.process.0.kill().unwrap();
    daemon.process.0.wait().unwrap();
    let path = log_of(&house);
    let mut log = fs::read(&path).unwrap();
    let frames = wal::frames(&log);
    let last = frames[frames.len() - 1].clone();
    log[last.start + 1_000] ^= 0x10;
    fs::write(&path, log).unwrap();
    let daemon = house.start();
    house.keeps(&daemon);
    assert_is_whole(house.folder.path());
    let all = jobs(daemon.port).unwrap();
    if all
        .iter()
        .any(|j| j.reasons.iter().any(|r| r == "job-hold-until-specified"))
    {
        let mut release = request(op::RELEASE_JOB, daemon.port);
        release.groups[0].push("job-id", Value::Integer(newest));
        assert!(exchange(daemon.port, &release, &[]).unwrap().code < 0x100);
    }
    house.prints_each_once(&daemon);
}

fn assert_is_whole(folder: &Path) {
    let database = rusqlite::Connection::open(folder.join("data/platen.db")).unwrap();
    let said: String = database
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(said, "ok");
}
