//! `ipptool` of CUPS: a client that we did not write.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs a test file of its own folder or of ours; gives what it printed, and whether it passed.
pub fn run(arguments: &[&str]) -> (bool, String) {
    let output = Command::new("ipptool")
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

fn number(text: &str, before: &str) -> Option<i32> {
    text.split(before).nth(1)?.split_whitespace().next()?.parse().ok()
}
