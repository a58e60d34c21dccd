//! New jobs: what is asked for, checked field by field, and made once for each key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::jobs::Whole;
use super::ticket::TicketRequest;
use crate::api::field::When;
use crate::api::studio::{OnSheet, Print};
use crate::api::{Api, Caller, Problem};
use crate::crypto::Sha256;
use crate::intake::{Asked, NewOrder, Received, Wishes};
use crate::model::{Destination, Document, Hold, HoldUntil, MediaSize, Order, PrinterId, RequestKey, Scope, Timestamp};

/// Most characters of a job's name, an edition's and a value for a template.
const TEXT: usize = 255;
/// Most values for a template.
const FIELDS: usize = 100;
/// The priority of a job about which nobody says more, and the highest of those who run nothing.
const PRIORITY: u8 = 50;

/// Whether a job is printed, or waits until somebody approves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// It is printed when it is its turn.
    #[default]
    Print,
    /// It waits until it is approved.
    Draft,
}

/// A job that is asked for; quotes, proofs and layouts take the same.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct JobRequest {
    /// Left out: the first document's name.
    pub name: SmolStr,
    /// The sender's own name for it.
    pub reference: Option<SmolStr>,
    /// Words of the sender.
    pub metadata: BTreeMap<String, String>,
    /// A printer's short name; left out, or `pool`: any.
    pub destination: Option<SmolStr>,
    /// 1 to 100; 50 when left out.
    pub priority: Option<u8>,
    /// When it must be done.
    pub deadline: Option<When>,
    /// Where the sender hears what becomes of it.
    pub callback_url: Option<SmolStr>,
    /// Whether it waits to be approved.
    pub mode: Mode,
    /// It is not begun before.
    pub hold_until: Option<When>,
    /// How many.
    pub copies: Option<u32>,
    /// How it is printed.
    pub ticket: TicketRequest,
    /// The edition that it belongs to.
    pub edition: Option<SmolStr>,
    /// A template that lays its pictures out.
    pub template: Option<SmolStr>,
    /// Values of the template's parameters, and words that it shows.
    pub fields: BTreeMap<String, String>,
    /// `false` takes what there is where something can't be had as asked for.
    pub strict: Option<bool>,
    /// Uploads that are its documents, in order.
    pub uploads: Vec<SmolStr>,
}

/// A job that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Submitted {
    /// The job.
    pub job: Whole,
    /// Whether the same request had made it before.
    pub replayed: bool,
}

impl Api {
    /// Refuses whoever can't make a job, before documents are sent.
    ///
    /// # Errors
    /// 403, 429 `too-many-jobs`, 507 `disk-full`.
    pub async fn check_submit(&self, caller: &Caller) -> Result<(), Problem> {
        caller.needs(Scope::JobsWrite)?;
        self.intake.check_user(&caller.name).await?;
        Ok(self.intake.check_room()?)
    }

    /// Makes a job of documents that came with it, and of uploads; once for each key.
    ///
    /// # Errors
    /// 422 with the field at fault, 409 where no jobs are taken, 422 `idempotency-key-reused`, 429 `too-many-jobs`.
    pub async fn submit(
        &self,
        caller: &Caller,
        request: JobRequest,
        received: Vec<Received>,
        key: Option<SmolStr>,
    ) -> Result<Submitted, Problem> {
        caller.needs(Scope::JobsWrite)?;
        let key = key
            .map(|key| request_key(caller, key, &request, &received))
            .transpose()?;
        if let Some(key) = &key
            && let Some(job) = self.store.keyed(key.clone(), Timestamp::now()).await?
        {
            // Its uploads may have expired by now.
            let job = self.whole(job).await?;
            return Ok(Submitted { job, replayed: true });
        }
        let order = order_of(caller, &request)?;
        let priority = priority_of(caller, request.priority)?.unwrap_or(PRIORITY);
        let hold = hold_of(&request)?;
        let mut documents: Vec<(Document, _)> = received
            .into_iter()
            .map(|Received { document, hold }| (document, Some(hold)))
            .collect();
        documents.extend(
            self.uploaded(caller, &request.uploads)
                .await?
                .into_iter()
                .map(|d| (d, None)),
        );
        if documents.is_empty() {
            let text = "a job has at least one document: send it with the job, or name an upload";
            return Err(Problem::invalid("uploads", text));
        }
        if documents.len() > self.settings.documents_per_job {
            let text = format_smolstr!("a job has at most {} documents", self.settings.documents_per_job);
            return Err(Problem::invalid("uploads", text));
        }
        let all: Vec<Document> = documents.iter().map(|(document, _)| document.clone()).collect();
        let asked = self.asked(&request, &all).await?;
        self.check_takes(&asked.destination).await?;
        let new = NewOrder {
            name: clean("name", &request.name, TEXT)?,
            user: caller.name.clone(),
            priority,
            hold,
            asked,
            order,
            key,
            uploads: request.uploads,
        };
        let made = self.intake.order(new, documents).await?;
        let job = self.whole(made.job).await?;
        Ok(Submitted {
            job,
            replayed: made.replayed,
        })
    }

    /// Refuses new jobs where somebody has switched that off.
    pub(super) async fn check_takes(&self, to: &Destination) -> Result<(), Problem> {
        if self.store.house().await?.control(to).takes_jobs() {
            return Ok(());
        }
        let text = format_smolstr!("{to} takes no jobs now: somebody has switched that off. Try again later");
        Err(Problem::conflict("not-accepting-jobs", text).at("destination"))
    }

    /// The documents of uploads that are whole and the caller's own.
    pub(super) async fn uploaded(&self, caller: &Caller, ids: &[SmolStr]) -> Result<Vec<Document>, Problem> {
        let mut documents = Vec::with_capacity(ids.len());
        for (place, id) in ids.iter().enumerate() {
            let field = format_smolstr!("uploads/{place}");
            if place >= self.settings.documents_per_job {
                return Err(Problem::invalid(
                    field,
                    "these are more documents than one job may have",
                ));
            }
            let found = self.intake.upload(id).await?;
            let found = found.filter(|found| found.upload.new.owner == caller.name);
            let Some(found) = found else {
                let text = format_smolstr!("there is no upload \"{}\", or its time is over", short(id));
                return Err(Problem::invalid(field, text));
            };
            let document = crate::intake::upload::document_of(&found.upload).ok_or_else(|| {
                let text = format_smolstr!("{} of {} bytes of it are here", found.offset, found.upload.new.bytes);
                Problem::conflict("upload-incomplete", text).at(field)
            })?;
            documents.push(document);
        }
        Ok(documents)
    }

    /// How a request wants its documents printed.
    pub(super) async fn asked(&self, request: &JobRequest, documents: &[Document]) -> Result<Asked, Problem> {
        let house = self.store.house().await?;
        let destination = destination_of(request.destination.as_deref(), &house.printers)?;
        let mut wishes = request.ticket.wishes(Wishes::default(), &house.papers)?;
        wishes.copies = request.copies;
        let template = self.fitted(request, &wishes, documents).await?;
        Ok(Asked {
            destination,
            wishes,
            template,
            deadline: request.deadline.map(|When(at)| at),
            edition: request
                .edition
                .as_ref()
                .map(|text| clean("edition", text, TEXT))
                .transpose()?,
            strict: request.strict.unwrap_or(true),
        })
    }

    async fn fitted(
        &self,
        request: &JobRequest,
        wishes: &Wishes,
        documents: &[Document],
    ) -> Result<Option<(crate::model::TemplateChoice, Wishes)>, Problem> {
        let Some(name) = request.template.clone() else {
            if let Some(field) = request.fields.keys().next() {
                let field = format_smolstr!("fields/{}", short(field));
                return Err(Problem::invalid(field, "fields are given to a template: name one"));
            }
            return Ok(None);
        };
        let plain = ["page_ranges", "number_up", "print_scaling", "orientation"];
        let named = [
            wishes.page_ranges.is_some(),
            wishes.number_up.is_some(),
            wishes.scaling.is_some(),
            wishes.orientation.is_some(),
        ];
        if let Some((field, _)) = plain.iter().zip(named).find(|(_, named)| *named) {
            let field = format_smolstr!("ticket/{field}");
            return Err(Problem::invalid(
                field,
                "the template says how pictures lie: leave this out",
            ));
        }
        self.fit(&name, &request.fields, (wishes.size.clone(), wishes.margins), documents)
            .await
            .map(Some)
    }

    /// A template on a sheet, with what it says of that.
    pub(super) async fn fit(
        &self,
        name: &SmolStr,
        fields: &BTreeMap<String, String>,
        (size, margins): (Option<MediaSize>, Option<crate::model::Margins>),
        documents: &[Document],
    ) -> Result<(crate::model::TemplateChoice, Wishes), Problem> {
        if fields.len() > FIELDS {
            return Err(Problem::invalid(
                "fields",
                format_smolstr!("a template takes at most {FIELDS} values"),
            ));
        }
        let (name, fields, documents) = (name.clone(), fields.clone(), documents.to_vec());
        let on = OnSheet { size, margins };
        let fitted = self
            .studio
            .ask(move |press| press.fit(&name, &fields, &on, &documents))
            .await?;
        let of_template = Wishes {
            size: Some(fitted.size),
            margins: fitted.margins,
            ..Wishes::default()
        };
        Ok((fitted.choice, of_template))
    }

    /// What a request would print, of its uploads.
    pub(super) async fn print_of(&self, caller: &Caller, request: &JobRequest) -> Result<Print, Problem> {
        let documents = self.uploaded(caller, &request.uploads).await?;
        let asked = self.asked(request, &documents).await?;
        let ticket = self.intake.decide(&asked, &documents).await?;
        Ok(Print {
            documents,
            ticket,
            destination: asked.destination,
        })
    }
}

/// A destination by its name.
pub(super) fn destination_of(
    name: Option<&str>,
    printers: &[crate::model::PrinterRecord],
) -> Result<Destination, Problem> {
    let Some(name) = name.filter(|name| *name != "pool") else {
        return Ok(Destination::Pool);
    };
    let id = PrinterId::new(name)
        .ok()
        .filter(|id| printers.iter().any(|p| p.id == *id));
    id.map(Destination::Printer).ok_or_else(|| {
        let text = format_smolstr!("there is no printer \"{}\" here: leave this out for any", short(name));
        Problem::invalid("destination", text)
    })
}

/// A priority that the caller may give.
pub(super) fn priority_of(caller: &Caller, asked: Option<u8>) -> Result<Option<u8>, Problem> {
    match asked {
        Some(0 | 101..) => Err(Problem::invalid("priority", "a priority is from 1 to 100")),
        Some(high) if high > PRIORITY && !caller.scopes.has(Scope::JobsAll) => {
            let text = format_smolstr!("{} may give a priority of {PRIORITY} at most", caller.name);
            Err(Problem::forbidden(text).at("priority"))
        }
        other => Ok(other),
    }
}

fn hold_of(request: &JobRequest) -> Result<Option<Hold>, Problem> {
    match (request.mode, request.hold_until) {
        (Mode::Draft, Some(_)) => {
            let text = "a draft waits until it is approved: leave hold_until out";
            Err(Problem::invalid("hold_until", text))
        }
        (Mode::Draft, None) => Ok(Some(Hold::OF_DRAFT)),
        (Mode::Print, None) => Ok(None),
        (Mode::Print, Some(When(at))) => Ok(until(at)),
    }
}

/// A hold until a moment, unless that has passed.
pub(super) fn until(at: Timestamp) -> Option<Hold> {
    HoldUntil::Time(at).from(&jiff::ZonedDateTime::now())
}

fn order_of(caller: &Caller, request: &JobRequest) -> Result<Order, Problem> {
    Ok(Order {
        reference: request.reference.as_ref().map(|text| reference(text)).transpose()?,
        metadata: metadata(&request.metadata)?,
        callback_url: request.callback_url.as_ref().map(|url| callback(url)).transpose()?,
        client: caller.client.clone(),
    })
}

/// A sender's own name for a job.
pub(super) fn reference(text: &SmolStr) -> Result<SmolStr, Problem> {
    clean("reference", text, Order::TEXT)
}

/// Words of the sender.
pub(super) fn metadata(pairs: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Problem> {
    if pairs.len() > Order::METADATA {
        let text = format_smolstr!("a job keeps at most {} pairs", Order::METADATA);
        return Err(Problem::invalid("metadata", text));
    }
    for (name, value) in pairs {
        let field = format_smolstr!("metadata/{}", short(name));
        let is_name = (1..=Order::METADATA_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if !is_name {
            let text = format_smolstr!("a name has 1 to {} characters on one line", Order::METADATA_NAME);
            return Err(Problem::invalid(field, text));
        }
        if value.chars().count() > Order::TEXT {
            return Err(Problem::invalid(
                field,
                format_smolstr!("a value has at most {} characters", Order::TEXT),
            ));
        }
    }
    Ok(pairs.clone())
}

/// Where a sender hears of a job: by https alone, so that nobody on the way reads or changes what is told.
pub(super) fn callback(url: &SmolStr) -> Result<SmolStr, Problem> {
    let uri = url.parse::<hyper::Uri>().ok().filter(|_| url.len() <= Order::URL);
    let is_good = uri.is_some_and(|uri| {
        let authority = uri.authority().map_or("", |a| a.as_str());
        uri.scheme_str() == Some("https") && !authority.is_empty() && !authority.contains('@')
    });
    is_good.then(|| url.clone()).ok_or_else(|| {
        let text = format_smolstr!(
            "this must be an https:// address of {} bytes at most, without a user in it: what becomes of a job is told \
             by TLS alone",
            Order::URL
        );
        Problem::invalid("callback_url", text)
    })
}

/// One line of text.
pub(super) fn clean(field: &'static str, text: &SmolStr, most: usize) -> Result<SmolStr, Problem> {
    if text.chars().count() > most || text.chars().any(char::is_control) {
        let text = format_smolstr!("this is one line of {most} characters at most");
        return Err(Problem::invalid(field, text));
    }
    Ok(text.clone())
}

/// The beginning of what was sent, for a message.
pub(super) fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

/// What a request is known by: whose it is, and all that it asks for, documents included.
fn request_key(
    caller: &Caller,
    key: SmolStr,
    request: &JobRequest,
    received: &[Received],
) -> Result<RequestKey, Problem> {
    let is_good = (1..=RequestKey::MOST).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    if !is_good {
        let text = format_smolstr!(
            "a key has 1 to {} visible ASCII characters and no space",
            RequestKey::MOST
        );
        return Err(Problem::invalid("Idempotency-Key", text));
    }
    let mut told = serde_json::to_string(request).map_err(|error| Problem::internal(&error))?;
    for Received { document, .. } in received {
        told.push_str(&format!("\n{} {:?}", document.digest, document.name));
    }
    Ok(RequestKey {
        // A program for itself and one for a person are two senders.
        owner: format_smolstr!("{}\n{}", caller.client.as_deref().unwrap_or(""), caller.name),
        key,
        request: format_smolstr!("{}", Sha256::of(told.as_bytes())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callbacks_go_by_tls_alone() {
        for good in ["https://shop.example/hook", "https://10.0.0.5:8443/a?b=c"] {
            assert!(callback(&good.into()).is_ok(), "{good}");
        }
        let long = format!("https://a/{}", "x".repeat(Order::URL));
        for bad in [
            "http://shop.example/",
            "https:///x",
            "https://user:secret@shop.example/",
            "ftp://a/",
            "/x",
            "",
            "https://a b/",
            &long,
        ] {
            assert!(callback(&bad.into()).is_err(), "{bad}");
        }
    }

    #[test]
    fn metadata_is_bounded() {
        let pairs = |n: usize, value: &str| -> BTreeMap<String, String> {
            (0..n).map(|i| (format!("k{i}"), value.to_owned())).collect()
        };
        assert!(metadata(&pairs(20, "x")).is_ok());
        assert!(metadata(&pairs(21, "x")).is_err());
        assert!(metadata(&pairs(1, &"x".repeat(501))).is_err());
        assert!(metadata(&[("a\nb".to_owned(), String::new())].into()).is_err());
    }

    #[test]
    fn the_same_request_has_the_same_key_however_it_was_written() {
        let read = |json: &str| -> JobRequest { serde_json::from_str(json).unwrap() };
        let caller = Caller::owner("ola");
        let of = |json: &str| request_key(&caller, "k".into(), &read(json), &[]).unwrap().request;
        let one = of(r#"{"name": "a", "ticket": {"media": "a4", "border": 3}, "metadata": {"x": "1", "y": "2"}}"#);
        let same = of(r#"{"metadata":{"y":"2","x":"1"},"ticket":{"border":3.0,"media":"a4"},"name":"a"}"#);
        assert_eq!(one, same);
        assert_ne!(one, of(r#"{"name": "b", "ticket": {"media": "a4", "border": 3}}"#));
        assert!(request_key(&caller, "a b".into(), &JobRequest::default(), &[]).is_err());
    }
}
