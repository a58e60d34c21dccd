//! A real CUPS between the client and us: a driverless queue (`-m everywhere`) of its own spooler, with its own folders
//! and port.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::common::daemon::Daemon;
use crate::common::simulator::Simulator;
use crate::common::{Process, ipptool, pdf, photo, raster, wait_for};

const CUPSD: &str = "/usr/sbin/cupsd";
const PATIENCE: Duration = Duration::from_secs(120);

struct Cups {
    _process: Process,
    server: String,
}

impl Cups {
    fn start(folder: &Path) -> Cups {
        let home = folder.join("cups");
        for part in ["root", "spool/tmp", "cache", "state"] {
            fs::create_dir_all(home.join(part)).unwrap();
        }
        // Its filters run as another user.
        for path in [folder, &home] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let at = home.display();
        let files = format!(
            "ServerRoot {at}/root\nRequestRoot {at}/spool\nTempDir {at}/spool/tmp\nCacheDir {at}/cache\n\
             StateDir {at}/state\nAccessLog {at}/access_log\nPageLog {at}/page_log\nErrorLog {at}/error_log\n\
             SystemGroup root\n"
        );
        let config = format!(
            "LogLevel debug\nListen 127.0.0.1:{port}\nBrowsing Off\nWebInterface No\nDefaultAuthType None\n\
             <Location />\nOrder allow,deny\nAllow all\n</Location>\n\
             <Policy default>\n<Limit All>\nOrder deny,allow\n</Limit>\n</Policy>\n"
        );
        fs::write(home.join("root/cups-files.conf"), files).unwrap();
        fs::write(home.join("root/cupsd.conf"), config).unwrap();
        let log = fs::File::create(home.join("out")).unwrap();
        let child = Command::new(CUPSD)
            .args([
                "-f",
                "-c",
                &format!("{at}/root/cupsd.conf"),
                "-s",
                &format!("{at}/root/cups-files.conf"),
            ])
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .expect("cupsd can't be started: tests/run installs it");
        let cups = Cups {
            _process: Process(child),
            server: format!("127.0.0.1:{port}"),
        };
        wait_for("cupsd to answer", PATIENCE, || {
            let (_, text) = cups.run("lpstat", &["-r"]);
            text.contains("scheduler is running").then_some(())
        });
        cups
    }

    fn run(&self, program: &str, arguments: &[&str]) -> (bool, String) {
        let output = Command::new(program)
            .args(arguments)
            .env("CUPS_SERVER", &self.server)
            .env("LC_ALL", "C")
            .output()
            .unwrap_or_else(|e| panic!("{program} can't be started ({e}): tests/run installs it"));
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), text)
    }

    /// Must go well.
    fn tell(&self, program: &str, arguments: &[&str]) -> String {
        let (good, text) = self.run(program, arguments);
        assert!(good, "{program} {arguments:?}: {text}");
        text
    }
}

#[test]
fn a_driverless_queue_of_cups_prints_photos_and_pages_as_they_were_chosen() {
    let folder = tempfile::tempdir().unwrap();
    let printer = Simulator::start(folder.path(), "Gertie", &["--seconds-per-page", "0.1"]);
    let config = format!("[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n", printer.uri());
    let daemon = Daemon::start(folder.path(), &config);
    let cups = Cups::start(folder.path());
    // What it can do is told from the printer behind: the queue is made of that.
    wait_for("the printer's abilities", PATIENCE, || {
        let (_, text) = ipptool::run(&["-tv", &daemon.uri(None), "get-printer-attributes.test"]);
        text.contains("com.canon.pro-luster").then_some(())
    });
    cups.tell(
        "lpadmin",
        &["-p", "studio", "-E", "-v", &daemon.uri(None), "-m", "everywhere"],
    );
    // It asks us in the background.
    let choices = wait_for("CUPS to make its queue", PATIENCE, || {
        let (made, text) = cups.run("lpoptions", &["-p", "studio", "-l"]);
        (made && text.contains("PageSize")).then_some(text)
    });
    println!("{choices}");
    let offered = |option: &str, choice: &str| {
        let line = choices.lines().find(|line| line.starts_with(option));
        let line = line.unwrap_or_else(|| panic!("no {option} in:\n{choices}"));
        let mut words = line.split_whitespace().map(|word| word.trim_start_matches('*'));
        assert!(words.any(|word| word == choice), "no {choice} in: {line}");
    };
    for (option, choice) in [
        ("PageSize", "13x19.Borderless"),
        ("PageSize", "A3"),
        ("MediaType", "PhotographicGlossy"),
        ("cupsPrintQuality", "High"),
        ("ColorModel", "RGB"),
        ("ColorModel", "Gray"),
    ] {
        offered(option, choice);
    }

    let photo = photo::jpeg(folder.path());
    let photo = photo.to_str().unwrap();
    let pages = folder.path().join("pages.pdf");
    fs::write(&pages, pdf::pages(&[[1.0, 0.0, 0.0], [0.0, 0.5, 0.0]])).unwrap();
    let chosen = [
        (
            "PageSize=13x19.Borderless",
            "MediaType=PhotographicGlossy",
            "cupsPrintQuality=High",
        ),
        ("PageSize=A3", "MediaType=PhotographicMatte", "cupsPrintQuality=Draft"),
    ];
    for ((size, kind, quality), arguments) in chosen
        .iter()
        .zip([vec![photo], vec!["-n", "2", pages.to_str().unwrap()]])
    {
        let options = ["-d", "studio", "-o", size, "-o", kind, "-o", quality];
        cups.tell("lp", &[&options[..], &arguments].concat());
    }
    for (id, wanted) in [
        (
            1,
            &[
                "media (keyword) = na_super-b_13x19in",
                "media-left-margin=0",
                "media-type=photographic-glossy",
                "print-quality (enum) = high",
                "print-color-mode (keyword) = color",
                "job-media-sheets-completed (integer) = 1",
            ][..],
        ),
        (
            2,
            &[
                "media (keyword) = iso_a3_297x420mm",
                "media-type=photographic-matte",
                "print-quality (enum) = draft",
                "copies (integer) = 2",
                "job-impressions (integer) = 2",
                "job-media-sheets-completed (integer) = 4",
            ],
        ),
    ] {
        let text = wait_for("the job to be printed", PATIENCE, || {
            let (state, text) = ipptool::run(&["-tv", &daemon.uri(None), "get-completed-jobs.test"]);
            assert!(state, "{text}");
            if !text.contains(&format!("job-id (integer) = {id}\n")) {
                return None;
            }
            let (state, text) = ipptool::job(daemon.port, id);
            (state == "completed").then_some(text)
        });
        for words in wanted {
            assert!(text.contains(words), "job {id}: no {words} in:\n{text}");
        }
    }
    // Both jobs are over for CUPS, too.
    wait_for("CUPS to call its jobs printed", PATIENCE, || {
        cups.tell("lpstat", &["-o"]).is_empty().then_some(())
    });
    let sheets = printer.sheets();
    let names: Vec<&str> = sheets.iter().map(|sheet| sheet.job_name.as_str()).collect();
    assert_eq!(
        names.iter().filter(|name| name.contains("photo")).count(),
        1,
        "{names:?}"
    );
    assert_eq!(
        names.iter().filter(|name| name.contains("pages")).count(),
        4,
        "{names:?}"
    );
    let arrived = raster::read(&fs::read(printer.spool.join(&sheets[0].file)).unwrap());
    assert_eq!((arrived[0].width, arrived[0].height), (13 * 600, 19 * 600));

    // State and supplies.
    let idle = cups.tell("lpstat", &["-p", "studio"]);
    assert!(idle.contains("printer studio is idle"), "{idle}");
    printer.command("ink PGY 4");
    printer.command("paper 0");
    cups.tell("lp", &["-d", "studio", "-o", "PageSize=A3", photo]);
    wait_for("CUPS to tell of paper and ink", PATIENCE, || {
        let told = cups.tell("lpstat", &["-l", "-p", "studio"]);
        (told.contains("media-empty") && told.contains("marker-supply-low")).then(|| println!("{told}"))
    });
    let queue = format!("ipp://{}/printers/studio", cups.server);
    let (_, text) = ipptool::run(&["-tv", &queue, "get-printer-attributes.test"]);
    let names = text
        .lines()
        .find(|line| line.contains("marker-names ("))
        .expect("marker-names");
    assert!(names.contains("PGY"), "{names}");
    printer.command("paper 20");
    wait_for("the last job to be printed", PATIENCE, || {
        cups.tell("lpstat", &["-o"]).is_empty().then_some(())
    });
    assert_eq!(printer.sheets().len(), 6);
}
