//! The whole way of IPP requests through the door, without sockets: read, checked, obeyed, answered.
//!
//! An input is requests in a row, each behind its length in two bytes. The house behind the door lives on for a while,
//! so that jobs of earlier inputs are there; what is wrong must be wrong by one input all the same.
#![no_main]

use std::cell::{Cell, RefCell};

use platen::ipp::codec::{Limits, Message, status};
use platen::ipp::house::House;
use platen_fuzz::bounds;

/// What the requests of one input may hold at once, beside what the house holds.
const MOST: usize = 64 << 20;
/// Seconds of the processor for one input.
const SECONDS: f64 = 1.0;
/// Most requests of one input.
const REQUESTS: usize = 6;
/// Inputs that one house sees: building it takes as long as a hundred.
const VISITS: u32 = 2_000;

thread_local! {
    static RUNTIME: tokio::runtime::Runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    static HOUSE: RefCell<Option<House>> = const { RefCell::new(None) };
    static SEEN: Cell<u32> = const { Cell::new(0) };
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    RUNTIME.with(|runtime| {
        HOUSE.with_borrow_mut(|house| {
            if SEEN.replace(SEEN.get() + 1).is_multiple_of(VISITS)
                && let Some(old) = house.take()
            {
                runtime.block_on(old.close());
            }
            let house = house.get_or_insert_with(|| runtime.block_on(House::new()));
            bounds::within_seconds(SECONDS, MOST, || runtime.block_on(visit(house, bytes)));
        });
    });
});

async fn visit(house: &House, mut bytes: &[u8]) {
    for _ in 0..REQUESTS {
        let Some((length, rest)) = bytes.split_first_chunk::<2>() else {
            return;
        };
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (request, rest) = rest.split_at(length);
        bytes = rest;
        let (http, answer) = house.ask(request.to_vec()).await;
        if http != 200 {
            assert!((400..500).contains(&http), "HTTP {http}");
            continue;
        }
        let (answer, used) = Message::decode(&answer, &Limits::CLIENT).expect("an answer can be read");
        assert!(used > 0);
        assert!(
            answer.code != status::SERVER_ERROR_INTERNAL_ERROR,
            "a request made the house fail: {answer:?}"
        );
        let id = request.get(4..8).map(|b| i32::from_be_bytes([b[0], b[1], b[2], b[3]]));
        assert_eq!(id, Some(answer.request_id));
        assert!(
            status::name(answer.code).is_some(),
            "no such status: {:04x}",
            answer.code
        );
    }
}
