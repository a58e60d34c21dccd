//! Where a page is written: beside its place first, so that a page that was not finished, or a program that was
//! stopped, leaves what was there before.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// An output that was begun.
pub enum Out {
    /// The standard output.
    Stdout(io::StdoutLock<'static>),
    /// A device or a pipe, written as it comes and never removed.
    Stream(File),
    /// A file beside its place; gone when this is dropped.
    Beside(NamedTempFile, PathBuf),
}

impl Out {
    /// Begins. `-` is the standard output.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn begin(path: &Path) -> io::Result<Out> {
        if path == Path::new("-") {
            return Ok(Out::Stdout(io::stdout().lock()));
        }
        // A link stays a link: what it points to is replaced.
        let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::metadata(&place) {
            Ok(found) if found.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() => return File::options().write(true).open(&place).map(Out::Stream),
            _ => {}
        }
        let folder = place.parent().filter(|p| !p.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        fs::metadata(folder)?;
        let file = tempfile::Builder::new()
            .prefix(".platen-")
            // Less what the umask takes.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(folder)
            // Without the name of a file that nobody has heard of.
            .map_err(|e| io::Error::from(e.kind()))?;
        Ok(Out::Beside(file, place))
    }

    /// The page is whole: it takes its place.
    ///
    /// # Errors
    /// When it can't.
    pub fn finish(self) -> io::Result<()> {
        match self {
            Out::Stdout(mut out) => out.flush(),
            Out::Stream(mut file) => file.flush(),
            Out::Beside(file, place) => file.persist(place).map(drop).map_err(|e| e.error),
        }
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Out::Stdout(out) => out.write(bytes),
            Out::Stream(file) => file.write(bytes),
            Out::Beside(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Out::Stdout(out) => out.flush(),
            Out::Stream(file) => file.flush(),
            Out::Beside(file, _) => file.flush(),
        }
    }
}

/// Whether both names lead to the same file.
pub fn is_same(a: &Path, b: &Path) -> bool {
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_there_stays_until_the_page_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let (place, link) = (folder.path().join("page"), folder.path().join("link"));
        fs::write(&place, "before").unwrap();
        std::os::unix::fs::symlink(&place, &link).unwrap();
        assert!(is_same(&place, &link) && !is_same(&place, folder.path()));
        let mut out = Out::begin(&link).unwrap();
        out.write_all(b"half").unwrap();
        drop(out);
        assert_eq!(fs::read(&place).unwrap(), b"before");
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            2,
            "nothing is left beside it"
        );
        let mut out = Out::begin(&link).unwrap();
        out.write_all(b"whole").unwrap();
        out.finish().unwrap();
        assert_eq!(fs::read(&place).unwrap(), b"whole");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(Out::begin(folder.path()).is_err());
        let nowhere = Out::begin(&folder.path().join("no/page")).err().unwrap().to_string();
        assert!(
            nowhere.starts_with("No such file") && !nowhere.contains(".platen-"),
            "{nowhere}"
        );
    }
}
