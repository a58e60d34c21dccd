//! The front panel's place in the house.

use std::net::SocketAddr;
use std::sync::Arc;

use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;

use crate::panel::devices::linux;
use crate::panel::{Caretaker, House, Machine, Panel, Pins};
use crate::queue::Queue;
use crate::store::Store;

/// Starts a panel with the parts of this map.
pub fn start(
    pins: &Pins,
    store: &Store,
    queue: &Arc<Queue>,
    machine: watch::Receiver<Machine>,
    caretaker: Arc<dyn Caretaker>,
) -> Panel {
    let house = House {
        store: store.clone(),
        queue: queue.clone(),
        machine,
        caretaker,
    };
    Panel::start(linux::parts(pins), house)
}

/// What is known of the machine from the start.
pub fn machine(addresses: &[SocketAddr]) -> Machine {
    let uname = rustix::system::uname();
    let name = uname.nodename().to_string_lossy();
    let mut shown: Vec<SmolStr> = Vec::new();
    for address in addresses {
        let port = address.port();
        let url = match address.ip() {
            ip if ip.is_unspecified() => format_smolstr!("http://{name}.local:{port}/"),
            ip if ip.is_loopback() => format_smolstr!("http://localhost:{port}/"),
            _ => format_smolstr!("http://{address}/"),
        };
        if !shown.contains(&url) {
            shown.push(url);
        }
    }
    Machine {
        addresses: shown,
        version: SmolStr::new_static(env!("CARGO_PKG_VERSION")),
        ..Machine::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_such_as_a_browser_takes() {
        let addresses = ["127.0.0.1:8631", "[::1]:8631", "192.168.1.7:8631"].map(|a| a.parse().unwrap());
        let machine = machine(&addresses);
        assert_eq!(
            machine.addresses,
            ["http://localhost:8631/", "http://192.168.1.7:8631/"]
        );
    }
}
