//! The terminal's background: asked for, and never waited for.

use std::env;
use std::time::Duration;

use ringscope_screen::view::Look;
use ringscope_screen::view::theme::{Background, Palette, ThemeChoice};

use super::input::InputEvent;
use crate::launch::Stopwatch;

/// Asks what the background is, and then what the terminal is.
///
/// The first is xterm's operating system command 11 with `?` for a colour; it ends in `BEL`, since rxvt-unicode gets the other
/// ending of its answer wrong. The second is the request for primary device attributes (DA1), to which every terminal has an answer,
/// and terminals answer in order: when that has come, there is nothing to come of the first.
pub(super) const QUERY: &str = "\x1b]11;?\x07\x1b[c";

/// So long after the query the answer is heeded, and so long it is looked out for where it would go to somebody else.
const DEADLINE: Duration = Duration::from_secs(1);

/// What is known of the background, and whether more may come.
#[derive(Debug)]
pub(super) struct Inquiry {
    known: Option<Background>,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// It would be of no use, or do harm.
    Never,
    Unasked,
    /// Since then.
    Asked(Stopwatch),
    Over,
}

impl Inquiry {
    /// What is known before anything is asked.
    pub(super) fn new(look: &Look) -> Inquiry {
        // Older Linux consoles show the query instead of answering it, and no console of Linux answers.
        let is_console = env::var("TERM").is_ok_and(|term| term.starts_with("linux"));
        let is_useless = look.theme.palette() == Palette::Off || is_console;
        let state = if is_useless { State::Never } else { State::Unasked };
        Inquiry { known: by_variable(), state }
    }

    /// What the background is, as far as is known.
    pub(super) fn known(&self) -> Option<Background> {
        self.known
    }

    /// Whether it is time to ask: the query is then to be sent, and counts as sent.
    pub(super) fn begin(&mut self, theme: ThemeChoice) -> bool {
        let is_due = matches!(self.state, State::Unasked) && theme == ThemeChoice::Auto;
        if is_due {
            self.state = State::Asked(Stopwatch::start());
        }
        is_due
    }

    /// Somebody else has had the terminal meanwhile: what it looks like may be asked again.
    pub(super) fn forget(&mut self) {
        self.state = match self.state {
            State::Never => State::Never,
            State::Unasked | State::Asked(_) | State::Over => State::Unasked,
        };
    }

    /// Takes what the terminal says; what comes too late, or unasked, changes nothing.
    pub(super) fn take(&mut self, event: &InputEvent) {
        if self.rest().is_none() {
            return;
        }
        match event {
            InputEvent::Background(color) => self.known = Some(Background::of(*color)),
            InputEvent::Attributes => self.state = State::Over,
            InputEvent::Key(_) | InputEvent::Mouse(_) | InputEvent::Paste(_) => {}
        }
    }

    /// For how long an answer may still come; none when there is nothing to come.
    pub(super) fn rest(&self) -> Option<Duration> {
        match self.state {
            State::Asked(since) => DEADLINE.checked_sub(since.elapsed()),
            State::Never | State::Unasked | State::Over => None,
        }
    }
}

/// What the variable `COLORFGBG` says of the background.
pub fn by_variable() -> Option<Background> {
    env::var("COLORFGBG").ok().and_then(|value| Background::of_variable(&value))
}
