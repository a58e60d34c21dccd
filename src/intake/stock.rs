//! Whether there is paper for a job, told to whoever sends it.

use std::collections::HashMap;

use smol_str::{SmolStr, format_smolstr};

use crate::model::{Job, Paper, PaperId, counted, used_up};

/// What a new job will wait for because its paper is used up; `None` where there is enough, or nobody counts it. Sheets
/// that other jobs will take are not looked at: the plan shares them out.
pub fn shortage(job: &Job, papers: &[Paper], on_hand: &HashMap<PaperId, i64>) -> Option<SmolStr> {
    let (paper, sheets) = counted(&job.ticket.media.value, papers, on_hand)?;
    let needed = job.sheets().max(1);
    (sheets < i64::from(needed)).then(|| used_up(&format_smolstr!("{paper}"), sheets.max(0), needed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Wishes, decide};
    use crate::model::{Destination, Finish, JobId, JobReason, JobState, MediaSize, NewJob, Timestamp};
    use crate::store::Store;

    #[tokio::test]
    async fn paper_that_is_used_up_is_told() {
        let size = MediaSize::from_name("iso_a4_210x297mm").unwrap();
        let wishes = Wishes {
            size: Some(size.clone()),
            media_type: Some("photographic-matte".into()),
            copies: Some(3),
            ..Wishes::default()
        };
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("platen.db")).unwrap();
        let new = NewJob {
            name: "a".into(),
            user: "ann".into(),
            destination: Destination::Pool,
            priority: 50,
            ticket: decide(&wishes, None, &[]).ticket,
            documents: vec![],
            incoming_until: None,
            hold: None,
            printer_uri: "ipp://localhost/ipp/print".into(),
        };
        let job = store.create_job(new, Timestamp(1)).await.unwrap();
        assert_eq!(
            (job.id, job.state, job.reasons.as_slice()),
            (JobId(1), JobState::Pending, &[JobReason::JobQueued][..])
        );
        let paper = Paper {
            id: PaperId::new("rag").unwrap(),
            name: "Photo Rag".into(),
            size,
            media_type: "photographic-matte".into(),
            finish: Finish::Matte,
            weight: None,
            price: None,
            low: 0,
        };
        let papers = [paper];
        let with = |sheets| shortage(&job, &papers, &HashMap::from([(papers[0].id.clone(), sheets)]));
        assert_eq!(with(1), None, "it has no document yet: one sheet at least");
        assert_eq!(with(0).unwrap(), "waits for Photo Rag A4, which is used up: restock it");
        assert_eq!(shortage(&job, &papers, &HashMap::new()), None, "nobody counts it");
        assert_eq!(shortage(&job, &[], &HashMap::new()), None);
    }
}
