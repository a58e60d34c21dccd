//! What a print costs and when it may be done, before it is made; of jobs that are there, the same numbers.

use smol_str::SmolStr;

use super::submit::JobRequest;
use crate::api::studio::Print;
use crate::api::view::{Moment, PaperNeed, PriceView, QuoteView, QuotedInkView, TimeView};
use crate::api::{Api, Caller, Problem};
use crate::care::price::price;
use crate::care::{estimate, finish_of};
use crate::model::{Coverage, Job, JobId, JobState, Paper, PrinterId, Scope, Timestamp};
use crate::queue::forecast::{Task, before, forecast};
use crate::queue::work::sheet_ms;

/// Most characters of a warning's parts come from the house itself.
const GUESSED: &str = "how much ink the picture takes is guessed from the sheet's size";

/// A print as far as its price goes.
pub(super) struct Priced<'a> {
    pub print: &'a Print,
    /// Sheets of all copies.
    pub sheets: u32,
    /// What its pages cover, where they were made.
    pub coverage: Option<Coverage>,
    /// Its priority, and its number where it is a job that has not ended.
    pub place: (u8, Option<JobId>),
    /// Whether it still is to be printed.
    pub is_open: bool,
}

impl Api {
    /// What a job would take. Without uploads it is one page on the sheet that it names.
    ///
    /// # Errors
    /// 422 with the field at fault.
    pub async fn quote(&self, caller: &Caller, request: JobRequest) -> Result<QuoteView, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let print = self.print_of(caller, &request).await?;
        let sheets = match &print.ticket.template {
            Some(template) => template.sheets,
            None if print.documents.is_empty() => 1,
            None => {
                let pages = print.documents.iter().map(|document| document.facts.pages);
                print.ticket.pages.value.impressions(pages)
            }
        };
        let priced = Priced {
            sheets: sheets.saturating_mul(print.ticket.copies.value),
            coverage: None,
            place: (request.priority.unwrap_or(50), None),
            is_open: true,
            print: &print,
        };
        self.quoted(priced).await
    }

    pub(super) async fn quoted(&self, priced: Priced<'_>) -> Result<QuoteView, Problem> {
        let Priced { print, sheets, .. } = priced;
        let house = self.store.house().await?;
        let media = &print.ticket.media.value;
        // Whoever leaves the type open has named no paper, and none is counted.
        let paper: Option<&Paper> = house.papers.iter().find(|paper| paper.is_for(media));
        let ink = estimate(
            priced.coverage.as_ref(),
            &media.size,
            finish_of(media, &house.papers),
            sheets,
        );
        let settings = self.estate.settings();
        let sheet_price = paper.and_then(|paper| paper.price);
        let price = price(sheets, sheet_price, &ink, &settings);
        let time = match priced.is_open {
            false => None,
            true => {
                let own = Task {
                    destination: print.destination.clone(),
                    on: None,
                    work_ms: sheet_ms(&media.size, print.ticket.quality.value).saturating_mul(i64::from(sheets.max(1))),
                };
                let printers: Vec<PrinterId> = house.printers.iter().map(|p| p.id.clone()).collect();
                let queue = self.queue_before(priced.place).await?;
                forecast(&queue, &own, &printers).map(|(begins, ends)| TimeView {
                    wait_seconds: begins / 1_000,
                    work_seconds: (ends - begins) / 1_000,
                    done: Moment(Timestamp::now().plus_ms(ends)),
                })
            }
        };
        let need = paper.map(|paper| PaperNeed::of(paper, house.on_hand.get(&paper.id).copied(), sheets));
        let mut warnings: Vec<SmolStr> = print.ticket.warnings.clone();
        if sheet_price.is_none() {
            warnings.push("what a sheet costs is not known: it is left out of the price".into());
        }
        if priced.coverage.is_none() {
            warnings.push(GUESSED.into());
        }
        if let Some(need) = need.as_ref().filter(|need| need.short && priced.is_open) {
            let left = need.on_hand.unwrap_or(0).max(0);
            warnings.push(crate::model::used_up(&need.name, left, sheets));
        }
        let ink = ink.into_iter().map(|(channel, need)| QuotedInkView {
            channel,
            ml: need.amount.as_ml(),
            error_ml: need.error.as_ml(),
        });
        Ok(QuoteView {
            sheets,
            price: PriceView::of(&price, &settings.currency),
            time,
            ink: ink.collect(),
            paper: need,
            warnings,
        })
    }

    /// The work before a job of this priority, or of this number. Of thousands of jobs that wait only those that changed
    /// are read.
    async fn queue_before(&self, (priority, job): (u8, Option<JobId>)) -> Result<Vec<Task>, Problem> {
        let mut open = self.open.lock().await;
        open.refresh(&self.store).await?;
        let (printing, rest): (Vec<&Job>, Vec<&Job>) = open.jobs().iter().partition(|job| job.has_attempt());
        let waiting: Vec<&Job> = rest.into_iter().filter(|job| job.state == JobState::Pending).collect();
        Ok(before(&printing, &waiting, priority, job))
    }
}
