//! The system: the server itself, its settings, its log.

use askama::Template;
use hyper::StatusCode;
use hyper::header::CONTENT_DISPOSITION;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::ops::settings::SettingsView;
use crate::api::ops::system::{LogLine, SystemView};
use crate::api::patch::Patch;
use crate::api::router::Route;
use crate::api::{Api, Call, Problem, Reply};
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show_with};

pub const ROUTES: &[Route] = &[
    route!("GET", "/system", page),
    route!("POST", "/system", change),
    route!("GET", "/certificate.pem", certificate, open),
];

/// Lines of the log on the page.
const LINES: usize = 100;
/// Settings of the form that are numbers.
const NUMBERS: [&str; 3] = ["low_ink_percent", "low_ink_days", "document_days"];

#[derive(Template)]
#[template(path = "system.html")]
struct SystemPage {
    frame: Frame,
    system: SystemView,
    settings: SettingsView,
    log: Vec<LogLine>,
    done: Option<&'static str>,
    problem: Option<Problem>,
}

#[derive(Deserialize)]
struct Said {
    done: Option<String>,
}

async fn shown(api: &Api, call: &Call, problem: Option<Problem>) -> Result<Reply, Problem> {
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let Said { done } = call.query()?;
    let caller = &call.caller;
    let mut log = api.log(caller, None, None, Some(LINES)).await?;
    log.reverse();
    let page = SystemPage {
        frame: Frame::of(api, caller, "/system", "System"),
        system: api.system(caller).await?,
        settings: api.settings(caller).await?,
        log,
        done: match done.as_deref() {
            Some("saved") => Some("The settings are saved."),
            Some("restored") => Some("What the file says is taken over."),
            _ => None,
        },
        problem,
    };
    show_with(status, &page)
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, None).await
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let mut patch: Patch = form::wish(&api, &mut call, &NUMBERS).await?;
    // Only what is another value than now is a change.
    let now = serde_json::to_value(api.settings(&call.caller).await?.settings).unwrap_or(Value::Null);
    patch.retain(|key, value| now[key.as_str()] != *value && json!(now[key.as_str()].to_string()) != *value);
    match api.change_settings(&call.caller, patch).await {
        Ok(_) => Ok(form::go("/system?done=saved")),
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
}

async fn certificate(api: Api, _: Call) -> Result<Reply, Problem> {
    let pem = api.certificate().await?;
    let mut reply = Reply::bytes(StatusCode::OK, "application/x-pem-file", pem.into_bytes());
    reply.set(CONTENT_DISPOSITION, "attachment; filename=\"platen.pem\"");
    Ok(reply)
}
