//! Documents that arrive before their job, in parts: begun, sent on after a broken connection or a restart, and whole once
//! their last byte is here and their head was read.

use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use smol_str::{SmolStr, format_smolstr};
use uuid::Uuid;

use super::receive::{HEAD, sniff};
use super::{Intake, IntakeError};
use crate::model::{Digest, Document, DocumentFacts, DocumentId, Timestamp};
use crate::spool::{Partial, SpoolError};
use crate::store::{NewUpload, Upload};

/// How long one is kept, in milliseconds: a day.
pub const KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long its bytes stay after that: a job may be made of it at the last moment.
const GRACE_MS: i64 = 10 * 60 * 1_000;
/// Most that one sender may have for which there is no job yet.
pub const MOST: u32 = 200;
/// Most bytes of these: five of the largest documents.
pub const MOST_BYTES: u64 = 10 << 30;

/// One that is taking bytes.
pub struct Appending {
    intake: Intake,
    upload: Upload,
    partial: Partial,
}

/// What has come of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Appended {
    /// As it stands.
    pub upload: Upload,
    /// Bytes of it that are here.
    pub offset: u64,
}

impl Intake {
    /// Begins one.
    ///
    /// # Errors
    /// [`IntakeError::Spool`], [`IntakeError::Store`]; [`IntakeError::Empty`] when it is to have no bytes.
    pub async fn begin_upload(
        &self,
        owner: SmolStr,
        bytes: u64,
        name: Option<SmolStr>,
        sha256: Option<Digest>,
    ) -> Result<Upload, IntakeError> {
        if bytes == 0 {
            return Err(IntakeError::Empty);
        }
        // What can never come is refused as that, and not because of what else waits.
        self.spool.check_size(bytes)?;
        let new = NewUpload {
            id: format_smolstr!("{}", Uuid::new_v4().simple()),
            owner,
            bytes,
            name,
            sha256,
            expires: Timestamp::now().plus_ms(KEPT_MS),
        };
        self.store.begin_upload(new.clone(), MOST, MOST_BYTES).await?;
        if let Err(error) = self.spool.begin_partial(&new.id, bytes) {
            self.store.remove_upload(new.id.clone()).await?;
            return Err(error.into());
        }
        Ok(Upload {
            new,
            whole: None,
            used: false,
        })
    }

    /// One as it stands, unless its time is over.
    ///
    /// # Errors
    /// [`IntakeError::Store`].
    pub async fn upload(&self, id: &str) -> Result<Option<Appended>, IntakeError> {
        let found = self.store.upload(id.into()).await?;
        let Some(upload) = found.filter(|upload| upload.new.expires > Timestamp::now()) else {
            return Ok(None);
        };
        let offset = match upload.whole {
            Some(_) => upload.new.bytes,
            None => self.spool.partial_bytes(id).unwrap_or(0),
        };
        Ok(Some(Appended { upload, offset }))
    }

    /// Opens one for its next part, which begins at `offset`. `None`: somebody else sends to it at this moment.
    ///
    /// # Errors
    /// [`IntakeError::Offset`] when it does not go on there, [`IntakeError::Spool`].
    pub fn append(&self, upload: Upload, offset: u64) -> Result<Option<Appending>, IntakeError> {
        if upload.whole.is_some() {
            return Err(IntakeError::Offset(upload.new.bytes));
        }
        let Some(partial) = self.spool.open_partial(&upload.new.id, upload.new.bytes)? else {
            return Ok(None);
        };
        if partial.offset() != offset {
            return Err(IntakeError::Offset(partial.offset()));
        }
        Ok(Some(Appending {
            intake: self.clone(),
            upload,
            partial,
        }))
    }

    /// Removes one: whoever has a job of it keeps that.
    ///
    /// # Errors
    /// [`IntakeError::Store`], [`IntakeError::Spool`].
    pub async fn remove_upload(&self, id: &str) -> Result<(), IntakeError> {
        let digest = self.store.remove_upload(id.into()).await?;
        self.spool.remove_partial(id)?;
        if let Some(digest) = digest {
            for free in self.store.unreferenced(vec![digest]).await? {
                self.spool.remove(&free, Duration::ZERO)?;
            }
        }
        Ok(())
    }

    /// Removes those whose time is over, and says how many.
    ///
    /// # Errors
    /// As for [`Intake::remove_upload`].
    pub async fn forget_uploads(&self, now: Timestamp) -> Result<usize, IntakeError> {
        let over = self.store.expired_uploads(now.plus_ms(-GRACE_MS)).await?;
        for id in &over {
            self.remove_upload(id).await?;
        }
        Ok(over.len())
    }
}

impl Appending {
    /// Adds bytes.
    ///
    /// # Errors
    /// [`IntakeError::Spool`]; what came before stays.
    pub async fn write(self, bytes: Bytes) -> Result<Appending, IntakeError> {
        let partial = self.partial.write(bytes).await?;
        Ok(Appending { partial, ..self })
    }

    /// Ends the part: what has come of it is safe. The last one ends the document.
    ///
    /// # Errors
    /// [`IntakeError::Digest`], [`IntakeError::UnknownFormat`] and [`IntakeError::BadDocument`] of a document that was
    /// not what it should be: it is gone then; [`IntakeError::Spool`], [`IntakeError::Store`].
    pub async fn finish(self) -> Result<Appended, IntakeError> {
        let Appending {
            intake,
            mut upload,
            partial,
        } = self;
        let partial = partial.sync().await?;
        let offset = partial.offset();
        if offset < upload.new.bytes {
            return Ok(Appended { upload, offset });
        }
        let inspector = intake.inspector.clone();
        let look = move |path: &Path| -> Result<DocumentFacts, IntakeError> {
            let mut head = Vec::with_capacity(HEAD);
            let file = std::fs::File::open(path).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head));
            file.map_err(|source| SpoolError::Io {
                action: "reading",
                path: path.to_owned(),
                source,
            })?;
            let format = sniff(&head)?;
            catch_unwind(AssertUnwindSafe(|| inspector.inspect(path, format)))
                .unwrap_or_else(|_| Err("the document could not be read".into()))
                .map_err(IntakeError::BadDocument)
        };
        let (mut stored, facts) = partial.finish(look).await?;
        let facts = match facts {
            Ok(_) if upload.new.sha256.is_some_and(|wanted| wanted != stored.digest) => {
                Err(IntakeError::Digest(stored.digest))
            }
            other => other,
        };
        let id = upload.new.id.clone();
        match facts {
            Ok(facts) => {
                // The books name it from now on, if they take it.
                stored.hold.keep();
                intake.store.end_upload(id, stored.digest, facts.clone()).await?;
                upload.whole = Some((stored.digest, facts));
                Ok(Appended { upload, offset })
            }
            Err(error) => {
                intake.store.remove_upload(id).await?;
                Err(error)
            }
        }
    }
}

/// The document that came by an upload, once it is whole.
pub fn document_of(upload: &Upload) -> Option<Document> {
    let (digest, facts) = upload.whole.clone()?;
    Some(Document {
        id: DocumentId(0),
        number: 1,
        digest,
        bytes: upload.new.bytes,
        name: upload.new.name.clone(),
        facts,
        canceled: false,
    })
}
