//! Papers and their stock.

use serde::{Deserialize, Serialize};
use smol_str::{SmolStr, format_smolstr};

use super::names::{refuse_alike, refuse_unseen};
use super::printers::configured;
use crate::api::patch::{Patch, patched, wrong};
use crate::api::view::{Page, PaperView, StockEntryView};
use crate::api::{Api, Caller, Problem};
use crate::care::Stock;
use crate::care::stock::{self, Word};
use crate::config;
use crate::model::{Finish, JobId, Paper, PaperId, Price, Scope, Timestamp, sheets_shown};
use crate::store::House;

/// Most papers that are added.
const MOST_PAPERS: usize = 1_000;
/// Most sheets that are booked at once.
const MOST_SHEETS: u32 = 100_000;
/// Longest note in bytes.
const MOST_NOTE: usize = 200;
/// Entries of a page of the ledger, unless somebody asks for another number.
pub(super) const ENTRIES: u32 = 50;
/// The most that may be asked for.
pub(super) const MOST_ENTRIES: u32 = 500;

/// A paper as somebody writes it down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperWish {
    /// What people call it, without its size.
    pub name: SmolStr,
    /// Its size: a PWG name, or what people call it.
    pub media: SmolStr,
    /// The `media-type` that it is printed as.
    pub media_type: SmolStr,
    /// Its surface, which decides the black ink.
    pub finish: Finish,
    /// Grams per square metre.
    #[serde(default)]
    pub weight: Option<u16>,
    /// Of a sheet.
    #[serde(default)]
    pub price: Option<Price>,
    /// Sheets at which it is low; 0: never.
    #[serde(default)]
    pub low: u32,
    /// Of one that is added: sheets on hand, where they were counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheets: Option<u32>,
}

impl PaperWish {
    /// What somebody would have written for a paper.
    pub(super) fn of(paper: &Paper) -> PaperWish {
        PaperWish {
            name: paper.name.clone(),
            media: paper.size.name.clone(),
            media_type: paper.media_type.clone(),
            finish: paper.finish,
            weight: paper.weight,
            price: paper.price.map(Price),
            low: paper.low,
            sheets: None,
        }
    }

    /// Of a paper that is there: its sheets are booked, and not written down.
    pub(super) fn without_sheets(self) -> Result<PaperWish, Problem> {
        if self.sheets.is_some() {
            let why = "the paper is there already: book its sheets by restock, count, spoil or write-off";
            return Err(Problem::invalid("sheets", why));
        }
        Ok(self)
    }

    /// The paper.
    pub(super) fn paper(self) -> Result<Paper, Problem> {
        refuse_unseen("name", &self.name)?;
        let written = config::Paper {
            name: self.name.trim().into(),
            media: self.media,
            media_type: self.media_type,
            finish: self.finish,
            weight: self.weight,
            price: self.price,
            low: self.low,
            sheets: None,
        };
        let (paper, _) = written.item().map_err(wrong)?;
        Ok(paper)
    }
}

/// Sheets that came, went, or were counted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    /// How many.
    pub sheets: u32,
    /// What is to be remembered about it.
    #[serde(default)]
    pub note: SmolStr,
    /// Of spoiled ones: the job for which they were lost.
    #[serde(default)]
    pub job: Option<i64>,
}

/// What is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookingKind {
    /// Sheets came.
    Restock,
    /// Somebody counted what is there.
    Count,
    /// Sheets were lost in printing.
    Spoil,
    /// Sheets were lost otherwise.
    WriteOff,
}

fn no_paper(id: &PaperId) -> Problem {
    Problem::not_found("paper-not-found", format_args!("paper {id}"))
}

/// What people call those papers of the house that are others.
pub(super) fn others(house: &House, is_other: impl Fn(&PaperId) -> bool) -> Vec<SmolStr> {
    let others = house.papers.iter().filter(|paper| is_other(&paper.id));
    others.map(|paper| format_smolstr!("{paper}")).collect()
}

fn known<'a>(house: &'a House, id: &PaperId) -> Result<&'a Paper, Problem> {
    house
        .papers
        .iter()
        .find(|paper| paper.id == *id)
        .ok_or_else(|| no_paper(id))
}

impl Api {
    /// The papers with their stock.
    ///
    /// # Errors
    /// 403.
    pub async fn papers(&self, caller: &Caller) -> Result<Vec<PaperView>, Problem> {
        caller.needs(Scope::PapersRead)?;
        let house = self.store.house().await?;
        self.told(&house, house.papers.iter()).await
    }

    /// A paper with its stock.
    ///
    /// # Errors
    /// 404 `paper-not-found`.
    pub async fn paper(&self, caller: &Caller, id: &PaperId) -> Result<PaperView, Problem> {
        caller.needs(Scope::PapersRead)?;
        let house = self.store.house().await?;
        let told = self
            .told(&house, house.papers.iter().filter(|paper| paper.id == *id))
            .await?;
        told.into_iter().next().ok_or_else(|| no_paper(id))
    }

    /// Some papers of the house with their stock. Of thousands of jobs only those that changed are read.
    async fn told<'a>(
        &self,
        house: &House,
        papers: impl Iterator<Item = &'a Paper>,
    ) -> Result<Vec<PaperView>, Problem> {
        let mut open = self.open.lock().await;
        open.refresh(&self.store).await?;
        let view = |paper: &Paper| {
            let wanting = open
                .jobs()
                .iter()
                .filter(|job| job.ticket.routine.is_none() && paper.is_for(&job.ticket.media.value));
            // What came out of the printer is booked when its attempt ends.
            let reserved = wanting.map(|job| u64::from(job.sheets().max(1))).sum();
            let stock = Stock {
                paper,
                on_hand: house.on_hand.get(&paper.id).copied(),
                reserved,
            };
            PaperView::of(&stock, !house.added_papers.contains(&paper.id))
        };
        Ok(papers.map(view).collect())
    }

    /// Adds a paper.
    ///
    /// # Errors
    /// 409 `name-taken`, `too-many-papers`; 422.
    pub async fn add_paper(&self, caller: &Caller, new: PaperWish) -> Result<PaperView, Problem> {
        caller.needs(Scope::PapersWrite)?;
        // What was changed is told: whoever may not see it is refused before anything is.
        caller.needs(Scope::PapersRead)?;
        let sheets = new.sheets;
        checked_sheets(sheets.unwrap_or(0))?;
        let paper = new.paper()?;
        let house = self.store.house().await?;
        if house.papers.iter().any(|known| known.id == paper.id) {
            let why = format_smolstr!("{paper} is there already: choose another name");
            return Err(Problem::conflict("name-taken", why).at("name"));
        }
        refuse_alike(&format_smolstr!("{paper}"), &others(&house, |_| true))?;
        if house.added_papers.len() >= MOST_PAPERS {
            let why = format_smolstr!("{MOST_PAPERS} papers were added, which is the most: remove one first");
            return Err(Problem::conflict("too-many-papers", why));
        }
        let id = paper.id.clone();
        self.put_paper(paper).await?;
        log::info!("paper {id}: was added by {}", caller.name);
        if let Some(sheets) = sheets {
            let booking = Booking {
                sheets,
                note: "the first count".into(),
                job: None,
            };
            self.book_paper(caller, &id, BookingKind::Count, booking).await?;
        }
        self.paper(caller, &id).await
    }

    pub(super) async fn put_paper(&self, paper: Paper) -> Result<(), Problem> {
        let named = format_smolstr!("{paper}");
        match self.store.put_paper(paper, Timestamp::now()).await? {
            true => Ok(()),
            false => Err(configured(named)),
        }
    }

    /// Changes a paper that was added; its size stays, as another size is another paper.
    ///
    /// # Errors
    /// 404, 409 `configured`, 422.
    pub async fn change_paper(&self, caller: &Caller, id: &PaperId, patch: Patch) -> Result<PaperView, Problem> {
        caller.needs(Scope::PapersWrite)?;
        // What was changed is told: whoever may not see it is refused before anything is.
        caller.needs(Scope::PapersRead)?;
        let house = self.store.house().await?;
        let before = known(&house, id)?;
        if !house.added_papers.contains(id) {
            return Err(configured(before));
        }
        let changed = patched(&PaperWish::of(before), patch)?.without_sheets()?.paper()?;
        refuse_alike(&format_smolstr!("{changed}"), &others(&house, |other| other != id))?;
        if !changed.size.is_about(&before.size) {
            let why = "another size is another paper: add it, and count its sheets";
            return Err(Problem::invalid("media", why));
        }
        let id = id.clone();
        self.put_paper(Paper {
            id: id.clone(),
            ..changed
        })
        .await?;
        log::info!("paper {id}: was changed by {}", caller.name);
        self.paper(caller, &id).await
    }

    /// Removes a paper that was added; its books stay, and are there again when it is added again.
    ///
    /// # Errors
    /// 404, 409 `configured`.
    pub async fn remove_paper(&self, caller: &Caller, id: &PaperId) -> Result<(), Problem> {
        caller.needs(Scope::PapersWrite)?;
        let house = self.store.house().await?;
        let before = known(&house, id)?;
        if !house.added_papers.contains(id) {
            return Err(configured(before));
        }
        self.store.remove_paper(id.clone(), Timestamp::now()).await?;
        log::info!("paper {id}: was removed by {}", caller.name);
        Ok(())
    }

    /// Books sheets.
    ///
    /// # Errors
    /// 404, 422.
    pub async fn book_paper(
        &self,
        caller: &Caller,
        id: &PaperId,
        kind: BookingKind,
        booking: Booking,
    ) -> Result<PaperView, Problem> {
        caller.needs(Scope::PapersWrite)?;
        // What was changed is told: whoever may not see it is refused before anything is.
        caller.needs(Scope::PapersRead)?;
        let house = self.store.house().await?;
        let paper = known(&house, id)?;
        let Booking { sheets, note, job } = booking;
        checked_sheets(sheets)?;
        if note.len() > MOST_NOTE || note.chars().any(char::is_control) {
            let why = format_smolstr!("a note is one line of {MOST_NOTE} bytes at most");
            return Err(Problem::invalid("note", why));
        }
        if job.is_some() && kind != BookingKind::Spoil {
            return Err(Problem::invalid("job", "only spoiled sheets are booked for a job"));
        }
        let job = job.map(JobId);
        if let Some(job) = job
            && self.store.job(job).await?.is_none()
        {
            return Err(Problem::invalid("job", format_smolstr!("there is no job {job}")));
        }
        if sheets == 0 && kind != BookingKind::Count {
            return Err(Problem::invalid("sheets", "give one sheet at least"));
        }
        let word = Word {
            by: caller.name.clone(),
            note,
            at: Timestamp::now(),
        };
        let entry = match kind {
            BookingKind::Count => {
                let counted = id.clone();
                let entry = move |on_hand| stock::counted(&counted, on_hand, sheets, &word);
                self.store.book_count(id.clone(), entry).await?;
                return self.paper(caller, id).await;
            }
            BookingKind::Restock => stock::restocked(id, sheets, &word),
            BookingKind::Spoil => stock::spoiled(id, sheets, job, &word),
            BookingKind::WriteOff => stock::written_off(id, sheets, &word),
        };
        if kind == BookingKind::Restock {
            self.store.book_stock(vec![entry]).await?;
        } else if let Err(on_hand) = self.store.book_gone(entry).await? {
            return Err(Problem::invalid("sheets", not_so_many(paper, sheets, on_hand)));
        }
        self.paper(caller, id).await
    }

    /// The ledger of a paper, newest first. `cursor` is what the page before has told as the next.
    ///
    /// # Errors
    /// 404, 422 for a cursor that is none.
    pub async fn paper_entries(
        &self,
        caller: &Caller,
        id: &PaperId,
        cursor: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Page<StockEntryView>, Problem> {
        caller.needs(Scope::PapersRead)?;
        known(&*self.store.house().await?, id)?;
        let (before, limit) = page(cursor, limit)?;
        let entries = self.store.stock_entries_before(id.clone(), before, limit + 1).await?;
        Ok(paged(
            entries,
            limit,
            |entry| entry.id,
            |entry| StockEntryView::of(&entry),
        ))
    }
}

/// Why no more sheets can be gone than there are.
fn not_so_many(paper: &Paper, sheets: u32, on_hand: Option<i64>) -> SmolStr {
    match on_hand {
        None => format_smolstr!("{paper} was never counted: count what is there first"),
        Some(on_hand) => {
            let there = match u32::try_from(on_hand) {
                Ok(0) | Err(_) => "no sheets".into(),
                Ok(there) => sheets_shown(there),
            };
            format_smolstr!("the books have {there} of {paper}, not {sheets}: count what is there first")
        }
    }
}

fn checked_sheets(sheets: u32) -> Result<(), Problem> {
    if sheets > MOST_SHEETS {
        let why = format_smolstr!("give {MOST_SHEETS} sheets at most");
        return Err(Problem::invalid("sheets", why));
    }
    Ok(())
}

/// From which number down, and how many.
pub(super) fn page(cursor: Option<&str>, limit: Option<u32>) -> Result<(i64, u32), Problem> {
    let before = match cursor {
        None => i64::MAX,
        Some(text) => text
            .parse()
            .map_err(|_| Problem::invalid("cursor", "give what the page before has told as next"))?,
    };
    match limit.unwrap_or(ENTRIES) {
        limit if (1..=MOST_ENTRIES).contains(&limit) => Ok((before, limit)),
        _ => {
            let why = format_smolstr!("give a number from 1 to {MOST_ENTRIES}");
            Err(Problem::invalid("limit", why))
        }
    }
}

/// A page of things of which one more was read than it may have.
pub(super) fn paged<T, V>(mut all: Vec<T>, limit: u32, number: impl Fn(&T) -> i64, view: impl Fn(T) -> V) -> Page<V> {
    let more = all.len() > limit as usize;
    all.truncate(limit as usize);
    let next = all.last().filter(|_| more).map(|last| number(last).to_string());
    Page {
        items: all.into_iter().map(view).collect(),
        next,
    }
}
