//! The panes of a run, and what is selected in all of them: what somebody looks at.

use ringscope_sim::protocol::Key;
use ringscope_traces::{EventIndex, Rank};

/// A part of the screen that shows one side of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pane {
    /// Nodes at their ids, what each owns, keys and messages on their way.
    Ring,
    /// The selected node or message, and what this step changed.
    Inspector,
    /// The events as a list.
    Events,
    /// A lane for each rank, a row for each event, arrows for messages.
    SpaceTime,
    /// Invariants, and conditions to break on.
    Watches,
    /// The key space as one row.
    Ownership,
}

impl Pane {
    /// All of them, in the order of their numbers.
    pub const ALL: [Pane; 6] = [
        Pane::Ring,
        Pane::Inspector,
        Pane::Events,
        Pane::SpaceTime,
        Pane::Watches,
        Pane::Ownership,
    ];

    /// The key that leads to it, from 1.
    pub fn number(self) -> usize {
        1 + Pane::ALL.iter().position(|pane| *pane == self).expect("all panes are listed")
    }

    /// The one after it, and after the last the first.
    pub fn next(self) -> Pane {
        Pane::ALL[self.number() % Pane::ALL.len()]
    }

    /// Its name in its frame.
    pub fn name(self) -> &'static str {
        match self {
            Pane::Ring => "Ring",
            Pane::Inspector => "Inspector",
            Pane::Events => "Events",
            Pane::SpaceTime => "Space-time",
            Pane::Watches => "Watches",
            Pane::Ownership => "Ownership, unrolled",
        }
    }
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
    Message(EventIndex),
    /// A key.
    Key(Key),
}
