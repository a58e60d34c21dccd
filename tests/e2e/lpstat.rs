//! What CUPS' `lpstat` shows of printers that are paused, stopped or at work.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::common::daemon::Daemon;
use crate::common::simulator::Simulator;
use crate::common::{photo, wait_for};

const LONG: Duration = Duration::from_secs(60);

/// One of CUPS' programs as ann runs it.
fn run(folder: &Path, daemon: &Daemon, program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(["-U", "ann", "-h", &format!("localhost:{}", daemon.port)])
        .args(arguments)
        .env("HOME", folder)
        .env(
            "PATH",
            format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()),
        )
        .output()
        .unwrap_or_else(|e| panic!("{program} can't be started ({e}): tests/run installs cups-client"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {text}");
    text
}

#[test]
fn lpstat_says_who_paused_a_printer_what_a_stopped_one_needs_and_which_job_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let gertie = Simulator::start(folder.path(), "Gertie", &["--seconds-per-page", "0.2"]);
    let daemon = Daemon::start(
        folder.path(),
        &format!(
            "[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n[[printer]]\nname = \"Squirty\"\nuri = \"virtual:\"\n\
             seconds-per-sheet = 60\n[[pool]]\nname = \"pro-1000\"\nprinters = [\"Gertie\", \"Squirty\"]\n",
            gertie.uri()
        ),
    );
    let photo = photo::jpeg(folder.path());
    let run = |program: &str, arguments: &[&str]| run(folder.path(), &daemon, program, arguments);
    let shows = |printer: &str, all: &[&str]| {
        wait_for(&format!("{printer}: {all:?}"), LONG, || {
            let text = run("lpstat", &["-p", printer]);
            assert!(!text.contains("reason unknown"), "{text}");
            all.iter().all(|words| text.contains(words)).then_some(())
        });
    };
    shows("Gertie", &["printer Gertie is idle"]);
    shows("Squirty", &["printer Squirty is idle"]);

    run("cupsdisable", &["Squirty"]);
    shows("Squirty", &["printer Squirty disabled since", "\tpaused by ann since "]);
    shows("Platen", &["printer Platen is idle", "Squirty: paused"]);

    // Stopped with a job in it, it is stopped; and nobody is left who could print.
    gertie.command("paper 0");
    run("lp", &["-d", "Gertie", photo.to_str().unwrap()]);
    shows("Gertie", &["printer Gertie disabled since", "\tOut of paper"]);
    let both = "\tGertie: Out of paper; Squirty: paused";
    shows("Platen", &["printer Platen disabled since", both]);
    shows("pro-1000", &["printer pro-1000 disabled since", both]);

    // What a member prints for others is no job of the pool.
    run("cupsenable", &["Squirty"]);
    run("lp", &["-d", "Squirty", photo.to_str().unwrap()]);
    shows("Squirty", &["printer Squirty now printing Squirty-2."]);
    shows("pro-1000", &["printer pro-1000 is idle"]);
    shows("Platen", &["printer Platen now printing Platen-2."]);

    run("cupsdisable", &["pro-1000"]);
    shows(
        "pro-1000",
        &["printer pro-1000 disabled since", "\tpaused by ann since "],
    );
}
