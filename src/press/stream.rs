//! The page on its way: pulls rows from the sources, has bands painted, and gives pieces of the encoded stream.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use crate::model::{Coverage, DocumentFormat, MediaSize, Resolution};

use super::encode::{BandForm, Encoder, Sheet};
use super::feed::{Feeder, Mounted};
use super::layout::{self, Picture};
use super::page::{Element, Page, Placed};
use super::paint::Task;
use super::palette::{Conversion, Palette};
use super::plan::{self, PagePlan, Plate};
use super::source::{self, Head, Input, Wish};
use super::tally::Tally;
use super::workers::Workers;
use super::{Content, Place, PressError, PressJob};

/// A piece is given once it has this many bytes: long enough for the socket, short enough to hold two.
const PIECE: usize = 256 << 10;
/// Rows of a band, where the sources are not too heavy.
const BAND: u32 = 64;
/// The part of the memory that source rows of one band may take.
const ROWS_PART: u64 = 8;
/// Most pages of one stream.
pub(super) const PAGES: usize = 10_000;
/// Most dots of one side of a sheet: 20 m of a roll have 944,882 at 1200 dpi.
const SHEET_SIDE: u32 = 1_000_000;
/// Most dots of a sheet: 20 m of a roll of 17 in at 1200 dpi have 19.3 thousand million, of the widest (44 in) at 600
/// dpi 12.5. In 16 bits that is a stream of 120 GB before it is packed.
const SHEET_DOTS: u64 = 20_000_000_000;

/// The page that is being made.
struct Current {
    number: u64,
    plan: Arc<PagePlan>,
    feeder: Feeder,
    sheet: Sheet,
    /// Rows of a band.
    band: u32,
    /// Next row to be given to the painters.
    next: u32,
    /// Rows that were encoded.
    done: u32,
}

/// A page of a document, its head read.
struct Document {
    input: Input,
    head: Head,
    place: Place,
}

/// A print on its way: a pull stream of encoded bytes.
pub struct PressStream {
    job: PressJob,
    documents: Vec<Document>,
    conversions: Vec<Option<Conversion>>,
    palette: Arc<Palette>,
    encoder: Encoder,
    workers: Workers,
    /// Pages of the stream in all, copies included.
    pages: u32,
    /// Pages of one copy, at least 1.
    single: usize,
    /// Pages that were begun.
    begun: u32,
    current: Option<Current>,
    pieces: VecDeque<Vec<u8>>,
    tally: Arc<Tally>,
}

impl PressStream {
    /// Opens a print: reads the heads of its documents, and lays out and opens the first page. Blocking.
    ///
    /// # Errors
    /// [`PressError`].
    pub fn open(job: PressJob) -> Result<PressStream, PressError> {
        check_paper(&job.sheet, job.output.resolution)?;
        let palette = Arc::new(Palette::new(&job)?);
        let documents = read_heads(&job)?;
        let single = match &job.content {
            Content::Documents { .. } => documents.len(),
            Content::Pages(pages) => pages.len(),
            Content::Composed(composition) => composition.pages(),
        };
        if single == 0 || single > PAGES {
            return Err(PressError::Output(format!("a print has 1 to {PAGES} pages")));
        }
        let pages = u32::try_from(single as u64 * u64::from(job.repeat.max(1)))
            .map_err(|_| PressError::Output("more copies than can be counted".into()))?;
        let mut stream = PressStream {
            conversions: vec![None; documents.len()],
            palette,
            encoder: Encoder::new(&sheet(&job, pages, (0, 0), (0, 0, 0, 0)))?,
            workers: Workers::new(job.workers, BandForm::of(job.output.format)),
            documents,
            pages,
            single,
            begun: 0,
            current: None,
            pieces: VecDeque::new(),
            tally: Arc::default(),
            job,
        };
        let mut out = Vec::new();
        stream.begin_page(&mut out)?;
        stream.pieces.push_back(out);
        Ok(stream)
    }

    /// The next piece of the encoded stream; `None` at its end. Blocking: call it off the runtime.
    ///
    /// # Errors
    /// [`PressError`]; the stream is then not to be used further.
    pub fn next_piece(&mut self) -> Result<Option<Vec<u8>>, PressError> {
        let mut out = self.pieces.pop_front().unwrap_or_default();
        while out.len() < PIECE {
            let Some(current) = &mut self.current else {
                break;
            };
            let height = current.plan.sheet.1;
            while self.workers.has_room() && current.next < height {
                let rows = current.next..current.next.saturating_add(current.band).min(height);
                let supplies = current.feeder.supplies(&current.plan, &rows)?;
                current.next = rows.end;
                self.workers.give(Task {
                    page: current.number,
                    plan: current.plan.clone(),
                    rows,
                    supplies,
                })?;
            }
            let Some(band) = self.workers.take()? else {
                return Err(PressError::Output(
                    "the page came to no end (please report this)".into(),
                ));
            };
            self.encoder.band(&band, &mut out)?;
            current.done = current.done.saturating_add(current.band).min(height);
            if current.done < height {
                continue;
            }
            self.encoder.end_page(&mut out)?;
            if self.begun == self.pages {
                self.current = None;
            } else if self.single == 1 {
                // Another copy: what was opened serves again.
                current.feeder.rewind()?;
                current.number = u64::from(self.begun);
                (current.next, current.done) = (0, 0);
                self.encoder.begin_page(&current.sheet, &mut out)?;
                self.begun += 1;
            } else {
                self.begin_page(&mut out)?;
            }
        }
        Ok(Some(out).filter(|out| !out.is_empty()))
    }

    /// Rows of the sheet made and in all, of the page that is being made.
    pub fn progress(&self) -> (u32, u32) {
        match &self.current {
            Some(current) => (current.done, current.plan.sheet.1),
            None => (1, 1),
        }
    }

    /// Pages that are complete and pages in all, copies included.
    pub fn pages(&self) -> (u32, u32) {
        (self.begun - u32::from(self.current.is_some()), self.pages)
    }

    /// What the sheets are covered with, of all that was painted so far; `None` when nothing was.
    pub fn coverage(&self) -> Option<Coverage> {
        self.tally.coverage()
    }

    /// Inputs of the job that are taken for sRGB because they tell nothing of their colours. Rasters are not among
    /// them: their headers tell.
    pub fn untagged(&self) -> BTreeSet<usize> {
        let raster = |d: &Document| matches!(d.input.format, DocumentFormat::PwgRaster | DocumentFormat::Urf);
        // A CMYK picture without a profile is not guessed at but refused.
        let guessed = |d: &&Document| d.head.icc.is_none() && d.head.channels != 4 && !raster(d);
        let untold = self.documents.iter().filter(guessed);
        untold.map(|d| d.place.input).collect()
    }

    fn begin_page(&mut self, out: &mut Vec<u8>) -> Result<(), PressError> {
        let index = self.begun as usize % self.single;
        let page = match &self.job.content {
            Content::Pages(pages) => pages.get(index).cloned().unwrap_or_default(),
            Content::Composed(composition) => composition.page(index)?,
            Content::Documents {
                margins,
                scaling,
                orientation,
                ..
            } => {
                let head = &self.documents[index].head;
                let picture = Picture {
                    width: head.width,
                    height: head.height,
                    resolution: head.resolution,
                };
                let dots = self.job.output.resolution;
                let placement = layout::place(picture, &self.job.sheet, margins, dots, *scaling, *orientation)
                    .ok_or(PressError::NoRoom)?;
                Page::of(&placement, index)
            }
        };
        check_dots(page.sheet)?;
        let mut sources = Vec::new();
        let sheet_size = page.sheet;
        let (palette, tally) = (self.palette.clone(), self.tally.clone());
        let plan = plan::plan(&page, &palette, self.job.dither, &tally, |placed| {
            let plate = self.plate(placed, sheet_size)?;
            Ok(plate.map(|(plate, source)| {
                sources.push(source);
                plate
            }))
        })?;
        let band = plan.band_rows(self.job.band_rows.unwrap_or(BAND), self.job.limits.memory / ROWS_PART);
        let sheet = sheet(&self.job, self.pages, page.sheet, image_box(&page));
        self.encoder.begin_page(&sheet, out)?;
        self.current = Some(Current {
            number: u64::from(self.begun),
            feeder: Feeder::new(&plan, sources),
            plan: Arc::new(plan),
            sheet,
            band,
            next: 0,
            done: 0,
        });
        self.begun += 1;
        Ok(())
    }

    /// A picture's plate and its source; `None` when it lies off the sheet.
    fn plate(&mut self, placed: &Placed, sheet: (u32, u32)) -> Result<Option<(Plate, Mounted)>, PressError> {
        let strange = || PressError::Output("a page names a picture that is not there (please report this)".into());
        let Document { input, head, place } = self.documents.get(placed.picture).ok_or_else(strange)?;
        let conversion = match self.conversions.get(placed.picture).cloned().flatten() {
            Some(conversion) => conversion,
            None => {
                let from = source::profile(head).map_err(|e| e.at(*place))?;
                let conversion = Conversion::new(&self.job, &from).map_err(|e| e.at(*place))?;
                if let Some(kept) = self.conversions.get_mut(placed.picture) {
                    *kept = Some(conversion.clone());
                }
                conversion
            }
        };
        let turned = placed.turn.size(head.width, head.height);
        let wish = Wish {
            size: wished(placed, turned),
        };
        let source = source::open(input, head.turn.then(placed.turn), wish, &self.job.limits);
        let source = source.map_err(|e| e.at(*place))?;
        let plate = Plate::new(placed, sheet, turned, source.shape(), conversion, self.job.sharpening);
        Ok(plate.map(|plate| (plate, Mounted { place: *place, source })))
    }
}

/// Refuses sheets that would come to no end before anything is read or laid out.
fn check_paper(sheet: &MediaSize, dots: Resolution) -> Result<(), PressError> {
    check_dots((sheet.x.to_pixels(dots.x).0, sheet.y.to_pixels(dots.y).0))
}

fn check_dots((width, height): (u32, u32)) -> Result<(), PressError> {
    if width.max(height) <= SHEET_SIDE && u64::from(width) * u64::from(height) <= SHEET_DOTS {
        return Ok(());
    }
    Err(PressError::Sheet {
        width,
        height,
        side: SHEET_SIDE,
        most: SHEET_DOTS / 1_000_000,
    })
}

/// The size of the whole turned picture on the sheet, in pixels, for sources that can be drawn at any size.
fn wished(placed: &Placed, turned: (u32, u32)) -> Option<(u32, u32)> {
    let side = |area: u32, whole: u32, shown: f64| {
        let size = f64::from(area) * f64::from(whole) / shown;
        (size.is_finite() && size >= 1.0).then(|| size.round().min(f64::from(u32::MAX)) as u32)
    };
    let window = placed.window;
    Some((
        side(placed.area.width, turned.0, window.width)?,
        side(placed.area.height, turned.1, window.height)?,
    ))
}

/// The profiles of all pages, each held once: a thousand pages may name the same one.
struct Profiles {
    held: Vec<Arc<[u8]>>,
    left: u64,
}

/// The part of the memory that profiles may take.
const PROFILES_PART: u64 = 4;

impl Profiles {
    fn new(memory: u64) -> Self {
        Profiles {
            held: Vec::new(),
            left: memory / PROFILES_PART,
        }
    }

    fn share(&mut self, head: &mut Head) -> Result<(), PressError> {
        let Some(icc) = &mut head.icc else { return Ok(()) };
        if let Some(known) = self.held.iter().find(|known| **known == *icc) {
            *icc = known.clone();
            return Ok(());
        }
        self.left = self.left.checked_sub(icc.len() as u64).ok_or_else(|| {
            PressError::Unsupported(
                "the pages of this print carry so many large colour profiles that they do not fit the memory: send it \
                 in parts"
                    .into(),
            )
        })?;
        self.held.push(icc.clone());
        Ok(())
    }
}

/// The heads of all pages of all documents.
fn read_heads(job: &PressJob) -> Result<Vec<Document>, PressError> {
    let mut out = Vec::new();
    let mut profiles = Profiles::new(job.limits.memory);
    for (number, input) in job.inputs.iter().enumerate() {
        if out.len() >= PAGES {
            return Err(PressError::Output(format!("a print has at most {PAGES} pages")));
        }
        let first = Place {
            input: number,
            page: (input.page > 0).then_some(input.page),
        };
        let mut head = source::head(input, &job.limits).map_err(|e| e.at(first))?;
        profiles.share(&mut head).map_err(|e| e.at(first))?;
        let pages = head.pages;
        let place = |page: u32| Place {
            input: number,
            page: (pages > 1).then_some(page),
        };
        out.push(Document {
            input: input.clone(),
            head,
            place: place(input.page),
        });
        // A document is printed whole; a layout names the pages that it wants.
        if matches!(job.content, Content::Documents { .. }) {
            for page in 1..pages {
                if out.len() >= PAGES {
                    return Err(PressError::Output(format!("a print has at most {PAGES} pages")));
                }
                let (input, place) = (Input { page, ..input.clone() }, place(page));
                let mut head = source::head(&input, &job.limits).map_err(|e| e.at(place))?;
                profiles.share(&mut head).map_err(|e| e.at(place))?;
                out.push(Document { input, head, place });
            }
        }
    }
    Ok(out)
}

/// The smallest box around everything on the page, on the sheet.
fn image_box(page: &Page) -> (u32, u32, u32, u32) {
    let (width, height) = page.sheet;
    let edge = |at: i64, most: u32| at.clamp(0, i64::from(most)) as u32;
    let mut found: Option<(u32, u32, u32, u32)> = None;
    for element in &page.elements {
        let area = match element {
            Element::Picture(placed) => placed.area,
            Element::Fill { area, .. } | Element::Mask { area, .. } => *area,
        };
        let (x, y) = (i64::from(area.x), i64::from(area.y));
        let here = (
            edge(x, width),
            edge(y, height),
            edge(x + i64::from(area.width), width),
            edge(y + i64::from(area.height), height),
        );
        found = Some(found.map_or(here, |all| {
            (
                all.0.min(here.0),
                all.1.min(here.1),
                all.2.max(here.2),
                all.3.max(here.3),
            )
        }));
    }
    found.unwrap_or((0, 0, 0, 0))
}

fn sheet(job: &PressJob, pages: u32, size: (u32, u32), image_box: (u32, u32, u32, u32)) -> Sheet {
    Sheet {
        media: job.sheet.clone(),
        media_type: job.media_type.clone(),
        quality: job.quality,
        output: job.output,
        pages,
        intent: job.intent,
        profile: job.profile.clone(),
        size,
        image_box,
    }
}

#[cfg(test)]
mod tests;
