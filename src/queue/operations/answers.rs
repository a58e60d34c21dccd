//! What ends or goes on by a person's word: with the sheets that this tells of, which are booked with it.

use crate::model::{Bookings, Job, JobId, Timestamp};
use crate::queue::books::{Origin, Sheets};
use crate::queue::runner::{Queue, Want};
use crate::queue::state::{self, Refusal};

use super::QueueError;

/// A person's answer to the question that a job is held with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// There is no sheet: print it again.
    PrintAgain,
    /// The sheet is spoiled: count it, and print it again.
    Spoiled,
    /// The sheet is good.
    Done,
}

/// The sheets of a job that is to be printed again: copies that are finished stay, what else came out before, and
/// `more`, is of no use.
fn sheets_before(job: &mut Job, more: u32) -> Sheets {
    let (printed, came) = match &job.question {
        Some(question) if question.sheet => job.keep_finished(),
        _ => (0, 0),
    };
    Sheets {
        printed,
        spoiled: came.saturating_add(more),
    }
}

impl Queue {
    /// Cancels a job. With an open attempt it is canceled when its printer has let go of it.
    ///
    /// # Errors
    /// [`QueueError::Refused`] when it has ended or is being canceled already; [`QueueError::Store`].
    pub async fn cancel(&self, id: JobId) -> Result<Job, QueueError> {
        let now = Timestamp::now();
        let change = move |job: &mut Job| {
            // What lies in the printer is of no use any more.
            let spoiled = match &job.question {
                Some(question) if question.sheet => job.impressions_completed.saturating_sub(job.sheets_kept()).max(1),
                _ => 0,
            };
            state::cancel(job, now)?;
            Ok(Sheets { printed: 0, spoiled })
        };
        let job = self.change_and_book(id, now, change).await?;
        self.context.want(id, Want::Cancel);
        Ok(job)
    }

    /// Lets a held job go; of one that asks a question this is the answer "print again".
    ///
    /// # Errors
    /// [`QueueError::Refused`] unless it is held; [`QueueError::Store`].
    pub async fn release(&self, id: JobId) -> Result<Job, QueueError> {
        self.change_and_book(id, Timestamp::now(), |job| {
            let sheets = sheets_before(job, 0);
            state::release(job)?;
            Ok(sheets)
        })
        .await
    }

    /// Takes a person's answer to the question that a job is held with. A spoiled sheet is counted in the job's
    /// `spoiled_sheets` and told as an event, both in the same transaction: whoever books it reads it there.
    ///
    /// # Errors
    /// [`QueueError::Refused`] when the job asks nothing, or no sheet of it can be spoiled; [`QueueError::Store`].
    pub async fn answer(&self, id: JobId, answer: Answer) -> Result<Job, QueueError> {
        let now = Timestamp::now();
        self.change_and_book(id, now, move |job| match answer {
            Answer::PrintAgain => {
                let sheets = sheets_before(job, 0);
                state::answer_print_again(job)?;
                Ok(sheets)
            }
            Answer::Spoiled => {
                let sheets = sheets_before(job, 1);
                state::answer_spoiled(job)?;
                Ok(sheets)
            }
            Answer::Done => {
                state::answer_done(job, now)?;
                let printed = job.sheets().saturating_sub(job.sheets_kept());
                Ok(Sheets { printed, spoiled: 0 })
            }
        })
        .await
    }

    /// Changes a job that may ask a question, and books the sheets that its answer tells of.
    async fn change_and_book(
        &self,
        id: JobId,
        now: Timestamp,
        change: impl FnOnce(&mut Job) -> Result<Sheets, Refusal> + Send + 'static,
    ) -> Result<Job, QueueError> {
        let store = &self.context.store;
        // What was measured of the pages is with the attempt whose end nobody knew. A job that comes to ask in this very
        // moment is booked by the area of its sheets.
        let asks = store.job(id).await?.is_some_and(|job| job.question.is_some());
        let coverage = match asks {
            true => store.attempts(id).await?.last().and_then(|attempt| attempt.coverage),
            false => None,
        };
        let (books, house) = (self.context.settings.books.clone(), store.house().await?);
        let change = move |job: &mut Job| {
            let printer = job.question.as_ref().map(|question| question.printer.clone());
            let sheets = change(job)?;
            let from = printer.as_ref().map(|printer| Origin {
                printer,
                loaded: &house.loaded,
                papers: &house.papers,
                coverage,
            });
            Ok::<Bookings, Refusal>(from.map_or_else(Bookings::default, |from| books.used(job, sheets, from, now)))
        };
        Ok(store.change_job_and_book(id, now, change).await??)
    }
}
