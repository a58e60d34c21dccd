//! RAUC as Platen sees it: `de.pengutronix.rauc.Installer` on a bus of the test's own, played by the test. What is a bundle
//! to the real one is a line of text here: `bundle MACHINE VERSION`, and words for what is wrong with it.
//!
//! The library's own tests play it with the same file.

#![allow(dead_code, clippy::unwrap_used)] // each side uses a part of it; a test may stop where it stands

use std::collections::HashMap;
use std::io::BufRead;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use zbus::{OwnedVariant, Variant};

/// A bus that ends with the test.
pub struct Bus {
    process: Child,
    /// Where it is.
    pub address: String,
}

impl Bus {
    /// Starts one with its socket in a folder.
    pub fn start(folder: &Path) -> Bus {
        let wanted = format!("--address=unix:path={}", folder.join("bus").display());
        // A missing bus is no reason to pass.
        let mut process = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address", &wanted])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon (Debian: dbus-daemon)");
        let mut address = String::new();
        let mut said = std::io::BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut address).unwrap();
        let address = address.trim().split(",guid=").next().unwrap().to_owned();
        Bus { process, address }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What is in a slot, and what the boot loader thinks of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    pub version: String,
    pub is_good: bool,
    pub is_whole: bool,
}

/// The machine.
#[derive(Debug, Clone)]
pub struct Machine {
    pub compatible: String,
    /// `A` or `B`
    pub booted: char,
    pub a: Slot,
    pub b: Slot,
    pub primary: char,
    /// What was marked, in order: `good booted`.
    pub marks: Vec<String>,
    /// What was installed, in order.
    pub sources: Vec<String>,
    /// How long a step of an installation takes.
    pub step: Duration,
    /// Whether it marks nothing as good.
    pub refuses_good: bool,
    operation: String,
    progress: (i32, String, i32),
    last_error: String,
}

impl Machine {
    /// Version 1 in slot A, and nothing in slot B.
    pub fn new() -> Machine {
        let slot = |version: &str| Slot {
            version: version.to_owned(),
            is_good: !version.is_empty(),
            is_whole: !version.is_empty(),
        };
        Machine {
            compatible: "platen-pi4".to_owned(),
            booted: 'A',
            a: slot("1.0"),
            b: slot(""),
            primary: 'A',
            marks: Vec::new(),
            sources: Vec::new(),
            step: Duration::from_millis(60),
            refuses_good: false,
            operation: "idle".to_owned(),
            progress: (0, String::new(), 0),
            last_error: String::new(),
        }
    }

    fn other(&mut self) -> (&mut Slot, char) {
        match self.booted {
            'A' => (&mut self.b, 'B'),
            _ => (&mut self.a, 'A'),
        }
    }

    /// The boot loader's choice, when the machine starts anew.
    pub fn restart(&mut self) -> char {
        let is_good = |slot: &Slot| slot.is_good;
        self.booted = match (self.primary, is_good(&self.a), is_good(&self.b)) {
            ('A', true, _) | ('B', true, false) => 'A',
            ('B', _, true) | ('A', false, true) => 'B',
            (primary, ..) => primary,
        };
        self.primary = self.booted;
        self.booted
    }
}

/// RAUC, for the test to look into. Clones are the same.
#[derive(Clone)]
pub struct Rauc {
    pub machine: Arc<Mutex<Machine>>,
}

/// On a bus as long as it lives.
pub struct OnBus {
    pub rauc: Rauc,
    connection: zbus::Connection,
}

impl OnBus {
    pub async fn at(address: &str) -> OnBus {
        let rauc = Rauc {
            machine: Arc::new(Mutex::new(Machine::new())),
        };
        let connection = zbus::connection::Builder::address(address)
            .name("de.pengutronix.rauc")
            .serve_at("/", rauc.clone())
            .build()
            .await
            .unwrap();
        OnBus { rauc, connection }
    }

    pub fn machine(&self) -> std::sync::MutexGuard<'_, Machine> {
        self.rauc.machine.lock().unwrap()
    }
}

/// A bundle's words: of a file, or of an address that is one.
fn words(source: &str) -> Result<Vec<String>, String> {
    let text = match source.strip_prefix("http") {
        Some(_) => source.rsplit('/').next().unwrap_or("").replace("%20", " "),
        None => std::fs::read_to_string(source).map_err(|e| format!("failed to open bundle: {e}"))?,
    };
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if words.first().is_none_or(|word| word != "bundle") {
        return Err("Signature size (8319395883104690464) exceeds bundle size".to_owned());
    }
    if words.iter().any(|word| word == "stranger") {
        return Err("Verify error: self-signed certificate".to_owned());
    }
    Ok(words)
}

fn owned(text: &str) -> OwnedVariant {
    Variant::from(text.to_owned()).try_into().unwrap()
}

fn failed(text: String) -> zbus::fdo::Error {
    zbus::fdo::Error::Failed(text)
}

#[zbus::interface(name = "de.pengutronix.rauc.Installer")]
impl Rauc {
    async fn install_bundle(&self, source: String, args: HashMap<String, OwnedVariant>) -> zbus::fdo::Result<()> {
        if let Some(key) = args.keys().next() {
            return Err(failed(format!("Unsupported key: {key}")));
        }
        let step = {
            let mut machine = self.machine.lock().unwrap();
            if machine.operation != "idle" {
                return Err(failed("Already processing a different method".to_owned()));
            }
            machine.operation = "installing".to_owned();
            machine.last_error.clear();
            machine.sources.push(source.clone());
            machine.step
        };
        let machine = self.machine.clone();
        tokio::spawn(async move {
            let steps = [
                (0, "Installing"),
                (20, "Checking bundle"),
                (40, "Copying image"),
                (70, "Copying image"),
            ];
            let read = words(&source);
            for (percent, message) in steps {
                machine.lock().unwrap().progress = (percent, message.to_owned(), 1);
                tokio::time::sleep(step).await;
                if percent == 40 {
                    let mut machine = machine.lock().unwrap();
                    let (other, _) = machine.other();
                    (other.is_good, other.is_whole) = (false, false);
                }
            }
            let mut machine = machine.lock().unwrap();
            match read {
                Ok(words) if !words.iter().any(|word| word == "broken") => {
                    let (other, name) = machine.other();
                    *other = Slot {
                        version: words[2].clone(),
                        is_good: true,
                        is_whole: true,
                    };
                    machine.primary = name;
                    machine.progress = (100, "Installing done.".to_owned(), 1);
                }
                Ok(_) => machine.last_error = "Failed to copy image: Input/output error".to_owned(),
                Err(why) => machine.last_error = why,
            }
            machine.operation = "idle".to_owned();
        });
        Ok(())
    }

    async fn inspect_bundle(
        &self,
        source: String,
        _args: HashMap<String, OwnedVariant>,
    ) -> zbus::fdo::Result<HashMap<String, OwnedVariant>> {
        let words = words(&source).map_err(failed)?;
        let update: HashMap<String, Variant<'static>> = HashMap::from([
            ("compatible".to_owned(), Variant::from(words[1].clone())),
            ("version".to_owned(), Variant::from(words[2].clone())),
            ("description".to_owned(), Variant::from("What is new".to_owned())),
        ]);
        let update: OwnedVariant = Variant::from(update).try_into().unwrap();
        Ok(HashMap::from([("update".to_owned(), update)]))
    }

    async fn mark(&self, state: String, slot_identifier: String) -> zbus::fdo::Result<(String, String)> {
        let mut machine = self.machine.lock().unwrap();
        if machine.refuses_good && state == "good" {
            return Err(failed("the boot loader's environment can't be written".to_owned()));
        }
        machine.marks.push(format!("{state} {slot_identifier}"));
        let booted = machine.booted;
        let (other, other_name) = machine.other();
        match (state.as_str(), slot_identifier.as_str()) {
            ("bad", "other") => other.is_good = false,
            ("active", "other") => {
                other.is_good = true;
                machine.primary = other_name;
            }
            (state, "booted") => {
                let is_good = state == "good";
                match booted {
                    'A' => machine.a.is_good = is_good,
                    _ => machine.b.is_good = is_good,
                }
            }
            _ => return Err(failed("Invalid slot".to_owned())),
        }
        Ok(("root.0".to_owned(), "marked".to_owned()))
    }

    async fn get_slot_status(&self) -> Vec<(String, HashMap<String, OwnedVariant>)> {
        let machine = self.machine.lock().unwrap();
        let slot = |name: char, slot: &Slot| {
            let mut fields = HashMap::from([
                ("bootname".to_owned(), owned(&name.to_string())),
                ("class".to_owned(), owned("root")),
                (
                    "state".to_owned(),
                    owned(if machine.booted == name { "booted" } else { "inactive" }),
                ),
                (
                    "boot-status".to_owned(),
                    owned(if slot.is_good { "good" } else { "bad" }),
                ),
            ]);
            if !slot.version.is_empty() {
                fields.insert("bundle.version".to_owned(), owned(&slot.version));
                fields.insert("status".to_owned(), owned(if slot.is_whole { "ok" } else { "failed" }));
            }
            fields
        };
        vec![
            ("root.0".to_owned(), slot('A', &machine.a)),
            ("root.1".to_owned(), slot('B', &machine.b)),
        ]
    }

    async fn get_primary(&self) -> String {
        match self.machine.lock().unwrap().primary {
            'A' => "root.0".to_owned(),
            _ => "root.1".to_owned(),
        }
    }

    #[zbus(property)]
    async fn operation(&self) -> String {
        self.machine.lock().unwrap().operation.clone()
    }

    #[zbus(property)]
    async fn last_error(&self) -> String {
        self.machine.lock().unwrap().last_error.clone()
    }

    #[zbus(property)]
    async fn progress(&self) -> (i32, String, i32) {
        self.machine.lock().unwrap().progress.clone()
    }

    #[zbus(property)]
    async fn compatible(&self) -> String {
        self.machine.lock().unwrap().compatible.clone()
    }
}
