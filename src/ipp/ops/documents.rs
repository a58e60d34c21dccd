//! The documents of a job (PWG 5100.5, 3.2): Get-Documents, Get-Document-Attributes, Set-Document-Attributes,
//! Cancel-Document.

use smol_str::{SmolStr, format_smolstr};

use super::super::attributes::{DOCUMENT_SETTABLE, NOT_SETTABLE, Requested, document_attributes};
use super::super::codec::{Attribute, Group, group, status};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use super::switches::clean;
use crate::model::{Document, Job};

/// The groups of some documents of a job.
async fn described<'a>(
    call: &Call<'_>,
    job: &Job,
    documents: impl Iterator<Item = &'a Document>,
    requested: &Requested,
) -> Result<Vec<Group>, Failure> {
    let kept = call.shared.store.documents_gone(job.id).await?.is_none();
    let group = |document| Group {
        tag: group::DOCUMENT,
        attributes: requested.filter(document_attributes(
            job,
            document,
            &call.base,
            call.shared.up_time(),
            kept,
        )),
    };
    Ok(documents.map(group).collect())
}

/// `document-number` of the request.
fn number(call: &Call<'_>) -> Result<u32, Failure> {
    call.number("document-number")?
        .ok_or_else(|| Failure::bad_request("document-number is missing: say which document of the job is meant"))
}

fn find(job: &Job, number: u32) -> Result<&Document, Failure> {
    job.documents
        .iter()
        .find(|d| d.number == number)
        .ok_or_else(|| Failure::not_found(format_smolstr!("job {} has no document {number}", job.id)))
}

pub async fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.job().await?;
    let requested = Requested::read(&call.valid.operation, &["document-number"]);
    let limit = call.number("limit")?.map_or(usize::MAX, |n| n as usize);
    let documents = job.documents.iter().take(limit);
    Ok(Answer {
        groups: described(call, &job, documents, &requested).await?,
        ..Answer::default()
    })
}

pub async fn get(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.job().await?;
    let document = find(&job, number(call)?)?;
    let requested = Requested::read(&call.valid.operation, &["all"]);
    Ok(Answer {
        groups: described(call, &job, std::iter::once(document), &requested).await?,
        ..Answer::default()
    })
}

/// The name of a document can be set while its job waits; all the rest it brought with it.
pub async fn set(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    let number = find(&job, number(call)?)?.number;
    let asked = &call.valid.document;
    let fixed: Vec<Attribute> = asked
        .attributes
        .iter()
        .filter(|a| !DOCUMENT_SETTABLE.contains(&a.name.as_str()))
        .map(|a| Attribute::new(&a.name, NOT_SETTABLE))
        .collect();
    if !fixed.is_empty() {
        let mut failure = Failure::new(
            status::CLIENT_ERROR_ATTRIBUTES_NOT_SETTABLE,
            "of a document only document-name can be set; nothing was changed",
        );
        failure.unsupported = fixed;
        return Err(failure);
    }
    let name: SmolStr = match asked.get("document-name").map(|a| a.values.as_slice()) {
        Some([value]) => clean(value.as_str().unwrap_or(""), 255),
        _ => return Err(Failure::bad_request("there is no document-name to be set")),
    };
    let edit = move |job: &mut Job| {
        if let Some(document) = job.documents.iter_mut().find(|d| d.number == number) {
            document.name = Some(name).filter(|name| !name.is_empty());
        }
    };
    call.shared.queue.edit(job.id, edit).await?;
    Ok(Answer::default())
}

/// The document is left out; with the last one the job itself is canceled.
pub async fn cancel(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    let number = find(&job, number(call)?)?.number;
    let job = call.shared.queue.cancel_document(job.id, number).await?;
    Ok(Answer {
        message: job.message,
        ..Answer::default()
    })
}
