//! How far a search is, and whether it is to go on.

use std::io::{IsTerminal as _, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ringscope_screen::failure::Failure;
use ringscope_sim::explore::SearchProgress;

use crate::launch::{Interrupt, Stopwatch};

/// Shows on a terminal how far a search is, and ends it on Ctrl-C and when its time is over.
#[derive(Debug)]
pub(in crate::command) struct SearchWatch {
    bar: ProgressBar,
    interrupt: Interrupt,
    clock: Stopwatch,
    time: Option<Duration>,
}

impl SearchWatch {
    /// Begins to watch.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub(in crate::command) fn begin(
        time: Option<Duration>,
        is_shown: bool,
    ) -> Result<SearchWatch, Failure> {
        let fails = |error| Failure::about("explore", format!("cannot watch for Ctrl-C: {error}"));
        let interrupt = Interrupt::watch().map_err(fails)?;
        let target = match is_shown && stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{spinner} {msg}").expect("the template is one");
        bar.set_style(style.tick_chars("|/-\\ "));
        Ok(SearchWatch { bar, interrupt, clock: Stopwatch::start(), time })
    }

    /// Takes note of how far it is; whether to go on.
    pub(in crate::command) fn go_on(&mut self, progress: SearchProgress) -> bool {
        let elapsed = self.clock.elapsed();
        let milliseconds = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1);
        let each_second = progress.states.saturating_mul(1_000) / milliseconds;
        self.bar.set_message(format!(
            "{} states, {} to go on from, {} receipts deep, {} states/s, {} MiB",
            progress.states,
            progress.frontier,
            progress.depth,
            each_second,
            progress.bytes >> 20,
        ));
        self.bar.tick();
        !self.interrupt.came() && self.time.is_none_or(|time| elapsed < time)
    }

    /// The search has ended; how long it took.
    pub(in crate::command) fn end(self) -> Duration {
        self.bar.finish_and_clear();
        self.clock.elapsed()
    }
}
