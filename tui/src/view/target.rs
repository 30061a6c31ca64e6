//! What is at a position of the screen, for the mouse.

use ratatui::layout::{Position, Rect};
use ringscope_traces::{Place, Rank};

use crate::app::keys::Binding;
use crate::app::{Action, App, Pane};

use super::layout::{Class, Layout, Placed};
use super::overlay::Listed;
use super::scene::Scene;
use super::{Look, events, framed, keybar, overlay, ownership, ring, space_time, timeline};

/// What is at a position of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A node: on the ring, on the strip, or over its lane.
    Rank(Rank),
    /// A message, by its send.
    Message(Place),
    /// The row of an event, in the list or in the lanes.
    Event(Place),
    /// A place on the timeline, by the cursor that it stands for.
    Timeline(usize),
    /// A pane, where it shows nothing of all this, or its tab.
    Pane(Pane),
    /// A row of what lies over the panes.
    Row(usize),
    /// An action in the key bar.
    Bar(Action),
}

/// What is at a position of the screen as it was drawn from this state.
pub fn at(
    (area, bindings): (Rect, &[Binding]),
    (app, look): (&App, &Look),
    position: Position,
) -> Option<Target> {
    let Position { x, y } = position;
    let layout = Layout::new(area, app.focus, app.is_zoomed);
    let scene = Scene::new(app, look);
    if layout.class == Class::TooSmall {
        return None;
    }
    if let Some(listed) = Listed::of(app, bindings) {
        return overlay::row_at((area, listed), (x, y)).map(Target::Row);
    }
    if layout.timeline.contains(position) {
        return Some(Target::Timeline(timeline::cursor_at(&scene, layout.timeline, x)));
    }
    if layout.keybar.contains(position) {
        return keybar::action_at(bindings, layout.keybar, (x, look.symbols)).map(Target::Bar);
    }
    if let Some(strip) = layout.strip.filter(|strip| strip.contains(position)) {
        return ownership::rank_at(&scene, strip, x).map(Target::Rank);
    }
    layout.pane_at(position).map(|placed| in_pane(&scene, placed, position))
}

fn in_pane(scene: &Scene<'_>, placed: Placed, position: Position) -> Target {
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
            ring::Named::Rank(rank) => Target::Rank(rank),
            ring::Named::Message(sent) => Target::Message(sent),
        }),
        Pane::Events => events::event_at(scene, inside, y).map(Target::Event),
        Pane::SpaceTime => space_time::at(scene, inside, (x, y))
            .map(|found| found.map_or_else(Target::Rank, Target::Event)),
        Pane::Ownership => ownership::rank_at(scene, inside, x).map(Target::Rank),
        Pane::Inspector | Pane::Watches => None,
    };
    target.unwrap_or(Target::Pane(placed.pane))
}
