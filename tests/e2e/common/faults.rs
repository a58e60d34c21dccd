//! Disks that fail: a small one that can be filled, and one that does not sync.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Process;
use super::daemon::Launch;

/// A disk in memory of a few megabytes, mounted where only those see it who are started through it.
pub struct SmallDisk {
    keeper: Process,
    root: bool,
    place: PathBuf,
}

impl SmallDisk {
    /// Mounts it at `place`. Needs root, or a system on which everybody may make namespaces.
    pub fn mount(place: &Path, megabytes: u32) -> SmallDisk {
        fs::create_dir_all(place).unwrap();
        let root = fs::metadata("/proc/self")
            .map(|m| std::os::unix::fs::MetadataExt::uid(&m))
            .unwrap()
            == 0;
        let user: &[&str] = if root { &[] } else { &["--map-root-user"] };
        // A mount that is private to these, so that it goes when the keeper does, however that ends.
        let script = "mount -t tmpfs -o size=\"$1m\" none \"$0\" && echo mounted && exec sleep 3600";
        let child = Command::new("unshare")
            .arg("--mount")
            .args(user)
            .args(["sh", "-c", script])
            .arg(place)
            .arg(megabytes.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("unshare is needed: see tests/run");
        let mut keeper = Process(child);
        let mut said = [0; 8];
        let mounted = keeper.0.stdout.as_mut().unwrap().read_exact(&mut said);
        assert!(
            mounted.is_ok() && &said == b"mounted\n",
            "no disk could be mounted for the test: run it as root, or allow namespaces to everybody"
        );
        SmallDisk {
            keeper,
            root,
            place: place.to_owned(),
        }
    }

    /// Starts a daemon that sees it.
    pub fn launch(&self) -> Launch {
        let pid = self.keeper.0.id().to_string();
        let user: &[&str] = if self.root {
            &[]
        } else {
            &["--user", "--preserve-credentials"]
        };
        let words = [&["nsenter", "--target", &pid, "--mount"], user, &["--"]].concat();
        Launch {
            through: words.into_iter().map(str::to_owned).collect(),
            ..Launch::default()
        }
    }

    /// Where something on it is, seen from outside.
    fn outside(&self, name: &str) -> PathBuf {
        let inside = self.place.strip_prefix("/").unwrap();
        Path::new(&format!("/proc/{}/root", self.keeper.0.id()))
            .join(inside)
            .join(name)
    }

    /// Fills it to the last byte.
    pub fn fill(&self) {
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(self.outside("filler"))
            .unwrap();
        for size in [64 << 10, 512, 1] {
            while file.write_all(&vec![1; size]).is_ok() {}
        }
    }

    /// Makes room again.
    pub fn make_room(&self) {
        fs::remove_file(self.outside("filler")).unwrap();
    }
}

/// A disk whose syncs fail when told to: `fsync` and `fdatasync` of the C library, which SQLite and Rust call alike, are
/// replaced by ours in the daemon under test.
pub struct NoSync {
    library: PathBuf,
    order: PathBuf,
}

/// Fails for files whose path has in it what the order names; there is no order most of the time.
const REPLACED: &str = r#"
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fails(int fd) {
    char wanted[256], link[64], path[4096];
    const char *order = getenv("PLATEN_TEST_SYNC");
    int file = order ? open(order, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return 0;
    ssize_t length = read(file, wanted, sizeof wanted - 1);
    close(file);
    if (length <= 0) return 0;
    wanted[length] = 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return strstr(path, wanted) != NULL;
}

static int sync_or_not(long call, int fd) {
    if (fails(fd)) { errno = EIO; return -1; }
    return syscall(call, fd);
}

int fsync(int fd) { return sync_or_not(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_or_not(SYS_fdatasync, fd); }
"#;

impl NoSync {
    /// Makes the library in this folder.
    pub fn make(folder: &Path) -> NoSync {
        let (source, library) = (folder.join("nosync.c"), folder.join("nosync.so"));
        fs::write(&source, REPLACED).unwrap();
        let made = Command::new("cc")
            .args(["-O1", "-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .status()
            .expect("a C compiler is needed: see tests/run");
        assert!(made.success());
        NoSync {
            library,
            order: folder.join("nosync"),
        }
    }

    /// Starts a daemon that has it.
    pub fn launch(&self) -> Launch {
        let environment: Vec<(&'static str, OsString)> = vec![
            ("LD_PRELOAD", self.library.clone().into()),
            ("PLATEN_TEST_SYNC", self.order.clone().into()),
        ];
        Launch {
            environment,
            ..Launch::default()
        }
    }

    /// From now on files whose path has this in it can't be synced.
    pub fn fail(&self, path: &str) {
        let new = self.order.with_extension("new");
        fs::write(&new, path).unwrap();
        fs::rename(new, &self.order).unwrap();
    }

    /// From now on everything is synced.
    pub fn mend(&self) {
        fs::remove_file(&self.order).unwrap();
    }
}
