//! A printer that prints to PNG files, for trying the house without paper.
//!
//! The document as it was delivered lies hidden (`.queued-…`) until its time is over, and then gets its visible name in
//! one step. What is in the folder is all its state, so a power cut costs it no job that it has acknowledged. Time
//! passes when it is asked: it has no thread of its own.

mod pages;
mod routine;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use smol_str::{SmolStr, format_smolstr};

use crate::model::{
    Capabilities, Details, MEDIA_SIZES, Margins, Marker, Media, MediaSize, PrinterId, PrinterState, PrinterStatus,
    RasterFormat, RasterType, RemoteJob, RemoteJobState, Resolution, Timestamp, Trouble, TroubleClass,
};

use super::{Body, Driver, Journal, Piece, PrintOrder, RoutineOrder};

/// Twelve inks of the PRO-1000 by their codes, and how many hundredths of a per cent a sheet takes of each. Invented:
/// no figure for a real printer.
const INKS: [(&str, &str, i32); 12] = [
    ("PBK", "#101010", 21),
    ("MBK", "#202020", 2),
    ("C", "#00A0E0", 17),
    ("M", "#D0107A", 16),
    ("Y", "#F5E000", 23),
    ("PC", "#90D5F0", 31),
    ("PM", "#F0A0C8", 33),
    ("GY", "#808080", 38),
    ("PGY", "#B8B8B8", 41),
    ("R", "#E03010", 6),
    ("B", "#2030A0", 8),
    ("CO", "none", 35),
];
/// Papers that it knows (PWG 5101.1, 3).
const MEDIA_TYPES: [&str; 4] = [
    "photographic-glossy",
    "photographic-semi-gloss",
    "photographic-matte",
    "stationery",
];
const NEXT: &str = ".next-job-id";
const QUEUED: &str = ".queued-";
const INCOMING: &str = ".incoming-";

/// The colours of the inks.
fn inks() -> Vec<[u8; 3]> {
    let color = |hex: &str| {
        let value = u32::from_str_radix(hex.trim_start_matches('#'), 16).ok()?;
        let [_, r, g, b] = value.to_be_bytes();
        Some([r, g, b])
    };
    INKS.iter().filter_map(|(_, hex, _)| color(hex)).collect()
}

/// What lies in it: photo paper in the sizes that a studio has about. It never runs out.
fn loaded() -> Vec<Media> {
    let sizes = ["iso_a4_210x297mm", "na_super-b_13x19in", "na_letter_8.5x11in"];
    let sizes = sizes.iter().filter_map(|name| MediaSize::from_name(name).ok());
    let media = |size| Media {
        size,
        media_type: SmolStr::new_static("photographic-glossy"),
        source: SmolStr::new_static("main"),
        margins: Margins::BORDERLESS,
    };
    sizes.map(media).collect()
}

/// See the head of the file.
pub struct VirtualPrinter {
    name: SmolStr,
    folder: PathBuf,
    seconds_per_sheet: f64,
    machine: Mutex<Machine>,
}

struct Machine {
    next: i32,
    jobs: BTreeMap<i32, Job>,
}

struct Job {
    /// The visible name of its first sheet.
    sheet: String,
    copies: u32,
    state: JobState,
}

enum JobState {
    Printing { since: Instant },
    Completed,
    Canceled,
}

impl VirtualPrinter {
    /// A printer whose sheets lie in this folder, which is made when it is not there.
    pub fn open(_id: &PrinterId, name: &str, folder: &Path, seconds_per_sheet: f64) -> Result<Self, Trouble> {
        let machine = fs::create_dir_all(folder)
            .and_then(|()| Machine::read(folder))
            .map_err(|e| trouble(name, folder, &e))?;
        Ok(VirtualPrinter {
            name: SmolStr::new(name),
            folder: folder.to_owned(),
            seconds_per_sheet: seconds_per_sheet.clamp(0.0, 86_400.0),
            machine: Mutex::new(machine),
        })
    }

    /// Lets time pass, then looks.
    fn with<T>(&self, look: impl FnOnce(&mut Machine) -> io::Result<T>) -> Result<T, Trouble> {
        let mut machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
        machine
            .pass_time(&self.folder, self.seconds_per_sheet)
            .and_then(|()| look(&mut machine))
            .map_err(|e| trouble(&self.name, &self.folder, &e))
    }

    /// A document that did not become a job here, and of which nothing is left.
    fn untaken(&self, error: &io::Error) -> Trouble {
        Trouble {
            class: TroubleClass::Untaken,
            ..trouble(&self.name, &self.folder, error)
        }
    }

    /// Takes the document into a hidden file; whole and synced when it returns.
    async fn receive(&self, mut body: Body, path: &Path) -> Result<(), Trouble> {
        let failed = |e: io::Error| self.untaken(&e);
        let mut file = File::create(path).map_err(failed)?;
        loop {
            match body.recv().await {
                Some(Ok(Piece::Bytes(bytes))) => {
                    let write = move || file.write_all(&bytes).map(|()| file);
                    file = blocking(write).await.map_err(failed)?;
                }
                Some(Ok(Piece::End)) => return blocking(move || file.sync_all()).await.map_err(failed),
                Some(Err(trouble)) => return Err(trouble),
                None => {
                    return Err(Trouble::new(
                        TroubleClass::Render,
                        "the page ended half-way; please report it",
                    ));
                }
            }
        }
    }

    /// Takes a document that becomes a job of this name and token.
    async fn take(
        &self,
        (name, token): (&str, &str),
        copies: u32,
        body: Body,
        journal: &dyn Journal,
    ) -> Result<RemoteJob, Trouble> {
        let id = self.with(|m| {
            if m.printing() {
                return Ok(None);
            }
            m.take_id(&self.folder).map(Some)
        })?;
        let Some(id) = id else {
            let text = format_smolstr!("{} is printing another job", self.name);
            return Err(Trouble::new(TroubleClass::Busy, text));
        };
        let remote = RemoteJob { id, uri: None };
        journal.created(&remote).await?;
        journal.sending().await?;
        let job = Job {
            sheet: format!("{id:04}-{}-{}.png", plain(name), plain(token)),
            copies: copies.clamp(1, 99),
            state: JobState::Printing { since: Instant::now() },
        };
        let incoming = self.folder.join(format!("{INCOMING}{id:04}"));
        // A delivery that is dropped half-way leaves a job that was canceled, as with a real printer.
        let mut arriving = Arriving {
            printer: self,
            id,
            incoming: &incoming,
            arrived: false,
        };
        let received = self.receive(body, &incoming).await;
        arriving.arrived = true;
        let named =
            received.and_then(|()| fs::rename(&incoming, self.folder.join(queued(&job))).map_err(|e| self.untaken(&e)));
        if let Err(trouble) = named {
            let _ = fs::remove_file(&incoming);
            return Err(trouble);
        }
        // From its new name on it is a job, also when the sync fails and the queue must ask.
        self.machine
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .jobs
            .insert(id, job);
        sync(&self.folder).map_err(|e| trouble(&self.name, &self.folder, &e))?;
        journal.sent(&remote).await?;
        Ok(remote)
    }
}

/// A document on its way.
struct Arriving<'a> {
    printer: &'a VirtualPrinter,
    id: i32,
    incoming: &'a Path,
    arrived: bool,
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        if self.arrived {
            return;
        }
        let _ = fs::remove_file(self.incoming);
        let mut machine = self.printer.machine.lock().unwrap_or_else(PoisonError::into_inner);
        machine.jobs.insert(self.id, Job::lost());
    }
}

impl Job {
    /// One whose document did not come.
    fn lost() -> Self {
        Job {
            sheet: String::new(),
            copies: 1,
            state: JobState::Canceled,
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|e| Err(io::Error::other(e)))
}

fn trouble(name: &str, folder: &Path, error: &io::Error) -> Trouble {
    Trouble::new(
        TroubleClass::NotAccepting,
        format_smolstr!(
            "{name} can't lay its sheets in {} ({error}): free space there, or allow writing",
            folder.display()
        ),
    )
}

impl Machine {
    fn read(folder: &Path) -> io::Result<Self> {
        let mut jobs = BTreeMap::new();
        let mut next = fs::read_to_string(folder.join(NEXT))
            .ok()
            .and_then(|t| t.trim().parse::<i32>().ok())
            .unwrap_or(1)
            .max(1);
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if let Some(id) = name.strip_prefix(INCOMING) {
                // Never acknowledged: its sender asks for it, hears that it never began, and sends it again.
                fs::remove_file(folder.join(&name))?;
                if let Ok(id) = id.parse::<i32>() {
                    jobs.insert(id, Job::lost());
                }
                continue;
            }
            let (sheet, copies, state) = match name.strip_prefix(QUEUED) {
                Some(rest) => {
                    let Some((copies, sheet)) = rest.split_once('-') else {
                        continue;
                    };
                    let state = JobState::Printing { since: Instant::now() };
                    (sheet.to_owned(), copies.parse().unwrap_or(1), state)
                }
                None => (name, 1, JobState::Completed),
            };
            let Some(id) = sheet.split('-').next().and_then(|n| n.parse::<i32>().ok()) else {
                continue;
            };
            next = next.max(id.saturating_add(1));
            // Further copies say nothing of the job: its first sheet gets its name last.
            if !further(&sheet) {
                jobs.insert(id, Job { sheet, copies, state });
            }
        }
        Ok(Machine { next, jobs })
    }

    fn pass_time(&mut self, folder: &Path, seconds_per_sheet: f64) -> io::Result<()> {
        for job in self.jobs.values_mut() {
            let JobState::Printing { since } = job.state else {
                continue;
            };
            let takes = Duration::from_secs_f64(seconds_per_sheet * f64::from(job.copies));
            if since.elapsed() < takes {
                continue;
            }
            let queued = folder.join(queued(job));
            let ends = pages::ends(&queued)?;
            if since.elapsed() < takes.saturating_mul(u32::try_from(ends.len()).unwrap_or(1)) {
                continue;
            }
            let stem = job.sheet.trim_end_matches(".png");
            for copy in 1..=job.copies {
                let mut start = 0;
                for (page, end) in (1..).zip(&ends) {
                    let part = start..*end;
                    start = *end;
                    let name = match (copy, page) {
                        (1, 1) => continue,
                        (1, page) => format!("{stem}-page{page}.png"),
                        (copy, 1) => format!("{stem}-copy{copy}.png"),
                        (copy, page) => format!("{stem}-copy{copy}-page{page}.png"),
                    };
                    pages::copy(&queued, part, &folder.join(name))?;
                }
            }
            // The first page of the first copy is what is left of the job's own file.
            let first = File::options().write(true).open(&queued)?;
            first.set_len(ends.first().copied().unwrap_or(0))?;
            first.sync_all()?;
            fs::rename(&queued, folder.join(&job.sheet))?;
            sync(folder)?;
            job.state = JobState::Completed;
        }
        Ok(())
    }

    fn printing(&self) -> bool {
        self.jobs.values().any(|j| matches!(j.state, JobState::Printing { .. }))
    }

    /// A number that is never given again, even when the sheets are thrown away.
    fn take_id(&mut self, folder: &Path) -> io::Result<i32> {
        let id = self.next;
        self.next = id.saturating_add(1);
        let new = folder.join(".next-job-id.new");
        let mut file = File::create(&new)?;
        write!(file, "{}", self.next)?;
        file.sync_all()?;
        fs::rename(&new, folder.join(NEXT))?;
        sync(folder)?;
        Ok(id)
    }
}

/// Whether a sheet is a further copy or page of a job.
fn further(sheet: &str) -> bool {
    let last = sheet.trim_end_matches(".png").rsplit('-').next().unwrap_or_default();
    ["copy", "page"].iter().any(|word| {
        last.strip_prefix(word)
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    })
}

fn queued(job: &Job) -> String {
    format!("{QUEUED}{}-{}", job.copies, job.sheet)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// What of a job's name can stand in a file's.
fn plain(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' })
        .take(40)
        .collect();
    plain.trim_matches('-').to_owned()
}

#[async_trait]
impl Driver for VirtualPrinter {
    async fn capabilities(&self) -> Result<Capabilities, Trouble> {
        Ok(Capabilities {
            make_and_model: SmolStr::new_static("Platen virtual PRO-1000"),
            formats: vec![RasterFormat::Png],
            raster_types: vec![RasterType::Rgb8, RasterType::Srgb8, RasterType::Sgray8],
            resolutions: vec![Resolution::square(300), Resolution::square(600)],
            copies: 99,
            media: MEDIA_SIZES.iter().map(|(name, ..)| SmolStr::new_static(name)).collect(),
            media_types: MEDIA_TYPES.map(SmolStr::new_static).to_vec(),
            media_sources: vec![SmolStr::new_static("main")],
            media_col: true,
            print_scaling: true,
            qualities: vec![3, 4, 5],
            borderless: true,
            create_job: true,
        })
    }

    async fn status(&self) -> Result<PrinterStatus, Trouble> {
        let (printing, sheets) = self.with(|m| Ok((m.printing(), m.next - 1)))?;
        let ink = |(code, color, rate): (&'static str, &'static str, i32)| Marker {
            name: SmolStr::new_static(code),
            color: SmolStr::new_static(color),
            kind: SmolStr::new_static("ink-cartridge"),
            // Falls to 5 per cent, and then somebody has put in a new tank.
            level: 100 - sheets.saturating_mul(rate) / 100 % 95,
            low: Some(10),
            high: Some(100),
        };
        Ok(PrinterStatus {
            state: if printing {
                PrinterState::Processing
            } else {
                PrinterState::Idle
            },
            reasons: vec![],
            message: SmolStr::default(),
            accepting: true,
            markers: INKS.into_iter().map(ink).collect(),
            media_ready: loaded(),
            details: Details::default(),
            reachable: true,
            at: Timestamp::now(),
        })
    }

    async fn print(&self, order: &PrintOrder, body: Body, journal: &dyn Journal) -> Result<RemoteJob, Trouble> {
        self.take((&order.job_name, &order.token), order.copies, body, journal)
            .await
    }

    fn maintains(&self) -> bool {
        true
    }

    async fn maintain(&self, order: &RoutineOrder, journal: &dyn Journal) -> Result<RemoteJob, Trouble> {
        if order.routine.sheets() == 0 {
            // Nothing is to be seen of it: it takes no time and no sheet.
            let id = self.with(|m| m.take_id(&self.folder))?;
            let remote = RemoteJob { id, uri: None };
            journal.created(&remote).await?;
            journal.sending().await?;
            let done = Job {
                sheet: format!("{id:04}-{}-{}.png", plain(&order.job_name), plain(&order.token)),
                copies: 1,
                state: JobState::Completed,
            };
            self.machine
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .jobs
                .insert(id, done);
            journal.sent(&remote).await?;
            return Ok(remote);
        }
        let pattern = routine::sheet(order.routine, &inks()).map_err(|e| self.untaken(&e))?;
        let (send, body) = tokio::sync::mpsc::channel(2);
        for piece in [Piece::Bytes(pattern.into()), Piece::End] {
            // There is room for both.
            let _ = send.try_send(Ok(piece));
        }
        self.take((&order.job_name, &order.token), 1, body, journal).await
    }

    async fn job(&self, remote: &RemoteJob) -> Result<Option<RemoteJobState>, Trouble> {
        self.with(|m| {
            Ok(m.jobs.get(&remote.id).map(|job| {
                let (state, reason, sheets) = match job.state {
                    JobState::Printing { .. } => (5, "job-printing", Some(0)),
                    JobState::Canceled => (7, "job-canceled-by-user", Some(0)),
                    // Pages are not counted here.
                    JobState::Completed => (9, "job-completed-successfully", None),
                };
                RemoteJobState {
                    state,
                    reasons: vec![SmolStr::new_static(reason)],
                    message: None,
                    impressions_completed: sheets,
                    // A job is known here only once it is whole, and then it prints.
                    began: Some(state != 7),
                }
            }))
        })
    }

    async fn find(&self, token: &str) -> Result<Option<RemoteJob>, Trouble> {
        let end = format!("-{}.png", plain(token));
        self.with(|m| {
            let found = m.jobs.iter().find(|(_, job)| job.sheet.ends_with(&end));
            Ok(found.map(|(id, _)| RemoteJob { id: *id, uri: None }))
        })
    }

    async fn cancel(&self, remote: &RemoteJob) -> Result<(), Trouble> {
        self.with(|m| {
            if let Some(job) = m.jobs.get_mut(&remote.id)
                && matches!(job.state, JobState::Printing { .. })
            {
                fs::remove_file(self.folder.join(queued(job)))?;
                job.state = JobState::Canceled;
            }
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests;
