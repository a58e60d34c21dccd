//! How the machine is told of: its name, its network, its clock, who may help.

use std::net::IpAddr;

use serde::Serialize;
use smol_str::SmolStr;

use super::Moment;
use crate::system::machine::ask::Interface;
use crate::system::machine::seen::{Shown, ShownHelp, ShownStatic, ShownWifi};

/// The machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MachineView {
    /// Whether what is set about it is set here.
    pub appliance: bool,
    /// Why not.
    pub why_not: Option<SmolStr>,
    /// Its name.
    pub hostname: String,
    /// Its clock.
    pub clock: ClockView,
    /// Its network, as it is.
    pub interfaces: Vec<InterfaceView>,
    /// Its address by cable; none: by DHCP.
    pub wired: Option<ShownStatic>,
    /// The wireless network that it joins.
    pub wifi: Option<ShownWifi>,
    /// Whether whoever has a key may sign in by SSH.
    pub ssh: bool,
    /// The keys: kind and comment.
    pub ssh_keys: Vec<SmolStr>,
    /// Remote help; none: nobody is let in.
    pub help: Option<ShownHelp>,
    /// What of the card's platen.toml was left out at the first start, and why.
    pub troubles: Vec<SmolStr>,
}

/// The clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClockView {
    /// What it says.
    pub now: Moment,
    /// Its zone.
    pub time_zone: Option<String>,
    /// Whether it was put right by the net since the machine started; none: that is not known here.
    pub synchronized: Option<bool>,
}

/// An interface of the network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InterfaceView {
    /// `eth0`
    pub name: SmolStr,
    /// `wired`, `wireless`, `tunnel`
    pub kind: &'static str,
    /// Whether it is connected.
    pub up: bool,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

impl InterfaceView {
    fn of(interface: Interface) -> InterfaceView {
        InterfaceView {
            name: interface.name,
            kind: interface.kind,
            up: interface.is_up,
            addresses: interface.addresses,
        }
    }
}

impl MachineView {
    /// That of one, or of a machine whose settings are not ours.
    pub fn of(
        shown: Result<Shown, SmolStr>,
        (hostname, interfaces): (String, Vec<Interface>),
        (now, is_right): (Moment, bool),
    ) -> MachineView {
        let (shown, why_not) = match shown {
            Ok(shown) => (shown, None),
            Err(why) => (Shown::default(), Some(why)),
        };
        MachineView {
            appliance: why_not.is_none(),
            hostname,
            clock: ClockView {
                now,
                time_zone: match &shown.time_zone {
                    Some(zone) => Some(zone.to_string()),
                    None => jiff::tz::TimeZone::system().iana_name().map(str::to_owned),
                },
                synchronized: why_not.is_none().then_some(is_right),
            },
            why_not,
            interfaces: interfaces.into_iter().map(InterfaceView::of).collect(),
            wired: shown.wired,
            wifi: shown.wifi,
            ssh: shown.ssh,
            ssh_keys: shown.ssh_keys,
            help: shown.help,
            troubles: shown.troubles,
        }
    }
}
