//! The connection between the daemon and a printer tears, at every kind of byte and in both directions: the job is
//! printed once, or held with a question; what comes out of the printer is counted.

use std::path::Path;
use std::time::Duration;

use platen::ipp::codec::{Value, op};

use crate::common::client::{Listed, exchange, jobs, request};
use crate::common::daemon::Daemon;
use crate::common::eve::Eve;
use crate::common::order::Order;
use crate::common::simulator::Simulator;
use crate::common::wait_for;
use crate::common::wire::{Place, Wire};

const LONG: Duration = Duration::from_secs(90);

/// What counts its sheets.
trait Printer {
    fn port(&self) -> u16;
    /// Of each sheet that came out, the name of its job and the bytes of its document.
    fn sheets(&self) -> Vec<(String, u64)>;
}

impl Printer for Simulator {
    fn port(&self) -> u16 {
        self.port
    }

    fn sheets(&self) -> Vec<(String, u64)> {
        Simulator::sheets(self)
            .into_iter()
            .map(|s| (s.job_name, s.bytes))
            .collect()
    }
}

impl Printer for Eve {
    fn port(&self) -> u16 {
        self.port
    }

    fn sheets(&self) -> Vec<(String, u64)> {
        self.printed()
    }
}

struct House {
    _folder: tempfile::TempDir,
    printer: Box<dyn Printer>,
    wire: Wire,
    daemon: Daemon,
}

fn house(printer: impl FnOnce(&Path) -> Box<dyn Printer>) -> House {
    let folder = tempfile::tempdir().unwrap();
    let printer = printer(folder.path());
    let wire = Wire::to(printer.port());
    let config = format!("[[printer]]\nname = \"Gertie\"\nuri = \"{}\"\n", wire.uri());
    let daemon = Daemon::start(folder.path(), &config);
    House {
        _folder: folder,
        printer,
        wire,
        daemon,
    }
}

/// How a job came out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Printed,
    Asked,
}

impl House {
    fn sheets(&self, name: &str) -> usize {
        let sheets = self.printer.sheets();
        // They all print the same: a document that is shorter was not whole.
        let whole = sheets.first().map(|(_, bytes)| *bytes);
        let of_it = sheets.iter().filter(|(job, _)| job.split(' ').next() == Some(name));
        of_it.filter(|(_, bytes)| Some(*bytes) == whole).count()
    }

    fn ended(&self, id: i32) -> (End, Listed) {
        wait_for("the job to be printed, or to ask", LONG, || {
            let job = jobs(self.daemon.port).unwrap().into_iter().find(|j| j.id == id)?;
            if job.reasons.iter().any(|r| r == "job-held-for-review") {
                return Some((End::Asked, job));
            }
            (job.state >= 7).then_some((End::Printed, job))
        })
    }

    /// Prints while the wire tears. A question is answered by what came out.
    fn prints_once(&self, name: &str, fills: bool) -> End {
        let order = Order {
            fills,
            ..Order::new(name, 1)
        };
        let id = order.submit(self.daemon.port).unwrap();
        let (end, job) = self.ended(id);
        let before = self.sheets(name);
        if end == End::Asked {
            assert!(before <= 1, "{before} sheets of {job:?}\n{}", self.daemon.log());
            let operation = if before == 1 { op::CANCEL_JOB } else { op::RELEASE_JOB };
            let mut answer = request(operation, self.daemon.port);
            answer.groups[0].push("job-id", Value::Integer(id));
            assert!(exchange(self.daemon.port, &answer, &[]).unwrap().code < 0x100);
            assert_eq!(self.ended(id).0, End::Printed);
        } else {
            assert_eq!(job.state, 9, "{job:?}\n{}", self.daemon.log());
        }
        assert_eq!(self.sheets(name), 1, "{name}\n{}", self.daemon.log());
        end
    }

    /// One job for each tear; gives the tears after which somebody was asked.
    fn survives(&self, what: &str, tears: &[(u16, Place)]) -> Vec<(u16, Place)> {
        // One that tears in the middle is larger than what sockets hold, so that the daemon is still sending it.
        let large = tears.iter().any(|(_, place)| *place == Place::InTheDocument);
        // Where a document ends is learned from one that comes through.
        assert_eq!(self.prints_once("whole", large), End::Printed);
        let mut asked = Vec::new();
        for (number, tear) in tears.iter().copied().enumerate() {
            let torn = self.wire.torn();
            self.wire.tear(tear.0, tear.1);
            if self.prints_once(&format!("torn-{number}"), large) == End::Asked {
                asked.push(tear);
            }
            assert_eq!(self.wire.torn(), torn + 1, "nothing was torn: {tear:?}");
        }
        println!("{what}: {} tears, {} questions: {asked:?}", tears.len(), asked.len());
        asked
    }
}

fn tears(operation: u16, places: &[Place]) -> Vec<(u16, Place)> {
    places.iter().map(|place| (operation, *place)).collect()
}

fn simulator(arguments: &'static [&'static str]) -> impl FnOnce(&Path) -> Box<dyn Printer> {
    move |folder| Box::new(Simulator::start(folder, "Gertie", arguments))
}

/// Create-Job, Send-Document, and what is asked about the job afterwards, each in a house of its own.
fn by_create_job() -> [Vec<(u16, Place)>; 2] {
    let mut about = tears(op::CREATE_JOB, &Place::PLAIN);
    about.extend(tears(op::GET_JOB_ATTRIBUTES, &Place::PLAIN));
    [about, tears(op::SEND_DOCUMENT, &Place::ALL)]
}

#[test]
fn a_torn_connection_prints_nothing_twice() {
    let [about, documents] = by_create_job();
    let by_print_job = tears(op::PRINT_JOB, &Place::ALL);
    std::thread::scope(|scope| {
        let fast: &[&str] = &["--seconds-per-page", "0.1"];
        for (what, tears) in [
            ("Create-Job and Get-Job-Attributes", about),
            ("Send-Document", documents),
        ] {
            // This printer says of each job whether it began, so that nobody need be asked.
            scope.spawn(move || assert!(house(simulator(fast)).survives(what, &tears).is_empty()));
        }
        let plain: &[&str] = &["--seconds-per-page", "0.1", "--no-create-job"];
        scope.spawn(move || house(simulator(plain)).survives("Print-Job", &by_print_job));
    });
}

#[test]
fn a_torn_connection_to_a_printer_that_prints_while_it_receives_is_asked_about() {
    let stream: &[&str] = &["--seconds-per-page", "0.5", "--mode", "stream"];
    let asked = house(simulator(stream)).survives("a streaming printer", &tears(op::SEND_DOCUMENT, &Place::ALL));
    // A sheet was begun, and came out spoilt.
    assert!(asked.contains(&(op::SEND_DOCUMENT, Place::InTheDocument)), "{asked:?}");
}

#[test]
fn a_torn_connection_to_ippeveprinter_prints_nothing_twice() {
    std::thread::scope(|scope| {
        for (place, tears) in by_create_job().into_iter().enumerate() {
            scope.spawn(move || {
                // It takes a document that breaks off for a whole one. Where most of it had not left, the daemon knows
                // better; that the last byte is missing, nobody can tell from an answer that was lost.
                let known = |tear: &(u16, Place)| tear.1 != Place::BeforeTheLastDocumentByte;
                let tears: Vec<_> = tears.into_iter().filter(known).collect();
                let eve = |folder: &Path| -> Box<dyn Printer> {
                    Box::new(Eve::start(folder, &format!("Gertie{place}"), "srgb_8,sgray_8"))
                };
                house(eve).survives("ippeveprinter", &tears);
            });
        }
    });
}
