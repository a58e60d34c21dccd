//! `platen simulate-day`: a day of a studio in virtual time, by the real plan and by the rules that others use, on the
//! same seeds. Nothing in it reads a clock.
//!
//! Two printers with one feeder each, one person who loads paper and clears jams, six papers. What it leaves out: ink,
//! stock, and that people go home.

mod rules;
mod script;
mod world;

use clap::Args;

use crate::queue::plan::Policy;
use rules::Rule;
use script::{MINUTE, Script};
use world::{Figures, run};

/// What can be chosen.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The first seed; the day is the same for the same seed
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many days, of this seed and those that follow
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    seeds: u64,
    /// Jobs of a day
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=20_000))]
    jobs: u32,
    /// Hours in which they come
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=240))]
    hours: u32,
}

/// A day by every rule, in the order of [`Rule::ALL`].
fn day(seed: u64, options: &Options) -> Vec<Figures> {
    let script = Script::of(seed, options.jobs as usize, options.hours);
    let policy = Policy::default();
    Rule::ALL.iter().map(|rule| run(&script, *rule, &policy)).collect()
}

fn minutes(ms: f64) -> f64 {
    ms / MINUTE as f64
}

/// Runs the days; gives the table, and on how many days the plan was better than both others in mean wait and in changes
/// of paper.
pub fn table(options: &Options) -> (String, u64) {
    use std::fmt::Write as _;
    let mut text = format!(
        "{} jobs within {} hours, two printers, one person\n\n| seed | rule | printed | jobs an hour | mean wait, min | \
         worst wait, min | paper changes | refills | reroutes | deadlines missed |\n|---|---|---|---|---|---|---|---|---|---|\n",
        options.jobs, options.hours
    );
    let mut better = 0;
    for seed in (0..options.seeds).map(|n| options.seed.wrapping_add(n)) {
        let figures = day(seed, options);
        for (rule, day) in Rule::ALL.iter().zip(&figures) {
            let hours = day.end as f64 / (60.0 * MINUTE as f64);
            // Writing into a String can't fail.
            let _ = writeln!(
                text,
                "| {seed} | {} | {} | {:.1} | {:.1} | {:.0} | {} | {} | {} | {} |",
                rule.name(),
                day.printed,
                day.printed as f64 / hours.max(1e-9),
                minutes(day.mean_wait),
                minutes(day.worst_wait as f64),
                day.changes,
                day.refills,
                day.reroutes,
                day.late
            );
        }
        let beats = |other: &Figures| figures[0].mean_wait < other.mean_wait && figures[0].changes < other.changes;
        better += u64::from(figures[1..].iter().all(beats));
    }
    let _ = writeln!(
        text,
        "\nThe plan waits less and changes less paper than both others on {better} of {} days.",
        options.seeds
    );
    (text, better)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn options(jobs: u32) -> Options {
        Options {
            seed: 1,
            seeds: 10,
            jobs,
            hours: 24,
        }
    }

    #[test]
    fn the_plan_beats_the_others_on_ten_seeds() {
        let (table, better) = table(&options(1000));
        assert_eq!(better, 10, "{table}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn every_job_is_printed_once_by_every_rule_and_the_plan_is_better_on_any_seed(seed in any::<u64>()) {
            let figures = day(seed, &options(1000));
            for day in &figures {
                prop_assert_eq!(day.printed, 1000);
            }
            for other in &figures[1..] {
                prop_assert!(figures[0].mean_wait < other.mean_wait && figures[0].changes < other.changes, "{:?}", figures);
            }
            prop_assert_eq!(&figures, &day(seed, &options(1000)), "the same seed is the same day");
        }
    }
}
