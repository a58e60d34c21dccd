//! Painters at work: bands go out to threads and come back in order, only so many at a time.
//!
//! With one worker there is no thread: the caller paints.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::PressError;
use super::encode::{BandForm, BandOut};
use super::paint::{Painter, Task};

/// See the head of the file.
pub enum Workers {
    /// The caller's own painter, and what it painted last.
    Alone(Box<Painter>, Option<BandOut>),
    /// Threads.
    Many(Crew),
}

/// Threads that paint.
pub struct Crew {
    /// `None` once they are to stop.
    tasks: Option<Sender<(u64, Task)>>,
    /// A band that a painter broke down over is none.
    done: Receiver<(u64, Option<BandOut>)>,
    /// Bands that came back before their turn.
    early: BTreeMap<u64, BandOut>,
    given: u64,
    taken: u64,
    most: u64,
    threads: Vec<JoinHandle<()>>,
}

fn broken() -> PressError {
    PressError::Broken
}

impl Workers {
    /// `count` workers; when no thread can be had the caller paints.
    pub fn new(count: usize, form: BandForm) -> Workers {
        if count <= 1 {
            return Workers::Alone(Box::new(Painter::new(form)), None);
        }
        let (tasks, queue) = mpsc::channel::<(u64, Task)>();
        let (give, done) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let threads: Vec<JoinHandle<()>> = (0..count)
            .filter_map(|_| {
                let (queue, give) = (queue.clone(), give.clone());
                std::thread::Builder::new()
                    .name("press".into())
                    .spawn(move || work(&queue, &give, form))
                    .ok()
            })
            .collect();
        if threads.is_empty() {
            return Workers::Alone(Box::new(Painter::new(form)), None);
        }
        Workers::Many(Crew {
            tasks: Some(tasks),
            done,
            early: BTreeMap::new(),
            given: 0,
            taken: 0,
            most: threads.len() as u64,
            threads,
        })
    }

    /// Whether another band may be given before one is taken.
    pub fn has_room(&self) -> bool {
        match self {
            Workers::Alone(_, done) => done.is_none(),
            Workers::Many(crew) => crew.given - crew.taken < crew.most,
        }
    }

    /// Gives a band to be painted.
    pub fn give(&mut self, task: Task) -> Result<(), PressError> {
        match self {
            Workers::Alone(painter, done) => *done = Some(painter.paint(&task)),
            Workers::Many(crew) => {
                let number = crew.given;
                crew.given += 1;
                let tasks = crew.tasks.as_ref().ok_or_else(broken)?;
                tasks.send((number, task)).map_err(|_| broken())?;
            }
        }
        Ok(())
    }

    /// The next band in the order in which they were given; `None` when none is out.
    pub fn take(&mut self) -> Result<Option<BandOut>, PressError> {
        let crew = match self {
            Workers::Alone(_, done) => return Ok(done.take()),
            Workers::Many(crew) => crew,
        };
        if crew.taken == crew.given {
            return Ok(None);
        }
        loop {
            if let Some(band) = crew.early.remove(&crew.taken) {
                crew.taken += 1;
                return Ok(Some(band));
            }
            let (number, band) = crew.done.recv().map_err(|_| broken())?;
            crew.early.insert(number, band.ok_or_else(broken)?);
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.tasks = None;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

fn work(queue: &Mutex<Receiver<(u64, Task)>>, give: &Sender<(u64, Option<BandOut>)>, form: BandForm) {
    let mut painter = Painter::new(form);
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, task)) = next else {
            return;
        };
        // The panic hook has told of a breakdown; the others would wait for the band for ever.
        let band = catch_unwind(AssertUnwindSafe(|| painter.paint(&task))).ok();
        let broke = band.is_none();
        // The rows are given back before the band is told of.
        drop(task);
        if give.send((number, band)).is_err() || broke {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Flat, Layer, PagePlan};
    use super::*;

    /// A band of one row with a patch of this pixel. A pixel without bytes is what no plan makes, and breaks a painter
    /// down.
    fn task(pixel: Vec<u8>) -> Task {
        let flat = Flat {
            left: 0,
            top: 0,
            width: 1,
            height: 1,
            pixel,
            mask: None,
        };
        let plan = PagePlan {
            sheet: (1, 1),
            paper: vec![255],
            pixel_bytes: 1,
            sample_bytes: 1,
            dither: false,
            layers: vec![Layer::Flat(flat)],
            tally: Arc::default(),
        };
        Task {
            page: 0,
            plan: Arc::new(plan),
            rows: 0..1,
            supplies: vec![],
        }
    }

    #[test]
    fn a_painter_that_breaks_down_ends_the_page_though_others_live() {
        let mut workers = Workers::new(4, BandForm::Rows);
        for pixel in [vec![7], vec![], vec![7]] {
            workers.give(task(pixel)).unwrap();
        }
        let error = (0..3).find_map(|_| workers.take().err());
        assert!(matches!(error, Some(PressError::Broken)), "{error:?}");
    }
}
