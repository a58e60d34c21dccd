//! The first page: what needs a hand, the printers, what waits.

use askama::Template;

use crate::api::ops::list::{JobsQuery, ListedJob};
use crate::api::router::Route;
use crate::api::view::{PaperView, PrinterView};
use crate::api::{Api, Call, Problem, Reply};
use crate::model::{JobReason, JobState, Scope};
use crate::route;
use crate::web::form;
use crate::web::frame::{Frame, show};
use crate::web::words;

pub const ROUTES: &[Route] = &[route!("GET", "/", page), route!("GET", "/dashboard/part", part)];

/// Jobs of a group that are shown.
const SHOWN: usize = 8;

/// Something that needs a hand.
struct Need {
    class: &'static str,
    what: &'static str,
    text: String,
    href: String,
    action: &'static str,
}

/// Jobs that wait for the same.
struct Group {
    title: &'static str,
    jobs: Vec<Waiting>,
    more: usize,
}

/// A job of a group.
struct Waiting {
    id: i64,
    name: String,
    user: String,
    message: String,
}

#[derive(Template)]
#[template(path = "dashboard.html")]
struct Dashboard {
    frame: Frame,
    studio: String,
    needs: Vec<Need>,
    printers: Vec<PrinterView>,
    groups: Vec<Group>,
}

#[derive(Template)]
#[template(path = "dashboard_part.html")]
struct Part {
    frame: Frame,
    needs: Vec<Need>,
    printers: Vec<PrinterView>,
    groups: Vec<Group>,
}

async fn page(api: Api, call: Call) -> Result<Reply, Problem> {
    if !call.caller.scopes.has(Scope::PrintersRead) {
        return Ok(form::go("/jobs"));
    }
    let Part {
        frame,
        needs,
        printers,
        groups,
    } = made(&api, &call).await?;
    show(&Dashboard {
        frame,
        studio: api.studio_name(),
        needs,
        printers,
        groups,
    })
}

async fn part(api: Api, call: Call) -> Result<Reply, Problem> {
    show(&made(&api, &call).await?)
}

async fn made(api: &Api, call: &Call) -> Result<Part, Problem> {
    let caller = &call.caller;
    let printers = api.printers(caller).await?;
    let query = JobsQuery {
        state: vec!["open".into()],
        limit: Some(200),
        ..JobsQuery::default()
    };
    let open = api.jobs(caller, &query).await?.items;
    let papers = match caller.scopes.has(Scope::PapersWrite) {
        true => api.papers(caller).await?,
        false => Vec::new(),
    };
    Ok(Part {
        frame: Frame::of(api, caller, "/", "Dashboard"),
        needs: needs(&printers, &open, &papers),
        groups: groups(open),
        printers,
    })
}

fn needs(printers: &[PrinterView], open: &[ListedJob], papers: &[PaperView]) -> Vec<Need> {
    let mut needs = Vec::new();
    let reviews = open
        .iter()
        .filter(|job| job.line.reasons.contains(&JobReason::JobHeldForReview));
    needs.extend(reviews.map(|job| Need {
        class: "bad",
        what: "question",
        text: format!("Job {}: {}", job.line.id, words::said(&job.line.message)),
        href: format!("/jobs/{}", job.line.id),
        action: "Answer",
    }));
    for printer in printers {
        let href = format!("/printers/{}", printer.id);
        if !printer.reachable && !printer.switches.shut_down {
            needs.push(Need {
                class: "bad",
                what: "away",
                text: format!("{} does not answer. {}", printer.name, printer.message),
                href: href.clone(),
                action: "Look",
            });
        }
        let hands = printer
            .reasons
            .iter()
            .filter(|reason| reason.needs_a_person && !reason.advice.is_empty());
        needs.extend(hands.map(|reason| Need {
            class: "warn",
            what: "printer",
            text: reason.advice.to_string(),
            href: href.clone(),
            action: "Look",
        }));
        if let Some(wanted) = &printer.wanted {
            needs.push(Need {
                class: "warn",
                what: "load",
                text: format!(
                    "{}: load {} of {}",
                    printer.name,
                    words::counted(wanted.sheets, "sheet"),
                    wanted.paper
                ),
                href: href.clone(),
                action: "It is in",
            });
        }
        let low: Vec<&str> = printer
            .inks
            .iter()
            .filter(|ink| ink.is_low)
            .map(|ink| ink.channel.as_str())
            .collect();
        if !low.is_empty() {
            needs.push(Need {
                class: "warn",
                what: "ink",
                text: format!("{}: {} is low", printer.name, low.join(", ")),
                href: href.clone(),
                action: "Look",
            });
        }
        if printer.waste.iter().any(|waste| waste.is_nearly_full) {
            needs.push(Need {
                class: "warn",
                what: "waste",
                text: format!("{}: the maintenance cartridge is nearly full", printer.name),
                href,
                action: "Look",
            });
        }
    }
    needs.extend(
        papers
            .iter()
            .filter(|paper| paper.is_low || paper.is_out)
            .map(|paper| Need {
                class: if paper.is_out { "bad" } else { "warn" },
                what: "paper",
                text: format!("{}: {}", paper.shown, paper.stock),
                href: format!("/papers/{}", paper.id),
                action: "Restock",
            }),
    );
    let drafts = open.iter().filter(|job| job.draft).count();
    if drafts > 0 {
        needs.push(Need {
            class: "busy",
            what: "drafts",
            text: match drafts {
                1 => "a job waits to be approved".to_owned(),
                _ => format!("{drafts} jobs wait to be approved"),
            },
            href: "/jobs?state=pending-held".to_owned(),
            action: "Look",
        });
    }
    needs
}

/// What waits, by what it waits for.
fn groups(open: Vec<ListedJob>) -> Vec<Group> {
    let title = |job: &ListedJob| match job.line.state {
        JobState::Processing | JobState::ProcessingStopped => "Printing",
        _ if job.draft => "Drafts, to be approved",
        _ if job.line.reasons.contains(&JobReason::JobHeldForReview) => "Wait for an answer",
        JobState::PendingHeld => "Held",
        _ if job.line.message.contains("load ") => "Wait for paper",
        _ if job.line.message.contains("ink") => "Wait for ink",
        _ => "Wait for their turn",
    };
    let order = [
        "Printing",
        "Wait for an answer",
        "Wait for paper",
        "Wait for ink",
        "Wait for their turn",
        "Drafts, to be approved",
        "Held",
    ];
    let mut groups: Vec<Group> = Vec::new();
    for wanted in order {
        let mut here: Vec<_> = open.iter().filter(|job| title(job) == wanted).collect();
        // The list has the newest first; the queue goes the other way.
        here.reverse();
        if here.is_empty() {
            continue;
        }
        let more = here.len().saturating_sub(SHOWN);
        let jobs = here.into_iter().take(SHOWN).map(|job| Waiting {
            id: job.line.id,
            name: job.line.name.to_string(),
            user: job.line.user.to_string(),
            message: words::said(&job.line.message).to_owned(),
        });
        groups.push(Group {
            title: wanted,
            jobs: jobs.collect(),
            more,
        });
    }
    groups
}
