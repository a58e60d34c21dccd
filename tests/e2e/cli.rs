//! Starting and stopping as a newcomer does it: the exit codes, and the one line that says what to do.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output};

use crate::common::daemon::{Daemon, PLATEN};

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PLATEN)
        .current_dir(folder)
        .args(arguments)
        .output()
        .unwrap()
}

/// Ends with this code and one line that says this.
fn refused(output: &Output, code: i32, says: &str) {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(says), "{text}");
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    assert_eq!(lines.len(), 1, "{text}");
    assert!(lines[0].starts_with("platen: "), "{text}");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = run(folder.path(), &["--port", &port]);
    refused(&output, 69, &port);
}

#[test]
fn a_folder_that_can_not_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be: no permission helps, not even root's.
    fs::write(folder.path().join("blocked"), "").unwrap();
    let output = run(folder.path(), &["--port", "0", "--data", "blocked/data"]);
    refused(&output, 73, "blocked");
}

#[test]
fn a_bad_configuration_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("platen.toml");
    fs::write(
        &path,
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\ncolour = 1\n",
    )
    .unwrap();
    refused(&run(folder.path(), &["--config", "platen.toml"]), 78, "line 4");
    fs::write(&path, "[[printer]]\nname = \"Gertie\"\nuri = \"usb://canon\"\n").unwrap();
    refused(
        &run(folder.path(), &["--config", "platen.toml", "--port", "0"]),
        78,
        "Gertie",
    );
    refused(&run(folder.path(), &["--config", "nowhere.toml"]), 78, "nowhere.toml");
    // A profile that no page can be brought to is known before the first job.
    fs::write(
        folder.path().join("grey.icc"),
        platen::color::Profile::gray().as_bytes(),
    )
    .unwrap();
    let printer = "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n[[printer.profile]]\nfile = \"grey.icc\"\n";
    fs::write(&path, printer).unwrap();
    refused(
        &run(
            folder.path(),
            &["--config", "platen.toml", "--port", "0", "--log", "error"],
        ),
        78,
        "grey.icc",
    );
}

#[test]
fn an_unknown_option_is_a_usage_error() {
    let folder = tempfile::tempdir().unwrap();
    // The parser's own words: what is wrong, and how it is used.
    let output = run(folder.path(), &["--fly"]);
    assert_eq!(output.status.code(), Some(64));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--fly"));
}

#[test]
fn a_second_daemon_on_the_same_state_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path(), "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n");
    let output = run(folder.path(), &["--port", "0", "--data", "data"]);
    refused(&output, 73, "data");
    assert!(daemon.interrupt().success());
}

#[test]
fn the_console_says_where_everything_is_and_ctrl_c_stops_it() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = Daemon::start(folder.path(), "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n");
    let log = daemon.log.clone();
    let port = daemon.port;
    assert!(daemon.interrupt().success());
    let text = fs::read_to_string(log).unwrap();
    for line in [
        format!("ipp://localhost:{port}/ipp/print\n"),
        format!("ipp://localhost:{port}/ipp/print/gertie"),
        "print-job.test".to_owned(),
        folder.path().join("data").display().to_string(),
    ] {
        assert!(text.contains(&line), "{line}\n{text}");
    }
}
