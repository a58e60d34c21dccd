//! RAUC over D-Bus, as `de.pengutronix.rauc.Installer` (RAUC's reference manual, "D-Bus API"; since version 1.9).

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use smol_str::{SmolStr, format_smolstr};
use tokio::sync::Mutex;
use zbus::{Connection, OwnedVariant, Variant};

use super::{Mark, Progress, Rauc, RaucError, Slot, Slots, Told};
use crate::system::update::plan::Bundle;

/// How long RAUC may take for an answer; it looks at bundles over the net, too.
const ANSWER: Duration = Duration::from_secs(90);
/// How often it is asked how far it is. What it says in between is lost, and its end is not.
const LOOK: Duration = Duration::from_millis(300);

#[zbus::proxy(
    interface = "de.pengutronix.rauc.Installer",
    default_service = "de.pengutronix.rauc",
    default_path = "/"
)]
trait Installer {
    async fn install_bundle(&self, source: &str, args: HashMap<&str, Variant<'_>>) -> zbus::Result<()>;
    async fn inspect_bundle(
        &self,
        source: &str,
        args: HashMap<&str, Variant<'_>>,
    ) -> zbus::Result<HashMap<String, OwnedVariant>>;
    async fn mark(&self, state: &str, slot_identifier: &str) -> zbus::Result<(String, String)>;
    async fn get_slot_status(&self) -> zbus::Result<Vec<(String, HashMap<String, OwnedVariant>)>>;
    async fn get_primary(&self) -> zbus::Result<String>;
    #[zbus(property(emits_changed_signal = "false"))]
    fn operation(&self) -> zbus::Result<String>;
    #[zbus(property(emits_changed_signal = "false"))]
    fn last_error(&self) -> zbus::Result<String>;
    #[zbus(property(emits_changed_signal = "false"))]
    fn progress(&self) -> zbus::Result<(i32, String, i32)>;
    #[zbus(property(emits_changed_signal = "false"))]
    fn compatible(&self) -> zbus::Result<String>;
}

/// RAUC on a bus; connected when it is needed, and again when the bus was gone.
pub struct BusRauc {
    address: String,
    connection: Mutex<Option<Connection>>,
}

impl BusRauc {
    /// On the bus at this address (D-Bus Specification, "Server Addresses").
    pub fn at(address: impl Into<String>) -> BusRauc {
        BusRauc {
            address: address.into(),
            connection: Mutex::new(None),
        }
    }

    async fn proxy(&self) -> Result<InstallerProxy<'static>, RaucError> {
        let mut kept = self.connection.lock().await;
        let connection = match kept.as_ref() {
            Some(connection) => connection.clone(),
            None => {
                let made = zbus::connection::Builder::address(self.address.as_str()).method_timeout(ANSWER);
                let made = made.build().await.map_err(|e| RaucError::Absent(words(&e)))?;
                kept.insert(made).clone()
            }
        };
        InstallerProxy::new(&connection)
            .await
            .map_err(|e| RaucError::Silent(words(&e)))
    }

    /// What went wrong; a connection that is broken is made anew next time.
    async fn wrong(&self, error: zbus::Error) -> RaucError {
        match &error {
            zbus::Error::MethodError(..) => RaucError::Refused(words(&error)),
            zbus::Error::FDO(known) => match **known {
                zbus::fdo::Error::ServiceUnknown(_) | zbus::fdo::Error::NameHasNoOwner(_) => {
                    RaucError::Absent(words(&error))
                }
                zbus::fdo::Error::NoReply(_) | zbus::fdo::Error::Disconnected(_) | zbus::fdo::Error::Timeout(_) => {
                    *self.connection.lock().await = None;
                    RaucError::Silent(words(&error))
                }
                _ => RaucError::Refused(words(&error)),
            },
            _ => {
                *self.connection.lock().await = None;
                RaucError::Silent(words(&error))
            }
        }
    }
}

/// What an error says, without the names that D-Bus gives it.
fn words(error: &zbus::Error) -> SmolStr {
    match error {
        zbus::Error::MethodError(_, Some(text), _) => text.as_str().into(),
        other => format_smolstr!("{other}"),
    }
}

fn text(fields: &HashMap<String, OwnedVariant>, key: &str) -> Option<SmolStr> {
    match &**fields.get(key)? {
        Variant::Str(text) => Some(text.as_str().into()),
        _ => None,
    }
}

fn slot((name, fields): (String, HashMap<String, OwnedVariant>)) -> Option<Slot> {
    // What the boot loader does not start is no slot of ours.
    let bootname = text(&fields, "bootname")?;
    Some(Slot {
        name: name.into(),
        bootname,
        is_booted: text(&fields, "state").is_some_and(|state| state == "booted"),
        is_good: match text(&fields, "boot-status").as_deref() {
            Some("good") => Some(true),
            Some("bad") => Some(false),
            _ => None,
        },
        version: text(&fields, "bundle.version").and_then(|version| version.parse().ok()),
        is_whole: text(&fields, "status").is_some_and(|status| status == "ok"),
    })
}

/// A bundle out of what RAUC tells of it: `update` is a dictionary in it.
fn bundle(told: HashMap<String, OwnedVariant>) -> Result<Bundle, RaucError> {
    let odd = |why: &str| RaucError::Refused(format_smolstr!("the bundle's manifest {why}"));
    let update = told.into_iter().find(|(key, _)| key == "update");
    let (_, update) = update.ok_or_else(|| odd("has no section [update]"))?;
    let update: HashMap<String, OwnedVariant> = update.try_into().map_err(|_| odd("can't be read"))?;
    let version = text(&update, "version").ok_or_else(|| odd("names no version"))?;
    Ok(Bundle {
        compatible: text(&update, "compatible").ok_or_else(|| odd("names no machine"))?,
        version: version
            .parse()
            .map_err(|e| odd(&format!("names a version that is none: {e}")))?,
        description: text(&update, "description").unwrap_or_default(),
    })
}

#[async_trait]
impl Rauc for BusRauc {
    async fn look(&self) -> Result<Slots, RaucError> {
        let rauc = self.proxy().await?;
        let looked = async {
            Ok(Slots {
                compatible: rauc.compatible().await?.into(),
                slots: rauc.get_slot_status().await?.into_iter().filter_map(slot).collect(),
                // Where the boot loader says nothing, nothing is known of it.
                primary: rauc.get_primary().await.map(SmolStr::from).unwrap_or_default(),
                is_installing: rauc.operation().await? != "idle",
            })
        };
        match looked.await {
            Ok(slots) => Ok(slots),
            Err(error) => Err(self.wrong(error).await),
        }
    }

    async fn inspect(&self, source: &str) -> Result<Bundle, RaucError> {
        let rauc = self.proxy().await?;
        match rauc.inspect_bundle(source, HashMap::new()).await {
            Ok(told) => bundle(told),
            Err(error) => Err(self.wrong(error).await),
        }
    }

    async fn install(&self, source: &str, told: Told<'_>) -> Result<(), RaucError> {
        let rauc = self.proxy().await?;
        let installed = async {
            // It is begun when this returns; RAUC has emptied LastError before.
            rauc.install_bundle(source, HashMap::new()).await?;
            let mut before = Progress::default();
            loop {
                let is_over = rauc.operation().await? == "idle";
                let (percent, message, _) = rauc.progress().await?;
                let progress = Progress {
                    percent: u8::try_from(percent.clamp(0, 100)).unwrap_or(0),
                    message: message.into(),
                };
                if progress != before && !is_over {
                    told(progress.clone());
                    before = progress;
                }
                if is_over {
                    return rauc.last_error().await;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        match installed.await {
            Ok(error) if error.is_empty() => Ok(()),
            Ok(error) => Err(RaucError::Refused(error.into())),
            Err(error) => Err(self.wrong(error).await),
        }
    }

    async fn mark(&self, mark: Mark) -> Result<(), RaucError> {
        let (state, slot) = match mark {
            Mark::BootedGood => ("good", "booted"),
            Mark::BootedBad => ("bad", "booted"),
            Mark::OtherActive => ("active", "other"),
            Mark::OtherBad => ("bad", "other"),
        };
        let rauc = self.proxy().await?;
        match rauc.mark(state, slot).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.wrong(error).await),
        }
    }
}
