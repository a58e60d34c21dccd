//! Why an operation fails: a status code for the client's program, a text for the person in front of it.

use smol_str::{SmolStr, format_smolstr};

use crate::intake::IntakeError;
use crate::queue::QueueError;
use crate::spool::SpoolError;
use crate::store::StoreError;

use super::codec::{Attribute, Group, status};

/// A failed operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// IPP `status-code`.
    pub status: u16,
    /// `status-message`.
    pub message: SmolStr,
    /// What goes into the unsupported group.
    pub unsupported: Vec<Attribute>,
    /// Groups that tell of each part why it failed.
    pub groups: Vec<Group>,
}

impl Failure {
    /// A failure with this status and text.
    pub fn new(status: u16, message: impl Into<SmolStr>) -> Self {
        Failure {
            status,
            message: message.into(),
            unsupported: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// `client-error-bad-request`
    pub fn bad_request(message: impl Into<SmolStr>) -> Self {
        Self::new(status::CLIENT_ERROR_BAD_REQUEST, message)
    }

    /// `client-error-not-found`
    pub fn not_found(message: impl Into<SmolStr>) -> Self {
        Self::new(status::CLIENT_ERROR_NOT_FOUND, message)
    }

    /// Our own fault: told to the log in full, to the client in one sentence.
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        log::error!("an IPP request failed: {error}");
        Self::new(
            status::SERVER_ERROR_INTERNAL_ERROR,
            "the print server could not do this because of a fault of its own; nothing was accepted. Try again",
        )
    }

    /// Our disk's fault: told as [`Failure::internal`] is, with what there is to do.
    fn disk(error: &dyn std::fmt::Display) -> Self {
        log::error!("an IPP request failed: {error}");
        Self::new(
            status::SERVER_ERROR_INTERNAL_ERROR,
            "the print server's disk does not take what is written; nothing was accepted. Look at the server's log and \
             its disk, then send it again",
        )
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound(what) => Self::not_found(format_smolstr!("there is no {what}")),
            StoreError::DocumentsGone(_) => Self::new(status::CLIENT_ERROR_NOT_POSSIBLE, format_smolstr!("{error}")),
            StoreError::Full => {
                log::error!("an IPP request failed: {error}");
                Self::new(
                    status::SERVER_ERROR_TEMPORARY_ERROR,
                    "the print server's disk is full; nothing was accepted. Free some room, then send it again",
                )
            }
            StoreError::Disk(_) => Self::disk(&error),
            StoreError::TooManyJobs { .. } => Self::new(status::SERVER_ERROR_TOO_MANY_JOBS, format_smolstr!("{error}")),
            other => Self::internal(other),
        }
    }
}

impl From<IntakeError> for Failure {
    fn from(error: IntakeError) -> Self {
        let text = format_smolstr!("{error}");
        match error {
            IntakeError::UnknownFormat(_) => Self::new(status::CLIENT_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED, text),
            IntakeError::BadDocument(_) => Self::new(status::CLIENT_ERROR_DOCUMENT_FORMAT_ERROR, text),
            // Of doors that ask for more than IPP does.
            IntakeError::NotAsAsked(_) => Self::new(status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED, text),
            IntakeError::Offset(_) | IntakeError::Digest(_) => Self::bad_request(text),
            IntakeError::NoPage(_) => Self::new(status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED, text),
            IntakeError::NothingToPrint(_) => Self::new(status::CLIENT_ERROR_NOT_POSSIBLE, text),
            IntakeError::Empty => Self::bad_request(text),
            IntakeError::Spool(SpoolError::TooLarge { .. }) => {
                Self::new(status::CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE, text)
            }
            IntakeError::Spool(SpoolError::NoRoom { .. }) => Self::new(
                status::SERVER_ERROR_TEMPORARY_ERROR,
                "the print server's disk is nearly full; nothing was accepted. Free some room, then send it again",
            ),
            IntakeError::Spool(other) => Self::disk(&other),
            IntakeError::Store(other) => other.into(),
        }
    }
}

impl From<QueueError> for Failure {
    fn from(error: QueueError) -> Self {
        let text = format_smolstr!("{error}");
        match error {
            QueueError::Refused(_)
            | QueueError::TooManyDocuments(..)
            | QueueError::Order(_)
            | QueueError::PageOnItsWay(_)
            | QueueError::NotCurrent(_)
            | QueueError::PrinterNeeded(_) => Self::new(status::CLIENT_ERROR_NOT_POSSIBLE, text),
            QueueError::NoPrinter(_) => Self::new(status::CLIENT_ERROR_NOT_FOUND, text),
            QueueError::Store(other) => other.into(),
        }
    }
}
