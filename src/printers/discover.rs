//! Looking for printers on the LAN by DNS-SD (RFC 6763).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use mdns_sd::{ResolvedService, ServiceDaemon, ServiceEvent};
use smol_str::{SmolStr, format_smolstr};

/// What is looked for: IPP, and IPP by TLS.
const KINDS: [&str; 2] = ["_ipp._tcp.local.", "_ipps._tcp.local."];
/// How long one waits for answers.
const PATIENCE: Duration = Duration::from_secs(3);
/// Most printers that are told of.
const MOST: usize = 100;
/// Most characters of each text that a printer tells of itself.
const MOST_TEXT: usize = 127;

/// A printer that announces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// What it calls itself.
    pub name: SmolStr,
    /// Where it can be reached; `None`: by TLS alone, which is not there yet.
    pub uri: Option<SmolStr>,
    /// Its model (TXT `ty`).
    pub make_and_model: SmolStr,
    /// Where it stands (TXT `note`).
    pub location: SmolStr,
    /// Its host in `.local`.
    pub host: SmolStr,
    /// Its identity (TXT `UUID`).
    pub uuid: Option<SmolStr>,
}

/// An announcement.
#[derive(Debug, Clone)]
struct Heard {
    kind: &'static str,
    instance: String,
    host: String,
    port: u16,
    addresses: Vec<IpAddr>,
    /// `rp`, `ty`, `note`, `UUID`
    txt: [SmolStr; 4],
}

/// Looks for printers. `own` are the ports at which this house listens for IPP: what it announces itself is left out.
///
/// # Errors
/// Why it can't be looked, in words.
pub async fn discover(own: &[u16]) -> Result<Vec<Discovered>, SmolStr> {
    let wrong = |error: mdns_sd::Error| format_smolstr!("printers can't be looked for on the LAN: {error}");
    let daemon = ServiceDaemon::new().map_err(wrong)?;
    let mut heard: Vec<Heard> = Vec::new();
    let deadline = tokio::time::Instant::now() + PATIENCE;
    let (ipp, ipps) = (
        daemon.browse(KINDS[0]).map_err(wrong)?,
        daemon.browse(KINDS[1]).map_err(wrong)?,
    );
    while heard.len() < MOST * KINDS.len() {
        let event = tokio::select! {
            event = ipp.recv_async() => event.map(|event| (KINDS[0], event)),
            event = ipps.recv_async() => event.map(|event| (KINDS[1], event)),
            () = tokio::time::sleep_until(deadline) => break,
        };
        match event {
            Ok((kind, ServiceEvent::ServiceResolved(service))) => heard.push(told(kind, &service)),
            Ok(_) => {}
            Err(_) => break,
        }
    }
    if let Ok(ended) = daemon.shutdown() {
        let _ = tokio::time::timeout(Duration::from_millis(500), ended.recv_async()).await;
    }
    let system = rustix::system::uname();
    Ok(printers(heard, &system.nodename().to_string_lossy(), own))
}

fn told(kind: &'static str, service: &ResolvedService) -> Heard {
    let text = |key: &str| -> SmolStr {
        let value = service.get_property_val_str(key).unwrap_or_default();
        value.chars().filter(|c| !c.is_control()).take(MOST_TEXT).collect()
    };
    let instance = service
        .get_fullname()
        .strip_suffix(kind)
        .unwrap_or(service.get_fullname());
    let instance = instance.trim_end_matches('.').replace("\\.", ".").replace("\\\\", "\\");
    Heard {
        kind,
        instance: instance.chars().filter(|c| !c.is_control()).take(MOST_TEXT).collect(),
        host: service.get_hostname().trim_end_matches('.').to_owned(),
        port: service.get_port(),
        addresses: service
            .get_addresses()
            .iter()
            .map(mdns_sd::ScopedIp::to_ip_addr)
            .collect(),
        txt: ["rp", "ty", "note", "UUID"].map(text),
    }
}

/// The printers of what was heard, each once, by their names.
fn printers(heard: Vec<Heard>, own_host: &str, own_ports: &[u16]) -> Vec<Discovered> {
    let own_host = own_host.split('.').next().unwrap_or(own_host);
    let is_own = |heard: &Heard| {
        let host = heard.host.split('.').next().unwrap_or_default();
        host.eq_ignore_ascii_case(own_host) && own_ports.contains(&heard.port)
    };
    let mut all: BTreeMap<(String, String), Discovered> = BTreeMap::new();
    for heard in heard.into_iter().filter(|heard| !is_own(heard)) {
        let uri = uri(&heard);
        let [_, make_and_model, location, uuid] = heard.txt;
        let known = all
            .entry((heard.instance.clone(), heard.host.clone()))
            .or_insert(Discovered {
                name: heard.instance.into(),
                uri: None,
                make_and_model,
                location,
                host: heard.host.into(),
                uuid: Some(uuid).filter(|uuid| !uuid.is_empty()),
            });
        known.uri = known.uri.take().or(uri);
    }
    all.into_values().take(MOST).collect()
}

/// Its address, by number: names in `.local` are not known to every system's resolver.
fn uri(heard: &Heard) -> Option<SmolStr> {
    if heard.kind != KINDS[0] || heard.port == 0 {
        return None;
    }
    let number = heard.addresses.iter().filter(|address| address.is_ipv4()).min();
    let host = number.map_or_else(|| heard.host.clone(), IpAddr::to_string);
    let port = match heard.port {
        631 => String::new(),
        port => format!(":{port}"),
    };
    let path = heard.txt[0].trim_start_matches('/');
    path.bytes()
        .all(|b| b.is_ascii_graphic())
        .then(|| format_smolstr!("ipp://{host}{port}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(kind: &'static str, instance: &str, host: &str, port: u16) -> Heard {
        Heard {
            kind,
            instance: instance.to_owned(),
            host: host.to_owned(),
            port,
            addresses: vec!["fe80::1".parse().unwrap(), "192.0.2.9".parse().unwrap()],
            txt: ["ipp/print", "Canon PRO-1000", "Back room", "1234"].map(SmolStr::new),
        }
    }

    #[test]
    fn each_printer_is_told_once_and_we_ourselves_are_not() {
        let all = vec![
            heard(KINDS[1], "Gertie", "gertie.local", 443),
            heard(KINDS[0], "Gertie", "gertie.local", 631),
            heard(KINDS[0], "Gertie", "gertie.local", 631),
            heard(KINDS[0], "Platen", "Studio.local", 8631),
            heard(KINDS[0], "Another", "studio.local", 9000),
            heard(KINDS[1], "Secret", "secret.local", 443),
        ];
        let found = printers(all, "studio.example.org", &[8631]);
        let told: Vec<(&str, Option<&str>)> = found.iter().map(|p| (p.name.as_str(), p.uri.as_deref())).collect();
        let expected = [
            ("Another", Some("ipp://192.0.2.9:9000/ipp/print")),
            ("Gertie", Some("ipp://192.0.2.9/ipp/print")),
            ("Secret", None),
        ];
        assert_eq!(told, expected);
        assert_eq!(found[1].make_and_model, "Canon PRO-1000");
    }

    #[test]
    fn an_address_with_odd_characters_is_none() {
        let mut odd = heard(KINDS[0], "Odd", "odd.local", 631);
        odd.txt[0] = "ipp print".into();
        assert_eq!(uri(&odd), None);
        odd.txt[0] = "/ipp/print".into();
        odd.addresses.clear();
        assert_eq!(uri(&odd).unwrap(), "ipp://odd.local/ipp/print");
    }
}
