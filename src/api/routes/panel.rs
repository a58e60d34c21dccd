//! `/api/v1/panel`: the front panel, its picture, its buttons, and every change as server-sent events.
//!
//! A stream tells how the panel looks now, and then every change, the newest one only where they come faster than
//! [`GAP`]. There are few at once. Who asks is looked up again before anything is sent: a stream ends with its session.

use std::fmt::Write as _;
use std::time::Duration;

use hyper::header::CACHE_CONTROL;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::Instant;

use crate::api::panel::{PanelPort, PanelPress, PanelView};
use crate::api::router::Route;
use crate::api::{Api, Call, Caller, Problem, Reply};
use crate::door::{AnswerBody, Cut, Piece, Pieces};
use crate::route;

/// How long a stream lasts; clients come back by themselves.
const LIFE: Duration = Duration::from_secs(10 * 60);
/// After so long without a change a comment is sent.
const BEAT: Duration = Duration::from_secs(10);
/// Least time between two changes that are told.
const GAP: Duration = Duration::from_millis(100);
/// Milliseconds after which a client comes back.
const RETRY: u32 = 2_000;

pub const ROUTES: &[Route] = &[
    route!("GET", "/api/v1/panel", get),
    route!("GET", "/api/v1/panel/display.png", picture),
    route!("GET", "/api/v1/panel/stream", stream),
    route!("POST", "/api/v1/panel/buttons/{button}", press),
];

async fn get(api: Api, call: Call) -> Result<Reply, Problem> {
    Ok(Reply::json(&api.panel(&call.caller)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Size {
    scale: Option<usize>,
    /// Of the picture that is meant: nobody reads it, but another one has another address.
    #[serde(rename = "edition")]
    _edition: Option<String>,
}

async fn picture(api: Api, call: Call) -> Result<Reply, Problem> {
    let Size { scale, .. } = call.query()?;
    let png = api.panel_picture(&call.caller, scale)?;
    Ok(Reply::bytes(StatusCode::OK, "image/png", png))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pressed {
    how: PanelPress,
}

async fn press(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let button: String = call.id("button", "button")?;
    let Pressed { how } = call.json().await?;
    api.press_panel(&call.caller, &button, how)?;
    Ok(Reply::nothing())
}

async fn stream(api: Api, call: Call) -> Result<Reply, Problem> {
    let panel = api.panel_port(&call.caller)?;
    let place = panel.stream().ok_or_else(|| {
        let text = "as many look at the front panel as can at once: close a page of it, then try again";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-streams", text).after(BEAT)
    })?;
    let (give, pieces) = mpsc::channel(1);
    tokio::spawn(follow(api, call, (panel, place), give));
    let mut reply = Reply::bytes(StatusCode::OK, "text/event-stream", Vec::new());
    *reply.0.body_mut() = AnswerBody::Pieces(Pieces::new(pieces));
    reply.set(CACHE_CONTROL, "no-store");
    Ok(reply)
}

/// Whether whoever began the stream may still look. Who was told of without a session or a token, as tests do, stays.
async fn may_look(api: &Api, call: &Call) -> bool {
    match api.identify(&call.parts.headers, &Method::GET, call.peer).await {
        Ok(Some(Caller { name, .. })) if name != call.caller.name => false,
        Ok(Some(caller)) => api.panel_port(&caller).is_ok(),
        Ok(None) => call.caller.session.is_none() && call.caller.client.is_none(),
        Err(_) => false,
    }
}

/// Sends every change, until the client has gone or may look no more, the stream's life is over, or the door closes.
async fn follow(
    api: Api,
    call: Call,
    (panel, _place): (PanelPort, OwnedSemaphorePermit),
    give: mpsc::Sender<Result<Piece, Cut>>,
) {
    let mut ending = api.ending();
    let over = Instant::now() + LIFE;
    let mut view = panel.view();
    let mut text = format!("retry: {RETRY}\n\n");
    write_view(&mut text, &view);
    loop {
        let is_last = Instant::now() >= over || *ending.borrow() || !may_look(&api, &call).await;
        if is_last {
            text.clear();
        }
        let piece = Piece {
            bytes: std::mem::take(&mut text).into(),
            is_last,
        };
        let given = tokio::time::timeout(api.settings.idle, give.send(Ok(piece))).await;
        if is_last || !matches!(given, Ok(Ok(()))) {
            return;
        }
        tokio::time::sleep(GAP).await;
        tokio::select! {
            runs = panel.looks_other_than(&view) => match runs {
                true => {
                    view = panel.view();
                    write_view(&mut text, &view);
                }
                false => return,
            },
            _ = ending.wait_for(|ending| *ending) => {}
            () = give.closed() => return,
            () = tokio::time::sleep(BEAT) => text.push_str(": nothing new\n\n"),
            () = tokio::time::sleep_until(over) => {}
        }
    }
}

fn write_view(text: &mut String, view: &PanelView) {
    if let Ok(json) = serde_json::to_string(view) {
        let _ = write!(text, "event: panel\ndata: {json}\n\n");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use http_body_util::BodyExt;
    use serde_json::{Value, json};
    use smol_str::SmolStr;
    use tokio::sync::watch;

    use crate::api::Caller;
    use crate::api::house::House;
    use crate::api::panel::{DisplayView, FrontPanel, NotPressed, PanelPress, PanelView};
    use crate::door::Peer;
    use crate::model::Role;

    /// A panel that writes down how it was pressed, and shows it.
    struct Fake(watch::Sender<PanelView>, Mutex<Vec<String>>);

    fn looks(text: &str) -> PanelView {
        PanelView {
            lights: vec![],
            buttons: vec![],
            display: DisplayView {
                fitted: true,
                awake: true,
                text: vec![text.into()],
                edition: "1".into(),
            },
            troubles: vec![],
        }
    }

    #[async_trait]
    impl FrontPanel for Fake {
        fn view(&self) -> PanelView {
            self.0.borrow().clone()
        }
        fn picture(&self, scale: usize) -> Result<Vec<u8>, SmolStr> {
            Ok(vec![7; scale])
        }
        fn press(&self, button: &str, how: PanelPress, who: &str) -> Result<(), NotPressed> {
            if button == "setup" {
                return Err(NotPressed::AtTheBox);
            }
            self.1.lock().unwrap().push(format!("{button} {how:?} {who}"));
            self.0.send_replace(looks(&self.1.lock().unwrap().join(", ")));
            Ok(())
        }
        async fn looks_other_than(&self, seen: &PanelView) -> bool {
            self.0.subscribe().wait_for(|now| now != seen).await.is_ok()
        }
    }

    async fn house() -> House {
        let house = House::new().await;
        house.fit(Fake(watch::channel(looks("ready")).0, Mutex::default()));
        house
    }

    #[tokio::test]
    async fn those_who_see_all_jobs_look_and_those_who_run_the_printers_press() {
        let house = house().await;
        let get = async |role| {
            let caller = Some(Caller::of_role("vera", role));
            house.ask(caller, "GET", "/api/v1/panel", Value::Null).await.status
        };
        // The display tells of everybody's jobs.
        assert_eq!((get(Role::Client).await, get(Role::Viewer).await), (403, 200));
        let press = async |role, button: &str, how: Value| {
            let caller = Some(Caller::of_role("vera", role));
            let path = format!("/api/v1/panel/buttons/{button}");
            house.ask(caller, "POST", &path, json!({ "how": how })).await
        };
        assert_eq!(press(Role::Viewer, "pause", "short".into()).await.status, 403);
        assert_eq!(press(Role::Operator, "pause", "double".into()).await.status, 204);
        let reset = press(Role::Owner, "setup", "long".into()).await;
        assert_eq!((reset.status, &reset.json()["code"]), (409, &"at-the-box".into()));
        assert_eq!(press(Role::Owner, "pause", "hard".into()).await.status, 422);
        let owner = || Some(Caller::owner("ola"));
        let seen = house.ask(owner(), "GET", "/api/v1/panel", Value::Null).await.json();
        assert_eq!(seen["display"]["text"][0], "pause Double vera");
        let picture = house
            .ask(owner(), "GET", "/api/v1/panel/display.png?scale=2", Value::Null)
            .await;
        assert_eq!((picture.status, picture.bytes.len()), (200, 2));
        let large = house
            .ask(owner(), "GET", "/api/v1/panel/display.png?scale=9", Value::Null)
            .await;
        assert_eq!(large.status, 422);
        house.close().await;
    }

    #[tokio::test]
    async fn a_house_without_one_says_so() {
        let house = House::new().await;
        let none = house
            .ask(Some(Caller::owner("ola")), "GET", "/api/v1/panel", Value::Null)
            .await;
        assert_eq!((none.status, &none.json()["code"]), (404, &"no-panel".into()));
        house.close().await;
    }

    #[tokio::test]
    async fn every_change_is_told_until_the_session_ends() {
        let house = house().await;
        let ola = house.claimed().await;
        let request = || hyper::Request::get("/api/v1/panel/stream").header("cookie", &ola.cookie);
        let headers = request().body(()).unwrap().into_parts().0.headers;
        let here = Peer {
            address: None,
            secure: true,
            called: None,
        };
        let caller = house.api.identify(&headers, &hyper::Method::GET, here).await.unwrap();
        let mut body = house.open(caller, request()).await.into_body();
        let text = async |body: &mut crate::door::AnswerBody| {
            let frame = body.frame().await?.ok()?.into_data().ok()?;
            String::from_utf8(frame.to_vec()).ok()
        };
        let first = text(&mut body).await.unwrap();
        assert!(
            first.contains("event: panel\ndata: {") && first.contains("ready"),
            "{first}"
        );
        let press = || {
            let owner = Some(Caller::owner("ola"));
            house.ask(owner, "POST", "/api/v1/panel/buttons/select", json!({"how": "short"}))
        };
        press().await;
        let next = text(&mut body).await.unwrap();
        assert!(next.contains("select Short ola"), "{next}");
        let out = house.page(&ola, "DELETE", "/api/v1/session", Value::Null).await;
        assert_eq!(out.status, 204);
        press().await;
        let rest = text(&mut body).await.unwrap_or_default();
        assert!(!rest.contains("panel"), "{rest}");
        assert!(body.frame().await.is_none());
        house.close().await;
    }

    #[tokio::test]
    async fn there_are_few_streams_at_once() {
        let house = house().await;
        let open = || house.open(Some(Caller::owner("ola")), hyper::Request::get("/api/v1/panel/stream"));
        let mut streams = Vec::new();
        for _ in 0..16 {
            streams.push(open().await);
        }
        assert!(streams.iter().all(|stream| stream.status() == 200));
        assert_eq!(open().await.status(), 503);
        house.close().await;
    }
}
