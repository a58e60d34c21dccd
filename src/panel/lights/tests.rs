use proptest::prelude::*;

use super::*;
use crate::model::{JobId, Length, Margins, Media, MediaSize, PrinterId, Timestamp};
use crate::panel::facts::{Identify, JobFacts, Machine, QuestionFacts};
use crate::queue::plan::LoadRequest;

/// A printer of which nothing is wrong.
pub fn printer(name: &str) -> PrinterFacts {
    PrinterFacts {
        id: PrinterId::from_name(name).unwrap(),
        name: name.into(),
        how: How::Idle,
        paused: false,
        job: None,
        low: None,
    }
}

/// A job of three sheets, one of which is done.
pub fn job(id: i64) -> JobFacts {
    JobFacts {
        id: JobId(id),
        name: "Harbour at dawn.tif".into(),
        user: "ann".into(),
        done: 1,
        sheets: 3,
        message: "is being printed".into(),
        is_canceling: false,
    }
}

/// A sheet that may lie in a printer.
pub fn question(id: i64, printer: &str) -> QuestionFacts {
    QuestionFacts {
        job: JobId(id),
        name: "Harbour at dawn.tif".into(),
        printer: PrinterId::from_name(printer).unwrap(),
        text: "the connection broke; is the sheet finished?".into(),
        sheet: true,
    }
}

/// A paper that is to be loaded.
pub fn load(printer: &str) -> LoadRequest {
    LoadRequest {
        printer: PrinterId::from_name(printer).unwrap(),
        media: Media {
            size: MediaSize::called("a3+").unwrap(),
            media_type: "photographic-matte".into(),
            source: "auto".into(),
            margins: Margins::same(Length::mm(5.0)),
        },
        paper: "Photo Rag 308".into(),
        sheets: 4,
        jobs: 2,
        since: Timestamp(0),
        kept_free: false,
    }
}

fn patterns(facts: &Facts, own: &Own) -> [Pattern; 4] {
    lights(facts, own).map(|light| light.pattern)
}

fn with(change: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = Facts {
        printers: vec![printer("Gertie"), printer("Squirty")],
        ..Facts::default()
    };
    change(&mut facts);
    facts
}

/// The states that a person meets.
fn states() -> Vec<(&'static str, Facts, Own)> {
    let own = Own::default;
    let armed = |reset| Own {
        armed: Some(reset),
        asks: None,
    };
    let first = |facts: &mut Facts, how| facts.printers[0].how = how;
    vec![
        ("starting", with(|f| f.starting = true), own()),
        ("ready", with(|_| {}), own()),
        ("waiting jobs", with(|f| f.waiting = 2), own()),
        ("printing", with(|f| f.printers[0].job = Some(job(7))), own()),
        ("paused", with(|f| f.printers[0].paused = true), own()),
        ("question", with(|f| f.questions = vec![question(7, "Gertie")]), own()),
        ("load", with(|f| f.loads = vec![load("Gertie")]), own()),
        ("ink low", with(|f| f.printers[1].low = Some(("PGY".into(), 9))), own()),
        ("jam", with(|f| first(f, How::Fault("paper jam".into()))), own()),
        ("away", with(|f| first(f, How::Away)), own()),
        ("house", with(|f| f.trouble = Some("the disk is full".into())), own()),
        ("updating", with(|f| f.machine.updating = Some(Some(40))), own()),
        (
            "rolled back",
            with(|f| f.machine.rolled_back = Some("no answer".into())),
            own(),
        ),
        (
            "identify",
            with(|f| {
                f.identify = Some(Identify {
                    printer: None,
                    message: "".into(),
                    until: Timestamp(1),
                });
            }),
            own(),
        ),
        ("reset", with(|_| {}), armed(Reset::Access)),
        ("factory reset", with(|_| {}), armed(Reset::Factory)),
        ("no printers", Facts::default(), own()),
    ]
}

#[test]
fn states_look_different_without_colour_and_without_dimming() {
    let seen = |facts: &Facts, own: &Own| -> Vec<[bool; 4]> {
        let patterns = patterns(facts, own);
        (0..200).map(|n| patterns.map(|p| p.is_on(n * 100))).collect()
    };
    let states = states();
    for (n, (name, facts, own)) in states.iter().enumerate() {
        for (other, facts2, own2) in &states[n + 1..] {
            assert_ne!(seen(facts, own), seen(facts2, own2), "{name} and {other}");
        }
    }
}

#[test]
fn the_table_of_the_head_holds() {
    use Pattern::{Breathe, Flashes, Flicker, Off, Steady};
    let (first, second) = (Pattern::Alternate { first: true }, Pattern::Alternate { first: false });
    for (name, facts, own) in states() {
        let expected = match name {
            "starting" => [Breathe, Off, Off, Off],
            "ready" => [Steady, Off, Off, Off],
            "waiting jobs" => [Steady, Flashes(1), Off, Off],
            "printing" => [Steady, Breathe, Off, Off],
            "paused" => [Flashes(2), Off, Off, Off],
            "question" => [Steady, Off, Flashes(3), Off],
            "load" => [Steady, Off, Flashes(2), Off],
            "ink low" => [Steady, Off, Flashes(1), Off],
            "jam" => [Steady, Off, Off, Steady],
            "away" => [Steady, Off, Off, Flashes(2)],
            "house" => [Steady, Off, Off, Flashes(4)],
            "updating" => [Breathe, Breathe, Off, Off],
            "rolled back" => [Steady, Off, Off, Flashes(3)],
            "identify" => [Flicker; 4],
            "reset" => [Off, Off, first, second],
            "factory reset" => [first, second, first, second],
            "no printers" => [Off; 4],
            other => panic!("{other} has no row"),
        };
        assert_eq!(patterns(&facts, &own), expected, "{name}");
    }
}

#[test]
fn what_is_worse_is_told_first() {
    let facts = with(|f| {
        f.questions = vec![question(7, "Gertie")];
        f.loads = vec![load("Gertie")];
        f.printers[0].low = Some(("PGY".into(), 9));
        f.printers[0].how = How::Fault("paper jam".into());
        f.printers[1].how = How::Away;
        f.machine.rolled_back = Some("no answer".into());
    });
    let [ready, _, attention, fault] = lights(&facts, &Own::default());
    assert_eq!(
        (ready.pattern, ready.why.as_str()),
        (Pattern::Off, "no printer can print")
    );
    assert_eq!(attention.pattern, Pattern::Flashes(3));
    assert_eq!(
        (fault.pattern, fault.why.as_str()),
        (Pattern::Steady, "Gertie: paper jam")
    );
}

fn any_how() -> impl Strategy<Value = How> {
    prop_oneof![
        Just(How::Unknown),
        Just(How::Idle),
        Just(How::Printing),
        Just(How::Away),
        Just(How::Paper("media-empty".into())),
        Just(How::Fault("jam".into())),
    ]
}

/// Any printer.
pub fn any_printer() -> impl Strategy<Value = PrinterFacts> {
    let low = proptest::option::of((0..20).prop_map(|level| ("C".into(), level)));
    (any_how(), any::<bool>(), proptest::option::of(1i64..5), low).prop_map(|(how, paused, id, low)| PrinterFacts {
        how,
        paused,
        job: id.map(job),
        low,
        ..printer("Gertie")
    })
}

/// Any state of the house.
pub fn any_facts() -> impl Strategy<Value = Facts> {
    let machine =
        (proptest::option::of(proptest::option::of(0u8..=100)), any::<bool>()).prop_map(|(updating, failed)| Machine {
            updating,
            rolled_back: failed.then(|| "no answer".into()),
            ..Machine::default()
        });
    let printers = proptest::collection::vec(any_printer(), 0..4).prop_map(|mut printers| {
        for (n, printer) in printers.iter_mut().enumerate() {
            printer.name = format_smolstr!("Printer {n}");
            printer.id = PrinterId::from_name(&printer.name).unwrap();
        }
        printers
    });
    (
        any::<bool>(),
        printers,
        proptest::option::of(1i64..5),
        any::<bool>(),
        0u32..3,
        (any::<bool>(), any::<bool>()),
        machine,
    )
        .prop_map(
            |(starting, printers, asked, to_load, waiting, (trouble, identify), machine)| Facts {
                starting,
                questions: asked.map(|id| question(id, "Printer 0")).into_iter().collect(),
                loads: to_load.then(|| load("Printer 0")).into_iter().collect(),
                waiting,
                trouble: trouble.then(|| "the disk is full".into()),
                identify: identify.then(|| Identify {
                    printer: None,
                    message: "".into(),
                    until: Timestamp(0),
                }),
                printers,
                machine,
                last: None,
            },
        )
}

proptest! {
    #[test]
    fn every_state_has_lights_with_reasons_and_always_the_same(facts in any_facts(), asks in any::<bool>()) {
        let own = Own { armed: None, asks: asks.then(|| "cancel?".into()) };
        let one = lights(&facts, &own);
        prop_assert_eq!(&one, &lights(&facts.clone(), &own));
        prop_assert_eq!(one.each_ref().map(|l| l.role), LightRole::ALL);
        prop_assert!(one.iter().all(|light| !light.why.is_empty()));
        // What needs a person is never dark, whatever else there is.
        let whole = facts.starting || facts.identify.is_some() || facts.machine.updating.is_some();
        if !whole {
            let wants = asks || !facts.questions.is_empty() || !facts.loads.is_empty();
            prop_assert!(!wants || one[2].pattern != Pattern::Off);
            let wrong = facts.trouble.is_some() || facts.machine.rolled_back.is_some()
                || facts.printers.iter().any(|p| matches!(p.how, How::Fault(_) | How::Away));
            prop_assert_eq!(wrong, one[3].pattern != Pattern::Off);
        }
    }
}
