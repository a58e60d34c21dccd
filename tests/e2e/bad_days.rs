//! A printer's bad days, on our own simulator: nothing is lost, nothing is printed twice.

use std::path::PathBuf;
use std::time::Duration;

use platen::ipp::codec::{Value, group, op, status};

use crate::common::client::{Listed, exchange, jobs, request};
use crate::common::daemon::Daemon;
use crate::common::simulator::Simulator;
use crate::common::{ipptool, photo, wait_for};

const SMALL: &str = "ATTR keyword media na_index-4x6_4x6in\nATTR enum print-quality 3\nATTR keyword print-scaling none";
const LONG: Duration = Duration::from_secs(90);

struct House {
    folder: tempfile::TempDir,
    printer: Simulator,
    daemon: Daemon,
    photo: PathBuf,
}

fn house(seconds_per_page: &str, arguments: &[&str]) -> House {
    let folder = tempfile::tempdir().unwrap();
    let all = [&["--seconds-per-page", seconds_per_page], arguments].concat();
    let printer = Simulator::start(folder.path(), "Gertie", &all);
    let config = format!("[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n", printer.uri());
    let daemon = Daemon::start(folder.path(), &config);
    let photo = photo::jpeg(folder.path());
    House {
        folder,
        printer,
        daemon,
        photo,
    }
}

impl House {
    fn print(&self) -> i32 {
        ipptool::print(
            self.folder.path(),
            &self.daemon.uri(None),
            &self.photo,
            "image/jpeg",
            SMALL,
        )
    }

    fn job(&self, id: i32) -> Listed {
        jobs(self.daemon.port)
            .unwrap()
            .into_iter()
            .find(|j| j.id == id)
            .unwrap()
    }

    fn wait(&self, id: i32, what: &str, is: impl Fn(&Listed) -> bool) -> Listed {
        wait_for(what, LONG, || Some(self.job(id)).filter(|j| is(j)))
    }

    /// Somebody's answer to the job's question.
    fn answer(&self, id: i32, operation: u16) {
        let mut message = request(operation, self.daemon.port);
        message.groups[0].push("job-id", Value::Integer(id));
        let answer = exchange(self.daemon.port, &message, &[]).unwrap();
        assert!(answer.code < 0x100, "{answer:?}");
    }

    fn completed(&self, id: i32) {
        self.wait(id, "the job to be completed", |j| j.state == 9);
    }
}

/// Each in a house of its own, side by side: most of the time is waiting.
fn each<T: Copy + Send>(troubles: &[T], run: impl Fn(&House, T) + Send + Sync) {
    let run = &run;
    std::thread::scope(|scope| {
        for trouble in troubles.iter().copied() {
            scope.spawn(move || run(&house("0.2", &[]), trouble));
        }
    });
}

#[test]
fn busy_stopped_and_empty_printers_are_waited_for() {
    let troubles = [
        ("busy on", "busy off"),
        ("accept off", "accept on"),
        ("stop", "resume"),
        ("paper 0", "paper 50"),
        ("jam on", "jam off"),
        ("cover open", "cover close"),
        ("offline on", "offline off"),
    ];
    each(&troubles, |house, (trouble, cure)| {
        house.printer.command(trouble);
        let id = house.print();
        std::thread::sleep(Duration::from_millis(1_500));
        let state = house.job(id);
        assert!(state.state < 7, "{trouble}: {state:?}");
        assert_eq!(house.printer.sheets().len(), 0, "{trouble}");
        house.printer.command(cure);
        house.completed(id);
        assert_eq!(house.printer.sheets().len(), 1, "{trouble}");
        println!("{trouble}: waited, then printed once");
    });
}

#[test]
fn slow_and_wrong_answers_cost_no_job() {
    let troubles = [
        "slow 300",
        "garbage 2",
        "wrong-answer wrong-request-id",
        "wrong-answer wrong-status",
        "wrong-answer empty",
        "wrong-answer http-500",
        "wrong-answer huge",
        "wrong-answer other-content-type",
        "wrong-answer no-job-id",
        "tear-answer Create-Job",
        "tear-answer Get-Job-Attributes",
    ];
    each(&troubles, |house, trouble| {
        house.printer.command(trouble);
        let id = house.print();
        house.completed(id);
        assert_eq!(house.printer.sheets().len(), 1, "{trouble}");
        let memory = house.daemon.peak_memory();
        assert!(memory < 160 << 10, "{trouble}: {memory} KiB");
        println!("{trouble}: printed once");
    });
}

#[test]
fn an_answer_lost_after_the_document_is_found_by_asking() {
    let house = house("0.2", &[]);
    house.printer.command("tear-answer Send-Document");
    let id = house.print();
    house.completed(id);
    assert_eq!(house.printer.sheets().len(), 1);
}

#[test]
fn a_printer_without_create_job_gets_print_job() {
    let house = house("0.2", &["--no-create-job"]);
    let id = house.print();
    house.completed(id);
    // Its answer is lost: the job is found by its name.
    house.printer.command("tear-answer Print-Job");
    let id = house.print();
    house.completed(id);
    assert_eq!(house.printer.sheets().len(), 2);
}

#[test]
fn a_torn_document_that_never_began_is_sent_again() {
    let house = house("0.2", &[]);
    house.printer.command("tear 20000");
    let id = house.print();
    house.completed(id);
    assert_eq!(house.printer.sheets().len(), 1);
}

#[test]
fn a_page_that_may_lie_in_the_printer_waits_for_a_person() {
    let house = house("60", &[]);
    let id = house.print();
    wait_for("the page to be printing", LONG, || {
        house.job(id).reasons.iter().any(|r| r == "job-printing").then_some(())
    });
    // The printer loses power and memory in the middle of the sheet.
    std::thread::sleep(Duration::from_millis(500));
    house.printer.command("power-cycle\nspeed 0.2");
    let held = house.wait(id, "the question", |j| {
        j.reasons.iter().any(|r| r == "job-held-for-review")
    });
    println!("held: {held:?}");
    std::thread::sleep(Duration::from_secs(3));
    assert!(house.printer.sheets().is_empty(), "it was sent again without asking");
    // Somebody looked: the sheet is spoilt. Print again.
    house.answer(id, op::RELEASE_JOB);
    house.completed(id);
    assert_eq!(house.printer.sheets().len(), 1);
}

#[test]
fn a_job_of_somebody_else_with_the_number_of_ours_is_not_taken_for_it() {
    let house = house("60", &[]);
    let id = house.print();
    wait_for("the page to be printing", LONG, || {
        house.job(id).reasons.iter().any(|r| r == "job-printing").then_some(())
    });
    std::thread::sleep(Duration::from_millis(500));
    // While nobody looks, the printer loses its power and numbers its jobs anew, and a phone prints on it directly.
    house.daemon.signal("STOP");
    house.printer.command("power-cycle\nspeed 0.1");
    ipptool::print(
        house.folder.path(),
        &house.printer.uri(),
        &house.photo,
        "image/jpeg",
        SMALL,
    );
    wait_for("the phone's sheet", LONG, || {
        (house.printer.sheets().len() == 1).then_some(())
    });
    house.daemon.signal("CONT");
    house.wait(id, "the question", |j| {
        assert_ne!(j.state, 9, "{}", house.daemon.log());
        j.reasons.iter().any(|r| r == "job-held-for-review")
    });
    house.answer(id, op::RELEASE_JOB);
    house.completed(id);
    assert_eq!(house.printer.sheets().len(), 2);
}

#[test]
fn a_streaming_printer_holds_the_press_and_a_cancel_reaches_it() {
    let house = house("30", &["--mode", "stream"]);
    let id = house.print();
    wait_for("the document to be on its way", LONG, || {
        house.job(id).reasons.iter().any(|r| r == "job-outgoing").then_some(())
    });
    let (passed, text) = ipptool::run(&[
        "-tv",
        "-d",
        &format!("job-id={id}"),
        &format!("ipp://localhost:{}/ipp/job/{id}", house.daemon.port),
        cancel_test(house.folder.path()).to_str().unwrap(),
    ]);
    assert!(passed, "{text}");
    house.wait(id, "the job to be canceled", |j| j.state == 7);
    assert!(house.printer.sheets().is_empty());
}

fn cancel_test(folder: &std::path::Path) -> PathBuf {
    let path = folder.join("cancel.test");
    let text = "{\n NAME \"Cancel\"\n OPERATION Cancel-Job\n GROUP operation-attributes-tag\n ATTR charset \
                attributes-charset utf-8\n ATTR naturalLanguage attributes-natural-language en\n ATTR uri job-uri \
                $uri\n ATTR name requesting-user-name anna\n STATUS successful-ok\n}\n";
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_jam_in_the_middle_of_a_sheet_asks_and_the_rest_goes_on() {
    let house = house("60", &[]);
    let id = house.print();
    wait_for("the page to be printing", LONG, || {
        house.job(id).reasons.iter().any(|r| r == "job-printing").then_some(())
    });
    house.printer.command("jam on");
    // The printer holds the sheet, and the job says what is wrong.
    house.wait(id, "the jam to be told", |j| {
        j.state == 6 || j.reasons.iter().any(|r| r == "job-held-for-review")
    });
    let behind = house.print();
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(house.job(behind).state, 3, "{:?}", house.job(behind));
    // Somebody switches it off, pulls the sheet out, and switches it on again: it has forgotten the job.
    house.printer.command("power-cycle 1\njam off\nspeed 0.2");
    house.wait(id, "the question", |j| {
        j.reasons.iter().any(|r| r == "job-held-for-review")
    });
    // What waits behind it does not wait for the answer.
    house.completed(behind);
    assert_eq!(house.printer.sheets().len(), 1);
    house.answer(id, op::RELEASE_JOB);
    house.completed(id);
    assert_eq!(house.printer.sheets().len(), 2);
}

#[test]
fn a_full_disk_under_a_virtual_printer_is_named_and_asks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n";
    let daemon = Daemon::start(folder.path(), config);
    // Linux' own full disk stands where the first sheet is to be written, and goes when it has refused.
    let prints = folder.path().join("data/prints/gertie");
    std::os::unix::fs::symlink("/dev/full", prints.join(".incoming-0001")).unwrap();
    let photo = photo::jpeg(folder.path());
    let id = ipptool::print(folder.path(), &daemon.uri(None), &photo, "image/jpeg", SMALL);
    let message = wait_for("the job to wait", LONG, || {
        let (state, text) = ipptool::job(daemon.port, id);
        assert!(!matches!(state.as_str(), "pending-held" | "aborted"), "{text}");
        let message = text.lines().find(|l| l.contains("job-state-message"))?.to_owned();
        (message.contains("No space left") || state == "completed").then_some(message)
    });
    assert!(message.contains("No space left"), "{message}\n{}", daemon.log());
    wait_for("the job to be completed", LONG, || {
        let (state, text) = ipptool::job(daemon.port, id);
        assert!(!matches!(state.as_str(), "pending-held" | "aborted"), "{text}");
        (state == "completed").then_some(())
    });
}

#[test]
fn a_disk_below_its_floor_refuses_jobs_and_the_printer_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let config =
        "[spool]\nfree-floor-bytes = 9000000000000000000\n[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n";
    let daemon = Daemon::start(folder.path(), config);
    let refused = exchange(daemon.port, &request(op::PRINT_JOB, daemon.port), b"\xff\xd8\xff\xe0").unwrap();
    assert_eq!(refused.code, status::SERVER_ERROR_TEMPORARY_ERROR, "{refused:?}");
    let answer = exchange(daemon.port, &request(op::GET_PRINTER_ATTRIBUTES, daemon.port), &[]).unwrap();
    let printer = answer.group(group::PRINTER).unwrap();
    let reasons = &printer.get("printer-state-reasons").unwrap().values;
    assert!(reasons.contains(&Value::keyword("spool-area-full")), "{reasons:?}");
    assert!(!reasons.contains(&Value::keyword("none")));
    assert_eq!(printer.first("printer-is-accepting-jobs"), Some(&Value::Boolean(false)));
    let message = printer.first("printer-state-message").and_then(Value::as_str).unwrap();
    assert!(message.contains("disk is nearly full"), "{message}");
}

#[test]
fn a_wish_in_the_wrong_place_is_reported_and_not_silently_dropped() {
    let house = house("0.2", &[]);
    let photo = std::fs::read(&house.photo).unwrap();
    let mut message = request(op::PRINT_JOB, house.daemon.port);
    message.groups[0].push("job-hold-until", Value::keyword("indefinite"));
    let answer = exchange(house.daemon.port, &message, &photo).unwrap();
    assert_eq!(answer.code, status::SUCCESSFUL_OK_IGNORED_OR_SUBSTITUTED_ATTRIBUTES);
    let unsupported = answer.group(group::UNSUPPORTED).unwrap();
    assert_eq!(unsupported.attributes.len(), 1, "{unsupported:?}");
    // The out-of-band value "unsupported" (RFC 8010, table 4).
    assert_eq!(unsupported.first("job-hold-until"), Some(&Value::OutOfBand(0x10)));
    // With fidelity it is refused instead.
    message.groups[0].push("ipp-attribute-fidelity", Value::Boolean(true));
    let answer = exchange(house.daemon.port, &message, &photo).unwrap();
    assert_eq!(answer.code, status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED);
}
