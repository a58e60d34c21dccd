//! The service of the machine: `platen machine`, which runs as root at each start and whenever the daemon asks for
//! something. It trusts nothing that it is asked: what is no value of its kind is refused, and of the daemon's folder it
//! reads one file and follows no link.
//!
//! The settings, secrets among them, lie in `/var/lib/platen-machine`, which nobody else reads.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;

use smol_str::{SmolStr, format_smolstr};

use super::files::{self, Readers};
use super::first_start;
use super::seen::{Answer, Request, Shown, Wanted};
use super::settings::Settings;
use super::values::Key;
use crate::config::Config;
use crate::crypto;

/// Most bytes of a file that is read.
const MOST: u64 = 256 << 10;
/// What is wiped when everything is forgotten, folders and what is in them; the last one tells that it is to be done.
const FORGOTTEN: [&str; 5] = [
    "/var/lib/platen",
    "/var/lib/ssh",
    "/var/lib/platen-boots",
    "/var/log/journal",
    "/var/lib/platen-machine",
];

/// Keeps the machine as it is set (the appliance's own service).
#[derive(clap::Args)]
pub struct Options {
    /// Takes in what the owner has put on the card, if nothing was taken in before
    #[arg(long)]
    first_start: bool,
    /// Folder in place of the system's root
    #[arg(long, default_value = "/", value_name = "FOLDER")]
    root: PathBuf,
    /// Runs no other program of the system
    #[arg(long)]
    quiet: bool,
}

/// Why the service could not do its work at all.
#[derive(Debug, thiserror::Error)]
#[error("{what} {path}: {source}")]
pub struct ApplyError {
    what: &'static str,
    path: PathBuf,
    source: io::Error,
}

fn wrong(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ApplyError {
    let path = path.to_owned();
    move |source| ApplyError { what, path, source }
}

/// Does what there is to do. Blocking.
///
/// # Errors
/// [`ApplyError`] when the settings can't be kept; what is wrong with a request is told to whoever asked.
pub fn run(options: &Options) -> Result<(), ApplyError> {
    let machine = Machine {
        root: options.root.clone(),
        runs_programs: !options.quiet,
    };
    machine.make_folder("/var/lib/platen-machine", 0o700)?;
    if machine.at("/var/lib/platen-machine/forget").exists() {
        machine.forget_all()?;
        machine.make_folder("/var/lib/platen-machine", 0o700)?;
    }
    if options.first_start {
        machine.first_start()?;
    }
    let (mut settings, troubles) = (machine.settings(), machine.troubles());
    let asked = machine.request();
    if let Some(asked) = asked {
        let trouble = match asked {
            Ok(request) => machine.carry_out(&mut settings, request)?,
            Err(why) => machine.answer(0, Some(why))?,
        };
        if let Some(trouble) = trouble {
            eprintln!("platen machine: {trouble}");
        }
        machine.lay(&settings)?;
        machine.tell_services();
    } else {
        machine.lay(&settings)?;
    }
    machine.show(&settings, troubles)
}

/// The machine below a root.
struct Machine {
    root: PathBuf,
    runs_programs: bool,
}

impl Machine {
    fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    fn make_folder(&self, path: &str, mode: u32) -> Result<(), ApplyError> {
        let path = self.at(path);
        let made = fs::DirBuilder::new().recursive(true).mode(mode).create(&path);
        made.map_err(wrong("making", &path))
    }

    /// Writes a file under its name only once it is whole.
    fn put(&self, path: &Path, text: &str, mode: u32, group: Option<u32>) -> Result<(), ApplyError> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(folder)
            .map_err(wrong("making", folder))?;
        let beside = path.with_extension("new");
        let written = || -> io::Result<()> {
            let _ = fs::remove_file(&beside);
            let mut file = File::options().create_new(true).write(true).mode(0o600).open(&beside)?;
            file.write_all(text.as_bytes())?;
            if let Some(group) = group {
                std::os::unix::fs::fchown(&file, None, Some(group))?;
            }
            file.set_permissions(Permissions::from_mode(mode))?;
            file.sync_all()?;
            fs::rename(&beside, path)?;
            File::open(folder)?.sync_all()
        };
        written().map_err(wrong("writing", path))
    }

    fn read(&self, path: &str) -> Option<String> {
        let mut text = String::new();
        let file = File::open(self.at(path)).ok()?;
        file.take(MOST).read_to_string(&mut text).ok()?;
        Some(text)
    }

    /// A group's number (group(5)).
    fn group(&self, name: &str) -> Option<u32> {
        let all = self.read("/etc/group")?;
        let mut lines = all.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let line = lines.find(|line| line.first() == Some(&name))?;
        line.get(2)?.parse().ok()
    }

    fn settings(&self) -> Settings {
        let text = self.read("/var/lib/platen-machine/settings.json");
        let read = text.map(|text| serde_json::from_str::<Settings>(&text));
        match read {
            None => Settings::default(),
            Some(Ok(settings)) => settings,
            Some(Err(error)) => {
                eprintln!("platen machine: what was set can't be read, and is as the image has it: {error}");
                Settings::default()
            }
        }
    }

    fn keep(&self, settings: &Settings) -> Result<(), ApplyError> {
        let text = serde_json::to_string(settings).unwrap_or_default();
        self.put(&self.at("/var/lib/platen-machine/settings.json"), &text, 0o600, None)
    }

    fn troubles(&self) -> Vec<SmolStr> {
        let text = self.read("/var/lib/platen-machine/troubles.json");
        text.and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default()
    }

    /// Takes in the card's file, once: the daemon's configuration is there from then on.
    fn first_start(&self) -> Result<(), ApplyError> {
        let configuration = self.at("/var/lib/platen/platen.toml");
        if configuration.exists() {
            return Ok(());
        }
        let image = self.read("/usr/share/platen/platen.toml").unwrap_or_default();
        let card = self.read("/boot/platen.toml");
        let check = |text: &str| Config::check_text(text);
        let taken = first_start::take(card.as_deref().unwrap_or(""), &image, &check);
        let mut troubles = taken.troubles;
        if taken
            .settings
            .time_zone
            .as_ref()
            .is_some_and(|zone| !self.has_zone(zone.as_str()))
        {
            troubles.push("[appliance] time-zone on the card is left out: there is no such zone".into());
        }
        for trouble in &troubles {
            // To the journal and the console.
            eprintln!("platen machine: {trouble}");
        }
        self.keep(&taken.settings)?;
        let told = serde_json::to_string(&troubles).unwrap_or_default();
        self.put(&self.at("/var/lib/platen-machine/troubles.json"), &told, 0o600, None)?;
        // Last, as it says that all was taken in. It belongs to the daemon, whose folder it lies in.
        let (user, group) = (self.user("platen"), self.group("platen"));
        self.put(&configuration, &taken.configuration, 0o640, group)?;
        let folder = self.at("/var/lib/platen");
        for (path, mode) in [(&folder, 0o750), (&configuration, 0o640)] {
            let owned = std::os::unix::fs::chown(path, user, group)
                .and_then(|()| fs::set_permissions(path, Permissions::from_mode(mode)));
            owned.map_err(wrong("giving away", path))?;
        }
        Ok(())
    }

    fn has_zone(&self, name: &str) -> bool {
        self.at("/usr/share/zoneinfo").join(name).is_file()
    }

    fn user(&self, name: &str) -> Option<u32> {
        let all = self.read("/etc/passwd")?;
        let mut lines = all.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let line = lines.find(|line| line.first() == Some(&name))?;
        line.get(2)?.parse().ok()
    }

    /// What is asked, if anything is; it is taken away.
    fn request(&self) -> Option<Result<Request, SmolStr>> {
        let path = self.at("/run/platen/machine-request");
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let opened = File::options()
            .read(true)
            .custom_flags(i32::try_from(flags.bits()).unwrap_or(0))
            .open(&path);
        let file = match opened {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                let _ = fs::remove_file(&path);
                return Some(Err(format_smolstr!("what is asked can't be read: {error}")));
            }
        };
        let is_file = file
            .metadata()
            .is_ok_and(|found| found.is_file() && found.len() <= MOST);
        let mut text = String::new();
        let read = is_file && file.take(MOST).read_to_string(&mut text).is_ok();
        let _ = fs::remove_file(&path);
        if !read {
            return Some(Err("what is asked is no file of ours".into()));
        }
        Some(serde_json::from_str(&text).map_err(|e| format_smolstr!("what is asked can't be understood: {e}")))
    }

    /// Does what is asked, and answers. Gives why it was not done.
    fn carry_out(&self, settings: &mut Settings, request: Request) -> Result<Option<SmolStr>, ApplyError> {
        let trouble = match request.what {
            Wanted::Change(change) => {
                let mut key = [0; 32];
                let made = crypto::random(&mut key).map_err(|e| format_smolstr!("{e}"));
                let changed = made.and_then(|()| settings.with(change, &Key(key)).map_err(SmolStr::new_static));
                match changed {
                    Ok(changed)
                        if changed
                            .time_zone
                            .as_ref()
                            .is_some_and(|zone| !self.has_zone(zone.as_str())) =>
                    {
                        Some("there is no such time zone".into())
                    }
                    Ok(changed) => {
                        self.keep(&changed)?;
                        *settings = changed;
                        None
                    }
                    Err(why) => Some(why),
                }
            }
            Wanted::ForgetNetwork => {
                settings.wired = None;
                settings.wifi = None;
                settings.help = None;
                self.keep(settings)?;
                None
            }
            Wanted::ForgetAll => {
                self.put(&self.at("/var/lib/platen-machine/forget"), "", 0o600, None)?;
                self.call("systemctl", &["--no-block", "reboot"]);
                None
            }
        };
        self.answer(request.id, trouble)
    }

    fn answer(&self, id: u64, trouble: Option<SmolStr>) -> Result<Option<SmolStr>, ApplyError> {
        let answer = Answer { id, trouble };
        let text = serde_json::to_string(&answer).unwrap_or_default();
        let path = self.at(files::OWN).join("answer.json");
        self.put(&path, &text, 0o640, self.group("platen"))?;
        Ok(answer.trouble)
    }

    /// Writes the files of the system.
    fn lay(&self, settings: &Settings) -> Result<(), ApplyError> {
        for file in files::files(settings) {
            let path = self.at(&file.path.to_string_lossy());
            match &file.text {
                None => match fs::remove_file(&path) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        return Err(wrong("removing", &path)(error));
                    }
                    _ => {}
                },
                Some(text) => {
                    let (mode, group) = match file.readers {
                        Readers::All => (0o644, None),
                        Readers::Network => (0o640, self.group("systemd-network")),
                        Readers::Root => (0o600, None),
                    };
                    self.put(&path, text, mode, group)?;
                }
            }
        }
        let (link, zone) = files::zone(settings);
        let (link, beside) = (
            self.at(&link.to_string_lossy()),
            self.at(files::OWN).join("localtime.new"),
        );
        let linked = || -> io::Result<()> {
            let _ = fs::remove_file(&beside);
            fs::create_dir_all(self.at(files::OWN))?;
            std::os::unix::fs::symlink(&zone, &beside)?;
            fs::rename(&beside, &link)
        };
        linked().map_err(wrong("linking", &link))?;
        if let Some(name) = &settings.hostname {
            let path = self.at("/proc/sys/kernel/hostname");
            // Not every kernel lets itself be told.
            if let Err(error) = fs::write(&path, name.as_str()) {
                eprintln!("platen machine: {}: {error}", path.display());
            }
        }
        Ok(())
    }

    /// What the daemon may know.
    fn show(&self, settings: &Settings, troubles: Vec<SmolStr>) -> Result<(), ApplyError> {
        let text = serde_json::to_string(&Shown::of(settings, troubles)).unwrap_or_default();
        let path = self.at(files::OWN).join("state.json");
        self.put(&path, &text, 0o640, self.group("platen"))
    }

    /// Has services read their files anew.
    fn tell_services(&self) {
        self.call("networkctl", &["reload"]);
        // Each starts only where its file is there.
        self.call(
            "systemctl",
            &["--no-block", "restart", "platen-wifi.service", "dropbear.service"],
        );
    }

    fn call(&self, program: &str, words: &[&str]) {
        if !self.runs_programs {
            return;
        }
        match Command::new(program).args(words).status() {
            Ok(status) if status.success() => {}
            Ok(status) => eprintln!("platen machine: {program} {}: {status}", words.join(" ")),
            Err(error) => eprintln!("platen machine: {program}: {error}"),
        }
    }

    /// Empties what is of the owner. What tells that it is to be done goes last, so that a power cut begins it anew.
    fn forget_all(&self) -> Result<(), ApplyError> {
        // The journal's files are open: it goes on in memory meanwhile.
        self.call("journalctl", &["--relinquish-var"]);
        for folder in FORGOTTEN {
            let folder = self.at(folder);
            let flag = folder.join("forget");
            let Ok(entries) = fs::read_dir(&folder) else {
                continue;
            };
            for path in entries
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| *path != flag)
            {
                // A link is removed and not followed.
                let is_folder = fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
                let removed = match is_folder {
                    true => fs::remove_dir_all(&path),
                    false => fs::remove_file(&path),
                };
                removed.map_err(wrong("removing", &path))?;
            }
            let _ = File::open(&folder).and_then(|folder| folder.sync_all());
        }
        let flag = self.at("/var/lib/platen-machine/forget");
        fs::remove_file(&flag).map_err(wrong("removing", &flag))?;
        self.call("journalctl", &["--flush"]);
        eprintln!("platen machine: everything was forgotten: the machine is as it came");
        Ok(())
    }
}

#[cfg(test)]
mod tests;
