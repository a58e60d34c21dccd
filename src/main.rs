//! `platen`: the command.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, Parser, Subcommand};
use platen::appliance::{Appliance, StartError};
use platen::config::Config;
use platen::panel::wiring;
use platen::system::{machine, service};
use platen::{logging, render, simulate, simulate_day};
use tokio::signal::unix::{SignalKind, signal};

/// The print server of a fine-art print studio.
#[derive(Parser)]
#[command(version, about, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Command {
    /// Run the print server (what happens without a subcommand, too)
    Serve(Serve),
    /// Run a fake IPP printer, for tests and demonstrations
    Simulate(simulate::Options),
    /// Run a day of a studio in virtual time, by Platen's plan and by what others do, and compare
    SimulateDay(simulate_day::Options),
    /// Make a page of a picture or document, as it would be sent to a printer, and write it to a file
    Render(Box<render::Options>),
    /// Show how a print would look: the page as a display shows the paper and its inks
    Proof(Box<render::ProofArgs>),
    /// List the templates that are built in; tell what one takes, or draw it
    Templates(render::TemplateArgs),
    /// Draw the wiring of a front panel from its pin map
    PanelWiring(wiring::Options),
    /// Keep an appliance's name, network and clock as they are set; its own services run this
    #[command(hide = true)]
    Machine(machine::apply::Options),
}

#[derive(Args)]
struct Serve {
    /// Configuration file; without one, two virtual printers and port 8631 of this machine
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// State folder, in place of the configured one
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Port of the IPP door, in place of the configured one; 0 takes any free one
    #[arg(long)]
    port: Option<u16>,
    /// Port of the web page and the API, in place of the configured one; 0 takes any free one
    #[arg(long)]
    web_port: Option<u16>,
    /// How much to tell on the console
    #[arg(long, default_value = "info", value_parser = ["error", "warn", "info", "debug"])]
    log: String,
}

/// EX_USAGE of sysexits(3).
const USAGE: u8 = 64;
/// EX_CONFIG of sysexits(3).
const CONFIG: u8 = 78;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() {
                ExitCode::from(USAGE)
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    // No runtime: the press is threads and nothing else.
    match &cli.command {
        Some(Command::Render(options)) => return rendered("render", |stop| render::run(options, stop)),
        Some(Command::Proof(options)) => return rendered("proof", |stop| render::proof(options, stop)),
        Some(Command::Templates(options)) => {
            return rendered("templates", |stop| render::templates(options, stop));
        }
        Some(Command::SimulateDay(options)) => {
            say(simulate_day::table(options).0.trim_end());
            return ExitCode::SUCCESS;
        }
        Some(Command::PanelWiring(options)) => {
            return match wiring::run(options) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("platen panel-wiring: {error}");
                    ExitCode::from(CONFIG)
                }
            };
        }
        Some(Command::Machine(options)) => {
            return match machine::apply::run(options) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("platen machine: {error}");
                    ExitCode::from(73)
                }
            };
        }
        _ => {}
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("platen: no threads can be started: {error}");
            return ExitCode::from(71);
        }
    };
    runtime.block_on(async {
        match cli.command {
            Some(Command::Serve(options)) => serve(options).await,
            Some(Command::Simulate(options)) => {
                logging::start(vec![Box::new(logging::Console)], log::LevelFilter::Info);
                match simulate::run(options).await {
                    Ok(()) => ExitCode::SUCCESS,
                    Err(error) => {
                        eprintln!("platen simulate: {error}");
                        ExitCode::from(69)
                    }
                }
            }
            _ => serve(cli.serve).await,
        }
    })
}

fn rendered(command: &str, render: impl FnOnce(&AtomicBool) -> Result<(), render::RenderError>) -> ExitCode {
    watch_for_stop();
    match render(&STOP) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_quiet() {
                eprintln!("platen {command}: {error}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}

/// Set by Ctrl-C while a page is made.
static STOP: AtomicBool = AtomicBool::new(false);

/// Waits for Ctrl-C in a thread of its own; a second one ends at once.
fn watch_for_stop() {
    std::thread::spawn(|| {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
            return;
        };
        runtime.block_on(async {
            stop_signal().await;
            STOP.store(true, Ordering::Relaxed);
            stop_signal().await;
            std::process::exit(130);
        });
    });
}

async fn serve(options: Serve) -> ExitCode {
    logging::start(
        vec![Box::new(logging::Console), Box::new(logging::ring())],
        options.log.parse().unwrap_or(log::LevelFilter::Info),
    );
    let config = match options.config {
        Some(path) => Config::read(&path),
        None => Config::embedded(),
    };
    let mut config = match config {
        Ok(config) => config,
        Err(error) => {
            eprintln!("platen: {error}");
            return ExitCode::from(CONFIG);
        }
    };
    if let Some(data) = options.data {
        config.data = data;
    }
    if let Some(port) = options.port {
        take_port(&mut config.ipp.listen, port);
    }
    // Whoever wants any free port wants no other one either.
    if let Some(port) = options.web_port.or(options.port.filter(|port| *port == 0)) {
        take_port(&mut config.web.listen, port);
    }
    match run(&config).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("platen: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

/// Puts a port in place of the configured one.
fn take_port(listen: &mut Vec<std::net::SocketAddr>, port: u16) {
    listen.iter_mut().for_each(|address| address.set_port(port));
    if port == 0 {
        // Two free ports would be two different ones: one address is enough.
        listen.truncate(1);
    }
}

async fn run(config: &Config) -> Result<(), StartError> {
    // Listened for before anything is begun, so that an early Ctrl-C stops cleanly too.
    let stop = stop_signal();
    let appliance = Appliance::start(config).await?;
    greet(&appliance);
    service::ready();
    stop.await;
    service::stopping();
    say("platen: stopping");
    appliance.stop().await;
    say("platen: stopped; everything that was acknowledged is kept");
    Ok(())
}

/// Ends at SIGINT (Ctrl-C) or SIGTERM.
fn stop_signal() -> impl Future<Output = ()> {
    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        match signals {
            (Ok(mut interrupt), Ok(mut terminate)) => {
                tokio::select! {
                    _ = interrupt.recv() => {}
                    _ = terminate.recv() => {}
                }
            }
            _ => std::future::pending().await,
        }
    }
}

/// A line on the console. Whoever read it may have gone, which is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn greet(appliance: &Appliance) {
    let Some(port) = appliance.addresses().first().map(std::net::SocketAddr::port) else {
        return;
    };
    say("platen: ready");
    say(&format!("  queue     ipp://localhost:{port}/ipp/print"));
    for (id, name, uri) in appliance.printers() {
        let place = if uri.starts_with("virtual:") {
            format!(
                "virtual, prints to {}",
                appliance.data().join("prints").join(id.as_str()).display()
            )
        } else {
            uri.to_string()
        };
        say(&format!("  {name:<9} ipp://localhost:{port}/ipp/print/{id}  ({place})"));
    }
    for pool in appliance.pools() {
        let members: Vec<&str> = pool.printers.iter().map(|p| p.as_str()).collect();
        say(&format!(
            "  pool      ipp://localhost:{port}/ipp/print/{}  ({}: {})",
            pool.id,
            pool.name,
            members.join(", ")
        ));
    }
    for preset in appliance.presets() {
        let (id, to) = (&preset.id, &preset.destination);
        say(&format!(
            "  preset    ipp://localhost:{port}/ipp/print/{id}  ({}: goes to {to})",
            preset.name
        ));
    }
    if let Some(web) = appliance.web_addresses().first() {
        say(&format!("  web page  https://localhost:{}/", web.port()));
        if let Some(code) = appliance.setup_code() {
            let (front, back) = code.split_at_checked(4).unwrap_or((code, ""));
            say(&format!(
                "  claim it  with the setup code {front}-{back}, on the web page"
            ));
        }
    }
    say(&format!("  state     {}", appliance.data().display()));
    say(&format!(
        "  try       ipptool -tv -f photo.jpg ipp://localhost:{port}/ipp/print print-job.test"
    ));
    say("  stop      Ctrl-C");
}
