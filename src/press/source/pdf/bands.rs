//! A page painted in bands of rows.
//!
//! The library's page can't move between threads, so a thread keeps it and paints the band that is asked for; the source
//! keeps that band as RGB and copies rows out, while the thread paints the next. The page is written down as a list of
//! steps first ([`draw`]); a list that would be too long is made anew for each band instead. What the bands' height is
//! makes no difference to the rows.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use hayro::hayro_interpret::{Context, InterpreterCache, interpret_page};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, Rect};
use hayro::vello_cpu::Pixmap;
use hayro::vello_cpu::color::palette::css::WHITE;

use super::super::super::layout::Turn;
use super::super::super::{PressError, PressLimits};
use super::super::{Depth, RowMut, Shape, Source, strange_row};
use super::draw::canvas::{Canvas, LEAST, Unpainted};
use super::draw::list::List;
use super::draw::record::{Halt, Kept, Recorder, Sink};
use super::survey::Surveyed;
use super::{geometry, settings, unreadable};

/// Pixels of a band: 12 MiB as the painter holds them, 9 as RGB.
const BAND: u32 = 3 << 20;
/// Most rows of a band.
const ROWS: u32 = 2_048;
/// The painter's pixmaps count sides in 16 bits.
const SIDE: u32 = 65_535;
/// The survey bounds the work; this is for what it did not see.
const PATIENCE: Duration = Duration::from_secs(600);
/// Forms and patterns nest 50 deep in the library, on the stack.
const STACK: usize = 64 << 20;

/// Rows of a band of a page `width` pixels wide.
fn rows(width: u32) -> u32 {
    let rows = (BAND / width.max(1)).clamp(LEAST, ROWS);
    rows - rows % LEAST
}

/// Starts the painter.
pub fn open(
    pdf: Pdf,
    number: u32,
    turn: Turn,
    (width, height): (u32, u32),
    page: &Surveyed,
    limits: &PressLimits,
) -> Result<Box<dyn Source>, PressError> {
    let large = width > limits.side.min(SIDE) || height > limits.side;
    if large || width == 0 || height == 0 || u64::from(width) * u64::from(height) > limits.pixels {
        return Err(PressError::TooLarge {
            width: u64::from(width),
            height: u64::from(height),
            most: format!(
                "at most {} a side and {} million in all are taken: choose a lower resolution",
                limits.side.min(SIDE),
                limits.pixels / 1_000_000
            ),
        });
    }
    // Where masks are many, a band is painted in parts, but not in smaller ones than this.
    let masks = (page.masks as u64).saturating_mul(u64::from(width) * u64::from(LEAST));
    if masks > limits.memory / 4 {
        return Err(PressError::Unsupported(format!(
            "the PDF page has {} transparent masks, more than can be printed: flatten it and send it again",
            page.masks
        )));
    }
    let plan = Plan {
        number,
        turn,
        size: (width, height),
        rows: rows(width).min(height),
        list: usize::try_from(limits.memory / 8).unwrap_or(usize::MAX),
        patience: PATIENCE,
    };
    Ok(Box::new(start(pdf, plan, limits)?))
}

/// How a page is painted; sizes were checked.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub number: u32,
    pub turn: Turn,
    pub size: (u32, u32),
    /// Of a band.
    pub rows: u32,
    /// Most bytes of the list.
    pub list: usize,
    /// How long a band may take.
    pub patience: Duration,
}

/// Starts the painter as planned.
pub fn start(pdf: Pdf, plan: Plan, limits: &PressLimits) -> Result<Bands, PressError> {
    let (ask, asked) = sync_channel(1);
    let (give, given) = sync_channel(1);
    let stop = Arc::new(AtomicBool::new(false));
    let mut painter = Painter {
        plan,
        kept: Kept::new(limits.clone(), stop.clone()),
        canvas: Canvas::new(plan.size.0.min(SIDE) as u16, plan.size.1, stop.clone()),
    };
    let thread = std::thread::Builder::new()
        .name("pdf".into())
        .stack_size(STACK)
        .spawn(move || {
            // A panic of the library would otherwise end the thread without a word.
            if catch_unwind(AssertUnwindSafe(|| painter.run(&pdf, &asked, &give))).is_err() {
                let _ = give.send(Err(unreadable()));
            }
        })?;
    Ok(Bands {
        shape: Shape {
            width: plan.size.0,
            height: plan.size.1,
            channels: 3,
            depth: Depth::Eight,
        },
        plan,
        ask,
        given,
        stop,
        thread,
        ahead: None,
        band: None,
    })
}

/// A band that is wanted, and a buffer for it.
type Wanted = (u32, Vec<u8>);
/// A band as RGB; nothing when it is white.
type Painted = Result<Vec<u8>, PressError>;

struct Painter {
    plan: Plan,
    kept: Kept,
    canvas: Canvas,
}

/// The library's side of a page.
struct Read<'p> {
    page: &'p Page<'p>,
    cache: InterpreterCache<'p>,
    /// From the page's own plane to its pixels.
    whole: Affine,
    /// `None` where it would be too long.
    list: Option<List>,
}

impl Painter {
    /// Paints bands until nobody asks any more.
    fn run(&mut self, pdf: &Pdf, asked: &Receiver<Wanted>, give: &SyncSender<Painted>) {
        let Some(page) = pdf.pages().get(self.plan.number as usize) else {
            return;
        };
        let mut read = Read {
            page,
            cache: InterpreterCache::new(),
            whole: self.transform(page),
            list: None,
        };
        match walk(&mut self.kept, self.plan.size, &read, Sink::List(self.plan.list)) {
            Ok(list) => read.list = Some(list),
            Err(Halt::Long) => {}
            Err(Halt::Unpainted(error)) => {
                let _ = give.send(Err(words(error)));
                return;
            }
        }
        while let Ok((band, mut rgb)) = asked.recv() {
            let top = band * self.plan.rows;
            let rows = self.plan.rows.min(self.plan.size.1.saturating_sub(top));
            rgb.clear();
            let painted = self.rows(&read, top, rows, &mut rgb).map(|()| rgb);
            let failed = painted.is_err();
            if give.send(painted.map_err(words)).is_err() || failed {
                return;
            }
        }
    }

    fn transform(&self, page: &Page<'_>) -> Affine {
        let (width, height) = self.plan.size;
        let (page_w, page_h) = page.render_dimensions();
        let (up_w, up_h) = self.plan.turn.size(width, height);
        let (up_w, up_h) = (f64::from(up_w), f64::from(up_h));
        let scale = Affine::scale_non_uniform(up_w / f64::from(page_w), up_h / f64::from(page_h));
        let initial = Affine::new(page.initial_transform(true).as_coeffs());
        geometry::turned(self.plan.turn, up_w, up_h) * scale * initial
    }

    /// Appends rows of the page as RGB; nothing when `into` is empty and they are white.
    fn rows(&mut self, read: &Read<'_>, top: u32, rows: u32, into: &mut Vec<u8>) -> Result<(), Unpainted> {
        let mut target = Pixmap::new(self.plan.size.0 as u16, rows.min(ROWS) as u16);
        let Painter { plan, kept, canvas } = self;
        let painted = canvas.paint(top, &mut target, WHITE, |scene| match &read.list {
            Some(list) => scene.all(list),
            None => {
                let mut step = |op: &_| scene.step(op);
                match walk(kept, plan.size, read, Sink::Out(&mut step)) {
                    Ok(_) => Ok(()),
                    Err(Halt::Unpainted(error)) => Err(error),
                    Err(Halt::Long) => Err(Unpainted::Failed(unreadable())),
                }
            }
        });
        match painted {
            Ok(marked) => {
                let (rgba, _) = target.data_as_u8_slice().as_chunks::<4>();
                if marked {
                    into.extend(rgba.iter().flat_map(|[r, g, b, _]| [*r, *g, *b]));
                } else {
                    into.resize(into.len() + rgba.len() * 3, u8::MAX);
                }
                Ok(())
            }
            Err(Unpainted::TooMuch) if rows > LEAST => {
                drop(target);
                let half = (rows / 2).next_multiple_of(LEAST);
                self.rows(read, top, half, into)?;
                self.rows(read, top + half, rows - half, into)
            }
            Err(error) => Err(error),
        }
    }
}

fn walk<'k>(kept: &'k mut Kept, (width, height): (u32, u32), read: &Read<'_>, sink: Sink<'k>) -> Result<List, Halt> {
    let target = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let walked = catch_unwind(AssertUnwindSafe(|| {
        let mut recorder = Recorder::new(kept, sink, (width, height));
        let mut context = Context::new(read.whole, target, &read.cache, read.page.xref(), settings());
        interpret_page(read.page, &mut context, &mut recorder);
        recorder.finish()
    }));
    walked.map_err(|cause| match cause.downcast::<Halt>() {
        Ok(halt) => *halt,
        Err(_) => Halt::Unpainted(Unpainted::Failed(unreadable())),
    })
}

fn words(unpainted: Unpainted) -> PressError {
    match unpainted {
        Unpainted::TooMuch | Unpainted::Stopped => too_long(),
        Unpainted::Failed(error) => error,
    }
}

fn too_long() -> PressError {
    PressError::Unsupported("painting the PDF page takes too long: export it as a picture, or flatten it".into())
}

/// See the head of the file.
pub struct Bands {
    shape: Shape,
    plan: Plan,
    ask: SyncSender<Wanted>,
    given: Receiver<Painted>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
    /// The band that was asked for before its time.
    ahead: Option<u32>,
    /// The band that was painted last, and which it is.
    band: Option<(u32, Vec<u8>)>,
}

impl Bands {
    fn ask(&mut self, number: u32, buffer: Vec<u8>) -> Result<(), PressError> {
        // A thread that failed has left its last words behind.
        if self.ask.send((number, buffer)).is_err() {
            return Err(self.take().err().unwrap_or_else(unreadable));
        }
        self.ahead = Some(number);
        Ok(())
    }

    fn take(&mut self) -> Painted {
        self.ahead = None;
        self.given.recv_timeout(self.plan.patience).map_err(|e| match e {
            RecvTimeoutError::Timeout => {
                self.stop.store(true, Ordering::Relaxed);
                too_long()
            }
            RecvTimeoutError::Disconnected => unreadable(),
        })?
    }

    /// Fetches a band, and has the next one painted.
    fn turn_to(&mut self, number: u32) -> Result<(), PressError> {
        let mut spare = self.band.take().map(|(_, buffer)| buffer).unwrap_or_default();
        if self.ahead.is_some_and(|ahead| ahead != number) {
            spare = self.take()?;
        }
        if self.ahead.is_none() {
            self.ask(number, std::mem::take(&mut spare))?;
        }
        let painted = self.take()?;
        self.band = Some((number, painted));
        if (number + 1) * self.plan.rows < self.shape.height {
            self.ask(number + 1, spare)?;
        }
        Ok(())
    }

    /// Whether the painter's thread has ended.
    #[cfg(test)]
    pub fn has_ended(&self) -> bool {
        self.thread.is_finished()
    }
}

impl Drop for Bands {
    fn drop(&mut self) {
        // It ends at its next step; nobody waits for that.
        self.stop.store(true, Ordering::Relaxed);
        let _ = &self.thread;
    }
}

impl Source for Bands {
    fn shape(&self) -> Shape {
        self.shape
    }

    fn row(&mut self, y: u32, into: RowMut<'_>) -> Result<(), PressError> {
        let length = self.shape.width as usize * 3;
        let RowMut::Eight(into) = into else {
            return Err(strange_row());
        };
        if y >= self.shape.height || into.len() != length {
            return Err(strange_row());
        }
        let (number, within) = (y / self.plan.rows, (y % self.plan.rows) as usize);
        if self.band.as_ref().is_none_or(|(n, _)| *n != number) {
            self.turn_to(number)?;
        }
        let row = self
            .band
            .as_ref()
            .and_then(|(_, rgb)| rgb.get(within * length..(within + 1) * length))
            .ok_or_else(strange_row)?;
        into.copy_from_slice(row);
        Ok(())
    }

    fn rewind(&mut self) -> Result<(), PressError> {
        Ok(())
    }
}
