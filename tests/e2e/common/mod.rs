//! What the tests share: programs to start, pictures to print, and eyes to look at what arrived.

pub mod chance;
pub mod client;
pub mod daemon;
pub mod eve;
pub mod faults;
pub mod ipptool;
pub mod order;
pub mod pdf;
pub mod photo;
pub mod raster;
pub mod rauc;
pub mod simulator;
pub mod wal;
pub mod web;
pub mod wire;

use std::time::{Duration, Instant};

/// Looks again and again until there is something to see; fails the test, with `what` in words, when it takes too long.
pub fn wait_for<T>(what: &str, most: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(started.elapsed() < most, "waited {most:?} in vain for {what}");
        std::thread::sleep(Duration::from_millis(25));
    }
}

/// A port that stays free while nobody listens on it: below those that the system gives to anybody (32768 on Linux).
pub fn port_that_stays_free() -> u16 {
    let mut chance = chance::Chance(uuid::Uuid::new_v4().as_u64_pair().1);
    loop {
        let port = 20_000 + chance.below(12_000) as u16;
        if std::net::TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return port;
        }
    }
}

/// A child that ends with the test.
pub struct Process(pub std::process::Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
