//! What the person in front of the screen looks at, and how actions change it. Knows no terminal.

pub mod action;
pub mod keys;
pub mod pane;
pub mod prompt;

use std::collections::BTreeMap;

use ringscope_sim::protocol::Key;
use ringscope_traces::{Place, Rank};

pub use action::Action;
pub use pane::Pane;
pub use prompt::Prompt;

use crate::film::{Film, Moment, Source};

/// What the screen is for at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A scenario that is simulated here and can be added to.
    Live,
    /// A trace from a file.
    Replay,
}

/// What is selected, in every pane at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Selection {
    /// Whatever the event at the cursor is about.
    #[default]
    Cursor,
    /// A rank.
    Rank(Rank),
    /// A message, by its send.
    Message(Place),
    /// A key.
    Key(Key),
}

/// What lies over the panes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// The keys, of the focused pane first; the text narrows them.
    Help,
    /// All actions by name; the text narrows them.
    Palette,
}

/// Everything that the screen shows.
pub struct App {
    /// The run.
    pub film: Film,
    /// Its name: a scenario's or a file's.
    pub name: String,
    /// How many events have happened: 0 to the film's length.
    pub cursor: usize,
    /// How the run stood there.
    pub moment: Moment,
    /// What is selected.
    pub selection: Selection,
    /// The pane that takes the keys.
    pub focus: Pane,
    /// Whether that pane has the whole screen.
    pub is_zoomed: bool,
    /// The events that are listed, in their order; `None` when all are.
    pub listed: Option<Vec<Place>>,
    /// The filter in words, as it was typed.
    pub filter: String,
    /// What is being typed.
    pub prompt: Option<Prompt>,
    /// What lies over the panes.
    pub overlay: Option<Overlay>,
    /// Cursors that were marked, by letter.
    pub marks: BTreeMap<char, usize>,
    /// Whether time runs by itself.
    pub is_playing: bool,
    /// How fast: a power of 2, 0 is a tenth of a second an event.
    pub speed: i32,
    /// What there is to say about the last action.
    pub note: Option<String>,
    /// Whether the program is to end.
    pub has_quit: bool,
}

impl App {
    /// Opens a film at a cursor.
    pub fn new(film: Film, name: &str, cursor: usize) -> App {
        let cursor = cursor.min(film.len());
        let moment = film.moment(cursor);
        App {
            film,
            name: name.to_owned(),
            cursor,
            moment,
            selection: Selection::Cursor,
            focus: Pane::Ring,
            is_zoomed: false,
            listed: None,
            filter: String::new(),
            prompt: None,
            overlay: None,
            marks: BTreeMap::new(),
            is_playing: false,
            speed: 0,
            note: None,
            has_quit: false,
        }
    }

    /// What the screen is for.
    pub fn mode(&self) -> Mode {
        match self.film.source() {
            Source::Live(_) => Mode::Live,
            Source::File(_) => Mode::Replay,
        }
    }

    /// The event that brought the run to the cursor.
    pub fn event(&self) -> Option<Place> {
        self.film.event_at(self.cursor)
    }

    /// The rank that is selected, or that the event at the cursor is of.
    pub fn rank(&self) -> Option<Rank> {
        match self.selection {
            Selection::Rank(rank) => Some(rank),
            Selection::Cursor | Selection::Message(_) | Selection::Key(_) => {
                self.event().map(|at| self.film.fact(at).rank)
            }
        }
    }

    /// Goes to a cursor, or to the last one.
    pub fn go_to(&mut self, cursor: usize) {
        self.cursor = cursor.min(self.film.len());
        self.moment = self.film.moment(self.cursor);
    }
}
