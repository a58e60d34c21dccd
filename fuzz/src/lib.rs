//! What the targets share: the document on disk, the limits, the count of memory, and what must hold of every source.

pub mod bounds;
pub mod layouts;
pub mod panics;
pub mod pictures;

use std::path::PathBuf;
use std::sync::OnceLock;

use platen::model::DocumentFormat;
use platen::press::{Input, PressError, PressLimits};

/// Memory of a page under [`limits`]. Small, so that what is refused for it and what is read in parts shows in small
/// files.
pub const MEMORY: u64 = 16 << 20;
/// What a reader may hold beyond the limit: its buffers and tables of fixed size.
pub const BESIDE: usize = 4 << 20;

/// The folder of this process, in `TMPDIR`.
fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("platen-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for documents can be made");
        folder
    })
}

/// Limits that small files reach.
pub fn limits() -> PressLimits {
    PressLimits {
        pixels: 4_000_000,
        side: 20_000,
        memory: MEMORY,
        scratch: folder().join("scratch"),
    }
}

/// Puts a document on disk, as the spool does, and names its first page.
pub fn spooled(format: DocumentFormat, bytes: &[u8]) -> Input {
    let path = folder().join("document");
    std::fs::write(&path, bytes).expect("the document can be written");
    Input { path, format, page: 0 }
}

/// A number that depends on the whole input, for choices that must be the same whenever the input is run again
/// (FNV-1a).
pub fn choice(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What must hold of every error that a document brings: it has words for a person, and it blames neither the disk nor
/// Platen.
pub fn words(error: &PressError) {
    let text = error.to_string();
    assert!(
        text.len() > 10 && text.len() < 2_000 && !text.chars().any(char::is_control),
        "no words for people: {text:?}"
    );
    assert!(
        !matches!(error.cause(), PressError::Io(_) | PressError::Output(_)),
        "the document is blamed on others: {text}"
    );
}
