//! What is at a position of the screen, for the mouse.

use ratatui::layout::{Position, Rect};
use ringscope_traces::{Place, Rank};

use crate::app::{Action, App, Pane};

use super::layout::{Class, Layout, Placed};
use super::overlay::Listed;
use super::scene::Scene;
use super::{Look, events, framed, keybar, overlay, ownership, ring, space_time, timeline};

/// What is at a position of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Nothing that answers.
    Nothing,
    /// A pane, beside what it shows.
    Pane(Pane),
    /// The tab of a pane.
    Tab(Pane),
    /// A rank: on the ring, on the strip, or as the heading of a lane.
    Rank(Pane, Rank),
    /// An event in a row.
    Event(Pane, Place),
    /// A row of what lies over the panes.
    Row(usize),
    /// The timeline, and the cursor that is there.
    Timeline(usize),
    /// The words of an action in the key bar.
    Action(Action),
}

/// What is at a position of the screen as it was drawn from this state.
pub fn at(area: Rect, (app, look): (&App, &Look), (x, y): (u16, u16)) -> Target {
    let layout = Layout::new(area, app.focus, app.is_zoomed);
    let scene = Scene::new(app, look);
    let position = Position { x, y };
    if layout.class == Class::TooSmall {
        return Target::Nothing;
    }
    if let Some(listed) = Listed::of(app) {
        let row = overlay::row_at((area, &listed), (x, y));
        return row.map_or(Target::Nothing, Target::Row);
    }
    if layout.timeline.contains(position) {
        return Target::Timeline(timeline::cursor_at(&scene, layout.timeline, x));
    }
    if layout.keybar.contains(position) {
        let action = keybar::action_at(&app.keymap, layout.keybar, (x, look.symbols));
        return action.map_or(Target::Nothing, Target::Action);
    }
    if let Some(strip) = layout.strip.filter(|strip| strip.contains(position)) {
        let rank = ownership::rank_at(&scene, strip, x);
        return rank
            .map_or(Target::Pane(Pane::Ownership), |rank| Target::Rank(Pane::Ownership, rank));
    }
    layout.pane_at(position).map_or(Target::Nothing, |placed| in_pane(&scene, placed, (x, y)))
}

fn in_pane(scene: &Scene<'_>, placed: Placed, (x, y): (u16, u16)) -> Target {
    if let Some(pane) = framed::tab_at(placed, (x, y)).filter(|_| placed.tabs.len() > 1) {
        return Target::Tab(pane);
    }
    let pane = placed.pane;
    let inside = placed.inside();
    if !inside.contains(Position { x, y }) {
        return Target::Pane(pane);
    }
    let rank = |rank| Target::Rank(pane, rank);
    let event = |at| Target::Event(pane, at);
    let target = match pane {
        Pane::Ring => ring::rank_at(scene, placed, (x, y)).map(rank),
        Pane::Events => events::event_at(scene, inside, y).map(event),
        Pane::SpaceTime => {
            space_time::at(scene, inside, (x, y)).map(|found| found.map_or_else(rank, event))
        }
        Pane::Ownership => ownership::rank_at(scene, inside, x).map(rank),
        Pane::Inspector | Pane::Watches => None,
    };
    target.unwrap_or(Target::Pane(pane))
}
