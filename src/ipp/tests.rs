//! Requests in process, without sockets: random sequences of operations against a small model of the job states.

mod answers;
mod lists;

use proptest::prelude::*;

use super::codec::{Limits, Message, Value, group, op, status};
use super::house::House;

async fn ask(house: &House, message: &Message, document: &[u8]) -> Message {
    let mut body = Vec::new();
    message.encode(&mut body).unwrap();
    body.extend_from_slice(document);
    let (http, bytes) = house.ask(body).await;
    assert_eq!(http, 200);
    Message::decode(&bytes, &Limits::CLIENT).unwrap().0
}

fn request(operation: u16, job: Option<i32>) -> Message {
    let mut message = Message::request(operation, 1);
    message.groups[0].push("printer-uri", Value::uri("ipp://studio:631/ipp/print"));
    if let Some(job) = job {
        message.groups[0].push("job-id", Value::Integer(job));
    }
    message.groups[0].push("requesting-user-name", Value::name("ann"));
    message
}

/// Smallest thing that looks like a JPEG.
const PICTURE: [u8; 16] = [0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// What a client asks; jobs are named by their place among those made.
#[derive(Debug, Clone)]
enum Act {
    Print { hold: bool },
    Create { hold: bool },
    Send { job: usize, last: bool, empty: bool },
    Close { job: usize },
    Hold { job: usize, no_hold: bool },
    Release { job: usize },
    Cancel { job: usize },
    Restart { job: usize, hold: bool },
    Resubmit { job: usize },
    Promote { job: usize },
    Move { job: usize },
    SetHold { job: usize, hold: bool },
    CancelDocument { job: usize, number: i32 },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let job = 0usize..6;
    let act = prop_oneof![
        2 => any::<bool>().prop_map(|hold| Act::Print { hold }),
        3 => any::<bool>().prop_map(|hold| Act::Create { hold }),
        5 => (job.clone(), any::<bool>(), prop::bool::weighted(0.2))
            .prop_map(|(job, last, empty)| Act::Send { job, last, empty }),
        2 => job.clone().prop_map(|job| Act::Close { job }),
        2 => (job.clone(), any::<bool>()).prop_map(|(job, no_hold)| Act::Hold { job, no_hold }),
        2 => job.clone().prop_map(|job| Act::Release { job }),
        2 => job.clone().prop_map(|job| Act::Cancel { job }),
        2 => (job.clone(), any::<bool>()).prop_map(|(job, hold)| Act::Restart { job, hold }),
        1 => job.clone().prop_map(|job| Act::Resubmit { job }),
        1 => job.clone().prop_map(|job| Act::Promote { job }),
        1 => job.clone().prop_map(|job| Act::Move { job }),
        2 => (job.clone(), any::<bool>()).prop_map(|(job, hold)| Act::SetHold { job, hold }),
        2 => (job, 1i32..4).prop_map(|(job, number)| Act::CancelDocument { job, number }),
    ];
    prop::collection::vec(act, 1..25)
}

/// The states of RFC 8011, 5.3.7 as far as a job without a printer reaches them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Incoming,
    Pending,
    Held,
    Canceled,
    /// Closed without a document.
    Aborted,
}

impl State {
    fn is_terminal(self) -> bool {
        matches!(self, State::Canceled | State::Aborted)
    }
}

/// A job as the model has it.
#[derive(Debug, Clone)]
struct Model {
    id: i32,
    state: State,
    hold: bool,
    /// Whether each document is canceled.
    documents: Vec<bool>,
}

impl Model {
    fn stand(&mut self) {
        self.state = if self.hold { State::Held } else { State::Pending };
    }

    fn has_documents(&self) -> bool {
        self.documents.iter().any(|canceled| !canceled)
    }

    fn waits(&self) -> bool {
        !self.state.is_terminal()
    }

    /// It has all its documents.
    fn close(&mut self) {
        if self.has_documents() {
            self.stand();
        } else {
            self.end_as(State::Aborted);
        }
    }

    /// Does it, or refuses: the status.
    fn obey(&mut self, act: &Act) -> u16 {
        const NO: u16 = status::CLIENT_ERROR_NOT_POSSIBLE;
        let ok = match act {
            Act::Send { last, empty, .. } => {
                if self.state != State::Incoming {
                    return NO;
                }
                match (last, empty) {
                    (false, true) => return status::CLIENT_ERROR_BAD_REQUEST,
                    (_, false) if self.documents.len() >= 3 => return NO,
                    (_, false) => self.documents.push(false),
                    (true, true) => {}
                }
                if *last {
                    self.close();
                }
                true
            }
            Act::Close { .. } => {
                let can = self.state == State::Incoming;
                if can {
                    self.close();
                }
                can
            }
            Act::Hold { no_hold, .. } => self.set_hold(!no_hold),
            Act::SetHold { hold, .. } => self.set_hold(*hold),
            Act::Release { .. } => self.hold && self.set_hold(false),
            Act::Cancel { .. } => {
                let can = self.waits();
                if can {
                    self.end_as(State::Canceled);
                }
                can
            }
            Act::Restart { hold, .. } => {
                let can = self.state.is_terminal() && self.has_documents();
                if can {
                    self.hold = *hold;
                    self.stand();
                }
                can
            }
            Act::Promote { .. } | Act::Move { .. } => self.waits(),
            Act::CancelDocument { number, .. } => {
                let Some(canceled) = self.documents.get_mut(*number as usize - 1) else {
                    return status::CLIENT_ERROR_NOT_FOUND;
                };
                if *canceled || self.state.is_terminal() {
                    return NO;
                }
                *canceled = true;
                if !self.has_documents() && self.state != State::Incoming {
                    self.end_as(State::Canceled);
                }
                true
            }
            Act::Print { .. } | Act::Create { .. } | Act::Resubmit { .. } => true,
        };
        if ok { status::SUCCESSFUL_OK } else { NO }
    }

    fn end_as(&mut self, state: State) {
        self.state = state;
        self.hold = false;
    }

    fn set_hold(&mut self, hold: bool) -> bool {
        if !self.waits() {
            return false;
        }
        self.hold = hold;
        if self.state != State::Incoming {
            self.stand();
        }
        true
    }
}

fn push_hold(message: &mut Message, in_job: bool, hold: bool) {
    let word = Value::keyword(if hold { "indefinite" } else { "no-hold" });
    if in_job {
        let mut job = super::codec::Group::new(group::JOB);
        job.push("job-hold-until", word);
        message.groups.push(job);
    } else {
        message.groups[0].push("job-hold-until", word);
    }
}

/// The request of an act about a job that is there.
fn about(act: &Act, id: i32) -> (Message, &'static [u8]) {
    let mut message = request(
        match act {
            Act::Send { .. } => op::SEND_DOCUMENT,
            Act::Close { .. } => op::CLOSE_JOB,
            Act::Hold { .. } => op::HOLD_JOB,
            Act::Release { .. } => op::RELEASE_JOB,
            Act::Cancel { .. } => op::CANCEL_JOB,
            Act::Restart { .. } => op::RESTART_JOB,
            Act::Resubmit { .. } => op::RESUBMIT_JOB,
            Act::Promote { .. } => op::PROMOTE_JOB,
            Act::Move { .. } => op::CUPS_MOVE_JOB,
            Act::SetHold { .. } => op::SET_JOB_ATTRIBUTES,
            Act::CancelDocument { .. } => op::CANCEL_DOCUMENT,
            Act::Print { .. } => op::PRINT_JOB,
            Act::Create { .. } => op::CREATE_JOB,
        },
        Some(id),
    );
    let mut document: &[u8] = &[];
    match act {
        Act::Send { last, empty, .. } => {
            message.groups[0].push("last-document", Value::Boolean(*last));
            if !empty {
                document = &PICTURE;
            }
        }
        Act::Hold { no_hold, .. } => push_hold(&mut message, false, !no_hold),
        Act::Restart { hold, .. } => push_hold(&mut message, false, *hold),
        Act::SetHold { hold, .. } => push_hold(&mut message, true, *hold),
        Act::Move { .. } => {
            let mut job = super::codec::Group::new(group::JOB);
            job.push("job-printer-uri", Value::uri("ipp://studio:631/ipp/print"));
            message.groups.push(job);
        }
        Act::CancelDocument { number, .. } => message.groups[0].push("document-number", Value::Integer(*number)),
        _ => {}
    }
    (message, document)
}

fn new_id(answer: &Message) -> i32 {
    let job = answer.group(group::JOB).unwrap();
    job.first("job-id").and_then(Value::as_integer).unwrap()
}

async fn play(acts: Vec<Act>) -> Result<(), TestCaseError> {
    let house = House::new().await;
    let mut model: Vec<Model> = Vec::new();
    for act in acts {
        let make = |hold: bool, id: i32, state: State, documents: Vec<bool>| Model {
            id,
            state,
            hold,
            documents,
        };
        match act {
            Act::Print { hold } | Act::Create { hold } => {
                let is_print = matches!(act, Act::Print { .. });
                let mut message = request(if is_print { op::PRINT_JOB } else { op::CREATE_JOB }, None);
                push_hold(&mut message, true, hold);
                let answer = ask(&house, &message, if is_print { &PICTURE } else { &[] }).await;
                prop_assert_eq!(answer.code, status::SUCCESSFUL_OK);
                let mut made = make(hold, new_id(&answer), State::Incoming, vec![]);
                if is_print {
                    made.documents.push(false);
                    made.stand();
                }
                model.push(made);
            }
            Act::Send { job, .. }
            | Act::Close { job }
            | Act::Hold { job, .. }
            | Act::Release { job }
            | Act::Cancel { job }
            | Act::Restart { job, .. }
            | Act::Resubmit { job }
            | Act::Promote { job }
            | Act::Move { job }
            | Act::SetHold { job, .. }
            | Act::CancelDocument { job, .. } => {
                let Some(known) = model.get_mut(job) else {
                    let (message, document) = about(&act, 999);
                    let answer = ask(&house, &message, document).await;
                    prop_assert_eq!(answer.code, status::CLIENT_ERROR_NOT_FOUND, "{:?}", act);
                    continue;
                };
                let (message, document) = about(&act, known.id);
                let answer = ask(&house, &message, document).await;
                if let Act::Resubmit { .. } = act {
                    let can = known.state.is_terminal() && known.has_documents();
                    prop_assert_eq!(answer.code < 0x100, can, "{:?}: {:?}", act, known);
                    if can {
                        let documents = known.documents.iter().filter(|c| !**c).copied().collect();
                        let mut made = make(false, new_id(&answer), State::Pending, documents);
                        made.stand();
                        model.push(made);
                    }
                } else {
                    let before = known.clone();
                    let expected = known.obey(&act);
                    prop_assert_eq!(answer.code, expected, "{:?}: {:?}", act, before);
                }
            }
        }
        for job in &model {
            let answer = ask(&house, &request(op::GET_JOB_ATTRIBUTES, Some(job.id)), &[]).await;
            let told = answer.group(group::JOB).unwrap();
            let state = told.first("job-state").and_then(Value::as_enum).unwrap();
            let expected = match job.state {
                State::Pending => 3,
                State::Incoming | State::Held => 4,
                State::Canceled => 7,
                State::Aborted => 8,
            };
            prop_assert_eq!(state, expected, "{:?}", job);
            let count = told.first("number-of-documents").and_then(Value::as_integer);
            prop_assert_eq!(count, Some(job.documents.len() as i32));
        }
    }
    let open = ask(&house, &request(op::GET_JOBS, None), &[]).await;
    let waiting = model.iter().filter(|job| job.waits()).count();
    prop_assert_eq!(open.groups_of(group::JOB).count(), waiting);
    house.close().await;
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_sequence_of_operations_is_answered_as_the_model_answers(acts in acts()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(play(acts))?;
    }
}
