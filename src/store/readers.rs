//! The threads that read: few, each with a connection of its own that is opened when it is first needed.
//!
//! They are not the runtime's: what a thread has once allocated its allocator keeps for it, and SQLite keeps its pages
//! by connection. So the memory that reading takes is that of three threads, however many clients ask.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{StoreError, migrate};

/// How many.
const THREADS: usize = 3;
/// Questions that may wait before those who ask wait.
const QUEUE: usize = 1_024;

/// A question, asked of a connection, or of the reason why there is none.
type Question = Box<dyn FnOnce(Result<&mut Connection, StoreError>) + Send>;

enum Order {
    Ask(Question),
    Close(oneshot::Sender<()>),
}

/// The way to the threads.
#[derive(Debug, Clone)]
pub(super) struct Readers {
    orders: SyncSender<Order>,
}

impl Readers {
    /// Starts the threads.
    pub fn start(path: &Path) -> std::io::Result<Readers> {
        let (orders, inbox) = sync_channel(QUEUE);
        let inbox = Arc::new(Mutex::new(inbox));
        for n in 1..=THREADS {
            let (path, inbox) = (path.to_owned(), inbox.clone());
            std::thread::Builder::new()
                .name(format!("store-reader-{n}"))
                .spawn(move || run(path, &inbox))?;
        }
        Ok(Readers { orders })
    }

    /// Asks a question in a snapshot of its own.
    pub async fn ask<T, F>(&self, question: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (give, answer) = oneshot::channel();
        let order = Order::Ask(Box::new(move |connection| {
            let result = connection.and_then(|connection| {
                let snapshot = connection.transaction()?;
                question(&snapshot)
            });
            // Whoever asked may be gone.
            let _ = give.send(result);
        }));
        self.send(order).await?;
        // A question that broke down has told why by the panic hook.
        answer.await.map_err(|_| StoreError::Broken)?
    }

    /// Ends the threads, and with them their connections.
    pub async fn close(&self) {
        for _ in 0..THREADS {
            let (done, ended) = oneshot::channel();
            if self.send(Order::Close(done)).await.is_ok() {
                let _ = ended.await;
            }
        }
    }

    async fn send(&self, order: Order) -> Result<(), StoreError> {
        match self.orders.try_send(order) {
            Ok(()) => Ok(()),
            Err(TrySendError::Disconnected(_)) => Err(StoreError::Closed),
            Err(TrySendError::Full(order)) => {
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

fn run(path: PathBuf, inbox: &Mutex<Receiver<Order>>) {
    let mut connection = None;
    loop {
        // One of them waits for an order, the others for this one to have it.
        let order = inbox.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match order {
            Ok(Order::Ask(question)) => {
                // A connection that a panic went through is not used again.
                let mut taken = connection.take();
                let asked = catch_unwind(AssertUnwindSafe(|| {
                    if taken.is_none() {
                        match migrate::open_reader(&path) {
                            Ok(opened) => taken = Some(opened),
                            Err(error) => {
                                question(Err(error));
                                return None;
                            }
                        }
                    }
                    question(taken.as_mut().ok_or(StoreError::Broken));
                    taken
                }));
                connection = asked.unwrap_or(None);
            }
            Ok(Order::Close(done)) => {
                drop(connection);
                let _ = done.send(());
                return;
            }
            Err(_) => return,
        }
    }
}
