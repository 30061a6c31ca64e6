//! What all pages have in common: the keys, the list over them, what there is to say, and what they ask for.

use std::path::PathBuf;

use super::diff::{Candidate, Diff};
use super::menu::Menu;
use super::{App, Keymap};
use crate::tour::builtin::BuiltIn;

/// How the program is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leave {
    /// The screen is as it was before.
    Clean,
    /// The last screen stays in the scrollback.
    Keep,
}

/// What a page asks of the session that shows it.
pub enum PageRequest {
    /// Go back to the page below.
    Back,
    /// Go on to the next theme.
    NextTheme,
    /// Leave the program.
    Leave(Leave),
    /// List the lessons.
    Lessons,
    /// Begin a lesson.
    Lesson(&'static BuiltIn),
    /// Open a run, as `ringscope play` takes it, and let it move.
    Open(PathBuf),
    /// Show a run.
    Run(Box<App>),
    /// Show two runs side by side.
    Diff(Box<Diff>),
    /// Compare a run with the scenario or the trace of that name.
    Compare(Box<Candidate>, PathBuf),
    /// Give the command line that shows the page again, but for how things look.
    Copy(String),
}

/// What every page has beside what it shows.
#[derive(Default)]
pub struct Controls {
    /// Which keys do what.
    pub keymap: Keymap,
    /// The list that lies over the page.
    pub menu: Option<Menu>,
    /// What there is to say about the last action.
    pub note: Option<String>,
    /// Whether it says what the way back is for, so that the way back does not begin with it.
    pub(super) is_signpost: bool,
    /// Whether it says that what was asked for cannot be done here.
    is_refusal: bool,
    /// Whether it asks something, so that the next key is the answer.
    is_question: bool,
    /// What the page asks of the session.
    pub request: Option<PageRequest>,
    /// What lies below the page, in the words of a key bar; none where the page is the only one.
    pub below: Option<&'static str>,
}

impl Controls {
    /// Controls with these keys, and nothing else yet.
    pub fn new(keymap: Keymap) -> Controls {
        Controls { keymap, ..Controls::default() }
    }

    /// Says something about the last action.
    pub fn say(&mut self, what: impl Into<String>) {
        self.note = Some(what.into());
        (self.is_signpost, self.is_refusal, self.is_question) = (false, false, false);
    }

    /// Asks something: the next key is the answer, whatever it does elsewhere.
    pub fn question(&mut self, what: impl Into<String>) {
        self.say(what);
        self.is_question = true;
    }

    /// Whether the next key answers what is said.
    pub fn has_asked(&self) -> bool {
        self.note.is_some() && self.is_question
    }

    /// Says why the last action cannot be done here.
    pub fn refuse(&mut self, what: impl Into<String>) {
        self.say(what);
        self.is_refusal = true;
    }

    /// Whether it was said last that something cannot be done here.
    pub fn has_refused(&self) -> bool {
        self.note.is_some() && self.is_refusal
    }

    /// Says what the way back is for.
    pub(super) fn say_the_way(&mut self, what: &str) {
        self.say(what);
        self.is_signpost = true;
    }

    /// Asks something of the session.
    pub fn ask(&mut self, request: PageRequest) {
        self.request = Some(request);
    }
}
