//! What Print-Job, Validate-Job, Create-Job and Send-Document have in common: reading the client's wishes, checking
//! them against the printers, and taking a document in.

use smol_str::{SmolStr, format_smolstr};

use super::super::attributes::{Asked, read_wishes, submitted};
use super::super::codec::{Attribute, Value, status};
use super::super::failure::Failure;
use super::super::inflate::{Compression, Inflate, STEP};
use super::super::request::Data;
use super::Call;
use super::ignored::misplaced;
use crate::intake::{IntakeError, Received, Receiving, Submission, Wishes, candidates, decide, shortage};
use crate::model::{Destination, DocumentFormat, Job, JobReason, JobState, Timestamp};

/// A submission, and what of it was ignored or replaced.
pub struct Checked {
    pub submission: Submission,
    pub unsupported: Vec<Attribute>,
    /// Another status than the usual one.
    pub status: Option<u16>,
}

/// Reads and checks the attributes of a job that is to be made.
pub async fn check(call: &Call<'_>) -> Result<Checked, Failure> {
    let (destination, printer_uri) = call.known_printer().await?;
    check_accepts(call, &destination).await?;
    check_document_attributes(call)?;
    let asked = wishes(call, &destination).await?;
    let submission = Submission {
        name: text(call, "job-name"),
        user: call.valid.user.clone(),
        destination,
        priority: asked.priority,
        hold: asked.hold.and_then(|until| until.from(&jiff::ZonedDateTime::now())),
        printer_uri,
        wishes: asked.wishes,
    };
    Ok(Checked {
        submission,
        unsupported: asked.unsupported,
        status: asked.conflict.then_some(status::SUCCESSFUL_OK_CONFLICTING_ATTRIBUTES),
    })
}

/// Refuses new jobs where somebody has switched that off.
pub async fn check_accepts(call: &Call<'_>, destination: &Destination) -> Result<(), Failure> {
    if call.shared.store.house().await?.control(destination).takes_jobs() {
        return Ok(());
    }
    Err(Failure::new(
        status::SERVER_ERROR_NOT_ACCEPTING_JOBS,
        "this printer takes no jobs now: somebody has switched that off. Try again later, or another printer",
    ))
}

/// The wishes of a request, held against what the printers of a destination can do. With `ipp-attribute-fidelity` one
/// that can't be kept refuses the request.
pub async fn wishes(call: &Call<'_>, destination: &Destination) -> Result<Asked, Failure> {
    let operation = &call.valid.operation;
    let fidelity = match operation.get("ipp-attribute-fidelity").map(|a| a.values.as_slice()) {
        None => false,
        Some([Value::Boolean(fidelity)]) => *fidelity,
        Some(_) => return Err(Failure::bad_request("ipp-attribute-fidelity must be one boolean")),
    };
    let mut asked = read_wishes(&call.valid.job);
    if let Some(preset) = &call.preset {
        // What a preset says holds: whoever chose it has chosen that.
        for name in against(&asked.wishes, &preset.wishes) {
            if let Some(attribute) = call.valid.job.get(name)
                && !asked.unsupported.iter().any(|a| a.name == name)
            {
                asked.unsupported.push(attribute.clone());
            }
        }
        asked.wishes = preset.wishes.clone().or(std::mem::take(&mut asked.wishes));
    }
    let house = call.shared.store.house().await?;
    let able = candidates(&house, destination);
    let decision = decide(&asked.wishes, None, &able);
    if let Some(preset) = &call.preset
        && !decide(&preset.wishes, None, &able).ignored.is_empty()
    {
        return Err(Failure::new(
            status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED,
            format_smolstr!(
                "no printer can print what the preset \"{}\" says: its owner must change it in the configuration",
                preset.name
            ),
        ));
    }
    asked.add_ignored(&decision.ignored, &call.valid.job);
    asked.conflict = decision.conflict;
    if fidelity {
        // A wish in the wrong place is not kept either.
        for attribute in misplaced(operation) {
            if !asked.unsupported.iter().any(|a| a.name == attribute.name) {
                asked.unsupported.push(attribute);
            }
        }
    }
    if fidelity && !asked.unsupported.is_empty() {
        let names: Vec<&str> = asked.unsupported.iter().map(|a| a.name.as_str()).collect();
        let code = if asked.conflict {
            status::CLIENT_ERROR_CONFLICTING_ATTRIBUTES
        } else {
            status::CLIENT_ERROR_ATTRIBUTES_OR_VALUES_NOT_SUPPORTED
        };
        let mut failure = Failure::new(
            code,
            format_smolstr!("no printer here can do this exactly as asked: {}", names.join(", ")),
        );
        failure.unsupported = asked.unsupported;
        return Err(failure);
    }
    Ok(asked)
}

/// The job attributes in which a client wishes for something else than a preset says.
fn against(client: &Wishes, preset: &Wishes) -> Vec<&'static str> {
    fn differs<T: PartialEq>(client: Option<&T>, preset: Option<&T>) -> bool {
        client.is_some() && preset.is_some() && client != preset
    }
    let size = differs(client.size.as_ref(), preset.size.as_ref());
    let sheet =
        size || differs(
            client.media_type.as_ref().filter(|t| *t != "auto"),
            preset.media_type.as_ref(),
        ) || differs(client.source.as_ref().filter(|s| *s != "auto"), preset.source.as_ref())
            || differs(client.margins.as_ref(), preset.margins.as_ref());
    [
        ("media", size),
        ("media-col", sheet),
        (
            "print-quality",
            differs(client.quality.as_ref(), preset.quality.as_ref()),
        ),
        (
            "print-color-mode",
            differs(client.color_mode.as_ref(), preset.color_mode.as_ref()),
        ),
        (
            "print-scaling",
            differs(client.scaling.as_ref(), preset.scaling.as_ref()),
        ),
        (
            "print-rendering-intent",
            differs(client.intent.as_ref(), preset.intent.as_ref()),
        ),
    ]
    .into_iter()
    .filter_map(|(name, differs)| differs.then_some(name))
    .collect()
}

/// Refuses a compression or a format that can't be printed, before any byte of the document is read.
fn check_document_attributes(call: &Call<'_>) -> Result<Compression, Failure> {
    let operation = &call.valid.operation;
    let compression = Compression::read(operation.get("compression"))?;
    if let Some(format) = operation.get("document-format") {
        let mime = match format.values.as_slice() {
            [Value::MimeMediaType(mime)] => mime,
            _ => return Err(Failure::bad_request("document-format must be one mimeMediaType")),
        };
        if !is_printable(mime) {
            let mut failure = Failure::new(
                status::CLIENT_ERROR_DOCUMENT_FORMAT_NOT_SUPPORTED,
                "documents of this format can't be printed; JPEG, PNG, TIFF, PDF, PWG raster and Apple raster can",
            );
            failure.unsupported = vec![format.clone()];
            return Err(failure);
        }
    }
    Ok(compression)
}

fn is_printable(mime: &str) -> bool {
    let bare = mime.split(';').next().unwrap_or(mime).trim();
    bare.eq_ignore_ascii_case("application/octet-stream") || DocumentFormat::from_mime(bare).is_some()
}

/// Takes a document in: checked, durable in the spool.
pub async fn receive(call: &Call<'_>, data: &mut Data) -> Result<Received, Failure> {
    let compression = check_document_attributes(call)?;
    let Some(mut inflate) = Inflate::new(compression) else {
        let mut receiving = call.shared.intake.receive(data.announced())?;
        while let Some(bytes) = data.next().await? {
            receiving.write(bytes).await?;
        }
        return finish(call, receiving).await;
    };
    // How long it will be unpacked, nobody has said.
    let mut receiving = call.shared.intake.receive(None)?;
    while let Some(bytes) = data.next().await? {
        for step in bytes.chunks(STEP) {
            let unpacked = inflate.push(step)?;
            if !unpacked.is_empty() {
                receiving.write(unpacked.into()).await?;
            }
        }
    }
    let last = inflate.finish()?;
    if !last.is_empty() {
        receiving.write(last.into()).await?;
    }
    finish(call, receiving).await
}

async fn finish(call: &Call<'_>, receiving: Receiving) -> Result<Received, Failure> {
    let claimed = text(call, "document-format");
    let name = Some(text(call, "document-name")).filter(|name| !name.is_empty());
    Ok(receiving.finish(&claimed, name).await?)
}

/// Why a job was not made; with what of the request is to blame for it.
pub fn refused(call: &Call<'_>, error: IntakeError) -> Failure {
    let blamed = match error {
        IntakeError::NoPage(_) => call.valid.job.get("page-ranges").cloned(),
        _ => None,
    };
    let mut failure = Failure::from(error);
    failure.unsupported.extend(blamed);
    failure
}

/// Until when a job waits for a document that is on its way. A connection that pauses is closed long before.
pub fn receiving_until() -> Timestamp {
    Timestamp::now().plus_ms(6 * 60 * 60 * 1000)
}

/// Until when an open job waits for its document.
pub fn open_until(call: &Call<'_>) -> Timestamp {
    Timestamp::now().plus_ms(i64::from(call.shared.settings.multiple_operation_time_out) * 1000)
}

/// The first value of an operation attribute as text without control characters; empty when it is not there.
pub fn text(call: &Call<'_>, name: &str) -> SmolStr {
    let value = call
        .valid
        .operation
        .get(name)
        .and_then(|a| a.values.first())
        .and_then(Value::as_str);
    value
        .unwrap_or("")
        .chars()
        .filter(|c| !c.is_control())
        .take(255)
        .collect()
}

/// What the client is told about a job that it has just made: also that its paper is used up, which the plan would say a
/// moment later.
pub async fn told(call: &Call<'_>, job: &Job) -> Vec<Attribute> {
    // The job is made, whatever can't be read now.
    let Ok(house) = call.shared.store.house().await else {
        return submitted(job, &call.base);
    };
    match shortage(job, &house.papers, &house.on_hand) {
        Some(why) if job.state == JobState::Pending => {
            let mut job = job.clone();
            job.message = why;
            job.reasons.push(JobReason::ResourcesAreNotReady);
            submitted(&job, &call.base)
        }
        _ => submitted(job, &call.base),
    }
}
