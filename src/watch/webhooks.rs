//! The courier of the outbox: fills it from the log, sends what is due, writes down how it went.

use std::sync::Arc;
use std::time::Duration;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::outbox::{self, Next};
use super::post::{Addresses, post};
use crate::model::{Delivery, DeliveryState, Event, Timestamp, Webhook};
use crate::store::{Store, StoreError};

/// Events that come together are put into the outbox together.
const TOGETHER: Duration = Duration::from_millis(300);
/// How long it waits when the store fails.
const PAUSE: Duration = Duration::from_secs(5);
/// The longest time without a look, so that a clock that was put right is noticed.
const LONGEST: Duration = Duration::from_secs(60);
/// How long that which was settled is shown.
const KEPT_MS: i64 = 14 * 24 * 60 * 60 * 1000;
/// How often the rest is forgotten.
const PRUNE: Duration = Duration::from_secs(60 * 60);

/// Makes the document that tells of an event.
pub type Tell = Arc<dyn Fn(&Event) -> String + Send + Sync>;

/// The courier.
pub struct Webhooks {
    /// Where the log and the outbox are.
    pub store: Store,
    /// Which addresses may be sent to.
    pub allowed: Addresses,
    /// How events are told of.
    pub tell: Tell,
    /// Wakes it, where something is due sooner than it thinks.
    pub nudge: Arc<Notify>,
}

/// The name of an event as it stands in its document.
pub fn name_of(event: &Event) -> SmolStr {
    let json = serde_json::to_value(&event.kind).unwrap_or_default();
    json["event"].as_str().unwrap_or("event").into()
}

impl Webhooks {
    /// Works until it is dropped.
    pub async fn run(self) {
        let mut news = self.store.subscribe();
        let mut sending: JoinSet<i64> = JoinSet::new();
        let mut busy: Vec<i64> = Vec::new();
        let mut prune = tokio::time::Instant::now();
        loop {
            news.borrow_and_update();
            if tokio::time::Instant::now() >= prune {
                prune = tokio::time::Instant::now() + PRUNE;
                if let Err(error) = self.store.prune_outbox(Timestamp::now().plus_ms(-KEPT_MS)).await {
                    log::warn!("the outbox could not be tidied: {error}");
                }
            }
            let wait = match self.round(&mut sending, &mut busy).await {
                Ok(wait) => wait,
                Err(error) => {
                    log::warn!("webhooks wait: {error}");
                    PAUSE
                }
            };
            tokio::select! {
                changed = news.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    tokio::time::sleep(TOGETHER).await;
                }
                Some(done) = sending.join_next() => match done {
                    Ok(webhook) => busy.retain(|other| *other != webhook),
                    // Which one it was is not known any more: all that are not being sent are free.
                    Err(_) => busy.clear(),
                },
                () = self.nudge.notified() => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Fills the outbox, begins to send what is due; says how long there is nothing to do.
    async fn round(&self, sending: &mut JoinSet<i64>, busy: &mut Vec<i64>) -> Result<Duration, StoreError> {
        let tell = self.tell.clone();
        while self
            .store
            .fill_outbox(Timestamp::now(), {
                let tell = tell.clone();
                move |event| (name_of(event), tell(event))
            })
            .await?
        {}
        let now = Timestamp::now();
        for (webhook, delivery) in self.store.due_deliveries(now, busy.clone()).await? {
            busy.push(webhook.id);
            sending.spawn(deliver(self.store.clone(), self.allowed, webhook, delivery));
        }
        let next = self.store.next_delivery().await?;
        let wait = next.map_or(LONGEST, |at| {
            Duration::from_millis(u64::try_from(at.0 - now.0).unwrap_or(0))
        });
        // What is due and can't be begun waits for those that are being sent.
        Ok(wait.clamp(Duration::from_millis(200), LONGEST))
    }
}

/// Tries one once. Gives its webhook's number.
async fn deliver(store: Store, allowed: Addresses, webhook: Webhook, mut delivery: Delivery) -> i64 {
    let now = Timestamp::now();
    let (id, signature) = (
        delivery.id.to_string(),
        outbox::signature(&webhook.secret, delivery.id, &delivery.body, now),
    );
    let headers = [
        ("platen-delivery", id.as_str()),
        ("platen-event", delivery.name.as_str()),
        ("platen-signature", signature.as_str()),
    ];
    let tried = post(&webhook.url, allowed, &headers, &delivery.body).await;
    let now = Timestamp::now();
    delivery.tries = delivery.tries.saturating_add(1);
    delivery.said = format_smolstr!("{}", outbox::words(&tried));
    let next = outbox::next(&tried, delivery.tries, delivery.created, now);
    match next {
        Next::Delivered => delivery.state = DeliveryState::Delivered,
        Next::Dead | Next::Unwanted => delivery.state = DeliveryState::Dead,
        Next::Again(at) => delivery.next = at,
    }
    if delivery.state != DeliveryState::Waiting {
        delivery.settled = Some(now);
    }
    if delivery.state == DeliveryState::Dead {
        log::warn!(
            "webhook {}: message {} was given up: {}",
            webhook.id,
            delivery.id,
            delivery.said
        );
    }
    let settled = store.settle_delivery(delivery).await;
    let switched = match next {
        Next::Unwanted => store
            .change_webhook(webhook.id, |webhook| webhook.is_enabled = false)
            .await
            .map(drop),
        _ => Ok(()),
    };
    if let Err(error) = settled.and(switched) {
        // It is sent once more: whoever hears it twice knows by its number.
        log::warn!(
            "webhook {}: what became of a message could not be written down: {error}",
            webhook.id
        );
    }
    webhook.id
}
