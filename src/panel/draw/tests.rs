use std::path::Path;

use super::*;
use crate::model::{PrinterId, Timestamp};
use crate::panel::acts::{Asked, View};
use crate::panel::facts::{Facts, How, Identify, Last, Machine};
use crate::panel::lights::tests::{job, load, printer, question};
use crate::panel::screens::screen;

/// A name that is too long for anything.
const LONG: &str = "IMG_20261124_084512_Harbour at dawn, second version, final (3).tiff";

fn house() -> Facts {
    Facts {
        printers: vec![printer("Gertie"), printer("Squirty")],
        machine: Machine {
            addresses: vec!["https://192.168.178.27/".into(), "https://platen.local/".into()],
            version: "0.1.0".into(),
            ..Machine::default()
        },
        last: Some(Last {
            at: Timestamp(0),
            text: "job 7 is completed".into(),
        }),
        ..Facts::default()
    }
}

/// Every screen with common and with long words: what the web page shows in pictures, too.
pub fn screens() -> Vec<(&'static str, Screen)> {
    let now = 50_000;
    let of = |change: &dyn Fn(&mut View, &mut Facts)| {
        let (mut view, mut facts) = (View::new(0, true), house());
        view.wake(now);
        change(&mut view, &mut facts);
        screen(&view, &facts, now)
    };
    let long = |facts: &mut Facts| {
        for (printer, name) in facts
            .printers
            .iter_mut()
            .zip(["PRO-1000 beside the window", "Großer Tintenstrahler"])
        {
            printer.name = name.into();
        }
    };
    vec![
        ("asleep", of(&|view, _| view.awake_until = 0)),
        ("starting", of(&|_, facts| facts.starting = true)),
        (
            "setup",
            of(&|_, facts| facts.machine.setup_code = Some("4839-1720".into())),
        ),
        (
            "setup-no-network",
            of(&|_, facts| {
                facts.machine.setup_code = Some("4839-1720".into());
                facts.machine.addresses.clear();
            }),
        ),
        (
            "setup-long",
            of(&|_, facts| {
                facts.machine.setup_code = Some("4839-1720".into());
                facts.machine.addresses = vec!["https://[2003:f1:9f2a:1c00:ba27:ebff:fe4c:12]/".into()];
            }),
        ),
        ("printers", of(&|_, _| {})),
        (
            "printers-long",
            of(&|_, facts| {
                long(facts);
                facts.printers[0].paused = true;
                facts.printers[1].low = Some(("PGY".into(), 9));
                facts.last = Some(Last {
                    at: Timestamp(0),
                    text: format!("job 123456 \"{LONG}\" is completed").into(),
                });
            }),
        ),
        (
            "printers-many",
            of(&|view, facts| {
                facts.printers = (1..=6).map(|n| printer(&format!("Printer {n}"))).collect();
                facts.printers[3].how = How::Away;
                facts.printers[4].how = How::Unknown;
                view.shown = Some(PrinterId::from_name("Printer 5").unwrap());
            }),
        ),
        ("printers-none", of(&|_, facts| facts.printers.clear())),
        ("job", of(&|_, facts| facts.printers[0].job = Some(job(7)))),
        (
            "job-long",
            of(&|_, facts| {
                long(facts);
                facts.printers[0].job = Some(crate::panel::facts::JobFacts {
                    name: LONG.into(),
                    user: "Annegret from the studio next door".into(),
                    message: "is printed by PRO-1000 beside the window, sheet 12 of 250".into(),
                    done: 12,
                    sheets: 250,
                    ..job(123_456)
                });
            }),
        ),
        (
            "job-unknown-length",
            of(&|_, facts| facts.printers[0].job = Some(crate::panel::facts::JobFacts { sheets: 0, ..job(7) })),
        ),
        (
            "job-canceling",
            of(&|_, facts| {
                facts.printers[0].job = Some(crate::panel::facts::JobFacts {
                    is_canceling: true,
                    ..job(7)
                });
            }),
        ),
        ("load", of(&|_, facts| facts.loads = vec![load("Gertie")])),
        (
            "load-long",
            of(&|_, facts| {
                long(facts);
                facts.loads = vec![load("Gertie")];
                facts.loads[0].paper = "Hahnemühle Photo Rag Ultra Smooth 305".into();
                facts.loads[0].sheets = 1;
                facts.loads[0].jobs = 1;
            }),
        ),
        (
            "question",
            of(&|_, facts| facts.questions = vec![question(7, "Gertie")]),
        ),
        (
            "question-long",
            of(&|_, facts| {
                long(facts);
                facts.questions = vec![question(123_456, "Gertie")];
                facts.questions[0].text =
                    "the connection to PRO-1000 beside the window broke while the page was on its way: look whether the \
                     sheet came out whole, then say whether it is done, or shall be printed again"
                        .into();
            }),
        ),
        (
            "answer",
            of(&|view, facts| {
                facts.questions = vec![question(7, "Gertie")];
                let asked = Asked::Answer {
                    job: crate::model::JobId(7),
                    chosen: 1,
                };
                view.asked = Some((asked, now + 1));
            }),
        ),
        (
            "cancel",
            of(&|view, _| {
                let asked = Asked::Cancel {
                    job: crate::model::JobId(7),
                    name: "Harbour at dawn.tif".into(),
                };
                view.asked = Some((asked, now + 1));
            }),
        ),
        (
            "cancel-long",
            of(&|view, _| {
                let asked = Asked::Cancel {
                    job: crate::model::JobId(123_456),
                    name: LONG.into(),
                };
                view.asked = Some((asked, now + 1));
            }),
        ),
        (
            "menu",
            of(&|view, facts| {
                let asked = Asked::Menu {
                    printer: facts.printers[0].id.clone(),
                    chosen: 0,
                };
                view.asked = Some((asked, now + 1));
            }),
        ),
        (
            "note",
            of(&|view, _| view.tell("To cancel a job, hold CANCEL for 2 seconds", now)),
        ),
        ("status", of(&|view, _| view.status_until = now + 1)),
        (
            "status-rolled-back",
            of(&|view, facts| {
                view.status_until = now + 1;
                facts.machine.rolled_back = Some("version 0.2.0 did not start in time".into());
                facts.waiting = 3;
            }),
        ),
        ("updating", of(&|_, facts| facts.machine.updating = Some(Some(42)))),
        (
            "trouble",
            of(&|_, facts| {
                facts.printers[0].how = How::Fault("has a paper jam: open the back and take the paper out".into())
            }),
        ),
        (
            "trouble-house",
            of(&|_, facts| {
                facts.trouble =
                    Some("the disk is full: new jobs are refused until documents of old ones are let go".into());
            }),
        ),
        (
            "identify",
            of(&|_, facts| {
                facts.identify = Some(Identify {
                    printer: Some(facts.printers[0].id.clone()),
                    message: "Who has put the baryta paper in here? Please call Ann.".into(),
                    until: Timestamp(1),
                });
            }),
        ),
        (
            "reset",
            of(&|view, _| view.armed = Some((crate::panel::lights::Reset::Access, now + 7_400))),
        ),
        (
            "factory-reset",
            of(&|view, _| view.armed = Some((crate::panel::lights::Reset::Factory, now + 17_400))),
        ),
    ]
}

/// The dots as text, a letter for two rows: small enough to be looked at in a review.
fn written(canvas: &Canvas) -> String {
    let rows: Vec<&[bool]> = canvas.rows().collect();
    let mut text = String::new();
    for pair in rows.chunks(2) {
        let line: String = pair[0]
            .iter()
            .zip(pair[1])
            .map(|dots| match dots {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            })
            .collect();
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[test]
fn screens_look_as_they_did() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("target/panel");
    std::fs::create_dir_all(&folder).unwrap();
    let mut all = String::new();
    for (name, screen) in screens() {
        let canvas = drawn(&screen);
        std::fs::write(folder.join(format!("{name}.png")), canvas.png(4).unwrap()).unwrap();
        all.push_str(&format!("== {name}\n{}", written(&canvas)));
    }
    std::fs::write(folder.join("screens.txt"), &all).unwrap();
    let golden = std::fs::read_to_string(here.join("src/panel/draw/screens.txt")).unwrap();
    for (new, old) in all.split("== ").zip(golden.split("== ")) {
        assert_eq!(
            new, old,
            "look at target/panel, and copy target/panel/screens.txt to src/panel/draw when it is right"
        );
    }
    assert_eq!(all.len(), golden.len());
}

#[test]
fn every_screen_shows_something_but_sleep() {
    for (name, screen) in screens() {
        let lit = drawn(&screen).lit();
        assert_eq!(lit == 0, name == "asleep", "{name}");
        // Half of the dots at the most: they age by being lit.
        assert!(lit < WIDTH * HEIGHT / 2, "{name}: {lit}");
    }
}
