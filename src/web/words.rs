//! How pages put things into words and classes.

use crate::model::JobState;

/// A job's state in a word, and the class of its tag.
pub const fn state(state: JobState) -> (&'static str, &'static str) {
    match state {
        JobState::Pending => ("waits", ""),
        JobState::PendingHeld => ("held", "warn"),
        JobState::Processing => ("printing", "busy"),
        JobState::ProcessingStopped => ("stopped", "warn"),
        JobState::Canceled => ("canceled", ""),
        JobState::Aborted => ("failed", "bad"),
        JobState::Completed => ("printed", "good"),
    }
}
