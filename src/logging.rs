//! Logging: one `log` logger that fans out to sinks. Today a console and a ring
//! of the last lines; journal and syslog join here.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use log::{LevelFilter, Log, Metadata, Record};

/// A place where log lines go.
pub trait Sink: Send + Sync {
    /// Takes one record. Must neither block for long nor panic.
    fn take(&self, record: &Record);
}

/// Standard error, one line a record; line breaks inside a message are shown as `␊`, so that nobody forges a line.
pub struct Console;

impl Sink for Console {
    fn take(&self, record: &Record) {
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
        let level = match record.level() {
            log::Level::Error => "error",
            log::Level::Warn => "warn ",
            log::Level::Info => "info ",
            log::Level::Debug => "debug",
            log::Level::Trace => "trace",
        };
        let room = room(record);
        let text: String = record
            .args()
            .to_string()
            .chars()
            .map(|c| match c {
                '\n' | '\r' => '␊',
                c if c.is_control() => '�',
                c => c,
            })
            .collect();
        // In one write. A console that is gone must not stop a print.
        let line = format!("{now} {level} {room}: {text}\n");
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }
}

/// Lines that the ring keeps.
const KEPT: usize = 2_000;
/// Longest text that it keeps of one, in bytes.
const MOST_TEXT: usize = 2_000;

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number; grows from 1 at each start.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// How bad.
    pub level: log::Level,
    /// The room that says it.
    pub room: String,
    /// What it says.
    pub text: String,
}

/// The last lines, for people who look at them in a browser.
#[derive(Debug, Default)]
pub struct Ring(Mutex<(u64, VecDeque<Line>)>);

/// The one that [`start`] fills when it is among the sinks.
static RING: LazyLock<Arc<Ring>> = LazyLock::new(Arc::default);

/// The last lines of this process.
pub fn ring() -> Arc<Ring> {
    RING.clone()
}

impl Ring {
    /// The lines of this level and worse ones with higher numbers than `after`, the newest `limit` of them, oldest first.
    pub fn after(&self, level: log::Level, after: u64, limit: usize) -> Vec<Line> {
        let ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wanted = ring.1.iter().rev().filter(|line| line.level <= level);
        let mut lines: Vec<Line> = wanted
            .take_while(|line| line.seq > after)
            .take(limit)
            .cloned()
            .collect();
        lines.reverse();
        lines
    }

    fn keep(&self, at: i64, level: log::Level, room: &str, mut text: String) {
        if text.len() > MOST_TEXT {
            let end = (0..=MOST_TEXT).rev().find(|end| text.is_char_boundary(*end));
            text.truncate(end.unwrap_or(0));
        }
        let mut ring = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (seq, lines) = &mut *ring;
        *seq += 1;
        if lines.len() >= KEPT {
            lines.pop_front();
        }
        lines.push_back(Line {
            seq: *seq,
            at,
            level,
            room: room.to_owned(),
            text,
        });
    }
}

impl Sink for Arc<Ring> {
    fn take(&self, record: &Record) {
        let at = jiff::Timestamp::now().as_millisecond();
        let text = record.args().to_string().replace(|c: char| c.is_control(), " ");
        self.keep(at, record.level(), room(record), text);
    }
}

/// The room that says it.
fn room<'a>(record: &'a Record) -> &'a str {
    record.target().split("::").nth(1).unwrap_or("platen")
}

struct Fan(Vec<Box<dyn Sink>>);

impl Log for Fan {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.target().starts_with("platen") || metadata.level() <= log::Level::Warn
    }

    fn log(&self, record: &Record) {
        if self.enabled(record.metadata()) {
            self.0.iter().for_each(|sink| sink.take(record));
        }
    }

    fn flush(&self) {}
}

/// Starts logging to these sinks at this level. A second call changes nothing.
pub fn start(sinks: Vec<Box<dyn Sink>>, level: LevelFilter) {
    if log::set_boxed_logger(Box::new(Fan(sinks))).is_ok() {
        log::set_max_level(level);
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let said = panic.payload();
        let text = said
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| said.downcast_ref::<String>().cloned())
            .unwrap_or_default();
        log::error!("a bug in Platen: panic at {place}: {text}. Please report it; the daemon goes on");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_keeps_the_last_lines_and_gives_them_by_level_and_number() {
        let ring = Ring::default();
        for n in 0..KEPT + 10 {
            let level = if n % 2 == 0 { log::Level::Info } else { log::Level::Warn };
            ring.keep(n as i64, level, "queue", format!("line {n}"));
        }
        let all = ring.after(log::Level::Trace, 0, usize::MAX);
        assert_eq!((all.len(), all[0].seq, all[KEPT - 1].seq), (KEPT, 11, KEPT as u64 + 10));
        let warnings = ring.after(log::Level::Warn, KEPT as u64, 3);
        let seqs: Vec<u64> = warnings.iter().map(|line| line.seq).collect();
        assert_eq!(seqs, [KEPT as u64 + 6, KEPT as u64 + 8, KEPT as u64 + 10]);
        assert!(ring.after(log::Level::Trace, KEPT as u64 + 10, 10).is_empty());
        ring.keep(0, log::Level::Error, "press", "ü".repeat(MOST_TEXT));
        assert!(ring.after(log::Level::Error, 0, 1)[0].text.len() <= MOST_TEXT);
    }
}
