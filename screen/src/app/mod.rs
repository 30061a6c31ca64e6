//! What the person in front of the screen looks at, and how actions change it. Knows no terminal.

mod bar;
mod calls;
pub(crate) mod choices;
mod colors;
pub mod diff;
mod doing;
mod export;
mod follow;
pub(crate) mod handle;
pub mod keys;
pub(crate) mod legend;
pub(crate) mod lesson;
mod line;
pub(crate) mod links;
mod listing;
mod live;
mod look_at;
mod marks;
mod matches;
pub(crate) mod menu;
mod mouse;
mod moving;
mod opening;
pub(crate) mod page;
mod panes;
mod play;
mod playback;
mod preview;
pub(crate) mod prompt;
mod reproduce;
mod search;
mod seek;
mod select;
mod sources;
pub mod start;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod typing;
pub(crate) mod verdict;
mod view;

use std::collections::BTreeMap;

use ratatui_core::layout::Size;
use ringscope_traces::{EventIndex, Rank};

pub use colors::RunColors;
pub use export::Saving;
pub use keys::{KeyPress, Keymap};
pub use lesson::Lesson;
pub use line::InputLine;
pub use listing::Listing;
pub use look_at::Looking;
pub use matches::Matches;
pub use mouse::Target;
pub use opening::{Changes, GivenTags, Order, beyond};
pub use page::{Controls, Leave, PageRequest};
pub use playback::Playback;
pub use prompt::{Prompt, Purpose};
pub use reproduce::{Kept, Recipe};
pub use search::Search;
pub use sources::{ReadSource, SourceLines, Sources};
pub use typing::Typing;
pub use view::View;

pub use crate::controls::Pane;
pub(crate) use crate::controls::{Action, Selection};
pub use crate::language::{Condition, Query};

use crate::timeline::{Source, Timeline};
use diff::Candidate;
use marks::Letter;

/// What the screen is for at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A scenario that is simulated here and can be added to.
    Live,
    /// A trace from a file.
    Replay,
}

/// Everything that the screen shows of a run.
///
/// ```
/// use ringscope_screen::app::{App, Mode};
/// use ringscope_screen::timeline::Timeline;
/// use ringscope_sim::scenario::builtin;
///
/// let join = builtin::find("join").expect("it is built in").scenario();
/// let mut app = App::new(Timeline::live(join), "join", 0);
/// assert_eq!((app.mode(), app.event()), (Mode::Live, None));
/// app.go_to(3);
/// assert_eq!(app.event(), app.timeline.event_at(3));
/// ```
pub struct App {
    /// The run.
    pub timeline: Timeline,
    /// Its name: a scenario's or a file's.
    pub name: String,
    /// What it was opened as: the name until it is changed.
    opened_as: String,
    /// How it can be had again.
    pub recipe: Recipe,
    /// Whether it was changed here and is in no file as it is now.
    pub is_unsaved: bool,
    /// The colours of its ranks.
    pub colors: RunColors,
    /// The keys, the list over the panes, what there is to say.
    pub controls: Controls,
    /// Where somebody stands in it, and what they look at there.
    pub view: View,
    /// What is looked for in it.
    pub search: Search,
    /// Whether time runs by itself, and how fast.
    pub playback: Playback,
    /// What is being typed.
    pub typing: Typing,
    /// Cursors that were marked, by letter.
    pub marks: BTreeMap<char, usize>,
    /// What the next letter is for, where one is awaited.
    letter: Option<Letter>,
    /// The run from which it was forked.
    parent: Option<Candidate>,
    /// The choices of the scenario, where it was explored.
    pub choices: Option<Box<choices::Choices>>,
    /// The file that is being saved.
    pub saving: Option<Box<Saving>>,
    /// The source of a recorded program.
    pub sources: Sources,
    /// How large the screen is, as who draws it has found.
    pub screen: Size,
}

/// How large a screen is of which nothing else is known: that of a recording on the command line.
const USUAL_SCREEN: Size = Size { width: 100, height: 30 };

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let App { name, view, .. } = self;
        f.debug_struct("App")
            .field("name", name)
            .field("cursor", &view.cursor)
            .finish_non_exhaustive()
    }
}

impl App {
    /// Opens a timeline at a cursor, as soon as it has been read so far.
    pub fn new(timeline: Timeline, name: &str, cursor: usize) -> App {
        App {
            view: View::new(&timeline, cursor),
            colors: RunColors::of(&timeline),
            timeline,
            name: name.to_owned(),
            opened_as: name.to_owned(),
            recipe: Recipe::of(name),
            is_unsaved: false,
            controls: Controls::default(),
            search: Search::default(),
            playback: Playback::default(),
            typing: Typing::default(),
            marks: BTreeMap::new(),
            letter: None,
            parent: None,
            choices: None,
            saving: None,
            sources: Sources::default(),
            screen: USUAL_SCREEN,
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
        self.timeline.event_at(self.view.cursor)
    }

    /// The rank that is selected, or that the event at the cursor is of.
    pub fn rank(&self) -> Option<Rank> {
        match self.view.selection {
            Selection::Rank(rank) => Some(rank),
            Selection::Cursor | Selection::Message(_) | Selection::Key(_) => {
                let of_event = || self.event().map(|at| self.timeline.info(at).rank);
                self.rank_of_call().or_else(of_event)
            }
        }
    }

    /// Goes to a cursor, or to the last one.
    pub fn go_to(&mut self, cursor: usize) {
        self.view.go_to(&self.timeline, cursor);
    }

    /// Takes what the background has found since, and goes on with what is looked for; whether there is
    /// anything new to show.
    pub fn poll(&mut self) -> bool {
        let is_new = self.timeline.poll();
        if is_new {
            self.learn_colors();
            self.view.refresh(&self.timeline);
            let note = self.controls.note.take();
            self.controls.note = self.timeline.problem().map(str::to_owned).or(note);
        }
        let has_gone = self.go_where_awaited();
        let has_listed = self.search.list_on(&self.timeline);
        let has_sought = self.seek_on();
        let has_counted = self.count_matches();
        let has_saved = self.save_on();
        is_new || has_gone || has_listed || has_sought || has_counted || has_saved
    }

    /// Whether it changes by itself, so that it has to be polled soon.
    pub fn is_busy(&self) -> bool {
        self.playback.is_playing
            || self.search.seek.is_some()
            || self.search.is_listing(&self.timeline)
            || self.is_counting_matches()
            || self.saving.is_some()
            || self.is_reading()
    }

    /// Waits until there is nothing more to know of the run.
    pub fn wait(&mut self) {
        self.timeline.wait();
        self.learn_colors();
    }

    /// Gives colours to the ranks that have become known since.
    pub(crate) fn learn_colors(&mut self) {
        self.colors.learn(&self.timeline);
    }

    /// Takes note of how the run can be had again, and is called after that.
    fn rename(&mut self, recipe: Recipe) {
        self.name = recipe.name(&self.opened_as, self.timeline.scenario());
        self.recipe = recipe;
    }

    /// Says something about the last action.
    pub fn say(&mut self, what: &str) {
        self.controls.say(what);
    }
}

/// The rows of a page.
const PAGE: isize = 10;
