use serde_json::json;

use super::*;

/// A machine with its card, in a folder.
struct Card {
    home: tempfile::TempDir,
}

impl Card {
    fn new(card: Option<&str>) -> Card {
        let made = Card {
            home: tempfile::tempdir().unwrap(),
        };
        for folder in [
            "boot",
            "etc",
            "run/platen",
            "proc/sys/kernel",
            "usr/share/platen",
            "usr/share/zoneinfo/Europe",
        ] {
            fs::create_dir_all(made.at(folder)).unwrap();
        }
        let image = include_str!("../../../../overlay/usr/share/platen/platen.toml");
        made.put("usr/share/platen/platen.toml", image);
        made.put("usr/share/zoneinfo/Europe/Berlin", "TZif");
        made.put("etc/group", "root:x:0:\n");
        made.put("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        if let Some(card) = card {
            made.put("boot/platen.toml", card);
        }
        made
    }

    fn at(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    fn put(&self, path: &str, text: &str) {
        fs::write(self.at(path), text).unwrap();
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap_or_default()
    }

    fn start(&self) {
        let options = Options {
            first_start: true,
            root: self.home.path().to_owned(),
            quiet: true,
        };
        run(&options).unwrap();
    }

    fn ask(&self, request: serde_json::Value) -> serde_json::Value {
        self.put("run/platen/machine-request", &request.to_string());
        self.start();
        assert!(!self.at("run/platen/machine-request").exists());
        serde_json::from_str(&self.text("run/platen-machine/answer.json")).unwrap()
    }

    fn shown(&self) -> Shown {
        serde_json::from_str(&self.text("run/platen-machine/state.json")).unwrap()
    }
}

const CARD: &str = r#"
[appliance]
hostname = "studio"
time-zone = "Europe/Berlin"
ssh-keys = ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGu0yPZ3MNfS0jYl8rkcPZ0W0nM1b4SgYw0M9xkGg7o2 ola@studio"]
wifi = { ssid = "Studio", password = "abcdefgh", country = "DE" }
[[printer]]
name = "Squirty"
uri = "ipp://192.168.1.20/ipp/print"
"#;

#[test]
fn the_card_is_taken_in_once() {
    let machine = Card::new(Some(CARD));
    machine.start();
    assert!(machine.text("var/lib/platen/platen.toml").contains("Squirty"));
    assert!(!machine.text("var/lib/platen/platen.toml").contains("abcdefgh"));
    assert_eq!(machine.text("proc/sys/kernel/hostname"), "studio");
    let zone = fs::read_link(machine.at("run/platen-machine/localtime")).unwrap();
    assert_eq!(zone, PathBuf::from("/usr/share/zoneinfo/Europe/Berlin"));
    assert!(
        machine
            .text("run/platen-machine/wpa_supplicant.conf")
            .contains("abcdefgh")
    );
    assert!(machine.text("var/lib/ssh/authorized_keys").contains("ola@studio"));
    let shown = machine.shown();
    assert_eq!((shown.hostname.as_deref(), shown.ssh), (Some("studio"), true));
    assert_eq!(shown.ssh_keys, ["ssh-ed25519 ola@studio"]);
    // Secrets are root's alone.
    for secret in [
        "var/lib/platen-machine/settings.json",
        "run/platen-machine/wpa_supplicant.conf",
    ] {
        let mode = fs::metadata(machine.at(secret)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    // Another card, or what somebody has changed meanwhile, stays as it is.
    machine.put("boot/platen.toml", "[appliance]\nhostname = \"other\"\n");
    machine.start();
    assert_eq!(machine.shown().hostname.as_deref(), Some("studio"));
}

#[test]
fn a_card_that_is_wrong_stops_nothing_and_is_told() {
    let machine = Card::new(Some(
        "[appliance]\nhostname = \"a b\"\ntime-zone = \"Mars/Base\"\n[ipp]\nports = 3\n",
    ));
    machine.start();
    let troubles = machine.shown().troubles;
    assert_eq!(troubles.len(), 3, "{troubles:#?}");
    let made = machine.text("var/lib/platen/platen.toml");
    assert!(made.contains("listen") && !made.contains("ports"), "{made}");
    let none = Card::new(None);
    none.start();
    assert!(none.shown().troubles.is_empty() && none.at("var/lib/platen/platen.toml").exists());
}

#[test]
fn what_is_asked_is_checked_done_and_answered() {
    let machine = Card::new(None);
    machine.start();
    let change = |id: u64, change: serde_json::Value| json!({"id": id, "what": {"change": change}});
    let done = machine.ask(change(
        1,
        json!({"set": "wired", "to": {"address": "192.168.1.20/24", "gateway": "192.168.1.1"}}),
    ));
    assert_eq!(done, json!({"id": 1, "trouble": null}));
    assert!(
        machine
            .text("run/systemd/network/10-wired.network")
            .contains("Address=192.168.1.20/24")
    );
    let refused = machine.ask(change(
        2,
        json!({"set": "wired", "to": {"address": "192.168.1.20/24", "gateway": "10.0.0.1"}}),
    ));
    assert!(refused["trouble"].as_str().unwrap().contains("gateway"), "{refused}");
    for odd in [
        json!({"set": "hostname", "to": "a\nb"}),
        json!({"set": "time-zone", "to": "../../etc/passwd"}),
        json!({"set": "ssh-keys", "to": ["ssh-ed25519 AAAA"]}),
        json!({"set": "wifi", "to": {"ssid": "x", "password": "a\"\n}", "country": "DE"}}),
    ] {
        let refused = machine.ask(change(3, odd.clone()));
        assert!(refused["trouble"].is_string(), "{odd}");
    }
    assert!(machine.ask(change(4, json!({"set": "time-zone", "to": "Europe/Paris"})))["trouble"].is_string());
    assert!(
        machine.ask(change(5, json!({"set": "ssh", "to": true})))["trouble"].is_string(),
        "no key may sign in"
    );
    assert!(
        machine
            .text("run/systemd/network/10-wired.network")
            .contains("192.168.1.20"),
        "what was set stays"
    );
    let done = machine.ask(json!({"id": 6, "what": "forget-network"}));
    assert_eq!(done["trouble"], json!(null));
    assert!(!machine.at("run/systemd/network/10-wired.network").exists());
}

#[test]
fn remote_help_has_a_key_of_its_own_and_goes_with_it() {
    let machine = Card::new(None);
    machine.start();
    let key = |n: u8| Key([n; 32]).reveal();
    let help = json!({
        "shared": key(2), "peer": key(3), "endpoint": "help.example:51820", "address": "10.99.0.2/24", "peer_address": "10.99.0.1",
    });
    let done = machine.ask(json!({"id": 1, "what": {"change": {"set": "help", "to": help}}}));
    assert_eq!(done["trouble"], json!(null));
    let shown = machine.shown().help.unwrap();
    assert_eq!(shown.peer, key(3).as_str());
    let tunnel = machine.text("run/systemd/network/10-help0.netdev");
    assert!(tunnel.contains(&key(2)) && !machine.text("run/platen-machine/state.json").contains(&key(2)));
    machine.ask(json!({"id": 2, "what": {"change": {"set": "help", "to": null}}}));
    assert!(!machine.at("run/systemd/network/10-help0.netdev").exists());
    assert!(!machine.text("var/lib/platen-machine/settings.json").contains(&key(2)));
}

#[test]
fn what_is_no_file_of_ours_is_not_read() {
    let machine = Card::new(None);
    machine.start();
    machine.put("secret", "{\"id\": 9, \"what\": \"forget-all\"}");
    std::os::unix::fs::symlink(machine.at("secret"), machine.at("run/platen/machine-request")).unwrap();
    machine.start();
    assert!(!machine.at("var/lib/platen-machine/forget").exists());
    assert!(machine.at("secret").exists());
    fs::create_dir(machine.at("run/platen/machine-request")).unwrap();
    machine.start();
    fs::remove_dir(machine.at("run/platen/machine-request")).unwrap();
    machine.put("run/platen/machine-request", &"x".repeat(MOST as usize + 1));
    machine.start();
    assert!(
        machine
            .text("run/platen-machine/answer.json")
            .contains("no file of ours")
    );
}

#[test]
fn everything_is_forgotten_at_the_next_start_and_a_link_leads_nowhere() {
    let machine = Card::new(Some(CARD));
    machine.start();
    machine.put("keep", "mine");
    for (path, text) in [
        ("var/lib/platen/platen.db", "jobs"),
        ("var/lib/platen/tls.json", "key"),
        ("var/lib/platen-boots/1.log", "log"),
        ("var/log/journal/1/system.journal", "journal"),
        ("var/lib/platen/spool/documents/ab/x.bin", "picture"),
        ("var/lib/rauc/central.raucs", "slots"),
    ] {
        fs::create_dir_all(machine.at(path).parent().unwrap()).unwrap();
        machine.put(path, text);
    }
    std::os::unix::fs::symlink(machine.home.path(), machine.at("var/lib/platen/link")).unwrap();
    let done = machine.ask(json!({"id": 1, "what": "forget-all"}));
    assert_eq!(done["trouble"], json!(null));
    assert!(
        machine.at("var/lib/platen/platen.db").exists(),
        "not before the machine starts anew"
    );
    machine.put("boot/platen.toml", "");
    machine.start();
    for gone in [
        "var/lib/platen/platen.db",
        "var/lib/platen/tls.json",
        "var/lib/ssh/authorized_keys",
        "var/lib/platen/spool",
        "var/lib/platen-boots/1.log",
        "var/log/journal/1",
        "var/lib/platen-machine/forget",
        "run/platen-machine/wpa_supplicant.conf",
    ] {
        assert!(!machine.at(gone).exists(), "{gone}");
    }
    assert_eq!(machine.text("keep"), "mine");
    assert_eq!(machine.text("var/lib/rauc/central.raucs"), "slots");
    assert_eq!(machine.shown().hostname, None);
    assert!(
        machine.at("var/lib/platen/platen.toml").exists(),
        "it starts as it came"
    );
}
