//! What a printer's answers mean. Pure.

use smol_str::{SmolStr, format_smolstr};

use crate::ipp::codec::{Attribute, Group, Message, Value, group, status};
use crate::model::{
    Capabilities, Length, Margins, Marker, Media, MediaSize, PrinterState, PrinterStatus, RasterFormat, RasterType,
    RemoteJob, RemoteJobState, Resolution, Timestamp, Trouble, TroubleClass,
};

/// Most words kept of any list that a printer gives.
const LIST: usize = 1_000;
/// What [`capabilities`] reads.
pub const CAPABILITIES: &[&str] = &[
    "printer-make-and-model",
    "document-format-supported",
    "pwg-raster-document-type-supported",
    "pwg-raster-document-resolution-supported",
    "printer-resolution-supported",
    "urf-supported",
    "copies-supported",
    "media-supported",
    "media-type-supported",
    "media-source-supported",
    "media-col-supported",
    "media-top-margin-supported",
    "media-bottom-margin-supported",
    "media-left-margin-supported",
    "media-right-margin-supported",
    "print-scaling-supported",
    "print-quality-supported",
    "operations-supported",
];
/// What [`printer_status`] reads.
pub const STATUS: &[&str] = &[
    "printer-state",
    "printer-state-reasons",
    "printer-state-message",
    "printer-is-accepting-jobs",
    "marker-names",
    "marker-colors",
    "marker-types",
    "marker-levels",
    "marker-low-levels",
    "marker-high-levels",
    "media-col-ready",
    "media-ready",
];
/// What [`job_state`], [`job_name`] and [`job_with_token`] read.
pub const JOB: &[&str] = &[
    "job-id",
    "job-uri",
    "job-name",
    "job-state",
    "job-state-reasons",
    "job-state-message",
    "job-impressions-completed",
    "job-media-sheets-completed",
    "time-at-processing",
];

/// The trouble that a refusal means, `doing` what; `None` for a success. Its class agrees with what the queue's table of
/// statuses says.
pub fn refusal(answer: &Message, doing: &str) -> Option<Trouble> {
    if answer.code < 0x0100 {
        return None;
    }
    let said = answer
        .group(group::OPERATION)
        .and_then(|g| g.first("status-message")?.as_str())
        .map(|m| format_smolstr!(": {}", clean(m)))
        .unwrap_or_default();
    let name = status::name(answer.code).map_or_else(|| format!("status 0x{:04x}", answer.code), str::to_owned);
    let class = match answer.code {
        status::SERVER_ERROR_BUSY | status::SERVER_ERROR_TOO_MANY_JOBS | status::SERVER_ERROR_TEMPORARY_ERROR => {
            TroubleClass::Busy
        }
        status::SERVER_ERROR_SERVICE_UNAVAILABLE => TroubleClass::Unavailable,
        status::SERVER_ERROR_DEVICE_ERROR => TroubleClass::Device,
        status::SERVER_ERROR_PRINTER_IS_DEACTIVATED => TroubleClass::Offline,
        status::SERVER_ERROR_NOT_ACCEPTING_JOBS
        | status::CLIENT_ERROR_FORBIDDEN
        | status::CLIENT_ERROR_NOT_AUTHENTICATED
        | status::CLIENT_ERROR_NOT_AUTHORIZED
        | status::CLIENT_ERROR_ACCOUNT_INFO_NEEDED
        | status::CLIENT_ERROR_ACCOUNT_CLOSED
        | status::CLIENT_ERROR_ACCOUNT_LIMIT_REACHED
        | status::CLIENT_ERROR_ACCOUNT_AUTHORIZATION_FAILED => TroubleClass::NotAccepting,
        status::CLIENT_ERROR_BAD_REQUEST
        | status::CLIENT_ERROR_REQUEST_ENTITY_TOO_LARGE
        | status::CLIENT_ERROR_REQUEST_VALUE_TOO_LONG
        | status::CLIENT_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED
        | status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED
        | status::CLIENT_ERROR_CONFLICTING_ATTRIBUTES
        | status::CLIENT_ERROR_COMPRESSION_NOT_SUPPORTED
        | status::CLIENT_ERROR_COMPRESSION_ERROR
        | status::CLIENT_ERROR_DOCUMENT_FORMAT_ERROR
        | status::CLIENT_ERROR_DOCUMENT_PASSWORD_ERROR
        | status::CLIENT_ERROR_DOCUMENT_PERMISSION_ERROR
        | status::CLIENT_ERROR_DOCUMENT_SECURITY_ERROR
        | status::CLIENT_ERROR_DOCUMENT_UNPRINTABLE_ERROR => TroubleClass::JobBad,
        _ => TroubleClass::Protocol,
    };
    Some(Trouble::new(
        class,
        format_smolstr!("it refused {doing} ({name}{said})"),
    ))
}

/// Text of a printer for a log line or a page: no control characters, not too long.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

fn words(group: &Group, name: &str) -> Vec<SmolStr> {
    let values = group.get(name).map_or(&[][..], |a| &a.values);
    values
        .iter()
        .filter_map(|v| v.as_str().map(SmolStr::new))
        .take(LIST)
        .collect()
}

fn numbers(group: &Group, name: &str) -> Vec<i32> {
    let values = group.get(name).map_or(&[][..], |a| &a.values);
    values
        .iter()
        .filter_map(|v| v.as_integer().or(v.as_enum()))
        .take(LIST)
        .collect()
}

fn resolutions(group: &Group, name: &str) -> Vec<Resolution> {
    let values = group.get(name).map_or(&[][..], |a| &a.values);
    let dpi = |n: i32, units: i8| -> Option<u32> {
        let n = f64::from(n);
        // 3 is per inch, 4 per centimetre (RFC 8011, 5.1.16).
        let dpi = if units == 4 { n * 2.54 } else { n }.round();
        (1.0..=9_600.0).contains(&dpi).then_some(dpi as u32)
    };
    values
        .iter()
        .filter_map(|v| v.as_resolution())
        .filter_map(|(x, y, units)| {
            Some(Resolution {
                x: dpi(x, units)?,
                y: dpi(y, units)?,
            })
        })
        .take(LIST)
        .collect()
}

/// Pixel types of `urf-supported` (a list of words such as `SRGB24`, `W8-16`, `ADOBERGB24-48`).
fn urf_types(urf: &[SmolStr]) -> Vec<RasterType> {
    let has = |prefix: &str| urf.iter().any(|w| w.starts_with(prefix));
    [
        ("DEVRGB24", RasterType::Rgb8),
        ("ADOBERGB24", RasterType::AdobeRgb8),
        ("SRGB24", RasterType::Srgb8),
        ("W8", RasterType::Sgray8),
    ]
    .into_iter()
    .filter_map(|(word, kind)| has(word).then_some(kind))
    .collect()
}

/// Resolutions of `urf-supported`: `RS300-600`.
fn urf_resolutions(urf: &[SmolStr]) -> Vec<Resolution> {
    urf.iter()
        .filter_map(|w| w.strip_prefix("RS"))
        .flat_map(|list| list.split('-'))
        .filter_map(|n| n.parse().ok())
        .filter(|n| (1..=9_600).contains(n))
        .map(Resolution::square)
        .take(LIST)
        .collect()
}

/// Reads what a printer can do.
pub fn capabilities(answer: &Message) -> Result<Capabilities, Trouble> {
    let printer = printer_group(answer)?;
    let mime = words(printer, "document-format-supported");
    let takes = |format: RasterFormat| mime.iter().any(|m| m.eq_ignore_ascii_case(format.mime()));
    let urf = words(printer, "urf-supported");
    let pwg: Vec<RasterType> = words(printer, "pwg-raster-document-type-supported")
        .iter()
        .filter_map(|w| RasterType::from_keyword(w))
        .collect();
    // PWG raster first: its pixel types and resolutions are said in attributes of their own.
    let (formats, raster_types, mut dots) = if takes(RasterFormat::Pwg) && !pwg.is_empty() {
        let dots = resolutions(printer, "pwg-raster-document-resolution-supported");
        (vec![RasterFormat::Pwg], pwg, dots)
    } else if takes(RasterFormat::Urf) && !urf_types(&urf).is_empty() {
        (vec![RasterFormat::Urf], urf_types(&urf), urf_resolutions(&urf))
    } else {
        (vec![], vec![], vec![])
    };
    if dots.is_empty() {
        dots = resolutions(printer, "printer-resolution-supported");
    }
    let zero = |side: &str| numbers(printer, &format!("media-{side}-margin-supported")).contains(&0);
    Ok(Capabilities {
        make_and_model: printer
            .first("printer-make-and-model")
            .and_then(Value::as_str)
            .map(|t| SmolStr::new(clean(t)))
            .unwrap_or_default(),
        formats,
        raster_types,
        resolutions: dots,
        copies: printer
            .first("copies-supported")
            .and_then(Value::as_range)
            .and_then(|(_, most)| u32::try_from(most).ok())
            .unwrap_or(1)
            .max(1),
        media: words(printer, "media-supported"),
        media_types: words(printer, "media-type-supported"),
        media_sources: words(printer, "media-source-supported"),
        media_col: printer.get("media-col-supported").is_some(),
        print_scaling: words(printer, "print-scaling-supported").iter().any(|w| w == "none"),
        qualities: numbers(printer, "print-quality-supported"),
        borderless: ["top", "bottom", "left", "right"].into_iter().all(zero),
        create_job: {
            let operations = numbers(printer, "operations-supported");
            operations.contains(&0x0005) && operations.contains(&0x0006)
        },
    })
}

/// Reads how a printer is.
pub fn printer_status(answer: &Message) -> Result<PrinterStatus, Trouble> {
    let printer = printer_group(answer)?;
    let state = printer
        .first("printer-state")
        .and_then(Value::as_enum)
        .and_then(PrinterState::from_enum)
        .ok_or_else(|| wrong("it does not say its printer-state"))?;
    let reasons = words(printer, "printer-state-reasons");
    let ready: Vec<Media> = match printer.get("media-col-ready") {
        Some(attribute) => attribute
            .values
            .iter()
            .filter_map(|v| media(v.as_collection()?))
            .take(LIST)
            .collect(),
        None => words(printer, "media-ready")
            .iter()
            .filter_map(|name| MediaSize::from_name(name).ok())
            .map(|size| Media {
                size,
                media_type: SmolStr::default(),
                source: SmolStr::default(),
                margins: Margins::default(),
            })
            .collect(),
    };
    Ok(PrinterStatus {
        state,
        reasons: reasons.into_iter().filter(|r| r != "none").collect(),
        message: printer
            .first("printer-state-message")
            .and_then(Value::as_str)
            .map(|t| SmolStr::new(clean(t)))
            .unwrap_or_default(),
        accepting: printer
            .first("printer-is-accepting-jobs")
            .and_then(Value::as_bool)
            .unwrap_or(true),
        markers: markers(printer),
        media_ready: ready,
        reachable: true,
        at: Timestamp::now(),
    })
}

fn markers(printer: &Group) -> Vec<Marker> {
    let colors = words(printer, "marker-colors");
    let kinds = words(printer, "marker-types");
    let levels = numbers(printer, "marker-levels");
    let low = numbers(printer, "marker-low-levels");
    let high = numbers(printer, "marker-high-levels");
    words(printer, "marker-names")
        .into_iter()
        .enumerate()
        .take(64)
        .map(|(i, name)| Marker {
            name,
            color: colors.get(i).cloned().unwrap_or_else(|| SmolStr::new_static("none")),
            kind: kinds.get(i).cloned().unwrap_or_else(|| SmolStr::new_static("unknown")),
            // −2 is "unknown" (PWG 5100.9).
            level: levels.get(i).copied().unwrap_or(-2),
            low: low.get(i).copied(),
            high: high.get(i).copied(),
        })
        .collect()
}

fn media(members: &[Attribute]) -> Option<Media> {
    let first = |name: &str| members.iter().find(|m| m.name == name)?.values.first();
    let number = |members: &[Attribute], name: &str| {
        members
            .iter()
            .find(|m| m.name == name)?
            .values
            .first()?
            .as_integer()
            .filter(|n| (0..=1_000_000).contains(n))
    };
    let size = first("media-size")?.as_collection()?;
    let margin = |side: &str| Length::hundredths(number(members, &format!("media-{side}-margin")).unwrap_or(0));
    let word = |name: &str| {
        first(name)
            .and_then(Value::as_str)
            .map(SmolStr::new)
            .unwrap_or_default()
    };
    let (x, y) = (number(size, "x-dimension")?, number(size, "y-dimension")?);
    (x > 0 && y > 0).then(|| Media {
        size: MediaSize::from_sides(Length::hundredths(x), Length::hundredths(y)),
        media_type: word("media-type"),
        source: word("media-source"),
        margins: Margins {
            top: margin("top"),
            bottom: margin("bottom"),
            left: margin("left"),
            right: margin("right"),
        },
    })
}

/// The printer's job of an answer to Create-Job or Print-Job.
pub fn remote_job(answer: &Message) -> Result<RemoteJob, Trouble> {
    answer
        .group(group::JOB)
        .and_then(job)
        .ok_or_else(|| wrong("it made a job and did not say its job-id"))
}

fn job(group: &Group) -> Option<RemoteJob> {
    let id = group.first("job-id")?.as_integer().filter(|id| *id > 0)?;
    let uri = group.first("job-uri").and_then(Value::as_uri).map(SmolStr::new);
    Some(RemoteJob { id, uri })
}

/// How the printer's job stands.
pub fn job_state(answer: &Message) -> Result<RemoteJobState, Trouble> {
    let job = answer
        .group(group::JOB)
        .ok_or_else(|| wrong("it says nothing of its job"))?;
    let state = job
        .first("job-state")
        .and_then(Value::as_enum)
        .filter(|s| (3..=9).contains(s))
        .ok_or_else(|| wrong("it does not say its job's job-state"))?;
    let began = match job.first("time-at-processing") {
        _ if matches!(state, 5 | 6 | 9) => Some(true),
        Some(Value::Integer(_)) => Some(true),
        // 0x13 is no-value: that has not happened (RFC 8011, 5.3.14.2). Anything else says nothing.
        Some(Value::OutOfBand(0x13)) => Some(false),
        _ => None,
    };
    let count = |name: &str| {
        job.first(name)
            .and_then(Value::as_integer)
            .and_then(|n| u32::try_from(n).ok())
    };
    Ok(RemoteJobState {
        state,
        reasons: words(job, "job-state-reasons"),
        message: job
            .first("job-state-message")
            .and_then(Value::as_str)
            .map(|t| SmolStr::new(clean(t))),
        impressions_completed: count("job-impressions-completed").or_else(|| count("job-media-sheets-completed")),
        began,
    })
}

/// The name that the printer gives its job.
pub fn job_name(answer: &Message) -> Option<SmolStr> {
    name(answer.group(group::JOB)?).map(SmolStr::new)
}

/// The job of a Get-Jobs answer whose name carries the token.
pub fn job_with_token(answer: &Message, token: &str) -> Option<RemoteJob> {
    let mark = format!("[{token}]");
    let mut jobs = answer.groups_of(group::JOB);
    jobs.find(|g| name(g).is_some_and(|n| n.contains(&mark))).and_then(job)
}

fn name(job: &Group) -> Option<&str> {
    job.first("job-name")?.as_str()
}

fn printer_group(answer: &Message) -> Result<&Group, Trouble> {
    answer
        .group(group::PRINTER)
        .ok_or_else(|| wrong("it says nothing of itself"))
}

fn wrong(what: &str) -> Trouble {
    Trouble::new(
        TroubleClass::Protocol,
        format_smolstr!("it does not answer as IPP asks: {what}"),
    )
}
