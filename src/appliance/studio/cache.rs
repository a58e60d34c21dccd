//! Pictures that were made, kept by what they are known by. A cache: whatever goes wrong here costs a picture made again.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::model::Digest;

/// Most pictures that are kept.
const MOST: usize = 2_000;
/// Most bytes of them.
const MOST_BYTES: u64 = 200_000_000;

/// A folder of pictures.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    most: (usize, u64),
}

impl Cache {
    /// In this folder, which is made when the first is put there.
    pub fn new(folder: &Path) -> Cache {
        Cache {
            folder: folder.to_owned(),
            most: (MOST, MOST_BYTES),
        }
    }

    fn path(&self, key: &Digest) -> PathBuf {
        self.folder.join(format!("{key}.jpg"))
    }

    /// One that was made.
    pub fn get(&self, key: &Digest) -> Option<Vec<u8>> {
        let path = self.path(key);
        let bytes = std::fs::read(&path).ok().filter(|bytes| !bytes.is_empty())?;
        // So that what is looked at stays.
        let touched = std::fs::File::options().append(true).open(&path);
        if let Ok(file) = touched {
            let _ = file.set_modified(SystemTime::now());
        }
        Some(bytes)
    }

    /// Keeps one, and lets go of those that nobody has looked at for longest.
    pub fn put(&self, key: &Digest, bytes: &[u8]) {
        let put = || -> std::io::Result<()> {
            std::fs::create_dir_all(&self.folder)?;
            // Named once it is whole: half a picture is none.
            let part = self.folder.join(format!("{key}.part"));
            std::fs::write(&part, bytes)?;
            std::fs::rename(&part, self.path(key))?;
            self.trim()
        };
        if let Err(error) = put() {
            log::debug!("a picture could not be kept: {error}");
        }
    }

    fn trim(&self) -> std::io::Result<()> {
        let mut kept = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            let about = entry.metadata()?;
            kept.push((about.modified()?, about.len(), entry.path()));
        }
        kept.sort_unstable();
        let mut bytes: u64 = kept.iter().map(|(_, bytes, _)| bytes).sum();
        let mut many = kept.len();
        for (_, size, path) in kept {
            if many <= self.most.0 && bytes <= self.most.1 {
                break;
            }
            std::fs::remove_file(path)?;
            bytes -= size;
            many -= 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_looks_at_goes_first() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache {
            most: (2, 100),
            ..Cache::new(folder.path())
        };
        let key = |n: u8| Digest([n; 32]);
        let made_at = |n: u8, seconds: u64| {
            let file = std::fs::File::options().append(true).open(cache.path(&key(n))).unwrap();
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            file.set_modified(at).unwrap();
        };
        cache.put(&key(1), b"one");
        made_at(1, 10);
        cache.put(&key(2), b"two");
        made_at(2, 20);
        assert_eq!(cache.get(&key(1)).unwrap(), b"one", "it is looked at now");
        cache.put(&key(3), b"three");
        assert_eq!((cache.get(&key(2)), cache.get(&key(9))), (None, None));
        assert!(cache.get(&key(1)).is_some() && cache.get(&key(3)).is_some());
        cache.put(&key(4), &[0; 99]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "too many bytes");
    }
}
