//! Feeds bands with source rows: reads each source once, from top to bottom, and keeps the rows that are still needed.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

use super::paint::{RowBuf, Supply};
use super::plan::{Layer, PagePlan, Plate};
use super::source::{Depth, RowMut, Shape, Source};
use super::{Place, PressError};

/// What a plate is fed from.
pub struct Mounted {
    /// The document, for what is said of it.
    pub place: Place,
    /// Its rows.
    pub source: Box<dyn Source>,
}

/// A plate's source, and the rows of it that are held.
struct Feed {
    place: Place,
    source: Box<dyn Source>,
    shape: Shape,
    /// Number of the first held row.
    first: u32,
    held: VecDeque<Arc<RowBuf>>,
    /// Rows that nobody needs any more, to be filled again.
    spare: Vec<RowBuf>,
}

/// Spare rows that are kept; more are given back.
const SPARE: usize = 64;

impl Feed {
    fn new(Mounted { place, source }: Mounted) -> Self {
        Feed {
            place,
            shape: source.shape(),
            source,
            first: 0,
            held: VecDeque::new(),
            spare: Vec::new(),
        }
    }

    fn drop_before(&mut self, row: u32) {
        while self.first < row {
            match self.held.pop_front() {
                Some(old) => {
                    if let Some(old) = Arc::into_inner(old)
                        && self.spare.len() < SPARE
                    {
                        self.spare.push(old);
                    }
                    self.first += 1;
                }
                // Nothing is held: the source will skip.
                None => self.first = row,
            }
        }
    }

    fn read_to(&mut self, end: u32) -> Result<(), PressError> {
        let samples = self.shape.width as usize * self.shape.channels;
        loop {
            let next = self.first + self.held.len() as u32;
            if next >= end {
                return Ok(());
            }
            let mut row = self.spare.pop().unwrap_or_else(|| match self.shape.depth {
                Depth::Eight => RowBuf::Eight(vec![0; samples]),
                Depth::Sixteen => RowBuf::Sixteen(vec![0; samples]),
            });
            match &mut row {
                RowBuf::Eight(row) => self.source.row(next, RowMut::Eight(row))?,
                RowBuf::Sixteen(row) => self.source.row(next, RowMut::Sixteen(row))?,
            }
            self.held.push_back(Arc::new(row));
        }
    }

    fn supply(&mut self, plate: &Plate, rows: &Range<u32>) -> Result<Supply, PressError> {
        if rows.is_empty() {
            return Ok(Supply {
                first: 0,
                rows: Vec::new(),
            });
        }
        let (_, keep) = plate.span(rows.start);
        self.drop_before(keep);
        let (need, _) = plate.span(rows.end - 1);
        self.read_to(need)?;
        let wanted = plate.source_rows(rows);
        let place = |row: u32| (row - self.first) as usize;
        Ok(Supply {
            first: wanted.start,
            rows: self
                .held
                .range(place(wanted.start)..place(wanted.end))
                .cloned()
                .collect(),
        })
    }
}

/// The sources of a page.
pub struct Feeder {
    feeds: Vec<Option<Feed>>,
}

impl Feeder {
    /// One source for each layer that is a plate, in order.
    pub fn new(plan: &PagePlan, sources: Vec<Mounted>) -> Self {
        let mut sources = sources.into_iter();
        let feeds = plan
            .layers
            .iter()
            .map(|layer| match layer {
                Layer::Plate(_) => sources.next().map(Feed::new),
                Layer::Flat(_) => None,
            })
            .collect();
        Feeder { feeds }
    }

    /// From the first band again.
    pub fn rewind(&mut self) -> Result<(), PressError> {
        for feed in self.feeds.iter_mut().flatten() {
            feed.held.clear();
            feed.first = 0;
            feed.source.rewind().map_err(|e| e.at(feed.place))?;
        }
        Ok(())
    }

    /// What a band of the sheet needs. Bands must be asked for in order.
    pub fn supplies(&mut self, plan: &PagePlan, band: &Range<u32>) -> Result<Vec<Supply>, PressError> {
        let mut out = Vec::with_capacity(self.feeds.len());
        for (layer, feed) in plan.layers.iter().zip(&mut self.feeds) {
            let supply = match (layer, feed) {
                (Layer::Plate(plate), Some(feed)) => {
                    let rows = plate.rows_in(band);
                    feed.supply(plate, &rows).map_err(|e| e.at(feed.place))?
                }
                _ => Supply {
                    first: 0,
                    rows: Vec::new(),
                },
            };
            out.push(supply);
        }
        Ok(out)
    }
}
