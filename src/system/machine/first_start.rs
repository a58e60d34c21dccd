//! The file that an owner has put on the card before the first start: `platen.toml`, whose section `[appliance]` is about
//! the machine and whose rest is the daemon's. Pure.
//!
//! Nothing in it stops a start: what is wrong is left out, and told.

use std::net::IpAddr;
use std::str::FromStr;

use smol_str::{SmolStr, format_smolstr};
use toml::{Table, Value};

use super::settings::{MOST_KEYS, Settings, Static, Wifi};
use super::values::ValueError;

/// What was read of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// What is set about the machine.
    pub settings: Settings,
    /// The daemon's configuration.
    pub configuration: String,
    /// What was left out and why, one sentence each.
    pub troubles: Vec<SmolStr>,
}

/// Where the daemon keeps its state on an appliance; a card has one place for it.
const DATA: &str = "/var/lib/platen";
/// What the sections of the configuration are checked by.
pub type Check<'a> = &'a dyn Fn(&str) -> Result<(), String>;

/// Takes a file in. `image` is the configuration that the image has for whoever says nothing; `check` says what is wrong
/// with a configuration.
pub fn take(text: &str, image: &str, check: Check<'_>) -> Taken {
    let mut troubles = Vec::new();
    let mut read: Table = match toml::from_str(text) {
        Ok(read) => read,
        Err(error) => {
            let (place, what) = crate::config::placed(text, &error);
            troubles.push(format_smolstr!(
                "platen.toml on the card is no TOML{place}: {what}. Nothing of it is taken; put it right, and reset the \
                 machine, or set things on its page"
            ));
            Table::new()
        }
    };
    let settings = match read.remove("appliance") {
        None => Settings::default(),
        Some(Value::Table(section)) => appliance(section, &mut troubles),
        Some(_) => {
            troubles.push("appliance on the card is no section: write [appliance]".into());
            Settings::default()
        }
    };
    let image: Table = toml::from_str(image).unwrap_or_default();
    let configuration = configuration(read, &image, check, &mut troubles);
    Taken {
        settings,
        configuration,
        troubles,
    }
}

/// The daemon's part, with what the image has where it says nothing.
fn configuration(read: Table, image: &Table, check: Check<'_>, troubles: &mut Vec<SmolStr>) -> String {
    let as_text = |table: &Table| toml::to_string_pretty(table).unwrap_or_default();
    let mut merged = read;
    if merged.get("data").is_some_and(|data| data.as_str() != Some(DATA)) {
        troubles.push(format_smolstr!(
            "data on the card is left out: an appliance keeps everything in {DATA}"
        ));
        merged.remove("data");
    }
    for (key, value) in image {
        match (merged.get_mut(key), value) {
            (None, _) => drop(merged.insert(key.clone(), value.clone())),
            (Some(Value::Table(ours)), Value::Table(theirs)) => {
                for (key, value) in theirs {
                    ours.entry(key.clone()).or_insert_with(|| value.clone());
                }
            }
            (Some(_), _) => {}
        }
    }
    leave_to_the_pages(&mut merged);
    let text = as_text(&merged);
    match check(&text) {
        Ok(()) => text,
        Err(why) => {
            troubles.push(format_smolstr!(
                "what platen.toml on the card says of printing is not taken: {why}. The machine starts with what the image \
                 has; set things on its page, or put the file right and reset the machine"
            ));
            as_text(image)
        }
    }
}

/// A port that both doors would have is that of the pages: they answer whoever comes there by IPP in his browser.
fn leave_to_the_pages(merged: &mut Table) {
    let listed = |section: &str, key: &str, merged: &Table| -> Vec<Value> {
        let list = merged.get(section).and_then(|section| section.get(key));
        list.and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let mut taken = listed("web", "listen", merged);
    taken.extend(listed("web", "redirect", merged));
    let ipp = merged.get_mut("ipp").and_then(|section| section.get_mut("listen"));
    if let Some(Value::Array(listen)) = ipp {
        listen.retain(|address| !taken.contains(address));
    }
}

/// One value after the other, so that one that is wrong takes none of the others with it.
fn appliance(section: Table, troubles: &mut Vec<SmolStr>) -> Settings {
    let mut settings = Settings::default();
    for (key, value) in section {
        let left_out =
            |why: &dyn std::fmt::Display| format_smolstr!("[appliance] {key} on the card is left out: {why}");
        let done = match key.as_str() {
            "hostname" => text(&value).map(|name| settings.hostname = Some(name)),
            "time-zone" => text(&value).map(|zone| settings.time_zone = Some(zone)),
            "ssh-keys" => list(&value, MOST_KEYS).map(|keys| settings.ssh_keys = keys),
            "network" => fixed(&value).map(|wired| settings.wired = Some(wired)),
            "wifi" => wifi(&value).map(|wifi| settings.wifi = Some(wifi)),
            _ => Err("there is no such setting; hostname, time-zone, ssh-keys, network and wifi are".into()),
        };
        if let Err(why) = done {
            troubles.push(left_out(&why));
        }
    }
    settings
}

fn text<T: FromStr<Err = ValueError>>(value: &Value) -> Result<T, SmolStr> {
    let text = value.as_str().ok_or("write it as a text, in quotes")?;
    text.parse().map_err(|e: ValueError| e.0)
}

fn list<T: FromStr<Err = ValueError>>(value: &Value, most: usize) -> Result<Vec<T>, SmolStr> {
    let all = value.as_array().ok_or("write it as a list, such as [\"…\"]")?;
    if all.len() > most {
        return Err(format_smolstr!("name {most} at most"));
    }
    all.iter().map(text).collect()
}

fn address(value: &Value) -> Result<IpAddr, SmolStr> {
    let text = value.as_str().and_then(|text| text.parse().ok());
    text.ok_or_else(|| "give addresses such as 192.168.1.1".into())
}

/// The keys of a section, and nothing beside them.
fn section<'a>(value: &'a Value, known: &[&str]) -> Result<&'a Table, SmolStr> {
    let table = value.as_table().ok_or("write it as a section of its own")?;
    match table.keys().find(|key| !known.contains(&key.as_str())) {
        Some(odd) => Err(format_smolstr!("there is no {odd} in it; {} are", known.join(", "))),
        None => Ok(table),
    }
}

fn fixed(value: &Value) -> Result<Static, SmolStr> {
    let table = section(value, &["address", "gateway", "dns"])?;
    address_of(table)
}

fn address_of(table: &Table) -> Result<Static, SmolStr> {
    let fixed = Static {
        address: text(
            table
                .get("address")
                .ok_or("it names no address, such as \"192.168.1.20/24\"")?,
        )?,
        gateway: table.get("gateway").map(address).transpose()?,
        dns: match table.get("dns") {
            None => Vec::new(),
            Some(servers) => {
                let all = servers
                    .as_array()
                    .ok_or("write dns as a list, such as [\"192.168.1.1\"]")?;
                all.iter().map(address).collect::<Result<_, _>>()?
            }
        },
    };
    fixed.check()?;
    Ok(fixed)
}

fn wifi(value: &Value) -> Result<Wifi, SmolStr> {
    let table = section(value, &["ssid", "password", "country", "address", "gateway", "dns"])?;
    let needed = |key: &'static str| table.get(key).ok_or_else(|| format_smolstr!("it names no {key}"));
    Ok(Wifi {
        ssid: text(needed("ssid")?)?,
        password: table.get("password").map(text).transpose()?,
        country: text(needed("country")?)?,
        address: match table.contains_key("address") {
            true => Some(address_of(table)?),
            false => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const IMAGE: &str =
        "data = \"/var/lib/platen\"\n[ipp]\nlisten = [\"[::]:631\"]\nconnections = 9\n[[printer]]\nname = \"Gertie\"\n";

    fn any(_: &str) -> Result<(), String> {
        Ok(())
    }

    fn table(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn what_is_said_is_taken_and_the_rest_is_as_the_image_has_it() {
        let file = r#"
[appliance]
hostname = "studio"
time-zone = "Europe/Berlin"
[appliance.wifi]
ssid = "Studio"
password = "abcdefgh"
country = "DE"
[appliance.network]
address = "192.168.1.20/24"
gateway = "192.168.1.1"
[ipp]
connections = 3
[[printer]]
name = "Squirty"
"#;
        let taken = take(file, IMAGE, &any);
        assert_eq!(taken.troubles, Vec::<SmolStr>::new());
        assert_eq!(taken.settings.hostname.unwrap().as_str(), "studio");
        assert_eq!(taken.settings.wifi.unwrap().ssid.as_str(), "Studio");
        assert_eq!(taken.settings.wired.unwrap().address.to_string(), "192.168.1.20/24");
        let made = table(&taken.configuration);
        assert_eq!(made["ipp"]["connections"].as_integer(), Some(3));
        assert_eq!(made["ipp"]["listen"][0].as_str(), Some("[::]:631"));
        assert_eq!(made["printer"].as_array().unwrap().len(), 1);
        assert_eq!(made["printer"][0]["name"].as_str(), Some("Squirty"));
        assert!(!taken.configuration.contains("abcdefgh"), "the daemon need not know it");
    }

    #[test]
    fn a_port_of_both_doors_is_left_to_the_pages() {
        let image = "[ipp]\nlisten = [\"[::]:631\"]\n[web]\nlisten = [\"[::]:443\"]\n";
        let taken = take("[ipp]\nlisten = [\"[::]:631\", \"[::]:443\"]\n", image, &any);
        let made = table(&taken.configuration);
        assert_eq!(made["ipp"]["listen"].as_array().unwrap().len(), 1);
        assert_eq!(made["web"]["listen"][0].as_str(), Some("[::]:443"));
    }

    #[test]
    fn one_wrong_value_takes_no_other_with_it() {
        let file = r#"
data = "/mnt"
[appliance]
hostname = "not a name"
time-zone = 3
ssh-keys = "ssh-ed25519"
colour = "blue"
network = { address = "192.168.1.20/24", gateway = "10.0.0.1" }
wifi = { ssid = "Studio", country = "DE", key = "x" }
"#;
        let taken = take(file, IMAGE, &any);
        assert_eq!(taken.settings, Settings::default());
        assert_eq!(taken.troubles.len(), 7, "{:#?}", taken.troubles);
        for word in ["hostname", "time-zone", "ssh-keys", "colour", "network", "wifi", "data"] {
            assert!(taken.troubles.iter().any(|trouble| trouble.contains(word)), "{word}");
        }
        let one = take("[appliance]\nhostname = \"studio\"\nwifi = 1\n", IMAGE, &any);
        assert_eq!((one.settings.hostname.is_some(), one.troubles.len()), (true, 1));
    }

    #[test]
    fn a_file_that_can_not_be_used_leaves_the_image_as_it_is() {
        let broken = take("[appliance\nhostname = ", IMAGE, &any);
        assert!(
            broken.troubles[0].contains("no TOML in line 1"),
            "{:?}",
            broken.troubles
        );
        assert_eq!(table(&broken.configuration), table(IMAGE));
        let refused = take("[appliance]\nhostname = \"studio\"\n[ipp]\nx = 1\n", IMAGE, &|text| {
            if text.contains("x = 1") {
                Err("there is no key x".into())
            } else {
                Ok(())
            }
        });
        assert!(refused.troubles[0].contains("there is no key x"));
        assert_eq!(table(&refused.configuration), table(IMAGE));
        assert!(refused.settings.hostname.is_some(), "what is about the machine stays");
    }

    proptest! {
        /// Whatever lies on the card, there is a configuration to start with.
        #[test]
        fn there_is_always_something_to_start_with(text in "\\PC{0,200}|(\\[appliance\\]\n)?[a-z\"=\\[\\]{}\n -]{0,200}") {
            let taken = take(&text, IMAGE, &any);
            prop_assert!(table(&taken.configuration).contains_key("ipp"));
            for trouble in &taken.troubles {
                prop_assert!(!trouble.contains('\n'));
            }
        }
    }
}
