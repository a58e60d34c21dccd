//! A printer's description (RFC 8011, 5.4; PWG 5100.13, 5100.14): the pool, or one printer of it.
//!
//! The pool shows what at least one of its printers can do; state, reasons, supplies and loaded media are those of
//! the last status that was read.

use smol_str::SmolStr;
use uuid::Uuid;

use super::super::codec::{Attribute, Value};
use super::super::{Scheme, icons, validate};
use super::abilities::abilities;
use super::constraints::constraints;
use super::preset::narrow;
use super::state::state;
use super::supplies::supplies;
use super::template::template_attributes;
use super::{Requested, UNKNOWN};
use crate::crypto::Sha256;
use crate::intake::Preset;
use crate::model::{Capabilities, Loaded, Pool, PrinterControl, PrinterId, PrinterRecord, PrinterStatus, Timestamp};

/// Most bytes of a text that clients expect of a printer's names (the suites ask for 127).
const NAME_OCTETS: usize = 127;

/// `printer-settable-attributes-supported`: the texts that an owner gives a printer, and what somebody has put into it.
pub const PRINTER_SETTABLE: [&str; 7] = [
    "media-col-ready",
    "printer-geo-location",
    "printer-info",
    "printer-location",
    "printer-message-from-operator",
    "printer-organization",
    "printer-organizational-unit",
];

/// What is shown, and to whom.
pub struct View<'a> {
    /// The one printer, or `None` for the pool.
    pub id: Option<PrinterId>,
    /// The named pool that it is or leads to, where it is one.
    pub pool: Option<&'a Pool>,
    /// The preset that is shown, where it is one.
    pub preset: Option<&'a Preset>,
    /// The printers behind: one, or all.
    pub printers: &'a [PrinterRecord],
    /// What lies in feeders, as far as it is on record; may hold other printers'.
    pub loaded: &'a [Loaded],
    /// Host and port as the client named them.
    pub host: &'a str,
    /// Whether TLS is accepted.
    pub tls: bool,
    /// How clients show who they are, where they are asked.
    pub authentication: Option<Scheme>,
    /// What people have switched and written down.
    pub control: &'a PrinterControl,
    /// Jobs of this printer, or of all, that have not ended.
    pub queued: u32,
    /// Those of the printers behind that are printing one of them.
    pub busy: Vec<PrinterId>,
    /// Those of the printers behind that people have paused.
    pub paused: Vec<PrinterId>,
    /// Identity of the house.
    pub uuid: Uuid,
    /// `multiple-operation-time-out`
    pub multiple_operation_time_out: u32,
    /// Most bytes of a document.
    pub document_bytes: u64,
    /// Most pixels of a picture's side.
    pub side: u32,
    /// Why new jobs are refused for want of room on the disk, where they are.
    pub spool_full: Option<String>,
    /// When `printer-up-time` began to count.
    pub opened_at: Timestamp,
    /// `printer-up-time`, in seconds, 1 or more.
    pub up_time: i32,
    /// Now.
    pub now: Timestamp,
}

impl View<'_> {
    /// The name that people see.
    fn name(&self) -> SmolStr {
        if let Some(preset) = self.preset {
            return preset.name.clone();
        }
        if let Some(pool) = self.pool {
            return pool.name.clone();
        }
        match (&self.id, self.printers.first()) {
            (Some(_), Some(printer)) => printer.name.clone(),
            _ => SmolStr::new_static(validate::POOL),
        }
    }

    /// Whether there may be several printers behind it.
    pub fn is_pool(&self) -> bool {
        self.id.is_none() || self.pool.is_some()
    }

    /// The short name of what is shown; none is the pool.
    fn own_id(&self) -> Option<&PrinterId> {
        self.preset.map(|preset| &preset.id).or(self.id.as_ref())
    }

    fn uri(&self, scheme: &str) -> String {
        match self.own_id() {
            Some(id) => format!("{scheme}://{}/ipp/print/{id}", self.host),
            None => format!("{scheme}://{}/ipp/print", self.host),
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

    /// A moment as seconds of `printer-up-time`; what was before the start is 1 (RFC 8011, 5.4.29: never 0).
    pub fn ticks(&self, at: Timestamp) -> Value {
        let seconds = (at.0 - self.opened_at.0).div_euclid(1000) + 1;
        Value::Integer(i32::try_from(seconds).unwrap_or(i32::MAX).clamp(1, self.up_time))
    }

    fn own_uuid(&self) -> Uuid {
        let Some(id) = self.own_id() else { return self.uuid };
        let mut digest = Sha256::new();
        digest.update(self.uuid.as_bytes());
        digest.update(id.as_str().as_bytes());
        let mut bytes = [0u8; 16];
        bytes.copy_from_slice(&digest.finish().0[..16]);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// `printer-make-and-model`: that of the printers behind, where it is one.
    pub fn model(&self) -> SmolStr {
        let models: Vec<&SmolStr> = self.capabilities().map(|c| &c.make_and_model).collect();
        match models.first() {
            Some(first) if models.iter().all(|m| m == first) => (*first).clone(),
            _ => SmolStr::new_static("Platen print server"),
        }
    }
}

/// All attributes of the view that were asked for.
pub fn printer_attributes(view: &View, requested: &Requested) -> Vec<Attribute> {
    let mut all = Vec::with_capacity(160);
    identity(view, &mut all);
    abilities(view, &mut all);
    state(view, &mut all);
    supplies(view, &mut all);
    template_attributes(view, requested, &mut all);
    match view.preset {
        Some(preset) => narrow(preset, &mut all),
        None => constraints(view, &mut all),
    }
    requested.filter(all)
}

fn identity(view: &View, all: &mut Vec<Attribute>) {
    let name = view.name();
    let model = view.model();
    let control = view.control;
    // A preset has its own name, whatever the printer behind is called.
    let info = control.info.as_deref().filter(|_| view.preset.is_none());
    let short = |text: &str| {
        let mut end = text.len().min(NAME_OCTETS);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].to_owned()
    };
    let host = view.host;
    let icons = icons::SIZES
        .iter()
        .map(|size| Value::uri(&format!("http://{host}{}", icons::path(*size))));
    all.push(Attribute::new_all("printer-icons", icons.collect()));
    all.push(Attribute::new_all(
        "printer-kind",
        ["document", "photo"].map(Value::keyword).to_vec(),
    ));
    // The same port takes both: plain, and TLS from the first byte or after an upgrade.
    // Whoever must say who he is does so by TLS alone.
    let schemes: &[(&str, &str)] = if view.tls && view.authentication.is_some() {
        &[("ipps", "tls")]
    } else if view.tls {
        &[("ipp", "none"), ("ipps", "tls")]
    } else {
        &[("ipp", "none")]
    };
    let mut of_schemes = |name: &str, value: &dyn Fn(&str, &str) -> Value| {
        let values = schemes.iter().map(|(scheme, security)| value(scheme, security));
        all.push(Attribute::new_all(name, values.collect()));
    };
    of_schemes("printer-uri-supported", &|scheme, _| Value::uri(&view.uri(scheme)));
    of_schemes("uri-security-supported", &|_, security| Value::keyword(security));
    of_schemes("uri-authentication-supported", &|_, _| {
        Value::keyword(view.authentication.map_or("requesting-user-name", Scheme::keyword))
    });
    let mut put = |name: &str, value: Value| all.push(Attribute::new(name, value));
    put("printer-name", Value::name(&short(&name)));
    put("printer-info", Value::text(&short(info.unwrap_or(&name))));
    put("printer-make-and-model", Value::text(&short(&model)));
    put("printer-device-id", Value::text(&device_id(&model)));
    put("printer-location", Value::text(&control.location));
    put(
        "printer-geo-location",
        control.geo_location.as_deref().map_or(UNKNOWN, Value::uri),
    );
    put("printer-organization", Value::text(&control.organization));
    put("printer-organizational-unit", Value::text(&control.organizational_unit));
    put(
        "printer-message-from-operator",
        Value::text(&control.message_from_operator),
    );
    put("printer-uuid", Value::uri(&format!("urn:uuid:{}", view.own_uuid())));
    put("printer-more-info", Value::uri(&format!("http://{host}/")));
    put(
        "printer-supply-info-uri",
        Value::uri(&format!("http://{host}/supplies")),
    );
    put("charset-configured", Value::charset("utf-8"));
    put("charset-supported", Value::charset("utf-8"));
    put("natural-language-configured", Value::language("en"));
    put("generated-natural-language-supported", Value::language("en"));
}

/// `printer-device-id` (IEEE 1284.4 keys): what is said of the printer that is shown, with the formats taken here.
fn device_id(model: &str) -> String {
    let clean: String = model
        .chars()
        .filter(|c| !";:".contains(*c) && !c.is_control())
        .collect();
    let (make, rest) = clean.split_once(' ').unwrap_or((&clean, &clean));
    format!("MFG:{make};MDL:{rest};CMD:PWGRaster,URF,PDF,JPEG;CLS:PRINTER;DES:{clean};")
}
