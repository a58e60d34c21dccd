//! Poisonous jobs: one that breaks Platen down again and again is put aside, so that the rest prints on. Pure.
//!
//! A breakdown while a job was prepared gives it a strike ([`strike`]). That is a panic in the press or on the way to the
//! printer, which is caught; or the death of the whole process while the job's attempt had not come further than
//! `opened` ([`died_at_work`]). A power cut also leaves such attempts and is nobody's fault: after one the machine has
//! another boot id. A clean stop writes none down.

use smol_str::{SmolStr, format_smolstr};
use uuid::Uuid;

use super::state::TRY_OR_LEAVE;
use crate::model::{AttemptPhase, Job};

/// So many strikes, and a person is asked.
pub const STRIKES: u32 = 2;
/// Why an attempt ended that broke down, continuing "waits to be tried again: …".
pub const WHY: &str = "Platen broke down while it prepared this job; please report it";

/// Counts a breakdown. Says whether the job is poisonous now.
pub fn strike(job: &mut Job) -> bool {
    job.strikes = job.strikes.saturating_add(1);
    is_poisonous(job)
}

/// Whether a person has to let it go on.
pub fn is_poisonous(job: &Job) -> bool {
    job.strikes >= STRIKES
}

/// What a person is asked.
pub fn question(job: &Job) -> SmolStr {
    let times = match job.strikes {
        2 => "twice".into(),
        times => format_smolstr!("{times} times"),
    };
    format_smolstr!(
        "Platen broke down {times} while it prepared this job, and nothing of it was printed; the other jobs print on. \
         {TRY_OR_LEAVE}"
    )
}

/// What is written down of the boot in which Platen runs; nothing after a clean stop, or where it is not known.
pub fn note(boot: Option<Uuid>) -> String {
    boot.map(|boot| boot.to_string()).unwrap_or_default()
}

/// Whether Platen died by itself while an attempt that is found open in this `phase` was prepared: its last `noted` boot
/// is the one that runs `now`.
pub fn died_at_work(phase: AttemptPhase, noted: &str, now: Option<Uuid>) -> bool {
    phase == AttemptPhase::Opened && now.is_some() && note(now) == noted
}

#[cfg(test)]
mod tests {
    use super::super::state::tests::pending;
    use super::*;

    #[test]
    fn two_strikes() {
        let mut job = pending();
        assert!(!strike(&mut job));
        assert!(strike(&mut job));
        assert!(question(&job).contains("broke down twice"));
        job.strikes = u32::MAX;
        assert!(strike(&mut job));
    }

    #[test]
    fn only_a_death_on_the_same_boot_while_it_was_prepared_counts() {
        let (boot, other) = (Some(Uuid::from_u128(1)), Some(Uuid::from_u128(2)));
        assert!(died_at_work(AttemptPhase::Opened, &note(boot), boot));
        assert!(!died_at_work(AttemptPhase::Opened, &note(boot), other), "a power cut");
        assert!(!died_at_work(AttemptPhase::Opened, &note(None), boot), "a clean stop");
        assert!(!died_at_work(AttemptPhase::Opened, &note(None), None), "nobody knows");
        for phase in [AttemptPhase::Sending, AttemptPhase::Sent, AttemptPhase::Closed] {
            assert!(!died_at_work(phase, &note(boot), boot), "it was prepared");
        }
    }
}
