//! Where somebody stands in a run and what they look at there.

use std::collections::BTreeMap;

use super::follow::Trail;
use crate::controls::{Pane, Selection};
use crate::timeline::{Moment, Snapshot, Timeline};

/// Where somebody stands in a run and what they look at there.
pub struct View {
    /// How many events have happened: 0 to the timeline's length.
    pub cursor: usize,
    /// Of the calls behind the last event that happened: up to which time they have been made, in nanoseconds since the run
    /// began.
    pub until: u64,
    /// How the run stood there.
    pub snapshot: Snapshot,
    /// The cursor to go to as soon as the timeline has been read so far.
    pub awaited: Option<usize>,
    /// What is selected.
    pub selection: Selection,
    /// How far Enter has followed a key to what is selected.
    pub(crate) trail: Option<Trail>,
    /// Which of what the inspector names is chosen, from 0.
    pub chosen_link: Option<usize>,
    /// The pane that takes the keys.
    pub focus: Pane,
    /// Whether that pane has the whole screen.
    pub is_zoomed: bool,
    /// Whether the whole explanation of how the run ended lies over the panes.
    pub explains: bool,
    /// From which of its rows on it is seen, where there is no room for all; no further than it goes, which who
    /// draws it sees to.
    pub explained_from: usize,
    /// By how many rows the panes that can be are scrolled.
    pub scrolled: BTreeMap<Pane, usize>,
}

impl View {
    /// At a cursor, or at the last one until the timeline has been read so far.
    pub fn new(timeline: &Timeline, cursor: usize) -> View {
        let awaited = Some(cursor).filter(|cursor| *cursor > timeline.len());
        let cursor = cursor.min(timeline.len());
        View {
            cursor,
            until: all_calls(timeline, cursor),
            snapshot: timeline.snapshot(cursor),
            awaited,
            selection: Selection::Cursor,
            trail: None,
            chosen_link: None,
            focus: View::first_focus(timeline),
            is_zoomed: false,
            explains: false,
            explained_from: 0,
            scrolled: BTreeMap::new(),
        }
    }

    /// The pane that takes the keys at first.
    pub fn first_focus(timeline: &Timeline) -> Pane {
        if timeline.has_ring() { Pane::Ring } else { Pane::SpaceTime }
    }

    /// Where it stands, calls counted.
    pub fn moment(&self) -> Moment {
        Moment { cursor: self.cursor, t: self.until }
    }

    /// Goes to a cursor, and no further among the calls behind it than this.
    pub fn go_to_moment(&mut self, timeline: &Timeline, moment: Moment) {
        self.go_to(timeline, moment.cursor);
        if self.cursor == moment.cursor {
            self.until = moment.t;
        }
    }

    /// Goes to a cursor, or to the last one.
    pub fn go_to(&mut self, timeline: &Timeline, cursor: usize) {
        self.awaited = None;
        (self.explains, self.explained_from) = (false, 0);
        self.cursor = cursor.min(timeline.len());
        self.until = all_calls(timeline, self.cursor);
        self.refresh(timeline);
    }

    /// Looks again at how the run stands at the cursor: more of it may be known by now.
    pub fn refresh(&mut self, timeline: &Timeline) {
        self.snapshot = timeline.snapshot(self.cursor);
    }

    /// Selects something; again, and it is no longer selected.
    pub fn select(&mut self, selection: Selection) {
        let is_again = self.selection == selection;
        self.look_at(if is_again { Selection::Cursor } else { selection });
    }

    /// Selects something, whatever was selected before.
    pub fn look_at(&mut self, selection: Selection) {
        self.selection = selection;
        (self.trail, self.chosen_link) = (None, None);
        self.scrolled.remove(&Pane::Inspector);
    }

    /// Scrolls a pane; no further than it goes, which who draws it sees to.
    pub fn scroll(&mut self, pane: Pane, rows: isize) {
        if pane == Pane::Inspector {
            self.chosen_link = None;
        }
        self.scroll_on(pane, rows);
    }

    /// The same, and what is chosen in the pane stays chosen.
    pub(super) fn scroll_on(&mut self, pane: Pane, rows: isize) {
        let scrolled = self.scrolled.entry(pane).or_default();
        *scrolled = scrolled.saturating_add_signed(rows);
    }

    /// By how many rows a pane is scrolled.
    pub fn scrolled_by(&self, pane: Pane) -> usize {
        self.scrolled.get(&pane).copied().unwrap_or(0)
    }
}

/// All calls behind an event have been made when the run stands there; at the start, where there is anything to come, none.
fn all_calls(timeline: &Timeline, cursor: usize) -> u64 {
    if cursor == 0 && !timeline.is_empty() { 0 } else { u64::MAX }
}
