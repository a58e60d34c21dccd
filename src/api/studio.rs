//! What a print will look like, before it is made: the press behind a port, so that no door reads pixels.
//!
//! Pictures are made one at a time: whoever looks at a proof must not hold up what is printed.

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use serde::Serialize;
use smol_str::SmolStr;
use tokio::sync::Semaphore;

use super::Problem;
use crate::model::{Destination, Digest, Document, Margins, MediaSize, PrinterId, TemplateChoice, Ticket};

/// Longest side of a picture that is asked for, in pixels.
pub const MOST_SIDE: u32 = 1_600;
/// Sheets whose geometry is told.
pub const MOST_SHEETS: usize = 50;
/// Pixels per inch under which a print looks soft at arm's length; a common rule of print shops.
pub const LEAST_PPI: f64 = 180.0;
/// Most who wait for a picture.
const WAITING: usize = 16;

/// A print that is looked at.
#[derive(Debug, Clone)]
pub struct Print {
    /// What is on it; canceled ones are left out already.
    pub documents: Vec<Document>,
    /// How it is printed.
    pub ticket: Ticket,
    /// Where.
    pub destination: Destination,
}

/// How it is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// Pixels of the longer side, at most.
    pub side: u32,
    /// Which sheet, from 1.
    pub sheet: u32,
    /// As it will be on paper; none: as it is.
    pub proof: Option<ProofLook>,
}

/// A soft proof.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProofLook {
    /// By this printer's profile; none: by that of the first that has one for the paper.
    pub printer: Option<PrinterId>,
    /// Colours that are missed by more than this ΔE2000 are covered.
    pub gamut: Option<f64>,
    /// The paper's white beside the screen's.
    pub paper_white: bool,
}

/// What a template makes of pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// With the sheets that it takes.
    pub choice: TemplateChoice,
    /// The sheet that it is laid out on.
    pub size: MediaSize,
    /// The margins that it wants, if it does.
    pub margins: Option<Margins>,
}

/// What a template is to be laid out on.
#[derive(Debug, Clone, PartialEq)]
pub struct OnSheet {
    /// The sheet; none: the template's first.
    pub size: Option<MediaSize>,
    /// Margins.
    pub margins: Option<Margins>,
}

/// A sheet with what lies on it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SheetView {
    /// Its number, from 1.
    pub number: usize,
    /// The pictures, the lowest first.
    pub pictures: Vec<PictureView>,
}

/// A picture on a sheet: lengths in millimetres from the sheet's left and top, as it is fed.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct PictureView {
    /// Which document, from 1, and which of its pages.
    pub document: usize,
    pub page: u32,
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    /// How it is turned beyond its own tag, in degrees clockwise.
    pub turned: u16,
    /// The part of the turned picture that is shown, as shares of its width and height: left, top, width, height. What is
    /// below 0 or goes beyond 1 is mirrored at the edge.
    pub crop: [f64; 4],
    /// Pixels of the picture on an inch of paper; none of what is drawn at any size.
    pub ppi: Option<f64>,
}

/// Why it can't be shown, and which field of the request is at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refused {
    /// The field.
    pub field: &'static str,
    /// For a person.
    pub text: SmolStr,
}

impl Refused {
    /// One of this field.
    pub fn new(field: &'static str, text: impl Into<SmolStr>) -> Refused {
        Refused {
            field,
            text: text.into(),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "cannot-be-shown", refused.text).at(refused.field)
    }
}

/// The press, as far as looking goes. [`crate::appliance`] makes one. Everything in it is blocking.
pub trait Showing: Send + Sync + 'static {
    /// What a template makes of these documents on a sheet.
    ///
    /// # Errors
    /// [`Refused`]: there is no such template, a value is wrong, or something has no room.
    fn fit(
        &self,
        name: &str,
        fields: &std::collections::BTreeMap<String, String>,
        on: &OnSheet,
        documents: &[Document],
    ) -> Result<Fitted, Refused>;

    /// Where everything lies.
    ///
    /// # Errors
    /// [`Refused`].
    fn lay_out(&self, print: &Print) -> Result<Vec<SheetView>, Refused>;

    /// What a picture is known by: the same for the same bytes. Reads no pixels.
    ///
    /// # Errors
    /// [`Refused`]: there is no such printer.
    fn key(&self, print: &Print, look: &Look) -> Result<Digest, Refused>;

    /// A JPEG in sRGB of a sheet; kept for the next one who asks.
    ///
    /// # Errors
    /// [`Refused`].
    fn picture(&self, print: &Print, look: &Look, key: &Digest) -> Result<Vec<u8>, Refused>;
}

/// 503: as many wait for pictures as may.
pub fn busy() -> Problem {
    let text = "too many wait for pictures at this moment: try again in a few seconds";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", text).after(Duration::from_secs(5))
}

/// The press for everybody who looks.
#[derive(Clone)]
pub struct Studio {
    press: Arc<dyn Showing>,
    easel: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Studio {
    /// Over the press.
    pub fn new(press: Arc<dyn Showing>) -> Studio {
        Studio {
            press,
            easel: Arc::new(Semaphore::new(1)),
            waiting: Arc::new(Semaphore::new(WAITING)),
        }
    }

    /// Asks the press, off the runtime.
    ///
    /// # Errors
    /// What it says, as a problem.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Showing) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Problem> {
        let press = self.press.clone();
        let asked = tokio::task::spawn_blocking(move || question(press.as_ref())).await;
        Ok(asked.map_err(|error| Problem::internal(&error))??)
    }

    /// The same for a picture, which is made when it is its turn.
    ///
    /// # Errors
    /// 503 when many wait already.
    pub async fn picture(&self, print: Print, look: Look, key: Digest) -> Result<Vec<u8>, Problem> {
        let Ok(_waits) = self.waiting.clone().try_acquire_owned() else {
            return Err(busy());
        };
        let easel = self.easel.clone().acquire_owned().await;
        let easel = easel.map_err(|error| Problem::internal(&error))?;
        // Whoever has gone meanwhile still holds the easel until the picture is made.
        self.ask(move |press| {
            let picture = press.picture(&print, &look, &key);
            drop(easel);
            picture
        })
        .await
    }
}
