//! Purge-Jobs (RFC 8011, 4.2.9, deprecated there): every job of the printer is canceled.
//!
//! What has ended stays in the books: they tell what was printed on which paper, and nobody empties them by a print
//! dialog. A job with a page in the printer ends when the printer has let go of it.

use super::super::failure::Failure;
use super::super::respond::Answer;
use super::{Call, cancel_jobs};

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    cancel_jobs::run(call, false).await
}
