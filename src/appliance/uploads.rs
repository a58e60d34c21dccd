//! Lets uploads go whose time is over, every quarter of an hour.

use std::time::Duration;

use crate::intake::Intake;
use crate::model::Timestamp;

/// How often.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// Runs until it is stopped.
pub async fn keep(intake: Intake) {
    loop {
        match intake.forget_uploads(Timestamp::now()).await {
            Ok(0) => {}
            Ok(n) => log::info!("{n} uploads expired and were removed"),
            Err(error) => log::warn!("uploads that have expired could not be removed: {error}"),
        }
        tokio::time::sleep(EVERY).await;
    }
}
