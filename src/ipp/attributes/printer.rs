//! A printer's description (RFC 8011, 5.4): the pool, or one printer of it.
//!
//! The pool shows what at least one of its printers can do; state, reasons, supplies and loaded media are those of
//! the last status that was read.

use smol_str::{SmolStr, format_smolstr};
use uuid::Uuid;

use super::super::codec::{Attribute, Value};
use super::super::{inflate, ops, validate};
use super::template::template_attributes;
use super::{Requested, date_time, integer};
use crate::crypto::Sha256;
use crate::model::{Capabilities, Marker, PrinterId, PrinterRecord, PrinterState, PrinterStatus, Timestamp};

/// Most bytes of a text that clients expect of a printer's names (the suites ask for 127).
const NAME_OCTETS: usize = 127;

/// What is shown, and to whom.
pub struct View<'a> {
    /// The one printer, or `None` for the pool.
    pub id: Option<PrinterId>,
    /// The printers behind: one, or all.
    pub printers: &'a [PrinterRecord],
    /// Host and port as the client named them.
    pub host: &'a str,
    /// Jobs of this printer, or of all, that have not ended.
    pub queued: u32,
    /// Whether one of them is being printed.
    pub printing: bool,
    /// Identity of the house.
    pub uuid: Uuid,
    /// `multiple-operation-time-out`
    pub multiple_operation_time_out: u32,
    /// Most bytes of a document.
    pub document_bytes: u64,
    /// Why new jobs are refused for want of room on the disk, where they are.
    pub spool_full: Option<String>,
    /// `printer-up-time`, in seconds, 1 or more.
    pub up_time: i32,
    /// Now.
    pub now: Timestamp,
}

impl View<'_> {
    /// The name that people see.
    fn name(&self) -> SmolStr {
        match (&self.id, self.printers.first()) {
            (Some(_), Some(printer)) => printer.name.clone(),
            _ => SmolStr::new_static(validate::POOL),
        }
    }

    fn uri(&self) -> String {
        match &self.id {
            Some(id) => format!("ipp://{}/ipp/print/{id}", self.host),
            None => format!("ipp://{}/ipp/print", self.host),
        }
    }

    /// Capabilities as far as they are known.
    pub fn capabilities(&self) -> impl Iterator<Item = &Capabilities> {
        self.printers.iter().filter_map(|p| p.capabilities.as_ref())
    }

    /// Statuses as far as they were read, with the printers' names.
    pub fn statuses(&self) -> impl Iterator<Item = (&SmolStr, &PrinterStatus)> {
        self.printers
            .iter()
            .filter_map(|p| p.status.as_ref().map(|s| (&p.name, s)))
    }

    fn state(&self) -> PrinterState {
        let able = |s: &PrinterStatus| s.reachable && s.state != PrinterState::Stopped;
        if !self.statuses().any(|(_, s)| able(s)) {
            PrinterState::Stopped
        } else if self.printing {
            PrinterState::Processing
        } else {
            PrinterState::Idle
        }
    }

    fn reasons(&self) -> Vec<Value> {
        let mut words: Vec<&str> = Vec::new();
        if self.spool_full.is_some() {
            // RFC 8011, 5.4.12.
            words.push("spool-area-full");
        }
        for reason in self.statuses().flat_map(|(_, s)| &s.reasons) {
            // What a printer says goes out again only as a keyword should look.
            let is_keyword = !reason.is_empty()
                && reason.len() <= 127
                && reason.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            if is_keyword && reason != "none" && !words.contains(&reason.as_str()) {
                words.push(reason);
            }
        }
        if words.is_empty() {
            words.push("none");
        }
        words.into_iter().map(Value::keyword).collect()
    }

    fn message(&self) -> String {
        let of_printers = self.statuses().filter(|(_, s)| !s.message.is_empty()).map(|(name, s)| {
            if self.id.is_some() {
                s.message.to_string()
            } else {
                format!("{name}: {}", s.message)
            }
        });
        let said: Vec<String> = self.spool_full.iter().cloned().chain(of_printers).collect();
        said.join("; ")
    }

    fn own_uuid(&self) -> Uuid {
        let Some(id) = &self.id else { return self.uuid };
        let mut digest = Sha256::new();
        digest.update(self.uuid.as_bytes());
        digest.update(id.as_str().as_bytes());
        let mut bytes = [0u8; 16];
        bytes.copy_from_slice(&digest.finish().0[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

/// All attributes of the view that were asked for.
pub fn printer_attributes(view: &View, requested: &Requested) -> Vec<Attribute> {
    let mut all = Vec::with_capacity(120);
    identity(view, &mut all);
    abilities(view, &mut all);
    state(view, &mut all);
    markers(view, &mut all);
    template_attributes(view, requested, &mut all);
    requested.filter(all)
}

fn identity(view: &View, all: &mut Vec<Attribute>) {
    let name = view.name();
    let models: Vec<&SmolStr> = view.capabilities().map(|c| &c.make_and_model).collect();
    let model = match models.first() {
        Some(first) if models.iter().all(|m| m == first) => (*first).clone(),
        _ => SmolStr::new_static("Platen print server"),
    };
    let short = |text: &str| {
        let mut end = text.len().min(NAME_OCTETS);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].to_owned()
    };
    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("printer-uri-supported", Value::uri(&view.uri()));
    put("uri-security-supported", Value::keyword("none"));
    put("uri-authentication-supported", Value::keyword("requesting-user-name"));
    put("printer-name", Value::name(&short(&name)));
    put("printer-info", Value::text(&short(&name)));
    put("printer-make-and-model", Value::text(&short(&model)));
    put("printer-location", Value::text(""));
    put("printer-uuid", Value::uri(&format!("urn:uuid:{}", view.own_uuid())));
    put("printer-more-info", Value::uri(&format!("http://{}/", view.host)));
    put("charset-configured", Value::charset("utf-8"));
    put("charset-supported", Value::charset("utf-8"));
    put("natural-language-configured", Value::language("en"));
    put("generated-natural-language-supported", Value::language("en"));
}

fn abilities(view: &View, all: &mut Vec<Attribute>) {
    let versions = validate::VERSIONS
        .iter()
        .filter(|v| **v != (1, 0) && v.1 < 2 && **v != (2, 1));
    let versions: Vec<Value> = versions.map(|(a, b)| Value::keyword(&format!("{a}.{b}"))).collect();
    all.push(Attribute::new_all("ipp-versions-supported", versions));
    let operations = ops::SUPPORTED.iter().map(|op| Value::Enum(i32::from(*op))).collect();
    all.push(Attribute::new_all("operations-supported", operations));
    let formats = [
        "application/octet-stream",
        "application/pdf",
        "image/jpeg",
        "image/png",
        "image/pwg-raster",
        "image/tiff",
        "image/urf",
    ];
    all.push(Attribute::new_all(
        "document-format-supported",
        formats.map(Value::mime).to_vec(),
    ));
    all.push(Attribute::new_all(
        "which-jobs-supported",
        ["completed", "not-completed", "all"].map(Value::keyword).to_vec(),
    ));
    let creation = [
        "copies",
        "finishings",
        "job-hold-until",
        "job-hold-until-time",
        "job-name",
        "job-priority",
        "media",
        "media-col",
        "orientation-requested",
        "output-bin",
        "print-color-mode",
        "print-quality",
        "print-rendering-intent",
        "print-scaling",
        "printer-resolution",
        "sides",
    ];
    all.push(Attribute::new_all(
        "job-creation-attributes-supported",
        creation.map(Value::keyword).to_vec(),
    ));
    all.push(Attribute::new_all(
        "compression-supported",
        inflate::SUPPORTED.map(Value::keyword).to_vec(),
    ));
    let color = view
        .capabilities()
        .any(|c| c.raster_types.iter().any(|t| t.channels() == 3));
    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("document-format-default", Value::mime("application/octet-stream"));
    put("pdl-override-supported", Value::keyword("attempted"));
    put(
        "color-supported",
        Value::Boolean(color || view.capabilities().next().is_none()),
    );
    put("job-ids-supported", Value::Boolean(true));
    put("multiple-document-jobs-supported", Value::Boolean(false));
    put("multiple-operation-time-out", integer(view.multiple_operation_time_out));
    put("multiple-operation-time-out-action", Value::keyword("abort-job"));
    put(
        "job-k-octets-supported",
        Value::Range(0, i32::try_from(view.document_bytes / 1024).unwrap_or(i32::MAX)),
    );
    put("pages-per-minute", Value::Integer(1));
    put("pages-per-minute-color", Value::Integer(1));
}

fn state(view: &View, all: &mut Vec<Attribute>) {
    all.push(Attribute::new_all("printer-state-reasons", view.reasons()));
    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("printer-state", Value::Enum(view.state().as_enum()));
    put("printer-state-message", Value::text(&view.message()));
    // The queue takes jobs also while printers rest: that is what a queue is for.
    put("printer-is-accepting-jobs", Value::Boolean(view.spool_full.is_none()));
    put("queued-job-count", integer(view.queued));
    put("printer-up-time", Value::Integer(view.up_time));
    put("printer-current-time", date_time(view.now));
}

fn markers(view: &View, all: &mut Vec<Attribute>) {
    let many = view.id.is_none() && view.printers.len() > 1;
    let list: Vec<(SmolStr, &Marker)> = view
        .statuses()
        .flat_map(|(printer, s)| {
            s.markers.iter().map(move |m| {
                (
                    if many {
                        format_smolstr!("{printer} {}", m.name)
                    } else {
                        m.name.clone()
                    },
                    m,
                )
            })
        })
        .collect();
    if list.is_empty() {
        return;
    }
    let mut put = |name: &str, value: &dyn Fn(&(SmolStr, &Marker)) -> Value| {
        all.push(Attribute::new_all(name, list.iter().map(value).collect()));
    };
    put("marker-names", &|(name, _)| Value::name(name));
    put("marker-colors", &|(_, m)| Value::name(&m.color));
    put("marker-types", &|(_, m)| Value::keyword(&m.kind));
    put("marker-levels", &|(_, m)| Value::Integer(m.level));
    put("marker-low-levels", &|(_, m)| Value::Integer(m.low.unwrap_or(10)));
    put("marker-high-levels", &|(_, m)| Value::Integer(m.high.unwrap_or(100)));
}
