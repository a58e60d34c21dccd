//! TLS on the IPP port, by `ipptool` (GnuTLS).

use crate::common::daemon::Daemon;
use crate::common::ipptool::{number, reaches};
use crate::common::{ipptool, photo};

fn daemon(folder: &std::path::Path) -> Daemon {
    Daemon::start(
        folder,
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\nseconds-per-sheet = 0.1\n",
    )
}

#[test]
fn one_port_takes_plain_requests_tls_and_the_upgrade_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let daemon = daemon(folder.path());
    let photo = photo::jpeg(folder.path());
    let plain = daemon.uri(None);
    let secure = plain.replacen("ipp:", "ipps:", 1);
    // -E asks for the upgrade; ipps begins with TLS.
    let ways: [(&[&str], &str); 3] = [(&["-tv"], &plain), (&["-tv"], &secure), (&["-tvE"], &plain)];
    for (options, uri) in ways {
        let mut arguments = options.to_vec();
        arguments.extend(["-f", photo.to_str().unwrap(), uri, "print-job.test"]);
        let (passed, text) = ipptool::run_within(30, &arguments);
        assert!(passed, "{options:?} {uri}: {text}");
        reaches(&daemon, number(&text, "job-id (integer) = ").unwrap(), "completed");
        let given = if uri.starts_with("ipps") || options.contains(&"-tvE") {
            "job-uri (uri) = ipps://localhost:"
        } else {
            "job-uri (uri) = ipp://localhost:"
        };
        assert!(text.contains(given), "{text}");
    }
    let (_, text) = ipptool::run_within(30, &["-tv", &secure, "get-printer-attributes.test"]);
    assert!(
        text.contains("uri-security-supported (1setOf keyword) = none,tls"),
        "{text}"
    );
}
