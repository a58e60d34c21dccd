//! A progress bar on a terminal.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Cells of the bar.
const CELLS: usize = 40;
/// At most ten times a second.
const EVERY: Duration = Duration::from_millis(100);

/// Shows nothing unless the standard error is a terminal.
pub struct Progress {
    shown: bool,
    last: Instant,
}

impl Progress {
    /// A bar, unless it is to be quiet.
    pub fn new(quiet: bool) -> Self {
        Progress {
            shown: !quiet && std::io::stderr().is_terminal(),
            last: Instant::now(),
        }
    }

    /// Pages done and in all; rows done and in all of the page at hand.
    pub fn show(&mut self, (page, pages): (u32, u32), (row, rows): (u32, u32)) {
        if !self.shown || self.last.elapsed() < EVERY {
            return;
        }
        self.last = Instant::now();
        let line = bar((page, pages), (row, rows));
        let _ = write!(std::io::stderr(), "\r{line}");
    }

    /// Wipes the bar.
    pub fn end(&self) {
        if self.shown {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

fn bar((page, pages): (u32, u32), (row, rows): (u32, u32)) -> String {
    let part = f64::from(row) / f64::from(rows.max(1));
    let full = (part * CELLS as f64) as usize;
    let cells: String = (0..CELLS).map(|i| if i < full { '█' } else { '░' }).collect();
    let number = (page + 1).min(pages);
    format!("page {number} of {pages} {cells} {:3.0} %", part * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_tells_page_and_part() {
        let text = bar((1, 3), (50, 100));
        assert!(text.starts_with("page 2 of 3 █") && text.ends_with("░  50 %"), "{text}");
        assert!(bar((3, 3), (0, 0)).contains("page 3 of 3"));
    }
}
