//! Generated histories of several jobs and printers, with attempts opened and closed as the runner and the deliveries do:
//! no job is lost, none is in two places, no attempt is open at rest, and what has ended stays so.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::tests::{document, pending};
use super::*;
use crate::model::{Avoid, Hold, HoldUntil, JobId, TroubleClass};
use crate::queue::settle;

#[derive(Debug, Clone)]
enum Act {
    /// The plan gave the job to this printer.
    Start(usize),
    Progress(Progress),
    Finish(Ending),
    Cancel,
    PrintAgain,
    Spoiled,
    Done,
    Ready,
    Close,
    TimeOut,
    Hold(Option<i64>),
    Release,
    HoldOver,
    Restart,
    Resume,
    Edit(u32),
    CancelDocument,
    CapabilitiesChange(usize),
    GiveUp,
}

fn printers() -> [PrinterId; 3] {
    ["gertie", "squirty", "spare"].map(|name| PrinterId::new(name).unwrap())
}

fn any_ending() -> impl Strategy<Value = Ending> {
    let class = prop::sample::select(TroubleClass::ALL.to_vec());
    let reason = JobReason::DocumentFormatError;
    prop_oneof![
        2 => Just(Ending::Completed { impressions: None }),
        6 => class.prop_map(|class| Ending::Retry { why: "no".into(), class }),
        2 => Just(Ending::Refused { why: "no such format".into(), reason }),
        3 => Just(Ending::Ask { why: "?".into() }),
        1 => Just(Ending::Canceled { why: "x".into() }),
        1 => Just(Ending::Failed { why: "x".into(), reason }),
        1 => Just(Ending::Suspended),
    ]
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0usize..3).prop_map(Act::Start),
        2 => Just(Act::Progress(Progress::Outgoing)),
        2 => (0u32..3).prop_map(|n| Act::Progress(Progress::Printing { impressions: Some(n) })),
        1 => Just(Act::Progress(Progress::Stopped { why: "jam".into(), impressions: Some(1) })),
        8 => any_ending().prop_map(Act::Finish),
        1 => Just(Act::Cancel),
        1 => Just(Act::PrintAgain),
        2 => Just(Act::Spoiled),
        1 => Just(Act::Done),
        1 => Just(Act::Ready),
        1 => Just(Act::Close),
        1 => Just(Act::TimeOut),
        2 => proptest::option::of(0i64..60).prop_map(Act::Hold),
        1 => Just(Act::Release),
        1 => Just(Act::HoldOver),
        2 => Just(Act::Restart),
        1 => Just(Act::Resume),
        1 => (1u32..9).prop_map(Act::Edit),
        1 => Just(Act::CancelDocument),
        1 => (0usize..3).prop_map(Act::CapabilitiesChange),
        1 => Just(Act::GiveUp),
    ]
}

/// Jobs, and which printer each open attempt is at: what the store keeps.
struct House {
    jobs: Vec<Job>,
    open: BTreeMap<JobId, PrinterId>,
    /// Whether a sheet may lie in a printer, and nobody has answered.
    unanswered: BTreeMap<JobId, bool>,
}

impl House {
    fn new(jobs: usize) -> House {
        let job = |n| Job {
            id: JobId(n),
            documents: vec![document(1), document(2)],
            message: "waits in the queue".into(),
            ..pending()
        };
        let mut jobs: Vec<Job> = (1..=jobs as i64).map(job).collect();
        // The last one is still incoming.
        if let Some(last) = jobs.last_mut() {
            last.state = JobState::PendingHeld;
            last.reasons = vec![JobReason::JobIncoming];
            last.incoming_until = Some(Timestamp(30));
        }
        House {
            jobs,
            open: BTreeMap::new(),
            unanswered: BTreeMap::new(),
        }
    }

    /// One transaction: the job and its attempt change together, or neither.
    fn act(&mut self, which: usize, act: &Act, now: Timestamp) -> Result<(), Refusal> {
        let printers = printers();
        let at = which % self.jobs.len();
        let id = self.jobs[at].id;
        let mut job = self.jobs[at].clone();
        match act {
            Act::Start(n) => {
                let printer = &printers[*n];
                // The plan gives a printer one job, and none that avoids it; the schema keeps the first.
                let is_free = !self.open.values().any(|p| p == printer);
                if !is_free || job.avoids(printer, now).is_some() {
                    return Ok(());
                }
                start(&mut job, (printer, "Gertie"), now)?;
                self.open.insert(id, printer.clone());
            }
            Act::Progress(p) => progress(&mut job, "Gertie", p).map(drop)?,
            Act::Finish(ending) => {
                let Some(printer) = self.open.get(&id) else {
                    return finish(&mut job, "Gertie", ending, now).map(drop);
                };
                let ending = settle::among(ending.clone(), &job, printer, &printers);
                finish(&mut job, "Gertie", &ending, now)?;
                self.open.remove(&id);
                let may_lie = matches!(ending, Ending::Ask { .. });
                self.unanswered.insert(id, may_lie);
            }
            Act::Cancel => cancel(&mut job, now)?,
            Act::PrintAgain => answer_print_again(&mut job)?,
            Act::Spoiled => answer_spoiled(&mut job)?,
            Act::Done => answer_done(&mut job, now)?,
            Act::Ready => ready(&mut job)?,
            Act::Close => close(&mut job, now)?,
            Act::Hold(over) => set_hold(
                &mut job,
                Some(Hold {
                    until: HoldUntil::Indefinite,
                    over: over.map(Timestamp),
                    offset: 0,
                }),
            )?,
            Act::Release => release(&mut job)?,
            Act::HoldOver => hold_over(&mut job, now)?,
            Act::TimeOut => incoming_timed_out(&mut job, now)?,
            Act::Restart => restart(&mut job, None)?,
            Act::Resume => resume(&mut job)?,
            Act::Edit(copies) => edit(&mut job, |job| job.ticket.copies.value = *copies)?,
            Act::CancelDocument => cancel_document(&mut job, 1, now)?,
            Act::CapabilitiesChange(n) => {
                capabilities_changed(&mut job, &printers[*n]);
            }
            Act::GiveUp => refused_everywhere(&mut job, &printers, now)?,
        }
        if matches!(
            act,
            Act::PrintAgain | Act::Spoiled | Act::Done | Act::Release | Act::Restart
        ) {
            self.unanswered.remove(&id);
        }
        self.jobs[at] = job;
        Ok(())
    }

    fn check(&self) -> Result<(), TestCaseError> {
        for job in &self.jobs {
            prop_assert_eq!(
                job.has_attempt(),
                self.open.contains_key(&job.id),
                "in one place: {:?}",
                job
            );
            if let Some(printer) = self.open.get(&job.id) {
                prop_assert_eq!(job.printer.as_ref(), Some(printer));
            }
            prop_assert_eq!(job.state.is_terminal(), job.completed.is_some());
            prop_assert!(!job.reasons.is_empty() && !job.message.is_empty());
            prop_assert!(job.question.is_none() || job.state == JobState::PendingHeld);
            prop_assert!(job.hold.is_none() || job.state == JobState::PendingHeld);
            prop_assert!(job.avoid.len() <= Avoid::MOST);
            prop_assert!(job.state != JobState::Pending || job.strikes < crate::queue::poison::STRIKES);
            // A job that waits can go on: by itself, by its time, or by an answer.
            let why_held = job.hold.is_some() || job.incoming_until.is_some() || job.question.is_some();
            prop_assert!(
                job.state != JobState::PendingHeld || why_held,
                "held for nothing: {:?}",
                job
            );
            if self.unanswered.get(&job.id) == Some(&true) {
                let waits_or_over = job.state == JobState::PendingHeld || job.state.is_terminal();
                prop_assert!(waits_or_over, "sent again without an answer: {:?}", job);
            }
        }
        let at: std::collections::BTreeSet<_> = self.open.values().collect();
        prop_assert_eq!(at.len(), self.open.len(), "a printer has one job");
        Ok(())
    }
}

proptest! {
    #[test]
    fn no_history_breaks_the_rules(
        jobs in 1usize..5,
        acts in proptest::collection::vec((0usize..5, any_act()), 0..120),
        last in any_ending(),
    ) {
        let mut house = House::new(jobs);
        for (n, (which, act)) in acts.into_iter().enumerate() {
            // Some of the waits pass, some do not.
            let now = Timestamp(n as i64 * 700);
            let before = house.jobs.clone();
            let result = house.act(which, &act, now);
            prop_assert_eq!(house.jobs.len(), jobs, "none is lost");
            let changed = before.iter().zip(&house.jobs).filter(|(a, b)| a != b);
            for (before, _) in changed {
                prop_assert!(result.is_ok(), "a refusal changes nothing");
                let is_restart = matches!(act, Act::Restart);
                prop_assert!(!before.state.is_terminal() || is_restart, "{:?} of a job that has ended", act);
            }
            for (before, after) in before.iter().zip(&house.jobs) {
                prop_assert!(after.spoiled_sheets >= before.spoiled_sheets);
                prop_assert_eq!((after.id, &after.name), (before.id, &before.name));
            }
            house.check()?;
        }
        // Every delivery comes to its end: then nothing is open, and nobody is at work.
        for id in house.open.keys().copied().collect::<Vec<_>>() {
            let at = house.jobs.iter().position(|j| j.id == id).unwrap();
            prop_assert!(house.act(at, &Act::Finish(last.clone()), Timestamp(1_000_000)).is_ok());
        }
        house.check()?;
        prop_assert!(house.open.is_empty());
        prop_assert!(house.jobs.iter().all(|j| !j.state.is_active() || j.is_suspended()));
    }
}
