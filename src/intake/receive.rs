//! Receiving a document: bytes into the spool, its kind from its first bytes, its facts from its head.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use smol_str::{SmolStr, format_smolstr};

use crate::model::{Document, DocumentFormat, DocumentId};
use crate::spool::{Hold, Incoming};

use super::{Inspector, IntakeError};

/// Bytes that are kept to tell the format.
pub(super) const HEAD: usize = 16;

/// A document that arrived whole and can be printed. Dropped, it leaves nothing behind, unless its hold was kept.
#[derive(Debug)]
pub struct Received {
    /// The document.
    pub document: Document,
    /// Its stay in the spool.
    pub hold: Hold,
}

/// A document that is arriving. Dropped unfinished, it leaves nothing behind.
pub struct Receiving {
    incoming: Incoming,
    inspector: Arc<dyn Inspector>,
    head: Vec<u8>,
}

impl Receiving {
    pub(super) fn new(incoming: Incoming, inspector: Arc<dyn Inspector>) -> Self {
        Receiving {
            incoming,
            inspector,
            head: Vec::with_capacity(HEAD),
        }
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`IntakeError::UnknownFormat`] as soon as the first bytes show that nobody here can print this;
    /// [`IntakeError::Spool`] at a limit or a disk error.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), IntakeError> {
        let was_short = self.head.len() < HEAD;
        if was_short {
            let missing = HEAD - self.head.len();
            self.head.extend_from_slice(&bytes[..missing.min(bytes.len())]);
            if self.head.len() == HEAD {
                sniff(&self.head)?;
            }
        }
        Ok(self.incoming.write(bytes).await?)
    }

    /// Ends the document: durable in the spool, its head read. `claimed` is the client's `document-format`.
    ///
    /// # Errors
    /// [`IntakeError`]; a refused document leaves the spool at once.
    pub async fn finish(self, claimed: &str, name: Option<SmolStr>) -> Result<Received, IntakeError> {
        if self.head.is_empty() {
            return Err(IntakeError::Empty);
        }
        let format = sniff(&self.head)?;
        if let Some(claimed) = DocumentFormat::from_mime(claimed)
            && claimed != format
        {
            return Err(IntakeError::UnknownFormat(format_smolstr!(
                "the document was announced as {claimed} but its bytes are {format}: send it as what it is"
            )));
        }
        let inspector = self.inspector;
        let look = move |path: &Path| {
            catch_unwind(AssertUnwindSafe(|| inspector.inspect(path, format)))
                .unwrap_or_else(|_| Err("the document could not be read".into()))
        };
        let (stored, inspected) = self.incoming.finish(look).await?;
        let facts = inspected.map_err(IntakeError::BadDocument)?;
        let document = Document {
            id: DocumentId(0),
            number: 1,
            digest: stored.digest,
            bytes: stored.bytes,
            name,
            facts,
            canceled: false,
        };
        Ok(Received {
            document,
            hold: stored.hold,
        })
    }
}

pub(super) fn sniff(head: &[u8]) -> Result<DocumentFormat, IntakeError> {
    DocumentFormat::sniff(head).ok_or_else(|| {
        let looks = if head.iter().all(|b| b.is_ascii_graphic() || b.is_ascii_whitespace()) {
            "it looks like text"
        } else {
            "its first bytes are of no format that is known here"
        };
        IntakeError::UnknownFormat(format_smolstr!(
            "the document is not a picture that can be printed: {looks}. Send a JPEG, PNG, TIFF or PDF"
        ))
    })
}
