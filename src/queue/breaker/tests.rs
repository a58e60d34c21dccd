use proptest::prelude::*;

use super::*;

fn failure() -> Outcome {
    Outcome::Failure {
        why: "the connection tore".into(),
    }
}

fn failed(times: usize, now: Timestamp) -> Breaker {
    (0..times).fold(Breaker::default(), |breaker, _| breaker.after(&failure(), now))
}

fn until(breaker: &Breaker, now: Timestamp) -> Option<i64> {
    match breaker.admits(now) {
        Admission::No { until, .. } => Some(until.0 - now.0),
        Admission::Yes | Admission::Probe => None,
    }
}

#[test]
fn three_failures_open_it_and_a_success_between_does_not() {
    let now = Timestamp(1_000);
    assert_eq!(failed(2, now).admits(now), Admission::Yes);
    assert_eq!(until(&failed(3, now), now), Some(SHORTEST_MS));
    let between = failed(2, now).after(&Outcome::Success, now);
    assert_eq!(
        between.after(&failure(), now).after(&failure(), now).admits(now),
        Admission::Yes
    );
    // Far apart.
    let slow = (0..9).fold(Breaker::default(), |b, n| b.after(&failure(), Timestamp(n * WINDOW_MS)));
    assert_eq!(slow.admits(Timestamp(9 * WINDOW_MS)), Admission::Yes);
}

#[test]
fn it_comes_back_by_one_probe() {
    let opened = Timestamp(1_000);
    let breaker = failed(3, opened);
    let early = breaker.clone().after(&Outcome::Healthy, opened.plus_ms(10_000));
    assert!(until(&early, opened.plus_ms(10_000)).is_some(), "its time is not over");
    let later = opened.plus_ms(SHORTEST_MS);
    assert!(until(&breaker, later).is_some(), "nobody has seen that it is well");
    let well = breaker.after(&Outcome::Healthy, later);
    assert_eq!(well.admits(later), Admission::Probe);
    let unwell = well.clone().after(&Outcome::Unwell, later);
    assert!(until(&unwell, later).is_some());
    let probing = well.begun(later);
    assert!(until(&probing, later).is_some(), "one is enough");
    let closed = probing.clone().after(&Outcome::Success, later);
    assert_eq!(closed, Breaker::default());
    // The second time it takes twice as long.
    assert_eq!(
        until(&probing.clone().after(&failure(), later), later),
        Some(2 * SHORTEST_MS)
    );
    // A probe that was canceled tells nothing.
    assert_eq!(probing.after(&Outcome::Neutral, later).admits(later), Admission::Probe);
}

#[test]
fn it_doubles_up_to_a_quarter_of_an_hour() {
    let mut now = Timestamp(0);
    let mut breaker = failed(3, now);
    let mut waits = vec![];
    for _ in 0..8 {
        let wait = until(&breaker, now).unwrap();
        waits.push(wait / 1_000);
        now = now.plus_ms(wait);
        breaker = breaker.after(&Outcome::Healthy, now).begun(now).after(&failure(), now);
    }
    assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900, 900]);
}

#[test]
fn a_busy_printer_rests_and_is_not_blamed() {
    let now = Timestamp(1_000);
    let busy = (0..20).fold(Breaker::default(), |b, _| b.after(&Outcome::Busy, now));
    assert_eq!(until(&busy, now), Some(5_000));
    assert!(!busy.is_open());
    assert_eq!(busy.admits(now.plus_ms(5_000)), Admission::Yes);
}

#[test]
fn what_counts() {
    let why = SmolStr::new_static("x");
    for (trouble, counts) in [
        (TroubleClass::Offline, true),
        (TroubleClass::Protocol, true),
        (TroubleClass::Device, true),
        (TroubleClass::Untaken, true),
        (TroubleClass::Unavailable, true),
        (TroubleClass::Busy, false),
        (TroubleClass::JobBad, false),
        (TroubleClass::NotAccepting, false),
        (TroubleClass::PaperOut, false),
        (TroubleClass::Render, false),
        (TroubleClass::House, false),
        (TroubleClass::Crash, false),
    ] {
        let outcome = Outcome::of_trouble(trouble, &why);
        assert_eq!(matches!(outcome, Outcome::Failure { .. }), counts, "{trouble:?}");
    }
}

#[test]
fn a_clock_that_is_put_back_keeps_no_printer_out() {
    let opened = Timestamp(10 * 365 * 86_400_000);
    let breaker = failed(3, opened).after(&Outcome::Healthy, Timestamp(5));
    assert_eq!(breaker.admits(Timestamp(5)), Admission::Probe);
    let rests = Breaker::default().after(&Outcome::Busy, opened);
    assert_eq!(rests.admits(Timestamp(5)), Admission::Yes);
}

#[test]
fn it_is_kept_as_json_and_a_probe_of_an_earlier_life_is_over() {
    let now = Timestamp(1_000);
    let later = now.plus_ms(SHORTEST_MS);
    let probing = failed(3, now).after(&Outcome::Healthy, later).begun(later);
    let text = serde_json::to_string(&probing).unwrap();
    let back: Breaker = serde_json::from_str(&text).unwrap();
    assert_eq!(back, probing);
    let restored = back.restored(later).after(&Outcome::Healthy, later);
    assert_eq!(restored.admits(later), Admission::Probe);
}

#[derive(Debug, Clone)]
enum Act {
    Tell(Outcome),
    Begin,
    Pass(i64),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => Just(Act::Tell(failure())),
        1 => Just(Act::Tell(Outcome::Success)),
        1 => Just(Act::Tell(Outcome::Busy)),
        1 => Just(Act::Tell(Outcome::Neutral)),
        2 => Just(Act::Tell(Outcome::Healthy)),
        1 => Just(Act::Tell(Outcome::Unwell)),
        4 => Just(Act::Begin),
        3 => (0i64..2 * LONGEST_MS).prop_map(Act::Pass),
    ]
}

proptest! {
    /// One job at a time, as the queue gives them, each with one outcome.
    #[test]
    fn never_two_probes_and_always_back_again(acts in proptest::collection::vec(any_act(), 0..80)) {
        let mut now = Timestamp(0);
        let mut breaker = Breaker::default();
        let mut twin = Breaker::default();
        let mut probe: Option<Timestamp> = None;
        for act in acts {
            match &act {
                Act::Tell(outcome) => {
                    breaker = breaker.after(outcome, now);
                    twin = twin.after(outcome, now);
                    if !matches!(outcome, Outcome::Healthy | Outcome::Unwell) {
                        probe = None;
                    }
                }
                Act::Begin => {
                    let admission = breaker.admits(now);
                    let over = |since: Timestamp| now.0 >= since.0 + PROBE_MS;
                    if probe.is_some_and(|since| !over(since)) {
                        prop_assert_ne!(&admission, &Admission::Probe, "two at once");
                    }
                    if admission == Admission::Probe {
                        probe = Some(now);
                        breaker = breaker.begun(now);
                        twin = twin.begun(now);
                    }
                }
                Act::Pass(ms) => now = now.plus_ms(*ms),
            }
            prop_assert_eq!(&breaker, &twin, "the same history, the same breaker");
            if let Admission::No { until, .. } = breaker.admits(now) {
                prop_assert!(now < until && until.0 <= now.0 + PROBE_MS.max(LONGEST_MS));
            }
        }
        // Left alone and well, it is let in again.
        let late = now.plus_ms(PROBE_MS.max(LONGEST_MS));
        let well = breaker.after(&Outcome::Healthy, late);
        let kept_out = matches!(well.admits(late), Admission::No { .. });
        prop_assert!(!kept_out);
    }
}
