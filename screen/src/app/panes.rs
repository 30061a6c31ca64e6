//! Which pane takes the keys, and which panes a run has.

use super::{App, Pane};

/// What is said to somebody who wants the ring of a run that has none.
const NO_RING: &str = "this run is of no protocol that is known: it has no ring";

/// What is said to somebody who wants the choices of a run that nobody has explored.
const NOT_EXPLORED: &str = "this run was not explored: --explore does it";

impl App {
    /// Whether a run has a pane: where there is no ring, there is nothing to draw on it; and choices are known where the
    /// scenario was explored.
    pub(crate) fn has_pane(&self, pane: Pane) -> bool {
        let spec = pane.spec();
        (self.timeline.has_ring() || !spec.is_of_ring)
            && (self.choices.is_some() || !spec.is_of_explored)
    }

    /// Why a run has not got a pane.
    pub(super) fn missing(&self, pane: Pane) -> &'static str {
        let is_explored = self.choices.is_some() || !pane.spec().is_of_explored;
        if self.timeline.has_ring() && !is_explored { NOT_EXPLORED } else { NO_RING }
    }

    /// Gives a pane the keys; that of the choices is made first.
    pub(super) fn focus(&mut self, pane: Pane) {
        if self.has_pane(pane) {
            self.view.focus = pane;
        } else if pane.spec().is_of_explored && self.timeline.has_ring() {
            self.explore_here();
        } else {
            self.controls.refuse(NO_RING);
        }
    }

    /// Gives the next pane the keys that the run has, going round.
    pub(super) fn focus_next(&mut self, next: fn(Pane) -> Pane) {
        let panes = std::iter::successors(Some(next(self.view.focus)), |pane| Some(next(*pane)));
        let mut panes = panes.take(Pane::ALL.len());
        if let Some(pane) = panes.find(|pane| self.has_pane(*pane)) {
            self.view.focus = pane;
        }
    }
}
