//! What the mouse points at, and what that does. Where things are is the view's to say.

use ringscope_sim::protocol::Key;
use ringscope_traces::{EventIndex, Rank};

use super::handle::HandleActions as _;
use super::{Action, App, Pane, Selection};

/// What the mouse points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A node, on the ring or over its lane.
    Rank(Rank),
    /// A key.
    Key(Key),
    /// A message under way, by its send.
    Message(EventIndex),
    /// The row of an event, in the list or in the lanes.
    Event(EventIndex),
    /// A place on the scrubber, by the cursor that it stands for.
    Scrubber(usize),
    /// A pane, where it shows nothing of all this.
    Pane(Pane),
    /// A row of what lies over the panes, of the choices, or of the start page.
    Row(usize),
    /// An action in the key bar.
    Bar(Action),
}

impl App {
    /// A click selects, goes there, or does it.
    pub fn click(&mut self, target: Target) {
        self.controls.note = None;
        match target {
            Target::Rank(rank) => self.view.select(Selection::Rank(rank)),
            Target::Key(key) => self.view.select(Selection::Key(key)),
            Target::Message(sent) => self.view.select(Selection::Message(sent)),
            Target::Event(at) => {
                self.playback.is_playing = false;
                self.go_to(at.0 + 1);
            }
            Target::Scrubber(cursor) => self.drag(Target::Scrubber(cursor)),
            Target::Pane(pane) => self.focus(pane),
            Target::Row(row) => {
                if !self.ask_menu(|menu| menu.click(row)) {
                    self.click_alternative(row);
                }
            }
            Target::Bar(action) => self.update(action),
        }
    }

    /// The button is held down: on the scrubber, time goes along.
    pub fn drag(&mut self, target: Target) {
        match target {
            Target::Scrubber(cursor) => {
                self.playback.is_playing = false;
                self.go_to(cursor);
            }
            Target::Rank(_)
            | Target::Key(_)
            | Target::Message(_)
            | Target::Event(_)
            | Target::Pane(_)
            | Target::Row(_)
            | Target::Bar(_) => {}
        }
    }

    /// The wheel: rows of the pane that can be scrolled, else events.
    pub fn scroll(&mut self, target: Target, rows: isize) {
        match target {
            Target::Row(_) => match &mut self.controls.menu {
                Some(menu) => menu.choose(rows),
                None => self.choose_alternative(rows),
            },
            Target::Pane(pane) if pane.spec().scrolls => self.view.scroll(pane, rows),
            // Keys are named in the inspector.
            Target::Key(_) => self.view.scroll(Pane::Inspector, rows),
            Target::Pane(_)
            | Target::Rank(_)
            | Target::Message(_)
            | Target::Event(_)
            | Target::Scrubber(_)
            | Target::Bar(_) => {
                self.playback.is_playing = false;
                self.step_listed(rows);
            }
        }
    }
}
