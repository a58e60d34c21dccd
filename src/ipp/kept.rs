//! Answers that are given again: the same question about a printer, asked in the same second while nothing has changed,
//! has the same answer but for its number. Clients that show a print dialog ask it over and over.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};

use super::Shared;
use super::codec::op;
use crate::model::{EventSeq, Timestamp};

/// Longest question whose answer is kept, in bytes: the longest of real clients has about 2 KiB.
pub const QUESTION_BYTES: usize = 8 << 10;
/// Longest answer that is kept, in bytes.
const ANSWER_BYTES: usize = 256 << 10;
/// Most answers that are kept.
const MOST: usize = 16;
/// Where a message has its request-id (RFC 8010, 3.1.1).
const REQUEST_ID: std::ops::Range<usize> = 4..8;

/// All on which an answer depends besides the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstances {
    host: String,
    secure: bool,
    /// Of printers, switches and attempts.
    generation: u64,
    /// Of jobs.
    seq: EventSeq,
    up_time: i32,
    second: i64,
}

impl Circumstances {
    /// Those of now.
    pub fn now(shared: &Shared, host: &str, secure: bool) -> Self {
        Circumstances {
            host: host.to_owned(),
            secure,
            generation: shared.store.generation(),
            seq: *shared.store.subscribe().borrow(),
            up_time: shared.up_time(),
            second: Timestamp::now().as_seconds(),
        }
    }
}

#[derive(Debug)]
struct Kept {
    question: Bytes,
    circumstances: Circumstances,
    answer: Bytes,
}

/// The answers.
#[derive(Debug, Default)]
pub struct KeptAnswers(Mutex<Vec<Kept>>);

impl KeptAnswers {
    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer to a whole request, with its number.
    pub fn find(&self, question: &[u8], circumstances: &Circumstances) -> Option<Bytes> {
        if !is_kept(question) {
            return None;
        }
        let answer = {
            let kept = self.lock();
            let is_same = |k: &&Kept| is_same(&k.question, question) && k.circumstances == *circumstances;
            kept.iter().find(is_same)?.answer.clone()
        };
        let mut numbered = BytesMut::from(&answer[..]);
        numbered.get_mut(REQUEST_ID)?.copy_from_slice(question.get(REQUEST_ID)?);
        Some(numbered.freeze())
    }

    /// Keeps an answer that was made under these circumstances.
    pub fn keep(&self, question: Bytes, circumstances: Circumstances, answer: Bytes) {
        if !is_kept(&question) || answer.len() > ANSWER_BYTES {
            return;
        }
        let mut kept = self.lock();
        // An older answer to the same question, or the oldest of all, makes room.
        let old = kept
            .iter()
            .position(|k| is_same(&k.question, &question) && k.circumstances.host == circumstances.host);
        match old {
            Some(old) => drop(kept.remove(old)),
            None if kept.len() >= MOST => drop(kept.remove(0)),
            None => {}
        }
        kept.push(Kept {
            question,
            circumstances,
            answer,
        });
    }
}

/// Get-Printer-Attributes.
fn is_kept(question: &[u8]) -> bool {
    question.len() <= QUESTION_BYTES && question.get(2..4) == Some(&op::GET_PRINTER_ATTRIBUTES.to_be_bytes())
}

/// Whether two questions are the same but for their number.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && a.get(..REQUEST_ID.start) == b.get(..REQUEST_ID.start)
        && a.get(REQUEST_ID.end..) == b.get(REQUEST_ID.end..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circumstances(second: i64) -> Circumstances {
        Circumstances {
            host: "studio".into(),
            secure: false,
            generation: 1,
            seq: EventSeq(7),
            up_time: 3,
            second,
        }
    }

    fn question(code: u16, number: u8, rest: &[u8]) -> Bytes {
        let head = [&[2, 0][..], &code.to_be_bytes(), &[0, 0, 0, number]].concat();
        [head.as_slice(), rest].concat().into()
    }

    #[test]
    fn the_same_question_has_the_same_answer_with_its_own_number() {
        let answers = KeptAnswers::default();
        let code = op::GET_PRINTER_ATTRIBUTES;
        let answer = Bytes::from_static(&[2, 0, 0, 0, 0, 0, 0, 5, 1, 3]);
        answers.keep(question(code, 5, b"ab"), circumstances(1), answer);
        let found = answers.find(&question(code, 9, b"ab"), &circumstances(1));
        assert_eq!(found.as_deref(), Some(&[2, 0, 0, 0, 0, 0, 0, 9, 1, 3][..]));
        assert_eq!(answers.find(&question(code, 9, b"ac"), &circumstances(1)), None);
        assert_eq!(answers.find(&question(code, 9, b"ab"), &circumstances(2)), None);
        let mut changed = circumstances(1);
        changed.seq = EventSeq(8);
        assert_eq!(answers.find(&question(code, 9, b"ab"), &changed), None);
    }

    #[test]
    fn other_operations_are_never_kept_and_few_answers_are() {
        let answers = KeptAnswers::default();
        let answer = Bytes::from_static(&[2, 0, 0, 0, 0, 0, 0, 5, 3]);
        let other = question(op::GET_JOBS, 5, b"ab");
        answers.keep(other.clone(), circumstances(1), answer.clone());
        assert_eq!(answers.find(&other, &circumstances(1)), None);
        for n in 0..=MOST as u8 {
            answers.keep(
                question(op::GET_PRINTER_ATTRIBUTES, 1, &[n]),
                circumstances(1),
                answer.clone(),
            );
        }
        assert_eq!(answers.lock().len(), MOST);
        let first = question(op::GET_PRINTER_ATTRIBUTES, 1, &[0]);
        assert_eq!(answers.find(&first, &circumstances(1)), None);
        assert_eq!(
            answers.find(&question(op::GET_PRINTER_ATTRIBUTES, 1, &[]), &circumstances(1)),
            None
        );
    }
}
