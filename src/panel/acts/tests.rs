use proptest::prelude::*;

use super::*;
use crate::panel::facts::How;
use crate::panel::gestures::{Gestures, Timing};
use crate::panel::lights::tests::{any_facts, job, load, printer, question};
use ButtonRole::{Action, Cancel, Pause, Select, Setup};
use Gesture::{Chord, Double, Down, Hold, LetGo, Press};

fn house() -> Facts {
    Facts {
        printers: vec![printer("Gertie"), printer("Squirty")],
        ..Facts::default()
    }
}

/// Long after the start.
const LATE: u64 = 1_000_000;

fn view() -> View {
    let mut view = View::new(0, true);
    view.wake(LATE);
    view
}

fn id(name: &str) -> PrinterId {
    PrinterId::from_name(name).unwrap()
}

/// What comes of gestures, a second apart.
fn play(view: &mut View, facts: &Facts, gestures: &[Gesture]) -> Vec<Act> {
    let mut at = LATE;
    let mut acts = Vec::new();
    for gesture in gestures {
        at += 1_000;
        acts.extend(decide(view, facts, *gesture, at));
    }
    acts
}

#[test]
fn pause_and_resume_the_shown_printer_or_all() {
    let (mut view, mut facts) = (view(), house());
    assert_eq!(play(&mut view, &facts, &[Press(Pause)]), [Act::Pause(id("Gertie"))]);
    assert_eq!(
        play(&mut view, &facts, &[Press(Select), Press(Pause)]),
        [Act::Pause(id("Squirty"))]
    );
    facts.printers[1].paused = true;
    assert_eq!(play(&mut view, &facts, &[Press(Pause)]), [Act::Resume(id("Squirty"))]);
    assert_eq!(play(&mut view, &facts, &[Double(Pause)]), [Act::PauseAll]);
    facts.printers[0].paused = true;
    assert_eq!(play(&mut view, &facts, &[Double(Pause)]), [Act::ResumeAll]);
}

#[test]
fn a_cancel_is_held_and_then_confirmed() {
    let (mut view, mut facts) = (view(), house());
    assert_eq!(play(&mut view, &facts, &[Hold(Cancel, 0), Press(Action)]), []);
    facts.printers[0].job = Some(job(7));
    assert_eq!(
        play(&mut view, &facts, &[Hold(Cancel, 0), LetGo(Cancel, 0), Press(Action)]),
        [Act::Cancel(JobId(7))]
    );
    for no in [Press(Cancel), Press(Select)] {
        assert_eq!(play(&mut view, &facts, &[Hold(Cancel, 0), no, Press(Action)]), []);
    }
    // Half a minute later it is asked no longer.
    decide(&mut view, &facts, Hold(Cancel, 0), LATE);
    assert_eq!(decide(&mut view, &facts, Press(Action), LATE + PATIENCE), []);
    // Nor of another job than was asked about.
    decide(&mut view, &facts, Hold(Cancel, 0), LATE);
    facts.printers[0].job = Some(job(8));
    assert_eq!(decide(&mut view, &facts, Press(Action), LATE + 1), []);
}

#[test]
fn a_question_is_opened_chosen_and_confirmed() {
    let (mut view, mut facts) = (view(), house());
    facts.questions = vec![question(5, "Gertie"), question(6, "Squirty")];
    let answer = |view: &mut View, keys: &[Gesture]| play(view, &facts, keys);
    assert_eq!(answer(&mut view, &[Press(Action)]), []);
    assert_eq!(
        answer(&mut view, &[Press(Action)]),
        [Act::Answer(JobId(5), Answer::Done)]
    );
    let again = [Press(Action), Press(Select), Press(Action)];
    assert_eq!(answer(&mut view, &again), [Act::Answer(JobId(5), Answer::PrintAgain)]);
    let spoiled = [Press(Action), Press(Select), Press(Select), Press(Action)];
    assert_eq!(answer(&mut view, &spoiled), [Act::Answer(JobId(5), Answer::Spoiled)]);
    // The shown printer's question comes first.
    let other = [Press(Select), Press(Action), Press(Action)];
    assert_eq!(answer(&mut view, &other), [Act::Answer(JobId(6), Answer::Done)]);
}

#[test]
fn paper_menu_status_and_identify() {
    let (mut view, mut facts) = (view(), house());
    facts.loads = vec![load("Squirty")];
    assert_eq!(
        play(&mut view, &facts, &[Press(Action)]),
        [Act::Loaded(load("Squirty"))]
    );
    let check = [Hold(Action, 0), LetGo(Action, 0), Press(Action)];
    assert_eq!(play(&mut view, &facts, &check), [Act::NozzleCheck(id("Gertie"))]);
    let status = [Hold(Action, 0), LetGo(Action, 0), Press(Select), Press(Action)];
    assert_eq!(play(&mut view, &facts, &status), []);
    assert!(view.status_until > 0);
    assert_eq!(
        play(&mut view, &facts, &[Chord(Select, Action)]),
        [Act::Identify(id("Gertie"))]
    );
}

#[test]
fn resets_are_armed_visibly_and_aborted_by_letting_go() {
    let facts = house();
    let mut late = view();
    assert_eq!(play(&mut late, &facts, &[Hold(Setup, 0)]), []);
    assert_eq!(late.own().armed, Some(Reset::Access));
    assert_eq!(play(&mut late, &facts, &[LetGo(Setup, 0)]), []);
    assert_eq!(late.own().armed, None);
    assert_eq!(
        play(
            &mut late,
            &facts,
            &[Hold(Setup, 0), Hold(Setup, 1), Hold(Setup, 2), LetGo(Setup, 2)]
        ),
        [Act::Reset(Reset::Access)]
    );
    // At the start it is the factory reset, and nothing on the way there.
    let mut early = View::new(LATE, true);
    assert_eq!(play(&mut early, &facts, &[Hold(Setup, 0), Hold(Setup, 1)]), []);
    assert_eq!(early.own().armed, Some(Reset::Factory));
    assert_eq!(
        play(&mut early, &facts, &[Hold(Setup, 2)]),
        [Act::Reset(Reset::Factory)]
    );
    let mut early = View::new(LATE, true);
    assert_eq!(
        play(&mut early, &facts, &[Hold(Setup, 0), Hold(Setup, 1), LetGo(Setup, 1)]),
        []
    );
    assert_eq!(early.own().armed, None);
}

#[test]
fn the_press_that_wakes_the_display_does_nothing_else() {
    let facts = house();
    let mut view = View::new(0, true);
    assert!(!view.is_awake(LATE));
    assert_eq!(decide(&mut view, &facts, Down(Pause), LATE), []);
    assert_eq!(decide(&mut view, &facts, Press(Pause), LATE + 500), []);
    assert_eq!(
        decide(&mut view, &facts, Press(Pause), LATE + 900),
        [Act::Pause(id("Gertie"))]
    );
    // Without a display nothing sleeps.
    let mut blind = View::new(0, false);
    decide(&mut blind, &facts, Down(Pause), LATE);
    assert_eq!(
        decide(&mut blind, &facts, Press(Pause), LATE + 500),
        [Act::Pause(id("Gertie"))]
    );
}

proptest! {
    #[test]
    fn nothing_is_destroyed_below_the_hold_times(
        mut facts in any_facts(),
        other in any_facts(),
        edges in proptest::collection::vec((0usize..5, any::<bool>(), 1u64..1_400), 1..120),
        start in prop_oneof![Just(0u64), Just(LATE)],
    ) {
        // Random edges less than 1.4 s apart, each button let go before its hold time; the house changes in the middle.
        let mut gestures = Gestures::new(Timing::default());
        let mut view = View::new(start, true);
        let mut at = start + 1;
        let mut down_since = [None::<u64>; 5];
        let mut up_since = [0u64; 5];
        let half = edges.len() / 2;
        for (n, (which, down, after)) in edges.into_iter().enumerate() {
            let mut all = Vec::new();
            let to = at + after;
            for (of, since) in down_since.iter_mut().enumerate() {
                if let Some(let_go) = since.map(|since| since + 1_900).filter(|let_go| *let_go <= to) {
                    at = at.max(let_go.min(to));
                    all.extend(gestures.edge(ButtonRole::ALL[of], false, at));
                    *since = None;
                    up_since[of] = at;
                }
            }
            at = at.max(to);
            let button = ButtonRole::ALL[which];
            // Up for a moment only is a bounce, and the button is held on.
            if !down || at > up_since[which] + 40 {
                all.extend(gestures.edge(button, down, at));
                match (down, down_since[which]) {
                    (true, None) => down_since[which] = Some(at),
                    (false, Some(_)) => (down_since[which], up_since[which]) = (None, at),
                    _ => {}
                }
            }
            if n == half {
                facts = other.clone();
            }
            for gesture in all {
                for act in decide(&mut view, &facts, gesture, at) {
                    prop_assert!(!act.destroys(), "{gesture:?} {act:?}");
                }
            }
        }
    }

    #[test]
    fn any_gestures_in_any_state_are_decided_alike_and_resets_are_armed_first(
        states in proptest::collection::vec(any_facts(), 1..4),
        keys in proptest::collection::vec((0usize..12, 0usize..5, 0u8..3, 0u64..40_000), 0..60),
    ) {
        let (mut one, mut two) = (View::new(0, true), View::new(0, true));
        let mut at = 0;
        for (n, (kind, which, stage, after)) in keys.into_iter().enumerate() {
            at += after;
            let button = ButtonRole::ALL[which];
            let gesture = match kind {
                0..=4 => Press(button),
                5 => Double(button),
                6 => Chord(Select, Action),
                7..=9 => Hold(button, stage),
                10 => LetGo(button, stage),
                _ => Down(button),
            };
            let facts = &states[n % states.len()];
            let (armed, asked) = (one.armed, one.asked.clone());
            let acts = decide(&mut one, facts, gesture, at);
            prop_assert_eq!(&acts, &decide(&mut two, facts, gesture, at));
            prop_assert_eq!(&one, &two);
            for act in acts {
                match act {
                    Act::Reset(reset) => prop_assert_eq!(armed.map(|(reset, _)| reset), Some(reset)),
                    Act::Cancel(id) => {
                        let was_asked = matches!(&asked, Some((Asked::Cancel { job, .. }, _)) if *job == id);
                        prop_assert!(was_asked);
                    }
                    _ => {}
                }
            }
        }
    }
}

#[test]
fn a_printer_that_is_gone_gives_way_to_the_first() {
    let (mut view, mut facts) = (view(), house());
    view.shown = Some(id("Nobody"));
    facts.printers[0].how = How::Away;
    assert_eq!(view.printer(&facts).unwrap().name, "Gertie");
    facts.printers.clear();
    assert_eq!(
        play(&mut view, &facts, &[Press(Pause), Hold(Cancel, 0), Hold(Action, 0)]),
        []
    );
}
