//! `ippeveprinter` of Debian's cups-ipp-utils, made to look like a PRO-1000.
//!
//! It insists on a system bus even when it is told to register nothing, so it gets a private one. What it says is
//! modelled on published facts of the printer; nothing of it is a dump of a real one.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Process, wait_for};

pub struct Eve {
    _process: Process,
    _bus: Process,
    pub port: u16,
    pub spool: PathBuf,
    /// What its print command has written down.
    printed: PathBuf,
}

const INKS: [&str; 12] = ["MBK", "PBK", "C", "M", "Y", "PC", "PM", "R", "B", "GY", "PGY", "CO"];

fn description(raster_types: &str) -> String {
    let inks: Vec<String> = INKS.iter().map(|i| format!("\"{i}\"")).collect();
    let margins = "MEMBER integer media-bottom-margin 500 MEMBER integer media-left-margin 340 MEMBER integer \
                   media-right-margin 340 MEMBER integer media-top-margin 300 MEMBER keyword media-source rear MEMBER \
                   keyword media-type photographic";
    let sheet = |x: u32, y: u32| {
        format!(
            "{{ MEMBER collection media-size {{ MEMBER integer x-dimension {x} MEMBER integer y-dimension {y} }} \
             {margins} }}"
        )
    };
    format!(
        "ATTR text printer-make-and-model \"Canon PRO-1000 series (stand-in)\"
ATTR mimeMediaType document-format-supported application/octet-stream,image/pwg-raster,image/urf
ATTR mimeMediaType document-format-default application/octet-stream
ATTR boolean color-supported true
ATTR integer copies-default 1
ATTR rangeOfInteger copies-supported 1-99
ATTR keyword sides-default one-sided
ATTR keyword sides-supported one-sided
ATTR keyword print-color-mode-default color
ATTR keyword print-color-mode-supported auto,color,monochrome
ATTR enum print-quality-default 5
ATTR enum print-quality-supported 4,5
ATTR keyword print-scaling-default auto
ATTR keyword print-scaling-supported auto,auto-fit,fill,fit,none
ATTR resolution printer-resolution-default 600dpi
ATTR resolution printer-resolution-supported 300dpi,600dpi
ATTR resolution pwg-raster-document-resolution-supported 300dpi,600dpi
ATTR keyword pwg-raster-document-sheet-back normal
ATTR keyword pwg-raster-document-type-supported {raster_types}
ATTR keyword urf-supported V1.4,CP1,RS300-600,SRGB24,W8,ADOBERGB24-48
ATTR name marker-names {names}
ATTR name marker-colors {names}
ATTR keyword marker-types {kinds}
ATTR integer marker-levels {levels}
ATTR keyword media-default iso_a4_210x297mm
ATTR keyword media-supported iso_a4_210x297mm,na_super-b_13x19in,na_index-4x6_4x6in
ATTR keyword media-source-default rear
ATTR keyword media-source-supported rear,manual
ATTR keyword media-type-default photographic
ATTR keyword media-type-supported photographic,stationery
ATTR integer media-bottom-margin-supported 0,500
ATTR integer media-left-margin-supported 0,340
ATTR integer media-right-margin-supported 0,340
ATTR integer media-top-margin-supported 0,300
ATTR collection media-size-supported {{ MEMBER integer x-dimension 21000 MEMBER integer y-dimension 29700 }},\
{{ MEMBER integer x-dimension 10160 MEMBER integer y-dimension 15240 }}
ATTR keyword media-col-supported media-bottom-margin,media-left-margin,media-right-margin,media-size,media-source,\
media-top-margin,media-type
ATTR collection media-col-default {a4}
ATTR collection media-col-database {a4}
ATTR keyword media-ready iso_a4_210x297mm
ATTR collection media-col-ready {a4}
",
        names = inks.join(","),
        kinds = ["ink-cartridge"; 12].join(","),
        levels = ["80"; 12].join(","),
        a4 = sheet(21_000, 29_700),
    )
}

impl Eve {
    pub fn start(folder: &Path, name: &str, raster_types: &str) -> Eve {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::start_at(port, folder, name, raster_types)
    }

    pub fn start_at(port: u16, folder: &Path, name: &str, raster_types: &str) -> Eve {
        let home = folder.join(format!("eve-{name}"));
        let spool = home.join("spool");
        fs::create_dir_all(&spool).unwrap();
        let bus_file = home.join("bus.conf");
        let socket = home.join("bus");
        let bus = format!(
            "<busconfig><type>custom</type><listen>unix:path={}</listen><policy context=\"default\"><allow \
             send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            socket.display()
        );
        fs::write(&bus_file, bus).unwrap();
        let child = Command::new("dbus-daemon")
            .args(["--nofork", "--nopidfile", "--config-file"])
            .arg(&bus_file)
            .stdin(Stdio::null())
            .spawn()
            .expect("dbus-daemon is needed: see tests/run");
        let bus = Process(child);
        wait_for("the private bus", Duration::from_secs(20), || {
            socket.exists().then_some(())
        });

        fs::write(home.join("printer.conf"), description(raster_types)).unwrap();
        // The sheet takes a moment, and the ink falls a little.
        let (command, printed) = (home.join("print"), home.join("printed"));
        fs::write(
            &command,
            format!(
                "#!/bin/sh\nsleep 0.3\necho 'ATTR: marker-levels=79,80,80,80,80,80,80,80,80,80,80,80' >&2\n\
                 echo \"$(stat -c %s \"$1\") $IPP_JOB_NAME\" >>'{}'\n",
                printed.display()
            ),
        )
        .unwrap();
        fs::set_permissions(&command, fs::Permissions::from_mode(0o755)).unwrap();
        let log = File::create(home.join("log")).unwrap();
        let child = Command::new("ippeveprinter")
            .env("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={}", socket.display()))
            .args(["-n", "localhost", "-r", "off", "--no-web-forms", "-k", "-p"])
            .arg(port.to_string())
            .arg("-a")
            .arg(home.join("printer.conf"))
            .arg("-d")
            .arg(&spool)
            .arg("-c")
            .arg(&command)
            .arg(name)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("ippeveprinter is needed: see tests/run");
        let process = Process(child);
        wait_for("ippeveprinter to listen", Duration::from_secs(20), || {
            TcpStream::connect(("localhost", port)).ok()
        });
        Eve {
            _process: process,
            _bus: bus,
            port,
            spool,
            printed,
        }
    }

    pub fn uri(&self) -> String {
        format!("ipp://localhost:{}/ipp/print", self.port)
    }

    /// What it printed: the name of each job, and the bytes of its document.
    pub fn printed(&self) -> Vec<(String, u64)> {
        let text = fs::read_to_string(&self.printed).unwrap_or_default();
        let line = |line: &str| {
            let (bytes, name) = line.split_once(' ').unwrap();
            (name.to_owned(), bytes.parse().unwrap())
        };
        text.lines().map(line).collect()
    }

    /// The documents that it kept.
    pub fn documents(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = fs::read_dir(&self.spool)
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.extension().is_some_and(|e| e == "pwg" || e == "urf" || e == "ras"))
            .collect();
        all.sort();
        all
    }
}
