//! Documents that are sent before their job, in as many parts as it takes.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::order::clean;
use crate::api::view::UploadView;
use crate::api::{Api, Caller, Problem};
use crate::intake::upload::{Appended, Appending};
use crate::model::{Digest, Scope};

/// A document that is announced.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UploadRequest {
    /// Its length.
    pub bytes: u64,
    /// Its name.
    #[serde(default)]
    pub name: Option<SmolStr>,
    /// Its SHA-256 in hex; what comes is held against it.
    #[serde(default)]
    pub sha256: Option<Digest>,
}

impl Api {
    /// Begins one.
    ///
    /// # Errors
    /// 413 `document-too-large`, 422, 429 `too-many-uploads`, 507 `disk-full`.
    pub async fn begin_upload(&self, caller: &Caller, request: UploadRequest) -> Result<UploadView, Problem> {
        caller.needs(Scope::JobsWrite)?;
        if request.bytes == 0 {
            return Err(Problem::invalid("bytes", "a document has at least one byte"));
        }
        let name = request.name.map(|name| clean("name", &name, 255)).transpose()?;
        let begun = self
            .intake
            .begin_upload(caller.name.clone(), request.bytes, name, request.sha256)
            .await?;
        Ok(UploadView::of(&Appended {
            upload: begun,
            offset: 0,
        }))
    }

    /// One of the caller's own.
    async fn own_upload(&self, caller: &Caller, id: &str) -> Result<Appended, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let found = self.intake.upload(id).await?;
        let found = found.filter(|found| found.upload.new.owner == caller.name);
        found.ok_or_else(|| Problem::not_found("upload-not-found", format_args!("upload {id}, or its time is over")))
    }

    /// How far one has come.
    ///
    /// # Errors
    /// 404 `upload-not-found`.
    pub async fn upload(&self, caller: &Caller, id: &str) -> Result<UploadView, Problem> {
        Ok(UploadView::of(&self.own_upload(caller, id).await?))
    }

    /// Opens one for the part that begins at `offset`.
    ///
    /// # Errors
    /// 404 `upload-not-found`; 409 `wrong-offset` when it does not go on there, `upload-busy` while another part is on its
    /// way.
    pub async fn append_upload(&self, caller: &Caller, id: &str, offset: u64) -> Result<Part, Problem> {
        let found = self.own_upload(caller, id).await?;
        let appending = self.intake.append(found.upload, offset)?;
        let appending = appending.ok_or_else(|| {
            let text = "another part of this document is on its way: wait for its end, then ask how far it came";
            Problem::conflict("upload-busy", text)
        })?;
        Ok(Part(Some(appending)))
    }

    /// Removes one; a job that has its document keeps it.
    ///
    /// # Errors
    /// 404 `upload-not-found`.
    pub async fn remove_upload(&self, caller: &Caller, id: &str) -> Result<(), Problem> {
        self.own_upload(caller, id).await?;
        Ok(self.intake.remove_upload(id).await?)
    }
}

/// A part on its way.
pub struct Part(Option<Appending>);

impl Part {
    /// Adds bytes.
    ///
    /// # Errors
    /// 413 when they are more than was announced; 507.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Problem> {
        let appending = self
            .0
            .take()
            .ok_or_else(|| Problem::internal(&"a part was written after its end"))?;
        self.0 = Some(appending.write(bytes).await?);
        Ok(())
    }

    /// Ends it: what has come of it is safe. The last part ends the document.
    ///
    /// # Errors
    /// 415 and 422 of a document that is not what it should be: then it is gone.
    pub async fn finish(self) -> Result<UploadView, Problem> {
        let appending = self.0.ok_or_else(|| Problem::internal(&"a part ended twice"))?;
        Ok(UploadView::of(&appending.finish().await?))
    }
}
