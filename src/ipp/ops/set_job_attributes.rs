//! Set-Job-Attributes (RFC 3380, 4.2): what a job that waits is to be. All of it is changed, or nothing.

use smol_str::SmolStr;

use super::super::attributes::{NOT_SETTABLE, SETTABLE, left_to_the_house, read_wishes};
use super::super::codec::{Attribute, Group, Value, group, status};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use super::switches::clean;
use crate::intake::{candidates, decide, revise};
use crate::model::{Capabilities, Job};

/// `delete-attribute` (RFC 3380, 8.2): the attribute goes back to the house's choice.
const DELETE: Value = Value::OutOfBand(0x16);

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    let job = call.own_job().await?;
    let asked = &call.valid.job;
    if asked.attributes.is_empty() {
        return Err(Failure::bad_request("there is no attribute to be set"));
    }
    refuse_unsettable(asked)?;
    let is_deletion = |a: &&Attribute| a.values == [DELETE];
    let deleted = asked.attributes.iter().filter(is_deletion).map(|a| a.name.clone());
    let cleared: Vec<SmolStr> = deleted.chain(left_to_the_house(asked)).collect();
    let mut set = Group::new(group::JOB);
    set.attributes = asked
        .attributes
        .iter()
        .filter(|a| !is_deletion(a) && a.name != "job-name")
        .cloned()
        .collect();
    let name = new_name(asked)?;
    let mut wishes = read_wishes(&set);
    let house = call.shared.store.house().await?;
    let able: Vec<Capabilities> = candidates(&house, &job.destination).into_iter().cloned().collect();
    let able_now: Vec<&Capabilities> = able.iter().collect();
    wishes.add_ignored(&decide(&wishes.wishes, None, &able_now).ignored, &set);
    if !wishes.unsupported.is_empty() {
        let mut failure = Failure::new(
            status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED,
            "not everything can be set to this here; nothing was changed",
        );
        failure.unsupported = wishes.unsupported;
        return Err(failure);
    }
    let has = |name: &str| set.get(name).is_some();
    let priority = has("job-priority").then_some(wishes.priority);
    let hold = (has("job-hold-until") || has("job-hold-until-time"))
        .then(|| wishes.hold.and_then(|until| until.from(&jiff::ZonedDateTime::now())));
    let edit = move |job: &mut Job| {
        let able: Vec<&Capabilities> = able.iter().collect();
        revise(job, &wishes.wishes, &cleared, &able);
        if let Some(name) = name {
            job.name = name;
        }
        let cleared = |name: &str| cleared.iter().any(|c| c == name);
        if let Some(priority) = priority.or_else(|| cleared("job-priority").then_some(50)) {
            job.priority = priority;
        }
        let default = (cleared("job-hold-until") || cleared("job-hold-until-time")).then_some(None);
        if let Some(hold) = hold.or(default) {
            job.hold = hold;
        }
    };
    call.shared.queue.edit(job.id, edit).await?;
    Ok(Answer::default())
}

fn refuse_unsettable(asked: &Group) -> Result<(), Failure> {
    let fixed: Vec<Attribute> = asked
        .attributes
        .iter()
        .filter(|a| !SETTABLE.contains(&a.name.as_str()))
        .map(|a| Attribute::new(&a.name, NOT_SETTABLE))
        .collect();
    if fixed.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::new(
        status::CLIENT_ERROR_ATTRIBUTES_NOT_SETTABLE,
        "some of these attributes can't be set; nothing was changed",
    );
    failure.unsupported = fixed;
    Err(failure)
}

fn new_name(asked: &Group) -> Result<Option<SmolStr>, Failure> {
    match asked.get("job-name").map(|a| a.values.as_slice()) {
        None => Ok(None),
        Some([value]) => match value.as_str().map(|text| clean(text, 255)) {
            Some(name) if !name.is_empty() => Ok(Some(name)),
            _ => Err(Failure::bad_request("job-name must be one name")),
        },
        Some(_) => Err(Failure::bad_request("job-name must be one name")),
    }
}
