use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::mpsc as line;
use std::time::Duration;

use async_trait::async_trait;

use super::*;
use crate::model::{Destination, EventKind, EventSeq, JobState, PrinterId};
use crate::panel::canvas::Canvas;
use crate::panel::devices::button::Line;
use crate::panel::devices::glass::Glass;
use crate::panel::devices::lamp::Lamp;
use crate::panel::devices::part::Part;
use crate::panel::lights::Reset;
use crate::queue::test_house::{Deed as Fate, House as TestHouse, id};

/// A button that the test presses.
struct Key(line::Receiver<bool>, bool);

impl Line for Key {
    fn is_down(&mut self) -> Result<bool, String> {
        Ok(self.1)
    }

    fn wait(&mut self, most: Duration) -> Result<Option<bool>, String> {
        let level = self.0.recv_timeout(most).ok();
        self.1 = level.unwrap_or(self.1);
        Ok(level)
    }
}

/// What the lights do.
#[derive(Clone, Default)]
struct Lit(Arc<Mutex<HashMap<LightRole, u8>>>);

struct Bulb(LightRole, Lit);

impl Lamp for Bulb {
    fn dims(&self) -> bool {
        false
    }

    fn set(&mut self, level: u8) -> Result<(), String> {
        self.1.0.lock().unwrap().insert(self.0, level);
        Ok(())
    }
}

struct Shown(Arc<Mutex<Option<Canvas>>>);

impl Glass for Shown {
    fn show(&mut self, picture: Option<&Canvas>) -> Result<(), String> {
        *self.0.lock().unwrap() = picture.cloned();
        Ok(())
    }
}

#[derive(Default)]
struct Care(Mutex<Vec<Reset>>);

#[async_trait]
impl Caretaker for Care {
    async fn reset(&self, reset: Reset) -> Result<(), SmolStr> {
        self.0.lock().unwrap().push(reset);
        Ok(())
    }
}

struct Desk {
    house: TestHouse,
    panel: Panel,
    keys: HashMap<ButtonRole, line::Sender<bool>>,
    lit: Lit,
    shown: Arc<Mutex<Option<Canvas>>>,
    machine: watch::Sender<Machine>,
    care: Arc<Care>,
    _folder: tempfile::TempDir,
}

async fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let house = TestHouse::new(folder.path()).await;
    let (mut keys, mut lines) = (HashMap::new(), Vec::new());
    for button in ButtonRole::ALL {
        let (sender, receiver) = line::channel();
        let mut receiver = Some(receiver);
        keys.insert(button, sender);
        let part = Part::new(format!("button {}", button.keyword()), move || {
            let key = receiver
                .take()
                .map(|receiver| Box::new(Key(receiver, false)) as Box<dyn Line>);
            key.ok_or_else(|| "was closed".to_owned())
        });
        lines.push((button, part));
    }
    let lit = Lit::default();
    let lamps = LightRole::ALL.map(|role| {
        let lit = lit.clone();
        let part = Part::new(format!("light {}", role.keyword()), move || match role {
            LightRole::Fault => Err("line 23 is taken by \"heartbeat\"".to_owned()),
            _ => Ok(Box::new(Bulb(role, lit.clone())) as Box<dyn Lamp>),
        });
        (role, part)
    });
    let shown = Arc::new(Mutex::new(None));
    let glass = shown.clone();
    let parts = Parts {
        lamps: lamps.into(),
        lines,
        glass: Some(Part::new("display", move || {
            Ok(Box::new(Shown(glass.clone())) as Box<dyn Glass>)
        })),
    };
    let (machine, around) = watch::channel(Machine::default());
    let care = Arc::new(Care::default());
    let panel = Panel::start(
        parts,
        House {
            store: house.store.clone(),
            queue: house.queue.clone(),
            machine: around,
            caretaker: care.clone(),
        },
    );
    Desk {
        house,
        panel,
        keys,
        lit,
        shown,
        machine,
        care,
        _folder: folder,
    }
}

impl Desk {
    async fn hold(&self, button: ButtonRole, long: u64) {
        self.keys[&button].send(true).unwrap();
        tokio::time::sleep(Duration::from_millis(long)).await;
        self.keys[&button].send(false).unwrap();
        // Let it settle: two presses on end would be one.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    async fn press(&self, button: ButtonRole) {
        self.hold(button, 80).await;
    }

    /// Waits until the panel is as it should be.
    async fn until(&self, is: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
        let mut changes = self.panel.remote().subscribe();
        let waited = tokio::time::timeout(Duration::from_secs(60), changes.wait_for(|snapshot| is(snapshot))).await;
        let last = self.panel.remote().snapshot();
        let seen = waited.unwrap_or_else(|_| panic!("nothing happens any more: {last:?}"));
        seen.unwrap().clone()
    }

    /// Waits for an act of the panel; gives who did it and what was said.
    async fn did(&self, wanted: &str) -> (SmolStr, SmolStr) {
        let mut events = self.house.store.subscribe();
        loop {
            events.borrow_and_update();
            for (act, source, said) in self.acts().await {
                if act == wanted {
                    return (source, said);
                }
            }
            let waited = tokio::time::timeout(Duration::from_secs(60), events.changed()).await;
            assert!(waited.is_ok(), "{wanted} never came: {:?}", self.acts().await);
        }
    }

    async fn acts(&self) -> Vec<(SmolStr, SmolStr, SmolStr)> {
        let events = self.house.store.events_after(EventSeq(0), 100_000).await.unwrap();
        let acts = events.into_iter().filter_map(|event| match event.kind {
            EventKind::Panel { act, source, said } => Some((act, source, said)),
            _ => None,
        });
        acts.collect()
    }

    fn lit(&self, role: LightRole) -> Option<u8> {
        self.lit.0.lock().unwrap().get(&role).copied()
    }

    async fn close(self) {
        self.panel.stop().await;
        self.house.rests().await;
    }
}

fn pattern(snapshot: &Snapshot, role: LightRole) -> Pattern {
    snapshot.lights[role as usize].pattern
}

fn gertie() -> PrinterId {
    id("gertie")
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_pause_and_resume_and_lights_say_so() {
    let desk = desk().await;
    let ready = desk.until(|s| pattern(s, LightRole::Ready) == Pattern::Steady).await;
    assert!(matches!(ready.screen, Screen::Printers { .. }), "{:?}", ready.screen);
    desk.press(ButtonRole::Pause).await;
    assert_eq!(
        desk.did("pause-printer").await,
        ("panel".into(), "gertie is paused".into())
    );
    let house = desk.house.store.house().await.unwrap();
    assert!(house.control(&Destination::Printer(gertie())).paused);
    desk.until(|s| pattern(s, LightRole::Ready) == Pattern::Flashes(2))
        .await;
    // Of the page the same, with a name.
    let remote = desk.panel.remote();
    remote.press(ButtonRole::Pause, Press::Short, "Ann").unwrap();
    assert_eq!(desk.did("resume-printer").await.0, "panel, by Ann");
    desk.until(|s| pattern(s, LightRole::Ready) == Pattern::Steady).await;
    assert_eq!(
        remote.press(ButtonRole::Setup, Press::Long, "Ann"),
        Err(PressError::AtTheBox)
    );
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_is_not_there_is_told_and_the_others_work() {
    let desk = desk().await;
    let snapshot = desk.until(|s| !s.troubles.is_empty()).await;
    assert_eq!(snapshot.troubles, ["light fault: line 23 is taken by \"heartbeat\""]);
    desk.machine.send_replace(Machine {
        rolled_back: Some("it did not start".into()),
        ..Machine::default()
    });
    let told = desk
        .until(|s| pattern(s, LightRole::Fault) == Pattern::Flashes(3))
        .await;
    assert!(told.lights[3].why.contains("it did not start"));
    desk.house.queue.identify(None, vec![], "here".into()).await.unwrap();
    let snapshot = desk.until(|s| pattern(s, LightRole::Busy) == Pattern::Flicker).await;
    assert!(matches!(&snapshot.screen, Screen::Identify { message, .. } if message == "here"));
    // The picture reaches the display, and the light its lamp.
    for _ in 0..600 {
        if *desk.shown.lock().unwrap() == Some(snapshot.canvas()) && desk.lit(LightRole::Busy).is_some_and(|l| l > 0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(*desk.shown.lock().unwrap(), Some(snapshot.canvas()));
    let (lit, shown) = (desk.lit.clone(), desk.shown.clone());
    desk.close().await;
    assert!(lit.0.lock().unwrap().values().all(|level| *level == 0));
    assert_eq!(*shown.lock().unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_canceled_by_a_hold_and_a_yes() {
    let desk = desk().await;
    desk.house.printers.tell("gertie", "photo", Fate::Hang);
    let job = desk.house.print("photo", Destination::Printer(gertie())).await;
    desk.until(|s| matches!(s.screen, Screen::Job { .. })).await;
    // Too short: nothing but a hint.
    desk.hold(ButtonRole::Cancel, 1_000).await;
    desk.press(ButtonRole::Action).await;
    assert_eq!(desk.acts().await, []);
    desk.hold(ButtonRole::Cancel, 2_300).await;
    desk.until(|s| matches!(s.screen, Screen::YesNo { .. })).await;
    desk.press(ButtonRole::Action).await;
    desk.did("cancel-job").await;
    assert_eq!(desk.house.ended(job).await.state, JobState::Canceled);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_and_a_reset_is_carried_out() {
    let desk = desk().await;
    desk.house.printers.tell("gertie", "photo", Fate::Lose);
    let job = desk.house.print("photo", Destination::Printer(gertie())).await;
    desk.house.held(job).await;
    let snapshot = desk.until(|s| matches!(s.screen, Screen::Question { .. })).await;
    assert_eq!(pattern(&snapshot, LightRole::Attention), Pattern::Flashes(3));
    desk.press(ButtonRole::Action).await;
    desk.until(|s| matches!(s.screen, Screen::Choice { .. })).await;
    desk.press(ButtonRole::Action).await;
    desk.did("answer-done").await;
    assert_eq!(desk.house.ended(job).await.state, JobState::Completed);
    // Pressed within half a minute after the start: a factory reset is armed, and let go of.
    desk.hold(ButtonRole::Setup, 2_500).await;
    desk.until(|s| matches!(&s.screen, Screen::Note(words) if words.contains("nothing was reset")))
        .await;
    assert_eq!(*desk.care.0.lock().unwrap(), []);
    desk.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_switch_is_written_down_once_and_the_rest_works() {
    let desk = desk().await;
    let broken = desk.keys[&ButtonRole::Cancel].clone();
    let noise = std::thread::spawn(move || {
        let begun = std::time::Instant::now();
        let mut sent = 0u32;
        // 10,000 edges a second, for two seconds; the line is closed long before.
        while begun.elapsed() < Duration::from_secs(2) {
            while f64::from(sent) < begun.elapsed().as_secs_f64() * 10_000.0 {
                if broken.send(sent.is_multiple_of(2)).is_err() {
                    return sent;
                }
                sent += 1;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        sent
    });
    desk.did("button-broken").await;
    desk.press(ButtonRole::Pause).await;
    desk.did("pause-printer").await;
    println!("{} edges were sent before the line was closed", noise.join().unwrap());
    let broken = desk.acts().await.into_iter().filter(|(act, ..)| act == "button-broken");
    assert_eq!(broken.count(), 1);
    desk.close().await;
}
