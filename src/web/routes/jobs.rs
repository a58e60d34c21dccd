//! Jobs: looking for them, one with its whole history, what can be done to them.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;
use smol_str::SmolStr;

use super::Names;
use crate::api::ops::change::{JobChange, ReprintRequest};
use crate::api::ops::jobs::{Act, Acted, Acts, SheetAnswer, Whole};
use crate::api::ops::list::{JobsQuery, ListedJob};
use crate::api::ops::proofs::ProofQuery;
use crate::api::router::Route;
use crate::api::view::{AttemptView, EventView, Moment, Page};
use crate::api::{Api, Call, Problem, Reply};
use crate::model::{AttemptOutcome, EventKind, JobId};
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};
use crate::web::words;

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
    route!("POST", "/jobs/{job}/restart", restart),
    route!("POST", "/jobs/{job}/answer", answer),
    route!("POST", "/jobs/{job}/change", change),
    route!("POST", "/jobs/{job}/move", move_to),
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

/// What became of an act on many jobs.
struct Done {
    text: String,
    /// What was to be done: "canceled".
    what: &'static str,
    /// Why it was not done, one by one.
    failed: Vec<String>,
    /// Jobs that were canceled, and can be printed again.
    canceled: Vec<i64>,
}

impl Done {
    fn of(act: Act, acted: &[Acted]) -> Done {
        let well: Vec<i64> = acted
            .iter()
            .filter(|one| one.problem.is_none())
            .map(|one| one.id)
            .collect();
        let what = match act {
            Act::Approve => "approved",
            Act::Cancel => "canceled",
            Act::Hold => "held",
            Act::Release => "released",
            Act::Restart => "started over",
            Act::Reprint => "sent once more",
            Act::Promote => "printed next",
        };
        let failed = acted
            .iter()
            .filter_map(|one| one.problem.as_ref().and_then(|problem| problem["detail"].as_str()));
        Done {
            text: match well.len() {
                0 => String::new(),
                1 => format!("Job {} is {what}.", well[0]),
                many => format!("{many} jobs are {what}."),
            },
            what,
            failed: failed.map(words::plain).collect(),
            canceled: if act == Act::Cancel { well } else { Vec::new() },
        }
    }
}

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    frame: Frame,
    filter: Filter,
    states: [(&'static str, &'static str); 9],
    printers: Vec<(String, String)>,
    names: Names,
    live: String,
    is_filtered: bool,
    page: Page<ListedJob>,
    done: Option<Done>,
}

#[derive(Template)]
#[template(path = "jobs_part.html")]
struct JobsPart {
    frame: Frame,
    filter: Filter,
    names: Names,
    is_filtered: bool,
    page: Page<ListedJob>,
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    listed(&api, &call, call.query()?, None).await
}

async fn listed(api: &Api, call: &Call, filter: Filter, done: Option<Done>) -> Result<Reply, Problem> {
    let page = api.jobs(&call.caller, &filter.query()).await?;
    let house = api.store.house().await?;
    show(&JobsPage {
        frame: Frame::of(api, &call.caller, "/jobs", "Jobs"),
        states: STATES,
        printers: house
            .printers
            .iter()
            .map(|printer| (printer.id.as_str().to_owned(), printer.name.to_string()))
            .collect(),
        names: Names::read(api).await?,
        live: format!("/jobs/part?{}", filter.address(&filter.cursor)),
        is_filtered: filter.is_any(),
        filter,
        page,
        done,
    })
}

async fn list_part(api: Api, call: Call) -> Result<Reply, Problem> {
    let filter: Filter = call.query()?;
    let page = api.jobs(&call.caller, &filter.query()).await?;
    show(&JobsPart {
        frame: Frame::of(&api, &call.caller, "/jobs", "Jobs"),
        names: Names::read(&api).await?,
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
    /// The query of the list in which they were chosen.
    #[serde(default)]
    list: String,
}

async fn bulk(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Bulk { id, act, list } = form::read(&api, &mut call).await?;
    if id.is_empty() {
        return Ok(form::go(&format!("/jobs?{list}")));
    }
    let acted = api.act_on_many(&call.caller, Acts { ids: id, act }).await?;
    let filter = crate::api::call::from_form(list.as_bytes())?;
    listed(&api, &call, filter, Some(Done::of(act, &acted))).await
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
    names: Names,
    /// Why there is no picture of it.
    unseen: Option<String>,
    printers: Vec<(String, String)>,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "job_part.html")]
struct JobPart {
    frame: Frame,
    whole: Whole,
    timeline: Vec<Line>,
    names: Names,
    unseen: Option<String>,
}

/// Why there is no picture of a job, where that is known before one is made.
async fn unseen(api: &Api, call: &Call, whole: &Whole) -> Result<Option<String>, Problem> {
    if whole.job.documents.is_empty() {
        return Ok(Some("it has no document".to_owned()));
    }
    let proof = api.proof(&call.caller, id(call)?, &ProofQuery::default()).await;
    Ok(proof.err().map(|problem| problem.detail.to_string()))
}

fn id(call: &Call) -> Result<JobId, Problem> {
    Ok(JobId(call.id("job", "job")?))
}

async fn shown(api: &Api, call: &Call, problem: Option<Problem>) -> Result<Reply, Problem> {
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let whole = api.job(&call.caller, id(call)?).await?;
    let house = api.store.house().await?;
    let page = JobPage {
        frame: Frame::of(
            api,
            &call.caller,
            "/jobs",
            format!("Job {}: {}", whole.job.line.id, whole.job.line.name),
        ),
        timeline: timeline(&whole.history),
        names: Names::read(api).await?,
        unseen: unseen(api, call, &whole).await?,
        printers: house
            .printers
            .iter()
            .map(|printer| (printer.id.as_str().to_owned(), printer.name.to_string()))
            .collect(),
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
        names: Names::read(&api).await?,
        unseen: unseen(&api, &call, &whole).await?,
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
            EventKind::JobChanged { message, .. } => words::said(message).to_owned(),
            EventKind::JobConfigChanged => "was changed".to_owned(),
            EventKind::SheetsSpoiled { sheets: 1 } => "a sheet was found spoiled".to_owned(),
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

async fn restart(api: Api, call: Call) -> Result<Reply, Problem> {
    act(api, call, Act::Restart).await
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let wish: Result<JobChange, Problem> = form::wish(&api, &mut call, &["priority", "copies"]).await;
    let id = id(&call)?;
    let done = match wish {
        Ok(wish) => api.change(&call.caller, id, wish).await,
        Err(problem) => Err(problem),
    };
    match done {
        Ok(_) => Ok(form::go(&format!("/jobs/{id}"))),
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
}

#[derive(Deserialize)]
struct Moved {
    to: String,
}

async fn move_to(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Moved { to } = form::read(&api, &mut call).await?;
    let id = id(&call)?;
    match api.move_job(&call.caller, id, &to).await {
        Ok(_) => Ok(form::go(&format!("/jobs/{id}"))),
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
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
