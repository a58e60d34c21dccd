//! What is asked of jobs that more is known of than IPP can say: drafts, and what their senders keep with them.

use crate::model::{Job, JobId, Order, Timestamp};

use super::operations::QueueError;
use super::runner::Queue;
use super::state;

impl Queue {
    /// Lets a draft go.
    ///
    /// # Errors
    /// [`QueueError::Refused`] unless it is one; [`QueueError::Store`].
    pub async fn approve(&self, id: JobId) -> Result<Job, QueueError> {
        let store = &self.context.store;
        Ok(store.change_job(id, Timestamp::now(), state::approve).await??)
    }

    /// Changes what a job is to be, while it waits, together with what its sender keeps with it.
    ///
    /// # Errors
    /// [`QueueError::Refused`] unless it waits; [`QueueError::Store`].
    pub async fn edit_order(
        &self,
        id: JobId,
        edit: impl FnOnce(&mut Job) + Send + 'static,
        keep: impl FnOnce(&mut Order) + Send + 'static,
    ) -> Result<Job, QueueError> {
        let edit = move |job: &mut Job| state::edit(job, edit);
        let store = &self.context.store;
        Ok(store.change_order(id, Timestamp::now(), edit, keep).await??)
    }

    /// Changes what the sender of a job keeps with it, whatever has become of the job.
    ///
    /// # Errors
    /// [`QueueError::Store`].
    pub async fn keep_order(
        &self,
        id: JobId,
        keep: impl FnOnce(&mut Order) + Send + 'static,
    ) -> Result<Job, QueueError> {
        let as_it_is = |_: &mut Job| Ok::<(), state::Refusal>(());
        let store = &self.context.store;
        Ok(store.change_order(id, Timestamp::now(), as_it_is, keep).await??)
    }
}
