//! The machine: its name, its network, its clock, who may help, and how it is made as it came.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::call::from_json;
use crate::api::ops::machine::{HelpMade, HelpRequest, MachineChange, MachineReset};
use crate::api::router::Route;
use crate::api::view::MachineView;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show_with};

pub const ROUTES: &[Route] = &[
    route!("GET", "/system/machine", page),
    route!("POST", "/system/machine", change),
    route!("POST", "/system/machine/wired", wired),
    route!("POST", "/system/machine/wifi", wifi),
    route!("POST", "/system/machine/ssh", change),
    route!("POST", "/system/machine/help", begin_help),
    route!("POST", "/system/machine/help/end", end_help),
    route!("POST", "/system/machine/reset", reset),
];

#[derive(Template)]
#[template(path = "machine.html")]
struct MachinePage {
    frame: Frame,
    machine: MachineView,
    made: Option<HelpMade>,
    done: Option<&'static str>,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Said {
    done: Option<String>,
}

async fn shown(api: &Api, call: &Call, made: Option<HelpMade>, problem: Option<Problem>) -> Result<Reply, Problem> {
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let Said { done } = call.query()?;
    let page = MachinePage {
        frame: Frame::of(api, &call.caller, "/system", "Network and clock"),
        machine: api.machine(&call.caller).await?,
        made,
        done: match done.as_deref() {
            Some("saved") => Some("It is saved."),
            Some("reset") => {
                Some("It is forgotten. Where that was everything, the machine starts anew, and is as it came.")
            }
            _ => None,
        },
        problem,
    };
    show_with(status, &page)
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, None, None).await
}

/// Goes on, or shows what is wrong on the page.
async fn ended(api: &Api, call: &Call, done: Result<(), Problem>, said: &str) -> Result<Reply, Problem> {
    match done {
        Ok(()) => Ok(form::go(&format!("/system/machine?done={said}"))),
        Err(problem) => shown(api, call, None, Some(problem)).await,
    }
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let changed = async {
        let change: MachineChange = form::wish(&api, &mut call, &["ssh"]).await?;
        api.change_machine(&call.caller, change).await.map(drop)
    };
    let changed = changed.await;
    ended(&api, &call, changed, "saved").await
}

/// The fields of an address, which stand in one object in the API.
#[derive(Deserialize)]
struct Addresses {
    #[serde(default)]
    address: String,
    #[serde(default)]
    gateway: String,
    #[serde(default)]
    dns: String,
}

/// A text that may be left empty.
fn filled(text: &str) -> Value {
    match text.trim() {
        "" => Value::Null,
        text => Value::from(text),
    }
}

async fn wired(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let form: Addresses = form::read(&api, &mut call).await?;
    let servers: Vec<&str> = form.dns.split([',', ' ']).filter(|server| !server.is_empty()).collect();
    let wired = match form.address.trim() {
        "" => Value::Null,
        address => json!({"address": address, "gateway": filled(&form.gateway), "dns": servers}),
    };
    let changed = apply(&api, &call, json!({"wired": wired})).await;
    ended(&api, &call, changed, "saved").await
}

async fn apply(api: &Api, call: &Call, change: Value) -> Result<(), Problem> {
    let change: MachineChange = from_json(change.to_string().as_bytes())?;
    api.change_machine(&call.caller, change).await.map(drop)
}

/// The fields of a wireless network.
#[derive(Deserialize)]
struct WifiForm {
    #[serde(default)]
    ssid: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    country: String,
}

async fn wifi(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let form: WifiForm = form::read(&api, &mut call).await?;
    let password = Some(form.password.as_str()).filter(|password| !password.is_empty());
    let wifi = match form.ssid.as_str() {
        "" => Value::Null,
        ssid => json!({"ssid": ssid, "password": password, "country": form.country.trim()}),
    };
    let changed = apply(&api, &call, json!({"wifi": wifi})).await;
    ended(&api, &call, changed, "saved").await
}

async fn begin_help(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let made = async {
        let request: HelpRequest = form::wish(&api, &mut call, &[]).await?;
        api.begin_help(&call.caller, request).await
    };
    // It is shown once: the page that shows it is this answer.
    match made.await {
        Ok(made) => shown(&api, &call, Some(made), None).await,
        Err(problem) => shown(&api, &call, None, Some(problem)).await,
    }
}

async fn end_help(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let stopped = api.end_help(&call.caller).await;
    ended(&api, &call, stopped, "saved").await
}

async fn reset(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let done = async {
        let reset: MachineReset = form::wish(&api, &mut call, &[]).await?;
        api.reset_machine(&call.caller, reset).await
    };
    let done = done.await;
    ended(&api, &call, done, "reset").await
}
