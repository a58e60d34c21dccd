//! `/api/v1/webhooks`

use serde::Deserialize;
use serde_json::json;

use crate::api::ops::webhooks::WebhookWish;
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/webhooks", list),
    route!("POST", "/api/v1/webhooks", make),
    route!("PATCH", "/api/v1/webhooks/{webhook}", change),
    route!("DELETE", "/api/v1/webhooks/{webhook}", remove),
    route!("GET", "/api/v1/webhooks/{webhook}/deliveries", deliveries),
    route!(
        "POST",
        "/api/v1/webhooks/{webhook}/deliveries/{delivery}/resend",
        resend
    ),
];

fn webhook(call: &Call) -> Result<i64, Problem> {
    call.id("webhook", "webhook")
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(
        &json!({ "items": api.webhooks(&call.caller).await?, "next": null }),
    ))
}

async fn make(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let wish: WebhookWish = call.json().await?;
    let made = api.webhook_make(&call.caller, wish).await?;
    Ok(Reply::created(&format!("/api/v1/webhooks/{}", made.id), &made))
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let id = webhook(&call)?;
    let wish = call.json().await?;
    Ok(Reply::json(&api.webhook_change(&call.caller, id, wish).await?))
}

async fn remove(api: Api, call: Call) -> Result<Reply, Problem> {
    api.webhook_remove(&call.caller, webhook(&call)?).await?;
    Ok(Reply::nothing())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paged {
    cursor: Option<String>,
}

async fn deliveries(api: Api, call: Call) -> Result<Reply, Problem> {
    let Paged { cursor } = call.query()?;
    let page = api.deliveries(&call.caller, webhook(&call)?, cursor.as_deref()).await?;
    Ok(Reply::json(&page))
}

async fn resend(api: Api, call: Call) -> Result<Reply, Problem> {
    let delivery = call.id("delivery", "message")?;
    api.send_again(&call.caller, webhook(&call)?, delivery).await?;
    Ok(Reply::nothing())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use serde_json::{Value, json};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use crate::api::Caller;
    use crate::api::house::House;
    use crate::model::{EventKind, Role, Timestamp};
    use crate::watch::{Addresses, Webhooks};

    async fn tell(house: &House) {
        let kind = EventKind::QueueOrderChanged;
        house.api.store.tell(Timestamp::now(), None, kind).await.unwrap();
    }

    fn owner() -> Option<Caller> {
        Some(Caller::owner("ola"))
    }

    /// Takes one request, answers with a status, gives what was sent.
    async fn hear(listener: &tokio::net::TcpListener, status: &str) -> String {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = Vec::new();
        loop {
            let mut some = [0; 4096];
            let n = stream.read(&mut some).await.unwrap();
            heard.extend_from_slice(&some[..n]);
            let text = String::from_utf8_lossy(&heard);
            let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                length.is_some_and(|length| body.len() >= length.parse().unwrap())
            });
            if whole || n == 0 {
                break;
            }
        }
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(heard).unwrap()
    }

    #[tokio::test]
    async fn what_happens_is_told_signed_and_told_again_until_it_is_taken() {
        let house = House::new().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        tell(&house).await;
        let wish = json!({"url": url, "events": ["queue-order-changed"]});
        let made = house.ask(owner(), "POST", "/api/v1/webhooks", wish).await;
        assert_eq!(made.status, 201, "{}", made.json());
        let secret = made.json()["secret"].as_str().unwrap().to_owned();
        let list = house.ask(owner(), "GET", "/api/v1/webhooks", Value::Null).await;
        assert!(!String::from_utf8_lossy(&list.bytes).contains(&secret));
        let courier = Webhooks {
            store: house.api.store.clone(),
            allowed: Addresses::Any,
            tell: Arc::new(|event| format!("{{\"seq\":{}}}", event.seq)),
            nudge: house.api.nudge.clone(),
        };
        let running = tokio::spawn(courier.run());
        tell(&house).await;
        let id = made.json()["id"].clone();
        let sent = hear(&listener, "503 Not Now").await;
        let header = |name: &str| {
            let line = sent.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_once(": ").unwrap().1.to_owned()
        };
        let body = sent.split_once("\r\n\r\n").unwrap().1;
        assert_eq!(header("platen-event"), "queue-order-changed");
        let signature = header("platen-signature");
        let seconds: i64 = signature[2..].split(',').next().unwrap().parse().unwrap();
        let number: i64 = header("platen-delivery").parse().unwrap();
        let expected = crate::watch::outbox::signature(&secret, number, body, Timestamp(seconds * 1000));
        assert_eq!(signature, expected);
        // It waits for its next try, and is sent at once when a person wants it.
        let path = format!("/api/v1/webhooks/{id}/deliveries");
        let waiting = loop {
            let page = house.ask(owner(), "GET", &path, Value::Null).await.json();
            if page["items"][0]["tries"] == 1 {
                break page;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(
            waiting["items"].as_array().unwrap().len(),
            1,
            "only what came after it was made"
        );
        assert_eq!(waiting["items"][0]["state"], "waiting");
        assert_eq!(waiting["items"][0]["said"], "the address answered 503");
        let again = house
            .ask(owner(), "POST", &format!("{path}/{number}/resend"), Value::Null)
            .await;
        assert_eq!(again.status, 204);
        let sent = hear(&listener, "204 Taken").await;
        assert!(sent.contains(&format!("platen-delivery: {number}\r\n")));
        running.abort();
        house.close().await;
    }

    #[tokio::test]
    async fn nobody_has_this_house_talk_to_others_who_may_not() {
        let house = House::new().await;
        let client = Some(Caller::of_role("carl", Role::Client));
        let wish = json!({"url": "https://shop.example/"});
        assert_eq!(house.ask(client, "POST", "/api/v1/webhooks", wish).await.status, 403);
        for (wish, field) in [
            (json!({"url": "ftp://shop.example/"}), "url"),
            (json!({}), "url"),
            (
                json!({"url": "https://shop.example/", "events": ["Job Changed"]}),
                "events/0",
            ),
            (json!({"url": "https://shop.example/", "color": 1}), "color"),
            (json!({"url": "https://shop.example:99999/"}), "url"),
            (
                json!({"url": "https://shop.example/", "events": ["job-changed", "job-printed"]}),
                "events/1",
            ),
        ] {
            let refused = house.ask(owner(), "POST", "/api/v1/webhooks", wish.clone()).await;
            assert_eq!(
                (refused.status, &refused.json()["field"]),
                (422, &field.into()),
                "{wish}"
            );
        }
        let off = json!({"url": "https://shop.example/", "enabled": false});
        let made = house.ask(owner(), "POST", "/api/v1/webhooks", off).await.json();
        assert_eq!(made["enabled"], false);
        assert_eq!(
            house
                .ask(owner(), "DELETE", "/api/v1/webhooks/9", Value::Null)
                .await
                .status,
            404
        );
        house.close().await;
    }
}
