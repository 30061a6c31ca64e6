//! What the person in front of the screen looks at, and how actions change it. Knows no terminal.

pub mod diff;
mod doing;
mod export;
pub mod handle;
pub mod keys;
pub mod lesson;
mod line;
mod listing;
mod live;
mod marks;
pub mod menu;
mod mouse;
mod moving;
mod opening;
pub mod page;
mod play;
pub mod prompt;
mod reproduce;
mod seek;
pub mod start;
#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
mod typing;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use ringscope_traces::{EventIndex, Rank};

pub use keys::{KeyPress, Keymap};
pub use lesson::Lesson;
pub use line::InputLine;
pub use listing::Listing;
pub use mouse::Target;
pub(crate) use opening::{Order, beyond};
pub use page::{Controls, Leave, PageRequest};
pub use prompt::{Prompt, Purpose};
pub use reproduce::Recipe;

pub use crate::controls::{Action, Pane, Selection};
pub use crate::language::{Condition, Query};

use crate::timeline::{Snapshot, Source, Timeline};
use marks::Letter;
use seek::Seek;

/// What the screen is for at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A scenario that is simulated here and can be added to.
    Live,
    /// A trace from a file.
    Replay,
}

/// Everything that the screen shows of a run.
pub struct App {
    /// The run.
    pub timeline: Timeline,
    /// Its name: a scenario's or a file's.
    pub name: String,
    /// How it can be had again.
    pub recipe: Recipe,
    /// The keys, the list over the panes, what there is to say.
    pub controls: Controls,
    /// How many events have happened: 0 to the timeline's length.
    pub cursor: usize,
    /// How the run stood there.
    pub snapshot: Snapshot,
    /// The cursor to go to as soon as the timeline has been read so far.
    pub awaited: Option<usize>,
    /// What is selected.
    pub selection: Selection,
    /// The pane that takes the keys.
    pub focus: Pane,
    /// Whether that pane has the whole screen.
    pub is_zoomed: bool,
    /// By how many rows the panes that can be are scrolled.
    pub scrolled: BTreeMap<Pane, usize>,
    /// What is listed.
    pub listing: Listing,
    /// The events that are listed, in their order; `None` when all are.
    pub listed: Option<Vec<EventIndex>>,
    /// The filter in words, as it was typed.
    pub filter: String,
    /// What was looked for last.
    pub sought: Option<Query>,
    /// The conditions to break on.
    pub breaks: Vec<Condition>,
    /// What is being typed.
    pub prompt: Option<Prompt>,
    /// Cursors that were marked, by letter.
    pub marks: BTreeMap<char, usize>,
    /// Whether time runs by itself.
    pub is_playing: bool,
    /// How fast: a power of 2, 0 is a tenth of a second an event.
    pub speed: i32,
    /// How far the events were gone through for what is listed.
    listed_up_to: usize,
    seek: Option<Seek>,
    letter: Option<Letter>,
    owed: Duration,
    /// The file that is to be replaced, when that is allowed.
    replaced: Option<PathBuf>,
    /// The filter before one was typed.
    filter_before: String,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let App { name, cursor, .. } = self;
        f.debug_struct("App").field("name", name).field("cursor", cursor).finish_non_exhaustive()
    }
}

impl App {
    /// Opens a timeline at a cursor, as soon as it has been read so far.
    pub fn new(timeline: Timeline, name: &str, cursor: usize) -> App {
        let awaited = Some(cursor).filter(|cursor| *cursor > timeline.len());
        let cursor = cursor.min(timeline.len());
        let snapshot = timeline.snapshot(cursor);
        App {
            timeline,
            name: name.to_owned(),
            recipe: Recipe::of(name),
            controls: Controls::default(),
            cursor,
            snapshot,
            awaited,
            selection: Selection::Cursor,
            focus: Pane::Ring,
            is_zoomed: false,
            scrolled: BTreeMap::new(),
            listing: Listing::All,
            listed: None,
            filter: String::new(),
            sought: None,
            breaks: Vec::new(),
            prompt: None,
            marks: BTreeMap::new(),
            is_playing: false,
            speed: 0,
            listed_up_to: 0,
            seek: None,
            letter: None,
            owed: Duration::ZERO,
            replaced: None,
            filter_before: String::new(),
        }
    }

    /// What the screen is for.
    pub fn mode(&self) -> Mode {
        match self.timeline.source() {
            Source::Live(_) => Mode::Live,
            Source::File(_) | Source::Kept(..) => Mode::Replay,
        }
    }

    /// The event that brought the run to the cursor.
    pub fn event(&self) -> Option<EventIndex> {
        self.timeline.event_at(self.cursor)
    }

    /// The rank that is selected, or that the event at the cursor is of.
    pub fn rank(&self) -> Option<Rank> {
        match self.selection {
            Selection::Rank(rank) => Some(rank),
            Selection::Cursor | Selection::Message(_) | Selection::Key(_) => {
                self.event().map(|at| self.timeline.info(at).rank)
            }
        }
    }

    /// Goes to a cursor, or to the last one.
    pub fn go_to(&mut self, cursor: usize) {
        self.awaited = None;
        self.cursor = cursor.min(self.timeline.len());
        self.snapshot = self.timeline.snapshot(self.cursor);
    }

    /// Takes what the background has found since, and goes on with what is looked for; whether there is
    /// anything new to show.
    pub fn poll(&mut self) -> bool {
        let is_new = self.timeline.poll();
        if is_new {
            self.snapshot = self.timeline.snapshot(self.cursor);
            let note = self.controls.note.take();
            self.controls.note = self.timeline.problem().map(str::to_owned).or(note);
        }
        let has_gone = self.go_where_awaited();
        let has_listed = self.list_on();
        let has_sought = self.seek_on();
        is_new || has_gone || has_listed || has_sought
    }

    /// Whether it changes by itself, so that it has to be polled soon.
    pub fn is_busy(&self) -> bool {
        self.is_playing || self.seek.is_some() || self.is_listing() || self.is_reading()
    }

    /// Says something about the last action.
    pub fn say(&mut self, what: &str) {
        self.controls.say(what);
    }
}

/// The rows of a page.
const PAGE: isize = 10;
