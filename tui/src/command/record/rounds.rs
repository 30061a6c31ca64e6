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
}

impl Rounds {
    /// Nothing was seen yet.
    pub(super) fn begin() -> Rounds {
        Rounds { since: Stopwatch::start(), then: Vec::new() }
    }

    /// Looks at all ranks. Returns for how long they have passed the same messages on, and nothing else.
    pub(super) fn look(&mut self, parts: &Path) -> Duration {
        let now = progress(parts);
        let new = |ranks: &[Progress]| ranks.iter().map(|rank| rank.news).collect::<Vec<_>>();
        if new(&now) != new(&self.then) {
            *self = Rounds { since: Stopwatch::start(), then: now };
            return Duration::ZERO;
        }
        let goes_on = self.then.iter().zip(&now).any(|(then, now)| then.events < now.events);
        // Whoever is outside of MPI all the time computes, and may have something new to say.
        let computes = |(then, now): (&Progress, &Progress)| {
            then.made == now.made && !now.inside && lives(now)
        };
        match goes_on && !self.then.iter().zip(&now).any(computes) {
            true => self.since.elapsed(),
            false => Duration::ZERO,
        }
    }
}
