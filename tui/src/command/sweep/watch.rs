//! How far a sweep is, and whether it is to go on.

use std::io::{IsTerminal as _, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ringscope_screen::failure::Failure;
use ringscope_sim::sweep::SweepCounts;

use crate::launch::{Interrupt, Stopwatch};

/// Shows on a terminal how far a sweep is, and ends it on Ctrl-C and when its time is over.
#[derive(Debug)]
pub(super) struct SweepWatch {
    bar: ProgressBar,
    interrupt: Interrupt,
    clock: Stopwatch,
    time: Option<Duration>,
    seeds: u64,
}

impl SweepWatch {
    /// Begins to watch over that many seeds.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub(super) fn begin(
        seeds: u64,
        time: Option<Duration>,
        is_shown: bool,
    ) -> Result<SweepWatch, Failure> {
        let fails = |error| Failure::about("sweep", format!("cannot watch for Ctrl-C: {error}"));
        let interrupt = Interrupt::watch().map_err(fails)?;
        let target = match is_shown && stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(seeds), target);
        let style = ProgressStyle::with_template("{wide_bar} {msg}").expect("the template is one");
        bar.set_style(style);
        Ok(SweepWatch { bar, interrupt, clock: Stopwatch::start(), time, seeds })
    }

    /// Takes note of how far it is; whether to go on.
    pub(super) fn go_on(&mut self, counts: &SweepCounts) -> bool {
        let elapsed = self.clock.elapsed();
        let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
        let each_second = counts.runs.saturating_mul(1_000) / milliseconds;
        self.bar.set_position(counts.runs);
        self.bar.set_message(format!(
            "{} of {} runs, {} failed in {} kinds, {each_second} runs/s",
            counts.runs,
            self.seeds,
            counts.failed,
            counts.kinds().count(),
        ));
        !self.is_over()
    }

    fn is_over(&self) -> bool {
        self.interrupt.came() || self.time.is_some_and(|time| self.clock.elapsed() >= time)
    }

    /// Shrinks, and has that end on Ctrl-C, too: whoever has ended the sweep wants to know at once what is known.
    pub(super) fn while_shrinking<T>(
        self,
        shrink: impl FnOnce(&(dyn Fn() -> bool + Sync)) -> T,
    ) -> T {
        self.bar.set_message("shrinking what has failed");
        let shrunk = shrink(&|| self.interrupt.came());
        self.bar.finish_and_clear();
        shrunk
    }
}
