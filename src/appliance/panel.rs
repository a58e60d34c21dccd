//! The front panel's place in the house.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;

use crate::api::panel::{ButtonView, DisplayView, FrontPanel, LightView, NotPressed, PanelPress, PanelView};
use crate::crypto::Sha256;
use crate::panel::devices::linux;
use crate::panel::gestures::Timing;
use crate::panel::pattern::Pattern;
use crate::panel::screens::Screen;
use crate::panel::{
    ButtonRole, Caretaker, House, Machine, Panel, Pins, Press, PressError, Remote, Snapshot, lights::Light,
};
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

/// The panel for those who look at it from elsewhere.
#[async_trait]
impl FrontPanel for Remote {
    fn view(&self) -> PanelView {
        view_of(&self.snapshot())
    }

    fn picture(&self, scale: usize) -> Result<Vec<u8>, SmolStr> {
        self.snapshot().png(scale).map_err(|error| format_smolstr!("{error}"))
    }

    fn press(&self, button: &str, how: PanelPress, who: &str) -> Result<(), NotPressed> {
        let button = ButtonRole::ALL.into_iter().find(|role| role.keyword() == button);
        let how = match how {
            PanelPress::Short => Press::Short,
            PanelPress::Double => Press::Double,
            PanelPress::Long => Press::Long,
        };
        let pressed = Remote::press(self, button.ok_or(NotPressed::NoSuchButton)?, how, who);
        pressed.map_err(|error| match error {
            PressError::AtTheBox => NotPressed::AtTheBox,
            PressError::Nothing => NotPressed::Nothing,
            PressError::Busy => NotPressed::Busy,
        })
    }

    async fn looks_other_than(&self, seen: &PanelView) -> bool {
        let mut news = self.subscribe();
        news.wait_for(|snapshot| view_of(snapshot) != *seen).await.is_ok()
    }
}

fn view_of(snapshot: &Snapshot) -> PanelView {
    let timing = Timing::default();
    let button = |role: ButtonRole| ButtonView {
        button: role.keyword(),
        fitted: snapshot.fitted_buttons.contains(&role),
        // Resets are made at the box.
        hold_ms: (timing.holds)(role)
            .first()
            .copied()
            .filter(|_| role != ButtonRole::Setup),
        double: timing.doubles.contains(&role),
    };
    let mut dots = Sha256::new();
    let canvas = snapshot.canvas();
    canvas
        .rows()
        .for_each(|row| dots.update(&row.iter().map(|dot| u8::from(*dot)).collect::<Vec<_>>()));
    PanelView {
        lights: snapshot.lights.iter().map(|light| light_of(light, snapshot)).collect(),
        buttons: ButtonRole::ALL.into_iter().map(button).collect(),
        display: DisplayView {
            fitted: snapshot.has_display,
            awake: snapshot.screen != Screen::Asleep,
            text: snapshot.told(),
            edition: dots.finish().to_string().chars().take(12).collect(),
        },
        troubles: snapshot.troubles.clone(),
    }
}

fn light_of(light: &Light, snapshot: &Snapshot) -> LightView {
    let (pattern, flashes) = match light.pattern {
        Pattern::Off | Pattern::Flashes(0) => ("off", None),
        Pattern::Steady => ("steady", None),
        Pattern::Breathe => ("breathes", None),
        Pattern::Flashes(count) => ("flashes", Some(count)),
        Pattern::Flicker => ("flickers", None),
        Pattern::Alternate { .. } => ("in-turn", None),
    };
    LightView {
        light: light.role.keyword(),
        fitted: snapshot.fitted_lights.contains(&light.role),
        pattern,
        flashes,
        shown: light.pattern.shown(),
        why: light.why.clone(),
    }
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
