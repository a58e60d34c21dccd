//! Whoever resets the machine, when a hand at the front panel asks for it; and what claims it, for its display.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use smol_str::{SmolStr, format_smolstr};
use tokio::sync::watch;

use crate::api::Api;
use crate::model::Timestamp;
use crate::panel::{Caretaker, Machine, Reset};
use crate::store::Store;
use crate::system::machine::ask::Service;
use crate::system::machine::seen::Wanted;

/// How often it is looked whether somebody has claimed the machine.
const LOOK: Duration = Duration::from_secs(3);

/// On an appliance.
pub(super) struct House {
    /// The machine's own service.
    pub service: Arc<Service>,
    /// Where people are.
    pub store: Store,
}

#[async_trait]
impl Caretaker for House {
    async fn reset(&self, reset: Reset) -> Result<(), SmolStr> {
        let words = |error: &dyn std::fmt::Display| format_smolstr!("Nothing was reset: {error}");
        if !self.service.is_there() {
            return Err("Nothing was reset: this is not the appliance".into());
        }
        match reset {
            Reset::Access => {
                // People first: who comes by the network that is forgotten next is nobody any more.
                let forgotten = self.store.forget_people(Timestamp::now()).await;
                forgotten.map_err(|e| words(&e))?;
                self.service.ask(Wanted::ForgetNetwork).await.map_err(|e| words(&e))
            }
            // It is gone when the machine has started anew, which it does now.
            Reset::Factory => self.service.ask(Wanted::ForgetAll).await.map_err(|e| words(&e)),
        }
    }
}

/// Shows the setup code as long as the machine belongs to nobody.
pub(super) async fn show_setup_code(api: Api, machine: watch::Sender<Machine>) {
    loop {
        let code = match api.setup_code().await {
            Ok(code) => code,
            Err(problem) => {
                log::warn!("the setup code can't be told: {}", problem.detail);
                None
            }
        };
        let shown = code.map(|code| {
            let code = code.reveal();
            let (front, back) = code.split_at_checked(4).unwrap_or((code, ""));
            format_smolstr!("{front}-{back}")
        });
        machine.send_if_modified(|machine| {
            let is_news = machine.setup_code != shown;
            machine.setup_code = shown;
            is_news
        });
        tokio::time::sleep(LOOK).await;
    }
}
