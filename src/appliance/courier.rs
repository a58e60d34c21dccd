//! The courier: joins the press and the drivers for the queue, which knows neither.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use smol_str::{SmolStr, format_smolstr};
use tokio::sync::mpsc;

use crate::color::{LinkCache, Profile};
use crate::intake::Inspector;
use crate::model::{
    Attempt, Capabilities, ChosenPage, Coverage, DocumentFacts, DocumentFormat, Job, Margins, Orientation, PageChoice,
    PrintScaling, PrinterId, PrinterStatus, RasterType, RemoteJob, Trouble, TroubleClass,
};
use crate::press::{self, Content, Input, PressError, PressJob, PressLimits, PressStream, Side};
use crate::printers::{self, Body, Piece, PrintOrder, RoutineOrder};
use crate::queue::{self, Courier, Inquiry};
use crate::spool::Spool;

use super::laid::{Laid, LaidError, Templates};
use super::output::{self, OutputProfile, PaperChoice};
use super::routine;
use super::stations::{Station, Stations};

/// Pieces of a page that may wait between press and driver: back-pressure holds the press.
const PIECES_AHEAD: usize = 2;

/// See the head of the file.
pub(super) struct HouseCourier {
    pub stations: Stations,
    pub spool: Spool,
    pub limits: PressLimits,
    /// Colour links, kept from page to page.
    pub links: Arc<LinkCache>,
    /// Threads that paint one page.
    pub workers: usize,
    pub standard: StandardProfiles,
    /// The templates by which pictures are laid out.
    pub templates: Templates,
}

/// The profiles of the standard raster types.
pub(super) struct StandardProfiles {
    srgb: Arc<Profile>,
    adobe_rgb: Arc<Profile>,
    gray: Arc<Profile>,
}

impl StandardProfiles {
    pub fn new() -> Self {
        StandardProfiles {
            srgb: Arc::new(Profile::srgb()),
            adobe_rgb: Arc::new(Profile::adobe_rgb()),
            gray: Arc::new(Profile::gray()),
        }
    }

    /// That of a display.
    pub fn srgb(&self) -> Arc<Profile> {
        self.srgb.clone()
    }

    fn of(&self, raster_type: RasterType) -> Arc<Profile> {
        match raster_type {
            RasterType::Sgray8 | RasterType::Sgray16 => self.gray.clone(),
            RasterType::AdobeRgb8 | RasterType::AdobeRgb16 => self.adobe_rgb.clone(),
            RasterType::Srgb8 | RasterType::Srgb16 | RasterType::Rgb8 | RasterType::Rgb16 => self.srgb.clone(),
        }
    }
}

impl HouseCourier {
    fn station(&self, printer: &PrinterId) -> Result<Arc<Station>, Trouble> {
        self.stations.get(printer).ok_or_else(|| {
            let text = format_smolstr!("{printer} is no longer here: add it again, or cancel the job");
            Trouble::new(TroubleClass::Offline, text)
        })
    }

    /// What the press is asked for, how many copies the printer is asked for, and what is said of the colours.
    fn press_job(
        &self,
        job: &Job,
        station: &Station,
        capabilities: &Capabilities,
    ) -> Result<(PressJob, u32, Option<SmolStr>), Trouble> {
        let bad = |text: SmolStr| Trouble::new(TroubleClass::JobBad, text);
        if !job.has_something_to_print() && job.ticket.routine.is_none() {
            return Err(bad("the job has no document".into()));
        }
        let inputs = job.documents.iter().filter(|d| !d.canceled).map(|document| Input {
            path: self.spool.path(&document.digest),
            format: document.facts.format,
            page: 0,
        });
        let papers: Vec<PaperChoice> = station.papers.iter().map(|(choice, _)| choice.clone()).collect();
        let (spec, profile, why) = output::choose(capabilities, &job.ticket, &papers).map_err(bad)?;
        log::info!(
            "job {}: {} at {}, {}; colour: {why}",
            job.id,
            spec.format.mime(),
            spec.resolution,
            job.ticket.intent.value.keyword()
        );
        let warning = output::warning(&spec, &profile, &papers);
        let profile = match profile {
            OutputProfile::Paper(place) => station.papers[place].1.clone(),
            OutputProfile::Standard(raster_type) => self.standard.of(raster_type),
        };
        let (copies, repeat) = output::copies(capabilities, job.copies_left(), spec.format);
        let media = &job.ticket.media.value;
        let job = PressJob {
            inputs: inputs.collect(),
            content: Content::Documents {
                margins: media.margins,
                scaling: job.ticket.scaling.value,
                orientation: job.ticket.orientation.value,
            },
            sheet: media.size.clone(),
            media_type: media.media_type.clone(),
            quality: job.ticket.quality.value.as_enum(),
            output: spec,
            profile,
            intent: job.ticket.intent.value,
            proof: None,
            tone: None,
            dither: true,
            links: self.links.clone(),
            sharpening: None,
            repeat,
            workers: self.workers,
            band_rows: None,
            limits: self.limits.clone(),
        };
        Ok((job, copies, warning))
    }
}

/// The numbers of the documents that a print's inputs come of, for what is said of them.
struct Named {
    /// Of each input.
    numbers: Vec<usize>,
    /// Whether the job has only one, which needs no number.
    alone: bool,
}

impl Named {
    fn of(job: &Job) -> Named {
        let printed = job.documents.iter().enumerate().filter(|(_, d)| !d.canceled);
        Named {
            numbers: printed.map(|(i, _)| i + 1).collect(),
            alone: job.documents.len() == 1,
        }
    }

    /// The trouble that an error of the press is to the job.
    fn trouble(&self, error: &PressError) -> Trouble {
        if matches!(error.cause(), PressError::Broken) {
            return crash();
        }
        match error.input().and_then(|input| self.numbers.get(input)) {
            Some(number) if !self.alone => render(&format!("document {number}: {error}")),
            _ => render(&error.to_string()),
        }
    }
}

/// Which pages are printed, where not all are, each by itself.
struct Pages {
    choice: PageChoice,
    /// Number and pages of each document that is printed.
    documents: Vec<(u32, u32)>,
    named: Named,
    scaling: PrintScaling,
    orientation: Orientation,
    margins: Margins,
    /// The template by which they are laid out, where one is.
    laid: Option<Laid>,
}

impl Pages {
    fn of(job: &Job, laid: Option<Laid>) -> Pages {
        let ticket = &job.ticket;
        Pages {
            choice: ticket.pages.value.clone(),
            documents: job
                .documents
                .iter()
                .filter(|d| !d.canceled)
                .map(|d| (d.number, d.facts.pages))
                .collect(),
            named: Named::of(job),
            scaling: ticket.scaling.value,
            orientation: ticket.orientation.value,
            margins: ticket.media.value.margins,
            laid,
        }
    }

    /// Blocking: reads the heads of the pages, and opens the first.
    fn open(mut self, job: PressJob) -> Result<(PressStream, Named), Trouble> {
        let job = match self.laid.take() {
            Some(laid) => {
                let (job, documents) = laid.lay_out(job).map_err(|error| match error {
                    LaidError::Document(error) => self.named.trouble(&error),
                    LaidError::Template(error) => Trouble::new(TroubleClass::JobBad, format_smolstr!("{error}")),
                })?;
                self.named.numbers = documents
                    .iter()
                    .filter_map(|d| self.named.numbers.get(*d).copied())
                    .collect();
                job
            }
            None => self.lay_out(job).map_err(|e| self.named.trouble(&e))?,
        };
        match PressStream::open(job) {
            Ok(stream) => Ok((stream, self.named)),
            Err(error) => Err(self.named.trouble(&error)),
        }
    }

    fn lay_out(&mut self, mut job: PressJob) -> Result<PressJob, PressError> {
        if self.choice.is_plain() {
            return Ok(job);
        }
        let chosen = self.choice.choose(&self.documents, self.scaling, self.orientation);
        if chosen.is_empty() {
            return Err(PressError::Output("page-ranges leave no page of the documents".into()));
        }
        let side = Side {
            sheet: &job.sheet,
            margins: self.margins,
            dots: job.output.resolution,
            number_up: self.choice.number_up,
        };
        let (inputs, pages) = press::impose(&job.inputs, &chosen, &side, &job.limits)?;
        let number = |page: &ChosenPage| self.named.numbers.get(page.document).copied();
        self.named.numbers = chosen.iter().map(|page| number(page).unwrap_or_default()).collect();
        job.inputs = inputs;
        job.content = Content::Pages(pages.into());
        Ok(job)
    }
}

#[async_trait]
impl Courier for HouseCourier {
    async fn deliver(&self, job: &Job, attempt: &Attempt, journal: queue::Journal) -> Result<RemoteJob, Trouble> {
        let station = self.station(&attempt.printer)?;
        if let Some(routine) = routine::of_the_printer(job) {
            let order = RoutineOrder {
                routine,
                token: attempt.token.clone(),
                job_name: job.name.clone(),
            };
            return station.driver.maintain(&order, &DriverJournal(journal)).await;
        }
        let capabilities = station.driver.capabilities().await?;
        let (mut press_job, copies, warning) = self.press_job(job, &station, &capabilities)?;
        if let Some(warning) = warning {
            journal.warn(warning).await?;
        }
        if job.ticket.routine.is_some() {
            let day = jiff::ZonedDateTime::now().date().to_string();
            routine::lay_out(&mut press_job, &job.ticket, &day)?;
        }
        let output = press_job.output;
        let laid = job.ticket.template.as_ref().map(|choice| Laid {
            templates: self.templates.clone(),
            choice: choice.clone(),
            margins: job.ticket.media.value.margins,
            names: job
                .documents
                .iter()
                .filter(|d| !d.canceled)
                .map(|d| d.name.clone())
                .collect(),
            printer: Some(attempt.printer.as_str().into()),
            edition: job.ticket.edition.clone(),
            date: jiff::ZonedDateTime::now().date(),
        });
        let pages = Pages::of(job, laid);
        // Opened before the printer hears of the job: a document that can't be read costs no paper.
        let (stream, named) = tokio::task::spawn_blocking(move || pages.open(press_job))
            .await
            .map_err(|_| crash())??;
        let (send, body) = mpsc::channel(PIECES_AHEAD);
        let rendering = tokio::task::spawn_blocking(move || render_into(stream, &named, &send));
        let order = PrintOrder {
            token: attempt.token.clone(),
            job_name: job.name.clone(),
            user: job.user.clone(),
            ticket: job.ticket.clone(),
            output,
            copies,
        };
        let measuring = journal.clone();
        let delivered = station
            .driver
            .print(&order, Body::from(body), &DriverJournal(journal))
            .await;
        // The press ends by itself once nobody pulls any more.
        let rendered = rendering.await;
        if let Ok(Some(coverage)) = rendered {
            measuring.measured(coverage).await;
        }
        match (rendered, delivered) {
            // What the driver saw was a page that ended half-way.
            (Err(_), Err(_)) => Err(crash()),
            (_, delivered) => delivered,
        }
    }

    async fn inquire(&self, attempt: &Attempt) -> (Inquiry, Option<RemoteJob>) {
        let unreachable = |t: Trouble| Inquiry::Unreachable { why: t.text };
        let driver = match self.station(&attempt.printer) {
            Ok(station) => station.driver.clone(),
            Err(trouble) => return (unreachable(trouble), None),
        };
        let remote = match &attempt.remote {
            Some(remote) => remote.clone(),
            None => match driver.find(&attempt.token).await {
                Ok(Some(remote)) => remote,
                Ok(None) => return (Inquiry::Unknown, None),
                Err(trouble) => return (unreachable(trouble), None),
            },
        };
        match driver.job(&remote).await {
            Ok(Some(state)) => (Inquiry::Known(state), Some(remote)),
            Ok(None) => (Inquiry::Unknown, Some(remote)),
            Err(trouble) => (unreachable(trouble), Some(remote)),
        }
    }

    async fn withdraw(&self, attempt: &Attempt) -> Result<(), Trouble> {
        let driver = self.station(&attempt.printer)?.driver.clone();
        let remote = match &attempt.remote {
            Some(remote) => Some(remote.clone()),
            None => driver.find(&attempt.token).await?,
        };
        match remote {
            Some(remote) => driver.cancel(&remote).await,
            None => Ok(()),
        }
    }

    async fn status(&self, printer: &PrinterId) -> Result<PrinterStatus, Trouble> {
        self.station(printer)?.driver.status().await
    }

    async fn capabilities(&self, printer: &PrinterId) -> Result<Capabilities, Trouble> {
        self.station(printer)?.driver.capabilities().await
    }
}

fn crash() -> Trouble {
    Trouble::new(TroubleClass::Crash, queue::poison::WHY)
}

fn render(text: &str) -> Trouble {
    Trouble::new(TroubleClass::Render, text)
}

/// Runs the press until the page is done, fails, or nobody pulls any more. Gives what the pages cover, once all are
/// done.
fn render_into(mut stream: PressStream, named: &Named, to: &mpsc::Sender<Result<Piece, Trouble>>) -> Option<Coverage> {
    loop {
        let (piece, last) = match stream.next_piece() {
            Ok(Some(bytes)) => (Ok(Piece::Bytes(Bytes::from(bytes))), false),
            Ok(None) => (Ok(Piece::End), true),
            Err(error) => (Err(named.trouble(&error)), true),
        };
        let is_whole = matches!(piece, Ok(Piece::End));
        if to.blocking_send(piece).is_err() || last {
            return is_whole.then(|| stream.coverage()).flatten();
        }
    }
}

struct DriverJournal(queue::Journal);

#[async_trait]
impl printers::Journal for DriverJournal {
    async fn created(&self, remote: &RemoteJob) -> Result<(), Trouble> {
        self.0.created(remote).await
    }

    async fn sending(&self) -> Result<(), Trouble> {
        self.0.sending().await
    }

    fn cut_short(&self) {
        self.0.cut_short();
    }

    async fn sent(&self, remote: &RemoteJob) -> Result<(), Trouble> {
        self.0.sent(remote).await
    }
}

/// Reads documents' heads for intake with the press.
pub(super) struct PressInspector(pub PressLimits);

impl Inspector for PressInspector {
    fn inspect(&self, path: &Path, format: DocumentFormat) -> Result<DocumentFacts, SmolStr> {
        press::inspect(path, format, &self.0).map_err(|e| SmolStr::new(e.to_string()))
    }
}
