//! Jobs that are held, released, closed and canceled, by `ipptool`; and CUPS' own tools as clients.

use std::path::Path;
use std::process::Command;

use platen::ipp::codec::{Attribute, Value, group, op};

use crate::common::client::{exchange, request};
use crate::common::daemon::Daemon;
use crate::common::ipptool::{about, ask, reaches};
use crate::common::{ipptool, photo};

fn daemon(folder: &Path) -> Daemon {
    Daemon::start(
        folder,
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n",
    )
}

#[test]
fn a_held_job_waits_through_a_restart_until_it_is_released() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path());
    let photo = photo::jpeg(folder.path());
    let hold = "ATTR keyword job-hold-until indefinite";
    let held = ipptool::print(folder.path(), &daemon.uri(None), &photo, "image/jpeg", hold);
    let free = ipptool::print(folder.path(), &daemon.uri(None), &photo, "image/jpeg", "");
    reaches(&daemon, free, "completed");
    let (state, text) = ipptool::job(daemon.port, held);
    assert_eq!(state, "pending-held");
    assert!(
        text.contains("job-state-reasons (keyword) = job-hold-until-specified"),
        "{text}"
    );
    assert!(text.contains("job-hold-until (keyword) = indefinite"), "{text}");
    drop(daemon);
    let daemon = self::daemon(folder.path());
    assert_eq!(ipptool::job(daemon.port, held).0, "pending-held");
    about(folder.path(), &daemon, held, "Release-Job", "", "successful-ok");
    reaches(&daemon, held, "completed");
    about(
        folder.path(),
        &daemon,
        held,
        "Release-Job",
        "",
        "client-error-not-possible",
    );
    about(
        folder.path(),
        &daemon,
        held,
        "Hold-Job",
        "",
        "client-error-not-possible",
    );
}

#[test]
fn jobs_are_held_closed_and_canceled_by_their_operations() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path());
    let photo = photo::jpeg(folder.path());
    let later = "ATTR dateTime job-hold-until-time 2099-01-01T00:00:00Z";
    let first = ipptool::print(folder.path(), &daemon.uri(None), &photo, "image/jpeg", later);
    let (state, text) = ipptool::job(daemon.port, first);
    assert_eq!(state, "pending-held");
    assert!(
        text.contains("job-hold-until-time (dateTime) = 2099-01-01T00:00:00Z"),
        "{text}"
    );
    // Held otherwise, then not at all.
    let night = "ATTR keyword job-hold-until indefinite";
    about(folder.path(), &daemon, first, "Hold-Job", night, "successful-ok");
    let nonsense = "ATTR keyword job-hold-until tea-time";
    about(
        folder.path(),
        &daemon,
        first,
        "Hold-Job",
        nonsense,
        "client-error-bad-request",
    );
    about(
        folder.path(),
        &daemon,
        first,
        "Hold-Job",
        "ATTR keyword job-hold-until no-hold",
        "successful-ok",
    );
    reaches(&daemon, first, "completed");

    // Of three that are held, each goes by its operation.
    let hold = "ATTR keyword job-hold-until indefinite";
    let ids: Vec<i32> = (0..3)
        .map(|_| ipptool::print(folder.path(), &daemon.uri(None), &photo, "image/jpeg", hold))
        .collect();
    let mine = "ATTR uri printer-uri $uri\n ATTR name requesting-user-name";
    let stranger = ask(
        folder.path(),
        &daemon.uri(None),
        "Cancel-My-Jobs",
        &format!("{mine} bert"),
        "successful-ok",
    );
    assert!(stranger.contains("0 jobs are canceled"), "{stranger}");
    let one = format!("{mine} anna\n ATTR integer job-ids {}", ids[0]);
    ask(folder.path(), &daemon.uri(None), "Cancel-Jobs", &one, "successful-ok");
    assert_eq!(ipptool::job(daemon.port, ids[0]).0, "canceled");
    // With one number that is wrong nothing happens.
    let two = format!("{mine} anna\n ATTR integer job-ids {},{}", ids[1], ids[0]);
    let refused = ask(
        folder.path(),
        &daemon.uri(None),
        "Cancel-Jobs",
        &two,
        "client-error-not-possible",
    );
    assert!(
        refused.contains(&format!("job-ids (integer) = {}", ids[0])),
        "{refused}"
    );
    assert_eq!(ipptool::job(daemon.port, ids[1]).0, "pending-held");
    let all = format!("{mine} anna");
    let text = ask(
        folder.path(),
        &daemon.uri(None),
        "Cancel-My-Jobs",
        &all,
        "successful-ok",
    );
    assert!(text.contains("2 jobs are canceled"), "{text}");
    assert_eq!(ipptool::job(daemon.port, ids[2]).0, "canceled");

    let text = ask(folder.path(), &daemon.uri(None), "Create-Job", &all, "successful-ok");
    let id: i32 = text
        .split("job-id (integer) = ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap()
        .parse()
        .unwrap();
    // Closed without a document it is over.
    about(folder.path(), &daemon, id, "Close-Job", "", "successful-ok");
    assert_eq!(ipptool::job(daemon.port, id).0, "aborted");
    about(
        folder.path(),
        &daemon,
        id,
        "Cancel-Job",
        "",
        "client-error-not-possible",
    );
}

#[test]
fn cups_own_tools_list_and_print() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path());
    let photo = photo::jpeg(folder.path());
    let server = format!("localhost:{}", daemon.port);
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program)
            .args(["-h", &server])
            .args(arguments)
            .env("HOME", folder.path())
            .output()
            .unwrap_or_else(|e| panic!("{program} can't be started ({e}): tests/run installs cups-client"));
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {text}");
        text
    };
    let listed = run("lpstat", &["-p", "-d"]);
    println!("{listed}");
    assert!(
        listed.contains("printer Platen") && listed.contains("printer Gertie"),
        "{listed}"
    );
    assert!(listed.contains("system default destination: Platen"), "{listed}");
    // Its times count from 1970.
    assert!(!listed.contains("1970"), "{listed}");
    for printer in ["Gertie", "Platen"] {
        let said = run("lp", &["-d", printer, photo.to_str().unwrap()]);
        let id = said
            .split(&format!("{printer}-"))
            .nth(1)
            .unwrap_or_else(|| panic!("{said}"));
        reaches(
            &daemon,
            id.split_whitespace().next().unwrap().parse().unwrap(),
            "completed",
        );
    }
    let done = run("lpstat", &["-W", "completed", "-o"]);
    assert_eq!(done.lines().count(), 2, "{done}");
    assert!(
        done.contains("Platen-") && done.contains("Gertie-") && !done.contains("1970"),
        "{done}"
    );
    let said = run("lp", &["-d", "Platen", "-H", "hold", photo.to_str().unwrap()]);
    let name = said
        .split("request id is ")
        .nth(1)
        .unwrap()
        .split_whitespace()
        .next()
        .unwrap();
    assert!(run("lpstat", &["-o", "Platen"]).contains(name));
    run("cancel", &[name]);
    assert_eq!(run("lpstat", &["-o", "Platen"]), "");
}

#[test]
fn lpmove_of_cups_moves_jobs() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(
        folder.path(),
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n[[printer]]\nname = \
         \"Squirty\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n",
    );
    let photo = photo::jpeg(folder.path());
    let server = format!("localhost:{}", daemon.port);
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program)
            .args(["-h", &server])
            .args(arguments)
            .env("HOME", folder.path())
            .env(
                "PATH",
                format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()),
            )
            .output()
            .unwrap_or_else(|e| panic!("{program} can't be started ({e}): tests/run installs cups-client"));
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), text)
    };
    let good = |program: &str, arguments: &[&str]| {
        let (good, text) = run(program, arguments);
        assert!(good, "{program} {arguments:?}: {text}");
        text
    };
    let mut ids = Vec::new();
    for printer in ["Gertie", "Gertie", "Platen"] {
        let said = good("lp", &["-d", printer, "-H", "hold", photo.to_str().unwrap()]);
        let id = said
            .split(&format!("{printer}-"))
            .nth(1)
            .unwrap_or_else(|| panic!("{said}"));
        ids.push(id.split_whitespace().next().unwrap().parse::<i32>().unwrap());
    }
    good("lpmove", &[&format!("Gertie-{}", ids[0]), "Squirty"]);
    let at = |printer: &str| {
        let mut message = request(op::GET_JOBS, daemon.port);
        message.groups[0].attributes.retain(|a| a.name != "printer-uri");
        let uri = Attribute::new("printer-uri", Value::uri(&daemon.uri(Some(printer))));
        message.groups[0].attributes.insert(2, uri);
        let answer = exchange(daemon.port, &message, &[]).unwrap();
        let jobs = answer.groups_of(group::JOB);
        jobs.map(|job| job.first("job-id").and_then(Value::as_integer).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!((at("gertie"), at("squirty")), (vec![ids[1]], vec![ids[0]]));
    // All that wait at a printer.
    good("lpmove", &["Squirty", "Gertie"]);
    assert_eq!((at("gertie"), at("squirty")), (vec![ids[0], ids[1]], vec![]));
    // From the pool, and it is printed where it was moved to.
    good("lpmove", &[&ids[2].to_string(), "Squirty"]);
    good("lp", &["-i", &ids[2].to_string(), "-H", "resume"]);
    reaches(&daemon, ids[2], "completed");
    let (_, told) = ipptool::job(daemon.port, ids[2]);
    assert!(
        told.contains("output-device-assigned (nameWithoutLanguage) = squirty"),
        "{told}"
    );
    let (moved, said) = run("lpmove", &[&ids[2].to_string(), "Gertie"]);
    assert!(!moved && said.contains("already completed"), "{said}");
}

#[test]
fn old_documents_go_and_their_jobs_stay() {
    let folder = tempfile::tempdir().unwrap();
    let config = "[history]\ndocument-jobs = 1\n[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n\
                  seconds-per-sheet = 0.1\n";
    let daemon = Daemon::start(folder.path(), config);
    let photo = photo::jpeg(folder.path());
    let mut longer = std::fs::read(&photo).unwrap();
    longer.push(0);
    let other = folder.path().join("other.jpg");
    std::fs::write(&other, longer).unwrap();
    let mut ids = Vec::new();
    for path in [&photo, &other] {
        let id = ipptool::print(folder.path(), &daemon.uri(None), path, "image/jpeg", "");
        reaches(&daemon, id, "completed");
        ids.push(id);
    }
    // One that waits has the same document as the first one, and keeps it.
    let waits = ipptool::print(folder.path(), &daemon.uri(None), &photo, "image/jpeg", HOLD);
    assert!(daemon.interrupt().success());
    let daemon = Daemon::start(folder.path(), config);
    assert!(
        daemon
            .log()
            .contains("the documents of 1 jobs that have ended are not kept any more")
    );
    let again = |id: i32, status: &str| about(folder.path(), &daemon, id, "Restart-Job", "", status);
    let said = again(ids[0], "client-error-not-possible");
    assert!(said.contains("are not kept any more: send them again"), "{said}");
    let said = about(
        folder.path(),
        &daemon,
        ids[0],
        "Resubmit-Job",
        "",
        "client-error-not-possible",
    );
    assert!(said.contains("are not kept any more: send them again"), "{said}");
    assert_eq!(ipptool::job(daemon.port, ids[0]).0, "completed");
    let told = about(folder.path(), &daemon, ids[0], "Get-Documents", ALL, "successful-ok");
    assert!(told.contains("the document is not kept any more"), "{told}");
    again(ids[1], "successful-ok");
    reaches(&daemon, ids[1], "completed");
    about(folder.path(), &daemon, waits, "Release-Job", "", "successful-ok");
    reaches(&daemon, waits, "completed");
}

const HOLD: &str = "ATTR keyword job-hold-until indefinite";
const ALL: &str = "ATTR keyword requested-attributes all";
