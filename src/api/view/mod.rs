//! How things are told of: plain structures that become JSON, and that pages show. Names are IPP's, in snake case; times
//! are RFC 3339 in UTC; lengths are millimetres.

mod account;
mod job;
mod layout;
mod machine;
mod paper;
mod printer;
mod profile;
mod quote;
mod update;
mod upload;

use serde::Serialize;

use crate::model::{Decided, Source, Timestamp};

pub use account::{ClientView, GrantView, MeView, SessionView, UserView};
pub use job::{AttemptView, DocumentView, EventView, JobLine, JobView, MediaView, QuestionView, TicketView};
pub use layout::LayoutView;
pub use machine::{ClockView, InterfaceView, MachineView};
pub use paper::{InkEntryView, PaperView, StockEntryView};
pub use printer::{
    CapabilitiesView, CurrentJobView, ForecastView, InkView, LoadedView, PrinterView, ReasonView, RestView,
    SwitchesView, WantedView, WasteView,
};
pub use profile::{ProfileFactsView, ProfileUseView, ProfileView};
pub use quote::{PaperNeed, PriceView, QuoteView, QuotedInkView, TimeView};
pub use update::{ChannelView, OfferView, RunningView, SlotView, UpdateView, UpdatesView, WindowView};
pub use upload::UploadView;

/// A moment (RFC 3339, UTC, milliseconds).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl Moment {
    /// For people: the day and the time by the clock of the studio, with the year where it is another than now.
    pub fn short(&self) -> String {
        let zone = jiff::tz::TimeZone::system();
        let at = jiff::Timestamp::from_millisecond(self.0.0).unwrap_or_default();
        let at = at.to_zoned_datetime(zone.clone());
        let is_this_year = at.year() == jiff::Timestamp::now().to_zoned_datetime(zone).year();
        let form = if is_this_year {
            "%-d %b %H:%M"
        } else {
            "%-d %b %Y %H:%M"
        };
        at.strftime(form).to_string()
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0.0) {
            Ok(at) => write!(f, "{at:.3}"),
            // Nobody has a clock that goes so wrong.
            Err(_) => f.write_str("1970-01-01T00:00:00.000Z"),
        }
    }
}

impl Serialize for Moment {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A decided field of a ticket.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecidedView<T> {
    /// The value.
    pub value: T,
    /// Who decided: `default`, `rule`, `template`, `client`.
    pub from: Source,
    /// Why, where that is not plain.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl<T> DecidedView<T> {
    fn of<U>(decided: &Decided<U>, told: impl FnOnce(&U) -> T) -> Self {
        DecidedView {
            value: told(&decided.value),
            from: decided.from,
            why: decided.why.to_string(),
        }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What to ask for the next page with, as `cursor`; none: this is the last.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_utc_to_the_millisecond() {
        assert_eq!(Moment(Timestamp(0)).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            Moment(Timestamp(1_764_000_000_007)).to_string(),
            "2025-11-24T16:00:00.007Z"
        );
    }
}
