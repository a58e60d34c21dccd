//! The writer thread: owns the one connection that writes, and commits in groups.
//!
//! Whatever waits when the thread turns to its queue goes into one transaction, each operation in a savepoint of its
//! own, so that one that fails takes nothing with it. Answers are sent after the commit: it is one sync for all.
//!
//! A commit that fails (a full disk, a sync that the disk refuses) has not happened, and nobody is told that it has. But
//! its frames may stand in the log, whole, and only the sync behind them is missing: after a power cut SQLite would take
//! them for a commit, and a job that was refused would be printed, beside the one that the client has sent since. So they
//! are written over at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{oneshot, watch};

use super::StoreError;
use super::house::Changes;
use crate::model::EventSeq;

/// Operations that may wait before senders wait.
const QUEUE: usize = 1_024;
/// Most operations in one transaction.
const GROUP: usize = 256;

/// What an operation is run with: inside a savepoint of the group's transaction.
type Operation = Box<dyn FnOnce(&Connection) -> Reply + Send>;
/// Sends the answer: with `None` when the commit went well, else with what went wrong. Says by its flag whether the
/// operation's own changes are to be kept.
pub(super) struct Reply {
    pub keep: bool,
    pub send: Box<dyn FnOnce(Option<StoreError>) + Send>,
}

enum Order {
    Run(Operation),
    Close(oneshot::Sender<()>),
}

/// The way to the writer thread.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    orders: SyncSender<Order>,
    closed: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(
        connection: Connection,
        seq: watch::Sender<EventSeq>,
        changes: Arc<Changes>,
    ) -> std::io::Result<Writer> {
        let (orders, inbox) = sync_channel(QUEUE);
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run(connection, &inbox, (&seq, &changes)))?;
        Ok(Writer {
            orders,
            closed: Arc::new(AtomicBool::new(false)),
        })
    }

    /// Runs an operation on the writer thread; answers once it is committed.
    pub async fn run<T, F>(&self, operation: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let order = Order::Run(Box::new(move |connection| {
            let result = operation(connection);
            Reply {
                keep: result.is_ok(),
                send: Box::new(move |failed| {
                    // Whoever asked may be gone; the change stands all the same.
                    let _ = answer.send(match failed {
                        None => result,
                        Some(error) => Err(error),
                    });
                }),
            }
        }));
        self.send(order).await?;
        answered.await.map_err(|_| self.unanswered())?
    }

    /// Commits what waits, and ends the thread.
    pub async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        let (done, ended) = oneshot::channel();
        if self.send(Order::Close(done)).await.is_ok() {
            let _ = ended.await;
        }
    }

    /// Why an order was dropped without an answer.
    fn unanswered(&self) -> StoreError {
        if self.closed.load(Ordering::Acquire) {
            StoreError::Closed
        } else {
            StoreError::Broken
        }
    }

    async fn send(&self, order: Order) -> Result<(), StoreError> {
        match self.orders.try_send(order) {
            Ok(()) => Ok(()),
            Err(std::sync::mpsc::TrySendError::Disconnected(_)) => Err(StoreError::Closed),
            Err(std::sync::mpsc::TrySendError::Full(order)) => {
                let orders = self.orders.clone();
                let sent = tokio::task::spawn_blocking(move || orders.send(order).is_ok()).await;
                if sent.unwrap_or(false) {
                    Ok(())
                } else {
                    Err(StoreError::Closed)
                }
            }
        }
    }
}

fn run(mut connection: Connection, inbox: &Receiver<Order>, told: (&watch::Sender<EventSeq>, &Changes)) {
    while let Ok(first) = inbox.recv() {
        let mut group = Vec::new();
        let mut close = None;
        let mut next = Some(first);
        while let Some(order) = next {
            match order {
                Order::Run(operation) => group.push(operation),
                Order::Close(done) => {
                    close = Some(done);
                    break;
                }
            }
            next = if group.len() < GROUP {
                inbox.try_recv().ok()
            } else {
                None
            };
        }
        commit(&mut connection, group, told);
        if let Some(done) = close {
            if let Err(error) = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)") {
                log::warn!("the database's log could not be folded in: {error}");
            }
            drop(connection);
            let _ = done.send(());
            return;
        }
    }
}

fn commit(connection: &mut Connection, group: Vec<Operation>, (seq, changes): (&watch::Sender<EventSeq>, &Changes)) {
    let mut replies = Vec::with_capacity(group.len());
    let outcome = transact(connection, group, &mut replies);
    changes.settle();
    let failed = match outcome {
        Ok(newest) => {
            if newest > seq.borrow().0 {
                seq.send_replace(EventSeq(newest));
            }
            None
        }
        Err(error) => {
            log::error!("a group of {} changes could not be committed: {error}", replies.len());
            if let Err(error) = write_over(connection) {
                log::debug!("what a failed commit has left could not be written over and synced: {error}");
            }
            Some(error)
        }
    };
    for reply in replies {
        (reply.send)(failed.as_ref().map(StoreError::commit));
    }
}

/// Puts a commit that changes nothing where a failed one stands in the log. Its frame breaks the chain of the sums that
/// the rest of the failed one hangs on, even if this one can't be synced either.
fn write_over(connection: &Connection) -> Result<(), rusqlite::Error> {
    let schema: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    // SQLite writes the page of this number whatever it was before.
    connection.pragma_update(None, "user_version", schema)
}

/// Runs a group in one transaction. Operations that were never run answer `Broken` by being dropped.
fn transact(
    connection: &mut Connection,
    group: Vec<Operation>,
    replies: &mut Vec<Reply>,
) -> Result<i64, rusqlite::Error> {
    let mut transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for operation in group {
        let mut savepoint = transaction.savepoint()?;
        match catch_unwind(AssertUnwindSafe(|| operation(&savepoint))) {
            Ok(reply) => {
                if !reply.keep {
                    savepoint.rollback()?;
                }
                savepoint.commit()?;
                replies.push(reply);
            }
            // The panic hook has told of it; the asker hears it from the dropped answer.
            Err(_) => {
                savepoint.rollback()?;
                savepoint.commit()?;
            }
        }
    }
    let newest = transaction.query_row("SELECT coalesce(max(seq), 0) FROM events", [], |row| row.get(0))?;
    transaction.commit()?;
    Ok(newest)
}

#[cfg(test)]
mod tests {
    use super::super::migrate;
    use super::*;

    #[test]
    fn writing_over_adds_to_the_log_and_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let connection = migrate::open_writer(&folder.path().join("platen.db"), false).unwrap();
        let log = || std::fs::metadata(folder.path().join("platen.db-wal")).unwrap().len();
        let schema = || -> i64 {
            let asked = connection.query_row("PRAGMA user_version", [], |row| row.get(0));
            asked.unwrap()
        };
        let (before, known) = (log(), schema());
        write_over(&connection).unwrap();
        assert!(log() > before, "no frame was written");
        assert_eq!(schema(), known);
    }
}
