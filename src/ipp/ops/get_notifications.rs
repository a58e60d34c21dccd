//! Get-Notifications (RFC 3996, 5): what subscriptions have to tell.
//!
//! The answer is given at once; `notify-wait` is not kept open, which the standard allows: `notify-get-interval` says
//! when to ask again.

use smol_str::format_smolstr;

use super::super::attributes::{Behind, Standing};
use super::super::codec::{Attribute, Group, Value, group, status};
use super::super::failure::Failure;
use super::super::notify::{GET_INTERVAL, Notice};
use super::super::respond::Answer;
use super::Call;
use super::subscriptions::{check_own, find, printer_uri};
use crate::model::{Destination, EventKind, PrinterControl, PrinterId, Subscription, Timestamp};
use crate::store::House;

/// Most subscriptions of one request.
const MOST: usize = 100;

pub async fn run(call: &Call<'_>) -> Result<Answer, Failure> {
    call.known_printer().await?;
    let operation = &call.valid.operation;
    let numbers = |name: &str| -> Result<Vec<i32>, Failure> {
        let values = operation.get(name).map_or(&[][..], |a| a.values.as_slice());
        let number = |v: &Value| v.as_integer().filter(|n| *n >= 1);
        values
            .iter()
            .map(|v| {
                number(v).ok_or_else(|| Failure::bad_request(format_smolstr!("{name} must be integers of 1 or more")))
            })
            .collect()
    };
    let ids = numbers("notify-subscription-ids")?;
    let from = numbers("notify-sequence-numbers")?;
    if ids.is_empty() || ids.len() > MOST {
        return Err(Failure::bad_request(format_smolstr!(
            "notify-subscription-ids must be 1 to {MOST} numbers"
        )));
    }
    let shared = call.shared;
    let now = Timestamp::now();
    let house = shared.store.house().await?;
    let (mut groups, mut alive, mut over) = (Vec::new(), 0, 0);
    for (n, id) in ids.iter().enumerate() {
        let Some(subscription) = find(call, *id).await? else {
            continue;
        };
        check_own(call, &subscription)?;
        alive += 1;
        // Looked at first: what ended the job is then among the notices.
        over += usize::from(is_complete(call, &subscription).await?);
        let from = from.get(n).copied().unwrap_or(1);
        let notices = shared.notices.fetch(&shared.store, &subscription, from, now).await?;
        groups.extend(
            notices
                .iter()
                .map(|notice| group_of(call, &house, &subscription, notice)),
        );
    }
    if alive == 0 {
        return Err(Failure::not_found("none of these subscriptions is there any more"));
    }
    let mut answer = Answer {
        groups,
        ..Answer::default()
    };
    answer.operation = vec![Attribute::new("printer-up-time", Value::Integer(shared.up_time()))];
    if over == alive {
        // Nothing more will come: there is no time after which to ask again.
        answer.status = Some(status::SUCCESSFUL_OK_EVENTS_COMPLETE);
        return Ok(answer);
    }
    if alive < ids.len() {
        answer.status = Some(status::SUCCESSFUL_OK_IGNORED_SUBSCRIPTIONS);
    }
    let again = Attribute::new("notify-get-interval", Value::Integer(GET_INTERVAL));
    answer.operation.insert(0, again);
    Ok(answer)
}

/// Whether nothing will be told any more: its job has ended, or is not there (RFC 3996, 10.1).
async fn is_complete(call: &Call<'_>, subscription: &Subscription) -> Result<bool, Failure> {
    let Some(job) = subscription.of.job else {
        return Ok(false);
    };
    let job = call.shared.store.job(job).await?;
    Ok(job.is_none_or(|job| job.state.is_terminal()))
}

/// How a printer, or the pool, stands by these switches, and by what its printers say now.
fn standing<'a>(house: &'a House, at: Option<&PrinterId>, control: &'a PrinterControl) -> Standing<'a> {
    let destination = at.cloned().map_or(Destination::Pool, Destination::Printer);
    let paused = house.paused(&destination);
    let behind = house.behind(&destination).map(|printer| Behind {
        status: printer.status.as_ref(),
        // The event tells that it was stopped, whatever sheet is still being finished.
        busy: control.prints() && house.open_attempts.iter().any(|a| a.printer == printer.id),
        // Of a printer itself `control` says how it was switched then.
        paused: at != Some(&printer.id) && paused.contains(&printer.id),
    });
    Standing {
        control,
        behind: behind.collect(),
        spool_full: false,
    }
}

fn group_of(call: &Call<'_>, house: &House, subscription: &Subscription, notice: &Notice) -> Group {
    let told = &notice.told;
    let event = &told.event;
    let mut group = Group::new(group::EVENT_NOTIFICATION);
    let mut put = |name: &str, value: Value| group.push(name, value);
    put("notify-charset", Value::charset("utf-8"));
    put("notify-natural-language", Value::language("en"));
    put("notify-subscription-id", Value::Integer(subscription.id));
    put(
        "notify-printer-uri",
        Value::uri(&printer_uri(&subscription.of.destination, &call.base)),
    );
    put("notify-subscribed-event", Value::keyword(notice.word.keyword()));
    put("notify-sequence-number", Value::Integer(notice.number));
    put(
        "notify-user-data",
        Value::OctetString(subscription.of.user_data.clone()),
    );
    put("printer-up-time", Value::Integer(call.shared.ticks(event.at)));
    put("printer-current-time", Value::date_time(event.at.as_seconds()));
    put("notify-text", Value::text(&text(notice)));
    if let Some(job) = event.job {
        put(
            "notify-job-id",
            Value::Integer(i32::try_from(job.0).unwrap_or(i32::MAX)),
        );
        put("job-id", Value::Integer(i32::try_from(job.0).unwrap_or(i32::MAX)));
        put("job-name", Value::name(&told.job_name));
        put(
            "job-impressions-completed",
            Value::Integer(i32::try_from(told.impressions).unwrap_or(i32::MAX)),
        );
    }
    match &event.kind {
        EventKind::JobChanged { state, reasons, .. } => {
            put("job-state", Value::Enum(state.as_enum()));
            let reasons = match reasons.as_slice() {
                [] => vec![Value::keyword("none")],
                some => some.iter().map(|r| Value::keyword(r.keyword())).collect(),
            };
            group.push_all("job-state-reasons", reasons);
        }
        EventKind::PrinterChanged { state, reasons, .. } => {
            put("printer-state", Value::Enum(state.as_enum()));
            let words = reasons.iter().filter(|r| !r.is_empty()).map(|r| Value::keyword(r));
            let mut words: Vec<Value> = words.collect();
            if words.is_empty() {
                words.push(Value::keyword("none"));
            }
            let at = event.printer.clone().map_or(Destination::Pool, Destination::Printer);
            put(
                "printer-is-accepting-jobs",
                Value::Boolean(house.control(&at).takes_jobs()),
            );
            group.push_all("printer-state-reasons", words);
        }
        EventKind::ControlChanged { control, .. } => {
            let standing = standing(house, event.printer.as_ref(), control);
            put("printer-state", Value::Enum(standing.state().as_enum()));
            put("printer-is-accepting-jobs", Value::Boolean(control.takes_jobs()));
            let reasons = standing.reasons().into_iter().map(Value::keyword).collect();
            group.push_all("printer-state-reasons", reasons);
        }
        _ => {}
    }
    group
}

/// `notify-text`: a sentence for a person.
fn text(notice: &Notice) -> String {
    let told = &notice.told;
    let job = |what: &str| match told.event.job {
        Some(id) => format!("Job {id} \"{}\" {what}", told.job_name),
        None => what.to_owned(),
    };
    let printer = told.event.printer.as_ref().map_or("The pool", |p| p.as_str());
    match &told.event.kind {
        EventKind::JobCreated { user, .. } => job(&format!("was sent by {user}")),
        EventKind::JobChanged { message, .. } => job(message),
        EventKind::JobConfigChanged => job("was changed"),
        EventKind::DocumentAdded { number, .. } => job(&format!("has got document {number}")),
        EventKind::QueueOrderChanged => "The order of the queue was changed".to_owned(),
        EventKind::PrinterChanged { reachable: false, .. } => format!("{printer} does not answer"),
        EventKind::PrinterChanged { state, reasons, .. } => {
            let how = match state {
                crate::model::PrinterState::Idle => "is ready",
                crate::model::PrinterState::Processing => "is printing",
                crate::model::PrinterState::Stopped => "is stopped",
            };
            match reasons.is_empty() {
                true => format!("{printer} {how}"),
                false => format!("{printer} {how} ({})", reasons.join(", ")),
            }
        }
        EventKind::ControlChanged { switched: false, .. } => format!("{printer} was described anew"),
        EventKind::ControlChanged { control, .. } => {
            let takes = if control.takes_jobs() {
                "takes jobs"
            } else {
                "takes no jobs"
            };
            let prints = if control.prints() { "prints" } else { "is paused" };
            format!("{printer} {takes} and {prints}")
        }
        EventKind::AttemptChanged { .. }
        | EventKind::HouseChanged { .. }
        | EventKind::Identify { .. }
        | EventKind::UpdateChanged { .. }
        | EventKind::Panel { .. }
        | EventKind::MediaWanted { .. }
        | EventKind::SheetsSpoiled { .. }
        | EventKind::StockChanged { .. }
        | EventKind::SuppliesChanged { .. }
        | EventKind::PaperLow { .. }
        | EventKind::InkLow { .. }
        | EventKind::LoadedChanged { .. } => String::new(),
    }
}
