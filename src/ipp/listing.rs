//! Long lists of jobs, encoded while they are read and given to the client a piece at a time: a house with ten thousand
//! jobs needs no more memory to tell of them than one with a hundred.
//!
//! The numbers are read at once, and say who is told of, in which order. What is told of a job is how it stands when its
//! piece is made; one that has left the list by then (it ended, or was let go) is left out.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::attributes::{HEAD, Requested, Telling, head_attributes, job_attributes};
use super::codec::{Attribute, encode_group, group};
use crate::door::{AnswerBody, Cut, Piece, Pieces};
use crate::model::JobId;
use crate::store::{JobQuery, Store, StoreError};

/// Jobs in one piece: a few to a hundred kilobytes, by what is asked for.
const PIECE: usize = 200;

/// A list whose first piece is made.
#[derive(Debug)]
pub struct Listing {
    first: Vec<u8>,
    rest: Rest,
}

#[derive(Debug)]
struct Rest {
    store: Store,
    query: JobQuery,
    teller: Teller,
    /// Those that are still to be told of, the next one last.
    ids: Vec<JobId>,
}

/// How jobs are told of to a client.
#[derive(Debug, Clone)]
pub struct Teller {
    /// By which names and times.
    pub telling: Telling,
    /// What he asked for.
    pub requested: Requested,
    /// Changes the attributes of each job, where the client takes them otherwise than the standard has them.
    pub adapt: Option<fn(&Telling, &mut [Attribute])>,
}

impl Teller {
    /// Appends the group of a job.
    fn tell(&self, mut attributes: Vec<Attribute>, out: &mut Vec<u8>) {
        if let Some(adapt) = self.adapt {
            adapt(&self.telling, &mut attributes);
        }
        let before = out.len();
        if let Err(error) = encode_group(group::JOB, &attributes, out) {
            // No text of a job is ever so long.
            log::error!("a job was left out of a list: {error}");
            out.truncate(before);
        }
    }
}

impl Listing {
    /// Begins to read the jobs by a query.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(store: &Store, query: JobQuery, teller: Teller) -> Result<Listing, StoreError> {
        let mut ids = store.job_ids(query.clone()).await?;
        ids.reverse();
        let mut rest = Rest {
            store: store.clone(),
            query,
            teller,
            ids,
        };
        let first = rest.next(Vec::new()).await?;
        Ok(Listing { first, rest })
    }

    /// The body of an answer that begins with `head`. A client that takes nothing of it for `idle` gets no more.
    pub fn answer(self, mut head: Vec<u8>, idle: Duration) -> AnswerBody {
        head.extend_from_slice(&self.first);
        let mut rest = self.rest;
        if rest.ids.is_empty() {
            head.push(group::END);
            return AnswerBody::whole(head);
        }
        // One piece waits while another one is sent.
        let (give, pieces) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut piece: Result<_, StoreError> = Ok(head);
            loop {
                let is_last = rest.ids.is_empty() || piece.is_err();
                let ready = match piece {
                    Ok(mut bytes) => {
                        if is_last {
                            bytes.push(group::END);
                        }
                        Ok(Piece {
                            bytes: Bytes::from(bytes),
                            is_last,
                        })
                    }
                    Err(error) => {
                        log::error!("a list of jobs was cut off: {error}");
                        Err(Cut(error.to_string()))
                    }
                };
                // Without a client there is nobody to read for.
                let given = tokio::time::timeout(idle, give.send(ready)).await;
                if is_last || !matches!(given, Ok(Ok(()))) {
                    return;
                }
                piece = rest.next(Vec::new()).await;
            }
        });
        AnswerBody::Pieces(Pieces::new(pieces))
    }
}

impl Rest {
    /// Appends the groups of the next jobs.
    async fn next(&mut self, out: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let mut ids = self.ids.split_off(self.ids.len().saturating_sub(PIECE));
        if ids.is_empty() {
            return Ok(out);
        }
        ids.reverse();
        let query = JobQuery {
            offset: 0,
            limit: u32::MAX,
            ids: Some(ids),
            ..self.query.clone()
        };
        let teller = self.teller.clone();
        if teller.requested.is_within(&HEAD) {
            let each = move |out: &mut Vec<u8>, job: &_| {
                teller.tell(head_attributes(job, &teller.telling, &teller.requested), out);
            };
            return self.store.job_heads(query, out, each).await;
        }
        let mut out = out;
        for job in self.store.jobs(query).await? {
            teller.tell(job_attributes(&job, &teller.telling, &teller.requested), &mut out);
        }
        Ok(out)
    }
}
