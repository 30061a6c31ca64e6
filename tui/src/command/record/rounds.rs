//! Whether a program's ranks only pass the same messages on while it runs.

use std::path::Path;
use std::time::Duration;

use ringscope_traces::calls::{Progress, progress};

use super::living::lives;
use crate::launch::Stopwatch;

/// Since when the ranks do nothing but what they have done before.
#[derive(Debug)]
pub(super) struct Rounds {
    since: Stopwatch,
    /// The ranks as they were then.
    then: Vec<Progress>,
    /// How many calls each rank has made, and since when it is so many.
    calls: Vec<(u64, Stopwatch)>,
}

impl Rounds {
    /// Nothing was seen yet.
    pub(super) fn begin() -> Rounds {
        Rounds { since: Stopwatch::start(), then: Vec::new(), calls: Vec::new() }
    }

    /// Looks at all ranks. Returns for how long they have passed the same messages on, and nothing else.
    ///
    /// A rank that is outside of MPI, and has called nothing for so long, computes: it may have something new to say.
    pub(super) fn look(&mut self, parts: &Path, computing: Duration) -> Duration {
        let now = progress(parts);
        let new = |ranks: &[Progress]| ranks.iter().map(|rank| rank.news).collect::<Vec<_>>();
        if new(&now) != new(&self.then) {
            let calls = now.iter().map(|rank| (rank.made, Stopwatch::start())).collect();
            *self = Rounds { since: Stopwatch::start(), then: now, calls };
            return Duration::ZERO;
        }
        for (rank, (made, since)) in now.iter().zip(&mut self.calls) {
            if rank.made != *made {
                (*made, *since) = (rank.made, Stopwatch::start());
            }
        }
        let goes_on = self.then.iter().zip(&now).any(|(then, now)| then.events < now.events);
        let computes = |(rank, (_, since)): (&Progress, &(u64, Stopwatch))| {
            !rank.inside && lives(rank) && since.elapsed() >= computing
        };
        match goes_on && !now.iter().zip(&self.calls).any(computes) {
            true => self.since.elapsed(),
            false => Duration::ZERO,
        }
    }
}
