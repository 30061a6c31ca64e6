//! The panes of a run as one table, and what is selected in all of them: what somebody looks at.
//!
//! What a pane is called, what it is for and which actions it wants stand here; how it is drawn stands in `view::panes`.

use ringscope_sim::protocol::Key;
use ringscope_traces::{EventIndex, Rank};

use super::action::Action;

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct PaneSpec {
    /// Which pane it is.
    pub pane: Pane,
    /// Its word in lessons and in the configuration.
    pub word: &'static str,
    /// Its name in its frame.
    pub name: &'static str,
    /// What it shows, in a few words.
    pub what: &'static str,
    /// What its key does, in a few words.
    pub takes_keys: &'static str,
    /// What is most wanted when it has the keys.
    pub actions: &'static [Action],
    /// Whether it can be scrolled.
    pub scrolls: bool,
    /// Where it stands on a screen that does not have room for all panes.
    pub small: Spot,
    /// Where it stands on a screen that has room for all panes.
    pub large: Spot,
    /// Where it stands when the run has no ring, small and large.
    pub without_ring: (Spot, Spot),
    /// Whether it shows the ring, and nothing where there is none.
    pub is_of_ring: bool,
    /// Whether it is there only where a scenario was explored.
    pub is_of_explored: bool,
    /// Whether it takes its turn where there is room for one pane only.
    pub is_in_strip: bool,
    /// How much of a lesson's screen it takes below the ring.
    pub beside_ring: Share,
}

/// A place on the screen; panes of the same place take turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// At the left edge.
    Left,
    /// Between left and right.
    Middle,
    /// At the right edge.
    Right,
    /// At the right edge, below what stands there.
    LowerRight,
    /// Over the whole width, below these.
    Below,
    /// At the bottom.
    Bottom,
    /// It is not there.
    Nowhere,
}

/// How many rows a pane takes of those that there are.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// The least rows.
    least: u16,
    /// One in how many rows; with 0 it takes none.
    part: u16,
}

impl Share {
    const NONE: Share = Share { least: 0, part: 0 };
    const STRIP: Share = Share { least: 3, part: 8 };
    const THIRD: Share = Share { least: 7, part: 3 };

    /// The rows of so many.
    pub fn of(self, rows: u16) -> u16 {
        rows.checked_div(self.part).map_or(0, |share| share.max(self.least))
    }
}

/// Makes the panes and their rows of one list: were they two, each could have what the other lacks.
macro_rules! panes {
    ($($pane:ident { what: $what:literal, $($field:ident: $value:expr),* $(,)? })*) => {
        /// A part of the screen that shows one side of the run.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Pane {
            $(#[doc = $what] $pane,)*
        }

        /// The panes, in the order of their numbers.
        pub(crate) const PANES: &[PaneSpec] =
            &[$(PaneSpec { pane: Pane::$pane, what: $what, $($field: $value),* }),*];

        impl Pane {
            /// All of them, in the order of their numbers.
            pub const ALL: [Pane; PANES.len()] = [$(Pane::$pane),*];
        }
    };
}

panes! {
    Ring {
        what: "nodes at their ids, what each owns, keys and messages on their way",
        word: "ring", name: "Ring", takes_keys: "the ring takes the keys",
        actions: OF_THE_RING, scrolls: false,
        small: Spot::Left, large: Spot::Left, without_ring: (Spot::Left, Spot::Left),
        is_of_ring: true, is_of_explored: false, is_in_strip: true, beside_ring: Share::NONE,
    }
    Inspector {
        what: "the selected node or message, and what this step changed",
        word: "inspector", name: "Inspector", takes_keys: "the inspector takes the keys",
        actions: &[
            Action::Up, Action::Down, Action::Open, Action::NextRank, Action::PreviousRank, Action::OnlyCauses,
        ],
        scrolls: true,
        small: Spot::Right, large: Spot::Right, without_ring: (Spot::Right, Spot::Right),
        is_of_ring: false, is_of_explored: false, is_in_strip: true, beside_ring: Share::THIRD,
    }
    Events {
        what: "the events as a list",
        word: "events", name: "Events", takes_keys: "the events take the keys",
        actions: &[
            Action::Up, Action::Down, Action::Search, Action::NextMatch, Action::Filter, Action::OnlyCauses,
        ],
        scrolls: false,
        small: Spot::Below, large: Spot::Below, without_ring: (Spot::Below, Spot::Below),
        is_of_ring: false, is_of_explored: false, is_in_strip: true, beside_ring: Share::THIRD,
    }
    SpaceTime {
        what: "a lane for each rank, a row for each event, arrows for messages",
        word: "space-time", name: "Space-time", takes_keys: "the lanes take the keys",
        actions: &[
            Action::Up, Action::Down, Action::NextRank, Action::PreviousRank, Action::Open, Action::OnlyCauses,
        ],
        scrolls: false,
        small: Spot::Below, large: Spot::Middle, without_ring: (Spot::Left, Spot::Left),
        is_of_ring: false, is_of_explored: false, is_in_strip: true, beside_ring: Share::THIRD,
    }
    Watches {
        what: "invariants, and conditions to break on",
        word: "watches", name: "Watches", takes_keys: "the watches take the keys",
        actions: &[
            Action::Break, Action::NextBreak, Action::PreviousBreak, Action::Up, Action::Down,
            Action::RemoveBreak, Action::NextViolation, Action::PreviousViolation,
        ],
        scrolls: true,
        small: Spot::Right, large: Spot::LowerRight, without_ring: (Spot::Right, Spot::LowerRight),
        is_of_ring: false, is_of_explored: false, is_in_strip: true, beside_ring: Share::THIRD,
    }
    Ownership {
        what: "the key space as one row",
        word: "ownership", name: "Ownership, unrolled", takes_keys: "the key space takes the keys",
        actions: OF_THE_RING, scrolls: false,
        small: Spot::Below, large: Spot::Bottom, without_ring: (Spot::Below, Spot::Below),
        is_of_ring: true, is_of_explored: false, is_in_strip: false, beside_ring: Share::STRIP,
    }
    Choices {
        what: "what may be received next, and how many ways from there fail",
        word: "choices", name: "Choices", takes_keys: "what may be received next: explores the scenario",
        actions: &[
            Action::Up, Action::Down, Action::Open, Action::StepBack, Action::Critical, Action::NextEvent,
            Action::PreviousEvent,
        ],
        scrolls: false,
        small: Spot::Below, large: Spot::Below, without_ring: (Spot::Nowhere, Spot::Nowhere),
        is_of_ring: true, is_of_explored: true, is_in_strip: false, beside_ring: Share::NONE,
    }
}

/// What is wanted of a pane that shows one moment of the ring.
const OF_THE_RING: &[Action] = &[
    Action::NextRank,
    Action::PreviousRank,
    Action::Up,
    Action::Down,
    Action::Open,
    Action::OnlyCauses,
    Action::NextEvent,
    Action::PreviousEvent,
    Action::PlayOrPause,
];

impl Pane {
    /// Its row in the table.
    pub const fn spec(self) -> &'static PaneSpec {
        &PANES[self as usize]
    }

    /// The pane of that word.
    pub fn named(word: &str) -> Option<Pane> {
        PANES.iter().find(|row| row.word == word).map(|row| row.pane)
    }

    /// The number of the key that leads to it, from 1.
    pub const fn number(self) -> usize {
        1 + self as usize
    }

    /// The one after it, and after the last the first.
    pub fn next(self) -> Pane {
        Pane::ALL[self.number() % Pane::ALL.len()]
    }

    /// The one before it, and before the first the last.
    pub fn previous(self) -> Pane {
        Pane::ALL[(self.number() + Pane::ALL.len() - 2) % Pane::ALL.len()]
    }

    /// Its name in its frame.
    pub fn name(self) -> &'static str {
        self.spec().name
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
