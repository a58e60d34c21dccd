//! The printer itself: jobs, paper, ink and troubles, as plain data that time passes over. Pure.

use std::collections::BTreeMap;

use super::command::{Command, Wrong};
use super::ledger::Event;

/// How long an empty job waits for its document (`multiple-operation-time-out`), in seconds.
pub const TIME_OUT: f64 = 60.0;
/// The inks of a PRO-1000 by code and colour, and the waste cartridge, which fills up.
pub const TANKS: [(&str, &str); 13] = [
    ("MBK", "#252525"),
    ("PBK", "#0A0A0A"),
    ("C", "#0095D9"),
    ("M", "#D3006E"),
    ("Y", "#FFE600"),
    ("PC", "#8FD3F1"),
    ("PM", "#F2A6C6"),
    ("R", "#E2231A"),
    ("B", "#23318E"),
    ("GY", "#7F7F7F"),
    ("PGY", "#B5B5B5"),
    ("CO", "none"),
    ("MC", "none"),
];
/// Place of the waste cartridge among the tanks.
pub const WASTE: usize = 12;

/// How the printer is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    pub seconds_per_page: f64,
    pub stream: bool,
    pub media: String,
    pub sheets: u32,
    pub queue: usize,
}

/// A job of the printer.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: i32,
    pub name: String,
    pub user: String,
    /// IPP `job-state`: 3 pending, 5 processing, 6 processing-stopped, 7 canceled, 8 aborted, 9 completed.
    pub state: i32,
    pub reason: &'static str,
    pub copies: u32,
    /// Sheets of the whole job, once the document is there.
    pub sheets: Option<u32>,
    pub done: u32,
    pub file: String,
    pub bytes: u64,
    pub created: f64,
    pub processing: Option<f64>,
    pub completed: Option<f64>,
    /// A document is arriving.
    pub incoming: bool,
    /// Seconds that it has been printing.
    clock: f64,
}

impl Job {
    pub fn ended(&self) -> bool {
        self.state >= 7
    }
}

/// Troubles of the wire, for the server.
#[derive(Debug, Clone, Default)]
pub struct Wire {
    pub offline: bool,
    pub slow_ms: u64,
    pub tear: Option<u64>,
    pub tear_answer: Option<Option<u16>>,
    pub garbage: u32,
    pub wrong: Option<Wrong>,
}

/// See the head of the file.
#[derive(Debug)]
pub struct Machine {
    pub settings: Settings,
    pub jobs: BTreeMap<i32, Job>,
    pub levels: [f64; 13],
    pub sheets: u32,
    pub media: String,
    pub busy: bool,
    pub accepting: bool,
    pub paused: bool,
    pub jam: bool,
    pub cover: bool,
    pub wire: Wire,
    /// When it was switched on.
    pub up_since: f64,
    /// Counts power cycles: what came before is gone.
    pub life: u32,
    now: f64,
    next: i32,
    off_until: Option<f64>,
    abort_next: bool,
    abort_after: Option<u32>,
    events: Vec<Event>,
}

/// Why a new job is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    Busy,
    NotAccepting,
}

impl Machine {
    pub fn new(settings: Settings) -> Self {
        Machine {
            jobs: BTreeMap::new(),
            // A few prints old; the waste cartridge counts up.
            levels: [
                82.0, 91.0, 74.0, 38.0, 88.0, 63.0, 95.0, 41.0, 52.0, 79.0, 70.0, 45.0, 23.0,
            ],
            sheets: settings.sheets,
            media: settings.media.clone(),
            busy: false,
            accepting: true,
            paused: false,
            jam: false,
            cover: false,
            wire: Wire::default(),
            up_since: 0.0,
            life: 0,
            now: 0.0,
            next: 1,
            off_until: None,
            abort_next: false,
            abort_after: None,
            events: vec![],
            settings,
        }
    }

    pub fn now(&self) -> f64 {
        self.now
    }

    /// What keeps it from printing, as `printer-state-reasons`.
    pub fn stops(&self) -> Vec<&'static str> {
        let active = self.jobs.values().any(|j| matches!(j.state, 5 | 6));
        let mut stops = Vec::new();
        for (on, reason) in [
            (self.paused, "paused"),
            (self.jam, "media-jam-error"),
            (self.cover, "cover-open-error"),
            (self.sheets == 0, "media-empty-error"),
            // It asks for paper only when it wants to print.
            (self.sheets == 0 && active, "media-needed-error"),
            (
                self.levels[..WASTE].iter().any(|l| *l <= 0.0),
                "marker-supply-empty-error",
            ),
            (self.levels[WASTE] >= 100.0, "marker-waste-full-error"),
        ] {
            if on {
                stops.push(reason);
            }
        }
        stops
    }

    /// What it warns of while it prints on.
    pub fn warnings(&self) -> Vec<&'static str> {
        let low = self.levels[..WASTE].iter().any(|l| *l > 0.0 && *l <= 10.0);
        low.then_some("marker-supply-low-warning").into_iter().collect()
    }

    /// `printer-state`
    pub fn state(&self) -> i32 {
        let active = self.jobs.values().any(|j| matches!(j.state, 5 | 6));
        let blocked = !self.stops().is_empty();
        // An empty cassette stops nobody before there is something to print.
        let at_rest = self.sheets == 0 && self.stops() == ["media-empty-error"] && !active;
        match (blocked && !at_rest, active) {
            (true, _) => 5,
            (false, true) => 4,
            (false, false) => 3,
        }
    }

    /// Jobs that have not ended.
    pub fn open_jobs(&self) -> usize {
        self.jobs.values().filter(|j| !j.ended()).count()
    }

    /// Whether a new job would be refused.
    pub fn refuses(&self) -> Option<Refusal> {
        if !self.accepting {
            Some(Refusal::NotAccepting)
        } else if self.busy || self.open_jobs() > self.settings.queue {
            Some(Refusal::Busy)
        } else {
            None
        }
    }

    /// A new, empty job.
    pub fn create(&mut self, name: &str, user: &str, copies: u32) -> i32 {
        let id = self.next;
        self.next += 1;
        let job = Job {
            id,
            name: name.to_owned(),
            user: user.to_owned(),
            state: 3,
            reason: "job-incoming",
            copies: copies.max(1),
            sheets: None,
            done: 0,
            file: String::new(),
            bytes: 0,
            created: self.now,
            processing: None,
            completed: None,
            incoming: false,
            clock: 0.0,
        };
        self.jobs.insert(id, job);
        id
    }

    /// The document of a job begins to arrive. `false` when the job has ended or already has one.
    pub fn begin_document(&mut self, id: i32, file: &str) -> bool {
        match self.jobs.get_mut(&id) {
            Some(job) if !job.ended() && !job.incoming && job.sheets.is_none() => {
                job.incoming = true;
                job.file = file.to_owned();
                true
            }
            _ => false,
        }
    }

    /// The document of a job is whole.
    pub fn end_document(&mut self, id: i32, pages: u32, bytes: u64) {
        if let Some(job) = self.jobs.get_mut(&id)
            && !job.ended()
        {
            job.incoming = false;
            job.sheets = Some(pages.saturating_mul(job.copies));
            job.bytes = bytes;
            if job.state == 3 {
                job.reason = "job-queued";
            }
        }
    }

    /// Its document broke off or was no good.
    pub fn abort(&mut self, id: i32) {
        self.end(id, 8, "aborted-by-system");
    }

    /// Cancel-Job. `false` when it has ended.
    pub fn cancel(&mut self, id: i32) -> bool {
        let open = self.jobs.get(&id).is_some_and(|j| !j.ended());
        if open {
            self.end(id, 7, "job-canceled-by-user");
        }
        open
    }

    /// Pages that a streaming printer has had the time for; a document may come so far.
    pub fn printed_by_clock(&self, id: i32) -> f64 {
        let speed = self.settings.seconds_per_page.max(1e-6);
        self.jobs.get(&id).map_or(f64::INFINITY, |j| j.clock / speed)
    }

    fn end(&mut self, id: i32, state: i32, reason: &'static str) {
        let now = self.now;
        let Some(job) = self.jobs.get_mut(&id).filter(|j| !j.ended()) else {
            return;
        };
        // A sheet that was begun comes out spoilt.
        if state != 9 && job.clock > 0.0 && job.sheets.is_none_or(|n| job.done < n) {
            self.events.push(Event::Spoilt {
                job_id: id,
                job_name: job.name.clone(),
            });
        }
        (job.state, job.reason, job.incoming) = (state, reason, false);
        job.completed = Some(now);
        self.events.push(Event::JobEnded {
            job_id: id,
            job_name: job.name.clone(),
            job_state: state,
        });
    }

    /// Lets time pass up to `now`, in seconds since the start. Gives what is to be written down.
    pub fn advance(&mut self, now: f64) -> Vec<Event> {
        let passed = (now - self.now).max(0.0);
        self.now = self.now.max(now);
        if self.off_until.is_some_and(|t| now >= t) {
            self.off_until = None;
            self.wire.offline = false;
            self.up_since = now;
        }
        let late: Vec<i32> = self
            .jobs
            .values()
            .filter(|j| j.state == 3 && j.sheets.is_none() && !j.incoming && now - j.created > TIME_OUT)
            .map(|j| j.id)
            .collect();
        for id in late {
            self.abort(id);
        }
        self.print(passed);
        std::mem::take(&mut self.events)
    }

    fn print(&mut self, mut passed: f64) {
        loop {
            let stream = self.settings.stream;
            let ready = |j: &&Job| !j.ended() && (j.sheets.is_some() || (stream && j.incoming));
            let Some(id) = self.jobs.values().find(ready).map(|j| j.id) else {
                return;
            };
            if self.jobs.get(&id).is_some_and(|j| j.processing.is_none()) {
                if std::mem::take(&mut self.abort_next) {
                    self.abort(id);
                    continue;
                }
                let now = self.now;
                if let Some(job) = self.jobs.get_mut(&id) {
                    (job.state, job.reason, job.processing) = (5, "job-printing", Some(now));
                }
                // Its time begins now, not when it was last looked at.
                passed = 0.0;
            }
            let blocked = !self.stops().is_empty();
            let Some(job) = self.jobs.get_mut(&id) else { return };
            if blocked {
                (job.state, job.reason) = (6, "printer-stopped");
                return;
            }
            (job.state, job.reason) = (5, "job-printing");
            job.clock += std::mem::take(&mut passed);
            let Some(sheets) = job.sheets else { return };
            let due = self.settings.seconds_per_page * f64::from(job.done + 1);
            if job.done < sheets {
                if job.clock + 1e-9 < due {
                    return;
                }
                self.come_out(id);
            } else {
                self.end(id, 9, "job-completed-successfully");
            }
        }
    }

    /// A sheet of this job comes out.
    fn come_out(&mut self, id: i32) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        job.done += 1;
        self.events.push(Event::Page {
            job_id: id,
            job_name: job.name.clone(),
            user: job.user.clone(),
            sheet: job.done,
            sheets: job.sheets.unwrap_or(1),
            file: job.file.clone(),
            bytes: job.bytes,
        });
        self.sheets = self.sheets.saturating_sub(1);
        for (place, level) in self.levels.iter_mut().enumerate() {
            // Invented rates, each a little different.
            let rate = 0.05 + 0.01 * place as f64;
            *level = if place == WASTE {
                (*level + rate).min(100.0)
            } else {
                (*level - rate).max(0.0)
            };
        }
        match self.abort_after {
            Some(0 | 1) => {
                self.abort_after = None;
                self.abort(id);
            }
            Some(n) => self.abort_after = Some(n - 1),
            None => {}
        }
    }

    /// Something happens to it.
    pub fn obey(&mut self, command: Command) {
        match command {
            Command::Busy(on) => self.busy = on,
            Command::Accept(on) => self.accepting = on,
            Command::Stop(on) => self.paused = on,
            Command::Paper(sheets, media) => {
                self.sheets = sheets;
                if let Some(media) = media {
                    self.media = media;
                }
            }
            Command::Jam(on) => self.jam = on,
            Command::Cover(on) => self.cover = on,
            Command::Offline(on) => self.wire.offline = on,
            Command::Slow(ms) => self.wire.slow_ms = ms,
            Command::Tear(bytes) => self.wire.tear = Some(bytes),
            Command::TearAnswer(operation) => self.wire.tear_answer = Some(operation),
            Command::Garbage(n) => self.wire.garbage = n,
            Command::WrongAnswer(kind) => self.wire.wrong = Some(kind),
            Command::Ink(name, level) => {
                if let Some(place) = TANKS.iter().position(|(n, _)| n.eq_ignore_ascii_case(&name)) {
                    self.levels[place] = f64::from(level);
                }
            }
            Command::AbortNext => self.abort_next = true,
            Command::AbortAfter(pages) => self.abort_after = Some(pages),
            Command::ForgetJobs => self.jobs.retain(|_, j| !j.ended()),
            Command::PowerCycle(seconds) => {
                let open: Vec<i32> = self.jobs.values().filter(|j| !j.ended()).map(|j| j.id).collect();
                for id in open {
                    self.abort(id);
                }
                self.jobs.clear();
                self.next = 1;
                self.life += 1;
                self.up_since = self.now;
                self.wire.offline = seconds > 0.0;
                self.off_until = (seconds > 0.0).then_some(self.now + seconds);
            }
            Command::Speed(seconds) => self.settings.seconds_per_page = seconds,
        }
    }
}
