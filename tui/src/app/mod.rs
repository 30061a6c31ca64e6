//! What the person in front of the screen looks at, and how actions change it. Knows no terminal.

pub mod action;
pub mod diff;
mod export;
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
mod play;
pub mod prompt;
mod reproduce;
pub mod rows;
mod seek;
pub mod session;
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

pub use action::Action;
pub use keys::{KeyPress, Keymap};
pub use lesson::Lesson;
pub use line::InputLine;
pub use listing::Listing;
pub use mouse::Target;
pub(crate) use opening::{Order, beyond};
pub use prompt::{Prompt, Purpose};
pub use reproduce::Recipe;
pub use session::{Page, Session};

pub use crate::language::{Condition, Query};
pub use crate::pane::{Pane, Selection};

use crate::timeline::{Snapshot, Source, Timeline};
use marks::Letter;
use menu::{HasMenu as _, Menu, MenuKind};
use seek::Seek;

/// What the screen is for at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A scenario that is simulated here and can be added to.
    Live,
    /// A trace from a file.
    Replay,
}

/// What a run asks of those who show it.
#[derive(Debug)]
pub enum Request {
    /// Back to what was shown before it.
    Leave,
    /// Show another run.
    Show(Box<App>),
    /// Compare it with the trace of that name.
    Compare(PathBuf),
    /// Show the list of the walkthroughs.
    Tours,
}

/// Everything that the screen shows of a run.
pub struct App {
    /// The run.
    pub timeline: Timeline,
    /// Its name: a scenario's or a file's.
    pub name: String,
    /// How it can be had again.
    pub recipe: Recipe,
    /// Which keys do what.
    pub keymap: Keymap,
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
    /// The list that lies over the panes.
    pub menu: Option<Menu>,
    /// Cursors that were marked, by letter.
    pub marks: BTreeMap<char, usize>,
    /// Whether time runs by itself.
    pub is_playing: bool,
    /// How fast: a power of 2, 0 is a tenth of a second an event.
    pub speed: i32,
    /// What there is to say about the last action.
    pub note: Option<String>,
    /// What it asks of those who show it.
    pub request: Option<Request>,
    /// Whether the program is to end.
    pub has_quit: bool,
    /// Whether the last screen is to stay when it does.
    pub keeps_screen: bool,
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
            keymap: Keymap::default(),
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
            menu: None,
            marks: BTreeMap::new(),
            is_playing: false,
            speed: 0,
            note: None,
            request: None,
            has_quit: false,
            keeps_screen: false,
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

    /// Takes a key: the letter of a mark, for the list over the panes or the line that is typed, or an action.
    pub fn press(&mut self, key: KeyPress) {
        self.note = None;
        if let Some(letter) = self.letter.take() {
            return self.mark_or_jump(letter, key);
        }
        if self.ask_menu(|menu| menu.press(key)) {
            return;
        }
        if self.prompt.is_some() {
            return self.press_in_prompt(key);
        }
        if let Some(action) = self.keymap.action(key) {
            self.update(action);
        }
    }

    /// Takes what was pasted: for the list that lies over the panes, or the line that is being typed.
    pub fn paste(&mut self, text: &str) {
        if let Some(menu) = &mut self.menu {
            menu.paste(text);
        } else if let Some(prompt) = &mut self.prompt {
            prompt.typed.paste(text);
            self.review();
        }
    }

    /// Does something.
    pub fn update(&mut self, action: Action) {
        self.note = None;
        self.stop_for(action);
        match action {
            Action::NextEvent => self.step(1),
            Action::PreviousEvent => self.step_back(1),
            Action::NextCommand => self.next_command(),
            Action::PreviousCommand => self.previous_command(),
            Action::NextBreak => self.seek_break(true),
            Action::PreviousBreak => self.seek_break(false),
            Action::PlayOrPause => self.play_or_pause(),
            Action::Slower => self.change_speed(-1),
            Action::Faster => self.change_speed(1),
            Action::PreviousViolation => self.previous_violation(),
            Action::NextViolation => self.next_violation(),
            Action::Start => self.go_to(0),
            Action::End => self.go_to(self.timeline.len()),
            Action::GoTo => self.ask(Purpose::GoTo, ""),
            Action::Search => self.ask(Purpose::Search, ""),
            Action::NextMatch => self.seek_match(true),
            Action::PreviousMatch => self.seek_match(false),
            Action::Filter => self.ask_for_filter(),
            Action::OnlyCauses => self.only_causes(),
            Action::Up => self.up_or_down(-1),
            Action::Down => self.up_or_down(1),
            Action::PageUp => self.up_or_down(-PAGE),
            Action::PageDown => self.up_or_down(PAGE),
            Action::Open => self.open_selected(),
            Action::NextPane => self.focus = self.focus.next(),
            Action::Focus(pane) => self.focus = pane,
            Action::Zoom => self.is_zoomed = !self.is_zoomed,
            Action::Command => self.ask_for_command(),
            Action::Fork => self.ask(Purpose::Fork, ""),
            Action::Mark => self.await_letter(Letter::Mark),
            Action::Jump => self.await_letter(Letter::Jump),
            Action::Break => self.ask(Purpose::Break, ""),
            Action::Diff => self.ask(Purpose::Diff, ""),
            Action::IgnoreOrder | Action::Swap => {
                self.say("this is for comparisons: `d` makes one")
            }
            Action::Tour => self.request = Some(Request::Tours),
            Action::Explore | Action::StepBack | Action::Skip | Action::Again => {
                self.say("this is for walkthroughs: `w` lists them");
            }
            Action::Export => self.ask_for_export(),
            Action::Reproduce => self.note = Some(self.reproduced()),
            Action::Palette => self.lay_over(MenuKind::Palette),
            Action::Help => self.lay_over(MenuKind::Help),
            Action::Back => self.back(),
            Action::Quit => self.has_quit = true,
            Action::QuitAndKeep => (self.has_quit, self.keeps_screen) = (true, true),
        }
    }

    /// Takes what the background has found since, and goes on with what is looked for; whether there is
    /// anything new to show.
    pub fn poll(&mut self) -> bool {
        let is_new = self.timeline.poll();
        if is_new {
            self.snapshot = self.timeline.snapshot(self.cursor);
            self.note = self.timeline.problem().map(str::to_owned).or(self.note.take());
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
        self.note = Some(what.to_owned());
    }

    fn back(&mut self) {
        if self.seek.take().is_some() || std::mem::take(&mut self.is_zoomed) {
        } else if self.listed.is_some() {
            self.list(Listing::All);
        } else if self.selection != Selection::Cursor {
            self.selection = Selection::Cursor;
        } else {
            self.request = Some(Request::Leave);
        }
    }
}

/// The rows of a page.
const PAGE: isize = 10;
