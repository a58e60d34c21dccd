//! Send-Document (RFC 8011, 4.3.1): a document of a job that Create-Job made. They are printed in the order in which
//! they came.

use super::super::codec::{Group, Value, group, status};
use super::super::failure::Failure;
use super::super::request::Data;
use super::super::respond::Answer;
use super::{Call, submission};
use crate::intake::{self, Received};
use crate::model::JobState;
use crate::queue::QueueError;

pub async fn run(call: &Call<'_>, data: &mut Data) -> Result<Answer, Failure> {
    let last = match call.valid.operation.get("last-document").map(|a| a.values.as_slice()) {
        Some([Value::Boolean(last)]) => *last,
        Some(_) => return Err(Failure::bad_request("last-document must be one boolean")),
        None => {
            return Err(Failure::bad_request(
                "last-document is missing: say whether more documents will come",
            ));
        }
    };
    let job = call.own_job().await?;
    // Asked before the document is read: nobody should upload in vain.
    if job.incoming_until.is_none() || job.state != JobState::PendingHeld {
        return Err(Failure::new(
            status::CLIENT_ERROR_NOT_POSSIBLE,
            format!("job {} takes no document any more", job.id),
        ));
    }
    let queue = &call.shared.queue;
    let most = call.shared.settings.documents_per_job;
    if job.documents.len() >= most && data.peek().await? {
        return Err(QueueError::TooManyDocuments(job.id, most).into());
    }
    let job = match data.peek().await? {
        false if last => queue.close(job.id).await?,
        _ => {
            // A large document may take longer to come than a client may keep silent.
            queue.receiving(job.id, submission::receiving_until()).await?;
            let received = submission::receive(call, data).await;
            let until = submission::open_until(call);
            let checked = received.and_then(|received| {
                // With the last document it is known whether the page ranges leave anything.
                if last {
                    let others = job.documents.iter().filter(|d| !d.canceled);
                    let pages = others.chain([&received.document]).map(|d| d.facts.pages);
                    intake::check_pages(&job.ticket, pages)?;
                }
                Ok(received)
            });
            let Received { document, mut hold } = match checked {
                Ok(received) => received,
                Err(failure) => {
                    queue.receiving(job.id, until).await?;
                    return Err(failure);
                }
            };
            let facts = document.facts.clone();
            hold.keep();
            let added = queue.add_document(job.id, document, most, last, until, move |ticket| {
                intake::complete(ticket, &facts)
            });
            let added = added.await;
            // The queue's own no is certain; a store that fails may have written the document all the same.
            if matches!(added, Err(QueueError::Refused(_) | QueueError::TooManyDocuments(..))) {
                hold.release();
            }
            added?
        }
    };
    Ok(Answer::group(Group {
        tag: group::JOB,
        attributes: submission::told(call, &job).await,
    }))
}
