//! The daemon's side: asking the service of the machine, and seeing how the machine is.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::Mutex;

use super::seen::{Answer, Request, Shown, Wanted};

/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked for its answer.
const LOOK: Duration = Duration::from_millis(100);
/// Most bytes of an answer.
const MOST: u64 = 256 << 10;

/// Why something was not done: one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// There is no such service.
    #[error(
        "the network, the clock and remote help of this machine are set by its own means: this Platen is a program among \
         others on it"
    )]
    Absent,
    /// It does not do it.
    #[error("{0}")]
    Refused(SmolStr),
    /// It does not answer.
    #[error("the machine did not answer within {} s: look at its log", PATIENCE.as_secs())]
    Silent,
}

/// Asks the service. Shared by all who ask.
#[derive(Debug)]
pub struct Service {
    /// Where it looks for what is asked; none: there is none.
    requests: Option<PathBuf>,
    /// Where it answers.
    answers: PathBuf,
    turn: Mutex<()>,
}

impl Service {
    /// One that looks and answers there.
    pub fn new(requests: Option<PathBuf>, answers: impl Into<PathBuf>) -> Service {
        Service {
            requests,
            answers: answers.into(),
            turn: Mutex::default(),
        }
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.requests.is_some() && self.answers.join("state.json").exists()
    }

    /// What is set about the machine.
    ///
    /// # Errors
    /// [`AskError::Absent`].
    pub async fn shown(&self) -> Result<Shown, AskError> {
        let path = self.answers.join("state.json");
        self.requests.as_ref().ok_or(AskError::Absent)?;
        let text = read(path).await.ok_or(AskError::Absent)?;
        serde_json::from_str(&text)
            .map_err(|e| AskError::Refused(format_smolstr!("the machine's settings can't be read: {e}")))
    }

    /// Asks, and waits until it is done.
    ///
    /// # Errors
    /// [`AskError`].
    pub async fn ask(&self, what: Wanted) -> Result<(), AskError> {
        let folder = self
            .requests
            .clone()
            .filter(|_| self.is_there())
            .ok_or(AskError::Absent)?;
        let _one = self.turn.lock().await;
        // 52 bits, which every reader of JSON keeps.
        let id = uuid::Uuid::new_v4().as_u64_pair().0 >> 12;
        let text =
            serde_json::to_string(&Request { id, what }).map_err(|e| AskError::Refused(format_smolstr!("{e}")))?;
        let written = tokio::task::spawn_blocking(move || write(&folder, &text)).await;
        let written = written.map_err(std::io::Error::other).and_then(|written| written);
        written.map_err(|e| AskError::Refused(format_smolstr!("the machine could not be asked: {e}")))?;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while tokio::time::Instant::now() < deadline {
            tokio::time::sleep(LOOK).await;
            let answer = read(self.answers.join("answer.json")).await;
            let answer = answer.and_then(|text| serde_json::from_str::<Answer>(&text).ok());
            if let Some(answer) = answer.filter(|answer| answer.id == id) {
                return answer.trouble.map_or(Ok(()), |why| Err(AskError::Refused(why)));
            }
        }
        Err(AskError::Silent)
    }
}

async fn read(path: PathBuf) -> Option<String> {
    let read = tokio::task::spawn_blocking(move || {
        use std::io::Read as _;
        let mut text = String::new();
        std::fs::File::open(path)
            .ok()?
            .take(MOST)
            .read_to_string(&mut text)
            .ok()?;
        Some(text)
    });
    read.await.ok()?
}

/// Under its name only once it is whole: whoever looks for it reads it at once.
fn write(folder: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let (path, beside) = (folder.join("machine-request"), folder.join("machine-request.new"));
    let mut file = std::fs::File::options()
        .create(true)
        .truncate(true)
        .write(true)
        // Passwords are in it.
        .mode(0o600)
        .open(&beside)?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(&beside, &path)
}

/// An interface of the network, as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its name: `eth0`.
    pub name: SmolStr,
    /// `wired`, `wireless`, `tunnel`
    pub kind: &'static str,
    /// Whether it is connected.
    pub is_up: bool,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

/// The interfaces but for the one of the machine to itself. Blocking, and short.
pub fn interfaces() -> Vec<Interface> {
    let addresses = if_addrs::get_if_addrs().unwrap_or_default();
    let Ok(entries) = std::fs::read_dir("/sys/class/net") else {
        return Vec::new();
    };
    let mut all: Vec<Interface> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let path = entry.path();
            let is_up = std::fs::read_to_string(path.join("operstate")).is_ok_and(|state| {
                // A tunnel is up or unknown.
                matches!(state.trim(), "up" | "unknown")
            });
            let kind = match (
                name.as_str(),
                path.join("wireless").exists(),
                path.join("device").exists(),
            ) {
                ("lo", ..) => return None,
                (_, true, _) => "wireless",
                (_, _, true) => "wired",
                _ => "tunnel",
            };
            let own = addresses
                .iter()
                .filter(|address| address.name == name)
                .map(|address| address.ip());
            Some(Interface {
                addresses: own.collect(),
                name: name.into(),
                kind,
                is_up,
            })
        })
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

/// Whether the clock was put right by the net since the machine started (systemd-timesyncd(8)). Blocking, and short.
pub fn clock_is_right() -> bool {
    Path::new("/run/systemd/timesync/synchronized").exists()
}

#[cfg(test)]
mod tests {
    use super::super::settings::Change;
    use super::*;

    #[tokio::test]
    async fn what_is_asked_is_answered_by_its_number() {
        let home = tempfile::tempdir().unwrap();
        let none = Service::new(None, home.path());
        assert_eq!(none.ask(Wanted::ForgetAll).await, Err(AskError::Absent));
        assert_eq!(none.shown().await, Err(AskError::Absent));
        let service = Service::new(Some(home.path().to_owned()), home.path());
        assert_eq!(service.shown().await, Err(AskError::Absent), "it has not run");
        std::fs::write(home.path().join("state.json"), "{\"hostname\": \"studio\"}").unwrap();
        assert_eq!(service.shown().await.unwrap().hostname.as_deref(), Some("studio"));
        let folder = home.path().to_owned();
        let played = std::thread::spawn(move || {
            for trouble in [None, Some("no".into())] {
                let path = folder.join("machine-request");
                while !path.exists() {
                    std::thread::sleep(LOOK / 10);
                }
                let request: Request = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
                std::fs::remove_file(&path).unwrap();
                // Somebody else's is none of ours.
                let answer = |id, trouble| serde_json::to_string(&Answer { id, trouble }).unwrap();
                std::fs::write(folder.join("answer.json"), answer(request.id + 1, None)).unwrap();
                std::thread::sleep(LOOK);
                std::fs::write(folder.join("answer.json"), answer(request.id, trouble)).unwrap();
            }
        });
        let wanted = || Wanted::Change(Change::Hostname("studio".parse().unwrap()));
        assert_eq!(service.ask(wanted()).await, Ok(()));
        assert_eq!(service.ask(wanted()).await, Err(AskError::Refused("no".into())));
        played.join().unwrap();
    }

    #[test]
    fn the_machine_itself_is_no_interface() {
        assert!(interfaces().iter().all(|interface| interface.name != "lo"));
    }
}
