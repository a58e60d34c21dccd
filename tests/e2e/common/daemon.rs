//! The daemon under test, as its own process.

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

impl Daemon {
    /// Starts it with this configuration (without `data` and `listen`) and waits until it is ready.
    pub fn start(folder: &Path, config: &str) -> Daemon {
        let (mut process, log) = Self::spawn(folder, config);
        let port = wait_for("the daemon to be ready", Duration::from_secs(60), || {
            let text = fs::read_to_string(&log).unwrap();
            if let Some(status) = process.0.try_wait().unwrap() {
                panic!("the daemon ended with {status}:\n{text}");
            }
            let line = text.lines().find(|l| l.trim_start().starts_with("queue "))?;
            line.split("localhost:").nth(1)?.split('/').next()?.parse().ok()
        });
        Daemon { process, port, log }
    }

    /// Starts it and cuts its power after this time, wherever it is by then. Says whether it was ready.
    pub fn start_and_kill(folder: &Path, config: &str, after: Duration) -> bool {
        let (mut process, log) = Self::spawn(folder, config);
        std::thread::sleep(after);
        process.0.kill().unwrap();
        process.0.wait().unwrap();
        fs::read_to_string(&log).unwrap().contains("platen: ready")
    }

    fn spawn(folder: &Path, config: &str) -> (Process, PathBuf) {
        let path = folder.join("platen.toml");
        fs::write(&path, config).unwrap();
        let log = folder.join(format!("daemon-{}.log", uuid::Uuid::new_v4()));
        let out = File::create(&log).unwrap();
        let child = Command::new(PLATEN)
            .args(["--config", path.to_str().unwrap(), "--port", "0", "--data"])
            .arg(folder.join("data"))
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

    /// Ctrl-C.
    pub fn interrupt(mut self) -> ExitStatus {
        let pid = self.process.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.process.0.wait().unwrap()
    }

    /// Most memory that it held so far, in KiB.
    pub fn peak_memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}
