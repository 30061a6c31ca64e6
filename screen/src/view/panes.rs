//! How each pane is drawn: a row for each, in the order of `controls::PANES`.
//!
//! A new pane is its file, its row there (what it is called and where it stands) and its row here.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Position;

use crate::app::{Pane, Target};
use crate::controls::PANES;

use super::layout::Placed;
use super::scene::Scene;
use super::{choices, events, inspector, ownership, ring, space_time, watches};

/// How a pane is drawn.
pub(crate) struct Drawing {
    /// Which pane it is.
    pub pane: Pane,
    /// Draws it, with its frame.
    pub draw: fn(&Scene<'_>, Placed, &mut Buffer),
    /// What is at a position inside of its frame, as it was drawn.
    pub at: fn(&Scene<'_>, Placed, Position) -> Option<Target>,
    /// How many rows it has at a width, when it can be scrolled.
    pub height: Option<fn(&Scene<'_>, u16) -> usize>,
}

/// The rows.
const DRAWINGS: [Drawing; PANES.len()] = [
    ring::PANE,
    inspector::PANE,
    events::PANE,
    space_time::PANE,
    watches::PANE,
    ownership::PANE,
    choices::PANE,
];

// A row at the wrong place, or that does not agree with the other table, stops the compiler.
const _: () = {
    let mut index = 0;
    while index < PANES.len() {
        let (drawing, spec) = (&DRAWINGS[index], &PANES[index]);
        assert!(drawing.pane as usize == index, "the rows stand in the order of the panes");
        assert!(drawing.height.is_some() == spec.scrolls, "what is scrolled has a height");
        index += 1;
    }
};

/// How a pane is drawn.
pub(super) fn drawing(pane: Pane) -> &'static Drawing {
    static ROWS: [Drawing; PANES.len()] = DRAWINGS;
    &ROWS[pane as usize]
}
