//! `platen simulate`, as its own process.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::daemon::PLATEN;
use super::{Process, wait_for};

pub struct Simulator {
    _process: Process,
    pub port: u16,
    pub spool: PathBuf,
}

/// A sheet that came out.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub job_name: String,
    pub file: String,
    /// Bytes of the document.
    pub bytes: u64,
}

impl Simulator {
    pub fn start(folder: &Path, name: &str, arguments: &[&str]) -> Simulator {
        let spool = folder.join(format!("simulate-{name}"));
        fs::create_dir_all(&spool).unwrap();
        let log = spool.join("log");
        let out = File::create(&log).unwrap();
        let child = Command::new(PLATEN)
            .args(["simulate", "--name", name, "--spool", spool.to_str().unwrap()])
            .args(arguments)
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let process = Process(child);
        let port = wait_for("the simulator to listen", Duration::from_secs(30), || {
            let text = fs::read_to_string(&log).unwrap();
            let rest = text.split("ipp://127.0.0.1:").nth(1)?;
            rest.split('/').next()?.parse().ok()
        });
        Simulator {
            _process: process,
            port,
            spool,
        }
    }

    pub fn uri(&self) -> String {
        format!("ipp://127.0.0.1:{}/ipp/print", self.port)
    }

    /// Something happens to the printer.
    pub fn command(&self, command: &str) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "POST /control HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{command}",
            command.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// What came out so far.
    pub fn sheets(&self) -> Vec<Sheet> {
        pages(&fs::read_to_string(self.spool.join("prints.jsonl")).unwrap())
    }
}

/// The sheets of a part of the ledger.
pub fn pages(ledger: &str) -> Vec<Sheet> {
    ledger
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|line| line["event"] == "page")
        .map(|line| Sheet {
            job_name: line["job_name"].as_str().unwrap().to_owned(),
            file: line["file"].as_str().unwrap().to_owned(),
            bytes: line["bytes"].as_u64().unwrap(),
        })
        .collect()
}
