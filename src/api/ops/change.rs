//! What a job is to be, changed after it was made: its ticket, its place, where it goes; and printed once more.

use std::collections::BTreeMap;

use serde::Deserialize;
use smol_str::SmolStr;

use super::order::{callback, clean, metadata, reference};
use super::submit::{destination_of, priority_of};
use super::ticket::TicketRequest;
use crate::api::field::{Field, When};
use crate::api::view::JobView;
use crate::api::{Api, Caller, Problem};
use crate::intake::{
    Ignored, IntakeError, Repeat, Wishes, adapt_to, candidates, check_move, check_pages, decide, revise,
    warn_of_deadline, wishes_of, with_printer,
};
use crate::model::{Capabilities, Hold, Job, JobId, Order, Scope, TemplateChoice, Timestamp};
use crate::queue::QueueError;

/// A change of a job (RFC 7396): what is not named stays, `null` takes back.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct JobChange {
    pub name: Field<SmolStr>,
    pub priority: Field<u8>,
    pub deadline: Field<When>,
    pub copies: Field<u32>,
    pub ticket: TicketRequest,
    pub edition: Field<SmolStr>,
    /// Values of its template; each that is named is set, `null` takes all back.
    pub fields: Field<BTreeMap<String, String>>,
    pub reference: Field<SmolStr>,
    pub metadata: Field<BTreeMap<String, String>>,
    pub callback_url: Field<SmolStr>,
}

/// How a job is printed once more.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReprintRequest {
    /// As many as before when left out.
    pub copies: Option<u32>,
    /// Whether it waits to be approved.
    pub draft: bool,
}

impl Api {
    /// Changes a job: its ticket, name and place while it waits, what its sender keeps with it at any time.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `state-forbids`, 422 with the field at fault.
    pub async fn change(&self, caller: &Caller, id: JobId, change: JobChange) -> Result<JobView, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let job = self.seen(caller, id).await?;
        let order = order_change(&change)?;
        let touches_job = change
            != JobChange {
                reference: change.reference.clone(),
                metadata: change.metadata.clone(),
                callback_url: change.callback_url.clone(),
                ..JobChange::default()
            };
        if !touches_job {
            return Ok(JobView::of(&self.queue.keep_order(id, order).await?));
        }
        let edit = self.edit_of(caller, &job, &change).await;
        let edit = edit.map_err(|problem| change.ticket.named(problem))?;
        let job = self.queue.edit_order(id, edit, order).await?;
        log::info!("job {id}: changed by {}", caller.name);
        Ok(JobView::of(&job))
    }

    async fn edit_of(
        &self,
        caller: &Caller,
        job: &Job,
        change: &JobChange,
    ) -> Result<impl FnOnce(&mut Job) + Send + 'static, Problem> {
        let house = self.store.house().await?;
        let able: Vec<Capabilities> = candidates(&house, &job.destination).into_iter().cloned().collect();
        let able_now: Vec<&Capabilities> = able.iter().collect();
        let facts = job.documents.first().map(|d| &d.facts);
        let older = wishes_of(&job.ticket);
        let mut wishes = change.ticket.wishes(older.clone(), &house.papers)?;
        wishes.copies = change.copies.over(older.copies, |copies| Ok::<_, Problem>(*copies))?;
        if wishes != older {
            let ignored: Vec<Ignored> = decide(&wishes, facts, &able_now).ignored;
            if !ignored.is_empty() {
                return Err(IntakeError::NotAsAsked(ignored).into());
            }
        }
        let template = self.refitted(job, change, &wishes).await?;
        let mut ticket = decide(&wishes, facts, &able_now).ticket;
        ticket.template.clone_from(&job.ticket.template);
        if ticket.template.is_none() {
            check_pages(
                &ticket,
                job.documents.iter().filter(|d| !d.canceled).map(|d| d.facts.pages),
            )?;
        }
        let name = change.name.over(None, |name| clean("name", name, 255))?;
        let name = name.filter(|name| !name.is_empty());
        let priority = match &change.priority {
            Field::Absent => None,
            Field::Null => Some(50),
            Field::Set(priority) => priority_of(caller, Some(*priority))?,
        };
        let deadline = change
            .deadline
            .over(job.ticket.deadline, |When(at)| Ok::<_, Problem>(*at))?;
        let edition = change
            .edition
            .over(job.ticket.edition.clone(), |text| clean("edition", text, 255))?;
        Ok(move |job: &mut Job| {
            let able: Vec<&Capabilities> = able.iter().collect();
            let all: Vec<SmolStr> = Wishes::ATTRIBUTES.into_iter().map(SmolStr::new_static).collect();
            if let Some((choice, _)) = &template {
                job.ticket.template = Some(choice.clone());
            }
            revise(job, &wishes, &all, &able);
            if job.ticket.deadline != deadline {
                job.ticket.deadline = deadline;
                warn_of_deadline(&mut job.ticket, Timestamp::now());
            }
            job.ticket.edition = edition;
            if let Some(name) = name {
                job.name = name;
            }
            if let Some(priority) = priority {
                job.priority = priority;
            }
        })
    }

    /// The job's template with other values, or on another sheet.
    async fn refitted(
        &self,
        job: &Job,
        change: &JobChange,
        wishes: &Wishes,
    ) -> Result<Option<(TemplateChoice, Wishes)>, Problem> {
        let Some(choice) = &job.ticket.template else {
            if change.fields.set().is_some() {
                return Err(Problem::invalid("fields", "this job has no template: leave this out"));
            }
            return Ok(None);
        };
        let fields = match &change.fields {
            Field::Absent => choice.fields.clone(),
            Field::Null => BTreeMap::new(),
            Field::Set(more) => {
                let mut fields = choice.fields.clone();
                fields.extend(more.clone());
                fields
            }
        };
        let media = &job.ticket.media.value;
        let size = wishes.size.clone().unwrap_or_else(|| media.size.clone());
        let documents: Vec<_> = job.documents.iter().filter(|d| !d.canceled).cloned().collect();
        let fitted = self
            .fit(&choice.name, &fields, (Some(size), wishes.margins), &documents)
            .await?;
        Ok(Some(fitted))
    }

    /// Moves a job that is with no printer to another one, or to the pool.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `cannot-move` when it would not be what was asked for, or is with a printer; 422 for an
    /// unknown destination.
    pub async fn move_job(&self, caller: &Caller, id: JobId, to: &str) -> Result<JobView, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let job = self.seen(caller, id).await?;
        let house = self.store.house().await?;
        let to = destination_of(Some(to), &house)?;
        self.check_takes(&to).await?;
        let able = candidates(&house, &to);
        check_move(&job, &house.called(&to), &able).map_err(|text| Problem::conflict("cannot-move", text))?;
        let adapt = adapt_to(able.into_iter().cloned().collect());
        let uri = to.uri("ipp://localhost").into();
        match self.queue.move_job(id, to.clone(), uri, adapt).await {
            Ok(job) => {
                log::info!("job {id}: moved to {to} by {}", caller.name);
                Ok(JobView::of(&job))
            }
            Err(QueueError::Refused(refusal)) if job.has_attempt() => {
                Err(Problem::conflict("cannot-move", with_printer(&refusal)))
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Makes a new job of one that has ended, of its documents and by its ticket.
    ///
    /// # Errors
    /// 404 `job-not-found`, 409 `state-forbids` before it has ended, 409 `documents-gone`.
    pub async fn reprint(&self, caller: &Caller, id: JobId, how: ReprintRequest) -> Result<JobView, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let job = self.seen(caller, id).await?;
        if !job.state.is_terminal() {
            let text = format!("job {id} has not ended yet: it can be printed again when it has");
            return Err(Problem::conflict("state-forbids", text));
        }
        if how
            .copies
            .is_some_and(|copies| !(1..=crate::intake::MOST_COPIES).contains(&copies))
        {
            let text = format!("a job has 1 to {} copies", crate::intake::MOST_COPIES);
            return Err(Problem::invalid("copies", text));
        }
        self.check_takes(&job.destination).await?;
        let repeat = Repeat {
            user: caller.name.clone(),
            hold: how.draft.then_some(Hold::OF_DRAFT),
            wishes: Wishes {
                copies: how.copies,
                ..Wishes::default()
            },
            ..Repeat::default()
        };
        let made = self.intake.repeat(job, repeat).await?;
        log::info!("job {}: job {id} once more, by {}", made.id, caller.name);
        Ok(JobView::of(&made))
    }
}

/// What its sender keeps with a job, after a change.
fn order_change(change: &JobChange) -> Result<impl FnOnce(&mut Order) + Send + 'static, Problem> {
    let new_reference = change.reference.over(None, reference)?;
    let new_metadata = change.metadata.over(None, metadata)?;
    let new_callback = change.callback_url.over(None, callback)?;
    let named = (
        !change.reference.is_absent(),
        !change.metadata.is_absent(),
        !change.callback_url.is_absent(),
    );
    Ok(move |order: &mut Order| {
        if named.0 {
            order.reference = new_reference;
        }
        if named.1 {
            order.metadata = new_metadata.unwrap_or_default();
        }
        if named.2 {
            order.callback_url = new_callback;
        }
    })
}
