//! Set-Printer-Attributes and Get-Printer-Supported-Values (RFC 3380, 4.1 and 4.3): the texts that an owner gives a
//! printer.

use smol_str::{SmolStr, format_smolstr};

use super::super::attributes::{NOT_SETTABLE, PRINTER_SETTABLE, Requested};
use super::super::codec::{Attribute, Group, Value, group, status};
use super::super::failure::Failure;
use super::super::respond::Answer;
use super::switches::clean;
use super::{Call, loaded};
use crate::model::{Destination, Loaded, PrinterControl, PrinterId, Timestamp};

/// `delete-attribute` (RFC 3380, 8.2).
const DELETE: Value = Value::OutOfBand(0x16);
/// `admin-define` (RFC 3380, 8.3): a text of the owner's choice.
const ADMIN_DEFINE: Value = Value::OutOfBand(0x17);
/// What lies in the feeders.
const MEDIA_COL_READY: &str = "media-col-ready";
/// Most bytes of a text that clients expect (text(127)).
const TEXT: usize = 127;

pub async fn set(call: &Call<'_>) -> Result<Answer, Failure> {
    let (destination, _) = call.known_printer().await?;
    let asked = &call.valid.printer;
    if asked.attributes.is_empty() {
        return Err(Failure::bad_request("there is no attribute to be set"));
    }
    let fixed: Vec<Attribute> = asked
        .attributes
        .iter()
        .filter(|a| !PRINTER_SETTABLE.contains(&a.name.as_str()))
        .map(|a| Attribute::new(&a.name, NOT_SETTABLE))
        .collect();
    if !fixed.is_empty() {
        let mut failure = Failure::new(
            status::CLIENT_ERROR_ATTRIBUTES_NOT_SETTABLE,
            "some of these attributes can't be set; nothing was changed",
        );
        failure.unsupported = fixed;
        return Err(failure);
    }
    let loaded = match asked.attributes.iter().find(|a| a.name == MEDIA_COL_READY) {
        Some(attribute) => Some(feeders(call, &destination, attribute).await?),
        None => None,
    };
    let mut texts: Vec<(SmolStr, Option<SmolStr>)> = Vec::new();
    for attribute in asked.attributes.iter().filter(|a| a.name != MEDIA_COL_READY) {
        let text = match attribute.values.as_slice() {
            [value] if *value == DELETE => None,
            [value] => match value.as_str() {
                Some(text) => Some(clean(text, TEXT)),
                None => return Err(wrong(attribute)),
            },
            _ => return Err(wrong(attribute)),
        };
        let is_place = attribute.name == "printer-geo-location";
        if is_place && text.as_ref().is_some_and(|t| !t.starts_with("geo:")) {
            return Err(wrong(attribute));
        }
        texts.push((attribute.name.clone(), text));
    }
    let change = move |control: &mut PrinterControl| {
        for (name, text) in texts {
            write(control, &name, text);
        }
    };
    if asked.attributes.iter().any(|a| a.name != MEDIA_COL_READY) {
        let queue = &call.shared.queue;
        queue.control(destination.clone(), &call.valid.user, change).await?;
        log::info!("the texts of {destination} were changed by {}", call.valid.who());
    }
    if let Some((printer, loaded)) = loaded {
        call.shared.queue.set_loaded(printer, loaded).await?;
        log::info!("what lies in {destination} was set by {}", call.valid.who());
    }
    Ok(Answer::default())
}

/// What somebody has put into a printer's feeders; taken back, nobody knows.
async fn feeders(
    call: &Call<'_>,
    destination: &Destination,
    attribute: &Attribute,
) -> Result<(PrinterId, Vec<Loaded>), Failure> {
    let house = call.shared.store.house().await?;
    let printer = destination
        .printer()
        .filter(|_| destination.pool(&house.pools).is_none());
    let Some(printer) = printer.cloned() else {
        let mut failure = wrong(attribute);
        failure.message = "say which printer the paper lies in: call it by its own address".into();
        return Err(failure);
    };
    if attribute.values.as_slice() == [DELETE] {
        return Ok((printer, Vec::new()));
    }
    let Some(record) = house.printers.iter().find(|p| p.id == printer) else {
        return Err(Failure::not_found(format_smolstr!(
            "there is no printer {printer} here"
        )));
    };
    let read = loaded::read(attribute, record, &house.papers, Timestamp::now());
    let read = read.map_err(|why| {
        let mut failure = wrong(attribute);
        failure.message = format!("media-col-ready can't be set: {why}; nothing was changed").into();
        failure
    });
    Ok((printer, read?))
}

fn write(control: &mut PrinterControl, name: &str, text: Option<SmolStr>) {
    match name {
        "printer-info" => control.info = text.filter(|t| !t.is_empty()),
        "printer-geo-location" => control.geo_location = text,
        "printer-location" => control.location = text.unwrap_or_default(),
        "printer-organization" => control.organization = text.unwrap_or_default(),
        "printer-organizational-unit" => control.organizational_unit = text.unwrap_or_default(),
        "printer-message-from-operator" => control.message_from_operator = text.unwrap_or_default(),
        _ => {}
    }
}

fn wrong(attribute: &Attribute) -> Failure {
    let mut failure = Failure::new(
        status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED,
        format!("{} can't be set to this; nothing was changed", attribute.name),
    );
    failure.unsupported = vec![attribute.clone()];
    failure
}

/// Which values each settable attribute can be given.
pub async fn supported(call: &Call<'_>) -> Result<Answer, Failure> {
    call.known_printer().await?;
    let requested = Requested::read(&call.valid.operation, &["all"]);
    let all = PRINTER_SETTABLE.iter().map(|name| Attribute::new(name, ADMIN_DEFINE));
    Ok(Answer::group(Group {
        tag: group::PRINTER,
        attributes: requested.filter(all.collect()),
    }))
}
