//! `/api/v1/events`: the log as server-sent events (WHATWG HTML, 9.2), or a piece of it as JSON.
//!
//! A client that was away says by `Last-Event-ID` what it has seen last, and misses nothing. A stream ends within
//! [`LOOK`] when whoever listens is shut out: before anything is told it is looked whether he still may listen. It ends
//! after [`LIFE`] in any case; clients come back by themselves.

use std::fmt::Write as _;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::{ACCEPT, CACHE_CONTROL, HeaderMap};
use serde::Deserialize;
use serde_json::json;
use smol_str::format_smolstr;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::api::ops::events::Stretch;
use crate::api::router::Route;
use crate::api::streams::{MOST, Open};
use crate::api::view::EventView;
use crate::api::{Api, Call, Caller, Problem, Reply};
use crate::door::{AnswerBody, Cut, Peer, Piece, Pieces};
use crate::model::EventSeq;
use crate::route;

/// How long a stream lasts.
const LIFE: Duration = Duration::from_secs(10 * 60);
/// After so long without an event a comment is sent, so that nobody in between takes the connection for dead.
const BEAT: Duration = Duration::from_secs(15);
/// After so long it is looked again whether the session or token by which somebody listens is still good.
const LOOK: Duration = Duration::from_secs(5);
/// After so long somebody who has too many streams open may try again: what a browser has closed is known by then.
const LATER: Duration = Duration::from_secs(5);
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
    let place = api.kept.streams.open(&call.caller).ok_or_else(too_many)?;
    let (give, pieces) = mpsc::channel(1);
    let listener = Listener {
        caller: call.caller,
        headers: call.parts.headers,
        peer: call.peer,
        _place: place,
    };
    tokio::spawn(follow(api, listener, (from, first), give));
    let mut reply = Reply::bytes(StatusCode::OK, "text/event-stream", Vec::new());
    *reply.0.body_mut() = AnswerBody::Pieces(Pieces::new(pieces));
    reply.set(CACHE_CONTROL, "no-store");
    Ok(reply)
}

fn too_many() -> Problem {
    let text =
        format_smolstr!("{MOST} streams of events are open for you, which is the most: close one, then try again");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-streams", text).after(LATER)
}

/// Whoever listens.
struct Listener {
    caller: Caller,
    /// What he has shown.
    headers: HeaderMap,
    peer: Peer,
    _place: Open,
}

impl Listener {
    /// Whether he still may; what he may see is as it is now.
    async fn is_still_here(&mut self, api: &Api) -> bool {
        // Nobody comes by the door without either.
        if self.caller.session.is_none() && self.caller.client.is_none() {
            return true;
        }
        match api.identify_again(&self.headers, self.peer).await {
            Ok(Some(caller)) => {
                self.caller = caller;
                true
            }
            Ok(None) | Err(_) => false,
        }
    }
}

/// Sends what happens, until the client has gone or is shut out, the stream's life is over, or the door closes.
async fn follow(
    api: Api,
    mut listener: Listener,
    (from, first): (EventSeq, Stretch),
    give: mpsc::Sender<Result<Piece, Cut>>,
) {
    let mut news = api.store.subscribe();
    let mut ending = api.ending();
    let over = Instant::now() + LIFE;
    let mut beat = Instant::now() + BEAT;
    let mut stretch = first;
    // The number goes with the greeting: whoever is cut off before the first event knows where he was.
    let mut text = format!("retry: {RETRY}\nid: {}\n\n", from.0);
    loop {
        stretch.events.iter().for_each(|event| write_event(&mut text, event));
        let mut is_last = Instant::now() >= over || *ending.borrow();
        if !listener.is_still_here(&api).await {
            (is_last, text) = (true, String::new());
        }
        if is_last || !text.is_empty() {
            let piece = Piece {
                bytes: std::mem::take(&mut text).into(),
                is_last,
            };
            let given = tokio::time::timeout(api.settings.idle, give.send(Ok(piece))).await;
            if is_last || !matches!(given, Ok(Ok(()))) {
                return;
            }
            beat = Instant::now() + BEAT;
        }
        if !stretch.is_full {
            tokio::select! {
                changed = news.changed() => if changed.is_err() {
                    return;
                },
                _ = ending.wait_for(|ending| *ending) => {}
                () = give.closed() => return,
                () = tokio::time::sleep_until(beat) => text.push_str(": nothing new\n\n"),
                () = tokio::time::sleep(LOOK) => {}
                () = tokio::time::sleep_until(over) => {}
            }
        }
        stretch = match api.events(&listener.caller, stretch.through).await {
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
    use crate::api::accounts::tests::Browser;
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

    fn stream_of(browser: &Browser) -> hyper::http::request::Builder {
        let request = hyper::Request::get("/api/v1/events").header("cookie", &browser.cookie);
        request.header("accept", "text/event-stream")
    }

    #[tokio::test]
    async fn whoever_is_shut_out_hears_nothing_more() {
        let house = House::new().await;
        let ola = house.claimed().await;
        let (id, vera) = house.with_user(&ola, "vera", "viewer").await;
        let mut body = house.open_as_shown(stream_of(&vera)).await.into_body();
        tell(&house, "for all").await;
        let mut heard = String::new();
        while !heard.contains("for all") {
            let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
            heard.push_str(std::str::from_utf8(&piece).unwrap());
        }
        let at = format!("/api/v1/users/{id}");
        house
            .page(&ola, "PATCH", &at, serde_json::json!({"disabled": true}))
            .await;
        tell(&house, "a secret").await;
        while let Some(piece) = body.frame().await {
            let piece = piece.unwrap().into_data().unwrap();
            assert!(!std::str::from_utf8(&piece).unwrap().contains("a secret"));
        }
        house.close().await;
    }

    #[tokio::test]
    async fn nobody_holds_more_streams_than_his_share() {
        let house = House::new().await;
        let ola = house.claimed().await;
        let mut open = Vec::new();
        for _ in 0..super::MOST {
            let answer = house.open_as_shown(stream_of(&ola)).await;
            assert_eq!(answer.status(), 200);
            open.push(answer);
        }
        let refused = house.open_as_shown(stream_of(&ola)).await;
        assert_eq!(
            (refused.status().as_u16(), &refused.headers()["retry-after"]),
            (429, &"5".parse().unwrap())
        );
        // The log is read all the same, and others listen.
        assert_eq!(house.page(&ola, "GET", "/api/v1/events", Value::Null).await.status, 200);
        let (_, vera) = house.with_user(&ola, "vera", "viewer").await;
        assert_eq!(house.open_as_shown(stream_of(&vera)).await.status(), 200);
        // A browser that goes makes room.
        open.clear();
        while house.open_as_shown(stream_of(&ola)).await.status() != 200 {
            tokio::task::yield_now().await;
        }
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
