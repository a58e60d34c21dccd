//! The rules that are compared: Platen's own plan, first come first served, and a class of CUPS.

use std::sync::Arc;

use super::script::PRINTERS;
use super::world::{Doing, FEEDER, World};
use crate::model::{Destination, Details, JobId, PrinterId, PrinterState, PrinterStatus, Timestamp};
use crate::queue::plan::{LoadWanted, LoadedMedia, PlanPrinter, Policy, Snapshot, WaitingJob, plan};

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// [`plan`], as the daemon runs it.
    Platen,
    /// The job that came first goes to a free printer, if there is a choice to one that has its paper.
    FirstCome,
    /// As a class of CUPS: the job that came first goes to the next idle printer in turn, whatever paper it has.
    Class,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 3] = [Rule::Platen, Rule::FirstCome, Rule::Class];

    /// What the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Platen => "Platen's plan",
            Rule::FirstCome => "first come first served",
            Rule::Class => "class of CUPS",
        }
    }
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Orders {
    /// Job and printer.
    pub begin: Vec<(usize, usize)>,
    /// The paper that each printer asks for before it is given a job, and since when.
    pub wanted: Vec<Option<(usize, i64)>>,
    /// When to look again at the latest.
    pub wake_at: Option<i64>,
}

/// A rule with what it remembers.
pub struct Rules {
    rule: Rule,
    policy: Policy,
    ids: Vec<PrinterId>,
    /// Whose turn it is.
    turn: usize,
}

impl Rules {
    pub fn new(rule: Rule, policy: Policy) -> Self {
        Rules {
            rule,
            policy,
            ids: PRINTERS
                .iter()
                .filter_map(|name| PrinterId::from_name(name).ok())
                .collect(),
            turn: 0,
        }
    }

    pub fn decide(&mut self, world: &World) -> Orders {
        match self.rule {
            Rule::Platen => self.plan(world),
            Rule::FirstCome | Rule::Class => self.in_order(world),
        }
    }

    fn in_order(&mut self, world: &World) -> Orders {
        let count = world.machines.len();
        let mut orders = Orders {
            wanted: vec![None; count],
            ..Orders::default()
        };
        let mut free: Vec<usize> = (0..count).filter(|m| world.is_free(*m)).collect();
        for job in waiting(world) {
            let chosen = match self.rule {
                Rule::Class => (0..count).map(|n| (self.turn + n) % count).find(|m| free.contains(m)),
                _ => {
                    let has_paper = free.iter().find(|m| world.is_ready_for(**m, job));
                    has_paper.or(free.first()).copied()
                }
            };
            let Some(machine) = chosen else {
                break;
            };
            self.turn = machine + 1;
            free.retain(|m| *m != machine);
            orders.begin.push((job, machine));
        }
        orders
    }

    fn plan(&self, world: &World) -> Orders {
        let made = plan(&self.snapshot(world), Timestamp(world.now));
        let place = |id: &PrinterId| self.ids.iter().position(|known| known == id);
        let mut wanted = vec![None; world.machines.len()];
        for load in &made.loads {
            let paper = world.script.papers.iter().position(|paper| {
                paper.media.size == load.media.size && paper.media.media_type == load.media.media_type
            });
            if let (Some(machine), Some(paper)) = (place(&load.printer), paper) {
                wanted[machine] = Some((paper, load.since.0));
            }
        }
        let begin = made.assignments.iter().filter_map(|a| {
            let job = usize::try_from(a.job.0 - 1).ok()?;
            Some((job, place(&a.printer)?))
        });
        Orders {
            begin: begin.collect(),
            wanted,
            wake_at: made.wake_at.map(|at| at.0),
        }
    }

    fn snapshot(&self, world: &World) -> Snapshot {
        let jobs = waiting(world).map(|place| {
            let sent = &world.script.jobs[place];
            WaitingJob {
                id: JobId(place as i64 + 1),
                priority: sent.priority,
                rank: 0,
                destination: Destination::Pool,
                media: world.script.papers[sent.paper].media.clone(),
                resolution: None,
                sheets: sent.sheets,
                work_ms: sent.work_ms,
                since: Timestamp(sent.at),
                deadline: sent.deadline.map(Timestamp),
                not_before: None,
                avoid: Vec::new(),
                edition_on: None,
                paper: None,
                ink: Arc::new([]),
                routine: false,
            }
        });
        Snapshot {
            jobs: jobs.collect(),
            stranded: Vec::new(),
            pool_prints: true,
            pools: Vec::new(),
            paused: Vec::new(),
            printers: (0..world.machines.len())
                .map(|place| self.printer(world, place))
                .collect(),
            papers: Vec::new(),
            policy: self.policy,
        }
    }

    fn printer(&self, world: &World, place: usize) -> PlanPrinter {
        let machine = &world.machines[place];
        let media = |paper: usize| world.script.papers[paper].media.clone();
        // Whoever loads says so first: the printer is given nothing meanwhile, and what it will have is known.
        let (paper, sheets) = match machine.doing {
            Doing::Loading { paper, .. } => (paper, FEEDER),
            _ => (machine.paper, machine.sheets),
        };
        let (state, reachable) = match machine.doing {
            Doing::Nothing => (PrinterState::Idle, true),
            Doing::Off { .. } => (PrinterState::Stopped, false),
            Doing::Jammed { .. } | Doing::Cleared { .. } => (PrinterState::Stopped, true),
            _ => (PrinterState::Processing, true),
        };
        let busy_with = match machine.doing {
            Doing::Printing { job, .. } => Some(JobId(job as i64 + 1)),
            Doing::Loading { .. } => Some(JobId(0)),
            _ => None,
        };
        PlanPrinter {
            id: self.ids[place].clone(),
            name: PRINTERS[place].into(),
            status: Some(PrinterStatus {
                state,
                reasons: Vec::new(),
                message: Default::default(),
                accepting: true,
                markers: Vec::new(),
                media_ready: Vec::new(),
                details: Details::default(),
                reachable,
                at: Timestamp(world.now),
            }),
            status_since: Some(Timestamp(machine.since)),
            media: Vec::new(),
            media_types: Vec::new(),
            resolutions: Vec::new(),
            borderless: None,
            profiles: None,
            loaded: Some(vec![LoadedMedia {
                media: media(paper),
                sheets: Some(sheets),
            }]),
            last_media: None,
            ink: Vec::new(),
            busy_with,
            prints: true,
            resting: None,
            windows: Vec::new(),
            last_used: machine.used.map(Timestamp),
            wanted: machine.wanted.map(|(paper, since)| LoadWanted {
                media: media(paper),
                since: Timestamp(since),
            }),
        }
    }
}

/// The jobs that wait, in the order in which they came.
fn waiting(world: &World) -> impl Iterator<Item = usize> {
    world
        .fates
        .iter()
        .enumerate()
        .filter(|(_, fate)| fate.waits)
        .map(|(place, _)| place)
}
