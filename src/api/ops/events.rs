//! The log: what happened, in order, as far as the caller may see it.

use crate::api::view::EventView;
use crate::api::{Api, Caller, Problem};
use crate::model::{EventSeq, Scope};

/// Events that are read at once.
const BATCH: u32 = 500;

/// Some of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch {
    /// What the caller may see of it, oldest first.
    pub events: Vec<EventView>,
    /// How far it reaches.
    pub through: EventSeq,
    /// Whether there was more to read at once.
    pub is_full: bool,
}

impl Api {
    /// The newest event's number.
    pub fn newest(&self) -> EventSeq {
        *self.store.subscribe().borrow()
    }

    /// What happened after an event: some at a time. Events of others' jobs are left out where the caller may not see
    /// those.
    ///
    /// # Errors
    /// 403.
    pub async fn events(&self, caller: &Caller, after: EventSeq) -> Result<Stretch, Problem> {
        caller.needs(Scope::EventsRead)?;
        let followed = self.store.followed_after(after, BATCH).await?;
        let through = followed.last().map_or(after, |last| last.event.seq);
        let is_full = followed.len() == BATCH as usize;
        let seen = followed.into_iter().filter(|followed| match &followed.user {
            Some(user) => caller.sees(user),
            None => true,
        });
        Ok(Stretch {
            events: seen.map(|followed| EventView::of(followed.event)).collect(),
            through,
            is_full,
        })
    }
}
