//! What is at a position of the screen, for the mouse.

use ratatui::layout::{Position, Rect};

use crate::app::{App, Pane, Target};

use super::layout::{Class, Layout, Placed};
use super::scene::Scene;
use super::{
    Look, events, framed, inspector, keybar, overlay, ownership, ring, scrubber, space_time,
};

/// What is at a position of the screen as it was drawn from this state.
pub fn at(area: Rect, (app, look): (&App, &Look), position: Position) -> Option<Target> {
    let Position { x, y } = position;
    let layout = Layout::new(area, app.focus, app.is_zoomed);
    let scene = Scene::new(app, look);
    if layout.class == Class::TooSmall {
        return None;
    }
    if let Some(menu) = &app.menu {
        return overlay::row_at(menu, area, (x, y)).map(Target::Row);
    }
    if layout.scrubber.contains(position) {
        return Some(Target::Scrubber(scrubber::cursor_at(&scene, layout.scrubber, x)));
    }
    if layout.keybar.contains(position) {
        let wanted = (&*keybar::usual(), &app.keymap);
        return keybar::action_at(wanted, (layout.keybar, look.symbols), x).map(Target::Bar);
    }
    if let Some(strip) = layout.strip.filter(|strip| strip.contains(position)) {
        return ownership::rank_at(&scene, strip, x).map(Target::Rank);
    }
    layout.pane_at(position).map(|placed| in_pane(&scene, placed, position))
}

pub(super) fn in_pane(scene: &Scene<'_>, placed: Placed, position: Position) -> Target {
    let Position { x, y } = position;
    if let Some(pane) = framed::tab_at(placed, (x, y)) {
        return Target::Pane(pane);
    }
    let inside = placed.inside();
    if !inside.contains(position) {
        return Target::Pane(placed.pane);
    }
    let target = match placed.pane {
        Pane::Ring => ring::at(scene, placed, position).map(|named| match named {
            ring::LabelSubject::Rank(rank) => Target::Rank(rank),
            ring::LabelSubject::Message(sent) => Target::Message(sent),
        }),
        Pane::Events => events::event_at(scene, inside, y).map(Target::Event),
        Pane::SpaceTime => space_time::at(scene, inside, (x, y))
            .map(|found| found.map_or_else(Target::Rank, Target::Event)),
        Pane::Ownership => ownership::rank_at(scene, inside, x).map(Target::Rank),
        Pane::Inspector => inspector::key_at(scene, inside, (x, y)).map(Target::Key),
        Pane::Watches => None,
    };
    target.unwrap_or(Target::Pane(placed.pane))
}
