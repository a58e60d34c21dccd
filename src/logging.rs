//! Logging: one `log` logger that fans out to sinks. Today a console; journal, syslog and the web page's ring join here.

use std::io::Write;

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
        let room = record.target().split("::").nth(1).unwrap_or("platen");
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
