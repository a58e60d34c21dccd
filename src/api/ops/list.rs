//! Looking for jobs.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::order::short;
use super::submit::destination_of;
use crate::api::field::When;
use crate::api::view::{JobLine, Page};
use crate::api::{Api, Caller, Problem};
use crate::model::{JobId, JobReason, JobState, PrinterId, Scope};
use crate::queue::state::keyword;
use crate::store::{FoundJob, JobSearch};

/// Jobs on a page when nobody says, and at most.
const PAGE: u32 = 50;
const MOST: u32 = 200;
/// What cursors begin with: those of another kind of list are refused.
const CURSOR: &str = "j1-";

/// Which jobs; what is not said is not asked about.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct JobsQuery {
    /// `job-state` keywords with commas between or one by one; `open` and `ended` stand for several.
    pub state: Vec<SmolStr>,
    /// Of this user.
    pub user: Option<SmolStr>,
    /// Printed on this printer, or sent to it.
    pub printer: Option<SmolStr>,
    /// Sent there: a printer's short name, or `pool`.
    pub destination: Option<SmolStr>,
    /// By its sender's own name.
    pub reference: Option<SmolStr>,
    /// Words of its name, its user, its reference; or its number.
    pub q: Option<SmolStr>,
    /// Sent then or later.
    pub from: Option<When>,
    /// Sent then or before.
    pub to: Option<When>,
    /// `next` of the page before.
    pub cursor: Option<SmolStr>,
    /// At most so many, 1 to 200.
    pub limit: Option<u32>,
}

/// A job in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ListedJob {
    /// The job.
    #[serde(flatten)]
    pub line: JobLine,
    /// Where it may be printed: a printer's short name; none: any.
    pub destination: Option<SmolStr>,
    /// Its sender's own name for it.
    pub reference: Option<SmolStr>,
    /// Whether it waits to be approved.
    pub draft: bool,
}

impl ListedJob {
    fn of(found: FoundJob) -> ListedJob {
        ListedJob {
            line: JobLine::of(&found.head),
            destination: found.destination.printer().map(|p| p.as_str().into()),
            reference: found.reference,
            draft: found.head.reasons.contains(&JobReason::JobHeldForAuthorization),
        }
    }
}

impl Api {
    /// A page of jobs, the newest first: one's own, or everybody's for those who may see them.
    ///
    /// # Errors
    /// 422 with the parameter at fault.
    pub async fn jobs(&self, caller: &Caller, query: &JobsQuery) -> Result<Page<ListedJob>, Problem> {
        caller.needs(Scope::JobsRead)?;
        let limit = query.limit.unwrap_or(PAGE);
        if !(1..=MOST).contains(&limit) {
            return Err(Problem::invalid(
                "limit",
                format_smolstr!("a page has 1 to {MOST} jobs"),
            ));
        }
        let house = self.store.house().await?;
        let destination = query.destination.as_deref();
        let destination = destination.map(|name| destination_of(Some(name), &house)).transpose()?;
        let wrong_printer = || Problem::invalid("printer", "this is no printer's short name");
        let printer = query
            .printer
            .as_ref()
            .map(|name| PrinterId::new(name).map_err(|_| wrong_printer()));
        let search = JobSearch {
            states: states(&query.state)?,
            user: match caller.scopes.has(Scope::JobsAll) {
                true => query.user.clone(),
                // What others have is not told, not even that there is none.
                false if query.user.as_ref().is_some_and(|user| *user != caller.name) => return Ok(nothing()),
                false => Some(caller.name.clone()),
            },
            printer: printer.transpose()?,
            destination,
            reference: query.reference.clone(),
            text: query
                .q
                .as_ref()
                .map(|text| SmolStr::new(text.trim()))
                .filter(|text| !text.is_empty()),
            from: query.from.map(|When(at)| at),
            to: query.to.map(|When(at)| at),
            below: query.cursor.as_deref().map(read_cursor).transpose()?,
            // One more, to know whether there is a next page.
            limit: limit + 1,
        };
        let mut found = self.store.search_jobs(search).await?;
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found
            .last()
            .filter(|_| has_more)
            .map(|last| format!("{CURSOR}{:x}", last.head.id.0));
        Ok(Page {
            items: found.into_iter().map(ListedJob::of).collect(),
            next,
        })
    }
}

fn nothing() -> Page<ListedJob> {
    Page {
        items: Vec::new(),
        next: None,
    }
}

fn read_cursor(cursor: &str) -> Result<JobId, Problem> {
    let digits = cursor.strip_prefix(CURSOR).filter(|digits| digits.len() <= 16);
    let id = digits.and_then(|digits| i64::from_str_radix(digits, 16).ok());
    id.map(JobId)
        .ok_or_else(|| Problem::invalid("cursor", "this is not the \"next\" of a page of jobs"))
}

fn states(words: &[SmolStr]) -> Result<Vec<JobState>, Problem> {
    let mut states = Vec::new();
    for word in words
        .iter()
        .flat_map(|words| words.split(','))
        .filter(|word| !word.is_empty())
    {
        let before = states.len();
        states.extend(JobState::ALL.into_iter().filter(|state| match word {
            "open" => !state.is_terminal(),
            "ended" => state.is_terminal(),
            word => keyword(*state) == word,
        }));
        if states.len() == before {
            let known = JobState::ALL.map(keyword).join(", ");
            let text = format_smolstr!("\"{}\" is none of open, ended, {known}", short(word));
            return Err(Problem::invalid("state", text));
        }
    }
    Ok(states)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_read_one_by_one_and_together() {
        let read = |words: &[&str]| {
            let words: Vec<SmolStr> = words.iter().map(SmolStr::new).collect();
            states(&words).map_err(|problem| problem.field)
        };
        assert_eq!(read(&[]), Ok(vec![]));
        assert_eq!(
            read(&["completed,pending"]),
            Ok(vec![JobState::Completed, JobState::Pending])
        );
        assert_eq!(read(&["open"]).unwrap().len(), 4);
        assert_eq!(read(&["open", "ended"]).unwrap().len(), 7);
        assert_eq!(read(&["done"]), Err(Some("state".into())));
    }

    #[test]
    fn cursors_of_others_are_refused() {
        assert_eq!(read_cursor("j1-ff"), Ok(JobId(255)));
        for bad in ["", "ff", "j1-", "j1-xyz", "j1-fffffffffffffffff", "p1-1"] {
            assert!(read_cursor(bad).is_err(), "{bad}");
        }
    }
}
