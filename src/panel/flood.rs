//! Whether a line's edges come faster than any hand makes them.

/// What becomes of an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It counts.
    Pass,
    /// With it a flood begins.
    Begins,
    /// It is one of a flood's.
    GoesOn,
}

/// Counts the edges of one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flood {
    /// The beginning of the second that is counted.
    from: u64,
    edges: u32,
    last: u64,
    floods: bool,
}

impl Flood {
    /// Most edges of a second, in milliseconds [`Flood::SPAN`]. A hand makes ten presses a second at the most, and a worn
    /// contact five bounces of each edge.
    pub const MOST: u32 = 200;
    /// Milliseconds in which they are counted.
    pub const SPAN: u64 = 1_000;

    /// An edge at a time in milliseconds.
    pub fn edge(&mut self, at: u64) -> Verdict {
        self.last = at;
        if self.floods {
            return Verdict::GoesOn;
        }
        if at.saturating_sub(self.from) >= Flood::SPAN {
            (self.from, self.edges) = (at, 0);
        }
        self.edges += 1;
        if self.edges <= Flood::MOST {
            return Verdict::Pass;
        }
        self.floods = true;
        Verdict::Begins
    }

    /// It floods, by somebody else's count.
    pub fn begin(&mut self, at: u64) {
        (self.floods, self.last) = (true, at);
    }

    /// When its last edge was.
    pub fn last(&self) -> u64 {
        self.last
    }
}
