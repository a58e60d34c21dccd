//! `ipptool` of CUPS: a client that we did not write.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::daemon::Daemon;
use super::wait_for;

/// Runs a test file of its own folder or of ours; gives what it printed, and whether it passed.
pub fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new("ipptool")
        .args(arguments)
        .output()
        .expect("ipptool is needed: see tests/run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

/// The same, ended after so many seconds: it waits for ever where a connection is cut at a bad moment.
pub fn run_within(seconds: u32, arguments: &[&str]) -> (bool, String) {
    let output = Command::new("timeout")
        .arg(seconds.to_string())
        .arg("ipptool")
        .args(arguments)
        .output()
        .expect("ipptool is needed: see tests/run");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), text)
}

/// Prints a file with these job attributes (in ipptool's words); gives the job-id.
pub fn print(folder: &Path, uri: &str, file: &Path, mime: &str, job_attributes: &str) -> i32 {
    let test = folder.join(format!("print-{}.test", uuid::Uuid::new_v4()));
    let text = format!(
        "{{
    NAME \"Print\"
    OPERATION Print-Job
    GROUP operation-attributes-tag
    ATTR charset attributes-charset utf-8
    ATTR naturalLanguage attributes-natural-language en
    ATTR uri printer-uri $uri
    ATTR name requesting-user-name anna
    ATTR name job-name \"{}\"
    ATTR mimeMediaType document-format {mime}
    GROUP job-attributes-tag
    {job_attributes}
    FILE \"{}\"
    STATUS successful-ok
    STATUS successful-ok-ignored-or-substituted-attributes
}}
",
        file.file_name().unwrap().to_str().unwrap(),
        file.display()
    );
    fs::write(&test, text).unwrap();
    let (passed, text) = run(&["-tv", uri, test.to_str().unwrap()]);
    assert!(passed, "{text}");
    number(&text, "job-id (integer) = ").unwrap_or_else(|| panic!("{text}"))
}

/// `job-state` as ipptool names it, and all that it printed of the job.
pub fn job(port: u16, id: i32) -> (String, String) {
    let uri = format!("ipp://localhost:{port}/ipp/job/{id}");
    let (_, text) = run(&["-tv", &uri, "get-job-attributes.test"]);
    let of = |name: &str| {
        let line = text.lines().find_map(|l| l.trim().strip_prefix(name));
        line.map(str::to_owned).unwrap_or_else(|| panic!("{text}"))
    };
    (of("job-state (enum) = "), text.clone())
}

/// The number behind the first `before`.
pub fn number(text: &str, before: &str) -> Option<i32> {
    text.split(before).nth(1)?.split_whitespace().next()?.parse().ok()
}

/// Runs an operation that must end with `status`; gives what was said.
pub fn ask(folder: &Path, uri: &str, operation: &str, attributes: &str, status: &str) -> String {
    let test = folder.join("ask.test");
    let text = format!(
        "{{
    OPERATION {operation}
    GROUP operation-attributes-tag
    ATTR charset attributes-charset utf-8
    ATTR naturalLanguage attributes-natural-language en
    {attributes}
    STATUS {status}
}}
"
    );
    fs::write(&test, text).unwrap();
    let (passed, text) = run(&["-tv", uri, test.to_str().unwrap()]);
    assert!(passed, "{operation}: {text}");
    text
}

/// An operation about a printer.
pub fn command(folder: &Path, uri: &str, operation: &str, more: &str) -> String {
    let attributes = format!("ATTR uri printer-uri $uri\n ATTR name requesting-user-name anna\n {more}");
    ask(folder, uri, operation, &attributes, "successful-ok")
}

/// An operation about a job.
pub fn about(folder: &Path, daemon: &Daemon, id: i32, operation: &str, more: &str, status: &str) -> String {
    let attributes =
        format!("ATTR uri printer-uri $uri\n ATTR integer job-id {id}\n ATTR name requesting-user-name anna\n {more}");
    ask(folder, &daemon.uri(None), operation, &attributes, status)
}

/// Waits until a job is in a state.
pub fn reaches(daemon: &Daemon, id: i32, state: &str) {
    wait_for("the job's state", Duration::from_secs(60), || {
        let (now, _) = job(daemon.port, id);
        now.contains(state).then_some(())
    });
}
