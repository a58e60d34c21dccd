//! The power fails, again and again, while jobs pour in: none that was acknowledged is lost, and no sheet is printed
//! twice without a person's word.
//!
//! `kill -9` of the real process stands for the power cut of the daemon; what the kernel had not yet written stays
//! there all the same, so failing syncs are tested in `disk.rs`. `PLATEN_KILLS=3000` makes a longer run, and
//! `PLATEN_SEED` the same choice of moments once more (what happens then is still up to the machine).
//!
//! Two simulated printers count what they really print. Now and then one of them loses its power too, with a sheet in
//! it: then only a person can tell. The test is that person in the end, and answers by what lies in the printers' trays.

mod lives;
mod trays;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use platen::ipp::codec::{Value, op};

use crate::common::chance::Chance;
use crate::common::client::{Listed, exchange, jobs, request};
use crate::common::daemon::Launch;
use crate::common::order::Order;
use crate::common::simulator::Simulator;
use crate::common::{port_that_stays_free, wait_for};
use lives::Lives;
use trays::Trays;

/// Power cuts, unless `PLATEN_KILLS` says otherwise. The peers' figures are from 20 each.
const KILLS: u32 = 300;
/// One in so many of them falls before the daemon answers, while it opens its store and settles what the last left.
const EARLY: u64 = 4;
/// One in so many comes with a power cut of a printer.
const PRINTER_CUTS: u64 = 25;
/// Milliseconds after the first answer within which the others fall, and one in so many of them later: what takes long
/// would never be done.
const LATEST: u64 = 600;
const LATE: u64 = 12;
const LATER: u64 = 3_000;
/// Most jobs that may be held with a question for each power cut of a printer: the one in it, and now and then the other
/// printer's at the same time. These printers know their jobs otherwise, so that asking them settles what a cut left open.
const MOST_ASKED: usize = 2;
/// Clients that send as fast as they get answers, up to a pause, and none while so many jobs wait.
const CLIENTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(40);
const WAITING: i64 = 40;

/// What the clients share.
#[derive(Default)]
struct Clients {
    next: AtomicU32,
    /// Requests whose answer is awaited.
    asking: AtomicU32,
    acknowledged: Mutex<BTreeMap<i32, String>>,
    /// Jobs that are acknowledged and not printed, as far as the trays were looked at.
    waiting: AtomicI64,
    over: AtomicBool,
}

/// The job of this number: every tenth in two copies, every twelfth with a raster of megabytes.
fn order(number: u32) -> Order {
    Order {
        copies: 1 + u32::from(number.is_multiple_of(10)),
        fills: number.is_multiple_of(12),
        ..Order::new(&format!("k-{number:06}"), number)
    }
}

fn copies(name: &str) -> u32 {
    order(name.trim_start_matches("k-").parse().unwrap()).copies
}

impl Clients {
    fn send_on(&self, port: u16) {
        while !self.over.load(Ordering::Relaxed) {
            if self.waiting.load(Ordering::Relaxed) > WAITING {
                std::thread::sleep(PAUSE);
                continue;
            }
            let order = order(self.next.fetch_add(1, Ordering::Relaxed));
            self.asking.fetch_add(1, Ordering::Relaxed);
            let id = order.submit(port);
            self.asking.fetch_sub(1, Ordering::Relaxed);
            if let Some(id) = id {
                self.acknowledged.lock().unwrap().insert(id, order.name);
                self.waiting.fetch_add(1, Ordering::Relaxed);
                std::thread::sleep(PAUSE);
            } else {
                // Nobody listens: the power is cut.
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

fn held(job: &Listed) -> bool {
    job.reasons.iter().any(|r| r == "job-held-for-review")
}

/// Waits until every job has ended or asks something.
fn worked_off(port: u16) -> Vec<Listed> {
    wait_for("the queue to be worked off", Duration::from_secs(600), || {
        let all = jobs(port).unwrap();
        all.iter().all(|j| j.state >= 7 || held(j)).then_some(all)
    })
}

/// A person's answer to a job's question.
fn answer(port: u16, id: i32, operation: u16) {
    let mut message = request(operation, port);
    message.groups[0].push("job-id", Value::Integer(id));
    let answer = exchange(port, &message, &[]).unwrap();
    assert!(answer.code < 0x100, "job {id}: {answer:?}");
}

#[test]
fn no_acknowledged_job_is_lost_and_none_is_printed_twice() {
    let kills = std::env::var("PLATEN_KILLS").map_or(KILLS, |n| n.parse().expect("PLATEN_KILLS is a number"));
    let seed = Chance::seed();
    println!("PLATEN_KILLS={kills} PLATEN_SEED={seed}");
    let mut chance = Chance(seed);
    let folder = tempfile::tempdir().unwrap();
    let fast = ["--seconds-per-page", "0.05", "--sheets", "1000000"];
    let printers = ["Gertie", "Squirty"].map(|name| Simulator::start(folder.path(), name, &fast));
    let config = printers
        .iter()
        .zip(["Gertie", "Squirty"])
        .map(|(printer, name)| format!("[[printer]]\nname = \"{name}\"\nuri = \"{}\"\n", printer.uri()))
        .collect::<String>();
    // They print more than their tanks hold.
    let refill = ["MBK", "PBK", "C", "M", "Y", "PC", "PM", "R", "B", "GY", "PGY", "CO"]
        .map(|ink| format!("ink {ink} 100\n"))
        .concat()
        + "ink MC 0";
    let launch = Launch {
        port: port_that_stays_free(),
        ..Launch::default()
    };
    let mut lives = Lives::new(folder.path(), &config, launch.clone());
    let mut trays = Trays::new(&printers);
    let clients = Clients::default();
    let mut printer_cuts = 0;
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| clients.send_on(launch.port));
        }
        for _ in 0..kills {
            let early = chance.one_in(EARLY);
            let within = match early {
                true => lives.usual_start(),
                false if chance.one_in(LATE) => LATER,
                false => LATEST,
            };
            let after = Duration::from_millis(chance.below(within));
            lives.live(early, after, &clients.asking);
            if chance.one_in(PRINTER_CUTS) {
                printers[chance.below(2) as usize].command("power-cycle");
                printer_cuts += 1;
            }
            for printer in &printers {
                printer.command(&refill);
            }
            let acknowledged = clients.acknowledged.lock().unwrap().len() as i64;
            clients
                .waiting
                .store(acknowledged - trays.jobs() as i64, Ordering::Relaxed);
        }
        clients.over.store(true, Ordering::Relaxed);
    });
    let acknowledged = clients.acknowledged.into_inner().unwrap();

    // The last time it comes up it finishes its work, and asks what it can't know.
    let daemon = lives.last();
    let mut all = worked_off(daemon.port);
    // A process that is killed twice while it prepares a job has broken down twice, for all that it can know (a power cut
    // changes the boot of the machine, `kill -9` does not). Nothing was printed: whoever is asked says so.
    let mut put_aside = 0;
    while let Some(job) = all.iter().find(|j| held(j) && j.message.contains("broke down")) {
        put_aside += 1;
        answer(daemon.port, job.id, op::RELEASE_JOB);
        all = worked_off(daemon.port);
    }
    let asked: Vec<&Listed> = all.iter().filter(|j| held(j)).collect();
    let before = trays.sheets();
    let came = |name: &str| before.get(name).copied().unwrap_or(0);
    let twice: Vec<_> = before.iter().filter(|(name, sheets)| **sheets > copies(name)).collect();
    let of = |id: &i32| all.iter().find(|j| j.id == *id);
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|(id, name)| of(id).is_none_or(|j| j.name != **name))
        .collect();
    println!(
        "{} jobs acknowledged: {} lost; {} sheets of {} jobs, {} printed twice; {} questions about sheets, \
         {printer_cuts} power cuts of a printer; {put_aside} jobs put aside",
        acknowledged.len(),
        lost.len(),
        before.values().sum::<u32>(),
        before.len(),
        twice.len(),
        asked.len()
    );
    lives.print();
    assert!(lost.is_empty(), "{lost:?}\n{}", daemon.log());
    assert!(twice.is_empty(), "{twice:?}\n{}", daemon.log());
    for job in all.iter().filter(|j| !held(j)) {
        assert_eq!((job.state, came(&job.name)), (9, copies(&job.name)), "{job:?}");
    }

    // Somebody goes and looks, and answers as it is: what lies in the tray whole is done, the rest is printed again.
    for job in &asked {
        let done = came(&job.name) == copies(&job.name);
        let operation = if done { op::CANCEL_JOB } else { op::RELEASE_JOB };
        answer(daemon.port, job.id, operation);
    }
    let all = worked_off(daemon.port);
    assert!(!all.iter().any(held), "asked again: {all:?}");
    let after = trays.sheets();
    for job in &asked {
        let now = after.get(&job.name).copied().unwrap_or(0);
        let again = if came(&job.name) == copies(&job.name) {
            0
        } else {
            copies(&job.name)
        };
        assert_eq!(now, came(&job.name) + again, "{job:?}\n{}", daemon.log());
    }
    assert!(
        asked.len() <= printer_cuts * MOST_ASKED,
        "{} questions after {printer_cuts} power cuts of a printer\n{}",
        asked.len(),
        daemon.log()
    );
    assert!(
        acknowledged.len() > kills as usize / 3,
        "too few jobs to say anything: {}",
        acknowledged.len()
    );
    lives.fell_everywhere();
}
