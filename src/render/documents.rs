//! The documents of a command line. Files are read where they are. What comes through a pipe or the standard input goes
//! to a scratch file first: the press reads a document more than once, and not from its beginning alone.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use crate::model::DocumentFormat;
use crate::press::Input;

use super::RenderError;

/// Most of a file's start that tells its format.
const HEAD: usize = 16;
/// Most bytes that are taken from a pipe, as the server takes most of one document.
const MOST: u64 = 2 << 30;
/// Bytes that are taken at once.
const PIECE: usize = 256 << 10;
/// How often somebody's wish to stop is looked at while nothing comes.
const PATIENCE: Duration = Duration::from_millis(100);
/// The standard input.
const STDIN: &str = "-";

/// Documents that can be read, in the order in which they were named.
#[derive(Debug, Default)]
pub struct Documents {
    /// One for each name.
    pub inputs: Vec<Input>,
    held: Vec<Spooled>,
}

/// What came through a pipe.
#[derive(Debug)]
struct Spooled {
    /// As it was named.
    name: PathBuf,
    /// Where it can be read, as long as the file is open.
    path: PathBuf,
    /// A scratch file without a name, gone when it is closed.
    _file: File,
}

impl Documents {
    /// Looks at what each name leads to. `scratch` is the folder for what comes through pipes.
    ///
    /// # Errors
    /// [`RenderError`] of the first that can't be read, or is no document.
    pub fn read(names: &[PathBuf], scratch: &Path, stop: &AtomicBool) -> Result<Documents, RenderError> {
        if names.iter().filter(|name| name.as_os_str() == STDIN).count() > 1 {
            return Err(RenderError::Wish(
                "the standard input (-) is named twice, and can be read once: save it to a file and name that".into(),
            ));
        }
        let mut documents = Documents::default();
        for name in names {
            let file_error = |e| RenderError::File(name.clone(), e);
            let is_pipe = name.as_os_str() == STDIN || {
                let kind = std::fs::metadata(name).map_err(file_error)?.file_type();
                !kind.is_file() && !kind.is_dir()
            };
            let (path, format) = if is_pipe {
                let (file, format) = spool(name, scratch, stop)?;
                let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
                documents.held.push(Spooled {
                    name: name.clone(),
                    path: path.clone(),
                    _file: file,
                });
                (path, format)
            } else {
                let mut start = Vec::with_capacity(HEAD);
                let file = File::open(name).map_err(file_error)?;
                file.take(HEAD as u64).read_to_end(&mut start).map_err(file_error)?;
                (name.clone(), sniffed(name, &start)?)
            };
            documents.inputs.push(Input { path, format, page: 0 });
        }
        Ok(documents)
    }

    /// What a person calls the document that is read at this path, and whether that is a file's name.
    pub fn named<'a>(&'a self, path: &'a Path) -> (&'a Path, bool) {
        match self.held.iter().find(|spooled| spooled.path == path) {
            Some(spooled) => (&spooled.name, false),
            None => (path, true),
        }
    }
}

fn sniffed(name: &Path, start: &[u8]) -> Result<DocumentFormat, RenderError> {
    DocumentFormat::sniff(start).ok_or_else(|| {
        let why = if start.is_empty() {
            "there is nothing in it"
        } else {
            "not a format that is known here: JPEG, PNG, TIFF, PDF, PWG raster and Apple raster are"
        };
        RenderError::Unprintable(name.to_owned(), why)
    })
}

/// Takes everything that comes through a pipe into a scratch file.
fn spool(name: &Path, scratch: &Path, stop: &AtomicBool) -> Result<(File, DocumentFormat), RenderError> {
    if name.as_os_str() == STDIN && io::stdin().is_terminal() {
        return Err(RenderError::Wish(
            "-: the standard input is a terminal: lead a document into it, as in `platen render - -o page.png < photo.jpg`"
                .into(),
        ));
    }
    let scratch_error = |e| RenderError::File(scratch.to_owned(), e);
    let mut file = tempfile::tempfile_in(scratch).map_err(scratch_error)?;
    let pieces = pieces(name.to_owned());
    let (mut start, mut format, mut taken) = (Vec::new(), None, 0);
    loop {
        if stop.load(Ordering::Relaxed) {
            return Err(RenderError::Stopped);
        }
        let piece = match pieces.recv_timeout(PATIENCE) {
            Ok(piece) => piece.map_err(|e| RenderError::File(name.to_owned(), e))?,
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        taken += piece.len() as u64;
        if taken > MOST {
            return Err(RenderError::Wish(format!(
                "{}: more than {MOST} bytes come through it: save them to a file and name that",
                name.display()
            )));
        }
        if format.is_none() {
            start.extend(piece.iter().take(HEAD - start.len()));
            // What is no document is not waited for: it may have no end.
            if start.len() == HEAD {
                format = Some(sniffed(name, &start)?);
            }
        }
        file.write_all(&piece).map_err(scratch_error)?;
    }
    match format {
        Some(format) => Ok((file, format)),
        None => sniffed(name, &start).map(|format| (file, format)),
    }
}

/// Reads a pipe in a thread of its own, so that a pipe from which nothing comes can be given up.
fn pieces(name: PathBuf) -> Receiver<io::Result<Vec<u8>>> {
    let (give, take) = sync_channel(2);
    std::thread::spawn(move || {
        let opened: io::Result<Box<dyn Read>> = if name.as_os_str() == STDIN {
            Ok(Box::new(io::stdin()))
        } else {
            File::open(&name).map(|file| Box::new(file) as Box<dyn Read>)
        };
        let mut source = match opened {
            Ok(source) => source,
            Err(error) => return drop(give.send(Err(error))),
        };
        loop {
            let mut piece = vec![0; PIECE];
            let read = source.read(&mut piece);
            let piece = match read {
                Ok(0) => return,
                Ok(length) => {
                    piece.truncate(length);
                    Ok(piece)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
            let last = piece.is_err();
            if give.send(piece).is_err() || last {
                return;
            }
        }
    });
    take
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn fifo(folder: &Path) -> PathBuf {
        let path = folder.join("pipe");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        path
    }

    fn fill(path: &Path, bytes: Vec<u8>) -> std::thread::JoinHandle<()> {
        let path = path.to_owned();
        std::thread::spawn(move || {
            // Whoever reads may give up before all is written.
            let _ = File::options().write(true).open(path).unwrap().write_all(&bytes);
        })
    }

    #[test]
    fn a_pipe_is_read_whole_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = fifo(folder.path());
        let mut bytes = vec![7; 3 * PIECE + 5];
        bytes[..4].copy_from_slice(b"II*\0");
        let writer = fill(&path, bytes.clone());
        let documents = Documents::read(std::slice::from_ref(&path), folder.path(), &AtomicBool::new(false)).unwrap();
        writer.join().unwrap();
        assert_eq!(documents.inputs[0].format, DocumentFormat::Tiff);
        assert_eq!(documents.named(&documents.inputs[0].path), (path.as_path(), false));
        // Twice, as the press does.
        for _ in 0..2 {
            assert!(std::fs::read(&documents.inputs[0].path).unwrap() == bytes);
        }
        drop(documents);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "just the pipe");
    }

    #[test]
    fn what_can_not_be_a_document_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = fifo(folder.path());
        let stop = AtomicBool::new(false);
        let told = |names: &[PathBuf]| Documents::read(names, folder.path(), &stop).unwrap_err().to_string();
        for (bytes, words) in [(vec![1; 4 * PIECE], "not a format"), (Vec::new(), "nothing in it")] {
            let writer = fill(&path, bytes);
            assert!(told(std::slice::from_ref(&path)).contains(words));
            writer.join().unwrap();
        }
        assert!(told(&[PathBuf::from("/dev/zero")]).contains("not a format"));
        assert!(told(&[PathBuf::from("-"), PathBuf::from("-")]).contains("named twice"));
    }

    #[test]
    fn a_pipe_from_which_nothing_comes_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = fifo(folder.path());
        let result = Documents::read(&[path], folder.path(), &AtomicBool::new(true));
        assert!(matches!(result, Err(RenderError::Stopped)));
    }
}
