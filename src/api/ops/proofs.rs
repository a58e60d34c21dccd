//! Pictures of what will be printed, and where everything will lie on the sheet.

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::submit::{JobRequest, destination_of};
use crate::api::studio::{Look, MOST_SIDE, Print, ProofLook};
use crate::api::view::LayoutView;
use crate::api::{Api, Caller, Problem};
use crate::model::{Destination, Digest, Job, JobId, Scope};

/// Pixels of a thumbnail's longer side.
const THUMBNAIL: u32 = 320;
/// Pixels of a proof's longer side when nobody says.
const PROOF: u32 = 1_200;

/// How a proof is looked at.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProofQuery {
    /// A printer's short name; left out: the first that has a profile for the paper.
    pub printer: Option<SmolStr>,
    /// Pixels of the longer side, 100 to 1600.
    pub size: Option<u32>,
    /// Cover colours that are missed by more than this ΔE2000: 0.5 to 15.
    pub gamut: Option<f64>,
    /// Show the paper's white beside the screen's.
    pub paper_white: bool,
    /// Which sheet, from 1.
    pub sheet: Option<u32>,
}

/// A proof of a job that is not made yet.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProofRequest {
    /// The job as it would be asked for, its uploads named.
    pub job: JobRequest,
    /// How it is looked at.
    pub look: ProofQuery,
}

/// A picture that can be made.
#[derive(Debug, Clone)]
pub struct Shown {
    print: Print,
    look: Look,
    /// The same for the same picture: its entity tag.
    pub key: Digest,
}

impl Api {
    /// A job's thumbnail, as yet unmade.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `documents-gone`.
    pub async fn thumbnail(&self, caller: &Caller, id: JobId) -> Result<Shown, Problem> {
        let print = self.print_of_job(caller, id).await?;
        let look = Look {
            side: THUMBNAIL,
            sheet: 1,
            proof: None,
        };
        self.shown(print, look).await
    }

    /// A job's soft proof, as yet unmade.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `documents-gone`, 422 with the field at fault.
    pub async fn proof(&self, caller: &Caller, id: JobId, query: &ProofQuery) -> Result<Shown, Problem> {
        let print = self.print_of_job(caller, id).await?;
        let look = self.look(query).await?;
        self.shown(print, look).await
    }

    /// The soft proof of a job that is not made yet.
    ///
    /// # Errors
    /// 422 with the field at fault.
    pub async fn proof_of(&self, caller: &Caller, request: &ProofRequest) -> Result<Shown, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let print = self.print_of(caller, &request.job).await?;
        needs_documents(&print, "job/uploads")?;
        let look = self.look(&request.look).await?;
        self.shown(print, look).await
    }

    /// Makes it, when it is its turn, or finds it: a JPEG in sRGB.
    ///
    /// # Errors
    /// 422 when it can't be shown, 503 `busy`.
    pub async fn show(&self, shown: Shown) -> Result<Vec<u8>, Problem> {
        self.studio.picture(shown.print, shown.look, shown.key).await
    }

    /// Where everything would lie.
    ///
    /// # Errors
    /// 422 with the field at fault.
    pub async fn layout(&self, caller: &Caller, request: &JobRequest) -> Result<LayoutView, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let print = self.print_of(caller, request).await?;
        needs_documents(&print, "uploads")?;
        self.laid_out(print).await
    }

    /// Where everything of a job lies.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `documents-gone`.
    pub async fn job_layout(&self, caller: &Caller, id: JobId) -> Result<LayoutView, Problem> {
        let print = self.print_of_job(caller, id).await?;
        self.laid_out(print).await
    }

    async fn laid_out(&self, print: Print) -> Result<LayoutView, Problem> {
        let ticket = print.ticket.clone();
        let pages = self.studio.ask(move |press| press.lay_out(&print)).await?;
        Ok(LayoutView::of(&ticket, pages))
    }

    async fn print_of_job(&self, caller: &Caller, id: JobId) -> Result<Print, Problem> {
        let job = self.seen(caller, id).await?;
        if self.store.documents_gone(id).await?.is_some() {
            let text = format!("the documents of job {id} are not kept any more");
            return Err(Problem::conflict("documents-gone", text));
        }
        let print = print_of(&job);
        needs_documents(&print, "job")?;
        Ok(print)
    }

    async fn look(&self, query: &ProofQuery) -> Result<Look, Problem> {
        let side = query.size.unwrap_or(PROOF);
        if !(100..=MOST_SIDE).contains(&side) {
            return Err(Problem::invalid(
                "size",
                format!("a proof has 100 to {MOST_SIDE} pixels on its longer side"),
            ));
        }
        if query.gamut.is_some_and(|gamut| !(0.5..=15.0).contains(&gamut)) {
            return Err(Problem::invalid(
                "gamut",
                "this is a ΔE2000 from 0.5 to 15; 2 to 3 is usual",
            ));
        }
        let house = self.store.house().await?;
        let printer = destination_of(query.printer.as_deref(), &house);
        let printer = match printer.map_err(|problem| problem.at("printer"))? {
            Destination::Printer(id) => Some(id),
            Destination::Pool => None,
        };
        Ok(Look {
            side,
            sheet: query.sheet.unwrap_or(1).max(1),
            proof: Some(ProofLook {
                printer,
                gamut: query.gamut,
                paper_white: query.paper_white,
            }),
        })
    }

    async fn shown(&self, print: Print, look: Look) -> Result<Shown, Problem> {
        let (asked, how) = (print.clone(), look.clone());
        let key = self.studio.ask(move |press| press.key(&asked, &how)).await?;
        Ok(Shown { print, look, key })
    }
}

/// A job as it is looked at.
pub(super) fn print_of(job: &Job) -> Print {
    Print {
        documents: job.documents.iter().filter(|d| !d.canceled).cloned().collect(),
        ticket: job.ticket.clone(),
        destination: match (&job.destination, &job.printer) {
            // What it was printed on is what it looks like.
            (Destination::Pool, Some(printer)) => Destination::Printer(printer.clone()),
            (destination, _) => destination.clone(),
        },
    }
}

fn needs_documents(print: &Print, field: &'static str) -> Result<(), Problem> {
    if print.documents.is_empty() {
        let text = "there is no document to be shown: send one first";
        return Err(Problem::invalid(field, text));
    }
    Ok(())
}
