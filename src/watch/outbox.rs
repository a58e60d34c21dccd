//! When something in the outbox is tried again, and what it is signed with. Pure.

use crate::crypto;
use crate::model::{Digest, Timestamp};

/// The first wait, in milliseconds; each is twice the one before.
const FIRST_MS: i64 = 10_000;
/// The longest wait.
const LONGEST_MS: i64 = 60 * 60 * 1000;
/// After so long it is given up: longer than a weekend.
const GIVEN_UP_MS: i64 = 3 * 24 * 60 * 60 * 1000;
/// HTTP status of an address that wants to hear no more (RFC 9110, 15.5.11).
const GONE: u16 = 410;

/// How a try went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tried {
    /// The address has answered with this status.
    Answered(u16),
    /// There was no answer: why.
    Failed(String),
}

/// What follows from a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is done.
    Delivered,
    /// It is tried again then.
    Again(Timestamp),
    /// It is given up.
    Dead,
    /// It is given up, and the address is told no more.
    Unwanted,
}

/// What follows from a try of something that has been in the outbox since `created`, after `tries` tries with this one.
pub fn next(tried: &Tried, tries: u32, created: Timestamp, now: Timestamp) -> Next {
    match tried {
        Tried::Answered(status) if (200..300).contains(status) => return Next::Delivered,
        Tried::Answered(GONE) => return Next::Unwanted,
        _ => {}
    }
    let doublings = tries.saturating_sub(1).min(20);
    let at = now.plus_ms((FIRST_MS << doublings).min(LONGEST_MS));
    // A clock that jumps ahead gives nothing up that was tried a few times only.
    if at.0 - created.0 > GIVEN_UP_MS && tries >= 10 {
        return Next::Dead;
    }
    Next::Again(at)
}

/// In words.
pub fn words(tried: &Tried) -> String {
    match tried {
        Tried::Answered(status) if (200..300).contains(status) => format!("taken ({status})"),
        Tried::Answered(GONE) => "the address wants to hear no more (410)".to_owned(),
        Tried::Answered(status) => format!("the address answered {status}"),
        Tried::Failed(why) => why.clone(),
    }
}

/// `Platen-Signature`: the moment, and the HMAC-SHA-256 of moment, number and body with dots between, so that nothing of
/// them can be exchanged or sent again later.
pub fn signature(secret: &str, id: i64, body: &str, at: Timestamp) -> String {
    let seconds = at.as_seconds();
    let signed = crypto::hmac_sha256(secret.as_bytes(), format!("{seconds}.{id}.{body}").as_bytes());
    format!("t={seconds},v1={}", Digest(signed))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_taken_is_done_and_what_is_gone_is_left_alone() {
        let at = Timestamp(0);
        assert_eq!(next(&Tried::Answered(204), 1, at, at), Next::Delivered);
        assert_eq!(next(&Tried::Answered(410), 1, at, at), Next::Unwanted);
        assert_eq!(next(&Tried::Answered(500), 1, at, at), Next::Again(Timestamp(10_000)));
        assert_eq!(next(&Tried::Answered(302), 2, at, at), Next::Again(Timestamp(20_000)));
    }

    proptest! {
        #[test]
        fn it_is_tried_for_days_and_then_given_up(takes in 0i64..10_000) {
            let failed = Tried::Failed("no answer".into());
            let (mut now, mut tries) = (Timestamp(1_000), 0u32);
            let last = loop {
                tries += 1;
                prop_assert!(tries < 200);
                match next(&failed, tries, Timestamp(1_000), now) {
                    Next::Again(at) => {
                        prop_assert!(at.0 - now.0 >= FIRST_MS && at.0 - now.0 <= LONGEST_MS);
                        now = at.plus_ms(takes);
                    }
                    other => break other,
                }
            };
            prop_assert_eq!(last, Next::Dead);
            prop_assert!(now.0 > GIVEN_UP_MS - 2 * LONGEST_MS - 10_000);
        }
    }

    #[test]
    fn a_signature_is_of_moment_number_and_body() {
        let at = Timestamp(1_700_000_000_123);
        let one = signature("s", 7, "{}", at);
        assert!(one.starts_with("t=1700000000,v1=") && one.len() == 16 + 64, "{one}");
        for other in [
            signature("t", 7, "{}", at),
            signature("s", 8, "{}", at),
            signature("s", 7, "{ }", at),
            signature("s", 7, "{}", at.plus_ms(1_000)),
        ] {
            assert_ne!(one, other);
        }
        // printf '1700000000.7.{}' | openssl dgst -sha256 -hmac s
        assert_eq!(
            one,
            "t=1700000000,v1=da64d3d33833a95de525ca2eb427d6c5f4cc35359710f126b45b17c9ca3ce34b"
        );
    }
}
