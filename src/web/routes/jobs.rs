//! Jobs: looking for them, one with its whole history, what can be done to them.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;
use smol_str::SmolStr;

use crate::api::ops::change::ReprintRequest;
use crate::api::ops::jobs::{Act, Acts, SheetAnswer, Whole};
use crate::api::ops::list::{JobsQuery, ListedJob};
use crate::api::router::Route;
use crate::api::view::{AttemptView, EventView, Moment, Page};
use crate::api::{Api, Call, Problem, Reply};
use crate::model::{AttemptOutcome, EventKind, JobId};
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};

pub const ROUTES: &[Route] = &[
    route!("GET", "/jobs", list),
    route!("GET", "/jobs/part", list_part),
    route!("POST", "/jobs", bulk),
    route!("GET", "/jobs/{job}", page),
    route!("GET", "/jobs/{job}/part", part),
    route!("POST", "/jobs/{job}/approve", approve),
    route!("POST", "/jobs/{job}/cancel", cancel),
    route!("POST", "/jobs/{job}/hold", hold),
    route!("POST", "/jobs/{job}/release", release),
    route!("POST", "/jobs/{job}/promote", promote),
    route!("POST", "/jobs/{job}/reprint", reprint),
    route!("POST", "/jobs/{job}/answer", answer),
];

/// States that can be chosen, with their words.
const STATES: [(&str, &str); 9] = [
    ("", "All"),
    ("open", "Waiting or printing"),
    ("ended", "Ended"),
    ("pending", "Waiting"),
    ("pending-held", "Held"),
    ("processing", "Printing"),
    ("completed", "Printed"),
    ("canceled", "Canceled"),
    ("aborted", "Failed"),
];

/// What is looked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Filter {
    q: String,
    state: String,
    user: String,
    printer: String,
    cursor: String,
}

fn given(text: &str) -> Option<SmolStr> {
    Some(SmolStr::new(text.trim())).filter(|text| !text.is_empty())
}

impl Filter {
    fn query(&self) -> JobsQuery {
        JobsQuery {
            state: given(&self.state).into_iter().collect(),
            user: given(&self.user),
            printer: given(&self.printer),
            q: given(&self.q),
            cursor: given(&self.cursor),
            ..JobsQuery::default()
        }
    }

    /// The query of an address that asks for the same, from `cursor` on.
    fn address(&self, cursor: &str) -> String {
        let fields = [
            ("q", self.q.as_str()),
            ("state", &self.state),
            ("user", &self.user),
            ("printer", &self.printer),
            ("cursor", cursor),
        ];
        let given: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        serde_html_form::to_string(given).unwrap_or_default()
    }

    fn is_any(&self) -> bool {
        [&self.q, &self.state, &self.user, &self.printer]
            .iter()
            .any(|field| !field.is_empty())
    }
}

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    frame: Frame,
    filter: Filter,
    states: [(&'static str, &'static str); 9],
    printers: Vec<(String, String)>,
    live: String,
    is_filtered: bool,
    page: Page<ListedJob>,
}

#[derive(Template)]
#[template(path = "jobs_part.html")]
struct JobsPart {
    frame: Frame,
    filter: Filter,
    is_filtered: bool,
    page: Page<ListedJob>,
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    let filter: Filter = call.query()?;
    let page = api.jobs(&call.caller, &filter.query()).await?;
    let house = api.store.house().await?;
    show(&JobsPage {
        frame: Frame::of(&api, &call.caller, "/jobs", "Jobs"),
        states: STATES,
        printers: house
            .printers
            .iter()
            .map(|printer| (printer.id.as_str().to_owned(), printer.name.to_string()))
            .collect(),
        live: format!("/jobs/part?{}", filter.address(&filter.cursor)),
        is_filtered: filter.is_any(),
        filter,
        page,
    })
}

async fn list_part(api: Api, call: Call) -> Result<Reply, Problem> {
    let filter: Filter = call.query()?;
    let page = api.jobs(&call.caller, &filter.query()).await?;
    show(&JobsPart {
        frame: Frame::of(&api, &call.caller, "/jobs", "Jobs"),
        is_filtered: filter.is_any(),
        filter,
        page,
    })
}

#[derive(Deserialize)]
struct Bulk {
    #[serde(default)]
    id: Vec<i64>,
    act: Act,
}

async fn bulk(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Bulk { id, act } = form::read(&api, &mut call).await?;
    if id.is_empty() {
        return Ok(form::go("/jobs"));
    }
    let done = api.act_on_many(&call.caller, Acts { ids: id, act }).await?;
    let failed: Vec<String> = done
        .iter()
        .filter_map(|one| one.problem.as_ref().and_then(|problem| problem["detail"].as_str()))
        .map(str::to_owned)
        .collect();
    if failed.is_empty() {
        return Ok(form::go("/jobs"));
    }
    Err(Problem::conflict(
        "state-forbids",
        format!(
            "{} of {} could not be done: {}",
            failed.len(),
            done.len(),
            failed.join("; ")
        ),
    ))
}

/// A line of what happened.
struct Line {
    at: Moment,
    text: String,
}

#[derive(Template)]
#[template(path = "job.html")]
struct JobPage {
    frame: Frame,
    whole: Whole,
    timeline: Vec<Line>,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "job_part.html")]
struct JobPart {
    frame: Frame,
    whole: Whole,
    timeline: Vec<Line>,
}

fn id(call: &Call) -> Result<JobId, Problem> {
    Ok(JobId(call.id("job", "job")?))
}

async fn shown(api: &Api, call: &Call, problem: Option<Problem>) -> Result<Reply, Problem> {
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let whole = api.job(&call.caller, id(call)?).await?;
    let page = JobPage {
        frame: Frame::of(
            api,
            &call.caller,
            "/jobs",
            format!("Job {}: {}", whole.job.line.id, whole.job.line.name),
        ),
        timeline: timeline(&whole.history),
        whole,
        problem,
    };
    show_with(status, &page)
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, None).await
}

async fn part(api: Api, call: Call) -> Result<Reply, Problem> {
    let whole = api.job(&call.caller, id(&call)?).await?;
    show(&JobPart {
        frame: Frame::of(&api, &call.caller, "/jobs", ""),
        timeline: timeline(&whole.history),
        whole,
    })
}

/// What happened, in words; what says the same twice is told once.
fn timeline(history: &[EventView]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for event in history {
        let text = match &event.kind {
            EventKind::JobCreated { user, .. } => format!("sent by {user}"),
            EventKind::DocumentAdded { number, .. } => format!("document {number} came"),
            EventKind::JobChanged { message, .. } => message.to_string(),
            EventKind::JobConfigChanged => "was changed".to_owned(),
            EventKind::SheetsSpoiled { sheets } => format!("{sheets} sheets were found spoiled"),
            _ => continue,
        };
        if lines.last().is_none_or(|last| last.text != text) {
            lines.push(Line { at: event.at, text });
        }
    }
    lines.reverse();
    lines
}

/// How a try went, in words.
pub(super) fn went(attempt: &AttemptView) -> String {
    match &attempt.outcome {
        None => "under way".to_owned(),
        Some(AttemptOutcome::Completed) => "printed".to_owned(),
        Some(AttemptOutcome::Canceled) => "canceled".to_owned(),
        Some(AttemptOutcome::NotPrinted { why }) => format!("nothing was printed: {why}"),
        Some(AttemptOutcome::Unknown { why }) => format!("nobody knows: {why}"),
        Some(AttemptOutcome::Failed { why }) => format!("can't be printed: {why}"),
    }
}

async fn act(api: Api, mut call: Call, act: Act) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let id = id(&call)?;
    match api.act(&call.caller, id, act).await {
        Ok(_) => Ok(form::go(&format!("/jobs/{id}"))),
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
}

async fn approve(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Approve).await
}

async fn cancel(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Cancel).await
}

async fn hold(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Hold).await
}

async fn release(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Release).await
}

async fn promote(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Promote).await
}

async fn reprint(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    match api.reprint(&call.caller, id(&call)?, ReprintRequest::default()).await {
        Ok(job) => Ok(form::go(&format!("/jobs/{}", job.line.id))),
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
}

#[derive(Deserialize)]
struct Answered {
    answer: SheetAnswer,
}

async fn answer(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Answered { answer } = form::read(&api, &mut call).await?;
    let id = id(&call)?;
    match api.answer(&call.caller, id, answer).await {
        Ok(_) => Ok(form::go(&format!("/jobs/{id}"))),
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
}
