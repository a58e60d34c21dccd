//! Memory and time of one input.
//!
//! An allocator counts, so that an input which takes more memory than it may is a finding at once and not only when the
//! whole process has grown. Time is that of the processor, all threads together: on a busy machine seconds on the clock
//! would find what is not there. What never ends is for the fuzzer's own alarm.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use rustix::time::{ClockId, clock_gettime};

/// Seconds of the processor that an input may take.
const SECONDS: f64 = 2.0;

/// Bytes that are allocated.
static LIVE: AtomicUsize = AtomicUsize::new(0);
/// Bytes that may be.
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

/// The system's allocator, counted.
pub struct Counted;

fn count(bytes: usize) {
    let live = LIVE.fetch_add(bytes, Relaxed) + bytes;
    if live > MOST.load(Relaxed) {
        // Telling it allocates.
        let most = MOST.swap(usize::MAX, Relaxed);
        eprintln!("memory: {live} bytes are held, and at most {most} may be; the last {bytes} were too many");
        std::process::abort();
    }
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Where it moves, both are held for a moment.
        count(size);
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.realloc(place, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counted = Counted;

/// Seconds of the processor so far.
fn worked() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Runs something that may hold so many bytes more than are held now, and may take [`SECONDS`].
pub fn within<T>(bytes: usize, run: impl FnOnce() -> T) -> T {
    within_seconds(SECONDS, bytes, run)
}

/// The same with another time.
pub fn within_seconds<T>(most: f64, bytes: usize, run: impl FnOnce() -> T) -> T {
    let begun = worked();
    MOST.store(LIVE.load(Relaxed).saturating_add(bytes), Relaxed);
    let made = run();
    MOST.store(usize::MAX, Relaxed);
    let seconds = worked() - begun;
    assert!(
        seconds < most,
        "time: it took {seconds:.1} s of the processor, and may take {most}"
    );
    made
}

/// Room for what the target itself holds while [`within`] runs.
pub fn grant(bytes: usize) {
    let most = MOST.load(Relaxed);
    MOST.store(most.saturating_add(bytes), Relaxed);
}
