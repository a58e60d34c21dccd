//! Notifications to be fetched (RFC 3996, `ippget`): for each subscription what has happened lately, numbered.
//!
//! The event log is the one source. A subscription's numbers count its events from its beginning, so that they are the
//! same after a restart.

use std::collections::{HashMap, VecDeque};

use tokio::sync::Mutex;

use crate::model::{EventSeq, NotifyEvent, Pool, Subscription, Timestamp, Told};
use crate::store::{Store, StoreError};

/// `ippget-event-life`: seconds that a notification is kept for (RFC 3996, 8.1: 15 at least).
pub const EVENT_LIFE: i64 = 300;
/// `notify-get-interval`: seconds after which a client should ask again.
pub const GET_INTERVAL: i32 = 5;
/// Most notifications that are kept for one subscription.
const RECENT: usize = 100;
/// Events that are read at once.
const BATCH: u32 = 1_000;

/// A notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// `notify-sequence-number`, from 1.
    pub number: i32,
    /// `notify-subscribed-event`
    pub word: NotifyEvent,
    /// What happened.
    pub told: Told,
}

#[derive(Debug)]
struct Teller {
    /// When its subscription ends by itself.
    expires: Option<Timestamp>,
    /// When it was asked last.
    asked: Timestamp,
    scanned: EventSeq,
    count: i32,
    recent: VecDeque<Notice>,
}

impl Teller {
    fn take(&mut self, subscription: &Subscription, told: Told, pools: &[Pool]) {
        self.scanned = told.event.seq;
        if let Some(word) = subscription.tells(&told, pools) {
            self.count = self.count.saturating_add(1);
            if self.recent.len() == RECENT {
                self.recent.pop_front();
            }
            self.recent.push_back(Notice {
                number: self.count,
                word,
                told,
            });
        }
    }
}

/// What is kept between two questions. Lost at a restart, and then read from the log again.
#[derive(Debug, Default)]
pub struct Notices(Mutex<HashMap<i32, Teller>>);

impl Notices {
    /// The notifications of a subscription from a number on that are still alive, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fetch(
        &self,
        store: &Store,
        subscription: &Subscription,
        from: i32,
        now: Timestamp,
    ) -> Result<Vec<Notice>, StoreError> {
        let house = store.house().await?;
        let mut tellers = self.0.lock().await;
        // Those that are over, and those that nobody asks any more: what they kept has died, and can be read again.
        let oldest = now.plus_ms(-EVENT_LIFE * 1000);
        tellers.retain(|_, t| t.expires.is_none_or(|at| at > now) && t.asked >= oldest);
        let teller = tellers.entry(subscription.id).or_insert_with(|| Teller {
            expires: subscription.of.expires,
            asked: now,
            scanned: subscription.since,
            count: 0,
            recent: VecDeque::new(),
        });
        (teller.expires, teller.asked) = (subscription.of.expires, now);
        loop {
            let batch = store.told_after(teller.scanned, BATCH).await?;
            let is_last = batch.len() < BATCH as usize;
            for told in batch {
                teller.take(subscription, told, &house.pools);
            }
            if is_last {
                break;
            }
        }
        while teller.recent.front().is_some_and(|n| n.told.event.at < oldest) {
            teller.recent.pop_front();
        }
        Ok(teller.recent.iter().filter(|n| n.number >= from).cloned().collect())
    }

    /// A subscription is over.
    pub async fn forget(&self, id: i32) {
        self.0.lock().await.remove(&id);
    }
}
