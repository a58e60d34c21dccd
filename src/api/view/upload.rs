//! How uploads are told of.

use serde::Serialize;
use smol_str::SmolStr;

use super::{DocumentView, Moment};
use crate::intake::upload::{Appended, document_of};

/// A document that is sent before its job.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UploadView {
    /// Its name in requests.
    pub id: SmolStr,
    /// Its own name.
    pub name: Option<SmolStr>,
    /// How long it will be.
    pub bytes: u64,
    /// How much of it is here: the next part begins there.
    pub offset: u64,
    /// What it is, once it is whole.
    pub document: Option<DocumentView>,
    /// When it is let go, unless a job has it.
    pub expires: Moment,
}

impl UploadView {
    /// That of one.
    pub fn of(appended: &Appended) -> UploadView {
        let new = &appended.upload.new;
        UploadView {
            id: new.id.clone(),
            name: new.name.clone(),
            bytes: new.bytes,
            offset: appended.offset,
            document: document_of(&appended.upload).as_ref().map(DocumentView::of),
            expires: Moment(new.expires),
        }
    }
}
