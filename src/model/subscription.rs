//! Subscriptions to what happens (RFC 3995), fetched by the client (RFC 3996, `ippget`).

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{Destination, Event, EventKind, EventSeq, JobId, JobState, Pool, PrinterId, PrinterState, Timestamp};

/// What can be subscribed to (RFC 3995, 5.3.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotifyEvent {
    /// A job was accepted.
    JobCreated,
    /// A job has ended, well or not.
    JobCompleted,
    /// A job was stopped while it was printed.
    JobStopped,
    /// Any change of a job's state, the three above among them.
    JobStateChanged,
    /// What a job is to be was changed.
    JobConfigChanged,
    /// A printer was stopped.
    PrinterStopped,
    /// Any change of a printer's state, the one above among them.
    PrinterStateChanged,
    /// A printer's texts were changed.
    PrinterConfigChanged,
    /// Jobs that wait were put in another order.
    PrinterQueueOrderChanged,
}

impl NotifyEvent {
    /// All of them with their keywords.
    pub const ALL: [(NotifyEvent, &'static str); 9] = [
        (NotifyEvent::JobCreated, "job-created"),
        (NotifyEvent::JobCompleted, "job-completed"),
        (NotifyEvent::JobStopped, "job-stopped"),
        (NotifyEvent::JobStateChanged, "job-state-changed"),
        (NotifyEvent::JobConfigChanged, "job-config-changed"),
        (NotifyEvent::PrinterStopped, "printer-stopped"),
        (NotifyEvent::PrinterStateChanged, "printer-state-changed"),
        (NotifyEvent::PrinterConfigChanged, "printer-config-changed"),
        (NotifyEvent::PrinterQueueOrderChanged, "printer-queue-order-changed"),
    ];

    /// The keyword.
    pub fn keyword(self) -> &'static str {
        NotifyEvent::ALL
            .iter()
            .find(|(e, _)| *e == self)
            .map_or("none", |(_, k)| k)
    }

    /// The event of a keyword.
    pub fn from_keyword(word: &str) -> Option<Self> {
        NotifyEvent::ALL.iter().find(|(_, k)| *k == word).map(|(e, _)| *e)
    }
}

/// A subscription that a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    /// The printer that it is about, or the pool.
    pub destination: Destination,
    /// The one job that it is about, if it is.
    pub job: Option<JobId>,
    /// `notify-subscriber-user-name`: what the client says.
    pub user: SmolStr,
    /// `notify-events`
    pub events: Vec<NotifyEvent>,
    /// `notify-natural-language`, given back as it came.
    pub language: SmolStr,
    /// `notify-user-data`, given back as it came: 63 bytes at most.
    pub user_data: Vec<u8>,
    /// `notify-time-interval`: seconds between two notifications at least, as the client wishes.
    pub interval: u32,
    /// When it ends; a job's ends with the job.
    pub expires: Option<Timestamp>,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// `notify-subscription-id`
    pub id: i32,
    /// What was asked for.
    pub of: NewSubscription,
    /// The last event before it.
    pub since: EventSeq,
    /// When it was made.
    pub created: Timestamp,
}

/// What is told of an event: who it is about, and the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The event.
    pub event: Event,
    /// Where the job of the event may go, if it is about a job.
    pub destination: Option<Destination>,
    /// Its `job-name`.
    pub job_name: SmolStr,
    /// Its `job-impressions-completed`.
    pub impressions: u32,
}

/// What an event is called, the narrowest word first.
fn words(kind: &EventKind) -> &'static [NotifyEvent] {
    use NotifyEvent as N;
    match kind {
        EventKind::JobCreated { .. } => &[N::JobCreated, N::JobStateChanged],
        EventKind::JobChanged { state, .. } if state.is_terminal() => &[N::JobCompleted, N::JobStateChanged],
        EventKind::JobChanged {
            state: JobState::ProcessingStopped,
            ..
        } => &[N::JobStopped, N::JobStateChanged],
        EventKind::JobChanged { .. } => &[N::JobStateChanged],
        EventKind::JobConfigChanged | EventKind::DocumentAdded { .. } => &[N::JobConfigChanged],
        EventKind::QueueOrderChanged => &[N::PrinterQueueOrderChanged],
        EventKind::PrinterChanged { state, reachable, .. } if *state == PrinterState::Stopped || !reachable => {
            &[N::PrinterStopped, N::PrinterStateChanged]
        }
        EventKind::PrinterChanged { .. } => &[N::PrinterStateChanged],
        EventKind::ControlChanged { switched: false, .. } => &[N::PrinterConfigChanged],
        EventKind::ControlChanged { control, .. } if !control.prints() => &[N::PrinterStopped, N::PrinterStateChanged],
        EventKind::ControlChanged { .. } => &[N::PrinterStateChanged],
        EventKind::AttemptChanged { .. }
        | EventKind::HouseChanged { .. }
        | EventKind::Identify { .. }
        | EventKind::UpdateChanged { .. }
        | EventKind::Panel { .. }
        | EventKind::MediaWanted { .. }
        | EventKind::SheetsSpoiled { .. }
        | EventKind::StockChanged { .. }
        | EventKind::SuppliesChanged { .. }
        | EventKind::PaperLow { .. }
        | EventKind::InkLow { .. }
        | EventKind::LoadedChanged { .. } => &[],
    }
}

impl Subscription {
    /// Whether an event is told by this subscription, and as what.
    pub fn tells(&self, told: &Told, pools: &[Pool]) -> Option<NotifyEvent> {
        let event = &told.event;
        let own = &self.of.destination;
        // A pool's own switches name it.
        let here = |id: &PrinterId| own.leads_to(id, pools) || own.printer() == Some(id);
        let is_about = match (self.of.job, event.job) {
            (Some(own), job) => job == Some(own),
            (None, Some(_)) => {
                matches!(self.of.destination, Destination::Pool)
                    || told.destination.as_ref() == Some(&self.of.destination)
                    || event.printer.as_ref().is_some_and(here)
            }
            // The order of the queue and the pool's switches concern every printer of it.
            (None, None) => event.printer.as_ref().is_none_or(here),
        };
        if !is_about {
            return None;
        }
        words(&event.kind)
            .iter()
            .copied()
            .find(|word| self.of.events.contains(word))
    }

    /// Whether it has ended.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.of.expires.is_some_and(|at| at <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::JobReason;

    fn subscription(destination: Destination, job: Option<i64>, events: &[NotifyEvent]) -> Subscription {
        Subscription {
            id: 1,
            of: NewSubscription {
                destination,
                job: job.map(JobId),
                user: "ann".into(),
                events: events.to_vec(),
                language: "en".into(),
                user_data: vec![],
                interval: 0,
                expires: Some(Timestamp(100)),
            },
            since: EventSeq(0),
            created: Timestamp(0),
        }
    }

    fn told(job: Option<i64>, printer: Option<&str>, kind: EventKind) -> Told {
        Told {
            event: Event {
                seq: EventSeq(1),
                at: Timestamp(1),
                job: job.map(JobId),
                printer: printer.map(|p| PrinterId::new(p).unwrap()),
                kind,
            },
            destination: job.map(|_| Destination::Pool),
            job_name: "photo".into(),
            impressions: 0,
        }
    }

    fn changed(state: JobState) -> EventKind {
        EventKind::JobChanged {
            state,
            reasons: vec![JobReason::JobPrinting],
            message: "".into(),
        }
    }

    #[test]
    fn the_narrowest_word_that_was_asked_for() {
        use NotifyEvent as N;
        let ended = told(Some(7), None, changed(JobState::Completed));
        let of = |events: &[N]| subscription(Destination::Pool, None, events).tells(&ended, &[]);
        assert_eq!(of(&[N::JobStateChanged, N::JobCompleted]), Some(N::JobCompleted));
        assert_eq!(of(&[N::JobStateChanged]), Some(N::JobStateChanged));
        assert_eq!(of(&[N::JobStopped, N::PrinterStateChanged]), None);
    }

    #[test]
    fn only_what_it_is_about() {
        use NotifyEvent as N;
        let gertie = Destination::Printer(PrinterId::new("gertie").unwrap());
        let all = [N::JobStateChanged, N::PrinterStateChanged];
        let moving = |job, printer| told(Some(job), printer, changed(JobState::Processing));
        let one = subscription(Destination::Pool, Some(7), &all);
        assert!(one.tells(&moving(7, None), &[]).is_some());
        assert!(one.tells(&moving(8, None), &[]).is_none());
        let hers = subscription(gertie, None, &all);
        assert!(hers.tells(&moving(8, Some("gertie")), &[]).is_some());
        assert!(hers.tells(&moving(8, Some("squirty")), &[]).is_none());
        assert!(hers.tells(&moving(8, None), &[]).is_none(), "it waits for any printer");
        let state = |printer| {
            told(
                None,
                Some(printer),
                EventKind::PrinterChanged {
                    state: PrinterState::Idle,
                    reasons: vec![],
                    reachable: true,
                },
            )
        };
        assert!(hers.tells(&state("gertie"), &[]).is_some() && hers.tells(&state("squirty"), &[]).is_none());
        assert!(one.tells(&state("gertie"), &[]).is_none());
    }
}
