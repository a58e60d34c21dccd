use proptest::prelude::*;

use super::*;
use ButtonRole::{Action, Cancel, Pause, Select, Setup};
use Gesture::{Calm, Chord, Double, Down, Flooded, Freed, Hold, LetGo, Press, Stuck};

/// Plays edges and lets time pass to the end. `step` ticks as often in between.
fn play(edges: &[(ButtonRole, bool, u64)], end: u64, step: Option<u64>) -> Vec<Gesture> {
    let mut gestures = Gestures::new(Timing::default());
    let mut told = Vec::new();
    let mut now = 0;
    for (button, down, at) in edges {
        if let Some(step) = step {
            while now + step < *at {
                now += step;
                told.extend(gestures.tick(now));
            }
        }
        told.extend(gestures.edge(*button, *down, *at));
    }
    told.extend(gestures.tick(end));
    told
}

/// The edges of presses: button, when, how long.
fn presses(of: &[(ButtonRole, u64, u64)]) -> Vec<(ButtonRole, bool, u64)> {
    let mut edges: Vec<_> = of
        .iter()
        .flat_map(|(button, at, long)| [(*button, true, *at), (*button, false, at + long)])
        .collect();
    edges.sort_by_key(|(.., at)| *at);
    edges
}

fn told(of: &[(ButtonRole, u64, u64)]) -> Vec<Gesture> {
    let end = of.iter().map(|(_, at, long)| at + long).max().unwrap_or(0) + 10_000;
    let mut told = play(&presses(of), end, None);
    told.retain(|gesture| !matches!(gesture, Down(_)));
    told
}

#[test]
fn each_gesture() {
    assert_eq!(told(&[(Select, 100, 80)]), [Press(Select)]);
    assert_eq!(told(&[(Pause, 100, 80)]), [Press(Pause)]);
    assert_eq!(told(&[(Pause, 100, 80), (Pause, 400, 80)]), [Double(Pause)]);
    assert_eq!(
        told(&[(Pause, 100, 80), (Pause, 600, 80)]),
        [Press(Pause), Press(Pause)]
    );
    // Select has no double presses: each counts.
    assert_eq!(told(&[(Select, 100, 80), (Select, 300, 80)]), [Press(Select); 2]);
    assert_eq!(told(&[(Cancel, 100, 2_500)]), [Hold(Cancel, 0), LetGo(Cancel, 0)]);
    assert_eq!(told(&[(Cancel, 100, 1_990)]), [Press(Cancel)]);
    assert_eq!(
        told(&[(Setup, 0, 12_000)]),
        [Hold(Setup, 0), Hold(Setup, 1), LetGo(Setup, 1)]
    );
    assert_eq!(told(&[(Select, 100, 900), (Action, 200, 900)]), [Chord(Select, Action)]);
    assert_eq!(
        told(&[(Select, 100, 900), (Action, 300, 900)]),
        [Press(Select), Press(Action)]
    );
    assert_eq!(told(&[(Select, 0, 70_000)]), [Stuck(Select), Freed(Select)]);
}

#[test]
fn bounces_are_no_presses_and_spikes_nothing() {
    let mut edges = Vec::new();
    for (n, at) in [100, 103, 105, 109, 110].into_iter().enumerate() {
        edges.push((Cancel, n % 2 == 0, at));
    }
    for (n, at) in [500, 502, 509].into_iter().enumerate() {
        edges.push((Cancel, n % 2 == 1, at));
    }
    assert_eq!(play(&edges, 3_000, None), [Down(Cancel), Press(Cancel)]);
    assert_eq!(play(&[(Cancel, true, 100), (Cancel, false, 115)], 3_000, None), []);
}

#[test]
fn a_release_that_is_about_to_settle_is_no_hold() {
    // Released 5 ms before the hold time, and settled after it.
    assert_eq!(told(&[(Cancel, 100, 1_995)]), [Press(Cancel)]);
    // A bounce at that moment only puts it off.
    let edges = [
        (Cancel, true, 100),
        (Cancel, false, 2_098),
        (Cancel, true, 2_103),
        (Cancel, false, 2_500),
    ];
    assert_eq!(
        play(&edges, 9_000, None),
        [Down(Cancel), Hold(Cancel, 0), LetGo(Cancel, 0)]
    );
}

#[test]
fn a_broken_switch_is_told_once_and_again_when_it_is_quiet() {
    let mut gestures = Gestures::new(Timing::default());
    let mut told = Vec::new();
    // Ten edges a millisecond, for three seconds.
    for n in 0..30_000u64 {
        told.extend(gestures.edge(Cancel, n % 2 == 0, 1_000 + n / 10));
    }
    assert_eq!(told, [Flooded(Cancel)]);
    assert_eq!(gestures.tick(20_000), [Calm(Cancel)]);
    told.clear();
    told.extend(gestures.edge(Cancel, true, 30_000));
    told.extend(gestures.edge(Cancel, false, 30_100));
    told.extend(gestures.tick(40_000));
    assert_eq!(told, [Down(Cancel), Press(Cancel)]);
}

#[test]
fn a_flood_that_ends_with_the_button_down_holds_nothing() {
    let mut gestures = Gestures::new(Timing::default());
    let mut told = Vec::new();
    for n in 0..1_001u64 {
        told.extend(gestures.edge(Setup, n % 2 == 0, 1_000 + n / 10));
    }
    told.extend(gestures.tick(50_000));
    assert_eq!(told, [Flooded(Setup), Calm(Setup)]);
    assert_eq!(gestures.edge(Setup, false, 50_500), []);
    assert_eq!(gestures.tick(51_000), []);
}

#[test]
fn other_buttons_work_while_one_floods() {
    let mut gestures = Gestures::new(Timing::default());
    let mut told = Vec::new();
    for n in 0..3_000u64 {
        told.extend(gestures.edge(Cancel, n % 2 == 0, n));
        if n == 1_000 || n == 1_100 {
            told.extend(gestures.edge(Select, n == 1_000, n));
        }
    }
    assert_eq!(told, [Flooded(Cancel), Down(Select), Press(Select)]);
}

/// A press as a hand makes it: how long before it nothing happens, how long it lasts, and its bounces.
#[derive(Debug, Clone)]
struct Hand {
    gap: u64,
    long: u64,
    bounces: Vec<u64>,
}

fn hand() -> impl Strategy<Value = Hand> {
    // Not within a settling time of a limit, where either is right.
    let gap = prop_oneof![60u64..320, 400u64..3_000];
    let long = prop_oneof![
        60u64..1_400,
        1_550u64..1_950,
        2_050u64..9_900,
        10_100u64..19_900,
        20_100u64..50_000
    ];
    (gap, long, proptest::collection::vec(1u64..8, 0..3)).prop_map(|(gap, long, bounces)| Hand { gap, long, bounces })
}

/// The edges of one press that begins at `at`, and when it has begun and ended for good.
fn bounced(button: ButtonRole, hand: &Hand, at: u64, edges: &mut Vec<(ButtonRole, bool, u64)>) -> (u64, u64) {
    let mut now = at;
    let mut level = |down: bool, now: &mut u64| {
        edges.push((button, down, *now));
        for bounce in &hand.bounces {
            *now += bounce;
            edges.push((button, !down, *now));
            *now += bounce;
            edges.push((button, down, *now));
        }
    };
    level(true, &mut now);
    let begun = now;
    now += hand.long;
    level(false, &mut now);
    (begun, now)
}

/// What a person would say that a hand did, by another way than the machine's.
fn meant(button: ButtonRole, spans: &[(u64, u64)], timing: &Timing) -> Vec<Gesture> {
    let mut told = Vec::new();
    let mut n = 0;
    while let Some((begun, ended)) = spans.get(n) {
        n += 1;
        let long = ended - begun;
        let stages = (timing.holds)(button).iter().filter(|hold| **hold < long).count();
        told.push(Down(button));
        if stages > 0 {
            told.extend((0..stages).map(|stage| Hold(button, stage as u8)));
            told.push(LetGo(button, stages as u8 - 1));
            continue;
        }
        let next = spans
            .get(n)
            .filter(|(at, _)| timing.doubles.contains(&button) && *at <= ended + timing.double);
        match next {
            // A second one of any length: these buttons have no hold times.
            Some(_) => {
                n += 1;
                told.extend([Down(button), Double(button)]);
            }
            None => told.push(Press(button)),
        }
    }
    told
}

proptest! {
    #[test]
    fn no_gesture_is_lost_or_doubled(
        all in proptest::collection::vec((0usize..5, hand()), 1..20),
        step in proptest::option::of(1u64..400),
    ) {
        // Each button has a time line of its own; they are pressed across each other, but for the chord's two.
        let timing = Timing { chords: &[], ..Timing::default() };
        let mut edges = Vec::new();
        let mut clock = [0u64; 5];
        let mut spans: [Vec<(u64, u64)>; 5] = Default::default();
        for (which, hand) in &all {
            let at = clock[*which] + hand.gap + 30;
            let span = bounced(ButtonRole::ALL[*which], hand, at, &mut edges);
            clock[*which] = span.1;
            spans[*which].push(span);
        }
        edges.sort_by_key(|(.., at)| *at);
        let mut gestures = Gestures::new(timing.clone());
        let (mut told, mut now) = (Vec::new(), 0);
        for (button, down, at) in edges {
            while let Some(step) = step.filter(|step| now + step < at) {
                now += step;
                told.extend(gestures.tick(now));
            }
            told.extend(gestures.edge(button, down, at));
        }
        told.extend(gestures.tick(u64::MAX / 2));
        for (button, spans) in ButtonRole::ALL.into_iter().zip(&spans) {
            let of: Vec<Gesture> = told.iter().copied().filter(|g| about(*g) == button).collect();
            prop_assert_eq!(of, meant(button, spans, &timing));
        }
    }

    #[test]
    fn when_it_is_asked_changes_nothing(
        edges in proptest::collection::vec((0usize..5, any::<bool>(), 0u64..3_000), 0..60),
        step in 1u64..500,
    ) {
        let mut at = 0;
        let edges: Vec<_> = edges
            .into_iter()
            .map(|(which, down, after)| {
                at += after;
                (ButtonRole::ALL[which], down, at)
            })
            .collect();
        prop_assert_eq!(play(&edges, at + 200_000, None), play(&edges, at + 200_000, Some(step)));
    }

    #[test]
    fn whatever_comes_is_bounded_and_no_hold_is_told_before_its_time(
        edges in proptest::collection::vec((0usize..5, any::<bool>(), 0u64..40), 0..2_000),
    ) {
        let mut gestures = Gestures::new(Timing::default());
        let (mut at, mut told) = (0, Vec::new());
        let mut since: [Option<u64>; 5] = [None; 5];
        for (which, down, after) in edges {
            at += after;
            let button = ButtonRole::ALL[which];
            let new = gestures.edge(button, down, at);
            for gesture in &new {
                if let Hold(button, stage) = gesture {
                    let down_since = since[*button as usize];
                    let long = holds(*button)[usize::from(*stage)];
                    prop_assert!(down_since.is_some_and(|since| at - since >= long), "{gesture:?}");
                }
            }
            told.extend(new);
            // Lets go of what a bounce may have hidden: the time is counted from the first edge of a doubtful span.
            match (down, since[which]) {
                (true, None) => since[which] = Some(at),
                (false, _) if gestures.states[which].down => {}
                (false, _) => since[which] = None,
                _ => {}
            }
        }
        let floods = told.iter().filter(|g| matches!(g, Flooded(_))).count();
        let calms = told.iter().filter(|g| matches!(g, Calm(_))).count();
        prop_assert!(floods <= calms + 5);
        // A press takes two settling times.
        prop_assert!(told.len() as u64 <= 4 * 5 * (at / 40 + 2));
    }
}

fn about(gesture: Gesture) -> ButtonRole {
    match gesture {
        Down(b) | Press(b) | Double(b) | Chord(b, _) | Hold(b, _) | LetGo(b, _) => b,
        Stuck(b) | Freed(b) | Flooded(b) | Calm(b) => b,
    }
}
