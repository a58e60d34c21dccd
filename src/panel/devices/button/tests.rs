use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

use super::*;

/// A line that is played by the test.
#[derive(Default)]
struct Played {
    levels: VecDeque<bool>,
    floods: bool,
    opened: u32,
    taken: bool,
}

struct PlayedLine(Arc<Mutex<Played>>);

impl Line for PlayedLine {
    fn is_down(&mut self) -> Result<bool, String> {
        Ok(false)
    }

    fn wait(&mut self, _: Duration) -> Result<Option<bool>, String> {
        Ok(self.0.lock().unwrap().levels.pop_front())
    }

    fn floods(&mut self) -> Result<bool, String> {
        Ok(self.0.lock().unwrap().floods)
    }
}

fn watched() -> (Arc<Mutex<Played>>, Watch, mpsc::Receiver<Input>, Troubles) {
    let played = Arc::new(Mutex::new(Played::default()));
    let of = played.clone();
    let part = Part::new("button pause", move || {
        let mut state = of.lock().unwrap();
        state.opened += 1;
        if state.taken {
            return Err("line 5 is taken by \"gpio-keys\"".to_owned());
        }
        drop(state);
        Ok(Box::new(PlayedLine(of.clone())) as Box<dyn Line>)
    });
    let (sender, receiver) = mpsc::channel(1_000);
    let troubles = Troubles::default();
    let watch = Watch::new(ButtonRole::Pause, part, sender, Clock::start(), troubles.clone());
    (played, watch, receiver, troubles)
}

fn inputs(receiver: &mut mpsc::Receiver<Input>) -> Vec<Input> {
    std::iter::from_fn(|| receiver.try_recv().ok()).collect()
}

/// Levels, and floods' begin and end.
fn heard(receiver: &mut mpsc::Receiver<Input>) -> Vec<(bool, bool)> {
    let parts = inputs(receiver).into_iter().map(|input| match input {
        Input::Edge { down, .. } => (false, down),
        Input::Flood { floods, .. } => (true, floods),
    });
    parts.collect()
}

#[test]
fn edges_are_passed_on() {
    let (played, mut watch, mut receiver, _) = watched();
    played.lock().unwrap().levels = [true, false].into();
    for now in 1..5 {
        watch.turn(now);
    }
    // The level that it has when it is opened is told as well: it may be held since before the start.
    assert_eq!(heard(&mut receiver), [(false, false), (false, true), (false, false)]);
}

#[test]
fn a_broken_switch_closes_its_line_and_is_told_once() {
    let (played, mut watch, mut receiver, _) = watched();
    {
        let mut state = played.lock().unwrap();
        state.levels = (0..10_000).map(|n| n % 2 == 0).collect();
        state.floods = true;
    }
    // 10,000 edges in a second, and what comes of them in a minute.
    for n in 0..600_000u64 {
        watch.turn(1_000 + n / 10);
    }
    let heard = heard(&mut receiver);
    assert!(heard.len() <= Flood::MOST as usize + 2, "{}", heard.len());
    assert_eq!(heard.iter().filter(|(flood, _)| *flood).count(), 1);
    // Closed, and opened for a look after 5, 10, 20 … seconds.
    let opened = played.lock().unwrap().opened;
    assert!((3..=6).contains(&opened), "{opened}");
    played.lock().unwrap().floods = false;
    played.lock().unwrap().levels.clear();
    for now in 200_000..200_010 {
        watch.turn(now);
    }
    assert_eq!(
        inputs(&mut receiver)
            .iter()
            .filter(|i| matches!(i, Input::Flood { floods: false, .. }))
            .count(),
        1
    );
}

#[test]
fn a_flood_that_the_kernel_hides_is_found() {
    let (played, mut watch, mut receiver, _) = watched();
    watch.turn(1);
    played.lock().unwrap().floods = true;
    for now in 2..20_000 {
        watch.turn(now);
    }
    assert_eq!(heard(&mut receiver), [(false, false), (true, true)]);
}

#[test]
fn a_line_that_is_taken_is_told_once_and_tried_again() {
    let (played, mut watch, mut receiver, troubles) = watched();
    played.lock().unwrap().taken = true;
    for now in 0..5_000 {
        assert!(!watch.turn(now));
    }
    assert_eq!(played.lock().unwrap().opened, 3);
    assert_eq!(troubles.all(), ["button pause: line 5 is taken by \"gpio-keys\""]);
    played.lock().unwrap().taken = false;
    for now in 5_000..10_000 {
        watch.turn(now);
    }
    assert!(troubles.all().is_empty());
    assert_eq!(inputs(&mut receiver).len(), 1);
}

#[test]
fn a_pin_without_edges_is_looked_at() {
    let reads = [
        Transaction::get(State::High),
        Transaction::get(State::High),
        Transaction::get(State::Low),
        Transaction::get(State::High),
    ];
    let mut pin = Mock::new(&reads);
    let mut line = SampledLine::new(pin.clone(), Active::Low);
    line.pause = Duration::from_millis(1);
    assert!(!line.is_down().unwrap());
    assert_eq!(line.wait(Duration::from_millis(9)).unwrap(), Some(true));
    assert_eq!(line.wait(Duration::from_millis(9)).unwrap(), Some(false));
    pin.done();
}
