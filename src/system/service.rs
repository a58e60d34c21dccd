//! The daemon as a service of systemd: when it is ready, that it stops, and that it still gets on (sd_notify(3)).
//!
//! Without systemd (no `NOTIFY_SOCKET`) nothing is said to anybody, so that it is asked nowhere whether there is one. What
//! is said goes by a library in Rust, so that a plain machine needs no C library to build it either.

use std::time::Duration;

use sd_notify::NotifyState;

/// The doors are open.
pub fn ready() {
    tell(NotifyState::Ready);
}

/// It stops, in order.
pub fn stopping() {
    tell(NotifyState::Stopping);
}

/// It has come round.
pub fn alive() {
    tell(NotifyState::Watchdog);
}

/// How often systemd must hear that it gets on (`WatchdogSec=` of the unit); none when nobody wants to.
pub fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

fn tell(state: NotifyState<'_>) {
    // It would start the daemon anew if it does not hear; then the log should say why.
    if let Err(error) = sd_notify::notify(std::slice::from_ref(&state)) {
        log::warn!("systemd could not be told {state:?}: {error}");
    }
}
