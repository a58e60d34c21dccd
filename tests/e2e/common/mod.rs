//! What the tests share: programs to start, pictures to print, and eyes to look at what arrived.

pub mod client;
pub mod daemon;
pub mod eve;
pub mod ipptool;
pub mod pdf;
pub mod photo;
pub mod raster;
pub mod simulator;

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

/// A child that ends with the test.
pub struct Process(pub std::process::Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
