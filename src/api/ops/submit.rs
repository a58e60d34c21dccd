//! New jobs: what is asked for, checked field by field, and made once for each key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::jobs::Whole;
use super::order::{clean, order_of, request_key, short};
use super::ticket::TicketRequest;
use crate::api::field::When;
use crate::api::studio::{OnSheet, Print};
use crate::api::{Api, Caller, Problem};
use crate::intake::{Asked, NewOrder, Received, Wishes};
use crate::model::{Destination, Document, Hold, HoldUntil, MediaSize, PrinterId, Scope, Timestamp};

/// Most characters of a job's name, an edition's and a value for a template.
const TEXT: usize = 255;
/// Most values for a template.
const FIELDS: usize = 100;
/// The priority of a job about which nobody says more, and the highest of those who run nothing.
const PRIORITY: u8 = 50;

/// Whether a job is printed, or waits until somebody approves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It is printed when it is its turn.
    #[default]
    Print,
    /// It waits until it is approved.
    Draft,
}

/// A job that is asked for; quotes, proofs and layouts take the same.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct JobRequest {
    /// Left out: the first document's name.
    pub name: SmolStr,
    /// The sender's own name for it.
    pub reference: Option<SmolStr>,
    /// Words of the sender.
    pub metadata: BTreeMap<String, String>,
    /// A printer's short name; left out, or `pool`: any.
    pub destination: Option<SmolStr>,
    /// 1 to 100; 50 when left out.
    pub priority: Option<u8>,
    /// When it must be done.
    pub deadline: Option<When>,
    /// Where the sender hears what becomes of it.
    pub callback_url: Option<SmolStr>,
    /// Whether it waits to be approved.
    pub mode: Mode,
    /// It is not begun before.
    pub hold_until: Option<When>,
    /// How many.
    pub copies: Option<u32>,
    /// How it is printed.
    pub ticket: TicketRequest,
    /// The edition that it belongs to.
    pub edition: Option<SmolStr>,
    /// A template that lays its pictures out.
    pub template: Option<SmolStr>,
    /// Values of the template's parameters, and words that it shows.
    pub fields: BTreeMap<String, String>,
    /// `false` takes what there is where something can't be had as asked for.
    pub strict: Option<bool>,
    /// Uploads that are its documents, in order.
    pub uploads: Vec<SmolStr>,
}

/// A job that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitted {
    /// The job.
    pub job: Whole,
    /// Whether the same request had made it before.
    pub replayed: bool,
}

impl Api {
    /// Refuses whoever can't make a job, before documents are sent.
    ///
    /// # Errors
    /// 403, 429 `too-many-jobs`, 507 `disk-full`.
    pub async fn check_submit(&self, caller: &Caller, has_key: bool) -> Result<(), Problem> {
        caller.needs(Scope::JobsWrite)?;
        // With a key it may be a job that is there already.
        if !has_key {
            self.intake.check_user(&caller.name).await?;
        }
        Ok(self.intake.check_room()?)
    }

    /// Makes a job of documents that came with it, and of uploads; once for each key.
    ///
    /// # Errors
    /// 422 with the field at fault, 409 where no jobs are taken, 422 `idempotency-key-reused`, 429 `too-many-jobs`.
    pub async fn submit(
        &self,
        caller: &Caller,
        request: JobRequest,
        received: Vec<Received>,
        key: Option<SmolStr>,
    ) -> Result<Submitted, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let key = key
            .map(|key| request_key(caller, key, &request, &received))
            .transpose()?;
        if let Some(key) = &key
            && let Some(job) = self.store.keyed(key.clone(), Timestamp::now()).await?
        {
            // Its uploads may have expired by now.
            let job = self.whole(job).await?;
            return Ok(Submitted { job, replayed: true });
        }
        let order = order_of(caller, &request)?;
        let priority = priority_of(caller, request.priority)?.unwrap_or(PRIORITY);
        let hold = hold_of(&request)?;
        let mut documents: Vec<(Document, _)> = received
            .into_iter()
            .map(|Received { document, hold }| (document, Some(hold)))
            .collect();
        documents.extend(
            self.uploaded(caller, &request.uploads)
                .await?
                .into_iter()
                .map(|d| (d, None)),
        );
        if documents.is_empty() {
            let text = "a job has at least one document: send it with the job, or name an upload";
            return Err(Problem::invalid("uploads", text));
        }
        if documents.len() > self.settings.documents_per_job {
            let text = format_smolstr!("a job has at most {} documents", self.settings.documents_per_job);
            return Err(Problem::invalid("uploads", text));
        }
        let all: Vec<Document> = documents.iter().map(|(document, _)| document.clone()).collect();
        let ticket = request.ticket.clone();
        let named = |problem| ticket.named(problem);
        let asked = self.asked(&request, &all).await.map_err(named)?;
        self.check_takes(&asked.destination).await?;
        let new = NewOrder {
            name: clean("name", &request.name, TEXT)?,
            user: caller.name.clone(),
            priority,
            hold,
            asked,
            order,
            key,
            uploads: request.uploads,
        };
        let made = self.intake.order(new, documents).await;
        let made = made.map_err(|error| named(error.into()))?;
        let job = self.whole(made.job).await?;
        Ok(Submitted {
            job,
            replayed: made.replayed,
        })
    }

    /// Refuses new jobs where somebody has switched that off.
    pub(super) async fn check_takes(&self, to: &Destination) -> Result<(), Problem> {
        if self.store.house().await?.control(to).takes_jobs() {
            return Ok(());
        }
        let text = format_smolstr!("{to} takes no jobs now: somebody has switched that off. Try again later");
        Err(Problem::conflict("not-accepting-jobs", text).at("destination"))
    }

    /// The documents of uploads that are whole and the caller's own.
    pub(super) async fn uploaded(&self, caller: &Caller, ids: &[SmolStr]) -> Result<Vec<Document>, Problem> {
        let mut documents = Vec::with_capacity(ids.len());
        for (place, id) in ids.iter().enumerate() {
            let field = format_smolstr!("uploads/{place}");
            if place >= self.settings.documents_per_job {
                return Err(Problem::invalid(
                    field,
                    "these are more documents than one job may have",
                ));
            }
            let found = self.intake.upload(id).await?;
            let found = found.filter(|found| found.upload.new.owner == caller.name);
            let Some(found) = found else {
                let text = format_smolstr!("there is no upload \"{}\", or its time is over", short(id));
                return Err(Problem::invalid(field, text));
            };
            let document = crate::intake::upload::document_of(&found.upload).ok_or_else(|| {
                let text = format_smolstr!("{} of {} bytes of it are here", found.offset, found.upload.new.bytes);
                Problem::conflict("upload-incomplete", text).at(field)
            })?;
            documents.push(document);
        }
        Ok(documents)
    }

    /// How a request wants its documents printed.
    pub(super) async fn asked(&self, request: &JobRequest, documents: &[Document]) -> Result<Asked, Problem> {
        let house = self.store.house().await?;
        let destination = destination_of(request.destination.as_deref(), &house)?;
        let mut wishes = request.ticket.wishes(Wishes::default(), &house.papers)?;
        wishes.copies = request.copies;
        let template = self.fitted(request, &wishes, documents).await?;
        Ok(Asked {
            destination,
            wishes,
            template,
            deadline: request.deadline.map(|When(at)| at),
            edition: request
                .edition
                .as_ref()
                .map(|text| clean("edition", text, TEXT))
                .transpose()?,
            strict: request.strict.unwrap_or(true),
        })
    }

    async fn fitted(
        &self,
        request: &JobRequest,
        wishes: &Wishes,
        documents: &[Document],
    ) -> Result<Option<(crate::model::TemplateChoice, Wishes)>, Problem> {
        let Some(name) = request.template.clone() else {
            if let Some(field) = request.fields.keys().next() {
                let field = format_smolstr!("fields/{}", short(field));
                return Err(Problem::invalid(field, "fields are given to a template: name one"));
            }
            return Ok(None);
        };
        let plain = ["page_ranges", "number_up", "print_scaling", "orientation"];
        let named = [
            wishes.page_ranges.is_some(),
            wishes.number_up.is_some(),
            wishes.scaling.is_some(),
            wishes.orientation.is_some(),
        ];
        if let Some((field, _)) = plain.iter().zip(named).find(|(_, named)| *named) {
            let field = format_smolstr!("ticket/{field}");
            return Err(Problem::invalid(
                field,
                "the template says how pictures lie: leave this out",
            ));
        }
        self.fit(&name, &request.fields, (wishes.size.clone(), wishes.margins), documents)
            .await
            .map(Some)
    }

    /// A template on a sheet, with what it says of that.
    pub(super) async fn fit(
        &self,
        name: &SmolStr,
        fields: &BTreeMap<String, String>,
        (size, margins): (Option<MediaSize>, Option<crate::model::Margins>),
        documents: &[Document],
    ) -> Result<(crate::model::TemplateChoice, Wishes), Problem> {
        if fields.len() > FIELDS {
            return Err(Problem::invalid(
                "fields",
                format_smolstr!("a template takes at most {FIELDS} values"),
            ));
        }
        let (name, fields, documents) = (name.clone(), fields.clone(), documents.to_vec());
        let on = OnSheet { size, margins };
        let fitted = self
            .studio
            .ask(move |press| press.fit(&name, &fields, &on, &documents))
            .await?;
        let of_template = Wishes {
            size: Some(fitted.size),
            margins: fitted.margins,
            ..Wishes::default()
        };
        Ok((fitted.choice, of_template))
    }

    /// What a request would print, of its uploads.
    pub(super) async fn print_of(&self, caller: &Caller, request: &JobRequest) -> Result<Print, Problem> {
        let documents = self.uploaded(caller, &request.uploads).await?;
        let named = |problem| request.ticket.named(problem);
        let asked = self.asked(request, &documents).await.map_err(named)?;
        let ticket = self.intake.decide(&asked, &documents).await;
        let ticket = ticket.map_err(|error| named(error.into()))?;
        Ok(Print {
            documents,
            ticket,
            destination: asked.destination,
        })
    }
}

/// A destination by its name.
pub(super) fn destination_of(name: Option<&str>, house: &crate::store::House) -> Result<Destination, Problem> {
    let Some(name) = name.filter(|name| *name != "pool") else {
        return Ok(Destination::Pool);
    };
    let id = PrinterId::new(name)
        .ok()
        .filter(|id| house.printers.iter().any(|p| p.id == *id) || house.pools.iter().any(|pool| pool.id == *id));
    id.map(Destination::Printer).ok_or_else(|| {
        let text = format_smolstr!("there is no printer \"{}\" here: leave this out for any", short(name));
        Problem::invalid("destination", text)
    })
}

/// A priority that the caller may give.
pub(super) fn priority_of(caller: &Caller, asked: Option<u8>) -> Result<Option<u8>, Problem> {
    match asked {
        Some(0 | 101..) => Err(Problem::invalid("priority", "a priority is from 1 to 100")),
        Some(high) if high > PRIORITY && !caller.scopes.has(Scope::JobsAll) => {
            let text = format_smolstr!("{} may give a priority of {PRIORITY} at most", caller.name);
            Err(Problem::forbidden(text).at("priority"))
        }
        other => Ok(other),
    }
}

fn hold_of(request: &JobRequest) -> Result<Option<Hold>, Problem> {
    match (request.mode, request.hold_until) {
        (Mode::Draft, Some(_)) => {
            let text = "a draft waits until it is approved: leave hold_until out";
            Err(Problem::invalid("hold_until", text))
        }
        (Mode::Draft, None) => Ok(Some(Hold::OF_DRAFT)),
        (Mode::Print, None) => Ok(None),
        (Mode::Print, Some(When(at))) => Ok(until(at)),
    }
}

/// A hold until a moment, unless that has passed.
pub(super) fn until(at: Timestamp) -> Option<Hold> {
    HoldUntil::Time(at).from(&jiff::ZonedDateTime::now())
}
