//! Announcing the pool and its printers on the LAN by DNS-SD over multicast DNS (RFC 6762, 6763; PWG 5100.14, 4.2.3;
//! Apple's Bonjour Printing Specification 1.2.1).
//!
//! What is announced is read out of the attributes that clients get, so that the two can't disagree. It is announced
//! anew when it changes, and taken back when the door closes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};
use tokio::sync::watch;

use super::attributes::Requested;
use super::codec::{Attribute, Value};
use super::ops::describe;
use super::{Shared, Shown};
use crate::model::{Destination, MediaSize};
use crate::store::StoreError;

/// Changes that come together are announced once.
const TOGETHER: Duration = Duration::from_secs(1);
/// How long goodbyes may take.
const GOODBYE: Duration = Duration::from_millis(800);
/// Longest string of a TXT record, with its key (RFC 6763, 6.1).
const TXT_OCTETS: usize = 255;
/// Longest instance name in octets (RFC 6763, 4.1.1).
const NAME_OCTETS: usize = 63;

/// One service of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Service {
    port: u16,
    txt: Vec<(&'static str, String)>,
}

/// Services by their type and the instance's name.
type Services = BTreeMap<(&'static str, String), Service>;

/// The first value as text.
fn word<'a>(attributes: &'a [Attribute], name: &str) -> &'a str {
    let found = attributes.iter().find(|a| a.name == name);
    found
        .and_then(|a| a.values.first())
        .and_then(Value::as_str)
        .unwrap_or("")
}

/// All values, with commas.
fn list(attributes: &[Attribute], name: &str) -> String {
    let values = attributes
        .iter()
        .find(|a| a.name == name)
        .map_or(&[][..], |a| &a.values);
    let words: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    words.join(",")
}

/// `PaperMax`: the largest sheet, in the words of Bonjour printing.
fn paper_max(media: &str) -> &'static str {
    let long_side = |name: &str| MediaSize::from_name(name).ok().map(|s| s.x.max(s.y).as_hundredths());
    let longest = media.split(',').filter_map(long_side).max().unwrap_or(0);
    // A4, legal, ledger and A2, in hundredths of a millimetre.
    let names = [
        (29_699, "<legal-A4"),
        (35_560, "legal-A4"),
        (43_180, "tabloid-A3"),
        (59_400, "isoC-A2"),
    ];
    let found = names.iter().find(|(most, _)| longest <= *most);
    found.map_or(">isoC-A2", |(_, name)| name)
}

/// The TXT record of `_ipp._tcp` and `_ipps._tcp`.
fn txt(attributes: &[Attribute], path: &str, tls: bool) -> Vec<(&'static str, String)> {
    let flag = |name: &str| {
        let value = attributes
            .iter()
            .find(|a| a.name == name)
            .and_then(|a| a.values.first());
        if value.and_then(Value::as_bool) == Some(true) {
            "T"
        } else {
            "F"
        }
    };
    let model = word(attributes, "printer-make-and-model");
    let uuid = word(attributes, "printer-uuid");
    // Those first that every client prints by; what is found by its bytes is no format to ask for.
    let formats = list(attributes, "document-format-supported");
    let formats: Vec<&str> = formats
        .split(',')
        .filter(|f| *f != "application/octet-stream")
        .collect();
    let mut txt = vec![
        ("txtvers", "1".to_owned()),
        ("qtotal", "1".to_owned()),
        ("rp", path.trim_start_matches('/').to_owned()),
        ("ty", model.to_owned()),
        ("adminurl", word(attributes, "printer-more-info").to_owned()),
        ("note", word(attributes, "printer-location").to_owned()),
        ("priority", "50".to_owned()),
        ("product", format!("({model})")),
        ("pdl", formats.join(",")),
        ("URF", list(attributes, "urf-supported")),
        ("UUID", uuid.trim_start_matches("urn:uuid:").to_owned()),
        ("Color", flag("color-supported").to_owned()),
        ("Duplex", "F".to_owned()),
        ("Copies", "T".to_owned()),
        ("PaperMax", paper_max(&list(attributes, "media-supported")).to_owned()),
        ("kind", list(attributes, "printer-kind")),
    ];
    if tls {
        txt.push(("TLS", "1.3".to_owned()));
    }
    for (key, value) in &mut txt {
        cut(value, TXT_OCTETS - key.len() - 1);
    }
    txt
}

/// At most so many octets, between characters.
fn cut(text: &mut String, octets: usize) {
    let mut end = text.len().min(octets);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

/// The services of one printer, or of the pool.
fn services(attributes: &[Attribute], path: &str, port: u16, tls: bool) -> Services {
    let mut name = word(attributes, "printer-info").to_owned();
    cut(&mut name, NAME_OCTETS);
    let mut services = Services::new();
    let mut add = |kind: &'static str, port: u16, txt: Vec<(&'static str, String)>| {
        services.insert((kind, name.clone()), Service { port, txt });
    };
    add("_ipp._tcp", port, txt(attributes, path, tls));
    if tls {
        add("_ipps._tcp", port, txt(attributes, path, tls));
    }
    // Nobody prints by LPD here: with port 0 the name is taken for it (Bonjour printing, "flagship").
    add("_printer._tcp", 0, Vec::new());
    add("_http._tcp", port, vec![("path", "/".to_owned())]);
    services
}

/// Everything that is to be announced.
async fn wanted(shared: &Shared, host: &str, port: u16) -> Result<Services, StoreError> {
    let house = shared.store.house().await?;
    let mut places = vec![(Shown::of(Destination::Pool), "/ipp/print".to_owned())];
    // One printer is the pool: it is shown once.
    let printers = house
        .printers
        .iter()
        .filter(|_| house.printers.len() > 1)
        .map(|p| &p.id);
    let pools = house.pools.iter().map(|pool| &pool.id);
    places.extend(printers.chain(pools).map(|id| {
        let path = format!("/ipp/print/{id}");
        (Shown::of(Destination::Printer(id.clone())), path)
    }));
    let presets = shared.settings.presets();
    places.extend(
        presets
            .iter()
            .map(|preset| (Shown::preset(preset), format!("/ipp/print/{}", preset.id))),
    );
    let authority = format!("{}:{port}", host.trim_end_matches('.'));
    let mut all = Services::new();
    for (shown, path) in places {
        let attributes = describe(shared, &authority, shown, &Requested::all()).await?;
        all.extend(services(&attributes, &path, port, shared.settings.tls));
    }
    Ok(all)
}

/// The two responders: each tells of one subtype.
struct Responders {
    print: ServiceDaemon,
    universal: ServiceDaemon,
    host: String,
    known: Services,
}

impl Responders {
    fn new(host: String, ipv6: bool) -> Result<Self, mdns_sd::Error> {
        let responder = || {
            let daemon = ServiceDaemon::new()?;
            if !ipv6 {
                daemon.disable_interface(IfKind::IPv6)?;
            }
            Ok::<_, mdns_sd::Error>(daemon)
        };
        Ok(Responders {
            print: responder()?,
            universal: responder()?,
            host,
            known: Services::new(),
        })
    }

    /// Announces what is new or changed, and takes back what is gone.
    fn update(&mut self, wanted: Services) -> Result<(), mdns_sd::Error> {
        for (key, service) in &wanted {
            if self.known.get(key) != Some(service) {
                self.register(key.0, &key.1, service)?;
            }
        }
        for key in self.known.keys().filter(|key| !wanted.contains_key(*key)) {
            self.unregister(key.0, &key.1)?;
        }
        self.known = wanted;
        Ok(())
    }

    fn register(&self, kind: &str, name: &str, service: &Service) -> Result<(), mdns_sd::Error> {
        let info = |kind: &str| {
            let info = ServiceInfo::new(kind, name, &self.host, "", service.port, &service.txt[..])?;
            Ok::<_, mdns_sd::Error>(info.enable_addr_auto())
        };
        match kind {
            "_ipp._tcp" | "_ipps._tcp" => {
                self.print.register(info(&format!("_print._sub.{kind}.local."))?)?;
                // The same records with another subtype: what is identical is no conflict (RFC 6762, 9).
                self.universal
                    .register(info(&format!("_universal._sub.{kind}.local."))?)
            }
            "_http._tcp" => self.print.register(info("_printer._sub._http._tcp.local.")?),
            _ => self.print.register(info(&format!("{kind}.local."))?),
        }
    }

    fn unregister(&self, kind: &str, name: &str) -> Result<(), mdns_sd::Error> {
        let full = format!("{}.{kind}.local.", name.replace('\\', "\\\\").replace('.', "\\."));
        self.print.unregister(&full)?;
        if kind.starts_with("_ipp") {
            self.universal.unregister(&full)?;
        }
        Ok(())
    }

    /// Says goodbye and ends.
    async fn stop(mut self) {
        if let Err(error) = self.update(Services::new()) {
            log::debug!("DNS-SD: {error}");
        }
        let goodbyes = async {
            for responder in [&self.print, &self.universal] {
                if let Ok(ended) = responder.shutdown() {
                    let _ = ended.recv_async().await;
                }
            }
        };
        let _ = tokio::time::timeout(GOODBYE, goodbyes).await;
    }
}

/// The name of this host in `.local`.
fn host() -> String {
    let system = rustix::system::uname();
    let full = system.nodename().to_string_lossy();
    let short: String = full
        .split('.')
        .next()
        .unwrap_or("")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    format!("{}.local.", if short.is_empty() { "platen" } else { &short })
}

/// Says in the log when a name had to be changed, because somebody else on the LAN has it.
async fn tell_renames(events: Option<&mdns_sd::Receiver<mdns_sd::DaemonEvent>>) {
    let Some(events) = events else {
        return std::future::pending().await;
    };
    while let Ok(event) = events.recv_async().await {
        if let mdns_sd::DaemonEvent::NameChange(change) = event {
            log::warn!(
                "somebody on the LAN has the name {} already; it is now {}",
                change.original,
                change.new_name
            );
        }
    }
    std::future::pending().await
}

/// Announces until the door closes.
pub async fn run(shared: Arc<Shared>, port: u16, ipv6: bool, mut closing: watch::Receiver<bool>) {
    let host = host();
    let mut responders = match Responders::new(host.clone(), ipv6) {
        Ok(responders) => responders,
        Err(error) => {
            log::warn!("the printers can't be announced on the LAN: {error}; they can be added by their address");
            return;
        }
    };
    let renamed = responders.print.monitor().ok();
    let mut events = shared.store.subscribe();
    let mut presets = shared.settings.presets.clone();
    log::info!("announced on the LAN by DNS-SD as {}", host.trim_end_matches('.'));
    loop {
        events.borrow_and_update();
        presets.borrow_and_update();
        match wanted(&shared, &host, port).await {
            Ok(wanted) => {
                if let Err(error) = responders.update(wanted) {
                    log::warn!("DNS-SD: {error}");
                }
            }
            Err(error) => log::error!("what is to be announced could not be read: {error}"),
        }
        tokio::select! {
            _ = closing.wait_for(|c| *c) => break,
            _ = events.changed() => {}
            Ok(()) = presets.changed() => {}
            () = tell_renames(renamed.as_ref()) => {}
        }
        tokio::select! {
            _ = closing.wait_for(|c| *c) => break,
            () = tokio::time::sleep(TOGETHER) => {}
        }
    }
    responders.stop().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes() -> Vec<Attribute> {
        vec![
            Attribute::new("printer-info", Value::text("The studio")),
            Attribute::new("printer-make-and-model", Value::text("Canon PRO-1000")),
            Attribute::new("printer-more-info", Value::uri("http://studio.local:631/")),
            Attribute::new("printer-location", Value::text("Back room")),
            Attribute::new("printer-uuid", Value::uri("urn:uuid:0000")),
            Attribute::new("color-supported", Value::Boolean(true)),
            Attribute::new_all(
                "document-format-supported",
                ["application/octet-stream", "image/jpeg", "image/urf"]
                    .map(Value::mime)
                    .to_vec(),
            ),
            Attribute::new_all("urf-supported", ["V1.4", "W8"].map(Value::keyword).to_vec()),
            Attribute::new_all(
                "media-supported",
                ["iso_a4_210x297mm", "na_c_17x22in"].map(Value::keyword).to_vec(),
            ),
            Attribute::new_all("printer-kind", ["document", "photo"].map(Value::keyword).to_vec()),
        ]
    }

    #[test]
    fn what_is_announced_is_what_clients_are_told() {
        let all = services(&attributes(), "/ipp/print/gertie", 631, true);
        let kinds: Vec<&str> = all.keys().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds, ["_http._tcp", "_ipp._tcp", "_ipps._tcp", "_printer._tcp"]);
        assert!(all.keys().all(|(_, name)| name == "The studio"));
        let ipp = &all[&("_ipp._tcp", "The studio".to_owned())];
        let value = |key: &str| ipp.txt.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str());
        assert_eq!(value("rp"), Some("ipp/print/gertie"));
        assert_eq!(value("adminurl"), Some("http://studio.local:631/"));
        assert_eq!(value("pdl"), Some("image/jpeg,image/urf"));
        assert_eq!(value("URF"), Some("V1.4,W8"));
        assert_eq!(value("PaperMax"), Some("isoC-A2"));
        assert_eq!(
            (value("Color"), value("TLS"), value("kind")),
            (Some("T"), Some("1.3"), Some("document,photo"))
        );
        assert_eq!(all[&("_printer._tcp", "The studio".to_owned())].port, 0);
        let plain = services(&attributes(), "/ipp/print", 631, false);
        assert_eq!(plain.len(), 3, "no ipps without TLS");
    }

    #[test]
    fn long_words_are_cut_between_characters() {
        let mut long = attributes();
        long[0] = Attribute::new("printer-info", Value::text(&"ü".repeat(60)));
        long[3] = Attribute::new("printer-location", Value::text(&"ö".repeat(300)));
        let all = services(&long, "/ipp/print", 631, true);
        let ((_, name), ipp) = all.iter().find(|((kind, _), _)| *kind == "_ipp._tcp").unwrap();
        assert_eq!(name.len(), 62);
        assert!(ipp.txt.iter().all(|(k, v)| k.len() + 1 + v.len() <= TXT_OCTETS));
    }
}
