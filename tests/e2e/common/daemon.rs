//! The daemon under test, as its own process.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use super::{Process, wait_for};

pub const PLATEN: &str = env!("CARGO_BIN_EXE_platen");

pub struct Daemon {
    pub process: Process,
    pub port: u16,
    pub log: PathBuf,
}

/// What is different about a start.
#[derive(Debug, Clone, Default)]
pub struct Launch {
    /// Its port; 0 takes any that is free.
    pub port: u16,
    /// What is put before the command, such as `nsenter …`.
    pub through: Vec<String>,
    /// More of the environment.
    pub environment: Vec<(&'static str, OsString)>,
}

impl Daemon {
    /// Starts it with this configuration (without `data` and `listen`) and waits until it is ready.
    pub fn start(folder: &Path, config: &str) -> Daemon {
        Self::start_as(folder, config, &Launch::default())
    }

    pub fn start_as(folder: &Path, config: &str, launch: &Launch) -> Daemon {
        match Self::try_start(folder, config, launch) {
            Ok(daemon) => daemon,
            Err((status, text)) => panic!("the daemon ended with {status}:\n{text}"),
        }
    }

    /// Gives how it ended and what it said when it does not come up.
    pub fn try_start(folder: &Path, config: &str, launch: &Launch) -> Result<Daemon, (ExitStatus, String)> {
        let (mut process, log) = Self::spawn(folder, config, launch);
        let port = wait_for("the daemon to be ready", Duration::from_secs(60), || {
            let ended = process.0.try_wait().unwrap();
            let text = fs::read_to_string(&log).unwrap();
            if let Some(status) = ended {
                return Some(Err((status, text)));
            }
            let line = text.lines().find(|l| l.trim_start().starts_with("queue "))?;
            line.split("localhost:").nth(1)?.split('/').next()?.parse().ok().map(Ok)
        })?;
        Ok(Daemon { process, port, log })
    }

    /// Starts it and waits for nothing.
    pub fn spawn(folder: &Path, config: &str, launch: &Launch) -> (Process, PathBuf) {
        let path = folder.join("platen.toml");
        fs::write(&path, config).unwrap();
        let log = folder.join(format!("daemon-{}.log", uuid::Uuid::new_v4()));
        let out = File::create(&log).unwrap();
        let mut words = launch.through.iter().map(String::as_str).chain([PLATEN]);
        let mut command = Command::new(words.next().unwrap());
        let child = command
            .args(words)
            .args([
                "--config",
                path.to_str().unwrap(),
                "--port",
                &launch.port.to_string(),
                "--data",
            ])
            .arg(folder.join("data"))
            .envs(launch.environment.iter().map(|(name, value)| (*name, value)))
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        (Process(child), log)
    }

    /// The address of the pool, or of a printer.
    pub fn uri(&self, printer: Option<&str>) -> String {
        match printer {
            None => format!("ipp://localhost:{}/ipp/print", self.port),
            Some(id) => format!("ipp://localhost:{}/ipp/print/{id}", self.port),
        }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// The power fails.
    pub fn kill(mut self) {
        self.process.0.kill().unwrap();
        self.process.0.wait().unwrap();
    }

    /// `kill -NAME`
    pub fn signal(&self, name: &str) {
        let (name, pid) = (format!("-{name}"), self.process.0.id().to_string());
        assert!(Command::new("kill").args([name, pid]).status().unwrap().success());
    }

    /// Ctrl-C.
    pub fn interrupt(mut self) -> ExitStatus {
        self.signal("INT");
        self.process.0.wait().unwrap()
    }

    /// Most memory that it held so far, in KiB.
    pub fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}
