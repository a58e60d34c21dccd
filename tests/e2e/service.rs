//! The daemon as systemd sees it: what it says on the socket that it is given (sd_notify(3)).

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::common::daemon::{Daemon, Launch};

#[test]
fn it_says_when_it_is_ready_that_it_gets_on_and_that_it_stops() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let hear = || {
        let mut said = [0; 256];
        let length = socket.recv(&mut said).unwrap();
        String::from_utf8_lossy(&said[..length]).trim().to_owned()
    };
    let launch = Launch {
        environment: vec![("NOTIFY_SOCKET", path.into()), ("WATCHDOG_USEC", "600000".into())],
        ..Launch::default()
    };
    let daemon = Daemon::start_as(
        folder.path(),
        "[[printer]]\nname = \"Gertie\"\nuri = \"virtual:\"\n",
        &launch,
    );
    let mut heard = vec![hear()];
    while heard.iter().filter(|h| *h == "WATCHDOG=1").count() < 3 {
        heard.push(hear());
    }
    assert!(heard.contains(&"READY=1".to_owned()), "{heard:?}");
    assert!(daemon.interrupt().success());
    while hear() != "STOPPING=1" {}
}
