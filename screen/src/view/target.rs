//! What is at a position of the screen, for the mouse.

use ratatui_core::layout::Position;

use crate::app::{App, Target};

use super::keybar::RunRow;
use super::layout::{Class, Layout, Placed};
use super::scene::Scene;
use super::{Surface, framed, ownership, panes, scrubber};

/// What is at a position of the screen as it was drawn from this state.
pub(crate) fn at(app: &App, surface: Surface<'_>, position: Position) -> Option<Target> {
    let Position { x, .. } = position;
    let layout = Layout::of(surface.area, app);
    let scene = Scene::new(app, surface.look);
    if layout.class == Class::TooSmall {
        return None;
    }
    if layout.scrubber.contains(position) {
        return Some(Target::Scrubber(scrubber::cursor_at(&scene, layout.scrubber, x)));
    }
    if layout.keybar.contains(position) {
        let surface = surface.within(layout.keybar);
        return RunRow::of(app, surface).action_at(surface, x).map(Target::Bar);
    }
    if let Some(strip) = layout.strip.filter(|strip| strip.contains(position)) {
        return ownership::rank_at(&scene, strip, x).map(Target::Rank);
    }
    layout.pane_at(position).map(|placed| in_pane(&scene, placed, position))
}

pub(super) fn in_pane(scene: &Scene<'_>, placed: Placed, position: Position) -> Target {
    if let Some(pane) = framed::tab_at(placed, position) {
        return Target::Pane(pane);
    }
    let inside = placed.inside();
    if !inside.contains(position) {
        return Target::Pane(placed.pane);
    }
    let target = (panes::drawing(placed.pane).at)(scene, placed, position);
    target.unwrap_or(Target::Pane(placed.pane))
}
