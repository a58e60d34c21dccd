use proptest::prelude::*;

use super::*;
use crate::model::{JobId, NewInkEntry, PrinterId, Timestamp};

const ML: f64 = 1e6;

fn entry(id: usize, reason: InkReason, delta: i64) -> InkEntry {
    InkEntry {
        id: id as i64 + 1,
        entry: NewInkEntry {
            printer: PrinterId::new("gertie").unwrap(),
            channel: "PGY".into(),
            delta: Nanoliters(delta),
            reason,
            job: matches!(reason, InkReason::Job).then_some(JobId(1)),
            by: "platen".into(),
            note: "".into(),
            at: Timestamp(id as i64),
        },
    }
}

fn book(acts: &[(InkReason, i64)]) -> Vec<InkEntry> {
    let entries = acts.iter().enumerate();
    entries
        .map(|(id, (reason, delta))| entry(id, *reason, *delta))
        .collect()
}

fn told(level: i32) -> (InkReason, i64) {
    (InkReason::Reading { level }, 0)
}

fn job(ml: f64) -> (InkReason, i64) {
    (InkReason::Job, -(ml * ML) as i64)
}

fn account(acts: &[(InkReason, i64)]) -> Account {
    accounts(&[("PGY".into(), book(acts))].into(), TANK)["PGY"]
}

fn level(acts: &[(InkReason, i64)]) -> (f64, f64) {
    let level = account(acts).level.unwrap();
    (level.level.as_ml(), level.error.as_ml())
}

#[test]
fn the_first_level_lies_anywhere_in_what_is_shown() {
    let (ml, error) = level(&[told(30)]);
    assert!((ml - 24.0).abs() < 0.1, "{ml}");
    // Wide enough for 20 to 30 and for 30 to 40 per cent.
    assert!(ml - 2.0 * error <= 16.0 && ml + 2.0 * error >= 32.0, "{ml} ± {error}");
    assert_eq!(account(&[]).level, None);
    assert_eq!(account(&[told(-2), job(1.0), told(-3)]).level, None);
}

#[test]
fn a_step_is_a_fact_and_what_follows_is_booked() {
    let steps = [told(100), job(8.0), told(90), job(8.0), told(80), job(8.0), told(70)];
    let (at_step, error) = level(&steps);
    let (later, wider) = level(&[&steps[..], &[job(1.0)]].concat());
    assert!(
        (at_step - later - 1.0).abs() < 0.25 && wider > error * 0.9,
        "{at_step} {later}"
    );
}

#[test]
fn an_unknown_level_changes_nothing_and_a_rise_is_a_new_tank() {
    let before = [told(60), job(4.0), told(50)];
    assert_eq!(level(&before), level(&[&before[..], &[told(-2)]].concat()));
    let (full, error) = level(&[&before[..], &[told(100)]].concat());
    assert!(full > 76.0 && error < 4.0, "{full} ± {error}");
    let (used, _) = level(&[&before[..], &[told(80)]].concat());
    assert!((60.0..70.0).contains(&used), "{used}");
    // A step up and down again has trembled at its border.
    let (trembled, _) = level(&[&before[..], &[told(60)]].concat());
    assert!((40.0..50.0).contains(&trembled), "{trembled}");
}

#[test]
fn a_fitted_tank_is_full_whatever_was_left() {
    let fitted = (InkReason::Fitted, TANK.0);
    let (full, error) = level(&[told(20), fitted]);
    assert!(full > 79.0 && error < 2.0, "{full} ± {error}");
    let (same, _) = level(&[told(20), fitted, told(100)]);
    assert!(same > 76.0, "{same}");
    let (less, _) = level(&[told(20), fitted, job(3.0), (InkReason::WrittenOff, -2_000_000)]);
    assert!((less - 75.0).abs() < 0.1, "{less}");
}

#[test]
fn steps_teach_what_estimates_are_worth() {
    let mut acts = vec![told(100)];
    for shown in (10..100).step_by(10).rev() {
        // Booked 6.4 ml for each 8.
        acts.extend([job(3.2), job(3.2), told(shown)]);
    }
    let learned = account(&acts).calibration;
    assert!(
        (learned.factor - 1.25).abs() < 0.03 && learned.intervals == 8,
        "{learned:?}"
    );
    assert!(learned.spread < 0.08, "{learned:?}");
    // Use that nobody booked does not make it boundless.
    let mut wild = vec![told(100)];
    wild.extend((0..100).step_by(10).rev().map(told));
    let wild = account(&wild).calibration;
    assert!(wild.factor <= FACTOR.1, "{wild:?}");
}

#[test]
fn finer_steps_are_known_better() {
    let (_, coarse) = level(&[told(70)]);
    let (ml, fine) = level(&[told(71)]);
    assert!(fine < coarse / 5.0 && (ml - 56.8).abs() < 1.0, "{ml} ± {fine}");
}

#[test]
fn it_is_told_which_ink_may_run_out() {
    let mut books: BTreeMap<SmolStr, Vec<InkEntry>> = BTreeMap::new();
    books.insert("PGY".into(), book(&[told(70)]));
    books.insert("MBK".into(), book(&[told(10), job(4.0)]));
    let accounts = accounts(&books, TANK);
    let need = |channel: &str, ml: f64| {
        let need = Need {
            amount: Nanoliters((ml * ML) as i64),
            error: Nanoliters((ml * ML / 3.0) as i64),
        };
        (SmolStr::new(channel), need)
    };
    assert_eq!(enough(&accounts, &[need("PGY", 3.0)].into()), Enough::Yes);
    let both = [need("PGY", 3.0), need("MBK", 6.0)].into();
    let no = enough(&accounts, &both);
    assert!(
        matches!(&no, Enough::No { channel, short } if channel == "MBK" && short.0 > 0),
        "{no}"
    );
    let with_another = [need("PGY", 3.0), need("CO", 1.0)].into();
    assert_eq!(
        enough(&accounts, &with_another),
        Enough::Unknown { channel: "CO".into() }
    );
    assert_eq!(enough(&accounts, &[need("CO", 0.0)].into()), Enough::Yes);
}

fn any_act() -> impl Strategy<Value = (InkReason, i64)> {
    prop_oneof![
        4 => (0i64..5_000_000).prop_map(|nl| (InkReason::Job, -nl)),
        1 => (0i64..5_000_000).prop_map(|nl| (InkReason::Cleaning, -nl)),
        1 => (0i64..90_000_000).prop_map(|nl| (InkReason::Fitted, nl)),
        1 => (0i64..5_000_000).prop_map(|nl| (InkReason::WrittenOff, -nl)),
        4 => (0i32..=10).prop_map(|tens| told(tens * 10)),
        1 => (-5i32..=110).prop_map(told),
        1 => any::<i64>().prop_map(|nl| (InkReason::Job, nl)),
    ]
}

proptest! {
    /// Whatever stands in the books, a level lies in its tank and has an error that is one.
    #[test]
    fn levels_lie_in_their_tank(acts in proptest::collection::vec(any_act(), 0..80)) {
        let account = account_or_none(&acts);
        if let Some(InkLevel { level, error, capacity, .. }) = account.and_then(|a| a.level) {
            prop_assert!((0..=capacity.0).contains(&level.0), "{}", level);
            prop_assert!((0..=capacity.0).contains(&error.0), "{}", error);
        }
        if let Some(Account { calibration, .. }) = account {
            prop_assert!((FACTOR.0..=FACTOR.1).contains(&calibration.factor) && calibration.spread > 0.0);
        }
    }
}

fn account_or_none(acts: &[(InkReason, i64)]) -> Option<Account> {
    accounts(&[("PGY".into(), book(acts))].into(), TANK).remove("PGY")
}

/// A small generator of numbers (Marsaglia's xorshift64): the simulation has its own seed.
struct Dice(u64);

impl Dice {
    /// Between 0 and 1.
    fn roll(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.roll()
    }

    /// Roughly normal, with standard deviation 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.roll()).sum::<f64>() - 6.0
    }
}

/// A tank as it really is, and what its printer shows of it.
struct Tank {
    left: f64,
    above: f64,
    shown: i32,
    acts: Vec<(InkReason, i64)>,
}

impl Tank {
    fn show(&mut self) {
        let percent = self.left / TANK.0 as f64 * 100.0;
        let shown = ((percent - self.above) / 10.0).ceil().clamp(0.0, 10.0) as i32 * 10;
        if shown != self.shown {
            self.shown = shown;
            self.acts.push(told(shown));
        }
    }
}

/// Printers with twelve inks for some tanks each: estimates biased by up to a quarter and noisy by a quarter, a cleaning
/// of 1 ml now and then, one of the three rules. Tells how far the level is off, in ml, and how often by more than two
/// standard deviations, at moments after the first tank.
fn simulate(seed: u64) -> (Vec<f64>, f64) {
    let mut dice = Dice(seed);
    let (mut errors, mut surprises) = (Vec::new(), 0);
    for printer in 0..12 {
        let above = f64::from(printer % 3) * 5.0;
        let mut tanks: Vec<(f64, Tank)> = Vec::new();
        for _ in 0..12 {
            let mut tank = Tank {
                left: TANK.0 as f64,
                above,
                shown: -1,
                acts: vec![],
            };
            tank.show();
            tanks.push((dice.between(0.75, 1.25), tank));
        }
        for round in 0..900 {
            for (bias, tank) in &mut tanks {
                let (reason, really, booked) = if dice.roll() < 0.06 {
                    (InkReason::Cleaning, 1.0, 1.0)
                } else {
                    let really = dice.between(0.05, 0.6);
                    (
                        InkReason::Job,
                        really,
                        really * *bias * (1.0 + 0.25 * dice.normal()).max(0.1),
                    )
                };
                tank.left -= really * ML;
                tank.acts.push((reason, -(booked * ML) as i64));
                if tank.left <= 0.0 {
                    tank.left = TANK.0 as f64;
                }
                tank.show();
            }
            if round > 300 && round % 60 == 0 {
                let books = tanks.iter().enumerate();
                let books = books
                    .map(|(n, (_, tank))| (SmolStr::new(format!("{n:02}")), book(&tank.acts)))
                    .collect();
                for (account, (_, tank)) in accounts(&books, TANK).values().zip(&tanks) {
                    let level = account.level.unwrap();
                    let off = (level.level.0 as f64 - tank.left).abs();
                    surprises += usize::from(off > 2.0 * level.error.0 as f64);
                    errors.push(off / ML);
                }
            }
        }
    }
    errors.sort_by(f64::total_cmp);
    let share = surprises as f64 / errors.len() as f64;
    (errors, share)
}

/// A step alone leaves a median error of 2 ml; the books bring it below 0.6 ml, whichever rule the printer rounds by.
#[test]
fn a_simulated_tank_is_tracked() {
    let (errors, surprises) = simulate(0x5eed_1000);
    let at = |share: f64| errors[(errors.len() as f64 * share) as usize];
    let (median, p90) = (at(0.5), at(0.9));
    println!(
        "level off by {median:.2} ml (median), {p90:.2} ml (p90); beyond two sd in {:.1} %",
        surprises * 100.0
    );
    assert!(median < 0.6, "median {median} ml");
    assert!(p90 < 1.8, "p90 {p90} ml");
    assert!(surprises < 0.1, "{surprises}");
}
