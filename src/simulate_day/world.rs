//! The simulated studio: two printers, one person, virtual time.

use super::rules::{Orders, Rule, Rules};
use super::script::{Fault, MINUTE, PRINTERS, Script};
use crate::queue::plan::Policy;

/// Sheets that a person puts into a feeder.
pub const FEEDER: u32 = 20;
/// Changing or refilling paper at the printer, in milliseconds.
const LOADING: i64 = 2 * MINUTE;
/// Taking a jammed sheet out and answering the question, in milliseconds.
const CLEARING: i64 = 3 * MINUTE;
/// No day lasts longer: a rule that never finishes is found.
const LONGEST: i64 = 60 * 24 * 60 * MINUTE;

/// What a printer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    Nothing,
    /// Until then.
    Printing {
        job: usize,
        until: i64,
    },
    /// It was given a job and asks for its paper.
    AsksForPaper {
        job: usize,
    },
    /// A person is changing its paper.
    Loading {
        paper: usize,
        until: i64,
        job: Option<usize>,
    },
    /// A sheet of this job is jammed.
    Jammed {
        job: usize,
    },
    /// A person is clearing it.
    Cleared {
        job: usize,
        until: i64,
    },
    /// Without power; it was printing this.
    Off {
        until: i64,
        lost: Option<usize>,
    },
}

/// A printer.
#[derive(Debug, Clone)]
pub struct Machine {
    pub paper: usize,
    pub sheets: u32,
    pub doing: Doing,
    /// Since when it does that.
    pub since: i64,
    /// When it was last given a job.
    pub used: Option<i64>,
    /// The paper that the rule wants in it, and since when.
    pub wanted: Option<(usize, i64)>,
    /// The person stands before it and waits for the sheet.
    pub attended: bool,
    faults: std::collections::VecDeque<(i64, Fault)>,
}

/// What became of a job.
#[derive(Debug, Clone, Default)]
pub struct Fate {
    /// Whether it waits.
    pub waits: bool,
    pub began: Option<i64>,
    pub ended: Option<i64>,
    /// Where it was first sent.
    first: Option<usize>,
    rerouted: bool,
}

/// Everything at one moment.
pub struct World<'a> {
    pub script: &'a Script,
    pub now: i64,
    pub machines: Vec<Machine>,
    pub fates: Vec<Fate>,
    arrived: usize,
    /// Where the person is going, and when he is there.
    person: Option<(usize, i64)>,
    /// Not before this moment he can go again.
    person_free: i64,
    trips: usize,
    changes: u32,
    refills: u32,
}

/// The figures of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    pub printed: usize,
    /// When the last was done, in milliseconds.
    pub end: i64,
    pub mean_wait: f64,
    pub worst_wait: i64,
    pub changes: u32,
    pub refills: u32,
    pub reroutes: u32,
    pub late: u32,
}

/// Runs a day by a rule.
pub fn run(script: &Script, rule: Rule, policy: &Policy) -> Figures {
    let mut rules = Rules::new(rule, *policy);
    let mut world = World::new(script);
    loop {
        let orders = rules.decide(&world);
        let wake = orders.wake_at;
        world.obey(orders);
        world.send_the_person();
        let Some(next) = world.next_moment(wake) else {
            break;
        };
        world.now = next;
        if next > LONGEST {
            break;
        }
        world.advance();
    }
    world.figures()
}

impl<'a> World<'a> {
    fn new(script: &'a Script) -> Self {
        let machine = |place: usize| Machine {
            paper: place,
            sheets: FEEDER,
            doing: Doing::Nothing,
            since: 0,
            used: None,
            wanted: None,
            attended: false,
            faults: script.faults[place].iter().copied().collect(),
        };
        World {
            script,
            now: 0,
            machines: (0..PRINTERS.len()).map(machine).collect(),
            fates: vec![Fate::default(); script.jobs.len()],
            arrived: 0,
            person: None,
            person_free: 0,
            trips: 0,
            changes: 0,
            refills: 0,
        }
    }

    /// Whether a job could be begun on a machine without anybody's help.
    pub fn is_ready_for(&self, machine: usize, job: usize) -> bool {
        let (machine, job) = (&self.machines[machine], &self.script.jobs[job]);
        machine.paper == job.paper && machine.sheets >= job.sheets
    }

    /// Whether a machine could be given a job.
    pub fn is_free(&self, machine: usize) -> bool {
        let machine = &self.machines[machine];
        machine.doing == Doing::Nothing && !machine.attended
    }

    fn put(&mut self, machine: usize, doing: Doing) {
        self.machines[machine].doing = doing;
        self.machines[machine].since = self.now;
    }

    fn obey(&mut self, orders: Orders) {
        for (machine, wanted) in orders.wanted.into_iter().enumerate() {
            self.machines[machine].wanted = wanted;
        }
        for (job, machine) in orders.begin {
            let fate = &mut self.fates[job];
            fate.waits = false;
            let first = *fate.first.get_or_insert(machine);
            fate.rerouted |= first != machine;
            self.machines[machine].used = Some(self.now);
            if self.is_ready_for(machine, job) {
                self.print(machine, job);
            } else {
                self.put(machine, Doing::AsksForPaper { job });
            }
        }
    }

    fn print(&mut self, machine: usize, job: usize) {
        let sent = &self.script.jobs[job];
        self.machines[machine].sheets = self.machines[machine].sheets.saturating_sub(sent.sheets);
        self.fates[job].began.get_or_insert(self.now);
        let until = self.now + sent.work_ms;
        self.put(machine, Doing::Printing { job, until });
    }

    /// The person sees what is asked for and goes, to jams first, then to who has asked longest.
    fn send_the_person(&mut self) {
        if self.person.is_some() || self.person_free > self.now {
            return;
        }
        let asks = |machine: &Machine| match machine.doing {
            Doing::Jammed { .. } => Some((0, machine.since)),
            Doing::AsksForPaper { .. } => Some((1, machine.since)),
            Doing::Nothing | Doing::Printing { .. } => machine.wanted.map(|(_, since)| (1, since)),
            _ => None,
        };
        let asking = self
            .machines
            .iter()
            .enumerate()
            .filter_map(|(place, m)| Some((asks(m)?, place)));
        if let Some((_, place)) = asking.min() {
            let walk = self.script.walks[self.trips % self.script.walks.len()];
            self.trips += 1;
            self.person = Some((place, self.now + walk));
        }
    }

    fn next_moment(&self, wake: Option<i64>) -> Option<i64> {
        let all_done = self.fates.iter().all(|fate| fate.ended.is_some());
        if all_done {
            return None;
        }
        let mut moments: Vec<i64> = self
            .script
            .jobs
            .get(self.arrived)
            .map(|job| job.at)
            .into_iter()
            .collect();
        for machine in &self.machines {
            match machine.doing {
                Doing::Printing { until, .. }
                | Doing::Loading { until, .. }
                | Doing::Cleared { until, .. }
                | Doing::Off { until, .. } => moments.push(until),
                _ => {}
            }
            moments.extend(machine.faults.front().map(|(at, _)| *at));
        }
        moments.extend(self.person.map(|(_, at)| at).filter(|at| *at > self.now));
        moments.push(self.person_free);
        moments.extend(wake);
        moments.into_iter().filter(|at| *at > self.now).min()
    }

    fn advance(&mut self) {
        while let Some(job) = self.script.jobs.get(self.arrived).filter(|job| job.at <= self.now) {
            debug_assert!(job.at <= self.now);
            self.fates[self.arrived].waits = true;
            self.arrived += 1;
        }
        for machine in 0..self.machines.len() {
            self.come_to_an_end(machine);
            self.fail(machine);
        }
        self.let_the_person_work();
    }

    fn come_to_an_end(&mut self, machine: usize) {
        match self.machines[machine].doing.clone() {
            Doing::Printing { job, until } if until <= self.now => {
                self.fates[job].ended = Some(self.now);
                self.put(machine, Doing::Nothing);
            }
            Doing::Loading { paper, until, job } if until <= self.now => {
                let it = &mut self.machines[machine];
                if it.paper == paper {
                    self.refills += 1;
                } else {
                    self.changes += 1;
                }
                (it.paper, it.sheets, it.wanted) = (paper, FEEDER, None);
                match job {
                    Some(job) => self.print(machine, job),
                    None => self.put(machine, Doing::Nothing),
                }
            }
            Doing::Cleared { job, until } if until <= self.now => {
                self.fates[job].waits = true;
                self.put(machine, Doing::Nothing);
            }
            Doing::Off { until, lost } if until <= self.now => {
                // Asked, the person says that the sheet is spoiled.
                if let Some(job) = lost {
                    self.fates[job].waits = true;
                }
                self.put(machine, Doing::Nothing);
            }
            _ => {}
        }
    }

    fn fail(&mut self, machine: usize) {
        while let Some((_, fault)) = self.machines[machine].faults.pop_front_if(|(at, _)| *at <= self.now) {
            match (fault, self.machines[machine].doing.clone()) {
                (Fault::Jam, Doing::Printing { job, .. }) => self.put(machine, Doing::Jammed { job }),
                (Fault::Off(lasts), Doing::Printing { job, .. } | Doing::AsksForPaper { job }) => {
                    let until = self.now + lasts;
                    self.put(machine, Doing::Off { until, lost: Some(job) });
                }
                (Fault::Off(lasts), Doing::Nothing) => {
                    let until = self.now + lasts;
                    self.put(machine, Doing::Off { until, lost: None });
                }
                _ => {}
            }
        }
    }

    /// The person has come, and works, or waits for the sheet to be done.
    fn let_the_person_work(&mut self) {
        let Some((place, _)) = self.person.filter(|(_, at)| *at <= self.now) else {
            return;
        };
        let machine = self.machines[place].clone();
        let (until, doing) = match (machine.doing, machine.wanted) {
            (Doing::Jammed { job }, _) => {
                let until = self.now + CLEARING;
                (until, Some(Doing::Cleared { job, until }))
            }
            (Doing::AsksForPaper { job }, _) => {
                let (paper, until) = (self.script.jobs[job].paper, self.now + LOADING);
                let job = Some(job);
                (until, Some(Doing::Loading { paper, until, job }))
            }
            (Doing::Nothing, Some((paper, _))) => {
                let until = self.now + LOADING;
                (
                    until,
                    Some(Doing::Loading {
                        paper,
                        until,
                        job: None,
                    }),
                )
            }
            (Doing::Printing { .. }, Some(_)) => {
                self.machines[place].attended = true;
                return;
            }
            // Nothing to be done any more.
            _ => (self.now, None),
        };
        self.machines[place].attended = false;
        if let Some(doing) = doing {
            self.put(place, doing);
        }
        self.person = None;
        self.person_free = until;
    }

    fn figures(&self) -> Figures {
        let ended = self.fates.iter().filter_map(|fate| fate.ended);
        let jobs = || self.fates.iter().zip(&self.script.jobs);
        let waits: Vec<i64> = jobs().filter_map(|(fate, sent)| Some(fate.began? - sent.at)).collect();
        let is_late = |fate: &Fate, deadline: Option<i64>| match (fate.ended, deadline) {
            (Some(ended), Some(deadline)) => ended > deadline,
            (None, Some(_)) => true,
            _ => false,
        };
        Figures {
            printed: ended.clone().count(),
            end: ended.max().unwrap_or_default(),
            mean_wait: waits.iter().sum::<i64>() as f64 / waits.len().max(1) as f64,
            worst_wait: waits.iter().copied().max().unwrap_or_default(),
            changes: self.changes,
            refills: self.refills,
            reroutes: self.fates.iter().filter(|fate| fate.rerouted).count() as u32,
            late: jobs().filter(|(fate, sent)| is_late(fate, sent.deadline)).count() as u32,
        }
    }
}
