//! `/api/v1/events`: the log as server-sent events (WHATWG HTML, 9.2), or a piece of it as JSON.
//!
//! A client that was away says by `Last-Event-ID` what it has seen last, and misses nothing. A stream ends after
//! [`LIFE`], so that whoever may look no more does not look for ever; clients come back by themselves.

use std::fmt::Write as _;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{ACCEPT, CACHE_CONTROL};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::api::ops::events::Stretch;
use crate::api::router::Route;
use crate::api::view::EventView;
use crate::api::{Api, Call, Caller, Problem, Reply};
use crate::door::{AnswerBody, Cut, Piece, Pieces};
use crate::model::EventSeq;
use crate::route;

/// How long a stream lasts.
const LIFE: Duration = Duration::from_secs(10 * 60);
/// After so long without an event a comment is sent, so that nobody in between takes the connection for dead.
const BEAT: Duration = Duration::from_secs(15);
/// Milliseconds after which a client comes back.
const RETRY: u32 = 2_000;

pub const ROUTES: &[Route] = &[route!("GET", "/api/v1/events", events)];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The last event that was seen.
    after: Option<i64>,
}

async fn events(api: Api, call: Call) -> Result<Reply, Problem> {
    let Wanted { after } = call.query()?;
    let is_stream = call
        .header(ACCEPT.as_str())
        .is_some_and(|accept| accept.contains("text/event-stream"));
    if !is_stream {
        let stretch = api.events(&call.caller, EventSeq(after.unwrap_or(0))).await?;
        return Ok(Reply::json(&json!({
            "items": stretch.events,
            "next": stretch.is_full.then_some(stretch.through.0),
        })));
    }
    let seen = match call.header("last-event-id") {
        Some(text) => Some(
            text.trim()
                .parse()
                .map_err(|_| Problem::invalid("Last-Event-ID", "Last-Event-ID is the number of an event"))?,
        ),
        None => after,
    };
    // Whoever remembers more than there is has seen another log: he begins anew, here.
    let from = seen.map_or_else(|| api.newest(), |seen| EventSeq(seen).min(api.newest()));
    // What is refused is refused now.
    let first = api.events(&call.caller, from).await?;
    let (give, pieces) = mpsc::channel(1);
    tokio::spawn(follow(api, call.caller, (from, first), give));
    let mut reply = Reply::bytes(StatusCode::OK, "text/event-stream", Vec::new());
    *reply.0.body_mut() = AnswerBody::Pieces(Pieces::new(pieces));
    reply.set(CACHE_CONTROL, "no-store");
    Ok(reply)
}

/// Sends what happens, until the client has gone, the stream's life is over, or the door closes.
async fn follow(api: Api, caller: Caller, (from, first): (EventSeq, Stretch), give: mpsc::Sender<Result<Piece, Cut>>) {
    let mut news = api.store.subscribe();
    let mut ending = api.ending();
    let over = Instant::now() + LIFE;
    let mut stretch = first;
    // The number goes with the greeting: whoever is cut off before the first event knows where he was.
    let mut text = format!("retry: {RETRY}\nid: {}\n\n", from.0);
    loop {
        stretch.events.iter().for_each(|event| write_event(&mut text, event));
        let is_last = Instant::now() >= over || *ending.borrow();
        if is_last || !text.is_empty() {
            let piece = Piece {
                bytes: std::mem::take(&mut text).into(),
                is_last,
            };
            let given = tokio::time::timeout(api.settings.idle, give.send(Ok(piece))).await;
            if is_last || !matches!(given, Ok(Ok(()))) {
                return;
            }
        }
        if !stretch.is_full {
            tokio::select! {
                changed = news.changed() => if changed.is_err() {
                    return;
                },
                _ = ending.wait_for(|ending| *ending) => {}
                () = give.closed() => return,
                () = tokio::time::sleep(BEAT) => text.push_str(": nothing new\n\n"),
                () = tokio::time::sleep_until(over) => {}
            }
        }
        stretch = match api.events(&caller, stretch.through).await {
            Ok(stretch) => stretch,
            Err(problem) => {
                let _ = give.send(Err(Cut(problem.detail.to_string()))).await;
                return;
            }
        };
    }
}

fn write_event(text: &mut String, event: &EventView) {
    let Ok(json) = serde_json::to_value(event) else {
        return;
    };
    let name = json["event"].as_str().unwrap_or("event");
    let _ = write!(text, "id: {}\nevent: {name}\ndata: {json}\n\n", event.seq);
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;
    use serde_json::Value;

    use crate::api::Caller;
    use crate::api::house::House;
    use crate::model::{EventKind, Role, Timestamp};

    async fn tell(house: &House, message: &str) {
        let kind = EventKind::Identify {
            actions: vec![],
            message: message.into(),
        };
        house.api.store.tell(Timestamp::now(), None, kind).await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_was_away_misses_nothing() {
        let house = House::new().await;
        let owner = || Some(Caller::of_role("vera", Role::Viewer));
        tell(&house, "one").await;
        let all = house.ask(owner(), "GET", "/api/v1/events", Value::Null).await.json();
        let seen = all["items"].as_array().unwrap().last().unwrap()["seq"]
            .as_i64()
            .unwrap();
        tell(&house, "two\nlines").await;
        let stream = || {
            hyper::Request::get("/api/v1/events")
                .header("accept", "text/event-stream")
                .header("last-event-id", seen.to_string())
        };
        let mut body = house.open(owner(), stream()).await.into_body();
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let text = String::from_utf8(first.to_vec()).unwrap();
        assert!(!text.contains("\"one\"") && text.contains("two\\nlines"), "{text}");
        tell(&house, "three").await;
        let next = body.frame().await.unwrap().unwrap().into_data().unwrap();
        let text = String::from_utf8(next.to_vec()).unwrap();
        assert!(text.contains("event: identify\n") && text.contains("three"), "{text}");
        // A door that closes ends its streams.
        house.api.end_streams();
        while body.frame().await.is_some() {}
        house.close().await;
    }

    #[tokio::test]
    async fn nobody_hears_of_others_jobs_who_may_not_see_them() {
        let house = House::new().await;
        house.behind().submit("anna").await;
        house.behind().submit("bert").await;
        let count = async |caller: Caller| {
            let heard = house
                .ask(Some(caller), "GET", "/api/v1/events", Value::Null)
                .await
                .json();
            let of_jobs = |e: &&Value| e["job"].is_i64();
            heard["items"].as_array().unwrap().iter().filter(of_jobs).count()
        };
        let all = count(Caller::owner("ola")).await;
        let annas = count(Caller::of_role("anna", Role::Client)).await;
        assert!(annas > 0 && annas < all, "{annas} of {all}");
        assert_eq!(count(Caller::of_role("carl", Role::Client)).await, 0);
        house.close().await;
    }
}
