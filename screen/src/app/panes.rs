//! Which pane takes the keys, and which panes a run has.

use super::{App, Pane};

/// What is said to somebody who wants the ring of a run that has none.
pub(super) const NO_RING: &str = "this run is of no protocol that is known: it has no ring";

impl App {
    /// Whether a run has a pane: where there is no ring, there is nothing to draw on it.
    pub(crate) fn has_pane(&self, pane: Pane) -> bool {
        self.timeline.has_ring() || !pane.spec().is_of_ring
    }

    /// Gives a pane the keys.
    pub(super) fn focus(&mut self, pane: Pane) {
        if self.has_pane(pane) {
            self.view.focus = pane;
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
