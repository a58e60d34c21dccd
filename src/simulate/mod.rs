//! `platen simulate`: a fake IPP printer that looks like a Canon imagePROGRAF PRO-1000 and has its troubles on demand.
//!
//! A program of its own in the same binary: of the house it uses the codec alone, so that what it believes of IPP and
//! what the driver believes meet on the wire only.
//!
//! ```text
//!   POST /control, script ──► command ──► machine (pure: jobs, paper, ink, troubles, time) ◄── ops ◄── server ◄── IPP
//!                                            └──► ledger: prints.jsonl, one line for each sheet
//! ```

mod attributes;
mod command;
mod ledger;
mod machine;
mod ops;
mod pages;
mod server;
#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use command::Command;
use ledger::Ledger;
use machine::{Machine, Settings};

/// How often the machine's time passes when nobody asks.
const TICK: Duration = Duration::from_millis(10);

/// Command line of the simulator.
#[derive(clap::Args, Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0 takes any that is free
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Name of the printer
    #[arg(long, default_value = "PRO-1000")]
    pub name: String,
    /// Commands to run by themselves, a line each: SECONDS COMMAND…
    #[arg(long, value_name = "FILE")]
    pub script: Option<PathBuf>,
    /// Where received documents and the ledger of prints go
    #[arg(long, value_name = "FOLDER", default_value = "simulate-spool")]
    pub spool: PathBuf,
    /// Seconds for a page
    #[arg(long, default_value_t = 2.0)]
    pub seconds_per_page: f64,
    /// Whether it takes a document at once (spool), or only as fast as it prints (stream)
    #[arg(long, value_enum, default_value_t = Mode::Spool)]
    pub mode: Mode,
    /// Size of the paper that is loaded
    #[arg(long, value_name = "PWG-NAME", default_value = "iso_a4_210x297mm")]
    pub media_ready: String,
    /// Sheets that are loaded
    #[arg(long, default_value_t = 100)]
    pub sheets: u32,
    /// Jobs that may wait behind the one that prints; with 0 it answers server-error-busy meanwhile
    #[arg(long, default_value_t = 0)]
    pub queue: usize,
    /// document-format-supported
    #[arg(long, value_delimiter = ',', default_value = "image/pwg-raster,image/urf,image/jpeg")]
    pub formats: Vec<String>,
    /// pwg-raster-document-type-supported
    #[arg(long, value_delimiter = ',', default_value = "srgb_8,adobe-rgb_8,sgray_8")]
    pub raster_types: Vec<String>,
    /// printer-resolution-supported, in dots per inch; the last is the default
    #[arg(long, value_delimiter = ',', default_value = "300,600", value_parser = clap::value_parser!(i32).range(72..=4_800))]
    pub resolutions: Vec<i32>,
    /// Answer Create-Job with server-error-operation-not-supported, as some old printers do
    #[arg(long)]
    pub no_create_job: bool,
}

/// How a document is taken.
#[derive(clap::ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// At once; then it prints.
    Spool,
    /// As fast as it prints.
    Stream,
}

/// What the connections share.
struct Shared {
    options: Options,
    /// `ipp://127.0.0.1:PORT/ipp/print`
    uri: String,
    uuid: uuid::Uuid,
    inner: Mutex<(Machine, Ledger)>,
    started: Instant,
}

impl Shared {
    /// The machine at this moment: time has passed, and what was printed is written down.
    fn machine(&self) -> MutexGuard<'_, (Machine, Ledger)> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (machine, ledger) = &mut *inner;
        for event in machine.advance(self.started.elapsed().as_secs_f64()) {
            if let Err(error) = ledger.write(&event) {
                log::error!("simulate: the ledger could not be written: {error}");
            }
        }
        inner
    }

    fn command(&self, command: Command) {
        self.machine().0.obey(command);
        drop(self.machine());
    }
}

/// Runs the simulator until Ctrl-C or a SIGTERM.
///
/// # Errors
/// In words, when the script or the folder can't be used, or the port is taken.
pub async fn run(options: Options) -> Result<(), String> {
    let script = match &options.script {
        Some(path) => command::read_script(
            &std::fs::read_to_string(path).map_err(|e| format!("{} could not be read: {e}", path.display()))?,
        )
        .map_err(|e| format!("{}, {e}", path.display()))?,
        None => vec![],
    };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", options.port))
        .await
        .map_err(|e| format!("port {} can't be used ({e}): choose another with --port", options.port))?;
    let shared = open(options, &listener)?;
    let port = listener.local_addr().map_err(|e| e.to_string())?.port();
    println!("listening {}  control http://127.0.0.1:{port}/control", shared.uri);
    let ticking = shared.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(TICK).await;
            drop(ticking.machine());
        }
    });
    let scripted = shared.clone();
    tokio::spawn(async move {
        for (after, command) in script {
            let at = scripted.started + Duration::from_secs_f64(after);
            tokio::time::sleep_until(at.into()).await;
            scripted.command(command);
        }
    });
    tokio::select! {
        () = server::serve(shared, listener) => {}
        () = stopped() => {}
    }
    Ok(())
}

fn open(options: Options, listener: &tokio::net::TcpListener) -> Result<Arc<Shared>, String> {
    let port = listener.local_addr().map_err(|e| e.to_string())?.port();
    let ledger = Ledger::open(&options.spool).map_err(|e| {
        format!(
            "{} can't be written ({e}): choose another --spool",
            options.spool.display()
        )
    })?;
    let machine = Machine::new(Settings {
        seconds_per_page: options.seconds_per_page,
        stream: options.mode == Mode::Stream,
        media: options.media_ready.clone(),
        sheets: options.sheets,
        queue: options.queue,
    });
    Ok(Arc::new(Shared {
        uri: format!("ipp://127.0.0.1:{port}/ipp/print"),
        uuid: uuid::Uuid::new_v4(),
        options,
        inner: Mutex::new((machine, ledger)),
        started: Instant::now(),
    }))
}

async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(_) => {
            let _ = tokio::signal::ctrl_c().await;
        }
    }
}
