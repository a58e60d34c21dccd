//! Jobs by those who ask for more than IPP can say: templates, deadlines, editions, drafts, words of their own, and
//! requests that may come twice.

use smol_str::{SmolStr, format_smolstr};

use super::{Decision, Ignored, Intake, IntakeError, Wishes, candidates, check_pages, decide};
use crate::model::{
    Capabilities, Destination, Document, DocumentFacts, Hold, NewJob, Order, RequestKey, Source, TemplateChoice,
    Ticket, Timestamp,
};
use crate::spool;
use crate::store::Made;

/// How a job is to be printed, as its sender asks for it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Where it may go.
    pub destination: Destination,
    /// Settings.
    pub wishes: Wishes,
    /// By which template its pictures are laid out, and what that says of the sheet where nobody else does.
    pub template: Option<(TemplateChoice, Wishes)>,
    /// When it must be done.
    pub deadline: Option<Timestamp>,
    /// The edition that it belongs to.
    pub edition: Option<SmolStr>,
    /// Whether it is refused when something can't be had exactly as asked, as by `ipp-attribute-fidelity`; else it is
    /// replaced, and a warning on the ticket says so.
    pub strict: bool,
}

/// A job that is asked for.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// `job-name`; empty takes the first document's name.
    pub name: SmolStr,
    /// Whose it will be.
    pub user: SmolStr,
    /// `job-priority`
    pub priority: u8,
    /// Until when, or for what, it is held.
    pub hold: Option<Hold>,
    /// How it is printed.
    pub asked: Asked,
    /// What its sender keeps with it.
    pub order: Order,
    /// The key of the request.
    pub key: Option<RequestKey>,
    /// The uploads that documents of it came by.
    pub uploads: Vec<SmolStr>,
}

/// The ticket of what is asked for.
///
/// # Errors
/// What can't be had as asked for, where that matters to whoever asks.
pub fn ticket_of(asked: &Asked, facts: Option<&DocumentFacts>, able: &[&Capabilities]) -> Result<Ticket, Vec<Ignored>> {
    let of_client = &asked.wishes;
    let names_sheet = of_client.size.is_some()
        || of_client.media_type.is_some()
        || of_client.source.is_some()
        || of_client.margins.is_some();
    let wishes = match &asked.template {
        Some((_, of_template)) => of_client.clone().or(of_template.clone()),
        None => of_client.clone(),
    };
    let Decision {
        mut ticket, ignored, ..
    } = decide(&wishes, facts, able);
    if asked.strict && !ignored.is_empty() {
        return Err(ignored);
    }
    for field in ignored {
        let warning = format_smolstr!("{} could not be had as asked for", field.in_words());
        ticket.warnings.push(warning);
    }
    if !names_sheet && asked.template.is_some() && ticket.media.from == Source::Client {
        ticket.media.from = Source::Template;
    }
    ticket.template = asked.template.as_ref().map(|(choice, _)| choice.clone());
    ticket.deadline = asked.deadline;
    ticket.edition.clone_from(&asked.edition);
    Ok(ticket)
}

/// Warns of a deadline that has passed when it is asked for: the job is printed all the same. `now` is the time.
pub fn warn_of_deadline(ticket: &mut Ticket, now: Timestamp) {
    const LATE: &str = "the deadline had passed already when it was asked for: the job is printed as soon as it can be";
    ticket.warnings.retain(|warning| warning != LATE);
    if ticket.deadline.is_some_and(|deadline| deadline < now) {
        ticket.warnings.push(SmolStr::new_static(LATE));
    }
}

impl Intake {
    /// The ticket of what is asked for, by the printers that there are.
    ///
    /// # Errors
    /// [`IntakeError::NotAsAsked`], [`IntakeError::NoPage`], [`IntakeError::Store`].
    pub async fn decide(&self, asked: &Asked, documents: &[Document]) -> Result<Ticket, IntakeError> {
        let house = self.store.house().await?;
        let able = candidates(&house, &asked.destination);
        let facts = documents.first().map(|d| &d.facts);
        let mut ticket = ticket_of(asked, facts, &able).map_err(IntakeError::NotAsAsked)?;
        warn_of_deadline(&mut ticket, Timestamp::now());
        check_pages(&ticket, documents.iter().map(|d| d.facts.pages))?;
        Ok(ticket)
    }

    /// Makes a job, once for each key. Durable when this returns.
    ///
    /// # Errors
    /// [`IntakeError`]; what arrived for it and is not in the spool for another reason leaves it.
    pub async fn order(
        &self,
        new: NewOrder,
        documents: Vec<(Document, Option<spool::Hold>)>,
    ) -> Result<Made, IntakeError> {
        let (documents, mut holds): (Vec<Document>, Vec<Option<spool::Hold>>) = documents.into_iter().unzip();
        let ticket = self.decide(&new.asked, &documents).await?;
        let name = match (new.name.as_str(), documents.first().and_then(|d| d.name.clone())) {
            ("", Some(document)) => document,
            ("", None) => SmolStr::new_static("untitled"),
            _ => new.name,
        };
        let printer_uri = new.asked.destination.uri("ipp://localhost").into();
        let job = NewJob {
            name,
            user: new.user,
            destination: new.asked.destination,
            priority: new.priority,
            ticket,
            documents,
            incoming_until: None,
            hold: new.hold,
            printer_uri,
        };
        // A store that fails does not always know what it has written: the next start's sweep does.
        holds.iter_mut().flatten().for_each(spool::Hold::keep);
        let with = (new.order, new.key, new.uploads);
        let made = self
            .store
            .create_order(job, self.jobs_per_user, with, Timestamp::now())
            .await;
        if made.as_ref().is_ok_and(|made| made.replayed) || made.as_ref().is_err_and(is_plain) {
            // The older job has its own; the same bytes stay for it.
            holds.iter_mut().flatten().for_each(spool::Hold::release);
        }
        let made = made?;
        let job = &made.job;
        if !made.replayed {
            log::info!("job {} \"{}\" of {}: accepted", job.id, job.name, job.user);
        }
        Ok(made)
    }
}

/// A refusal of which it is certain that nothing was written.
fn is_plain(error: &crate::store::StoreError) -> bool {
    use crate::store::StoreError::{KeyUsed, TooManyJobs};
    matches!(error, KeyUsed(..) | TooManyJobs { .. })
}

#[cfg(test)]
mod tests {
    use super::super::decide::tests::pro1000;
    use super::*;
    use crate::intake::{revise, wishes_of};
    use crate::model::{Margins, MediaSize};

    fn asked(strict: bool) -> Asked {
        Asked {
            destination: Destination::Pool,
            wishes: Wishes::default(),
            template: None,
            deadline: Some(Timestamp(5)),
            edition: Some("Dawn".into()),
            strict,
        }
    }

    #[test]
    fn what_cannot_be_had_is_refused_or_told() {
        let printer = pro1000();
        let odd = |strict| Asked {
            wishes: Wishes {
                copies: Some(5_000),
                ..Wishes::default()
            },
            ..asked(strict)
        };
        assert_eq!(ticket_of(&odd(true), None, &[&printer]), Err(vec![Ignored::Copies]));
        let ticket = ticket_of(&odd(false), None, &[&printer]).unwrap();
        assert_eq!(ticket.copies.value, 1);
        assert!(
            ticket.warnings.iter().any(|w| w.contains("so many copies")),
            "{ticket:?}"
        );
        assert_eq!(
            (ticket.deadline, ticket.edition.as_deref()),
            (Some(Timestamp(5)), Some("Dawn"))
        );
    }

    #[test]
    fn a_deadline_that_has_passed_is_told_until_it_is_another_one() {
        let mut ticket = ticket_of(&asked(true), None, &[]).unwrap();
        let told = |ticket: &Ticket| ticket.warnings.iter().filter(|w| w.contains("deadline")).count();
        warn_of_deadline(&mut ticket, Timestamp(5));
        assert_eq!(told(&ticket), 0, "this very moment");
        for _ in 0..2 {
            warn_of_deadline(&mut ticket, Timestamp(6));
            assert_eq!((told(&ticket), ticket.deadline), (1, Some(Timestamp(5))));
        }
        ticket.deadline = Some(Timestamp(7));
        warn_of_deadline(&mut ticket, Timestamp(6));
        assert_eq!(told(&ticket), 0);
    }

    #[tokio::test]
    async fn a_template_says_what_the_sender_does_not_and_stays_when_wishes_change() {
        let choice = TemplateChoice {
            name: "full-bleed".into(),
            fields: [("overspray".to_owned(), "2".to_owned())].into(),
            sheets: 2,
        };
        let size = MediaSize::called("a3").unwrap();
        let of_template = Wishes {
            size: Some(size.clone()),
            margins: Some(Margins::BORDERLESS),
            ..Wishes::default()
        };
        let mut with = asked(true);
        with.template = Some((choice.clone(), of_template));
        let ticket = ticket_of(&with, None, &[]).unwrap();
        assert_eq!((&ticket.media.value.size, ticket.media.from), (&size, Source::Template));
        assert!(ticket.media.value.margins.is_borderless());
        let wished = wishes_of(&ticket);
        assert_eq!(
            (wished.size, wished.margins),
            (None, None),
            "the sender has named no sheet"
        );
        // It is read back as it was written.
        let json = serde_json::to_string(&ticket).unwrap();
        assert_eq!(serde_json::from_str::<Ticket>(&json).unwrap(), ticket);
        let folder = tempfile::tempdir().unwrap();
        let store = crate::store::Store::open(&folder.path().join("platen.db")).unwrap();
        let new = NewJob {
            name: "a".into(),
            user: "ann".into(),
            destination: Destination::Pool,
            priority: 50,
            ticket,
            documents: vec![],
            incoming_until: None,
            hold: Some(Hold::OF_DRAFT),
            printer_uri: "ipp://localhost/ipp/print".into(),
        };
        let mut job = store.create_job(new, Timestamp(1)).await.unwrap();
        assert!(job.is_draft());
        assert_eq!(job.sheets(), 2);
        let more = Wishes {
            copies: Some(3),
            ..Wishes::default()
        };
        revise(&mut job, &more, &[], &[]);
        assert_eq!((job.ticket.template.as_ref(), job.sheets()), (Some(&choice), 6));
        assert_eq!(job.ticket.media.value.size, size);
        assert_eq!(job.ticket.edition.as_deref(), Some("Dawn"));
        with.wishes.media_type = Some("photographic-matte".into());
        assert_eq!(ticket_of(&with, None, &[]).unwrap().media.from, Source::Client);
    }
}
