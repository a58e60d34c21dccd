//! The three operations by which CUPS' own tools (`lp`, `lpstat`, print dialogs) list what is here (CUPS
//! Implementation of IPP): CUPS-Get-Printers, CUPS-Get-Default, CUPS-Get-Classes.

use super::super::Shown;
use super::super::attributes::{Requested, Telling};
use super::super::codec::{Attribute, Group, Value, group};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::Call;
use super::get_printer_attributes::describe as describe_printer;
use crate::model::Destination;

/// Bits of `printer-type` (CUPS Implementation of IPP): prints grey, prints colour, makes copies itself, collates
/// them, takes up to A4, up to A2. The pool is no class: clients would take it for something else than a printer.
const KIND: i32 = 0x4 | 0x8 | 0x80 | 0x100 | 0x200 | 0x400;

/// The bit of `printer-type` that says that it is a class, which has members.
const CLASS: i32 = 0x1;

/// The pool first: it is what CUPS' tools print to when nobody names a printer.
pub async fn get_default(call: &Call<'_>) -> Result<Answer, Failure> {
    let requested = requested(call);
    Ok(Answer::group(
        describe(call, Shown::of(Destination::Pool), &requested).await?,
    ))
}

/// The pool, each printer, each named pool, each preset.
pub async fn get_printers(call: &Call<'_>) -> Result<Answer, Failure> {
    let operation = &call.valid.operation;
    let limit = call.number("limit")?.map_or(usize::MAX, |n| n as usize);
    let requested = requested(call);
    let house = call.shared.store.house().await?;
    let pools = house.pools.iter().map(|pool| &pool.id);
    let printers = house.printers.iter().map(|p| &p.id).chain(pools);
    let printers = printers.map(|id| Destination::Printer(id.clone()));
    let presets = call.shared.settings.presets();
    let presets = presets.iter().map(Shown::preset);
    let all = std::iter::once(Destination::Pool).chain(printers).map(Shown::of);
    let mut groups = Vec::new();
    for shown in all.chain(presets) {
        groups.push(describe(call, shown, &requested).await?);
    }
    let first = operation
        .get("first-printer-name")
        .and_then(|a| a.values.first())
        .and_then(Value::as_str);
    if let Some(first) = first {
        let is_first = |g: &Group| g.first("printer-name").and_then(Value::as_str) == Some(first);
        let skipped = groups.iter().position(is_first).unwrap_or(0);
        groups.drain(..skipped);
    }
    groups.truncate(limit);
    Ok(Answer {
        groups,
        ..Answer::default()
    })
}

/// The named pools with their members. They are shown as printers as well, which every client understands; the pool of
/// all is shown as nothing else.
pub async fn get_classes(call: &Call<'_>) -> Result<Answer, Failure> {
    let requested = requested(call);
    let house = call.shared.store.house().await?;
    let base = call.telling().base;
    let mut groups = Vec::new();
    for pool in &house.pools {
        let shown = Shown::of(Destination::Printer(pool.id.clone()));
        let mut class = describe(call, shown, &requested).await?;
        for attribute in class.attributes.iter_mut().filter(|a| a.name == "printer-type") {
            attribute.values = vec![Value::Enum(KIND | CLASS)];
        }
        let members = house.printers.iter().filter(|p| pool.printers.contains(&p.id));
        let (mut names, mut uris) = (Vec::new(), Vec::new());
        for member in members {
            names.push(Value::name(&member.name));
            uris.push(Value::uri(&format!("{base}/ipp/print/{}", member.id)));
        }
        for (name, values) in [("member-names", names), ("member-uris", uris)] {
            if requested.wants(name) {
                class.attributes.push(Attribute::new_all(name, values));
            }
        }
        groups.push(class);
    }
    Ok(Answer {
        groups,
        ..Answer::default()
    })
}

fn requested(call: &Call<'_>) -> Requested {
    Requested::read(&call.valid.operation, &["all"])
}

/// Whether a URI is one that CUPS' tools make: of a printer's name, or of the server.
pub fn is_cups_uri(uri: &str) -> bool {
    let path = uri
        .split_once("://")
        .map_or("", |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
    path.is_empty() || path.starts_with("printers/") || path.starts_with("jobs/")
}

/// Attributes as CUPS' tools take them, otherwise than the standard has them: a printer has one URI, which ends in its
/// name (by it they tell whose a job is), and all times count from 1970.
pub fn as_cups(telling: &Telling, attributes: &mut [Attribute]) {
    let opened = telling.opened_at.as_seconds();
    let name = attributes.iter().find(|a| a.name == "printer-name");
    let name = name
        .and_then(|a| a.values.first())
        .and_then(Value::as_str)
        .map(str::to_owned);
    for attribute in attributes {
        match (attribute.name.as_str(), attribute.values.as_mut_slice()) {
            ("printer-uri-supported", _) => {
                let path = name.as_deref().map(|name| name.replace(' ', "%20"));
                match path {
                    Some(path) => attribute.values = vec![Value::uri(&format!("{}/printers/{path}", telling.base))],
                    None => attribute.values.truncate(1),
                }
            }
            (
                "printer-state-change-time"
                | "printer-config-change-time"
                | "printer-up-time"
                | "job-printer-up-time"
                | "time-at-creation"
                | "time-at-processing"
                | "time-at-completed",
                [Value::Integer(ticks)],
            ) => {
                // Up-time 1 is the second in which the door was opened.
                *ticks = i32::try_from(opened + i64::from(*ticks) - 1).unwrap_or(i32::MAX);
            }
            _ => {}
        }
    }
}

async fn describe(call: &Call<'_>, shown: Shown, requested: &Requested) -> Result<Group, Failure> {
    let mut attributes = describe_printer(call.shared, call.host, shown, requested).await?;
    as_cups(&call.telling(), &mut attributes);
    if requested.wants("printer-type") {
        attributes.push(Attribute::new("printer-type", Value::Enum(KIND)));
    }
    Ok(Group {
        tag: group::PRINTER,
        attributes,
    })
}
