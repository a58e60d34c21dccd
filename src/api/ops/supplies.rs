//! The books of ink.

use serde::Deserialize;
use smol_str::{SmolStr, format_smolstr};

use super::papers::{page, paged};
use super::printers::no_printer;
use crate::api::view::{InkEntryView, InkView, Page};
use crate::api::{Api, Caller, Problem};
use crate::care::ink;
use crate::model::{InkReason, Nanoliters, NewInkEntry, PrinterId, Scope, Timestamp};

/// A tank that somebody fitted.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted {
    /// What it holds, in millilitres; none: it is full.
    #[serde(default)]
    pub ml: Option<f64>,
    /// What is to be remembered about it: a serial number, where it was bought.
    #[serde(default)]
    pub note: SmolStr,
}

impl Api {
    /// The inks of a printer.
    ///
    /// # Errors
    /// 404 `printer-not-found`.
    pub async fn supplies(&self, caller: &Caller, printer: &PrinterId) -> Result<Vec<InkView>, Problem> {
        caller.needs(Scope::PrintersRead)?;
        let house = self.store.house().await?;
        let record = house.printer(printer).ok_or_else(|| no_printer(printer))?;
        let markers = record.status.as_ref().map_or(&[][..], |status| &status.markers);
        self.inks_of(printer, markers, &self.estate.settings()).await
    }

    /// The ledger of an ink, newest first.
    ///
    /// # Errors
    /// 404 `printer-not-found`, 422 for a cursor that is none.
    pub async fn ink_entries(
        &self,
        caller: &Caller,
        printer: &PrinterId,
        channel: &str,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Page<InkEntryView>, Problem> {
        caller.needs(Scope::PrintersRead)?;
        let house = self.store.house().await?;
        house.printer(printer).ok_or_else(|| no_printer(printer))?;
        let (before, limit) = page(cursor, limit)?;
        let entries = self
            .store
            .ink_entries_before(printer.clone(), channel.into(), before, limit + 1);
        Ok(paged(
            entries.await?,
            limit,
            |entry| entry.id,
            |entry| InkEntryView::of(&entry),
        ))
    }

    /// Somebody has fitted a tank.
    ///
    /// # Errors
    /// 404 for a printer or an ink that is not known, 422.
    pub async fn fit_tank(
        &self,
        caller: &Caller,
        printer: &PrinterId,
        channel: &str,
        fitted: Fitted,
    ) -> Result<Vec<InkView>, Problem> {
        caller.needs(Scope::PrintersControl)?;
        let inks = self.supplies(caller, printer).await?;
        if !inks.iter().any(|ink| ink.channel == channel) {
            return Err(Problem::not_found(
                "ink-not-found",
                format_args!("ink {channel} of {printer}"),
            ));
        }
        let full = ink::TANK.as_ml();
        let ml = fitted.ml.unwrap_or(full);
        if !(0.0..=full).contains(&ml) {
            return Err(Problem::invalid(
                "ml",
                format_smolstr!("give millilitres from 0 to {full}"),
            ));
        }
        if fitted.note.len() > 200 || fitted.note.chars().any(char::is_control) {
            return Err(Problem::invalid("note", "a note is one line of 200 bytes at most"));
        }
        let entry = NewInkEntry {
            printer: printer.clone(),
            channel: channel.into(),
            delta: Nanoliters((ml * 1e6).round() as i64),
            reason: InkReason::Fitted,
            job: None,
            by: caller.name.clone(),
            note: fitted.note,
            at: Timestamp::now(),
        };
        self.store.book_ink(vec![entry]).await?;
        self.supplies(caller, printer).await
    }
}
