//! Printers: seeing them, adding one, saying what lies in them, their care.

use askama::Template;
use hyper::StatusCode;
use serde::Deserialize;
use smol_str::SmolStr;

use crate::api::ops::feeders::NewLoaded;
use crate::api::ops::lan::{DiscoveredView, ProbeView};
use crate::api::ops::printers::{NewPrinter, PrinterChange, WaitingJobs};
use crate::api::ops::routines::{NewRoutine, RoutineView};
use crate::api::ops::switches::Switch;
use crate::api::router::Route;
use crate::api::view::{PaperView, PrinterView, ProfileUseView};
use crate::api::{Api, Call, Problem, Reply};
use crate::model::{Destination, PaperId, PrinterId, Routine, Scope};
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show, show_with};
use crate::web::gone::Gone;

pub const ROUTES: &[Route] = &[
    route!("GET", "/printers", list),
    route!("GET", "/printers/part", list_part),
    route!("POST", "/printers", add),
    route!("POST", "/printers/probe", probe),
    route!("POST", "/printers/discover", discover),
    route!("GET", "/printers/{printer}", page),
    route!("GET", "/printers/{printer}/part", part),
    route!("POST", "/printers/{printer}", change),
    route!("POST", "/printers/{printer}/remove", remove),
    route!("POST", "/printers/{printer}/loaded", loaded),
    route!("POST", "/printers/{printer}/routines", routine),
    route!("POST", "/printers/{printer}/pause", pause),
    route!("POST", "/printers/{printer}/resume", resume),
    route!("POST", "/printers/{printer}/accept", accept),
    route!("POST", "/printers/{printer}/refuse", refuse),
    route!("POST", "/printers/{printer}/hold-new", hold_new),
    route!("POST", "/printers/{printer}/release-new", release_new),
];

/// The address of a printer that is only made up, to try things out.
const VIRTUAL: &str = "virtual:";

#[derive(Template)]
#[template(path = "printers.html")]
struct PrintersPage {
    frame: Frame,
    printers: Vec<PrinterView>,
    uri: String,
    found: Option<Vec<DiscoveredView>>,
    probe: Option<ProbeView>,
    gone: Option<Gone>,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "printers_part.html")]
struct PrintersPart {
    printers: Vec<PrinterView>,
}

/// What the page shows beside the printers.
#[derive(Default)]
struct News {
    uri: String,
    found: Option<Vec<DiscoveredView>>,
    probe: Option<ProbeView>,
    gone: Option<Gone>,
    problem: Option<Problem>,
}

async fn printers(api: &Api, call: &Call, news: News) -> Result<Reply, Problem> {
    let status = news.problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = PrintersPage {
        frame: Frame::of(api, &call.caller, "/printers", "Printers"),
        printers: api.printers(&call.caller).await?,
        uri: news.uri,
        found: news.found,
        probe: news.probe,
        gone: news.gone,
        problem: news.problem,
    };
    show_with(status, &page)
}

async fn list(api: Api, call: Call) -> Result<Reply, Problem> {
    printers(&api, &call, News::default()).await
}

async fn list_part(api: Api, call: Call) -> Result<Reply, Problem> {
    show(&PrintersPart {
        printers: api.printers(&call.caller).await?,
    })
}

#[derive(Deserialize)]
struct Address {
    uri: String,
}

async fn probe(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Address { uri } = form::read(&api, &mut call).await?;
    if uri.trim() == VIRTUAL {
        // There is nothing to be asked: the page asks for its name at once.
        let news = News {
            uri: VIRTUAL.to_owned(),
            ..News::default()
        };
        return printers(&api, &call, news).await;
    }
    let news = match api.probe_printer(&call.caller, uri.trim()).await {
        Ok(probe) => News {
            uri,
            probe: Some(probe),
            ..News::default()
        },
        Err(problem) => News {
            uri,
            problem: Some(problem),
            ..News::default()
        },
    };
    printers(&api, &call, news).await
}

async fn discover(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let news = match api.discover_printers(&call.caller).await {
        Ok(found) => News {
            found: Some(found),
            ..News::default()
        },
        Err(problem) => News {
            problem: Some(problem),
            ..News::default()
        },
    };
    printers(&api, &call, news).await
}

async fn add(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let new: NewPrinter = form::wish(&api, &mut call, &[]).await?;
    let uri = new.uri.to_string();
    match api.add_printer(&call.caller, new).await {
        Ok(printer) => Ok(form::go(&format!("/printers/{}", printer.id))),
        Err(problem) => {
            let news = News {
                uri,
                problem: Some(problem),
                ..News::default()
            };
            printers(&api, &call, news).await
        }
    }
}

fn id(call: &Call) -> Result<PrinterId, Problem> {
    let text: SmolStr = call.id("printer", "printer")?;
    PrinterId::new(&text).map_err(|_| Problem::not_found("printer-not-found", format_args!("printer \"{text}\"")))
}

#[derive(Template)]
#[template(path = "printer.html")]
struct PrinterPage {
    frame: Frame,
    printer: PrinterView,
    sources: Vec<SmolStr>,
    papers: Vec<PaperView>,
    routines: Vec<RoutineView>,
    uses: Vec<ProfileUseView>,
    problem: Option<Problem>,
}

#[derive(Template)]
#[template(path = "printer_part.html")]
struct PrinterPart {
    frame: Frame,
    printer: PrinterView,
}

async fn shown(api: &Api, call: &Call, problem: Option<Problem>) -> Result<Reply, Problem> {
    let (id, caller) = (id(call)?, &call.caller);
    let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let printer = api.printer(caller, &id).await?;
    let sources = printer.capabilities.as_ref().map(|can| can.media_sources.clone());
    let page = PrinterPage {
        frame: Frame::of(api, caller, "/printers", printer.name.as_str()),
        sources: sources
            .filter(|all| !all.is_empty())
            .unwrap_or_else(|| vec!["main".into()]),
        papers: match caller.scopes.has(Scope::PapersRead) {
            true => api.papers(caller).await?,
            false => Vec::new(),
        },
        routines: api.routines(caller, &id).await?,
        uses: match caller.scopes.has(Scope::ProfilesRead) {
            true => api.printer_profiles(caller, &id).await?,
            false => Vec::new(),
        },
        printer,
        problem,
    };
    show_with(status, &page)
}

/// Goes back to the printer's page, or shows there what was wrong.
async fn back(api: &Api, call: &Call, done: Result<(), Problem>) -> Result<Reply, Problem> {
    match done {
        Ok(()) => Ok(form::go(&format!("/printers/{}", id(call)?))),
        Err(problem) => shown(api, call, Some(problem)).await,
    }
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    shown(&api, &call, None).await
}

async fn part(api: Api, call: Call) -> Result<Reply, Problem> {
    show(&PrinterPart {
        frame: Frame::of(&api, &call.caller, "/printers", ""),
        printer: api.printer(&call.caller, &id(&call)?).await?,
    })
}

async fn change(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let change: PrinterChange = form::wish(&api, &mut call, &[]).await?;
    let done = api.change_printer(&call.caller, &id(&call)?, change).await;
    back(&api, &call, done.map(drop)).await
}

async fn remove(api: Api, mut call: Call) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let gone = Gone::printer(&api.printer(&call.caller, &id(&call)?).await?);
    match api.remove_printer(&call.caller, &id(&call)?, WaitingJobs::ToPool).await {
        Ok(_) => {
            let news = News {
                gone: Some(gone),
                ..News::default()
            };
            printers(&api, &call, news).await
        }
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
}

#[derive(Deserialize)]
struct Put {
    source: SmolStr,
    paper: Option<PaperId>,
    sheets: Option<u32>,
}

async fn loaded(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Put { source, paper, sheets } = form::wish(&api, &mut call, &["sheets"]).await?;
    let id = id(&call)?;
    let done = match paper {
        None => api.clear_loaded(&call.caller, &id, &source).await,
        paper => {
            let new = NewLoaded {
                paper,
                sheets,
                ..NewLoaded::default()
            };
            api.set_loaded(&call.caller, &id, &source, new).await.map(drop)
        }
    };
    back(&api, &call, done).await
}

#[derive(Deserialize)]
struct Chosen {
    routine: Routine,
}

async fn routine(api: Api, mut call: Call) -> Result<Reply, Problem> {
    let Chosen { routine } = form::wish(&api, &mut call, &[]).await?;
    // The page has asked.
    let new = NewRoutine { routine, confirm: true };
    match api.run_routine(&call.caller, &id(&call)?, new).await {
        Ok(job) => Ok(form::go(&format!("/jobs/{}", job.line.id))),
        Err(problem) => shown(&api, &call, Some(problem)).await,
    }
}

async fn switch(api: Api, mut call: Call, switch: Switch) -> Result<Reply, Problem> {
    form::sent(&api, &mut call).await?;
    let at = Destination::Printer(id(&call)?);
    let done = api.switch(&call.caller, at, switch).await;
    back(&api, &call, done.map(drop)).await
}

async fn pause(api: Api, call: Call) -> Result<Reply, Problem> {
    switch(api, call, Switch::Pause).await
}

async fn resume(api: Api, call: Call) -> Result<Reply, Problem> {
    switch(api, call, Switch::Resume).await
}

async fn accept(api: Api, call: Call) -> Result<Reply, Problem> {
    switch(api, call, Switch::Accept).await
}

async fn refuse(api: Api, call: Call) -> Result<Reply, Problem> {
    switch(api, call, Switch::Refuse).await
}

async fn hold_new(api: Api, call: Call) -> Result<Reply, Problem> {
    switch(api, call, Switch::HoldNew).await
}

async fn release_new(api: Api, call: Call) -> Result<Reply, Problem> {
    switch(api, call, Switch::ReleaseNew).await
}
