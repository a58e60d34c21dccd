//! `[updates]`: how an appliance is brought up to date. Without one nothing of it is looked at.

use std::path::PathBuf;

use serde::Deserialize;
use smol_str::SmolStr;

use super::Window;
use crate::crypto::PublicKey;
use crate::model::WindowRule;
use crate::system::update::{Channel, fetch};

/// Updates.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Updates {
    /// Where new versions are told. Left out: as the image has it, or nobody is asked.
    pub channel: Option<SmolStr>,
    /// Who signs that: an Ed25519 public key of 32 bytes in base64.
    pub key: Option<SmolStr>,
    /// Whether what the channel offers is installed in the window by itself.
    pub automatic: bool,
    /// When the window begins: `03:00`, by the clock of the studio. Left out: there is none.
    pub at: Option<SmolStr>,
    /// How long it lasts.
    pub minutes: u32,
    /// `mon`, `tue` …; left out: every day.
    pub weekdays: Option<Vec<SmolStr>>,
    /// The bus that RAUC is on.
    pub bus: SmolStr,
    /// What says which slot runs.
    pub kernel_command_line: PathBuf,
    /// What says which version runs (os-release(5)).
    pub release: PathBuf,
    /// The channel that the image has.
    pub image_channel: PathBuf,
    /// Where the logs of failed starts are.
    pub boots: PathBuf,
}

impl Default for Updates {
    fn default() -> Self {
        Updates {
            channel: None,
            key: None,
            automatic: false,
            at: None,
            minutes: 120,
            weekdays: None,
            bus: SmolStr::new_static("unix:path=/run/dbus/system_bus_socket"),
            kernel_command_line: PathBuf::from("/proc/cmdline"),
            release: PathBuf::from("/etc/os-release"),
            image_channel: PathBuf::from("/usr/share/platen/channel.toml"),
            boots: PathBuf::from("/var/lib/platen-boots"),
        }
    }
}

/// The file of the image.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImageChannel {
    channel: SmolStr,
    key: SmolStr,
}

/// A channel of an address and a key.
fn channel(url: &str, key: &str) -> Result<Channel, String> {
    use base64::Engine as _;
    fetch::check(url).map_err(|why| format!("[updates] channel: {why}"))?;
    let bytes = base64::engine::general_purpose::STANDARD.decode(key.trim());
    let bytes = bytes.ok().filter(|bytes| bytes.len() == 32);
    let bytes = bytes.ok_or("[updates] key is no Ed25519 public key: give its 32 bytes in base64")?;
    Ok(Channel {
        url: url.to_owned(),
        key: PublicKey::Ed25519(bytes),
    })
}

impl Updates {
    pub(super) fn check(&self) -> Result<(), String> {
        self.configured()?;
        self.window().map(drop)
    }

    fn configured(&self) -> Result<Option<Channel>, String> {
        match (&self.channel, &self.key) {
            (Some(url), Some(key)) => channel(url, key).map(Some),
            (None, None) => Ok(None),
            (Some(_), None) => Err("[updates] names a channel and no key: say who signs its list".to_owned()),
            (None, Some(_)) => Err("[updates] names a key and no channel".to_owned()),
        }
    }

    /// Where new versions are told: of the configuration, else of the image. Reads a file of it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn channel(&self) -> Result<Option<Channel>, String> {
        if let Some(configured) = self.configured()? {
            return Ok(Some(configured));
        }
        let Ok(text) = std::fs::read_to_string(&self.image_channel) else {
            return Ok(None);
        };
        let read: ImageChannel = toml::from_str(&text)
            .map_err(|e| format!("{}: {}", self.image_channel.display(), e.message().replace('\n', " ")))?;
        channel(&read.channel, &read.key).map(Some)
    }

    /// When updates may be installed by themselves.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn window(&self) -> Result<Option<WindowRule>, String> {
        let Some(at) = &self.at else {
            return match self.automatic {
                true => Err(
                    "[updates] is automatic and has no window: say when it begins, such as at = \"03:00\"".to_owned(),
                ),
                false => Ok(None),
            };
        };
        let window = Window {
            printers: None,
            weekdays: self.weekdays.clone(),
            at: at.clone(),
            minutes: self.minutes,
            routine: None,
        };
        window.rule(&[]).map(Some).map_err(|why| format!("[updates]: {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let updates: Updates = toml::from_str(text).unwrap();
        updates.check().err().unwrap_or_default()
    }

    #[test]
    fn what_is_set_is_checked_together() {
        let key = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        assert_eq!(said(""), "");
        assert_eq!(
            said(&format!("channel = \"https://u.example/i.json\"\nkey = \"{key}\"")),
            ""
        );
        assert_eq!(said("automatic = true\nat = \"03:00\""), "");
        for (text, says) in [
            ("channel = \"https://u.example/i.json\"", "no key"),
            ("key = \"x\"", "no channel"),
            ("channel = \"https://u.example/i.json\"\nkey = \"x\"", "32 bytes"),
            (
                &format!("channel = \"http://u.example/i.json\"\nkey = \"{key}\""),
                "https://",
            ),
            ("automatic = true", "no window"),
            ("at = \"25:00\"", "06:30"),
            ("at = \"03:00\"\nminutes = 0", "1 to 720"),
        ] {
            assert!(said(text).contains(says), "{text}: {}", said(text));
        }
    }

    #[test]
    fn the_image_has_a_channel_where_nobody_names_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("channel.toml");
        let updates = Updates {
            image_channel: file.clone(),
            ..Updates::default()
        };
        assert_eq!(updates.channel(), Ok(None));
        std::fs::write(
            &file,
            "channel = \"https://u.example/i.json\"\nkey = \"11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"",
        )
        .unwrap();
        assert_eq!(updates.channel().unwrap().unwrap().url, "https://u.example/i.json");
        std::fs::write(&file, "channel = 1").unwrap();
        assert!(updates.channel().is_err());
    }
}
