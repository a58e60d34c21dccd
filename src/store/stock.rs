//! Papers and their books in sheets. Entries are written once; what is on hand stands with the newest of each paper.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row};

use super::rows;
use super::{Store, StoreError};
use crate::model::{
    EventKind, Finish, HOUSE, JobId, MediaSize, NewStockEntry, Paper, PaperId, StockEntry, StockReason, Timestamp,
};

/// Every column of `stock_entries`, in the order in which [`entry`] reads them.
const ENTRY: &str = "id, paper, delta, reason, job, by, note, at, on_hand";

impl Store {
    /// Makes the papers of the configuration known to be exactly these; those that people added stay beside them. One that has no entry in the books yet gets its first count, where
    /// one is given; later starts do not repeat it, but book another number as a new count. Papers that are no longer named keep their books.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_papers(&self, papers: Vec<(Paper, Option<u32>)>, at: Timestamp) -> Result<(), StoreError> {
        self.writer
            .run(move |connection| set_papers(connection, &papers, at))
            .await
    }

    /// The papers in the order in which they were set.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn papers(&self) -> Result<Vec<Paper>, StoreError> {
        Ok(self.house().await?.papers.clone())
    }

    /// Books entries, all of them or none, each with its event. Tells how many sheets are on hand after each.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such paper.
    pub async fn book_stock(&self, entries: Vec<NewStockEntry>) -> Result<Vec<i64>, StoreError> {
        self.writer
            .run(move |connection| entries.iter().map(|entry| book_stock_in(connection, entry)).collect())
            .await
    }

    /// Books that somebody counted the sheets of a paper: the difference to what the books say at that moment, which
    /// may be 0. `entry` makes the entry from what is on hand.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such paper.
    pub async fn book_count<F>(&self, paper: PaperId, entry: F) -> Result<i64, StoreError>
    where
        F: FnOnce(i64) -> NewStockEntry + Send + 'static,
    {
        self.writer
            .run(move |connection| {
                let on_hand = newest(connection, &paper)?.unwrap_or(0);
                book_stock_in(connection, &entry(on_hand))
            })
            .await
    }

    /// Books sheets that are gone, unless they are more than the books have: then nothing is booked, and the inner error is
    /// what the books have (nothing where the paper was never counted).
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such paper.
    pub async fn book_gone(&self, entry: NewStockEntry) -> Result<Result<i64, Option<i64>>, StoreError> {
        self.writer
            .run(move |connection| {
                let on_hand = newest(connection, &entry.paper)?;
                match on_hand {
                    Some(on_hand) if on_hand.saturating_add(entry.delta) >= 0 => {
                        book_stock_in(connection, &entry).map(Ok)
                    }
                    known => Ok(Err(known)),
                }
            })
            .await
    }

    /// The entries of a paper, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stock_entries(&self, paper: PaperId, limit: u32) -> Result<Vec<StockEntry>, StoreError> {
        self.stock_entries_before(paper, i64::MAX, limit).await
    }

    /// The entries of a paper with lower numbers than `before`, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stock_entries_before(
        &self,
        paper: PaperId,
        before: i64,
        limit: u32,
    ) -> Result<Vec<StockEntry>, StoreError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {ENTRY} FROM stock_entries WHERE paper = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3"
            ))?;
            let mut rows = statement.query((paper.as_str(), before, limit))?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(entry(row)?);
            }
            Ok(entries)
        })
        .await
    }

    /// Sheets on hand of each paper that was ever counted; below 0 where more were printed than the books knew of.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn stock_on_hand(&self) -> Result<HashMap<PaperId, i64>, StoreError> {
        Ok(self.house().await?.on_hand.clone())
    }
}

/// Books one entry with its event, for those who are in a transaction already. Tells how many sheets are on hand after
/// it.
pub(super) fn book_stock_in(connection: &Connection, new: &NewStockEntry) -> Result<i64, StoreError> {
    let paper = new.paper.as_str();
    let is_known: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM papers WHERE id = ?1)")?
        .query_row([paper], |row| row.get(0))?;
    if !is_known {
        return Err(StoreError::NotFound(format!("paper {paper}")));
    }
    let on_hand = newest(connection, &new.paper)?.unwrap_or(0).saturating_add(new.delta);
    connection
        .prepare_cached(
            "INSERT INTO stock_entries (paper, delta, reason, job, by, note, at, on_hand) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            paper,
            new.delta,
            new.reason.word(),
            new.job.map(|job| job.0),
            new.by.as_str(),
            new.note.as_str(),
            new.at.0,
            on_hand,
        ))?;
    let kind = EventKind::StockChanged {
        paper: new.paper.clone(),
        delta: new.delta,
        reason: new.reason,
        on_hand,
    };
    rows::tell(connection, new.at, new.job, None, &kind)?;
    Ok(on_hand)
}

/// The papers that are configured.
pub(super) fn papers(connection: &Connection) -> Result<Vec<Paper>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, name, size, media_type, finish, weight, price, low FROM papers WHERE present = 1 \
         ORDER BY added, position, name, id",
    )?;
    let mut rows = statement.query([])?;
    let mut papers = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let wrong = |what: &dyn std::fmt::Display| StoreError::row("papers", &id, what);
        papers.push(Paper {
            id: PaperId::new(&id).map_err(|e| wrong(&e))?,
            name: row.get::<_, String>(1)?.into(),
            size: MediaSize::from_name(&row.get::<_, String>(2)?).map_err(|e| wrong(&e))?,
            media_type: row.get::<_, String>(3)?.into(),
            finish: match row.get::<_, String>(4)?.as_str() {
                "matte" => Finish::Matte,
                "glossy" => Finish::Glossy,
                _ => return Err(wrong(&"finish")),
            },
            weight: row.get(5)?,
            price: row.get(6)?,
            low: row.get(7)?,
        });
    }
    Ok(papers)
}

/// Sheets on hand of each paper that was ever counted. One look into the index for each.
pub(super) fn on_hand(connection: &Connection) -> Result<HashMap<PaperId, i64>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, (SELECT on_hand FROM stock_entries WHERE paper = papers.id ORDER BY stock_entries.id DESC LIMIT 1) \
         FROM papers",
    )?;
    let mut rows = statement.query([])?;
    let mut all = HashMap::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        if let Some(sheets) = row.get(1)? {
            let id = PaperId::new(&id).map_err(|e| StoreError::row("papers", &id, e))?;
            all.insert(id, sheets);
        }
    }
    Ok(all)
}

fn set_papers(connection: &Connection, papers: &[(Paper, Option<u32>)], at: Timestamp) -> Result<(), StoreError> {
    connection.execute("UPDATE papers SET present = 0 WHERE added = 0", [])?;
    for (position, (paper, first)) in papers.iter().enumerate() {
        put_paper(connection, paper, position as i64, false)?;
        if let Some(sheets) = first {
            count(connection, &paper.id, *sheets, at)?;
        }
    }
    Ok(())
}

/// Puts a paper down as it is from now on.
pub(super) fn put_paper(
    connection: &Connection,
    paper: &Paper,
    position: i64,
    is_added: bool,
) -> Result<(), StoreError> {
    let finish = match paper.finish {
        Finish::Matte => "matte",
        Finish::Glossy => "glossy",
    };
    connection.execute(
        "INSERT INTO papers (id, name, size, media_type, finish, weight, price, low, position, present, added) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10) \
         ON CONFLICT (id) DO UPDATE SET name = ?2, size = ?3, media_type = ?4, finish = ?5, weight = ?6, \
         price = ?7, low = ?8, position = ?9, present = 1, added = ?10",
        (
            paper.id.as_str(),
            paper.name.as_str(),
            paper.size.name.as_str(),
            paper.media_type.as_str(),
            finish,
            paper.weight,
            paper.price,
            paper.low,
            position,
            is_added,
        ),
    )?;
    Ok(())
}

/// The count of the configuration: the first one, and each other number than the last.
fn count(connection: &Connection, paper: &PaperId, sheets: u32, at: Timestamp) -> Result<(), StoreError> {
    let key = format!("count {paper}");
    let told: Option<String> = connection
        .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([&key], |row| row.get(0))
        .optional()?;
    let now = sheets.to_string();
    let (on_hand, note) = match (newest(connection, paper)?, told) {
        (None, _) => (0, "the first count, from the configuration"),
        (Some(on_hand), Some(told)) if told != now => (on_hand, "another count in the configuration"),
        _ => return note_count(connection, &key, &now),
    };
    let entry = NewStockEntry {
        paper: paper.clone(),
        delta: i64::from(sheets).saturating_sub(on_hand),
        reason: StockReason::Counted,
        job: None,
        by: HOUSE.into(),
        note: note.into(),
        at,
    };
    book_stock_in(connection, &entry)?;
    note_count(connection, &key, &now)
}

fn note_count(connection: &Connection, key: &str, count: &str) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2")?
        .execute((key, count))?;
    Ok(())
}

/// What is on hand after a paper's newest entry.
fn newest(connection: &Connection, paper: &PaperId) -> Result<Option<i64>, StoreError> {
    let sheets = connection
        .prepare_cached("SELECT on_hand FROM stock_entries WHERE paper = ?1 ORDER BY id DESC LIMIT 1")?
        .query_row([paper.as_str()], |row| row.get(0))
        .optional()?;
    Ok(sheets)
}

fn entry(row: &Row) -> Result<StockEntry, StoreError> {
    let id: i64 = row.get(0)?;
    let wrong = |what: &dyn std::fmt::Display| StoreError::row("stock_entries", id, what);
    Ok(StockEntry {
        id,
        entry: NewStockEntry {
            paper: PaperId::new(&row.get::<_, String>(1)?).map_err(|e| wrong(&e))?,
            delta: row.get(2)?,
            reason: StockReason::from_word(&row.get::<_, String>(3)?).ok_or_else(|| wrong(&"reason"))?,
            job: row.get::<_, Option<i64>>(4)?.map(JobId),
            by: row.get::<_, String>(5)?.into(),
            note: row.get::<_, String>(6)?.into(),
            at: Timestamp(row.get(7)?),
        },
        on_hand: row.get(8)?,
    })
}
