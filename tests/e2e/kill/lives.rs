//! The daemon's short lives: how long each took to answer, and what it was at when it ended.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use platen::ipp::codec::op;

use crate::common::client::{exchange, request};
use crate::common::daemon::{Daemon, Launch};

/// What an open attempt was at, as the next start's log tells it, and what that is called here.
const PHASES: [(&str, &str); 3] = [
    ("while it was prepared", "rendering"),
    ("while its page was sent", "sending"),
    ("while it was printed", "following"),
];

/// See the head of the file.
pub struct Lives<'a> {
    folder: &'a Path,
    config: &'a str,
    launch: Launch,
    /// From the start of the process to its first answer, of all that were given the time for it.
    starts: Vec<Duration>,
    kills: BTreeMap<&'static str, u32>,
    /// Attempts that the last start which told of any found open.
    open: Vec<String>,
}

impl<'a> Lives<'a> {
    pub fn new(folder: &'a Path, config: &'a str, launch: Launch) -> Lives<'a> {
        Lives {
            folder,
            config,
            launch,
            starts: Vec::new(),
            kills: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    /// One life. An early end comes so long after the start of the process, another one after the first answer.
    pub fn live(&mut self, early: bool, after: Duration, asking: &AtomicU32) {
        let begun = Instant::now();
        let (mut process, log) = Daemon::spawn(self.folder, self.config, &self.launch);
        if !early {
            let port = self.launch.port;
            while exchange(port, &request(op::GET_PRINTER_ATTRIBUTES, port), &[]).is_err() {
                if let Some(status) = process.0.try_wait().unwrap() {
                    panic!("the daemon ended with {status}:\n{}", fs::read_to_string(&log).unwrap());
                }
                std::thread::sleep(Duration::from_millis(1));
            }
            self.starts.push(begun.elapsed());
        }
        std::thread::sleep(after);
        let in_flight = asking.load(Ordering::Relaxed) > 0;
        process.0.kill().unwrap();
        process.0.wait().unwrap();
        let text = fs::read_to_string(&log).unwrap();
        assert!(!text.contains("panicked"), "{text}");
        self.look_back(&text);
        let ready = !early || text.contains("platen: ready");
        if !ready {
            self.count("start");
        } else if in_flight {
            self.count("intake");
        }
        fs::remove_file(log).unwrap();
    }

    fn count(&mut self, phase: &'static str) {
        *self.kills.entry(phase).or_default() += 1;
    }

    /// What this life's log says of the end of the one before. An attempt that was open at two starts in a row was still
    /// being settled.
    fn look_back(&mut self, log: &str) {
        let mut open = Vec::new();
        for line in log.lines().filter(|l| l.contains("was left open")) {
            let of = |before: &str| {
                line.split(before)
                    .nth(1)
                    .and_then(|rest| rest.split_whitespace().next())
            };
            let attempt = of("attempt ").expect("the attempt's number").to_owned();
            let phase = PHASES.iter().find(|(said, _)| line.contains(said)).expect("its phase");
            let settling = self.open.contains(&attempt);
            self.count(if settling { "settling" } else { phase.1 });
            open.push(attempt);
        }
        if !open.is_empty() || log.contains("platen: ready") {
            self.open = open;
        }
    }

    /// Milliseconds that a start takes, as far as that is known.
    pub fn usual_start(&self) -> u64 {
        let mut sorted = self.starts.clone();
        sorted.sort();
        sorted.get(sorted.len() / 2).map_or(100, |d| d.as_millis() as u64 + 1)
    }

    /// The life that is not cut short.
    pub fn last(&mut self) -> Daemon {
        let daemon = Daemon::start_as(self.folder, self.config, &self.launch);
        let log: PathBuf = daemon.log.clone();
        self.look_back(&fs::read_to_string(log).unwrap());
        daemon
    }

    pub fn print(&self) {
        let mut sorted = self.starts.clone();
        sorted.sort();
        let part = |percent: usize| sorted[(sorted.len() - 1) * percent / 100].as_millis();
        println!(
            "{} restarts, from the start of the process to the first answer: median {} ms, 99th percentile {} ms, worst {} ms",
            sorted.len(),
            part(50),
            part(99),
            part(100)
        );
        println!("what the cuts fell into (some into two): {:?}", self.kills);
    }

    /// Every part of the daemon's life was cut.
    pub fn fell_everywhere(&self) {
        for phase in ["start", "settling", "intake", "rendering", "sending", "following"] {
            assert!(self.kills.contains_key(phase), "no cut fell into: {phase}");
        }
    }
}
