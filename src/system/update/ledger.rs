//! What is kept of updates, on the data partition, where both versions read it: a file and not the database, which the
//! older version may not understand any more.
//!
//! What is not known is passed over, so that an older version reads what a newer one has written, and a file that can't be
//! read at all is begun anew: no update is worth that a machine does not start.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

use super::plan::Wish;
use super::version::Version;
use crate::model::{PrinterId, Timestamp};

/// Updates that are kept.
const KEPT: usize = 20;
/// Most bytes of the file.
const MOST_BYTES: u64 = 1 << 20;

/// How far an update has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It waits for printers, or for its window.
    #[default]
    Waiting,
    /// It is being written.
    Installing,
    /// It is written; the machine has to start anew.
    Installed,
    /// The new version runs and looks at itself.
    Trying,
    /// The new version has found itself good.
    Good,
    /// The machine has gone back to the version before.
    RolledBack,
    /// It could not be written.
    Failed,
    /// Somebody has canceled it.
    Canceled,
    /// Something that a newer version knows.
    #[serde(other)]
    Other,
}

impl Stage {
    /// Its name in requests and answers.
    pub const fn keyword(self) -> &'static str {
        match self {
            Stage::Waiting => "waiting",
            Stage::Installing => "installing",
            Stage::Installed => "installed",
            Stage::Trying => "trying",
            Stage::Good => "good",
            Stage::RolledBack => "rolled-back",
            Stage::Failed => "failed",
            Stage::Canceled => "canceled",
            Stage::Other => "other",
        }
    }

    /// Whether nothing comes of it any more.
    pub const fn is_over(self) -> bool {
        matches!(
            self,
            Stage::Good | Stage::RolledBack | Stage::Failed | Stage::Canceled | Stage::Other
        )
    }
}

/// Where a bundle comes from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// Somebody has sent it here.
    Upload,
    /// RAUC reads it from there while it installs it.
    Url(SmolStr),
    /// The channel offers it.
    Channel(SmolStr),
    /// The version before, which lies in the other slot.
    Slot,
    /// Somebody has installed it by hand.
    #[default]
    ByHand,
}

/// What the version before has seen of the house, which the new one must see as well.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Expected {
    /// Jobs that have not ended.
    pub open_jobs: u64,
    /// Printers that answered.
    pub reachable: Vec<PrinterId>,
}

/// One update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attempt {
    /// Its number; grows.
    pub id: u64,
    /// How far it has come.
    pub stage: Stage,
    /// Where the bundle comes from.
    pub origin: Origin,
    /// The version that it brings.
    pub version: Option<Version>,
    /// The version that ran when it was asked for.
    pub from_version: Option<Version>,
    /// The slot that ran when it was asked for.
    pub from_slot: SmolStr,
    /// The slot that it was written to.
    pub to_slot: Option<SmolStr>,
    /// The schema of the database that the version before understands.
    pub from_schema: Option<i64>,
    /// The machine's boot in which it was written.
    pub boot: Option<Uuid>,
    /// Who asked for it.
    pub by: SmolStr,
    /// How.
    pub wish: Wish,
    /// When it was asked for.
    pub asked: Timestamp,
    /// When it came to its stage.
    pub at: Timestamp,
    /// Why it is as it is, in words.
    pub why: SmolStr,
    /// What is new in it.
    pub notes: SmolStr,
    /// How often the new version has been started.
    pub starts: u32,
    /// What the version before has seen.
    pub expected: Option<Expected>,
    /// Whether the new version has said itself why it is not good.
    pub is_explained: bool,
    /// Whether its failed start's log is kept.
    pub has_log: bool,
    /// Whether somebody has seen that it was rolled back.
    pub is_seen: bool,
}

impl Default for Attempt {
    fn default() -> Self {
        Attempt {
            id: 0,
            stage: Stage::default(),
            origin: Origin::default(),
            version: None,
            from_version: None,
            from_slot: SmolStr::default(),
            to_slot: None,
            from_schema: None,
            boot: None,
            by: SmolStr::default(),
            wish: Wish::default(),
            asked: Timestamp(0),
            at: Timestamp(0),
            why: SmolStr::default(),
            notes: SmolStr::default(),
            starts: 0,
            expected: None,
            is_explained: false,
            has_log: false,
            is_seen: false,
        }
    }
}

impl Attempt {
    /// It has come to a stage.
    pub fn comes_to(&mut self, stage: Stage, why: impl Into<SmolStr>, now: Timestamp) {
        self.stage = stage;
        self.why = why.into();
        self.at = now;
    }

    /// Its version, for people.
    pub fn shown(&self) -> &str {
        self.version.as_ref().map_or("that is not known", Version::as_str)
    }
}

/// Those of a list that can be read: a newer version may have written others.
fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Attempt>, D::Error> {
    let all = Vec::<serde_json::Value>::deserialize(deserializer)?;
    Ok(all
        .into_iter()
        .filter_map(|one| serde_json::from_value(one).ok())
        .collect())
}

/// What is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// The updates, the newest last.
    #[serde(deserialize_with = "readable")]
    pub attempts: Vec<Attempt>,
    /// The slot and the version that have found themselves good last.
    pub good: Option<(SmolStr, Version)>,
    /// When the newest list of the channel that was seen was made.
    pub index_made: Option<Timestamp>,
    /// When the channel was asked last.
    pub checked: Option<Timestamp>,
    /// What was wrong with it then.
    pub check_failed: Option<SmolStr>,
}

impl Ledger {
    /// The newest update.
    pub fn last(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// The newest update, to be changed.
    pub fn last_mut(&mut self) -> Option<&mut Attempt> {
        self.attempts.last_mut()
    }

    /// Adds one, and gives it its number.
    pub fn begin(&mut self, attempt: Attempt) -> u64 {
        let id = self.attempts.iter().map(|attempt| attempt.id).max().unwrap_or(0) + 1;
        self.attempts.push(Attempt { id, ..attempt });
        let over = self.attempts.len().saturating_sub(KEPT);
        self.attempts.drain(..over);
        id
    }
}

/// The folder in which it lies, with the bundle that is on its way and the logs of failed starts.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Below the state folder; made where it is missing. Blocking.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn open(data: &Path) -> io::Result<Folder> {
        let path = data.join("updates");
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        Ok(Folder(path))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The bundle that RAUC reads, once it is whole.
    pub fn bundle(&self) -> PathBuf {
        self.0.join("bundle.raucb")
    }

    /// The bundle while it comes.
    pub fn incoming(&self) -> PathBuf {
        self.0.join("bundle.part")
    }

    /// The log of a start that failed.
    pub fn log(&self, id: u64) -> PathBuf {
        self.0.join(format!("{id}.log"))
    }

    /// Reads what is kept; what can't be read is begun anew. Blocking.
    pub fn read(&self) -> Ledger {
        let path = self.0.join("ledger.json");
        let bytes = match fs::metadata(&path) {
            Ok(found) if found.len() <= MOST_BYTES => fs::read(&path),
            Ok(_) => Err(io::Error::other("it is too long")),
            Err(error) => Err(error),
        };
        let read = bytes.and_then(|bytes| serde_json::from_slice(&bytes).map_err(io::Error::other));
        match read {
            Ok(ledger) => ledger,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ledger::default(),
            Err(error) => {
                log::warn!(
                    "{}: what is known of earlier updates can't be read, and is begun anew: {error}",
                    path.display()
                );
                Ledger::default()
            }
        }
    }

    /// Writes it, durably. Blocking.
    ///
    /// # Errors
    /// What the disk says.
    pub fn write(&self, ledger: &Ledger) -> io::Result<()> {
        self.put("ledger.json", &serde_json::to_vec(ledger)?)
    }

    /// Writes a file under its name only once it is on the disk. Blocking.
    ///
    /// # Errors
    /// What the disk says.
    pub fn put(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (path, beside) = (self.0.join(name), self.0.join(format!("{name}.new")));
        let mut file = File::options()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        File::open(&self.0)?.sync_all()
    }

    /// Removes a bundle that nobody needs any more. Blocking.
    pub fn forget_bundle(&self) {
        for path in [self.bundle(), self.incoming()] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    log::warn!("{} could not be removed: {error}", path.display());
                }
                _ => {}
            }
        }
    }

    /// Removes the logs of updates that are not kept any more. Blocking.
    pub fn forget_logs(&self, ledger: &Ledger) {
        let Ok(entries) = fs::read_dir(&self.0) else {
            return;
        };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let is_log = path.extension().is_some_and(|extension| extension == "log");
            let kept = ledger.attempts.iter().any(|attempt| self.log(attempt.id) == path);
            if is_log && !kept {
                let _ = fs::remove_file(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_what_is_damaged_begins_anew() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::open(home.path()).unwrap();
        assert_eq!(folder.read(), Ledger::default());
        let mut ledger = Ledger::default();
        for n in 0..KEPT as u64 + 5 {
            let id = ledger.begin(Attempt {
                version: "1.0".parse().ok(),
                ..Attempt::default()
            });
            assert_eq!(id, n + 1);
        }
        assert_eq!((ledger.attempts.len(), ledger.attempts[0].id), (KEPT, 6));
        folder.write(&ledger).unwrap();
        assert_eq!(folder.read(), ledger);
        fs::write(folder.log(3), "gone").unwrap();
        fs::write(folder.log(7), "kept").unwrap();
        folder.forget_logs(&ledger);
        assert!(!folder.log(3).exists() && folder.log(7).exists());
        fs::write(folder.path().join("ledger.json"), "{\"attempts\": [").unwrap();
        assert_eq!(folder.read(), Ledger::default());
    }

    #[test]
    fn a_newer_version_may_write_what_this_one_does_not_know() {
        let text = r#"{"attempts": [{"id": 4, "stage": "pondering", "version": "9.1", "mood": 1},
            {"id": 5, "origin": {"dream": "of it"}}], "moods": [1]}"#;
        let ledger: Ledger = serde_json::from_str(text).unwrap();
        let last = ledger.last().unwrap();
        assert_eq!((last.stage, last.shown()), (Stage::Other, "9.1"));
        assert!(last.stage.is_over());
    }
}
