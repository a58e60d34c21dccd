//! What operators and owners of jobs can do, by `ipptool`: switches, the order of the queue, printing again, changing
//! a job that waits, several documents, suspending.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::common::daemon::Daemon;
use crate::common::ipptool::{about, ask, command, number, reaches};
use crate::common::simulator::Simulator;
use crate::common::{ipptool, pdf, photo, wait_for};

const HELD: &str = "ATTR keyword job-hold-until indefinite";

fn daemon(folder: &Path) -> Daemon {
    Daemon::start(
        folder,
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n",
    )
}

fn send(folder: &Path, daemon: &Daemon, attributes: &str) -> i32 {
    let photo = photo::jpeg(folder);
    ipptool::print(folder, &daemon.uri(None), &photo, "image/jpeg", attributes)
}

/// Numbers of the jobs that have not ended, in the order of the queue.
fn queue(folder: &Path, daemon: &Daemon) -> Vec<i32> {
    let text = command(folder, &daemon.uri(None), "Get-Jobs", "");
    let parts = text.split("job-id (integer) = ").skip(1);
    parts
        .map(|p| p.split_whitespace().next().unwrap().parse().unwrap())
        .collect()
}

/// The number of the job that an answer tells of; the request, which is printed before, has one too.
fn made(text: &str) -> i32 {
    let last = text.rsplit("job-id (integer) = ").next().unwrap();
    last.split_whitespace().next().unwrap().parse().unwrap()
}

fn sheets(folder: &Path) -> usize {
    let prints = fs::read_dir(folder.join("data/prints/gertie")).unwrap();
    prints
        .filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "png"))
        .count()
}

#[test]
fn a_paused_printer_begins_nothing_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let daemon = daemon(folder);
    let gertie = daemon.uri(Some("gertie"));
    let note = "ATTR text printer-message-from-operator \"Changing paper\"";
    command(folder, &gertie, "Pause-Printer", note);
    let job = send(folder, &daemon, "");
    wait_for("the job to say what it waits for", Duration::from_secs(20), || {
        let (state, text) = ipptool::job(daemon.port, job);
        assert_eq!(state, "pending");
        text.contains("Gertie: it was paused").then_some(())
    });
    daemon.kill();
    let daemon = self::daemon(folder);
    let gertie = daemon.uri(Some("gertie"));
    let text = command(folder, &gertie, "Get-Printer-Attributes", "");
    for line in [
        "printer-state (enum) = stopped",
        "printer-state-reasons (keyword) = paused",
        "printer-is-accepting-jobs (boolean) = true",
        "printer-message-from-operator (textWithoutLanguage) = Changing paper",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    // The pool can print on nobody else, and says so by no state of its own.
    assert_eq!(ipptool::job(daemon.port, job).0, "pending");
    command(folder, &gertie, "Resume-Printer", "");
    reaches(&daemon, job, "completed");
}

#[test]
fn a_disabled_printer_takes_no_jobs_and_new_jobs_can_be_held() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let daemon = daemon(folder);
    let pool = daemon.uri(None);
    command(folder, &pool, "Disable-Printer", "");
    let ticket = "ATTR uri printer-uri $uri\n ATTR name requesting-user-name anna";
    let refused = ask(folder, &pool, "Validate-Job", ticket, "server-error-not-accepting-jobs");
    assert!(refused.contains("somebody has switched that off"), "{refused}");
    ask(folder, &pool, "Create-Job", ticket, "server-error-not-accepting-jobs");
    let gertie = daemon.uri(Some("gertie"));
    ask(folder, &gertie, "Validate-Job", ticket, "successful-ok");
    command(folder, &pool, "Enable-Printer", "");

    command(folder, &pool, "Hold-New-Jobs", "");
    let held = send(folder, &daemon, "");
    let (state, text) = ipptool::job(daemon.port, held);
    assert_eq!(state, "pending-held");
    assert!(
        text.contains("job-state-reasons (keyword) = job-held-on-create"),
        "{text}"
    );
    let text = command(folder, &pool, "Get-Printer-Attributes", "");
    assert!(
        text.contains("printer-state-reasons (keyword) = hold-new-jobs"),
        "{text}"
    );
    let text = command(folder, &pool, "Release-Held-New-Jobs", "");
    assert!(text.contains("1 jobs were let go"), "{text}");
    reaches(&daemon, held, "completed");
}

#[test]
fn jobs_that_wait_are_put_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let daemon = daemon(folder);
    let pool = daemon.uri(None);
    command(folder, &pool, "Pause-Printer", "");
    let [a, b, c] = [(); 3].map(|()| send(folder, &daemon, ""));
    let urgent = send(folder, &daemon, "ATTR integer job-priority 80");
    assert_eq!(queue(folder, &daemon), [urgent, a, b, c]);
    about(folder, &daemon, c, "Promote-Job", "", "successful-ok");
    assert_eq!(queue(folder, &daemon), [c, urgent, a, b]);
    let behind = format!("ATTR integer predecessor-job-id {b}");
    about(folder, &daemon, c, "Schedule-Job-After", &behind, "successful-ok");
    assert_eq!(queue(folder, &daemon), [urgent, a, b, c]);
    let nowhere = "ATTR integer predecessor-job-id 999";
    about(
        folder,
        &daemon,
        c,
        "Schedule-Job-After",
        nowhere,
        "client-error-not-possible",
    );
    about(folder, &daemon, b, "Promote-Job", "", "successful-ok");
    command(folder, &pool, "Resume-Printer", "");
    // One printer: they are finished in the order in which they stood.
    for job in [b, urgent, a, c] {
        reaches(&daemon, job, "completed");
    }
    let text = command(
        folder,
        &pool,
        "Get-Jobs",
        "ATTR keyword which-jobs completed\n ATTR keyword requested-attributes job-id",
    );
    let parts = text.split("job-id (integer) = ").skip(1);
    let newest_first: Vec<i32> = parts
        .map(|p| p.split_whitespace().next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(newest_first, [c, a, urgent, b]);
}

#[test]
fn what_was_printed_is_printed_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let daemon = daemon(folder);
    let job = send(folder, &daemon, "ATTR keyword media na_index-4x6_4x6in");
    about(folder, &daemon, job, "Restart-Job", "", "client-error-not-possible");
    reaches(&daemon, job, "completed");
    assert_eq!(sheets(folder), 1);
    about(folder, &daemon, job, "Restart-Job", "", "successful-ok");
    reaches(&daemon, job, "completed");
    wait_for("its second sheet", Duration::from_secs(20), || {
        (sheets(folder) == 2).then_some(())
    });

    let text = about(folder, &daemon, job, "Reprocess-Job", "", "successful-ok");
    let second = made(&text);
    assert_ne!(second, job);
    reaches(&daemon, second, "completed");
    let (_, text) = ipptool::job(daemon.port, second);
    assert!(text.contains("media (keyword) = na_index-4x6_4x6in"), "{text}");
    let more = "GROUP job-attributes-tag\n ATTR integer copies 2";
    let text = about(folder, &daemon, job, "Resubmit-Job", more, "successful-ok");
    let third = made(&text);
    reaches(&daemon, third, "completed");
    let (_, text) = ipptool::job(daemon.port, third);
    assert!(
        text.contains("copies (integer) = 2") && text.contains("media (keyword) = na_index-4x6_4x6in"),
        "{text}"
    );
}

#[test]
fn a_job_that_waits_can_be_changed_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let daemon = daemon(folder);
    let job = send(folder, &daemon, &format!("{HELD}\n ATTR integer copies 2"));
    let change = |attributes: &str, status: &str| {
        let more = format!("GROUP job-attributes-tag\n {attributes}");
        about(folder, &daemon, job, "Set-Job-Attributes", &more, status)
    };
    change(
        "ATTR keyword media na_index-4x6_4x6in\n ATTR name job-name \"The dawn\"\n ATTR integer job-priority 70",
        "successful-ok",
    );
    let (_, text) = ipptool::job(daemon.port, job);
    for line in [
        "media (keyword) = na_index-4x6_4x6in",
        "job-name (nameWithoutLanguage) = The dawn",
        "job-priority (integer) = 70",
        "copies (integer) = 2",
        "job-hold-until (keyword) = indefinite",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let refused = change(
        "ATTR integer copies 3\n ATTR integer job-id 9",
        "client-error-attributes-not-settable",
    );
    assert!(refused.contains("job-id (not-settable)"), "{refused}");
    change(
        "ATTR integer copies 3\n ATTR keyword media iso_a0_841x1189mm",
        "client-error-attributes-or-values-not-supported",
    );
    let (_, text) = ipptool::job(daemon.port, job);
    assert!(text.contains("copies (integer) = 2"), "{text}");
    change(
        "ATTR keyword job-hold-until no-hold\n ATTR integer copies 1",
        "successful-ok",
    );
    reaches(&daemon, job, "completed");
    change("ATTR integer copies 3", "client-error-not-possible");
}

/// Sends a document to an open job.
fn add(folder: &Path, daemon: &Daemon, job: i32, file: &Path, last: bool) {
    let test = folder.join("send.test");
    let text = format!(
        "{{
    OPERATION Send-Document
    GROUP operation-attributes-tag
    ATTR charset attributes-charset utf-8
    ATTR naturalLanguage attributes-natural-language en
    ATTR uri printer-uri $uri
    ATTR integer job-id {job}
    ATTR name requesting-user-name anna
    ATTR name document-name \"{}\"
    ATTR boolean last-document {last}
    FILE \"{}\"
    STATUS successful-ok
}}
",
        file.file_name().unwrap().to_str().unwrap(),
        file.display()
    );
    fs::write(&test, text).unwrap();
    let (passed, text) = ipptool::run(&["-tv", &daemon.uri(None), test.to_str().unwrap()]);
    assert!(passed, "{text}");
}

#[test]
fn a_job_has_several_documents_and_prints_the_pages_that_were_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let daemon = daemon(folder);
    let book = folder.join("book.pdf");
    let colours = [[0.9, 0.1, 0.1], [0.1, 0.9, 0.1], [0.1, 0.1, 0.9], [0.5, 0.5, 0.5]];
    fs::write(&book, pdf::pages(&colours)).unwrap();
    let photo = photo::jpeg(folder);
    let open = |attributes: &str| {
        let more = format!("GROUP job-attributes-tag\n ATTR keyword media na_index-4x6_4x6in\n {attributes}");
        let text = command(folder, &daemon.uri(None), "Create-Job", &more);
        number(&text, "job-id (integer) = ").unwrap()
    };
    // Pages 2 and 3 of each document: none of the photo, which is left out, two of each book.
    let job = open("ATTR rangeOfInteger page-ranges 2-3");
    for (file, last) in [(&book, false), (&photo, false), (&book, true)] {
        add(folder, &daemon, job, file, last);
    }
    let text = about(
        folder,
        &daemon,
        job,
        "Get-Documents",
        "ATTR keyword requested-attributes all",
        "successful-ok",
    );
    assert_eq!(text.matches("document-number (integer)").count(), 3, "{text}");
    assert!(
        text.contains("document-name (nameWithoutLanguage) = book.pdf"),
        "{text}"
    );
    reaches(&daemon, job, "completed");
    wait_for("four sheets", Duration::from_secs(30), || {
        (sheets(folder) == 4).then_some(())
    });

    // Four pages and a photo, four on a sheet; one document is taken back before.
    let job = open(&format!("ATTR integer number-up 4\n {HELD}"));
    for (file, last) in [(&book, false), (&photo, false), (&photo, true)] {
        add(folder, &daemon, job, file, last);
    }
    let second = "ATTR integer document-number 2";
    about(folder, &daemon, job, "Cancel-Document", second, "successful-ok");
    about(
        folder,
        &daemon,
        job,
        "Cancel-Document",
        second,
        "client-error-not-possible",
    );
    let text = about(folder, &daemon, job, "Get-Document-Attributes", second, "successful-ok");
    assert!(text.contains("document-state (enum) = canceled"), "{text}");
    let (_, text) = ipptool::job(daemon.port, job);
    assert!(text.contains("job-impressions (integer) = 2"), "{text}");
    about(folder, &daemon, job, "Release-Job", "", "successful-ok");
    reaches(&daemon, job, "completed");
    wait_for("two sheets more", Duration::from_secs(30), || {
        (sheets(folder) == 6).then_some(())
    });

    // A job whose last document is taken back is canceled.
    let job = send(folder, &daemon, HELD);
    about(
        folder,
        &daemon,
        job,
        "Cancel-Document",
        "ATTR integer document-number 1",
        "successful-ok",
    );
    assert_eq!(ipptool::job(daemon.port, job).0, "canceled");
}

#[test]
fn a_job_that_is_being_prepared_can_be_suspended() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let printer = Simulator::start(folder, "gertie", &["--seconds-per-page", "0.2"]);
    let daemon = Daemon::start(
        folder,
        &format!("[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n", printer.uri()),
    );
    let pool = daemon.uri(None);
    let first = send(folder, &daemon, "");
    reaches(&daemon, first, "completed");
    let text = "client-error-not-possible";
    let call = "ATTR uri printer-uri $uri\n ATTR name requesting-user-name anna";
    ask(folder, &pool, "Suspend-Current-Job", call, text);
    // It takes its time to answer: no byte of the document can have left meanwhile.
    printer.command("slow 4000");
    let job = send(folder, &daemon, "");
    reaches(&daemon, job, "processing");
    command(folder, &pool, "Suspend-Current-Job", "");
    printer.command("slow 0");
    let (state, text) = ipptool::job(daemon.port, job);
    assert_eq!(state, "processing-stopped", "{text}");
    assert!(text.contains("job-state-reasons (keyword) = job-suspended"), "{text}");
    let other = send(folder, &daemon, "");
    reaches(&daemon, other, "completed");
    about(folder, &daemon, job, "Resume-Job", "", "successful-ok");
    reaches(&daemon, job, "completed");
    assert_eq!(printer.sheets().len(), 3, "each of them once");
}

#[test]
fn an_owner_describes_the_printer() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let daemon = daemon(folder);
    let pool = daemon.uri(None);
    let set = |attributes: &str, status: &str| {
        let all = format!(
            "ATTR uri printer-uri $uri\n ATTR name requesting-user-name anna\n GROUP printer-attributes-tag\n {attributes}"
        );
        ask(folder, &pool, "Set-Printer-Attributes", &all, status)
    };
    set(
        "ATTR text printer-location \"Back room\"\n ATTR text printer-info \"The studio\"\n ATTR uri \
         printer-geo-location geo:48.2\\,16.37",
        "successful-ok",
    );
    set(
        "ATTR text printer-location \"Attic\"\n ATTR integer queued-job-count 0",
        "client-error-attributes-not-settable",
    );
    set(
        "ATTR uri printer-geo-location http://h/",
        "client-error-attributes-or-values-not-supported",
    );
    let text = command(folder, &pool, "Get-Printer-Attributes", "");
    for line in [
        "printer-location (textWithoutLanguage) = Back room",
        "printer-info (textWithoutLanguage) = The studio",
        "printer-geo-location (uri) = geo:48.2",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let text = command(folder, &pool, "Get-Printer-Supported-Values", "");
    assert!(text.contains("printer-location (admin-define)"), "{text}");
    command(
        folder,
        &pool,
        "Identify-Printer",
        "ATTR keyword identify-actions display\n ATTR text message \"Here\"",
    );
    assert!(daemon.log().contains("was asked to show itself by anna: \"Here\""));
}
