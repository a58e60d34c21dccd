//! Webhooks: who is told what happens, and what was sent to them.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::order::short;
use crate::api::view::{Moment, Page};
use crate::api::{Api, Caller, Problem};
use crate::crypto;
use crate::model::{Delivery, DeliveryState, Digest, EventKind, Scope, Timestamp, Webhook};
use crate::store::NewWebhook;
use crate::watch::check_url;

/// Most webhooks.
const MOST: usize = 32;
/// Most names of events of one.
const MOST_EVENTS: usize = 32;
/// Deliveries on one page.
const PAGE: u32 = 50;

/// A webhook as it is told of. Its secret is told once, when it is made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WebhookView {
    /// Its number.
    pub id: i64,
    /// Where to.
    pub url: SmolStr,
    /// Names of the events that it is told; empty: all.
    pub events: Vec<SmolStr>,
    /// Whether it is told.
    pub enabled: bool,
    /// Who wished for it.
    pub by: SmolStr,
    /// Since when.
    pub created: Moment,
    /// What signs that which is sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<SmolStr>,
}

impl WebhookView {
    fn of(hook: &Webhook) -> WebhookView {
        WebhookView {
            id: hook.id,
            url: hook.url.clone(),
            events: hook.events.clone(),
            enabled: hook.is_enabled,
            by: hook.by.clone(),
            created: Moment(hook.created),
            secret: None,
        }
    }
}

/// Something in the outbox.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct DeliveryView {
    pub id: i64,
    /// The event's number and name.
    pub event: i64,
    pub name: SmolStr,
    pub state: DeliveryState,
    pub tries: u32,
    /// When it is tried next, while it waits.
    pub next: Option<Moment>,
    /// How the last try went.
    pub said: SmolStr,
    pub created: Moment,
    pub settled: Option<Moment>,
}

impl DeliveryView {
    fn of(delivery: &Delivery) -> DeliveryView {
        DeliveryView {
            id: delivery.id,
            event: delivery.event.0,
            name: delivery.name.clone(),
            state: delivery.state,
            tries: delivery.tries,
            next: (delivery.state == DeliveryState::Waiting).then_some(Moment(delivery.next)),
            said: delivery.said.clone(),
            created: Moment(delivery.created),
            settled: delivery.settled.map(Moment),
        }
    }
}

/// What a webhook is to be.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookWish {
    /// Where to.
    pub url: Option<String>,
    /// Names of the events that it is told; empty: all.
    pub events: Option<Vec<SmolStr>>,
    /// Whether it is told.
    pub enabled: Option<bool>,
}

impl Api {
    /// All webhooks.
    ///
    /// # Errors
    /// 403.
    pub async fn webhooks(&self, caller: &Caller) -> Result<Vec<WebhookView>, Problem> {
        caller.needs(Scope::WebhooksWrite)?;
        let hooks = self.store.webhooks(None).await?;
        Ok(hooks.iter().map(WebhookView::of).collect())
    }

    /// Adds a webhook. The answer has its secret, which is told this once.
    ///
    /// # Errors
    /// 422 when the address can't be told, 409 when there are too many.
    pub async fn webhook_make(&self, caller: &Caller, wish: WebhookWish) -> Result<WebhookView, Problem> {
        caller.needs(Scope::WebhooksWrite)?;
        let url = wish
            .url
            .ok_or_else(|| Problem::invalid("url", "url is missing: where to?"))?;
        check_url(&url, self.settings.webhooks).map_err(|why| Problem::invalid("url", why))?;
        let events = wish.events.unwrap_or_default();
        check_events(&events)?;
        if self.store.webhooks(None).await?.len() >= MOST {
            let text = format_smolstr!("there are {MOST} webhooks, which is the most: remove one first");
            return Err(Problem::conflict("too-many-webhooks", text));
        }
        let secret = secret()?;
        let new = NewWebhook {
            url: url.into(),
            job: None,
            events,
            is_enabled: wish.enabled.unwrap_or(true),
            secret: secret.clone(),
            by: caller.name.clone(),
        };
        let hook = self.store.add_webhook(new, Timestamp::now()).await?;
        log::info!("webhook {} to {}: made by {}", hook.id, hook.host(), caller.name);
        Ok(WebhookView {
            secret: Some(secret),
            ..WebhookView::of(&hook)
        })
    }

    /// Changes a webhook.
    ///
    /// # Errors
    /// 404, 422.
    pub async fn webhook_change(&self, caller: &Caller, id: i64, wish: WebhookWish) -> Result<WebhookView, Problem> {
        self.own_webhook(caller, id).await?;
        if let Some(url) = &wish.url {
            check_url(url, self.settings.webhooks).map_err(|why| Problem::invalid("url", why))?;
        }
        check_events(wish.events.as_deref().unwrap_or_default())?;
        let change = move |hook: &mut Webhook| {
            if let Some(url) = wish.url {
                hook.url = url.into();
            }
            if let Some(events) = wish.events {
                hook.events = events;
            }
            hook.is_enabled = wish.enabled.unwrap_or(hook.is_enabled);
        };
        let hook = self.store.change_webhook(id, change).await?;
        log::info!("webhook {id}: changed by {}", caller.name);
        Ok(WebhookView::of(&hook))
    }

    /// Removes a webhook and what is in its outbox.
    ///
    /// # Errors
    /// 404.
    pub async fn webhook_remove(&self, caller: &Caller, id: i64) -> Result<(), Problem> {
        self.own_webhook(caller, id).await?;
        self.store.remove_webhook(id).await?;
        log::info!("webhook {id}: removed by {}", caller.name);
        Ok(())
    }

    /// What was sent to a webhook and what waits, the newest first.
    ///
    /// # Errors
    /// 404, 422.
    pub async fn deliveries(
        &self,
        caller: &Caller,
        id: i64,
        cursor: Option<&str>,
    ) -> Result<Page<DeliveryView>, Problem> {
        self.own_webhook(caller, id).await?;
        let before = match cursor {
            None => i64::MAX,
            Some(text) => text
                .parse()
                .map_err(|_| Problem::invalid("cursor", "cursor is none that was given here"))?,
        };
        let found = self.store.deliveries(id, before, PAGE).await?;
        let next = (found.len() == PAGE as usize).then(|| found.last().map(|last| last.id.to_string()));
        Ok(Page {
            items: found.iter().map(DeliveryView::of).collect(),
            next: next.flatten(),
        })
    }

    /// Has something sent to a webhook again.
    ///
    /// # Errors
    /// 404.
    pub async fn send_again(&self, caller: &Caller, id: i64, delivery: i64) -> Result<(), Problem> {
        self.own_webhook(caller, id).await?;
        if self.store.send_again(id, delivery, Timestamp::now()).await? {
            // The courier sleeps until it is due, or something happens.
            self.nudge.notify_one();
            return Ok(());
        }
        Err(Problem::not_found(
            "delivery-not-found",
            format_args!("message {delivery}"),
        ))
    }

    /// What signs that which is told of the caller's jobs at their `callback_url`.
    ///
    /// # Errors
    /// 403.
    pub async fn callback_secret(&self, caller: &Caller) -> Result<SmolStr, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let sender = caller.client.clone().unwrap_or_else(|| caller.name.clone());
        Ok(self.store.callback_secret(sender).await?)
    }

    async fn own_webhook(&self, caller: &Caller, id: i64) -> Result<Webhook, Problem> {
        caller.needs(Scope::WebhooksWrite)?;
        let hook = self.store.webhook(id).await?.filter(|hook| hook.job.is_none());
        hook.ok_or_else(|| Problem::not_found("webhook-not-found", format_args!("webhook {id}")))
    }
}

fn check_events(events: &[SmolStr]) -> Result<(), Problem> {
    if events.len() > MOST_EVENTS {
        return Err(Problem::invalid(
            "events",
            format_smolstr!("{MOST_EVENTS} events at most"),
        ));
    }
    let is_known = |word: &SmolStr| EventKind::NAMES.contains(&word.as_str());
    match events.iter().position(|word| !is_known(word)) {
        Some(place) => {
            let text = format_smolstr!(
                "there is no event \"{}\": there are {}",
                short(&events[place]),
                EventKind::NAMES.join(", ")
            );
            Err(Problem::invalid(format_smolstr!("events/{place}"), text))
        }
        None => Ok(()),
    }
}

/// A new secret of 256 bits, in hexadecimal.
fn secret() -> Result<SmolStr, Problem> {
    let mut bytes = [0; 32];
    crypto::random(&mut bytes).map_err(|error| Problem::internal(&error))?;
    Ok(format_smolstr!("whsec_{}", Digest(bytes)))
}
