//! How far an export is, and whether it is to go on.

use std::cell::Cell;
use std::io::{IsTerminal as _, Read, stderr};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ringscope_screen::export::{ExportError, Watch};
use ringscope_screen::failure::Failure;

use crate::launch::Interrupt;

/// The progress bar is updated at every n-th poll.
const STEPS: u32 = 256;

/// Shows on a terminal how far an export is, and takes note of Ctrl-C.
#[derive(Debug)]
pub(super) struct ProgressWatch {
    bar: ProgressBar,
    interrupt: Interrupt,
    steps: Cell<u32>,
}

impl ProgressWatch {
    /// Begins to watch. There is a bar where standard error is a terminal and it is wanted.
    ///
    /// # Errors
    ///
    /// When the system does not let us.
    pub(super) fn begin(name: &str, is_shown: bool) -> Result<ProgressWatch, Failure> {
        let fails = |error| Failure::about("export", format!("cannot watch for Ctrl-C: {error}"));
        let interrupt = Interrupt::watch().map_err(fails)?;
        let target = match is_shown && stderr().is_terminal() {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target).with_prefix(name.to_owned());
        bar.set_style(style("{prefix} {spinner} {pos} {msg}"));
        Ok(ProgressWatch { bar, interrupt, steps: Cell::new(0) })
    }

    /// Counts what is read from a source.
    pub(super) fn reading<R: Read>(&self, source: R, bytes: Option<u64>) -> impl Read + use<R> {
        self.stretch("read", bytes);
        self.bar.wrap_read(source)
    }
}

impl Watch for ProgressWatch {
    fn stretch(&self, what: &'static str, length: Option<u64>) {
        if let Some(length) = length {
            self.bar.set_style(style("{prefix} {bar:32} {percent}% {msg}"));
            self.bar.set_length(length);
        }
        self.bar.set_position(0);
        self.bar.set_message(what);
    }

    fn go_on(&self) -> Result<(), ExportError> {
        if self.interrupt.came() { Err(ExportError::Interrupted) } else { Ok(()) }
    }

    fn at(&self, position: usize) -> Result<(), ExportError> {
        let steps = self.steps.get();
        if steps.is_multiple_of(STEPS) {
            self.bar.set_position(position as u64);
        }
        self.steps.set(steps.wrapping_add(1));
        self.go_on()
    }
}

/// Nothing of the bar stays.
impl Drop for ProgressWatch {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).expect("the template is one");
    style.progress_chars("##-").tick_chars("|/-\\ ")
}
